"""Floquet modes and equations against sums over modes and harmonics that SciPy's solver gives, and each other."""

import pickle

import hypothesis.strategies as st
import numpy as np
import pytest
import scipy
from hypothesis import given, settings

import redfield as rf

from floquet_reference import POINTS, Reference, propagators

X, Y, Z = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(strength=0.05, cutoff=6.0, beta=0.7)


def random_system(n, seed, complex_=True):
    rng = np.random.default_rng(seed)

    def hermitian(scale):
        a = rng.normal(size=(n, n)) + 1j * complex_ * rng.normal(size=(n, n))
        return scale * (a + a.conj().T) / 2

    return hermitian(1.0), hermitian(0.6), hermitian(0.7), hermitian(0.5)


def test_quasienergies_and_modes_solve_schroedingers_equation():
    h0, h1, a, _ = random_system(5, 1)
    period = 2.3
    system = rf.PeriodicSystem([h0, (h1, lambda t: np.cos(2 * np.pi * t / period))], period, [a], BATH)
    u = propagators(lambda t: h0 + h1 * np.cos(2 * np.pi * t / period), period)
    modes = system.modes(0.0)
    assert np.allclose(u[-1] @ modes, modes * np.exp(-1j * system.quasienergies * period), atol=1e-8)
    assert (np.diff(system.quasienergies) >= 0).all()
    assert np.abs(system.quasienergies).max() <= np.pi / period * (1 + 1e-12)
    for i in (17, 64, 100):
        t = i * period / POINTS
        moved = u[i] @ modes * np.exp(1j * system.quasienergies * t)
        assert np.allclose(system.modes(t), moved, atol=1e-8)
        assert np.allclose(system.modes(t - 3 * period), moved, atol=1e-8)


@pytest.mark.parametrize("lamb_shift", [False, True])
@pytest.mark.parametrize("seed", [0, 1])
def test_davies_is_the_sum_over_frequencies(seed, lamb_shift):
    h0, h1, a, b = random_system(3, seed)
    period, cold = 1.7, rf.OhmicBath(strength=0.03, cutoff=4.0, beta=3.0)
    drive = [h0, (h1, lambda t: np.cos(2 * np.pi * t / period) + 0.3 * np.sin(4 * np.pi * t / period))]
    system = rf.PeriodicSystem(drive, period, [a, b], [BATH, cold])
    equation = rf.Davies(system, lamb_shift)
    assert not equation.degenerate
    reference = Reference(lambda t: system.driven.hamiltonian.at(t), period, [a, b])
    matrix = reference.davies([BATH, cold], lamb_shift)
    rho0 = np.diag([0.7, 0.2, 0.1]).astype(complex)
    rho0[0, 2] = rho0[2, 0] = 0.1
    tlist = np.array([0.0, 3 * period, 10 * period])
    found = equation.evolve(rho0, tlist).states
    for t, rho in zip(tlist, found, strict=True):
        assert np.abs(rho - reference.evolve(matrix, rho0, t)).max() < 1e-8
    # Heat is the sum of what is released, ωγ(ω)tr[A†Aρ].
    steady = equation.steady_state()
    start = reference.frame(0.0)
    rho = np.linalg.inv(start) @ steady.at(0.0) @ np.linalg.inv(start).conj().T
    heat = np.zeros(2)
    for w, jump, bath in reference.jumps([BATH, cold]):
        rate = float(bath.power_spectrum(np.array([w]))[0])
        heat[[BATH, cold].index(bath)] -= period * w * rate * np.trace(jump.conj().T @ jump @ rho).real
    assert np.allclose(steady.heat, heat, atol=1e-7)
    assert steady.work == pytest.approx(-heat.sum(), abs=1e-7)


