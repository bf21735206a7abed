"""Gradients of evolutions of a Hamiltonian that depends on time."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_positive, as_threads
from redfield._base.progress import progress_callback
from redfield.equations.base import AnyEquation
from redfield.results.gradient import BathGradients, GradientOptions
from redfield.solve.collocation import Rule
from redfield.solve.drive_gradient import DriveGradient
from redfield.solve.followed import POINTS, Followed, Iterated, Solved
from redfield.solve.held import Held
from redfield.systems.couplings import SiteProjectors
from redfield.systems.driven import DrivenSystem
from redfield.systems.drives.made import Made
from redfield.systems.drives.panels import panels_of
from redfield.systems.drives.window import Window
from redfield.systems.reservoirs import distinct

PHASE = 3.0
"""Of the fastest Bohr frequency over a panel, so that G(t) is known between its points too."""
HALVINGS = 12
MOST_LEVELS = 4
"""Levels beyond which the stages of a panel are iterated, and not solved for."""
ROUNDING = 1e-13
"""Error of a panel that is always allowed."""


def of_drive(
    equation: AnyEquation,
    kind: _core.Kind,
    rho0: ComplexArray,
    times: RealArray,
    weights: ComplexArray,
    options: GradientOptions,
) -> DriveGradient:
    """Return the gradient of Σ_i tr(W_i ρ(t_i)), W_i Hermitian."""
    driven: Any = equation.system
    system: DrivenSystem = driven
    equation._factors(())  # refuses what has no gradients
    rtol = as_positive("rtol", options.rtol)
    threads = as_threads(options.threads)
    asked = [i for i, w in enumerate(weights) if w.any()]
    last = float(times[asked[-1]]) if asked else float(times[0])
    window = Window(float(times[0]), last, times=times[times <= last])
    if window.first == window.last:
        return _at_once(equation, rho0, times, weights)
    system.require_cover(window.first, window.last)
    hamiltonian, couplings = system.operators(window)
    ends = _panels([hamiltonian, *couplings], window, hamiltonian.width, times[asked])
    rule = Rule.of(POINTS)
    with progress_callback(options.progress, "gradient") as report:
        for halved in range(HALVINGS + 1):
            held = Held(equation, kind, rule.times(ends).ravel())
            few = system.dimension <= MOST_LEVELS
            follow: Followed = (
                Solved(equation, kind, window, held, ends) if few else Iterated(held, ends, threads)
            )
            states, inside, errors = follow.forward(rho0)
            lengths = np.diff(ends)
            bad = ~(errors <= np.maximum(rtol * lengths / max(window.duration, 1e-300), ROUNDING))
            if not bad.any():
                break
            if halved == HALVINGS:
                at = int(np.argmax(bad))
                raise _core.ConvergenceError(
                    f"the gradient is not found to rtol = {rtol:g}: panels of {lengths[at]:.2g} do not follow 𝓛(t) "
                    f"near t = {ends[at]:.6g}"
                )
            ends = np.sort(np.concatenate([ends, 0.5 * (ends[:-1] + ends[1:])[bad]]))
        if report is not None:
            report(0.3)
        kicks = np.zeros_like(states)
        place = np.searchsorted(ends, times).clip(max=len(ends) - 1)
        np.add.at(kicks, place[asked], weights[asked])
        value = float(np.einsum("pkl,plk->", kicks, states).real)
        adjoint, start = follow.backward(kicks)
        if report is not None:
            report(0.6)
        flat = (-1, *rho0.shape)
        measure = (np.diff(ends)[:, None] * rule.weights).ravel()
        of_h, of_couplings, baths = held.pull_back(
            inside.reshape(flat), adjoint.reshape(flat), measure, threads
        )
    return DriveGradient(
        value,
        np.einsum("m,mkl->kl", measure, of_h),
        of_couplings,
        baths,
        np.zeros((len(baths), 0, 0), dtype=np.complex128),
        rho0=start,
        applications=follow.applications,
        times=_of_times(equation, kind, times, weights, states[place], start - kicks[0]),
        equation=equation,
        points=rule.times(ends).ravel(),
        weights=measure,
        panels=ends,
        of_hamiltonian=of_h,
        drive=_of_terms(system, of_h),
    )


def _at_once(
    equation: AnyEquation, rho0: ComplexArray, times: RealArray, weights: ComplexArray
) -> DriveGradient:
    """Return the gradient of an evolution that nothing is asked of after it began."""
    system: Any = equation.system
    n, w = system.dimension, weights[times == times[0]].sum(axis=0)
    sites = isinstance(system.couplings, SiteProjectors)
    numbers = [dict.fromkeys(bath.derivatives([0.0]).numbers, 0.0) for bath in distinct(system.baths)[0]]
    none = np.zeros((0, n, n), dtype=np.complex128)
    return DriveGradient(
        float(np.einsum("kl,lk->", w, rho0).real),
        np.zeros((n, n), dtype=np.complex128),
        np.zeros(len(system.couplings))
        if sites
        else np.zeros((len(system.couplings), n, n), dtype=np.complex128),
        BathGradients(numbers if equation._has_baths else ()),
        none,
        rho0=w,
        times=np.zeros(len(times)),
        equation=equation,
        panels=times[:1],
        of_hamiltonian=none,
        drive=_of_terms(system, none),
    )


def _panels(made: list[Made], window: Window, width: float, outputs: RealArray) -> RealArray:
    """Return ends of panels, also at outputs and jumps, in each of which all operators are polynomials of few terms."""
    grids = [
        np.asarray(grid) for x in made for grid in x.operator.resolution(x.jumps.tolist(), 0.0).grids
    ]
    corners = np.unique(np.concatenate([outputs, *grids]))
    corners = corners[(corners >= window.first) & (corners <= window.last)]
    return panels_of(window.first, window.duration, PHASE / max(width, 1e-300), corners)


def _of_times(
    equation: AnyEquation,
    kind: _core.Kind,
    times: RealArray,
    weights: ComplexArray,
    states: ComplexArray,
    y: ComplexArray,
) -> RealArray:
    """Return df/dt_i of each output, H(t) before it being what it is, and of the start, where H(t) after it counts."""
    out = np.zeros(len(times))
    asked = [i for i, w in enumerate(weights) if i == 0 or (w.any() and times[i] > times[0])]
    towards = np.where(np.arange(len(times)) == 0, times[-1], times[0])
    held = Held(equation, kind, np.nextafter(times, towards)[asked])
    for i, s in zip(asked, held.place.tolist(), strict=True):
        change = held.generator(s).apply(states[i])
        out[i] = np.einsum("kl,lk->", weights[i] if i else -y, change).real
    return out


def _of_terms(system: DrivenSystem, of_hamiltonian: ComplexArray) -> Any:
    """Return δf/δf_k of each term f_kX_k of H, (K, M), or None of an H that has none."""
    hamiltonian = system.hamiltonian
    if hamiltonian.function is not None:
        return None
    terms = [np.asarray(x, dtype=np.complex128) for x, _ in hamiltonian.terms]
    if not terms:
        return np.zeros((0, len(of_hamiltonian)))
    found = np.einsum("mkl,jlk->jm", of_hamiltonian, np.stack(terms)).conj()
    hermitian = all(np.array_equal(x, x.conj().T) for x in terms)
    return found.real if hermitian else found
