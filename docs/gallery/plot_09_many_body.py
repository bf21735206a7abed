"""
Interacting spins: does Redfield's equation approach Davies'?
=============================================================

A chain of spins with a bath on each. Where eigenstates look random, the terms that Davies' equation leaves out average away; where they do not,
they stay. The paper leaves this open; ``redfield reproduce manybody`` studies it at size, here is one of each.
"""

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import styled

bath = rf.OhmicBath(strength=0.02, cutoff=10.0, beta=1.0)
times = np.linspace(0.0, 60.0, 31)
chains = {
    "chaotic (second neighbours)": rf.models.xxz(8, disorder=0.5, second=0.5, seed=1),
    "nearly integrable": rf.models.xxz(8, disorder=0.01, seed=1),
    "localised": rf.models.xxz(8, disorder=8.0, seed=1),
}

# %%
# The Néel state relaxes; the staggered magnetisation is what an experiment sees.

curves, distances = {}, {}
for name, chain in chains.items():
    z = chain.local("z")
    staggered = sum((-1) ** j * np.asarray(o.todense()) for j, o in enumerate(z)) / len(z)
    neel = np.eye(chain.dimension)[np.argmax(np.diag(staggered).real)]
    system = rf.System(chain.hamiltonian, z, bath)
    results = [
        kind(system).evolve(neel, times, {"staggered": staggered}, store_states=True)
        for kind in (rf.Redfield, rf.Davies)
    ]
    curves[name] = results[0].expect["staggered"], results[1].expect["staggered"]
    distances[name] = rf.trace_distance(results[0].states, results[1].states)
    print(f"{chain}, {name}: largest trace distance {distances[name].max():.3f}")

# %%

with styled():
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for i, name in enumerate(chains):
        left.plot(times, curves[name][0], color=f"C{i}", label=name)
        left.plot(times, curves[name][1], "--", color=f"C{i}", linewidth=1)
        right.plot(times, distances[name], color=f"C{i}", label=name)
    left.set(
        xlabel="t  (1/energy)", ylabel="staggered magnetisation", title="Redfield, and dashed Davies"
    )
    right.set(xlabel="t  (1/energy)", ylabel="trace distance of the two", ylim=(0, None))
    right.legend()
