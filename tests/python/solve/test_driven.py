"""Driven systems, against sums over levels integrated by SciPy, exact solutions, and static equations."""

from __future__ import annotations

import functools
import pickle

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

import reference

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=1.0)
TIGHT = {"rtol": 1e-10, "atol": 1e-11}


def brute(h, couplings, bath, rho, times, **options):
    """Sums over levels at every time, by SciPy."""

    def change(t, y):
        tensor = reference.redfield_tensor(
            h(t), [a(t) for a in couplings], [bath] * len(couplings), **options
        )
        return tensor @ y

    out = scipy.integrate.solve_ivp(
        change, (times[0], times[-1]), rho.ravel().astype(complex), t_eval=times, rtol=1e-9, atol=1e-11
    )
    return out.y.T.reshape(len(times), *rho.shape)


@functools.cache
def sum_over_levels(controls, lamb_shift):
    """States under one drive of H or two, for every way to give it and every method."""
    second = controls - 1.0
    return brute(
        lambda t: H0 + f(t) * H1 + second * g(t) * H2,
        [lambda t: A, lambda t: B + g(t) * A],
        BATH, RHO, TIMES, lamb_shift=lamb_shift,
    )  # fmt: skip


H0, H1, H2 = (reference.random_hermitian(3, s) for s in (1, 2, 3))
A, B = reference.random_hermitian(3, 4), reference.random_hermitian(3, 5)
TIMES = np.array([-1.0, -0.3, 0.5, 2.0])
RHO = reference.random_state(3, 6)


def f(t):
    return np.sin(1.3 * t)


def g(t):
    return 0.4 * np.cos(0.7 * t + 0.2)


WHOLE = [
    [H0, (H1, f)],
    [H0, (H1, f), (H2, g)],
    lambda t: H0 + f(t) * H1 + g(t) * H2,
]


@pytest.mark.parametrize("method", ["dopri5", "magnus"])
@pytest.mark.parametrize("hamiltonian", WHOLE, ids=["control", "terms", "function"])
@pytest.mark.parametrize("lamb_shift", [False, True])
def test_redfield_is_the_sum_over_levels(hamiltonian, lamb_shift, method):
    system = rf.DrivenSystem(hamiltonian, [A, [B, (A, g)]], BATH)
    two = 0.0 if hamiltonian is WHOLE[0] else 1.0
    expected = sum_over_levels(1 + int(two), lamb_shift)
    equation = rf.Redfield(system, lamb_shift=lamb_shift)
    tolerances = TIGHT if method == "dopri5" else {"rtol": 1e-7, "atol": 1e-8}
    states = equation.evolve(RHO, TIMES, method=method, **tolerances).states
    assert np.abs(states - expected).max() < 3e-7
    now = equation.apply(RHO, 0.4)
    tensor = reference.redfield_tensor(
        H0 + f(0.4) * H1 + two * g(0.4) * H2, [A, B + g(0.4) * A], [BATH] * 2, lamb_shift=lamb_shift
    )
    assert np.abs(now - reference.apply(tensor, RHO)).max() < 1e-12


@pytest.mark.parametrize("method", ["dopri5", "magnus"])
def test_davies_is_the_secular_sum(method):
    system = rf.DrivenSystem([np.diag([0.0, 1.0, 2.7]), (0.1 * H1, f)], [A, B], BATH)
    expected = brute(
        lambda t: np.diag([0.0, 1.0, 2.7]) + 0.1 * f(t) * H1,
        [lambda t: A, lambda t: B], BATH, RHO, TIMES, lamb_shift=True, secular=True,
    )  # fmt: skip
    states = rf.Davies(system).evolve(RHO, TIMES, method=method, rtol=1e-8, atol=1e-9).states
    assert np.abs(states - expected).max() < 1e-6


KINDS = [
    (rf.Redfield, rf.Redfield, {}),
    (rf.Redfield, rf.Redfield, {"lamb_shift": False}),
    (rf.Davies, rf.Davies, {}),
    (rf.PartialSecular, rf.PartialSecular, {"cutoff": 0.5}),
    (rf.GeometricArithmetic, rf.GeometricArithmetic, {}),
    (rf.UniversalLindblad, rf.UniversalLindblad, {"lamb_shift": False}),
    (rf.UniversalLindblad, rf.UniversalLindblad, {}),
    (rf.CoarseGrained, rf.CoarseGrained, {"window": 2.0}),
]


