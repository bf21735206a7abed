"""Integrals over spectra that diverge are refused; those that converge, however slowly, are right."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import redfield as rf

SIGMA_X, SIGMA_Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
ADVICE = r"cutoff.*lamb_shift"


def one_sided_power(p, w):
    """(1/2π) P∫₀^∞ (1 + ν)^p/(ω − ν) dν, p < 0: with u = 1 + ν a hypergeometric function of 1 + ω."""
    with mpmath.workdps(30):
        z, q = mpmath.mpf(w) + 1, -mpmath.mpf(p)
        # P∫₁^∞ u^{−q}/(z − u) du = −(1/q) Re ₂F₁(1, q; q + 1; z)
        return float(-mpmath.re(mpmath.hyp2f1(1, q, q + 1, z)) / q / (2 * mpmath.pi))


@settings(deadline=None, max_examples=60)
@given(
    p=st.floats(-4.0, 3.0) | st.sampled_from([-1.0, -2.0, -0.5, 0.0, 1.0, 2.0]),
    side=st.sampled_from([-1.0, 1.0]),
    unit=st.sampled_from([1e-9, 1.0, 1e7]),
    w=st.floats(-30.0, 30.0),
)
def test_power_law_tails(p, side, unit, w):
    assume(abs(w) > 1e-3)
    assume(p >= 0.0 or p < -0.02)
    gamma = lambda v: np.where(side * v > 0.0, unit * (1.0 + np.abs(v) / unit) ** p, 0.0)  # noqa: E731
    bath = rf.SpectrumBath(gamma, scale=unit)
    at = np.array([side * w * unit])
    if p >= 0.0:
        with pytest.raises(ValueError, match=ADVICE):
            bath.lamb_shift(at)
    else:
        exact = side * unit * one_sided_power(p, w)
        error = abs(float(bath.lamb_shift(at)[0]) - exact)
        assert error <= bath.lamb_shift_error + 1e-12 * abs(exact)
        assert error <= 1e-8 * abs(exact) + 1e-9 * unit


@settings(deadline=None, max_examples=30)
@given(p=st.floats(-1.0, 2.0), strength=st.floats(1e-3, 1e3), beta=st.sampled_from([0.1, 1.0, np.inf]))
def test_thermal_spectra_with_power_laws(p, strength, beta):
    """J ∝ ω/(1 + ω²)^{(1 − p)/2} ~ ω^p: refused from p = 0 on, else Kramers and Kronig's sum rule at ω = 0."""
    assume(abs(p) > 0.02 or p == 0.0)
    density = lambda w: strength * w * (1.0 + w**2) ** (0.5 * (p - 1.0))  # noqa: E731
    bath = rf.SpectralDensityBath(density, beta)
    if p >= 0.0:
        with pytest.raises(ValueError, match=ADVICE):
            bath.lamb_shift(0.0)
    else:
        # −(1/2π)∫J/ω dω = −(λ/2π) √π Γ(−p/2)/2Γ((1 − p)/2)
        moment = np.sqrt(np.pi) * scipy.special.gamma(-0.5 * p) / 2.0 / scipy.special.gamma(0.5 - 0.5 * p)
        exact = -strength * moment / (2.0 * np.pi)
        assert float(bath.lamb_shift(0.0)) == pytest.approx(exact, rel=1e-8)


def test_white_noise_has_no_lamb_shift():
    """Constants on both sides cancel, in whatever way a user writes them."""
    for bath in (rf.FlatBath(0.3), rf.SpectrumBath(lambda w: 0.3 + 0.0 * w)):
        assert np.abs(bath.lamb_shift([-2.0, 0.0, 1e4])).max() < 1e-12
        system = rf.System(0.5 * SIGMA_Z, [SIGMA_X], bath)
        assert np.abs(rf.UniversalLindblad(system).lamb_shift_hamiltonian()).max() < 1e-13
    # With something beside it, its own shift is left: γ = 1 + e^{−ω²}.
    bath = rf.SpectrumBath(lambda w: 1.0 + np.exp(-(w**2)))
    w = np.array([-1.3, 0.2, 3.0])
    assert np.abs(bath.lamb_shift(w) - scipy.special.dawsn(w) / np.sqrt(np.pi)).max() < 1e-12


