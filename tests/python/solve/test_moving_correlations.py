"""Correlations and spectra of driven and periodic systems, against integrated superoperators and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg

import redfield as rf

import reference

BATH = rf.OhmicBath(strength=0.05, cutoff=5.0, beta=1.0)
TIGHT = {"rtol": 1e-9, "atol": 1e-11}
LOWER = np.array([[0.0, 1.0], [0.0, 0.0]])
X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])


def moved(change, x, times):
    """X(t) of Ẋ = 𝓛(t)X by SciPy, (T, N, N)."""
    n = len(x)

    def right(t, y):
        return np.asarray(change(t, y.reshape(n, n))).ravel()

    y0 = x.astype(complex).ravel()
    if times[-1] == times[0]:
        return np.array([x] * len(times))
    found = scipy.integrate.solve_ivp(
        right, (times[0], times[-1]), y0, "DOP853", np.unique(times), rtol=1e-10, atol=1e-12
    )
    places = np.searchsorted(found.t, times)
    return found.y.T[places].reshape(-1, n, n)


def test_lindblad_with_moving_hamiltonian_and_jumps():
    n = 3
    h0, h1, rho = (
        reference.random_hermitian(n, 1),
        reference.random_hermitian(n, 2),
        reference.random_state(n, 3),
    )
    jumps = [0.4 * reference.random_matrix(n, 4), 0.3 * reference.random_matrix(n, 5)]
    a, b, c = (reference.random_matrix(n, k) for k in (6, 7, 8))
    equation = rf.Lindblad(
        [h0, (h1, lambda t: np.cos(2.0 * t))], [jumps[0], [(jumps[1], lambda t: np.exp(-t))]]
    )

    def change(t, x):
        h = h0 + np.cos(2.0 * t) * h1
        out = -1j * (h @ x - x @ h)
        for jump in (jumps[0], np.exp(-t) * jumps[1]):
            rate = jump.conj().T @ jump
            out = out + jump @ x @ jump.conj().T - 0.5 * (rate @ x + x @ rate)
        return out

    times, taus = np.array([0.0, 0.7, 2.0]), np.array([0.0, 0.5, 0.5, 1.5])
    grid = rf.correlation(equation, a, b, taus, rho, c, times=times, **TIGHT)
    states = moved(change, rho, times)
    for t, state, row in zip(times, states, grid, strict=True):
        exact = [np.trace(a @ x) for x in moved(change, b @ state @ c, t + taus)]
        np.testing.assert_allclose(row, exact, atol=1e-7)
    alone = rf.correlation(equation, a, b, [0.3, 1.0], rho, **TIGHT)
    exact = [np.trace(a @ x) for x in moved(change, b @ rho, np.array([0.0, 0.3, 1.0]))][1:]
    np.testing.assert_allclose(alone, exact, atol=1e-7)


def test_lindblad_of_more_levels_moves_in_the_basis_h_is_given_in():
    """Sparse and dense, constant and moving jumps, a drive that is switched on, and what is wrong."""
    n = 10
    lower = np.diag(np.sqrt(np.arange(1.0, n)), 1)
    h, force, dense = (
        np.diag(np.arange(n, dtype=float)),
        lower + lower.T,
        0.1 * reference.random_matrix(n, 3),
    )

    def switched(t):
        return 0.5 * (t > 1.0)

    switched.jumps = (1.0,)
    moving = 0.2 * (lower + 0.5j * lower.T)
    equation = rf.Lindblad([h, (force, switched)], [0.5 * lower, dense, [(moving, np.sin)]])

    def change(t, x):
        ham = h + switched(t) * force
        out = -1j * (ham @ x - x @ ham)
        for jump in (0.5 * lower, dense, np.sin(t) * moving):
            rate = jump.conj().T @ jump
            out = out + jump @ x @ jump.conj().T - 0.5 * (rate @ x + x @ rate)
        return out

    start = reference.random_state(n, 4)
    found = equation.evolve(start, [0.0, 1.0, 2.5], rtol=1e-9, atol=1e-11).states
    first = moved(change, start, np.array([0.0, 1.0]))[-1]
    last = moved(lambda t, x: change(max(t, 1.0 + 1e-12), x), first, np.array([1.0, 2.5]))[-1]
    np.testing.assert_allclose(found[1], first, atol=1e-8)
    np.testing.assert_allclose(found[2], last, atol=1e-8)
    np.testing.assert_allclose(equation.evolve(start, [3.0]).final_state, start, atol=1e-12)
    wrong = rf.Lindblad([h, (force, lambda t: 1j * (abs(t - 0.51) < 0.004))], [lower])
    with pytest.raises(ValueError, match="Hermitian"):
        wrong.evolve(start, [0.0, 1.0], max_step=1e-3)


@pytest.mark.parametrize("kind", [rf.Redfield, rf.Davies])
def test_kinds_follow_the_eigenbasis(kind):
    system = rf.DrivenSystem([0.5 * Z + 0.3 * X, (X, lambda t: 0.2 * np.sin(t))], [Z], BATH)
    equation = kind(system, lamb_shift=False)
    a, b = reference.random_matrix(2, 1), reference.random_matrix(2, 2)
    rho, taus = reference.random_state(2, 3), np.array([0.0, 1.0, 4.0])

    def change(t, x):
        return equation.apply(x, float(t))

    (row,) = rf.correlation(equation, a, b, taus, rho, times=[0.8], **TIGHT)
    state = moved(change, rho, np.array([0.0, 0.8]))[-1]
    exact = [np.trace(a @ x) for x in moved(change, b @ state, 0.8 + taus)]
    np.testing.assert_allclose(row, exact, atol=1e-6)


def test_a_late_short_pulse_between_the_operators():
    """A π pulse of a qubit that does not decay, 1e-3 long at t = 50: σz(60) σz(t) changes its sign."""
    length = 1e-3
    qubit = rf.Lindblad(
        [0.0 * Z, (X, lambda t: np.pi / (2 * length) * (abs(t - 50.0) < length / 2))], [0.0 * Z]
    )
    found = rf.correlation(
        qubit,
        Z,
        Z,
        [0.0, 20.0],
        [1.0, 0.0],
        times=[40.0],
        breakpoints=[50.0 - length / 2, 50.0 + length / 2],
    )
    np.testing.assert_allclose(found, [[1.0, -1.0]], atol=1e-4)


def mollow(rabi, rate, w):
    """∫dτ e^{iωτ}(⟨σ₊(τ)σ₋⟩ − |⟨σ₋⟩|²) at resonance, by Bloch's equations written out."""
    # s = (⟨σ₋⟩, ⟨σ₊⟩, ⟨|e⟩⟨e|⟩): σ̇₋ = −γ/2 σ₋ + iΩ/2 (2p − 1), ṗ = −γp + iΩ/2 (σ₋ − σ₊).
    m = np.array(
        [[-rate / 2, 0, 1j * rabi], [0, -rate / 2, -1j * rabi], [0.5j * rabi, -0.5j * rabi, -rate]]
    )
    v = np.array([-0.5j * rabi, 0.5j * rabi, 0.0])
    steady = np.linalg.solve(m, -v)
    # ⟨σ₊(0)σ₋(0)⟩ rows: tr[s_i (σ₋ρ)] = (σ₋σ₋, σ₊σ₋, |e⟩⟨e|σ₋).
    start = np.array([0.0, steady[2], 0.0]) - steady * steady[0]
    return np.array([2.0 * np.linalg.solve(-1j * v_ * np.eye(3) - m, start)[1].real for v_ in w])


