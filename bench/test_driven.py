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
        system = rf.driven.System([h0, (h1, f)], couplings, bath)
        equation = rf.driven.Redfield(system, lamb_shift=False)
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
