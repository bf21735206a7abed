"""The style of every picture."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
"""Okabe and Ito's, which people with any kind of colour vision tell apart; yellow, too faint for lines, left out."""
HOLDS, FAILS, NEUTRAL = COLOURS[0], COLOURS[1], "0.75"


def _settings() -> Any:
    from cycler import cycler

    return {
        "axes.prop_cycle": cycler(color=COLOURS),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.titlesize": 10,
        "axes.labelsize": 10,
        "grid.color": "0.92",
        "grid.linewidth": 0.8,
        "lines.linewidth": 1.6,
        "legend.fontsize": 8,
        "legend.frameon": False,
        "xtick.labelsize": 9,
        "ytick.labelsize": 9,
        "image.cmap": "viridis",
        "figure.max_open_warning": 0,
        # Letters stay letters in vector files.
        "pdf.fonttype": 42,
        "svg.fonttype": "none",
    }


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """Let matplotlib draw in the package's style within the block.

    Raises
    ------
    ImportError
        matplotlib is missing; the message names the extra.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise ImportError("pictures need matplotlib: pip install 'redfield[plot]'") from error
    settings = _settings()
    before = {name: matplotlib.rcParams[name] for name in settings}
    matplotlib.rcParams.update(settings)
    try:
        yield
    finally:
        # Not rc_context, which resets "interactive" too: a notebook's backend, loaded by the first figure, sets it.
        matplotlib.rcParams.update(before)


def figure_of(width: float, height: float, panels: int = 1) -> Any:
    """Axes of a new figure that pyplot knows, so that notebooks and scripts show it; several are an array."""
    from matplotlib import pyplot

    return pyplot.subplots(1, panels, figsize=(width, height), layout="constrained")[1]


def pictured(
    width: float = 6.0, height: float = 4.0, panels: int = 1
) -> Callable[[Callable[..., None]], Callable[..., Any]]:
    """Return a method that draws on axes as one with the signature `plot(ax=None, …)`.

    It makes axes where none are given, so many `panels` side by side, and returns them.
    """

    def decorate(draw: Callable[..., None]) -> Callable[..., Any]:
        @functools.wraps(draw)
        def plot(self: object, ax: object = None, **options: Any) -> Any:
            with styled():
                if ax is None:
                    ax = figure_of(width, height, panels)
                draw(self, ax, **options)
            return ax

        owner, drawn_on, *rest = inspect.signature(draw, eval_str=True).parameters.values()
        place = inspect.Parameter("ax", owner.kind, default=None, annotation=drawn_on.annotation | None)
        plot.__signature__ = inspect.Signature([owner, place, *rest])  # type: ignore[attr-defined]
        return plot

    return decorate
