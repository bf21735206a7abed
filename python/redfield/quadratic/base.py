"""What every quadratic equation is and offers."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_covariance,
    as_flag,
    as_not_negative,
    as_square,
    as_states,
    as_threads,
    as_times,
    as_tolerances,
)
from redfield._base.formula import Formula
from redfield._base.progress import Progress
from redfield._base.records import Record
from redfield.quadratic.contacts import Contacts
from redfield.quadratic.flow import LinearFlow
from redfield.quadratic.observables.entropies import entropy_rate
from redfield.quadratic.result import Currents, Recorder, Result, Spectrum, SteadyState
from redfield.quadratic.system import System

ROUNDING = 1e-9
"""The error of a closed form that no tolerance refuses."""


def by_site(
    contacts: Contacts, u: RealArray | ComplexArray, damping: ComplexArray, gain: ComplexArray
) -> tuple[ComplexArray, ComplexArray]:
    """J_j² Λ_j(ω_n) U_jn and J_j² Γ_22,j(−ω_n)* U_jn, (N, N), from the tables of both."""
    weighted = contacts.strength[:, None] * u
    return damping * weighted, gain.conj() * weighted


def clusters(
    energies: RealArray, degeneracy_tol: float | None
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """The first mode of each one's cluster of equal energies, (N,), and which pairs share one, (N, N)."""
    tol = (
        _core.degeneracy_tol(energies)
        if degeneracy_tol is None
        else as_not_negative("degeneracy_tol", degeneracy_tol)
    )
    cluster = np.concatenate([[0], np.cumsum(np.diff(energies) > tol)])
    # Modes of one cluster have one rate, else the blocks would not be completely positive.
    return np.searchsorted(cluster, cluster), cluster[:, None] == cluster[None, :]


