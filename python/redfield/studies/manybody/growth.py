"""Means over the samples of a family of chains, and the exponents with which they grow with the number of spins.

An exponent is a of y ∝ Nᵃ by weighted least squares in logarithms. Its error is that of the samples or, if larger, of
the scatter about a power law; one sample has no error of its own, and the scatter is all there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from redfield._base.checks import RealArray
from redfield.studies.study import Data

FAMILIES = ("chaotic", "localised", "integrable")
NUMBERS = ("secular", "nonsecular", "r", "r_error")
CURVES = ("distance", "local")
NOT_COMPUTED = float("nan"), float("nan")


@dataclass(frozen=True)
class Growth:
    """A family of chains: by size, the numbers of each sample and the curves (samples, times)."""

    family: str
    numbers: Mapping[int, Mapping[str, RealArray]]
    curves: Mapping[int, Mapping[str, RealArray]]
    time: RealArray

    @property
    def sizes(self) -> list[int]:
        """The sizes whose numbers are known."""
        return sorted(self.numbers)

    def value(self, name: str, n: int) -> tuple[float, float]:
        """Return the mean of a number, or of a curve at its largest, and its standard error; nan if not computed.

        The number "ratio" is non-secular over secular.
        """
        if name in CURVES:
            if n not in self.curves:
                return NOT_COMPUTED
            samples = self.curves[n][name]
            return _mean(samples[:, int(np.argmax(samples.mean(axis=0)))])
        numbers = self.numbers[n]
        if name == "ratio":
            return _mean(numbers["nonsecular"] / numbers["secular"])
        if name == "r" and len(numbers["r"]) == 1:  # whose error is that over its levels
            return float(numbers["r"][0]), float(numbers["r_error"][0])
        return _mean(numbers[name])

    def exponent(self, name: str) -> tuple[float, float]:
        """Return the exponent of a quantity and its error; nan with fewer than three sizes."""
        points = [(n, *self.value(name, n)) for n in self.sizes]
        points = [x for x in points if np.isfinite(x[1]) and x[1] > 0.0]
        if len(points) < 3:
            return NOT_COMPUTED
        n, y, error = (np.array(column) for column in zip(*points, strict=True))
        x, z = np.log(n), np.log(y)
        sampled = bool((error > 0.0).all())
        weights = y / error if sampled else np.ones(len(x))
        (a, b), covariance = np.polyfit(x, z, 1, w=weights, cov="unscaled")
        scatter = float(np.sum((weights * (z - a * x - b)) ** 2) / (len(x) - 2))
        return float(a), float(np.sqrt(covariance[0, 0] * (max(1.0, scatter) if sampled else scatter)))


def _mean(values: RealArray) -> tuple[float, float]:
    """Return the mean of the finite values and its standard error, 0 for one of them."""
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return float(values.mean()) if len(values) else float("nan"), 0.0
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def growths(data: Data) -> list[Growth]:
    """Return the growth of each family."""
    found = []
    for family in FAMILIES:
        clean = "_clean" if family == "integrable" else ""
        numbers, curves = (data.get(f"{part}{clean}") for part in ("elements", "dynamics"))
        time = np.zeros(0) if curves is None else curves["time"].values
        found.append(
            Growth(family, _by_size(numbers, family, NUMBERS), _by_size(curves, family, CURVES), time)
        )
    return found


def _by_size(
    part: xr.Dataset | None, family: str, names: Sequence[str]
) -> dict[int, dict[str, RealArray]]:
    if part is None:
        return {}
    here = part.sel(family=family).load()
    return {int(n): {name: here[name].sel(size=n).values for name in names} for n in here["size"].values}
