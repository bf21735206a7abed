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
from typing import Any, NamedTuple, TypeVar

from redfield._base.checks.types import Check, check_of_type

F = TypeVar("F", bound=Callable[..., Any])

SYNONYMS = {
    "ntraj": "samples", "num_traj": "samples", "rng": "seed", "seeds": "seed", "psi0": "rho0", "rho0": "psi0",
    "state0": "rho0", "t_list": "tlist", "times": "tlist", "tsave": "tlist", "taulist": "taus", "observables": "e_ops",
    "exp_ops": "e_ops", "c_ops": "jumps", "jump_ops": "jumps", "H": "hamiltonian", "a_ops": "couplings",
    "bath": "baths", "progress_bar": "progress", "dim": "dims", "wlist": "frequencies", "n_jobs": "workers",
    "num_cpus": "workers",
}  # fmt: skip
"""Names that arguments have in other packages, and their names here."""


class Plan(NamedTuple):
    """The check of each positional argument, and of each argument by its name.

    Attributes
    ----------
    names : those of all arguments; None where any name is taken.
    title : the function's name.
    """

    places: tuple[tuple[str, Check] | None, ...]
    checks: dict[str, Check]
    names: frozenset[str] | None
    title: str


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
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    names = frozenset(p.name for p in parameters if p.kind not in (p.POSITIONAL_ONLY, p.VAR_POSITIONAL))
    title = function.__qualname__ if owner is None else owner.__name__
    return Plan(places, checks, None if takes_any else names, title)


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


def _refuse_unknown(title: str, name: str, names: frozenset[str]) -> None:
    """Raise TypeError of an argument that a function does not have, with the one that may be meant."""
    import difflib

    meant = SYNONYMS.get(name)
    near = [meant] if meant in names else difflib.get_close_matches(name, sorted(names - {"self"}), 1)
    hint = f"; is {near[0]!r} meant?" if near else f"; it has {', '.join(sorted(names - {'self'}))}"
    raise TypeError(f"{title}() got an unexpected keyword argument {name!r}{hint}")


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
    places, checks, names, title = plan
    if args and checks:
        read = tuple([p[1](p[0], x) if p else x for p, x in zip(places, args)])  # noqa: B905
        if len(read) == len(args):  # of too many, Python tells
            args = read
    if given:
        if names is not None and not given.keys() <= names:
            _refuse_unknown(title, next(name for name in given if name not in names), names)
        for name, value in given.items():
            check = checks.get(name)
            if check is not None:
                given[name] = check(name, value)
    return args, given