@pytest.mark.parametrize(("rabi", "rate", "scale"), [(3.0, 1.0, 1.0), (0.4, 1.0, 1e9), (3.0, 0.5, 1e-9)])
def test_resonance_fluorescence_in_both_frames(rabi, rate, scale):
    rabi, rate, carrier = rabi * scale, rate * scale, 40.0 * scale
    w = np.linspace(-6.0, 6.0, 41) * scale
    exact = mollow(rabi, rate, w)
    rotating = rf.Lindblad(0.5 * rabi * X, [np.sqrt(rate) * LOWER])
    found = rf.spectrum(rotating, LOWER.T, LOWER, w)
    np.testing.assert_allclose(found.real, exact, atol=1e-6 * exact.max())
    h = [
        np.diag([0.0, carrier]),
        (0.5 * rabi * LOWER, lambda t: np.exp(1j * carrier * t)),
        (0.5 * rabi * LOWER.T, lambda t: np.exp(-1j * carrier * t)),
    ]
    lab = rf.Lindblad(h, [np.sqrt(rate) * LOWER], period=2 * np.pi / carrier)
    found = rf.spectrum(lab, LOWER.T, LOWER, w - carrier)
    np.testing.assert_allclose(found.real, exact, atol=1e-6 * exact.max())
    assert np.abs(found.imag).max() < 1e-9 * exact.max()
    taus = np.linspace(0.0, 2.0, 5) / scale
    turned = rf.correlation(lab, LOWER.T, LOWER, taus, **TIGHT) * np.exp(-1j * carrier * taus)
    np.testing.assert_allclose(turned, rf.correlation(rotating, LOWER.T, LOWER, taus, **TIGHT), atol=1e-7)


