"""Problems as JAX functions with derivatives in reverse, computed on the host in NumPy.

`pure_callback` costs some tens of microseconds a call, and "expand_dims" hands over all calls of a `vmap` at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from redfield._base.checks import shown
from redfield.autodiff import Problem
from redfield.autodiff.stacks import Array

namespace = jnp
NO_SECOND = (
    "redfield.jax has first derivatives in reverse mode only (grad, vjp, jacrev): the gradient itself can not be "
    "differentiated"
)


def as_double(name: str, value: object, complex_valued: bool | None) -> Any:
    """Return a JAX array in double precision, complex or real; of None as it is given.

    Raises
    ------
    TypeError
        It has single precision, JAX is not set to double precision, or it is complex where it must be real.
    """
    if not jax.config.jax_enable_x64:
        raise TypeError(
            'redfield.jax works in double precision alone: call jax.config.update("jax_enable_x64", True) before '
            "arrays are made"
        )
    try:
        array = jnp.asarray(value)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be an array of numbers, got {shown(value)} ({error})") from None
    kind = np.dtype(array.dtype).kind
    if kind not in "iufc" or (kind == "c" and complex_valued is False):
        wanted = "real numbers" if complex_valued is False else "numbers"
        raise TypeError(f"{name} must be {wanted}, got dtype {array.dtype}")
    if kind in "fc" and array.dtype not in (jnp.float64, jnp.complex128):
        raise TypeError(
            f"{name} has dtype {array.dtype}, but redfield.jax works in double precision alone: make it float64 or "
            'complex128, with jax.config.update("jax_enable_x64", True) before arrays are made'
        )
    if complex_valued is None:
        return array
    return array.astype(jnp.complex128 if complex_valued else jnp.float64)


def constant(name: str, array: Any) -> Any:
    """Return an array whose derivative, where one is asked for, is refused by its name."""
    return _constant(name, array)


def solution(problem: Problem, arrays: Sequence[Any]) -> Any:
    """Return the answer of a problem, a function with a derivative in reverse."""
    return _solve(problem, tuple(arrays))


@dataclass(frozen=True)
class _Host:
    """A method of a problem, equal to that of an equal problem, so that JAX compiles a callback once."""

    problem: Problem
    reverse: bool = False

    def __call__(self, *arrays: Array) -> Any:
        answer = self.problem.reverse if self.reverse else self.problem.solve
        return answer(*map(np.asarray, arrays))


def _on_host(host: _Host, shapes: Any, *arrays: Any) -> Any:
    if not any(isinstance(x, jax.core.Tracer) for x in arrays):
        # Called at once, so that exceptions are those that the host raises.
        return jax.tree.map(jnp.asarray, host(*arrays))
    return jax.pure_callback(host, shapes, *arrays, vmap_method="expand_dims")


def _answer(problem: Problem, arrays: tuple[Any, ...]) -> Any:
    shape = jax.ShapeDtypeStruct(problem.shape(arrays), jnp.complex128)
    return _on_host(_Host(problem), shape, *arrays)


def _forward(problem: Problem, arrays: tuple[Any, ...]) -> tuple[Any, Any]:
    answer = _solve(problem, arrays)  # whose own derivative says that it has no second one
    return answer, (arrays, answer if problem.keeps_answer else None)


def _backward(problem: Problem, kept: Any, cotangent: Any) -> tuple[Any]:
    arrays, answer = kept
    # JAX's gradients are conjugates of the host's, on the way in and on the way out.
    given = (*arrays, *(() if answer is None else (answer,)), jnp.conj(cotangent))
    return (tuple(jnp.conj(x) for x in _reverse(problem, len(arrays), given)),)


def _gradients(problem: Problem, count: int, given: tuple[Any, ...]) -> Any:
    shapes = tuple(jax.ShapeDtypeStruct(x.shape, x.dtype) for x in given[:count])
    return _on_host(_Host(problem, reverse=True), shapes, *given)


def _no_second(problem: Problem, count: int, given: Any, tangents: Any) -> Any:
    raise TypeError(NO_SECOND)


def _no_derivative(name: str, given: Any, tangents: Any) -> Any:
    raise TypeError(
        f"there is no derivative with respect to {name}, a constant here: hold it by jax.lax.stop_gradient({name})"
    )


_constant: Callable[..., Any] = jax.custom_jvp(lambda name, array: array, nondiff_argnums=(0,))
_constant.defjvp(_no_derivative)  # type: ignore[attr-defined]
_solve: Callable[..., Any] = jax.custom_vjp(_answer, nondiff_argnums=(0,))
_solve.defvjp(_forward, _backward)  # type: ignore[attr-defined]
_reverse: Callable[..., Any] = jax.custom_jvp(_gradients, nondiff_argnums=(0, 1))
_reverse.defjvp(_no_second)  # type: ignore[attr-defined]
