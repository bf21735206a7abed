"""Windowed transforms of power spectra that end abruptly, taken over frequencies instead of times."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield.baths.legendre import NODES, WEIGHTS
from redfield.baths.panels import Panels

MANY_TURNS = 200.0
"""Turns of C within the window, in radians, from which on the integral over frequencies is the cheaper one."""
TURNS_A_PANEL = 4.0
"""Phase νT over half a panel: the rule of a panel integrates γ times the kernel to rounding."""
MOST = 5e7
"""Nodes times frequencies: integrals that need more, of some seconds, are refused."""
CHUNK = 1 << 17
SMALL = 0.3
"""|z| up to which φ(z) = (e^z − 1)/z and its derivative are summed as power series."""


def windowed(panels: Panels, w: RealArray, window: float) -> tuple[ComplexArray, ComplexArray]:
    """Γ_T(ω) = ∫ dν/2π γ(ν) T φ(i(ω − ν)T), φ(z) = (e^z − 1)/z, and dΓ_T/dω of a γ that panels and inner laws hold.

    Raises
    ------
    ValueError
        γ turns too often within the window.
    """
    parts = np.maximum(1.0, np.ceil(panels.half * window / TURNS_A_PANEL))
    work = float(parts.sum()) * len(NODES) * len(w)
    if work > MOST:
        raise ValueError(
            f"its correlation function turns {parts.sum() * TURNS_A_PANEL / np.pi:.2g} times within the window "
            f"{window:.3g}, as with a spectrum that is wide and ends abruptly; give it a narrower band or soft edges"
        )
    value = np.zeros(len(w), dtype=np.complex128)
    slope = np.zeros(len(w), dtype=np.complex128)

    def add(nodes: RealArray, weights: RealArray) -> None:
        few = max(1, CHUNK // len(w))
        for first in range(0, len(nodes), few):
            phi, derivative = _kernel(window * w[:, None], window * nodes[first : first + few])
            value[:] += window * (phi @ weights[first : first + few])
            slope[:] += 1j * window**2 * (derivative @ weights[first : first + few])

    at_once = max(1, CHUNK // len(NODES))
    count = parts.astype(np.int64)
    for panel in range(len(count)):
        half = panels.half[panel] / count[panel]
        for first in range(0, int(count[panel]), at_once):
            place = np.arange(first, min(first + at_once, int(count[panel])))
            left = panels.left[panel] + 2.0 * half * place
            nodes = (left[:, None] + half * (NODES + 1.0)).ravel()
            inside = (nodes - panels.centre[panel]) / panels.half[panel]
            gamma = np.polynomial.legendre.legval(inside, panels.series[panel].real)
            add(nodes, gamma * np.tile(half * WEIGHTS, len(place)))
    for law in panels.beyond:
        mass = law.value * law.reach / (1.0 + law.power)
        add(np.array([law.start]), np.array([mass]))
    scale = 1.0 / (2.0 * np.pi)
    return scale * value, scale * slope


def applies(panels: Panels, fastest: float, window: float) -> bool:
    """Whether C turns often enough within the window, and every power law is narrow beside 1/T."""
    narrow = all(law.inner and law.reach * window < 1e-4 and law.power > -0.5 for law in panels.beyond)
    return fastest * window > MANY_TURNS and narrow


def _kernel(a: RealArray, b: RealArray) -> tuple[ComplexArray, ComplexArray]:
    """φ(z) = (e^z − 1)/z and φ'(z) = (e^z (z − 1) + 1)/z² of z = i(a − b)."""
    y = a - b
    near = np.abs(y) < SMALL
    inverse = 1.0 / np.where(near, 1.0, y)
    grown = np.exp(1j * a) * np.exp(-1j * b)
    phi = -1j * inverse * (grown - 1.0)
    derivative = -1j * inverse * (grown - phi)
    x = 1j * y[near]
    series, its_slope, term = np.zeros_like(x), np.zeros_like(x), np.ones_like(x)
    for n in range(14):
        series += term / (n + 1.0)  # term is zⁿ/n!
        its_slope += term / (n + 2.0)
        term = term * x / (n + 1.0)
    phi[near], derivative[near] = series, its_slope
    return phi, derivative
