"""Lamb shifts and correlation functions of power spectra, by quadrature."""

from __future__ import annotations

import abc
import functools
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_vector, as_window, checked
from redfield._base.checks.types import Points
from redfield.baths import windows
from redfield.baths.base import Bath
from redfield.baths.edges import (
    FOURIER_OCTAVES,
    INTEGRABLE,
    OCTAVES,
    Outward,
    graded,
    inward,
    outward,
)
from redfield.baths.expansion import expand, missed_at, verified
from redfield.baths.panels import Panels
from redfield.baths.tails import Tail

FEW = 4000
"""Up to so many frequencies the Lamb shift is computed at each; beyond, from its own panels."""
REACH = 64.0
"""In the largest frequency asked for: how far γ is expanded at least."""
ACCURATE = 1e-8
"""Of the rates and shifts at the frequencies asked for: a Lamb shift with a larger estimated error is refused."""
CANCELLED = 1e-10
"""Relative to ∫γ(ν)/|ω − ν| dν/2π: a Lamb shift whose error is this small is never refused, be it 0."""
ALIVE = 1e-9
"""Of the largest rate: γ that is more than this 60 octaves from its features has no C(t) that can be computed."""
WHITE = 1e-12
"""Relative: by how much two constants may differ that are one white noise."""
PROBES = 3000


