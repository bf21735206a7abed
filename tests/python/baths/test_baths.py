"""γ(ω) of the Ohmic bath: its formula in high precision, KMS, and no overflow."""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

import redfield as rf

positive = st.floats(1e-3, 1e3)


@given(strength=positive, cutoff=positive, beta=positive, w=st.floats(-1e3, 1e3))
def test_the_spectrum_is_its_formula(strength, cutoff, beta, w):
    ours = float(rf.OhmicBath(strength, cutoff, beta).power_spectrum(w))
    with mpmath.workdps(50):
        x = mpmath.mpf(w)
        if w == 0.0:
            exact = mpmath.mpf(strength) / mpmath.mpf(beta)
        else:
            exact = strength * x * mpmath.exp(-abs(x) / cutoff) / -mpmath.expm1(-beta * x)
    assert ours == pytest.approx(float(exact), rel=1e-9, abs=1e-300)


@given(beta=st.floats(0.1, 10.0), w=st.floats(0.0, 50.0))
def test_kms(beta, w):
    bath = rf.OhmicBath(0.3, 7.0, beta)
    up, down = bath.power_spectrum(-w), bath.power_spectrum(w)
    assert up == pytest.approx(down * np.exp(-beta * w), rel=1e-12, abs=1e-300)


def test_extremes_neither_overflow_nor_lose_the_limit():
    w = np.array([-1e300, -80.0, -1e-200, 0.0, 1e-200, 80.0, 1e300])
    for beta in (1e-3, 50.0, 1e4, np.inf):
        gamma = rf.OhmicBath(0.04, 10.0, beta).power_spectrum(w)
        assert np.isfinite(gamma).all()
        assert (gamma >= 0.0).all()
    zero = rf.OhmicBath(0.04, 10.0, np.inf)
    assert zero.power_spectrum(np.array([-1.0, 0.0])).max() == 0.0
    assert zero.power_spectrum(2.0) == pytest.approx(0.04 * 2.0 * np.exp(-0.2))
    assert rf.OhmicBath(0.04, np.inf, 5.0).power_spectrum(0.0) == pytest.approx(0.008)


BATHS = [
    rf.OhmicBath(0.04, 10.0, 5.0),
    rf.OhmicBath(1.0, 1.0, 0.1),
    rf.OhmicBath(1.0, 3.0, 30.0),
    rf.OhmicBath(2.0, 0.5, np.inf),
    rf.OhmicBath(1.0, 100.0, 1.0),
]


def principal_value(bath, w):
    """(1/2π) P∫ dω' γ(ω')/(ω − ω') by SciPy's Cauchy-weighted quadrature and its own tails."""
    cut = 45.0 * bath.cutoff

    def gamma(x):
        return float(bath.power_spectrum(x))

    radius = 0.5 * abs(w) if w != 0.0 else 0.5 * min(bath.cutoff, 1.0)
    total = -quad(gamma, w - radius, w + radius, weight="cauchy", wvar=w, limit=400)[0]
    marks = sorted({-cut, -bath.cutoff, -0.1 * bath.cutoff, 0.0, 0.1 * bath.cutoff, bath.cutoff, cut,
                    w - radius, w + radius})  # fmt: skip
    for low, high in itertools.pairwise(marks):
        if w - radius <= low and high <= w + radius:
            continue  # the Cauchy-weighted part
        total += quad(lambda x: gamma(x) / (w - x), low, high, limit=400)[0]
    return total / (2.0 * np.pi)


@pytest.mark.parametrize("bath", BATHS, ids=repr)
@pytest.mark.parametrize("w", [-30.0, -3.0, -0.7, -1e-2, 1e-2, 0.2, 1.0, 5.0, 40.0])
def test_lamb_shift_is_the_principal_value(bath, w):
    scale = abs(float(bath.lamb_shift(0.0)))
    assert float(bath.lamb_shift(w)) == pytest.approx(principal_value(bath, w), abs=3e-8 * scale)


