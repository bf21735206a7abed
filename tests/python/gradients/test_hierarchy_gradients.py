"""Gradients of hierarchies against differences of the hierarchies themselves, and against dense ones made here."""

import dataclasses
import itertools
import pickle

import numpy as np
import pytest

import redfield as rf

from differences import all_together, changes, derivative, hermitian

STEPS = np.array([1e-3, 3e-4])
LINES = [rf.LorentzianBath(0.3, width=0.9, centre=0.4), rf.LorentzianBath(0.2, width=1.4, centre=-0.3)]
"""Baths of one exponential each."""
Z = np.diag([1.0, -1.0])


def expectation(h, couplings, baths, o, **options):
    steady = rf.HEOM(rf.System(h, couplings, baths), **options).steady_state(tol=1e-13)
    return np.trace(o @ steady.state).real


def dense_steady_gradient(h, couplings, lines, depth, o, dh, da):
    """Return d tr(Oρ) along dH and dA_j of the hierarchy of baths c e^{−νt}, of dense matrices of all indices."""
    n, one = len(h), np.eye(len(h))
    # C = c e^{−νt} and C* = c* e^{−ν*t}: two terms (c, 0, ν) and (0, c*, ν*) of each.
    terms = []
    for j, bath in enumerate(lines):
        c, nu = 0.5 * bath.strength * bath.width, bath.width + 1j * bath.centre
        terms += [(j, c, 0.0, nu), (j, 0.0, c, np.conj(nu))]
    indices = [x for x in itertools.product(range(depth + 1), repeat=len(terms)) if sum(x) <= depth]
    place = {x: i for i, x in enumerate(indices)}
    size = n * n

    def left(a):
        return np.kron(one, a)

    def right(a):
        return np.kron(a.T, one)

    def made(h, couplings, damp):
        out = np.zeros((len(indices), size, len(indices), size), complex)
        for x, i in place.items():
            out[i, :, i] += -1j * (left(h) - right(h))
            for k, (j, c, conjugate, nu) in enumerate(terms):
                a = couplings[j]
                if damp:
                    out[i, :, i] -= x[k] * nu * np.eye(size)
                up, down = (tuple(number + s * (i == k) for i, number in enumerate(x)) for s in (1, -1))
                if up in place:
                    out[i, :, place[up]] += -1j * (left(a) - right(a))
                if down in place:
                    out[i, :, place[down]] += -1j * x[k] * (c * left(a) - conjugate * right(a))
        return out.reshape(len(indices) * size, -1)

    generator, change = made(h, couplings, True), made(dh, da, False)
    trace = np.zeros(len(generator), complex)
    trace[:size] = one.ravel()
    bordered = generator + np.outer(trace, trace) / n
    rho = np.linalg.solve(bordered, trace / n)
    moved = np.linalg.solve(bordered, -change @ rho)
    return np.trace(o @ moved[:size].reshape(n, n, order="F")).real


@pytest.mark.parametrize("n", [2, 3])
def test_a_dense_hierarchy_has_the_same_gradient(n):
    rng = np.random.default_rng(n)
    h, o, couplings = hermitian(rng, n), hermitian(rng, n), [hermitian(rng, n)]
    gradient = rf.HEOM(rf.System(h, couplings, LINES[0]), depth=3).steady_state().gradient(o)
    for dh, da in [(hermitian(rng, n), 0 * h), (0 * h, hermitian(rng, n))]:
        told = np.trace(gradient.hamiltonian @ dh + gradient.couplings[0] @ da).real
        found = dense_steady_gradient(h, couplings, LINES[:1], 3, o, dh, [da])
        assert abs(told - found) < 1e-8 * np.abs(gradient.hamiltonian).max()


@pytest.mark.parametrize("n", [2, 3, 5])
def test_steady_states_of_two_baths(n):
    rng = np.random.default_rng(10 + n)
    h, o, couplings = hermitian(rng, n), hermitian(rng, n), [hermitian(rng, n), hermitian(rng, n)]
    gradient = rf.HEOM(rf.System(h, couplings, LINES), depth=2).steady_state().gradient(o, tol=1e-12)
    scale = np.abs(gradient.hamiltonian).max()
    if n == 2:
        for name, told, f in changes(rng, h, couplings, LINES, gradient):
            found = derivative(lambda s, f=f: expectation(*f(s), o, depth=2), STEPS)
            assert abs(found - told) < 1e-7 * scale, name
    told, moved = all_together(rng, h, couplings, LINES, gradient)
    assert abs(derivative(lambda s: expectation(*moved(s), o, depth=2), STEPS) - told) < 1e-7 * scale
    assert gradient.residual < 1e-11
    assert max(gradient.bath_errors[0].values()) < 1e-9


