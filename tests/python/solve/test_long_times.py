"""Evolutions over times at which ε‖𝓛‖t is no rounding error any more, against closed forms and mpmath."""

import functools

import mpmath
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf
from redfield import _core

from reference import norm1, random_hermitian, random_state

X = np.array([[0.0, 1.0], [1.0, 0.0]])
Z = np.diag([1.0, -1.0])
LOWER = np.array([[0.0, 0.0], [1.0, 0.0]])
UNITS = (1e-12, 1.0, 4e9, 1e15)


def site(o, j, n):
    return functools.reduce(np.kron, [o if k == j else np.eye(2) for k in range(n)])


def qubit_map(w, bath, t):
    """Populations (2, 2) and the factor of ρ_01 of H = wσz/2, A = σx under Davies' equation."""
    down, up = (float(bath.power_spectrum(np.array([x]))[0]) for x in (w, -w))
    total, turn = down + up, float(np.diff(bath.lamb_shift(np.array([-w, w])))[0])
    stay = np.array([[up, up], [down, down]]) / total
    populations = stay + np.exp(-total * t) * (np.eye(2) - stay)
    return populations, np.exp(-0.5 * total * t - 1j * (w + turn) * t)


def product_solution(rho, frequencies, bath, t):
    n = len(frequencies)
    x = np.asarray(rho, dtype=complex).reshape((2,) * (2 * n))
    for j, w in enumerate(frequencies):
        p, factor = qubit_map(w, bath, t)
        x = np.moveaxis(x, (j, n + j), (0, 1)).copy()
        up, down = p[0, 0] * x[0, 0] + p[0, 1] * x[1, 1], p[1, 0] * x[0, 0] + p[1, 1] * x[1, 1]
        x[0, 0], x[1, 1] = up, down
        x[0, 1] *= factor
        x[1, 0] *= np.conj(factor)
        x = np.moveaxis(x, (0, 1), (j, n + j))
    return x.reshape(2**n, 2**n)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("frequencies", [(1.0, 1.1), (0.7, 0.7), (1.0, 2.5, 0.8)])
def test_uncoupled_qubits_are_products_at_any_time(frequencies, unit):
    n = len(frequencies)
    h = unit * sum(0.5 * w * site(Z, j, n) for j, w in enumerate(frequencies))
    bath = rf.OhmicBath(1.3e-3, 5.0 * unit, 0.8 / unit)
    equation = rf.Davies(rf.System(h, [site(X, j, n) for j in range(n)], bath))
    rho = random_state(2**n, 4)
    for t in (30.0, 2e4, 1e8, 1e12, 1e16, 3e17, 1e30):
        found = equation.evolve(rho, [0.0, t / unit]).final_state
        expected = product_solution(rho, unit * np.array(frequencies), bath, t / unit)
        assert norm1(found - expected) < 1e-7
        assert abs(np.trace(found) - 1.0) < 1e-12


@pytest.mark.parametrize("unit", UNITS)
def test_spins_that_decay_alone_are_products_under_lindblads_equation(unit):
    frequencies, rates = (1.0, 0.63, 1.7), (1e-7, 3e-9, 2e-8)
    h = unit * sum(0.5 * w * site(Z, j, 3) for j, w in enumerate(frequencies))
    equation = rf.Lindblad(h, [np.sqrt(g * unit) * site(LOWER, j, 3) for j, g in enumerate(rates)])
    start = [random_state(2, 7 + j) for j in range(3)]
    for t in (1e6, 1e8, 5e8, 1e10, 1e14, 1e18):
        found = equation.evolve(
            functools.reduce(np.kron, start), [0.0, t / unit], method="exponential", rtol=1e-5
        ).final_state
        parts = []
        for rho, w, g in zip(start, frequencies, rates, strict=True):
            up = rho[0, 0] * np.exp(-g * t)
            off = rho[0, 1] * np.exp(-(0.5 * g + 1j * w) * t)
            parts.append(np.array([[up, off], [np.conj(off), 1.0 - up]]))
        expected = functools.reduce(np.kron, parts)
        assert np.abs(np.diag(found - expected)).max() < 1e-8
        assert (
            np.linalg.norm(np.abs(found) - np.abs(expected)) < 1e-6
        )  # magnitudes, whatever phases are known to
        assert norm1(found - expected) < 1.1e-5


