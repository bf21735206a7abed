"""1/f and hybrid noise against their own integrals, fluctuators against closed forms."""

import pickle

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf
from redfield import Fluctuator, average

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])


@settings(max_examples=30, deadline=None)
@given(
    low=st.floats(1e-6, 1e3),
    octaves=st.floats(0.1, 40.0),
    w=st.floats(-1e6, 1e6),
)
def test_one_over_f_is_an_integral_over_fluctuators(low, octaves, w):
    high = low * 2**octaves
    bath = rf.OneOverFBath(0.3, low, high)

    def over(f):
        """∫dΓ/Γ f(Γ)."""
        nodes, weights = np.polynomial.legendre.leggauss(400)
        half = 0.5 * np.log(high / low)
        return half * (weights @ f(np.exp(np.log(low) + half * (nodes + 1))))

    gamma = 0.3 * over(lambda g: 2 * g / (w * w + g * g))
    assert bath.power_spectrum(w) == pytest.approx(gamma, rel=1e-9)
    assert bath.lamb_shift(w) == pytest.approx(0.3 * over(lambda g: w / (w * w + g * g)), rel=1e-9)
    t = 1.0 / high
    assert bath.correlation(t) == pytest.approx(0.3 * over(lambda g: np.exp(-g * t)), rel=1e-9)
    assert bath.correlation(0.0) == pytest.approx(0.3 * np.log(high / low))


