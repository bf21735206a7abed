"""Quadratic systems, constant, driven or periodic: a Hamiltonian whose sites exchange particles with baths."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_flag,
    as_hermitian,
    as_moment,
    as_positive,
    as_real_number,
)
from redfield._base.checks.types import Axes, Breakpoints, Finite, Operator
from redfield.baths import ParticleBath
from redfield.baths.particle import occupation
from redfield.draw import pictured
from redfield.equations.options import refuse
from redfield.quadratic.contacts import Contacts, Tables
from redfield.quadratic.floquet import FloquetBasis
from redfield.quadratic.result import CovarianceResult, SteadyCovariance
from redfield.systems.base import Solvable
from redfield.systems.drives.operators import TimeOperator
from redfield.systems.drives.panels import require_repeats
from redfield.systems.drives.parts import depends_on_time
from redfield.systems.drives.spline import Spline

CHECKED = 17
"""Times of a period at which h is looked at."""
TOL = 1e-8


class QuadraticSystem(Solvable[CovarianceResult, SteadyCovariance]):
    r"""N modes of fermions or bosons, each site with a bath of its own; the Hamiltonian may be driven.

    .. math:: H_S(t) = \sum_{jk} h_{jk}(t) a_j^\dagger a_k, \qquad
              H_{SB} = \sum_j J_j (a_j^\dagger B_j + \text{h.c.})

    (arXiv:2507.10080, Eqs. 1-4 and 14). States are covariance matrices G_jk = ⟨a_k† a_j⟩, (N, N).

    Parameters
    ----------
    hamiltonian : h, (N, N) Hermitian, real or complex; array, Qobj or scipy.sparse; an energy. Of a driven system
        ``[h0, (h1, f1), …]``, a function t → (N, N) or a Spline, as of `DrivenSystem`.
    coupling : J_j ≥ 0, one number or (N,), zero for a site without bath; J_j² D_j is a rate.
    bath : one ParticleBath for all sites (identical, independent baths), a list of one a site, or a dict of those
        sites that have one, ``{0: left, -1: right}``, the coupling then being one number or a dict too, as it may be
        with one bath. Sites with the same ParticleBath object count as one bath in currents, equal objects as several.
    statistics : "fermion" or "boson"; default that of the baths, which must agree.
    period : T of an h that repeats; what is given on [0, T] is what is repeated. The equations then hold long after
        the start, in the Floquet modes u(t, 0) = Φ(t) e^{−iεt} Φ†(0), Φ(t) = Σ_n Φ_n e^{inΩt}.
    tol : with a period, of what the harmonics kept leave out, ‖(Φ_n)_{|n| > harmonics}‖/√N; default 1e-8.
    breakpoints : with a period, times in [0, T] near which something lasts less than a 4000th of it.

    Attributes
    ----------
    coupling, baths : (N,) J_j, and the baths given, each object once; `reservoirs` is the name of the latter in every
        system.
    energies, eigenvectors : of a constant h, (N,) ascending ω_m and (N, N) unitary U, h = U diag(ω) U†.
    quasienergies, harmonics : of a periodic h, (N,) ε in [−Ω/2, Ω/2), ascending, and the harmonics kept.

    Raises
    ------
    ValueError, TypeError
        h is not Hermitian or not finite, the message names the time; h does not repeat; a coupling is negative;
        numbers or statistics do not match; bosons whose chemical potential is not below the lowest mode.
    ConvergenceError
        The harmonics fall off too slowly.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(0.1, beta=2.0, mu=0.3, band=(-10.0, 10.0))
    >>> system = QuadraticSystem(rf.models.chain(6), coupling=0.5, bath=bath)
    >>> system
    QuadraticSystem(hamiltonian=<6×6 float64 #...>, coupling=<6 float64 #...>,
                    bath=ParticleBath(density=0.1, beta=2.0, mu=0.3, band=(-10.0, 10.0), breakpoints=(), scale=2.0),
                    statistics='fermion')
    >>> system.gibbs_state().trace().real.round(4)
    np.float64(3.364)
    >>> right = rf.ParticleBath(0.1, beta=2.0, mu=-0.3, band=(-10.0, 10.0))
    >>> QuadraticSystem(rf.models.chain(4), coupling=0.5, bath={0: bath, -1: right}).coupling
    array([0.5, 0. , 0. , 0.5])
    >>> sweep = QuadraticSystem([np.diag([-1.0, 1.0]), (np.eye(2), lambda t: 0.1 * t)], coupling=0.5, bath=bath)
    >>> sweep.problem, sweep.at(5.0).energies
    ('driven quadratic', array([-0.5,  1.5]))
    """

    def __init__(
        self,
        hamiltonian: Operator,
        coupling: npt.ArrayLike | Mapping[int, float],
        bath: ParticleBath | Sequence[ParticleBath] | Mapping[int, ParticleBath],
        statistics: str | None = None,
        *,
        period: float | None = None,
        tol: float = TOL,
        breakpoints: Breakpoints = (),
    ) -> None:
        self.period = None if period is None else as_positive("period", period)
        self.tol, self.breakpoints = as_positive("tol", tol), tuple(breakpoints)
        if self.period is not None:
            self.problem = "periodic quadratic"
        else:
            refuse(
                "quadratic problem without a period", tol=(tol, TOL), breakpoints=(self.breakpoints, ())
            )
            self.problem = "driven quadratic" if depends_on_time(hamiltonian) else "quadratic"
        if self.problem == "quadratic":
            self.hamiltonian: Any = as_hermitian("hamiltonian", hamiltonian)
            self.dimension = int(self.hamiltonian.shape[0])
        else:
            self.hamiltonian = TimeOperator("hamiltonian", hamiltonian)
            self.dimension = self.hamiltonian.dimension
            self._require_drive()
        self.contacts = Contacts(self.dimension, coupling, bath, statistics)
        self.coupling, self.bath = self.contacts.coupling, self.contacts.bath
        self.baths = self.reservoirs = self.contacts.baths
        self.statistics = self.contacts.statistics
        if self.problem == "quadratic":
            self.contacts.require_gibbs(float(self.energies[0]))

    def _require_drive(self) -> None:
        """Check h(t) where it is known to be asked for: the samples of a Spline, the first time, a period."""
        function = self.hamiltonian.function
        if isinstance(function, Spline):
            function.require_hermitian()
        if self.period is None:
            if function is not None:
                self.h(float(function.times[0]) if isinstance(function, Spline) else 0.0)
            return
        require_repeats(self.hamiltonian, self.period)
        for t in np.linspace(0.0, self.period, CHECKED):
            as_hermitian(f"hamiltonian({t:g})", self.hamiltonian.at(float(t)))

    def _parameters(self) -> dict[str, Any]:
        parameters = {
            "hamiltonian": self.hamiltonian,
            "coupling": self.coupling,
            "bath": self.bath,
            "statistics": self.statistics,
        }
        if self.period is not None:
            parameters |= {"period": self.period, "tol": self.tol, "breakpoints": self.breakpoints}
        return parameters

    def common(self, name: str) -> float:
        """Return the "beta" or "mu" that all baths share."""
        return self.contacts.common(name)

    def h(self, t: Finite) -> Any:
        """h(t), (N, N), checked."""
        if self.problem == "quadratic":
            return self.hamiltonian
        within = t if self.period is None else t % self.period
        return as_hermitian(f"hamiltonian({t:g})", self.hamiltonian.at(float(within)))

    @property
    def drive(self) -> TimeOperator:
        """h as an operator that depends on time, at any time."""
        if self.period is not None:
            return TimeOperator("hamiltonian", self.h, self.dimension)
        return (
            TimeOperator("hamiltonian", self.hamiltonian)
            if self.problem == "quadratic"
            else self.hamiltonian
        )

    def held(self, t: Finite) -> QuadraticSystem:
        """Return the constant system of h(t), whether or not it has a Gibbs state."""
        if self.problem == "quadratic":
            return self
        return self._replaced(
            hamiltonian=self.h(t), problem="quadratic", period=None, tol=TOL, breakpoints=()
        )

    def at(self, t: Finite) -> QuadraticSystem:
        """Return the system held as it is at one time, constant."""
        t = as_moment("t", t)
        held = self.held(t)
        held.contacts.require_gibbs(float(held.energies[0]), f" at t = {t:g}")
        return held

    def require_cover(self, times: RealArray) -> None:
        """ValueError where a Spline has no value between the first and the last time."""
        if self.problem == "driven quadratic":
            self.hamiltonian.require_cover(float(times[0]), float(times[-1]))

    def _constant(self, what: str) -> Any:
        """h where it is constant, else a TypeError."""
        if self.problem != "quadratic":
            raise TypeError(f"{what} of a driven QuadraticSystem depends on time: ask system.at(t)")
        return self.hamiltonian

    @functools.cached_property
    def _eigen(self) -> tuple[RealArray, RealArray | ComplexArray]:
        energies, modes = np.linalg.eigh(self._constant("the spectrum"))
        for array in (energies, modes):
            array.flags.writeable = False
        return energies, modes

    @property
    def energies(self) -> RealArray:
        return self._eigen[0]

    @property
    def eigenvectors(self) -> RealArray | ComplexArray:
        return self._eigen[1]

    @property
    def degeneracy_tol(self) -> float:
        """The distance up to which energies are one: max(1e-13 (ω_max − ω_min), (16 + N) ε max|ω|)."""
        return _core.degeneracy_tol(self.energies)

    def tables(self, lamb_shift: bool) -> Tables:
        """(N, N) ½D_j(ω_m) + iΔ_j(ω_m) and Γ_22,j(−ω_m), or their real parts."""
        return self._tables(as_flag("lamb_shift", lamb_shift))

    @functools.cached_property
    def _tables(self) -> Callable[[bool], Tables]:
        return functools.cache(functools.partial(self.contacts.tables, self.energies))

    def gibbs_state(self, beta: float | None = None, mu: float | None = None) -> ComplexArray:
        """G = f(h) = 1/(e^{β(h−μ)} ± 1), (N, N), upper sign fermions.

        Parameters
        ----------
        beta, mu : default those all baths share.

        Raises
        ------
        ValueError
            The baths differ and beta or mu is not given; bosons with mu not below the lowest mode.
        """
        beta = self.common("beta") if beta is None else as_positive("beta", beta, infinite=True)
        mu = self.common("mu") if mu is None else as_real_number("mu", mu)
        if self.statistics == "boson" and mu >= self.energies[0]:
            raise ValueError(
                f"mu = {mu:g} of bosons is not below the lowest mode, {self.energies[0]:.6g}: "
                "there is no Gibbs state"
            )
        u, occupied = self.eigenvectors, occupation(self.energies, beta, mu, self.statistics)
        covariance: ComplexArray = ((u * occupied) @ u.conj().T).astype(np.complex128)
        return covariance

    @functools.cached_property
    def floquet(self) -> FloquetBasis:
        """The Floquet modes of a periodic system."""
        return self.floquet_basis(None)

    def floquet_basis(self, degeneracy: float | None) -> FloquetBasis:
        """Return the Floquet modes, quasi-energies as near as `degeneracy` being one."""
        if self.period is None:
            raise TypeError("a QuadraticSystem without a period has no Floquet modes: give it its period")
        return FloquetBasis(self.hamiltonian, self.period, self.tol, self.breakpoints, degeneracy)

    @property
    def quasienergies(self) -> RealArray:
        return self.floquet.quasienergies

    @property
    def harmonics(self) -> int:
        return self.floquet.harmonics

    def modes(self, t: Finite) -> ComplexArray:
        """Φ(t), (N, N): column k the Floquet mode of quasienergies[k] in the basis h is given in."""
        return self.floquet.modes(t)

    @pictured(5.0, 5.0)
    def plot(self, axes: Axes) -> None:
        """Draw the energies ω_m of the modes over the rates Σ_j J_j² D_j(ω_m)|U_jm|² at which the baths reach them.

        They are drawn on `ax` or in a new figure; returns the matplotlib Axes. The system must be constant.
        """
        half = self.tables(False)[0].real
        rates = 2.0 * np.einsum(
            "j,jm,jm->m", self.contacts.strength, half, np.abs(self.eigenvectors) ** 2
        )
        axes.plot(rates, self.energies, "o", markersize=4)
        axes.set(xlabel="rate  (energy)", ylabel="ω  (energy)")
        axes.set_xlim(left=-0.03 * float(rates.max()) if rates.max() > 0.0 else None)
