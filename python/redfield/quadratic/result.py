"""Results of quadratic problems: covariances over time, stationary and periodic ones, modes and currents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, ClassVar

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Axes, Finite, Operand
from redfield._base.progress import Progress
from redfield._base.records import Record, record
from redfield._base.stores.saved import Saved
from redfield.draw import COLOURS, FAILS, HOLDS, legend_above, pictured
from redfield.quadratic.contacts import Contacts
from redfield.quadratic.steady_gradients import SteadyGradients
from redfield.results.differentiable import gradient_of
from redfield.results.evolution import BaseResult
from redfield.results.gradient import Gradient, GradientOptions
from redfield.results.periodic import FloquetModes, PeriodicState


@record
class CovarianceResult(BaseResult):
    """G(t) and expectation values. Its arrays are read-only; two results are equal where all they hold is.

    Attributes
    ----------
    times : (T,) the tlist.
    expect : one of e_ops each, (T,) for operators, the stacked values for functions; a list, or a dict
        where e_ops was one.
    stats : method, applications (0: closed forms need none), steps, rejected, seconds and, of Exact, an estimate of the
        largest error of an entry of any G(t).
    covariances : (T, N, N) complex128, G_jk = ⟨a_k† a_j⟩ in the basis h was given in, or None if not stored.
    final_covariance : (N, N) at the last time.
    densities : (T, N) ⟨a_j† a_j⟩.
    equation : what was solved.
    start : (N, N) G at the first time, which a store does not keep.
    """

    covariances: ComplexArray | None
    final_covariance: ComplexArray
    densities: RealArray
    equation: Any = field(default=None, compare=False)
    start: Any = field(default=None, compare=False)

    kind: ClassVar[str] = "CovarianceResult"
    arrays: ClassVar[dict[str, tuple[str, ...]]] = {
        "covariances": ("time", "row", "column"),
        "final_covariance": ("row", "column"),
        "densities": ("time", "row"),
    }
    axis: ClassVar[str] = "tr(O G)"
    _level: ClassVar[str] = "site"

    @property
    def states(self) -> ComplexArray | None:
        """The covariances, by the name that states have in every result."""
        return self.covariances

    @property
    def final_state(self) -> ComplexArray:
        """The final covariance, by the name that it has in every result."""
        return self.final_covariance

    @property
    def error(self) -> float | None:
        """An estimate by Exact of the largest error of an entry of any G(t), else None."""
        return self.stats.get("error")

    def gradient(
        self, weights: Operand, time: Finite | None = None, *, progress: Progress = False
    ) -> Gradient:
        r"""Return the derivative of Σ_i tr(W_i G(t_i)) by h, couplings, baths, G₀ and times.

        .. math:: df = \mathrm{tr}\,Y(t_0)\,dG_0 + 2\,\mathrm{Re}\!\int dt\, \mathrm{tr}\big[Y (dX - dM\,G)\big],
                  \qquad \dot Y = M^\dagger Y + YM, \quad Y(t_i - 0) = Y(t_i + 0) + W_i

        of Ġ = −(MG + GM†) + X + X†: closed forms between the eigenvectors of M, or the derivative of the step by which
        evolutions with ill-conditioned ones are made. What `SteadyCovariance.gradient` says holds here too.

        Parameters
        ----------
        weights, time : (T, N, N) Hermitian W_i; or one (N, N) operator, of G at one of `times`, default the last.
        progress : as of `Equation.evolve`.

        Returns
        -------
        Gradient : .value f, .hamiltonian, .couplings, .baths, .one_sided, .rho0 by G₀, .times.

        Raises
        ------
        ValueError
            An operator is not Hermitian, or of another size; there is no such time; the result was loaded and does not
            know its equation or start.
        TypeError
            The kind of equation, or of problem, has no gradients.
        ConvergenceError
            The gradient is not finite.

        Examples
        --------
        A level that fills at the rate D: d⟨n⟩/dJ = 2JDt e^{−J²Dt} f.

        >>> import numpy as np, redfield as rf
        >>> bath = rf.ParticleBath(0.1, beta=2.0, mu=0.3, band=(-10.0, 10.0))
        >>> level = rf.Redfield(rf.QuadraticSystem([[0.3]], 0.5, bath), lamb_shift=False)
        >>> gradient = level.evolve([0.0], [0.0, 20.0]).gradient(np.eye(1))
        >>> bool(np.allclose(gradient.couplings, 2 * 0.5 * 0.1 * 20 * np.exp(-0.25 * 0.1 * 20) * 0.5))
        True
        """
        return gradient_of(self, weights, time, GradientOptions(progress=progress))

    def _populations(self) -> RealArray | None:
        return self.densities


@record
class SteadyCovariance(SteadyGradients, Saved, answer=True):
    """A stationary covariance matrix.

    Attributes
    ----------
    covariance : (N, N) complex128 in the basis h was given in.
    residual : ‖Ġ‖_F relative to the largest entry of the gain Q; of Exact the error of its integrals.
    occupations : (2,) min and max eigenvalue of G. Redfield's may leave [0, 1] (fermions) or be
        negative (bosons): that is the equation's, not rounding.
    error : an estimate of the error of G, ‖δG‖_F; of Exact of its largest entry.
    unique : whether it is the only one; False for what one rho0 leads to where some modes do not decay.
    equation : what was solved.
    """

    covariance: ComplexArray
    residual: float
    occupations: tuple[float, float]
    error: float = float("nan")
    unique: bool = True
    equation: Any = field(default=None, compare=False)

    origin: ClassVar[str | None] = "equation"
    axes: ClassVar[Mapping[str, tuple[str, ...]]] = {"covariance": ("row", "column")}

    @property
    def state(self) -> ComplexArray:
        """The covariance, by the name that it has in every steady state."""
        return self.covariance

    @pictured()
    def plot(self, axes: Axes) -> None:
        """Draw the densities ⟨a_j† a_j⟩ of the sites.

        They are drawn on `ax` or in a new figure; returns the matplotlib Axes.
        """
        axes.plot(self.covariance.diagonal().real, "o-", markersize=4, linewidth=0.8)
        axes.set(xlabel="site", ylabel="⟨a†a⟩")

    @classmethod
    def of(
        cls,
        g: ComplexArray,
        residual: float,
        error: float,
        unique: bool = True,
        equation: object = None,
    ) -> SteadyCovariance:
        """Return the record of G with its extreme occupations."""
        return cls(g, residual, extremes(g), error, unique, equation)


def extremes(g: ComplexArray) -> tuple[float, float]:
    """Return the min and max eigenvalue of G."""
    values = np.linalg.eigvalsh(g)
    return float(values[0]), float(values[-1])


@record
class PeriodicCovariance(PeriodicState, answer=True):
    """G(t + T) = G(t), the steady state of a QuadraticSystem with a period: a PeriodicState of covariances.

    Attributes
    ----------
    covariance, occupations : of G at t = 0, as of a SteadyCovariance.
    populations : (N,) occupations of the Floquet modes at t = 0, in the order of `QuadraticSystem.quasienergies`.
    particle, energy, heat : (B,) what each bath gives to the system in a period, in the order of
        `QuadraticSystem.baths`.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(lambda w: np.exp(-w**2 / 18), beta=1.0)
    >>> drive = [rf.models.chain(3), (np.diag([0.5, 0.0, -0.5]), lambda t: np.cos(2.0 * t))]
    >>> state = rf.Davies(rf.QuadraticSystem(drive, 0.4, bath, period=np.pi)).steady_state()
    >>> bool(state.work > 0), bool(np.isclose(state.work, -state.energy.sum()))
    (True, True)
    >>> bool(np.allclose(state.at(0.3), state.at(0.3 + np.pi))), state.states.shape == (len(state.times), 3, 3)
    (True, True)
    """

    @property
    def covariance(self) -> ComplexArray:
        return self.state

    @property
    def occupations(self) -> tuple[float, float]:
        return extremes(self.state)

    @property
    def _floquet(self) -> FloquetModes:
        modes: FloquetModes = self.equation.solver.floquet
        return modes


@record
class CovarianceModes(Saved, Record, answer=True):
    """Normal modes of Ġ = −(MG + GM†) + Q.

    Attributes
    ----------
    rapidities : (k,) complex128, eigenvalues λ_k of M by ascending real part: amplitudes decay as e^{−λ_k t},
        and the Liouvillian's eigenvalues are −Σ_k (n_k λ_k + m_k λ_k*), n, m = 0, 1 (fermions) or 0, 1, 2 … (bosons).
    modes : (N, k) complex128, column k in the basis h was given in, of unit norm.
    gap : 2 min Re λ, the slowest decay of G; negative where the equation is unstable.
    """

    rapidities: ComplexArray
    modes: ComplexArray
    gap: float

    axes: ClassVar[Mapping[str, tuple[str, ...]]] = {"rapidities": ("mode",), "modes": ("row", "mode")}

    @pictured(5.0)
    def plot(self, axes: Axes) -> None:
        """Draw the rapidities in the complex plane, and half the gap.

        They are drawn on `ax` or in a new figure; returns the matplotlib Axes.
        """
        axes.axvline(0.0, color="0.6", linewidth=0.8)
        axes.axvline(
            0.5 * self.gap,
            color=FAILS,
            linewidth=0.8,
            linestyle="--",
            label=f"½ gap, {0.5 * self.gap:.3g}",
        )
        axes.plot(self.rapidities.real, self.rapidities.imag, "o", color=HOLDS)
        axes.set(xlabel="Re λ  (energy)", ylabel="Im λ  (energy)")
        legend_above(axes)


@record
class Currents(Saved, Record, answer=True):
    """The currents from the baths into the system in a state.

    Attributes
    ----------
    particle : (B,) per bath, in the order of QuadraticSystem.baths.
    energy : (B,) of H_S.
    heat : (B,) energy − μ·particle.
    site_particle, site_energy : (N,) the same of each site's contact.
    """

    particle: RealArray
    energy: RealArray
    heat: RealArray
    site_particle: RealArray
    site_energy: RealArray

    axes: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **dict.fromkeys(("particle", "energy", "heat"), ("reservoir",)),
        **dict.fromkeys(("site_particle", "site_energy"), ("site",)),
    }

    @pictured()
    def plot(self, axes: Axes) -> None:
        """Draw the currents from each bath into the system: of particles, of energy and of heat.

        They are drawn on `ax` or in a new figure; returns the matplotlib Axes.
        """
        baths = np.arange(len(self.particle))
        for k, name in enumerate(("particle", "energy", "heat")):
            axes.bar(baths + 0.27 * (k - 1), getattr(self, name), 0.25, color=COLOURS[k], label=name)
        axes.axhline(0.0, color="0.4", linewidth=0.8)
        axes.set_xticks(baths, [str(b) for b in baths])
        axes.set(xlabel="bath", ylabel="current into the system")
        legend_above(axes)

    @classmethod
    def of_sites(cls, contacts: Contacts, particle: RealArray, energy: RealArray) -> Currents:
        """Return the currents of each bath from those of each site."""
        particles, energies = contacts.per_bath(particle), contacts.per_bath(energy)
        heat = energies - contacts.potentials * particles
        return cls(particles, energies, heat, particle, energy)
