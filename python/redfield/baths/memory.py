"""A bath's correlation function on panels: its memory, and what of it lies in a window of time."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield.baths.edges import outward
from redfield.baths.expansion import expand
from redfield.baths.legendre import NODES, WEIGHTS
from redfield.baths.panels import Panels

NEGLIGIBLE = 1e-14
"""t|C(t)| below this part of its largest ends the memory."""
UNFINISHED = 1e-9
"""Of the largest t|C|: more than that, where numbers or their digits end, leaves ∫C unknown."""
TURNS_A_PANEL = 12.0
MOST_TURNS = 2000
"""Panels of oscillations at the bath's highest frequency after which a memory counts as endless."""
TOL = 1e-12
"""Of ∫|C|, up to which panels are resolved."""


def memory_panels(bath: Any, window: float) -> Panels:
    """C on [0, window], or until it is negligible; panels resolve C's own oscillations, whatever its scale.

    Raises
    ------
    ValueError
        C decays too slowly or oscillates too often.
    """
    tau = bath.time_scale
    found = outward(
        bath.correlation,
        0.0,
        tau,
        1.0,
        lambda t: t,
        tol=NEGLIGIBLE,
        noise=bath.correlation_noise,
        tails=False,
    )
    edges = found.edges
    if not edges:
        raise ValueError(f"{bath!r}: its time scale of {tau:g} is beyond the range of numbers")
    if window == np.inf and found.left > UNFINISHED:
        raise ValueError(
            f"{bath!r}: the correlation function decays too slowly: at t = {edges[-1]:.3g}, where t|C| is still "
            f"{found.left:.2g} of its largest, it is lost in its own rounding, or does not end"
        )
    turns = bath.fastest * edges[-1] / TURNS_A_PANEL
    if window == np.inf and turns > MOST_TURNS:
        raise ValueError(
            f"{bath!r}: the correlation function does not end: at t = {MOST_TURNS * TURNS_A_PANEL / bath.fastest:.3g} "
            "t|C| is not negligible, as with a spectrum that ends abruptly; give it soft edges"
        )
    inside = [0.0, 1e-6 * tau, 1e-3 * tau, *edges]
    if window < inside[-1]:
        inside = [t for t in inside if t < window] + [window]
    try:
        return expand(bath.correlation, inside, tol=TOL, integral=True)
    except ValueError as error:
        raise ValueError(f"{bath!r}: the correlation function can not be integrated: {error}") from None


class Memory:
    """C on panels."""

    def __init__(self, panels: Panels) -> None:
        self.panels = panels

    def nodes(self, fastest: float = 0.0) -> tuple[RealArray, RealArray, ComplexArray]:
        """Nodes, weights and C for ∫ dt of C and a factor that turns no faster than `fastest`; ORDER nodes a panel."""
        p = self.panels
        parts = np.maximum(1, np.ceil(2.0 * p.half * fastest / 12.0)).astype(np.intp)
        which = np.repeat(np.arange(len(parts)), parts)
        place = np.arange(len(which)) - np.repeat(np.cumsum(parts) - parts, parts)
        half = p.half[which] / parts[which]
        left = p.left[which] + 2.0 * half * place
        t = (left[:, None] + half[:, None] * (NODES + 1.0)).ravel()
        return t, (half[:, None] * WEIGHTS).ravel(), self.panels(t).astype(np.complex128)

    @functools.cached_property
    def time(self) -> float:
        t, weights, values = self.nodes()
        parts = weights * np.abs(values)
        total = np.concatenate([[0.0], np.cumsum(parts) - 0.5 * parts])
        return float(np.interp((1.0 - math.exp(-1.0)) * total[-1], total, np.concatenate([[0.0], t])))

    @property
    def size(self) -> float:
        """∫|C|."""
        _, weights, values = self.nodes()
        return float(weights @ np.abs(values))
