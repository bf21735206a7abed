"""Periodically driven quadratic systems against Fock space, equations with memory and closed forms."""

import pickle

import numpy as np
import pytest

import redfield as rf

PERIOD = 2 * np.pi / 1.7


def lead(beta=1.0, mu=0.2):
    return rf.ParticleBath(lambda w: 0.3 * np.exp(-(w**2) / 18), beta=beta, mu=mu)


def drive(n, seed, scale=1.0):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, n, n)) + 1j * rng.normal(size=(2, n, n))
    h0, h1 = scale * (a + a.conj().T) / 2, scale * (b + b.conj().T) / 3
    return [h0, (h1, lambda t: np.cos(1.7 * t))]


def covariance(rho, operators):
    return np.array([[np.trace(c.conj().T @ a @ rho) for c in operators] for a in operators])


def test_davies_is_that_of_fock_space():
    left, right = lead(), lead(beta=0.5, mu=-0.4)
    h = drive(2, 4)
    system = rf.QuadraticSystem(h, [0.5, 0.8], [left, right], period=PERIOD)
    ops = rf.operators.fermions(2)

    def many_body(one):
        return sum(one[j, k] * ops[j].conj().T @ ops[k] for j in range(2) for k in range(2))

    fock = rf.PeriodicSystem(
        [many_body(h[0]), (many_body(h[1][0]), h[1][1])],
        PERIOD,
        *rf.particle_exchange([0.5 * ops[0], 0.8 * ops[1]], [left, right]),
    )
    rho0 = np.zeros((4, 4))
    rho0[1, 1] = 1.0
    g0 = covariance(rho0, ops).real
    tlist = [0.0, 0.4 * PERIOD, 3.3 * PERIOD, 20 * PERIOD]
    many = rf.Davies(fock)
    one = rf.Davies(system)
    for rho, g in zip(many.evolve(rho0, tlist).states, one.evolve(g0, tlist).covariances, strict=True):
        assert np.abs(covariance(rho, ops) - g).max() < 1e-8
    a, b = many.steady_state(), one.steady_state()
    for t in (0.0, 1.1):
        assert np.abs(covariance(a.at(t), ops) - b.at(t)).max() < 1e-8
    assert np.allclose(a.particle, b.particle, atol=1e-8)
    assert np.allclose(a.energy, b.energy, atol=1e-8)
    assert np.allclose(a.heat, b.heat, atol=1e-8)
    assert a.work == pytest.approx(b.work, abs=1e-8)


def test_redfield_is_what_memory_becomes():
    system = rf.QuadraticSystem(drive(2, 5), 0.4, lead(), period=PERIOD)
    floquet = rf.Redfield(system)
    driven = rf.QuadraticSystem(drive(2, 5), 0.4, lead())
    memory = rf.Redfield(driven, history="stationary")
    state = floquet.steady_state()
    for t in np.array([4.0, 4.5, 5.0]) * PERIOD:
        g = state.at(t)
        late = memory.at(t, [0.0, 5.0 * PERIOD])
        assert np.abs(late.apply(g) - floquet.apply(g, t)).max() < 1e-6
        assert np.abs(late.apply(np.eye(2)) - floquet.apply(np.eye(2), t)).max() < 1e-6


def test_redfield_is_that_of_fock_space():
    bath, h = lead(beta=0.7), drive(2, 6)
    system = rf.QuadraticSystem(h, 0.5, bath, period=PERIOD)
    ops = rf.operators.fermions(2)

    def many_body(one):
        return sum(one[j, k] * ops[j].conj().T @ ops[k] for j in range(2) for k in range(2))

    fock = rf.PeriodicSystem(
        [many_body(h[0]), (many_body(h[1][0]), h[1][1])],
        PERIOD,
        *rf.particle_exchange([0.5 * a for a in ops], [bath, bath]),
    )
    state = rf.Redfield(fock).steady_state()
    g = rf.Redfield(system).steady_state().covariance
    assert np.abs(covariance(state.at(0.0), ops) - g).max() < 1e-7


