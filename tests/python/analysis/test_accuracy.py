"""Distances from the exact solution as compare and diagnose tell them, against the solution itself."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

SX = np.array([[0.0, 1.0], [1.0, 0.0]])
SZ = np.diag([1.0, -1.0])
DRUDE = rf.DrudeBath(strength=0.01, cutoff=3.0, beta=1.0)
QUBIT = rf.System(np.diag([1.0, 0.0]), [SX], DRUDE)
TIMES = np.linspace(0, 8, 11)


def test_compare_with_the_exact_solution():
    found = rf.compare(
        QUBIT,
        [rf.Redfield, rf.Davies],
        [1.0, 0.0],
        TIMES,
        exact="heom",
        exact_options={"tol": 1e-3},
        threads=1,
    )
    exact = rf.HEOM(QUBIT, depth=3, tol=1e-3).evolve([1.0, 0.0], TIMES, store_states=True, threads=1)
    for i, kind in enumerate((rf.Redfield, rf.Davies)):
        states = kind(QUBIT).evolve([1.0, 0.0], TIMES, store_states=True).states
        direct = 0.5 * np.abs(np.linalg.eigvalsh(states - exact.states)).sum(axis=-1)
        np.testing.assert_allclose(found.exact[i], direct, atol=1e-5)
    assert found.exact.shape == (2, 11)
    assert (found.exact[:, 0] < 1e-12).all()
    assert found.exact.max() < 5e-3
    assert found.exact_error < 1e-3
    assert found.fit_error < 1e-3
    assert "exact" in found.to_xarray()
    assert "exact solution" in repr(found)
    assert found.plot().get_ylabel() == "trace distance from the exact solution"


def test_compare_estimates_the_steady_states_errors():
    kinds = [rf.Redfield, rf.Davies]
    found = rf.compare(QUBIT, kinds, [1.0, 0.0], [0.0, 1.0])
    exact = rf.HEOM(QUBIT, depth=3).steady_state().state
    true = [0.5 * rf.trace_norm(kind(QUBIT).steady_state().state - exact) for kind in kinds]
    np.testing.assert_allclose(found.steady_error, true, rtol=0.2)
    assert "Estimated distance of the steady states" in repr(found)
    assert found.to_xarray()["steady_error"].dims == ("equation",)
    without = rf.compare(QUBIT, kinds, [1.0, 0.0], [0.0, 1.0], steady_error=False)
    assert np.isnan(without.steady_error).all()
    assert "Estimated" not in repr(without)
    white = rf.System(np.diag([1.0, 0.0]), [SX], rf.FlatBath(0.1))
    assert np.isnan(
        rf.compare(white, kinds, [1.0, 0.0], [0.0, 1.0], steady_error=True).steady_error
    ).all()


def test_a_hierarchy_is_an_equation_among_others():
    hierarchy = rf.HEOM(QUBIT, depth=2, tol=1e-3)
    found = rf.compare(QUBIT, {"R": rf.Redfield, "H": hierarchy}, [1.0, 0.0], TIMES, steady_error=False)
    assert np.isnan(found.generator[1])
    assert 0.0 < found.distance[0, 1].max() < 5e-3


def test_bad_arguments_of_compare():
    kinds = [rf.Redfield, rf.Davies]
    with pytest.raises(ValueError, match="exact must be"):
        rf.compare(QUBIT, kinds, [1, 0], [0.0, 1.0], exact="tempo")
    with pytest.raises(ValueError, match=r"exact_options = .*'tol'.* are of an exact solution"):
        rf.compare(QUBIT, kinds, [1, 0], [0.0, 1.0], exact_options={"tol": 1e-3})
    with pytest.raises(TypeError, match="depht"):
        rf.compare(QUBIT, kinds, [1, 0], [0.0, 1.0], exact="heom", exact_options={"depht": 2})


def test_time_scales_of_a_single_exponential():
    """C = c e^{−wt}: τ_B = 1/w and 1/τ_SB = Σ‖A‖²|c|/w, over a time T with the exponentials' ends."""
    bath = rf.LorentzianBath(strength=0.01, width=2.0, centre=1.0)
    size = abs(bath.correlation(0.0))
    system = rf.System(
        np.diag([0.0, 1.0, 1.5]), [np.diag([0.0, 2.0, 0.0]), np.diag([0.0, 0.0, -3.0])], bath
    )
    found = rf.analysis.bath_timescales(system)
    assert found.memory == pytest.approx(0.5, rel=1e-6)
    assert 1.0 / found.relaxation == pytest.approx(13.0 * size / 2.0, rel=1e-6)
    assert found.gap == pytest.approx(0.5)
    short = rf.analysis.bath_timescales(system, 1.0)
    assert 1.0 / short.relaxation == pytest.approx(13.0 * size * (1.0 - np.exp(-2.0)) / 2.0, rel=1e-6)
    part = (1.0 - 3.0 * np.exp(-2.0)) / 4.0 / ((1.0 - np.exp(-2.0)) / 2.0)
    assert short.memory == pytest.approx(part, rel=1e-6)


