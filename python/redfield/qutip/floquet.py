"""QuTiP's Floquet–Markov master equation."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import qutip
from qutip.solver.integrator import IntegratorException

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_function,
    as_items,
    as_not_negative,
    as_positive,
    as_times,
    checked,
    shown,
)
from redfield._base.checks.types import Numbers
from redfield.baths import Bath, FlatBath, SpectrumBath
from redfield.equations import Davies
from redfield.equations.options import Options
from redfield.qutip.arguments import (
    QobjObservables,
    QobjState,
    evolving,
    require_observables,
    require_same_space,
)
from redfield.qutip.forms import ROUNDING
from redfield.qutip.result import FloquetResult, density_matrix, result_of
from redfield.qutip.solve import settings_of
from redfield.solve.evolve import Raw, hermitian_parts, together
from redfield.systems.periodic import PeriodicSystem


@checked
def fmmesolve(
    H: object,
    rho0: QobjState,
    tlist: Numbers,
    c_ops: object = None,
    spectra_cb: object = None,
    T: float = 0.0,
    w_th: float = 0.0,
    *,
    e_ops: QobjObservables | None = None,
    args: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    lamb_shift: bool = False,
) -> Any:
    r"""QuTiP's `fmmesolve`, Davies' equation in Floquet modes, solved exactly.

    Parameters
    ----------
    H, rho0, tlist, c_ops, T, e_ops, args : as in QuTiP; c_ops are couplings. Without them a ket goes to
        QuTiP's fsesolve, as in QuTiP. A FloquetBasis in place of H has its own T.
    spectra_cb, w_th : as in QuTiP: γ(ω) = 2π[S(ω) + n(|ω|)(S(ω) + S(−ω))] with n = 1/(e^{|ω|/w_th} − 1), at ω = 0
        2πS(0); a redfield Bath is taken as it is, and then w_th has to be 0.
    options : those of QuTiP that store and normalise states; the others have nothing to set.
    lamb_shift : add η.

    Returns
    -------
    QuTiP's FloquetResult, whose `floquet_basis` is computed when it is asked for. Coherences have the terms
    Σ_n γ(−nΩ)A_n,kk A*_n,ll, which QuTiP leaves out.

    Examples
    --------
    >>> import numpy as np, qutip
    >>> H = qutip.QobjEvo([0.5 * qutip.sigmaz(), [0.3 * qutip.sigmax(), lambda t: np.cos(t)]])
    >>> out = fmmesolve(H, qutip.basis(2, 0), np.linspace(0, 50, 3), [qutip.sigmax()],
    ...                 [lambda w: 0.02 * (w > 0)], 2 * np.pi, e_ops=[qutip.sigmaz()])
    >>> len(out.expect[0])
    3
    """
    times = as_times("tlist", tlist)
    if isinstance(H, qutip.FloquetBasis):
        H, T = periodic(H)
    driven = (
        H if isinstance(H, qutip.QobjEvo) and not args else evolving("H", H, args=args or {}, tlist=times)
    )
    if c_ops is None and rho0.isket:
        require_observables(e_ops, driven.dims)
        try:
            return qutip.fsesolve(driven, rho0, tlist, T, e_ops=e_ops, args=args, options=options)
        except IntegratorException as error:
            raise _core.ConvergenceError(f"fsesolve: {error}") from None
    period = as_positive("T", T or float(times[-1]))
    w_th = w_th or (args or {}).get("w_th", 0.0)  # as in QuTiP
    settings = settings_of(options, qutip.FMESolver, {"store_floquet_states": False})
    state = density_matrix(rho0, driven.dims)
    alone = c_ops is None or isinstance(c_ops, qutip.Qobj | qutip.QobjEvo)
    couplings = [c_ops] if alone and c_ops is not None else [] if alone else as_items("c_ops", c_ops)
    for c in couplings:
        require_same_space("c_ops", evolving("c_ops", c), driven.dims)
    baths = _baths(spectra_cb, len(couplings), as_not_negative("w_th", w_th))
    if not couplings:
        couplings, baths = [np.zeros(state.shape)], [FlatBath(1.0)]
    try:
        system = PeriodicSystem(driven, period, couplings, baths)
    except ValueError as error:
        if "does not have the period" not in str(error):
            raise
        raise ValueError(f"T must be a period of H, got {period:g}: {error}") from None
    solver: Any = Davies(system, lamb_shift).solver

    def solve(operators: list[ComplexArray], store: bool) -> Raw:
        own = Options().settings(solver.methods)
        parts = [
            (c, solver.core.evolve(part, times, own, operators, store))
            for c, part in hermitian_parts(state.full())
        ]
        raw = together(parts)
        solver.warn_if_not_secular(
            [(float(times[0]), state.full()), (float(times[-1]), raw[1])], "fmmesolve", 4
        )
        return raw

    result = result_of(
        "fmmesolve", state, times, e_ops, settings, solve, FloquetResult, problem=(driven, period)
    )
    result.stats.update({"solver": "Floquet-Markov master equation", "num_collapse": len(couplings)})
    return result


def periodic(given: Any) -> tuple[qutip.QobjEvo, float]:
    """Return H and its period."""
    if isinstance(given, qutip.FloquetBasis):
        # QuTiP keeps −iH alone, in the solver of its propagator.
        return 1j * given.U.solver.rhs, float(given.T)
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise TypeError(f"floquet_basis must be a qutip.FloquetBasis or (H, T), got {shown(given)}")
    return qutip.QobjEvo(given[0]), as_positive("T", given[1])


def _baths(spectra: object, count: int, w_th: float) -> list[Bath]:
    alone = spectra is None or callable(spectra) or isinstance(spectra, Bath)
    each: Sequence[Any] = [spectra] if alone else as_items("spectra_cb", spectra)
    for i, s in enumerate(each):
        if s is not None and not isinstance(s, Bath):
            as_function("spectra_cb" if alone else f"spectra_cb[{i}]", s)
    if len(each) == 1:
        each = [each[0]] * count
    if len(each) != count:
        raise ValueError(f"spectra_cb has {len(each)} spectra for {count} c_ops")
    known: dict[int, Bath] = {}
    for s in each:
        if isinstance(s, Bath) and w_th:
            raise ValueError("w_th belongs to a spectrum of zero temperature; a Bath has its own")
        known.setdefault(id(s), s if isinstance(s, Bath) else SpectrumBath(_thermal(s, w_th)))
    return [known[id(s)] for s in each]


def _thermal(
    spectrum: Callable[[RealArray], Any] | None, w_th: float
) -> Callable[[RealArray], RealArray]:
    """γ of what QuTiP calls the noise power spectrum and the temperature."""

    def density(w: RealArray) -> RealArray:
        values = (w > 0) if spectrum is None else spectrum(w)
        noise = np.broadcast_to(values, w.shape)
        if (np.abs(noise.imag) > ROUNDING * np.abs(noise)).any():
            raise ValueError(f"a spectrum of spectra_cb is complex: {noise[noise.imag != 0.0][0]:g}")
        return noise.real.astype(np.float64)

    warned = False

    def gamma(w: RealArray) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        total = density(w)
        if w_th > 0.0:
            with np.errstate(over="ignore", divide="ignore"):
                occupation = np.where(w == 0.0, 0.0, 1.0 / np.expm1(np.abs(w) / w_th))
            mirrored = density(-w)
            nonlocal warned
            if not warned and (np.where(w < 0.0, total, np.where(w > 0.0, mirrored, 0.0)) != 0.0).any():
                warned = True
                warnings.warn(
                    f"fmmesolve: w_th = {w_th:g} adds a temperature to a spectrum that is not zero at negative "
                    "frequencies, so that the bath has no temperature: give S(ω) = 0 for ω < 0, or w_th = 0",
                    UserWarning,
                    stacklevel=2,
                )
            total = total + np.where(w == 0.0, 0.0, occupation * (total + mirrored))
        return 2.0 * np.pi * total

    return gamma
