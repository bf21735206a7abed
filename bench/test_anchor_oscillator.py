"""The driven nonlinear oscillator of fifty levels that QuantumToolbox.jl publishes: evolution and 100 trajectories."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

import anchors
from harness import alternate

LEVELS = 50


@pytest.mark.parametrize(
    ("peer", "required"), [("qutip", 5.0), ("dynamiqs", 2.0)], ids=["qutip", "dynamiqs"]
)
def test_oscillator_beside(record, peer, required):
    """⟨a†a⟩ at 100 times, one thread, building included; of dynamiqs the compiled second call."""
    ours = anchors.run("redfield", "oscillator", LEVELS)
    theirs = anchors.run(peer, "oscillator", LEVELS)
    if theirs is None:
        pytest.skip(f"{peer} is neither here nor where REDFIELD_PEERS points")
    difference = float(np.abs(ours["answer"] - theirs["answer"]).max())
    faster = theirs["seconds"] / ours["seconds"]
    record(seconds=ours["seconds"], peer_seconds=theirs["seconds"], peer_version=theirs["version"],
           times_faster=faster, required=required, difference=difference, gigabytes=ours["gigabytes"],
           peer_gigabytes=theirs["gigabytes"])  # fmt: skip
    assert difference < 1e-3
    assert faster >= required


def test_oscillator_by_trajectories(record):
    """A hundred trajectories on all cores against mcsolve on all cores; many agree with the density matrix."""
    import qutip

    p = anchors.oscillator(LEVELS, rf.operators.local)
    psi = np.eye(LEVELS)[0]
    ops = [qutip.Qobj(x) for x in (p.hamiltonian, p.observable, *p.jumps)]
    options = {"progress_bar": False, "map": "parallel"}

    def ours(samples=100, seed=1):
        equation = rf.Lindblad(p.hamiltonian, p.jumps)
        return equation.trajectories(psi, p.times, [p.observable], samples=samples, seed=seed)

    def theirs():
        return qutip.mcsolve(
            ops[0], qutip.basis(LEVELS, 0), p.times, ops[2:], e_ops=[ops[1]], ntraj=100, options=options
        )

    exact = rf.Lindblad(p.hamiltonian, p.jumps).evolve(psi, p.times, [p.observable]).expect[0]
    many = ours(samples=4000, seed=2)
    away = np.abs(many.expect[0] - exact)[1:] / many.errors[0][1:]
    assert away.max() < 5.0
    fast, slow = alternate(ours, theirs, rounds=2)
    record(
        seconds=fast,
        peer_seconds=slow,
        times_faster=slow / fast,
        required=10.0,
        largest_of_errors=float(away.max()),
    )
    assert slow / fast >= 10.0
