"""The studies that come with the package: their files, and the options of their commands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from redfield import studies

FOLDER = Path(__file__).parent / "studies"


def shipped(name: str, preset: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """A study with the settings that are not None; a StudyError lists the presets."""
    given = {place: value for place, value in settings.items() if value is not None}
    return studies.load(FOLDER / f"{name}.toml", preset, given)
