"""A bath that exchanges particles."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from redfield._base.checks import (
    RealArray,
    as_choice,
    as_function_of,
    as_points,
    as_real_number,
    as_vector,
)
from redfield._base.checks.types import (
    Beta,
    Breakpoints,
    Finite,
    Interval,
    Points,
    PositiveNumber,
)
from redfield._base.records import record
from redfield.baths.checks import balance_defect, boltzmann_exponent, guard, real_values
from redfield.baths.numeric import NumericBath
from redfield.baths.spectrum import SpectrumBath
from redfield.baths.temperature import UNGIVEN, AtTemperature


def occupation(w: RealArray, beta: float, mu: float, statistics: str) -> RealArray:
    """f(ω) = 1/(e^{β(ω−μ)} ± 1), upper sign fermions; at zero temperature a step, ½ at μ."""
    x = boltzmann_exponent(beta, w - mu)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        f: RealArray = 1.0 / (np.exp(x) + 1.0) if statistics == "fermion" else 1.0 / np.expm1(x)
    return f


@record
class ParticleBath(AtTemperature):
    r"""Free fermions or bosons with a density of states D(ω), in equilibrium.

    .. math:: \gamma_{11}(\omega) = [1 \mp f(\omega)]\, D(\omega), \qquad
              \gamma_{22}(-\omega) = f(\omega)\, D(\omega), \qquad
              f(\omega) = \frac{1}{e^{\beta(\omega - \mu)} \pm 1}

    (upper sign fermions; arXiv:2507.10080, Eq. 7). `removal` is the Bath with γ_11 for an operator a_j that
    takes a particle out of the system, `injection` the one with γ_22 for a_j†. They obey
    γ_11(ω) = e^{β(ω−μ)} γ_22(−ω).

    Parameters
    ----------
    density : D(ω) ≥ 0, the density of states, a vectorised function, or a number for a flat band; a rate.
    beta : inverse temperature; inf for zero. Or ``temperature=`` by name, 1/β.
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

    density: Callable[[RealArray], npt.ArrayLike] | float
    beta: Beta = UNGIVEN
    mu: Finite = 0.0
    statistics: str = "fermion"
    _: KW_ONLY
    band: Interval = (-np.inf, np.inf)
    breakpoints: Breakpoints = ()
    scale: PositiveNumber | None = None

    _hints: ClassVar[frozenset[str]] = frozenset(("scale",))
    """Fields that γ and η do not depend on."""

    def __post_init__(self) -> None:
        super().__post_init__()
        as_choice("statistics", self.statistics, ("fermion", "boson"))
        low, high = self.band
        if self.statistics == "boson" and self.mu >= low:
            raise ValueError(
                f"mu = {self.mu} of bosons must lie below the bath's lowest energy, band[0] = {low}"
            )
        finite = bool(np.isfinite([low, high]).all())
        density = self.density
        if callable(density):
            as_function_of("density", density, "w")
        else:
            density = as_real_number("density", density)
            if density < 0.0 or not np.isfinite(density) or not finite:
                raise ValueError(
                    f"a flat density of states needs a value ≥ 0 and a finite band, got {density} and {self.band}"
                )
        width = high - low if finite else 10.0
        self._set(density=density, scale=0.1 * width if self.scale is None else self.scale)

    @functools.cached_property
    def removal(self) -> ParticleExchange:
        """The Bath of an operator a that takes a particle from the system: γ_11."""
        return ParticleExchange(self, +1)

    @functools.cached_property
    def injection(self) -> ParticleExchange:
        """The Bath of an operator a† that gives the system one: γ_22."""
        return ParticleExchange(self, -1)

    def density_of_states(self, w: Points) -> RealArray:
        """D(ω), zero outside the band."""
        w = np.asarray(w, dtype=np.float64)
        inside = (w >= self.band[0]) & (w <= self.band[1])
        if not callable(self.density):
            return np.where(inside, self.density, 0.0)
        reference = np.clip(0.0 if np.isinf(self.band).any() else np.mean(self.band), *self.band)
        asked = np.where(inside, w, reference)
        values = real_values(self, "density_of_states(w)", self.density(asked), w)
        if (values < 0.0).any():
            where = np.unravel_index(int(np.argmin(values)), values.shape)
            raise ValueError(f"{self!r}: density_of_states({w[where]:g}) = {values[where]:g} is negative")
        density: RealArray = np.where(inside, values, 0.0)
        return density

    def occupation(self, w: Points) -> RealArray:
        """f(ω) = 1/(e^{β(ω−μ)} ± 1), the Fermi or Bose function."""
        return occupation(np.asarray(w, dtype=np.float64), self.beta, self.mu, self.statistics)

    def level_shift(self, w: Points) -> RealArray:
        """Δ(ω) = (1/2π) P∫ dω' D(ω')/(ω − ω'), by which a mode of energy ω is shifted per J²."""
        return self.empty.lamb_shift(w)

    @functools.cached_property
    def empty(self) -> SpectrumBath:
        """The bath without particles: γ = D, C(s) = ∫ dω/2π D(ω) e^{−iωs}.

        For fermions D(ω) = γ_11(ω) + γ_22(−ω) at any temperature.
        """
        assert self.scale is not None
        return SpectrumBath(
            self.density_of_states,
            tuple(
                sorted(
                    {
                        *self.corners(),
                        self.mu if self.band[0] < self.mu < self.band[1] else self._middle(),
                    }
                )
            ),
            scale=self.scale,
            support=self.band,
        )

    def _middle(self) -> float:
        low, high = self.band
        return float(np.clip(0.0 if not np.isfinite(low + high) else 0.5 * (low + high), low, high))

    def corners(self) -> list[float]:
        """Where D is not smooth, or may be: its own breakpoints, 0 and the ends of the band."""
        low, high = self.band
        inside = [b for b in (0.0, *self.breakpoints) if low < b < high]
        return [*(x for x in self.band if np.isfinite(x)), *inside]


