"""rf.HEOM against what is known exactly, and what no hierarchy is of."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

import redfield as rf

SX = np.array([[0.0, 1.0], [1.0, 0.0]])
SZ = np.diag([1.0, -1.0])


def test_pure_dephasing_is_exact():
    """ρ_01(t) = ρ_01 e^{−iωt} exp(−4 ∫₀ᵗ (t − s) Re C(s) ds) for A = σ_z."""
    bath = rf.DrudeBath(strength=0.05, cutoff=2.0, beta=1.0)
    times = np.linspace(0.0, 4.0, 5)
    equation = rf.HEOM(rf.System(0.5 * SZ, [SZ], bath), depth=3, tol=1e-3)
    result = equation.evolve(np.full(2, 0.5**0.5), times, {"x": SX}, store_states=True, threads=1)
    decay = [
        4.0
        * scipy.integrate.quad(lambda s, t=t: (t - s) * bath.correlation(s).real, 0.0, t, limit=200)[0]
        for t in times
    ]
    np.testing.assert_allclose(np.abs(result.states[:, 0, 1]), 0.5 * np.exp(-np.array(decay)), atol=2e-4)
    np.testing.assert_allclose(result.expect["x"], 2.0 * result.states[:, 0, 1].real, atol=1e-12)
    np.testing.assert_allclose(np.diagonal(result.states, axis1=1, axis2=2), 0.5, atol=1e-8)
    assert result.stats["fit_error"] <= 1e-3


def test_a_mode_at_zero_temperature_decays_as_the_one_excitation_problem():
    """The counter-rotating part of σ_x is far from the Lorentzian: the amplitude of one excitation is nearly exact."""
    width, strength = 0.5, 0.002
    bath = rf.LorentzianBath(strength=strength, width=width, centre=5.0)
    system = rf.System(np.diag([5.0, 0.0]), [SX], bath)
    times = np.linspace(0.0, 30.0, 7)
    found = rf.HEOM(system, tol=1e-5).evolve([1.0, 0.0], times, store_states=True, threads=1)
    root = np.sqrt(complex(width**2 - 2.0 * strength * width))
    amplitude = np.exp(-0.5 * width * times) * (
        np.cosh(0.5 * root * times) + width / root * np.sinh(0.5 * root * times)
    )
    np.testing.assert_allclose(found.states[:, 0, 0].real, np.abs(amplitude) ** 2, atol=2e-5)


@pytest.mark.parametrize(
    ("system", "options", "error", "told"),
    [
        (rf.System(SZ, [SX], rf.FlatBath(0.1)), {}, ValueError, "is a δ"),
        (rf.System(SZ, [SX], rf.OhmicBath(0.1, 5.0, 1.0)), {"tol": 1e-16}, ValueError, "tol = 1e-16"),
        (
            rf.System(SZ, [SX], rf.DrudeBath(0.5, 3.0, 1.0)),
            {"max_bytes": 1e4},
            MemoryError,
            "more than max_bytes",
        ),
        (rf.System(SZ, [SX], rf.OhmicBath(0.1, 5.0, 1.0)), {"depth": 40}, MemoryError, r"depth \d+ fits"),
    ],
)
def test_what_it_can_not_do_is_told(system, options, error, told):
    with pytest.raises(error, match=told):
        rf.HEOM(system, **options).evolve([1.0, 0.0], np.linspace(0, 5, 3))


def test_a_coupling_that_is_not_hermitian_is_named():
    lower = np.array([[0.0, 0.0], [1.0, 0.0]])
    with pytest.warns(rf.UnpairedCouplingWarning):
        system = rf.System(SZ, [lower], rf.OhmicBath(0.1, 5.0, 1.0))
    with pytest.raises(TypeError, match=r"couplings\[0\] is not Hermitian"):
        rf.HEOM(system).evolve([1.0, 0.0], [0.0, 1.0])
