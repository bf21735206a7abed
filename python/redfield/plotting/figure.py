"""What every figure needs of matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from redfield.draw import styled

try:
    import matplotlib
    from matplotlib.figure import Figure
except ImportError as error:
    raise ImportError("plotting needs matplotlib: pip install 'redfield[plot]'") from error

__all__ = ["Figure", "new_figure", "save", "shades", "title"]


def new_figure(width: float, height: float) -> Figure:
    """A figure that belongs to no window."""
    return Figure(figsize=(width, height), layout="constrained")


@styled()
def save(figure: Figure, directory: Path, name: str) -> list[Path]:
    """name.png and name.pdf."""
    paths = [directory / f"{name}.png", directory / f"{name}.pdf"]
    for path in paths:
        figure.savefig(path, dpi=150)
    return paths


def title(axis: Any, letter: str, text: str) -> None:
    axis.set_title(f"({letter}) {text}", loc="left", fontsize=10)


def shades(count: int) -> Any:
    """Colours from dark to light, one a size."""
    return matplotlib.colormaps["viridis"](np.linspace(0.0, 0.85, max(1, count)))
