"""The functions of redfield.torch."""

from __future__ import annotations

from typing import Any

import torch

from redfield._base.checks import checked
from redfield.autodiff import Evolution, SteadyStateProblem
from redfield.autodiff.model import model_of
from redfield.autodiff.shapes import require_expectable, require_start
from redfield.equations import Redfield
from redfield.equations.options import Options, SteadyOptions
from redfield.torch.differentiable import as_double, solution


@checked
def steady_state(
    hamiltonian: object,
    couplings: object,
    baths: object,
    *,
    equation: type = Redfield,
    method: str = "auto",
    tol: float = 1e-10,
    threads: int | None = None,
    **fields: Any,
) -> Any:
    r"""Solve 𝓛ρ = 0, tr ρ = 1, differentiably.

    .. math:: \mathcal L^\dagger y = O - \langle O\rangle, \qquad d\langle O\rangle = -\mathrm{tr}[y\,(d\mathcal L)\rho]

    so that one more solution gives the derivatives with respect to every array.

    Parameters
    ----------
    hamiltonian : (N, N) Hermitian, an energy.
    couplings : (K, N, N) operators; or (N,) real weights w_j of the projectors w_j|j⟩⟨j| on all sites; or an
        rf.SiteProjectors, a constant.
    baths : a `BathArrays`, whose numbers have derivatives, or an rf.Bath, a constant, for all couplings; or a list of
        one each.
    equation, fields : kind of equation and its options: ``equation=rf.PartialSecular, cutoff=0.1, lamb_shift=False``.
    method, tol, threads : as of `Equation.steady_state`.

    Returns
    -------
    (N, N) complex128, Hermitian, of trace 1, in the basis H is given in.

    Raises
    ------
    TypeError, ValueError
        An argument does not fit, has single precision, or H is not Hermitian.
    MultipleSteadyStates, ConvergenceError, EnsembleError
        As of `Equation.steady_state`; of a vmap the message names the member.

    Examples
    --------
    The sensitivity of a qubit's excitation to the bath's temperature, where p = 1/(1 + e^{βω}) and its derivative are
    known:

    >>> import torch, redfield as rf
    >>> import redfield.torch as rt
    >>> h = torch.diag(torch.tensor([0.0, 1.0], dtype=torch.complex128))
    >>> x = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]], dtype=torch.complex128)
    >>> beta = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    >>> bath = rt.BathArrays(rf.OhmicBath, strength=0.01, cutoff=10.0, beta=beta)
    >>> excited = rt.expect(h, rt.steady_state(h, x, bath, lamb_shift=False))
    >>> excited.backward()
    >>> round(excited.item(), 6), round(beta.grad.item(), 6)
    (0.119203, -0.104994)
    """
    model, arrays = model_of(as_double, hamiltonian, couplings, baths, equation, fields)
    return solution(SteadyStateProblem(model, SteadyOptions(method, tol, threads)), arrays)


@checked
def evolve(
    hamiltonian: object,
    couplings: object,
    baths: object,
    rho0: object,
    tlist: object,
    *,
    equation: type = Redfield,
    method: str = "auto",
    rtol: float = 1e-6,
    atol: float = 1e-9,
    threads: int | None = None,
    **fields: Any,
) -> Any:
    r"""Solve ρ̇ = 𝓛ρ from ρ(tlist[0]) = rho0, differentiably.

    .. math:: -\dot y = \mathcal L^\dagger y, \qquad df = \int dt\, \mathrm{tr}[y(t)\,(d\mathcal L)\rho(t)]
              + \mathrm{tr}[y(0)\,d\rho_0]

    with jumps of y by ∂f/∂ρ(t) at the outputs, so that one evolution backwards gives the derivatives with respect to
    every array, the initial state and the times among them.

    Parameters
    ----------
    hamiltonian, couplings, baths, equation, fields : as of `steady_state`.
    rho0 : (N, N) density matrix, or a normalised ket (N,).
    tlist : (T,) ascending times in units of 1/energy.
    method, rtol, atol, threads : as of `Equation.evolve`. Gradients are as accurate as states.

    Returns
    -------
    (T, N, N) complex128, the states ρ(t) in the basis H is given in.

    Raises
    ------
    TypeError, ValueError, ConvergenceError, EnsembleError
        As of `steady_state` and `Equation.evolve`.

    Examples
    --------
    Pure dephasing at the rate 2γ(0) = 2λ/β, whose derivative with respect to λ is known:

    >>> import torch, redfield as rf
    >>> import redfield.torch as rt
    >>> z = torch.diag(torch.tensor([1.0, -1.0], dtype=torch.complex128))
    >>> x = torch.tensor([[0.0, 1.0], [1.0, 0.0]], dtype=torch.complex128)
    >>> strength = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
    >>> bath = rt.BathArrays(rf.OhmicBath, strength=strength, cutoff=5.0, beta=2.0)
    >>> ket = torch.ones(2, dtype=torch.complex128) / 2**0.5
    >>> value = rt.expect(x, rt.evolve(0.0 * z, z[None], bath, ket, [0.0, 5.0], rtol=1e-9))[-1]
    >>> value.backward()
    >>> round(value.item(), 6), round(strength.grad.item(), 5)
    (0.606531, -3.03265)
    """
    model, arrays = model_of(as_double, hamiltonian, couplings, baths, equation, fields)
    start, times = as_double("rho0", rho0, True), as_double("tlist", tlist, False)
    if start.ndim == 1:
        start = torch.outer(start, torch.conj(start))
    require_start(model.dimension, tuple(start.shape), tuple(times.shape))
    options = Options(method, rtol, atol, threads, store_states=True)
    return solution(Evolution(model, options), [*arrays, start, times])


@checked
def expect(operators: object, states: object) -> Any:
    r"""Return expectation values of Hermitian operators.

    .. math:: \langle O\rangle = \mathrm{Re}\,\mathrm{tr}(O\rho)

    Parameters
    ----------
    operators : (N, N), or (M, N, N) of several.
    states : (…, N, N): a state, those of an evolution, or more.

    Returns
    -------
    (…), or (M, …) of several operators; float64.

    Raises
    ------
    TypeError, ValueError
        An argument has single precision, or shapes do not fit.

    Examples
    --------
    >>> import torch
    >>> import redfield.torch as rt
    >>> states = torch.tensor([[[0.5, 0.0], [0.0, 0.5]], [[0.8, 0.0], [0.0, 0.2]]], dtype=torch.complex128)
    >>> rt.expect(torch.diag(torch.tensor([1.0, -1.0], dtype=torch.float64)), states)
    tensor([0.0000, 0.6000], dtype=torch.float64)
    """
    o, rho = as_double("operators", operators, True), as_double("states", states, True)
    require_expectable(tuple(o.shape), tuple(rho.shape))
    return torch.einsum("ij,...ji->..." if o.ndim == 2 else "mij,...ji->m...", o, rho).real
