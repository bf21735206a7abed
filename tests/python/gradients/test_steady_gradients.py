"""Gradients of steady states against central differences of the steady states themselves."""

import dataclasses

import numpy as np
import pytest

import redfield as rf

from differences import changes, clustered, derivative, hermitian, ring, spectrum_of

TOLERANCE = 1e-7
SMOOTH = [rf.DrudeBath(0.02, 5.0, 2.0), rf.DrudeBath(0.03, 3.0, 0.7)]
"""Baths whose Γ is smooth at ω = 0, so that levels may meet."""

EQUATIONS = {
    "redfield": lambda system: rf.Redfield(system),
    "redfield without a shift": lambda system: rf.Redfield(system, lamb_shift=False),
    "geometric-arithmetic": lambda system: rf.GeometricArithmetic(system),
    "universal without a shift": lambda system: rf.UniversalLindblad(system, lamb_shift=False),
    "partial secular": lambda system: rf.PartialSecular(system, cutoff=0.6),
    "davies": lambda system: rf.Davies(system),
}


def expectation(equation, observable):
    return np.trace(observable @ equation.steady_state(tol=1e-13).state).real


@pytest.mark.filterwarnings("ignore:.*not Hermitian")
@pytest.mark.parametrize("kind", EQUATIONS)
@pytest.mark.parametrize("n", [2, 5, 16])
def test_every_number_of_every_equation(kind, n):
    rng = np.random.default_rng(n)
    h, o = clustered(rng, n) if kind == "partial secular" else hermitian(rng, n), hermitian(rng, n)
    couplings = [hermitian(rng, n), hermitian(rng, n) + 0.3j * hermitian(rng, n)]
    make = EQUATIONS[kind]
    equation = make(rf.System(h, couplings, SMOOTH))
    gradient = equation.steady_state(tol=1e-13).gradient(o, tol=1e-13)
    for name, exact, f in changes(rng, h, couplings, SMOOTH, gradient):
        found = derivative(lambda s, f=f: expectation(make(rf.System(*f(s))), o))
        scale = max(abs(exact), 1e-2 * np.abs(gradient.hamiltonian).max())
        assert abs(found - exact) < TOLERANCE * scale, (kind, n, name)


@pytest.mark.parametrize("spectrum", ["ring", "equal", "two equal", "near"])
@pytest.mark.parametrize("kind", ["redfield", "redfield without a shift", "geometric-arithmetic"])
def test_levels_that_meet(kind, spectrum):
    rng = np.random.default_rng(7)
    h = spectrum_of(spectrum, 5)
    o, couplings = hermitian(rng, 5), [hermitian(rng, 5), hermitian(rng, 5)]
    make = EQUATIONS[kind]
    gradient = make(rf.System(h, couplings, SMOOTH)).steady_state(tol=1e-13).gradient(o, tol=1e-13)
    assert np.isfinite(gradient.hamiltonian).all()
    for name, exact, f in changes(rng, h, couplings, SMOOTH, gradient):
        found = derivative(lambda s, f=f: expectation(make(rf.System(*f(s))), o))
        assert abs(found - exact) < TOLERANCE * np.abs(gradient.hamiltonian).max(), (kind, name)


def test_near_levels_beside_a_kink_of_the_spectrum():
    # γ of an Ohmic bath has a kink at ω = 0, between the frequencies of two near levels.
    rng = np.random.default_rng(3)
    bath = rf.OhmicBath(0.03, 4.0, 1.3)
    o, couplings, x = hermitian(rng, 4), [hermitian(rng, 4)], np.diag([1.0, -1.0, 0.3, 0.2])
    for gap in (1e-3, 1e-5, 1e-7):
        h = np.diag([0.0, gap, 0.7, 1.9])
        gradient = rf.Redfield(rf.System(h, couplings, bath)).steady_state(tol=1e-13).gradient(o)
        found = derivative(
            lambda s, h=h: expectation(rf.Redfield(rf.System(h + s * x, couplings, bath)), o),
            steps=gap * np.array([0.1, 0.05, 0.02, 0.01]),
        )
        exact = np.trace(gradient.hamiltonian @ x).real
        assert abs(found - exact) < max(1e-6, 1e-13 / gap) * np.abs(gradient.hamiltonian).max()


