"""The numbers of a bath that may be changed, and how far."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from redfield._base.records import Record

FIRST = 0.25
"""The first step, of a number or of the distance over which γ varies."""
HALVINGS = 8
"""Halvings of the first step by which a number may be near the end of its range and still have both sides."""

Change = tuple[float, Callable[[float], Any]]
"""The value of a number, and the bath with another one."""


def adjustable(bath: Any) -> dict[str, Change]:
    """Return the numbers of a bath: its fields that are floats, but for hints.

    Those of a bath inside it have their own names where it is the only one, else `field.name`.
    """
    fields = dict(bath._parameters())
    hints: frozenset[str] = getattr(bath, "_hints", frozenset())

    def with_field(name: str, value: Any) -> Any:
        return type(bath)(**{**fields, name: value})

    out: dict[str, Change] = {}
    inner: dict[str, dict[str, Change]] = {}
    for name, value in fields.items():
        if isinstance(value, float) and name not in hints:
            out[name] = float(value), functools.partial(with_field, name)
        elif isinstance(value, Record) and (numbers := adjustable(value)):
            inner[name] = numbers
        elif isinstance(value, tuple | list):
            for i, each in enumerate(value):
                if isinstance(each, Record) and (numbers := adjustable(each)):

                    def placed(other: Any, value: Any = value, i: int = i) -> Any:
                        return type(value)([*value[:i], other, *value[i + 1 :]])

                    inner[f"{name}[{i}]"] = {
                        k: (x, _after(make, placed)) for k, (x, make) in numbers.items()
                    }
    for place, numbers in inner.items():
        field = place.partition("[")[0]
        for name, (value, make) in numbers.items():
            alone = len(inner) == 1 and name not in out
            put = functools.partial(with_field, field)
            out[name if alone else f"{place}.{name}"] = value, _after(make, put)
    return out


def _after(make: Callable[[float], Any], put: Callable[[Any], Any]) -> Callable[[float], Any]:
    return lambda x: put(make(x))


def is_free(make: Callable[[float], Any], value: float, scale: float) -> bool:
    """Whether a number may have either sign and any size, such as a centre."""
    try:
        make(-abs(value) - scale)
    except (TypeError, ValueError):
        return False
    return True


def room_of(make: Callable[[float], Any], value: float, unit: float) -> tuple[float, float]:
    """Return the first step upwards and downwards, 0 where the number may not go."""
    steps = []
    for sign in (1.0, -1.0):
        step = FIRST * unit
        for _ in range(HALVINGS):
            try:
                make(value + sign * step)
            except (TypeError, ValueError):
                step *= 0.5
            else:
                break
        else:
            step = 0.0
        steps.append(step)
    return steps[0], steps[1]
