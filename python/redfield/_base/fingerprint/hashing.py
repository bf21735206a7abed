"""Hashes of bytes, and what the hash of a composite value asks of the walk through it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, Protocol


def digest(*parts: bytes) -> bytes:
    """Return a hash of parts, each with its length."""
    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        whole.update(len(part).to_bytes(8, "little") + part)
    return whole.digest()


def text(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


class Walk(Protocol):
    """A walk through a value, as hashes of its parts see it; redfield._base.fingerprint.walk has the one there is."""

    strict: bool
    modules: dict[str, bytes]

    def of(self, value: object, step: str | None = None) -> bytes:
        """Return the hash of a value, which is found at this step from where the walk is."""
        ...

    def named(self, values: Mapping[str, Any], how: str = "{}") -> bytes:
        """Return the hash of values by their names, whatever their order."""
        ...

    def listed(self, values: Iterable[Any]) -> bytes:
        """Return the hash of values in their order."""
        ...

    def refuse(self, value: object, why: str = "") -> NoReturn:
        """Raise: the value has no token."""
        ...
