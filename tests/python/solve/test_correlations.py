"""Correlations and spectra, against a brute-force tensor, closed forms and equilibrium."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

import reference

BATH = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=1.0)
TIGHT = {"rtol": 1e-11, "atol": 1e-12}


def problem(n, seed):
    """A Redfield equation, its tensor by sums over levels, and operators without symmetry."""
    h, *couplings = (reference.random_hermitian(n, seed + k) for k in range(3))
    equation = rf.Redfield(rf.System(h, couplings, BATH))
    tensor = reference.redfield_tensor(h, couplings, [BATH, BATH], lamb_shift=True)
    a, b, c = (reference.random_matrix(n, seed + k) for k in range(3, 6))
    return equation, tensor, a, b, c


def steady_of(tensor, n):
    rho = scipy.linalg.null_space(tensor, rcond=1e-10)[:, 0].reshape(n, n)
    return rho / np.trace(rho)


def test_operators_evolve_as_the_tensor_says():
    equation, tensor, x, *_ = problem(4, 1)
    times = [0.0, 0.3, 2.0]
    result = rf.evolve_operator(equation, x, times, store_states=True, **TIGHT)
    for t, found in zip(times, result.states, strict=True):
        assert np.abs(found - reference.evolve(tensor, x, t)).max() < 1e-9
    told = rf.evolve_operator(equation, x, times, {"x": x}, **TIGHT)
    np.testing.assert_allclose(told.expect["x"], [np.trace(x @ s) for s in result.states], atol=1e-9)
    hermitian = rf.evolve_operator(equation, x + x.conj().T, times, **TIGHT).final_state
    assert np.abs(hermitian - hermitian.conj().T).max() < 1e-12


@settings(max_examples=10, deadline=None)
@given(n=st.integers(2, 5), seed=st.integers(0, 500))
def test_correlations_are_the_regression_of_the_tensor(n, seed):
    equation, tensor, a, b, c = problem(n, seed)
    taus, times = [0.0, 0.4, 1.5], [0.2, 1.0]
    rho, steady = reference.random_state(n, seed + 9), steady_of(tensor, n)

    def regressed(start, after):
        return [np.trace(a @ reference.evolve(tensor, b @ start @ after, tau)) for tau in taus]

    unit = np.eye(n)
    size = np.abs(a).max() * np.abs(b).max() * np.abs(c).max() * n**2
    close = {"atol": 1e-8 * size, "rtol": 0.0}
    np.testing.assert_allclose(
        rf.correlation(equation, a, b, taus, **TIGHT), regressed(steady, unit), **close
    )
    np.testing.assert_allclose(
        rf.correlation(equation, a, b, taus, rho, c, **TIGHT), regressed(rho, c), **close
    )
    grid = rf.correlation(equation, a, b, taus, rho, times=times, **TIGHT)
    for t, row in zip(times, grid, strict=True):
        np.testing.assert_allclose(row, regressed(reference.evolve(tensor, rho, t), unit), **close)
    still = rf.correlation(equation, a, b, taus, times=times, **TIGHT)
    np.testing.assert_allclose(still[1], regressed(steady, unit), **close)


@pytest.mark.parametrize("method", ["iterative", "direct"])
@settings(max_examples=10, deadline=None)
@given(n=st.integers(2, 6), seed=st.integers(0, 500))
def test_spectra_are_the_resolvent_of_the_tensor(method, n, seed):
    equation, tensor, a, b, _ = problem(n, seed)
    rho = steady_of(tensor, n)
    w = np.array([1.3, -2.0, 0.0, 1e-3, 40.0])

    def integral(x, y, z):
        y = y - np.trace(y) * rho
        solved = np.linalg.lstsq(z * np.eye(n * n) - tensor, y.ravel(), rcond=1e-12)[0].reshape(n, n)
        return np.trace(x @ (solved - np.trace(solved) * rho))  # at z = 0 up to a multiple of ρ

    exact = [integral(a, b @ rho, -1j * v) + integral(b, rho @ a, 1j * v) for v in w]
    found = rf.spectrum(equation, a, b, w, method=method, tol=1e-11)
    np.testing.assert_allclose(found, exact, atol=1e-7 * np.abs(exact).max())
    response = rf.susceptibility(equation, a, b, w, method=method, tol=1e-11)
    exact = [integral(a, 1j * (b @ rho - rho @ b), -1j * v) for v in w]
    np.testing.assert_allclose(response, exact, atol=1e-7 * np.abs(exact).max())


def test_a_spectrum_is_the_transform_of_its_correlation():
    equation, _, a, *_ = problem(3, 4)
    taus = np.linspace(0.0, 150.0, 30_001)
    c = rf.correlation(equation, a, a.conj().T, taus, rtol=1e-9, atol=1e-11)
    c = c - c[-1]
    for w in (-1.0, 0.0, 2.5):
        transform = 2.0 * np.trapezoid(c * np.exp(1j * w * taus), taus).real
        value = rf.spectrum(equation, a, a.conj().T, [w])[0]
        assert abs(value - transform) < 2e-3 * abs(transform)
        assert abs(value.imag) < 1e-8 * abs(value)


@pytest.mark.parametrize("kind", [rf.Redfield, rf.Davies, rf.UniversalLindblad, rf.GeometricArithmetic])
def test_every_kind_and_both_methods_agree(kind):
    n = 12
    equation = kind(
        rf.System(reference.random_hermitian(n, 2), rf.SiteProjectors(n), BATH), lamb_shift=False
    )
    a, w = reference.random_matrix(n, 3), np.linspace(-8.0, 8.0, 41)
    both = [rf.spectrum(equation, a, a.conj().T, w, method=m, tol=1e-10) for m in ("iterative", "direct")]
    np.testing.assert_allclose(both[0], both[1], atol=1e-7 * np.abs(both[1]).max())
    assert both[1].real.min() > -1e-3 * both[1].real.max()


def test_degenerate_levels_and_a_shift():
    h = np.diag([0.0, 0.0, 1.0, 1.0]) + 1e5 * np.eye(4)
    coupling = reference.random_hermitian(4, 7)
    a, w = reference.random_matrix(4, 8), [-1.0, 0.0, 0.3, 1.0]
    found = [
        rf.spectrum(rf.Redfield(rf.System(g, [coupling], BATH)), a, a.conj().T, w, method=m)
        for g in (h, h - 1e5 * np.eye(4))
        for m in ("iterative", "direct")
    ]
    for other in found[1:]:
        np.testing.assert_allclose(found[0], other, atol=1e-6 * np.abs(found[0]).max())


def test_detailed_balance_and_fluctuation_dissipation():
    """S(−ω) = e^{−βω}S(ω) and 2 Im χ(ω) = (1 − e^{−βω})S(ω), at lines to the order of the rates."""
    bath = rf.OhmicBath(strength=1e-6, cutoff=5.0, beta=0.7)
    system = rf.System(np.diag([0.0, 0.8, 2.0]), [reference.random_hermitian(3, 1)], bath)
    equation = rf.Davies(system, lamb_shift=False)
    x = reference.random_hermitian(3, 2)
    lines = np.array([0.8, 1.2, 2.0])
    down, up = (rf.spectrum(equation, x, x, w).real for w in (lines, -lines))
    np.testing.assert_allclose(up / down, np.exp(-0.7 * lines), rtol=1e-4)
    chi = rf.susceptibility(equation, x, x, lines)
    np.testing.assert_allclose(2.0 * chi.imag, (1.0 - np.exp(-0.7 * lines)) * down, rtol=1e-4)


def test_resonance_fluorescence():
    """Mollow's triplet at strong driving has heights 1 : 3 : 1 (doi:10.1103/PhysRev.188.1969)."""
    rabi, rate = 50.0, 1.0
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    driven = rf.Lindblad(0.5 * rabi * (lower + lower.T), [np.sqrt(rate) * lower])
    s = rf.spectrum(driven, lower.T, lower, [-rabi, 0.0, rabi]).real
    np.testing.assert_allclose(s / s[0], [1.0, 3.0, 1.0], rtol=2e-3)


def test_one_level_and_what_does_not_move():
    one = rf.Redfield(rf.System([[1.0]], [np.eye(1)], BATH))
    for method in ("direct", "iterative"):
        assert np.array_equal(rf.spectrum(one, [[1.0]], [[1.0]], [0.0, 1.0], method=method), [0.0, 0.0])
    assert np.allclose(rf.correlation(one, [[1.0]], [[1.0]], [0.0, 1.0]), 1.0)
    equation, _, a, *_ = problem(3, 1)
    for method in ("direct", "iterative"):
        assert np.abs(rf.spectrum(equation, np.eye(3), a, [0.0, 1.0], method=method)).max() < 1e-8
