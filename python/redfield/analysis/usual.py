"""The equations that `diagnose` makes of a system by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from redfield.equations import (
    CoarseGrained,
    Davies,
    GeometricArithmetic,
    PartialSecular,
    Redfield,
    UniversalLindblad,
)
from redfield.systems.couplings import SiteProjectors
from redfield.systems.system import System

CHOI = 16
"""Levels up to which the table has the Choi matrix of a general equation."""

Makers = dict[str, Callable[[], Any]]


@dataclass(frozen=True)
class Usual:
    """reference : the class all are compared with. made : makers by name, of (lamb_shift, rate). choi : levels up to
    which Choi matrices are formed. local : whether a decay length means something."""

    reference: Callable[[Any, bool], Any]
    made: Callable[[bool, float], Makers]
    choi: float
    local: bool


@singledispatch
def usual_equations(system: object) -> Usual:
    raise TypeError(f"system must be a System or a quadratic.System, got {type(system).__name__}")


@usual_equations.register
def _of_system(system: System) -> Usual:
    def made(lamb_shift: bool, rate: float) -> Makers:
        return {
            "Redfield": lambda: Redfield(system, lamb_shift),
            "PartialSecular": lambda: PartialSecular(system, 10.0 * rate, lamb_shift),
            "Davies": lambda: Davies(system, lamb_shift),
            "UniversalLindblad": lambda: UniversalLindblad(system, lamb_shift),
            "GeometricArithmetic": lambda: GeometricArithmetic(system, lamb_shift),
            "CoarseGrained": lambda: CoarseGrained(system, 1.0 / rate, lamb_shift),
        }

    return Usual(Redfield, made, CHOI, isinstance(system.couplings, SiteProjectors))