@pytest.mark.parametrize(("moving", "still", "options"), KINDS)
def test_a_constant_drive_is_no_drive(moving, still, options):
    expected = still(rf.System(H0, [A, B], BATH), **options).evolve(RHO, [0.0, 3.0], **TIGHT).final_state
    for hamiltonian in (H0, [H0, (H1, lambda t: 0.0)]):
        system = rf.DrivenSystem(hamiltonian, [A, B], BATH)
        equation = moving(system, **options)
        got = equation.evolve(RHO, [5.0, 8.0], **TIGHT).final_state
        assert np.abs(got - expected).max() < 1e-9
        assert np.abs(equation.at(2.0).apply(RHO) - equation.apply(RHO, 2.0)).max() < 1e-14


def test_landau_zener_without_a_bath_is_exact():
    """Zener's probability, e^{−πg²/2v} for H = ½(vtσᶻ + gσˣ), and Schrödinger's equation."""
    speed, gap = 2.0, 0.8
    system = rf.DrivenSystem([0.5 * gap * X, (0.5 * Z, lambda t: speed * t)], [0.0 * Z], BATH)
    times = [-80.0, 80.0]
    for method in ("dopri5", "magnus"):
        end = rf.Davies(system).evolve([1, 0], times, [np.diag([1, 0])], method=method, rtol=1e-6)
        assert abs(end.expect[0][-1] - np.exp(-np.pi * gap**2 / (2 * speed))) < 1e-2
    psi = scipy.integrate.solve_ivp(
        lambda t, y: -1j * (0.5 * gap * X + 0.5 * speed * t * Z) @ y,
        (-20.0, 20.0), np.array([1.0, 0.0], dtype=complex), rtol=1e-11, atol=1e-12,
    ).y[:, -1]  # fmt: skip
    exact = rf.Redfield(system).evolve([1, 0], [-20.0, 20.0], **TIGHT).final_state
    assert np.abs(exact - np.outer(psi, psi.conj())).max() < 1e-7


@pytest.mark.parametrize("method", ["dopri5", "magnus"])
def test_jumps_are_found(method):
    """A field that is switched on and off: three constant equations in a row."""
    switch = rf.DrivenSystem([Z, (X, lambda t: 1.0 * (0.7 < t < 1.9))], [X + Z], BATH)
    result = rf.Redfield(switch).evolve([1, 0], [0.0, 1.0, 2.5], method=method, rtol=1e-9, atol=1e-10)
    rho = np.diag([1.0, 0.0]).astype(complex)
    for h, dt in ((Z, 0.7), (Z + X, 1.2), (Z, 0.6)):
        rho = reference.evolve(reference.redfield_tensor(h, [X + Z], [BATH], lamb_shift=True), rho, dt)
    assert np.abs(result.final_state - rho).max() < 2e-7


def test_splines_and_functions_of_many_kinds():
    times = np.linspace(0.0, 2.0, 201)
    expected = rf.Redfield(rf.DrivenSystem([Z, (X, np.sin)], [X], BATH)).evolve(
        [1, 0], [0.0, 2.0], **TIGHT
    )
    stack = Z + np.sin(times)[:, None, None] * X
    for hamiltonian in (
        [Z, (X, rf.Spline(times, np.sin(times)))],
        rf.Spline(times, stack),
        lambda t: Z + np.sin(t) * X,
        [0.5 * Z, 0.5 * Z, (X, lambda t: float(np.sin(t)))],
        [(X, np.sin), Z],
        [Z, (0.5 * X, np.sin), (0.5j * X, lambda t: -1j * np.sin(t))],
    ):
        got = rf.Redfield(rf.DrivenSystem(hamiltonian, [X], BATH)).evolve([1, 0], [0.0, 2.0], **TIGHT)
        assert np.abs(got.final_state - expected.final_state).max() < 1e-7
    outside = rf.DrivenSystem([Z, (X, rf.Spline(times, np.sin(times)))], [X], BATH)
    with pytest.raises(ValueError, match=r"\bt\b"):
        rf.Redfield(outside).evolve([1, 0], [0.0, 3.0])


def test_qutip_objects():
    qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")
    x, z = qutip.sigmax(), qutip.sigmaz()
    expected = rf.Redfield(rf.DrivenSystem([Z, (X, np.sin)], [X], BATH)).evolve(
        [1, 0], [0.0, 2.0], **TIGHT
    )
    for hamiltonian in (
        qutip.QobjEvo([z, [x, lambda t: np.sin(t)]]),
        qutip.QobjEvo(lambda t: z + np.sin(t) * x),
        [z, (x, qutip.coefficient(np.sin))],
    ):
        got = rf.Redfield(rf.DrivenSystem(hamiltonian, [x], BATH)).evolve([1, 0], [0.0, 2.0], **TIGHT)
        assert np.abs(got.final_state - expected.final_state).max() < 1e-9


