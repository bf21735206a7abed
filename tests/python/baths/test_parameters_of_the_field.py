"""Baths made from temperatures, reorganisation energies, Huang-Rhys factors and relaxation times."""

from __future__ import annotations

import dataclasses
import inspect
import pickle
import warnings

import numpy as np
import pytest
import scipy.integrate

import redfield as rf

SCALES = [1e-12, 1.0, 1e9]
THERMAL = {
    rf.OhmicBath: {"strength": 0.1, "cutoff": 3.0},
    rf.DrudeBath: {"strength": 0.1, "cutoff": 3.0},
    rf.UnderdampedBath: {"strength": 0.1, "frequency": 1.0, "damping": 0.2},
    rf.SpectralDensityBath: {"function": np.abs},
    rf.HybridOhmicBath: {"width": 0.5, "strength": 0.05, "cutoff": 20.0},
    rf.ParticleBath: {"density": 0.1, "band": (-5.0, 5.0)},
}


@pytest.mark.parametrize("kind", THERMAL, ids=lambda kind: kind.__name__)
def test_temperature_stands_for_beta(kind):
    given = THERMAL[kind]
    bath = kind(**given, temperature=0.5)
    assert bath == kind(**given, beta=2.0)
    assert (bath.beta, bath.temperature) == (2.0, 0.5)
    assert pickle.loads(pickle.dumps(bath)) == bath
    assert dataclasses.replace(bath, beta=4.0).temperature == 0.25
    assert inspect.signature(kind).parameters["temperature"].kind is inspect.Parameter.KEYWORD_ONLY
    with pytest.raises(TypeError, match=f"{kind.__name__} needs its temperature: give beta=1/T"):
        kind(**given)
    with pytest.raises(TypeError, match="needs its temperature"):
        kind(**given, beta=None)
    with pytest.raises(ValueError, match="give beta or temperature, not both: got beta=1, temperature=2"):
        kind(**given, beta=1.0, temperature=2.0)
    with pytest.raises(ValueError, match=r"temperature must be finite and not negative, got -1"):
        kind(**given, temperature=-1.0)


def test_zero_temperature_and_baths_that_need_none():
    assert rf.OhmicBath(0.1, 3.0, temperature=0) == rf.OhmicBath(0.1, 3.0, np.inf)
    assert rf.OhmicBath(0.1, 3.0, temperature=0.0).temperature == 0.0
    assert rf.CorrelationBath(np.exp).temperature is None
    assert rf.CorrelationBath(np.exp, temperature=0.5).beta == 2.0
    assert rf.TabulatedBath([0.0, 1.0], [1.0, 0.0], temperature=0.5).beta == 2.0
    with pytest.raises(ValueError, match=r"temperature = 1e-200 is beyond"):
        rf.OhmicBath(0.1, 3.0, temperature=1e-200)


def test_temperatures_of_a_batch():
    t = np.array([0.5, 2.0, 0.0])
    batch = rf.OhmicBath.batch(0.1, 3.0, temperature=t)
    assert [batch[k] for k in range(3)] == [rf.OhmicBath(0.1, 3.0, temperature=x) for x in t]
    assert rf.OhmicBath.batch(np.array([0.1, 0.2]), 3.0, temperature=0.5)[1] == rf.OhmicBath(
        0.2, 3.0, 2.0
    )
    with pytest.raises(ValueError, match="not both"):
        rf.OhmicBath.batch(0.1, 3.0, 1.0, temperature=t)


@pytest.mark.parametrize("s", SCALES)
def test_reorganisation_energies(s):
    for bath in (
        rf.DrudeBath.from_reorganisation(0.7 * s, 3.0 * s, 0.5 * s),
        rf.UnderdampedBath.from_reorganisation(0.7 * s, 3.0 * s, 0.4 * s, 0.5 * s),
        rf.UnderdampedBath.from_huang_rhys(0.35, 2.0 * s, 0.1 * s, beta=2.0 / s),
    ):
        # Λ = (1/2π)∫J/ω dω = −η(0), by quadrature of J and by the closed form of η.
        def over_frequency(x, bath=bath):
            return float(bath.spectral_density(np.array(x * s))) / (x * s)

        whole = sum(
            scipy.integrate.quad(over_frequency, *ends, limit=200)[0]
            for ends in ((0, 2), (2, 4), (4, np.inf))
        )
        assert whole / (2.0 * np.pi) == pytest.approx(0.7, rel=1e-6)
        assert float(bath.lamb_shift(0.0)) == pytest.approx(-0.7 * s, rel=1e-9)
        assert bath.beta * s == pytest.approx(2.0, rel=1e-14)


