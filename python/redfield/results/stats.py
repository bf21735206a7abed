"""The statistics and the curves of an evolution."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NotRequired, Protocol, TypedDict

import numpy.typing as npt


class Stats(TypedDict):
    """How an evolution went."""

    method: str
    frame: NotRequired[str]
    """The basis it was solved in, "given" or "eigenbasis"."""
    dtype: NotRequired[str]
    """The type of the arithmetic, "float64" or "float32"."""
    applications: int
    steps: int
    rejected: int
    seconds: float
    blocks: NotRequired[list[int]]
    """Levels of the blocks that sparse jumps keep a state in, where it was solved in them: see docs/large.md."""
    stopped: NotRequired[float]
    """The time at which `stop_when` passed zero; nan where it did not."""
    error: NotRequired[float]
    """Estimated largest error of an entry, where the method has an estimate.

    Of HEOM a trace norm: what the last depth, the operators left out and the fits of the baths change; nan at a depth
    that was given."""
    fit_error: NotRequired[float]
    """Hierarchies: the part of ∫|C|dt that the baths' fits miss, or by which a terminator errs."""
    fit_effect: NotRequired[float]
    """Hierarchies: what the fits do to the state of Redfield's equation, a trace norm; nan where it tells nothing."""
    terms: NotRequired[list[int]]
    """Hierarchies: the terms of each bath's fit."""
    depth: NotRequired[int]
    """Depth of the hierarchy."""
    auxiliary_operators: NotRequired[int]
    """Hierarchies: the auxiliary operators, ρ and the conjugates among them."""
    negligible: NotRequired[float]
    """Hierarchies: what an auxiliary operator that was left out was expected to move the state by, at most."""
    bytes: NotRequired[float]
    """Hierarchies: the memory of the hierarchy and one vector of it."""


class Expectations(Protocol):
    """A list of curves, or a dict of them where e_ops was one."""

    def __getitem__(self, key: Any, /) -> npt.NDArray[Any]: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
