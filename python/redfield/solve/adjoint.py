"""The Heisenberg picture."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    as_density_matrix,
    as_items,
    as_max_bytes,
    as_square,
    as_threads,
)
from redfield._base.checks.types import Numbers, Operator, State
from redfield._base.records import Record
from redfield.equations.base import AnyEquation
from redfield.equations.options import Options
from redfield.results.evolution import Result
from redfield.solve import evolve as _evolve


class Adjoint(Record, answer=True):
    r"""𝓛† of an equation: operators move, states stay, tr(X e^{𝓛t}ρ) = tr(ρ e^{𝓛†t}X).

    .. math:: \dot X = i[H, X] + \sum_j \big( \Lambda_j^\dagger X A_j + A_j^\dagger X \Lambda_j \big) - K^\dagger X - XK

    Equations that products apply are applied by products; of others (Davies, PartialSecular, CoarseGrained) the
    dissipator is transposed as the sparse matrix it is.

    Examples
    --------
    One operator for many states:

    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=1.0)
    >>> redfield = rf.Redfield(rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath))
    >>> z, states = np.diag([1.0, -1.0]), [np.diag([1.0, 0.0]), np.full((2, 2), 0.5)]
    >>> heisenberg = redfield.adjoint().evolve(z, [0.0, 4.0], states)
    >>> direct = [redfield.evolve(rho, [0.0, 4.0], z).expect[0][-1] for rho in states]
    >>> bool(np.allclose([curve[-1] for curve in heisenberg.expect], direct, atol=1e-6))
    True
    """

    def __init__(self, equation: AnyEquation) -> None:
        self.equation, self.system = equation, equation.system

    @functools.cached_property
    def generator(self) -> _core.Generator:
        """𝓛† in the compiled core, of transposed operators."""
        core: _core.Generator = self.equation.solver.cheapest.adjoint(as_max_bytes(None))
        return core

    def apply(self, operator: Operator, *, threads: int | None = None) -> ComplexArray:
        """Return 𝓛†X in the basis H was given in, (N, N)."""
        x = as_square("operator", operator, self.system.dimension).astype(np.complex128)
        return self.generator.apply(np.ascontiguousarray(x.T), as_threads(threads)).T

    def evolve(
        self,
        operator: Operator,
        tlist: Numbers,
        states: Sequence[State] = (),
        *,
        store_states: bool | None = None,
        **options: Any,
    ) -> Result:
        """Solve Ẋ = 𝓛†X from X(tlist[0]) = operator.

        Parameters
        ----------
        operator : (N, N), any.
        tlist : (T,) ascending times.
        states : kets or density matrices whose tr(ρ X(t)) is wanted.
        store_states : keep X(t); default only without states.
        **options : method, rtol, atol, threads, progress, stop of `Equation.evolve`; tolerances are relative to ‖X‖₁.

        Returns
        -------
        Result : .states are X(t), (T, N, N), .expect one curve a state.
        """
        n = self.system.dimension
        x = as_square("operator", operator, n).astype(np.complex128)
        rhos = [
            as_density_matrix(f"states[{k}]", rho, n) for k, rho in enumerate(as_items("states", states))
        ]
        parts = _evolve.hermitian_parts(np.ascontiguousarray(x.T))
        e_ops, asked = [rho.T for rho in rhos] or None, Options(store_states=store_states, **options)
        result = _evolve.evolve_parts(self.generator, self, parts, tlist, e_ops, asked)
        operators = None if result.states is None else result.states.transpose(0, 2, 1)
        return dataclasses.replace(result, states=operators, final_state=result.final_state.T)