def test_an_integral_that_converges_slowly_in_the_universal_lindblad_equation():
    """γ = Θ(ω)/(1 + ω)^0.3: on the diagonal of σx's H_LS stands the principal value of γ itself."""
    bath = rf.SpectrumBath(lambda w: np.where(w > 0.0, (1.0 + np.abs(w)) ** -0.3, 0.0))
    shift = rf.UniversalLindblad(rf.System(0.5 * SIGMA_Z, [SIGMA_X], bath)).lamb_shift_hamiltonian()
    for level, w in ((1, -1.0), (0, 1.0)):
        assert shift[level, level].real == pytest.approx(one_sided_power(-0.3, w), rel=1e-7)


def test_where_a_spectrum_jumps_its_lamb_shift_is_infinite():
    bath = rf.SpectrumBath(lambda w: np.where(w > 0.0, np.exp(-np.abs(w)), 0.0))
    assert bath.lamb_shift(0.0) == -np.inf
    assert np.isfinite(bath.lamb_shift([-1e-12, 1e-300])).all()
    lead = rf.ParticleBath(0.3, 1.0, band=(-2.0, 3.0))
    assert lead.level_shift([-2.0, 3.0]).tolist() == [-np.inf, np.inf]
    # A coupling without an element at ω = 0 does not meet it.
    steady = rf.Redfield(rf.System(0.5 * SIGMA_Z, [SIGMA_X], bath)).steady_state().state
    assert steady[1, 1].real == pytest.approx(1.0, abs=1e-10)
    with pytest.raises(ValueError, match="lamb_shift"):
        rf.Redfield(rf.System(0.5 * SIGMA_Z, [SIGMA_X + SIGMA_Z], bath))


CUTOFFS = {
    "hard": lambda u: 1 if u <= 1 else 0,
    "gaussian": lambda u: mpmath.exp(-(u**2)),
    "exponential": lambda u: mpmath.exp(-u),
}


def odd_part(exponent, cutoff, x):
    """(1/π) P∫₀^∞ du x [u^s f(u) − x^s f(x)]/(x² − u²): P∫₀^∞ du/(x² − u²) is 0."""

    def density(u):
        return u**exponent * cutoff(u)

    def integrand(v):
        u = mpmath.exp(v)
        return (density(u) - density(x)) * x / (x**2 - u**2) * u

    edges = [mpmath.log(x) + k for k in (-60, -20, -5, -1, 0, 1, 5)]
    edges += [mpmath.mpf(e) for e in (mpmath.log(1e-3), 0, mpmath.log(8), 60) if e > edges[-1]]
    return mpmath.quad(integrand, edges) / mpmath.pi


@pytest.mark.parametrize("function", CUTOFFS)
@pytest.mark.parametrize("exponent", [1.0, 0.5, 1.5])
def test_the_odd_part_of_a_cold_lamb_shift_near_zero(function, exponent):
    bath = rf.OhmicBath(0.1, 2.0, np.inf, exponent, function)
    for w in (1e-14, 3e-9, 2e-5):
        with mpmath.workdps(25):
            exact = float(0.2 * odd_part(exponent, CUTOFFS[function], mpmath.mpf(w) / 2))
        odd = float(bath.lamb_shift(w) - bath.lamb_shift(-w))
        assert abs(odd - exact) <= bath.lamb_shift_error
        assert abs(odd - exact) <= 1e-15 + 1e-6 * abs(exact)


