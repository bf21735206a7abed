"""γ(ω) of the Ohmic bath: its formula in high precision, KMS, and no overflow."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_a_bath_of_ones_own():
    class Flat(rf.Bath):
        def power_spectrum(self, w):
            return np.full(np.shape(w), 0.2)

        def lamb_shift(self, w):
            return 0.1 * np.asarray(w)

    assert Flat().one_sided(np.array([2.0]))[0] == pytest.approx(0.1 + 0.2j)
