"""The identity of a sweep: what two of them must share to share a store, and where they differ."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from redfield import _core
from redfield._base.checks.types import Operator
from redfield._base.description import text_of
from redfield._base.fingerprint import fingerprint, parts_of
from redfield.sweeps.grid import Grid

LINES = 10
"""The most differences that are told."""
WIDTH = 60
"""Characters of a value in a difference."""
PLAIN = (bool, int, float, complex, str, type(None))


def identity_of(
    point: Callable[..., Any], grid: Grid, batch: bool, threads: int, key: str | None = None
) -> dict[str, Any]:
    """Return axes, samples, seed, version and the token of each part of the point function, as JSON can hold them.

    With a key, it stands for the point function.

    Raises
    ------
    TypeError
        A part of the point function has no token; the message names it.
    """
    return {
        **_in_short(point, grid, batch, threads, key),
        "axes": grid.axes_as_json(),
        "parts": tokens_of(point) if key is None else {},
    }


def summary_of(
    point: Callable[..., Any], grid: Grid, batch: bool, threads: int, key: str | None = None
) -> dict[str, Any]:
    """Return the identity in short, which attributes of a Dataset tell; nothing in it has to have a token."""
    return {
        **_in_short(point, grid, batch, threads, key),
        "arguments": arguments_of(point),
        "code": fingerprint(innermost(point)),
    }


def _in_short(
    point: Callable[..., Any], grid: Grid, batch: bool, threads: int, key: str | None
) -> dict[str, Any]:
    return {
        "samples": grid.samples,
        "seed": grid.seed,
        "batch": batch,
        "threads": threads,
        "key": key,
        "point": name_of(point),
        "redfield": _core.build_info()["version"],
    }


def tokens_of(point: Callable[..., Any]) -> dict[str, list[str]]:
    """Return the token and a short text of each part of a point function."""
    name = name_of(point)
    return {
        part.place: [part.token, _cut(text_of(part.value), "") if type(part.value) in PLAIN else ""]
        for part in parts_of(point, name)
    }


def name_of(point: object) -> str:
    """Return the name of the function, without its module, which is __main__ where a file is run and else another."""
    inner = innermost(point)
    return str(getattr(inner, "__qualname__", type(inner).__name__))


def innermost(point: object) -> Any:
    """Return the function whose arguments partials have bound."""
    while isinstance(point, functools.partial):
        point = point.func
    return point


def arguments_of(point: object) -> dict[str, str]:
    """Return short texts of what a partial has bound."""
    if not isinstance(point, functools.partial):
        return {}
    bound = {**{str(i): x for i, x in enumerate(point.args)}, **point.keywords}
    return {**arguments_of(point.func), **{key: text_of(x) for key, x in bound.items()}}


def differences(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """In at most ten short lines, none where they are one."""
    lines = [*_differing(stored, asked)]
    if len(lines) > LINES:
        lines[LINES - 1 :] = [f"… and {len(lines) - LINES + 1} more differences"]
    return lines


def _differing(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterator[str]:
    yield from _of_axes(stored.get("axes", {}), asked.get("axes", {}))
    by_key = stored.get("key") is not None and stored.get("key") == asked.get("key")
    for key in (
        "samples",
        "seed",
        "batch",
        "threads",
        "key",
        *(() if by_key else ("point",)),
        "redfield",
    ):
        a, b = stored.get(key), asked.get(key)
        if not _same(a, b):
            yield f"{key}: stored {_cut(a)}, asked {_cut(b)}"
    if stored.get("key") == asked.get("key"):
        yield from _of_parts(stored.get("parts", {}), asked.get("parts", {}))


def _of_axes(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterator[str]:
    if [*stored] != [*asked]:
        yield f"axes: stored {_cut(', '.join(stored), '')}, asked {_cut(', '.join(asked), '')}"
    for name in asked:
        if name in stored:
            for line in _of_axis(stored[name], asked[name]):
                yield f"axis {_cut(name, '')}: {line}"


def _of_axis(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterator[str]:
    a, b = stored["values"], asked["values"]
    if stored["type"] != asked["type"]:
        yield f"stored of type {stored['type']}, asked of type {asked['type']}"
    elif len(a) != len(b):
        yield f"stored {_brief(a)}, asked {_brief(b)}"
    else:
        place = next((k for k in range(len(a)) if not _same(a[k], b[k])), None)
        if place is not None:
            many = f"{len(a):,}".replace(",", " ")
            yield f"value {place} of {many}: stored {_cut(a[place])}, asked {_cut(b[place])}"
    mine, theirs = stored["attributes"], asked["attributes"]
    for key in sorted({*mine, *theirs}):
        if key not in mine or key not in theirs or not _same(mine[key], theirs[key]):
            one, other = (_cut(x[key]) if key in x else "none" for x in (mine, theirs))
            yield f"attribute {_cut(key)}: stored {one}, asked {other}"


def _of_parts(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterator[str]:
    for place in {**stored, **asked}:
        a, b = stored.get(place), asked.get(place)
        where = f"the point's {place if len(place) <= WIDTH else place[:WIDTH] + '…'}"
        if a is None or b is None:
            yield f"{where}: {'is not stored' if a is None else 'is not asked'}"
        elif a[0] != b[0]:
            texts = (a[1], b[1]) if a[1] != b[1] else (f"#{a[0][:10]}", f"#{b[0][:10]}")
            one, other = (t or f"#{x[0][:10]}" for t, x in zip(texts, (a, b), strict=True))
            yield f"{where}: stored {one}, asked {other}"


def _same(a: Operator, b: Operator) -> bool:
    """Return whether two values are one, by type and sign."""
    return type(a) is type(b) and repr(a) == repr(b)


def _brief(values: Sequence[object]) -> str:
    """Return the first values of an axis and how many there are."""
    text = ", ".join(_cut(v, "" if isinstance(v, str) else None, 15) for v in values[:3])
    return f"[{text}{', …' if len(values) > 3 else ''}] ({len(values)})"


def _cut(value: object, quotes: str | None = None, width: int = WIDTH) -> str:
    """Return a short text of a value on one line; with quotes="" a string without them."""
    if isinstance(value, str) and quotes == "":
        text = value
    elif isinstance(value, float):
        text = f"{value:g}" if float(f"{value:g}") == value else repr(value)
    else:
        text = repr(value)
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"