def singular_shift(a, w):
    """(1/2π) P∫ |ν|^{−a}/(1 + ν²)/(ω − ν) dν, where P∫₀^∞ ν^{−a}/(ω² − ν²) dν is (π/2) ω^{−a−1} tan(πa/2)."""
    both = 0.5 / np.cos(0.5 * np.pi * a) + 0.5 * w ** (-a - 1.0) * np.tan(0.5 * np.pi * a)
    return w / (1.0 + w * w) * both


@settings(deadline=None, max_examples=40)
@given(
    a=st.floats(0.05, 0.95),
    place=st.sampled_from([0.0, 1.5]),
    unit=st.sampled_from([1e-6, 1.0, 1e8]),
)
def test_a_singularity_that_can_be_integrated(a, place, unit):
    assume(place == 0.0 or a <= 0.4)  # beyond, the rounding of ω beside the place decides γ

    def gamma(v):
        x = np.abs(v / unit - place)
        return unit * x**-a / (1.0 + x**2)

    bath = rf.SpectrumBath(gamma, breakpoints=[place * unit], scale=unit)
    for w in (2.0, -0.3, 1e-3):
        exact = np.sign(w) * singular_shift(a, abs(w))
        found = float(bath.lamb_shift((place + w) * unit)) / unit
        assert found == pytest.approx(exact, rel=1e-7)


@pytest.mark.parametrize("width", [1e-2, 1e-4, 1e-6])
@pytest.mark.parametrize("told", [False, True])
def test_a_narrow_line_does_not_jump(width, told):
    """γ = δ/((ω − 1)² + δ²) has η = ½(ω − 1)/((ω − 1)² + δ²), 0 at its centre."""
    known = {"breakpoints": [1.0], "scale": width} if told else {}
    bath = rf.SpectrumBath(lambda w: width / ((w - 1.0) ** 2 + width**2), **known)
    assert abs(float(bath.lamb_shift(1.0))) < 1e-8 / width
    assert float(bath.lamb_shift(1.0 + width)) == pytest.approx(0.25 / width, rel=1e-8)
    assert float(bath.lamb_shift(2.0)) == pytest.approx(0.5, rel=1e-4)


@pytest.mark.parametrize("known", [{}, {"breakpoints": [-1.0, 2.0]}, {"support": (-1.0, 2.0)}])
@pytest.mark.parametrize("closed", [False, True])
def test_ends_of_a_band_whatever_its_value_at_them(known, closed):
    band = (lambda w: (w >= -1.0) & (w <= 2.0)) if closed else (lambda w: (w > -1.0) & (w < 2.0))
    bath = rf.SpectrumBath(lambda w: 0.1 * band(w), **known)
    assert bath.lamb_shift([-1.0, 2.0]).tolist() == [-np.inf, np.inf]
    exact = 0.1 / (2.0 * np.pi) * np.log(3.0 / 1e-9)
    assert float(bath.lamb_shift(2.0 - 1e-9)) == pytest.approx(exact, rel=1e-7)


@pytest.mark.parametrize("beta", [0.2, 1.0, 30.0])
@pytest.mark.parametrize("scalar", [False, True])
def test_zero_over_zero_with_a_kink(beta, scalar):
    """γ = ω e^{−|ω|}/(1 − e^{−βω}) is 1/β at 0 from both sides, where its slope jumps."""

    def one(w):
        return w / (1.0 - math.exp(-beta * w)) * math.exp(-abs(w))

    def many(w):
        return w / -np.expm1(-beta * w) * np.exp(-np.abs(w))

    bath = rf.SpectrumBath(np.vectorize(one, otypes=[float]) if scalar else many)
    assert float(bath.power_spectrum(0.0)) == pytest.approx(1.0 / beta, rel=1e-7)
    ohmic = rf.OhmicBath(1.0, 1.0, beta)  # J = ω e^{−ω}
    w = np.array([-0.4, 0.0, 0.9])
    ratio = float(ohmic.power_spectrum(0.9) / bath.power_spectrum(0.9))
    assert np.abs(bath.lamb_shift(w) * ratio - ohmic.lamb_shift(w)).max() < 1e-7 * ratio
