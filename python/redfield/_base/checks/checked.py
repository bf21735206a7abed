"""Every call of a public function or method checks each argument as its type says.

`Record` applies it to the public methods and the constructor of its subclasses, and functions have the decorator
`checked`; `types` has the check of each type. What depends on other arguments, such as a shape, the function itself
checks.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from redfield._base.checks.types import Check, check_of_type

F = TypeVar("F", bound=Callable[..., Any])

Plan = tuple[tuple[tuple[str, Check] | None, ...], dict[str, Check]]
"""The check of each positional argument, and of each argument by its name."""


def checked(function: F) -> F:
    """Return a function, checking its arguments at every call as their types say; it is a decorator.

    Examples
    --------
    >>> @checked
    ... def doubled(t: float, lamb_shift: bool = True):
    ...     return 2 * t
    >>> doubled(1)
    2.0
    >>> doubled("1")
    Traceback (most recent call last):
    TypeError: t must be a real number, got '1'
    """
    plan: list[Plan] = []  # made at the first call: annotations may name what is imported later

    @functools.wraps(function)
    def call(*args: Any, **given: Any) -> Any:
        if not plan:
            plan.append(plan_of(function))
        args, given = apply_plan(plan[0], args, given)
        return function(*args, **given)

    call.__checks_arguments__ = True  # type: ignore[attr-defined]
    return call  # type: ignore[return-value]


def plan_of(function: Callable[..., Any], owner: type | None = None) -> Plan:
    """Return the checks of a function's parameters, or of a constructor's, which has no self, of the class `owner`."""
    parameters = list(inspect.signature(function).parameters.values())[owner is not None :]
    checks = {p.name: check for p in parameters if (check := check_of(function, p, owner)) is not None}
    places = tuple(
        (p.name, checks[p.name]) if p.name in checks else None
        for p in parameters
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    )
    return places, checks


def check_of(
    function: Callable[..., Any], parameter: inspect.Parameter, owner: type | None = None
) -> Check | None:
    """Return the check of one parameter; None for self, for collected arguments and where its type says nothing."""
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        return None
    return check_of_type(type_of(function, parameter, owner), parameter.default is None)


def type_of(function: Callable[..., Any], parameter: inspect.Parameter, owner: type | None = None) -> Any:
    """Return the type of a parameter, whose annotation is read where it stands or in the class whose field it is."""
    annotation = parameter.annotation
    if not isinstance(annotation, str):
        return None if annotation is inspect.Parameter.empty else annotation
    scopes = [inspect.unwrap(function).__globals__]
    scopes += [vars(sys.modules[kind.__module__]) for kind in inspect.getmro(owner or object)]
    for scope in scopes:
        with contextlib.suppress(NameError, AttributeError, TypeError, SyntaxError):
            return eval(annotation, scope)
    return None


def _positional(plan: Plan, args: tuple[Any, ...]) -> Any:
    places = plan[0]
    if len(args) > len(places):
        return args  # Python tells
    return [
        value if place is None else place[1](place[0], value)
        for place, value in zip(places, args, strict=False)
    ]


def _named(plan: Plan, given: dict[str, Any]) -> dict[str, Any]:
    checks = plan[1]
    for name in given:
        if (check := checks.get(name)) is not None:
            given[name] = check(name, given[name])
    return given


def check_methods(kind: type) -> None:
    """Replace the public methods that a class defines by ones that check their arguments."""
    for name, value in list(vars(kind).items()):
        if name.startswith("_") and name not in ("__call__", "__getitem__"):
            continue
        inner = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if not inspect.isfunction(inner) or hasattr(inner, "__checks_arguments__"):
            continue
        if inner.__code__.co_argcount + inner.__code__.co_kwonlyargcount <= 1:
            continue
        made: Any = checked(inner)
        setattr(kind, name, made if inner is value else type(value)(made))


def apply_plan(plan: Plan, args: tuple[Any, ...], given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the arguments of a call, checked."""
    if not plan[1]:
        return args, given
    return _positional(plan, args), _named(plan, given)
