"""Results of a batch, member by member."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from redfield._base.checks import RealArray, as_numeric
from redfield._base.checks.types import Operand
from redfield.equations import Equation
from redfield.equations.base import AnyEquation

Ask = Callable[[Any, AnyEquation], RealArray]
"""A question about states of one member and the equation that they obey."""


def of_members(ask: Ask, result: Operand, equation: object) -> RealArray | None:
    """Return the answers of all members with a leading axis B, or None where the equation is not of a batch.

    The rows of members that failed, whose states are NaN, are NaN.

    Raises
    ------
    ValueError
        The states are not those of all members.
    """
    obeyed = getattr(result, "equation", None) if equation is None else equation
    if not isinstance(obeyed, Equation) or obeyed.system.problem != "batch":
        return None
    states = as_numeric("result", stored_states(result))
    size, n = len(obeyed), obeyed.system.dimension
    if states.ndim not in (3, 4) or len(states) != size or states.shape[-2:] != (n, n):
        raise ValueError(
            f"result must be states of all members, ({size}, {n}, {n}) or ({size}, T, {n}, {n}), got {states.shape}"
        )
    failed = np.isnan(states).reshape(size, -1).any(axis=1)
    answers = {i: ask(states[i], obeyed[i]) for i in np.flatnonzero(~failed).tolist()}
    if not answers:
        raise ValueError("result has no states but of members that failed")
    out = np.full((size, *np.shape(next(iter(answers.values())))), np.nan)
    for i, answer in answers.items():
        out[i] = answer
    return out


def stored_states(result: Any) -> Any:
    """Return the states of a result, the state of a steady one, or what is given where it is neither.

    Raises
    ------
    ValueError
        A result was not to keep its states.
    """
    for name in ("states", "state"):
        if hasattr(result, name):
            if getattr(result, name) is None:
                raise ValueError("result has no states; evolve with store_states=True")
            return getattr(result, name)
    return result
