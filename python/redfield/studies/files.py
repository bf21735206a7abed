"""Reads study files; what is wrong is told with its place and the nearest name."""

from __future__ import annotations

import copy
import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from redfield.studies.schema import BATHS, EQUATIONS, MODELS, Study


class StudyError(ValueError):
    """A study file is not one; the message names the file, each key and what it should be."""


def load(path: str | Path) -> dict[str, Any]:
    """The contents of a study file, checked.

    Raises
    ------
    StudyError
        It can not be read, is no TOML, or says what no study says.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise StudyError(f"can not read {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise StudyError(f"{path} is not text: {error}") from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{path} is not TOML: {error}") from None
    try:
        check(raw)
    except StudyError as error:
        raise StudyError(f"{path}: {error}") from None
    return raw


def check(raw: Mapping[str, Any]) -> Study:
    """A study, its grid tried with the first value of each axis."""
    study = validated(raw)
    first = {name: axis.array()[0].item() for name, axis in study.grid.items()}
    for name, places in places_of(raw).items():
        for place in places:
            try:
                _entry(raw, place)
            except (KeyError, IndexError, TypeError):
                raise StudyError(
                    f"grid.{name}.sets = {place!r} is no entry of this file; give it a value first"
                ) from None
    validated(changed(raw, first))
    return study


def places_of(raw: Mapping[str, Any]) -> dict[str, list[str]]:
    """The entries that each axis of the grid sets."""
    sets = {name: axis["sets"] for name, axis in raw.get("grid", {}).items()}
    return {name: [places] if isinstance(places, str) else places for name, places in sets.items()}


def changed(raw: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The contents with the entries that the grid sets."""
    out, places = copy.deepcopy(dict(raw)), places_of(raw)
    for name, value in parameters.items():
        for place in places[name]:
            *outer, last = _keys(place)
            table = _walk(out, outer)
            table[last] = value
    return out


def validated(raw: Mapping[str, Any]) -> Study:
    try:
        return Study.model_validate(dict(raw))
    except ValidationError as error:
        raise StudyError("; ".join(_told(e, raw) for e in error.errors())) from None


def _keys(place: str) -> list[Any]:
    """ "baths[0].beta" → ["baths", 0, "beta"]."""
    return [int(k) if k.isdigit() else k for k in re.findall(r"[^.\[\]]+", place)]


def _walk(table: Any, keys: list[Any]) -> Any:
    for key in keys:
        table = table[key]
    return table


def _entry(raw: Mapping[str, Any], place: str) -> Any:
    """What stands at a place; an argument that has a default may be missing."""
    *outer, last = _keys(place)
    table = _walk(raw, outer)
    if isinstance(last, int):
        return table[last]
    return table.get(last) if isinstance(table, Mapping) else table[last]


def _told(error: Any, raw: Mapping[str, Any]) -> str:
    keys = _without_tags(error["loc"], raw)
    place = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in keys).lstrip(".")
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(keys[-1]), _names_at(error["loc"]), 1, 0.5)
        return f"unknown key {place!r}" + (f", did you mean {near[0]!r}?" if near else "")
    if error["type"] == "union_tag_invalid":
        given = error["ctx"]["tag"]
        known = {"model": [*MODELS, "matrix"], "baths": list(BATHS), "equations": list(EQUATIONS)}
        near = difflib.get_close_matches(given, known.get(str(keys[0]), []), 1, 0.5)
        choices = ", ".join(known.get(str(keys[0]), [error["ctx"]["expected_tags"]]))
        return f"{place}.kind = {given!r} is unknown" + (
            f", did you mean {near[0]!r}?" if near else f"; choose one of {choices}"
        )
    if error["type"] == "missing":
        return f"{place!r} is missing"
    given = error.get("input")
    message = error["msg"].removeprefix("Value error, ")
    shown = f" (got {given!r})" if isinstance(given, str | int | float | bool) else ""
    return f"{place}: {message}{shown}" if place else message


def _without_tags(location: tuple[Any, ...], raw: Mapping[str, Any]) -> list[Any]:
    """The place in the file: pydantic names the kind of a table too."""
    keys: list[Any] = []
    table: Any = raw
    for key in location:
        if isinstance(table, Mapping) and table.get("kind") == key and key not in table:
            continue
        if isinstance(table, str) and table == key:  # equations = ["redfield"]
            continue
        keys.append(key)
        try:
            table = table[key]
        except (KeyError, IndexError, TypeError):
            table = None
    return keys


def _names_at(location: tuple[Any, ...]) -> list[str]:
    """The keys of the table an unknown one was found in."""
    from redfield.studies import schema

    kinds: dict[str, type[BaseModel]] = {}
    unions: tuple[Any, ...] = (schema.Model, schema.Bath, schema.Equation, schema.Couplings)
    for union in unions:
        for member in union.__origin__.__args__:
            (kind,) = member.model_fields["kind"].annotation.__args__
            kinds[kind] = member
    table: Any = Study
    for key in location[:-1]:
        if key in kinds:
            table = kinds[key]
        elif key in ("initial", "observables", "tolerances"):
            table = Study.model_fields[key].annotation
        elif key == "grid":
            table = schema.Axis
        elif key == "times":
            table = schema.Values
    return list(table.model_fields)
