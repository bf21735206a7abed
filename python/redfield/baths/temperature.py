"""Baths that are given a temperature, as beta or as temperature=."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from redfield._base.checks import as_real_number
from redfield._base.checks.scalars import as_scale
from redfield._base.checks.types import NotNegative as NotNegative  # the annotation of TEMPERATURE
from redfield._base.records import Record, record

UNGIVEN: Any = None
"""The default of beta, which stands for 1/temperature; a bath with neither is refused."""
TEMPERATURE = inspect.Parameter(
    "temperature", inspect.Parameter.KEYWORD_ONLY, default=None, annotation="NotNegative | None"
)


def inverse(temperature: float) -> float:
    """Return 1/T, infinite at T = 0.

    Raises
    ------
    ValueError
        T is so small or large that products of a few β overflow.
    """
    return math.inf if as_scale("temperature", temperature) == 0.0 else 1.0 / temperature


def beta_of(beta: float | None, temperature: float | None) -> Any:
    """Return β, given as such, as 1/T or not at all."""
    if temperature is None:
        return beta
    if beta is not None:
        raise ValueError(f"give beta or temperature, not both: got beta={beta:g}, {temperature=:g}")
    return inverse(temperature)


@record
class AtTemperature(Record):
    """Base of records with the field `beta`, whose constructor takes ``temperature=`` in its place."""

    if TYPE_CHECKING:
        temperature: float | None = dataclasses.field(default=None, kw_only=True)
    else:

        @property
        def temperature(self) -> float | None:
            """T = 1/β, or None where the bath has none."""
            return None if self.beta is None else inverse(self.beta)

    _needs_temperature: ClassVar[bool] = True
    """Whether a bath without beta or temperature is refused."""

    def __post_init__(self) -> None:
        if self._needs_temperature and self.__dict__.get("beta") is None:
            raise TypeError(
                f"{type(self).__name__} needs its temperature: give beta=1/T, which is inf at zero temperature, or "
                "temperature=T (k_B = 1)"
            )

    @classmethod
    def _adapted(cls, init: Callable[..., None]) -> Callable[..., None]:
        """Return a constructor that takes a temperature in the place of beta."""
        plain = inspect.signature(init)
        if "beta" not in plain.parameters:
            return init

        @functools.wraps(init)
        def construct(self: Any, *args: Any, temperature: float | None = None, **kwargs: Any) -> None:
            if temperature is not None:
                given = plain.bind_partial(self, *args, **kwargs).arguments
                beta = beta_of(given.pop("beta", None), temperature)
                args, kwargs = (), {**dict(list(given.items())[1:]), "beta": beta}
            init(self, *args, **kwargs)

        signature = plain.replace(parameters=[*plain.parameters.values(), TEMPERATURE])
        construct.__signature__ = signature  # type: ignore[attr-defined]
        return construct


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
