"""Gradients of two-time functions and spectra, and forward mode, against differences and against reverse mode."""

import dataclasses

import numpy as np
import pytest

import redfield as rf
from redfield.results.gradient import GradientOptions

from differences import changes, clustered, derivative, hermitian, spectrum_of

TOLERANCE = 1e-7
BATHS = [rf.DrudeBath(0.02, 5.0, 2.0), rf.DrudeBath(0.03, 3.0, 0.7)]
OPTIONS = GradientOptions(rtol=1e-11, tol=1e-13)
KINDS = {"redfield": rf.Redfield, "geometric-arithmetic": rf.GeometricArithmetic}
FORWARD = {
    **KINDS,
    "universal": rf.UniversalLindblad,
    "davies": rf.Davies,
    "partial secular": lambda system: rf.PartialSecular(system, cutoff=0.6),
}


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


@pytest.mark.parametrize("kind", FORWARD)
def test_spectra_without_a_matrix(kind):
    # GMRES, forwards and of the adjoint, and the LU of the matrix; at ω = 0 too, where 𝓛 is singular.
    rng = np.random.default_rng(6)
    n = 5
    h, couplings = hermitian(rng, n), [hermitian(rng, n), hermitian(rng, n)]
    a, b = (hermitian(rng, n) + 1j * hermitian(rng, n) for _ in range(2))
    at, w = np.array([0.8, 0.0, -1.1]), np.array([1.0 - 0.3j, 0.5, 0.4j])
    equation = FORWARD[kind](rf.System(h, couplings, BATHS))
    direct = rf.spectrum_gradient(equation, a, b, at, w, method="direct", tol=1e-12)
    found = rf.spectrum_gradient(equation, a, b, at, w, method="iterative", tol=1e-12)
    assert 0.0 < found.residual < 1e-11
    scale = np.abs(direct.hamiltonian).max()
    assert abs(found.value - np.sum(w.conj() * rf.spectrum(equation, a, b, at)).real) < 1e-7 * scale
    assert np.abs(found.hamiltonian - direct.hamiltonian).max() < 1e-9 * scale
    assert np.abs(found.couplings - direct.couplings).max() < 1e-9 * scale
    for one, other in zip(found.baths, direct.baths, strict=True):
        assert all(abs(one[name] - other[name]) < 1e-9 * scale for name in other)


def test_the_spectrum_of_many_levels():
    # The matrix of 𝓛 would have 40⁴ entries; a whole Hamiltonian's derivative against differences along one change.
    rng = np.random.default_rng(7)
    n = 40
    h, x, a = hermitian(rng, n), hermitian(rng, n) / n, np.diag(rng.normal(size=n))

    def equation(s):
        return rf.Redfield(rf.System(h + s * x, rf.SiteProjectors(n), BATHS[0]))

    def value(s):
        return rf.spectrum(equation(s), a, a, [0.3], tol=1e-11)[0].real

    gradient = rf.spectrum_gradient(equation(0.0), a, a, [0.3], [1.0])
    found = derivative(value, np.array([1e-3, 5e-4]))
    assert abs(found - np.trace(gradient.hamiltonian @ x).real) < 1e-6 * abs(found)


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


@pytest.mark.parametrize("kind", FORWARD)
@pytest.mark.parametrize("spectrum", ["random", "ring", "near"])
def test_forward_mode_is_reverse_mode(kind, spectrum):
    rng = np.random.default_rng(3)
    n = 4
    h = hermitian(rng, n) if spectrum == "random" else spectrum_of(spectrum, n)
    couplings, times = [hermitian(rng, n), hermitian(rng, n)], np.array([0.0, 1.0, 4.0])
    equation = FORWARD[kind](rf.System(h, couplings, BATHS))
    result, steady = equation.evolve(np.eye(n)[0], times), equation.steady_state(tol=1e-13)
    o = hermitian(rng, n)
    x = hermitian(rng, n)
    asked = [*directions(rng, n, couplings), rf.Direction(rho0=x - np.trace(x) / n * np.eye(n))]
    along = result.directional_derivative(asked, rtol=1e-11)
    for k, t in enumerate(times):
        gradient = result.gradient(o, time=t, rtol=1e-11)
        scale = np.abs(gradient.rho0).max() + np.abs(gradient.hamiltonian).max()
        for p, direction in enumerate(asked):
            assert abs(np.trace(o @ along[p, k]).real - told(gradient, direction)) < 1e-7 * scale
    gradient = steady.gradient(o, tol=1e-13)
    moved = steady.directional_derivative(asked[:-1], tol=1e-13)
    for p, direction in enumerate(asked[:-1]):
        assert abs(np.trace(moved[p])) < 1e-10 * max(1.0, np.abs(moved[p]).max())
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


@pytest.mark.parametrize("n", [5, 20])
def test_forward_mode_of_baths_of_sites(n):
    # Site projectors stay together where nothing but numbers of baths changes.
    rng = np.random.default_rng(n)
    h, weights = hermitian(rng, n), rng.uniform(0.5, 1.5, n)
    sites = rf.SiteProjectors(n, list(range(n)), weights)
    equation = rf.Redfield(rf.System(h, sites, [BATHS[k % 2] for k in range(n)]))
    times, o = np.array([0.0, 1.5]), hermitian(rng, n)
    direction = rf.Direction(baths=[{"beta": 0.3, "cutoff": 1.0}, {"strength": 0.1}])
    (along,) = equation.solver.tangent_evolution(np.eye(n)[0], times, [direction], OPTIONS)
    gradient = equation.evolve(np.eye(n)[0], times).gradient(o, rtol=1e-11)
    assert abs(np.trace(o @ along[-1]).real - told(gradient, direction)) < 1e-9
    steady = equation.steady_state(tol=1e-13)
    (moved,) = equation.solver.tangent_steady(steady.state, [direction], OPTIONS)
    expected = told(steady.gradient(o, tol=1e-13), direction)
    assert abs(np.trace(o @ moved).real - expected) < 1e-8 * max(1.0, abs(expected))


