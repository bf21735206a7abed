"""The exact answer of small systems, from QuTiP's hierarchical equations of motion."""

from __future__ import annotations

import contextlib
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_count,
    as_kind,
    as_positive,
    as_square,
    as_state,
    as_times,
    checked,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield.baths import Bath
from redfield.baths.fitted import Fit, FittedBath, fit
from redfield.equations import Redfield
from redfield.results.evolution import Result
from redfield.solve.evolve import Observables
from redfield.systems.couplings import SiteProjectors
from redfield.systems.system import System

MOST_ELEMENTS = 20_000_000
"""Largest number of elements of all the hierarchy's matrices: 16 bytes each, several times over."""
SLICE = 0.2
"""Seconds of integration between two looks for Ctrl-C."""


@checked
def heom(
    system: System,
    rho0: State,
    tlist: Numbers,
    e_ops: EOps | None = None,
    *,
    fit_tol: float = 1e-2,
    tol: float = 1e-4,
    terms: int = 8,
    depth: int | None = None,
    max_depth: int = 8,
    options: dict[str, Any] | None = None,
) -> Result:
    r"""ρ(t) of system and baths without any weak coupling: the exact arbiter of master equations of small systems.

    .. math:: \rho(t) = \mathrm{tr}_B\, e^{-iH_{tot}t} \big(\rho_0\otimes\rho_B\big) e^{iH_{tot}t}, \qquad
              H_{tot} = H + \sum_j A_j\otimes B_j + H_B, \quad
              \langle B_j(t)B_j\rangle = C_j(t) \approx \sum_k c_k e^{-\nu_k t}

    Each bath's C(t) is fitted by QuTiP's approximations (espira, esprit, Prony; Padé for a DrudeBath) with as few terms
    as meet `fit_tol`, and QuTiP's HEOM solver (Tanimura & Kubo 1989, doi:10.1143/JPSJ.58.101; Lambert et al. 2023,
    doi:10.1103/PhysRevResearch.5.013181) is run at growing depths until the solution settles.

    Parameters
    ----------
    system : System of Hermitian couplings, a handful of levels and couplings; its baths have a correlation function.
    rho0 : density matrix or ket.
    tlist : (T,) ascending; the baths are in equilibrium at tlist[0].
    e_ops : as of `evolve`.
    fit_tol : ∫|C − Σ|dt over the times, of ∫|C|dt, at most.
    tol : largest trace norm between the solutions of the last two depths, at most.
    terms : of a fit, at most.
    depth : of the hierarchy; default grows from 2 to max_depth, as `tol` asks.
    options : of QuTiP's HEOMSolver.

    Returns
    -------
    Result : its `stats` hold fit_error (∫|C − Σ|dt of ∫|C|dt, the largest of the baths), fit_distance (the largest
        trace distance between solutions of Redfield's equation with the baths and with their fits), terms (of each
        bath), depth, and error, the trace norm between the last two depths (nan for a given depth).

    Raises
    ------
    ImportError
        QuTiP is not there.
    TypeError, ValueError
        A coupling is not Hermitian; a bath has no correlation function, or no fit within fit_tol: the message says
        what the best one misses; the hierarchy would be too large; no depth up to max_depth settles.

    Examples
    --------
    A damped mode, whose correlation function is one exponential:

    >>> import numpy as np, redfield as rf
    >>> sx = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> bath = rf.LorentzianBath(strength=0.2, width=1.0, centre=1.0)
    >>> system = rf.System(np.diag([1.0, 0.0]), [sx], bath)
    >>> result = heom(system, [1.0, 0.0], np.linspace(0, 5, 6), tol=1e-6)
    >>> result.stats["fit_error"] < 1e-8, result.states[5, 0, 0].real.round(4)
    (True, np.float64(0.494))
    """
    try:
        import qutip
        from qutip.solver.heom import HEOMSolver
    except ImportError as missing:
        raise ImportError("heom needs QuTiP 5: pip install 'redfield[qutip]'") from missing
    as_kind("system", system, System)
    system.require_independent("heom")
    n, start = system.dimension, time.perf_counter()
    times = as_times("tlist", tlist)
    state = as_state("rho0", rho0, n)
    rho = np.outer(state, state.conj()) if state.ndim == 1 else state
    observables = Observables(e_ops, n)
    operators = _couplings(system)
    duration = float(times[-1] - times[0])
    fit_tol, terms = as_positive("fit_tol", fit_tol), as_count("terms", terms)
    fitted = {bath: fit(bath, duration, fit_tol, terms) for bath in system.baths_of_tables()}
    parts = [
        (fitted[system.coupling_bath(j)].environment, qutip.Qobj(a)) for j, a in enumerate(operators)
    ]
    exponents = sum(len(environment.exponents) for environment, _ in parts)
    given = {"nsteps": 100_000, "atol": 1e-10, "rtol": 1e-8, "progress_bar": "", **(options or {})}

    def solved(layers: int) -> ComplexArray:
        size = _matrices(exponents, layers) * n * n
        if size > MOST_ELEMENTS:
            raise ValueError(
                f"heom: {exponents} exponentials at depth {layers} are {size:.2g} numbers; take fewer "
                "couplings, a larger fit_tol or tol, or a smaller depth"
            )
        solver = HEOMSolver(
            qutip.Qobj(np.asarray(system.hamiltonian, complex)), parts, layers, options=given
        )
        return np.array(list(_stepped(solver, qutip.Qobj(rho), times)))

    found, used, error = _settled(
        solved, depth, as_count("max_depth", max_depth), as_positive("tol", tol)
    )
    return Result(
        times=times,
        expect=observables.expect(_values(observables.operators, found)),
        stats={
            "method": "heom",
            "applications": 0,
            "steps": 0,
            "rejected": 0,
            "seconds": time.perf_counter() - start,
            "error": error,
            "fit_error": max((f.error for f in fitted.values()), default=0.0),
            "fit_distance": _fit_distance(system, fitted, rho, times),
            "terms": [fitted[bath].terms for bath in system.baths],
            "depth": used,
        },
        states=found,
        final_state=found[-1],
    )


