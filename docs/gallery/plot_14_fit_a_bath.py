"""
A bath's numbers from noisy populations
=======================================

The populations of a dimer were measured, with noise. Its bath is Ohmic: how strong, up to which frequency, how warm? A fit is one call:
the model is a function of named numbers that says what was measured, and the Jacobian of its answer is exact.
"""

from functools import partial

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import styled

h = np.array([[0.6, 0.5], [0.5, -0.6]])
times = np.linspace(0.0, 40.0, 161)


def model(strength, cutoff, beta, times=times):
    bath = rf.OhmicBath(strength=strength, cutoff=cutoff, beta=beta)
    dimer = rf.Redfield(rf.System(h, rf.SiteProjectors(2), bath))
    return rf.fitting.Populations(dimer, rho0=[1.0, 0.0], tlist=times)


true = {"strength": 0.15, "cutoff": 3.0, "beta": 1.2}
noise = 0.01
rng = np.random.default_rng(3)
exact = model(**true).values()
data = exact + noise * rng.normal(size=exact.shape)

fit = rf.fit(model, data, start={"strength": 0.05, "cutoff": 6.0, "beta": 0.5}, sigma=noise)
print(fit)
fit.plot_data()

# %%
# The residuals are noise: nothing of the data is left unexplained.

fit.plot()

# %%
# What the data know of each number is in the covariance. Strength and cutoff hang together: the dephasing tells the spectrum at ω = 0, the
# relaxation at the one Bohr frequency, and only together the two. Forty other data sets, fitted in the same way, scatter as the covariance
# of the first says.

scattered = []
for _ in range(40):
    other = rf.fit(model, exact + noise * rng.normal(size=exact.shape), start=fit.parameters, sigma=noise)
    scattered.append(list(other.parameters.values()))
ends = np.array(scattered)
print("standard errors :", np.array(list(fit.errors.values())).round(4))
print("scatter         :", ends.std(axis=0).round(4))
print("correlation     :", fit.correlation.round(3), sep="\n")

names = list(true)
with styled():
    figure, axes = plt.subplots(1, 2, figsize=(9.0, 4.0), layout="constrained")
    for ax, (i, j) in zip(axes, [(0, 1), (0, 2)], strict=True):
        size, vectors = np.linalg.eigh(fit.covariance[np.ix_([i, j], [i, j])])
        angle = np.linspace(0.0, 2.0 * np.pi, 200)
        # 95 % of two Gaussian numbers lie within √5.99 standard deviations.
        ellipse = vectors @ (np.sqrt(5.99 * size)[:, None] * np.array([np.cos(angle), np.sin(angle)]))
        centre = np.array([fit.parameters[names[i]], fit.parameters[names[j]]])
        ax.plot(*(ellipse + centre[:, None]), label="95 % by the covariance")
        ax.plot(ends[:, i], ends[:, j], ".", color="0.5", label="other data sets")
        ax.plot(*centre, "o", label="this one")
        ax.plot(true[names[i]], true[names[j]], "k+", markersize=10, label="truth")
        ax.set(xlabel=names[i], ylabel=f"{names[j]}  (energy)" if j == 1 else f"{names[j]}  (1/energy)")
    axes[0].legend()

# %%
# How an answer depends on a model is asked without data too. ``elasticities`` are ∂ln f/∂ln p, per cent for a per cent: on the way to
# equilibrium strength and cutoff matter, in equilibrium the temperature alone, up to the Lamb shift.

later = np.linspace(0.0, 300.0, 601)
found = rf.jacobian(partial(model, times=later), true)
with styled():
    figure, ax = plt.subplots(layout="constrained")
    for p, name in enumerate(names):
        ax.plot(later, found.elasticities[:, 0, p], label=name)
    ax.set(xlabel="t  (1/energy)", ylabel="∂ ln p₀(t) / ∂ ln parameter")
    ax.legend()
