"""The base of every system: the kind of problem that it poses, and the types of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from redfield._base.checks.types import Finite
from redfield._base.records import Record

R = TypeVar("R")
"""The type of an evolution's result."""
P = TypeVar("P")
"""The type of a steady state."""


class Solvable(Record, Generic[R, P]):
    """Base of the systems that an equation may be made of; their class says which problem it is.

    Attributes
    ----------
    problem : "constant", "batch", "driven", "periodic", "quadratic", "driven quadratic" or "periodic quadratic"; it
        decides which solver answers.
    dimension : N.
    dims : of the factors of the tensor product that the levels are of, as a Qobj has them; None where not known.
    """

    _described: ClassVar[str] = (
        "one of DrivenSystem, PeriodicSystem, QuadraticSystem, System, SystemBatch"
    )

    problem: str
    dimension: int
    dims: tuple[int, ...] | None = None
    reservoirs: Any

    def at(self, t: Finite) -> Any:
        """Return the constant system that this one is at a time."""
        raise NotImplementedError

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Each class of systems has attributes of its own."""
