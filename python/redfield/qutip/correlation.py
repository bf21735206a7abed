"""Correlations and spectra of the Bloch–Redfield equation, in QuTiP's words."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import qutip

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_times, as_vector, checked
from redfield.equations.options import SteadyOptions
from redfield.qutip.arguments import (
    CouplingPairs,
    QobjOperator,
    QobjState,
    SecularCutoff,
    require_same_space,
)
from redfield.qutip.model import Model, model_of
from redfield.qutip.solve import settings_of, solve
from redfield.solve.correlations import from_zero
from redfield.solve.resolvent import Resolvent, spectrum_of
from redfield.solve.steady import steady_state


@checked
def correlation_2op_2t(
    H: object,
    state0: QobjState | None,
    tlist: npt.ArrayLike | None,
    taulist: npt.ArrayLike,
    a_op: QobjOperator,
    b_op: QobjOperator,
    a_ops: CouplingPairs,
    sec_cutoff: SecularCutoff = 0.1,
    *,
    c_ops: object = None,
    reverse: bool = False,
    args: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    lamb_shift: bool = False,
) -> ComplexArray:
    """⟨A(t + τ)B(t)⟩, or with `reverse` ⟨A(t)B(t + τ)⟩, by regression with the Bloch–Redfield equation.

    QuTiP's function of this name with the couplings and spectra of `brmesolve`, instead of `c_ops` alone.

    Parameters
    ----------
    H, a_ops, sec_cutoff, c_ops, args, options, lamb_shift : as of `brmesolve`.
    state0 : at tlist[0]; None the steady state, of an H that is constant.
    tlist : (S,) ascending times, None where t = 0 alone is asked.
    taulist : (T,) ascending delays ≥ 0.
    a_op, b_op : Qobj.

    Returns
    -------
    (S, T) complex; (T,) where tlist is None.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit.

    Examples
    --------
    >>> import numpy as np, qutip
    >>> H, sx = 0.5 * qutip.sigmaz(), qutip.sigmax()
    >>> c = correlation_2op_2t(H, qutip.basis(2, 0), [0.0, 1.0], [0.0, 2.0], sx, sx, [(sx, lambda w: 0.1 * (w > 0))])
    >>> c.shape, c[1, 0].round(6)
    ((2, 2), np.complex128(1+0j))
    """
    settings = settings_of(options)
    grid = np.zeros(1) if tlist is None else as_times("tlist", tlist)
    model = model_of(H, a_ops, c_ops, args, grid, sec_cutoff, lamb_shift)
    delays = from_zero("taulist", taulist)
    _require_spaces(model, a_op=a_op, b_op=b_op, state0=state0)
    observed, other = (b_op, a_op) if reverse else (a_op, b_op)
    starts = grid[:1] if state0 is None else grid
    rows: list[ComplexArray] = []
    for t, rho in zip(starts, _states(model, state0, starts, settings), strict=True):
        start = rho @ other.full() if reverse else other.full() @ rho
        times = t + np.concatenate([[0.0], delays])
        _, _, expect, _ = solve(model, start, times, settings, [observed.full()], store=False)
        rows.append(np.asarray(expect[0], dtype=np.complex128)[1:])
    if tlist is None:
        return rows[0]
    return np.repeat(rows, len(grid), axis=0) if state0 is None else np.array(rows)


@checked
def correlation_2op_1t(
    H: object,
    state0: QobjState | None,
    taulist: npt.ArrayLike,
    a_op: QobjOperator,
    b_op: QobjOperator,
    a_ops: CouplingPairs,
    *rest: Any,
    **named: Any,
) -> ComplexArray:
    """⟨A(τ)B(0)⟩, or with `reverse` ⟨A(0)B(τ)⟩: `correlation_2op_2t` at t = 0, whose arguments it takes.

    Examples
    --------
    >>> import numpy as np, qutip
    >>> H, sx = 0.5 * qutip.sigmaz(), qutip.sigmax()
    >>> correlation_2op_1t(H, None, [0.0, 2.0], sx, sx, [(sx, lambda w: 0.1 * (w > 0))], sec_cutoff=0).round(4)
    array([ 1.    +0.j    , -0.3765-0.8228j])
    """
    return correlation_2op_2t(H, state0, None, taulist, a_op, b_op, a_ops, *rest, **named)


@checked
def spectrum(
    H: object,
    wlist: npt.ArrayLike,
    a_op: QobjOperator,
    b_op: QobjOperator,
    a_ops: CouplingPairs,
    sec_cutoff: SecularCutoff = 0.1,
    *,
    c_ops: object = None,
    lamb_shift: bool = False,
) -> RealArray:
    """∫dτ e^{−iωτ}⟨A(τ)B(0)⟩ of the steady state, without its constant part; real, as QuTiP's.

    Mind the sign of ω, which is QuTiP's; `redfield.spectrum` has the other.

    Parameters
    ----------
    H, a_ops, sec_cutoff, c_ops, lamb_shift : as of `brmesolve`, constant in time.
    wlist : (F,) angular frequencies.
    a_op, b_op : Qobj.

    Examples
    --------
    >>> import numpy as np, qutip
    >>> H, sx = 0.5 * qutip.sigmaz(), qutip.sigmax()
    >>> s = spectrum(H, [-1.0, 0.0, 1.0], sx, sx, [(sx, lambda w: 0.1 * (w > 0))], sec_cutoff=0)
    >>> s.round(3)
    array([4.0e+01, 1.0e-01, 2.5e-02])
    """
    model = model_of(H, a_ops, c_ops, None, None, sec_cutoff, lamb_shift)
    if not model.constant:
        raise TypeError(
            "a spectrum is that of a steady state: H, a_ops and c_ops must not depend on time"
        )
    _require_spaces(model, a_op=a_op, b_op=b_op)
    generator = model.generator(0.0)
    rho = _steady(generator)
    w = as_vector("wlist", wlist)
    values: RealArray = spectrum_of(Resolvent(generator), a_op.full(), b_op.full(), rho, -w).real
    return values


def _require_spaces(model: Model, **operators: Any) -> None:
    for name, x in operators.items():
        if x is not None:
            require_same_space(name, qutip.ket2dm(x) if x.isket else x, model.hamiltonian.dims)


def _states(
    model: Model, state0: qutip.Qobj | None, times: RealArray, settings: dict[str, Any]
) -> list[ComplexArray]:
    if state0 is None:
        if not model.constant:
            raise TypeError("state0 must be given where H, a_ops or c_ops depend on time")
        return [_steady(model.generator(0.0))]
    rho = (qutip.ket2dm(state0) if state0.isket else state0).full()
    states, _, _, _ = solve(model, rho, times, settings, [], store=True)
    return list(states)


def _steady(generator: _core.Generator) -> ComplexArray:
    return steady_state(generator, None, SteadyOptions()).state
