"""
Positivity lost, and how much it matters
========================================

Redfield's equation is not completely positive. ``rf.diagnose`` says so, and by how much; the negative eigenvalue of its states is of
the size of what was neglected anyway.
"""

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import styled

h = rf.models.chain(4, onsite=[0.0, 0.5, 0.9, 1.6])


def system(strength):
    return rf.System(h, rf.SiteProjectors(4), rf.OhmicBath(strength=strength, cutoff=10.0, beta=3.0))


found = rf.diagnose(system(0.1))
print(found)
found.plot()

# %%
# The deepest eigenvalue of ρ(t) from a pure state, and the distance to the completely positive cousin of the same order, against J².

strengths = np.geomspace(1e-3, 0.3, 10)
times = np.linspace(0.0, 20.0, 201)
depth, apart = [], []
for strength in strengths:
    s = system(strength)
    results = {
        kind: kind(s).evolve(np.full(4, 0.5), times) for kind in (rf.Redfield, rf.UniversalLindblad)
    }
    depth.append(rf.analysis.positivity_violation(results[rf.Redfield]).depth)
    apart.append(rf.trace_distance(*(r.states for r in results.values())).max())

# %%

with styled():
    figure, axes = plt.subplots(layout="constrained")
    axes.loglog(strengths, depth, "o-", label="depth of the negative eigenvalue")
    axes.loglog(strengths, apart, "s-", label="trace distance to UniversalLindblad")
    axes.loglog(strengths, strengths, ":", color="0.5", label="∝ J²")
    axes.set(xlabel="coupling strength λ = J²", ylabel="of probability 1")
    axes.legend()
