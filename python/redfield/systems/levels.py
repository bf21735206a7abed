"""The levels of a system: thermal states, and the golden-rule rates between levels."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_count,
    as_real_number,
    checked,
)
from redfield._base.checks.types import Axes, Positive
from redfield.draw import pictured
from redfield.draw.levels import draw_levels
from redfield.systems.base import P, R, Solvable
from redfield.systems.conserved import commuting_with
from redfield.systems.couplings import SiteProjectors
from redfield.systems.reservoirs import common


class Levels(Solvable[R, P]):
    """Base of a system with energies, eigenvectors, couplings and reservoirs: its thermal states and rates."""

    number: Any
    couplings: Any
    baths: Any
    bath_of_coupling: Any

    @property
    def energies(self) -> RealArray:
        raise NotImplementedError

    @property
    def eigenvectors(self) -> Any:
        raise NotImplementedError

    @property
    def degeneracy_tol(self) -> float:
        raise NotImplementedError

    def require_independent(self, what: str) -> None:
        raise NotImplementedError

    def bohr_frequencies(self) -> RealArray:
        raise NotImplementedError

    def coupling_in_eigenbasis(self, j: int) -> ComplexArray:
        raise NotImplementedError

    def conserved_quantities(self, *, tol: Positive = 1e-9) -> ComplexArray:
        r"""Return a basis of the operators that commute with H and every coupling, (K, N, N).

        .. math:: [Q, H] = [Q, A_j] = [Q, A_j^\dagger] = 0, \qquad \mathrm{tr}(Q_a Q_b) = \delta_{ab}

        Hermitian, in the basis H was given in, the first 1/√N. Whatever the baths, tr(Qρ) stays; K > 1 means several
        steady states, of which rho0 chooses (``steady_state(rho0)``). An equation may conserve more than these.

        Parameters
        ----------
        tol : on commutators, relative to the operators; between levels that all operators leave degenerate at least
            3e-7.

        Raises
        ------
        MemoryError
            Too many levels are degenerate for the matrix of their commutators.

        Examples
        --------
        Two spins that a bath can not tell apart keep the singlet's share:

        >>> import numpy as np, redfield as rf
        >>> z, x = np.diag([0.5, -0.5]), 0.5 * np.array([[0, 1], [1, 0]])
        >>> total_z, total_x = (np.kron(s, np.eye(2)) + np.kron(np.eye(2), s) for s in (z, x))
        >>> pair = rf.System(total_z, [total_x], rf.OhmicBath(0.1, 5.0, beta=1.0))
        >>> len(pair.conserved_quantities()), len(rf.Redfield(pair).spectrum(3).eigenvalues)
        (2, 3)
        """
        couplings: Any = self.couplings
        each = couplings.matrices() if isinstance(couplings, SiteProjectors) else couplings
        hamiltonian: Any = self.hamiltonian
        return commuting_with([hamiltonian, *each], self.dimension, tol)

    def gibbs_state(self, beta: float | None = None, mu: float | None = None) -> ComplexArray:
        """e^{−β(H − μN̂)}/tr e^{−β(H − μN̂)}, (N, N) in the basis H was given in; of β = inf the ground states'.

        Parameters
        ----------
        beta : inverse temperature ≥ 0, default the baths' own.
        mu : chemical potential, default the baths' own; 0 without particle exchange.

        Raises
        ------
        ValueError
            The baths have different temperatures or chemical potentials, or none, and it is not given; μ ≠ 0 and no
            particle number is known.
        """
        p = self.gibbs_populations(beta, mu)
        state: ComplexArray = ((self.eigenvectors * p) @ self.eigenvectors.conj().T).astype(np.complex128)
        return state

    def gibbs_populations(self, beta: float | None = None, mu: float | None = None) -> RealArray:
        """(N,) e^{−β(E − μn)} over their sum, of the eigenvectors; arguments as of `gibbs_state`."""
        beta = self.common("beta") if beta is None else as_real_number("beta", beta)
        if beta < 0.0:
            raise ValueError(f"beta must not be negative, got {beta}")
        mu = self.common("mu") if mu is None else as_real_number("mu", mu)
        if mu != 0.0 and self.number is None:
            raise ValueError(
                f"mu = {mu:g} needs a particle number: give System(…, number=N̂), N̂ = Σ a†a of all modes"
            )
        energies = self.energies
        if mu != 0.0:
            energies = energies - mu * self.particles
        return boltzmann_weights(energies, beta, self.degeneracy_tol)

    @functools.cached_property
    def particles(self) -> RealArray:
        """(N,) particle number of each eigenvector."""
        if self.number is None:
            raise ValueError("the system has no particle number; give System(…, number=N̂)")
        u = self.eigenvectors
        count: RealArray = np.einsum("jk,jk->k", u.conj(), self.number @ u).real
        return count

    def common(self, name: str) -> float:
        """Return the "beta" or "mu" all reservoirs share.

        Raises
        ------
        ValueError
            They differ, or have none.
        """
        return common(self.reservoirs, as_choice("name", name, ("beta", "mu")))

    def transition_rates(self) -> RealArray:
        """(N, N), entry (l, k): Σ_j γ_j(E_k − E_l)|(A_j)_lk|², at which the baths take level k to l.

        Fermi's golden rule, the rates of Davies' equation (arXiv:2507.10080, Eq. 11); on the diagonal, of dephasing.

        Raises
        ------
        ValueError
            A spectrum is negative at a Bohr frequency, where it is no rate.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
        >>> w = rf.System(np.diag([0.0, 1.0]), [np.array([[0, 1], [1, 0]])], bath).transition_rates()
        >>> bool(np.isclose(w[1, 0] / w[0, 1], np.exp(-1.0)))
        True
        """
        self.require_independent("transition_rates")
        released = self.bohr_frequencies()
        gamma = [bath.power_spectrum(released) for bath in self.baths]
        for bath, rates in zip(self.baths, gamma, strict=True):
            least = np.unravel_index(np.argmin(np.where(np.isnan(rates), np.inf, rates)), rates.shape)
            if rates[least] < 0.0:
                raise ValueError(
                    f"{bath!r}: power_spectrum({released[least]:.6g}) = {rates[least]:.6g} is negative, and is no rate"
                )
        total = np.zeros((self.dimension, self.dimension))
        for j in range(len(self.couplings)):
            total += gamma[self.bath_of_coupling[j]] * np.abs(self.coupling_in_eigenbasis(j)) ** 2
        return total

    @checked
    @pictured(5.0, 5.0)
    def plot(self, axes: Axes, *, most: int = 40) -> None:
        """Draw the levels, and the `most` fastest transitions as arrows as wide as the root of their rates.

        They are drawn on `ax` or in a new figure; returns the matplotlib Axes.
        """
        draw_levels(axes, self.energies, self.transition_rates(), as_count("most", most))


def boltzmann_weights(energies: RealArray, beta: float, rounding: float) -> RealArray:
    """e^{−β(E − E_min)} over their sum; at β = ∞ all levels within `rounding` of the lowest alike."""
    excess = energies - energies.min()
    if math.isinf(beta):
        weights = np.where(excess <= rounding, 1.0, 0.0)
    else:
        with np.errstate(under="ignore", over="ignore"):
            weights = np.exp(-beta * excess) if beta > 0.0 else np.ones(len(excess))
    normalised: RealArray = weights / weights.sum()
    return normalised
