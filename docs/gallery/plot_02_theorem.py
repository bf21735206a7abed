"""
The theorem: Redfield's equation is Davies', exactly
====================================================

Free fermions on a chain, every site coupled to an identical bath of its own with one strength: no secular approximation is made, and yet
Redfield's equation has no terms that Davies' leaves out (arXiv:2507.10080). Make the couplings uneven and they return.
"""

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import styled

n = 100
h = rf.models.chain(n, onsite=np.random.default_rng(1).uniform(-1, 1, n))
bath = rf.ParticleBath(lambda w: np.exp(-(w**2) / 8), beta=1.0, mu=0.3)
spacing = np.diff(np.linalg.eigvalsh(h)).min()
print(
    f"least level spacing {spacing:.1e}, rates about {0.3**2:.2f}: the secular approximation has nothing to stand on"
)

# %%
# What is left of the terms between different modes, against the spread of the couplings J_j.

pattern = np.random.default_rng(2).uniform(-1, 1, n)
spreads = np.array([0.0, 1e-8, 1e-6, 1e-4, 1e-2, 0.1, 0.5])
residuals, distances = [], []
times = np.linspace(0.0, 50.0, 26)
for spread in spreads:
    system = rf.QuadraticSystem(h, coupling=0.3 * (1.0 + spread * pattern), bath=bath)
    residuals.append(rf.quadratic.equivalence(system).residual)
    redfield, davies = (
        np.asarray(kind(system).evolve(np.zeros(n), times).covariances)
        for kind in (rf.Redfield, rf.Davies)
    )
    distances.append(np.abs(redfield - davies).max())
    print(f"spread {spread:7.0e}: residual {residuals[-1]:.1e}, largest |G_R − G_D| {distances[-1]:.1e}")

# %%

with styled():
    figure, axes = plt.subplots(layout="constrained")
    axes.loglog(spreads[1:], residuals[1:], "o-", label="residual of the generators")
    axes.loglog(spreads[1:], distances[1:], "s-", label="largest entry of $G_R(t) - G_D(t)$")
    for value, colour in ((residuals[0], "C0"), (distances[0], "C1")):
        axes.axhline(max(value, 1e-17), color=colour, linestyle=":", linewidth=1)
    axes.set(xlabel="spread of the couplings, relative", ylabel="Redfield − Davies", ylim=(1e-17, 3))
    axes.text(spreads[1], 2e-17, "dotted: equal couplings", fontsize=8)
    axes.legend()
