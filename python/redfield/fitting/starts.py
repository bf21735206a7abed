"""Where searches begin, and several of them in a sweep."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from redfield._base.checks import RealArray
from redfield._base.progress import Progress, progress_callback, report_of_part
from redfield._core import ConvergenceError
from redfield.fitting.data import Data
from redfield.fitting.model import Model
from redfield.fitting.search import MESSAGES, Found, search
from redfield.sweeps import sweep

DECADES = 1.0
"""Positive bounds at least so many decades apart have starts drawn evenly in the logarithm."""


def as_starts(given: Any, starts: int | None) -> list[object]:
    """Return the starts that are given, none to all."""
    if given is None:
        if starts is None:
            raise ValueError("start must be given, or starts and bounds: a fit has to begin somewhere")
        return []
    listed = isinstance(given, list | tuple | np.ndarray) and len(given) > 0
    if listed and all(isinstance(x, Mapping) or np.ndim(x) > 0 for x in given):
        return list(given)
    return [given]


def drawn(model: Model, seed: int, number: int) -> RealArray:
    """Return the start of a number, which depends on the bounds, the seed and the number alone.

    Each parameter is drawn evenly between its bounds, in the logarithm where both are positive and a decade apart.
    """
    uniform = np.random.default_rng([seed, number]).random(len(model.names))
    out = np.empty(len(uniform))
    for p, u in enumerate(uniform):
        low, high = float(model.low[p]), float(model.high[p])
        if not (math.isfinite(low) and math.isfinite(high)):
            raise ValueError(
                f"bounds must give finite (low, high) of every parameter for starts to be drawn, but "
                f"{model.names[p]!r} has ({low:g}, {high:g})"
            )
        if low > 0.0 and math.log10(high / low) >= DECADES:
            out[p] = low * (high / low) ** u
        else:
            out[p] = low + (high - low) * u
    return out


def one_start(
    start: int,
    *,
    model: Model,
    data: Data,
    given: RealArray,
    seed: int,
    tol: float,
    max_evaluations: int,
) -> dict[str, Any]:
    """Return what a search finds, as a point of a sweep; the first starts are given, the others drawn."""
    number = int(start)
    begin = given[number] if number < len(given) else drawn(model, seed, number)
    found = search(model, data, begin, tol, max_evaluations)
    return {
        "parameters": found.parameters,
        "chi2": found.chi2,
        "end": found.status,
        "evaluations": found.evaluations,
        "jacobians": found.jacobians,
        "refused": found.refused,
    }


@dataclass(frozen=True)
class Searches:
    """How a fit's searches are run.

    Attributes
    ----------
    given : (G, P), starts that are given; those beyond are drawn.
    count : how many searches, at least G.
    seed : of the starts that are drawn.
    tol, max_evaluations : of each search.
    """

    given: RealArray
    count: int
    seed: int
    tol: float
    max_evaluations: int

    def starts(self, model: Model) -> RealArray:
        """Return where all searches begin, (S, P)."""
        rows = [*self.given, *(drawn(model, self.seed, k) for k in range(len(self.given), self.count))]
        return np.array(rows)

    def run(self, model: Model, data: Data, progress: Progress) -> list[Found | str]:
        """Return what each search finds, or why it failed; one alone raises."""
        out: list[Found | str] = []
        with progress_callback(progress, "fitting") as report:
            for k, start in enumerate(self.starts(model)):
                part = report_of_part(report, k, 1, self.count)
                try:
                    out.append(search(model, data, start, self.tol, self.max_evaluations, part))
                except (ValueError, ConvergenceError) as failed:
                    if self.count == 1:
                        raise
                    out.append(f"failed: {failed}")
        return out

    def swept(
        self,
        model: Model,
        data: Data,
        store: str | Path | None,
        executor: object,
        workers: int | None,
        progress: Progress,
    ) -> list[Found | str]:
        """Return the same by a sweep over the starts, whose store keeps those that are finished."""
        point = functools.partial(
            one_start,
            model=model,
            data=data,
            given=self.given,
            seed=self.seed,
            tol=self.tol,
            max_evaluations=self.max_evaluations,
        )
        table = sweep(
            point,
            {"start": np.arange(self.count)},
            store=store,
            executor=executor,
            workers=workers,
            extend=True,
            progress=progress,
        )
        return [_found(table.isel(start=k)) for k in range(self.count)]


def _found(row: Any) -> Found | str:
    """Return what a point of a sweep found."""
    if int(row["status"]) != 1:
        return "failed; the sweep's attributes tell why"
    return Found(
        np.asarray(row["parameters"].values),
        *(float(row["chi2"]), int(row["end"]), int(row["evaluations"])),
        int(row["jacobians"]),
        int(row["refused"]),
    )


def message_of(found: Found | str) -> str:
    """Return how a search ended, in words."""
    if isinstance(found, str):
        return found
    refused = f" ({found.refused} steps taken back)" if found.refused else ""
    return MESSAGES[found.status] + refused
