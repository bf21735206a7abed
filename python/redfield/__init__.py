"""Redfield, Davies and related quantum master equations, fast (ħ = k_B = 1 throughout)."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from redfield import (
    baths,
    equations,
    operators,
    results,
    solve,
    systems,
)
from redfield._base.errors import EnsembleError, SecularWarning
from redfield._core import ConvergenceError, Interrupted, StopFlag
from redfield._core import build_info as _build_info
from redfield.baths import *  # noqa: F403  (each bath is named where it is made)
from redfield.equations import *  # noqa: F403  (each kind is a line of the registry)
from redfield.results import *  # noqa: F403
from redfield.solve import *  # noqa: F403
from redfield.sweeps import StoreError, SweepError, load, sweep
from redfield.systems import *  # noqa: F403

if _TYPE_CHECKING:
    from redfield import analysis, fitting, models, quadratic, units
    from redfield.analysis import compare, diagnose, trace_distance, trace_norm
    from redfield.analysis.citing import cite
    from redfield.fitting import Fit, Jacobian, fit, jacobian
    from redfield.quadratic import Exact, QuadraticSystem
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

_LATE = {
    "qutip": "qutip",
    **dict.fromkeys(("analysis", "compare", "diagnose", "trace_distance", "trace_norm"), "analysis"),
    "cite": "analysis.citing",
    **dict.fromkeys(("fitting", "Fit", "Jacobian", "fit", "jacobian"), "fitting"),
    "models": "models",
    **dict.fromkeys(("quadratic", "Exact", "QuadraticSystem"), "quadratic"),
    **dict.fromkeys(("units", "beta"), "units"),
}
"""Names whose package is imported at their first use: QuTiP and SciPy's constants take as long as all of this."""
_PACKAGES = ("baths", "equations", "qutip", "results", "solve", "studies", "sweeps", "systems")


def __dir__() -> list[str]:
    return sorted({*__all__, *_PACKAGES, "__version__"})


def __getattr__(name: str) -> _Any:
    if name not in _LATE:
        raise AttributeError(f"module 'redfield' has no attribute {name!r}")
    package = _import_module(f"redfield.{_LATE[name]}")
    found = globals()[name] = package if name == _LATE[name] else getattr(package, name)
    return found
