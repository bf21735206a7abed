"""Predictions of steady states: expectation values and currents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from redfield._base.checks import as_choice
from redfield._base.checks.types import EOps
from redfield._base.records import record
from redfield.equations.base import AnyEquation
from redfield.fitting.arrays import Arrays, as_differentiable
from redfield.fitting.changes import Change, Numeric
from redfield.fitting.predictions.base import Prediction
from redfield.fitting.predictions.evolution import (
    as_hermitian_operators,
    named_operators,
    stacked,
    traces,
)
from redfield.fitting.tangents import steady


@record
class SteadyExpectations(Prediction):
    r"""Expectation values of Hermitian operators in the steady state.

    .. math:: \langle O_e\rangle = \mathrm{tr}[O_e \rho], \qquad \mathcal L\rho = 0

    Parameters
    ----------
    equation : of a System with one steady state.
    e_ops : Hermitian operator (N, N), or a list of them.

    The numbers are () of one operator, (E,) of a list.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=2.0)
    >>> system = rf.System(np.diag([0.5, -0.5]), [np.array([[0, 1], [1, 0]])], bath)
    >>> found = rf.fitting.SteadyExpectations(rf.Davies(system), np.diag([1.0, -1.0])).values()
    >>> bool(np.isclose(found, -np.tanh(1.0)))
    True
    """

    equation: AnyEquation
    e_ops: EOps

    axes: ClassVar[tuple[str, ...]] = ("operators",)

    def __post_init__(self) -> None:
        as_differentiable("equation", self.equation)
        self._set(e_ops=as_hermitian_operators(self.e_ops, self.equation.system.dimension))

    def _own_arrays(self) -> Arrays:
        return named_operators(self.e_ops)

    def _linearised(self, changes: Sequence[Change]) -> tuple[Numeric, list[Numeric]]:
        rho, derivatives = steady(self.equation, changes)
        single, operators = stacked(self.e_ops)
        values, out = traces(operators, rho[None])[:, 0], []
        for change, d in zip(changes, derivatives, strict=True):
            moved = np.array([change.of(f"e_ops[{e}]", o) for e, o in enumerate(operators)])
            out.append((traces(operators, d[None]) + traces(moved, rho[None]))[:, 0])
        return (values[0], [x[0] for x in out]) if single else (values, out)


@record
class Currents(Prediction):
    r"""What flows from each reservoir into the system in the steady state, as `redfield.analysis.heat_currents` has it.

    .. math:: J_b = \mathrm{tr}[O_b \mathcal D_b(\rho)], \qquad O_b = H - \mu_b\hat N,\ H\ \mathrm{or}\ \hat N

    𝒟_b being what the couplings of reservoir b do, Lamb shift included.

    Parameters
    ----------
    equation : of a System with one steady state.
    what : "heat", "energy" or "particle".

    The numbers are (B,), in the order of `System.reservoirs`.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> hot, cold = (rf.OhmicBath(strength=0.04, cutoff=10.0, beta=b) for b in (0.5, 2.0))
    >>> qubit = rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]] * 2, [hot, cold])
    >>> rf.fitting.Currents(rf.Davies(qubit)).values().round(5)
    array([ 0.00929, -0.00929])
    """

    equation: AnyEquation
    what: str = "heat"

    axes: ClassVar[tuple[str, ...]] = ("reservoirs",)

    def __post_init__(self) -> None:
        as_differentiable("equation", self.equation)
        as_choice("what", self.what, ("heat", "energy", "particle"))
        self.equation.system.flowing(0, self.what)

    def _own_arrays(self) -> Arrays:
        system: Any = self.equation.system
        count = range(len(system.reservoirs))
        return {f"measured[{b}]": np.asarray(system.flowing(b, self.what)) for b in count}

    def _linearised(self, changes: Sequence[Change]) -> tuple[Numeric, list[Numeric]]:
        system: Any = self.equation.system
        rho, derivatives = steady(self.equation, changes)
        count = len(system.reservoirs)
        values, out = np.empty(count), [np.zeros(count) for _ in changes]
        for b in range(count):
            of, measured = self.equation.of_reservoir(b), system.flowing(b, self.what)
            dissipated = of.dissipator(rho)
            values[b] = _trace(measured, dissipated)
            for p, (change, d) in enumerate(zip(changes, derivatives, strict=True)):
                moved = of.dissipator(d) + change.dissipator(rho, of, b)
                counted = change.of(f"measured[{b}]", measured)
                out[p][b] = _trace(measured, moved) + _trace(counted, dissipated)
        return values, out


def _trace(a: Numeric, b: Numeric) -> float:
    return float(np.sum(np.asarray(a).T * b).real)
