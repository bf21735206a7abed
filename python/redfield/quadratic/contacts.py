"""The bath of each site of a quadratic system: couplings J_j and spectra, without the Hamiltonian."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks import (
    LARGEST,
    ComplexArray,
    RealArray,
    as_choice,
    as_integer,
    as_items,
    as_numeric,
    as_real_number,
    require_finite,
    shown,
)
from redfield._base.records import Record
from redfield.baths import ParticleBath
from redfield.systems.reservoirs import distinct

Baths = ParticleBath | Sequence[ParticleBath] | Mapping[int, ParticleBath]
"""One bath for all sites, one each, or those of some sites."""
Tables = tuple[ComplexArray, ComplexArray]
"""½D_j(ω_m) + iΔ_j(ω_m) and Γ_22,j(−ω_m) of each site j, (N, M) both."""
OneSided = Callable[[RealArray], ComplexArray]
"""The half-sided Fourier transform of a correlation function, at frequencies."""


def one_sided(bath: ParticleBath, lamb_shift: bool) -> tuple[OneSided, OneSided]:
    """½D(ω) + iΔ(ω) = Γ_11(ω) − ζΓ_22(−ω)*, which is free of temperature, and Γ_22(−ω), as functions of ω."""

    def damping(w: RealArray) -> ComplexArray:
        return _complex(0.5 * bath.density_of_states(w), bath.level_shift(w) if lamb_shift else None)

    def gain(w: RealArray) -> ComplexArray:
        injection = bath.injection
        return _complex(
            0.5 * injection.power_spectrum(-w), injection.lamb_shift(-w) if lamb_shift else None
        )

    return damping, gain


def _complex(real: RealArray, imag: RealArray | None) -> ComplexArray:
    values = np.asarray(real).astype(np.complex128)
    if imag is not None:
        values.imag = imag
    return values


class Contacts(Record, answer=True):
    """Couplings, baths and statistics of a quadratic system: H_SB = Σ_j J_j (a_j† B_j + h.c.).

    Attributes
    ----------
    coupling, strength : (N,) J_j and J_j².
    baths, bath_of_site : the distinct bath objects in order of appearance, and each site's index among them.
    statistics, zeta : "fermion" and −1, or "boson" and 1.
    """

    def __init__(self, sites: int, coupling: Any, bath: Baths, statistics: str | None) -> None:
        if isinstance(coupling, Mapping) and isinstance(bath, ParticleBath):
            bath = dict.fromkeys(coupling, bath)
        if isinstance(bath, Mapping):
            coupling, bath = _of_some_sites(coupling, bath, sites)
        self.coupling = _as_coupling(coupling, sites)
        self.baths, self.bath_of_site = _as_baths(bath, sites)
        self.statistics = _as_statistics(statistics, self.baths)
        self.zeta = -1.0 if self.statistics == "fermion" else 1.0
        self.strength: RealArray = self.coupling**2

    @property
    def sites(self) -> int:
        return len(self.coupling)

    @property
    def bath(self) -> Baths:
        """The bath of every site where there is one, else the list of each site's."""
        if len(self.baths) == 1:
            return self.baths[0]
        return [self.baths[b] for b in self.bath_of_site]

    @property
    def identical(self) -> bool:
        """Whether all baths are equal: independent copies of one."""
        return len(set(self.baths)) == 1

    @property
    def uniform(self) -> bool:
        """Whether the baths are identical and all J_j equal, so that Redfield's equation is Davies'."""
        return self.identical and bool(np.ptp(self.coupling) == 0.0)

    def tables(self, w: RealArray, lamb_shift: bool) -> Tables:
        """Return the spectra of each site's bath at the frequencies w, (N, M) each.

        Raises
        ------
        ValueError
            A spectrum is not finite at a frequency.
        """
        return self._of_sites(0, w, lamb_shift), self._of_sites(1, w, lamb_shift)

    def damping(self, w: RealArray, lamb_shift: bool) -> ComplexArray:
        """Return the first of `tables` alone."""
        return self._of_sites(0, w, lamb_shift)

    def _of_sites(self, which: int, w: RealArray, lamb_shift: bool) -> ComplexArray:
        distinct_ones = dict.fromkeys(self.baths)  # equal ones once
        values = {bath: _finite(bath, one_sided(bath, lamb_shift)[which](w), w) for bath in distinct_ones}
        table: ComplexArray = np.array([values[bath] for bath in self.baths])[self.bath_of_site]
        return table

    def rows(self, u: RealArray | ComplexArray, tables: Tables) -> Tables:
        """J_j² Λ_j(ω_n) U_jn and J_j² Γ_22,j(−ω_n)* U_jn, (N, N): row j is the action of site j's bath."""
        weighted = self.strength[:, None] * u
        return tables[0] * weighted, tables[1].conj() * weighted

    def per_bath(self, of_sites: RealArray) -> RealArray:
        """(B,) sums of a quantity of each site over the sites of each bath."""
        sums = np.bincount(self.bath_of_site, weights=of_sites, minlength=len(self.baths))
        return sums.astype(np.float64)

    @property
    def potentials(self) -> RealArray:
        """(B,) μ of each bath."""
        return np.array([bath.mu for bath in self.baths])

    def require_gibbs(self, lowest: float, where: str = "") -> None:
        """ValueError for bosons whose chemical potential is not below their lowest mode."""
        for bath in self.baths:
            if self.statistics == "boson" and bath.mu >= lowest:
                raise ValueError(
                    f"mu = {bath.mu:g} of bosons is not below the system's lowest mode, {lowest:.6g}"
                    f"{where}: there is no Gibbs state"
                )

    def common(self, name: str) -> float:
        """Return the "beta" or "mu" that all baths share."""
        name = as_choice("name", name, ("beta", "mu"))
        values = sorted({float(getattr(bath, name)) for bath in self.baths})
        if len(values) != 1:
            raise ValueError(
                f"the baths have different {name}: {', '.join(f'{v:g}' for v in values)}; give {name}"
            )
        return values[0]


