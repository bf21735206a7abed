"""QuTiP's `BRSolver`, and `correlation_3op` of one."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt
import qutip

from redfield._base.checks import ComplexArray, as_moment, checked
from redfield._base.checks.types import Finite, Numbers
from redfield._base.records import Record
from redfield.qutip.arguments import (
    CouplingPairs,
    QobjObservables,
    QobjOperator,
    QobjState,
    SecularCutoff,
)
from redfield.qutip.evolutions import brmesolve
from redfield.qutip.model import model_of
from redfield.qutip.solve import settings_of
from redfield.qutip.two_times import two_times


class BRSolver(Record):
    """QuTiP's `BRSolver`: the Bloch–Redfield equation of `brmesolve`, to be run from several states.

    Parameters
    ----------
    H, a_ops, c_ops, sec_cutoff, options, lamb_shift : as of `brmesolve`.

    Examples
    --------
    >>> import numpy as np, qutip
    >>> solver = BRSolver(0.5 * qutip.sigmaz(), [(qutip.sigmax(), lambda w: 0.1 * (w > 0))])
    >>> solver.run(qutip.basis(2, 0), [0.0, 10.0], e_ops=[qutip.sigmaz()]).expect[0].round(4)
    array([ 1.    , -0.2642])
    >>> solver.start(qutip.basis(2, 0), 0.0)
    >>> round(qutip.expect(qutip.sigmaz(), solver.step(10.0)), 4)
    -0.2642
    """

    name = "brmesolve"

    def __init__(
        self,
        H: object,
        a_ops: CouplingPairs,
        c_ops: object = None,
        sec_cutoff: SecularCutoff = 0.1,
        *,
        options: dict[str, Any] | None = None,
        lamb_shift: bool = False,
    ) -> None:
        self._settings = settings_of(options)
        self.H, self.a_ops, self.c_ops, self.options = H, a_ops, c_ops, options
        self.sec_cutoff, self.lamb_shift = sec_cutoff, lamb_shift
        self.sys_dims = model_of(H, a_ops, c_ops, None, None, sec_cutoff, lamb_shift).hamiltonian.dims[0]

    def run(
        self,
        state0: QobjState,
        tlist: Numbers,
        *,
        e_ops: QobjObservables | None = None,
        args: dict[str, Any] | None = None,
    ) -> Any:
        """Return the evolution from state0 at tlist[0] as `brmesolve` does."""
        return self._evolved(state0, tlist, e_ops, args, self._settings)

    def _evolved(
        self,
        state0: qutip.Qobj,
        tlist: Numbers,
        e_ops: QobjObservables | None,
        args: dict[str, Any] | None,
        options: dict[str, Any],
    ) -> Any:
        return brmesolve(
            self.H, state0, tlist, self.a_ops, self.sec_cutoff, c_ops=self.c_ops, e_ops=e_ops, args=args,
            options=options, lamb_shift=self.lamb_shift,
        )  # fmt: skip

    def start(self, state0: QobjState, t0: Finite) -> None:
        """Set the state and time from which `step` goes on."""
        vars(self)["_cached_reached"] = as_moment("t0", t0), state0  # no part of the record

    def step(self, t: Finite, *, args: dict[str, Any] | None = None) -> Any:
        """Return the state at t, from which the next step goes on.

        Raises
        ------
        RuntimeError
            `start` has not been called.
        ValueError
            t is before the time that is reached.
        """
        if "_cached_reached" not in vars(self):
            raise RuntimeError("step: call start(state0, t0) first")
        then, state = vars(self)["_cached_reached"]
        t = as_moment("t", t)
        if t < then:
            raise ValueError(f"t = {t:g} is before {then:g}, which is reached already")
        kept = {**self._settings, "store_states": True}
        final = self._evolved(state, [then, t], None, args, kept).states[-1] if t > then else state
        vars(self)["_cached_reached"] = t, final
        return final

    def _two_times(
        self,
        state0: qutip.Qobj,
        tlist: npt.ArrayLike | None,
        taulist: npt.ArrayLike,
        operators: tuple[qutip.Qobj | None, qutip.Qobj, qutip.Qobj | None],
    ) -> ComplexArray:
        model = model_of(self.H, self.a_ops, self.c_ops, None, tlist, self.sec_cutoff, self.lamb_shift)
        return two_times(model, state0, tlist, taulist, operators, self._settings)


@checked
def correlation_3op(
    solver: BRSolver,
    state0: QobjState,
    tlist: npt.ArrayLike | None,
    taulist: npt.ArrayLike,
    A: QobjOperator | None = None,
    B: QobjOperator | None = None,
    C: QobjOperator | None = None,
) -> ComplexArray:
    """QuTiP's `correlation_3op`: ⟨A(t)B(t + τ)C(t)⟩ of a `BRSolver`, (S, T), or (T,) where tlist is None.

    Parameters
    ----------
    solver : a `BRSolver` of this module; solvers of QuTiP's own are for QuTiP's function.
    state0 : at tlist[0].
    tlist, taulist : ascending times t, and delays τ ≥ 0.
    A, B, C : Qobj; None is 1.

    Examples
    --------
    >>> import qutip
    >>> solver = BRSolver(0.5 * qutip.sigmaz(), [(qutip.sigmax(), lambda w: 0.1 * (w > 0))], sec_cutoff=0)
    >>> correlation_3op(solver, qutip.basis(2, 0), [0.0], [0.0, 2.0], B=qutip.sigmax(), C=qutip.sigmax()).round(4)
    array([[ 1.    +0.j    , -0.3765+0.8228j]])
    """
    observed = qutip.qeye(solver.sys_dims) if B is None else B
    return solver._two_times(state0, tlist, taulist, (A, observed, C))
