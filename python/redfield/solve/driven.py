"""Equations of a driven Hamiltonian: 𝓛(t) in the eigenbasis that H(t) has at that time, or with its memory integral."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_density_matrix,
    as_hermitian,
    as_max_bytes,
    as_moment,
    as_square,
    as_states,
    as_times,
)
from redfield._base.checks.types import EOps, Numbers, Operand, State
from redfield._base.progress import progress_callback
from redfield.baths import (
    Bath,
    DrudeBath,
    ExponentialSum,
    FlatBath,
    LorentzianBath,
    OhmicBath,
    UnderdampedBath,
)
from redfield.equations import Lindblad, Redfield
from redfield.equations.base import AnyEquation
from redfield.equations.options import Options
from redfield.equations.solver import NO_FLOWS_OF_MEMORY, REMEMBERS
from redfield.equations.unravelling import Maker, TrajectoryOptions
from redfield.results.evolution import Result
from redfield.results.gradient import GradientOptions
from redfield.solve import kicks, memory
from redfield.solve.drive_gradient import DriveGradient
from redfield.solve.driven_flows import flows_of
from redfield.solve.evolve import Observables
from redfield.solve.gradients_of_drives import of_drive
from redfield.solve.judged import DensityMatrices
from redfield.solve.trajectories import driven as of_driven
from redfield.solve.trajectories import run
from redfield.solve.trajectories.result import TrajectoryResult
from redfield.systems.driven import DrivenSystem
from redfield.systems.drives.made import Made
from redfield.systems.drives.window import Window, window_of
from redfield.systems.system import System

METHODS = tuple(_core.driven_methods())
MOST_LEVELS = 2
"""Levels up to which polynomials of Lindblad's 𝓛 in a control take less than products with H and the jumps."""
MOST_OF_MEMORY = 0.25
"""Part of the free memory that polynomials of 𝓛 on one interval of the control may take."""
REMEMBERING = ("auto", "dopri5")
"""Methods of an equation with a memory integral."""


class Driven(DensityMatrices, problem="driven"):
    """The solver of a DrivenSystem."""

    def at(self, t: float, tlist: Numbers | None = None) -> Any:
        if self.equation.remembers:
            raise TypeError(REMEMBERS)
        return self.equation.with_system(self.system.at(as_moment("t", t)))

    def apply(self, rho: State, t: float | None, threads: int | None) -> ComplexArray:
        if t is None:
            raise TypeError("t is missing: 𝓛(t) of a driven system depends on it")
        x = as_square("rho", rho, self.system.dimension)
        change: ComplexArray = self.at(t).apply(x, threads=threads)
        return change

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> Result:
        if self.system.kicks:
            remembers = self.equation.remembers
            return kicks.evolve(self.equation, remembers, rho0, tlist, e_ops, options)
        if self.equation.remembers:
            return evolve_with_memory(self.equation, self.system, rho0, tlist, e_ops, options)
        return _solved(
            self.equation, self.system, rho0, tlist, e_ops, options, self._solver_by(options.method)
        )

    def moved(
        self, x: ComplexArray, times: RealArray, operator: ComplexArray, options: Options
    ) -> ComplexArray:
        if self.equation.remembers:
            raise TypeError(REMEMBERS)
        options.refuse("driven", "dtype", "error", "store_states")
        window = window_of(times, options.max_step, options.breakpoints)
        self.system.require_cover(float(times[0]), float(times[-1]))
        self.system.require_hermitian(times)
        rest = (x, times, options.settings(METHODS), [operator], False, options.stop, None)
        curve: ComplexArray = self._solver_by(options.method)(window, rest)[2][0]
        return curve

    def trajectories(
        self, make: Maker, psi0: State, tlist: Numbers, e_ops: EOps, options: TrajectoryOptions
    ) -> TrajectoryResult:
        kind = _kind_of(self.equation) if self.equation._tabulated else None
        times = as_times("tlist", tlist)
        unravelling = of_driven.unravelling(self.equation, kind, make, times, options)
        return run.trajectories(self.equation, unravelling, make, psi0, times, e_ops, options)

    def _solver_by(self, method: str) -> Callable[[Window, tuple[Any, ...]], tuple[Any, ...]]:
        """Return what makes the call of the core over a window."""

        def solve(window: Window, rest: tuple[Any, ...]) -> tuple[Any, ...]:
            if _in_given_basis(self.equation, method):
                h, jumps = self.system.operators(window)
                breaks = np.unique(np.concatenate([x.jumps for x in (h, *jumps)])).tolist()
                operators = h.operator, [x.operator for x in jumps]
                return _core.evolve_driven_lindblad(*operators, breaks, window.longest, *rest)
            if self.equation._tabulated:
                kind = _kind_of(self.equation)
                smooth = method != "magnus" and _is_smooth(self.equation)
                is_redfield = isinstance(self.equation, Redfield)
                lamb_shift = self.equation.lamb_shift
                solve = prepared(self.system, kind, lamb_shift, window, smooth, is_redfield=is_redfield)
                return solve(rest)
            hamiltonian, couplings = self.system.operators(window)
            changing = [hamiltonian, *couplings]
            return solved_by(lambda t: self.at(t).generator, changing, window, rest)

        return solve

    def evolution_gradient(
        self, rho0: State, times: RealArray, weights: Operand, options: GradientOptions
    ) -> DriveGradient:
        if self.equation.remembers:
            raise TypeError(REMEMBERS)
        if self.system.kicks:
            raise TypeError("kicks: evolutions with instantaneous pulses have no gradients")
        n = self.system.dimension
        each = as_states("weights", weights, n)
        for k, weight in enumerate(each):
            as_hermitian(f"weights[{k}]", weight)
        start = as_density_matrix("rho0", rho0, n)
        times = as_times("times", times)
        return of_drive(self.equation, _kind_of(self.equation), start, times, each, options)

    def of_reservoir(self, reservoir: int) -> Any:
        return self.equation.with_system(self.system.of_reservoir(reservoir))

    def flows(self, states: State, what: str, times: RealArray | None = None) -> RealArray:
        if self.equation.remembers:
            raise TypeError(NO_FLOWS_OF_MEMORY)
        if times is None:
            raise ValueError("t is missing: the currents of a driven system depend on it")
        kind = as_choice("what", what, ("energy", "particle", "heat"))
        each = as_states("states", states, self.system.dimension)
        return flows_of(self.equation, _kind_of(self.equation), each, kind, times)


