"""One evolution of a model, with QuTiP's options."""

from __future__ import annotations

from typing import Any

import numpy as np
import qutip

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_real_number, as_times
from redfield._base.progress import Progress, progress_callback
from redfield.equations.options import Options
from redfield.qutip.model import Model
from redfield.solve.driven import Solve, has_broad_spectra, prepared, solved_by
from redfield.solve.evolve import (
    METHODS,
    Raw,
    hermitian_parts,
    together,
)
from redfield.systems.drives.window import Window

DEFAULTS: dict[str, Any] = {
    "progress_bar": "",
    "progress_kwargs": {"chunk_size": 10},
    "store_final_state": False,
    "store_states": None,
    "normalize_output": False,
    "method": "adams",
    "tensor_type": "sparse",
    "atol": 1e-8,
    "rtol": 1e-6,
    "max_step": 0,
}


def settings_of(
    options: dict[str, Any] | None,
    solver: type[qutip.BRSolver] = qutip.BRSolver,
    more: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the options of a QuTiP solver, checked; `more` are those that others have not."""
    options, defaults = options or {}, {**DEFAULTS, **(more or {})}
    known = set(defaults)
    for integrator in solver.avail_integrators().values():
        known |= set(integrator.integrator_options)
    unknown = sorted(set(options) - known)
    if unknown:
        raise KeyError(f"Options {unknown} are not supported.")
    settings = {**defaults, **options}
    names = set(METHODS) | set(solver.avail_integrators())
    if not isinstance(settings["method"], str) or settings["method"] not in names:
        raise ValueError(f"Integrator method {settings['method']!r} not supported.")
    return settings


def settings_of_evolution(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the method and tolerances of QuTiP's settings; names of QuTiP's integrators stand for "auto"."""
    own = settings["method"] in METHODS
    return {
        "method": settings["method"] if own else "auto",
        "rtol": settings["rtol"],
        "atol": settings["atol"],
    }


def solve(
    model: Model,
    rho: ComplexArray,
    times: RealArray,
    settings: dict[str, Any],
    matrices: list[ComplexArray],
    *,
    store: bool,
) -> Raw:
    """(states, final, expectation values, stats), of any start."""
    start = float(times[0]) if times.size else 0.0
    shifted = as_times("tlist", times - start)
    options = Options(**settings_of_evolution(settings)).settings(METHODS)
    starts = hermitian_parts(rho)
    max_step = as_real_number("max_step", settings["max_step"]) or np.inf
    bar: Progress = bool(settings["progress_bar"])
    with progress_callback(bar, "brmesolve") as report:
        last = matrices, store, None, report
        if model.constant:
            generator = model.mover(start)
            parts = [(c, _core.evolve(generator, r, shifted, options, *last)) for c, r in starts]
        else:
            parts = [(c, _driven(model, r, times, max_step, options, last)) for c, r in starts]
    return together(parts)


def _driven(
    model: Model,
    start: ComplexArray,
    times: RealArray,
    longest: float,
    options: _core.Settings,
    last: tuple[Any, ...],
) -> Raw:
    """By the core alone, where the spectra are functions of ω to tabulate, else by a generator of each moment."""
    ordered = as_times("tlist", times)
    window = Window(float(times[0]), float(times[-1]), longest, (), ordered)
    rest = (start, ordered, options, *last)
    solve = _of_tables(model, window)
    return (
        solve(rest)
        if solve is not None
        else solved_by(model.generator, model.changing(window), window, rest)
    )


def _of_tables(model: Model, window: Window) -> Solve | None:
    """Frequencies that never occur may be those at which a spectrum has no value: then it has none."""
    if not model.static or window.first == window.last:
        return None
    jumps = len(model.driven.couplings) - len(model.couplings)
    try:
        is_redfield = not 0.0 <= model.sec_cutoff < np.inf
        kind, lamb_shift = model.kind(jumps), model.lamb_shift
        smooth = is_redfield and has_broad_spectra(model.driven)
        return prepared(model.driven, kind, lamb_shift, window, smooth, is_redfield=is_redfield)
    except (ValueError, ArithmeticError):
        return None
