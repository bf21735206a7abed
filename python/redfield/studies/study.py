"""A study is a folder of this package, which `redfield reproduce` finds, computes, tabulates and draws.

The folder holds `study.toml` (parts, each a point on a grid of its arguments, and presets), `__init__.py` (its
`STUDY`), `points.py` (the functions that the file names as points) and `picture.py` (`table` and `draw`). The last two
need extras and are imported when the study runs, so that `--help` needs none.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from redfield._base.checks import as_count, as_positive
from redfield.draw import styled

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

Data: TypeAlias = "Mapping[str, xr.Dataset]"
"""Datasets of a study by the names of its parts."""
HERE = Path(__file__).parent
FILE = "study.toml"


@dataclass(frozen=True)
class Table:
    """The table that a study prints: a title, rows of values by their headings, and lines below."""

    title: str
    rows: Sequence[Mapping[str, Any]]
    notes: Sequence[str] = ()

    @classmethod
    def of(cls, title: str, data: xr.Dataset, axes: Sequence[str], headings: Mapping[str, str]) -> Table:
        """Return the table of a Dataset: a row for each point of the axes, the last of which runs fastest.

        `headings` are those of the columns, by their coordinates or variables.
        """
        rows = [
            {heading: here[name].item() for name, heading in headings.items()}
            for place in itertools.product(*(data[axis].values for axis in axes))
            for here in [data.sel(dict(zip(axes, place, strict=True)))]
        ]
        return cls(title, rows)


class Picture(Protocol):
    """The module `picture` of a study."""

    def table(self, data: Data) -> Table:
        """Return the numbers of the study, in the order in which they are printed."""

    def draw(self, data: Data) -> Figure:
        """Return the figure of the study, drawn within `redfield.draw.styled`."""


@dataclass(frozen=True)
class Option:
    """An option of a study's command: the entries of the study's file that it sets, and the values that it may have.

    Integers are at least `minimum`, real numbers positive; of options with `many` a command takes several, separated by
    commas. `entry` maps the checked value to the one that is set, or to None where nothing is.
    """

    help: str
    kind: type[int] | type[float] | type[bool]
    sets: Sequence[str] = ()
    minimum: int = 1
    many: bool = False
    entry: Callable[[Any], Any] = lambda value: list(value) if isinstance(value, tuple) else value

    def check(self, name: str, value: object) -> None:
        """Raise ValueError, with the option's name, where a value is not allowed."""
        for one in value if isinstance(value, tuple | list) else [value]:
            if self.kind is int:
                as_count(name, one, self.minimum)
            elif self.kind is float:
                as_positive(name, one)


SEED = Option("Seed of all samples.", int, ["seed"], minimum=0)


@dataclass(frozen=True)
class Study:
    """A study: the package of its folder, one sentence about it, its options, and the extras' modules that it needs.

    `fit` changes the contents of the file where options depend on each other, or refuses them by a ValueError.
    """

    package: str
    summary: str
    options: Mapping[str, Option] = field(default_factory=dict)
    needs: Sequence[str] = ()
    fit: Callable[[dict[str, Any], Mapping[str, Any]], None] = lambda contents, given: None

    @property
    def name(self) -> str:
        """The name of the folder, of its figure, and with hyphens of its command."""
        return self.package.rpartition(".")[2]

    def load(self, preset: str = "quick", **given: Any) -> dict[str, Any]:
        """Return the contents of the study's file, with those of a preset and of the options that are not None.

        Raises
        ------
        ValueError
            There is no such preset or option, or an option has a value that is not allowed.
        """
        from redfield.studies import toml  # which needs pydantic

        given = {name: value for name, value in given.items() if value is not None and value is not False}
        settings: dict[str, Any] = {}
        for name, value in given.items():
            if name not in self.options:
                raise ValueError(
                    f"{name} is no option of {self.name}, which has {', '.join(self.options)}"
                )
            option = self.options[name]
            option.check(name, value)
            settings |= dict.fromkeys(option.sets, option.entry(value))
        settings = {place: value for place, value in settings.items() if value is not None}
        contents = toml.load(HERE / self.name / FILE, preset, settings)
        self.fit(contents, given)
        return contents

    def table(self, data: Data) -> Table:
        """Return the numbers of computed data that the command prints."""
        return self._picture().table(data)

    def draw(self, data: Data) -> Figure:
        """Return the figure of computed data."""
        with styled():
            return self._picture().draw(data)

    def _picture(self) -> Picture:
        return cast(Picture, importlib.import_module(f"{self.package}.picture"))


def all_studies() -> list[Study]:
    """All studies of the package: the `STUDY` of each folder that has a file, by name."""
    names = sorted(file.parent.name for file in HERE.glob(f"*/{FILE}"))
    return [importlib.import_module(f"redfield.studies.{name}").STUDY for name in names]
