"""System and discretised baths as one single-particle problem, propagated by Chebyshev expansion.

Each bath becomes modes ω_k with amplitudes g_k at the nodes of Gauss–Legendre quadrature, ∫dω/2π D F ≈ Σ g_k² F(ω_k),
between the points where D or f is not smooth. e^{iHt} is expanded in Chebyshev polynomials of H scaled to [−1, 1], to
rounding (H. Tal-Ezer and R. Kosloff, J. Chem. Phys. 81, 3967 (1984)).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, RealArray
from redfield._core import ConvergenceError
from redfield.baths import ParticleBath
from redfield.quadratic.contacts import Contacts
from redfield.quadratic.covariance import hermitian

Matrix = RealArray | ComplexArray

MAX_MODES = 50_000
"""Max modes of a bath: the nodes of Gauss's rule are eigenvalues, minutes of work beyond."""
MIN_MODES = 8
"""Min modes of a panel between two points where a density of states is not smooth."""
NEGLIGIBLE = 1e-10
"""Where D has fallen to this part of its largest value, a band without an end is cut."""
NEGLIGIBLE_TERM = 1e-16
"""Chebyshev terms from here on are dropped."""
MAX_TERMS = 1e8
"""The longest expansion: an hour of a small system, and rounding of 1e-8."""
WIDEST = 1e4
"""In scales of D: a density that is not negligible there needs a band."""


def support(bath: ParticleBath) -> tuple[float, float]:
    """Return a finite interval outside which D is negligible.

    Raises
    ------
    ValueError
        D decays too slowly.
    """
    points = bath.empty.breakpoints
    ends = []
    for end, start, sign in zip(bath.band, (points[0], points[-1]), (-1.0, 1.0), strict=True):
        if np.isfinite(end):
            ends.append(end)
            continue
        scale = bath.empty.scale
        x = start + sign * scale * 2.0 ** (np.arange(-4, 60) / 2.0)
        near = np.linspace(points[0] - 4 * scale, points[-1] + 4 * scale, 400)
        density = bath.density_of_states(x)
        top = max(float(density.max()), float(bath.density_of_states(near).max()))
        above = np.flatnonzero(density > NEGLIGIBLE * top)
        last = int(above[-1]) + 1 if top > 0 and len(above) else 0
        reach = float(np.abs(x[min(last, len(x) - 1)] - start)) if top > 0 else scale
        if reach > WIDEST * scale:
            raise ValueError(
                f"the density of states of {bath!r} is still {NEGLIGIBLE:g} of its maximum {reach:.3g} from "
                f"{start:g}: too wide to discretise; give the bath a finite band"
            )
        ends.append(start + sign * reach)
    return ends[0], ends[1]


def _panels(bath: ParticleBath) -> RealArray:
    """Return the ends of the panels between which D and f are smooth."""
    low, high = support(bath)
    inner = [p for p in {*bath.empty.breakpoints, bath.mu} if low < p < high]
    return np.array([low, *sorted(inner), high])


def min_modes(contacts: Contacts) -> int:
    """Return the min modes by which every bath can be discretised."""
    return max(MIN_MODES * (len(_panels(bath)) - 1) for bath in contacts.baths)


def discretise(bath: ParticleBath, modes: int) -> tuple[RealArray, RealArray, RealArray]:
    """Energies, amplitudes g and occupations f of `modes` modes of a bath."""
    edges = _panels(bath)
    widths = np.diff(edges)
    panels = len(widths)
    if modes < panels * MIN_MODES:
        raise ValueError(f"modes must be at least {panels * MIN_MODES} for {panels} panels, got {modes}")
    spare = modes - panels * MIN_MODES
    counts = MIN_MODES + np.floor(spare * widths / widths.sum()).astype(int)
    counts[np.argsort(-widths)[: modes - counts.sum()]] += 1
    if modes > MAX_MODES:
        raise ValueError(f"modes must be at most {MAX_MODES}, got {modes}")
    energies, weights = [], []
    for low, width, count in zip(edges[:-1], widths, counts, strict=True):
        x, w = scipy.special.roots_legendre(int(count))
        energies.append(low + 0.5 * width * (x + 1.0))
        weights.append(0.5 * width * w)
    e = np.concatenate(energies)
    g = np.sqrt(np.concatenate(weights) * bath.density_of_states(e) / (2.0 * np.pi))
    return e, g, bath.occupation(e)


