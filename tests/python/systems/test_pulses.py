"""Pulses that are short against the evolution: closed forms of their areas, wherever they are and in any units."""

from __future__ import annotations

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf
from redfield import Lindblad

from pulses import RAISED, X, Z, gaussian, raised, square

Y = np.array([[0.0, -1j], [1j, 0.0]])
METHODS = ("dopri5", "magnus")


def propagated(h, first, last, steps):
    """U of H(t) by exponentials of its value in the middle of steps."""
    u = np.eye(len(h(first)), dtype=complex)
    dt = (last - first) / steps
    for k in range(steps):
        u = scipy.linalg.expm(-1j * dt * h(first + (k + 0.5) * dt)) @ u
    return u


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("units", [1e-12, 1.0, 1e9])
@pytest.mark.parametrize(
    ("centre", "width", "last"), [(700, 5, 1000), (57.3, 1, 100), (13.37, 0.1, 20), (3.1, 0.01, 30)]
)
def test_a_pulse_turns_by_its_area(centre, width, last, units, method):
    for area in (np.pi, 0.5):
        pulse = gaussian(area / 2, centre * units, width * units)
        jumps = [1e-9 / np.sqrt(units) * X]
        found = raised([(X, pulse)], [0.0, last * units], jumps, method=method)
        assert found == pytest.approx(np.sin(area / 2) ** 2, abs=2e-5)


@pytest.mark.parametrize("method", METHODS)
def test_pulses_at_the_ends_of_the_span(method):
    first = raised(
        [(X, gaussian(np.pi, 0.0, 0.02))], [0.0, 40.0], method=method
    )  # half of it lies inside
    last = raised([(X, gaussian(np.pi, 40.0, 0.02))], [0.0, 40.0], method=method)
    assert first == pytest.approx(1.0, abs=1e-5)
    assert last == pytest.approx(1.0, abs=1e-5)
    begins = raised([(X, square(np.pi / 2, -1.0, 0.03))], [0.0, 50.0], method=method)
    assert begins == pytest.approx(np.sin(np.pi / 2 * 0.03 / 1.03) ** 2, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0.0, 1.0), st.floats(-3.4, -1.0), st.integers(-12, 12), st.booleans(), st.floats(0.3, 3.0)
)
def test_what_lasts_a_4000th_is_seen_anywhere(place, log_width, log_units, smooth, area):
    units, first = 10.0**log_units, 3.0 * 10.0**log_units
    span = 17.0 * units
    width = max(10.0**log_width, 1.0 / 4000.0) * span
    start = first + place * (span - width)
    if smooth:  # full width at half maximum
        sigma = width / (2.0 * np.sqrt(np.log(2.0)))
        shape = gaussian(area, start + 0.5 * width, sigma)
        inside = 0.5 * (
            scipy.special.erf((first + span - start - 0.5 * width) / sigma)
            - scipy.special.erf((first - start - 0.5 * width) / sigma)
        )
    else:
        shape, inside = square(area, start, start + width), 1.0
    found = raised([(X, shape)], [first, first + span], [1e-9 / np.sqrt(units) * X])
    assert found == pytest.approx(np.sin(area * inside) ** 2, abs=2e-5)