def test_redfield_is_the_sum_over_harmonics():
    h0, h1, a, _ = random_system(3, 5)
    period = 1.9
    system = rf.PeriodicSystem([h0, (h1, lambda t: np.cos(2 * np.pi * t / period))], period, [a], BATH)
    equation = rf.Redfield(system)
    reference = Reference(lambda t: system.driven.hamiltonian.at(t), period, [a])
    size, series = 3, reference.harmonics[0]
    w = reference.energies - reference.energies[:, None] - reference.n[:, None, None] * reference.omega
    gamma = BATH.one_sided(w.ravel()).reshape(w.shape)

    def slope(t, y):
        rho = y.reshape(size, size)
        turns = np.exp(1j * reference.n * reference.omega * t)
        frame = np.exp(1j * np.subtract.outer(reference.energies, reference.energies) * t)
        at, lam = (frame * np.tensordot(turns, s, 1) for s in (series, gamma * series))
        part = lam @ rho @ at.conj().T - at.conj().T @ lam @ rho
        return (part + part.conj().T).ravel()

    start = reference.frame(0.0)
    inverse = np.linalg.inv(start)
    rho0 = np.diag([0.0, 1.0, 0.0])
    y0 = (inverse @ rho0 @ inverse.conj().T).astype(complex).ravel()
    t = 5 * period
    y = scipy.integrate.solve_ivp(slope, (0, t), y0, "DOP853", rtol=1e-10, atol=1e-12).y[:, -1]
    expected = reference.frame(t) @ y.reshape(size, size) @ reference.frame(t).conj().T
    found = equation.evolve(rho0, [0.0, t], rtol=1e-9, atol=1e-11).final_state
    assert np.abs(found - expected).max() < 1e-8


def test_memory_becomes_it_after_the_baths_have_forgotten_the_start():
    h0, h1, a, _ = random_system(3, 2)
    bath = rf.DrudeBath(strength=0.02, cutoff=3.0, beta=0.5)
    period = 2.0
    drive = [h0, (h1, lambda t: np.cos(np.pi * t))]
    floquet = rf.Redfield(rf.PeriodicSystem(drive, period, [a], bath))
    memory = rf.Redfield(rf.DrivenSystem(drive, [a], bath), history="memory")
    early, late = 12 * period, 16 * period
    reached = memory.evolve(np.diag([1.0, 0, 0]), [0.0, early, late], rtol=1e-9, atol=1e-11).states
    # From where its coefficients are the periodic ones.
    assert (
        rf.trace_norm(
            floquet.evolve(reached[1], [early, late], rtol=1e-9, atol=1e-11).final_state - reached[2]
        )
        < 1e-7
    )


@pytest.mark.parametrize("kind", ["Davies", "Redfield"])
def test_a_constant_hamiltonian_is_the_static_equation(kind):
    h0, _, a, b = random_system(4, 3)
    other = rf.OhmicBath(strength=0.02, cutoff=9.0, beta=2.0)
    driven = getattr(rf, kind)(rf.PeriodicSystem(h0, 0.9, [a, b], [BATH, other]))
    still = getattr(rf, kind)(rf.System(h0, [a, b], [BATH, other]))
    rho0, tlist = np.diag([1.0, 0, 0, 0]), [0.0, 0.4, 7.7, 30.0]
    expected = still.evolve(rho0, tlist, rtol=1e-9, atol=1e-11).states
    assert np.abs(driven.evolve(rho0, tlist, rtol=1e-9, atol=1e-11).states - expected).max() < 1e-8
    state = driven.steady_state()
    assert np.abs(state.mean - still.steady_state().state).max() < 1e-8
    assert state.work == pytest.approx(0.0, abs=1e-8)
    if kind == "Davies":
        heat = rf.analysis.heat_currents(still.steady_state().state, still) * 0.9
        assert np.allclose(state.heat, heat, atol=1e-9)
        assert np.allclose(state.energy, heat, atol=1e-9)
    x = np.arange(16.0).reshape(4, 4) + 1j
    assert np.allclose(driven.apply(x, 0.3), still.apply(x), atol=1e-8)


def test_a_qubit_in_a_rotating_field_has_a_closed_form():
    splitting, drive, rabi = 1.0, 0.8, 0.3
    h = [
        splitting / 2 * Z,
        (rabi / 2 * X, lambda t: np.cos(drive * t)),
        (rabi / 2 * Y, lambda t: np.sin(drive * t)),
    ]
    system = rf.PeriodicSystem(h, 2 * np.pi / drive, [X], BATH)
    detuning = splitting - drive
    half = 0.5 * np.hypot(detuning, rabi)
    closed = np.sort((np.array([drive / 2 + half, drive / 2 - half]) + drive / 2) % drive - drive / 2)
    assert np.allclose(system.quasienergies, closed, atol=1e-9)
    # In the rotating frame σ_x is σ₊e^{iωt} + h.c., whose elements between the dressed states release
    # ω ± 2·half, ω and their negatives.
    c, s = 0.5 * (1 + detuning / (2 * half)), 0.5 * (1 - detuning / (2 * half))

    def gamma(w):
        return float(BATH.power_spectrum(np.array([w]))[0])

    # |+⟩ → |−⟩ releases 2 half − nω: σ₊ takes part −s of it with n = 1, σ₋ c with n = −1.
    down = c**2 * gamma(2 * half + drive) + s**2 * gamma(2 * half - drive)
    up = c**2 * gamma(-2 * half - drive) + s**2 * gamma(-2 * half + drive)
    rates = rf.Davies(system, False).rates
    assert sorted(-rates.diagonal()) == pytest.approx(sorted([up, down]), rel=1e-8)


