"""The functions of redfield.jax and redfield.torch, declared once for the arrays of either library."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, Protocol

from redfield._base.checks import checked
from redfield.autodiff.model import model_of
from redfield.autodiff.problems import Evolution, Fluctuations, Problem, SteadyStateProblem
from redfield.autodiff.shapes import require_expectable, require_fluctuations, require_start
from redfield.equations import Redfield
from redfield.equations.options import Options, SteadyOptions

P = ParamSpec("P")


class Library(Protocol):
    """The operations that JAX and PyTorch each do in their own way: a module of redfield.jax or redfield.torch."""

    @property
    def namespace(self) -> Any:
        """The library's own functions, among them conj, einsum and outer."""

    def as_double(self, name: str, value: object, complex_valued: bool | None) -> Any:
        """Return an array in double precision, complex or real; of None as it is given."""

    def solution(self, problem: Problem, arrays: Sequence[Any]) -> Any:
        """Return the answer of a problem, a function with a derivative in reverse."""

    def constant(self, name: str, array: Any) -> Any:
        """Return an array whose derivative, where one is asked for, is refused by its name."""


def function_of(
    library: Library, declared: Callable[Concatenate[Library, P], Any], examples: str
) -> Callable[P, Any]:
    """Return a declared function for the arrays of one library, as a function of the module that calls this.

    `examples` are added to its docstring.
    """

    @functools.wraps(declared)
    def call(*args: P.args, **given: P.kwargs) -> Any:
        return declared(library, *args, **given)

    made: Any = call
    signature = inspect.signature(declared)
    made.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])
    made.__module__ = sys._getframe(1).f_globals["__name__"]
    made.__doc__ = f"{inspect.getdoc(declared)}\n\nExamples\n--------\n{inspect.cleandoc(examples)}\n"
    return checked(call)


def steady_state(
    library: Library,
    /,
    hamiltonian: object,
    couplings: object,
    baths: object,
    *,
    equation: type | functools.partial[Any] = Redfield,
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
        Options whose names the call has too are those of a partial: ``equation=functools.partial(rf.HEOM, tol=1e-6)``.
    method, tol, threads : as of `Equation.steady_state`.

    Returns
    -------
    (N, N) complex128, Hermitian, of trace 1, in the basis H is given in.

    Raises
    ------
    TypeError, ValueError
        An argument does not fit, has single precision, or H is not Hermitian. Under JAX's jit and vmap a
        JaxRuntimeError has the message of what values are to blame for.
    MultipleSteadyStates, ConvergenceError, EnsembleError
        As of `Equation.steady_state`; of a vmap the message names the member.
    """
    model, arrays = model_of(library.as_double, hamiltonian, couplings, baths, equation, fields)
    return library.solution(SteadyStateProblem(model, SteadyOptions(method, tol, threads)), arrays)


def evolve(
    library: Library,
    /,
    hamiltonian: object,
    couplings: object,
    baths: object,
    rho0: object,
    tlist: object,
    *,
    equation: type | functools.partial[Any] = Redfield,
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
    """
    model, arrays = model_of(library.as_double, hamiltonian, couplings, baths, equation, fields)
    start, times = library.as_double("rho0", rho0, True), library.as_double("tlist", tlist, False)
    if start.ndim == 1:
        start = library.namespace.outer(start, library.namespace.conj(start))
    require_start(model.dimension, tuple(start.shape), tuple(times.shape))
    options = Options(method, rtol, atol, threads, store_states=True)
    return library.solution(Evolution(model, options), [*arrays, start, times])


def spectrum(
    library: Library,
    /,
    hamiltonian: object,
    couplings: object,
    baths: object,
    a: object,
    b: object,
    frequencies: object,
    *,
    equation: type | functools.partial[Any] = Redfield,
    method: str = "auto",
    tol: float = 1e-8,
    threads: int | None = None,
    **fields: Any,
) -> Any:
    r"""Return the spectrum of fluctuations in the steady state, differentiably.

    .. math:: S(\omega) = \int_{-\infty}^{\infty} d\tau\, e^{i\omega\tau}
              \big( \langle a(\tau) b(0) \rangle - \langle a \rangle\langle b \rangle \big)

    as `rf.spectrum` has it, and `rf.spectrum_gradient` its derivatives with respect to H, the couplings and the numbers
    of the baths. The operators and the frequencies are constants: a derivative with respect to them is refused.

    Parameters
    ----------
    hamiltonian, couplings, baths, equation, fields : as of `steady_state`.
    a, b : (N, N) operators.
    frequencies : (F,) energies ω, in any order.
    method, threads : as of `rf.spectrum`.
    tol : the relative residual of the resolvent's equation, and of the adjoint equation of the steady state.

    Returns
    -------
    (F,) complex128, in units of ab/energy; real where a = b†.

    Raises
    ------
    TypeError, ValueError, ConvergenceError
        As of `steady_state` and `rf.spectrum`; a derivative with respect to a, b or frequencies is asked for.
    """
    model, arrays = model_of(library.as_double, hamiltonian, couplings, baths, equation, fields)
    given = {
        "a": library.as_double("a", a, True),
        "b": library.as_double("b", b, True),
        "frequencies": library.as_double("frequencies", frequencies, False),
    }
    require_fluctuations(model.dimension, *(tuple(x.shape) for x in given.values()))
    constants = [library.constant(name, array) for name, array in given.items()]
    return library.solution(
        Fluctuations(model, SteadyOptions(method, tol, threads)), [*arrays, *constants]
    )


def expect(library: Library, /, operators: object, states: object) -> Any:
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
    """
    o, rho = library.as_double("operators", operators, True), library.as_double("states", states, True)
    require_expectable(tuple(o.shape), tuple(rho.shape))
    return library.namespace.einsum("ij,...ji->..." if o.ndim == 2 else "mij,...ji->m...", o, rho).real