def evolve_with_memory(
    equation: Redfield[Any, Any],
    system: DrivenSystem,
    rho0: State,
    tlist: Numbers,
    e_ops: EOps,
    options: Options,
) -> Result:
    """Return the evolution by Redfield's equation with its memory integral since the start."""

    def sums(bath: Bath, duration: float) -> ExponentialSum | None:
        if equation.correlation == "quadrature":
            return None
        try:
            return bath.exponentials(duration, equation.tol)
        except ValueError:
            if equation.correlation == "exponentials":
                raise
            return None

    def solve(window: Window, rest: tuple[Any, ...]) -> tuple[Any, ...]:
        return memory.evolve(system, sums, window, rest)

    return _solved(equation, system, rho0, tlist, e_ops, options, solve, REMEMBERING)


def _solved(
    equation: object,
    system: DrivenSystem,
    rho0: State,
    tlist: Numbers,
    e_ops: EOps,
    options: Options,
    solve: Callable[[Window, tuple[Any, ...]], tuple[Any, ...]],
    methods: tuple[str, ...] = METHODS,
) -> Result:
    """Return one evolution, checked; `solve` makes the call of the core."""
    options.refuse("driven", "dtype", "error")
    times, n = as_times("tlist", tlist), system.dimension
    settings = options.settings(methods)
    window = window_of(times, options.max_step, options.breakpoints)
    start = as_density_matrix("rho0", rho0, n)
    observables = Observables(e_ops, n, options.store_states)
    system.require_cover(float(times[0]), float(times[-1]))
    system.require_hermitian(times)
    with progress_callback(options.progress, "evolving") as callback:
        rest = (start, times, settings, observables.matrices, observables.store, options.stop, callback)
        raw = solve(window, rest)
    return observables.result(times, raw, equation, start=start)


def _kind_of(equation: AnyEquation) -> _core.Kind:
    """Return the kind of equation in the core, which is that of any system: of one level nothing is computed."""
    return equation.with_system(_one_level())._kind([])


def _in_given_basis(equation: AnyEquation, method: str) -> bool:
    """Return whether an equation is moved in the basis H is given in: Lindblad's but of few levels."""
    given = isinstance(equation, Lindblad) and method != "magnus"
    return given and equation.system.dimension > MOST_LEVELS


def _is_smooth(equation: AnyEquation) -> bool:
    """Return whether 𝓛 is smooth in H, to be told by polynomials that see it in few places.

    Kinds in which near frequencies count as equal jump where levels meet; spectra that are given as functions or
    numbers may have features of any width.
    """
    system: Any = equation.system
    return isinstance(equation, Redfield | Lindblad) and has_broad_spectra(system)


def has_broad_spectra(system: DrivenSystem) -> bool:
    """Return whether all spectra are closed forms without an edge."""
    return all(map(_is_broad, system.baths))


def _is_broad(bath: Bath) -> bool:
    if isinstance(bath, OhmicBath):
        return bath.cutoff_function != "hard"
    return isinstance(bath, FlatBath | DrudeBath | LorentzianBath | UnderdampedBath)


@functools.cache
def _one_level() -> System:
    return System([[0.0]], [], [])


Solve = Callable[[tuple[Any, ...]], tuple[Any, ...]]


def prepared(
    system: DrivenSystem,
    kind: _core.Kind,
    lamb_shift: bool,
    window: Window,
    smooth: bool,
    *,
    is_redfield: bool,
) -> Solve:
    """Return the call of the core that solves any kind of equation which it makes from the spectra.

    Where 𝓛 is smooth and H depends on one control alone, it is told by polynomials in that, else Redfield's Λ_j by
    those in time.

    Raises
    ------
    ValueError
        A function of time or a spectrum can not be expanded.
    """
    memory_of_panel = MOST_OF_MEMORY * as_max_bytes(None)
    redfields = lamb_shift if is_redfield else None
    controlled = system.controlled(window, lamb_shift) if smooth else None
    if controlled is not None:
        against, control = controlled
        known = (control.u.core(), control.low, control.high, memory_of_panel, control.u.jumps.tolist())
        return lambda rest: _core.evolve_controlled(
            against, kind, redfields, *known, window.longest, *rest
        )
    core, jumps = system.core(window, lamb_shift)
    if is_redfield and smooth and window.first < window.last and core.has_fixed_couplings:
        time = (None, window.first, window.last, memory_of_panel, jumps)
        return lambda rest: _core.evolve_controlled(core, kind, redfields, *time, window.longest, *rest)
    return lambda rest: _core.evolve_driven(core, kind, jumps, window.longest, *rest)


def solved_by(
    generator: Callable[[float], _core.Generator],
    changing: list[Made],
    window: Window,
    rest: tuple[Any, ...],
) -> tuple[Any, ...]:
    """Return the result of the core for a generator that Python makes, which changes as the operators `changing` do."""
    jumps = np.unique(np.concatenate([np.zeros(0), *(x.jumps for x in changing)])).tolist()
    return _core.evolve_driven_by(generator, [x.operator for x in changing], jumps, window.longest, *rest)
