"""QuTiP's `BRSolver` and `FMESolver`, and `correlation_3op` of the former."""

from __future__ import annotations

import functools
from typing import Any

import numpy.typing as npt
import qutip

from redfield._base.checks import ComplexArray, as_moment, as_times, checked
from redfield._base.checks.types import Count, Finite, NotNegative, Numbers
from redfield._base.records import Record
from redfield.qutip.arguments import (
    CouplingPairs,
    QobjObservables,
    QobjOperator,
    QobjState,
    SecularCutoff,
    require_map,
)
from redfield.qutip.evolutions import brmesolve
from redfield.qutip.floquet import fmmesolve, periodic
from redfield.qutip.model import model_of
from redfield.qutip.solve import settings_of
from redfield.qutip.two_times import two_times


class Stepping(Record):
    """Base of solvers that are run from several states, or step by step from one."""

    _settings: dict[str, Any]

    def _evolved(self, state0: qutip.Qobj, tlist: Numbers, **rest: Any) -> Any:
        """Return the evolution; `rest` are the e_ops, args and options of `brmesolve` and `fmmesolve`."""
        raise NotImplementedError

    def run(
        self,
        state0: QobjState,
        tlist: Numbers,
        *,
        e_ops: QobjObservables | None = None,
        args: dict[str, Any] | None = None,
    ) -> Any:
        """Return the evolution from state0 at tlist[0], a qutip.solver.Result; `step` goes on from its end."""
        asked = self._settings["store_final_state"]
        settings = {**self._settings, "store_final_state": True}
        result = self._evolved(state0, tlist, e_ops=e_ops, args=args, options=settings)
        if result.times:
            self.start(result.final_state, result.times[-1])
        if not asked:
            result.options["store_final_state"], result._final_state = False, None
        return result

    def start(self, state0: QobjState, t0: Finite) -> None:
        """Set the state and time from which `step` goes on."""
        vars(self)["_cached_reached"] = as_moment("t0", t0), state0  # no part of the record

    def step(self, t: Finite, *, args: dict[str, Any] | None = None, copy: bool = True) -> Any:
        """Return the state at t, from which the next step goes on; `copy` is ignored, since no state is reused.

        Raises
        ------
        RuntimeError
            Neither `start` nor `run` has been called.
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
        if t > then:
            state = self._evolved(state, [then, t], args=args, options=kept).states[-1]
        vars(self)["_cached_reached"] = t, state
        return state


class BRSolver(Stepping):
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

    def _evolved(self, state0: qutip.Qobj, tlist: Numbers, **rest: Any) -> Any:
        return brmesolve(
            self.H, state0, tlist, self.a_ops, self.sec_cutoff, c_ops=self.c_ops, lamb_shift=self.lamb_shift, **rest
        )  # fmt: skip

    def _two_times(
        self,
        state0: qutip.Qobj,
        tlist: npt.ArrayLike,
        taulist: npt.ArrayLike,
        operators: tuple[qutip.Qobj | None, qutip.Qobj, qutip.Qobj | None],
        max_t_plus_tau: float | None,
    ) -> ComplexArray:
        model = model_of(self.H, self.a_ops, self.c_ops, None, tlist, self.sec_cutoff, self.lamb_shift)
        return two_times(model, state0, tlist, taulist, operators, self._settings, max_t_plus_tau)


class FMESolver(Stepping):
    """QuTiP's `FMESolver`: the Floquet–Markov equation of `fmmesolve`, to be run from several states.

    Parameters
    ----------
    floquet_basis : a qutip.FloquetBasis, or (H, T), the Hamiltonian and its period.
    a_ops : [(coupling, spectrum)], spectra as of `fmmesolve`.
    w_th, options, lamb_shift : as of `fmmesolve`.
    kmax, nT : accepted and ignored, since all harmonics that count are taken.

    Examples
    --------
    >>> import numpy as np, qutip
    >>> H = qutip.QobjEvo([0.5 * qutip.sigmaz(), [0.3 * qutip.sigmax(), lambda t: np.cos(t)]])
    >>> solver = FMESolver((H, 2 * np.pi), [(qutip.sigmax(), lambda w: 0.02 * (w > 0))])
    >>> curve = solver.run(qutip.basis(2, 0), [0.0, 50.0], e_ops=[qutip.sigmaz()]).expect[0]
    >>> basis = qutip.FloquetBasis(H, 2 * np.pi)
    >>> other = FMESolver(basis, solver.a_ops).run(qutip.basis(2, 0), [0.0, 50.0], e_ops=[qutip.sigmaz()])
    >>> bool(np.allclose(other.expect[0], curve, atol=1e-8))
    True
    """

    name = "fmmesolve"

    def __init__(
        self,
        floquet_basis: object,
        a_ops: CouplingPairs,
        w_th: NotNegative = 0.0,
        *,
        kmax: Count = 5,
        nT: Count | None = None,
        options: dict[str, Any] | None = None,
        lamb_shift: bool = False,
    ) -> None:
        self._settings = settings_of(options, qutip.FMESolver, {"store_floquet_states": False})
        self.floquet_basis = periodic(floquet_basis)
        self.a_ops, self.w_th, self.options, self.lamb_shift = a_ops, w_th, options, lamb_shift
        self.kmax, self.nT = kmax, nT

    @functools.cached_property
    def _basis(self) -> qutip.FloquetBasis:
        return qutip.FloquetBasis(*self.floquet_basis)

    def run(
        self,
        state0: QobjState,
        tlist: Numbers,
        *,
        floquet: bool = False,
        args: dict[str, Any] | None = None,
        e_ops: QobjObservables | None = None,
    ) -> Any:
        """Return the evolution from state0 at tlist[0], in Floquet modes if `floquet`, a FloquetResult of QuTiP's."""
        if floquet:
            state0 = self._basis.from_floquet_basis(state0, as_times("tlist", tlist)[0])
        return super().run(state0, tlist, e_ops=e_ops, args=args)

    def start(self, state0: QobjState, t0: Finite, *, floquet: bool = False) -> None:
        """Set the state, in Floquet modes if `floquet`, and time from which `step` goes on."""
        super().start(self._basis.from_floquet_basis(state0, t0) if floquet else state0, t0)

    def step(
        self,
        t: Finite,
        *,
        args: dict[str, Any] | None = None,
        copy: bool = True,
        floquet: bool = False,
    ) -> Any:
        """Return the state at t as the base class does, in Floquet modes if `floquet`."""
        state = super().step(t, args=args, copy=copy)
        return self._basis.to_floquet_basis(state, t) if floquet else state

    def _evolved(self, state0: qutip.Qobj, tlist: Numbers, **rest: Any) -> Any:
        hamiltonian, period = self.floquet_basis
        couplings, spectra = (list(part) for part in zip(*self.a_ops, strict=True))
        return fmmesolve(
            hamiltonian, state0, tlist, couplings, spectra, period, self.w_th, lamb_shift=self.lamb_shift, **rest
        )  # fmt: skip


