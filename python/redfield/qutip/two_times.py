"""⟨A(t)B(t+τ)C(t)⟩ = tr[B 𝒱(t+τ, t)(C ρ(t) A)] of a QuTiP model, 𝒱 the propagator of its equation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import qutip

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_max_bytes, as_times
from redfield.equations.options import Options, SteadyOptions
from redfield.qutip.arguments import require_same_space
from redfield.qutip.model import Model
from redfield.qutip.solve import settings_of_evolution, solve
from redfield.solve.correlations import from_zero, regressed
from redfield.solve.evolve import evolve_parts, hermitian_parts
from redfield.solve.steady import steady_state

FEW = 4
"""Times t from which on B is evolved once, rather than the state of each of them."""


def require_spaces(model: Model, **operators: Any) -> None:
    """TypeError where an operator or state is of another space than H."""
    for name, x in operators.items():
        if x is not None:
            require_same_space(name, qutip.ket2dm(x) if x.isket else x, model.hamiltonian.dims)


def two_times(
    model: Model,
    state0: qutip.Qobj | None,
    tlist: npt.ArrayLike,
    taulist: npt.ArrayLike,
    operators: tuple[qutip.Qobj | None, qutip.Qobj, qutip.Qobj | None],
    settings: dict[str, Any],
    max_t_plus_tau: float | None = None,
) -> ComplexArray:
    """Return the function of A, B and C, (S, T); A or C of None is 1.

    Parameters
    ----------
    state0 : at tlist[0]; None the steady state, where one row is computed.
    tlist : (S,) ascending times.
    taulist : (T,) ascending delays.
    max_t_plus_tau : the function is 0 where t + τ is larger.

    Raises
    ------
    ValueError, TypeError
        Times descend or an operator is of another space.
    """
    require_spaces(model, **dict(zip(("a_op", "b_op", "c_op"), operators, strict=True)), state0=state0)
    times = as_times("tlist", tlist)
    delays = from_zero("taulist", taulist)
    before, observed, after = (None if x is None else x.full() for x in operators)
    assert observed is not None
    states = states_of(model, state0, times if state0 is not None else times[:1], settings)
    sources = [x if after is None else after @ x for x in states]
    sources = [x if before is None else x @ before for x in sources]
    rows = _rows(model, times, delays, observed, sources, settings)
    rows = np.repeat(rows, len(times), axis=0) if state0 is None else rows
    if max_t_plus_tau is not None:
        rows = np.where(np.add.outer(times, delays) > max_t_plus_tau, 0.0, rows)
    return rows


def _rows(
    model: Model,
    times: RealArray,
    delays: RealArray,
    observed: ComplexArray,
    sources: Sequence[ComplexArray],
    settings: dict[str, Any],
) -> ComplexArray:
    if model.lindblad is not None:
        own = settings_of_evolution(settings)
        return regressed(model.lindblad, observed, np.array(sources), delays, own)
    whole = np.concatenate([[0.0], delays])
    kept = 16.0 * len(whole) * observed.size
    if model.constant and len(sources) >= FEW and kept < as_max_bytes(None):
        transposed = hermitian_parts(np.ascontiguousarray(observed.T))
        adjoint = model.generator(float(times[0])).adjoint(as_max_bytes(None))
        asked = Options(store_states=True, **settings_of_evolution(settings))
        heisenberg = evolve_parts(adjoint, None, transposed, whole, None, asked).states
        assert heisenberg is not None
        rows: ComplexArray = np.einsum("tba,sba->st", heisenberg[1:], np.array(sources), optimize=True)
        return rows
    found = []
    for t, source in zip(times, sources, strict=False):
        expect = solve(model, source, float(t) + whole, settings, [observed], store=False)[2]
        found.append(np.asarray(expect[0], dtype=np.complex128)[1:])
    return np.array(found)


def states_of(
    model: Model, state0: qutip.Qobj | None, times: RealArray, settings: dict[str, Any]
) -> list[ComplexArray]:
    """Return ρ at each time, or of None the steady state alone."""
    if state0 is None:
        if not model.constant:
            raise TypeError("state0 must be given where H, a_ops or c_ops depend on time")
        return [steady_of(model)]
    rho = (qutip.ket2dm(state0) if state0.isket else state0).full()
    states, _, _, _ = solve(model, rho, times, settings, [], store=True)
    return list(states)


def steady_of(model: Model) -> ComplexArray:
    """Return the steady state of a model that is constant."""
    if model.lindblad is not None:
        rho: ComplexArray = model.lindblad.steady_state().state
        return rho
    generator: _core.Generator = model.generator(0.0)
    return steady_state(generator, None, SteadyOptions(), None).state
