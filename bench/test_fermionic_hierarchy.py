"""The hierarchy between leads against QuTiP's HEOMSolver, of the very same exponentials, on one thread.

The model is Anderson's dot: one level of either spin, U between them, two leads with a Lorentzian density of states.
"""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

import redfield as rf
from redfield.baths.leads import lead_sum
from redfield.solve.leads import Lead

from harness import alternate

UP, DOWN = rf.operators.fermions(2)
H = (-0.4 * (UP.T @ UP + DOWN.T @ DOWN) + 1.0 * UP.T @ UP @ DOWN.T @ DOWN).toarray()
TIMES = np.linspace(0.0, 10.0, 51)
START = np.diag([1.0, 0.0, 0.0, 0.0])
CASES = [(1e-2, 2), (1e-2, 3), (1e-3, 2)]
"""Tolerance of the exponentials of the leads, and depth."""
FASTER = {(1e-2, 2): 2.0, (1e-2, 3): 2.0, (1e-3, 2): 2.0}
FASTER_STEADY = {(1e-2, 2): 3.0, (1e-2, 3): 50.0, (1e-3, 2): 10.0}


LEADS = [
    rf.ParticleBath(lambda w: 1.2 / (4.0 + w**2), beta, mu) for beta, mu in ((2.0, 0.5), (5.0, -0.5))
]
SYSTEM = rf.System(H, *rf.particle_exchange([UP, UP, DOWN, DOWN], LEADS * 2))


def anderson(tol, depth):
    """Return the hierarchy of all exponentials, none of which acts at once, as QuTiP's has them."""
    heom = rf.HEOM(SYSTEM, tol=tol, depth=depth)

    def terms(duration):
        sums = [lead_sum(lead, duration, tol) for lead in LEADS * 2]
        return [
            Lead(2 * j, 2 * j + 1, x.removed, x.injected, x.rates, 0.0, 0.0, x.relative_error)
            for j, x in enumerate(sums)
        ]

    heom.solver._terms = terms
    return heom


def peer(heom, duration):
    qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")
    fermionic = pytest.importorskip("qutip.solver.heom", reason="QuTiP is not installed")
    baths = []
    for a, x in zip([UP, UP, DOWN, DOWN], heom.solver._terms(duration), strict=True):
        plus, minus = (list(x.injected), list(x.rates.conj())), (list(x.removed), list(x.rates))
        baths.append(fermionic.FermionicBath(qutip.Qobj(a.toarray()), *plus, *minus))
    options = {"nsteps": 10**6, "rtol": 1e-6, "atol": 1e-9, "progress_bar": ""}
    return fermionic.HEOMSolver(qutip.Qobj(H), baths, heom.depth, options=options), qutip.Qobj(START)


@pytest.mark.parametrize(("tol", "depth"), CASES)
def test_an_interacting_dot_fills(tol, depth, record):
    """All of ours against their evolution alone, at no larger an error: the first of our tolerances that has it."""
    heom = anderson(tol, depth)
    solver, start = peer(heom, TIMES[-1])
    exact = heom.evolve(START, TIMES, rtol=1e-10, atol=1e-12, store_states=True, threads=1).states

    def theirs():
        return np.array([x.full() for x in solver.run(start, TIMES).states])

    def ours(rtol):
        return heom.evolve(START, TIMES, rtol=rtol, atol=1e-3 * rtol, store_states=True, threads=1)

    other = float(rf.trace_norm(theirs() - exact).max())
    for rtol in 10.0 ** -np.arange(2.0, 9.0):
        result = ours(rtol)
        away = float(rf.trace_norm(result.states - exact).max())
        if away <= other:
            break
    assert away <= other < 1e-4
    mine, qutips = alternate(lambda: ours(rtol), theirs, rounds=2)
    record(
        ours_ms=1e3 * mine, qutip_ms=1e3 * qutips, ratio=qutips / mine, required=FASTER[tol, depth],
        operators=result.stats["auxiliary_operators"], applications=result.stats["applications"],
        error=away, qutip_error=other,
    )  # fmt: skip
    assert qutips / mine >= FASTER[tol, depth]


@pytest.mark.parametrize(("tol", "depth"), CASES)
def test_steady_state_of_an_interacting_dot(tol, depth, record):
    heom = anderson(tol, depth)
    steady = heom.steady_state(threads=1)
    mine = min(_seconds(lambda: anderson(tol, depth).steady_state(threads=1)) for _ in range(3))
    solver, _ = peer(heom, math.inf)
    began = time.perf_counter()
    theirs = solver.steady_state(use_mkl=False)[0].full()
    other = time.perf_counter() - began
    away = float(rf.trace_norm(steady.state - theirs))
    record(
        ours_ms=1e3 * mine, qutip_ms=1e3 * other, ratio=other / mine, required=FASTER_STEADY[tol, depth],
        applications=steady.applications, error=steady.error, away=away,
    )  # fmt: skip
    assert away < 1e-8
    assert other / mine >= FASTER_STEADY[tol, depth]


def _seconds(call):
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
