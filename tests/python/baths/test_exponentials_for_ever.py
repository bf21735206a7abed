"""Sums of exponentials for all times, as steady states of hierarchies need them."""

import numpy as np
import pytest

import redfield as rf
from redfield.baths.exponentials import exponential_sum

BATHS = [
    rf.DrudeBath(strength=0.1, cutoff=1.0, beta=1.0),
    rf.DrudeBath(strength=0.1, cutoff=1.0, beta=20.0),
    rf.DrudeBath(strength=0.1, cutoff=1.0, beta=1e3),
    rf.DrudeBath(strength=0.1, cutoff=1.0, beta=np.inf),
    rf.OhmicBath(0.1, 5.0, 200.0),
    rf.OhmicBath(0.1, 5.0, np.inf),
    rf.OhmicBath(0.1, 5.0, np.inf, exponent=0.5),
    rf.UnderdampedBath(strength=0.1, frequency=1.0, damping=0.1, beta=np.inf),
]


FINER = [
    (rf.DrudeBath(strength=0.1, cutoff=1.0, beta=20.0), 1e-4),
    (rf.DrudeBath(strength=0.1, cutoff=1.0, beta=np.inf), 1e-5),
    (rf.OhmicBath(0.1, 5.0, 200.0), 1e-5),
    (rf.OhmicBath(0.1, 5.0, np.inf, exponent=0.5, cutoff_function="drude"), 1e-3),
    (rf.UnderdampedBath(strength=0.1, frequency=1.0, damping=2.0, beta=2.0), 1e-5),
    (rf.SpectrumBath(lambda w: np.exp(-(w**2))), 1e-3),
]


def true_misfit(bath, sums):
    """∫|C − Σ|dt and ∫|C|dt by Gauss and Legendre on forty panels a decade, in more decades than C has."""
    x, w = np.polynomial.legendre.leggauss(6)
    edges = bath.time_scale * np.concatenate([[0.0], np.geomspace(1e-9, 1e9, 721)])
    half = 0.5 * np.diff(edges)[:, None]
    t, weights = (edges[:-1, None] + half * (x + 1.0)).ravel(), (half * w).ravel()
    c = bath.correlation(t)
    return weights @ np.abs(c - sums(t)), weights @ np.abs(c)


@pytest.mark.parametrize("bath", BATHS, ids=repr)
def test_the_certified_error_covers_the_true_one(bath):
    tol = 1e-2
    sums = bath.exponentials(np.inf, tol)
    missed, size = true_misfit(bath, sums)
    assert sums.relative_error <= tol
    assert missed <= 1.05 * sums.error + 1e-5 * size
    assert np.all(sums.rates.real > 0.0)


@pytest.mark.parametrize(("bath", "tol"), FINER, ids=repr)
def test_finer_sums_of_slow_and_of_singular_functions(bath, tol):
    """Of powers of t both late and early, of te^{−t}, and of what no rational function is near."""
    sums = exponential_sum(bath, np.inf, tol, True)
    missed, size = true_misfit(bath, sums)
    assert sums.relative_error <= tol
    assert missed <= 1.05 * sums.error + 1e-6 * size
    for nu in sums.rates:
        assert np.abs(sums.rates - nu.conjugate()).min() < 1e-12 * abs(nu)


def test_a_larger_tolerance_takes_fewer_terms():
    counts = [len(BATHS[0].exponentials(20.0, tol)) for tol in (1e-2, 1e-4, 1e-7)]
    assert counts[0] < counts[1] < counts[2]


@pytest.mark.parametrize(
    "bath",
    [
        rf.OhmicBath(0.1, 5.0, 1.0, exponent=0.5),
        rf.SpectralDensityBath(lambda w: 0.1 * np.sqrt(w) * np.exp(-w), beta=1.0),
        rf.OhmicBath(0.1, 5.0, np.inf, cutoff_function="hard"),
    ],
    ids=repr,
)
def test_a_correlation_function_that_does_not_end_is_refused(bath):
    """Sub-Ohmic at finite temperature, and of an edge of γ that C turns with for ever: ∫|C| diverges."""
    with pytest.raises(ValueError, match=r"diverges, C\(t\) falls as t\^-") as told:
        bath.exponentials(np.inf, 1e-2)
    assert repr(bath) in str(told.value)


def test_one_that_ends_too_late_is_told_how_much_is_left():
    """C ∝ t^−1.2 of a sub-Ohmic bath at zero temperature."""
    with pytest.raises(ValueError, match=r"falls as t\^-1\.2, so slowly that 0\.0\d+ of"):
        rf.OhmicBath(0.1, 5.0, np.inf, exponent=0.2).exponentials(np.inf, 1e-2)
