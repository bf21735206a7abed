"""Every bath: η against Cauchy quadrature and closed forms, Γ against the half-Fourier transform of C, KMS."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.integrate

import redfield as rf

TABLE = np.linspace(0.0, 30.0, 400)
OHMIC = rf.OhmicBath(strength=0.1, cutoff=2.0, beta=1.0)
THERMAL = {
    "ohmic": OHMIC,
    "super-ohmic": rf.OhmicBath(0.1, 2.0, 1.0, exponent=3.0),
    "gaussian": rf.OhmicBath(0.1, 2.0, 1.0, cutoff_function="gaussian"),
    "drude": rf.OhmicBath(0.1, 2.0, 1.0, cutoff_function="drude"),
    "drude, resonant": rf.DrudeBath(0.1, 2.0 * np.pi, 1.0),
    "hard": rf.OhmicBath(0.1, 2.0, 1.0, cutoff_function="hard"),
    "cold sub-ohmic": rf.OhmicBath(0.1, 2.0, np.inf, exponent=0.5),
    "underdamped": rf.UnderdampedBath(0.1, 1.5, 0.3, 1.0),
    "critical": rf.UnderdampedBath(0.1, 1.5, 3.0, 1.0),
    "overdamped": rf.UnderdampedBath(0.1, 1.5, 5.0, 1.0),
    "tabulated": rf.TabulatedBath(
        TABLE, OHMIC.power_spectrum(TABLE), beta=1.0, complete_kms=True, outside="zero"
    ),
    "density": rf.SpectralDensityBath(lambda w: 0.1 * w**2 * np.exp(-w), beta=1.0),
    "bosons with mu": rf.SpectralDensityBath(lambda w: 0.1 * w * np.exp(-w), beta=1.0, mu=-0.5),
}
OTHERS = {
    "lorentzian": rf.LorentzianBath(0.3, 0.7, 0.4),
    "fermions out": rf.ParticleBath(0.1, 2.0, 0.5, band=(-6.0, 8.0)).removal,
    "fermions in": rf.ParticleBath(lambda w: np.exp(-(w**2)), 2.0, 0.5).injection,
    "bosons out": rf.ParticleBath(lambda w: 0.1 * w, 1.0, -0.5, "boson", band=(0.0, 5.0)).removal,
    "correlation": rf.CorrelationBath(OHMIC.correlation, time_scale=0.5),
}
ALL = THERMAL | OTHERS
POINTS = np.array([-3.3, -0.6, 0.35, 1.1, 2.7])


def cauchy(bath, w):
    """(1/2π) P∫ γ(ν)/(ω − ν) dν with scipy's Cauchy weight near ω and plain quadrature elsewhere."""
    corners = sorted({float(b) for b in bath.breakpoints if abs(b) < 35.0} | {-35.0, 35.0})
    if len(corners) > 50:
        corners = [-35.0, 0.0, 35.0]
    half = 0.5 * min(abs(w - c) for c in corners)
    f = lambda v: float(bath.power_spectrum(v))  # noqa: E731
    total = -scipy.integrate.quad(
        f, w - half, w + half, weight="cauchy", wvar=w, limit=500, epsabs=1e-13
    )[0]
    edges = sorted({*corners, w - half, w + half})
    for a, b in itertools.pairwise(edges):
        if not (a >= w - half - 1e-12 and b <= w + half + 1e-12):
            total += scipy.integrate.quad(lambda v: f(v) / (w - v), a, b, limit=1000, epsabs=1e-13)[0]
    for sign in (-1.0, 1.0):  # tails, in 1/ν
        total += scipy.integrate.quad(
            lambda y, s=sign: f(s / y) / (w - s / y) / y**2, 1e-12, 1.0 / 35.0, limit=1000, epsabs=1e-13
        )[0]
    return total / (2 * np.pi)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")
def test_lamb_shift_against_cauchy_quadrature(name):
    bath = ALL[name]
    tol = 2e-7 if name == "tabulated" else 2e-9
    expected = [cauchy(bath, w) for w in POINTS]
    assert np.abs(bath.lamb_shift(POINTS) - expected).max() < tol


# Left out: C that oscillates and decays as 1/t, whose integral no quadrature of C reaches.
SLOW = {"hard", "drude", "drude, resonant", "fermions out", "cold sub-ohmic", "bosons out", "tabulated"}


