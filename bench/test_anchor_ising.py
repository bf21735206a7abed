"""The dissipative Ising chain that QuantumToolbox.jl, QuTiP and dynamiqs publish, n = 2 … 10, building included."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse.linalg import eigsh

import redfield as rf

import anchors

PUBLISHED = json.loads((Path(__file__).parent / "published.json").read_text())["ising"]
FASTER = {"qutip": 30.0, "dynamiqs": 10.0}


def floor(n):
    """Seconds of the fewest applications, of the non-zeros' flops alone, at the rate of NumPy's real product.

    A polynomial needs (E_max − E_min)·t applications; a real number of H meets both halves of ρ, on either side. H
    keeps the parity of the spins that are up, and σ⁻ changes it: there are no coherences between the parities."""
    p = anchors.ising(n, rf.operators.local)
    flops = 2.0 * p.hamiltonian.shape[0] * (2 * p.hamiltonian.nnz + sum(x.nnz for x in p.jumps))
    return width(p) * p.times[-1] * flops / rate()


def width(p):
    """Return the largest E_max − E_min of a parity."""
    parity = np.array([bin(i).count("1") % 2 for i in range(p.hamiltonian.shape[0])])
    found = []
    for one in (0, 1):
        h = p.hamiltonian[parity == one][:, parity == one]
        small = h.shape[0] < 16
        ends = (
            np.linalg.eigvalsh(h.toarray())
            if small
            else eigsh(h, k=2, which="BE", return_eigenvectors=False)
        )
        found.append(float(np.ptp(ends)))
    return max(found)


def bound(p):
    """Return the largest |E|: the chain's levels come in pairs ±E."""
    if p.hamiltonian.shape[0] < 16:
        return float(np.abs(np.linalg.eigvalsh(p.hamiltonian.toarray())).max())
    return float(abs(eigsh(p.hamiltonian, k=1, which="LM", return_eigenvectors=False)[0]))


def rate():
    a = np.ones((512, 512))
    best = np.inf
    for _ in range(8):
        began = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - began)
    return 2 * 512.0**3 / best


def beside(record, n, peer, ours):
    """Measure the peer on the same problem: as fast as asked, and the same answer within its tolerances."""
    theirs = anchors.run(peer, "ising", n)
    if theirs is None:
        pytest.skip(f"{peer} is neither here nor where REDFIELD_PEERS points")
    difference = float(np.abs(ours["answer"] - theirs["answer"]).max())
    faster = theirs["seconds"] / ours["seconds"]
    record(peer=peer, peer_version=theirs["version"], times_faster=faster, required=FASTER[peer],
           seconds=ours["seconds"], peer_seconds=theirs["seconds"], gigabytes=ours["gigabytes"],
           peer_gigabytes=theirs["gigabytes"], difference=difference, floor_seconds=floor(n))  # fmt: skip
    assert difference < 1e-4
    assert faster >= FASTER[peer]


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7])
def test_ising_chain_beside_mesolve(record, n):
    """One thread each."""
    beside(record, n, "qutip", anchors.run("redfield", "ising", n))


@pytest.mark.parametrize("n", [2, 4, 6])
def test_ising_chain_beside_dynamiqs(record, n):
    """One thread, against its compiled second call on all cores."""
    beside(record, n, "dynamiqs", anchors.run("redfield", "ising", n))


def written_out(n, t):
    """⟨σᶻ⟩ of the last spin at t: Taylor's series of exp(t𝓛) on ρ, in steps of ‖𝓛‖t ≈ 5, by SciPy's products."""
    p = anchors.ising(n, rf.operators.local)
    d = p.hamiltonian.shape[0]
    loss = sum(x.T @ x for x in p.jumps)
    k = (-1j * p.hamiltonian - 0.5 * loss).tocsr()
    rho = np.zeros((d, d), complex)
    rho[p.start, p.start] = 1.0
    steps = int(np.ceil(2.0 * bound(p) * t / 5.0))
    for _ in range(steps):
        term = rho
        for order in range(1, 40):
            half = k @ term
            found = half + half.conj().T
            for j in range(n):  # σ⁻ρσ⁺ puts what has spin j up on both sides to where it is down
                spin = (2**j, 2, 2 ** (n - 1 - j))
                found.reshape(*spin, *spin)[:, 1, :, :, 1] += term.reshape(*spin, *spin)[:, 0, :, :, 0]
            term = found * (t / steps / order)
            rho = rho + term
            if np.abs(term).max() < 1e-14:
                break
    return float(np.real(p.observable.diagonal() @ rho.diagonal()))


@pytest.mark.parametrize("n", [8, 9, 10])
def test_ising_chain_on_two_cores(record, long, n):
    """As many spins as are published; minutes, on two threads, against the best time published of 64 cores.

    The answer at the first output after the start is that of the written-out equation."""
    ours = anchors.run("redfield", "ising", n, seconds=0.0, threads=2)
    theirs = PUBLISHED["QuantumToolbox.jl"][str(n)]
    difference = abs(ours["answer"][1] - written_out(n, 10.0 / 99.0))
    record(seconds=ours["first"], cpu_seconds=ours["cpu"], gigabytes=ours["gigabytes"],
           times_faster_than_published=theirs / ours["first"],
           required=1.0, floor_seconds=floor(n), difference=difference)  # fmt: skip
    assert difference < 1e-5
    assert ours["first"] <= theirs
