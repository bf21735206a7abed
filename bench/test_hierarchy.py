"""The hierarchical equations of motion against QuTiP's HEOMSolver, of the very same exponentials, on one thread.

The model is the Fenna–Matthews–Olson complex: the seven sites and energies of Chlorobaculum tepidum (Adolphs & Renger,
doi:10.1529/biophysj.105.079483), a bath beside each with a reorganisation energy of 35 cm⁻¹ that relaxes within 50 fs,
at 300 K (Ishizaki & Fleming, doi:10.1073/pnas.0908989106). Energies are in 1/ps, times in ps.
"""

from __future__ import annotations

import time

import numpy as np
import pytest

import redfield as rf
from redfield import _core

from harness import alternate

WAVENUMBER = 0.18836515673
"""2πc · 1 cm⁻¹ in 1/ps."""
KELVIN = 0.695034800
"""k_B · 1 K in cm⁻¹."""
H = WAVENUMBER * np.array(
    [
        [410.0, -87.7, 5.5, -5.9, 6.7, -13.7, -9.9],
        [-87.7, 530.0, 30.8, 8.2, 0.7, 11.8, 4.3],
        [5.5, 30.8, 210.0, -53.5, -2.2, -9.6, 6.0],
        [-5.9, 8.2, -53.5, 320.0, -70.7, -17.0, -63.3],
        [6.7, 0.7, -2.2, -70.7, 480.0, 81.1, -1.3],
        [-13.7, 11.8, -9.6, -17.0, 81.1, 630.0, 39.7],
        [-9.9, 4.3, 6.0, -63.3, -1.3, 39.7, 440.0],
    ]
)
REORGANISATION, RATE, BETA = 35.0 * WAVENUMBER, 20.0, 1.0 / (300.0 * KELVIN * WAVENUMBER)
COEFFICIENT = complex(REORGANISATION * RATE * (1.0 / np.tan(0.5 * BETA * RATE) - 1j))
TIMES = np.linspace(0.0, 1.0, 101)
FASTER = {2: 30.0, 3: 30.0, 4: 30.0, 5: 30.0}
FASTER_STEADY = {2: 5.0, 3: 50.0, 4: 500.0}
TIGHT = 1e-9
"""A tolerance of sums within which the exponential is the bath: nothing is made tighter for a γ that is not its own."""
PATIENCE = 60.0
"""Seconds that a peer may take, as its last two depths foretell."""
seconds_of_peer: dict[int, float] = {}


class OneExponential(rf.DrudeBath):
    """The Drude bath's own exponential without those of Matsubara, beside the γ ≥ 0 of the whole."""

    @property
    def known_rates(self):
        return (self.cutoff,)

    def correlation(self, t):
        value = COEFFICIENT * np.exp(-RATE * np.abs(t))
        return np.where(np.asarray(t) < 0.0, value.conj(), value)


def fmo(sites=7):
    bath = OneExponential(4.0 * REORGANISATION / RATE, RATE, BETA)
    return rf.System(H[:sites, :sites], rf.SiteProjectors(sites), bath)


def peer(depth):
    qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")
    heom = pytest.importorskip("qutip.solver.heom", reason="QuTiP is not installed")
    c = COEFFICIENT
    baths = [
        heom.BosonicBath(qutip.basis(7, i).proj(), [c.real], [RATE], [c.imag], [RATE]) for i in range(7)
    ]
    options = {"nsteps": 10**6, "rtol": 1e-6, "atol": 1e-9, "progress_bar": ""}
    return heom.HEOMSolver(qutip.Qobj(H), baths, depth, options=options), qutip.basis(7, 0).proj()


@pytest.mark.parametrize("depth", FASTER)
def test_a_picosecond_of_fmo(depth, record):
    """All of ours against their evolution alone, at no larger an error: the first of our tolerances that has it."""
    solver, start = peer(depth)
    heom, psi = rf.HEOM(fmo(), depth=depth, tol=TIGHT), np.eye(7)[0]
    exact = heom.evolve(psi, TIMES, rtol=1e-11, atol=1e-13, threads=1).states

    def theirs():
        return np.array([x.full() for x in solver.run(start, TIMES).states])

    def ours(rtol):
        return heom.evolve(psi, TIMES, rtol=rtol, atol=1e-3 * rtol, threads=1)

    other = float(rf.trace_norm(theirs() - exact).max())
    for rtol in 10.0 ** -np.arange(2.0, 10.0):
        result = ours(rtol)
        away = float(rf.trace_norm(result.states - exact).max())
        if away <= other:
            break
    assert result.stats["fit_error"] < 1e-12
    assert away <= other < 1e-4
    mine, qutips = alternate(lambda: ours(rtol), theirs, rounds=2)
    record(
        ours_ms=1e3 * mine, qutip_ms=1e3 * qutips, ratio=qutips / mine, required=FASTER[depth],
        operators=result.stats["auxiliary_operators"], applications=result.stats["applications"],
        error=away, qutip_error=other,
    )  # fmt: skip
    assert qutips / mine >= FASTER[depth]