class Equation(Formula, Record):
    r"""A quadratic master equation on G_jk = ⟨a_k† a_j⟩.

    .. math:: \dot G = -(MG + GM^\dagger) + Q, \quad
              M = ih + X_\Lambda, \quad Q = X_\Gamma + X_\Gamma^\dagger

    With U diag(ω) U† = h and the mask K of the pairs of modes that are kept,
    (X_Λ)_mn = K_mn Σ_j U*_jm J_j² Λ_j(ω_n) U_jn, Λ = ½D + iΔ, and X_Γ the same with Γ_22(−ω)*, in the basis of
    the modes.
    """

    def __init__(
        self,
        system: System,
        basis: RealArray | ComplexArray | None,
        h: RealArray | ComplexArray,
        damped: ComplexArray,
        gained: ComplexArray,
        mask: npt.NDArray[np.bool_] | None,
        lamb_shift: bool,
    ) -> None:
        self.system, self.lamb_shift = system, as_flag("lamb_shift", lamb_shift)
        self._basis, self._h, self._mask = basis, h, mask
        # X_Λ = K ∘ U†·damped and X_Γ = K ∘ U†·gained; row j of both comes from site j's bath.
        self._bra = np.eye(system.dimension) if basis is None else basis.conj()
        self._damped, self._gained = damped, gained

    @functools.cached_property
    def flow(self) -> LinearFlow:
        """M and Q, and the basis they are in."""
        damping, gain = (self._masked(self._bra.T @ x) for x in (self._damped, self._gained))
        source = gain + gain.conj().T
        if self._h.ndim == 1:
            return LinearFlow(damping, source, self._basis, self._h.real)
        return LinearFlow(1j * self._h + damping, source, self._basis)

    def _masked(self, x: ComplexArray) -> ComplexArray:
        return x if self._mask is None else np.where(self._mask, x, 0.0)

    def apply(self, covariance: Any) -> ComplexArray:
        """Ġ for any (N, N) Hermitian G, in the basis h was given in."""
        g = as_square("covariance", covariance, self.system.dimension).astype(np.complex128)
        return self.flow.apply(g)

    def evolve(
        self,
        G0: Any,
        tlist: Any,
        e_ops: Any = None,
        *,
        method: str = "auto",
        rtol: float = 1e-6,
        atol: float = 1e-9,
        threads: int | None = None,
        store_states: bool | None = None,
        progress: Progress = False,
        stop: _core.StopFlag | None = None,
    ) -> Result:
        r"""G(t) from G(tlist[0]) = G0, in closed form at every time.

        .. math:: G(t) = e^{-Mt} G_0 e^{-M^\dagger t} + \int_0^t ds\, e^{-Ms} Q e^{-M^\dagger s}

        by the eigenvectors of M, or, where these are ill-conditioned (exceptional points), by doublings.

        Parameters
        ----------
        G0 : (N, N) Hermitian with eigenvalues in [0, 1] (fermions) or ≥ 0 (bosons), or (N,) densities.
        tlist : (T,) ascending times in units of 1/energy, G0 holding at the first.
        e_ops : one-body operators O, whose ⟨Σ O_jk a_j† a_k⟩ = tr(OG) is wanted, or functions of (t, G): one, a
            list or a dict. Operators cost O(N²) a time, without the product that G itself takes.
        method : "auto" chooses by the condition of M's eigenvectors between "modes" and "steps"; all are closed forms.
        rtol, atol, threads : as of Equation.evolve; closed forms are exact to rounding, and a time over which rounding
            would leave more than rtol + atol is refused; NumPy's threads are its own.
        store_states : keep G(t); default only without e_ops. Densities are always kept.
        progress : True for a bar, or a function of the fraction done.
        stop : a flag another thread may set to end the evolution, between two times.

        Raises
        ------
        ValueError, TypeError
            G0 is not the covariance of a state; times are not ascending; shapes do not fit.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.ParticleBath(0.2, beta=1.0, mu=0.0, band=(-50.0, 50.0))
        >>> system = rf.quadratic.System(rf.models.chain(4), coupling=1.0, bath=bath)
        >>> result = rf.quadratic.Redfield(system).evolve(np.zeros((4, 4)), [0.0, 5.0, 100.0])
        >>> result.densities.sum(axis=1).round(4)
        array([0.    , 1.2642, 2.    ])
        """
        times = as_times("tlist", tlist)
        g0 = as_covariance("G0", G0, self.system.dimension, self.system.statistics)
        modal = {"auto": None, "modes": True, "steps": False}[
            as_choice("method", method, ("auto", "modes", "steps"))
        ]
        tol = max(sum(as_tolerances(rtol, atol)), ROUNDING)
        self.flow.require_digits(float(times[-1] - times[0]), tol)
        as_threads(threads)
        recorder = Recorder(e_ops, self.system.dimension, store_states, self, stop)
        return recorder.collect(times, self.flow.solve(g0, times, modal), progress, "closed form")

    def steady_state(self, G0: Any = None) -> SteadyState:
        """Solve MG + GM† = Q (Lyapunov).

        Parameters
        ----------
        G0 : (N, N) covariance whose late mean is wanted where some modes do not decay; as of `evolve`.

        Raises
        ------
        ConvergenceError
            A mode grows, or without G0 does not decay, so that there is no unique steady state.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.ParticleBath(0.2, beta=1.0, mu=0.5, band=(-50.0, 50.0))
        >>> system = rf.quadratic.System(rf.models.chain(4), coupling=1.0, bath=bath)
        >>> steady = rf.quadratic.Davies(system).steady_state()
        >>> bool(np.allclose(steady.covariance, system.gibbs_state(), atol=1e-12))
        True
        """
        if G0 is None:
            g = self.flow.steady()
        else:
            start = as_covariance("G0", G0, self.system.dimension, self.system.statistics)
            g = self.flow.late(start)
        scale = max(float(np.abs(self.flow.q).max()), 1e-300)
        occupations = np.linalg.eigvalsh(g)
        return SteadyState(
            covariance=g,
            residual=float(np.linalg.norm(self.flow.apply(g))) / scale,
            occupations=(float(occupations[0]), float(occupations[-1])),
        )

    def spectrum(self) -> Spectrum:
        """Eigenvalues and eigenvectors of M, the slowest first."""
        values, vectors, _ = self.flow.eigen
        order = np.argsort(values.real, kind="stable")
        modes = vectors if self._basis is None else self._basis @ vectors
        return Spectrum(values[order], modes[:, order], 2.0 * float(values.real.min()))

    def currents(self, covariance: Any) -> Currents:
        r"""Particle, energy and heat flow from each bath into the system.

        .. math:: \dot N_b = \mathrm{tr}\,\dot G_b, \qquad \dot E_b = \mathrm{tr}(h \dot G_b), \qquad
                  \dot Q_b = \dot E_b - \mu_b \dot N_b

        where Ġ_b is bath b's part of Ġ, its Lamb shift included: Σ_b Ė_b = d⟨H_S⟩/dt.

        Examples
        --------
        >>> import redfield as rf
        >>> left, right = (rf.ParticleBath(0.2, beta=1.0, mu=mu, band=(-50.0, 50.0)) for mu in (0.5, -0.5))
        >>> wire = rf.quadratic.System(rf.models.chain(3), [0.3, 0, 0.3], [left, left, right])
        >>> davies = rf.quadratic.Davies(wire)
        >>> davies.currents(davies.steady_state().covariance).particle.round(6)
        array([ 0.001811, -0.001811])
        """
        g = as_square("covariance", covariance, self.system.dimension).astype(np.complex128)
        inner = self._masked(self.flow.into(g))
        # Row j of X = X_Γ − X_Λ G is site j's: tr(O Ġ_j) = 2 Re Σ_m U*_jm (X O)_jm. K may stand on G instead.
        x = self._gained - self._damped @ inner
        particle = 2.0 * np.einsum("jm,jm->j", self._bra, x).real
        weighted = x * self._h if self._h.ndim == 1 else x @ self._h
        energy = 2.0 * np.einsum("jm,jm->j", self._bra, weighted).real
        contacts = self.system.contacts
        per_bath, energies = contacts.per_bath(particle), contacts.per_bath(energy)
        mu = np.array([bath.mu for bath in contacts.baths])
        return Currents(per_bath, energies, energies - mu * per_bath, particle, energy)

    def site_flows(self, covariance: Any, operator: Any) -> RealArray:
        r"""(N,) what each site's contact adds to d⟨Σ O_jk a_j†a_k⟩/dt, tr(O Ġ_j) of a Hermitian O, (N, N)."""
        n = self.system.dimension
        g = self.flow.into(as_square("covariance", covariance, n).astype(np.complex128))
        o = self.flow.into(as_square("operator", operator, n).astype(np.complex128))
        # tr(O K∘(u*_j ⊗ x_j)) = Σ_mn u*_jm K_mn O_nm x_jn of both parts.
        gained = np.einsum("jm,mn,jn->j", self._bra, self._masked(o.T), self._gained, optimize=True)
        damped = np.einsum("jm,mn,jn->j", self._bra, self._masked((g @ o).T), self._damped, optimize=True)
        flows: RealArray = 2.0 * (gained - damped).real
        return flows

    # What is asked of every equation, of any system; see equations.Equation.

    def flows(self, covariances: Any, what: str = "heat") -> RealArray:
        """(T, B) the "energy", "particle" or "heat" that flows from each reservoir into the system in each of (T, N, N)
        states."""
        kind = as_choice("what", what, ("energy", "particle", "heat"))
        covariances = as_states("covariances", covariances, self.system.dimension)
        return np.array([getattr(self.currents(g), kind) for g in covariances])

    def entropy_rate(self, covariance: Any, change: Any) -> float:
        """dS/dt where G changes at the rate `change`."""
        system = self.system
        g = as_covariance("covariance", covariance, system.dimension, system.statistics)
        return entropy_rate(g, as_square("change", change, system.dimension), system.statistics)

    def margins(self, covariances: Any) -> RealArray:
        """(T,) how far each G is inside its bounds: the least eigenvalue of G, and of 1 − G for fermions."""
        values = np.linalg.eigvalsh(as_states("covariances", covariances, self.system.dimension))
        least = values[:, 0].astype(np.float64)
        return np.minimum(least, 1.0 - values[:, -1]) if self.system.statistics == "fermion" else least

    def fastest_decay(self) -> float:
        """The largest decay rate of G."""
        return 2.0 * float(np.abs(self.flow.eigen[0].real).max())

    def parts(self) -> tuple[ComplexArray, ComplexArray, ComplexArray, RealArray]:
        """Loss, gain and Lamb shift in the modes of h, and their energies: Γ_l = M + M† + ζQ, Γ_g = Q,
        H_LS = (M − M†)/2i − h."""
        e, u = np.linalg.eigh(self.system.hamiltonian)
        m, q = (u.conj().T @ self.flow.out_of(x) @ u for x in (self.flow.m, self.flow.q))
        loss = m + m.conj().T + self.system.contacts.zeta * q
        return loss, q, -0.5j * (m - m.conj().T) - np.diag(e), e

    def decoherence_rate(self) -> float:
        """The largest decay rate of a mode of h."""
        loss, gain, _, _ = self.parts()
        return float(np.diagonal(loss - self.system.contacts.zeta * gain).real.max())
