"""Hashes of classes, and what their objects hold."""

from __future__ import annotations

import enum
import functools
import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from redfield.fingerprint.hashing import digest, text
from redfield.fingerprint.origin import is_local, library, qualified

if TYPE_CHECKING:
    from redfield.fingerprint.walk import Walk

GENERATED = (types.MemberDescriptorType, types.GetSetDescriptorType)
"""Descriptors that Python makes for slots and instance dictionaries."""


def kind(walk: Walk, value: type) -> bytes:
    """The hash of a class: a user's is what it defines and its bases, an installed one its name and version."""
    if not is_local(value):
        return digest(b"class", text(value.__qualname__), text(library(value.__module__)))
    held = [walk.of(base, f"base {base.__qualname__}") for base in value.__bases__]
    if type(value) is not type:
        held.append(walk.of(type(value), "metaclass"))
    if issubclass(value, enum.Enum):
        held.append(walk.named({k: m.value for k, m in value.__members__.items()}, ".{}"))
    found = walk.named(members(value), f"class {value.__qualname__} → .{{}}")
    return digest(b"class", text(qualified(value)), *held, found)


def members(value: type) -> dict[str, Any]:
    """What a class defines: methods, whatever their names, and attributes that are not Python's own."""
    is_enum = issubclass(value, enum.Enum)
    out = {}
    for name, member in vars(value).items():
        special = name.startswith("__") and name.endswith("__")
        if isinstance(member, GENERATED) or name in ("_abc_impl", "__annotate__", "__annotate_func__"):
            continue
        if (
            special
            and name != "__slots__"
            and not isinstance(member, types.FunctionType | staticmethod | classmethod)
        ):
            continue
        if is_enum and (name in value.__members__ or (name[0] == "_" and not _is_code(member))):
            continue
        if isinstance(member, property):
            parts = {"get": member.fget, "set": member.fset, "delete": member.fdel}
            out |= {f"{name} ({how})": f for how, f in parts.items() if f is not None}
        elif isinstance(member, functools.cached_property):
            out[name] = member.func
        elif isinstance(member, functools.partialmethod):
            out[name] = [member.func, member.args, member.keywords]
        elif isinstance(member, functools.singledispatchmethod):
            out[name] = member.dispatcher
        else:
            out[name] = member
    return out


def _is_code(member: Any) -> bool:
    return isinstance(member, types.FunctionType | staticmethod | classmethod | property)


def is_plain_object(value: type) -> bool:
    """Whether objects of a user's class are their attributes: they do not say themselves what pickle keeps."""
    own = (value.__reduce__, value.__reduce_ex__, getattr(value, "__getstate__", None))
    usual = (object.__reduce__, object.__reduce_ex__, getattr(object, "__getstate__", None))
    solid = (
        k for k in value.__mro__ if not is_local(k) and k.__module__ == "builtins" and k is not object
    )
    return is_local(value) and own == usual and next(solid, None) is None


def state(value: Any) -> dict[str, Any]:
    """The attributes of an object, those in slots included, without what cached properties keep."""
    out = uncached(type(value), getattr(value, "__dict__", {}))
    for base in type(value).__mro__:
        slots = vars(base).get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            name = f"_{base.__name__.lstrip('_')}{slot}" if slot[:2] == "__" != slot[-2:] else slot
            if slot not in ("__dict__", "__weakref__") and hasattr(value, name):
                out[name] = getattr(value, name)
    return out


def uncached(kind: type, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes without those that a cached property of the class keeps under its name."""
    cached = {
        name
        for base in kind.__mro__
        for name, member in vars(base).items()
        if isinstance(member, functools.cached_property)
    }
    return {k: v for k, v in attributes.items() if k not in cached}
