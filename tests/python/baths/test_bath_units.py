"""All energies times s and all times over s give the same answer: every bath, every method, and quadratic systems."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

SCALES = [1e-12, 1e6, 1e12]
TABLE = np.linspace(0.0, 9.0, 40)


def spectrum(s):
    return lambda w: 0.1 * s * np.exp(-((w / s - 0.3) ** 2))


def tail(s):
    """∝ |ω|^{−0.3} on one side."""
    return lambda w: np.where(w > 0.0, 0.1 * s * (1.0 + np.abs(w) / s) ** -0.3, 0.0)


def density(s):
    return lambda w: 0.1 * w * np.exp(-w / s)


def band(s):
    return lambda w: 2.0 * s * np.sqrt(np.maximum(0.0, 1.0 - (w / (2.0 * s)) ** 2))


def correlation(s):
    return lambda t: 0.1 * s**2 * np.exp(-(0.5 + 1j) * s * t)


def lead(s):
    return rf.ParticleBath(0.3 * s, 5.0 / s, 0.2 * s, band=(-30.0 * s, 20.0 * s))


MAKERS = {
    "ohmic": lambda s: rf.OhmicBath(0.1, 3.0 * s, 0.7 / s),
    "cold ohmic": lambda s: rf.OhmicBath(0.1, 3.0 * s, np.inf),
    "gaussian": lambda s: rf.OhmicBath(0.1, 3.0 * s, 0.7 / s, 1.0, "gaussian"),
    "cold hard": lambda s: rf.OhmicBath(0.1, 3.0 * s, np.inf, 1.5, "hard"),
    "sub-ohmic": lambda s: rf.OhmicBath(0.1, 3.0 * s, 0.7 / s, 0.6),
    "drude": lambda s: rf.DrudeBath(0.1, 3.0 * s, 0.7 / s),
    "cold drude": lambda s: rf.DrudeBath(0.1, 3.0 * s, np.inf),
    "underdamped": lambda s: rf.UnderdampedBath(0.1 * s, 1.0 * s, 0.2 * s, 0.7 / s),
    "overdamped": lambda s: rf.UnderdampedBath(0.1 * s, 1.0 * s, 40.0 * s, 0.7 / s),
    "lorentzian": lambda s: rf.LorentzianBath(0.3 * s, 0.5 * s, 1.0 * s),
    "flat": lambda s: rf.FlatBath(0.3 * s),
    "one over f": lambda s: rf.OneOverFBath(1e-4 * s**2, 1e-3 * s, 1e3 * s),
    "hybrid": lambda s: rf.HybridOhmicBath(0.5 * s, 0.05, 20.0 * s, 1.0 / s),
    "spectrum": lambda s: rf.SpectrumBath(spectrum(s), scale=s),
    "tail": lambda s: rf.SpectrumBath(tail(s), scale=s),
    "density": lambda s: rf.SpectralDensityBath(density(s), 0.7 / s, cutoff_scale=s),
    "table": lambda s: rf.TabulatedBath(
        s * TABLE, 0.1 * s * (1.0 + TABLE) * np.exp(-TABLE), beta=0.7 / s, complete_kms=True
    ),
    "correlation": lambda s: rf.CorrelationBath(correlation(s), 1.0 / s),
    "removal": lambda s: lead(s).removal,
    "injection": lambda s: lead(s).injection,
    "empty": lambda s: rf.ParticleBath(band(s), 1.0 / s, 0.1 * s, band=(-2.0 * s, 2.0 * s)).empty,
}
# Noise without a unit, of couplings that carry the energy.
LESS = {"hybrid": 2}
POWER = {"power_spectrum": 1, "lamb_shift": 1, "one_sided": 1, "correlation": 2}
W = np.array([-5.3, -0.9, -1e-3, 0.0, 1e-6, 0.4, 2.1])
T = np.array([0.02, 0.7, 9.0])
# C of these is a distribution, or too slow for its integrals.
NO_CORRELATION = {"flat", "tail"}
SLOW_MEMORY = NO_CORRELATION | {
    "cold hard",
    "sub-ohmic",
    "removal",
    "injection",
    "empty",
    "table",
    "one over f",
}


def relative(a, b):
    return np.abs(a - b).max() / max(np.abs(b).max(), 1e-300)


@pytest.mark.parametrize("name", MAKERS)
def test_a_bath_in_other_units_is_the_same(name):
    made = MAKERS[name]
    one = made(1.0)
    methods = [m for m in POWER if not (m == "correlation" and name in NO_CORRELATION)]
    w = W[W != 0.0] if name in ("sub-ohmic", "tail") else W  # γ(0), or η(0), is infinite
    less = LESS.get(name, 0)
    expected = {m: getattr(one, m)(T if m == "correlation" else w) for m in methods}
    memory = None if name in SLOW_MEMORY else one.memory_time
    for s in SCALES:
        bath = made(s)
        for m in methods:
            found = getattr(bath, m)(T / s if m == "correlation" else w * s) / s ** (POWER[m] - less)
            assert relative(found, expected[m]) < 1e-9, (m, s)
        if hasattr(one, "lamb_shift_error"):
            assert bath.lamb_shift_error / s ** (1 - less) == pytest.approx(
                one.lamb_shift_error, rel=0.5, abs=1e-13
            )
        if one.beta is not None:
            assert bath.kms_defect(s * np.array([0.3, 1.1])) < 1e-9
        if memory is not None:
            assert bath.memory_time * s == pytest.approx(memory, rel=1e-6)
            x = s * np.array([-0.7, 0.4])
            value, slope = bath.windowed(x, 3.0 / s)
            reference, its_slope = one.windowed(x / s, 3.0)
            assert relative(value / s ** (1 - less), reference) < 1e-9
            assert relative(slope * s**less, its_slope) < 1e-8


@pytest.mark.parametrize("name", ["drude", "cold drude", "underdamped"])
def test_sums_of_exponentials_are_found_in_any_units(name):
    for s in (1e-12, 1e6):
        sum_ = MAKERS[name](s).exponentials(10.0 / s)  # the sum holds up to there
        assert sum_.relative_error < 1e-7
        c = MAKERS[name](s).correlation(T[1:] / s)
        assert T[-1] < 10.0
        assert np.abs(sum_(T[1:] / s) - c).max() < 1e-5 * np.abs(c).max()


def test_a_cold_drude_bath_beyond_its_cutoff():
    """β·cutoff = 40 and more, where all Matsubara rates lie below the cutoff."""
    for beta_cutoff in (40.0, 300.0):
        assert rf.DrudeBath(0.2, 7.0, beta_cutoff / 7.0).exponentials(3.0).relative_error < 1e-7


@pytest.mark.parametrize(
    ("beta_cutoff", "duration"), [(1e3, 30.0), (1e3, 300.0), (1e4, 1000.0), (np.inf, 300.0)]
)
def test_a_cold_drude_bath_over_long_times(beta_cutoff, duration):
    """The logarithm of C at early times, its power law until t ~ β and the exponentials beyond, in one sum."""
    bath = rf.DrudeBath(0.1, 3.0, beta_cutoff / 3.0)
    found = bath.exponentials(duration)
    assert found.relative_error < 1e-7
    t = np.geomspace(1e-3, duration, 7)
    assert np.abs(found(t) - bath.correlation(t)).max() < 1e-6 * np.abs(bath.correlation(t)).max()


@pytest.mark.parametrize("exponent", [0.5, 0.8])
def test_a_sub_ohmic_bath_is_a_sum_of_exponentials(exponent):
    bath = rf.OhmicBath(0.02, 3.0, 5.0, exponent)
    found = bath.exponentials(30.0)
    assert found.relative_error < 1e-7
    # Terms that cancel to fewer digits than those of C are of no use.
    assert np.abs(found.coefficients / found.rates).sum() < 2e6 * found.error / found.relative_error
    t = np.array([0.01, 0.3, 2.0, 29.0])
    assert np.abs(found(t) - bath.correlation(t)).max() < 1e-6 * np.abs(bath.correlation(t)).max()


def test_a_quadratic_system_in_other_units_is_the_same():
    def solved(s):
        left = rf.ParticleBath(lambda w: s * np.exp(-((w / s) ** 2) / 8), 2.0 / s, 0.4 * s, scale=s)
        right = rf.ParticleBath(0.7 * s, 0.5 / s, -0.3 * s, band=(-6.0 * s, 5.0 * s))
        system = rf.QuadraticSystem(s * rf.models.chain(2), [0.3, 0.4], [left, right])
        exact = rf.Exact(system, modes=60)
        currents, redfield = rf.quadratic.currents(exact), rf.Redfield(system)
        return (
            exact.steady_state().covariance,
            redfield.steady_state().covariance,
            rf.Davies(system).steady_state().covariance,
            currents.particle / s,
            currents.energy / s**2,
            rf.quadratic.currents(redfield, np.diag([0.3, 0.6])).energy / s**2,
            exact.evolve(np.zeros((2, 2)), np.array([0.0, 2.0]) / s).covariances[-1],
            redfield.evolve(np.zeros((2, 2)), np.array([0.0, 2.0]) / s).covariances[-1],
            *(table / s for table in system.contacts.tables(system.energies, True)),
        )

    one = solved(1.0)
    for s in (1e-12, 1e6):
        for found, expected in zip(solved(s), one, strict=True):
            assert relative(found, expected) < 1e-8
