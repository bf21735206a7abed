"""Gradients of two-time functions and spectra, and forward mode, against differences and against reverse mode."""

import numpy as np
import pytest

import redfield as rf
from redfield.results.gradient import GradientOptions

from differences import changes, derivative, hermitian, spectrum_of

TOLERANCE = 1e-7
BATHS = [rf.DrudeBath(0.02, 5.0, 2.0), rf.DrudeBath(0.03, 3.0, 0.7)]
OPTIONS = GradientOptions(rtol=1e-11, tol=1e-13)
KINDS = {"redfield": rf.Redfield, "geometric-arithmetic": rf.GeometricArithmetic}


@pytest.mark.parametrize("kind", KINDS)
def test_correlation_functions(kind):
    rng = np.random.default_rng(1)
    h, couplings = hermitian(rng, 3), [hermitian(rng, 3), hermitian(rng, 3)]
    a, b = (hermitian(rng, 3) + 1j * hermitian(rng, 3) for _ in range(2))
    taus, w = np.array([0.0, 0.7, 2.0]), np.array([0.5, 1.0 - 0.3j, 0.4j])

    def value(*parts):
        equation = KINDS[kind](rf.System(*parts))
        found = rf.correlation(equation, a, b, taus, rtol=1e-12, atol=1e-14)
        return np.sum(w.conj() * found).real

    equation = KINDS[kind](rf.System(h, couplings, BATHS))
    gradient = rf.correlation_gradient(equation, a, b, taus, w, rtol=1e-11, tol=1e-13)
    assert abs(gradient.value - value(h, couplings, BATHS)) < 1e-8
    for name, exact, f in changes(rng, h, couplings, BATHS, gradient):
        found = derivative(lambda s, f=f: value(*f(s)))
        assert abs(found - exact) < TOLERANCE * np.abs(gradient.hamiltonian).max(), name


def test_spectra():
    rng = np.random.default_rng(2)
    h, couplings = hermitian(rng, 3), [hermitian(rng, 3), hermitian(rng, 3)]
    a, b = (hermitian(rng, 3) + 1j * hermitian(rng, 3) for _ in range(2))
    at, w = np.array([0.0, 0.8, -1.1]), np.array([0.5, 1.0 - 0.3j, 0.4j])

    def value(*parts):
        return np.sum(w.conj() * rf.spectrum(rf.Redfield(rf.System(*parts)), a, b, at, tol=1e-12)).real

    gradient = rf.spectrum_gradient(rf.Redfield(rf.System(h, couplings, BATHS)), a, b, at, w, tol=1e-13)
    assert abs(gradient.value - value(h, couplings, BATHS)) < 1e-8 * abs(gradient.value)
    for name, exact, f in changes(rng, h, couplings, BATHS, gradient):
        found = derivative(lambda s, f=f: value(*f(s)), np.array([1e-3, 3e-4, 1e-4, 3e-5]))
        assert abs(found - exact) < 10 * TOLERANCE * np.abs(gradient.hamiltonian).max(), name


def directions(rng, n, couplings):
    """Return one direction of each part alone, and one of all."""
    parts = {
        "hamiltonian": hermitian(rng, n),
        "couplings": [hermitian(rng, n) for _ in couplings],
        "baths": [{"beta": 0.3, "cutoff": 1.0}, {"strength": 0.1}],
    }
    return [rf.Direction(**{name: part}) for name, part in parts.items()] + [rf.Direction(**parts)]


def told(gradient, direction):
    """Return the change along a direction that a gradient tells."""
    out = 0.0
    if direction.hamiltonian is not None:
        out += np.trace(gradient.hamiltonian @ direction.hamiltonian).real
    if direction.couplings is not None:
        out += np.sum((np.array(gradient.couplings).conj() * np.array(direction.couplings)).real)
    for numbers, change in zip(gradient.baths, direction.baths or ({}, {}), strict=True):
        out += sum(numbers[name] * x for name, x in change.items())
    if direction.rho0 is not None:
        out += np.trace(gradient.rho0 @ direction.rho0).real
    return out


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spectrum", ["random", "ring", "near"])
def test_forward_mode_is_reverse_mode(kind, spectrum):
    rng = np.random.default_rng(3)
    n = 4
    h = hermitian(rng, n) if spectrum == "random" else spectrum_of(spectrum, n)
    couplings, times = [hermitian(rng, n), hermitian(rng, n)], np.array([0.0, 1.0, 4.0])
    equation = KINDS[kind](rf.System(h, couplings, BATHS))
    result, steady = equation.evolve(np.eye(n)[0], times), equation.steady_state(tol=1e-13)
    o = hermitian(rng, n)
    x = hermitian(rng, n)
    asked = [*directions(rng, n, couplings), rf.Direction(rho0=x - np.trace(x) / n * np.eye(n))]
    along = equation.solver.tangent_evolution(np.eye(n)[0], times, asked, OPTIONS)
    for k, t in enumerate(times):
        gradient = result.gradient(o, time=t, rtol=1e-11)
        scale = np.abs(gradient.rho0).max() + np.abs(gradient.hamiltonian).max()
        for p, direction in enumerate(asked):
            assert abs(np.trace(o @ along[p, k]).real - told(gradient, direction)) < 1e-7 * scale
    gradient = steady.gradient(o, tol=1e-13)
    moved = equation.solver.tangent_steady(steady.state, asked[:-1], OPTIONS)
    for p, direction in enumerate(asked[:-1]):
        assert abs(np.trace(moved[p])) < 1e-10
        assert (
            abs(np.trace(o @ moved[p]).real - told(gradient, direction))
            < 1e-7 * np.abs(gradient.hamiltonian).max()
        )


def test_forward_mode_of_weights_of_sites():
    rng = np.random.default_rng(4)
    n, times = 20, np.array([0.0, 1.5])
    h, weights, v = hermitian(rng, n), rng.uniform(0.5, 1.5, n), rng.normal(size=n)
    equation = rf.Redfield(rf.System(h, rf.SiteProjectors(n, list(range(n)), weights), BATHS[0]))
    (along,) = equation.solver.tangent_evolution(
        np.eye(n)[0], times, [rf.Direction(couplings=v)], OPTIONS
    )

    def state(s):
        system = rf.System(h, rf.SiteProjectors(n, list(range(n)), weights + s * v), BATHS[0])
        return rf.Redfield(system).evolve(np.eye(n)[0], times, rtol=1e-12).final_state

    assert np.abs(derivative(state, np.array([1e-3, 1e-3])) - along[-1]).max() < 1e-8


def test_what_is_wrong_is_told():
    rng = np.random.default_rng(5)
    system = rf.System(hermitian(rng, 3), [hermitian(rng, 3), hermitian(rng, 3)], BATHS)
    equation = rf.Redfield(system)
    with pytest.raises(ValueError, match="weights have shape"):
        rf.correlation_gradient(equation, np.eye(3), np.eye(3), [0.0, 1.0], [1.0])
    with pytest.raises(ValueError, match="negative"):
        rf.correlation_gradient(equation, np.eye(3), np.eye(3), [-1.0, 1.0], [1.0, 1.0])
    with pytest.raises(ValueError, match="no number 'mass'"):
        equation.solver.tangent_steady(
            equation.steady_state().state, [rf.Direction(baths=[{"mass": 1.0}, {}])], OPTIONS
        )
    davies = rf.Davies(system)
    state = davies.steady_state().state
    with pytest.raises(TypeError, match="no forward mode"):
        davies.solver.tangent_steady(state, [rf.Direction(hamiltonian=np.eye(3))], OPTIONS)