@pytest.mark.parametrize("name", [name for name in ALL if name not in SLOW])
def test_one_sided_is_the_half_fourier_transform(name):
    bath = ALL[name]
    value, slope = bath.windowed(POINTS, np.inf)
    assert np.abs(value - bath.one_sided(POINTS)).max() < 1e-8
    step = 1e-4
    numeric = (bath.one_sided(POINTS + step) - bath.one_sided(POINTS - step)) / (2 * step)
    assert np.abs(slope - numeric).max() < 1e-5


@pytest.mark.parametrize("name", THERMAL)
def test_detailed_balance(name):
    assert THERMAL[name].kms_defect(np.linspace(0.01, 6.0, 50)) < 1e-12


def test_particle_baths():
    for statistics, mu in (("fermion", 0.5), ("boson", -0.5)):
        bath = rf.ParticleBath(lambda w: 0.1 + 0 * w, 2.0, mu, statistics, band=(0.0, 5.0))
        w = np.linspace(0.1, 4.9, 30)
        sign = 1.0 if statistics == "fermion" else -1.0
        f = 1.0 / (np.exp(2.0 * (w - mu)) + sign)
        assert np.allclose(bath.removal.power_spectrum(w), (1.0 - sign * f) * 0.1)
        assert np.allclose(bath.injection.power_spectrum(-w), f * 0.1)
        assert bath.removal.kms_defect(w) < 1e-12
        assert not bath.removal.power_spectrum(np.array([-1.0, 6.0])).any()


@pytest.mark.parametrize("name", ALL)
def test_a_million_frequencies(name):
    bath = ALL[name]
    if name == "correlation":
        return  # its transform is a sum over times, not an expansion in frequency
    w = np.linspace(-8.0, 8.0, 10**6)
    shift = bath.lamb_shift(w)
    some = slice(0, None, 9973)
    few = bath.lamb_shift(w[some])
    scale = float(np.abs(few).max())
    assert np.median(np.abs(shift[some] - few)) < 1e-9 * scale
    assert np.abs(shift[some] - few).max() < (1e-6 if name == "tabulated" else 1e-8) * scale


def test_error_bounds_hold():
    for name in ("gaussian", "hard", "density", "fermions out", "lorentzian", "correlation"):
        bath = ALL[name]
        expected = np.array([cauchy(bath, w) for w in POINTS])
        assert np.abs(bath.lamb_shift(POINTS) - expected).max() <= bath.lamb_shift_error + 1e-11


def test_memory_time():
    assert rf.LorentzianBath(0.1, 0.5).memory_time == 2.0
    assert rf.CorrelationBath(lambda t: np.exp(-t / 3.0), 1.0).memory_time == pytest.approx(3.0, rel=1e-3)
    assert rf.FlatBath(1.0).memory_time == 0.0
    slow, fast = (rf.OhmicBath(0.1, c, 1.0).memory_time for c in (1.0, 10.0))
    assert fast < slow


@pytest.mark.parametrize("beta", [0.5, np.inf])
def test_level_shift_of_particle_baths(beta):
    """Closed forms, and that temperature drops out of Γ_11(ω) − ζΓ_22(−ω)*."""
    w = np.array([-3.0, -0.7, 0.2, 1.9])
    lorentzian = rf.ParticleBath(lambda x: 4.0 / (4.0 + x**2), beta, mu=-0.4, scale=2.0)
    assert np.abs(lorentzian.level_shift(w) - w / (w**2 + 4.0)).max() < 1e-11
    flat = rf.ParticleBath(0.3, beta, mu=-0.4, band=(-5.0, 8.0))
    assert np.abs(flat.level_shift(w) - 0.3 / (2 * np.pi) * np.log((w + 5.0) / (8.0 - w))).max() < 1e-12
    for bath in (lorentzian, flat):
        whole = bath.removal.one_sided(w) + bath.injection.one_sided(-w).conj()
        assert np.abs(whole - 0.5 * bath.density_of_states(w) - 1j * bath.level_shift(w)).max() < 1e-10
    bosons = rf.ParticleBath(lambda x: x * np.exp(-x), beta, -0.4, "boson", band=(0.0, np.inf))
    w = np.array([0.3, 1.1, 4.0])
    whole = bosons.removal.one_sided(w) - bosons.injection.one_sided(-w).conj()
    assert np.abs(whole - 0.5 * bosons.density_of_states(w) - 1j * bosons.level_shift(w)).max() < 1e-10
