"""A bath that exchanges particles."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield.baths.checks import balance_defect, boltzmann_exponent, require_shape
from redfield.baths.numeric import NumericBath, SpectrumBath
from redfield.validation import (
    RealArray,
    as_choice,
    as_positive,
    as_real_number,
)


def occupation(w: RealArray, beta: float, mu: float, statistics: str) -> RealArray:
    """f(ω) = 1/(e^{β(ω−μ)} ± 1), upper sign fermions; at zero temperature a step, ½ at μ."""
    x = boltzmann_exponent(beta, w - mu)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        f: RealArray = 1.0 / (np.exp(x) + 1.0) if statistics == "fermion" else 1.0 / np.expm1(x)
    return f


class ParticleBath:
    r"""Free fermions or bosons with a density of states D(ω), in equilibrium.

    .. math:: \gamma_{11}(\omega) = [1 \mp f(\omega)]\, D(\omega), \qquad
              \gamma_{22}(-\omega) = f(\omega)\, D(\omega), \qquad
              f(\omega) = \frac{1}{e^{\beta(\omega - \mu)} \pm 1}

    (upper sign fermions; arXiv:2507.10080, Eq. 7). `removal` is the Bath with γ_11 for an operator a_j that
    takes a particle out of the system, `injection` the one with γ_22 for a_j†. They obey
    γ_11(ω) = e^{β(ω−μ)} γ_22(−ω).

    Parameters
    ----------
    density_of_states : D(ω) ≥ 0, a vectorised function, or a number for a flat band; a rate.
    beta : inverse temperature; inf for zero.
    mu : chemical potential.
    statistics : "fermion" or "boson".
    band : (lowest, highest) energy of the bath's modes. A flat or slowly decaying D needs one; bosons need
        the lowest above mu.
    breakpoints : energies where D is not smooth.
    scale : over which D varies, an energy; default a tenth of the band, or 1.

    Raises
    ------
    ValueError, TypeError
        A parameter is out of its range; bosons with mu inside the band.

    Examples
    --------
    >>> import numpy as np
    >>> lead = ParticleBath(0.1, beta=2.0, mu=0.5, band=(-10.0, 10.0))
    >>> w = np.array([0.0, 0.5, 1.0])
    >>> bool(np.allclose(lead.removal.power_spectrum(w) + lead.injection.power_spectrum(-w), 0.1))
    True
    """

    def __init__(
        self,
        density_of_states: Callable[[RealArray], npt.ArrayLike] | float,
        beta: float,
        mu: float = 0.0,
        statistics: str = "fermion",
        *,
        band: tuple[float, float] = (-np.inf, np.inf),
        breakpoints: Sequence[float] = (),
        scale: float | None = None,
    ) -> None:
        self.statistics = as_choice("statistics", statistics, ("fermion", "boson"))
        self.beta = as_positive("beta", beta, infinite=True)
        self.mu = as_real_number("mu", mu)
        low, high = band
        if not low < high:
            raise ValueError(f"band must be (lowest, highest), got {band}")
        self.band = (float(low), float(high))
        if self.statistics == "boson" and self.mu >= self.band[0]:
            raise ValueError(
                f"mu = {self.mu} of bosons must lie below the bath's lowest energy, band[0] = {self.band[0]}"
            )
        self._density = density_of_states
        if not callable(density_of_states):
            level = as_real_number("density_of_states", density_of_states)
            if level < 0.0 or not np.isfinite(self.band).all():
                raise ValueError(
                    f"a flat density of states needs a value ≥ 0 and a finite band, got {level} and {band}"
                )
            self._density = lambda w: np.full(np.shape(w), level)
        width = high - low if np.isfinite(self.band).all() else 10.0
        self._scale = 0.1 * width if scale is None else as_positive("scale", scale)
        self._corners = [as_real_number("breakpoints", b) for b in breakpoints]
        self.removal = _Exchange(self, +1.0)
        self.injection = _Exchange(self, -1.0)

    def __repr__(self) -> str:
        return f"ParticleBath(beta={self.beta}, mu={self.mu}, statistics={self.statistics!r})"

    def density_of_states(self, w: npt.ArrayLike) -> RealArray:
        """D(ω), zero outside the band."""
        w = np.asarray(w, dtype=np.float64)
        inside = (w >= self.band[0]) & (w <= self.band[1])
        reference = np.clip(0.0 if np.isinf(self.band).any() else np.mean(self.band), *self.band)
        assert callable(self._density)
        values = np.asarray(self._density(np.where(inside, w, reference)), dtype=np.float64)
        require_shape(self, "density_of_states(w)", values, w)
        density: RealArray = np.where(inside, values, 0.0)
        return density

    def occupation(self, w: npt.ArrayLike) -> RealArray:
        """f(ω) = 1/(e^{β(ω−μ)} ± 1), the Fermi or Bose function."""
        return occupation(np.asarray(w, dtype=np.float64), self.beta, self.mu, self.statistics)

    def level_shift(self, w: npt.ArrayLike) -> RealArray:
        """Δ(ω) = (1/2π) P∫ dω' D(ω')/(ω − ω'), by which a mode of energy ω is shifted per J²."""
        return self.empty.lamb_shift(w)

    @functools.cached_property
    def empty(self) -> SpectrumBath:
        """The bath of no particles: γ = D, C(s) = ∫ dω/2π D(ω) e^{−iωs}, at any temperature the sum of
        γ_11(ω) and, for fermions, γ_22(−ω)."""
        return SpectrumBath(
            self.density_of_states, self.removal.breakpoints, scale=self._scale, support=self.band
        )

    @property
    def identity(self) -> tuple[object, ...]:
        """What two baths must share to be identical."""
        return (self._density, self.beta, self.mu, self.statistics, self.band)


class _Exchange(NumericBath):
    """One of the two baths a ParticleBath is: sign +1 for γ_11, −1 for γ_22."""

    def __init__(self, bath: ParticleBath, sign: float) -> None:
        self._bath, self._sign = bath, sign
        self.beta, self.mu = bath.beta, bath.mu

    def __repr__(self) -> str:
        return f"{self._bath!r}.{'removal' if self._sign > 0 else 'injection'}"

    def power_spectrum(self, w: npt.ArrayLike) -> RealArray:
        energy = self._sign * np.asarray(w, dtype=np.float64)
        density = self._bath.density_of_states(energy)
        inside = density != 0.0
        f = self._bath.occupation(np.where(inside, energy, self._bath.mu + 1.0))
        if self._sign < 0.0:
            factor = f
        elif self._bath.statistics == "fermion":
            # 1 − f(x) = f(−x), without cancellation.
            factor = self._bath.occupation(2.0 * self._bath.mu - np.where(inside, energy, 0.0))
        else:
            factor = 1.0 + f
        return np.where(inside, factor * density, 0.0)

    def kms_defect(self, w: npt.ArrayLike) -> float:
        """max |γ_22(−ω) − e^{−β(ω−μ)} γ_11(ω)| / max γ, the same for both baths of one ParticleBath."""
        w = np.asarray(w, dtype=np.float64)
        exponent = boltzmann_exponent(self._bath.beta, w - self.mu)
        return balance_defect(
            self._bath.removal.power_spectrum(w), self._bath.injection.power_spectrum(-w), exponent
        )

    @property
    def breakpoints(self) -> Sequence[float]:
        bath = self._bath
        low, high = bath.band
        finite = [x for x in bath.band if np.isfinite(x)]
        inside = [b for b in (bath.mu, 0.0, *bath._corners) if low < b < high]
        return sorted({self._sign * x for x in (*finite, *inside)})

    @property
    def scale(self) -> float:
        # At zero temperature f is a step, at a breakpoint.
        thermal = np.inf if np.isinf(self._bath.beta) else 4.0 / self._bath.beta
        return min(self._bath._scale, thermal)

    @property
    def support_ends(self) -> tuple[bool, bool]:
        low, high = (bool(np.isfinite(x)) for x in self._bath.band)
        return (low, high) if self._sign > 0.0 else (high, low)


def particle_exchange(
    operators: Sequence[Any], bath: ParticleBath | Sequence[ParticleBath]
) -> tuple[list[Any], list[NumericBath]]:
    r"""Couplings and baths of H_SB = Σ_j (a_j† B_j + h.c.), for System.

    .. math:: \dot\rho \ni \text{couplings } a_j \text{ with } \gamma_{11}, \quad a_j^\dagger
              \text{ with } \gamma_{22}

    (arXiv:2507.10080, Eq. 9). A coupling strength J_j is a factor of its operator.

    Parameters
    ----------
    operators : the a_j as matrices on the Fock space (arrays, scipy.sparse, Qobj).
    bath : one ParticleBath for all, or one each.

    Returns
    -------
    couplings, baths : of System(h, couplings, baths), two for each operator.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> (a,) = rf.fock.fermions(1)
    >>> lead = rf.ParticleBath(0.1, beta=2.0, mu=0.5, band=(-20.0, 20.0))
    >>> dot = rf.System((a.conj().T @ a) * 0.3, *rf.particle_exchange([a], lead))
    >>> steady = rf.Davies(dot, lamb_shift=False).steady_state().state
    >>> bool(np.isclose(steady[1, 1].real, lead.occupation(0.3)))
    True
    """
    operators = list(operators)
    each = [bath] * len(operators) if isinstance(bath, ParticleBath) else list(bath)
    if not operators or len(each) != len(operators):
        raise ValueError(
            f"{len(each)} baths for {len(operators)} operators; give one for all or one each"
        )
    for b in each:
        if not isinstance(b, ParticleBath):
            raise TypeError(f"bath must be a ParticleBath, got {b!r}")
    couplings: list[Any] = []
    baths: list[NumericBath] = []
    for a, b in zip(operators, each, strict=True):
        a = a.full() if hasattr(a, "full") else a if hasattr(a, "tocsr") else np.asarray(a)
        couplings += [a, a.conj().T]
        baths += [b.removal, b.injection]
    return couplings, baths
