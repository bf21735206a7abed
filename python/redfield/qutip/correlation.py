"""Correlations and spectra of the Bloch–Redfield equation, in QuTiP's words."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt
import qutip

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_numeric,
    as_times,
    as_vector,
    checked,
)
from redfield._base.checks.types import Numbers
from redfield.qutip.arguments import (
    CollapseOperators,
    CouplingPairs,
    QobjOperator,
    QobjState,
    SecularCutoff,
    require_map,
)
from redfield.qutip.model import model_of
from redfield.qutip.solve import settings_of
from redfield.qutip.two_times import require_spaces, steady_of, two_times
from redfield.solve.resolvent import Resolvent, spectrum_of

CORRELATION_SOLVERS = "me", "es"
SPECTRUM_SOLVERS = "es", "pi", "solve"


@checked
def correlation_2op_2t(
    H: object,
    state0: QobjState | None,
    tlist: npt.ArrayLike | None,
    taulist: npt.ArrayLike,
    c_ops: CollapseOperators,
    a_op: QobjOperator,
    b_op: QobjOperator,
    solver: str = "me",
    reverse: bool = False,
    args: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    *,
    max_t_plus_tau: float | None = None,
    map: str = "serial",
    map_kw: dict[str, Any] | None = None,
    a_ops: CouplingPairs | None = None,
    sec_cutoff: SecularCutoff = 0.1,
    lamb_shift: bool = False,
) -> ComplexArray:
    """⟨A(t + τ)B(t)⟩, or with `reverse` ⟨A(t)B(t + τ)⟩, by regression with the Bloch–Redfield equation.

    QuTiP's function of this name, whose arguments it takes, and the couplings and spectra of `brmesolve`.

    Parameters
    ----------
    H, c_ops, args, options, a_ops, sec_cutoff, lamb_shift : as of `brmesolve`; c_ops may be None or empty.
    state0 : at tlist[0]; None the steady state, of an H that is constant.
    tlist : (S,) ascending times; None is [0].
    taulist : (T,) ascending delays ≥ 0.
    a_op, b_op : Qobj.
    solver : "me" or "es", QuTiP's two ways to one equation, which have nothing to set here.
    max_t_plus_tau : the correlation is 0 where t + τ is larger; None: nowhere.
    map, map_kw : accepted and ignored, since there is no loop over t in Python.

    Returns
    -------
    (S, T) complex.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit.

    Examples
    --------
    >>> import numpy as np, qutip
    >>> H, sx, a_ops = 0.5 * qutip.sigmaz(), qutip.sigmax(), [(qutip.sigmax(), lambda w: 0.1 * (w > 0))]
    >>> c = correlation_2op_2t(H, qutip.basis(2, 0), [0.0, 1.0], [0.0, 2.0], [], sx, sx, a_ops=a_ops)
    >>> c.shape, c[1, 0].round(6)
    ((2, 2), np.complex128(1+0j))
    """
    as_choice("solver", solver, CORRELATION_SOLVERS)
    require_map(map)
    operators = (a_op, b_op, None) if reverse else (None, a_op, b_op)
    model = model_of(H, a_ops, c_ops, args, tlist, sec_cutoff, lamb_shift)
    times = [0.0] if tlist is None else tlist
    return two_times(model, state0, times, taulist, operators, settings_of(options), max_t_plus_tau)


@checked
def correlation_3op_2t(
    H: object,
    state0: QobjState | None,
    tlist: npt.ArrayLike | None,
    taulist: npt.ArrayLike,
    c_ops: CollapseOperators,
    a_op: QobjOperator,
    b_op: QobjOperator,
    c_op: QobjOperator,
    solver: str = "me",
    args: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    *,
    max_t_plus_tau: float | None = None,
    map: str = "serial",
    map_kw: dict[str, Any] | None = None,
    a_ops: CouplingPairs | None = None,
    sec_cutoff: SecularCutoff = 0.1,
    lamb_shift: bool = False,
) -> ComplexArray:
    """⟨A(t)B(t + τ)C(t)⟩ by regression with the Bloch–Redfield equation; arguments as of `correlation_2op_2t`.

    Examples
    --------
    >>> import numpy as np, qutip
    >>> H, a, a_ops = 0.5 * qutip.sigmaz(), qutip.sigmam(), [(qutip.sigmax(), lambda w: 0.1 * (w > 0))]
    >>> excited = qutip.basis(2, 0)
    >>> g2 = correlation_3op_2t(H, excited, [0.0], [0.0, 2.0], [], a.dag(), a.dag() * a, a, a_ops=a_ops)
    >>> bool(abs(g2).max() < 1e-12)  # one photon and no more
    True
    """
    as_choice("solver", solver, CORRELATION_SOLVERS)
    require_map(map)
    model = model_of(H, a_ops, c_ops, args, tlist, sec_cutoff, lamb_shift)
    times = [0.0] if tlist is None else tlist
    operators = (a_op, b_op, c_op)
    return two_times(model, state0, times, taulist, operators, settings_of(options), max_t_plus_tau)


@checked
def correlation_3op_1t(
    H: object,
    state0: QobjState | None,
    taulist: npt.ArrayLike,
    c_ops: CollapseOperators,
    a_op: QobjOperator,
    b_op: QobjOperator,
    c_op: QobjOperator,
    solver: str = "me",
    args: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    *,
    a_ops: CouplingPairs | None = None,
    sec_cutoff: SecularCutoff = 0.1,
    lamb_shift: bool = False,
) -> ComplexArray:
    """⟨A(0)B(τ)C(0)⟩, (T,): `correlation_3op_2t` at t = 0.

    Examples
    --------
    >>> import numpy as np, qutip
    >>> H, sx, sz = 0.5 * qutip.sigmaz(), qutip.sigmax(), qutip.sigmaz()
    >>> a_ops = [(sx, lambda w: 0.1 * (w > 0))]
    >>> correlation_3op_1t(H, None, [0.0, 2.0], [], sx, sz, sx, a_ops=a_ops, sec_cutoff=0).round(4)
    array([1.    +0.j, 0.6375+0.j])
    """
    (row,) = correlation_3op_2t(
        H, state0, None, taulist, c_ops, a_op, b_op, c_op, solver, args, options,
        a_ops=a_ops, sec_cutoff=sec_cutoff, lamb_shift=lamb_shift,
    )  # fmt: skip
    values: ComplexArray = row
    return values


@checked
def correlation_2op_1t(
    H: object,
    state0: QobjState | None,
    taulist: npt.ArrayLike,
    c_ops: CollapseOperators,
    a_op: QobjOperator,
    b_op: QobjOperator,
    solver: str = "me",
    reverse: bool = False,
    args: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    *,
    a_ops: CouplingPairs | None = None,
    sec_cutoff: SecularCutoff = 0.1,
    lamb_shift: bool = False,
) -> ComplexArray:
    """⟨A(τ)B(0)⟩, or with `reverse` ⟨A(0)B(τ)⟩, (T,): `correlation_2op_2t` at t = 0.

    Examples
    --------
    >>> import numpy as np, qutip
    >>> H, sx = 0.5 * qutip.sigmaz(), qutip.sigmax()
    >>> a_ops = [(sx, lambda w: 0.1 * (w > 0))]
    >>> correlation_2op_1t(H, None, [0.0, 2.0], [], sx, sx, a_ops=a_ops, sec_cutoff=0).round(4)
    array([ 1.    +0.j    , -0.3765-0.8228j])
    """
    (row,) = correlation_2op_2t(
        H, state0, None, taulist, c_ops, a_op, b_op, solver, reverse, args, options,
        a_ops=a_ops, sec_cutoff=sec_cutoff, lamb_shift=lamb_shift,
    )  # fmt: skip
    values: ComplexArray = row
    return values


@checked
def spectrum_correlation_fft(
    tlist: Numbers, y: Numbers, inverse: bool = False
) -> tuple[RealArray, RealArray]:
    """QuTiP's `spectrum_correlation_fft`: a transform of samples of a correlation, to the resolution that they have.

    `spectrum`, by the resolvent, has no grid in time.

    Parameters
    ----------
    tlist : (T,) equally spaced times, at least two.
    y : (T,) correlation at them.
    inverse : e^{+iωt} instead of e^{−iωt}.

    Returns
    -------
    w, S : (T,) angular frequencies that ascend, and the two-sided power spectrum.

    Examples
    --------
    >>> import numpy as np
    >>> taus = np.linspace(0.0, 200.0, 2001)
    >>> w, s = spectrum_correlation_fft(taus, np.exp((2j - 0.1) * taus))
    >>> bool(abs(w[s.argmax()] - 2.0) < 0.02)
    True
    """
    times, values = as_times("tlist", tlist), as_numeric("y", y)
    if len(times) < 2 or values.shape != times.shape:
        raise ValueError(
            f"y must be a value at each of at least two times, got shape {values.shape} at {len(times)}"
        )
    w, s = qutip.spectrum_correlation_fft(times, values, inverse)
    return w, s


@checked
def spectrum(
    H: object,
    wlist: npt.ArrayLike,
    c_ops: CollapseOperators,
    a_op: QobjOperator,
    b_op: QobjOperator,
    solver: str = "es",
    *,
    a_ops: CouplingPairs | None = None,
    sec_cutoff: SecularCutoff = 0.1,
    lamb_shift: bool = False,
) -> RealArray:
    """∫dτ e^{−iωτ}⟨A(τ)B(0)⟩ of the steady state, without its constant part; its real part.

    Mind the sign of ω, which is QuTiP's; `redfield.spectrum` has the other.

    Parameters
    ----------
    H, c_ops, a_ops, sec_cutoff, lamb_shift : as of `brmesolve`, constant in time; c_ops may be None or empty.
    wlist : (F,) angular frequencies.
    a_op, b_op : Qobj.
    solver : "es", "pi" or "solve", QuTiP's ways to one spectrum, which have nothing to set here.

    Examples
    --------
    >>> import numpy as np, qutip
    >>> H, sx = 0.5 * qutip.sigmaz(), qutip.sigmax()
    >>> a_ops = [(sx, lambda w: 0.1 * (w > 0))]
    >>> s = spectrum(H, [-1.0, 0.0, 1.0], [], sx, sx, a_ops=a_ops, sec_cutoff=0)
    >>> s.round(3)
    array([4.0e+01, 1.0e-01, 2.5e-02])
    """
    as_choice("solver", solver, SPECTRUM_SOLVERS)
    model = model_of(H, a_ops, c_ops, None, None, sec_cutoff, lamb_shift)
    if not model.constant:
        raise TypeError(
            "a spectrum is that of a steady state: H, a_ops and c_ops must not depend on time"
        )
    require_spaces(model, a_op=a_op, b_op=b_op)
    generator, rho = model.generator(0.0), steady_of(model)
    w = as_vector("wlist", wlist)
    values: RealArray = spectrum_of(Resolvent(generator), a_op.full(), b_op.full(), rho, -w).real
    return values