def test_degenerate_levels_of_an_infinite_slope_are_told_of():
    rng = np.random.default_rng(3)
    system = rf.System(ring(4), [hermitian(rng, 4)], rf.OhmicBath(0.03, 4.0, 1.3))
    steady = rf.Redfield(system).steady_state()
    for _ in range(2):  # its tables are kept, what they leave out is told again
        with pytest.warns(UserWarning, match="infinite at ω = 0"):
            steady.gradient(np.diag(np.arange(4.0)))
    with pytest.warns(UserWarning, match="infinite at ω = 0"):
        gradient = steady.gradient(np.diag([1.0, 0, 0, 0]))
    assert np.isfinite(gradient.hamiltonian).all()


def test_tables_are_kept_and_change_nothing(monkeypatch):
    rng = np.random.default_rng(4)
    system = rf.System(
        hermitian(rng, 3), [hermitian(rng, 3), hermitian(rng, 3)], [rf.DrudeBath(0.03, 4.0, 1.3)] * 2
    )
    o, weights, times = hermitian(rng, 3), hermitian(rng, 3), [0.0, 1.0, 2.0]

    def gradients(equation):
        steady, evolution = equation.steady_state(), equation.evolve([1.0, 0.0, 0.0], times)
        return steady.gradient(o), evolution.gradient(weights)

    equation = rf.Redfield(system)
    first = gradients(equation)
    again = gradients(equation)
    monkeypatch.setattr(rf.DrudeBath, "derivatives", None)
    kept = gradients(equation)
    monkeypatch.undo()
    monkeypatch.setattr("redfield.solve.gradients.KEPT", 2)
    each = gradients(rf.Redfield(system))
    for known, *others in zip(first, again, kept, each, strict=True):
        for other in others:
            assert np.allclose(known.hamiltonian, other.hamiltonian, rtol=1e-10, atol=1e-14)
            assert np.allclose(known.couplings, other.couplings, rtol=1e-10, atol=1e-14)
            assert dict(known.baths[0]) == pytest.approx(dict(other.baths[0]), rel=1e-10)


@pytest.mark.parametrize("n", [4, 20])
def test_site_projectors_in_one_formula(n):
    # Beyond a dozen levels all sites are taken together; the weights are what may change.
    rng = np.random.default_rng(n)
    h, o = hermitian(rng, n), hermitian(rng, n)
    weights = rng.uniform(0.5, 1.5, n)
    bath = rf.DrudeBath(0.02, 5.0, 2.0)

    def equation(h, weights, bath):
        return rf.Redfield(rf.System(h, rf.SiteProjectors(n, list(range(n)), weights), bath))

    gradient = equation(h, weights, bath).steady_state(tol=1e-13).gradient(o, tol=1e-13)
    x, v = hermitian(rng, n), rng.normal(size=n)
    scale = np.abs(gradient.hamiltonian).max()
    found = derivative(lambda s: expectation(equation(h + s * x, weights, bath), o))
    assert abs(found - np.trace(gradient.hamiltonian @ x).real) < TOLERANCE * scale
    found = derivative(lambda s: expectation(equation(h, weights + s * v, bath), o))
    assert abs(found - gradient.couplings @ v) < TOLERANCE * scale
    for name in ("strength", "cutoff", "beta"):
        value = getattr(bath, name)
        found = derivative(
            lambda s, name=name, value=value: expectation(
                equation(h, weights, dataclasses.replace(bath, **{name: value * (1 + s)})), o
            )
        )
        assert abs(found - value * gradient.baths[name]) < TOLERANCE * scale


def test_projectors_of_degenerate_levels():
    n, rng = 16, np.random.default_rng(1)
    h, o, x = ring(n), hermitian(rng, n), hermitian(rng, n)
    bath = rf.DrudeBath(0.02, 5.0, 2.0)

    def equation(h):
        return rf.Redfield(rf.System(h, rf.SiteProjectors(n), bath))

    gradient = equation(h).steady_state(tol=1e-13).gradient(o, tol=1e-13)
    found = derivative(lambda s: expectation(equation(h + s * x), o), np.array([1e-4, 3e-5, 1e-5]))
    exact = np.trace(gradient.hamiltonian @ x).real
    assert abs(found - exact) < TOLERANCE * np.abs(gradient.hamiltonian).max()


def test_jump_operators():
    rng = np.random.default_rng(4)
    h, o = hermitian(rng, 5), hermitian(rng, 5)
    jumps = [0.3 * hermitian(rng, 5) + 0.2j * hermitian(rng, 5) for _ in range(2)]
    gradient = rf.Lindblad(h, jumps).steady_state(tol=1e-13).gradient(o, tol=1e-13)
    assert len(gradient.baths) == 0
    x, c = hermitian(rng, 5), hermitian(rng, 5) + 1j * hermitian(rng, 5)
    found = derivative(lambda s: expectation(rf.Lindblad(h + s * x, jumps), o))
    assert abs(found - np.trace(gradient.hamiltonian @ x).real) < TOLERANCE * abs(found)
    found = derivative(lambda s: expectation(rf.Lindblad(h, [jumps[0] + s * c, jumps[1]]), o))
    assert abs(found - np.sum((gradient.jumps[0].conj() * c).real)) < TOLERANCE * abs(found)


