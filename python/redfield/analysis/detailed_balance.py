"""Quantum detailed balance of an equation."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import singledispatch
from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_count, as_positive, as_real_number, checked
from redfield._base.records import Record, record
from redfield.equations.base import AnyEquation
from redfield.equations.solver import Solver

DENSE = 32
"""Levels up to which defects are summed over all matrix elements; beyond, estimated from random ones."""
APART = 4.0
"""Degeneracy tolerances: differences of two Bohr frequencies have the rounding of four energies."""


@record
class DetailedBalance(Record, answer=True):
    """Defects of quantum detailed balance, each relative: 0 where it holds (arXiv:2507.10080, conditions i to iii).

    Attributes
    ----------
    commutator : (i) ‖[H_LS, ρ_G]‖_F / (‖H_LS‖_F ‖ρ_G‖_F); 0 without H_LS.
    energies : (ii) the part of the dissipator between different Bohr frequencies, whose jumps do not add or
        remove a definite energy.
    reversibility : (iii) the part of the dissipator that is not symmetric in the KMS inner product tr(√ρ_G X† √ρ_G Y).
    exact : whether the last two are sums over all matrix elements, or estimates from random ones (10 to 20 %).
    """

    commutator: float
    energies: float
    reversibility: float
    exact: bool = True

    @property
    def largest(self) -> float:
        return max(self.commutator, self.energies, self.reversibility)


@checked
def detailed_balance_defect(
    equation: AnyEquation,
    beta: float | None = None,
    mu: float | None = None,
    *,
    samples: int = 12,
) -> DetailedBalance:
    r"""How far an equation is from quantum detailed balance.

    .. math:: \mathcal D(\rho_G^{1/2} X \rho_G^{1/2}) = \rho_G^{1/2} \mathcal D^\dagger(X) \rho_G^{1/2},
              \qquad \mathcal D = \mathcal L + i[H + H_\mathrm{LS}, \cdot]

    (KMS symmetry), that 𝒟 commutes with the motion under H, and that [H_LS, ρ_G] = 0.

    Parameters
    ----------
    equation : of a System or a QuadraticSystem with a constant Hamiltonian.
    beta, mu : inverse temperature, finite, and chemical potential, default the baths' own.
    samples : pairs of random matrices for more than 32 levels.

    Raises
    ------
    ValueError
        The baths have different temperatures and beta is not given; beta is infinite.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(8, seed=1), rf.SiteProjectors(8), bath)
    >>> detailed_balance_defect(rf.Davies(system)).largest < 1e-12
    True
    >>> found = detailed_balance_defect(rf.Redfield(system))
    >>> found.commutator > 0.001, found.energies > 0.1, found.reversibility > 0.01
    (True, True, True)
    """
    system: Any = equation.system
    beta = system.common("beta") if beta is None else as_positive("beta", beta, infinite=True)
    mu = system.common("mu") if mu is None else as_real_number("mu", mu)
    if np.isinf(beta):
        raise ValueError("detailed balance needs a finite temperature, got beta = inf")
    return balance_of_solver(equation.solver, beta, mu, as_count("samples", samples))


@singledispatch
def balance_of_solver(solver: Solver, beta: float, mu: float, samples: int) -> DetailedBalance:
    """Return the defects for the kind of problem that a solver is of; by default those of density matrices."""
    equation = solver.equation
    system = equation.system
    u, p = system.eigenvectors, system.gibbs_populations(beta, mu)
    shift = equation.lamb_shift_hamiltonian("eigen")
    commutator = shift * (p[None, :] - p[:, None])
    scale = float(np.linalg.norm(shift) * np.linalg.norm(p))
    first = float(np.linalg.norm(commutator)) / scale if scale > 0.0 else 0.0

    def dissipator(x: ComplexArray) -> ComplexArray:
        """𝒟 in the eigenbasis, without H_LS."""
        change = u.conj().T @ equation.dissipator(u @ x @ u.conj().T) @ u
        whole: ComplexArray = change + 1j * (shift @ x - x @ shift)
        return whole

    n = system.dimension
    # Multiplied from both sides by ρ_G^{1/4}: no ratio of weights that may overflow.
    weight = np.sqrt(np.sqrt(np.outer(p, p)))
    if n <= DENSE:
        # Column-stacked in the eigenbasis, where small rates keep their digits.
        one, whole = np.eye(n), equation.liouvillian("eigen", threshold=0.0).toarray()
        turning = np.diag(system.energies) + shift
        matrix = whole + 1j * (np.kron(one, turning) - np.kron(turning.T, one))
        symmetric = matrix * weight.ravel()[None, :] ** 2
        rest = _norm(symmetric - symmetric.conj().T) / max(_norm(symmetric), 1e-300)
        bohr = (system.energies[:, None] - system.energies[None, :]).ravel(order="F")
        apart = np.abs(bohr[:, None] - bohr[None, :]) > APART * system.degeneracy_tol
        energies = _norm(matrix[apart]) / max(_norm(matrix), 1e-300)
        return DetailedBalance(first, energies, rest / math.sqrt(2.0))
    return _sampled_balance(dissipator, system.energies, weight, first, samples)


def _norm(a: ComplexArray) -> float:
    return float(np.linalg.norm(a))


def _sampled_balance(
    dissipator: Callable[[ComplexArray], ComplexArray],
    energies: RealArray,
    weight: RealArray,
    first: float,
    samples: int,
) -> DetailedBalance:
    """Return the defects estimated from random matrices.

    ‖X − X†‖_F² = E|y†(X − X†)x|² over Gaussian x, y, and 𝒟 is compared with 𝒟 at another time.
    """
    rng = np.random.default_rng(0)
    n = len(energies)
    span = max(float(np.ptp(energies)), 1e-300)
    asymmetry, size, difference, whole = 0.0, 0.0, 0.0, 0.0
    for _ in range(samples):
        x, y = (rng.standard_normal((2, n, n)) + 1j * rng.standard_normal((2, n, n))) / np.sqrt(2.0)
        dx, dy = dissipator(weight**2 * x), dissipator(weight**2 * y)
        asymmetry += abs(np.vdot(y, dx) - np.conj(np.vdot(x, dy))) ** 2
        size += float(np.linalg.norm(dx) ** 2)
        # A random time long enough for all but equal frequencies: E|e^{iωt} − 1|² = 2.
        phase = np.exp(1j * energies * rng.uniform(1.0, 10.0) * n / span)
        turn = np.outer(phase, phase.conj())
        plain, turned = dissipator(x), dissipator(turn * x) * turn.conj()
        difference += float(np.linalg.norm(turned - plain) ** 2)
        whole += float(np.linalg.norm(plain) ** 2)
    return DetailedBalance(
        first,
        float(np.sqrt(0.5 * difference / max(whole, 1e-300))),
        float(np.sqrt(0.5 * asymmetry / max(size, 1e-300))),
        exact=False,
    )