def exact_redfield(energies, couplings, gamma, t, rho):
    """e^{𝓛t}ρ for H = diag(E), from sums of 60 digits; gamma(ω) is a complex number of double precision."""
    with mpmath.workdps(60):
        n = len(energies)
        e = [mpmath.mpf(float(x)) for x in energies]
        generator = mpmath.zeros(n * n)
        for a in couplings:
            a = mpmath.matrix(a.tolist())
            b = mpmath.matrix(n, n)
            for k in range(n):
                for m in range(n):
                    g = gamma(float(energies[m] - energies[k]))
                    b[k, m] = mpmath.mpc(g.real, g.imag) * a[k, m]
            k = a * b
            for i in range(n):
                for j in range(n):
                    for c in range(n):
                        for d in range(n):
                            x = b[i, c] * a[j, d] + a[i, c] * mpmath.conj(b[j, d])
                            x -= (k[i, c] if j == d else 0) + (mpmath.conj(k[j, d]) if i == c else 0)
                            generator[i + n * j, c + n * d] += x
        for i in range(n):
            for j in range(n):
                generator[i + n * j, i + n * j] -= 1j * (e[i] - e[j])
        size = max(sum(abs(generator[i, j]) for i in range(n * n)) for j in range(n * n)) * t
        doublings = max(0, int(mpmath.ceil(mpmath.log(size, 2))) + 4)
        small = generator * (mpmath.mpf(t) / mpmath.mpf(2) ** doublings)
        whole = term = mpmath.eye(n * n)
        for order in range(1, 30):
            term = term * small / order
            whole = whole + term
        for _ in range(doublings):
            whole = whole * whole
        out = whole * mpmath.matrix(np.asarray(rho).ravel("F").tolist())
        return np.array([complex(x) for x in out]).reshape((n, n), order="F")


@pytest.mark.parametrize(
    ("levels", "elements", "time"),
    [
        # Slow rates beside fast ones, weak and strong damping, fast turns.
        ((0.0, 1.0, 1000.0), {(0, 1): 1e-4, (1, 2): 100.0}, 1e8),
        ((0.0, 1.3, 700.0), {(0, 1): 3e-5, (1, 2): 7.0}, 3e9),
        ((0.0, 1.0, 2.7), {(0, 1): 1.0, (1, 2): 0.6, (0, 2): -0.4}, 1e12),
        ((0.0, 3e14, 1.1e15), {(0, 1): 1.0, (1, 2): 0.5}, 2.0),
    ],
)
def test_redfields_populations_keep_their_digits(levels, elements, time):
    n = len(levels)
    a = np.zeros((n, n))
    for (k, m), value in elements.items():
        a[k, m] = a[m, k] = value
    bath = (
        rf.FlatBath(1.0)
        if levels[1] < 2 and levels[2] > 100
        else rf.OhmicBath(1e-3 / max(1.0, levels[1]), 1e16, 1.0)
    )
    system = rf.System(np.diag(levels), [a], bath)
    equation = rf.Redfield(system, lamb_shift=False)
    # Coherences of these frequencies would have no phases left.
    rho = random_state(n, 3) if levels[1] < 1e10 else np.diag([0.2, 0.5, 0.3])

    def gamma(w):
        return complex(0.5 * float(bath.power_spectrum(np.array([w]))[0]))

    found = equation.evolve(rho, [0.0, time]).final_state
    expected = exact_redfield(levels, [a], gamma, time, rho)
    assert norm1(found - expected) < 1e-6
    assert abs(np.trace(found) - 1.0) < 1e-12


@pytest.mark.parametrize("unit", UNITS)
def test_a_general_system_comes_to_rest_and_stays_there(unit):
    h, a = unit * random_hermitian(4, 21), random_hermitian(4, 22)
    equation = rf.Redfield(rf.System(h, [a], rf.OhmicBath(2e-3, 5.0 * unit, 1.0 / unit)))
    steady = equation.steady_state().state
    for t in (1e8, 1e10, 1e12, 1e15, 1e18):
        for end in (t, 1.7 * t):
            found = equation.evolve(
                random_state(4, 5), np.array([0.0, 0.3, 1.0]) * end / unit
            ).final_state
            assert norm1(found - steady) < 1e-9


def test_a_state_that_rounding_decides_is_refused():
    # Undamped coherences, whose phases the energies do not tell any more, and a closed system.
    closed = rf.Lindblad(np.diag([0.0, 0.7, 1.9]), [])
    rho = random_state(3, 2)
    short = closed.evolve(rho, [0.0, 1e3], method="exponential").final_state
    turns = np.exp(-1e3j * np.subtract.outer([0.0, 0.7, 1.9], [0.0, 0.7, 1.9]))
    assert norm1(short - turns * rho) < 1e-9
    with pytest.raises(rf.ConvergenceError):
        closed.evolve(rho, [0.0, 1e13], method="exponential")
    populations = np.diag([0.2, 0.3, 0.5])
    assert (
        norm1(closed.evolve(populations, [0.0, 1e13], method="exponential").final_state - populations)
        < 1e-12
    )


