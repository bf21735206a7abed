"""Windowed transforms of spectra that end abruptly, and the Lamb shift at the end of a table."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import redfield as rf

ABRUPT = {
    "lead": rf.ParticleBath(1.0, 10.0, 0.2, band=(-60.0, 45.0)).removal,
    "cold lead": rf.ParticleBath(1.0, np.inf, 0.2, band=(-60.0, 80.0)).injection,
    "semicircle": rf.SpectrumBath(
        lambda w: np.sqrt(np.maximum(0.0, 1.0 - (w / 70.0) ** 2)), support=(-70.0, 70.0)
    ),
    "table": rf.TabulatedBath([0.0, 20.0, 50.0], [0.1, 0.4, 1.0], 1.0, True, "zero"),
}


@pytest.mark.parametrize("name", ABRUPT)
def test_frequencies_and_times_give_one_windowed_transform(name):
    """The integral over times that every bath has, beside the one over frequencies that bands have."""
    bath, w = ABRUPT[name], np.array([-0.3, 0.0, 7.0])
    for window in (4.7, 11.0):
        value, slope = bath.windowed(w, window)
        expected, its_slope = rf.Bath.windowed(bath, w, window)
        assert np.abs(value - expected).max() < 1e-10
        assert np.abs(slope - its_slope).max() < 1e-9


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e6])
@pytest.mark.parametrize("width", [30.0, 4e3, 2e4])
def test_a_wide_flat_band_in_a_window_is_a_sine_integral(unit, width):
    """Γ_T(0) of D = 1 on [−W, W] is Si(WT)/π."""
    band = rf.ParticleBath(unit, 1.0 / unit, band=(-width * unit, width * unit)).empty
    found = band.windowed(np.array([0.0]), 9.0 / unit)[0][0] / unit
    assert found == pytest.approx(float(mpmath.si(9.0 * width)) / np.pi, rel=1e-11)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e9])
def test_a_table_that_ends_with_a_jump(unit):
    bath = rf.TabulatedBath(
        unit * np.array([-1.0, 0.5, 2.0]), unit * np.array([0.2, 0.1, 0.3]), outside="zero"
    )
    assert bath.lamb_shift(unit * np.array([-1.0, 2.0])).tolist() == [-np.inf, np.inf]
    assert np.isfinite(bath.lamb_shift(unit * np.array([-1.0 + 1e-9, 2.0 + 1e-9]))).all()
    soft = rf.TabulatedBath(
        unit * np.array([-1.0, 0.5, 2.0]), unit * np.array([0.0, 0.1, 0.0]), outside="zero"
    )
    assert np.isfinite(soft.lamb_shift(unit * np.array([-1.0, 2.0]))).all()
