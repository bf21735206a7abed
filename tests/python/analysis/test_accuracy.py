"""What compare and diagnose tell of how far an equation is from the exact solution."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

SX = np.array([[0.0, 1.0], [1.0, 0.0]])
SZ = np.diag([1.0, -1.0])
DRUDE = rf.DrudeBath(strength=0.01, cutoff=3.0, beta=1.0)
QUBIT = rf.System(np.diag([1.0, 0.0]), [SX], DRUDE)
TIMES = np.linspace(0, 20, 11)


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
