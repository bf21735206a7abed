"""The estimated error of an evolution against the distance from the hierarchy that has settled."""

import numpy as np
import pytest

import redfield as rf

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
TIMES = np.linspace(0.0, 10.0, 21)


def biased(strength):
    return rf.System(0.5 * Z + 0.5 * X, [Z], rf.DrudeBath(strength=strength, cutoff=1.0, beta=1.0))


def trace_norms(changes):
    return np.abs(np.linalg.eigvalsh(changes)).sum(axis=-1)


@pytest.mark.parametrize(
    ("kind", "options", "within"),
    [
        (rf.Redfield, {}, 1.02),
        (rf.Davies, {}, 1.02),
        (rf.UniversalLindblad, {}, 1.02),
        (rf.Redfield, {"history": "memory"}, 1.25),
    ],
)
@pytest.mark.parametrize("strength", [0.1, 0.01])
def test_the_error_of_an_evolution_is_what_it_is_called(kind, options, within, strength):
    system = biased(strength)
    exact = rf.HEOM(system, tol=1e-5).evolve([1.0, 0.0], TIMES, {"z": Z}, store_states=True)
    found = kind(system, **options).evolve([1.0, 0.0], TIMES, {"z": Z}, store_states=True, error=True)
    true = trace_norms(found.states - exact.states)
    assert found.error.shape == TIMES.shape
    assert found.error[0] < 1e-9
    assert 1.0 / within < found.error.max() / true.max() < within
    missed = np.abs(found.expect["z"] - exact.expect["z"])
    assert np.abs(found.observable_error[0] - missed).max() < 0.3 * missed.max() + 1e-4


def test_three_levels_of_complex_numbers_between_three_baths():
    rng = np.random.default_rng(5)
    a = rng.normal(size=(4, 3, 3)) + 1j * rng.normal(size=(4, 3, 3))
    a = 0.3 * (a + a.conj().transpose(0, 2, 1))
    baths = [rf.DrudeBath(strength=0.02, cutoff=2.0, beta=b) for b in (0.5, 1.0, 2.0)]
    system = rf.System(a[0], list(a[1:]), baths)
    exact = rf.HEOM(system, tol=1e-4).evolve([1.0, 0.0, 0.0], TIMES)
    found = rf.Redfield(system).evolve([1.0, 0.0, 0.0], TIMES, error=True)
    assert found.error.max() == pytest.approx(trace_norms(found.states - exact.states).max(), rel=0.05)
    assert found.observable_error is None


def test_states_are_kept_as_without_it_and_results_are_stored(tmp_path):
    system = biased(0.05)
    plain = rf.Redfield(system).evolve([1.0, 0.0], TIMES, [Z, X])
    found = rf.Redfield(system).evolve([1.0, 0.0], TIMES, [Z, X], error=True)
    assert found.states is None
    assert plain.error is None
    for a, b in zip(plain.expect, found.expect, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    assert found.observable_error.shape == (2, len(TIMES))
    found.save(tmp_path / "result.zarr")
    again = rf.Result.load(tmp_path / "result.zarr")
    np.testing.assert_array_equal(again.error, found.error)
    np.testing.assert_array_equal(again.observable_error, found.observable_error)


def test_a_picture_has_bands():
    pytest.importorskip("matplotlib")
    found = rf.Redfield(biased(0.1)).evolve([1.0, 0.0], TIMES, {"z": Z}, error=True)
    axes = found.plot()
    (band,) = axes.collections
    low, high = band.get_paths()[0].vertices[:, 1].min(), band.get_paths()[0].vertices[:, 1].max()
    assert low == pytest.approx((found.expect["z"] - found.observable_error[0]).min())
    assert high == pytest.approx((found.expect["z"] + found.observable_error[0]).max())


def test_strong_coupling_is_told():
    with pytest.warns(UserWarning, match="depths 1 and 2"):
        rf.Redfield(biased(2.0)).evolve([1.0, 0.0], TIMES, error=True)


@pytest.mark.parametrize(
    "make",
    [
        lambda: rf.Redfield(rf.DrivenSystem([Z, (X, np.sin)], [X], rf.DrudeBath(0.1, 1.0, 1.0))),
        lambda: rf.Redfield(rf.SystemBatch(np.array([Z, X]), [X], rf.DrudeBath(0.1, 1.0, 1.0))),
        lambda: rf.HEOM(biased(0.1)),
    ],
)
def test_problems_without_an_estimate_refuse_it(make):
    with pytest.raises(TypeError, match="error"):
        make().evolve([1.0, 0.0], [0.0, 1.0], error=True)
