"""Pictures of baths show their numbers, and say what a bath has not."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import redfield as rf

W, T = np.linspace(-3.0, 3.0, 7), np.linspace(0.1, 2.0, 5)
LEAD = rf.ParticleBath(lambda w: np.sqrt(4.0 - w**2), beta=2.0, mu=0.3, band=(-2.0, 2.0))


@pytest.mark.parametrize(
    "bath", [rf.DrudeBath(0.1, 3.0, 2.0), LEAD.removal, LEAD.empty], ids=lambda b: type(b).__name__
)
def test_curves_are_the_functions(bath):
    axes = bath.plot(Figure().subplots(1, 3), frequencies=W, times=T)
    gamma, eta, c = ([line.get_ydata() for line in axis.lines] for axis in axes)
    assert np.array_equal(gamma[0], bath.power_spectrum(W))
    assert np.array_equal(eta[0], bath.lamb_shift(W))
    assert np.array_equal(c[0] + 1j * c[1], bath.correlation(T))


def test_a_new_figure_reaches_over_where_the_spectrum_varies():
    for s in (1e-9, 1.0, 1e9):
        axes = rf.OhmicBath(0.1, 3.0 * s, 20.0 / s).plot()
        w, gamma = axes[0].lines[0].get_data()
        assert w[0] < 0.0 < 3.0 * s < w[-1] < 100.0 * s
        assert gamma.argmax() not in (0, len(w) - 1)
        assert 0.0 < axes[2].lines[0].get_xdata()[-1] * s < 100.0
    ends = (
        rf.TabulatedBath([0.0, 1.0, 5.0], [0.0, 1.0, 0.0], 1.0, complete_kms=True)
        .plot()[0]
        .lines[0]
        .get_xdata()
    )
    assert (ends[0], ends[-1]) == (-5.0, 5.0)


def test_what_a_bath_has_not_is_said():
    flat = rf.FlatBath(0.1).plot()
    assert "correlation function of a FlatBath is" in flat[2].texts[0].get_text().replace("\n", " ")
    endless = rf.OhmicBath(0.1, np.inf, 1.0).plot()
    assert "diverges without a cutoff" in endless[1].texts[0].get_text().replace("\n", " ")
    assert len(endless[0].lines) == 2


def test_three_axes_are_needed():
    for axes in (Figure().subplots(), Figure().subplots(1, 2), "three"):
        with pytest.raises(TypeError, match="ax must be"):
            rf.FlatBath(0.1).plot(axes)
