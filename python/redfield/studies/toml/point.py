"""The point functions of study files, and the sweeps over them."""

from __future__ import annotations

import functools
import importlib
import inspect
import operator
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from redfield import analysis
from redfield._base.checks import checked
from redfield.studies.toml.files import StudyError, check, meant, parts_of, validated, with_entries
from redfield.studies.toml.schema import (
    BATHS,
    EQUATIONS,
    MODELS,
    Common,
    FunctionStudy,
    ModelStudy,
    Sites,
    Table,
)
from redfield.studies.toml.trust import require_defined_near, require_near
from redfield.sweeps import sweep
from redfield.systems.couplings import SiteProjectors
from redfield.systems.system import System


@checked
def run(
    study: Mapping[str, Any], store: str | Path | None = None, *, trust: bool = True, **options: Any
) -> Any:
    """Compute a study, given as `load` returns it; `store` and options as of `redfield.sweep`.

    Parameters
    ----------
    trust : whether point functions may lie anywhere: a study runs the function that it names, which may do what
        you may. Without it they lie in the current folder or are studies of redfield, as `redfield run` demands.

    Returns
    -------
    xarray.Dataset, or of a study in parts a dict of them by name; `store` is then the directory of their stores.

    Examples
    --------
    >>> data = run({
    ...     "model": {"kind": "chain", "n": 3},
    ...     "baths": [{"kind": "ohmic", "strength": 0.04, "cutoff": 10.0, "beta": 1.0}],
    ...     "equations": ["redfield", "davies"],
    ...     "grid": {"beta": {"sets": "baths[0].beta", "values": [0.5, 2.0]}},
    ...     "observables": {"steady_populations": True},
    ... })
    >>> data.steady_populations.dims
    ('beta', 'equation', 'level')
    """
    raw = parts_of(study)
    parts = {name: check(part) for name, part in raw.items()}
    # All are made before the first is computed.
    made = {name: _point(part, raw[name], trust) for name, part in parts.items()}
    found = {}
    for name, part in parts.items():
        axes = {axis: values.array() for axis, values in part.grid.items()}
        found[name] = sweep(
            made[name],
            axes,
            samples=part.samples if part.samples is not None or axes else 1,
            seed=part.seed,
            store=store if store is None or not name else Path(store) / f"{name}.zarr",
            points_a_task=part.points_a_task,
            **options,
        )
    return found if "parts" in study else found[""]


def require_trusted(study: Mapping[str, Any], trust: bool) -> None:
    """Raise StudyError, before anything is imported, where a study names a function that `run` would not trust."""
    for part in map(validated, parts_of(study).values()):
        if isinstance(part, FunctionStudy) and not trust:
            require_near(part.point)


def _point(study: ModelStudy | FunctionStudy, raw: Mapping[str, Any], trust: bool) -> Callable[..., Any]:
    if isinstance(study, FunctionStudy):
        return _function(study, trust)
    # What the sweep knows is no argument: it may grow in a store.
    given = {key: value for key, value in raw.items() if key not in ("grid", *Common.model_fields)}
    sets = {name: axis.sets for name, axis in study.grid.items()}
    return functools.partial(study_point, study=given, sets=sets)


def _function(study: FunctionStudy, trust: bool) -> Callable[..., Any]:
    """Return the function that a study names, with its arguments bound."""
    module, name = study.point.split(":")
    if not trust:
        require_near(study.point)
    try:
        function = operator.attrgetter(name)(importlib.import_module(module))
    except (ImportError, AttributeError) as error:
        raise StudyError(f"point = {study.point!r} can not be imported ({error})") from None
    if not trust:
        require_defined_near(function, study.point)
    try:
        known = inspect.signature(function).parameters
    except (TypeError, ValueError):
        raise StudyError(f"point = {study.point!r} is not a function whose arguments are known") from None
    for argument in study.arguments:
        if argument not in known:
            remedy = meant(argument, known, f" ({', '.join(known)})")
            raise StudyError(f"arguments.{argument} is no argument of {study.point}{remedy}")
    return functools.partial(function, **study.arguments)


