"""The action of an equation through each coupling, and the share of it that a bath takes up."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray, RealArray
from redfield.equations import PartialSecular
from redfield.equations.base import AnyEquation
from redfield.equations.lambdas import one_sided, root

Mask = npt.NDArray[np.bool_]


class Part(NamedTuple):
    """XρY† in the eigenbasis.

    Attributes
    ----------
    weight : how much of the energy that each of X and Y releases counts, (1, 0), (0, 1) or halves.
    """

    x: ComplexArray
    y: ComplexArray
    weight: tuple[float, float]


def parts_of(equation: AnyEquation, coupling: int) -> list[Part]:
    """Return the terms Σ XρY† by which a coupling changes states.

    A bath counted at two times takes up (d/dis) of ∫ds' e^{iωs'}C(s' − s), which in Redfield's ΛρA† + AρΛ† puts the
    frequency ω of each Λ_kl = Γ(ω)A_kl, less C(0), beside it; the latter cancels (Esposito, Harbola & Mukamel,
    doi:10.1103/RevModPhys.81.1665). A jump LρL† of frequencies ω and ω' counts as their mean.

    Raises
    ------
    TypeError
        What the equation's terms release is not known.
    """
    system: Any = equation.system
    a = system.coupling_in_eigenbasis(coupling)
    bath, w = system.coupling_bath(coupling), system.bohr_frequencies()
    form = equation.solver.form
    if form == "jumps":
        jump = root(bath)(w) * a
        return [Part(jump, jump, (0.5, 0.5))]
    if form in ("couplings", "banded"):
        lam = one_sided(bath, equation.lamb_shift)(w) * a
        return [Part(lam, a, (1.0, 0.0)), Part(a, lam, (0.0, 1.0))]
    raise TypeError(
        f"what each term of {equation!r} exchanges with a bath is not known; ask Davies, Redfield, PartialSecular, "
        "UniversalLindblad, GeometricArithmetic or Lindblad"
    )


def kept(equation: AnyEquation) -> Mask | None:
    """Return the pairs of matrix elements k + N l and m + N n that the equation couples; None where all."""
    if not isinstance(equation, PartialSecular):
        return None
    w = equation.system.bohr_frequencies().ravel(order="F")
    mask: Mask = equation.keeps(w[:, None] - w)
    return mask


def taken_up(equation: AnyEquation, coupling: int, energy: bool) -> ComplexArray:
    """Return the operator of the rate at which a coupling acts, or at which its bath takes up energy.

    It is in the eigenbasis.
    """
    w, mask = equation.system.bohr_frequencies(), kept(equation)
    total: Any = 0.0
    for x, y, (left, right) in parts_of(equation, coupling):
        if not energy:
            total = total + _product(mask, x, y)
            continue
        total = total + left * _product(mask, w * x, y) + right * _product(mask, x, w * y)
    operator: ComplexArray = 0.5 * (total + total.conj().T)
    return operator


def _product(mask: Mask | None, x: ComplexArray, y: ComplexArray) -> ComplexArray:
    """Return Y†X between elements that are kept: tr(XρY†) is its expectation value."""
    if mask is None:
        plain: ComplexArray = y.conj().T @ x
        return plain
    n = len(x)
    # (Y†X)_dc = Σ_a Y*_ad X_ac, of the pairs (a, c) and (a, d).
    near = mask.reshape(n, n, n, n)  # [c, a, d, b]: (a, c) and (b, d)
    out: ComplexArray = np.einsum("ad,ac,cada->dc", y.conj(), x, near.astype(np.float64), optimize=True)
    return out


def currents(equation: AnyEquation, states: ComplexArray, what: str) -> RealArray:
    """Return the "energy", "particle" or "heat" that each reservoir gives, counted in the bath, (T, B)."""
    system, u = equation.system, equation.system.eigenvectors
    inside = u.conj().T @ states @ u
    flows = np.zeros((len(states), len(system.reservoirs)))
    for j, reservoir in enumerate(system.reservoir_of_coupling):
        bath = system.coupling_bath(j)
        number = float(bath.exchange)
        operator = np.zeros(u.shape, dtype=np.complex128)
        if what != "particle":
            operator += taken_up(equation, j, True)
        if number and what != "energy":
            weight = number if what == "particle" else -bath.mu * number
            operator += weight * taken_up(equation, j, False)
        flows[:, reservoir] -= np.einsum("ab,tba->t", operator, inside).real
    return flows
