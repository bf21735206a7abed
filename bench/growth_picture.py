"""docs/growth.png, of bench/results/growth.json: `python bench/growth_picture.py`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from redfield.draw import styled
from redfield.draw.figure import new_figure, panel

ROOT = Path(__file__).parent.parent
PANELS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "dense Redfield, levels",
        "N",
        (("applications", "application"), ("evolutions", "to t = 10"), ("steady_states", "steady state")),
    ),
    ("sparse Lindblad, levels", "D", (("sparse", "application"),)),
    ("quadratic, sites", "N", (("quadratic", "steady state"),)),
    ("couplings, N = 128", "K", (("couplings", "application"),)),
    ("baths of 100 couplings, N = 64", "B", (("baths", "building"),)),
    ("a batch of S systems, N = 4", "S", (("batches", "steady states"),)),
    ("n trajectories, D = 81", "n", (("trajectories", "to t = 1"),)),
    (
        "workers, tasks of 0.1 s",
        "workers",
        (("threads", "threads"), ("processes", "processes"), ("dask", "dask")),
    ),
)


LIMITS = {"workers": (0.05, 2.0), "B": (1e-3, 0.1)}
"""Seconds of the panels whose curves are nearly flat."""


def draw(figures: dict[str, Any]) -> Any:
    """Eight panels, curves with the exponents of their upper halves, floors dashed."""
    figure = new_figure(12.5, 6.4)
    for axis, (title, x, curves) in zip(figure.subplots(2, 4).flat, PANELS, strict=True):
        axis.set(xscale="log", yscale="log")
        shared = len({tuple(figures[name]["floor"][:4]) for name, _ in curves}) == 1
        for k, (name, label) in enumerate(curves):
            found = figures[name]
            text = f"{label} ∝ {x}$^{{{found['slope']:.2f}}}$" if len(x) == 1 else label
            axis.plot(found["x"], found["seconds"], "o-", ms=3.5, color=f"C{k}", label=text)
            if k == 0 or not shared:
                floor = {"color": "0.4" if shared else f"C{k}", "ls": "--", "lw": 1.0}
                axis.plot(found["x"], found["floor"], label="floor" if k == 0 else None, **floor)
        if x in LIMITS:
            axis.set_ylim(LIMITS[x])
        panel(axis, title, x, "seconds" if x != "workers" else "seconds a task and worker")
    return figure


def main() -> None:
    figures = json.loads((ROOT / "bench/results/growth.json").read_text())["figures"]
    with styled():
        draw(figures).savefig(ROOT / "docs/growth.png", dpi=150)


if __name__ == "__main__":
    main()