def study_point(
    rng: np.random.Generator, *, study: Mapping[str, Any], sets: Mapping[str, list[str]],
    **parameters: Any,
) -> Any:  # fmt: skip
    """Return the observables of all equations of one system, over equations, times and levels."""
    values = {place: parameters[name] for name, places in sets.items() for place in places}
    s = validated(with_entries(study, values))
    assert isinstance(s, ModelStudy)
    system = _system(s, rng)
    made = [EQUATIONS[e.kind](system, **_arguments(e)) for e in s.equations]
    data: dict[str, Any] = {}
    o = s.observables
    if s.times is not None:
        data |= _evolved(s, system, made)
    if o.steady_populations:
        steady = [np.diagonal(e.steady_state().state).real for e in made]
        data["steady_populations"] = (("equation", "level"), np.array(steady))
    if o.gap:
        data["gap"] = (("equation",), np.array([e.spectrum().gap for e in made]), {"units": "energy"})
    coordinates: dict[str, Any] = {"equation": ("equation", _names(s))}
    if s.times is not None:
        coordinates["time"] = ("time", s.times.array(), {"units": "1/energy"})
    return xr.Dataset(data, coordinates)


def _names(s: ModelStudy) -> list[str]:
    """Return the names of the equations, numbered where there are several of a kind."""
    kinds = [e.kind for e in s.equations]
    return [k if kinds.count(k) == 1 else f"{k} {kinds[: i + 1].count(k)}" for i, k in enumerate(kinds)]


def _system(s: ModelStudy, rng: np.random.Generator) -> System:
    if s.model.kind == "matrix":
        h = s.model.hamiltonian.array()
    else:
        arguments = _arguments(s.model)
        if "seed" in type(s.model).model_fields and s.model.seed is None:
            arguments["seed"] = rng
        h = MODELS[s.model.kind](**arguments)
        h = getattr(h, "hamiltonian", h)
        h = h.toarray() if hasattr(h, "toarray") else h
    if isinstance(s.couplings, Sites):
        couplings: Any = SiteProjectors(len(h), s.couplings.sites, s.couplings.weights)
    else:
        couplings = [a.array() for a in s.couplings.operators]
    given = [BATHS[b.kind](**_arguments(b)) for b in s.baths]
    return System(h, couplings, given[0] if len(given) == 1 else given)


def _arguments(table: Table) -> dict[str, Any]:
    return {name: getattr(table, name) for name in type(table).model_fields if name != "kind"}


def _start(s: ModelStudy, system: System) -> Any:
    if s.initial.state is not None:
        return s.initial.state.array()
    if s.initial.eigenstate is not None:
        return system.eigenvectors[:, s.initial.eigenstate]
    return np.eye(system.dimension)[s.initial.site or 0]


def _evolved(s: ModelStudy, system: System, made: list[Any]) -> dict[str, Any]:
    assert s.times is not None
    o, times, start = s.observables, s.times.array(), _start(s, system)
    operators = {name: m.array() for name, m in o.operators.items()}
    if o.energy:
        operators["energy"] = system.hamiltonian
    options = s.tolerances.model_dump()
    data: dict[str, Any] = {}
    if operators or o.populations:
        results = [e.evolve(start, times, operators, store_states=o.populations, **options) for e in made]
        for name in operators:
            data[name] = (("equation", "time"), np.array([r.expect[name] for r in results]))
        if o.populations:
            populations = np.array([np.einsum("tkk->tk", r.states).real for r in results])
            data["populations"] = (("equation", "time", "level"), populations)
    if o.distance:
        first, *others = made
        distances = [
            analysis.solution_distance(first, e, start, times, **options).trace_norm for e in others
        ]
        values = np.array([np.zeros(len(times)), *distances])
        data["distance"] = (("equation", "time"), values, {"long_name": "‖ρ − ρ'‖₁"})
    return data
