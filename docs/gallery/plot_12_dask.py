"""
A sweep on a dask cluster, stored and resumed
=============================================

``rf.sweep`` runs a function of parameters over a grid, on threads, processes or a dask cluster, keeps each task as soon as it is done, and goes
on where it was stopped. The numbers do not depend on where it ran.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from distributed import Client, LocalCluster

import redfield as rf
from redfield.draw import styled


def point(beta, disorder, rng):
    """The energy over time of a particle in a disordered cube."""
    bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=beta)
    h = rf.models.anderson(2, disorder=disorder, seed=rng)
    system = rf.System(h, rf.SiteProjectors(8), bath)
    return rf.Davies(system).evolve(np.eye(8)[0], np.linspace(0, 100, 26), {"energy": h})


axes = {"beta": [0.5, 2.0, 5.0], "disorder": [1.0, 4.0, 16.0]}

# %%
# A cluster of two workers here; ``Client("tcp://scheduler:8786")`` or dask-jobqueue's elsewhere.

store = Path(tempfile.mkdtemp()) / "runs.zarr"
with (
    LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
    Client(cluster) as client,
):
    data = rf.sweep(point, axes, samples=20, seed=7, store=store, executor=client)
data

# %%
# The store has everything: the same call computes nothing again, and threads find the same bits.

again = rf.sweep(point, axes, samples=20, seed=7, store=store, executor="threads")
threads = rf.sweep(point, axes, samples=20, seed=7, executor="threads")
print(bool((again.energy == data.energy).all()), bool((threads.energy == data.energy).all()))

# %%

mean, error = data.energy.mean("sample"), data.energy.std("sample") / np.sqrt(data.sizes["sample"])
with styled():
    figure, panels = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained", sharey=True)
    for panel, disorder in zip(panels, axes["disorder"], strict=True):
        for beta in axes["beta"]:
            chosen = {"beta": beta, "disorder": disorder}
            curve, band = mean.sel(chosen), error.sel(chosen)
            panel.plot(data.time, curve, label=f"β = {beta:g}")
            panel.fill_between(
                data.time,
                curve - band,
                curve + band,
                alpha=0.25,
                linewidth=0,
                label="± s.e." if beta == 5.0 else None,
            )
        panel.set(xlabel="t  (1/energy)", title=f"W = {disorder:g}")
    panels[0].set_ylabel("⟨H⟩  (energy)")
    panels[0].legend()
