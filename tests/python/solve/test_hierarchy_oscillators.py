"""Hierarchies of an oscillator, whose moments obey classical equations, and of a particle of a quadratic system."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

import redfield as rf

FREQUENCY, BETA = 1.0, 2.0


def drude(w):
    """J(ω) of λ = .05 and ω_c = 2."""
    return 0.05 * w * 4.0 / (w * w + 4.0)


def mode(w):
    """J(ω) of λ = .1, Ω = 1.3 and Γ = .5."""
    return 0.1 * 0.5 * 1.69 * w / ((1.69 - w * w) ** 2 + 0.25 * w * w)


# ẋ = ω₀p, ṗ = −ω₀x − 2(F + y) and y = ∫₀ᵗ K(t − s) x(s) ds with K = 2 Im C, which obeys
# ẏ = −ω_c y − ½λω_c² x of a Drude bath and ÿ = −Ω²y − Γẏ − ½λΩ² x of a damped mode.
BATHS = {
    "drude": (
        rf.DrudeBath(0.05, 2.0, BETA),
        drude,
        np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, -2.0], [-0.1, 0.0, -2.0]]),
    ),
    "mode": (
        rf.UnderdampedBath(0.1, 1.3, 0.5, BETA),
        mode,
        np.array(
            [
                [0.0, 1.0, 0.0, 0.0],
                [-1.0, 0.0, -2.0, 0.0],
                [0.0, 0.0, 0.0, 1.0],
                [-0.0845, 0.0, -1.69, -0.5],
            ]
        ),
    ),
}
PANELS = np.concatenate([[0.0], np.linspace(0.02, 8.0, 160), np.geomspace(8.0, 1e4, 400)[1:]])


def forced(density, motion, t):
    """∫dω/2π ½[γ(ω) + γ(−ω)] g g†, g = ∫₀ᵗ e^{(M + iω)s} b ds: what the bath's fluctuations add to the covariance."""
    x, weights = np.polynomial.legendre.leggauss(32)
    half = 0.5 * np.diff(PANELS)[:, None]
    w = (0.5 * (PANELS[1:] + PANELS[:-1])[:, None] + half * x).ravel()
    even = (half * weights).ravel() * density(w) / np.tanh(0.5 * BETA * w)
    one, b = np.eye(len(motion)), np.zeros((len(motion), 1))
    b[1] = -2.0
    shifted = motion + 1j * w[:, None, None] * one
    decayed = 0.0 if np.isinf(t) else np.exp(1j * w * t)[:, None, None] * scipy.linalg.expm(t * motion)
    g = ((decayed - one) @ np.linalg.solve(shifted, np.broadcast_to(b, (len(w), *b.shape))))[:, :2, 0]
    return np.einsum("w,wa,wb->ab", even / (2.0 * np.pi), g, g.conj()).real


def measured(rho):
    """⟨x⟩, ⟨p⟩ and their symmetrised covariance."""
    lower = np.diag(np.sqrt(np.arange(1.0, len(rho))), 1)
    both = [lower + lower.T, -1j * (lower - lower.T)]
    first = np.array([np.trace(rho @ o).real for o in both])
    second = np.array([[np.trace(rho @ (a @ b + b @ a)).real / 2 for b in both] for a in both])
    return first, second - np.outer(first, first)


@pytest.mark.parametrize("name", BATHS)
def test_the_moments_of_a_damped_oscillator(name):
    """Caldeira and Leggett's: eight levels, of which the highest hold less than 1e-6."""
    bath, density, motion = BATHS[name]
    n, times = 8, [0.0, 1.5, 4.0, 8.0]
    lower = np.diag(np.sqrt(np.arange(1.0, n)), 1)
    psi = np.zeros(n)
    psi[:2] = np.array([1.0, 0.2]) / np.hypot(1.0, 0.2)
    heom = rf.HEOM(rf.System(FREQUENCY * np.diag(np.arange(n)), [lower + lower.T], bath), tol=1e-4)
    result = heom.evolve(psi, times, threads=1)
    start, spread = np.zeros(len(motion)), np.zeros((len(motion),) * 2)
    start[:2], spread[:2, :2] = measured(np.outer(psi, psi))
    for t, rho in zip(times, result.states, strict=True):
        first, second = measured(rho)
        moved = scipy.linalg.expm(t * motion)
        np.testing.assert_allclose(first, (moved @ start)[:2], atol=1e-5)
        exact = (moved @ spread @ moved.T)[:2, :2] + forced(density, motion, t)
        np.testing.assert_allclose(second, exact, atol=5e-5)


def test_the_squeezed_equilibrium_of_a_damped_oscillator():
    """⟨x²⟩ and ⟨p²⟩ of what a strongly coupled bath leaves, far from those of the oscillator alone."""
    bath, density, motion = BATHS["mode"]
    n = 10
    lower = np.diag(np.sqrt(np.arange(1.0, n)), 1)
    heom = rf.HEOM(rf.System(FREQUENCY * np.diag(np.arange(n)), [lower + lower.T], bath), tol=1e-4)
    first, second = measured(heom.steady_state(threads=1).state)
    exact = forced(density, motion, np.inf)
    alone = 1.0 / np.tanh(0.5 * BETA * FREQUENCY)
    np.testing.assert_allclose(first, 0.0, atol=1e-9)
    np.testing.assert_allclose(second, exact, atol=5e-4)
    assert abs(exact[0, 0] - alone) > 0.05


def test_a_particle_that_hops_and_escapes_is_that_of_the_quadratic_system():
    """What creates and destroys pairs turns at 2ω₀ and changes the populations by ∝ 1/ω₀: the rest is exact."""
    rate, times, distances = 0.02, [0.0, 3.0, 8.0, 15.0], []
    for w0 in (4.0, 16.0):

        def density(w, w0=w0):
            return np.exp(-((w - w0) ** 2))

        h = np.array([[w0, 0.3], [0.3, w0 + 0.2]])
        lead = rf.ParticleBath(density, beta=np.inf, statistics="boson", band=(0.05, 2.0 * w0), scale=1.0)
        exact = rf.Exact(rf.QuadraticSystem(h, [rate**0.5, 0.0], [lead, lead])).evolve([1.0, 0.0], times)
        levels, escape = np.zeros((3, 3)), np.zeros((3, 3))
        levels[1:, 1:] = h
        escape[0, 1] = escape[1, 0] = 1.0
        bath = rf.SpectrumBath(lambda w, d=density: rate * d(w), breakpoints=(w0,))
        found = rf.HEOM(rf.System(levels, [escape], bath), tol=1e-4).evolve([0.0, 1.0, 0.0], times)
        distances.append(np.abs(found.states[:, 1:, 1:] - exact.covariances).max())
        assert found.states[-1, 0, 0].real > 0.1
    assert distances[0] < 1.5e-4
    assert distances[1] < 0.5 * distances[0]
