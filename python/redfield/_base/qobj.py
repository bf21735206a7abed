"""States for QuTiP."""

from __future__ import annotations

import math
from typing import Any

from redfield._base.checks import ComplexArray, as_count, as_items, shown


def as_qobj(states: ComplexArray, dims: list[int] | None) -> Any:
    """(…, N, N) as Qobj, nested lists of them along the leading axes."""
    try:
        import qutip
    except ImportError as error:
        raise ImportError("to_qutip needs QuTiP 5: pip install 'redfield[qutip]'") from error
    n = states.shape[-1]
    factors = [n] if dims is None else [as_count("dims", d) for d in as_items("dims", dims)]
    if math.prod(factors) != n:
        raise ValueError(f"dims must multiply to {n}, got {shown(dims)}")
    if states.ndim > 2:
        return [as_qobj(each, dims) for each in states]
    return qutip.Qobj(states, dims=[factors, factors])
