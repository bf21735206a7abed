"""How far an evolution of second order in the coupling is from the exact dynamics of system and baths.

    error(t) = ‖ρ(t) − ρ₂(t)‖₁,  ρ₂ by the hierarchy of depth 2,

which is right to the next order. The first memory time counts, in which the state slips, so that no correction of the
generator would do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks import warn
from redfield._base.checks.types import EOps, State
from redfield._base.norms import trace_norms
from redfield.equations.heom import HEOM
from redfield.equations.options import Options
from redfield.results.evolution import Result
from redfield.solve.evolve import Observables
from redfield.systems.couplings import require_hermitian
from redfield.systems.system import System

FIT = 1e-3
"""The part of ∫|C|dt that a bath's sum of exponentials may miss, and about the part of a distance so known."""
APART = 0.1
"""Trace norm between depths 1 and 2 from which depth 2 itself may be off by as much as it corrects."""


def with_errors(result: Result, rho0: State, e_ops: EOps, options: Options) -> Result:
    """Return an evolution, whose states are kept, with its distance from the hierarchy of depth 2."""
    system: System = result.equation.system
    require_hermitian(system.couplings, "error=True")
    others = [
        HEOM(system, depth=depth, tol=FIT).evolve(
            rho0,
            result.times,
            e_ops,
            threads=options.threads,
            store_states=True,
            progress=options.progress,
            stop=options.stop,
        )
        for depth in (1, 2)
    ]
    first, second = others
    assert result.states is not None
    assert first.states is not None
    assert second.states is not None
    apart = float(trace_norms(first.states - second.states).max())
    if apart > APART:
        warn(
            f"the hierarchies of depths 1 and 2 are {apart:.2g} apart, so that the exact dynamics need not be near "
            "either and the estimated error may be too small; ask rf.HEOM",
            UserWarning,
        )
    observables = Observables(e_ops, system.dimension, options.store_states)
    missed = [np.abs(a - b) for a, b in zip(_curves(result), _curves(second), strict=True)]
    return Result(
        result.times,
        result.expect,
        result.stats,
        result.states if observables.store else None,
        result.final_state,
        result.equation,
        result.forces,
        trace_norms(result.states - second.states),
        np.array(missed) if missed else None,
    )


def _curves(result: Result) -> list[npt.NDArray[Any]]:
    return list(result.expect.values() if isinstance(result.expect, Mapping) else result.expect)
