"""Hashes of bytes."""

from __future__ import annotations

import hashlib


def digest(*parts: bytes) -> bytes:
    """A hash of parts, each with its length."""
    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        whole.update(len(part).to_bytes(8, "little") + part)
    return whole.digest()


def text(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")
