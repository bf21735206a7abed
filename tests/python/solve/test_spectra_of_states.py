"""Spectra from states that are not stationary, against brute-force tensors, closed forms and the evolution in time."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

import redfield as rf

import reference

BATH = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=1.0)
W = np.array([1.3, -2.0, 0.0, 1e-3, 40.0])


def brute(tensor, a, b, rho, w):
    """∫₀^∞ of both orders less what is constant, by pseudo-inverses and the projector on the null space."""
    n = len(rho)
    right = scipy.linalg.null_space(tensor, rcond=1e-10)
    left = scipy.linalg.null_space(tensor.conj().T, rcond=1e-10)
    late = right @ np.linalg.solve(left.conj().T @ right, left.conj().T)

    def integral(x, y, z):
        rest = y.ravel() - late @ y.ravel()
        solved = np.linalg.lstsq(z * np.eye(n * n) - tensor, rest, rcond=1e-11)[0]
        return np.trace(x @ (solved - late @ solved).reshape(n, n))

    return np.array([integral(a, b @ rho, -1j * v) + integral(b, rho @ a, 1j * v) for v in w])


@pytest.mark.parametrize("method", ["direct", "iterative"])
def test_a_state_that_is_not_stationary(method):
    n = 4
    h, *couplings = (reference.random_hermitian(n, 3 + k) for k in range(3))
    equation = rf.Redfield(rf.System(h, couplings, BATH))
    tensor = reference.redfield_tensor(h, couplings, [BATH, BATH], lamb_shift=True)
    a, b, rho = reference.random_matrix(n, 6), reference.random_matrix(n, 7), reference.random_state(n, 8)
    found = rf.spectrum(equation, a, b, W, state=rho, method=method, tol=1e-11)
    exact = brute(tensor, a, b, rho, W)
    np.testing.assert_allclose(found, exact, atol=1e-7 * np.abs(exact).max())
    steady = equation.steady_state(tol=1e-13).state
    given, own = (
        rf.spectrum(equation, a, b, W, **s, method=method, tol=1e-11) for s in ({"state": steady}, {})
    )
    np.testing.assert_allclose(given, own, atol=1e-7 * np.abs(own).max())


def sectors(seed):
    """Two sectors that nothing couples, of three and two levels, in a basis that does not show them."""
    blocks = [reference.random_hermitian(m, seed + m) for m in (3, 2)]
    h = scipy.linalg.block_diag(blocks[0], blocks[1] + 5.0 * np.eye(2))
    coupling = scipy.linalg.block_diag(*(reference.random_hermitian(m, seed + 10 + m) for m in (3, 2)))
    u = scipy.linalg.expm(1j * reference.random_hermitian(5, seed + 20))
    return tuple(u @ x @ u.conj().T for x in (h, coupling))


@pytest.mark.parametrize("method", ["direct", "iterative"])
def test_several_steady_states(method):
    h, coupling = sectors(1)
    equation = rf.Redfield(rf.System(h, [coupling], BATH))
    with pytest.raises(rf.MultipleSteadyStates):
        rf.spectrum(equation, h, h, W)
    tensor = reference.redfield_tensor(h, [coupling], [BATH], lamb_shift=True)
    a, b, rho = reference.random_matrix(5, 6), reference.random_matrix(5, 7), reference.random_state(5, 8)
    w = W if method == "direct" else W[W != 0.0]
    found = rf.spectrum(equation, a, b, w, rho, method=method, tol=1e-11)
    exact = brute(tensor, a, b, rho, w)
    np.testing.assert_allclose(found, exact, atol=1e-6 * np.abs(exact).max())
    if method == "iterative":
        with pytest.raises(rf.ConvergenceError, match="2 steady states"):
            rf.spectrum(equation, a, b, [0.0], rho, method=method)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_absorption_of_an_oscillator_in_closed_form(scale):
    """2 Re ∫e^{iωτ}⟨a(τ)a†(0)⟩ of a damped mode in |m⟩ is (m + 1)γ/((ω − ω₀)² + γ²/4)."""
    levels, m, rate, energy = 12, 2, 0.3 * scale, 2.0 * scale
    lower = np.diag(np.sqrt(np.arange(1, levels)), 1)
    mode = rf.Lindblad(energy * lower.T @ lower, [np.sqrt(rate) * lower])
    w = np.array([1.5, 2.0, 2.3]) * scale
    found = rf.spectrum(mode, lower, lower.T, w, state=np.eye(levels)[m])
    exact = (m + 1) * rate / ((w - energy) ** 2 + 0.25 * rate**2)
    np.testing.assert_allclose(found.real, exact, rtol=1e-6)
    assert np.abs(found.imag).max() < 1e-8 * np.abs(exact).max()


def test_absorption_of_a_molecule_with_memory():
    """Pure dephasing: the hierarchy's line is the transform of the exact e^{−g(t)}, beside baths in equilibrium."""
    gap, bath = 3.0, rf.DrudeBath(0.3, cutoff=1.0, beta=1.0)
    molecule = rf.System(np.diag([0.0, gap]), [np.diag([0.0, 1.0])], bath)
    up = np.array([[0.0, 0.0], [1.0, 0.0]])
    w = np.array([2.0, 2.7, 3.2, 4.0])
    found = rf.spectrum(rf.HEOM(molecule, tol=1e-4), up.T, up, w, state=[1.0, 0.0]).real
    t = np.linspace(0.0, 120.0, 24001)
    correlation = bath.correlation(t[1:])
    c = np.concatenate([[2 * correlation[0] - correlation[1]], correlation])
    once = scipy.integrate.cumulative_simpson(c, x=t, initial=0)
    g = scipy.integrate.cumulative_simpson(once, x=t, initial=0)
    exact = [2.0 * np.trapezoid(np.exp(1j * (v - gap) * t - g), t).real for v in w]
    np.testing.assert_allclose(found, exact, atol=5e-3 * max(exact))


def test_what_can_not_be_asked():
    equation = rf.Lindblad(np.diag([0.0, 1.0]), [np.eye(2, k=1)])
    x = np.eye(2, k=1)
    with pytest.raises(ValueError, match="state"):
        rf.spectrum(equation, x, x.T, [1.0], state="ground")
    with pytest.raises(ValueError, match="state"):
        rf.spectrum(equation, x, x.T, [1.0], state=np.eye(3)[0])
    qubit = rf.Redfield(rf.System(np.diag([0.0, 1.0]), [x + x.T], BATH))
    with pytest.raises(ValueError, match="error"):
        rf.spectrum(qubit, x, x.T, [1.0], state=[1.0, 0.0], error=True)
