"""Points that could not be computed, and how a store keeps them: as JSON in a row of bytes a block."""

from __future__ import annotations

import json

import numpy as np

from redfield.sweeps.points import Failure
from redfield.sweeps.values import Array

ROW_BYTES = 32768
"""What is kept of the failures of one block."""


def encoded(failures: list[Failure]) -> Array:
    """First what fits with its traceback, then messages, then how many more."""
    kept: list[tuple[tuple[int, ...], str, str]] = []
    size = 64
    for failure in failures:
        for record in (
            (failure.index, failure.message[:2000], failure.traceback[-6000:]),
            (failure.index, failure.message[:200], ""),
        ):
            length = len(json.dumps(record).encode()) + 2
            if size + length < ROW_BYTES:
                kept.append(record)
                size += length
                break
    text = json.dumps({"more": len(failures) - len(kept), "failures": kept}).encode() if failures else b""
    row = np.zeros(ROW_BYTES, dtype=np.uint8)
    row[: len(text)] = np.frombuffer(text, dtype=np.uint8)
    return row


def decoded(row: Array) -> list[Failure]:
    text = bytes(row).rstrip(b"\0")
    if not text:
        return []
    return [Failure(tuple(i), message, told) for i, message, told in json.loads(text)["failures"]]
