"""Functions of one variable as Legendre series on adaptive panels, whose Hilbert and Fourier transforms are exact.

On a panel [c − h, c + h] with f = Σ a_n P_n,
    P∫ f(ν)/(ω − ν) dν = 2 Σ a_n Q_n((ω − c)/h)            (Neumann),
    ∫ f(ν) e^{−iνt} dν = 2h e^{−ict} Σ a_n (−i)ⁿ j_n(ht).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray, RealArray
from redfield.baths.legendre import FEW_TURNS, NODES, ORDER, WEIGHTS, second_kind, spherical_bessel
from redfield.baths.tails import Tail

JUMP = 1e-11
"""Of the largest end value of a panel: neighbours that differ by more have a jump between them."""
UNRESOLVED = 8.0
"""Times the estimated errors of two neighbours: a smaller difference between them is no jump."""
NEAREST = 1e-20
"""Relative distance of a frequency from the end of a panel, below which it is at the end."""

LARGEST_PHASE = 1e300
"""Largest ωt of a Fourier transform."""


@dataclass(frozen=True)
class Panels:
    """A function on adjoining panels, and the power laws beyond them; else zero outside.

    Attributes
    ----------
    left, right : (P,) ends of each panel; neighbours share theirs exactly.
    series : (P, ORDER) Legendre coefficients, real or complex.
    tail : (P,) estimated largest error of each.
    beyond : what is left of the first panel and right of the last.
    """

    left: RealArray
    right: RealArray
    series: npt.NDArray[np.float64 | np.complex128]
    tail: RealArray
    beyond: tuple[Tail, ...] = ()

    @property
    def centre(self) -> RealArray:
        return 0.5 * (self.left + self.right)

    @property
    def half(self) -> RealArray:
        return 0.5 * (self.right - self.left)

    def __call__(self, x: RealArray, from_above: bool = False) -> npt.NDArray[np.float64 | np.complex128]:
        """The function at x of any shape, by Clenshaw's recurrence; at the end of a panel its limit from below."""
        flat = np.ravel(x)
        panel = np.searchsorted(self.right, flat, side="right" if from_above else "left")
        p = np.clip(panel, 0, len(self.right) - 1)
        t = (flat - self.centre[p]) / self.half[p]
        inside = np.abs(t) <= 1.0 + 1e-9
        t = np.clip(t, -1.0, 1.0)
        terms = np.ascontiguousarray(self.series.T)
        one = np.zeros(len(flat), dtype=self.series.dtype)
        two = np.zeros_like(one)
        for n in range(ORDER - 1, 0, -1):
            one, two = terms[n][p] + (2 * n + 1) / (n + 1) * t * one - (n + 1) / (n + 2) * two, one
        values = np.where(inside, terms[0][p] + t * one - 0.5 * two, 0.0)
        for tail in self.beyond:
            if tail.inner:
                values = values + tail(flat)
        return values.reshape(np.shape(x))

    def hilbert(self, w: RealArray) -> RealArray:
        """P∫ f(ν)/(ω − ν) dν at w of any shape."""
        flat = np.ravel(np.asarray(w, dtype=np.float64))
        nodes = (self.centre[:, None] + self.half[:, None] * NODES).ravel()
        values = ((self.series @ np.polynomial.legendre.legvander(NODES, ORDER - 1).T) * WEIGHTS).real
        weighted = (values * self.half[:, None]).ravel()
        out = np.empty(len(flat))
        chunk = max(1, 4_000_000 // max(1, len(nodes)))
        for first in range(0, len(flat), chunk):
            part = flat[first : first + chunk]
            x = (part[:, None] - self.centre) / self.half
            near_row, near_panel = np.nonzero(np.abs(x) < 1.6)
            with np.errstate(divide="ignore"):
                kernel = 1.0 / (part[:, None] - nodes)
            # Panels nearby are done by Neumann's formula, not by quadrature.
            blocks = kernel.reshape(len(part), -1, ORDER)
            blocks[near_row, near_panel] = 0.0
            total = kernel @ weighted
            # Logarithms of neighbours cancel at the end they share, if taken of exact distances.
            above = np.abs(part[near_row] - self.left[near_panel])
            below = np.abs(part[near_row] - self.right[near_panel])
            nearest = np.maximum(NEAREST * np.abs(part[near_row]), 1e-290)
            q0 = 0.5 * (np.log(np.maximum(above, nearest)) - np.log(np.maximum(below, nearest)))
            q = second_kind(x[near_row, near_panel], q0)
            np.add.at(total, near_row, 2.0 * np.einsum("nr,rn->r", q, self.series[near_panel].real))
            out[first : first + chunk] = total
        for tail in self.beyond:
            with np.errstate(divide="ignore", invalid="ignore"):  # two infinities may cancel
                out += tail.hilbert(flat)
        at, jump = self._jumps(flat)
        out[at] = np.where(jump > 0.0, -np.inf, np.inf)
        return out.reshape(np.shape(w))

    def _jumps(self, w: RealArray) -> tuple[npt.NDArray[np.intp], RealArray]:
        """Those of w that are panels' ends where the function jumps, and by how much: its transform is infinite."""
        ends = np.append(self.left, self.right[-1])
        place = np.minimum(np.searchsorted(ends, w), len(ends) - 1)
        at = np.flatnonzero(ends[place] == w)
        if not len(at):
            return at, np.zeros(0)
        signs = (-1.0) ** np.arange(ORDER)
        below = np.append(0.0, self.series.real.sum(axis=1))
        above = np.append(self.series.real @ signs, 0.0)
        for tail in self.beyond:
            inside = below if (tail.side > 0.0) == tail.inner else above
            inside[ends == tail.start + tail.side * tail.reach] += tail.value
        jump = (above - below)[place[at]]
        least = JUMP * max(float(np.abs(below).max()), float(np.abs(above).max()))
        missed = UNRESOLVED * (np.append(0.0, self.tail) + np.append(self.tail, 0.0))
        told = np.abs(jump) > np.maximum(least, missed[place[at]])
        return at[told], jump[told]

    def fourier(self, t: RealArray) -> ComplexArray:
        """∫ f(ν) e^{−iνt} dν at t of any shape."""
        flat = np.ravel(np.asarray(t, dtype=np.float64))
        # Later no phase is a number, and the transform is as small as there.
        last = LARGEST_PHASE / max(1.0, abs(float(self.left[0])), abs(float(self.right[-1])))
        flat = np.clip(flat, -last, last)
        out = np.zeros(len(flat), dtype=np.complex128)
        powers = (-1j) ** np.arange(ORDER)
        values = (self.series @ np.polynomial.legendre.legvander(NODES, ORDER - 1).T) * WEIGHTS
        chunk = max(1, 1_000_000 // max(1, len(self.left)))
        for first in range(0, len(flat), chunk):
            part = flat[first : first + chunk]
            z = part[:, None] * self.half
            # Where a panel holds few turns Gauss's rule is exact too, and cheaper.
            few = np.abs(z) < FEW_TURNS
            row, panel = np.nonzero(few)
            total = np.zeros(z.shape, dtype=np.complex128)
            for q in range(ORDER):
                total[row, panel] += 0.5 * values[panel, q] * np.exp(-1j * NODES[q] * z[row, panel])
            row, panel = np.nonzero(~few)
            if len(row):
                many = z[row, panel]
                bessel = spherical_bessel(np.abs(many))
                bessel[1::2] *= np.where(many < 0.0, -1.0, 1.0)
                total[row, panel] = np.einsum("nr,rn->r", bessel, powers * self.series[panel])
            phases = np.exp(-1j * part[:, None] * self.centre)
            out[first : first + chunk] = (2.0 * self.half * phases * total).sum(axis=1)
        for tail in self.beyond:
            out += tail.fourier(flat)
        return out.reshape(np.shape(t))

    def hilbert_error(self, w: RealArray | None = None) -> RealArray:
        """An estimate from above of the error of `hilbert` at w, default at the centres of the panels."""
        asked = self.centre if w is None else np.ravel(w)
        rounding = 2e-15 * np.abs(self.series).sum(axis=1)
        error = self._from_panels(self.tail + rounding, asked)
        for tail in self.beyond:
            error += tail.hilbert_error(asked)
        return error

    def hilbert_size(self, w: RealArray) -> RealArray:
        """∫ |f(ν)|/|ω − ν| dν over the panels from above, neighbourhoods of ω without their logarithm."""
        return self._from_panels(np.abs(self.series).sum(axis=1), np.ravel(w))

    def _from_panels(self, amount: RealArray, w: RealArray) -> RealArray:
        """From above, the Hilbert transform at w of a function of this size on each panel."""
        total = np.empty(len(w))
        chunk = max(1, 4_000_000 // len(amount))
        for first in range(0, len(w), chunk):
            part = w[first : first + chunk]
            distance = np.abs(part[:, None] - self.centre) / self.half
            total[first : first + chunk] = (
                np.minimum(10.0, 2.0 / np.maximum(distance - 1.0, 0.2)) @ amount
            )
        return total
