"""Baths whose numbers are arrays of an array library."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redfield._base.checks import RealArray, shown
from redfield.baths import Bath, BathBatch
from redfield.baths.array_bath import ArrayBath, numbers_of
from redfield.baths.temperature import inverse


class BathArrays:
    r"""A bath whose numbers are arrays of JAX or PyTorch, so that answers have derivatives with respect to them.

    .. math:: \Gamma(\omega) = \tfrac12\gamma(\omega; p) + i\eta(\omega; p), \qquad p \text{ the numbers}

    In JAX it is a pytree whose leaves are the numbers given, so that a whole bath can be an argument of a function
    that is differentiated, jitted or mapped.

    Parameters
    ----------
    kind : the class of the bath, such as rf.OhmicBath, rf.DrudeBath or rf.UnderdampedBath.
    args, parameters : what its constructor takes. Numbers are Python numbers or arrays of shape (), in the units of the
        class; anything else, such as the name of a cutoff function, is fixed. ``temperature=`` is the number
        beta = 1/temperature, and derivatives pass through the quotient.

    Attributes
    ----------
    kind : the class.
    numbers : {name: value} of the numbers that were given; only these have derivatives.
    fixed : {name: value} of the other arguments.

    Raises
    ------
    TypeError
        `kind` is not a class of baths with numbers, or its constructor takes no such argument.

    Examples
    --------
    >>> import redfield as rf
    >>> BathArrays(rf.OhmicBath, strength=0.04, cutoff=10.0, beta=5.0)
    BathArrays(OhmicBath, strength=0.04, cutoff=10.0, beta=5.0)
    """

    def __init__(self, kind: type[Bath], *args: object, **parameters: object) -> None:
        if not (isinstance(kind, type) and issubclass(kind, Bath) and numbers_of(kind)):
            raise TypeError(
                f"kind must be a class of baths whose fields are numbers, such as rf.OhmicBath, got {shown(kind)}"
            )
        try:
            given = inspect.signature(kind).bind(*args, **parameters).arguments
        except TypeError as error:
            raise TypeError(f"{kind.__name__}: {error}") from None
        if given.get("temperature") is not None:
            given = _with_beta(kind, given)
        self.kind = kind
        self.numbers: dict[str, Any] = {n: given[n] for n in numbers_of(kind) if n in given}
        self.fixed: dict[str, Any] = {n: x for n, x in given.items() if n not in self.numbers}

    @classmethod
    def of_numbers(
        cls, kind: type[Bath], numbers: Mapping[str, object], fixed: Mapping[str, object]
    ) -> BathArrays:
        """Return the bath with these numbers, which are not looked at: JAX puts objects of its own in their places."""
        made = object.__new__(cls)
        made.kind, made.numbers, made.fixed = kind, dict(numbers), dict(fixed)
        return made

    def __repr__(self) -> str:
        parts = [f"{name}={shown(value)}" for name, value in (self.numbers | self.fixed).items()]
        return f"BathArrays({', '.join([self.kind.__name__, *parts])})"


def _with_beta(kind: type[Bath], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments with beta = 1/temperature in the place of the temperature, which may be an array."""
    rest = dict(given)
    temperature: Any = rest.pop("temperature")
    if rest.get("beta") is not None:
        raise ValueError(f"{kind.__name__}: give beta or temperature, not both")
    number = isinstance(temperature, int | float)
    return {**rest, "beta": inverse(float(temperature)) if number else 1.0 / temperature}


@dataclass(frozen=True)
class BathForm:
    """What of a `BathArrays` is no array: its class, the names of its numbers, and the arguments that are fixed."""

    kind: type[Bath]
    names: tuple[str, ...]
    fixed: tuple[tuple[str, Any], ...]

    def one(self, numbers: list[RealArray]) -> Bath:
        """Return the bath of numbers of shape ()."""
        given = {n: float(x) for n, x in zip(self.names, numbers, strict=True)}
        return self.kind(**given, **dict(self.fixed))

    def many(self, numbers: list[RealArray]) -> BathBatch:
        """Return the baths of numbers (B,)."""
        given: dict[str, Any] = dict(zip(self.names, numbers, strict=True))
        return _Own(self.kind, given | dict(self.fixed))


class _Own(ArrayBath):
    """Baths that equal no others, since those of two couplings have gradients of their own whatever their numbers."""

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)
