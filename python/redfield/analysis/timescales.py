"""How fast baths forget and act, and the bounds on master equations that are made of both."""

from __future__ import annotations

import math

import numpy as np

from redfield._base.checks import RealArray, as_kind, checked
from redfield._base.checks.types import Positive, PositiveOrInfinite
from redfield._base.records import Record, record
from redfield.baths import Bath, SpectrumBath
from redfield.baths.memory import memory_of
from redfield.systems.couplings import SiteProjectors
from redfield.systems.system import System

DIVERGES = 1e-6
"""The part of an integral over all times that its last fifth has where it does not converge."""


@record
class Timescales(Record, answer=True):
    r"""The time scales of baths, and the rigorous bounds of master equations that depend on nothing else.

    Attributes
    ----------
    duration : T, up to which correlations are integrated.
    memory : τ_B = ∫₀ᵀ t|C|dt / ∫₀ᵀ|C|dt, with |C| = Σ_j ‖A_j‖²|C_j(t)|; infinite where it diverges.
    relaxation : τ_SB, 1/τ_SB = ∫₀ᵀ|C|dt.
    jump_rate : Γ = 4 (Σ_j ‖A_j‖ ∫|g_j|dt)², g_j(t) = ∫dω/2π √γ_j(ω) e^{−iωt} over all times |t| ≤ T; nan where √γ has
        no Fourier transform here.
    jump_memory : τ = Σ_j ‖A_j‖ ∫|t g_j|dt / Σ_j ‖A_j‖ ∫|g_j|dt.
    gap : the least distance δE of levels that are not degenerate, infinite without one.
    """

    duration: float
    memory: float
    relaxation: float
    jump_rate: float
    jump_memory: float
    gap: float

    def bounds(self, t: Positive) -> dict[str, float]:
        r"""Return what each equation's ‖ρ(t) − ρ_exact(t)‖₁ is bounded by; infinite where a bound is empty.

        The numbers in the formulas are the papers', quoted and not derived here. For long times all are empty.

        Those of E. Mozgunov and D. Lidar (doi:10.22331/q-2020-02-06-227, their main results), up to a factor of order
        one that they do not give,

        .. math:: \mathrm{Redfield:}\ \frac{\tau_B}{\tau_{SB}}\ln\frac{\tau_{SB}}{\tau_B}\,e^{12t/\tau_{SB}}, \quad
                  \mathrm{CoarseGrained:}\ \sqrt{\tfrac{\tau_B}{\tau_{SB}}}\,e^{6t/\tau_{SB}}, \quad
                  \mathrm{Davies:}\ \Big(\frac{\tau_B}{\tau_{SB}} + \frac{1}{\sqrt{\tau_{SB}\,\delta E}}\Big)
                  e^{12t/\tau_{SB}}

        (coarse-grained over about √(τ_SB τ_B/5)), and that of Nathan & Rudner (doi:10.1103/PhysRevB.102.115109),
        whose equation leaves out at most 2Γ²τ of the change of a ρ' within Γτ of ρ:

        .. math:: \mathrm{UniversalLindblad:}\ 2\Gamma^2\tau\,t + 2\Gamma\tau

        Parameters
        ----------
        t : time since system and baths were uncorrelated.
        """
        ratio = self.memory / self.relaxation if self.relaxation > 0.0 else math.inf
        weak = 0.0 < ratio < 1.0
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            growth = float(np.exp(6.0 * np.divide(t, self.relaxation)))
            gaps = float(np.sqrt(np.divide(1.0, self.relaxation * self.gap)))
            found = {
                "Redfield": ratio * -math.log(ratio) * growth**2 if weak and growth < 1e150 else math.inf,
                "CoarseGrained": math.sqrt(ratio) * growth if weak else math.inf,
                "Davies": (ratio + gaps) * growth**2 if weak and growth < 1e150 else math.inf,
                "UniversalLindblad": 2.0 * self.jump_rate * self.jump_memory * (self.jump_rate * t + 1.0),
            }
        return found


@checked
def bath_timescales(system: System, duration: PositiveOrInfinite = math.inf) -> Timescales:
    """Return how fast the baths of a system forget and act, as rigorous bounds have it.

    Parameters
    ----------
    system : System of independent baths with a correlation function.
    duration : T, the time up to which correlations count: that of an experiment. Over all times τ_B is infinite where
        C falls as 1/t² or slower, as of baths at zero temperature.

    Raises
    ------
    TypeError
        The baths are correlated.
    ValueError
        A bath has no correlation function, or none that can be integrated.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.LorentzianBath(strength=0.01, width=4.0, centre=1.0)
    >>> found = rf.analysis.bath_timescales(rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]], bath))
    >>> round(found.memory, 6), bool(np.isclose(1 / found.relaxation, abs(bath.correlation(0.0)) / 4.0))
    (0.25, True)
    """
    as_kind("system", system, System)
    system.require_independent("bath_timescales")
    norms = _norms(system)
    whole, moment, jumps, late = 0.0, 0.0, 0.0, 0.0
    try:
        for b, bath in enumerate(system.baths):
            chosen = [x for x, of in zip(norms, system.bath_of_coupling, strict=True) if of == b]
            integral, first = _moments(bath, duration)
            whole += integral * sum(x**2 for x in chosen)
            moment += first * sum(x**2 for x in chosen)
    except NotImplementedError as missing:
        raise ValueError(f"bath_timescales needs correlation functions: {missing}") from None
    try:
        for b, bath in enumerate(system.baths):
            chosen = [x for x, of in zip(norms, system.bath_of_coupling, strict=True) if of == b]
            integral, first = _moments(_root(bath), duration)
            jumps += 2.0 * integral * sum(chosen)
            late += 2.0 * first * sum(chosen)
    except (ValueError, NotImplementedError):  # √γ falls too slowly, or is too rough
        jumps = late = math.nan
    gaps = np.diff(system.energies)
    apart = gaps[gaps > system.degeneracy_tol]
    return Timescales(
        duration,
        moment / whole if 0.0 < whole < math.inf else (math.inf if whole else 0.0),
        1.0 / whole if whole else math.inf,
        4.0 * jumps**2,
        late / jumps if jumps else 0.0,
        float(apart.min()) if len(apart) else math.inf,
    )


def _norms(system: System) -> list[float]:
    """‖A_j‖, the largest singular value, of each coupling."""
    if isinstance(system.couplings, SiteProjectors):
        return [abs(float(w)) for w in system.couplings.weights]
    count = len(system.couplings)
    return [float(np.linalg.norm(system.coupling_in_eigenbasis(j), 2)) for j in range(count)]


def _moments(bath: Bath, duration: float) -> tuple[float, float]:
    """Return ∫₀ᵀ|C|dt and ∫₀ᵀ t|C|dt, infinite where they do not converge."""
    t, weights, values = memory_of(bath, duration).nodes()
    parts = weights * np.abs(values)

    def total(terms: RealArray) -> float:
        whole = float(terms.sum())
        endless = math.isinf(duration) and terms[t > 0.8 * t[-1]].sum() > DIVERGES * whole
        return math.inf if endless else whole

    return total(parts), total(parts * t)


def _root(bath: Bath) -> SpectrumBath:
    """Return the bath with the spectrum √γ, whose correlation function is the jump correlator."""
    places = tuple(bath.breakpoints) or tuple(x for x, _ in bath.features) or (0.0,)
    return SpectrumBath(lambda w: np.sqrt(bath.power_spectrum(w)), places, bath.scale)
