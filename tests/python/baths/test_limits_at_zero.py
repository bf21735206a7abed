"""γ(0) of functions that are 0/0 there, at temperatures far below and above the scale of γ."""

import numpy as np
import pytest

import redfield as rf


def at_zero(function):
    return float(rf.SpectrumBath(function).power_spectrum(0.0))


@pytest.mark.parametrize("temperature", 10.0 ** np.arange(-12, 5, 2))
def test_an_ohmic_bath_with_a_kink(temperature):
    found = at_zero(lambda w: w * np.exp(-abs(w)) / (1.0 - np.exp(-w / temperature)))
    assert found == pytest.approx(temperature, rel=1e-8)


@pytest.mark.parametrize("temperature", 10.0 ** np.arange(-12, 13, 3))
def test_without_cancellation(temperature):
    assert at_zero(lambda w: -w / (1.0 + w * w) / np.expm1(-w / temperature)) == pytest.approx(
        temperature, rel=1e-12
    )


@pytest.mark.parametrize("temperature", [1e4, 1e5, 1e6])
def test_without_a_cutoff_at_high_temperature(temperature):
    assert at_zero(lambda w: w / (1.0 - np.exp(-w / temperature))) == pytest.approx(temperature, rel=1e-7)


@pytest.mark.parametrize("temperature", [1e8, 1e12])
def test_digits_that_are_lost_are_told(temperature):
    with pytest.raises(
        ValueError, match=r"no limit from both sides.*return γ\(0\) there, or use numpy.expm1"
    ):
        at_zero(lambda w: w * np.exp(-abs(w)) / (1.0 - np.exp(-w / temperature)))


@pytest.mark.parametrize(
    "function",
    [
        lambda w: np.where(w == 0.0, np.nan, np.where(w > 0.0, 1.0, 0.5)),
        lambda w: np.sign(w) * np.sqrt(abs(w)) / (1.0 - np.exp(-w)),
        lambda w: np.log(abs(w)) * w / w,
    ],
    ids=["step", "sub-Ohmic", "logarithm"],
)
def test_what_has_no_limit(function):
    with pytest.raises(ValueError, match="no limit from both sides"):
        at_zero(function)


@pytest.mark.parametrize(
    ("function", "limit"),
    [
        (lambda w: (1.0 - np.cos(w)) / w**2, 0.5),
        (lambda w: (np.exp(w) - 1.0) / w, 1.0),
    ],
)
def test_functions_that_lose_all_digits_near_zero(function, limit):
    assert at_zero(function) == pytest.approx(limit, rel=1e-7)


def test_what_vanishes_is_zero():
    assert at_zero(lambda w: w**3 * np.exp(-abs(w)) / (1.0 - np.exp(-w))) == 0.0
    assert at_zero(lambda w: np.where(w == 0.0, np.nan, 0.0)) == 0.0
