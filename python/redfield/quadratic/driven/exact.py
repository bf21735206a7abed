"""The exact solution of a driven system and its baths."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_count,
    as_covariance,
    as_threads,
    as_times,
    as_tolerances,
)
from redfield._base.progress import Progress
from redfield._base.records import Record
from redfield._core import ConvergenceError
from redfield.quadratic.driven.system import System
from redfield.quadratic.exact.discretised import Propagator, Star
from redfield.quadratic.exact.solution import (
    covariance_of,
    recurrence_of,
    require_before_recurrence,
    star_of,
)
from redfield.quadratic.flow import Covariance
from redfield.quadratic.result import Recorder, Result
from redfield.systems.drives.window import window_of

ROOT3 = 3.0**0.5
GAUSS = (0.5 - ROOT3 / 6.0, 0.5 + ROOT3 / 6.0)
HEAVY, LIGHT = 0.5 + ROOT3 / 3.0, 0.5 - ROOT3 / 3.0
SHORTEST = 1e-6
"""Of the steps to begin with; a step that must be shorter will not converge."""


class Exact(Record):
    r"""System and baths solved together while h(t) moves.

    .. math:: G(t) = U_{SS} G_0 U_{SS}^\dagger + U_{SB} f U_{SB}^\dagger, \qquad
              U = \mathcal T e^{-i \int_{t_0}^t H_{\mathrm{tot}}}

    The rows of U on the sites are propagated back from t to t₀, so that the work grows with N columns, not
    with N(1 + modes); each output time is a propagation of its own. Steps are the commutator-free
    exponentials of fourth order (S. Blanes and P. C. Moan, Appl. Numer. Math. 56, 1519 (2006)), each a
    Chebyshev expansion.

    Parameters
    ----------
    system : quadratic.driven.System.
    modes : of each bath.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> from redfield.quadratic.driven import System
    >>> bath = rf.ParticleBath(lambda w: np.exp(-w**2 / 8), beta=1.0)
    >>> sweep = System(lambda t: np.array([[t - 5.0, 0.1], [0.1, 5.0 - t]]) / 2, coupling=0.3, bath=bath)
    >>> result = Exact(sweep, modes=100).evolve([1.0, 0.0], [0.0, 5.0, 10.0])
    >>> result.densities.round(4), result.error < 1e-7
    (array([[1.    , 0.    ],
           [0.9149, 0.0851],
           [0.7125, 0.2875]]), True)
    """

    def __init__(self, system: System, modes: int = 400) -> None:
        self.system = system
        self.modes = as_count("modes", modes)
        h = np.zeros((system.dimension,) * 2)
        self._stars = [star_of(system.contacts, h, m) for m in (self.modes, 2 * self.modes)]

    @property
    def recurrence_time(self) -> float:
        """2π over the widest spacing of a bath's modes: the solution holds before."""
        return recurrence_of(self._stars[0])

    def evolve(
        self,
        G0: Any,
        tlist: Any,
        e_ops: Any = None,
        *,
        method: str = "auto",
        rtol: float = 1e-8,
        atol: float = 0.0,
        threads: int | None = None,
        breakpoints: Any = (),
        store_states: bool | None = None,
        progress: Progress = False,
        stop: _core.StopFlag | None = None,
    ) -> Result:
        """G(t), with 2·modes modes and steps short enough; `Result.error` is the largest difference from
        half the modes and twice the step.

        Parameters
        ----------
        G0, tlist, e_ops, threads, store_states, progress, stop : as of quadratic.Equation.evolve.
        method : "auto", the only one.
        breakpoints : times near which something shorter than a 4000th of the whole time happens.
        rtol, atol : atol + rtol·max|G0| (at least rtol) bounds the error that the steps make in an entry of G.

        Raises
        ------
        ValueError
            tlist spans more than the recurrence time or is not covered by a Spline; G0 is not the covariance
            of a state.
        ConvergenceError
            h(t) jumps.
        """
        times, n = as_times("tlist", tlist), self.system.dimension
        rtol, atol = as_tolerances(rtol, atol)
        as_choice("method", method, ("auto",))
        as_threads(threads)
        g0 = as_covariance("G0", G0, n, self.system.statistics)
        tol = atol + rtol * max(1.0, float(np.abs(g0).max()))
        self.system.require_cover(times)
        require_before_recurrence(times, self.recurrence_time, self.modes)
        recorder = Recorder(e_ops, n, store_states, self, stop)
        made = self.system.made(window_of(times, None, breakpoints))
        grids = made.operator.resolution(made.jumps.tolist(), 0.1 * tol).grids
        grid = np.unique(np.concatenate([times[[0, -1]], made.jumps, *grids]))
        norm = self.system.largest_norm(times, made)
        error = [0.0]

        def states() -> Iterator[Covariance]:
            dt = self._step(g0, times, grid, norm, tol)
            for t in times:
                coarse, fine = (
                    self._solve(star, g0, self._ends(grid, float(t), part, norm), norm)
                    for star, part in zip(self._stars, (dt, 0.5 * dt), strict=True)
                )
                error[0] = max(error[0], float(np.abs(coarse - fine).max()))
                yield Covariance(fine, None)

        return recorder.collect(times, states(), progress, "exact", error=error)

    def _ends(self, grid: RealArray, t: float, part: float, norm: float) -> RealArray:
        """The ends of steps up to t: a `part` of an interval of the grid, of a quarter of the whole, or of 1/‖h‖."""
        longest = part * min((grid[-1] - grid[0]) / 4.0, 1.0 / max(norm, 1e-300))
        ends = [grid[:1]]
        for a, b in itertools.pairwise(grid.tolist()):
            if a >= t:
                break
            until = min(b, t)
            count = int(np.ceil((until - a) / min(longest, part * (b - a)) - 1e-9))
            ends.append(np.linspace(a, until, max(count, 1) + 1)[1:])
        return np.concatenate(ends)

    def _step(
        self, g0: ComplexArray, times: RealArray, grid: RealArray, norm: float, tol: float
    ) -> float:
        """A part whose halving changes the last G by less than tol."""
        part, last = 1.0, float(times[-1])
        if last == times[0]:
            return part
        star = self._stars[0]
        while part > SHORTEST:
            coarse, fine = (
                self._solve(star, g0, self._ends(grid, last, each, norm), norm)
                for each in (part, 0.5 * part)
            )
            error = float(np.abs(coarse - fine).max())
            if error <= tol:
                return part
            # Of fourth order, but not before the steps are short enough for that.
            part *= min(0.5, max(0.1, 0.9 * (tol / error) ** 0.25)) if np.isfinite(error) else 0.1
        raise ConvergenceError(
            f"steps of {part:.2g} of those that follow h(t) still change G by {error:.2g}; tol = {tol:g} is below "
            "rounding, or h(t) jumps"
        )

    def _solve(self, star: Star, g0: ComplexArray, ends: RealArray, norm: float) -> ComplexArray:
        # The effective h of a stage weighs two times with 1.08 and −0.08.
        propagate = Propagator(star, *star.bounds(1.2 * norm))
        amplitudes = star.start(self.system.dimension)
        for k in range(len(ends) - 2, -1, -1):
            dt = float(ends[k + 1] - ends[k])
            early, late = (self.system.at(float(ends[k] + c * dt)) for c in GAUSS)
            for a, b in ((LIGHT, HEAVY), (HEAVY, LIGHT)):
                amplitudes = propagate(*amplitudes, 0.5 * dt, a * early + b * late)
        return covariance_of(star, g0, *amplitudes)
