"""Davies' and Redfield's equations of periodically driven systems."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from redfield import _core
from redfield.floquet import fixed_point, period_change
from redfield.floquet.base import Equation
from redfield.floquet.secular import Secular
from redfield.floquet.state import Exchange, PeriodicState
from redfield.floquet.system import System
from redfield.steady import MultipleSteadyStates
from redfield.validation import (
    ComplexArray,
    RealArray,
    as_density_matrix,
    as_max_bytes,
    as_moment,
    as_not_negative,
    as_positive,
    as_square,
)

DEGENERACY = 1e-9
"""Of Ω: what quasi-energies are known to."""


def degeneracy_of(system: System) -> float:
    """What counts as one frequency, an energy."""
    return max(DEGENERACY * system.frequency, _core.degeneracy_tol(system.energies))


class Davies(Equation):
    r"""Davies' equation in the Floquet modes.

    .. math:: \dot{\tilde\rho} = -i[H_{LS}, \tilde\rho] + \sum_j \sum_\omega \gamma_j(\omega) \big( A_j(\omega)
              \tilde\rho A_j^\dagger(\omega) - \tfrac12 \{A_j^\dagger(\omega) A_j(\omega), \tilde\rho\} \big), \quad
              \rho = \Phi e^{-i\varepsilon t} \tilde\rho\, e^{i\varepsilon t} \Phi^\dagger

    A_j(ω) being what of Σ_n A_{j,n} releases ω = ε_l − ε_k − nΩ: secular in differences of quasi-energies modulo Ω, of
    Lindblad form, solved exactly at any time (Blümel et al., doi:10.1103/PhysRevA.44.4521; Grifoni & Hänggi,
    doi:10.1016/S0370-1573(98)00022-2).

    Parameters
    ----------
    system : floquet.System.
    lamb_shift : whether η acts.
    degeneracy_tol : frequencies ω (energies) this near are one; default 1e-9 Ω.

    Attributes
    ----------
    rates : (N, N) R in ṗ = Rp of the populations of the modes, columns summing to zero.
    coherence_rates : (N, N) κ in ρ̃̇_kl = κ_kl ρ̃_kl, where a coherence decays alone.
    degenerate : whether some do not.

    Raises
    ------
    ValueError
        Frequencies chain together within degeneracy_tol.

    Warns
    -----
    SecularWarning
        A rate exceeds half of a gap between quasi-energies, or an answer neglects coherences of more than .1, as at
        resonances: `PartialSecular` or `Redfield` keeps them.

    Examples
    --------
    Of a constant H it is Davies' equation:

    >>> import numpy as np, redfield as rf
    >>> h, x, bath = np.diag([0.5, -0.5, 0.1]) + 0.2, rf.SiteProjectors(3), rf.OhmicBath(0.04, 10.0, 1.0)
    >>> driven = Davies(rf.floquet.System(h, 2.0, x, bath)).evolve([1, 0, 0], [0.0, 7.0]).final_state
    >>> still = rf.Davies(rf.System(h, x, bath)).evolve([1, 0, 0], [0.0, 7.0]).final_state
    >>> bool(np.allclose(driven, still, atol=1e-8))
    True
    """

    _methods = ("auto", "exact")

    def __init__(
        self, system: System, lamb_shift: bool = True, *, degeneracy_tol: float | None = None
    ) -> None:
        self.degeneracy_tol = (
            None if degeneracy_tol is None else as_not_negative("degeneracy_tol", degeneracy_tol)
        )
        super().__init__(system, lamb_shift)

    @functools.cached_property
    def core(self) -> _core.FloquetDavies:
        system = self.system
        tol = degeneracy_of(system) if self.degeneracy_tol is None else self.degeneracy_tol
        contacts = system.contacts(self.lamb_shift)
        return _core.FloquetDavies(system.core[0], contacts, self.lamb_shift, tol, as_max_bytes(None))

    @property
    def rates(self) -> RealArray:
        return self.core.rates

    @property
    def coherence_rates(self) -> ComplexArray:
        return self.core.coherence_rates

    @property
    def degenerate(self) -> bool:
        return self.core.degenerate

    @functools.cached_property
    def _secular(self) -> Secular:
        tol = degeneracy_of(self.system) if self.degeneracy_tol is None else self.degeneracy_tol
        return Secular(self.system, self.lamb_shift, tol, np.abs(self.coherence_rates.real))

    def _warn_if_not_secular(
        self, moments: Sequence[tuple[float, ComplexArray]], what: str, stacklevel: int
    ) -> None:
        """A SecularWarning where the equation does not hold of states ρ at times t, [(t, ρ)]."""
        populations = []
        for t, rho in moments:
            frame = self.system.core[0].frame(t)
            populations.append(np.einsum("ak,ab,bk->k", frame.conj(), rho, frame).real)
        self._secular.warn(populations, what, stacklevel + 1)

    def _solved(self, rest: tuple[Any, ...], longest: float) -> Any:
        raw = self.core.evolve(*rest)
        rho0, times = rest[:2]
        moments = [(float(times[0]), rho0), (float(times[-1]), raw[1])]
        self._warn_if_not_secular(moments, "floquet.Davies", 3)
        return raw

    def apply(self, rho: Any, t: float) -> ComplexArray:
        x = as_square("rho", rho, self.system.dimension).astype(np.complex128)
        t = as_moment("t", t)
        frame = self.system.core[0].frame(t)
        change: ComplexArray = frame @ self.core.apply(frame.conj().T @ x @ frame) @ frame.conj().T
        h = self.system.driven.hamiltonian.at(t)
        change = change - 1j * (h @ x - x @ h)
        return change

    def steady_state(
        self, rho0: Any = None, *, tol: float = 1e-9, threads: int | None = None
    ) -> PeriodicState:
        """See Equation.steady_state; it is the null space of 𝓓."""
        found = self.core.steady_states()
        frame = self.system.core[0].frame(0.0)
        start = None if rho0 is None else as_density_matrix("rho0", rho0, self.system.dimension)
        if len(found) > 1 and start is not None:
            found = [fixed_point.late_part(self.core.apply, found, frame.conj().T @ start @ frame)]
        if len(found) > 1:
            raise MultipleSteadyStates(
                f"there are {len(found)} periodic states; .states of this exception has a basis of them at t = 0",
                len(found),
                np.array([frame @ x @ frame.conj().T for x in found]),
            )
        rho: ComplexArray = found[0] / np.trace(found[0])
        self._secular.warn([rho.diagonal().real], "floquet.Davies", 2)
        residual = float(np.linalg.norm(self.core.apply(rho))) * self.system.period
        e = self.system.energies
        times = PeriodicState._grid(self.system)
        phases = np.exp(-1j * np.multiply.outer(times, e[:, None] - e))
        counts, energies = (
            np.array([np.vdot(x, rho).real for x in each]) * self.system.period
            for each in (self.core.counts, self.core.energies_released)
        )
        exchange = Exchange.of(self.system, counts, energies, float(energies.sum()))
        return PeriodicState(self.system, self, phases * rho, exchange, residual)


class Redfield(Equation):
    r"""Redfield's equation of a periodically driven system, its start long ago.

    .. math:: \dot\rho = -i[H(t), \rho] + \sum_j \big( [\Lambda_j(t)\rho, A_j^\dagger(t)] + \text{h.c.} \big), \quad
              \Phi^\dagger \Lambda_j \Phi = \sum_n e^{in\Omega t}\, \Gamma_j(\omega_n) \circ A_{j,n}, \quad
              (\omega_n)_{kl} = \varepsilon_l - \varepsilon_k - n\Omega

    which `driven.Redfield(history="memory")` becomes after the memory of the baths (Kohler, Dittrich & Hänggi,
    doi:10.1103/PhysRevE.55.300).

    Parameters
    ----------
    system : floquet.System.
    lamb_shift : whether η acts.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
    >>> bath = rf.OhmicBath(strength=0.02, cutoff=5.0, beta=1.0)
    >>> drive = [0.5 * z, (0.3 * x, np.cos)]
    >>> periodic = Redfield(rf.floquet.System(drive, 2 * np.pi, [x], bath)).steady_state()
    >>> memory = rf.driven.Redfield(rf.driven.System(drive, [x], bath), history="memory")
    >>> later = memory.evolve(periodic.at(0.0), [0.0, 40 * np.pi], rtol=1e-8).final_state
    >>> bool(rf.trace_norm(later - periodic.at(40 * np.pi)) < 1e-3)  # what is left of the start
    True
    """

    _methods = ("auto", "dopri5")

    def __init__(self, system: System, lamb_shift: bool = True) -> None:
        super().__init__(system, lamb_shift)

    @functools.cached_property
    def core(self) -> _core.FloquetRedfield:
        contacts = self.system.contacts(self.lamb_shift)
        return _core.FloquetRedfield(self.system.core[0], contacts, self.lamb_shift)

    def _solved(self, rest: tuple[Any, ...], longest: float) -> Any:
        return self.core.evolve(longest, list(self.system.core[2]), *rest)

    def _change_of_a_period(self) -> Callable[[ComplexArray], ComplexArray]:
        """What the baths do over a period to first order, in the interaction picture of H(t)."""
        return period_change.of_redfield(self)

    def apply(self, rho: Any, t: float) -> ComplexArray:
        system = self.system
        x = as_square("rho", rho, system.dimension).astype(np.complex128)
        t = as_moment("t", t)
        h = system.driven.hamiltonian.at(t)
        change: ComplexArray = -1j * (h @ x - x @ h)
        phi = system.core[0].frame(t) * np.exp(1j * system.energies * t)
        turns = system.turns(np.array([t]))[0]
        for j in range(len(system.driven.couplings)):
            a, b = (
                phi @ np.tensordot(turns, series, 1) @ phi.conj().T
                for series in (system.of_coupling(j), self.core.series(j))
            )
            adjoint = a.conj().T
            part = b @ x @ adjoint - adjoint @ b @ x
            other = a @ x @ b.conj().T - x @ b.conj().T @ a
            change = change + part + other
        return change

    def steady_state(
        self, rho0: Any = None, *, tol: float = 1e-9, threads: int | None = None
    ) -> PeriodicState:
        """See Equation.steady_state; GMRES on one period, preconditioned with Davies' equation.

        Where a period forgets less than 1e-6 of a state, what the baths do in it is taken to first order in that.
        """
        system = self.system
        if rho0 is not None:  # changes nothing where there is one state, and several are refused
            as_density_matrix("rho0", rho0, system.dimension)
        davies = Davies(system, self.lamb_shift)
        rho, residual = fixed_point.solve(self, davies, as_positive("tol", tol), threads)
        times = PeriodicState._grid(system)
        states = self.evolve(
            rho, times, rtol=fixed_point.RTOL, atol=fixed_point.ATOL, threads=threads
        ).states
        assert states is not None
        phi = np.array([system.core[0].at(t) for t in times])
        in_modes = phi.conj().transpose(0, 2, 1) @ states @ phi
        return PeriodicState(system, self, in_modes, self._exchange(times, phi, in_modes), residual)

    def _exchange(self, times: RealArray, phi: ComplexArray, in_modes: ComplexArray) -> Exchange | None:
        """Each coupling acts 2Re tr(A†Λρ) times and releases the same with ωΓ for Γ; the drive's work is −∮tr(H𝒟ρ)."""
        system = self.system
        turns, period = system.turns(times), system.period
        e, n = system.energies, np.arange(-system.harmonics, system.harmonics + 1)
        w = e - e[:, None] - system.frequency * n[:, None, None]
        h = phi.conj().transpose(0, 2, 1) @ [system.driven.hamiltonian.at(t) for t in times] @ phi
        counts, energies = np.zeros((2, len(system.baths)))
        work = 0.0
        for j in range(len(system.baths)):
            adjoint = np.tensordot(turns, system.of_coupling(j), 1).conj().transpose(0, 2, 1)
            series = self.core.series(j)
            plain, weighted = (np.tensordot(turns, s, 1) @ in_modes for s in (series, w * series))

            def mean(x: ComplexArray, y: ComplexArray) -> float:
                return 2.0 * period * float(np.einsum("tab,tba->", x, y).real) / len(times)

            counts[j], energies[j] = mean(adjoint, plain), mean(adjoint, weighted)
            work -= mean(adjoint @ h - h @ adjoint, plain)
        return Exchange.of(system, counts, energies, work)