def _stepped(solver: Any, rho: Any, times: RealArray) -> Iterator[ComplexArray]:
    """ρ at each time, in steps of about SLICE seconds of work, between which Ctrl-C is answered."""
    now = float(times[0])
    solver.start(rho, now)
    state: ComplexArray = rho.full()
    step = 1e-3 * float(times[-1] - times[0])
    for t in map(float, times):
        while now < t:
            end = min(t, max(now + step, math.nextafter(now, t)))
            began = time.perf_counter()
            with _interrupts_afterwards():
                found = solver.step(end)
            # The next step is as much longer or shorter as it takes, and no longer for having met an output.
            step = min(2.0 * step, (end - now) * SLICE / max(time.perf_counter() - began, 1e-6))
            now = end
            if now == t:
                state = found.rho.full()
        yield state


@contextlib.contextmanager
def _interrupts_afterwards() -> Iterator[None]:
    """Ctrl-C is kept until the end: an exception inside QuTiP's callbacks from Fortran is lost or becomes another."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    kept: list[Any] = []
    signal.signal(signal.SIGINT, lambda *told: kept.append(told))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if kept:
        before(*kept[0])


def _fit_distance(
    system: System, fitted: Mapping[Bath, Fit], rho: ComplexArray, times: RealArray
) -> float:
    """Return the effect of the fits on the solution, at weak coupling."""
    made = {bath: FittedBath(f.environment.exponents) for bath, f in fitted.items()}
    other = system.with_baths([made[system.coupling_bath(j)] for j in range(len(system.couplings))])
    true, of_fits = (np.asarray(Redfield(s).evolve(rho, times).states) for s in (system, other))
    return 0.5 * _apart(true, of_fits)


def _apart(a: ComplexArray, b: ComplexArray) -> float:
    """Return the largest trace norm between two solutions."""
    return float(np.abs(np.linalg.eigvalsh(a - b)).sum(axis=-1).max())


def _couplings(system: System) -> list[ComplexArray]:
    chosen = system.couplings
    operators = chosen.matrices() if isinstance(chosen, SiteProjectors) else chosen
    dense = [
        as_square(f"couplings[{j}]", a, system.dimension).astype(complex) for j, a in enumerate(operators)
    ]
    for j, a in enumerate(dense):
        if not np.allclose(a, a.conj().T, rtol=0.0, atol=1e-12 * np.abs(a).max(initial=0.0)):
            raise TypeError(f"heom: couplings[{j}] is not Hermitian")
    return dense


def _values(operators: Sequence[Any], states: ComplexArray) -> ComplexArray:
    values = [[(o @ rho).trace() for rho in states] for o in operators]
    return np.array(values, dtype=np.complex128).reshape(len(operators), len(states))


def _matrices(exponents: int, depth: int) -> float:
    """Return the number of a hierarchy's operators, (K + d)!/K!d!."""
    return math.comb(exponents + depth, depth)


def _settled(
    solved: Callable[[int], ComplexArray], depth: int | None, most: int, tol: float
) -> tuple[ComplexArray, int, float]:
    """Return a solution, its depth, and the largest trace norm between it and that of one layer less."""
    if depth is not None:
        return solved(as_count("depth", depth)), depth, float("nan")
    before, error = solved(1), np.inf
    for layers in range(2, most + 1):
        now = solved(layers)
        error = _apart(now, before)
        if error <= tol:
            return now, layers, error
        before = now
    raise ValueError(
        f"heom: the solutions at depths {most - 1} and {most} are {error:.2g} apart, more than tol = {tol:g}; give "
        "a larger max_depth or tol"
    )
