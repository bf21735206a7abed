"""Hashes of numbers, strings and arrays of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.fingerprint.hashing import Walk, digest, text


def plain(value: object, strict: bool) -> bytes | None:
    """Return the hash of what has no parts, None of all else."""
    return _exactly(value) if strict else _leniently(value)


def _exactly(value: Any) -> bytes | None:
    if value is None or value is ... or value is NotImplemented:
        return digest(b"constant", repr(value).encode())
    kind = type(value)
    if kind is str:
        return digest(b"string", text(value))
    if kind in (bytes, bytearray):
        return digest(kind.__name__.encode(), bytes(value))
    if kind in (bool, int):
        return digest(kind.__name__.encode(), hex(value).encode())
    if kind is float:
        return digest(b"float", value.hex().encode())
    if kind is complex:
        return digest(b"complex", value.real.hex().encode(), value.imag.hex().encode())
    if isinstance(value, np.generic) and not value.dtype.hasobject:
        return digest(b"scalar", *_bytes_of(np.asarray(value)))
    return None


def _leniently(value: object) -> bytes | None:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is ... or value is NotImplemented:
        return digest(b"constant", repr(value).encode())
    if isinstance(value, str):
        return digest(b"string", text(value))
    if isinstance(value, bytes | bytearray):
        return digest(b"bytes", bytes(value))
    if isinstance(value, bool | int):
        try:
            same = float(value) == value
        except OverflowError:
            same = False
        return _leniently(float(value)) if same else digest(b"integer", hex(int(value)).encode())
    if isinstance(value, float):
        return digest(b"float", (value + 0.0).hex().encode())
    if isinstance(value, complex):
        if value.imag == 0.0:
            return _leniently(value.real)
        return digest(b"complex", (value.real + 0.0).hex().encode(), (value.imag + 0.0).hex().encode())
    return None


def _bytes_of(whole: np.ndarray[Any, Any]) -> tuple[bytes, bytes, bytes]:
    """Shape, type and entries in the byte order of this machine."""
    native = whole.dtype.newbyteorder("=")
    kind = native.str if native.fields is None else repr(native)
    return str(whole.shape).encode(), text(kind), np.ascontiguousarray(whole, dtype=native).tobytes()


def array(walk: Walk, value: np.ndarray[Any, Any]) -> bytes:
    """Return the hash of an array by its entries, of a strict walk by their bits."""
    inside = np.asarray(value)
    if inside.dtype.hasobject:
        entries = inside.ravel().tolist()
        return digest(
            b"array", str(inside.shape).encode(), str(inside.dtype).encode(), walk.listed(entries)
        )
    if not walk.strict:
        whole = np.ascontiguousarray(inside, dtype=inside.dtype.newbyteorder("="))
        if whole.dtype.kind in "fc":
            whole = whole + 0.0  # −0 becomes 0
        return digest(b"array", str(inside.shape).encode(), text(whole.dtype.name), whole.tobytes())
    beside = b""
    if type(value) not in (np.ndarray, np.memmap):
        beside = digest(walk.of(type(value)), walk.named(dict(getattr(value, "__dict__", {})), ".{}"))
        if isinstance(value, np.ma.MaskedArray):
            beside = digest(text(type(value).__name__), *_bytes_of(np.ma.getmaskarray(value)))
            inside = np.array(value.data)
            if value.mask.dtype == np.bool_:  # entries that are hidden may be anything
                inside[np.ma.getmaskarray(value)] = np.zeros(1, inside.dtype)[0]
    return digest(b"array", *_bytes_of(inside), beside)


def sparse(walk: Walk, matrix: Any) -> bytes:
    """Return the hash of a sparse matrix: of a strict walk its class too, as it decides the order of sums."""
    entries = matrix.tocoo(copy=True)
    entries.sum_duplicates()
    places = getattr(entries, "coords", None) or (entries.row, entries.col)
    kind = walk.of(type(matrix)) if walk.strict else b""
    where = [walk.of(np.asarray(place, dtype=np.int64)) for place in places]
    return digest(b"sparse", kind, walk.listed(entries.shape), *where, walk.of(entries.data))
