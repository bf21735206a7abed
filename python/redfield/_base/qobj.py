"""States for QuTiP."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, ValuesView
from typing import Any

from redfield._base.checks import ComplexArray, as_count, as_items, shown

MOST_TERMS = 100
"""Terms of an operator that are looked at for the dimensions of a Qobj."""


def dims_of(name: str, dims: object, operator: object, dimension: int) -> tuple[int, ...] | None:
    """Return the dimensions of the factors of a tensor product: those given, or those of a Qobj of several factors.

    Parameters
    ----------
    operator : a Qobj, a QobjEvo, or a list of terms some of which are; other operators have none.

    Raises
    ------
    TypeError, ValueError
        What is given are no dimensions, or they do not multiply to the dimension.
    """
    if dims is not None:
        return _factors(name, dims, dimension)
    parts = operator if isinstance(operator, list | tuple) else [operator]
    for part in parts[:MOST_TERMS]:
        found = getattr(part[0] if isinstance(part, list | tuple) and part else part, "dims", None)
        rows = found[0] if isinstance(found, list) and found else None
        if isinstance(rows, list) and len(rows) > 1 and all(isinstance(d, int) for d in rows):
            return tuple(rows) if math.prod(rows) == dimension else None
    return None


def _factors(name: str, dims: object, dimension: int) -> tuple[int, ...]:
    """Return the dimensions of the factors of a tensor product, [2, 2] or a Qobj's [[2, 2], [2, 2]].

    Raises
    ------
    TypeError, ValueError
        They are no dimensions, those of rows and columns differ, or they do not multiply to the dimension.
    """
    given = as_items(name, dims)
    if len(given) == 2 and all(isinstance(side, list | tuple) for side in given):
        rows, columns = map(list, given)
        if rows != columns:
            raise ValueError(f"{name} must be alike for rows and columns, got {shown(dims)}")
        given = rows
    factors = tuple(as_count(name, d) for d in given)
    if math.prod(factors) != dimension:
        raise ValueError(f"{name} must multiply to {dimension}, got {shown(dims)}")
    return factors


def require_factors(dims: tuple[int, ...] | None, **given: object) -> None:
    """ValueError where a Qobj, or one of several, is of another tensor product than the levels of a system.

    Nothing is asked where either is not known to be a product.
    """
    if dims is None:
        return
    for name, value in given.items():
        if value is None:
            continue
        several = value.values() if isinstance(value, Mapping) else value
        for part in several if isinstance(several, list | tuple | ValuesView) else [value]:
            found = getattr(part, "dims", None)
            sides = found if isinstance(found, list) else []
            for side in sides:
                factors = side if isinstance(side, list) and all(isinstance(d, int) for d in side) else []
                if len(factors) > 1 and math.prod(factors) > 1 and tuple(factors) != dims:
                    raise ValueError(
                        f"{name} has a Qobj of the factors {factors}, but the levels of H are of {list(dims)}: the "
                        "order of the factors must be the same"
                    )


def as_qobj(states: ComplexArray, dims: Sequence[Any] | None, known: Sequence[int] | None = None) -> Any:
    """Return (…, N, N) as Qobj, nested lists of them along the leading axes.

    Parameters
    ----------
    dims : of the factors of the tensor product that states are of, or a Qobj's nested ones; default those that are
        known of the system.
    """
    if dims is None and known is not None and math.prod(known) == states.shape[-1]:
        dims = known
    try:
        import qutip
    except ImportError as error:
        raise ImportError("to_qutip needs QuTiP 5: pip install 'redfield[qutip]'") from error
    n = states.shape[-1]
    factors = [n] if dims is None else list(_factors("dims", dims, n))
    if states.ndim > 2:
        return [as_qobj(each, dims) for each in states]
    return qutip.Qobj(states, dims=[factors, factors])