def _of_some_sites(
    coupling: Any, baths: Mapping[int, ParticleBath], sites: int
) -> tuple[RealArray, list[ParticleBath]]:
    """Return J_j and the bath of every site: those without a bath have J_j = 0, whatever bath then stands there."""
    if not baths:
        raise ValueError("bath has no sites: give {site: ParticleBath, …}")
    placed = _by_site("bath", baths, sites)
    each = [placed.get(site, next(iter(placed.values()))) for site in range(sites)]
    if isinstance(coupling, Mapping):
        strengths = _by_site("coupling", coupling, sites)
        if strengths.keys() != placed.keys():
            raise ValueError(
                f"coupling and bath name different sites: {sorted(strengths)} and {sorted(placed)}"
            )
        given = [as_real_number(f"coupling[{s}]", strengths.get(s, 0.0)) for s in range(sites)]
        return np.array(given), each
    array = as_numeric("coupling", coupling)
    if array.ndim:
        lone = [site for site in np.flatnonzero(array).tolist() if site not in placed]
        if array.shape == (sites,) and lone:
            raise ValueError(
                f"coupling[{lone[0]}] = {array[lone[0]]:g}, but bath has none of site {lone[0]}"
            )
        return array, each
    return np.array([array.item() if site in placed else 0.0 for site in range(sites)]), each


def _by_site(name: str, given: Mapping[Any, Any], sites: int) -> dict[int, Any]:
    """Return the values of some sites, negative ones counted from the last."""
    found: dict[int, Any] = {}
    for key, value in given.items():
        site = as_integer(f"a site of {name}", key)
        if not -sites <= site < sites:
            raise ValueError(f"{name} names site {site}, but there are {sites}")
        if site % sites in found:
            raise ValueError(f"{name} names site {site % sites} twice")
        found[site % sites] = value
    return found


def _as_coupling(value: object, sites: int) -> RealArray:
    array = as_numeric("coupling", value)
    if array.dtype != np.float64:
        raise TypeError("coupling must be real: a phase of J_j belongs into the bath's operators")
    if array.ndim == 0:
        array = np.full(sites, float(array))
    if array.shape != (sites,):
        raise ValueError(f"coupling must be one number or {sites}, one a site; got shape {array.shape}")
    require_finite("coupling", array)
    for wrong, why in (
        (array < 0.0, " is negative"),
        (array > LARGEST, f"; choose a unit in which it is below {LARGEST:g}: J² overflows"),
    ):
        if wrong.any():
            site = int(np.argmax(wrong))
            raise ValueError(f"coupling[{site}] = {array[site]:g}{why}")
    return np.array(array)


def _as_baths(value: object, sites: int) -> tuple[tuple[ParticleBath, ...], npt.NDArray[np.intp]]:
    """Return the distinct baths, in order of appearance, and each site's."""
    if not isinstance(value, ParticleBath | Sequence):
        raise TypeError(f"bath must be a ParticleBath, a list of them or a dict, got {shown(value)}")
    baths = [value] * sites if isinstance(value, ParticleBath) else as_items("bath", value)
    if len(baths) != sites:
        raise ValueError(f"{len(baths)} baths for {sites} sites; bath must be one for all or one a site")
    for site, bath in enumerate(baths):
        if not isinstance(bath, ParticleBath):
            raise TypeError(f"bath of site {site} must be a ParticleBath, got {shown(bath)}")
    different, of_site = distinct(baths)
    return different, np.array(of_site, dtype=np.intp)


def _as_statistics(value: str | None, baths: Sequence[ParticleBath]) -> str:
    kinds = {bath.statistics for bath in baths}
    if len(kinds) != 1:
        raise ValueError("the baths mix fermions and bosons")
    (statistics,) = kinds
    if value is not None and as_choice("statistics", value, ("fermion", "boson")) != statistics:
        raise ValueError(
            f"statistics is {value!r}, but the baths are of {statistics}s; give ParticleBath the same"
        )
    return statistics


def _finite(bath: ParticleBath, values: ComplexArray, w: RealArray) -> ComplexArray:
    if not np.isfinite(values).all():
        k = int(np.argmax(~np.isfinite(values)))
        what = "Lamb shift" if np.isfinite(values.real[k]) else "rate"
        raise ValueError(
            f"the {what} of {bath!r} is not finite at the mode energy {w[k]:g}; "
            "is it at an edge of the bath's band or at mu?"
        )
    return values
