"""The locality of Redfield's dissipation, and the error by cutting it off at a distance."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from redfield._base.checks import RealArray, as_choice, as_count, checked
from redfield._base.checks.types import Operand
from redfield._base.records import Record, record
from redfield.baths import Bath
from redfield.equations import Redfield
from redfield.quadratic.hopping import distance_matrix, group_velocity
from redfield.quadratic.kinds import QuasilocalFlow, functions_of_h
from redfield.quadratic.system import QuadraticSystem

ROUNDING = 1e-13
"""The part of the largest element below which a profile says nothing about the decay."""


@record
class LocalityProfile(Record, answer=True):
    """The largest elements of Γ(h) against the distance of their sites.

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
    """Return the longest memory of the baths of an argument.

    Raises
    ------
    ValueError
        The correlation function of one does not end.
    """
    try:
        return max(bath.memory_time for bath in baths)
    except ValueError as error:
        raise ValueError(f"{name} must have baths with a memory time: {error}") from None


@checked
def locality_profile(
    system: QuadraticSystem,
    part: str = "damping",
    *,
    distance: Operand | None = None,
    lamb_shift: bool = True,
) -> LocalityProfile:
    r"""|[Γ(h)]_jk| against the distance of the sites.

    .. math:: [\Gamma(h)]_{jk} = \int_0^\infty ds\, C(s) [e^{ihs}]_{jk}

    falls off beyond the distance that a particle travels within the bath's memory
    (K. Shiraishi et al., Phys. Rev. B 111, 184311 (2025)).

    Parameters
    ----------
    system : QuadraticSystem.
    part : "damping", ½D(h) + iΔ(h), whose memory is that of the bath's band alone, or "gain", Γ_22(−h), which knows the
        temperature.
    distance : (N, N), default `hopping_distance(h)`.
    lamb_shift : with False the real part of Γ.

    Examples
    --------
    A Lorentzian band of half-width 1 has C ∝ e^{−s}, and a chain lets particles travel 2 in that time.

    >>> import redfield as rf
    >>> bath = rf.ParticleBath(lambda w: 1.0 / (1.0 + w**2), beta=1.0)
    >>> profile = locality_profile(rf.QuadraticSystem(rf.models.chain(60), 0.3, bath))
    >>> round(profile.decay_length, 2), round(profile.reach, 6)
    (2.08, 2.000006)
    """
    of = as_choice("part", part, ("damping", "gain"))
    d = distance_matrix(system.hamiltonian, distance)
    elements = np.abs(functions_of_h(system, lamb_shift)[0 if of == "damping" else 1])
    coupled = system.coupling > 0.0
    d, elements = d[coupled], elements[coupled]
    distances = np.unique(d[np.isfinite(d)])
    largest = np.array([elements[d == x].max() for x in distances])
    baths = [b.empty if of == "damping" else b.injection for b in system.baths]
    memory = memory_of("system", baths)
    return LocalityProfile(
        distances,
        largest,
        decay_length_of(distances, largest),
        memory * group_velocity(system.hamiltonian, distance),
    )


@record
class TruncationError(Record, answer=True):
    """The error by cutting off at `reach`.

    Attributes
    ----------
    generator, steady_state : the norm of what the generator loses, and the largest error of an entry of G.
    min_rate : the min decay rate of M, negative where the cut equation is unstable.
    """

    reach: float
    generator: float
    steady_state: float
    min_rate: float


@checked
def truncation_errors(
    system: QuadraticSystem, max_reach: int, *, lamb_shift: bool = True, distance: Operand | None = None
) -> list[TruncationError]:
    """Return the true error of QuasilocalFlow at each reach 0 … max_reach, against Redfield.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.ParticleBath(lambda w: 1.0 / (1.0 + w**2), beta=1.0)
    >>> system = rf.QuadraticSystem(rf.models.chain(40), 0.3, bath)
    >>> errors = truncation_errors(system, 12)
    >>> f"{errors[0].steady_state:.2g} {errors[6].steady_state:.2g} {errors[12].steady_state:.2g}"
    '0.22 0.016 0.00074'
    """
    d = distance_matrix(system.hamiltonian, distance)
    steady = Redfield(system, lamb_shift).steady_state().covariance
    errors = []
    for reach in range(as_count("max_reach", max_reach, least=0) + 1):
        equation = QuasilocalFlow(system, reach, lamb_shift, distance=d)
        slowest = 0.5 * equation.spectrum().gap
        error = np.inf
        if slowest > 0.0:
            error = float(np.abs(equation.steady_state().covariance - steady).max())
        errors.append(TruncationError(float(reach), equation.dropped, error, slowest))
    return errors


def decay_length_of(distance: RealArray, largest: RealArray) -> float:
    """ξ of largest ∝ e^{−distance/ξ}, of what is above rounding; nan of fewer than three distances."""
    use = (distance > 0.0) & (largest > ROUNDING * largest.max(initial=0.0)) & (largest > 0.0)
    if use.sum() < 3:
        return float("nan")
    slope = np.polyfit(distance[use], np.log(largest[use]), 1)[0]
    return float(-1.0 / slope)