@settings(max_examples=25, deadline=None)
@given(
    st.integers(2, 6),
    st.integers(0, 10**6),
    st.floats(-2.0, 2.0),
    st.floats(-2.0, 1.0),
    st.floats(-1.0, 2.5),
    st.floats(-10.0, -2.0),
)
def test_the_expansion_keeps_what_it_promises(n, seed, size, damping, duration, log_rtol):
    rng = np.random.default_rng(seed)
    jumps = [
        10.0**damping
        * (rng.standard_normal((n, n)) + 1j * rng.standard_normal((n, n)))
        * (rng.random((n, n)) < 0.4)
        for _ in range(int(rng.integers(1, 4)))
    ]
    equation = rf.Lindblad(10.0**size * random_hermitian(n, seed), jumps)
    matrix = equation.liouvillian().toarray()
    t, rho = 10.0**duration / np.linalg.norm(matrix, 2), random_state(n, seed + 1)
    if seed % 2:
        rho = np.outer(rho[:, 0], rho[:, 0].conj()) / np.linalg.norm(rho[:, 0]) ** 2
    found = equation.evolve(
        rho, [0.0, 0.4 * t, t], method="chebyshev", rtol=10.0**log_rtol, atol=0.0
    ).final_state
    expected = (scipy.linalg.expm(matrix * t) @ rho.ravel("F")).reshape((n, n), order="F")
    assert norm1(found - expected) <= 10.0**log_rtol + 1e-13


@settings(max_examples=50, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(-9.0, 9.0), st.integers(2, 3000))
def test_uniform_grids_are_one_run_and_others_keep_their_times(start, exponent, count):
    step = 10.0**exponent
    if abs(start) < 1e12 * step:
        grid = start + step * np.arange(count)
        runs = _core.equal_steps(grid)
        assert sum(n for n, _ in runs) == count - 1
        assert len(runs) == 1 or step < 1e-3 * abs(start)
    times = np.concatenate([[0.0], np.geomspace(1e-9, 1e9, count)])
    runs = _core.equal_steps(times)
    reached = np.cumsum(np.concatenate([np.full(n, length) for n, length in runs]))
    assert np.abs(reached / times[1:] - 1.0).max() < 1e-12


def test_many_outputs_are_those_of_each_alone():
    h, a = random_hermitian(3, 31), random_hermitian(3, 32)
    equation, rho = rf.Redfield(rf.System(h, [a], rf.OhmicBath(1e-2, 5.0, 1.0))), random_state(3, 33)
    for end in (999.0, 999.9, 1e9):
        times = np.linspace(0.0, end, 1001)
        states = equation.evolve(rho, times, method="exponential").states
        for i in (1, 500, 1000):
            alone = equation.evolve(rho, [0.0, times[i]], method="exponential").final_state
            assert norm1(states[i] - alone) < 1e-10


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("kind", [rf.Davies, rf.Redfield])
def test_counted_moments_grow_as_their_cumulants(kind, unit):
    h = unit * (0.5 * site(Z, 0, 2) + 0.55 * site(Z, 1, 2) + 0.1 * np.kron(X, X))
    baths = [rf.OhmicBath(1e-3, 5.0 * unit, 1.0 / unit), rf.OhmicBath(2e-3, 5.0 * unit, 0.4 / unit)]
    counting = rf.analysis.Counting(kind(rf.System(h, [site(X, 0, 2), site(X, 1, 2)], baths)))
    cumulants, rho = counting.cumulants(), np.diag([1.0, 0.0, 0.0, 0.0])
    means, variances = zip(
        *(counting.moments(rho, t / unit) for t in (1e7, 2e7, 1e10, 1e12, 1e15)), strict=True
    )
    # What the start leaves does not grow: differences are exact.
    np.testing.assert_allclose((means[1] - means[0]) * unit / 1e7, cumulants.mean, rtol=1e-7)
    np.testing.assert_allclose(
        (variances[1] - variances[0]) * unit / 1e7, np.diag(cumulants.covariance), rtol=1e-6
    )
    for t, mean, variance in zip((1e10, 1e12, 1e15), means[2:], variances[2:], strict=True):
        np.testing.assert_allclose(mean * unit / t, cumulants.mean, rtol=1e-5)
        np.testing.assert_allclose(variance * unit / t, np.diag(cumulants.covariance), rtol=1e-5)
    short = counting.moments(rho, 0.0)
    assert not short[0].any()
    assert not short[1].any()
