"""The forms of an operator that depends on time, and its parts: a function, or a constant and terms f_k(t) X_k."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, as_function_of, as_square, shown
from redfield.systems.drives.spline import Spline

Term = tuple[ComplexArray, Any]
"""A matrix and the function of time that multiplies it."""


def parts_of(
    name: str, operator: object, dimension: int | None
) -> tuple[Callable[[float], Any] | None, Any, tuple[Term, ...]]:
    """Return the function of time that an operator is; else None, with its constant part and its terms (X_k, f_k).

    Raises
    ------
    TypeError, ValueError
        A part is no square matrix or no function, or the parts differ in shape.
    """
    operator = _from_qutip(operator)
    if isinstance(operator, Spline) or (callable(operator) and not _is_matrix(operator)):
        return _as_function_of_time(name, operator), None, ()
    if isinstance(operator, tuple) and _is_term(operator):
        operator = [operator]  # f X alone
    parts = operator if isinstance(operator, list | tuple) and not _is_rows(operator) else [operator]
    constant: Any = None
    terms: list[Term] = []
    for k, part in enumerate(parts):
        if isinstance(part, list | tuple) and len(part) == 2 and not _is_rows(part):
            x, f = part
            f = _as_function_of_time(f"{name}[{k}][1]", f)
            terms.append((as_square(f"{name}[{k}]", x, dimension), f))
        else:
            x = as_square(f"{name}[{k}]" if len(parts) > 1 else name, part, dimension)
            constant = x if constant is None else constant + x
    shapes = {x.shape for x, _ in terms} | ({constant.shape} if constant is not None else set())
    if len(shapes) != 1:
        raise ValueError(f"the terms of {name} differ in shape: {sorted(shapes)}")
    return None, np.zeros(terms[0][0].shape) if constant is None else constant, tuple(terms)


def _as_function_of_time(name: str, f: object) -> Any:
    """Return a function of t; a TypeError tells what to give instead of QuTiP's other forms of a coefficient."""
    if isinstance(f, str):
        raise TypeError(
            f"{name} must be a function of t or a Spline, got the text {f!r}: give lambda t: …, or "
            f"qutip.coefficient({f!r}, args=…), which is a function; redfield.qutip takes QuTiP's forms as they are"
        )
    if not callable(f):
        samples = "; samples are Spline(times, samples)" if isinstance(f, np.ndarray | list) else ""
        raise TypeError(f"{name} must be a function of t or a Spline, got {type(f).__name__}{samples}")
    try:
        return as_function_of(name, f, "t")
    except TypeError as error:
        if not _takes_args(f):
            raise
        raise TypeError(
            f"{name} must be a function of t alone, got {shown(f)}, a function of (t, args) as QuTiP has them: give "
            "lambda t: f(t, args), or qutip.coefficient(f, args=args); redfield.qutip takes QuTiP's forms as they are"
        ) from error


def _takes_args(f: Callable[..., object]) -> bool:
    """Return whether a function has the arguments (t, args)."""
    try:
        inspect.signature(f).bind("t", "args")
    except TypeError:
        return False
    return True


def depends_on_time(operator: object) -> bool:
    """Return whether an operator is a function of time, a Spline, a QobjEvo or a sum with factors of time."""
    if isinstance(operator, Spline) or _is_evolving(operator):
        return True
    if callable(operator):
        return not _is_matrix(operator)
    if not isinstance(operator, list | tuple):
        return False
    return _is_term(operator) or any(isinstance(x, list | tuple) and _is_term(x) for x in operator)


def _is_term(part: Sequence[Any]) -> bool:
    """Return whether a list or tuple is (X, f), a matrix and a function of time."""
    return len(part) == 2 and (
        isinstance(part[1], str) or (callable(part[1]) and not _is_matrix(part[1]))
    )


def _is_matrix(value: object) -> bool:
    """Return whether a value is a matrix: a Qobj is one, though it is callable."""
    return hasattr(value, "full") or scipy.sparse.issparse(value) or isinstance(value, np.ndarray)


def _is_rows(value: Sequence[Any]) -> bool:
    """Return whether a list is a matrix as lists of numbers, and not a list of terms."""
    return all(isinstance(row, list | tuple) and all(np.isscalar(x) for x in row) for row in value)


def _is_evolving(operator: object) -> bool:
    """Return whether an operator is a QobjEvo."""
    return hasattr(operator, "to_list") and hasattr(operator, "isconstant")


def _from_qutip(operator: Any) -> Any:
    """Return a QobjEvo as its terms, or as the function it is; other operators as they are."""
    if not _is_evolving(operator):
        return operator
    parts = operator.to_list()
    if all(hasattr(p, "full") or (isinstance(p, list) and hasattr(p[0], "full")) for p in parts):
        return [tuple(p) if isinstance(p, list) else p for p in parts]
    return lambda t: operator(t).full()
