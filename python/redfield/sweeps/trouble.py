"""Points that could not be computed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True)
class Failure:
    """One point, by its place along each axis, which stays when a store is extended."""

    index: tuple[int, ...]
    message: str
    traceback: str

    def to_record(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_record(cls, record: bytes) -> Self:
        given = json.loads(record)
        return cls(**{**given, "index": tuple(given["index"])})
