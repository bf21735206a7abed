"""Hashes of classes, and what their objects hold."""

from __future__ import annotations

import enum
import functools
import types
from collections.abc import Mapping
from typing import Any

from redfield._base.fingerprint.hashing import Walk, digest, text
from redfield._base.fingerprint.origin import is_local, library, qualified

GENERATED = (types.MemberDescriptorType, types.GetSetDescriptorType)
"""Descriptors that Python makes for slots and instance dictionaries."""
CODE = (types.FunctionType, staticmethod, classmethod, property)


def kind(walk: Walk, value: type) -> bytes:
    """Return the hash of a class: a user's is what it defines and its bases, an installed one its name and version."""
    if not is_local(value):
        return digest(b"class", text(value.__qualname__), text(library(value.__module__)))
    held = [walk.of(base, f"base {base.__qualname__}") for base in value.__bases__]
    if type(value) is not type:
        held.append(walk.of(type(value), "metaclass"))
    if issubclass(value, enum.Enum):
        held.append(walk.named({k: m.value for k, m in getattr(value, "__members__", {}).items()}, ".{}"))
    found = walk.named(members(value), f"class {value.__qualname__} → .{{}}")
    return digest(b"class", text(qualified(value)), *held, found)


def members(value: type) -> dict[str, Any]:
    """Return the definitions of a class: methods, whatever their names, and attributes that are not Python's own."""
    values = getattr(value, "__members__", {}) if issubclass(value, enum.Enum) else None
    out: dict[str, Any] = {}
    for name, member in vars(value).items():
        if _is_made(name, member):
            continue
        if values is not None and (name in values or (name[0] == "_" and not isinstance(member, CODE))):
            continue
        if isinstance(member, property):
            out |= {
                f"{name} (get)": member.fget,
                f"{name} (set)": member.fset,
                f"{name} (delete)": member.fdel,
            }
        elif isinstance(member, functools.cached_property):
            out[name] = member.func
        elif isinstance(member, functools.partialmethod):
            out[name] = (member.func, member.args, dict(member.keywords))
        elif isinstance(member, functools.singledispatchmethod):
            out[name] = member.dispatcher
        else:
            out[name] = member
    return out


def _is_made(name: str, member: object) -> bool:
    """Return whether Python makes a member of a class itself, of what else is in it."""
    if isinstance(member, GENERATED) or name in ("_abc_impl", "__annotate__", "__annotate_func__"):
        return True
    return name[:2] == "__" == name[-2:] and name != "__slots__" and not isinstance(member, CODE)


def uncached(kind: type, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes without those that a cached property of the class keeps under its name."""
    cached = {
        name
        for base in kind.__mro__
        for name, member in vars(base).items()
        if isinstance(member, functools.cached_property)
    }
    return {k: v for k, v in attributes.items() if k not in cached}
