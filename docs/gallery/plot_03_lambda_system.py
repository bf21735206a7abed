"""
A Λ system between two baths: heat that flows
=============================================

Two ground states and one excited level. A hot bath drives one leg of the Λ more than the other, a cold one the other way round; heat flows
from hot to cold through the excited level, and as the ground states are near each other the two ways interfere, which Davies' equation does not know.
"""

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import styled

g1, g2, e = np.eye(3)
h = np.diag([0.0, 0.05, 2.0])
one, two = (np.outer(g, e) + np.outer(e, g) for g in (g1, g2))


def between(beta_hot):
    hot = rf.OhmicBath(strength=0.02, cutoff=10.0, beta=beta_hot)
    cold = rf.OhmicBath(strength=0.02, cutoff=10.0, beta=3.0)
    return rf.System(h, [one + 0.5 * two, 0.5 * one + two], [hot, cold])


# %%
# The levels and the rates of the golden rule. Orange takes heat from the baths, blue gives it.

between(0.5).plot()

# %%
# Steady currents into the system, of each bath, against the temperature of the hot one. Their sum is the first law; with
# equal temperatures nothing flows.

betas = np.linspace(0.2, 3.0, 15)
currents = {}
for kind in (rf.Redfield, rf.UniversalLindblad, rf.Davies):
    equations = [kind(between(beta)) for beta in betas]
    currents[kind.__name__] = np.array(
        [rf.analysis.heat_currents(q.steady_state().state, q) for q in equations]
    )
for name, found in currents.items():
    print(
        f"{name}: from the hot bath {found[0, 0]:.5f}, sum {found[0].sum():.0e}; at equal temperatures {found[-1, 0]:.0e}"
    )

# %%

with styled():
    figure, axes = plt.subplots(layout="constrained")
    for name, found in currents.items():
        style = "--" if name == "UniversalLindblad" else "-"  # which lies upon Redfield's
        axes.plot(1.0 / betas, found[:, 0], style, label=name)
    axes.set(xlabel="temperature of the hot bath  (energy)", ylabel="heat current  (energy²)")
    axes.legend()

# %%
# Entropy is produced at a rate Σ β_i × (current out of bath i) ≥ 0.

davies = rf.Davies(between(0.5))
state = davies.steady_state().state
hot, cold = rf.analysis.heat_currents(state, davies)
print(
    f"σ = {rf.analysis.entropy_production(state, davies):.6f},  −Σβ_iI_i = {-(0.5 * hot + 3.0 * cold):.6f}"
)