def test_a_constant_hamiltonian_is_the_static_equation():
    for statistics, h in (("fermion", drive(3, 7)[0]), ("boson", drive(3, 7)[0] + 5 * np.eye(3))):
        bath = lead()
        if statistics == "boson":
            bath = rf.ParticleBath(0.1, beta=1.0, mu=-0.5, band=(-0.1, 60.0), statistics="boson")
        still = rf.QuadraticSystem(h, [0.3, 0.5, 0.7], bath)
        system = rf.QuadraticSystem(h, [0.3, 0.5, 0.7], bath, period=0.8)
        a = rf.Davies(still).evolve(np.zeros(3), [0.0, 5.0]).final_covariance
        b = rf.Davies(system).evolve(np.zeros(3), [0.0, 5.0]).final_covariance
        assert np.abs(a - b).max() < 1e-8
        state = rf.Davies(system).steady_state()
        assert np.abs(state.at(0.3) - still.gibbs_state()).max() < 1e-8
        assert state.work == pytest.approx(0.0, abs=1e-8)
        a = rf.Redfield(still).steady_state().covariance
        b = rf.Redfield(system).steady_state().covariance
        assert np.abs(a - b).max() < 1e-8


def test_quasienergies_that_are_equal_stay_coupled():
    # Two copies of a driven level pair with different couplings: every quasi-energy is twice there.
    one, two = drive(2, 8)[0], drive(2, 8)[1][0]
    q = np.linalg.qr(np.random.default_rng(3).normal(size=(4, 4)))[0]
    h = [
        q @ np.kron(np.eye(2), one) @ q.T,
        (q @ np.kron(np.eye(2), two) @ q.T, lambda t: np.cos(1.7 * t)),
    ]
    coupling = [0.1, 0.5, 0.3, 0.9]
    g0 = np.diag([1.0, 0.0, 0.5, 0.2])
    bath = lead()
    davies = rf.Davies(rf.QuadraticSystem(h, coupling, bath, period=PERIOD))
    assert davies.degenerate
    # Redfield in the limit of weak coupling at fixed J²t is Davies.
    errors = []
    for scale in (0.2, 0.1):
        weak = rf.QuadraticSystem(h, [scale * c for c in coupling], bath, period=PERIOD)
        t = 2 * PERIOD * round(0.2 / scale) ** 2
        a, b = (
            getattr(rf, kind)(weak).evolve(g0, [0.0, t]).final_covariance
            for kind in ("Davies", "Redfield")
        )
        errors.append(np.abs(a - b).max())
    assert errors[1] < 0.35 * errors[0]
    state = davies.steady_state()
    later = davies.evolve(state.at(0.0), [0.0, 0.3 * PERIOD, 5 * PERIOD]).covariances
    assert np.abs(later[1] - state.at(0.3 * PERIOD)).max() < 1e-9
    assert np.abs(later[2] - state.at(0.0)).max() < 1e-8


def test_bad_input_is_told_and_objects_pickle():
    h = drive(2, 9)
    with pytest.raises(ValueError, match="hamiltonian"):
        rf.QuadraticSystem(h, 0.5, lead(), period=1.0)
    bath = rf.ParticleBath(0.2, beta=1.0, mu=0.0, band=(-60.0, 60.0))
    system = rf.QuadraticSystem([h[0], (h[1][0], np.cos)], 0.5, bath, period=2 * np.pi)
    for kind in (rf.Davies, rf.Redfield):
        copy = pickle.loads(pickle.dumps(kind(system)))
        a, b = (e.evolve(np.zeros(2), [0.0, 3.0]).final_covariance for e in (kind(system), copy))
        assert (a == b).all()
    still = rf.QuadraticSystem(h[0], [0.0, 0.0], bath, period=1.0)
    with pytest.raises(rf.ConvergenceError):
        rf.Davies(still).steady_state()