@pytest.mark.parametrize("levels", [[0.0, 0.0, 0.0], [0.0, 0.0, 0.8], [0.0, 1e-9, 0.8]])
def test_levels_that_meet(levels):
    rng = np.random.default_rng(5)
    h, o, couplings = np.diag(levels), hermitian(rng, 3), [hermitian(rng, 3), hermitian(rng, 3)]
    gradient = rf.HEOM(rf.System(h, couplings, LINES), depth=2).steady_state().gradient(o, tol=1e-12)
    x = hermitian(rng, 3)
    found = derivative(lambda s: expectation(h + s * x, couplings, LINES, o, depth=2), 0.3 * STEPS)
    assert (
        abs(np.trace(gradient.hamiltonian @ x).real - found) < 1e-7 * np.abs(gradient.hamiltonian).max()
    )


def test_couplings_that_are_equal_and_share_a_bath():
    rng = np.random.default_rng(6)
    h, o, a = hermitian(rng, 2), hermitian(rng, 2), hermitian(rng, 2)
    baths = [LINES[0], LINES[0], LINES[1]]
    gradient = rf.HEOM(rf.System(h, [a, a, Z], baths), depth=2).steady_state().gradient(o, tol=1e-12)
    moves = [hermitian(rng, 2) for _ in baths]
    told = sum(np.trace(g @ x).real for g, x in zip(gradient.couplings, moves, strict=True))
    found = derivative(
        lambda s: expectation(
            h, [c + s * x for c, x in zip([a, a, Z], moves, strict=True)], baths, o, depth=2
        ),
        STEPS,
    )
    assert abs(told - found) < 1e-7 * np.abs(gradient.hamiltonian).max()

    def stronger(s):
        both = rf.LorentzianBath(0.3 * (1 + s), width=0.9, centre=0.4)
        return expectation(h, [a, a, Z], [both, both, LINES[1]], o, depth=2)

    assert (
        abs(0.3 * gradient.baths[0]["strength"] - derivative(stronger, STEPS))
        < 1e-7 * np.abs(gradient.hamiltonian).max()
    )


def test_site_projectors_have_weights():
    h = np.diag([0.0, 0.4, 0.9]) + 0.2 * (np.ones((3, 3)) - np.eye(3))
    bath, o = LINES[0], np.diag([1.0, 0.0, -1.0])

    def system(weights):
        return rf.System(h, rf.SiteProjectors(3, weights=weights), bath)

    weights = np.array([1.0, 0.8, 1.1])
    steady = rf.HEOM(system(weights), depth=2).steady_state()
    gradient = steady.gradient(o, tol=1e-12)
    x = np.array([0.3, -0.7, 0.2])

    def moved(s):
        return np.trace(o @ rf.HEOM(system(weights + s * x), depth=2).steady_state(tol=1e-13).state).real

    assert gradient.couplings.shape == (3,)
    assert (
        abs(gradient.couplings @ x - derivative(moved, STEPS)) < 1e-7 * np.abs(gradient.hamiltonian).max()
    )
    assert gradient.value == pytest.approx(np.trace(o @ steady.state).real, abs=1e-14)


def test_a_fitted_bath_is_followed_as_well_as_it_is_fitted():
    h, a, o = (
        0.5 * Z + 0.2 * (np.ones((2, 2)) - np.eye(2)),
        Z,
        np.array([[0.3, 0.4 - 0.1j], [0.4 + 0.1j, -0.2]]),
    )
    bath = rf.DrudeBath(0.05, cutoff=3.0, beta=0.6)
    told = {
        t: rf.HEOM(rf.System(h, [a], bath), depth=2, tol=t).steady_state().gradient(o)
        for t in (1e-3, 1e-6)
    }
    largest = abs(bath.beta * told[1e-6].baths["beta"])
    for name in ("cutoff", "beta"):
        p = getattr(bath, name)

        def moved(s, name=name, p=p):
            return expectation(
                h, [a], [dataclasses.replace(bath, **{name: p * (1 + s)})], o, depth=2, tol=1e-6
            )

        found = (8 * (moved(0.1) - moved(-0.1)) - (moved(0.2) - moved(-0.2))) / 1.2
        for tol, allowed in [(1e-3, 1e-3), (1e-6, 1e-6)]:
            error = abs(found - p * told[tol].baths[name])
            assert error < allowed * largest, (tol, name)
            assert error < p * told[tol].bath_errors[name] < 30.0 * tol, (tol, name)


@pytest.mark.parametrize("tol", [1e-3, 1e-4])
def test_the_error_that_is_told_covers_the_error(tol):
    """A derivative by the strength that nearly cancels is not known to tol of itself."""
    h, o = np.diag([0.5, -0.5]) + 0.2, np.diag([1.0, -1.0])
    system = rf.System(h, rf.SiteProjectors(2), rf.DrudeBath(0.1, cutoff=2.0, beta=1.0))
    told = rf.HEOM(system, tol=tol).steady_state().gradient(o)
    assert abs(told.baths["strength"] + 8.5e-4) < told.bath_errors["strength"]  # by steps at tol = 1e-7


