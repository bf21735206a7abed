"""Many equations at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redfield import _core
from redfield._base.checks import as_choice, as_items, as_state, as_times, checked
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.errors import EnsembleError
from redfield._base.progress import Progress, progress_callback
from redfield.equations.base import AnyEquation, Equation
from redfield.equations.options import Options
from redfield.solve.evolve import METHODS, Observables


@checked
def evolve_ensemble(
    equations: Sequence[AnyEquation],
    rho0: State,
    tlist: Numbers,
    e_ops: EOps | None = None,
    *,
    method: str = "auto",
    rtol: float = 1e-6,
    atol: float = 1e-9,
    threads: int | None = None,
    store_states: bool | None = None,
    progress: Progress = False,
    errors: str = "raise",
    dtype: object = "float64",
) -> list[Any]:
    """Solve many equations at once, one system a thread; results do not depend on the threads.

    `rho0` is one state for all, or a list of arrays or Qobj, one each; the other arguments are those of
    `Equation.evolve`. A member that fails does not end the others.

    Parameters
    ----------
    errors : "raise" raises an EnsembleError, which has the results of the others; "return" puts the exceptions in the
        places of their members.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> systems = [
    ...     rf.System(rf.models.dirac_syk2(8, seed=s), rf.SiteProjectors(8), bath) for s in range(4)
    ... ]
    >>> equations = [rf.Redfield(system, lamb_shift=False) for system in systems]
    >>> results = rf.evolve_ensemble(equations, [1, 0, 0, 0, 0, 0, 0, 0], [0.0, 10.0])
    >>> [round(float(abs(r.final_state.trace())), 10) for r in results]
    [1.0, 1.0, 1.0, 1.0]
    """
    equations = as_items("equations", equations)
    if not equations:
        raise ValueError("equations is empty")
    for i, equation in enumerate(equations):
        if not isinstance(equation, Equation):
            raise TypeError(f"equations[{i}] is a {type(equation).__name__}, not an equation")
    errors = as_choice("errors", errors, ("raise", "return"))
    starts = [rho0] * len(equations)
    # A list of arrays is one state each; nested lists of numbers are one state for all.
    if isinstance(rho0, (list, tuple)) and all(getattr(r, "shape", ()) for r in rho0):
        starts = list(rho0)
        if len(starts) != len(equations):
            raise ValueError(f"rho0 has {len(starts)} states for {len(equations)} equations")
    settings = Options(method, rtol, atol, threads, dtype=dtype).settings(METHODS)
    generators: list[_core.Generator] = [equation.solver.cheapest for equation in equations]
    times = as_times("tlist", tlist)
    kets = [as_state(f"rho0[{i}]", r, generators[i].dimension) for i, r in enumerate(starts)]
    observables = Observables(e_ops, generators[0].dimension, store_states)
    if observables.matrices and len({g.dimension for g in generators}) > 1:
        raise ValueError("e_ops need systems of one dimension, the equations have several")
    with progress_callback(progress, "ensemble") as report:
        raw = _core.evolve_ensemble(
            generators, kets, times, settings, observables.matrices, observables.store, report
        )
    outcomes = [
        each if isinstance(each, Exception) else observables.result(times, each, equation)
        for each, equation in zip(raw, equations, strict=True)
    ]
    failed = {i: each for i, each in enumerate(outcomes) if isinstance(each, Exception)}
    if errors == "raise" and failed:
        raise EnsembleError(
            failed, [None if i in failed else each for i, each in enumerate(outcomes)], len(outcomes)
        )
    return outcomes