@pytest.mark.parametrize(
    ("first", "last", "span"), [(7.1, 7.12, 20), (600, 603, 1000), (1.234, 1.235, 10)]
)
@pytest.mark.parametrize("units", [1e-9, 1.0])
def test_jumps_cost_no_accuracy(first, last, span, units):
    jumps = [1e-9 / np.sqrt(units) * X]
    for rtol in (1e-4, 1e-6, 1e-8, 1e-11):
        pulse = square(1.0, first * units, last * units)
        found = raised([(X, pulse)], [0.0, span * units], jumps, rtol=rtol, atol=1e-3 * rtol)
        assert found == pytest.approx(np.sin(1.0) ** 2, abs=10.0 * rtol + 2e-9)
    # Jump operators and couplings that are switched on and off.
    switched = Lindblad(np.zeros((2, 2)), [[(2.0 * Z, lambda t: 1.0 * ((t >= first) & (t < last)))]])
    end = switched.evolve(np.full((2, 2), 0.5), [0.0, span], rtol=1e-7).final_state[0, 1]
    assert end == pytest.approx(0.5 * np.exp(-8.0 * (last - first)), abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_pulse_beside_a_splitting(method):
    pulse = gaussian(0.8, 13.37, 0.1)
    u = propagated(lambda t: 0.5 * Z + pulse(t) * X, 12.5, 14.2, 1700)
    found = raised([0.5 * Z, (X, pulse)], [0.0, 20.0], method=method)
    assert found == pytest.approx(abs(u[1, 0]) ** 2, abs=2e-5)


def test_two_pulses_far_apart_and_outputs_between():
    halves = [gaussian(np.pi / 4, c, 0.5) for c in (5.0, 25.0)]
    times = np.linspace(0.0, 30.0, 301)
    both = Lindblad([(X, lambda t: halves[0](t) + halves[1](t))], [0.01 * np.array([[0, 1], [0, 0]])])
    z = both.evolve([1, 0], times, [Z]).expect[0]
    assert z[-1] == pytest.approx(-0.998003, abs=2e-3)
    assert abs(z[150]) < 1e-3  # half way over
    apart = raised(
        [(X, lambda t: gaussian(np.pi / 4, 100.0, 0.3)(t) + gaussian(np.pi / 4, 300.0, 0.3)(t))], [0, 400]
    )
    assert apart == pytest.approx(1.0, abs=1e-5)


def test_trains_of_pulses():
    centres = np.linspace(1.3, 198.9, 200)

    def train(t):
        return sum(gaussian(0.011, c, 0.03)(t) for c in centres)

    assert raised([(X, train)], [0.0, 200.0]) == pytest.approx(np.sin(2.2) ** 2, abs=1e-4)

    def comb(t):
        return 0.02 * ((t % 1.0) < 0.05) / 0.05

    assert raised([(X, comb)], [0.0, 60.0]) == pytest.approx(np.sin(1.2) ** 2, abs=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_pulses_in_jumps_and_couplings(method):
    pulse = gaussian(1.0, 61.7, 0.2)  # ∫f² = 1/(√(2π)·0.2)
    plus = np.full((2, 2), 0.5)
    squared = 1.0 / (np.sqrt(2 * np.pi) * 0.2)
    dephased = Lindblad(np.zeros((2, 2)), [[(0.4 * Z, pulse)]])
    found = dephased.evolve(plus, [0.0, 100.0], method=method).final_state[0, 1]
    assert found == pytest.approx(0.5 * np.exp(-2 * 0.16 * squared), abs=1e-5)
    bath = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=1.0)
    rate = float(bath.power_spectrum(0.0))
    for kind in (rf.Redfield, rf.Davies):
        system = rf.DrivenSystem(np.zeros((2, 2)), [[(Z, pulse)]], bath)
        found = kind(system, lamb_shift=False).evolve(plus, [0.0, 100.0], method=method).final_state[0, 1]
        assert found == pytest.approx(0.5 * np.exp(-2 * rate * squared), abs=1e-5)


def test_pulses_with_a_phase_and_without_an_area():
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    shape = gaussian(np.pi / 2, 33.3, 0.2)
    drive = [
        (lower, lambda t: shape(t) * np.exp(2j * t)),
        (lower.T, lambda t: shape(t) * np.exp(-2j * t)),
    ]
    u = propagated(lambda t: sum(f(t) * x for x, f in drive), 32.0, 34.6, 1500)
    assert raised(drive, [0.0, 90.0]) == pytest.approx(abs(u[1, 0]) ** 2, abs=2e-5)
    # X times a pulse and Y times its derivative, beside a detuning.
    slope = lambda t: -2 * (t - 33.3) / 0.2**2 * shape(t)  # noqa: E731
    drag = [Z, (X, shape), (0.3 * Y, slope)]
    u = propagated(lambda t: Z + shape(t) * X + 0.3 * slope(t) * Y, 32.0, 34.6, 3000)
    assert raised(drag, [0.0, 90.0]) == pytest.approx(abs(u[1, 0]) ** 2, abs=3e-5)
    # A cycle of no area between others that do not commute with it.
    only = [Z, (X, slope)]
    u = propagated(lambda t: Z + slope(t) * X, 32.0, 34.6, 3000)
    assert raised(only, [0.0, 90.0]) == pytest.approx(abs(u[1, 0]) ** 2, abs=3e-5)


@pytest.mark.parametrize("method", METHODS)
def test_edges_of_erf(method):
    def pulse(t):
        edge = lambda at: scipy.special.erf((t - at) / 0.01)  # noqa: E731
        return np.pi / 2 * 0.5 * (edge(41.0) - edge(42.0))

    assert raised([(X, pulse)], [0.0, 100.0], method=method) == pytest.approx(1.0, abs=1e-5)


def test_functions_of_matrices():
    pulse = gaussian(np.pi / 2, 21.7, 0.02)
    found = raised(lambda t: pulse(t) * X, [0.0, 50.0])
    assert found == pytest.approx(1.0, abs=1e-5)
    # Too large for a table of its entries: the function itself is called.
    n = 70
    pair = np.zeros((n, n))
    pair[0, 1] = pair[1, 0] = 1.0
    large = Lindblad(lambda t: gaussian(np.pi / 4, 3.1, 0.01)(t) * pair, [np.zeros((n, n))])
    up = large.evolve(np.eye(n)[0], [0.0, 10.0], [np.diag(np.eye(n)[1])], rtol=1e-5).expect[0][-1]
    assert up == pytest.approx(0.5, abs=1e-4)


def test_arrays_of_samples():
    times = np.linspace(0.0, 1000.0, 2001)
    values = gaussian(np.pi / 2, 700.0, 5.0)(times)
    for f in (
        rf.Spline(times, values),
        scipy.interpolate.CubicSpline(times, values),
        scipy.interpolate.make_interp_spline(times, values, k=3),
        scipy.interpolate.Akima1DInterpolator(times, values),
    ):
        assert raised([(X, f)], [0.0, 1000.0]) == pytest.approx(1.0, abs=1e-4)
    one = np.zeros(2001)
    one[1234] = np.pi  # a triangle of area π/2 on two of 2000 intervals
    found = raised([(X, lambda t: np.interp(t, times, one))], [0.0, 1000.0], breakpoints=[617.0])
    assert found == pytest.approx(np.sin(np.pi * 0.5) ** 2, abs=1e-4)


def test_hints_find_what_samples_miss():
    spike = gaussian(np.pi / 2, 123.456, 1e-5)
    times = [0.0, 300.0]
    assert raised([(X, spike)], times, breakpoints=[123.456]) == pytest.approx(1.0, abs=1e-5)
    assert raised([(X, spike)], times, breakpoints=[123.45605]) == pytest.approx(1.0, abs=1e-5)
    spike.breakpoints = (123.456,)
    assert raised([(X, spike)], times) == pytest.approx(1.0, abs=1e-5)
    narrow = square(np.pi / 2, 123.456, 123.456 + 1e-6)
    edges = [123.456, 123.456 + 1e-6]
    assert raised([(X, narrow)], times, breakpoints=edges) == pytest.approx(1.0, abs=1e-4)
    short = square(np.pi / 2, 12.3456, 12.3556)
    assert raised([(X, short)], [0.0, 100.0], max_step=0.01) == pytest.approx(1.0, abs=1e-5)
    with pytest.raises(ValueError, match="breakpoints"):
        raised([(X, spike)], times, breakpoints=[np.nan])
    memory = rf.Redfield(
        rf.DrivenSystem([(X, gaussian(np.pi / 2, 12.3, 1e-4))], [Z], rf.OhmicBath(1e-9, 5.0, 1.0)),
        history="memory",
    )
    up = memory.evolve([1, 0], [0.0, 30.0], [RAISED], breakpoints=[12.3]).expect[0][-1]
    assert up == pytest.approx(1.0, abs=1e-5)


def test_a_strong_short_pulse_leaves_the_rates_beside_it():
    # Bohr frequencies reach 1e5 within the pulse and are 1 outside; the bath acts below 10.
    bath = rf.OhmicBath(strength=0.05, cutoff=10.0, beta=1.0)
    pulse = gaussian(np.pi / 2, 5.0, 1e-5)
    system = rf.DrivenSystem([-0.5 * Z, (X, pulse)], [X], bath)
    davies = rf.Davies(system, lamb_shift=False)
    up = davies.evolve([1, 0], [0.0, 5.0, 9.0], [RAISED], breakpoints=[5.0]).expect[0]
    down, back = (float(bath.power_spectrum(w)) for w in (1.0, -1.0))
    thermal = back / (down + back)
    first = thermal * (1 - np.exp(-(down + back) * 5.0))
    second = thermal + (1 - first - thermal) * np.exp(-(down + back) * 4.0)
    assert up[-1] == pytest.approx(second, abs=1e-4)


def test_systems_that_repeat():
    pulse = lambda t: gaussian(0.6, 3.21, 0.01)(t % 10.0)  # noqa: E731
    u = scipy.linalg.expm(-0.5j * 6.69 * Z) @ propagated(
        lambda t: 0.5 * Z + pulse(t) * X, 3.11, 3.31, 1000
    )
    u = u @ scipy.linalg.expm(-0.5j * 3.11 * Z)
    expected = np.sort(-np.angle(np.linalg.eigvals(u)) / 10.0)
    bath = rf.OhmicBath(strength=1e-3, cutoff=5.0, beta=1.0)
    system = rf.PeriodicSystem([0.5 * Z, (X, pulse)], 10.0, [np.eye(2)], bath, tol=1e-2)
    assert system.quasienergies == pytest.approx(expected, abs=1e-4)
    # A jump operator of short pulses beside a constant H: only its own decay.
    short = lambda t: np.sqrt(gaussian(0.3, 3.21, 0.05)(t % 10.0))  # noqa: E731
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    decays = rf.Lindblad(0.5 * Z, [[(lower, short)]], period=10.0, tol=1e-6)
    up = decays.evolve([0, 1], [0.0, 50.0], [RAISED]).expect[0][-1]
    assert up == pytest.approx(np.exp(-5 * 0.3), abs=1e-4)
    lead = rf.ParticleBath(lambda w: np.exp(-(w**2) / 8), beta=1.0)
    chain = rf.QuadraticSystem([0.5 * Z, (X, pulse)], 0.01, lead, tol=1e-2, period=10.0)
    assert np.sort(chain.quasienergies) == pytest.approx(expected, abs=1e-4)