def test_terms_that_act_at_once_follow_their_bath():
    # At a loose tol the fastest exponentials act at once.
    h, o = 0.5 * Z, np.array([[1.0, 0.3], [0.3, -1.0]])
    bath = rf.DrudeBath(0.02, cutoff=40.0, beta=0.5)
    a = np.array([[0.2, 1.0], [1.0, -0.4]])
    system = rf.System(h, [a], bath)
    gradient = rf.HEOM(system, depth=2, tol=1e-2).steady_state().gradient(o)
    weak = rf.Redfield(system).steady_state().gradient(o)
    for name in ("strength", "cutoff", "beta"):
        told = gradient.baths[name] * getattr(bath, name)
        assert abs(told - weak.baths[name] * getattr(bath, name)) < 0.05 * abs(
            weak.baths["beta"] * bath.beta
        )


def test_weak_coupling_is_redfields():
    rng = np.random.default_rng(8)
    h, o, couplings = hermitian(rng, 3), hermitian(rng, 3), [hermitian(rng, 3), hermitian(rng, 3)]
    weak = [
        rf.LorentzianBath(1e-5, width=0.9, centre=0.4),
        rf.LorentzianBath(2e-5, width=1.4, centre=-0.3),
    ]
    system = rf.System(h, couplings, weak)
    one, other = (e(system).steady_state().gradient(o) for e in (rf.HEOM, rf.Redfield))
    scale = np.abs(other.hamiltonian).max()
    assert np.abs(one.hamiltonian - other.hamiltonian).max() < 1e-3 * scale
    for mine, theirs, bath in zip(one.baths, other.baths, weak, strict=True):
        for name, told in theirs.items():
            assert abs(mine[name] - told) * getattr(bath, name) < 1e-3 * scale


@pytest.mark.parametrize("s", [1e-12, 1.0, 1e12])
def test_a_basis_and_a_unit_of_energy_change_nothing(s):
    rng = np.random.default_rng(9)
    h, o, a = hermitian(rng, 3), hermitian(rng, 3), hermitian(rng, 3)
    u = np.linalg.qr(hermitian(rng, 3))[0]
    first = rf.HEOM(rf.System(h, [a], LINES[0]), depth=2).steady_state().gradient(o)
    # C is an energy squared, and A has no unit.
    bath = rf.LorentzianBath(0.3 * s, width=0.9 * s, centre=0.4 * s)
    turned = [s * u @ h @ u.conj().T, u @ a @ u.conj().T, u @ o @ u.conj().T]
    second = rf.HEOM(rf.System(turned[0], [turned[1]], bath), depth=2).steady_state().gradient(turned[2])
    scale = np.abs(first.hamiltonian).max()
    assert np.abs(u @ first.hamiltonian @ u.conj().T - s * second.hamiltonian).max() < 1e-7 * scale
    assert np.abs(u @ first.couplings[0] @ u.conj().T - second.couplings[0]).max() < 1e-7 * scale
    for name in ("strength", "width", "centre"):
        assert abs(first.baths[name] - s * second.baths[name]) < 1e-7 * scale


def test_an_automatic_depth_is_held():
    system = rf.System(0.5 * Z, [np.array([[0.0, 1.0], [1.0, 0.3]])], rf.DrudeBath(0.1, 2.0, 1.0))
    deep = rf.HEOM(system, tol=1e-3).steady_state().gradient(Z)
    fixed = rf.HEOM(system, depth=5, tol=1e-3).steady_state().gradient(Z)
    assert np.abs(deep.hamiltonian - fixed.hamiltonian).max() < 1e-2 * np.abs(fixed.hamiltonian).max()
    again = pickle.loads(pickle.dumps(deep))
    assert dict(again.baths[0]) == dict(deep.baths[0])
    assert dict(again.bath_errors[0]) == dict(deep.bath_errors[0])


def test_what_has_no_gradient_says_so():
    x, bath = np.array([[0.0, 1.0], [1.0, 0.0]]), rf.DrudeBath(0.05, 2.0, 1.0)
    system = rf.System(0.5 * Z, [x], bath)
    steady = rf.HEOM(system, depth=2, tol=1e-2).steady_state()
    with pytest.raises(ValueError, match="observable"):
        steady.gradient(x + 1j * Z)
    with pytest.raises(ValueError, match="method = 'direct'"):
        steady.gradient(Z, method="direct")
    with pytest.raises(ValueError, match="terminator"):
        rf.HEOM(system, depth=2, tol=1e-2, terminator=True).steady_state().gradient(Z)
    (a,) = rf.operators.fermions(1)
    lead = rf.ParticleBath(lambda w: 0.4 / (4.0 + w**2), beta=2.0, mu=0.5)
    dot = rf.HEOM(rf.System(0.3 * a.T @ a, *rf.particle_exchange([a], [lead])), depth=2, tol=1e-2)
    with pytest.raises(TypeError, match="no gradient of a steady state"):
        dot.steady_state().gradient(Z)
    driven = rf.HEOM(rf.DrivenSystem([0.5 * Z, (x, np.cos)], [Z], LINES[0]), depth=1)
    with pytest.raises(TypeError, match="no gradient of an evolution"):
        driven.evolve([1.0, 0.0], [0.0, 0.5]).gradient(Z)
