"""
A spin-boson sweep in one call
==============================

A qubit in a bath, over 60 temperatures × 60 coupling strengths. Arrays among a bath's numbers make a batch: its members are made,
solved and dropped in parallel in the core, a dozen microseconds each.
"""

import time

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import styled

h = np.array([[0.5, 0.3], [0.3, -0.5]])
sigma_z = np.diag([1.0, -1.0])
temperatures = np.geomspace(0.05, 5.0, 60)
strengths = np.geomspace(1e-3, 0.3, 60)
t, s = (x.ravel() for x in np.meshgrid(temperatures, strengths, indexing="ij"))

batch = rf.SystemBatch(h, [sigma_z], rf.OhmicBath.batch(strength=s, cutoff=5.0, beta=1.0 / t))
start = time.perf_counter()
redfield = rf.Redfield(batch).steady_state().state
davies = rf.Davies(batch).steady_state().state
seconds = time.perf_counter() - start
print(f"{2 * len(t)} steady states in {seconds:.2f} s")

# %%
# How far Redfield's steady state is from the Gibbs state, which is Davies': the Lamb shift moves it at order J².

distance = rf.trace_distance(redfield, davies).reshape(60, 60)
with styled():
    figure, axes = plt.subplots(layout="constrained")
    levels = np.array([1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 0.3])
    filled = axes.contourf(
        strengths, temperatures, np.log10(np.maximum(distance, 1e-6)), 12, cmap="viridis"
    )
    lines = axes.contour(
        strengths,
        temperatures,
        np.log10(np.maximum(distance, 1e-6)),
        np.log10(levels),
        colors="white",
        linewidths=0.8,
    )
    axes.clabel(lines, fmt=lambda x: f"$10^{{{x:.0f}}}$" if x == round(x) else f"{10**x:.2g}", fontsize=8)
    axes.set(
        xscale="log", yscale="log", xlabel="coupling strength λ = J²", ylabel="temperature  (energy)"
    )
    figure.colorbar(filled, label="log₁₀ of the trace distance from Gibbs")

# %%
# The same with an observable over time: 41 outputs of each of 3600 qubits.

start = time.perf_counter()
result = rf.Redfield(batch).evolve([1, 0], np.linspace(0.0, 40.0, 41), e_ops={"⟨σz⟩": sigma_z})
print(
    f"{len(t)} evolutions in {time.perf_counter() - start:.2f} s: expect has shape {result.expect['⟨σz⟩'].shape}"
)
result.plot()
