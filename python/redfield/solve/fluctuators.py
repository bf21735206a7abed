"""Classical fluctuators: telegraph noise in H(t), as an average over its courses."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_count,
    as_finite,
    as_items,
    as_positive,
    as_real_number,
    as_seed,
    as_square,
    as_threads,
    as_times,
    checked,
    shown,
)
from redfield._base.checks.types import EOps, IntegerSeed, Number, Numbers, Operator, Seed, State
from redfield._base.progress import Progress, progress_callback
from redfield._base.records import Record, record
from redfield.equations.base import AnyEquation, Equation
from redfield.results.curves import named
from redfield.results.stats import Expectations
from redfield.solve.evolve import Observables
from redfield.systems.driven import DrivenSystem

if TYPE_CHECKING:
    from concurrent.futures import Future

MOST_SWITCHES = 1e8
"""Largest mean number of switches of one course: beyond, its times do not fit in memory."""

AHEAD = 2
"""Courses a worker that are solved before their turn."""


class Fluctuator(Record):
    r"""A two-level fluctuator, b ξ(t) X with ξ = ±1 that switches at a rate Γ in either direction.

    .. math:: \langle\xi(t)\xi(0)\rangle = e^{-2\Gamma|t|}

    Parameters
    ----------
    operator : X, (N, N) Hermitian.
    amplitude : b, an energy.
    rate : Γ > 0.
    """

    def __init__(self, operator: Operator, amplitude: Number, rate: Number) -> None:
        self.operator = as_square("operator", operator)
        self.amplitude = as_real_number("amplitude", amplitude)
        self.rate = as_positive("rate", rate)

    def course(self, first: float, last: float, rng: Seed) -> Course:
        """Return one course of bξ(t), from either value with equal chance; `rng` is a Generator or seeds one."""
        first, last = as_finite("first", first), as_finite("last", last)
        if last < first:
            raise ValueError(f"last must not be before first = {first:g}, got {last:g}")
        mean = self.rate * (last - first)
        if mean > MOST_SWITCHES:
            raise ValueError(
                f"from first = {first:g} to last = {last:g} a course switches {mean:.3g} times"
            )
        drawn = np.random.default_rng(rng)
        count = int(drawn.poisson(mean))
        sign = 1.0 if drawn.random() < 0.5 else -1.0
        return Course(np.sort(drawn.uniform(first, last, count)), sign * self.amplitude)


@dataclass(frozen=True, eq=False, repr=False)
class Course:
    """A function of time that changes its sign at given times."""

    jumps: RealArray
    start: float

    def __call__(self, t: npt.ArrayLike) -> Any:
        return self.start * (1.0 - 2.0 * (np.searchsorted(self.jumps, t, side="right") % 2))


@dataclass(frozen=True, eq=False, repr=False)
class Steps:
    """A function of time that has values (J + 1,) between its jumps."""

    jumps: RealArray
    values: RealArray

    def __call__(self, t: npt.ArrayLike) -> Any:
        return self.values[np.searchsorted(self.jumps, t, side="right")]


def together(courses: Sequence[Course]) -> Course | Steps:
    """Return the sum of courses, as one function."""
    if len(courses) == 1:
        return courses[0]
    jumps = np.unique(np.concatenate([course.jumps for course in courses]))
    middles = np.concatenate([[-np.inf], jumps])  # a course has the value after a jump at it
    return Steps(jumps, np.sum([course(middles) for course in courses], axis=0))


def _alike(noises: Sequence[Fluctuator]) -> list[tuple[ComplexArray, list[int]]]:
    """Return the operators of fluctuators, each once, with which of them have it."""
    found: dict[bytes, tuple[ComplexArray, list[int]]] = {}
    for i, noise in enumerate(noises):
        x = np.asarray(noise.operator, dtype=np.complex128)
        found.setdefault(x.tobytes(), (x, []))[1].append(i)
    return list(found.values())


@record
class Average(Record, answer=True):
    """The mean over courses of a noise.

    Attributes
    ----------
    times : (T,).
    states : (T, N, N) mean ρ(t).
    expect : of each of e_ops the mean tr(O ρ(t)), (T,), by place, or by name where they were a dict.
    errors : its standard errors, (T,), alike.
    samples : how many courses.
    """

    times: RealArray
    states: ComplexArray
    expect: Expectations
    errors: Expectations
    samples: int


@checked
def average(
    equation: AnyEquation,
    fluctuators: Sequence[Fluctuator],
    rho0: State,
    tlist: Numbers,
    e_ops: EOps | None = None,
    *,
    samples: int,
    seed: IntegerSeed,
    threads: int | None = None,
    progress: Progress = False,
    stop: _core.StopFlag | None = None,
    **options: Any,
) -> Average:
    r"""Return the mean solution of an equation with telegraph noise in its Hamiltonian, H(t) + Σ_i b_i ξ_i(t) X_i.

    Each course is solved with its jumps known, so that no step goes over one.

    Parameters
    ----------
    equation : of a System or a DrivenSystem.
    fluctuators : each switches by itself; many, with rates spread evenly over ln Γ, make 1/f noise.
    rho0, tlist : as of `evolve`, whose other options (rtol, atol, max_step) may be given.
    e_ops : an operator, or a list or dict of them.
    samples : courses, at least 2.
    seed : int, SeedSequence or Generator; the same gives the same numbers, whatever the threads.
    threads : courses at once, default one on each core that this process may use.
    progress : as of `evolve`; the fraction of courses done.
    stop : a flag that another thread sets to end the work, which then raises Interrupted; Ctrl-C ends it too.

    Examples
    --------
    Pure dephasing by one fluctuator, ⟨σ₋⟩ ∝ e^{−Γt}[cosh μt + (Γ/μ) sinh μt], μ² = Γ² − (2b)²:

    >>> import numpy as np, redfield as rf
    >>> from redfield import Fluctuator, Lindblad, average
    >>> still = Lindblad(np.zeros((2, 2)), [np.zeros((2, 2))])
    >>> noise = Fluctuator(np.diag([1.0, -1.0]), amplitude=0.2, rate=1.0)
    >>> plus, x = np.ones(2) / np.sqrt(2), np.array([[0, 1], [1, 0]])
    >>> mean = average(still, [noise], plus, [0.0, 3.0], [x], samples=400, seed=1)
    >>> mu = np.sqrt(1.0 - 0.4**2)
    >>> closed = np.exp(-3.0) * (np.cosh(3 * mu) + np.sinh(3 * mu) / mu)
    >>> bool(abs(mean.expect[0][-1] - closed) < 4 * mean.errors[0][-1])
    True
    """
    if not isinstance(equation, Equation) or equation.system.problem not in ("constant", "driven"):
        raise TypeError(f"equation must be of a System or a DrivenSystem, got {shown(equation)}")
    system: Any = equation.system
    moving = system if isinstance(system, DrivenSystem) else DrivenSystem.held(system)
    times, n = as_times("tlist", tlist), equation.system.dimension
    noises = as_items("fluctuators", fluctuators)
    for i, noise in enumerate(noises):
        if not isinstance(noise, Fluctuator):
            raise TypeError(f"fluctuators[{i}] must be a Fluctuator, got {type(noise).__name__}")
        as_square(f"fluctuators[{i}].operator", noise.operator, n)
    observables = Observables(e_ops, n, True)
    count = as_count("samples", samples, 2)
    alike = _alike(noises)
    seeds = np.random.SeedSequence(as_seed("seed", seed)).spawn(count)
    first, last = float(times[0]), float(times[-1])

    def one(child: np.random.SeedSequence) -> ComplexArray:
        rng = np.random.default_rng(child)
        courses = [noise.course(first, last, rng) for noise in noises]
        terms = [(x, together([courses[i] for i in which])) for x, which in alike]
        noisy = equation.with_system(moving.with_terms(terms))
        states: ComplexArray | None = noisy.evolve(
            rho0, times, store_states=True, threads=1, stop=stop, **options
        ).states
        assert states is not None
        return states

    total = np.zeros((len(times), n, n), dtype=np.complex128)
    values = np.empty((len(observables.operators), count, len(times)), dtype=np.complex128)
    workers = min(as_threads(threads) or _core.cores(), count)
    with progress_callback(progress, "courses") as report:
        for i, states in enumerate(_in_order(one, seeds, workers)):
            total += states
            for value, o in zip(values, observables.operators, strict=True):
                # tr(Oρ) = Σ (Oᵀ)_ba ρ_ba, of an O that may be sparse.
                value[i] = states.reshape(len(times), -1) @ np.ravel(o.T @ np.eye(n))
            if report is not None:
                report((i + 1) / count)
    errors = np.std(values, axis=1, ddof=1) / np.sqrt(count)
    return Average(
        times,
        total / count,
        named(observables.expect(values.mean(axis=1))),
        named(observables.by_name(list(errors))),
        count,
    )


def _in_order(
    solve: Callable[[np.random.SeedSequence], ComplexArray],
    seeds: Sequence[np.random.SeedSequence],
    workers: int,
) -> Iterator[ComplexArray]:
    """Yield the results of `solve` for each seed, in order: a few are solved ahead, and an exception ends them."""
    from concurrent.futures import ThreadPoolExecutor

    end = _core.StopFlag()
    pool = ThreadPoolExecutor(workers, initializer=_core.stop_thread_with, initargs=(end,))
    ahead: deque[Future[ComplexArray]] = deque()
    rest = iter(seeds)
    try:
        while True:
            for seed in rest:
                ahead.append(pool.submit(solve, seed))
                if len(ahead) > AHEAD * workers:
                    break
            if not ahead:
                return
            yield ahead.popleft().result()
    finally:
        end.set()
        pool.shutdown(cancel_futures=True)
