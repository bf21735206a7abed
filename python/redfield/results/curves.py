"""The curves of an evolution by their names, and the names that they have as variables of a Dataset."""

from __future__ import annotations

import operator
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy.typing as npt

LONGEST = 200
"""Bytes of a name: file systems have 255."""


class Curves(dict[Any, npt.NDArray[Any]]):
    """The expectation values of a dict of e_ops, by its keys, or by their place where an integer is no key.

    Examples
    --------
    >>> curves = Curves({"x": 1.0, "z": 2.0})
    >>> curves["z"], curves[0], curves[-1]
    (2.0, 1.0, 2.0)
    """

    def __missing__(self, key: object) -> npt.NDArray[Any]:
        try:
            place = operator.index(key)  # type: ignore[arg-type]
        except TypeError:
            raise KeyError(f"{key!r} is none of the e_ops, which are {self._names()}") from None
        if isinstance(key, bool) or not -len(self) <= place < len(self):
            raise KeyError(
                f"{key!r} is neither a name nor a place of the {len(self)} e_ops {self._names()}"
            )
        return list(self.values())[place]

    def _names(self) -> str:
        return ", ".join(map(repr, self)) or "none"


def keys_of(expect: Any) -> list[Any]:
    """Return the names of the curves, or their places where they have none."""
    return list(expect) if isinstance(expect, Mapping) else list(range(len(expect)))


def curves_of(expect: Any) -> list[npt.NDArray[Any]]:
    """Return the curves in the order of the e_ops."""
    return list(expect.values() if isinstance(expect, Mapping) else expect)


def variables_of(keys: Sequence[Any], taken: Collection[str]) -> list[str]:
    """Return the names of the curves as variables of a Dataset: their own, or expect_0, … where those can not be.

    Parameters
    ----------
    taken : names of other variables and of dimensions.
    """
    return [
        key if isinstance(key, str) and is_variable(key) and key not in taken else f"expect_{i}"
        for i, key in enumerate(keys)
    ]


def is_variable(name: str) -> bool:
    """Return whether Zarr and netCDF store a variable of this name, and no other curve can have it."""
    return (
        bool(name.strip(". "))
        and name == name.strip()
        and not name.startswith(("__", "."))
        and not any(c in "/\\" or not c.isprintable() for c in name)
        and len(name.encode(errors="replace")) <= LONGEST
        and name != "zarr.json"
        and not re.fullmatch(r"expect_\d+", name)
    )


def labels_of(keys: Iterable[Any], named: bool) -> list[str]:
    """Return what legends and reprs call the curves."""
    return [str(k) if named else f"e_ops[{k}]" for k in keys]


def named(curves: Any) -> Any:
    """Return a dict of curves as Curves, and a list as it is."""
    return Curves(curves) if type(curves) is dict else curves