def test_lindblad_with_rates_that_change():
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    equation = rf.Lindblad([np.diag([0.0, 2.0])], [(lower, lambda t: np.sqrt(1.0 + np.sin(t)))])
    times = np.linspace(0.0, 6.0, 13)
    got = equation.evolve([0, 1], times, [np.diag([0, 1])], rtol=1e-9).expect[0]
    assert np.abs(got - np.exp(-(times + 1.0 - np.cos(times)))).max() < 1e-8


def test_outputs_cost_no_accuracy_and_no_steps():
    system = rf.DrivenSystem([H0, (H1, f)], [A], BATH)
    for method in ("dopri5", "magnus"):
        few = rf.Redfield(system).evolve(RHO, [0.0, 5.0], method=method)
        many = rf.Redfield(system).evolve(RHO, np.linspace(0, 5, 57), method=method)
        assert few.stats["steps"] == many.stats["steps"]
        assert np.abs(few.final_state - many.final_state).max() < 1e-12
        assert (
            np.abs(many.states - rf.Redfield(system).evolve(RHO, many.times, **TIGHT).states).max() < 1e-5
        )


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 5),
    st.integers(0, 2**31),
    st.floats(0.05, 20.0),
    st.floats(0.0, 3.0),
    st.sampled_from([0.1, 1.0, np.inf]),
)
def test_conservation_and_covariance(n, seed, speed, amplitude, beta):
    """Trace and Hermiticity stay; a change of basis of all operators is one of the state."""
    h, v, a = (reference.random_hermitian(n, seed + k) for k in range(3))
    rho, u = reference.random_state(n, seed + 3), reference.random_unitary(n, seed + 4)
    bath = rf.OhmicBath(0.05, 3.0, beta)
    turned = [u @ x @ u.conj().T for x in (h, v, a)]

    def evolved(h, v, a, rho):
        system = rf.DrivenSystem([h, (v, lambda t: amplitude * np.cos(speed * t))], [a], bath)
        return rf.Redfield(system).evolve(rho, [0.0, 1.0], rtol=1e-8, atol=1e-9).final_state

    end = evolved(h, v, a, rho)
    assert abs(np.trace(end) - 1.0) < 1e-9
    assert np.abs(end - end.conj().T).max() < 1e-12
    there = evolved(*turned, u @ rho @ u.conj().T)
    assert np.abs(there - u @ end @ u.conj().T).max() < 1e-6


def test_levels_that_cross_and_one_level():
    crossing = rf.DrivenSystem([(Z, lambda t: t)], [X], BATH)  # H = 0 at t = 0
    for kind in (rf.Redfield, rf.Davies, rf.GeometricArithmetic):
        end = kind(crossing).evolve(np.full((2, 2), 0.5), [-1.0, 0.0, 1.0]).final_state
        assert abs(np.trace(end) - 1.0) < 1e-9
    one = rf.DrivenSystem([[[1.0]], ([[2.0]], np.sin)], [[[1.0]]], BATH)
    assert np.abs(rf.Redfield(one).evolve([1.0], [0.0, 1.0]).final_state - 1.0).max() < 1e-12


def test_they_pickle_and_stop():
    def strength(t):
        return np.cos(t)

    equation = rf.Davies(
        rf.DrivenSystem([Z, (X, np.cos)], rf.SiteProjectors(2), BATH), degeneracy_tol=0.0
    )
    again = pickle.loads(pickle.dumps(equation))
    a, b = (e.evolve([1, 0], [0.0, 1.0]).final_state for e in (equation, again))
    assert np.array_equal(a, b)
    stop, told = rf.StopFlag(), []
    slow = rf.DrivenSystem(
        [reference.random_hermitian(40, 1), (np.eye(40) * 0.1, strength)], rf.SiteProjectors(40), BATH
    )

    def tell(fraction):
        told.append(fraction)
        if len(told) == 3:
            stop.set()

    with pytest.raises(rf.Interrupted):
        rf.Redfield(slow).evolve(np.eye(40)[0], [0.0, 1e4], stop=stop, progress=tell)
    assert told == sorted(told)
    assert 0.0 <= told[0] <= told[-1] < 1.0