def test_the_jump_correlator_of_a_gaussian_spectrum():
    """γ = g e^{−ω²/2}: √γ = √g e^{−ω²/4}, g(t) = √(g/π) e^{−t²}, ∫|g| = √g, ∫|t g| = √(g/π)."""
    bath = rf.SpectrumBath(lambda w: 0.04 * np.exp(-0.5 * w**2))
    found = rf.analysis.bath_timescales(rf.System(SZ, [2.0 * SX], bath))
    assert found.jump_rate == pytest.approx(4.0 * (2.0 * 0.2) ** 2, rel=1e-6)
    assert found.jump_memory == pytest.approx(1.0 / np.sqrt(np.pi), rel=1e-6)


def test_bounds_are_their_formulas_and_empty_at_strong_coupling():
    found = rf.analysis.Timescales(np.inf, 0.1, 10.0, 0.2, 0.3, 4.0)
    bounds = found.bounds(2.0)
    assert bounds["Redfield"] == pytest.approx(0.01 * np.log(100.0) * np.exp(2.4))
    assert bounds["CoarseGrained"] == pytest.approx(0.1 * np.exp(1.2))
    assert bounds["Davies"] == pytest.approx((0.01 + 1.0 / np.sqrt(40.0)) * np.exp(2.4))
    assert bounds["UniversalLindblad"] == pytest.approx(2 * 0.04 * 0.3 * 2.0 + 2 * 0.2 * 0.3)
    strong = rf.analysis.Timescales(np.inf, 11.0, 10.0, 0.2, 0.3, 4.0).bounds(2.0)
    assert np.isinf([strong[name] for name in ("Redfield", "CoarseGrained", "Davies")]).all()
    assert np.isinf(found.bounds(1e5)["Redfield"])
    assert np.isinf(rf.analysis.Timescales(np.inf, np.inf, 0.0, 0.2, 0.3, 4.0).bounds(2.0)["Davies"])


def test_a_memory_without_end_is_infinite_over_all_times():
    system = rf.System(SZ, [SX], rf.OhmicBath(0.01, 3.0, np.inf))
    assert np.isinf(rf.analysis.bath_timescales(system).memory)
    assert np.isfinite(rf.analysis.bath_timescales(system, 50.0).memory)


def test_the_bound_of_the_universal_equation_holds():
    bath = rf.SpectrumBath(lambda w: 0.004 * np.exp(-0.5 * (w - 1.0) ** 2))
    system = rf.System(0.5 * SZ, [SX], bath)
    bound = rf.analysis.bath_timescales(system).bounds(10.0)["UniversalLindblad"]
    exact = rf.HEOM(system, depth=2, tol=1e-3).evolve([1.0, 0.0], [0.0, 10.0], threads=1).final_state
    found = rf.UniversalLindblad(system).evolve([1.0, 0.0], [0.0, 10.0]).final_state
    assert 0.0 < rf.trace_norm(found - exact) < bound < 0.5


def test_diagnose_tells_the_accuracy():
    found = rf.diagnose(QUBIT, [rf.Redfield, rf.Davies])
    assert found.steady_error == rf.Redfield(QUBIT).steady_state(error=True).error
    assert found.timescales == rf.analysis.bath_timescales(QUBIT, found.timescales.duration)
    assert found.timescales.duration == pytest.approx(1.0 / found.secular.rate)
    assert "from the exact one; baths forget in" in repr(found)
    without = rf.diagnose(QUBIT, [rf.Redfield], steady_error=False)
    assert np.isnan(without.steady_error)
    assert "steady_error=True" in without.reasons["Redfield"]["steady_error"]
