"""Which bath each site of a quadratic system has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks import (
    LARGEST,
    ComplexArray,
    RealArray,
    as_choice,
    as_items,
    as_numeric,
    require_finite,
    shown,
)
from redfield._base.records import Record
from redfield.baths import ParticleBath


class Contacts(Record, answer=True):
    """Which bath each site has, how strongly, and what its spectra are: all but the Hamiltonian.

    H_SB = Σ_j J_j (a_j† B_j + h.c.); see System for the arguments.
    """

    def __init__(self, sites: int, coupling: Any, bath: Any, statistics: str | None) -> None:
        self.coupling = _as_coupling(coupling, sites)
        self.baths, self.bath_of_site = _as_baths(bath, sites)
        self.statistics = _as_statistics(statistics, self.baths)
        self.zeta = -1.0 if self.statistics == "fermion" else 1.0
        self.strength: RealArray = self.coupling**2
        """(N,) J_j²."""

    @property
    def _given_sites(self) -> int:
        return len(self.coupling)

    @property
    def _given_bath(self) -> Any:
        """One bath where it is that of every site."""
        if len(self.baths) == 1:
            return self.baths[0]
        return [self.baths[b] for b in self.bath_of_site]

    def damping(self, w: RealArray, lamb_shift: bool) -> ComplexArray:
        """(N, M) ½D_j(ω_m) + iΔ_j(ω_m) of each site's bath: Γ_11(ω) − ζΓ_22(−ω)*, free of temperature."""
        return self._of_sites(
            w,
            lambda b, w: 0.5 * b.density_of_states(w),
            (lambda b, w: b.level_shift(w)) if lamb_shift else None,
        )

    def gain(self, w: RealArray, lamb_shift: bool) -> ComplexArray:
        """(N, M) Γ_22(−ω_m) of each site's bath."""
        return self._of_sites(
            w,
            lambda b, w: 0.5 * b.injection.power_spectrum(-w),
            (lambda b, w: b.injection.lamb_shift(-w)) if lamb_shift else None,
        )

    def _of_sites(self, w: RealArray, half_rate: Any, shift: Any) -> ComplexArray:
        made: dict[ParticleBath, ComplexArray] = {}  # equal ones once
        for bath in self.baths:
            if bath in made:
                continue
            values = _finite(bath, "rate", half_rate(bath, w), w).astype(np.complex128)
            if shift is not None:
                values += 1j * _finite(bath, "Lamb shift", shift(bath, w), w)
            made[bath] = values
        table: ComplexArray = np.array([made[bath] for bath in self.baths])[self.bath_of_site]
        return table

    def per_bath(self, of_sites: RealArray) -> RealArray:
        """(B,) sums of a quantity of each site over the sites of each bath."""
        sums: RealArray = np.bincount(
            self.bath_of_site, weights=of_sites, minlength=len(self.baths)
        ).astype(np.float64)
        return sums

    def require_gibbs(self, lowest: float, where: str = "") -> None:
        """Bosons have no equilibrium where a chemical potential is not below their lowest mode."""
        for bath in self.baths:
            if self.statistics == "boson" and bath.mu >= lowest:
                raise ValueError(
                    f"mu = {bath.mu:g} of bosons is not below the system's lowest mode, {lowest:.6g}"
                    f"{where}: there is no Gibbs state"
                )

    @property
    def identical(self) -> bool:
        """Whether all baths are equal: independent copies of one."""
        return len(set(self.baths)) == 1

    def common(self, name: str) -> float:
        """The "beta" or "mu" all baths share."""
        values = sorted({float(getattr(bath, name)) for bath in self.baths})
        if len(values) != 1:
            raise ValueError(
                f"the baths have different {name}: {', '.join(f'{v:g}' for v in values)}; give {name}"
            )
        return values[0]


def _as_coupling(value: Any, sites: int) -> RealArray:
    array = as_numeric("coupling", value)
    if array.dtype != np.float64:
        raise TypeError("coupling must be real: a phase of J_j can be moved into the bath's operators")
    if array.ndim == 0:
        array = np.full(sites, float(array))
    if array.shape != (sites,):
        raise ValueError(f"coupling must be one number or {sites}, one a site; got shape {array.shape}")
    require_finite("coupling", array)
    if (array < 0.0).any():
        site = int(np.argmax(array < 0.0))
        raise ValueError(f"coupling[{site}] = {array[site]:g} is negative")
    if (array > LARGEST).any():
        site = int(np.argmax(array > LARGEST))
        raise ValueError(
            f"coupling[{site}] = {array[site]:g}; choose a unit in which it is below {LARGEST:g}: J² overflows"
        )
    return np.array(array)


def _as_baths(value: Any, sites: int) -> tuple[tuple[ParticleBath, ...], npt.NDArray[np.intp]]:
    """The distinct baths, in order of appearance, and each site's."""
    if not isinstance(value, ParticleBath | Sequence):
        raise TypeError(f"bath must be a ParticleBath or a list of them, got {shown(value)}")
    given = [value] * sites if isinstance(value, ParticleBath) else as_items("bath", value)
    if len(given) != sites:
        raise ValueError(f"{len(given)} baths for {sites} sites; bath must be one for all or one a site")
    baths: list[ParticleBath] = []
    known: dict[int, int] = {}
    of_site = np.zeros(sites, dtype=np.intp)
    for site, bath in enumerate(given):
        if not isinstance(bath, ParticleBath):
            raise TypeError(f"bath of site {site} must be a ParticleBath, got {shown(bath)}")
        if id(bath) not in known:
            known[id(bath)] = len(baths)
            baths.append(bath)
        of_site[site] = known[id(bath)]
    return tuple(baths), of_site


def _as_statistics(value: Any, baths: Sequence[ParticleBath]) -> str:
    found = {bath.statistics for bath in baths}
    if len(found) != 1:
        raise ValueError("the baths mix fermions and bosons")
    (statistics,) = found
    if value is not None and as_choice("statistics", value, ("fermion", "boson")) != statistics:
        raise ValueError(
            f"statistics is {value!r}, but the baths are of {statistics}s; give ParticleBath the same"
        )
    return statistics


def _finite(bath: ParticleBath, what: str, values: RealArray, w: RealArray) -> RealArray:
    if not np.isfinite(values).all():
        energy = w[int(np.argmax(~np.isfinite(values)))]
        raise ValueError(
            f"the {what} of {bath!r} is not finite at the mode energy {energy:g}; "
            "is it at an edge of the bath's band or at mu?"
        )
    return values
