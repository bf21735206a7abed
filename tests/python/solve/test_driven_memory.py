"""Redfield's equation with a memory, against its own integral by SciPy, exact solutions and its limits."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.integrate
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

import reference

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(strength=0.02, cutoff=3.0, beta=1.0)
TIGHT = {"rtol": 1e-10, "atol": 1e-12}
PASTS = ("exponentials", "quadrature")


def memory(system, past="auto"):
    return rf.Redfield(system, history="memory", correlation=past)


@pytest.fixture(scope="module")
def three_levels():
    """A drive, a coupling that is not Hermitian, one that moves, and ρ by the integral over the past."""
    n, last, points = 3, 2.0, 40
    h0, h1, a0 = (reference.random_hermitian(n, s) for s in (1, 2, 3))
    a1 = reference.random_hermitian(n, 4) @ reference.random_hermitian(n, 5)
    baths = [BATH, rf.UnderdampedBath(strength=0.05, frequency=1.5, damping=0.4, beta=2.0)]

    def h(t):
        return h0 + np.sin(0.7 * t) * h1

    def couplings(t):
        return np.cos(t) * a0, a1

    solved = scipy.integrate.solve_ivp(
        lambda t, u: (-1j * h(t) @ u.reshape(n, n)).ravel(),
        (0.0, last),
        np.eye(n, dtype=complex).ravel(),
        method="DOP853",
        rtol=1e-11,
        atol=1e-12,
        dense_output=True,
    ).sol
    x = np.cos(np.pi * (np.arange(points) + 0.5) / points)

    def past(j, t):
        def integrand(s):
            u = solved(t).reshape(n, n) @ solved(t - s).reshape(n, n).conj().T
            return baths[j].correlation(s) * (u @ couplings(t - s)[j] @ u.conj().T)

        return scipy.integrate.quad_vec(integrand, 0.0, t, epsrel=1e-9, epsabs=1e-11)[0]

    series = [
        np.polynomial.chebyshev.chebfit(
            x, [past(j, 0.5 * last * (y + 1.0)).ravel() for y in x], points - 1
        )
        for j in range(2)
    ]

    def change(t, y):
        rho = y.reshape(n, n)
        out = -1j * (h(t) @ rho - rho @ h(t))
        for j, a in enumerate(couplings(t)):
            lam = np.polynomial.chebyshev.chebval(2.0 * t / last - 1.0, series[j]).reshape(n, n)
            half = lam @ rho @ a.conj().T - a.conj().T @ lam @ rho
            out = out + half + half.conj().T
        return out.ravel()

    rho = reference.random_state(n, 6)
    times = [0.0, 0.7, last]
    states = scipy.integrate.solve_ivp(
        change, (0.0, last), rho.ravel(), method="DOP853", rtol=1e-10, atol=1e-12, t_eval=times
    ).y.T.reshape(-1, n, n)
    system = rf.DrivenSystem([h0, (h1, lambda t: np.sin(0.7 * t))], [(a0, np.cos), a1], baths)
    return system, rho, times, states


@pytest.mark.filterwarnings("ignore::redfield.UnpairedCouplingWarning")
@pytest.mark.parametrize("past", PASTS)
def test_it_is_the_integral_over_the_past(three_levels, past):
    system, rho, times, states = three_levels
    result = memory(system, past).evolve(rho, times, **TIGHT)
    assert np.abs(result.states - states).max() < 1e-9
    at_once = rf.Redfield(system).evolve(rho, times, **TIGHT)
    assert np.abs(at_once.states - states).max() > 1e-3  # or the test would tell nothing


def test_pure_dephasing_is_exact():
    """σz ⊗ B: ρ₀₁(t) = ρ₀₁(0) exp(−4 ∫₀ᵗds (t − s) Re C(s)), which second order is exact for."""
    rho = 0.5 * np.ones((2, 2))
    times = np.linspace(0.0, 4.0, 5)
    for past in PASTS:
        for h in (Z, [Z, (Z, lambda t: 3.0 * t)]):
            result = memory(rf.DrivenSystem(h, [Z], BATH), past).evolve(rho, times, **TIGHT)
            exact = [
                0.5
                * np.exp(
                    -4.0
                    * scipy.integrate.quad(
                        lambda s, t=t: (t - s) * BATH.correlation(s).real, 0.0, t, epsabs=1e-13
                    )[0]
                )
                for t in times
            ]
            np.testing.assert_allclose(np.abs(result.states[:, 0, 1]), exact, atol=2e-9)


def by_quadrature(h, couplings, strength, width, centre, rho, last, points=4001):
    """ρ(last) by Λ_j(t) = ∫₀ᵗds C(s)e^{−iHs}A_je^{iHs} on a grid, Simpson's rule, and Runge and Kutta's on every other
    point; C(s) = ½λW e^{−iω₀s−Ws}."""
    s = np.linspace(0.0, last, points)
    e, v = np.linalg.eigh(h)
    c = 0.5 * strength * width * np.exp(-(width + 1j * centre) * s)
    turning = np.exp(-1j * np.multiply.outer(s, e[:, None] - e))
    lambdas = []
    for a in couplings:
        values = c[:, None, None] * turning * (v.conj().T @ a @ v)
        whole = scipy.integrate.cumulative_simpson(values, dx=s[1], axis=0, initial=0.0)
        lambdas.append(v @ whole @ v.conj().T)

    def change(k, x):
        out = -1j * (h @ x - x @ h)
        for a, lam in zip(couplings, lambdas, strict=True):
            half = lam[k] @ x @ a.conj().T - a.conj().T @ lam[k] @ x
            out = out + half + half.conj().T
        return out

    x, step = rho, 2.0 * s[1]
    for k in range(0, points - 1, 2):
        one = change(k, x)
        two = change(k + 1, x + 0.5 * step * one)
        three = change(k + 1, x + 0.5 * step * two)
        x = x + step / 6.0 * (one + 2.0 * two + 2.0 * three + change(k + 2, x + step * three))
    return x


@pytest.mark.filterwarnings("ignore::redfield.UnpairedCouplingWarning")
@pytest.mark.parametrize("past", PASTS)
@pytest.mark.parametrize("n", [2, 3])
def test_a_constant_system_remembers_as_the_quadrature_says(n, past):
    h = reference.random_hermitian(n, 7)
    couplings = [
        reference.random_hermitian(n, 8),
        reference.random_hermitian(n, 9) @ np.diag(np.arange(n) + 1.0j),
    ]
    number = {"strength": 0.03, "width": 0.8, "centre": 0.4}
    rho, last = reference.random_state(n, 10), 3.0
    wanted = by_quadrature(h, couplings, **number, rho=rho, last=last)
    system = rf.System(h, couplings, rf.LorentzianBath(**number))
    result = memory(system, past).evolve(rho, [0.0, 1.0, last], **TIGHT)
    assert result.equation.system is system
    assert np.abs(result.final_state - wanted).max() < 1e-9
    assert np.abs(rf.Redfield(system).evolve(rho, [0.0, last], **TIGHT).final_state - wanted).max() > 1e-3


@pytest.mark.filterwarnings("ignore::redfield.UnpairedCouplingWarning")
def test_a_constant_system_remembers_as_the_driven_one_and_settles_where_redfield_does():
    h, a = reference.random_hermitian(3, 11), reference.random_hermitian(3, 12)
    rho, times = reference.random_state(3, 13), [0.0, 0.5, 4.0, 60.0]
    for couplings in ([a], [scipy.sparse.csr_array(np.diag([1.0, 0.0, -1.0]))], rf.SiteProjectors(3)):
        still = rf.System(h, couplings, BATH)
        dense = (
            [x.toarray() if hasattr(x, "toarray") else x for x in couplings]
            if isinstance(couplings, list)
            else couplings
        )
        moving = rf.DrivenSystem(h, dense, BATH)
        found, wanted = (memory(x).evolve(rho, times, **TIGHT).states for x in (still, moving))
        assert np.abs(found - wanted).max() < 1e-12
        late = memory(still).evolve(rho, [0.0, 4000.0]).final_state
        assert np.abs(late - rf.Redfield(still).steady_state().state).max() < 1e-5


def test_a_constant_system_forgets_its_start():
    still = rf.DrivenSystem(0.5 * Z + 0.3 * X, [X], BATH)
    late = memory(still).evolve([1, 0], [0.0, 2000.0]).final_state
    steady = rf.Redfield(still.at(0.0)).steady_state().state
    assert np.abs(late - steady).max() < 1e-5


def test_slow_drives_make_it_instantaneous():
    """The difference at the same phase of the drive falls as its speed; what the start leaves is gone."""
    differences = []
    for speed in (0.01, 0.005, 0.0025):
        strong = rf.OhmicBath(strength=0.2, cutoff=3.0, beta=1.0)
        system = rf.DrivenSystem([0.5 * Z, (X, lambda t, v=speed: np.sin(v * t))], [Z + 0.5 * X], strong)
        start = system.at(0.0).gibbs_state()
        times = [0.0, (1.0 + 4.0 * np.pi) / speed]
        both = [
            e.evolve(start, times, **TIGHT).final_state for e in (memory(system), rf.Redfield(system))
        ]
        differences.append(np.abs(both[0] - both[1]).max())
    ratios = np.array(differences[:-1]) / np.array(differences[1:])
    assert (np.abs(ratios - 2.2) < 0.5).all(), differences


def test_a_white_bath_remembers_nothing():
    drive = [0.5 * Z, (X, np.cos)]
    a = memory(rf.DrivenSystem(drive, [X], rf.FlatBath(0.1))).evolve([1, 0], [0.0, 10.0], **TIGHT)
    b = rf.Lindblad(drive, [np.sqrt(0.1) * X]).evolve([1, 0], [0.0, 10.0], **TIGHT)
    assert np.abs(a.final_state - b.final_state).max() < 1e-8


@pytest.mark.parametrize(
    "function",
    [
        lambda t: float(t > 7.3),
        lambda t: abs(t - 7.3),
        lambda t: 5.0 * np.exp(-((t - 11.0) ** 2) / 2e-4),
        lambda t: np.cos(300.0 * t),
        rf.Spline(np.linspace(0.0, 20.0, 40), np.sin(np.linspace(0.0, 9.0, 40))),
    ],
    ids=["jump", "kink", "pulse", "fast", "spline"],
)
def test_drives_that_are_not_slow_and_smooth(function):
    system = rf.DrivenSystem([0.5 * Z, (X, function)], [X + 0.3 * Z], BATH)
    tight = {"rtol": 1e-9, "atol": 1e-11}
    whole = memory(system).evolve([1, 0], [0.0, 20.0], **tight).final_state
    fine = memory(system).evolve([1, 0], [0.0, 7.3, 20.0], max_step=0.05, **tight).final_state
    assert np.abs(whole - fine).max() < 3e-8
    assert abs(np.trace(whole) - 1.0) < 1e-10


def test_scales_and_sizes():
    drive = (X, np.cos)
    plain = memory(rf.DrivenSystem([0.5 * Z, drive], [X], BATH)).evolve([1, 0], [0.0, 20.0], **TIGHT)
    shifted = rf.DrivenSystem([0.5 * Z + 1e6 * np.eye(2), drive], [X], BATH)
    late = rf.DrivenSystem([0.5 * Z, (X, lambda t: np.cos(t + 7.0))], [X], BATH)
    for result in (
        memory(shifted).evolve([1, 0], [0.0, 20.0], **TIGHT),
        memory(late).evolve([1, 0], [-7.0, 13.0], **TIGHT),
    ):
        assert np.abs(result.final_state - plain.final_state).max() < 1e-8
    scaled = rf.DrivenSystem(
        [0.5e-6 * Z, (1e-6 * X, lambda t: np.cos(1e-6 * t))], [X], rf.OhmicBath(0.02, 3e-6, 1e6)
    )
    result = memory(scaled).evolve([1, 0], [0.0, 20e6], **TIGHT)
    assert np.abs(result.final_state - plain.final_state).max() < 1e-8
    one = memory(rf.DrivenSystem([[1.0]], [np.eye(1)], BATH)).evolve([1], [0.0, 5.0])
    assert one.final_state == 1.0
    nothing = memory(rf.DrivenSystem(Z, [X], BATH)).evolve([1, 0], [3.0, 3.0])
    assert np.array_equal(nothing.states[0], nothing.states[1])


@settings(max_examples=8, deadline=None)
@given(n=st.integers(1, 5), seed=st.integers(0, 1000), frequency=st.floats(0.0, 3.0))
def test_conservation_and_covariance(n, seed, frequency):
    h0, h1, a = (reference.random_hermitian(n, seed + k) for k in range(3))
    rho, u = reference.random_state(n, seed + 3), reference.random_unitary(n, seed + 4)

    def final(v):
        turn = [v @ x @ v.conj().T for x in (h0, h1, a, rho)]
        system = rf.DrivenSystem([turn[0], (turn[1], lambda t: np.cos(frequency * t))], [turn[2]], BATH)
        return memory(system).evolve(turn[3], [0.0, 3.0], **TIGHT).final_state

    one, other = final(np.eye(n)), final(u)
    assert abs(np.trace(one) - 1.0) < 1e-10
    assert np.abs(one - one.conj().T).max() < 1e-13
    assert np.abs(u @ one @ u.conj().T - other).max() < 1e-8
