"""Baths that are given a temperature, as beta or as temperature=."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, InitVar
from typing import Any, ClassVar

import numpy as np

from redfield._base.checks import as_real_number
from redfield._base.checks.scalars import as_scale
from redfield._base.checks.types import NotNegative
from redfield._base.records import Record, record

UNGIVEN: Any = None
"""The default of beta, which stands for 1/temperature; a bath with neither is refused."""


def inverse(temperature: float) -> float:
    """Return 1/T, infinite at T = 0."""
    return math.inf if temperature == 0.0 else 1.0 / temperature


def beta_of(beta: float | None, temperature: float | None) -> Any:
    """Return β, given as such, as 1/T or not at all."""
    if temperature is None:
        return beta
    if beta is not None:
        raise ValueError(f"give beta or temperature, not both: got beta={beta:g}, {temperature=:g}")
    return as_scale("beta = 1/temperature", inverse(temperature))


@record
class AtTemperature(Record):
    """Base of records with the field `beta`, whose constructor takes ``temperature=`` in its place."""

    _: KW_ONLY
    temperature: InitVar[NotNegative | None] = None

    _needs_temperature: ClassVar[bool] = True
    """Whether a bath without beta or temperature is refused."""

    def __post_init__(self, temperature: float | None = None) -> None:
        if temperature is not None:
            self._set(beta=beta_of(self.__dict__.get("beta"), temperature))
        if self.__dict__.get("beta") is None and self._needs_temperature:
            raise TypeError(
                f"{type(self).__name__} needs its temperature: give beta=1/T, which is inf at zero temperature, or "
                "temperature=T (k_B = 1)"
            )


def _temperature(self: Any) -> float | None:
    """T = 1/β, or None where the bath has none."""
    return None if self.beta is None else inverse(self.beta)


# A dataclass leaves the default of its argument as an attribute of that name.
AtTemperature.temperature = property(_temperature)  # type: ignore[attr-defined]


def with_beta(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a batch of baths with beta, an array or a number, in the place of temperature."""
    given = dict(arguments)
    temperature = given.pop("temperature", None)
    if temperature is None:
        return given
    if given.get("beta") is not None:
        raise ValueError("give beta or temperature, not both")
    if np.ndim(temperature) == 0:
        return {**given, "beta": inverse(as_real_number("temperature", temperature))}
    values = np.asarray(temperature, dtype=np.float64)
    if not (values >= 0.0).all():
        raise ValueError(f"temperature must not be negative, got {values.min():g}")
    with np.errstate(divide="ignore"):
        return {**given, "beta": 1.0 / values}