def test_an_undamped_mode_has_its_huang_rhys_factor():
    # C(t) → SΩ²[(n + 1)e^{−iΩt} + n e^{iΩt}] of a mode with coupling √S Ω A(a + a†).
    s, w, beta = 0.3, 2.0, 1.5
    bath = rf.UnderdampedBath.from_huang_rhys(s, w, 1e-4, beta=beta)
    n, t = 1.0 / np.expm1(beta * w), np.array([0.3, 1.0, 4.0])
    mode = s * w**2 * ((n + 1.0) * np.exp(-1j * w * t) + n * np.exp(1j * w * t))
    assert np.allclose(bath.correlation(t), mode, rtol=0.0, atol=1e-3)


SHAPES = [
    rf.OhmicBath(0.3, 20.0, 0.5),
    rf.OhmicBath(0.3, 20.0, 0.5, 3.0, "gaussian"),
    rf.DrudeBath(0.3, 20.0, 0.5),
    rf.UnderdampedBath(0.3, 5.0, 1.0, 0.5),
    rf.LorentzianBath(0.3, 2.0, 4.0),
    rf.FlatBath(0.3),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda b: type(b).__name__)
def test_a_qubit_relaxes_in_t1(shape):
    t1, gap = 70.0, 5.0
    x = np.array([[0.0, 0.4], [0.4, 0.0]])
    bath = shape.with_t1(t1, gap, element=0.4)
    rates = rf.System(np.diag([0.5 * gap, -0.5 * gap]), [x], bath).transition_rates()
    assert rates[0, 1] + rates[1, 0] == pytest.approx(1.0 / t1, rel=1e-12)
    assert type(bath) is type(shape)
    assert bath.beta == shape.beta


def test_a_qubit_loses_its_phase_in_tphi():
    z = np.diag([1.0, -1.0])
    for shape in (rf.OhmicBath(0.3, 20.0, 0.5), rf.FlatBath(2.0)):
        for coupling, difference in ((z, 2.0), (0.5 * z, 1.0)):
            bath = shape.with_tphi(30.0, difference=difference)
            equation = rf.Redfield(rf.System(z, [coupling], bath), lamb_shift=False)
            change = equation.dissipator(np.full((2, 2), 0.5))
            assert change[0, 1] == pytest.approx(-0.5 / 30.0, rel=1e-12)


def test_t1_of_an_ohmic_bath_and_what_no_strength_gives():
    u = rf.units.Units("rad/ns")
    gap = u.energy(5.0, "GHz")
    bath = rf.OhmicBath.from_t1(5e4, gap, 10.0 * gap, u.energy(20.0, "mK"))
    assert bath.power_spectrum([gap, -gap]).sum() == pytest.approx(1.0 / 5e4, rel=1e-12)
    assert bath.beta == pytest.approx(u.beta(0.02), rel=1e-14)
    with pytest.raises(ValueError, match=r"γ\(0\) = 0, so that no strength gives this time"):
        rf.OhmicBath(0.1, 3.0, np.inf).with_tphi(1.0)
    with pytest.raises(ValueError, match=r"γ\(0\) = inf"):
        rf.OhmicBath(0.1, 3.0, 1.0, 0.5).with_tphi(1.0)
    with pytest.raises(ValueError, match=r"γ\(±1000\) = 0"):
        rf.OhmicBath(0.1, 1.0, 1.0).with_t1(1.0, 1000.0)


THERMAL_GAMMA = rf.OhmicBath(0.1, 3.0, 2.0).power_spectrum


@pytest.mark.parametrize("s", SCALES)
def test_a_spectrum_without_detailed_balance_is_told(s):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rf.SpectrumBath(lambda w: s * THERMAL_GAMMA(w / s), scale=s, beta=2.0 / s)
        rf.SpectrumBath(lambda w: s * THERMAL_GAMMA(w / s), temperature=0.5 * s)
        rf.SpectrumBath(lambda w: np.where(w > 0.0, w, 0.0) * np.exp(-np.abs(w)), beta=np.inf)
        rf.SpectrumBath(lambda w: np.exp(-(w**2)))
    with pytest.warns(UserWarning, match=r"fails by 0.9.* γ\(−ω\) obeys it: here ω > 0 is energy"):
        rf.SpectrumBath(lambda w: s * THERMAL_GAMMA(-w / s), scale=s, beta=2.0 / s)
    with pytest.warns(UserWarning, match="leave beta out, or correct γ"):
        rf.SpectrumBath(lambda w: s * THERMAL_GAMMA(w / s), scale=s, beta=1.0 / s)


def test_detailed_balance_is_not_asked_where_the_function_is_not_defined():
    def inside(w):
        if np.any(np.abs(w) > 0.1):
            raise ValueError("outside")
        return THERMAL_GAMMA(w)

    assert rf.SpectrumBath(inside, beta=2.0).beta == 2.0
    assert rf.SpectrumBath(THERMAL_GAMMA, support=(0.0, 1.0), beta=5.0).beta == 5.0
