"""Pairs of objects of every public class that differ in one argument."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import inspect
import pkgutil

import numpy as np

import redfield as rf
from redfield import analysis
from redfield._base.records import Record, fields_of

from describable import WS, system
from describable_cases import CASES

# Constructors whose classes check nothing, with values of the kinds they are made with.
STATS = {"method": "exact", "applications": 3, "steps": 1, "rejected": 0, "seconds": 0.1}
RHO = np.array([[0.7, 0.1j], [-0.1j, 0.3]])
RESULT = {
    "times": np.array([0.0, 1.0]),
    "expect": [np.array([1.0, 0.5])],
    "stats": STATS,
    "equation": rf.Redfield(system()),
}
TIMESCALES = rf.analysis.Timescales(1.0, 0.1, 10.0, 0.2, 0.3, 4.0)
SECULAR = analysis.SecularParameter(0.1, 0.2, 0.3)
TABLE = {
    "names": ("Redfield", "Davies"),
    "distance": np.zeros((2, 2, 2)),
    "generator": np.zeros(2),
    "steady_state": np.zeros(2),
    "depth": np.zeros((2, 2)),
    "times": WS,
}
DATA = {
    "Result": {**RESULT, "states": None, "final_state": RHO},
    "BatchResult": {**RESULT, "states": None, "final_state": RHO[None]},
    "CovarianceResult": {**RESULT, "covariances": None, "final_covariance": RHO, "densities": WS},
    "TrajectoryResult": {
        **RESULT,
        "stats": {**STATS, "samples": 4, "jumps": 2.0},
        "errors": WS,
        "states": None,
        "runs": None,
        "jump_runs": None,
        "jump_times": None,
        "jump_channels": None,
    },
    "LowRankResult": {
        **RESULT,
        "stats": {**STATS, "rank": 2, "error": 0.1},
        "ranks": WS,
        "errors": WS,
        "columns": RHO,
    },
    "SteadyStates": {
        "state": RHO[None],
        "residual": WS,
        "applications": WS,
        "method": "direct",
        "unique": WS > 1,
    },
    "Diagnosis": {
        "names": ("Redfield",),
        "values": None,
        "secular": SECULAR,
        "decay_length": 1.0,
        "reasons": {},
        "steady_error": 0.1,
        "timescales": TIMESCALES,
    },
    "DrivenDiagnosis": {
        "names": ("Redfield",),
        "values": {c: np.zeros(1) for c in analysis.diagnosis.COLUMNS}
        | {"completely_positive": np.ones(1)},
        "secular": SECULAR,
        "reasons": {},
        "timescales": TIMESCALES,
        "times": np.zeros(1),
        "moments": (1,),
    },
    "PeriodicDiagnosis": {
        "names": ("Redfield",),
        "values": {c: np.zeros(1) for c in analysis.PeriodicDiagnosis.columns}
        | {"completely_positive": np.ones(1)},
        "secular": SECULAR,
        "decay_length": 1.0,
        "reasons": {},
        "steady_error": 0.1,
        "timescales": TIMESCALES,
    },
    "EnergyBalance": {"particles": WS[:, None], "entropy": WS},
    "Comparison": TABLE,
    "Jacobian": {"parameters": {"beta": 1.0}, "matrix": WS[:, None], "errors": np.zeros(1)},
    "Fit": {
        "parameters": {"beta": 1.0},
        "covariance": np.eye(1),
        "at_bounds": ("beta",),
        "messages": ("word",),
        "prediction": None,
    },
}


def public_classes():
    """Every class of the package that tells its parameters, found by walking it."""
    for module in pkgutil.walk_packages(rf.__path__, "redfield."):
        extra = module.name.split(".")[1]
        missing = extra in ("jax", "torch") and importlib.util.find_spec(extra) is None
        if not module.name.endswith("__main__") and not missing:
            importlib.import_module(module.name)
    found, left = [], [Record]
    while left:
        for kind in left.pop().__subclasses__():
            left.append(kind)
            own = kind.__module__.startswith("redfield.") and not kind.__name__.startswith("_")
            if own and not inspect.isabstract(kind) and kind not in found:
                found.append(kind)
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


BASES = {
    "BaseResult",
    "DirectionalOfEvolution",
    "DirectionalOfState",
    "GradientsOfCurrents",
    "GradientsOfEvolution",
    "GradientsOfModes",
    "GradientsOfState",
    "SteadyGradients",
    "AtTemperature",
    "ClosedForm",
    "Drawn",
    "Equation",
    "Levels",
    "Solvable",
    "Stepping",
    "ThermalBath",
}
"""Classes that others derive from and nobody makes an object of."""


def other(value):
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, np.ndarray):
        return ~value if value.dtype == bool else np.array(value) + 1
    if isinstance(value, analysis.Timescales):
        return analysis.Timescales(1.0, 0.2, 10.0, 0.2, 0.3, 4.0)
    if isinstance(value, analysis.SecularParameter):
        return dataclasses.replace(value, rate=7.0)
    if isinstance(value, float | int):
        return value + 1
    if isinstance(value, str):
        return value + "_"
    if isinstance(value, list):
        return [other(value[0]), *value[1:]]
    if isinstance(value, tuple):
        return (other(value[0]), *value[1:])
    if isinstance(value, dict):
        return {**value, "more": 1}
    if value is None:
        return np.array([[[1.0, 0.0], [0.0, 0.0]]])
    return rf.Redfield(system(), False)


def usual(kind):
    """Arguments of a dataclass that checks nothing."""
    texts = {"bool": True, "int": 3, "str": "word", "float": 0.5, "Any": None}
    values = {
        "values": {c: np.zeros(1) for c in analysis.diagnosis.COLUMNS}
        | {"completely_positive": np.ones(1)}
    }
    name = kind.__name__
    given = dict(DATA.get(name, {}))
    for field in dataclasses.fields(kind):
        if name == "Diagnosis" and field.name == "values":
            given["values"] = values["values"]
        elif field.name not in given:
            kinds = [v for k, v in texts.items() if k in str(field.type)]
            given[field.name] = kinds[0] if kinds else np.arange(3.0)
    return given


def pairs():
    """(class, parameter, arguments, arguments that differ in the parameter alone)."""
    for kind in public_classes():
        if kind.__name__ in BASES:
            continue
        cases = [rest for known, *rest in CASES if known is kind] or [(usual(kind), {})]
        for i, (given, others) in enumerate(cases):
            for name in fields_of(kind) if i == 0 else others:
                base, value = dict(given), others.get(name)
                if name not in others:
                    if name not in given:
                        raise AssertionError(f"{kind}: no other value of {name} is told in CASES")
                    value = other(given[name])
                elif value is None:
                    continue
                elif isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], dict):
                    value, more = value
                    base |= more
                yield kind, name, base, {**base, name: value}