@pytest.mark.parametrize("kind", [rf.Davies, rf.Redfield])
def test_spectra_of_a_strong_drive_are_the_mean_over_phases(kind):
    period, phases = 2.0 * np.pi, 8
    h = [0.5 * Z + 0.2 * X, (0.5 * X, np.cos), (0.2 * Z, np.sin)]
    hot = rf.OhmicBath(strength=0.6, cutoff=5.0, beta=0.5)
    equation = kind(rf.PeriodicSystem(h, period, [X, Z], [hot, hot]), lamb_shift=False)
    a, b = reference.random_matrix(2, 1), reference.random_matrix(2, 2)
    w, ts = np.array([-1.3, 0.0, 2.2]), np.arange(phases) * period / phases
    taus = np.linspace(0.0, 14.0, 281)
    found = rf.spectrum(equation, a, b, w)
    later = rf.correlation(equation, a, b, taus, times=ts, rtol=1e-7, atol=1e-9)
    earlier = rf.correlation(equation, b, np.eye(2), taus, c=a, times=ts, rtol=1e-7, atol=1e-9)
    state = equation.steady_state()
    states = np.fft.fft([state.at(t) for t in np.arange(64) * period / 64], axis=0) / 64

    def mean(o, t):
        n = np.rint(np.fft.fftfreq(64) * 64)
        return np.tensordot(np.exp(1j * np.multiply.outer(t, n)), np.einsum("ab,tba->t", o, states), 1)

    both = ts[:, None] + taus
    later = (later - mean(a, both) * mean(b, ts)[:, None]).mean(axis=0)
    earlier = (earlier - mean(b, both) * mean(a, ts)[:, None]).mean(axis=0)
    assert abs(later[-1]) < 1e-5
    exact = [
        scipy.integrate.simpson(later * np.exp(1j * v * taus) + earlier * np.exp(-1j * v * taus), x=taus)
        for v in w
    ]
    np.testing.assert_allclose(found, exact, atol=3e-5 * np.abs(found).max())


def test_a_periodic_system_that_stands_still_is_a_constant_one():
    h, coupling = reference.random_hermitian(3, 1), reference.random_hermitian(3, 2)
    a, b, w = reference.random_matrix(3, 3), reference.random_matrix(3, 4), [-1.0, 0.0, 0.7]
    moving = rf.Redfield(rf.PeriodicSystem(h, 0.9, [coupling], BATH))
    still = rf.spectrum(rf.Redfield(rf.System(h, [coupling], BATH)), a, b, w)
    np.testing.assert_allclose(rf.spectrum(moving, a, b, w), still, atol=1e-7 * np.abs(still).max())


def test_what_can_not_be_asked():
    driven = rf.DrivenSystem([0.5 * Z, (X, np.cos)], [X], BATH)
    with pytest.raises(ValueError, match="steady"):
        rf.correlation(rf.Redfield(driven), Z, Z, [0.0, 1.0])
    with pytest.raises(TypeError, match="memory"):
        rf.correlation(rf.Redfield(driven, history="memory"), Z, Z, [0.0, 1.0], [1.0, 0.0])
    with pytest.raises(TypeError, match="driven"):
        rf.spectrum(rf.Redfield(driven), Z, Z, [1.0])
    with pytest.raises(TypeError, match="driven"):
        rf.correlation(rf.HEOM(driven), Z, Z, [0.0, 1.0], [1.0, 0.0])
    periodic = rf.Davies(rf.PeriodicSystem([0.5 * Z, (0.1 * X, np.cos)], 2 * np.pi, [X], BATH))
    with pytest.raises(ValueError, match="state"):
        rf.spectrum(periodic, Z, Z, [1.0], [1.0, 0.0])
    with pytest.raises(TypeError, match="error"):
        rf.spectrum(periodic, Z, Z, [1.0], error=True)
    with pytest.raises(TypeError, match="periodic"):
        rf.susceptibility(periodic, Z, Z, [1.0])