@checked
def correlation_3op(
    solver: BRSolver,
    state0: QobjState,
    tlist: npt.ArrayLike | None,
    taulist: npt.ArrayLike,
    A: QobjOperator | None = None,
    B: QobjOperator | None = None,
    C: QobjOperator | None = None,
    *,
    max_t_plus_tau: float | None = None,
    map: str = "serial",
    map_kw: dict[str, Any] | None = None,
) -> ComplexArray:
    """QuTiP's `correlation_3op`: ⟨A(t)B(t + τ)C(t)⟩ of a `BRSolver`, (S, T), or (T,) where tlist is None.

    Parameters
    ----------
    solver : a `BRSolver` of this module; solvers of QuTiP's own are for QuTiP's function.
    state0 : at tlist[0].
    tlist, taulist : ascending times t, and delays τ ≥ 0.
    A, B, C : Qobj; None is 1.
    max_t_plus_tau, map, map_kw : as of `correlation_2op_2t`.

    Examples
    --------
    >>> import qutip
    >>> solver = BRSolver(0.5 * qutip.sigmaz(), [(qutip.sigmax(), lambda w: 0.1 * (w > 0))], sec_cutoff=0)
    >>> correlation_3op(solver, qutip.basis(2, 0), [0.0], [0.0, 2.0], B=qutip.sigmax(), C=qutip.sigmax()).round(4)
    array([[ 1.    +0.j    , -0.3765+0.8228j]])
    """
    require_map(map)
    operators = A, qutip.qeye(solver.sys_dims) if B is None else B, C
    rows = solver._two_times(
        state0, [0.0] if tlist is None else tlist, taulist, operators, max_t_plus_tau
    )
    return rows[0] if tlist is None else rows
