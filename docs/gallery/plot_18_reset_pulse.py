"""
An optimal reset pulse
======================

A qubit cools by the rates that its levels have at each moment, so a pulse that brings its gap to a lossy mode, waits and brings it back leaves
the qubit colder than its bath is. ``result.gradient`` has the derivative of the final population with respect to every amplitude of every control, exact, for about
the price of an evolution, and SciPy's L-BFGS-B does the rest.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.interpolate import PPoly
from scipy.optimize import minimize

import redfield as rf
from redfield.draw import styled

# %%
# H(t) = ½(1 + f₁(t))σz + ½f₂(t)σx from the fully mixed state, with 25 amplitudes of each control, no amplitude above 3. The bath is a damped mode at 2.5, as
# warm as the idle qubit's gap, and what is asked for is the population of the idle qubit's upper level at the end.

x, z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
bath = rf.UnderdampedBath(strength=0.05, frequency=2.5, damping=1.0, beta=1.0)
edges = np.linspace(0.0, 20.0, 26)
mixed, upper = 0.5 * np.eye(2), np.diag([1.0, 0.0])


def equation(amplitudes):
    f1, f2 = (PPoly(a[None], edges) for a in amplitudes.reshape(2, 25))
    return rf.Redfield(rf.DrivenSystem([0.5 * z, (0.5 * z, f1), (0.5 * x, f2)], [x], bath))


def population(amplitudes):
    gradient = equation(amplitudes).evolve(mixed, edges[[0, -1]]).gradient(upper)
    return gradient.value, np.concatenate([gradient.amplitudes(edges, k) for k in (0, 1)])


def cost(amplitudes):
    """The population, and a little for every step of a control: rates of the moment are right for slow drives."""
    value, slopes = population(amplitudes)
    steps = np.diff(amplitudes.reshape(2, 25), axis=1, prepend=0.0, append=0.0)
    return value + 1e-3 * np.sum(steps**2), slopes - 2e-3 * np.diff(steps, axis=1).ravel()


# %%

start = np.concatenate([np.full(25, 0.5), np.full(25, 0.1)])
found = minimize(
    cost, start, jac=True, method="L-BFGS-B", bounds=[(-3.0, 3.0)] * 50, options={"maxiter": 60}
)
thermal = 1.0 / (1.0 + np.exp(bath.beta))
idle, _ = population(np.zeros(50))
print(
    f"{found.nfev} evolutions with gradients: upper level {population(found.x)[0]:.4f}; idle {idle:.4f}, thermal {thermal:.4f}"
)

# %%

times = np.linspace(0.0, 20.0, 401)
with styled():
    figure, (drive, cooled) = plt.subplots(2, 1, layout="constrained", figsize=(6.5, 6), sharex=True)
    for a, label in zip(found.x.reshape(2, 25), ("f₁, of ½σz", "f₂, of ½σx"), strict=True):
        drive.stairs(a, edges, label=label, baseline=None)
    drive.set(ylabel="control  (energy)")
    drive.legend()
    for label, amplitudes in (("optimal", found.x), ("idle", np.zeros(50))):
        curve = equation(amplitudes).evolve(mixed, times, {"upper": upper}).expect["upper"]
        cooled.semilogy(times, curve, label=label)
    cooled.axhline(thermal, color="grey", ls=":", label="thermal")
    cooled.set(xlabel="t  (1/energy)", ylabel="population of the upper level")
    cooled.legend()
