"""What every equation of a driven system answers."""

from __future__ import annotations

import abc
import functools
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from redfield import _core, equations, systems
from redfield import evolve as _evolve
from redfield.driven.system import System
from redfield.driven.tables import MOST_LEVELS, tabulated
from redfield.drives.made import Made
from redfield.drives.window import Window, window_of
from redfield.evolve import Options, Progress
from redfield.formula import Formula
from redfield.immutable import Immutable
from redfield.result import Result
from redfield.validation import (
    ComplexArray,
    as_density_matrix,
    as_flag,
    as_square,
    as_times,
)

METHODS = tuple(_core.driven_methods())


class Equation(Formula, Immutable):
    r"""ρ̇ = 𝓛(t)ρ, where 𝓛(t) is made in the eigenbasis H(t) has at that time."""

    def __init__(self, system: System, lamb_shift: bool) -> None:
        if not isinstance(system, System):
            raise TypeError(f"system must be a driven.System, got {type(system).__name__}")
        self.system = system
        self.lamb_shift = as_flag("lamb_shift", lamb_shift)

    @abc.abstractmethod
    def _of(self, system: Any) -> equations.Equation:
        """The equation of a constant system."""

    def _kind(self) -> _core.Kind:
        """The kind of equation in the core, which is that of any system: of one level nothing is computed."""
        return self._of(_one_level())._kind([])

    @property
    def _methods(self) -> tuple[str, ...]:
        """The integrators that evolve accepts."""
        return METHODS

    _tabulated = True
    """Whether the core makes 𝓛(t) from the spectra alone."""

    def with_system(self, system: System) -> Self:
        """The same equation, with the same options, of another system."""
        if not isinstance(system, System):
            raise TypeError(f"system must be a driven.System, got {type(system).__name__}")
        return self._changed(system=system)

    def at(self, t: float) -> equations.Equation:
        """The equation with 𝓛 held at its value at t, with all that a constant one offers.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
        >>> bath = rf.OhmicBath(strength=0.01, cutoff=10.0, beta=1.0)
        >>> davies = rf.driven.Davies(rf.driven.System([0.5 * x, (z, np.cos)], [x], bath))
        >>> davies.at(0.0).steady_state().state.real.round(4)
        array([[ 0.1392, -0.1804],
               [-0.1804,  0.8608]])
        """
        return self._of(self.system.at(t))

    def apply(self, rho: Any, t: float, *, threads: int | None = None) -> ComplexArray:
        """𝓛(t)ρ in the basis H is given in, (N, N) → (N, N)."""
        x = as_square("rho", rho, self.system.dimension)
        return self.at(t).apply(x, threads=threads)

    def evolve(
        self,
        rho0: Any,
        tlist: Any,
        e_ops: Any = None,
        *,
        method: str = "auto",
        rtol: float = 1e-6,
        atol: float = 1e-9,
        threads: int | None = None,
        max_step: float | None = None,
        breakpoints: Any = (),
        store_states: bool | None = None,
        progress: Progress = False,
        stop: _core.StopFlag | None = None,
    ) -> Result:
        """Solve ρ̇ = 𝓛(t)ρ from ρ(tlist[0]) = rho0.

        Parameters
        ----------
        rho0, tlist, e_ops, threads, store_states, progress, stop : as of `redfield.Redfield.evolve`.
        method : "dopri5", which "auto" takes: Dormand–Prince 5(4) in the basis H is given in, whose rtol and atol bound
            the error of each step; "magnus", exponentials of 𝓛 of means of H, whose estimated errors add up to
            rtol‖ρ‖ + atol: five times slower where it was measured, and a check on the other.
        max_step : of time. Functions of time are sampled evenly at 4096 times, or twice in every max_step where that
            is more, at the times of tlist and of arrays that they are made of, and then as closely as they vary: what
            lasts a 4000th of the whole time, or max_step, is found wherever it is. At least 1e-10 of the whole time.
        breakpoints : times near which something shorter happens, as the centre of a pulse or the edges of one:
            functions are sampled at all distances from each. A function may tell its own as an attribute,
            ``f.breakpoints``.

        Raises
        ------
        ValueError, TypeError
            An argument does not fit; H(t) is not Hermitian at some t; a Spline does not cover tlist.
        ConvergenceError
            The steps become too short.

        Examples
        --------
        A level swept through another, fast:

        >>> import numpy as np, redfield as rf
        >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
        >>> bath = rf.OhmicBath(strength=1e-4, cutoff=10.0, beta=1.0)
        >>> sweep = rf.driven.System([0.5 * x, (z, lambda t: 5.0 * t)], [z], bath)
        >>> stays = rf.driven.Redfield(sweep).evolve([1, 0], [-20.0, 20.0], [np.diag([1, 0])]).expect[0][-1]
        >>> bool(abs(stays - np.exp(-2 * np.pi * 0.25 / 10.0)) < 0.02)
        True
        """
        times, n = as_times("tlist", tlist), self.system.dimension
        options = Options(method, rtol, atol, threads, progress, stop)
        settings = options.settings(self._methods)
        window = window_of(times, max_step, breakpoints)
        start = as_density_matrix("rho0", rho0, n)
        problem = _evolve.Problem(times, e_ops, n, store_states)
        self.system.require_cover(float(times[0]), float(times[-1]))
        self.system.require_hermitian(times)
        with _evolve.progress_callback(progress, "evolving") as callback:
            rest = (start, times, settings, problem.matrices, problem.store, stop, callback)
            raw = self._solved(window, method, rest)
        return problem.result(raw, self)

    def _solved(self, window: Window, method: str, rest: tuple[Any, ...]) -> tuple[Any, ...]:
        """By a table of 𝓛, by eigenbases that the core makes, or by ones that Python does."""
        if not self._tabulated:
            hamiltonian, couplings = self.system.operators(window)
            made = [hamiltonian, *couplings]
            return solved_by(lambda t: self.at(t).generator, made, window, rest)
        return prepared(self.system, self._kind(), self.lamb_shift, window, method)(rest)


@functools.cache
def _one_level() -> systems.System:
    return systems.System([[0.0]], [], [])


Solve = Callable[[tuple[Any, ...]], tuple[Any, ...]]


def prepared(system: System, kind: _core.Kind, lamb_shift: bool, window: Window, method: str) -> Solve:
    """What solves any kind of equation that the core makes from the spectra.

    Raises
    ------
    ValueError
        A function of time or a spectrum can not be expanded.
    """
    if method != "magnus" and system.dimension <= MOST_LEVELS:
        controlled = system.controlled(window, lamb_shift)
        if controlled is not None:
            of_control, control = controlled
            table = tabulated(of_control, kind, control)
            if table is not None:
                u, jumps = control.u.core(), control.u.jumps.tolist()
                return lambda rest: _core.evolve_table(table, u, jumps, window.longest, *rest)
    core, jumps = system.core(window, lamb_shift)
    return lambda rest: _core.evolve_driven(core, kind, jumps, window.longest, *rest)


def solved_by(
    generator: Callable[[float], _core.Generator],
    changing: list[Made],
    window: Window,
    rest: tuple[Any, ...],
) -> tuple[Any, ...]:
    """What the core returns of a generator that Python makes, which changes as the operators `changing` do."""
    jumps = np.unique(np.concatenate([np.zeros(0), *(made.jumps for made in changing)])).tolist()
    return _core.evolve_driven_by(
        generator, [made.operator for made in changing], jumps, window.longest, *rest
    )
