"""The public API, found by walking it, with one valid call of everything in it."""

from __future__ import annotations

import functools
import importlib
import inspect
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import redfield as rf
from redfield.baths.numeric import NumericBath
from redfield.baths.thermal import ThermalBath
from redfield.results.evolution import BaseResult
from redfield.systems.base import Solvable

import public_values

BESIDE = ("redfield.qutip", "redfield.baths")
"""Public modules that `redfield.__all__` does not name."""


def modules() -> list[types.ModuleType]:
    """`redfield`, the modules that its `__all__` and theirs name, and those beside it."""
    found: dict[str, types.ModuleType] = {}
    waiting = [rf, *map(importlib.import_module, BESIDE)]
    while waiting:
        module = waiting.pop(0)
        if module.__name__ not in found:
            found[module.__name__] = module
            waiting += [
                x for x in map(functools.partial(getattr, module), public(module)) if inspect.ismodule(x)
            ]
    return list(found.values())


def public(module: types.ModuleType) -> list[str]:
    """The public names of a module: its `__all__`, or what it defines itself."""
    own = [
        n
        for n, x in vars(module).items()
        if getattr(x, "__module__", "") == module.__name__ and n[0] != "_"
    ]
    return list(getattr(module, "__all__", own))


@dataclass(frozen=True)
class Target:
    """Something public that takes arguments: a function, a class, or a method of one of its objects."""

    name: str
    scope: str
    function: Any
    owner: Any = None

    @property
    def parameters(self) -> list[inspect.Parameter]:
        """Its parameters, but for self and those that collect what has no name."""
        given = inspect.signature(self.function).parameters.values()
        return [
            p
            for p in given
            if p.name not in ("self", "cls") and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]

    def callable(self) -> Callable[..., Any]:
        """What is called: a method of an object made for it."""
        if self.owner is None:
            return self.function
        return getattr(made(self.owner), self.name.rsplit(".", 1)[1])

    def arguments(self) -> dict[str, Any]:
        """Valid values of the parameters that need one."""
        return {p.name: valid(self, p.name) for p in self.parameters if needed(self, p)}


NUMBERS = ("Number", "PositiveNumber", "Strength", "Beta")
"""Types of the numbers of baths."""


def needed(target: Target, parameter: inspect.Parameter) -> bool:
    """Whether the valid call gives this argument: where it must, or its default would make the call slow."""
    return (
        parameter.default is parameter.empty
        or parameter.annotation in NUMBERS
        or (target.name, parameter.name) in public_values.GIVEN
    )


def classes() -> dict[Any, str]:
    """The public classes and what they are called, exceptions left out."""
    found: dict[Any, str] = {}
    for module in modules():
        for name in public(module):
            thing = getattr(module, name)
            if (
                inspect.isclass(thing)
                and thing.__module__.startswith("redfield.")
                and not issubclass(thing, BaseException)
            ):
                found.setdefault(thing, f"{module.__name__}.{name}")
    return found


def targets() -> Iterator[Target]:
    """Everything public that takes arguments."""
    seen = set()
    for module in modules():
        for name in public(module):
            thing = getattr(module, name)
            if inspect.isfunction(thing) and thing not in seen:
                seen.add(thing)
                if Target("", "", thing).parameters:
                    yield Target(f"{module.__name__}.{name}", module.__name__, thing)
    for kind, name in classes().items():
        scope = name.rsplit(".", 1)[0]
        if kind not in ABSTRACT and not is_answer(kind) and Target("", "", kind).parameters:
            yield Target(name, scope, kind)
        for method in dir(kind):
            function = inspect.getattr_static(kind, method)
            function = getattr(function, "__func__", function)
            if method[0] == "_" and method not in ("__call__", "__getitem__"):
                continue
            if (
                inspect.isfunction(function)
                and Target("", "", function).parameters
                and kind not in ABSTRACT
            ):
                yield Target(f"{name}.{method}", scope, function, kind)
    for name in public_values.VARIANTS:
        for method, function in inspect.getmembers(rf.Equation, inspect.isfunction):
            if method[0] != "_" and Target("", "", function).parameters:
                yield Target(f"{name}.{method}", name, function, name)


def is_answer(kind: Any) -> bool:
    """Whether objects of a class are made by the package alone."""
    return not getattr(kind, "_checks_fields", True) or kind in MADE_BY_OTHERS


@functools.cache
def made(kind: Any) -> Any:
    """An object of a public class, or of one of the variants."""
    if kind in public_values.VARIANTS:
        return public_values.VARIANTS[kind]()
    if kind in public_values.OBJECTS:
        return public_values.OBJECTS[kind]()
    name = classes()[kind]
    target = Target(name, name.rsplit(".", 1)[0], kind)
    return kind(**target.arguments())


def valid(target: Target, name: str) -> Any:
    """A valid value of an argument: that of the target, else of the innermost module, else of every module."""
    scope = target.name
    while True:
        if name in public_values.VALUES.get(scope, {}):
            value = public_values.VALUES[scope][name]
            return value.make() if isinstance(value, public_values.Made) else value
        if not scope:
            raise KeyError(f"no valid value of {name} of {target.name} is known; give one in VALUES")
        scope = scope.rpartition(".")[0]


MADE_BY_OTHERS = {
    rf.models.ManyBody,
    rf.baths.ExponentialSum,
    rf.StopFlag,
}
"""Records that functions of the package return or hand on."""

ABSTRACT = {rf.Bath, rf.Equation, BaseResult, NumericBath, Solvable, ThermalBath}
"""Classes whose methods are those of the classes derived from them."""
