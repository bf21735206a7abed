"""Reads study files; what is wrong is told with its place and the nearest name."""

from __future__ import annotations

import copy
import difflib
import functools
import operator
import re
import reprlib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from redfield._base.checks import checked
from redfield.studies.toml.schema import (
    BATHS,
    EQUATIONS,
    MODELS,
    Axis,
    Bath,
    Couplings,
    Equation,
    FunctionStudy,
    Model,
    ModelStudy,
    Values,
)

KINDS = {"model": [*MODELS, "matrix"], "baths": [*BATHS], "equations": [*EQUATIONS]}
LISTED = 10
"""Errors of a file that are told at once."""


class StudyError(ValueError):
    """A study file is not one; the message names the file, each key and what it should be."""


@checked
def load(
    path: str | Path, preset: str | None = None, settings: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the contents of a study file, checked, with those of a preset and of settings.

    `settings` are values of entries such as "baths[0].beta".

    Raises
    ------
    StudyError
        It can not be read, is no TOML, or says what no study says.
    """
    try:
        raw = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        raw = with_entries(raw, {**_preset_of(raw, preset), **(settings or {})})
        for part in parts_of(raw).values():
            check(part)
    except OSError as error:
        raise StudyError(f"can not read {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise StudyError(f"{path} is not text: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{path} is not TOML: {error}") from None
    except RecursionError:
        raise StudyError(f"{path} nests its values too deeply") from None
    except StudyError as error:
        raise StudyError(f"{path}: {error}") from None
    return raw


@checked
def parts_of(raw: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the studies of a file by name: what stands outside of its parts holds for each.

    A file without parts is one study, without a name.
    """
    shared = {key: value for key, value in raw.items() if key not in ("parts", "presets")}
    parts = raw.get("parts", {"": {}})
    if not isinstance(parts, Mapping) or not all(isinstance(part, Mapping) for part in parts.values()):
        raise StudyError("parts must be tables: [parts.NAME]")
    for name in parts:
        if name and not re.fullmatch(r"[\w-]+", name):
            raise StudyError(f"parts.{name!r} names a store: letters, digits, _ and - only")
    return {name: _merged(shared, part) for name, part in parts.items()}


def check(raw: Mapping[str, Any]) -> ModelStudy | FunctionStudy:
    """Return the study that the contents of a part say, with its grid tried at the first value of each axis."""
    study = validated(raw)
    if isinstance(study, FunctionStudy):
        return study
    first = {name: axis.array()[0].item() for name, axis in study.grid.items()}
    validated(with_entries(raw, entries(study, first), "grid"))
    return study


def entries(study: ModelStudy, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries that the axes of a grid set, and their values."""
    return {place: value for name, value in parameters.items() for place in study.grid[name].sets}


def with_entries(
    raw: Mapping[str, Any], values: Mapping[str, Any], who: str = "settings"
) -> dict[str, Any]:
    """Return the contents with other values of entries that are there, or arguments that have a default."""
    out = copy.deepcopy(dict(raw))
    for place, value in values.items():
        try:
            *outer, last = keys_of(place) or [place]
            table: Any = functools.reduce(operator.getitem, outer, out)
            if isinstance(last, int):
                table[last]  # a list does not grow
            elif not isinstance(table, dict):
                raise TypeError
            table[last] = value
        except (KeyError, IndexError, TypeError):
            message = f"{who}: {place!r} is no entry of this file; give it a value first"
            raise StudyError(message) from None
    return out


def validated(raw: Mapping[str, Any]) -> ModelStudy | FunctionStudy:
    """Return the contents as a table of the schema."""
    try:
        return (FunctionStudy if "point" in raw else ModelStudy).model_validate(dict(raw))
    except ValidationError as error:
        found = error.errors()
        more = [f"and {len(found) - LISTED} more"] if len(found) > LISTED else []
        raise StudyError("; ".join([*(_message(e, raw) for e in found[:LISTED]), *more])) from None


def _preset_of(raw: Mapping[str, Any], preset: str | None) -> Mapping[str, Any]:
    presets: dict[str, dict[str, Any]] = raw.get("presets", {})
    if preset is not None and preset not in presets:
        raise StudyError(f"preset must be one of {', '.join(presets) or '(none)'}, got {preset!r}")
    return {} if preset is None else presets[preset]


def _merged(shared: Mapping[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    out = copy.deepcopy(dict(shared))
    for key, value in part.items():
        both = isinstance(out.get(key), Mapping) and isinstance(value, Mapping)
        out[key] = _merged(out[key], value) if both else copy.deepcopy(value)
    return out


def keys_of(place: str) -> list[Any]:
    """ "baths[0].beta" → ["baths", 0, "beta"]."""
    return [int(k) if k.isdigit() else k for k in re.findall(r"[^.\[\]]+", place)]


def meant(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return the question whether the nearest of the known names was meant, or another text where none is near."""
    near = difflib.get_close_matches(name, [*known], 1, 0.5)
    return f", did you mean {near[0]!r}?" if near else otherwise


def _message(error: ErrorDetails, raw: Mapping[str, Any]) -> str:
    keys = _without_tags(error["loc"], raw)
    place = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in keys).lstrip(".")
    if error["type"] == "extra_forbidden":
        return f"unknown key {place!r}" + meant(str(keys[-1]), _names_at(error["loc"], "point" in raw))
    if error["type"] == "union_tag_invalid":
        given, kinds = error["ctx"]["tag"], KINDS.get(str(keys[0]), [])
        choices = ", ".join(kinds or [error["ctx"]["expected_tags"]])
        return f"{place}.kind = {given!r} is unknown" + meant(given, kinds, f"; choose one of {choices}")
    if error["type"] == "missing":
        return f"{place!r} is missing"
    given = error.get("input")
    message = error["msg"].removeprefix("Value error, ")
    shown = f" (got {reprlib.repr(given)})" if isinstance(given, str | int | float | bool) else ""
    return f"{place}: {message}{shown}" if place else message


def _without_tags(location: tuple[Any, ...], raw: Mapping[str, Any]) -> list[Any]:
    """Return the place in the file: pydantic names the kind of a table too."""
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


def _names_at(location: tuple[Any, ...], function: bool) -> list[str]:
    """Return the keys of the table an unknown one was found in."""
    kinds: dict[str, type[BaseModel]] = {}
    unions: tuple[Any, ...] = (Model, Bath, Equation, Couplings)
    for union in unions:
        for member in union.__origin__.__args__:
            (kind,) = member.model_fields["kind"].annotation.__args__
            kinds[kind] = member
    table: Any = FunctionStudy if function else ModelStudy
    for key in location[:-1]:
        if key in kinds:
            table = kinds[key]
        elif key in ("initial", "observables", "tolerances"):
            table = ModelStudy.model_fields[key].annotation
        elif key == "grid":
            table = Values if function else Axis
        elif key == "times":
            table = Values
    return list(table.model_fields)
