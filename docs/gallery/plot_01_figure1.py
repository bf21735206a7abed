"""
Figure 1: where Davies' equation stays near Redfield's
======================================================

One bath on every site, one particle on N sites. The distance between the two equations levels off with the size where the Hamiltonian
is chaotic and grows where disorder localises it (arXiv:2507.10080, Figure 1). ``redfield reproduce fig1`` does it with a hundred samples a
size and resumes where it was interrupted; here are eight.
"""

# %%
# One sample: a Hamiltonian, two equations, one initial state.

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import styled

bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
times = np.linspace(0.0, 100.0, 41)


def distance(h):
    """‖ρ_D(t) − ρ_R(t)‖₁ from a particle on the first site."""
    system = rf.System(h, rf.SiteProjectors(len(h)), bath)
    equations = rf.Davies(system, lamb_shift=False), rf.Redfield(system, lamb_shift=False)
    return rf.analysis.solution_distance(*equations, np.eye(len(h))[0], times).trace_norm


# %%
# Three families, each at growing size.

families = {
    "Dirac SYK₂, chaotic": ([8, 16, 32, 64], lambda n, seed: rf.models.dirac_syk2(n, seed=seed)),
    "cube, W = 2, chaotic": ([8, 27, 64], lambda n, seed: rf.models.anderson(round(n ** (1 / 3)), disorder=2.0, seed=seed)),
    "cube, W = 30, localised": (
        [8, 27, 64], lambda n, seed: rf.models.anderson(round(n ** (1 / 3)), disorder=30.0, seed=seed)
    ),
}  # fmt: skip
largest = {}
for name, (sizes, hamiltonian) in families.items():
    means = [np.mean([distance(hamiltonian(n, seed)) for seed in range(8)], axis=0) for n in sizes]
    largest[name] = sizes, [mean.max() for mean in means]
    print(f"{name}: " + ", ".join(f"N = {n}: {x:.3f}" for n, x in zip(*largest[name], strict=True)))

# %%
# The maximum over time of the mean, against the size.

with styled():
    figure, axes = plt.subplots(layout="constrained")
    for name, (sizes, maxima) in largest.items():
        axes.plot(sizes, maxima, "o-", label=name)
    axes.set(xlabel="N  (sites)", ylabel="max over t of ‖ρ_D − ρ_R‖₁", xscale="log", ylim=(0, None))
    axes.minorticks_off()
    axes.set_xticks([8, 16, 32, 64], ["8", "16", "32", "64"])
    axes.legend()