@pytest.mark.parametrize("bath", BATHS, ids=repr)
def test_lamb_shift_in_arbitrary_precision(bath):
    """The series itself, summed by mpmath."""

    def g(z):
        return z * mpmath.exp(-z) * mpmath.ei(z).real

    scale = abs(float(bath.lamb_shift(0.0)))
    for w in (-700.0, -20.0, -1.3, -1e-5, 1e-8, 0.03, 2.0, 11.0, 333.0):
        with mpmath.workdps(30):
            x, a0 = mpmath.mpf(w), 1 / mpmath.mpf(bath.cutoff)
            exact = (g(a0 * x) - 1) / a0
            if np.isfinite(bath.beta):

                def term(k, x=x, a0=a0):
                    a = a0 + k * mpmath.mpf(bath.beta)
                    return (g(a * x) - g(-a * x)) / a

                # Far enough out that the sum's own error estimate of 1e-20 is honest.
                exact += mpmath.fsum(term(k) for k in range(1, 60))
                exact += mpmath.sumem(term, [60, mpmath.inf], tol=1e-20)
            exact *= bath.strength / (2 * mpmath.pi)
        assert float(bath.lamb_shift(w)) == pytest.approx(float(exact), abs=1e-11 * scale), w


@pytest.mark.parametrize("bath", [b for b in BATHS if np.isfinite(b.beta)], ids=repr)
@pytest.mark.parametrize("w", [-1.0, 0.4, 2.5])
def test_the_half_fourier_transform_of_the_correlation_is_gamma(bath, w):
    """Γ(ω) = ∫₀^∞ ds e^{iωs} C(s), the tail (∝ s⁻², from the kink of γ at 0) by parts."""
    start, end = 0.01 / bath.cutoff, 200.0 * max(1.0, bath.beta)
    marks = [0.0, *np.geomspace(start, end, 40), *np.arange(start, end, 1.0 / abs(w))]
    nodes, weights = np.polynomial.legendre.leggauss(40)
    low, high = np.array(list(itertools.pairwise(sorted(set(marks))))).T[:, :, None]
    s = 0.5 * (low + high) + 0.5 * (high - low) * nodes
    total = np.sum(0.5 * (high - low) * weights * np.exp(1j * w * s) * bath.correlation(s))
    total += np.exp(1j * w * end) * 1j / w * bath.correlation(end)
    scale = abs(complex(bath.one_sided(0.0)))
    assert total == pytest.approx(complex(bath.one_sided(w)), abs=1e-6 * scale)


@pytest.mark.parametrize("bath", BATHS, ids=repr)
def test_the_spectrum_is_the_fourier_transform_of_the_correlation_at_time_zero(bath):
    total = sum(
        quad(lambda x: float(bath.power_spectrum(x)), a, b, limit=400)[0]
        for a, b in itertools.pairwise(
            [-60 * bath.cutoff, -bath.cutoff, 0.0, bath.cutoff, 60 * bath.cutoff]
        )
    )
    assert complex(bath.correlation(0.0)) == pytest.approx(total / (2 * np.pi), rel=1e-9)
    assert complex(bath.correlation(-0.3)) == pytest.approx(np.conj(bath.correlation(0.3)), rel=1e-12)


def test_a_million_lamb_shifts_and_extreme_frequencies():
    bath = rf.OhmicBath(0.04, 10.0, 5.0)
    w = np.concatenate([np.linspace(-50, 50, 10**6), [0.0, 1e-300, -1e-300, 1e10, -1e10, 1e200, -1e200]])
    eta = bath.lamb_shift(w.reshape(1, -1))
    assert eta.shape == (1, w.size)
    assert np.isfinite(eta).all()
    # No seam between the regions of the series: third differences stay those of a smooth function.
    # (|ω| < 1 is left out, where the kink of γ at 0 makes η'' grow as 1/ω.)
    third = np.abs(np.diff(eta[0, : 10**6], 3))
    assert third[np.abs(w[: third.size]) > 1.0].max() < 1e-14
    with pytest.raises(ValueError, match="cutoff"):
        rf.OhmicBath(0.04, np.inf, 5.0).lamb_shift(1.0)


def test_a_bath_of_ones_own():
    class Flat(rf.Bath):
        def power_spectrum(self, w):
            return np.full(np.shape(w), 0.2)

        def lamb_shift(self, w):
            return 0.1 * np.asarray(w)

    assert Flat().one_sided(np.array([2.0]))[0] == pytest.approx(0.1 + 0.2j)
