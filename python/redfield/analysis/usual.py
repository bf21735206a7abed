"""The equations that `diagnose` makes of a system by itself, from the registry of kinds."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from redfield.equations import KINDS
from redfield.systems.couplings import SiteProjectors

CHOI = 16
"""Levels up to which the table has the Choi matrix of an equation of density matrices."""

Makers = dict[str, Callable[[], Any]]


def usual_equations(system: Any, lamb_shift: bool, rate: float) -> Makers:
    """Constructors of each usual kind of equation of a system whose fastest rate is given, by name."""
    return {
        kind.name: functools.partial(kind.make, system, lamb_shift, rate)
        for kind in KINDS
        if kind.usual and system.problem in kind.problems
    }


def largest_choi(system: Any) -> float:
    """Return the dimension up to which Choi matrices are formed."""
    return np.inf if system.problem == "quadratic" else CHOI


def has_distance(system: Any) -> bool:
    """Return whether the sites of a system have a distance, so that a decay length means something."""
    return system.problem == "quadratic" or isinstance(system.couplings, SiteProjectors)