guard(ParticleBath)


@record
class ParticleExchange(NumericBath):
    """One of the two baths a ParticleBath is: sign +1 for γ_11, −1 for γ_22."""

    bath: ParticleBath
    sign: int

    @property
    def beta(self) -> float:  # type: ignore[override]
        return self.bath.beta

    @property
    def mu(self) -> float:  # type: ignore[override]
        return self.bath.mu

    @property
    def exchange(self) -> int:  # type: ignore[override]
        return self.sign

    @property
    def reservoir(self) -> ParticleBath:
        return self.bath

    def power_spectrum(self, w: Points) -> RealArray:
        energy = self.sign * np.asarray(w, dtype=np.float64)
        density = self.bath.density_of_states(energy)
        inside = density != 0.0
        f = self.bath.occupation(np.where(inside, energy, self.bath.mu + 1.0))
        if self.sign < 0:
            factor = f
        elif self.bath.statistics == "fermion":
            # 1 − f(x) = f(−x), without cancellation.
            factor = self.bath.occupation(2.0 * self.bath.mu - np.where(inside, energy, 0.0))
        else:
            factor = 1.0 + f
        return np.where(inside, factor * density, 0.0)

    def kms_defect(self, w: Points) -> float:
        """max |γ_22(−ω) − e^{−β(ω−μ)} γ_11(ω)| / max γ, the same for both baths of one ParticleBath."""
        w = as_vector("w", np.ravel(as_points("w", w)))
        exponent = boltzmann_exponent(self.bath.beta, w - self.mu)
        return balance_defect(
            self.bath.removal.power_spectrum(w), self.bath.injection.power_spectrum(-w), exponent
        )

    @property
    def breakpoints(self) -> Sequence[float]:
        return [x for x, _ in self.features]

    @property
    def scale(self) -> float:
        assert self.bath.scale is not None
        return self.bath.scale

    @property
    def features(self) -> Sequence[tuple[float, float]]:
        """D's corners, and f's step at μ, 4/β wide."""
        bath, scale = self.bath, self.scale
        places = {x: scale for x in bath.corners()}
        # At zero temperature f is a step.
        thermal = scale if np.isinf(bath.beta) else min(scale, 4.0 / bath.beta)
        low, high = bath.band
        if low <= bath.mu <= high:
            places[bath.mu] = thermal
        elif not np.isinf(bath.beta):
            # Outside the band f falls over the same distance from its nearer end on.
            places[low if bath.mu < low else high] = thermal
        if not places:
            places[0.0] = scale
        return sorted((self.sign * x, fine) for x, fine in places.items())

    @property
    def support_ends(self) -> tuple[bool, bool]:
        low, high = (bool(np.isfinite(x)) for x in self.bath.band)
        return (low, high) if self.sign > 0 else (high, low)