def test_frequencies_that_are_equal_modulo_the_drive_couple():
    # Half of the drive's frequency apart: 1 ← 2 with n and 2 ← 1 with n + 1 release the same.
    period = 2 * np.pi
    h = [np.diag([0.25, -0.25, 1.13]).astype(complex)]
    a = np.array([[0.0, 1.0, 0.3], [1.0, 0.0, 0.2], [0.3, 0.2, 0.4]], dtype=complex)
    coupling = [a, (0.5 * a, np.cos)]
    system = rf.PeriodicSystem(h, period, [coupling], BATH)
    equation = rf.Davies(system)
    assert equation.degenerate
    # The reference's modes are those of H, and its couplings the harmonics given.
    reference = Reference(lambda t: h[0], period, [a])
    series = np.zeros_like(reference.harmonics[0])
    eye = reference.u0.conj().T @ a @ reference.u0
    for i, n in enumerate(reference.n):
        series[i] = {0: eye, 1: 0.25 * eye, -1: 0.25 * eye}.get(int(n), 0 * eye)
    reference.energies = np.diag(reference.u0.conj().T @ h[0] @ reference.u0).real
    reference.harmonics = [series]
    matrix = reference.davies([BATH])
    rho0 = np.array([[0.5, 0.3j, 0], [-0.3j, 0.4, 0], [0, 0, 0.1]])
    for t in (2 * period, 30 * period):
        found = equation.evolve(rho0, [0.0, t]).final_state
        assert np.abs(found - reference.evolve(matrix, rho0, t)).max() < 1e-7
    state = equation.steady_state()
    later = equation.evolve(state.at(0.0), [0.0, 0.37 * period]).final_state
    assert np.abs(later - state.at(0.37 * period)).max() < 1e-9


@pytest.mark.parametrize("kind", [rf.Davies, rf.Redfield])
def test_the_periodic_state_is_where_evolution_ends(kind):
    h0, h1, a, _ = random_system(3, 8)
    system = rf.PeriodicSystem([h0, (h1, np.cos)], 2 * np.pi, [a], BATH)
    equation = kind(system)
    state = equation.steady_state()
    assert np.trace(state.at(1.0)) == pytest.approx(1.0)
    long = 400 * 2 * np.pi
    tlist = [0.0, long, long + 1.3]
    found = equation.evolve(np.diag([1.0, 0, 0]), tlist, rtol=1e-9, atol=1e-11)
    for t, rho in zip(tlist[1:], found.states[1:], strict=True):
        assert np.abs(rho - state.at(t)).max() < 1e-6
    for i in (0, 3):
        assert np.abs(state.states[i] - state.at(state.times[i])).max() < 1e-10
    assert np.allclose(state.expect(h0), [np.trace(h0 @ rho).real for rho in state.states], atol=1e-12)


def test_work_is_what_the_drive_does():
    # tr[Ḣρ] over a period; what the bath is given differs from it at fourth order.
    h0, h1, a, _ = random_system(3, 8)
    differences = []
    for strength in (0.02, 0.01):
        bath = rf.OhmicBath(strength=strength, cutoff=6.0, beta=0.7)
        system = rf.PeriodicSystem([h0, (h1, np.cos)], 2 * np.pi, [a], bath)
        state = rf.Redfield(system).steady_state()
        power = np.mean(-np.sin(state.times) * state.expect(h1)) * system.period
        assert power == pytest.approx(state.work, rel=1e-6)
        differences.append(abs(power + state.energy.sum()) / abs(power))
    assert differences[1] < 0.7 * differences[0]


