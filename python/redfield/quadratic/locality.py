"""How local Redfield's dissipation is, and what cutting it off at a distance costs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import scipy

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_count,
    as_numeric,
    as_positive,
    as_square,
    checked,
    require_finite,
)
from redfield._base.records import Record, record
from redfield.baths import Bath
from redfield.quadratic.base import Equation
from redfield.quadratic.kinds import Redfield
from redfield.quadratic.system import System

ROUNDING = 1e-13
"""Of the largest element; below it a profile says nothing about the decay."""


@checked()
def hopping_distance(h: Any) -> RealArray:
    """(N, N) number of bonds of h between two sites, inf where there is no way.

    Examples
    --------
    >>> import redfield as rf
    >>> hopping_distance(rf.models.chain(4, periodic=True))[0]
    array([0., 1., 2., 1.])
    """
    bonds = np.abs(as_square("h", h)) > 0.0
    np.fill_diagonal(bonds, False)
    distance: RealArray = scipy.sparse.csgraph.shortest_path(
        scipy.sparse.csr_array(bonds), unweighted=True, directed=False
    )
    return distance


@checked()
def group_velocity(h: Any, distance: Any = None) -> float:
    """max_j Σ_k |h_jk| d_jk, which no wave packet exceeds: 2|J| on a chain, where the fastest reaches it.

    Examples
    --------
    >>> import redfield as rf
    >>> group_velocity(rf.models.chain(10, hopping=-0.7))
    1.4
    """
    h = as_square("h", h)
    d = hopping_distance(h) if distance is None else distance_matrix(h, distance)
    return float((np.abs(h) * np.where(np.abs(h) > 0.0, d, 0.0)).sum(axis=1).max())


@record
class LocalityProfile(Record, answer=True):
    """What `locality_profile` found.

    Attributes
    ----------
    distance : (R,) the distances that occur.
    largest : (R,) max |[Γ(h)]_jk| over the pairs of coupled sites j and sites k at that distance.
    decay_length : ξ of the fit largest ∝ e^{−distance/ξ}; nan where fewer than three distances are above rounding.
    reach : bath memory × group velocity, the length the Lieb–Robinson bound gives.
    """

    distance: RealArray
    largest: RealArray
    decay_length: float
    reach: float


def memory_of(name: str, baths: Iterable[Bath]) -> float:
    """The longest memory of the baths of an argument.

    Raises
    ------
    ValueError
        The correlation function of one does not end.
    """
    try:
        return max(bath.memory_time for bath in baths)
    except ValueError as error:
        raise ValueError(f"{name} must have baths with a memory time: {error}") from None


@checked()
def locality_profile(
    system: System, part: str = "damping", *, distance: Any = None, lamb_shift: bool = True
) -> LocalityProfile:
    r"""|[Γ(h)]_jk| against the distance of the sites.

    .. math:: [\Gamma(h)]_{jk} = \int_0^\infty ds\, C(s) [e^{ihs}]_{jk}

    falls off beyond the distance that a particle travels within the bath's memory
    (K. Shiraishi et al., Phys. Rev. B 111, 184311 (2025)).

    Parameters
    ----------
    system : quadratic.System.
    part : "damping", ½D(h) + iΔ(h), whose memory is that of the bath's band alone, or "gain", Γ_22(−h), which knows the
        temperature.
    distance : (N, N), default `hopping_distance(h)`.
    lamb_shift : with False the real part of Γ.

    Examples
    --------
    A Lorentzian band of half-width 1 has C ∝ e^{−s}, and a chain lets particles travel 2 in that time.

    >>> import redfield as rf
    >>> bath = rf.ParticleBath(lambda w: 1.0 / (1.0 + w**2), beta=1.0)
    >>> profile = locality_profile(rf.quadratic.System(rf.models.chain(60), 0.3, bath))
    >>> round(profile.decay_length, 2), round(profile.reach, 6)
    (2.08, 2.000006)
    """
    of = as_choice("part", part, ("damping", "gain"))
    d = _distance(system, distance)
    elements = np.abs(_function_of_h(system, lamb_shift)[of])
    coupled = system.coupling > 0.0
    d, elements = d[coupled], elements[coupled]
    found = np.unique(d[np.isfinite(d)])
    largest = np.array([elements[d == x].max() for x in found])
    baths = [b.empty if of == "damping" else b.injection for b in system.baths]
    memory = memory_of("system", baths)
    return LocalityProfile(
        found,
        largest,
        decay_length_of(found, largest),
        memory * group_velocity(system.hamiltonian, distance),
    )


class QuasilocalRedfield(Equation):
    """Redfield's equation with [Γ(h)]_jk kept for sites at most `reach` apart.

    Site j's bath then acts on its neighbourhood alone: M and Q are sparse where h is.

    Parameters
    ----------
    system : quadratic.System.
    reach : a distance ≥ 0; 0 keeps Γ(h)_jj.
    lamb_shift : with False, Γ is replaced by its real part.
    distance : (N, N), default `hopping_distance(h)`.

    Attributes
    ----------
    dropped : √(‖M − M_reach‖_F² + ‖Q − Q_reach‖_F²), what was cut off from the generator.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.ParticleBath(lambda w: 1.0 / (1.0 + w**2), beta=1.0)
    >>> system = rf.quadratic.System(rf.models.chain(40), 0.3, bath)
    >>> [f"{QuasilocalRedfield(system, r).dropped:.1e}" for r in (0, 5, 10, 20)]
    ['1.7e-01', '1.6e-02', '1.2e-03', '8.0e-06']
    """

    def __init__(
        self, system: System, reach: float, lamb_shift: bool = True, *, distance: Any = None
    ) -> None:
        self.reach = float(reach) if reach == 0 else as_positive("reach", reach, infinite=True)
        kept = _distance(system, distance) <= self.reach
        strength = system.contacts.strength[:, None]
        functions = _function_of_h(system, lamb_shift)
        whole = [strength * x for x in (functions["damping"], functions["gain"])]
        damped, gained = (np.where(kept, x, 0.0) for x in whole)
        lost_m, lost_y = (a - b for a, b in zip(whole, (damped, gained), strict=True))
        self.dropped = float(np.hypot(np.linalg.norm(lost_m), np.linalg.norm(lost_y + lost_y.conj().T)))
        super().__init__(system, None, system.hamiltonian, damped, gained, None, lamb_shift)


@record
class TruncationError(Record, answer=True):
    """What cutting off at `reach` costs: of the generator, of the steady state (largest entry), and the least decay
    rate of M, negative where the cut equation is unstable."""

    reach: float
    generator: float
    steady_state: float
    least_rate: float


@checked()
def truncation_errors(
    system: System, most: int, *, lamb_shift: bool = True, distance: Any = None
) -> list[TruncationError]:
    """The true error of QuasilocalRedfield at each reach 0 … most, against Redfield.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.ParticleBath(lambda w: 1.0 / (1.0 + w**2), beta=1.0)
    >>> system = rf.quadratic.System(rf.models.chain(40), 0.3, bath)
    >>> errors = truncation_errors(system, 12)
    >>> f"{errors[0].steady_state:.2g} {errors[6].steady_state:.2g} {errors[12].steady_state:.2g}"
    '0.22 0.016 0.00074'
    """
    d = _distance(system, distance)
    steady = Redfield(system, lamb_shift).steady_state().covariance
    found = []
    for reach in range(as_count("most", most, least=0) + 1):
        equation = QuasilocalRedfield(system, reach, lamb_shift, distance=d)
        slowest = float(equation.flow.eigen[0].real.min())
        error = np.inf
        if slowest > 0.0:
            error = float(np.abs(equation.steady_state().covariance - steady).max())
        found.append(TruncationError(float(reach), equation.dropped, error, slowest))
    return found


def _function_of_h(system: System, lamb_shift: bool) -> dict[str, ComplexArray]:
    """[½D_j(h) + iΔ_j(h)]_jk and [Γ_22,j(−h)†]_jk of each site's own bath."""
    u = system.eigenvectors
    damping, gain = system.tables(lamb_shift)
    return {"damping": (damping * u) @ u.conj().T, "gain": (gain.conj() * u) @ u.conj().T}


def _distance(system: System, distance: Any) -> RealArray:
    return distance_matrix(system.hamiltonian, distance)


def distance_matrix(h: Any, distance: Any) -> RealArray:
    """The given distances, checked, or those by the bonds of h."""
    if distance is None:
        return hopping_distance(h)
    d = as_numeric("distance", distance)
    if d.shape != np.shape(h) or d.dtype != np.float64:
        raise ValueError(f"distance must be real and {np.shape(h)}, got {d.dtype} and {d.shape}")
    require_finite("distance", np.where(np.isposinf(d), 0.0, d))
    if (d < 0.0).any() or np.diagonal(d).any():
        raise ValueError("distance must be zero on its diagonal and nowhere negative")
    return d


def decay_length_of(distance: RealArray, largest: RealArray) -> float:
    """ξ of largest ∝ e^{−distance/ξ}, of what is above rounding; nan of fewer than three distances."""
    use = (distance > 0.0) & (largest > ROUNDING * largest.max(initial=0.0)) & (largest > 0.0)
    if use.sum() < 3:
        return float("nan")
    slope = np.polyfit(distance[use], np.log(largest[use]), 1)[0]
    return float(-1.0 / slope)
