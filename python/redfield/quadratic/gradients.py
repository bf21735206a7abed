"""Gradients of the answers of a constant QuadraticSystem."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.progress import progress_callback
from redfield.equations import Davies, PartialSecular, Redfield
from redfield.quadratic import adjoint
from redfield.quadratic.adjoint import Adjoint
from redfield.quadratic.covariance import hermitian
from redfield.quadratic.generator import Generator, Mask
from redfield.quadratic.kinds import CovarianceEquation
from redfield.quadratic.response import Response, Sums
from redfield.quadratic.system import QuadraticSystem
from redfield.results.gradient import BathGradients, Gradient, GradientOptions

DIFFERENTIABLE = (Redfield, Davies, PartialSecular)
"""The kinds of equation between the modes of h."""


def of_steady_state(
    equation: CovarianceEquation, g: ComplexArray, observable: ComplexArray, options: GradientOptions
) -> Gradient:
    """Return the gradient of tr(OG), G the only steady state and O Hermitian."""
    generator, response = _of(equation)
    found = adjoint.of_steady_state(generator.flow, g, observable, options.tol)
    return _gradient(equation, response, found)


def of_current(
    equation: CovarianceEquation, g: ComplexArray, bath: int, kind: str, options: GradientOptions
) -> Gradient:
    """Return the gradient of I = tr(OĠ_b), O = h, 1 or h − μ_b, of a steady G.

    dI = tr(O_b dG) + tr(O dĠ_b) + tr(dO Ġ_b) with Ġ_b = X_b − M_bG + h.c. and O_b = −(M_b†O + OM_b).
    """
    generator, response = _of(equation)
    flow, contacts = generator.flow, response.contacts
    sites = contacts.bath_of_site == bath
    bra = response.u.conj().T[:, sites]
    m, x = (response.kept(bra @ rows[sites]) for rows in (generator.damped, generator.gained))
    inner = flow.into(g)
    change = 2.0 * hermitian(x - m @ inner)
    carried = {
        "energy": response.energies,
        "particle": np.ones(len(inner)),
        "heat": response.energies - contacts.baths[bath].mu,
    }[kind]
    observable = flow.out_of(-2.0 * hermitian(carried[:, None] * m))
    found = adjoint.of_steady_state(flow, g, observable, options.tol)
    direct = response.gradient(2.0 * inner * carried, 2.0 * np.diag(carried).astype(np.complex128), bath)
    if kind != "particle":
        direct.hamiltonian = direct.hamiltonian + change
    value = float(np.diagonal(change).real @ carried)
    whole = _gradient(equation, response, replace(found, value=value), direct)
    if kind == "heat":
        baths = list(whole.baths)
        mu = baths[bath]["mu"] - float(np.trace(change).real)
        baths[bath] = {**baths[bath], "mu": mu}
        whole = replace(whole, baths=BathGradients(baths))
    return whole


def of_evolution(
    equation: CovarianceEquation,
    g0: ComplexArray,
    times: RealArray,
    weights: ComplexArray,
    options: GradientOptions,
) -> Gradient:
    """Return the gradient of Σ_i tr(W_i G(t_i)), W_i Hermitian."""
    generator, response = _of(equation)
    with progress_callback(options.progress, "gradient") as report:
        found = adjoint.of_evolution(generator.flow, g0, times, weights, report)
    return _gradient(equation, response, found)


def _of(equation: CovarianceEquation) -> tuple[Generator, Response]:
    solver: Any = equation.solver
    return solver.generator, solver.response


def response_of(equation: CovarianceEquation, mask: Mask | None) -> Response:
    """Return how an equation's generator responds to h, couplings and baths; `mask` is its generator's.

    Raises
    ------
    TypeError, ValueError
        The kind of equation has no gradients; levels that are apart are taken for one; a spectrum has no slope.
    """
    if not isinstance(equation, DIFFERENTIABLE):
        raise TypeError(
            f"{type(equation).__name__} of a QuadraticSystem has no gradients; "
            f"{', '.join(kind.__name__ for kind in DIFFERENTIABLE)} have"
        )
    system: Any = equation.system
    _require_levels(system, getattr(equation, "degeneracy_tol", None))
    return Response(system, equation.lamb_shift, mask)


def _require_levels(system: QuadraticSystem, degeneracy_tol: float | None) -> None:
    """ValueError where levels that are apart are taken for one, whose rates are those of the first of them."""
    if degeneracy_tol is None:
        return
    gaps = np.diff(system.energies)
    joined = (gaps <= degeneracy_tol) & (gaps > system.degeneracy_tol)
    if joined.any():
        k = int(np.argmax(joined))
        raise ValueError(
            f"degeneracy_tol = {degeneracy_tol:g} makes levels {k} and {k + 1} one, which are {gaps[k]:.3g} apart: "
            "gradients are of equations that do not"
        )


def _gradient(
    equation: CovarianceEquation, response: Response, found: Adjoint, direct: Sums | None = None
) -> Gradient:
    """Return the gradient of what is found, and of what depends on the equation beside its solution."""
    sums, u = response.gradient(found.of_m, found.of_q), response.u
    if direct is not None:
        sums = sums + direct
    hamiltonian: ComplexArray = u @ hermitian(sums.hamiltonian) @ u.conj().T
    return Gradient(
        found.value,
        hermitian(hamiltonian),
        2.0 * response.contacts.coupling * sums.strengths,
        response.baths(sums.one_sided),
        sums.one_sided,
        rho0=found.start,
        times=found.times,
        residual=found.residual,
        equation=equation,
    )
