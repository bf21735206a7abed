"""Redfield, Davies and related quantum master equations, fast (ħ = k_B = 1 throughout)."""

from importlib import import_module as _import_module
from typing import Any as _Any

from redfield import (
    analysis,
    baths,
    equations,
    fitting,
    models,
    operators,
    quadratic,
    results,
    solve,
    systems,
    units,
)
from redfield._base.errors import EnsembleError, SecularWarning
from redfield._core import ConvergenceError, Interrupted, StopFlag
from redfield._core import build_info as _build_info
from redfield.analysis import compare, diagnose, trace_distance, trace_norm
from redfield.analysis.citing import cite
from redfield.baths import *  # noqa: F403  (each bath is named where it is made)
from redfield.equations import *  # noqa: F403  (each kind is a line of the registry)
from redfield.fitting import Fit, Jacobian, fit, jacobian
from redfield.quadratic import Exact, QuadraticSystem
from redfield.results import *  # noqa: F403
from redfield.solve import *  # noqa: F403
from redfield.sweeps import StoreError, SweepError, load, sweep
from redfield.systems import *  # noqa: F403
from redfield.units import beta

__version__: str = _build_info()["version"]

__all__ = [
    "ConvergenceError",
    "EnsembleError",
    "Exact",
    "Fit",
    "Interrupted",
    "Jacobian",
    "QuadraticSystem",
    "SecularWarning",
    "StopFlag",
    "StoreError",
    "SweepError",
    "analysis",
    "beta",
    "cite",
    "compare",
    "diagnose",
    "fit",
    "fitting",
    "jacobian",
    "load",
    "models",
    "operators",
    "quadratic",
    "sweep",
    "trace_distance",
    "trace_norm",
    "units",
]
__all__ += baths.__all__
__all__ += equations.__all__
__all__ += results.__all__
__all__ += solve.__all__
__all__ += systems.__all__

_PACKAGES = ("baths", "equations", "qutip", "results", "solve", "studies", "sweeps", "systems")


def __dir__() -> list[str]:
    return sorted({*__all__, *_PACKAGES, "__version__"})


def __getattr__(name: str) -> _Any:
    if name == "qutip":  # at its first use: QuTiP takes longer to import than all of this
        return _import_module("redfield.qutip")
    raise AttributeError(f"module 'redfield' has no attribute {name!r}")