@pytest.mark.parametrize("what", ["heat", "energy"])
def test_currents(what):
    rng = np.random.default_rng(5)
    h, couplings = hermitian(rng, 4), [hermitian(rng, 4), hermitian(rng, 4)]

    def current(h, couplings, baths):
        equation = rf.Redfield(rf.System(h, couplings, baths))
        state = equation.steady_state(tol=1e-13).state
        flows = rf.analysis.heat_currents if what == "heat" else rf.analysis.energy_currents
        return flows(state, equation)[1]

    steady = rf.Redfield(rf.System(h, couplings, SMOOTH)).steady_state(tol=1e-13)
    gradient = steady.gradient_of_current(1, what, tol=1e-13)
    assert abs(gradient.value - current(h, couplings, SMOOTH)) < 1e-12
    for name, exact, f in changes(rng, h, couplings, SMOOTH, gradient):
        found = derivative(lambda s, f=f: current(*f(s)))
        assert abs(found - exact) < TOLERANCE * np.abs(gradient.hamiltonian).max(), name


@pytest.mark.parametrize("part", ["real", "imaginary"])
def test_eigenvalues(part):
    rng = np.random.default_rng(6)
    h, couplings = hermitian(rng, 4), [hermitian(rng, 4), hermitian(rng, 4)]
    modes = rf.Redfield(rf.System(h, couplings, SMOOTH)).spectrum(16)
    index = int(np.argmax(modes.eigenvalues.imag))

    def value(s, f):
        found = rf.Redfield(rf.System(*f(s))).spectrum(16).eigenvalues
        nearest = found[np.argmin(np.abs(found - modes.eigenvalues[index]))]
        return nearest.real if part == "real" else nearest.imag

    gradient = modes.gradient(index, part)
    for name, exact, f in changes(rng, h, couplings, SMOOTH, gradient):
        found = derivative(lambda s, f=f: value(s, f))
        assert abs(found - exact) < TOLERANCE * np.abs(gradient.hamiltonian).max(), name


def test_a_batch_has_what_each_member_has():
    rng = np.random.default_rng(8)
    h = np.array([hermitian(rng, 4) for _ in range(3)])
    a, o = hermitian(rng, 4), hermitian(rng, 4)
    beta = np.array([0.5, 1.0, 3.0])
    for make in EQUATIONS.values():
        batch = make(rf.SystemBatch(h, [a], rf.DrudeBath.batch(0.05, 4.0, beta=beta)))
        together = batch.steady_state().gradient(o)
        for i in range(3):
            alone = batch[i].steady_state().gradient(o)
            scale = np.abs(alone.hamiltonian).max()
            assert np.allclose(together.hamiltonian[i], alone.hamiltonian, atol=1e-8 * scale)
            assert np.allclose(together.couplings[i], alone.couplings, atol=1e-8 * scale)
            for name in ("strength", "cutoff", "beta"):
                assert abs(together.baths[name][i] - alone.baths[name]) < 1e-8 * scale


def test_what_has_no_gradient_is_told():
    rng = np.random.default_rng(9)
    system = rf.System(hermitian(rng, 3), [hermitian(rng, 3)], SMOOTH[0])
    steady = rf.Redfield(system).steady_state()
    with pytest.raises(ValueError, match=r"observable.*Hermitian"):
        steady.gradient(np.array([[0, 1, 0], [0, 0, 0], [0, 0, 0]]))
    with pytest.raises(ValueError, match="observable"):
        steady.gradient(np.eye(2))
    with pytest.raises(TypeError, match="no gradients"):
        rf.CoarseGrained(system, window=5.0).steady_state().gradient(np.eye(3))
    closed = rf.System(np.diag([0.0, 1.0]), [np.diag([1.0, 0.0])], SMOOTH[0])
    several = rf.Redfield(closed).steady_state([1.0, 0.0])
    with pytest.raises(ValueError, match="not the only one"):
        several.gradient(np.eye(2))
    with pytest.raises(ValueError, match="degenerate"):
        rf.Lindblad(np.eye(2), [[[0, 1], [0, 0]], [[0, 0], [1, 0]]]).spectrum().gradient(1)
