"""One class of Bath with arrays for its numbers, a member for each entry."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from redfield._base.checks import RealArray, refuse_masked
from redfield._base.checks.types import plain_type
from redfield._base.description import text_of
from redfield.baths.adjustable import adjustable
from redfield.baths.batch import BathBatch, Members, alike
from redfield.baths.derivatives import Slopes


def fields_of(kind: type) -> list[str]:
    """Return the fields of a dataclass, in order."""
    return [f.name for f in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []


@functools.cache
def numbers_of(kind: type) -> tuple[str, ...]:
    """Return the fields of a class of baths that may differ between members."""
    if not dataclasses.is_dataclass(kind):
        return ()
    home = vars(inspect.getmodule(kind) or object)
    names: list[str] = []
    for f in dataclasses.fields(kind):
        found = eval(f.type, {**home}) if isinstance(f.type, str) else f.type
        if plain_type(found) is float:
            names.append(f.name)
    return tuple(names)


class ArrayBath(BathBatch):
    """Baths of one class whose numbers are arrays (B,), the others being the same for all."""

    def __init__(self, kind: type, parameters: Mapping[str, Any]) -> None:
        defaults = {
            f.name: f.default for f in dataclasses.fields(kind) if f.default is not dataclasses.MISSING
        }
        self.kind = kind
        self.parameters: dict[str, Any] = {**defaults, **parameters}
        arrays = {}
        for name in numbers_of(kind):
            value = self.parameters.get(name)
            if isinstance(value, np.ndarray) and value.ndim:
                refuse_masked(name, value)
                if value.ndim != 1 or value.dtype.kind not in "iuf" or not value.size:
                    raise ValueError(
                        f"{name} must be a number or an array (B,) of them, got shape {value.shape} and dtype "
                        f"{value.dtype}"
                    )
                arrays[name] = self.parameters[name] = value.astype(np.float64)
        sizes = {name: len(value) for name, value in arrays.items()}
        if not sizes:
            raise ValueError(
                f"parameters of a {kind.__name__} are one bath; a batch needs an array (B,) among the numbers "
                f"{', '.join(numbers_of(kind))}"
            )
        if len(set(sizes.values())) != 1:
            lengths = ", ".join(f"{name}: {size}" for name, size in sizes.items())
            raise ValueError(f"the arrays of a {kind.__name__} differ in length ({lengths})")
        self._size = next(iter(sizes.values()))
        self._varying = tuple(arrays)
        self._check(arrays)

    def _check(self, arrays: Mapping[str, RealArray]) -> None:
        """Check the numbers as the constructor of one bath does: they are allowed in intervals."""
        for values in arrays.values():
            for member in {int(np.argmin(values)), int(np.argmax(values))}:  # NaN is both
                try:
                    self[member]
                except ValueError as error:
                    raise ValueError(f"member {member}: {error}") from None

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, member: int) -> Any:
        if not -len(self) <= member < len(self):
            raise IndexError(f"member {member} of {len(self)} baths")
        chosen = {
            name: float(value[member]) if name in self._varying else value
            for name, value in self.parameters.items()
        }
        return self.kind(**chosen)

    def _of_members(self, members: Sequence[Any]) -> Any:
        numbers = {
            name: np.array([getattr(bath, name) for bath in members]) for name in numbers_of(self.kind)
        }
        changed = {
            name: values
            for name, values in numbers.items()
            if name in self._varying or (values != self.parameters[name]).any()
        }
        return ArrayBath(self.kind, {**self.parameters, **changed})

    def _parameters(self) -> dict[str, Any]:
        return {name: self.parameters[name] for name in fields_of(self.kind) if name in self.parameters}

    def __repr__(self) -> str:
        return self._brief()

    def _brief(self) -> str:
        inside = ", ".join(f"{name}={text_of(value)}" for name, value in self._parameters().items())
        return f"{self.kind.__name__}.batch({inside})"

    def groups(self, first: int, count: int) -> Iterator[tuple[Any, Members]]:
        rows = np.column_stack([self.parameters[name][first : first + count] for name in self._varying])
        _, inverse = np.unique(rows, axis=0, return_inverse=True)
        for members in alike(inverse.ravel()):
            yield self[first + int(members[0])], members

    def spectra(
        self, w: RealArray, first: int, lamb_shift: bool, threads: int
    ) -> tuple[RealArray, RealArray | None]:
        self._require_members(w, first)
        kind: Any = self.kind
        found = kind.spectra_of_many(self._members(first, len(w)), w, lamb_shift, threads)
        return super().spectra(w, first, lamb_shift, threads) if found is None else found

    def _slopes(self, w: RealArray, first: int, lamb_shift: bool, threads: int) -> Slopes | None:
        kind: Any = self.kind
        known: Slopes | None = kind._slopes_of_many(self._members(first, len(w)), w, lamb_shift, threads)
        return known

    def _numbers(self, first: int, count: int) -> list[str]:
        """Return the names of numbers that the largest and the smallest have: an infinite one may rule out another."""
        arrays = [self.parameters[name][first : first + count] for name in self._varying]
        extremes = dict.fromkeys(first + int(at(x)) for x in arrays for at in (np.argmin, np.argmax))
        return list(dict.fromkeys(name for k in extremes for name in adjustable(self[k])))

    def _members(self, first: int, count: int) -> dict[str, Any]:
        """Return the constructor's arguments, each number an array (count,)."""
        numbers = {
            name: self.parameters[name][first : first + count]
            if name in self._varying
            else np.full(count, self.parameters[name], dtype=np.float64)
            for name in numbers_of(self.kind)
        }
        return {**self.parameters, **numbers}