@pytest.mark.parametrize("kind", ["davies", "partial secular", "universal"])
def test_derivatives_along_a_direction(kind):
    rng = np.random.default_rng(8)
    n, times = 5, np.array([0.0, 2.0, 7.0])
    h = clustered(rng, n)
    couplings = [hermitian(rng, n), hermitian(rng, n) + 0.3j * hermitian(rng, n)]
    x, start = hermitian(rng, n), hermitian(rng, n)
    start -= np.trace(start) / n * np.eye(n)
    direction = rf.Direction(hamiltonian=x, baths=[{"strength": 0.01}, {"beta": -0.2}], rho0=start)

    def equation(s):
        strong = dataclasses.replace(BATHS[0], strength=BATHS[0].strength + 0.01 * s)
        cold = dataclasses.replace(BATHS[1], beta=BATHS[1].beta - 0.2 * s)
        return FORWARD[kind](rf.System(h + s * x, couplings, [strong, cold]))

    def states(s):
        result = equation(s).evolve(np.eye(n) / n + s * start, times, rtol=1e-12, atol=1e-15)
        return np.concatenate([result.states, [equation(s).steady_state(tol=1e-13).state]])

    found = derivative(states, np.array([1e-3, 5e-4]))
    exact = equation(0.0).evolve(np.eye(n) / n, times).directional_derivative(direction, rtol=1e-11)
    assert np.abs(found[:-1] - exact).max() < TOLERANCE * np.abs(found).max()
    of_equation = dataclasses.replace(direction, rho0=None)
    steady = equation(0.0).steady_state(tol=1e-13).directional_derivative(of_equation, tol=1e-13)
    assert np.abs(found[-1] - steady).max() < TOLERANCE * np.abs(found).max()


def test_forward_mode_beside_a_kink_of_the_spectrum():
    # γ of an Ohmic bath has a kink at ω = 0, between the frequencies of two near levels.
    rng = np.random.default_rng(9)
    system = rf.System(np.diag([0.0, 1e-6, 0.7, 1.9]), [hermitian(rng, 4)], rf.OhmicBath(0.03, 4.0, 1.3))
    steady = rf.Redfield(system).steady_state(tol=1e-13)
    o, x = hermitian(rng, 4), hermitian(rng, 4)
    found = np.trace(o @ steady.directional_derivative(rf.Direction(hamiltonian=x), tol=1e-13)).real
    gradient = steady.gradient(o, tol=1e-13).hamiltonian
    assert abs(found - np.trace(gradient @ x).real) < TOLERANCE * np.abs(gradient).max()


def test_what_is_wrong_is_told():
    rng = np.random.default_rng(5)
    system = rf.System(hermitian(rng, 3), [hermitian(rng, 3), hermitian(rng, 3)], BATHS)
    equation = rf.Redfield(system)
    with pytest.raises(ValueError, match="weights must be one number for each of 2"):
        rf.correlation_gradient(equation, np.eye(3), np.eye(3), [0.0, 1.0], [1.0])
    with pytest.raises(ValueError, match=r"weights\[1\] is not finite: nan"):
        rf.spectrum_gradient(equation, np.eye(3), np.eye(3), [0.0, 1.0], [1.0, np.nan])
    with pytest.raises(ValueError, match="negative"):
        rf.correlation_gradient(equation, np.eye(3), np.eye(3), [-1.0, 1.0], [1.0, 1.0])
    with pytest.raises(ValueError, match="no number 'mass'"):
        equation.solver.tangent_steady(
            equation.steady_state().state, [rf.Direction(baths=[{"mass": 1.0}, {}])], OPTIONS
        )
    steady, result = equation.steady_state(), equation.evolve([1, 0, 0], [0.0, 1.0])
    for wrong, match in (
        ({"hamiltonian": [[0, 1, 0], [0, 0, 0], [0, 0, 0]]}, r"directions\[0\]\.hamiltonian"),
        ({"hamiltonian": np.eye(2)}, r"directions\[0\]\.hamiltonian"),
        ({"couplings": [np.eye(3)]}, "1 matrices, not one for each of 2 couplings"),
        ({"baths": {"beta": 1.0}}, "which of the 2 baths"),
        ({"baths": [{"beta": 1.0}]}, "1 dicts, not one for each of 2 baths"),
        ({"rho0": np.eye(3)}, "rho0 has no meaning"),
    ):
        with pytest.raises(ValueError, match=match):
            steady.directional_derivative(rf.Direction(**wrong))
    with pytest.raises(TypeError, match=r"directions\[1\]"):
        result.directional_derivative([rf.Direction(), {"hamiltonian": np.eye(3)}])
    with pytest.raises(ValueError, match="does not know its equation"):
        dataclasses.replace(result, start=None).directional_derivative(rf.Direction())
    coarse = rf.CoarseGrained(system, window=5.0).steady_state()
    with pytest.raises(TypeError, match="no gradients"):
        coarse.directional_derivative(rf.Direction(hamiltonian=np.eye(3)))
