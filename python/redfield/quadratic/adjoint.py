r"""What the flow of a covariance matrix does with changes of M and Q, backwards.

.. math:: df = -\mathrm{Re\,tr}(A\, dM) + \tfrac12\mathrm{Re\,tr}(B\, dQ)

Of tr(OG) of a steady state A = 2GY and B = 2Y with M†Y + YM = O. Of Σ_i tr(W_iG(t_i)) of an evolution they are the
integrals of both over time, Y(t_i − 0) = Y(t_i + 0) + W_i and Y ∝ e^{−M†(t_i − t)} … e^{−M(t_i − t)} between outputs:
element-wise between the eigenvectors of M, or, where these do not serve, by the derivative of `exact_step`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield._core import ConvergenceError, equal_steps
from redfield.quadratic.covariance import hermitian
from redfield.quadratic.flow import WELL_CONDITIONED, LinearFlow
from redfield.quadratic.step import exact_step, step_gradient

NEGLIGIBLE = 1e-16
"""A part of the largest entry of G in the modes of M; what Q adds to an entry below it is left out."""
FAR = 1e5
"""How far the late value of an entry may be above the largest that is reached, before rounding of it shows."""

Report = Callable[[float], object] | None


@dataclass(frozen=True, eq=False)
class Adjoint:
    """A and B in the basis of a flow, and what else f depends on.

    Attributes
    ----------
    value : f.
    of_m, of_q : A and B, (N, N) both.
    start : Y(t_0), (N, N) Hermitian in the given basis, of an evolution.
    times : (T,) ∂f/∂t_i of an evolution.
    residual : ‖M†Y + YM − O‖/‖O‖ of a steady state.
    """

    value: float
    of_m: ComplexArray
    of_q: ComplexArray
    start: ComplexArray | None = None
    times: RealArray | None = None
    residual: float = math.nan


def of_steady_state(flow: LinearFlow, g: ComplexArray, observable: ComplexArray, tol: float) -> Adjoint:
    """Return that of tr(OG), where G is the only steady state."""
    back = flow.transposed(observable)
    y, _ = back.lyapunov(tol, relative=True)
    rest = float(np.linalg.norm(back.apply(y)))
    residual = rest / max(float(np.linalg.norm(observable)), 1e-300)
    of_q = 2.0 * flow.into(y)
    _require_finite(of_q)
    value = float(np.sum(observable.T * g).real)
    return Adjoint(value, flow.into(g) @ of_q, of_q, residual=residual)


def of_evolution(
    flow: LinearFlow, g0: ComplexArray, times: RealArray, weights: ComplexArray, report: Report
) -> Adjoint:
    """Return that of Σ_i tr(W_i G(t_i)), G(times[0]) = g0."""
    # Outputs without a weight are passed by.
    asked = np.flatnonzero(np.any(weights != 0.0, axis=(1, 2)) | (np.arange(len(times)) == 0))
    found = None
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if flow.condition <= WELL_CONDITIONED:
            found = _by_modes(flow, g0, times[asked], weights[asked], report)
        if found is None:
            found = _by_steps(flow, g0, times[asked], weights[asked], report)
    assert found.start is not None
    assert found.times is not None
    for each in (found.of_m, found.of_q, found.start):
        _require_finite(each)
    of_times = np.zeros(len(times))
    of_times[asked] = found.times
    return Adjoint(found.value, found.of_m, found.of_q, found.start, of_times)


def _require_finite(matrix: ComplexArray) -> None:
    if not np.isfinite(matrix).all():
        raise ConvergenceError(
            "gradient: it is not finite; check the units of the Hamiltonian, the couplings and the times"
        )


def _late(flow: LinearFlow, start: ComplexArray, span: float) -> ComplexArray | None:
    """Return a G in the modes of M that does not change, but for rounding, or None where it is too large to serve."""
    source, sums = flow.source, flow.separation.sums
    size = np.abs(sums)
    gained = np.abs(source) * np.minimum(span, 1.0 / size)
    scale = max(float(np.abs(start).max()), float(gained.max()))
    counts = gained > NEGLIGIBLE * scale
    late = np.zeros_like(source)
    np.divide(source, sums, out=late, where=counts)
    return late if float(np.abs(late).max()) <= FAR * scale else None


def _by_modes(
    flow: LinearFlow, g0: ComplexArray, times: RealArray, weights: ComplexArray, report: Report
) -> Adjoint | None:
    """G = h e^{−(λ_k + λ_l*)t} + c and Y = y e^{−(λ_k* + λ_l)(t_i − t)}, whose product is integrated entry by entry."""
    vectors, inverse, sums = flow.separation.vectors, flow.separation.inverse, flow.separation.sums
    values, into = flow.separation.values, inverse.conj().T
    factor = vectors if flow.basis is None else flow.basis @ vectors
    start = flow.to_modes(flow.into(g0))
    late = _late(flow, start, float(times[-1] - times[0]))
    if late is None:
        return None
    value, of_times = 0.0, np.zeros(len(times))
    y, of_m, held = (np.zeros_like(start) for _ in range(3))

    def beyond(i: int) -> ComplexArray:
        """h e^{−(λ_k + λ_l*)t} at an output."""
        out: ComplexArray = (start - late) * np.exp(-sums * (times[i] - times[0]))
        return out

    def weight(i: int, changing: ComplexArray) -> ComplexArray:
        """W_i in the modes, counted in f and its change with t_i."""
        nonlocal value
        w: ComplexArray = factor.conj().T @ weights[i] @ factor
        value += float(np.sum(w.T * (changing + late)).real)
        of_times[i] = -float(np.sum(w.T * sums * changing).real)
        return w

    i = len(times) - 1
    changing = beyond(i)
    for count, dt in reversed(equal_steps(times)):
        back, turned, summed = np.exp(-sums.conj() * dt), np.zeros_like(y), np.zeros_like(y)
        for _ in range(count):
            _core.poll()
            y = y + weight(i, changing)
            i -= 1
            changing = beyond(i)
            turned += (changing * np.exp(-values * dt).conj()) @ y
            summed += y
            y = back * y
            if report is not None:
                report(1.0 - i / len(times))
        of_m += _convolved(values, dt) * turned
        lasting = np.full_like(sums, dt)
        np.divide(-np.expm1(-sums * dt), sums, out=lasting, where=sums != 0.0)
        held += lasting.conj() * summed
    of_first = float(np.sum(y.T * sums * changing).real)
    y = y + weight(0, changing)
    of_times[0] = of_first
    of_m += late @ held
    return Adjoint(
        value,
        2.0 * (vectors @ of_m @ inverse),
        2.0 * hermitian(into @ held @ inverse),
        hermitian(flow.out_of(into @ y @ inverse)),
        of_times,
    )


def _convolved(values: ComplexArray, dt: float) -> ComplexArray:
    """∫₀^dt ds e^{−λ_k s} e^{−λ_m (dt − s)}, (N, N): e^{−λdt} of the slower by (1 − e^{−zdt})/z of the difference."""
    k, m = np.broadcast_arrays(values[:, None], values[None, :])
    slower = np.where(k.real <= m.real, k, m)
    z = dt * np.where(k.real <= m.real, m - k, k - m)
    ratio = np.ones_like(z)
    np.divide(-np.expm1(-z), z, out=ratio, where=z != 0.0)
    out: ComplexArray = dt * np.exp(-slower * dt) * ratio
    return out


def _by_steps(
    flow: LinearFlow, g0: ComplexArray, times: RealArray, weights: ComplexArray, report: Report
) -> Adjoint:
    """Go backwards through steps whose own derivatives are taken once for all of one length."""
    runs = equal_steps(times)
    steps = [exact_step(flow.m, flow.q, dt) for _, dt in runs]
    states = [flow.into(g0)]
    for (count, _), step in zip(runs, steps, strict=True):
        for _ in range(count):
            states.append(step(states[-1]))
    value, of_times = 0.0, np.zeros(len(times))
    y, of_m, of_q = (np.zeros_like(states[0]) for _ in range(3))
    i = len(times) - 1

    def rate(weight: ComplexArray, i: int) -> float:
        """tr(W Ġ(t_i))."""
        return float(np.sum(weight.T * flow.change(states[i])).real)

    for (count, dt), step in zip(reversed(runs), reversed(steps), strict=True):
        of_e, of_f = np.zeros_like(y), np.zeros_like(y)
        for _ in range(count):
            _core.poll()
            weight = flow.into(weights[i])
            value += float(np.sum(weight.T * states[i]).real)
            of_times[i] = rate(weight, i)
            y = y + weight
            i -= 1
            back = step.e.conj().T @ y
            of_e += 2.0 * (states[i] @ back)
            of_f += y
            y = hermitian(back @ step.e)
            if report is not None:
                report(1.0 - i / len(times))
        m, q = step_gradient(flow.m, flow.q, dt, of_e, of_f)
        of_m -= m
        of_q += 2.0 * q
    of_times[0] = -rate(y, 0)
    weight = flow.into(weights[0])
    value += float(np.sum(weight.T * states[0]).real)
    return Adjoint(value, of_m, of_q, hermitian(flow.out_of(y + weight)), of_times)
