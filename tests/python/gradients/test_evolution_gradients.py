"""Gradients of evolutions against central differences of the evolutions themselves."""

import numpy as np
import pytest

import redfield as rf

from differences import changes, clustered, derivative, hermitian, spectrum_of

TOLERANCE = 1e-7
BATHS = [rf.DrudeBath(0.02, 5.0, 2.0), rf.DrudeBath(0.03, 3.0, 0.7)]
EQUATIONS = {
    "redfield": lambda system: rf.Redfield(system),
    "geometric-arithmetic": lambda system: rf.GeometricArithmetic(system),
    "partial secular": lambda system: rf.PartialSecular(system, cutoff=0.6),
    "davies": lambda system: rf.Davies(system),
}


def start_of(rng, n):
    root = hermitian(rng, n)
    return root @ root / np.trace(root @ root)


def total(equation, start, times, weights):
    states = equation.evolve(start, times, rtol=1e-12, atol=1e-15).states
    return np.einsum("tkl,tlk->", weights, states).real


@pytest.mark.parametrize("kind", EQUATIONS)
@pytest.mark.parametrize("n", [2, 5, 14])
@pytest.mark.parametrize("times", [np.linspace(0.0, 6.0, 7), np.array([0.5, 0.8, 0.8, 2.0, 11.0])])
def test_every_number_of_every_equation(kind, n, times):
    rng = np.random.default_rng(n)
    h = clustered(rng, n) if kind == "partial secular" else hermitian(rng, n)
    couplings = [hermitian(rng, n), hermitian(rng, n)]
    weights = np.array([hermitian(rng, n) for _ in times])
    start, make = start_of(rng, n), EQUATIONS[kind]
    result = make(rf.System(h, couplings, BATHS)).evolve(start, times)
    gradient = result.gradient(weights, rtol=1e-11)
    assert abs(gradient.value - total(result.equation, start, times, weights)) < 1e-8
    scale = np.abs(gradient.hamiltonian).max()
    for name, exact, f in changes(rng, h, couplings, BATHS, gradient):
        found = derivative(
            lambda s, f=f: total(make(rf.System(*f(s))), start, times, weights),
            np.array([3e-3, 1e-3, 3e-4]),
        )
        assert abs(found - exact) < TOLERANCE * scale, (kind, n, name)


@pytest.mark.parametrize("n", [3, 14])
def test_the_start_and_the_times(n):
    rng = np.random.default_rng(n)
    equation = rf.Redfield(rf.System(hermitian(rng, n), [hermitian(rng, n)], BATHS[0]))
    times = np.array([0.3, 1.0, 2.5])
    weights, start = np.array([hermitian(rng, n) for _ in times]), start_of(rng, n)
    gradient = equation.evolve(start, times).gradient(weights, rtol=1e-11)
    x = hermitian(rng, n)
    x -= np.trace(x) / n * np.eye(n)
    found = derivative(lambda s: total(equation, start + s * x, times, weights))
    assert abs(found - np.trace(gradient.rho0 @ x).real) < TOLERANCE * abs(found)
    for i in range(3):
        shift = np.eye(3)[i]
        found = derivative(lambda s, shift=shift: total(equation, start, times + s * shift, weights))
        assert abs(found - gradient.times[i]) < TOLERANCE * np.abs(gradient.times).max()


def test_one_operator_at_one_time_is_one_weight():
    rng = np.random.default_rng(2)
    equation = rf.Redfield(rf.System(hermitian(rng, 3), [hermitian(rng, 3)], BATHS[0]))
    result, o = equation.evolve([1, 0, 0], [0.0, 1.0, 2.0]), hermitian(rng, 3)
    one = result.gradient(o, time=1.0)
    all_of_them = result.gradient(np.array([0 * o, o, 0 * o]))
    assert np.allclose(one.hamiltonian, all_of_them.hamiltonian, atol=1e-14)
    assert abs(one.value - np.trace(o @ result.states[1]).real) < 1e-6
    assert not np.allclose(one.hamiltonian, result.gradient(o).hamiltonian)


