"""Two-time functions, modes and currents of hierarchies, against closed forms and limits."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([0.5, -0.5])
LOWER = np.array([[0.0, 0.0], [1.0, 0.0]])


def qubit(strength):
    bath = rf.LorentzianBath(strength=strength, width=1.0, centre=0.5)
    return rf.System(Z + 0.2 * X, [X], bath)


def test_correlations_without_a_bath_to_speak_of_are_those_of_redfield():
    taus = np.linspace(0.0, 20.0, 5)
    distances = []
    for strength in (2e-2, 2e-3):
        system = qubit(strength)
        heom = rf.correlation(rf.HEOM(system, tol=1e-5), LOWER, LOWER.T, taus)
        redfield = rf.correlation(rf.Redfield(system), LOWER, LOWER.T, taus)
        distances.append(np.abs(heom - redfield).max())
    assert distances[0] < 0.05
    assert distances[1] < 0.25 * distances[0]


def test_an_oscillator_fluctuates_as_its_equation_of_motion_says():
    # ẍ = −ω₀²x + 2ω₀(f + F(t)) with the bath's force F, of spectrum γ and of response K to x.
    n, w0 = 8, 1.0
    lower = np.diag(np.sqrt(np.arange(1.0, n)), 1)
    x = lower + lower.T
    bath = rf.LorentzianBath(strength=0.02, width=0.6, centre=1.2)
    heom = rf.HEOM(rf.System(w0 * np.diag(np.arange(n)), [x], bath), tol=1e-4)
    w = np.array([0.7, 0.95, 1.1, -0.8])
    t = np.linspace(0.0, 60.0, 60001)
    waves, c = np.exp(1j * w[:, None] * t), bath.correlation(t)
    gamma = 2.0 * np.trapezoid(waves * c, t, axis=1).real
    own = -2.0 * np.trapezoid(waves * c.imag, t, axis=1)
    response = 2.0 * w0 / (w0**2 - w**2 - 2.0 * w0 * own)
    found = rf.susceptibility(heom, x, x, w)
    np.testing.assert_allclose(found, response, atol=2e-3 * np.abs(response).max())
    spectrum = np.abs(response) ** 2 * gamma
    np.testing.assert_allclose(rf.spectrum(heom, x, x, w), spectrum, atol=2e-3 * spectrum.max())


def test_the_spectrum_is_the_fourier_transform_of_the_correlation():
    system = qubit(0.15)
    heom = rf.HEOM(system, depth=3)
    taus = np.linspace(0.0, 400.0, 8001)
    rho = heom.steady_state().state
    w = np.array([-0.9, 0.0, 0.4, 1.1])
    for a, b in ((LOWER, LOWER.T), (LOWER + 0.3 * X, Z + 1j * X)):
        after = rf.correlation(heom, a, b, taus, rtol=1e-9, atol=1e-11)
        before = rf.correlation(heom, b.conj().T, a.conj().T, taus, rtol=1e-9, atol=1e-11).conj()
        mean = np.trace(a @ rho) * np.trace(b @ rho)
        phases = np.exp(1j * w[:, None] * taus)
        one = np.trapezoid(phases * (after - mean), taus, axis=1)
        # ⟨a(−τ)b⟩ = ⟨b†a†(−τ)⟩*, stationary: ⟨b†(τ)a†⟩*.
        other = np.trapezoid(phases.conj() * (before - mean), taus, axis=1)
        np.testing.assert_allclose(rf.spectrum(heom, a, b, w), one + other, atol=2e-3)


def test_modes_currents_and_the_error_of_states_that_are_several():
    hot = rf.LorentzianBath(strength=0.1, width=1.0, centre=0.0)
    cold = rf.LorentzianBath(strength=0.1, width=1.0, centre=1.0)
    heom = rf.HEOM(rf.System(Z + 0.2 * X, [X, X], [hot, cold]), tol=1e-5)
    modes = heom.spectrum(3)
    assert abs(modes.eigenvalues[0]) < 1e-8
    slow = heom.evolve(np.diag([1.0, 0.0]), [0.0, 60.0, 70.0]).states - heom.steady_state().state
    decay = np.log(np.linalg.norm(slow[1]) / np.linalg.norm(slow[2])) / 10.0
    assert abs(decay - modes.gap) < 0.05 * modes.gap
    steady = heom.steady_state()
    flows = rf.analysis.heat_currents(steady, heom)
    assert flows[0] > 1e-4
    assert abs(flows.sum()) < 1e-9
    result = heom.evolve(np.diag([1.0, 0.0]), np.linspace(0.0, 5.0, 501), rtol=1e-10, atol=1e-11)
    energy = np.einsum("ab,tba->t", heom.system.hamiltonian, result.states).real
    told = rf.analysis.energy_currents(result).sum(axis=1)
    assert np.abs(np.gradient(energy, result.times)[1:-1] - told[1:-1]).max() < 1e-4
    with pytest.raises(TypeError, match="baths remember"):
        rf.analysis.heat_currents(steady.state, heom)
    dephasing = rf.HEOM(rf.System(Z, [Z], hot), tol=1e-4)
    with pytest.raises(rf.MultipleSteadyStates) as caught:
        dephasing.steady_state()
    assert caught.value.count == 2
    kept = dephasing.steady_state([[0.3, 0.4], [0.4, 0.7]])
    np.testing.assert_allclose(kept.state, np.diag([0.3, 0.7]), atol=1e-10)
    assert not kept.unique