@pytest.mark.parametrize("depth", FASTER_STEADY)
def test_steady_state_of_fmo(depth, record):
    heom = rf.HEOM(fmo(), depth=depth, tol=TIGHT)
    steady = heom.steady_state(threads=1)
    mine = min(
        _seconds(lambda: rf.HEOM(fmo(), depth=depth, tol=TIGHT).steady_state(threads=1)) for _ in range(3)
    )
    if depth - 2 in seconds_of_peer:
        foretold = seconds_of_peer[depth - 1] ** 2 / seconds_of_peer[depth - 2]
        if foretold > PATIENCE:
            record(ours_ms=1e3 * mine, qutip="not waited for", foretold_s=foretold)
            pytest.skip(f"QuTiP would take {foretold:.0f} s, more than {PATIENCE:.0f} s")
    solver, _ = peer(depth)
    began = time.perf_counter()
    theirs = solver.steady_state(use_mkl=False)[0].full()
    other = seconds_of_peer[depth] = time.perf_counter() - began
    away = rf.trace_norm(steady.state - theirs)
    record(
        ours_ms=1e3 * mine, qutip_ms=1e3 * other, ratio=other / mine, required=FASTER_STEADY[depth],
        applications=steady.applications, error=steady.error, away=away,
    )  # fmt: skip
    assert away < 1e-8
    assert other / mine >= FASTER_STEADY[depth]


@pytest.mark.parametrize("tol", [1e-2, 1e-3])
def test_three_levels_between_two_ohmic_baths(tol, record):
    """rf.compare(exact="heom") to within tol, the exponentials of the baths and all: less than a second."""
    hops = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]), np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0]])
    baths = [rf.OhmicBath(0.01, 3.0, beta) for beta in (0.5, 2.0)]
    system = rf.System(np.diag([0.0, 0.7, 1.6]), list(hops), baths)
    times, start = np.linspace(0.0, 20.0, 41), np.eye(3)[2]
    began = time.perf_counter()
    found = rf.compare(
        system, [rf.Redfield, rf.Davies], start, times, exact="heom", exact_options={"tol": tol}, threads=1,
        steady_error=False,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    finer = rf.HEOM(system, tol=tol / 4.0, depth=2).evolve(start, times, threads=1).states
    redfield = rf.Redfield(system).evolve(start, times).states
    away = float(np.abs(0.5 * rf.trace_norm(redfield - finer) - found.exact[0]).max())
    record(
        seconds=seconds,
        required_seconds=1.0,
        away=away,
        exact_error=found.exact_error,
        fit_error=found.fit_error,
    )
    assert away < tol
    assert seconds < 1.0


def exponentials(sites, terms):
    """Return `terms` exponentials beside each site: Drude's own and the first of Matsubara."""
    nu = 2.0 * np.pi / BETA * np.arange(1, terms)
    c = 4.0 * REORGANISATION * RATE / BETA * nu / (nu**2 - RATE**2)
    given = np.append(COEFFICIENT, c), np.append(RATE, nu).astype(complex), 0.0
    return [given] * sites


def hierarchy(sites, terms, depth):
    return _core.Hierarchy(fmo(sites).core(False), exponentials(sites, terms), depth, 8e9)


def best_application(h, threads=1, rounds=5):
    y = np.random.default_rng(0).normal(size=(h.dimension, h.dimension * h.operators))
    h.apply(y, threads)
    return min(_seconds(lambda: h.apply(y, threads)) for _ in range(rounds))


def _seconds(call):
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def test_a_million_auxiliary_operators(record):
    """𝓛y of more than 10⁶ operators of seven levels, beside y read once and 𝓛y written once: a copy of y."""
    h = hierarchy(7, 3, 7)
    assert h.operators > 10**6
    y = np.random.default_rng(0).normal(size=(7, 7 * h.operators))
    other = np.empty_like(y)
    copy = min(_seconds(lambda: np.copyto(other, y)) for _ in range(5))
    seconds = min(_seconds(lambda: h.apply(y, 1)) for _ in range(3))
    # The hierarchy preserves the trace of its first operator, a packed Hermitian matrix, for whatever beside it.
    first = np.diag(h.apply(y, 1)[:, :7])
    assert abs(first.sum()) < 1e-10 * np.abs(first).sum()
    record(
        seconds=seconds, operators=h.operators, ns_an_operator=1e9 * seconds / h.operators,
        floor_bytes=2 * y.nbytes, floor_seconds=copy, over_floor=seconds / copy, bytes=h.bytes,
    )  # fmt: skip


def test_scaling(record):
    """Time of one application an operator, in depth and in sites."""
    of_depth = {d: hierarchy(7, 1, d) for d in (3, 5, 7, 9)}
    of_sites = {n: hierarchy(n, 1, 6) for n in (3, 5, 7)}
    figures = {f"ns_depth_{d}": 1e9 * best_application(h) / h.operators for d, h in of_depth.items()}
    figures |= {f"ns_sites_{n}": 1e9 * best_application(h) / h.operators for n, h in of_sites.items()}
    record(**figures)
    # Each operator has as many neighbours at any depth: what grows is only what no longer fits into a cache.
    assert figures["ns_depth_9"] < 4.0 * figures["ns_depth_3"]


def test_two_threads(record):
    if _core.cores() < 2:
        pytest.skip("one core")
    h = hierarchy(7, 2, 6)
    one, two = (min(best_application(h, threads, rounds=3) for _ in range(3)) for threads in (1, 2))
    record(operators=h.operators, one_ms=1e3 * one, two_ms=1e3 * two, ratio=one / two, required=1.8)
    assert one / two >= 1.8