def test_states_that_do_not_fit_are_computed_again(monkeypatch):
    rng = np.random.default_rng(2)
    equation = rf.Redfield(rf.System(hermitian(rng, 14), [hermitian(rng, 14)], BATHS[0]))
    result, o = equation.evolve(np.eye(14)[0], np.linspace(0.0, 30.0, 31)), hermitian(rng, 14)
    kept = result.gradient(o)
    monkeypatch.setattr("redfield.solve.gradients.STORED", 10 * 8.0 * 14**2)
    again = result.gradient(o)
    assert again.applications > kept.applications
    assert np.allclose(kept.hamiltonian, again.hamiltonian, atol=1e-8 * np.abs(kept.hamiltonian).max())


def test_near_levels_at_any_tolerance():
    # What rounding or rtol leaves of a quotient of near levels would be far larger than this.
    rng = np.random.default_rng(2)
    h = spectrum_of("near", 14)
    equation = rf.Redfield(rf.System(h, [hermitian(rng, 14)], BATHS[0]))
    result, o = equation.evolve(np.eye(14)[0], np.linspace(0.0, 5.0, 6)), hermitian(rng, 14)
    rough, fine = result.gradient(o, rtol=1e-4), result.gradient(o, rtol=1e-11)
    assert np.abs(rough.hamiltonian - fine.hamiltonian).max() < 1e-3 * np.abs(fine.hamiltonian).max()


def test_a_sparse_lindblad_equation_in_its_own_basis():
    rng = np.random.default_rng(5)
    (a,) = rf.operators.bosons(1, 30)
    h = a.T @ a + 0.2 * (a + a.T)
    equation = rf.Lindblad(h, [np.sqrt(0.5) * a], frame="given")
    times, o = np.linspace(0.0, 3.0, 4), hermitian(rng, 30)
    gradient = equation.evolve(np.eye(30)[1], times).gradient(o)
    x = a + a.T

    def value(s, t):
        other = rf.Lindblad(h + s * x, [np.sqrt(0.5 + t) * a])
        return np.trace(o @ other.evolve(np.eye(30)[1], times, rtol=1e-12).final_state).real

    assert (
        abs(derivative(lambda s: value(s, 0.0)) - np.sum(x.multiply(gradient.hamiltonian.T)).real) < 1e-6
    )
    told = np.sum(a.multiply(gradient.jumps[0].conj())).real / (2 * np.sqrt(0.5))
    assert abs(derivative(lambda t: value(0.0, t)) - told) < 1e-6


def test_a_batch_has_what_each_member_has():
    rng = np.random.default_rng(8)
    h = np.array([hermitian(rng, 3) for _ in range(3)])
    a, times = hermitian(rng, 3), np.linspace(0.0, 4.0, 5)
    weights = np.array([[hermitian(rng, 3) for _ in times] for _ in range(3)])
    beta = np.array([0.5, 1.0, 3.0])
    batch = rf.Redfield(rf.SystemBatch(h, [a], rf.DrudeBath.batch(0.05, 4.0, beta=beta)))
    together = batch.evolve([1, 0, 0], times).gradient(weights)
    for i in range(3):
        alone = batch[i].evolve([1, 0, 0], times).gradient(weights[i])
        assert np.allclose(together.hamiltonian[i], alone.hamiltonian, atol=1e-8)
        assert np.allclose(together.rho0[i], alone.rho0, atol=1e-8)
        assert np.allclose(together.times[i], alone.times, atol=1e-8)
        assert abs(together.baths["beta"][i] - alone.baths["beta"]) < 1e-8


def test_what_is_wrong_is_told():
    rng = np.random.default_rng(9)
    equation = rf.Redfield(rf.System(hermitian(rng, 3), [hermitian(rng, 3)], BATHS[0]))
    result = equation.evolve([1, 0, 0], [0.0, 1.0])
    with pytest.raises(ValueError, match=r"weights\[1\].*Hermitian"):
        result.gradient(np.array([np.eye(3), np.triu(np.ones((3, 3)))]))
    with pytest.raises(ValueError, match=r"time = 0\.5"):
        result.gradient(np.eye(3), time=0.5)
    with pytest.raises(ValueError, match="weights have shape"):
        result.gradient(np.array([np.eye(3)] * 3))
    remembering = rf.Redfield(result.equation.system, history="memory").evolve([1, 0, 0], [0.0, 1.0])
    with pytest.raises(TypeError, match="memory"):
        remembering.gradient(np.eye(3))
