"""Sums of exponentials for all times, as steady states of hierarchies need them."""

import numpy as np
import pytest

import redfield as rf

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


@pytest.mark.parametrize("bath", BATHS, ids=repr)
def test_the_certified_error_covers_the_true_one(bath):
    """∫|C − Σ|dt by a trapezoidal rule over the logarithm of t, in twenty times as many decades as C has."""
    tol = 1e-2
    sums = bath.exponentials(np.inf, tol)
    t = bath.time_scale * np.geomspace(1e-6, 1e7, 200_000)
    c = bath.correlation(t)
    missed = np.trapezoid(t * np.abs(c - sums(t)), np.log(t))
    size = np.trapezoid(t * np.abs(c), np.log(t))
    assert sums.relative_error <= tol
    assert missed <= 1.05 * sums.error + 1e-5 * size
    assert np.all(sums.rates.real > 0.0)


def test_a_larger_tolerance_takes_fewer_terms():
    counts = [len(BATHS[0].exponentials(20.0, tol)) for tol in (1e-2, 1e-4, 1e-7)]
    assert counts[0] < counts[1] < counts[2]


def test_a_correlation_function_that_does_not_end_is_refused():
    """A sub-Ohmic bath at finite temperature: ∫|C| diverges."""
    with pytest.raises(ValueError, match=r"exponent=0\.5"):
        rf.OhmicBath(0.1, 5.0, 1.0, exponent=0.5).exponentials(np.inf, 1e-2)