@dataclass(frozen=True, eq=False)
class Star:
    """H = h on the system's sites, site j joined with amplitudes g_jk to bath modes of energy e_jk.

    Attributes
    ----------
    h : (N, N), or (N,) where it is diagonal.
    sites : (K,) the coupled ones.
    energies, amplitudes, occupations : (K, M) of their bath modes; amplitudes include J_j.
    """

    h: Matrix
    sites: np.ndarray[tuple[int], np.dtype[np.intp]]
    energies: RealArray
    amplitudes: RealArray
    occupations: RealArray

    @classmethod
    def of(cls, contacts: Contacts, h: Matrix, modes: int) -> Star:
        """h and the baths of its sites, discretised."""
        tables = [discretise(bath, modes) for bath in contacts.baths]
        sites = np.flatnonzero(contacts.coupling)
        chosen = [tables[contacts.bath_of_site[j]] for j in sites]
        energies, amplitudes, occupations = (
            np.array([table[i] for table in chosen]).reshape(len(sites), modes) for i in range(3)
        )
        return cls(h, sites, energies, contacts.coupling[sites, None] * amplitudes, occupations)

    @property
    def recurrence_time(self) -> float:
        """2π over the widest gap between the modes of a bath: until then they are a continuum."""
        gaps = [np.diff(np.sort(e)).max() for e in np.unique(self.energies, axis=0)]
        return float(2.0 * np.pi / max(gaps)) if gaps else np.inf

    @property
    def separate(self) -> bool:
        """Whether h is diagonal, so that each site and its bath are a problem of their own."""
        return self.h.ndim == 1

    def parts(self, rows: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
        """Return the amplitudes at the sites, (N, C), and in the baths, (K, M, C)."""
        n = len(self.h)
        return rows[:n], rows[n:].reshape(*self.energies.shape, -1)

    def start(self) -> ComplexArray:
        """Return the identity on the sites, (N + KM, C): C = N columns, or one of all sites where they separate."""
        n = len(self.h)
        system = np.ones((n, 1)) if self.separate else np.eye(n)
        bath = np.zeros((self.energies.size, system.shape[1]))
        return np.concatenate([system, bath]).astype(np.complex128)

    def covariance(self, g0: ComplexArray, rows: ComplexArray) -> ComplexArray:
        """G from the conjugate rows of e^{−iHt} on the sites."""
        system, bath = self.parts(rows)
        if self.separate:
            amplitude = system[:, 0].conj()
            g = amplitude[:, None] * g0 * amplitude.conj()[None, :]
            filled = np.zeros(len(g))
            filled[self.sites] = np.einsum("km,km->k", self.occupations, np.abs(bath[:, :, 0]) ** 2)
            return hermitian(g + np.diag(filled))
        inner = rows[len(self.h) :]
        g = system.conj().T @ g0 @ system
        return hermitian(g + inner.conj().T @ (self.occupations.reshape(-1, 1) * inner))

    def bounds(self, h_norm: float) -> tuple[float, float]:
        """Centre and half-width of an interval that holds the eigenvalues."""
        strongest = float(np.sqrt((self.amplitudes**2).sum(axis=1).max(initial=0.0)))
        low = min(float(self.energies.min(initial=np.inf)), -h_norm) - strongest
        high = max(float(self.energies.max(initial=-np.inf)), h_norm) + strongest
        return 0.5 * (low + high), 0.5 * (high - low)

    def scaled(self, centre: float, factor: float) -> Star:
        """factor·(H − centre)."""
        one = np.ones(len(self.h)) if self.separate else np.eye(len(self.h))
        return replace(
            self,
            h=factor * (self.h - centre * one),
            energies=factor * (self.energies - centre),
            amplitudes=factor * self.amplitudes,
        )

    def apply(self, rows: ComplexArray) -> ComplexArray:
        """H on amplitudes, (N + KM, C)."""
        system, bath = self.parts(rows)
        out = np.empty_like(rows)
        product, inner = self.parts(out)
        product[:] = self.h[:, None] * system if self.separate else self.h @ system
        # Real amplitudes times complex numbers as pairs of real ones: a real product.
        received = self.amplitudes[:, None, :] @ bath.view(np.float64)
        product[self.sites] += received[:, 0].view(np.complex128)
        np.multiply(self.energies[:, :, None], bath, out=inner)
        inner += self.amplitudes[:, :, None] * system[self.sites][:, None, :]
        return out


class Propagator:
    """e^{+iH dt}, whose columns on the sites are the conjugate rows of e^{−iH dt}.

    Parameters
    ----------
    star : H, or one that shares its baths.
    h_norm : ‖h‖ of every h that it is used for.
    """

    def __init__(self, star: Star, h_norm: float) -> None:
        self.star = star
        self.centre, self.half = star.bounds(h_norm)

    def __call__(self, rows: ComplexArray, dt: float, h: Matrix | None = None) -> ComplexArray:
        """Return the amplitudes after dt, with h in place of the star's own if it is given."""
        z = self.half * abs(dt)
        if z == 0.0:
            return rows
        if z > MAX_TERMS:
            raise ConvergenceError(
                f"evolve: system and baths need about {z:.2g} Chebyshev terms, more than {MAX_TERMS:g}; check the "
                "units of the Hamiltonian, the couplings and the baths' bands, or shorten the times"
            )
        star = self.star if h is None else replace(self.star, h=h)
        twice = star.scaled(self.centre, 2.0 / self.half)
        orders = np.arange(2 + math.ceil(z + 12.0 * z ** (1.0 / 3.0) + 14.0))
        weights = scipy.special.jv(orders, z)
        last = int(np.flatnonzero(np.abs(weights) > NEGLIGIBLE_TERM)[-1])
        c = np.where(orders == 0, 1.0, 2.0) * (1j * np.sign(dt)) ** orders * weights
        old, new = rows, 0.5 * twice.apply(rows)
        total: ComplexArray = c[0] * old + c[1] * new
        for k in range(2, last + 1):
            following = twice.apply(new)
            following -= old
            old, new = new, following
            total += c[k] * new
        total *= np.exp(1j * self.centre * dt)
        return total
