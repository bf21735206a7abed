r"""How M and Q of an equation between modes respond to h, to the couplings and to the baths.

.. math:: (X)_{mn} = K_{mn} \sum_j U^*_{jm} J_j^2 g_j(\omega_n) U_{jn}, \qquad
          dU = UZ, \quad Z_{mk} = \frac{(U^\dagger dh\,U)_{mk}}{\omega_k - \omega_m}

of the g_j = ½D_j + iΔ_j or Γ_22,j(−ω)* of each site's bath. tr(W dX) = Σ_mk Z_mk S_km + what the g_j change, where

.. math:: S = [F, W] - RW_K + T, \qquad R = U^\dagger(J^2 g \circ U), \quad F = K \circ R, \quad W_K = K \circ W, \quad
          T_{kn} = \sum_j (W_KU^\dagger)_{kj} J_j^2 g_j(\omega_k) U_{jn}

S_kn/(ω_k − ω_n) is the response to h; where K keeps both levels alike it is Σ_j (W_KU†)_kj J_j² U_jn times the divided
difference of g_j, whose limit is the slope.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield.baths import ParticleBath
from redfield.baths.derivatives import BathDerivatives
from redfield.quadratic.contacts import one_sided
from redfield.quadratic.generator import Mask
from redfield.quadratic.system import QuadraticSystem
from redfield.results.gradient import BathGradients, OfOneSystem

NEAREST = 3e-5
"""The distance of near levels in units of that over which a spectrum varies: there the quotient has lost as many digits
as the mean of the slopes misses."""


@dataclass(frozen=True, eq=False)
class Spectra:
    """½D + iΔ or Γ_22(−ω)*, of each site at the modes.

    Attributes
    ----------
    value, slope : (N, N), site by mode, and its derivative in ω.
    """

    value: ComplexArray
    slope: ComplexArray


class Numbers(Mapping[str, ComplexArray]):
    """∂/∂p of ½D + iΔ or of Γ_22(−ω) of a bath at the modes, (N,), by the name of p, each when it is asked for."""

    def __init__(
        self, bath: ParticleBath, w: RealArray, lamb_shift: bool, injected: BathDerivatives, damping: bool
    ) -> None:
        self._bath, self._w, self._lamb_shift = bath, w, lamb_shift
        self._injected, self._damping = injected.numbers, damping

    def __getitem__(self, name: str) -> ComplexArray:
        if name == "density":
            # The spectra of a flat band are proportional to its height.
            of_damping, of_gain = one_sided(self._bath._with(density=1.0), self._lamb_shift)
            return (of_damping if self._damping else of_gain)(self._w)
        if not self._damping:
            return self._injected[name]
        if name in ("beta", "mu"):
            return np.zeros(len(self._w), dtype=np.complex128)
        zeta = -1.0 if self._bath.statistics == "fermion" else 1.0
        removed = self._bath.removal.derivatives(self._w, self._lamb_shift).numbers[name]
        return removed - zeta * self._injected[name].conj()

    def __iter__(self) -> Iterator[str]:
        return iter(self._injected)

    def __len__(self) -> int:
        return len(self._injected)


@dataclass(frozen=True, eq=False)
class _Derivatives:
    """Slopes of ½D + iΔ and of Γ_22(−ω)* of one bath, and the derivatives by its numbers of ½D + iΔ and Γ_22(−ω)."""

    slopes: tuple[ComplexArray, ComplexArray]
    numbers: tuple[Numbers, Numbers]

    @classmethod
    def of(cls, bath: ParticleBath, w: RealArray, lamb_shift: bool) -> _Derivatives:
        with np.errstate(divide="ignore", invalid="ignore"):
            damping = bath.empty.derivatives(w, lamb_shift).frequency
            injected = bath.injection.derivatives(-w, lamb_shift)
        first, second = (Numbers(bath, w, lamb_shift, injected, which) for which in (True, False))
        return cls((damping, -injected.frequency.conj()), (first, second))


@dataclass
class Sums:
    """What tr(A dM) and tr(B dQ) add up to.

    Attributes
    ----------
    hamiltonian : (N, N) in the modes, whose Hermitian part is the gradient by h.
    strengths : (N,) by J_j².
    one_sided : (B, 2, N) by ½D + iΔ and Γ_22(−ω) of each bath.
    """

    hamiltonian: ComplexArray
    strengths: RealArray
    one_sided: ComplexArray

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.hamiltonian + other.hamiltonian,
            self.strengths + other.strengths,
            self.one_sided + other.one_sided,
        )


class Response:
    """The response of an equation between modes.

    Parameters
    ----------
    mask : K, or None where all pairs are kept.
    """

    def __init__(self, system: QuadraticSystem, lamb_shift: bool, mask: Mask | None) -> None:
        self.system, self.contacts, self.mask = system, system.contacts, mask
        self.energies, self.u = system.energies, system.eigenvectors
        w, baths = self.energies, self.contacts.baths
        found = {bath: _Derivatives.of(bath, w, lamb_shift) for bath in dict.fromkeys(baths)}
        self.of_baths = [found[bath] for bath in baths]
        damping, gain = system.tables(lamb_shift)
        self.spectra = self._sloped(0, damping), self._sloped(1, gain.conj())
        scale = np.min([_varies_over(bath, w) for bath in baths], axis=0)
        self.distance = np.subtract.outer(w, w)
        self.close = np.abs(self.distance) <= NEAREST * np.minimum.outer(scale, scale)

    def _sloped(self, which: int, value: ComplexArray) -> Spectra:
        """Return a spectrum with its slope, which is not asked for where a site is not coupled.

        Raises
        ------
        ValueError
            A slope is not finite.
        """
        contacts, w = self.contacts, self.energies
        coupled = contacts.strength > 0.0
        slopes = np.array([each.slopes[which] for each in self.of_baths])
        for b in np.unique(contacts.bath_of_site[coupled]):
            if not np.isfinite(slopes[b]).all():
                k = int(np.argmax(~np.isfinite(slopes[b])))
                raise ValueError(
                    f"the slope of {contacts.baths[b]!r} is not finite at the mode energy {w[k]:g}; "
                    "is it at an edge of the bath's band or at mu?"
                )
        return Spectra(value, np.where(coupled[:, None], slopes[contacts.bath_of_site], 0.0))

    def baths(self, one_sided: ComplexArray) -> BathGradients:
        """Return the derivatives by the numbers of each bath, of those by its spectra."""
        return BathGradients(
            OfOneSystem(list(zip(gradients, each.numbers, strict=True)))
            for gradients, each in zip(one_sided, self.of_baths, strict=True)
        )

    def gradient(self, of_m: ComplexArray, of_q: ComplexArray, bath: int | None = None) -> Sums:
        """Return what −Re tr(A dM) + ½ Re tr(B dQ) depends on, A and B in the modes.

        Of one bath M and Q are its parts of them, without ih.
        """
        n, baths = len(self.energies), len(self.contacts.baths)
        strength, mask_of_h = self.contacts.strength, self.mask
        taking = np.ones(n) if bath is None else (self.contacts.bath_of_site == bath).astype(float)
        if bath is None and self.contacts.uniform:
            # What a mask leaves out vanishes at every h.
            mask_of_h = None
        hamiltonian = -1j * of_m if bath is None else np.zeros_like(of_m)
        total = Sums(hamiltonian, np.zeros(n), np.zeros((baths, 2, n), dtype=np.complex128))
        for which, (w, spectra) in enumerate(zip((-of_m, of_q), self.spectra, strict=True)):
            weighted = (taking * strength)[:, None]
            total.hamiltonian = total.hamiltonian + self._of_h(
                w, weighted * spectra.value, weighted * spectra.slope, mask_of_h
            )
            # Re Σ c_jn d(J_j²g_jn) is all else.
            c = taking[:, None] * (self.kept(w) @ self.u.conj().T).T * self.u
            total.strengths += np.sum(c * spectra.value, axis=1).real
            of_baths = np.zeros((baths, n), dtype=np.complex128)
            np.add.at(of_baths, self.contacts.bath_of_site, strength[:, None] * c)
            total.one_sided[:, which] = of_baths if which else of_baths.conj()
        return total

    def kept(self, x: ComplexArray) -> ComplexArray:
        """K∘X."""
        return _kept(x, self.mask)

    def _of_h(
        self, w: ComplexArray, value: ComplexArray, slope: ComplexArray, mask: Mask | None
    ) -> ComplexArray:
        """Return the response to h, in the modes, of spectra times J²."""
        u, kept, near = self.u, _kept(w, mask), self.close
        v = kept @ u.conj().T
        s = (v * value.T) @ u
        if mask is None:
            s -= v @ (value * u)
        else:
            alike = np.unique(mask, axis=0, return_inverse=True)[1].ravel()
            near = near & (alike[:, None] == alike)
            r = u.conj().T @ (value * u)
            f = np.where(mask, r, 0.0)
            s += f @ w - w @ f - r @ kept
        out: ComplexArray = s / np.where(near, 1.0, self.distance)
        if np.count_nonzero(near) > len(out):
            limit = 0.5 * ((v * slope.T) @ u + v @ (slope * u))
            out[near] = limit[near]
        else:
            np.fill_diagonal(out, np.sum(v.T * slope * u, axis=0))
        return out


def _kept(x: ComplexArray, mask: Mask | None) -> ComplexArray:
    return x if mask is None else np.where(mask, x, 0.0)


def _varies_over(bath: ParticleBath, w: RealArray) -> RealArray:
    """Return the distance over which the spectra of a bath vary, at frequencies."""
    features = bath.injection.features
    scale: RealArray = np.min([np.hypot(width, w + x) for x, width in features], axis=0)
    return scale
