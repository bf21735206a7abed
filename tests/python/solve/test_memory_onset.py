"""The rise of a memory integral within a bath's memory time, which is short beside all else, against sums on a grid."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
H, A = 0.02 * Z + 0.005 * X, X + 0.3 * Z
START = np.diag([1.0, 0.0])
TIGHT = {"rtol": 1e-9, "atol": 1e-11}
GAUSS = np.polynomial.legendre.leggauss(4)
SHORT = [
    rf.OhmicBath(strength=0.003, cutoff=5.0, beta=3.0),
    rf.OhmicBath(strength=0.003, cutoff=80.0, beta=3.0),
    rf.OhmicBath(strength=0.003, cutoff=4.0, beta=np.inf),
    rf.LorentzianBath(strength=0.003, width=5.0, centre=1.5),
    rf.UnderdampedBath(strength=0.01, frequency=3.0, damping=0.4, beta=1.0),
]


def on_a_grid(bath, times, shortest):
    """ρ by Runge and Kutta, with Λ̃_ab = A_ab e^{iω_ab t}∫₀ᵗ C(s)e^{−iω_ab s}ds by sums, in the interaction picture."""
    energies, vectors = np.linalg.eigh(H)
    a = vectors.T @ A @ vectors
    w = np.subtract.outer(energies, energies)
    # Steps grow by a seventh of themselves, as far as the bath and the levels turn.
    grid, step = [0.0], shortest
    while grid[-1] < times[-1]:
        grid.append(grid[-1] + step)
        step = min(1.15 * step, 0.1 / abs(w).max(), 0.1 if grid[-1] < 100.0 else 1.0)
    grid = np.unique(np.concatenate([np.array(grid)[np.array(grid) < times[-1]], times]))
    halves = np.unique(np.concatenate([grid, 0.5 * (grid[1:] + grid[:-1])]))
    width = np.diff(halves)[:, None]
    s = halves[:-1, None] + 0.5 * width * (GAUSS[0] + 1.0)
    c = 0.5 * width * GAUSS[1] * bath.correlation(s.ravel()).reshape(s.shape)
    parts = (c[..., None, None] * np.exp(-1j * w * s[..., None, None])).sum(axis=1)
    past = np.concatenate([np.zeros((1, 2, 2)), np.cumsum(parts, axis=0)])
    turned = np.exp(1j * w * halves[:, None, None])
    coupling, integral = a * turned, a * past * turned

    def change(k, rho):
        product = integral[k] @ rho
        out = product @ coupling[k].conj().T - coupling[k].conj().T @ product
        return out + out.conj().T

    rho, found = vectors.T @ START @ vectors, []
    for k in range(0, len(halves), 2):
        if grid[k // 2] in times:
            found.append(vectors @ (rho * turned[k].conj()) @ vectors.T)
        if k + 2 < len(halves):
            h = grid[k // 2 + 1] - grid[k // 2]
            k1 = change(k, rho)
            k2 = change(k + 1, rho + 0.5 * h * k1)
            k3 = change(k + 1, rho + 0.5 * h * k2)
            k4 = change(k + 2, rho + h * k3)
            rho = rho + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.array(found)


@pytest.mark.parametrize("bath", SHORT, ids=lambda bath: f"{type(bath).__name__}-{bath.scale:.3g}")
def test_a_memory_that_is_short_beside_the_levels_and_the_outputs(bath):
    times = np.linspace(0.0, 400.0, 6)
    exact = on_a_grid(bath, times, 1e-4 * bath.time_scale)
    found = rf.Redfield(rf.System(H, [A], bath), history="memory", tol=1e-9).evolve(START, times, **TIGHT)
    assert np.abs(found.states - exact).max() < 1e-7
    at_once = rf.Redfield(rf.System(H, [A], bath)).evolve(START, times, **TIGHT)
    assert np.abs(at_once.states - exact).max() > 1e-5  # or the test would tell nothing


def test_a_memory_by_quadrature_that_has_only_begun():
    bath, times = SHORT[0], np.linspace(0.0, 40.0, 5)
    equation = rf.Redfield(rf.System(H, [A], bath), history="memory", correlation="quadrature")
    exact = on_a_grid(bath, times, 1e-4 * bath.time_scale)
    assert np.abs(equation.evolve(START, times, **TIGHT).states - exact).max() < 1e-8


@pytest.mark.parametrize("jump", [0.7, 500.0])
def test_a_coupling_that_jumps_begins_a_memory(jump):
    def switch(t):
        return np.where(np.asarray(t) < jump, 0.0, 1.0)

    switch.jumps = [jump]
    bath, times = SHORT[0], jump + np.array([0.0, 0.3, 20.0, 300.0])
    driven = rf.DrivenSystem(H, [(A, switch)], bath)
    found = rf.Redfield(driven, history="memory").evolve(START, [0.0, *times], **TIGHT).states[1:]
    since = rf.Redfield(rf.System(H, [A], bath), history="memory").evolve(found[0], times, **TIGHT)
    assert np.abs(found - since.states).max() < 2e-9
    energies, vectors = np.linalg.eigh(H)
    turned = vectors @ np.diag(np.exp(-1j * energies * jump)) @ vectors.T
    np.testing.assert_allclose(found[0], turned @ START @ turned.conj().T, atol=1e-9)


@pytest.mark.parametrize("width", [0.05, 1.0])
def test_a_late_short_pulse_of_a_coupling_is_what_an_early_one_is(width):
    def pulse(centre):
        def value(t):
            return np.exp(-0.5 * ((t - centre) / width) ** 2)

        value.breakpoints = [centre]
        return rf.DrivenSystem(H, [(A, value)], SHORT[0])

    late, early, after = 1e4, 30.0, np.array([0.0, 0.5, 10.0, 200.0])
    found = rf.Redfield(pulse(late), history="memory").evolve(START, [0.0, *(late + after)], **TIGHT)
    energies, vectors = np.linalg.eigh(H)
    turned = vectors @ np.diag(np.exp(-1j * energies * (late - early))) @ vectors.T
    shifted = rf.Redfield(pulse(early), history="memory").evolve(
        turned @ START @ turned.conj().T, [0.0, *(early + after)], max_step=0.25 * width, **TIGHT
    )
    assert np.abs(found.states[1:] - shifted.states[1:]).max() < 3e-9
    assert np.abs(shifted.states[1] - shifted.states[0]).max() > 1e-4
    assert found.stats["steps"] < 1000  # which follow the pulse and not its tails


def test_a_mode_s_memory_is_short_beside_its_energy():
    """Once it is complete, n(t) decays by the rates of the equation without one."""
    scale, complete, last = 5.0, 30.0, 120.0
    bath = rf.ParticleBath(lambda w: np.exp(-((w / scale) ** 2)), beta=3.0, mu=0.1, scale=scale)
    system = rf.QuadraticSystem(np.array([[0.04]]), coupling=0.1, bath=bath)
    equation, at_once = rf.Redfield(system, history="memory"), rf.Redfield(system)
    found = equation.evolve([[1.0]], [0.0, complete, last], **TIGHT).states.real.ravel()
    short = equation.evolve([[1.0]], [0.0, complete], max_step=0.5 / scale, **TIGHT).states.real.ravel()
    assert abs(found[1] - short[1]) < 1e-9
    gain, change = (at_once.apply(np.array([[n]]))[0, 0].real for n in (0.0, 1.0))
    steady, rate = gain / (gain - change), gain - change
    decayed = steady + (short[1] - steady) * np.exp(-rate * (last - complete))
    assert abs(found[2] - decayed) < 1e-9
    assert (
        abs(found[2] - steady - (1.0 - steady) * np.exp(-rate * last)) > 1e-5
    )  # or it would tell nothing
