"""The baths of a batch as hierarchies take them, and which operators their hierarchies leave out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import RealArray
from redfield.baths import BathBatch
from redfield.baths.remainders import Terms
from redfield.solve.depths import (
    LEAST_SHARE,
    Sums,
    finer_shares,
    negligible_of,
    require_fits,
    without_spectra,
)
from redfield.solve.expansions import terminated_terms_of, terms_of
from redfield.solve.misfit import within
from redfield.systems.batch import SystemBatch
from redfield.systems.couplings import SiteProjectors

Which = npt.NDArray[np.intp]
"""Members of the batch, ascending."""


class Level(NamedTuple):
    """A depth, and the share of what is usually left out that is left out there."""

    depth: int
    share: float


class Baths(NamedTuple):
    """The exponentials of all members, or of each; of a member without there is an error.

    Attributes
    ----------
    shared : whether members differ in H alone.
    fit_error : the part of ∫|C| that the sums miss, at most.
    terms : of each coupling, at most.
    effects : what the sums do to each member's state of Redfield's equation, a trace norm, (B,); nan where it tells
        nothing.
    """

    equation: Any
    sums: list[Sums]
    shared: bool
    fit_error: float
    terms: list[int]
    errors: dict[int, Exception]
    effects: RealArray

    def _given(self, member: int) -> tuple[_core.System, Sums]:
        return without_spectra(self.equation.system[member]), self.sums[0 if self.shared else member]

    def require_fits(self, level: Level, at_once: int) -> None:
        """MemoryError where hierarchies of one size do not fit, those that are solved at once; else the core tells."""
        if self.shared:
            system, sums = self._given(0)
            require_fits(self.equation, system, sums, level.depth, False, at_once, level.share)

    def grown(self, which: Which, level: Level, kept: dict[int, float]) -> Level:
        """Return the level at which members keep more operators than they have, and note how many these are.

        Depths agree for nothing where a tier is left out altogether.
        """
        counts = self._counts(which, level.depth)
        share = level.share
        for i, operators in counts.items():
            while operators(share) <= kept.get(i, 0.0) and share > LEAST_SHARE:
                share *= 0.1
        kept.update({i: operators(share) for i, operators in counts.items()})
        return Level(level.depth, share)

    def finer(self, which: Which, level: Level) -> Level | None:
        """Return the level of the same depth at which some member keeps more operators; None where there is none."""
        counts = self._counts(which, level.depth)
        for share in finer_shares(level.share):
            if any(operators(share) > operators(level.share) for operators in counts.values()):
                return Level(level.depth, share)
        return None

    def _counts(self, which: Which, depth: int) -> dict[int, Callable[[float], float]]:
        """Return the operators that each member keeps at a share, or one for all."""

        def counted(i: int) -> Callable[[float], float]:
            given = self._given(i)
            return lambda share: _core.Hierarchy.operators_of(
                *given, depth, negligible_of(self.equation, share)
            )

        return {i: counted(i) for i in (which[:1] if self.shared else which).tolist()}


def operators_of(batch: SystemBatch) -> tuple[Any, ...]:
    """Return the couplings; of site projectors, which are the same of all members, none."""
    couplings: Any = batch.couplings
    return () if isinstance(couplings, SiteProjectors) else couplings


def baths_of(equation: Any, duration: float, effect: Callable[[int, list[Terms]], float]) -> Baths:
    """Return the baths of all members as sums of exponentials: one where they have the same.

    They are made tighter where `effect` of a member is more than tol.
    """
    batch, tol = equation.system, equation.tol
    made = terminated_terms_of if equation.terminator else terms_of
    couplings = not any(getattr(a, "ndim", 2) == 3 for a in operators_of(batch))
    effects = np.full(batch.size, np.nan)
    if couplings and not any(isinstance(bath, BathBatch) for bath in batch.baths):
        h = batch.hamiltonians if batch.hamiltonians.ndim == 3 else batch.hamiltonians[None]
        bandwidth = float(np.ptp(np.linalg.eigvalsh(h), axis=1).max())

        def largest(terms: list[Terms]) -> float:
            effects[:] = [effect(i, terms) for i in range(batch.size)]
            return float(np.fmax.reduce(effects))

        terms, found = within(lambda part: made(batch[0], duration, part, bandwidth), largest, tol, tol)
        if found == 0.0:
            effects[:] = 0.0
        missed = max((x.relative_error for x in terms), default=0.0)
        counts = [len(x.rates) for x in terms]
        return Baths(equation, [[x[:3] for x in terms]], True, missed, counts, {}, effects)
    out: list[Sums] = []
    errors: dict[int, Exception] = {}
    missed, counts = 0.0, [0] * len(batch.baths)
    for i in range(batch.size):
        fit = functools.partial(made, batch[i], duration)
        try:
            terms, effects[i] = within(fit, functools.partial(effect, i), tol, tol)
        except (ValueError, TypeError, _core.ConvergenceError) as error:
            errors[i], terms = error, []
        out.append([x[:3] for x in terms])
        missed = max([missed, *(x.relative_error for x in terms)])
        counts = [max(c, len(x.rates)) for c, x in zip(counts, terms, strict=False)] or counts
    return Baths(equation, out, False, missed, counts, errors, effects)
