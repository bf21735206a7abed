"""Solutions of the core as QuTiP's results."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import qutip
from qutip.solver.result import Result

from redfield._base.checks import ComplexArray, RealArray
from redfield.qutip.arguments import Dims, QobjObservables, require_observables
from redfield.solve.evolve import Raw

Solve = Callable[[list[ComplexArray], bool], Raw]
"""The operators whose expectation values are wanted, and whether states are."""


def density_matrix(psi0: qutip.Qobj, dims: Dims) -> qutip.Qobj:
    """Return the initial state as an operator on a space.

    Raises
    ------
    TypeError
        It is of another space.
    """
    state = qutip.ket2dm(psi0) if psi0.isket else psi0
    if state.dims != dims:
        raise TypeError(f"psi0 or rho0: incompatible dimensions {dims} and {psi0.dims}")
    return state


class FloquetResult(qutip.solver.floquet.FloquetResult):  # type: ignore[misc]
    """QuTiP's FloquetResult of states that are given in the basis of the laboratory, the modes made when needed."""

    def _post_init(self, problem: tuple[qutip.QobjEvo, float]) -> None:
        self._problem = problem
        self.floquet_states: list[qutip.Qobj] | None = (
            [] if self.options["store_floquet_states"] else None
        )
        Result._post_init(self)

    @functools.cached_property
    def floquet_basis(self) -> qutip.FloquetBasis:
        """The Floquet modes of H with its period."""
        return qutip.FloquetBasis(*self._problem)

    def add(self, t: float, state: qutip.Qobj) -> None:
        """Take a state, in the basis of the laboratory, to all that is stored."""
        if self.floquet_states is not None:
            self.floquet_states.append(self.floquet_basis.to_floquet_basis(state, t))
        Result.add(self, t, state)


def result_of(
    solver: str,
    state: qutip.Qobj,
    times: RealArray,
    e_ops: QobjObservables | None,
    settings: dict[str, Any],
    solve: Solve,
    kind: type[Result] = Result,
    **more: Any,
) -> Any:
    """Return the result of QuTiP's solver of that name; states are kept where more than expectation values is asked.

    Parameters
    ----------
    kind, more : the class of the result, and arguments of its own.
    """
    require_observables(e_ops, state.dims)
    result = kind(e_ops, settings, solver=solver, stats={"method": settings["method"]}, **more)
    plain = [entry.op for entry in result.e_ops.values()]
    stores = settings["store_states"] or (settings["store_states"] is None and not plain)
    simple = (
        not stores
        and not settings["normalize_output"]
        and not settings.get("store_floquet_states")
        and all(isinstance(o, qutip.Qobj) for o in plain)
    )
    states, final, expect, stats = solve([o.full() for o in plain] if simple else [], not simple)
    if simple:
        result.times = list(times)
        for values, operator, curve in zip(result.e_data.values(), plain, expect, strict=True):
            values.extend(curve.real if operator.isherm and state.isherm else curve)
        if settings["store_final_state"]:
            result._final_state = qutip.Qobj(final, dims=state.dims, copy=False)
    else:
        normal = settings["normalize_output"] and abs(state.tr() - 1.0) < qutip.settings.core["atol"]
        dims = state._dims  # parsing lists of dims costs more than the physics
        for t, rho in zip(times, states, strict=True):
            data = qutip.core.data.Dense(rho / np.trace(rho) if normal else rho)
            result.add(float(t), qutip.Qobj(data, dims=dims, isherm=state.isherm or None, copy=False))
    result.stats.update(
        {"run time": stats["seconds"]}, **{f"redfield {key}": value for key, value in stats.items()}
    )
    return result
