"""The kinds of equation: one line each, from which errors, comparisons, studies and tests take what a kind is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

PROBLEMS = {
    "constant": "System",
    "batch": "SystemBatch",
    "driven": "DrivenSystem",
    "periodic": "PeriodicSystem",
    "quadratic": "QuadraticSystem",
    "driven quadratic": "QuadraticSystem with a drive",
    "periodic quadratic": "QuadraticSystem with a period",
}
"""The system that poses each kind of problem."""


@dataclass(frozen=True)
class Kind:
    """One kind of equation: its class, the problems that it is defined for, and its properties.

    Attributes
    ----------
    equation : its class.
    problems : the kinds of problem that it is defined for, of PROBLEMS.
    needs : constructor arguments without a default, beside the system; each as a function of the fastest rate.
    positive : whether it is completely positive, so that it has trajectories.
    matrix : whether it is defined for a BathMatrix.
    differentiable : whether its answers have gradients.
    usual : whether `diagnose` takes it.
    """

    equation: type
    problems: tuple[str, ...]
    needs: dict[str, Callable[[float], Any]] = field(default_factory=dict)
    positive: bool = False
    differentiable: bool = False
    matrix: bool = False
    usual: bool = False

    @property
    def name(self) -> str:
        return self.equation.__name__

    def make(self, system: object, lamb_shift: bool, rate: float) -> Any:
        """Return the equation of a system, with what it needs chosen by its fastest rate."""
        return self.equation(system, lamb_shift=lamb_shift, **{k: f(rate) for k, f in self.needs.items()})


class Registry:
    """All kinds of equation, by name."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}

    def add(self, *kinds: Kind) -> None:
        """Take kinds in; each package does for those it defines."""
        self._kinds |= {kind.name: kind for kind in kinds}

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def __getitem__(self, name: str) -> Kind:
        return self._kinds[name]

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def of(self, equation: type) -> Kind | None:
        """Return the kind of an equation's class, or of the nearest that it derives from."""
        return next(
            (self._kinds[k.__name__] for k in equation.__mro__ if k.__name__ in self._kinds), None
        )

    def supporting(self, problem: str) -> list[str]:
        """Return the names of the kinds that are defined for a problem."""
        return [kind.name for kind in self if problem in kind.problems]

    def that_are(self, prop: str, problem: str | None = None) -> str:
        """Return the names of the kinds with a property, a field of Kind, as words.

        They are those of one problem, by default of all that density matrices have.
        """

        def asked(kind: Kind) -> bool:
            return (
                problem in kind.problems if problem else not all("quadratic" in p for p in kind.problems)
            )

        return named([kind.name for kind in self if getattr(kind, prop) and asked(kind)])


KINDS = Registry()
"""Every kind of equation that is imported."""


def named(names: list[str]) -> str:
    """Names in a sentence: "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
