"""The base of every system: the kind of problem that it poses, and the types of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from redfield._base.checks.types import Finite
from redfield._base.description import text_of
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

    def _table_rows(self) -> dict[str, str]:
        """Return the problem, N and the parameters, of lists with their lengths."""
        members = {"members": str(len(self))} if self.problem == "batch" else {}
        counted = {
            name: f"{len(value)}: {text_of(value)}" if isinstance(value, list | tuple) else text_of(value)
            for name, value in self._parameters().items()
        }
        return {"problem": self.problem, "N": str(self.dimension), **members, **counted}

    def at(self, t: Finite) -> Any:
        """Return the constant system that this one is at a time."""
        raise NotImplementedError

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Each class of systems has attributes of its own."""