class NumericBath(Bath):
    r"""A bath whose transforms are taken of its power spectrum.

    .. math:: \eta(\omega) = \frac{1}{2\pi} P\!\!\int d\nu \frac{\gamma(\nu)}{\omega - \nu}, \qquad
              C(t) = \int\frac{d\nu}{2\pi}\gamma(\nu) e^{-i\nu t}

    γ is expanded once in Legendre polynomials on adaptive panels, of which both transforms are known, and in a power
    law beyond them; `lamb_shift_error` bounds what the expansion leaves. Subclasses give `breakpoints`, where γ is not
    smooth, and `scale`, over which it varies; an expansion that misses γ at a probe or at a frequency that is asked for
    is refined there, and one that can not reach 1e-8 of the largest rate is refused with the bath's name.
    """

    correlation_noise: float = 1e-14

    @property
    @abc.abstractmethod
    def breakpoints(self) -> Sequence[float]:
        """Frequencies where γ is not smooth; the first and last may be the ends of its support."""

    @property
    @abc.abstractmethod
    def scale(self) -> float:
        """The frequency scale of γ beside its breakpoints."""

    @property
    def support_ends(self) -> tuple[bool, bool]:
        """Whether γ vanishes below the first and above the last breakpoint."""
        return False, False

    @property
    def fastest(self) -> float:
        return max(abs(x) for x in self.breakpoints) if any(self.support_ends) else 0.0

    def spectrum(self, w: RealArray) -> RealArray:
        """γ for the transforms: zero where the bath has none."""
        return self.power_spectrum(w)

    def probes(self) -> RealArray:
        """Where expansions are compared with γ itself."""
        points = np.array([x for x, _ in self.features])
        fine = min(fine for _, fine in self.features)
        steps = fine * np.concatenate(
            [np.arange(0.37, 0.1 * PROBES), np.geomspace(1e-3, 1e6, PROBES // 4)]
        )
        around = (points[:, None] + np.concatenate([-steps, steps])).ravel()
        low, high = self.support_ends
        kept = (around > points.min() if low else True) & (around < points.max() if high else True)
        probes: RealArray = around[np.broadcast_to(kept, around.shape)]
        return probes

    def _expanded(
        self, reach: float, extra: Sequence[float] | RealArray = (), *, fourier: bool = False
    ) -> Panels:
        """γ on panels that go at least `reach` beyond the features and do not miss γ at `extra`: for Hilbert's
        transform until γ(ω) is negligible or
        a power law, for Fourier's until ωγ(ω) is."""
        features = sorted(self.features)
        edges, beyond = graded(features), []
        low, high = self.support_ends
        tails: list[Tail] = []
        for wanted, (start, fine), side in ((not low, features[0], -1.0), (not high, features[-1], 1.0)):
            if wanted:
                weight, octaves = (np.abs, FOURIER_OCTAVES) if fourier else (np.ones_like, OCTAVES)
                found = outward(
                    self.spectrum, start, fine, side, weight, reach, tails=not fourier, octaves=octaves
                )
                edges += found.edges
                self._require_end(found, "correlation" if fourier else "lamb_shift")
                tails += [found.tail] if found.tail is not None else []
        self._require_falling(tails)
        laws = self._laws(edges, "correlation" if fourier else "lamb_shift")
        beyond += [*tails, *laws]
        edges += [law.start + law.side * law.reach for law in laws]
        try:
            probes = np.concatenate([self.probes(), np.asarray(extra, dtype=np.float64)])
            return verified(self.spectrum, edges, probes, tuple(beyond))
        except ValueError as error:
            raise ValueError(f"{self!r}: {error}") from None

    def _laws(self, edges: list[float], what: str) -> list[Tail]:
        """The power laws on both sides of the features, between which and the next of the edges they hold."""
        (first, _), *_, (last, _) = [*sorted(self.features)] * 2
        low, high = self.support_ends
        laws: list[Tail] = []
        for start, fine in sorted(self.features):
            for side in (-1.0, 1.0):
                if (low and start == first and side < 0.0) or (high and start == last and side > 0.0):
                    continue
                law = inward(self.spectrum, start, self._width(start, fine, edges), side)
                if law is not None and law.power <= INTEGRABLE:
                    distance = "ω" if start == 0.0 else f"ω − {start:g}"
                    how = f"diverges as |{distance}|^{law.power:.3g}"
                    raise ValueError(self._diverges(what, how, f"at ω = {start:g}"))
                laws += [law] if law is not None else []
        return laws

    @staticmethod
    def _width(start: float, fine: float, edges: list[float]) -> float:
        """What lies between a feature and the next edge, or its own width."""
        return min([fine, *(abs(x - start) for x in edges if x != start)])

    def _require_end(self, found: Outward, what: str) -> None:
        if found.left > (ALIVE if what == "correlation" else 0.0):
            raise ValueError(self._diverges(what, "does not fall off, or too slowly,"))

    def _require_falling(self, tails: Sequence[Tail]) -> None:
        """A law that rises has no Hilbert transform; constants have one if they are those of white noise."""
        for tail in tails:
            if tail.power < 0.0:
                raise ValueError(self._diverges("lamb_shift", f"grows as |ω|^{-tail.power:.3g}"))
        level = [tail for tail in tails if tail.level]
        if level and (len(level) == 1 or abs(level[0].value - level[1].value) > WHITE * level[0].value):
            raise ValueError(self._diverges("lamb_shift", f"stays {level[0].value:.3g}"))

    def _diverges(self, what: str, how: str, where: str = "at high frequencies") -> str:
        advice = ", or pass lamb_shift=False to the equation" if what == "lamb_shift" else ""
        return (
            f"{self!r}: the power spectrum {how} {where}, so that the integral of {what} diverges; give it a "
            f"cutoff there{advice}"
        )

    @functools.cached_property
    def _panels(self) -> Panels:
        return self._expanded(0.0)

    @functools.cached_property
    def _fourier_panels(self) -> Panels:
        return self._expanded(0.0, fourier=True)

    def _panels_for(self, w: RealArray) -> Panels:
        """Panels that hold the frequencies w, and miss none of them."""
        panels, largest = self._panels, float(np.abs(w).max(initial=0.0))
        far = any(abs(largest - t.side * t.start) > 0.4 * t.reach for t in panels.beyond)
        if far:
            panels = self._expanded(REACH * largest)
        inside = w[(w > panels.left[0]) & (w < panels.right[-1])]
        missed = missed_at(panels, self.spectrum, inside)
        return self._expanded(REACH * largest if far else 0.0, missed) if len(missed) else panels

    @functools.cached_property
    def lamb_shift_error(self) -> float:
        """An upper estimate of the absolute error of `lamb_shift`, interpolation for many ω included."""
        return self._expansion_error() + self._shift_tol * self._largest

    def _expansion_error(self) -> float:
        return float(self._panels.hilbert_error().max()) / (2.0 * np.pi)

    @property
    def _largest(self) -> float:
        return float(np.abs(self._panels.series).sum(axis=1).max())

    _shift_tol: ClassVar[float] = 1e-11
    """Relative error of interpolating η at many frequencies."""

    def lamb_shift(self, w: Points) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        if w.size <= FEW:
            return self._shift(w)
        low, high = float(w.min()), float(w.max())
        if low == high:
            return np.full(w.shape, self._shift(np.array([low]))[0])
        # One entry, written at once: another thread may ask for another range meanwhile.
        known = self.__dict__.get("_cached_shift")
        if known is None or known[0] != (low, high):
            inner = [x for x, _ in self.features if low < x < high]
            edges = [low, *inner, *np.linspace(low, high, 9)[1:]]
            known = (low, high), expand(self._shift, edges, tol=self._shift_tol)
            self.__dict__["_cached_shift"] = known
        shift: RealArray = known[1](w).real
        at = np.isin(w, [x for x, _ in self.features])  # where η may be infinite
        if at.any():
            shift[at] = self._shift(w[at])
        return shift

    def _shift(self, w: RealArray) -> RealArray:
        panels = self._panels_for(np.ravel(w))
        shift: RealArray = panels.hilbert(w) / (2.0 * np.pi)
        scale = 1.0 / (2.0 * np.pi)
        self._require_accuracy(w, shift, scale * panels.hilbert_error(w), scale * panels.hilbert_size(w))
        return shift

    def _require_accuracy(
        self, w: RealArray, shift: RealArray, error: RealArray, uncancelled: RealArray
    ) -> None:
        """The error beside what is asked for: the rates and shifts at w, not the spectrum's largest."""
        finite = np.isfinite(shift.ravel())
        with np.errstate(divide="ignore", invalid="ignore"):
            rates = np.asarray(self.power_spectrum(w), dtype=np.float64).ravel()
        known = rates[np.isfinite(rates)]
        size = max(float(np.abs(shift.ravel()[finite]).max(initial=0.0)), float(known.max(initial=0.0)))
        wrong = finite & (error > np.maximum(ACCURATE * size, CANCELLED * uncancelled))
        if wrong.any():
            worst = float(error[wrong].max())
            raise ValueError(
                f"{self!r}: the Lamb shift is known to {worst:.2g} only, where rates and shifts reach {size:.2g}; "
                "give the places where the spectrum is not smooth as breakpoints, and the scale over which it varies"
            )

    def correlation(self, t: Points) -> ComplexArray:
        return self._fourier_panels.fourier(np.asarray(t, dtype=np.float64)) / (2.0 * np.pi)

    @checked(w=as_vector, window=as_window)
    def windowed(self, w: RealArray, window: float) -> tuple[ComplexArray, ComplexArray]:
        # C of a γ that ends abruptly turns with the ends' frequency for ever.
        if all(self.support_ends) and self.fastest * window > windows.MANY_TURNS:
            panels = self._panels_for(w)
            if windows.applies(panels, self.fastest, window):
                try:
                    return windows.windowed(panels, w, window)
                except ValueError as error:
                    raise ValueError(f"{self!r}: {error}") from None
        found: tuple[ComplexArray, ComplexArray] = super().windowed(w, window)
        return found
