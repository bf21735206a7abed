"""Solvers of `Exact`: two discretisations side by side, whose difference tells the error."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import ClassVar

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Numbers, State
from redfield._core import ConvergenceError
from redfield.equations.options import Options, refuse
from redfield.quadratic.base import CovarianceSolver, StationarySolver
from redfield.quadratic.covariance import Covariance
from redfield.quadratic.exact.discretised import MAX_MODES, Propagator, Star, min_modes
from redfield.quadratic.exact.landauer import SteadyIntegrals, steady_integrals
from redfield.quadratic.memory import largest_norm
from redfield.quadratic.recorder import Recorder
from redfield.quadratic.result import CovarianceResult, Currents, SteadyCovariance
from redfield.results.stats import Stats
from redfield.systems.drives.window import window_of

ROOT3 = 3.0**0.5
GAUSS = (0.5 - ROOT3 / 6.0, 0.5 + ROOT3 / 6.0)
HEAVY, LIGHT = 0.5 + ROOT3 / 3.0, 0.5 - ROOT3 / 3.0
SHORTEST = 1e-6
"""The shortest step, as a part of the first; one that must be shorter will not converge."""
MIN_MODES = 50
MARGIN = 1.1
"""Recurrence time of modes that are chosen, over the time of the evolution."""

INTEGRAL_TOL = 1e-10
"""The error of the integrals of currents, in units of the largest rate and energy."""

Pairs = Callable[[Star, Star], Iterator[tuple[ComplexArray, ComplexArray]]]
"""G at each time by a coarse and a fine discretisation."""


class MissedError(Exception):
    """The difference of two discretisations exceeds the tolerance, at a time."""

    def __init__(self, time: float, error: float) -> None:
        super().__init__(time, error)
        self.time, self.error = time, error


class ExactDriven(CovarianceSolver, problem="driven quadratic", kind="Exact"):
    """The exact solution of a driven Hamiltonian and its baths."""

    meaningless: ClassVar[tuple[str, ...]] = ("threads", "dtype")

    def prepare(self) -> None:
        super().prepare()
        self._min_modes = max(min_modes(self.system.contacts), MIN_MODES)
        if self.equation.modes is not None:
            self.star(self.equation.modes)

    def star(self, modes: int) -> Star:
        """Return the baths with so many modes each, beside no Hamiltonian."""
        if modes not in self._stars:
            h = np.zeros((self.system.dimension,) * 2)
            self._stars[modes] = Star.of(self.system.contacts, h, modes)
        return self._stars[modes]

    @functools.cached_property
    def _stars(self) -> dict[int, Star]:
        return {}

    @property
    def recurrence_time(self) -> float:
        """The time before which the solution with `modes` holds."""
        modes = self.equation.modes
        return np.inf if modes is None else self.star(modes).recurrence_time

    def _evolved(
        self, g0: ComplexArray, times: RealArray, tol: float, recorder: Recorder
    ) -> CovarianceResult:
        modes = self._modes_for(float(times[-1] - times[0]))
        pairs = self._pairs(g0, times, tol, recorder.options)
        before: MissedError | None = None
        while True:
            differences = [0.0]

            def finish(stats: Stats, differences: list[float] = differences) -> None:
                stats["error"] = max(differences)

            stars = self.star(modes), self.star(2 * modes)
            states = self._compared(pairs(*stars), times, tol, differences)
            try:
                return recorder.collect(times, states, "exact", finish)
            except MissedError as now:
                helped = before is None or now.time > before.time or now.error < 0.5 * before.error
                if self.equation.modes is not None or not helped or 4 * modes > MAX_MODES:
                    raise ConvergenceError(
                        f"Exact with {modes} and {2 * modes} modes a bath differ by {now.error:.2g} at t = "
                        f"{now.time:g}, more than the tolerance {tol:.2g}; give more modes, or loosen rtol"
                    ) from None
                before, modes = now, 2 * modes

    def _modes_for(self, span: float) -> int:
        """Return `modes`, or as many as last for a time.

        Raises
        ------
        ValueError, ConvergenceError
            The baths return what they received before; no number of modes lasts.
        """
        fixed = self.equation.modes
        modes = self._min_modes if fixed is None else fixed
        recurrence = self.star(modes).recurrence_time
        if span <= recurrence:
            return int(modes)
        enough = int(np.ceil(MARGIN * modes * span / recurrence))
        if fixed is not None:
            raise ValueError(
                f"tlist spans {span:g}, but {modes} modes a bath return what they received after {recurrence:.4g}; "
                f"modes = {enough} would last"
            )
        if 2 * enough > MAX_MODES:
            raise ConvergenceError(
                f"tlist spans {span:g}, for which {enough:.3g} modes a bath would last, more than {MAX_MODES // 2}; "
                "shorten tlist, or ask steady_state"
            )
        return enough

    def _compared(
        self,
        pairs: Iterator[tuple[ComplexArray, ComplexArray]],
        times: RealArray,
        tol: float,
        differences: list[float],
    ) -> Iterator[Covariance]:
        """Yield the fine G at each time, and note how far the coarse one is from it; MissedError beyond tol."""
        for t, (coarse, fine) in zip(times, pairs, strict=True):
            difference = self._difference(coarse, fine)
            # The recorder refuses a difference that is not finite.
            if np.isfinite(difference) and difference > tol:
                raise MissedError(float(t), difference)
            differences.append(difference)
            yield Covariance(fine, self._basis)

    _basis: RealArray | ComplexArray | None = None

    def _difference(self, a: ComplexArray, b: ComplexArray) -> float:
        return float(np.abs(a - b).max())

    def _pairs(self, g0: ComplexArray, times: RealArray, tol: float, options: Options) -> Pairs:
        system = self.system
        system.require_cover(times)
        drive = system.drive.core(window_of(times, options.max_step, options.breakpoints))
        grids = drive.operator.resolution(drive.jumps.tolist(), 0.1 * tol).grids
        grid = np.unique(np.concatenate([times[[0, -1]], drive.jumps, *grids]))
        norm = largest_norm(system.h, float(times[0]), float(times[-1]), drive)

        def pairs(coarse: Star, fine: Star) -> Iterator[tuple[ComplexArray, ComplexArray]]:
            part = self._step(coarse, g0, grid, norm, 0.5 * tol)
            for t in times:
                a, b = (
                    self._propagated(star, g0, ends_of(grid, float(t), each, norm), norm)
                    for star, each in ((coarse, part), (fine, 0.5 * part))
                )
                yield a, b

        return pairs

    def _step(self, star: Star, g0: ComplexArray, grid: RealArray, norm: float, tol: float) -> float:
        """Return a part of the first step whose halving changes the last G by less than tol."""
        part, last = 1.0, float(grid[-1])
        if last == grid[0]:
            return part
        while part > SHORTEST:
            coarse, fine = (
                self._propagated(star, g0, ends_of(grid, last, each, norm), norm)
                for each in (part, 0.5 * part)
            )
            error = float(np.abs(coarse - fine).max())
            if error <= tol:
                return part
            # The error falls as the fourth power of a step, once steps are short enough for that.
            part *= min(0.5, max(0.1, 0.9 * (tol / error) ** 0.25)) if np.isfinite(error) else 0.1
        raise ConvergenceError(
            f"steps of {part:.2g} of those that follow h(t) still change G by {error:.2g}; tol = {tol:g} is below "
            "rounding, or h(t) jumps"
        )

    def _propagated(self, star: Star, g0: ComplexArray, ends: RealArray, norm: float) -> ComplexArray:
        """G at the last of the ends of steps, the rows of U on the sites propagated back."""
        # The effective h of a stage weighs two times with 1.08 and −0.08.
        propagate, rows = Propagator(star, 1.2 * norm), star.start()
        for k in range(len(ends) - 2, -1, -1):
            dt = float(ends[k + 1] - ends[k])
            early, late = (self.system.h(float(ends[k] + c * dt)) for c in GAUSS)
            for a, b in ((LIGHT, HEAVY), (HEAVY, LIGHT)):
                rows = propagate(rows, 0.5 * dt, a * early + b * late)
        return star.covariance(g0, rows)


def ends_of(grid: RealArray, t: float, part: float, norm: float) -> RealArray:
    """Return the ends of steps up to t: a `part` of an interval of the grid, of a quarter of the whole, or of 1/‖h‖."""
    longest = part * min((grid[-1] - grid[0]) / 4.0, 1.0 / max(norm, 1e-300))
    ends = [grid[:1]]
    for a, b in itertools.pairwise(grid.tolist()):
        if a >= t:
            break
        until = min(b, t)
        count = int(np.ceil((until - a) / min(longest, part * (b - a)) - 1e-9))
        ends.append(np.linspace(a, until, max(count, 1) + 1)[1:])
    return np.concatenate(ends)


class ExactPeriodic(ExactDriven, problem="periodic quadratic", kind="Exact"):
    """The exact solution of a periodic Hamiltonian and its baths, from a product state."""


class ExactQuadratic(StationarySolver, ExactDriven, problem="quadratic", kind="Exact"):
    """The exact solution of a constant Hamiltonian and its baths."""

    has_several: ClassVar[bool] = False

    meaningless: ClassVar[tuple[str, ...]] = StationarySolver.meaningless

    @functools.cached_property
    def separates(self) -> bool:
        """Whether each mode of h has a bath of its own."""
        return self.system.contacts.uniform

    @property
    def _basis(self) -> RealArray | ComplexArray | None:  # type: ignore[override]
        return self.system.eigenvectors if self.separates else None

    def _difference(self, a: ComplexArray, b: ComplexArray) -> float:
        # No entry in any basis is larger than the Frobenius norm.
        return float(np.linalg.norm(a - b)) if self.separates else super()._difference(a, b)

    def _pairs(self, g0: ComplexArray, times: RealArray, tol: float, options: Options) -> Pairs:
        return lambda *stars: zip(*(self._solve(star, g0, times) for star in stars), strict=True)

    def _solve(self, star: Star, g0: ComplexArray, times: RealArray) -> Iterator[ComplexArray]:
        system, u = self.system, self._basis
        if u is not None:
            g0 = u.conj().T @ g0 @ u
        star = replace(star, h=system.hamiltonian if u is None else system.energies)
        propagate, rows = Propagator(star, float(np.abs(system.energies).max())), star.start()
        for elapsed, t in itertools.pairwise([times[0], *times]):
            rows = propagate(rows, t - elapsed)
            yield star.covariance(g0, rows)

    @functools.cached_property
    def _integrals(self) -> Callable[[float], SteadyIntegrals]:
        return functools.cache(functools.partial(steady_integrals, self.system))

    def _steady(self, g0: ComplexArray | None, tol: float) -> SteadyCovariance:
        integrals = self._integrals(tol)
        error = integrals.error
        return SteadyCovariance.of(integrals.covariance, error, error, equation=self.equation)

    def currents(self, covariance: State | None, t: float | None, tlist: Numbers | None) -> Currents:
        """Steady currents by Landauer and Büttiker."""
        refuse("steady current", covariance=(covariance, None), t=(t, None), tlist=(tlist, None))
        integrals = self._integrals(INTEGRAL_TOL)
        return Currents.of_sites(self.system.contacts, integrals.particle, integrals.energy)
