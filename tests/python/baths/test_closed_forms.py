"""Spectra that the core computes, against quadrature that shares nothing with it."""

import itertools
import pickle

import mpmath
import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

import redfield as rf


def drude_shift(w, strength, cutoff, beta):
    """η of J = λωω_c²/(ω² + ω_c²) in thirty digits: γ = J θ(ω) and J n, each without its pole."""
    with mpmath.workdps(30):
        w, c, b = mpmath.mpf(w), mpmath.mpf(cutoff), mpmath.mpf(beta)

        def j(x):
            return x * c**2 / (x**2 + c**2)

        def gamma(x):
            if x == 0:
                return 1 / b if mpmath.isfinite(b) else mpmath.mpf(0)
            if not mpmath.isfinite(b):
                return j(x) if x > 0 else mpmath.mpf(0)
            return j(x) / -mpmath.expm1(-b * x)

        # P∫ γ(x)/(w − x) dx = ∫₀^∞ [γ(w − y) − γ(w + y)]/y dy
        edges = sorted(
            {mpmath.mpf(0), abs(w), c / 4, c, 4 * c, *((1 / b,) if mpmath.isfinite(b) else ())}
        )
        integral = mpmath.quad(
            lambda y: (gamma(w - y) - gamma(w + y)) / y,
            [*edges, 10 * edges[-1], 1000 * edges[-1], mpmath.inf],
        )
        return float(strength * integral / (2 * mpmath.pi))


# 2π/β = cutoff is where a pole of J meets one of coth.
@pytest.mark.parametrize("beta", [0.05, 2.0, 2.0 * np.pi / 3.0, 40.0, np.inf])
def test_drude_in_thirty_digits(beta):
    bath = rf.DrudeBath(strength=0.1, cutoff=3.0, beta=beta)
    scale = np.abs(bath.lamb_shift(np.linspace(-10, 10, 41))).max()
    for w in (-20.0, -1.3, 0.4, 7.0):
        assert abs(bath.lamb_shift(w) - drude_shift(w, 0.1, 3.0, beta)) < 1e-12 * max(scale, 0.1)
    assert abs(bath.lamb_shift(0.0) + 0.1 * 3.0 / 4.0) < 1e-15


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=5))
def test_drude_is_the_formula(cutoff, beta, w):
    w = np.array(w)
    bath = rf.DrudeBath(0.2, cutoff, beta)
    u = beta / (2.0 * np.pi)
    bracket = 1.0 / (2.0 * u * cutoff) + np.real(scipy.special.digamma(1.0 + 1j * u * w))
    bracket = bracket - scipy.special.digamma(1.0 + u * cutoff)
    eta = 0.2 * cutoff**2 / (w**2 + cutoff**2) * (-cutoff / 4.0 + w * bracket / (2.0 * np.pi))
    size = (
        0.2 * cutoff**2 / (w**2 + cutoff**2) * (cutoff + np.abs(w) * (1.0 + 1.0 / (beta * cutoff)) * 10)
    )
    assert (np.abs(bath.lamb_shift(w) - eta) <= 1e-13 * size).all()


def table_shift(f, knots, w):
    """(1/2π) P∫ f(x)/(w − x) dx, piece by piece."""
    total = 0.0
    for a, b in itertools.pairwise(knots):
        if a < w < b:
            total -= scipy.integrate.quad(f, a, b, weight="cauchy", wvar=w, epsabs=1e-13, epsrel=1e-12)[0]
        else:
            total += scipy.integrate.quad(lambda x: f(x) / (w - x), a, b, epsabs=1e-13, epsrel=1e-12)[0]
    return total / (2.0 * np.pi)


@pytest.mark.parametrize("beta", [None, 0.7, 25.0])
def test_a_table_is_scipys_monotone_cubic_and_its_transform(beta):
    rng = np.random.default_rng(3)
    w = np.concatenate([[0.0], np.sort(rng.uniform(0.1, 6.0, 9))])
    values = rng.uniform(0.0, 1.0, 10)
    values[[0, -1]] = (0.5, 0.0)
    bath = rf.TabulatedBath(w, values, beta=beta, complete_kms=beta is not None, outside="zero")
    cubic = scipy.interpolate.PchipInterpolator(w, values)

    def gamma(x):
        return float(cubic(x)) if x >= 0.0 else np.exp(beta * x) * float(cubic(-x))

    inner = np.linspace(0.01, w[-1], 57)
    np.testing.assert_allclose(bath.power_spectrum(inner), cubic(inner), atol=1e-14)
    assert bath.power_spectrum(7.0) == 0.0
    knots = list(w)
    if beta is not None:
        np.testing.assert_allclose(
            bath.power_spectrum(-inner), np.exp(-beta * inner) * cubic(inner), atol=1e-14
        )
        knots = sorted([*(-w[1:]), *w])
    for x in (-8.0, -1.234, 0.321, 2.5, 5.9, 300.0):
        assert abs(bath.lamb_shift(x) - table_shift(gamma, knots, x)) < 1e-10
    # At a knot the logarithms of both sides cancel.
    knot = w[4]
    beside = bath.lamb_shift(np.array([knot - 1e-7, knot, knot + 1e-7]))
    assert np.isfinite(beside).all()
    assert np.ptp(beside) < 1e-5


def test_extremes_of_tables():
    with np.errstate(all="raise"):
        two = rf.TabulatedBath([-1e-8, 1e8], [1e-300, 1e300], outside="zero")
        assert np.isfinite(two.lamb_shift(np.array([-1e-8, 0.0, 0.5e8, 1e300]))).all()
        assert two.lamb_shift(1e8) == np.inf  # γ jumps from 1e300 to 0
        cold = rf.TabulatedBath([0.0, 1.0, 2.0], [0.0, 1.0, 0.0], beta=np.inf, complete_kms=True)
        assert cold.power_spectrum(-1.0) == 0.0
        hot = rf.TabulatedBath([0.0, 1.0, 2.0], [0.0, 1.0, 0.0], beta=1e-300, complete_kms=True)
        assert hot.power_spectrum(-1.0) == 1.0
        assert abs(hot.lamb_shift(0.0)) < 1e-13
    again = pickle.loads(pickle.dumps(hot))
    assert again == hot
    assert again.lamb_shift(0.5) == hot.lamb_shift(0.5)


@pytest.mark.parametrize(
    "many",
    [
        rf.DrudeBath.batch(strength=np.array([0.1, 0.2]), cutoff=3.0, beta=np.array([1.0, np.inf])),
        rf.LorentzianBath.batch(strength=np.array([0.1, 0.2]), width=np.array([0.5, 2.0]), centre=1.0),
    ],
)
def test_batches_of_closed_forms_are_each_of_them(many):
    w = np.array([[-1.0, 0.0, 2.0], [0.5, 3.0, -4.0]])
    gamma, eta = type(many[0]).spectra_of_many(
        {k: np.array([getattr(b, k) for b in many]) for k in type(many[0])._numbers}, w, True, 1
    )
    for i, bath in enumerate(many):
        np.testing.assert_array_equal(gamma[i], bath.power_spectrum(w[i]))
        np.testing.assert_array_equal(eta[i], bath.lamb_shift(w[i]))
