"""
Heat through a chain of two hundred sites
=========================================

Free fermions between a hot and a cold lead: Redfield's equation on the 200 × 200 covariance matrix, beside Davies' and the exact current
(Landauer–Büttiker). A clean chain is ballistic: the current does not depend on the length.
"""

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import styled

n = 200
h = rf.models.chain(n)
left = rf.ParticleBath(lambda w: np.exp(-(w**2) / 50), beta=0.5, mu=0.0)
right = rf.ParticleBath(lambda w: np.exp(-(w**2) / 50), beta=2.0, mu=0.0)


def wire(sites, strength):
    coupling = np.zeros(sites)
    coupling[[0, -1]] = strength
    return rf.QuadraticSystem(
        h[:sites, :sites], coupling, [left] * (sites // 2) + [right] * (sites - sites // 2)
    )


# %%
# The density along the chain, filling up from empty: a front from each lead at the speed of sound.

times = np.linspace(0.0, 120.0, 241)
filling = rf.Redfield(wire(n, 0.7)).evolve(np.zeros(n), times)
with styled():
    figure, axes = plt.subplots(layout="constrained")
    image = axes.pcolormesh(np.arange(n), times, filling.densities, cmap="viridis", rasterized=True)
    axes.set(xlabel="site", ylabel="t  (1/hopping)")
    figure.colorbar(image, label="⟨a†a⟩")

# %%
# The steady heat current against the length.

lengths = [10, 20, 50, 100, 200]
heat: dict[str, list[float]] = {"Redfield": [], "Davies": [], "exact": []}
for sites in lengths:
    system = wire(sites, 0.7)
    for name, kind in (("Redfield", rf.Redfield), ("Davies", rf.Davies)):
        equation = kind(system)
        heat[name].append(rf.quadratic.currents(equation, equation.steady_state().covariance).heat[0])
    if sites <= 20:  # the integral over energies gets harder with every resonance
        heat["exact"].append(rf.quadratic.currents(rf.Exact(system)).heat[0])
print({name: np.round(x, 4).tolist() for name, x in heat.items()})
with styled():
    figure, axes = plt.subplots(layout="constrained")
    for name, values in heat.items():
        axes.plot(lengths[: len(values)], values, "o-" if name != "exact" else "kx", label=name)
    axes.set(
        xlabel="length  (sites)",
        ylabel="heat current from the hot lead  (energy²)",
        xscale="log",
        ylim=(0, 1.15 * max(heat["Redfield"])),
    )
    axes.legend()
