"""Shapes of states, times and operators, which are known before their values."""

from __future__ import annotations

Shape = tuple[int, ...]


def require_start(dimension: int, rho0: Shape, tlist: Shape) -> None:
    """Raise a ValueError where an initial state or the times do not have the shape that an evolution takes."""
    if rho0 != (dimension, dimension):
        raise ValueError(
            f"rho0 must be ({dimension}, {dimension}) or a ket ({dimension},), got shape {rho0}; map over more with "
            "vmap"
        )
    if len(tlist) != 1 or tlist[0] == 0:
        raise ValueError(f"tlist must be (T,) times, at least one, got shape {tlist}")


def require_fluctuations(dimension: int, a: Shape, b: Shape, frequencies: Shape) -> None:
    """Raise a ValueError where operators or frequencies do not have the shapes that a spectrum takes."""
    for name, shape in (("a", a), ("b", b)):
        if shape != (dimension, dimension):
            raise ValueError(
                f"{name} must be ({dimension}, {dimension}), got shape {shape}; map over more with vmap"
            )
    if len(frequencies) != 1:
        raise ValueError(
            f"frequencies must be (F,) energies, got shape {frequencies}; map over more with vmap"
        )


def require_expectable(operators: Shape, states: Shape) -> None:
    """Raise a ValueError where operators (N, N) or (M, N, N) and states (…, N, N) do not fit."""
    if len(states) < 2 or states[-1] != states[-2]:
        raise ValueError(f"states must be (…, N, N), got shape {states}")
    if len(operators) not in (2, 3) or operators[-2:] != states[-2:]:
        n = states[-1]
        raise ValueError(
            f"operators must be ({n}, {n}) or (M, {n}, {n}), as the states are, got shape {operators}"
        )
