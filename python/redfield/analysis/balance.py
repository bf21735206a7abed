"""Work, heat and entropy production along an evolution or over a cycle."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, checked
from redfield._base.checks.types import Axes, Positive
from redfield._base.records import Record, record
from redfield.analysis.flows import Asked, asked_of, flows_in, temperatures
from redfield.analysis.integrals import integrated
from redfield.draw import pictured
from redfield.equations.base import AnyEquation
from redfield.results.evolution import Result
from redfield.results.periodic import PeriodicState
from redfield.systems.couplings import SiteProjectors
from redfield.systems.drives.window import window_of

PROBLEMS = ("constant", "driven", "periodic")
OPTIONS = ("method", "max_step", "breakpoints", "threads", "progress", "stop")
"""The options of `evolve` that change how an evolution is made again, and not what of."""
TIGHTER = 0.01
"""The tolerances of the evolution, in those of the integrals."""
NOISE = 10.0
"""Errors of states, in their tolerance, below which currents are not resolved."""
LAYERS = 8.0 ** -np.arange(1.0, 11.0)
"""Ends of panels after an event, as parts of the time to the next."""
MOST_EVENTS = 200
"""Events beyond which none has panels of its own after it."""
KETS = 4
"""Random states whose currents tell how large currents may be."""


@record
class EnergyBalance(Record, answer=True):
    r"""What a system got since the first time.

    .. math:: U(t) - U(0) = W + \sum_b E_b, \qquad E_b = Q_b + \mu_b N_b, \qquad
              \Sigma = S(t) - S(0) - \sum_b \beta_b Q_b

    Attributes
    ----------
    times : (T,).
    energy : (T,) U = tr(H(t) ρ(t)).
    work : (T,) W of the drive; where heat is counted in the system it is ∫ tr(Ḣ ρ) dt, jumps of H included.
    heat : (T, B) Q_b from each reservoir, in the order of the system's.
    particles : (T, B) N_b; None where no bath exchanges particles.
    entropy : (T,) Σ, what was produced; None where a bath has no finite temperature, nan of states with negative
        populations.
    error : of the energies that the reservoirs gave, estimated: what the integral over time leaves unresolved, and of
        a constant H its work, which is 0. Errors of the states, and of the forces of HEOM, come on top.
    """

    times: RealArray
    energy: RealArray
    work: RealArray
    heat: RealArray
    particles: RealArray | None
    entropy: RealArray | None
    error: float

    @pictured()
    def plot(self, axes: Axes) -> None:
        """Draw work, heats and the change of energy over time.

        They are drawn on `axes` or in a new figure; returns the matplotlib Axes.
        """
        axes.plot(self.times, self.energy - self.energy[0], label="ΔU")
        axes.plot(self.times, self.work, label="W", linestyle="--")
        for b, heat in enumerate(self.heat.T):
            axes.plot(self.times, heat, label=f"Q of reservoir {b}", linestyle="-.")
        axes.set(xlabel="t  (1/energy)", ylabel="energy")
        axes.legend()


@checked
def energy_balance(
    result: Result | PeriodicState,
    *,
    counted: str | None = None,
    rtol: Positive = 1e-6,
    atol: Positive = 1e-9,
    **options: Any,
) -> EnergyBalance:
    r"""Work, heat and entropy production along an evolution, or over a cycle.

    .. math:: Q_b = \int (\dot E_b - \mu_b \dot N_b)\, dt, \qquad W = U(t) - U(0) - \sum_b E_b
              = \int \mathrm{tr}(\dot H\rho)\, dt

    with the currents of `heat_currents` (Alicki, doi:10.1088/0305-4470/12/5/007). The evolution is made again, with
    outputs at the points of Gauss's rule on panels that are halved until they resolve the currents, so that how far
    apart the times of the result are does not matter. What it costs to switch a coupling A_j(t) goes into the
    interaction, of second order in it, and is neither work nor heat here.

    Parameters
    ----------
    result : a Result of a System, DrivenSystem or PeriodicSystem that has its equation and its first state, or a
        PeriodicState, of whose cycle the balance is taken.
    counted : as of `heat_currents`; with "bath", W = ΔU − ΣE_b is by what the baths lost.
    rtol : on the integral of the currents' absolute values.
    atol : on energies over E_max − E_min of H, and on numbers of particles.
    options : of `evolve`: method, max_step, breakpoints, threads, progress and stop.

    Raises
    ------
    TypeError, ValueError
        The problem has no currents, as with history="memory"; the result does not know its equation or its start; an
        option of `evolve` has no meaning here, as stop_when: the balance is taken over the times of the result.
    ConvergenceError
        The currents are not resolved to the tolerances.

    Examples
    --------
    A qubit whose splitting grows from 1 to 2 while nothing is coupled to it, and which a bath heats then:

    >>> import numpy as np, redfield as rf
    >>> z, x = np.diag([0.5, -0.5]), np.array([[0, 1], [1, 0]])
    >>> splitting = lambda t: 1.0 + np.clip(t, 0.0, 1.0)
    >>> switch = lambda t: np.where(np.asarray(t) < 1.0, 0.0, 1.0)
    >>> stroke = rf.DrivenSystem([(z, splitting)], [(x, switch)], rf.OhmicBath(1.0, 20.0, beta=0.5))
    >>> found = rf.analysis.energy_balance(rf.Davies(stroke).evolve([0, 1], [0.0, 1.0, 5.0]))
    >>> found.work.round(4)
    array([ 0. , -0.5, -0.5])
    >>> found.heat.ravel().round(4)
    array([0.    , 0.    , 0.5379])
    """
    for name in options:
        if name not in OPTIONS:
            raise TypeError(
                f"energy_balance: {name} has no meaning for a balance, whose evolution is that of the result at times "
                f"of its own; it takes {', '.join(OPTIONS)}"
            )
    start, tlist = _start_of(result)
    equation = asked_of(result, None).equation if result.states is not None else result.equation
    system: Any = equation.system
    if system.problem not in PROBLEMS:
        raise TypeError(f"energy_balance is of density matrices, not of a {system.problem} problem")
    exchanges = any(bath.exchange for bath in system.baths)
    whats = ("energy", "particle") if exchanges else ("energy",)
    tight = {"rtol": TIGHTER * rtol, "atol": TIGHTER * atol, **options}

    def evolved(times: RealArray) -> Asked:
        found = equation.evolve(start, times, store_states=True, **tight)
        return asked_of(found, None)

    def sample(times: RealArray) -> RealArray:
        asked = evolved(np.concatenate([tlist[:1], times]))
        return np.stack([flows_in(asked, what, counted)[1:] for what in whats], axis=1)

    def floor(values: RealArray) -> RealArray:
        gross = np.abs(values).sum(axis=2).max(axis=0)
        if not hasattr(equation.solver, "flows_of"):
            gross = np.maximum(gross, _gross(equation, whats, counted, tlist))
        span = float(tlist[-1] - tlist[0])
        units = np.array([_width(system, tlist), 1.0])[: len(whats)]
        least: RealArray = np.maximum(NOISE * TIGHTER * rtol * gross, atol * units / span)
        return least

    edges, ends = _edges(equation, tlist, options)
    if len(edges) > 1 and system.reservoirs:
        parts, errors = integrated(sample, edges, rtol, floor)
        since = np.concatenate([np.zeros((1, *parts.shape[1:])), np.cumsum(parts, axis=0)])[ends]
    else:
        since, errors = np.zeros((len(tlist), len(whats), len(system.reservoirs))), np.zeros(len(whats))
    return _balanced(evolved(tlist), tlist, since, float(errors[0]), exchanges)


@checked
def work(
    result: Result | PeriodicState,
    *,
    counted: str | None = None,
    rtol: Positive = 1e-6,
    atol: Positive = 1e-9,
    **options: Any,
) -> RealArray:
    """Return the work of the drive since the first time, ∫ tr(Ḣ ρ) dt, (T,).

    It is `.work` of `energy_balance`, which says what the arguments are; of a PeriodicState that of a period, (), which
    it has as ``.work`` where baths count energy.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> z, x = np.diag([0.5, -0.5]), np.array([[0, 1], [1, 0]])
    >>> quench = rf.DrivenSystem([(z, lambda t: np.where(np.asarray(t) < 1.0, 1.0, 3.0))], [x], rf.FlatBath(0.0))
    >>> work(rf.Davies(quench).evolve([1, 0], [0.0, 0.5, 2.0])).round(9)
    array([0., 0., 1.])
    """
    if isinstance(result, PeriodicState) and counted is None and not np.isnan(result.work):
        return np.array(result.work)
    if isinstance(result, PeriodicState) and counted is None:
        counted = "system"
    found: EnergyBalance = energy_balance(result, counted=counted, rtol=rtol, atol=atol, **options)
    return found.work[-1] if isinstance(result, PeriodicState) else found.work


def _start_of(result: Result | PeriodicState) -> tuple[ComplexArray, RealArray]:
    """Return the state at the first time, and the times."""
    if result.equation is None:
        raise ValueError("result does not know its equation: load(path, equation) tells it")
    if isinstance(result, PeriodicState):
        period: float = result.equation.system.period
        return result.state, np.append(result.times, period)
    start = result.start
    if start is None and result.states is not None:
        start = result.states[0]
    if start is None:
        raise ValueError("result has neither its start nor states; evolve with store_states=True")
    return start.astype(np.complex128), result.times


def _edges(equation: AnyEquation, tlist: RealArray, options: dict[str, Any]) -> tuple[RealArray, Any]:
    """Return the ends of the first panels, between which nothing jumps, and where among them the times are."""
    system: Any = equation.system
    found, events = [tlist], [tlist[:1]]
    if system.problem == "driven" and tlist[-1] > tlist[0]:
        window = window_of(tlist, options.get("max_step"), options.get("breakpoints", ()))
        hamiltonian, couplings = system.without_kicks().operators(window)
        moving = [] if isinstance(system.couplings, SiteProjectors) else couplings
        found += [x.breaks for x in (hamiltonian, *moving)]
        events += [x.jumps for x in (hamiltonian, *moving)] + [np.array([t for t, _ in system.kicks])]
    if system.problem == "periodic":
        first, last = (int(np.floor(t / system.period)) for t in (tlist[0], tlist[-1]))
        driven: Any = system.driven
        window = window_of(np.array([0.0, system.period]), None, system.breakpoints)
        hamiltonian, couplings = driven.operators(window)
        moving = [] if isinstance(driven.couplings, SiteProjectors) else couplings
        pieces = [x.breaks for x in (hamiltonian, *moving)]
        within = np.concatenate([np.zeros(1), np.asarray(system.core[2]), *pieces])
        found.append((np.arange(first, last + 1)[:, None] * system.period + within).ravel())
    edges = np.unique(np.concatenate([*found, *_after(np.concatenate(events), tlist)]))
    edges = edges[(edges >= tlist[0]) & (edges <= tlist[-1])]
    return edges, np.searchsorted(edges, tlist)


def _after(events: RealArray, tlist: RealArray) -> list[RealArray]:
    """Return the events, and times close after each: what decays fast after one has panels as short as it needs."""
    inside = np.unique(events[(events >= tlist[0]) & (events < tlist[-1])])
    if len(inside) > MOST_EVENTS:
        return [inside]
    room = np.diff(np.append(inside, tlist[-1]))
    return [inside, (inside[:, None] + np.multiply.outer(room, LAYERS)).ravel()]


def _gross(
    equation: AnyEquation, whats: tuple[str, ...], counted: str | None, tlist: RealArray
) -> RealArray:
    """Return the largest currents of a few random states at a few times, (G,)."""
    n: int = equation.system.dimension
    rng = np.random.default_rng(1)
    kets = rng.normal(size=(KETS, n)) + 1j * rng.normal(size=(KETS, n))
    kets /= np.linalg.norm(kets, axis=1)[:, None]
    states = np.einsum("ka,kb->kab", kets, kets.conj())
    moments = np.linspace(tlist[0], tlist[-1], KETS)
    times = moments if equation.system.problem != "constant" else None
    asked = Asked(equation, states, times, False)
    return np.array([np.abs(flows_in(asked, what, counted)).sum(axis=1).max() for what in whats])


def _width(system: Any, tlist: RealArray) -> float:
    """Return the largest E_max − E_min of H at the times."""
    if system.problem == "constant":
        return float(np.ptp(system.energies))
    h = system.hamiltonian.stack(np.unique(np.linspace(tlist[0], tlist[-1], 33)))
    return float(np.ptp(np.linalg.eigvalsh(h), axis=1).max())


def _balanced(
    asked: Asked, times: RealArray, since: RealArray, error: float, exchanges: bool
) -> EnergyBalance:
    """Return the balance of states at times and of what came since the first from each reservoir, (T, G, B)."""
    system: Any = asked.equation.system
    energies = since[:, 0]
    particles = since[:, 1] if exchanges else None
    heat = energies.copy()
    if particles is not None:
        heat -= particles * np.array([reservoir.mu for reservoir in system.reservoirs])
    u = asked.energies()
    entropy = None
    if all(b.beta is not None and np.isfinite(b.beta) for b in system.reservoirs):
        s = _entropies(asked.states)
        entropy = s - s[0] - heat @ temperatures(asked.equation)
    w = u - u[0] - energies.sum(axis=1)
    if system.problem == "constant":  # which can do none
        error = max(error, float(np.abs(w).max()))
    return EnergyBalance(times, u, w, heat, particles, entropy, error)


def _entropies(states: ComplexArray) -> RealArray:
    """Return −tr ρ ln ρ, (T,); nan of states with negative populations."""
    p = np.linalg.eigvalsh(states)
    positive = np.maximum(p, 1e-300)
    s: RealArray = -(positive * np.log(positive)).sum(axis=1)
    s[p[:, 0] < -1e-9] = np.nan
    return s
