"""Driven systems beside QuTiP's brmesolve with a QobjEvo, in one run, errors from a tight solution told of both."""

from __future__ import annotations

import time

import numpy as np
import pytest

import redfield as rf

qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")

REQUIRED = {2: 20.0, 10: 20.0, 27: 100.0}
RTOL = {2: 1e-6, 10: 4e-6, 27: 4e-6}
"""At which the error is at most QuTiP's at its default, 1e-6."""


def spectrum(w):
    return 0.04 * w * np.exp(-abs(w) / 10.0) / -np.expm1(-w) if w else 0.04


def problem(n):
    """H₀, H₁, its control, couplings, the last time."""
    if n == 2:
        x = np.array([[0.0, 1.0], [1.0, 0.0]])
        return np.pi * np.diag([1.0, -1.0]), x, lambda t: 0.5 * np.cos(2 * np.pi * t), [x], 20.0
    rng = np.random.default_rng(1)
    a = rng.standard_normal((n, n))
    sites = [np.diag(np.eye(n)[j]) for j in range(2 if n == 10 else 1)]
    h0, h1 = (a + a.T) / np.sqrt(8 * n), np.diag(np.linspace(-1, 1, n))
    return h0, h1, lambda t: 0.3 * np.cos(0.7 * t), sites, 20.0 if n == 10 else 1.0


@pytest.mark.parametrize("n", REQUIRED)
def test_driven_against_qutip(record, n):
    h0, h1, f, couplings, last = problem(n)
    times, e = np.linspace(0.0, last, 41), np.diag(np.arange(n, dtype=float))
    bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)

    def ours(**options):
        system = rf.DrivenSystem([h0, (h1, f)], couplings, bath)
        equation = rf.Redfield(system, lamb_shift=False)
        return equation.evolve(np.eye(n)[0], times, e, threads=1, **options).expect[0]

    def theirs():
        h = qutip.QobjEvo([qutip.Qobj(h0), [qutip.Qobj(h1), f]])
        a_ops = [(qutip.Qobj(a), spectrum) for a in couplings]
        options = {"e_ops": [qutip.Qobj(e)], "sec_cutoff": -1}
        return qutip.brmesolve(h, qutip.basis(n, 0), times, a_ops, **options).expect[0]

    exact = ours(rtol=1e-11, atol=1e-12)

    def measured(solve, repeats):
        best, answer = np.inf, None
        for _ in range(repeats):
            started = time.perf_counter()
            answer = solve()
            best = min(best, time.perf_counter() - started)
        return best, float(np.abs(answer - exact).max())

    us, our_error = measured(lambda: ours(rtol=RTOL[n]), 5)
    them, their_error = measured(theirs, 2)
    record(
        ms=1e3 * us,
        qutip_ms=1e3 * them,
        ratio=them / us,
        required=REQUIRED[n],
        error=our_error,
        qutip_error=their_error,
    )
    assert our_error < their_error
    assert them / us > REQUIRED[n]


def test_annealing_of_eight_qubits(record):
    """Eight qubits, D = 256: a hundredth of the standard annealing study.

    Every stage costs the same, beside the products that it can not do without."""
    from redfield.studies.annealing.points import problem

    last = 200.0
    field, ising, z = problem(8, 5)
    bath = rf.OhmicBath(strength=4e-3, cutoff=8.0, beta=2.0)
    terms = [(field, lambda t: 1.0 - t / last), (ising, lambda t: t / last)]
    equation = rf.Redfield(rf.DrivenSystem(terms, z, bath))
    start = np.linalg.eigh(field)[1][:, 0]
    times = [0.0, 0.01 * last]

    # The answer: trace, and what tighter steps give of the ground state.
    found = equation.evolve(start, times, rtol=1e-5, threads=1)
    exact = equation.evolve(start, [0.0, 0.002 * last], rtol=1e-9, threads=1).final_state
    near = equation.evolve(start, [0.0, 0.002 * last], rtol=1e-5, threads=1).final_state
    assert np.trace(found.final_state).real == pytest.approx(1.0, abs=1e-9)
    assert rf.trace_norm(near - exact) < 1e-4
    stage = found.stats["seconds"] / found.stats["applications"]
    two = equation.evolve(start, times, rtol=1e-5, threads=2)
    assert np.abs(two.final_state - found.final_state).max() < 1e-10

    h = field + ising
    product = min(_seconds(lambda: h @ h) for _ in range(20))
    floor = (
        8 * 3 + 3
    ) * product  # three with the complex Λ of each coupling, whose A is diagonal, and with iH + K
    record(
        stage_ms=1e3 * stage,
        two_threads_ms=1e3 * two.stats["seconds"] / two.stats["applications"],
        floor_ms=1e3 * floor,
        stages=found.stats["applications"],
        fraction=floor / stage,
    )


def _seconds(call):
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
