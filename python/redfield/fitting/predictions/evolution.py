"""Predictions of evolutions: populations and expectation values over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_density_matrix,
    as_hermitian,
    as_square,
    as_times,
    as_tolerances,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.records import record
from redfield.equations.base import AnyEquation
from redfield.equations.options import Options
from redfield.fitting.arrays import Arrays, as_differentiable
from redfield.fitting.changes import Change, Numeric
from redfield.fitting.predictions.base import Prediction
from redfield.fitting.tangents import evolved
from redfield.solve.evolve import METHODS, evolve_parts, hermitian_parts


class Evolution(Prediction):
    """Base of predictions tr[O_e ρ(t)] over times, of operators O_e.

    A subclass has the fields `rho0`, `tlist`, `rtol`, `atol` and `method`.
    """

    rho0: State
    tlist: Numbers
    rtol: float
    atol: float
    method: str

    def _prepare(self) -> None:
        """Check the fields that every evolution has."""
        as_differentiable("equation", self.equation)
        as_choice("method", self.method, METHODS)
        as_tolerances(self.rtol, self.atol)
        self._set(
            rho0=as_density_matrix("rho0", self.rho0, self.equation.system.dimension),
            tlist=as_times("tlist", self.tlist),
        )

    def _own_arrays(self) -> Arrays:
        return {"rho0": np.asarray(self.rho0), "tlist": np.asarray(self.tlist)}

    def _abscissa(self) -> tuple[str, RealArray]:
        return "t  (1/energy)", np.asarray(self.tlist)

    def _evolved(self, changes: Sequence[Change]) -> tuple[ComplexArray, list[ComplexArray]]:
        r"""Return ρ(t), (T, N, N), and dρ(t) along each change.

        dρ obeys the equation with the source (d𝓛)ρ, from dρ(t₀) = dρ₀; times that move add 𝓛ρ(t_k)(dt_k − dt_0).
        """
        equation, rho0, times = self.equation, np.asarray(self.rho0), np.asarray(self.tlist)
        options = Options(self.method, self.rtol, self.atol, store_states=True)
        states, derivatives = evolved(equation, rho0, times, changes, options)
        for p, change in enumerate(changes):
            if "rho0" in change.arrays:
                parts = hermitian_parts(change.of("rho0", rho0))
                start = evolve_parts(equation.solver.cheapest, equation, parts, times, None, options)
                derivatives[p] = derivatives[p] + np.asarray(start.states)
            if "tlist" in change.arrays:
                shifts = change.of("tlist", times)
                flow = np.array([equation.apply(rho) for rho in states])
                derivatives[p] = derivatives[p] + (shifts - shifts[0])[:, None, None] * flow
        return states, derivatives


@record
class Populations(Evolution):
    r"""The populations of levels over time.

    .. math:: p_k(t) = \langle k|\rho(t)|k\rangle, \qquad \dot\rho = \mathcal L\rho, \quad \rho(t_0) = \rho_0

    of the basis H was given in.

    Parameters
    ----------
    equation : of a System.
    rho0 : density matrix (N, N) or ket (N,) at tlist[0].
    tlist : (T,) ascending times, in 1/energy.
    rtol, atol, method : as of `Equation.evolve`; tighter than there, so that least squares converge smoothly.

    The numbers are (T, N), differentiable with respect to H, the couplings, the baths' numbers, rho0 and tlist.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=2.0)
    >>> system = rf.System(np.diag([0.5, -0.5]), [np.array([[0, 1], [1, 0]])], bath)
    >>> rf.fitting.Populations(rf.Davies(system), [1, 0], [0.0, 10.0]).values().round(4)
    array([[1.    , 0.    ],
           [0.4198, 0.5802]])
    """

    equation: AnyEquation
    rho0: State
    tlist: Numbers
    rtol: float = 1e-9
    atol: float = 1e-12
    method: str = "auto"

    axes: ClassVar[tuple[str, ...]] = ("times", "levels")
    curve: ClassVar[str] = "level {}"

    def __post_init__(self) -> None:
        self._prepare()

    def _linearised(self, changes: Sequence[Change]) -> tuple[Numeric, list[Numeric]]:
        states, derivatives = self._evolved(changes)
        return _diagonal(states), [_diagonal(d) for d in derivatives]


def _diagonal(states: ComplexArray) -> RealArray:
    populations: RealArray = np.einsum("tkk->tk", states).real.copy()
    return populations


@record
class Expectations(Evolution):
    r"""Expectation values of Hermitian operators over time.

    .. math:: \langle O_e\rangle(t) = \mathrm{tr}[O_e \rho(t)]

    Parameters
    ----------
    equation, rho0, tlist, rtol, atol, method : as of `Populations`.
    e_ops : Hermitian operator (N, N), or a list of them.

    The numbers are (T,) of one operator, (E, T) of a list; differentiable with respect to the operators too.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=2.0)
    >>> system = rf.System(np.diag([0.5, -0.5]), [np.array([[0, 1], [1, 0]])], bath)
    >>> z = np.diag([1.0, -1.0])
    >>> rf.fitting.Expectations(rf.Davies(system), [1, 0], [0.0, 10.0], z).values().round(4)
    array([ 1.    , -0.1604])
    """

    equation: AnyEquation
    rho0: State
    tlist: Numbers
    e_ops: EOps
    rtol: float = 1e-9
    atol: float = 1e-12
    method: str = "auto"

    axes: ClassVar[tuple[str, ...]] = ("operators", "times")
    curve: ClassVar[str] = "e_ops[{}]"

    def __post_init__(self) -> None:
        self._prepare()
        self._set(e_ops=as_hermitian_operators(self.e_ops, self.equation.system.dimension))

    def _own_arrays(self) -> Arrays:
        return {**super()._own_arrays(), **named_operators(self.e_ops)}

    def _linearised(self, changes: Sequence[Change]) -> tuple[Numeric, list[Numeric]]:
        states, derivatives = self._evolved(changes)
        single, operators = stacked(self.e_ops)
        found = traces(operators, states)
        out = []
        for change, d in zip(changes, derivatives, strict=True):
            moved = np.array([change.of(f"e_ops[{e}]", o) for e, o in enumerate(operators)])
            out.append(traces(operators, d) + traces(moved, states))
        return (found[0], [x[0] for x in out]) if single else (found, out)


def as_hermitian_operators(e_ops: EOps, dimension: int) -> Numeric | tuple[Numeric, ...]:
    """Return one Hermitian operator, or several."""
    if isinstance(e_ops, dict):
        e_ops = list(e_ops.values())
    many = isinstance(e_ops, list | tuple) or (isinstance(e_ops, np.ndarray) and e_ops.ndim == 3)
    if many and not _is_matrix(e_ops):
        each = list(e_ops)  # type: ignore[call-overload]
        return tuple(_hermitian(f"e_ops[{k}]", x, dimension) for k, x in enumerate(each))
    return _hermitian("e_ops", e_ops, dimension)


def _is_matrix(value: object) -> bool:
    """Return whether nested lists are the rows of one operator."""
    return isinstance(value, list | tuple) and all(
        isinstance(row, list | tuple) and all(np.ndim(x) == 0 for x in row) for row in value
    )


def _hermitian(name: str, value: object, dimension: int) -> Numeric:
    return as_hermitian(name, as_square(name, value, dimension))


def stacked(e_ops: object) -> tuple[bool, ComplexArray]:
    """Return whether there is one operator, and all as (E, N, N)."""
    single = isinstance(e_ops, np.ndarray)
    return single, np.array([e_ops] if single else e_ops, dtype=np.complex128)


def named_operators(e_ops: object) -> Arrays:
    """Return operators by name."""
    return {f"e_ops[{k}]": o for k, o in enumerate(stacked(e_ops)[1])}


def traces(operators: ComplexArray, states: ComplexArray) -> RealArray:
    """Return Re tr[O_e ρ_t], (E, T)."""
    flat = operators.transpose(0, 2, 1).reshape(len(operators), -1)
    values: RealArray = (flat @ states.reshape(len(states), -1).T).real
    return values