def test_one_over_f_transforms_into_each_other():
    bath = rf.OneOverFBath(0.01, 0.01, 10.0)
    numeric = rf.SpectrumBath(bath.power_spectrum, scale=0.01)
    w, t = np.linspace(-20, 20, 41), np.linspace(0.0, 30.0, 7)
    assert np.abs(bath.lamb_shift(w) - numeric.lamb_shift(w)).max() < 1e-8
    assert np.abs(bath.correlation(t) - numeric.correlation(t)).max() < 1e-8
    assert pickle.loads(pickle.dumps(bath)) == bath
    for wrong in ({"low": 0.0}, {"low": 20.0}, {"strength": -1.0}, {"high": np.inf}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            rf.OneOverFBath(**{"strength": 0.1, "low": 0.1, "high": 10.0} | wrong)


@pytest.mark.parametrize("width", [0.05, 0.5, 4.0])
@pytest.mark.parametrize("beta", [0.3, 5.0])
def test_hybrid_noise_is_a_convolution_that_keeps_detailed_balance(width, beta):
    bath = rf.HybridOhmicBath(width, 0.04, 15.0, beta)
    epsilon = 0.5 * beta * width**2

    def slow(w):
        return np.sqrt(np.pi / 2) / width * np.exp(-((w - 4 * epsilon) ** 2) / (8 * width**2))

    def fast(w):
        thermal = w / -np.expm1(-beta * w) if w and beta * w > -700 else 0.0 if w else 1 / beta
        s = 0.04 * thermal * np.exp(-abs(w) / 15.0)
        return 4 * s / (w * w + 4 * (0.04 / beta) ** 2)

    for w in (-0.7, 0.0, 0.3, 4 * epsilon, 5.0):
        points = sorted({0.0, 0.04 / beta, -0.04 / beta, w - 4 * epsilon})
        reach = max(40 * width, 1.0)
        expected = scipy.integrate.quad(
            lambda v, w=w: slow(w - v) * fast(v),
            w - 4 * epsilon - reach,
            w - 4 * epsilon + reach,
            points=[p for p in points if abs(p - w + 4 * epsilon) < reach],
            limit=2000,
            epsabs=1e-14,
        )[0] / (2 * np.pi)
        assert bath.power_spectrum(w) == pytest.approx(expected, rel=1e-7, abs=1e-13)
    assert bath.kms_defect(np.linspace(0.0, 8 * width, 9)) < 1e-10
    # Both ways of far frequencies meet.
    edge = 4 * epsilon + 60.0 * width
    near, far = bath.power_spectrum([edge * (1 - 1e-9), edge * (1 + 1e-9)])
    assert near == pytest.approx(far, rel=1e-6)


def test_hybrid_noise_has_a_lamb_shift_and_drives_a_qubit():
    bath = rf.HybridOhmicBath(0.5, 0.05, 10.0, 1.0)
    system = rf.System(0.4 * Z, [0.1 * X], bath)
    steady = rf.Davies(system).steady_state().state
    assert rf.trace_norm(steady - system.gibbs_state()) < 1e-9


@pytest.mark.parametrize(("amplitude", "rate"), [(0.2, 1.0), (1.5, 0.4)])
def test_a_fluctuator_dephases_as_its_closed_form(amplitude, rate):
    # H = bξσᶻ turns ⟨σ₋⟩ by 2bξ.
    still = rf.Lindblad(np.zeros((2, 2)), [np.zeros((2, 2))])
    noise = Fluctuator(Z, amplitude, rate)
    tlist = np.linspace(0.0, 3.0, 7)
    mean = average(still, [noise], np.ones(2) / np.sqrt(2), tlist, [X], samples=300, seed=5, rtol=1e-8)
    mu = np.emath.sqrt(rate**2 - (2 * amplitude) ** 2)
    closed = np.exp(-rate * tlist) * (np.cosh(mu * tlist) + rate / mu * np.sinh(mu * tlist))
    assert (np.abs(mean.expect[0] - closed.real) <= 4.5 * mean.errors[0] + 1e-7).all()
    assert mean.errors[0][1:].max() > 0
    assert np.allclose(2 * mean.states[:, 0, 1].real, mean.expect[0])


def test_averages_do_not_depend_on_threads_and_know_of_baths():
    bath = rf.OhmicBath(strength=0.05, cutoff=5.0, beta=1.0)
    system = rf.DrivenSystem([0.5 * Z, (0.2 * X, np.cos)], [X], bath)
    noises = [Fluctuator(Z, 0.3, 2.0), Fluctuator(X, 0.1, 0.5)]
    a, b = (
        average(
            rf.Redfield(system, False),
            noises,
            [1, 0],
            [0.0, 2.0],
            [Z],
            samples=8,
            seed=3,
            threads=k,
        )
        for k in (1, 2)
    )
    assert (a.states == b.states).all()
    assert a.samples == 8
    lower = scipy.sparse.csr_array([[0.0, 1.0], [0.0, 0.0]])
    named = average(
        rf.Redfield(system, False), noises, [1, 0], [0.0, 2.0], {"z": Z, "σ": lower}, samples=8, seed=3
    )
    assert np.array_equal(named.expect["z"], a.expect[0])
    assert np.array_equal(named.errors["z"], a.errors[0])
    assert np.allclose(named.expect["σ"], a.states[:, 1, 0], atol=1e-14)
    assert named.expect[1] is named.expect["σ"]
    assert list(named.errors) == ["z", "σ"]
    alone = average(rf.Redfield(system, False), noises, [1, 0], [0.0, 2.0], Z, samples=8, seed=3)
    assert np.array_equal(alone.expect[0], a.expect[0])
    # One course by itself, with its jumps known.
    course = noises[0].course(0.0, 2.0, np.random.default_rng(7))
    one = rf.Redfield(system.with_terms([(Z, course)]), False).evolve([1, 0], [0.0, 2.0], rtol=1e-9)
    state, start = np.diag([1.0, 0.0]).astype(complex), 0.0
    for end, value in zip([*course.jumps, 2.0], [course(t) for t in [0.0, *course.jumps]], strict=True):
        part = rf.DrivenSystem([0.5 * Z + value * Z, (0.2 * X, np.cos)], [X], bath)
        state = rf.Redfield(part, False).evolve(state, [start, end], rtol=1e-9).final_state
        start = end
    assert np.abs(one.final_state - state).max() < 1e-7
