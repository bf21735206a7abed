"""What the parameters of every study share: presets, and what a store must have in common with a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, ClassVar, TypeVar

P = TypeVar("P")


class StudyParameters:
    """Base of a study's frozen dataclass."""

    study: ClassVar[str]
    """Its name, which is kept in its store."""
    points: ClassVar[int]
    """Outputs of a curve."""
    extent: ClassVar[tuple[str, ...]]
    """Fields that say how much is computed, not what: runs that share a store may differ in them."""

    def physics(self) -> dict[str, Any]:
        """What two runs must share to share a store."""
        kept = {k: v for k, v in asdict(self).items() if k not in self.extent}  # type: ignore[call-overload]
        return {"study": self.study, **kept, "points": self.points}


def from_preset(presets: Mapping[str, P], preset: str, options: Mapping[str, Any]) -> P:
    """A preset with the options that are not None put in its place; a ValueError lists the presets."""
    if preset not in presets:
        raise ValueError(f"preset must be one of {', '.join(presets)}, got {preset!r}")
    given = {key: value for key, value in options.items() if value is not None}
    return replace(presets[preset], **given)  # type: ignore[type-var]