def test_lindblad_is_the_driven_one():
    h0, h1, _, _ = random_system(3, 9)
    lower = np.diag([0.3, 0.2], 1)
    jump = [0.2 * lower, (lower, lambda t: 0.5 + 0.1 * np.cos(3 * t))]
    period = 2 * np.pi / 3
    drive = [h0, (h1, lambda t: np.sin(3 * t))]
    tlist = [0.0, 1.1, 10.0]
    a = rf.Lindblad(drive, [jump], period=period).evolve([1, 0, 0], tlist, rtol=1e-9, atol=1e-11).states
    b = rf.Lindblad(drive, [jump]).evolve([1, 0, 0], tlist, rtol=1e-9, atol=1e-11).states
    assert np.abs(a - b).max() < 1e-7
    state = rf.Lindblad(drive, [jump], period=period).steady_state()
    assert state.heat is None
    assert state.energy is None
    assert np.isnan(state.work)


@settings(max_examples=15, deadline=None)
@given(
    n=st.integers(1, 4),
    seed=st.integers(0, 10_000),
    period=st.floats(0.05, 20.0),
    shift=st.sampled_from([0.0, 1e3]),
    beta=st.sampled_from([0.0, 1.0, np.inf]),
)
def test_davies_keeps_states_states_in_any_basis(n, seed, period, shift, beta):
    h0, h1, a, _ = random_system(n, seed)
    bath = rf.FlatBath(0.1) if beta == 0.0 else rf.OhmicBath(strength=0.1, cutoff=5.0, beta=beta)
    drive = [h0 + shift * np.eye(n), (0.5 * h1, lambda t: np.sin(2 * np.pi * t / period))]
    system = rf.PeriodicSystem(drive, period, [a], bath)
    rho0 = np.eye(n)[0]
    final = rf.Davies(system, False).evolve(rho0, [0.0, 3.3 * period]).final_state
    assert np.trace(final).real == pytest.approx(1.0, abs=1e-9)
    assert np.linalg.eigvalsh(final)[0] > -1e-9
    rng = np.random.default_rng(seed + 1)
    q = np.linalg.qr(rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n)))[0]
    turned = rf.PeriodicSystem(
        [q @ drive[0] @ q.conj().T, (q @ drive[1][0] @ q.conj().T, drive[1][1])],
        period,
        [q @ a @ q.conj().T],
        bath,
    )
    other = rf.Davies(turned, False).evolve(q @ rho0, [0.0, 3.3 * period]).final_state
    assert np.abs(q @ final @ q.conj().T - other).max() < 1e-6


def test_square_waves_repeat_with_their_jumps():
    # Two Hamiltonians in turn: U(T) is a product of two exponentials.
    def square(t):
        return np.sign(np.sin(2 * np.pi * np.asarray(t) / 3.0))

    with pytest.raises(rf.ConvergenceError, match="harmonics"):
        rf.PeriodicSystem([0.5 * Z, (0.7 * X, square)], 3.0, [X], BATH)
    system = rf.PeriodicSystem([0.5 * Z, (0.7 * X, square)], 3.0, [X], BATH, harmonics=60)
    plus, minus = (scipy.linalg.expm(-1.5j * (0.5 * Z + s * 0.7 * X)) for s in (1, -1))
    closed = np.sort(-np.angle(np.linalg.eigvals(minus @ plus)) / 3.0)
    assert np.allclose(system.quasienergies, closed, atol=1e-8)
    assert 1e-9 < system.left < 1e-2
    assert rf.Davies(system).steady_state().work > 0


def test_symmetries_leave_several_periodic_states():
    system = rf.PeriodicSystem([0.5 * Z, (Z, np.cos)], 2 * np.pi, [Z], BATH)
    with pytest.raises(rf.MultipleSteadyStates) as caught:
        rf.Davies(system).steady_state()
    assert caught.value.count == 2


def test_everything_pickles():
    system = rf.PeriodicSystem([0.5 * Z, (X, np.cos)], 2 * np.pi, [X], BATH)
    for equation in (rf.Davies(system), rf.Redfield(system, False)):
        copy = pickle.loads(pickle.dumps(equation))
        a, b = (e.evolve([1, 0], [0.0, 3.0]).final_state for e in (equation, copy))
        assert (a == b).all()
    state = rf.Davies(system).steady_state()
    assert (pickle.loads(pickle.dumps(state)).at(0.4) == state.at(0.4)).all()
