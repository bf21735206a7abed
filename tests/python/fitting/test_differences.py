"""Derivatives of arrays by differences: against closed forms, in any unit, and at the ends of domains."""

import numpy as np
import pytest

from redfield.fitting.differences import derivatives


def arrays_of(x):
    return {
        "linear": np.array([[1.0, 2.0 * x], [2.0 * x, -3.0]]),
        "complex": np.array([np.exp(1j * x), np.exp(-1j * x)]),
        "root": np.array([np.sqrt(2.0 + x), np.log(2.0 + x), 1.0 / (2.0 + x)]),
        "constant": np.array([1.0, np.inf]),
    }


def exact(x):
    return {
        "linear": np.array([[0.0, 2.0], [2.0, 0.0]]),
        "complex": np.array([1j * np.exp(1j * x), -1j * np.exp(-1j * x)]),
        "root": np.array([0.5 / np.sqrt(2.0 + x), 1.0 / (2.0 + x), -1.0 / (2.0 + x) ** 2]),
    }


@pytest.mark.parametrize("x", [0.0, 1e-9, -1e-4, 0.3, 1.7, 5.0])
def test_derivatives_are_those_of_closed_forms(x):
    found = derivatives(arrays_of, x)
    assert "constant" not in found.arrays
    for name, expected in exact(x).items():
        worst = np.abs(found.arrays[name] - expected).max() / np.abs(expected).max()
        assert worst < 1e-10, (name, worst)
        assert worst < max(10.0 * found.errors[name], 1e-12)


@pytest.mark.parametrize("unit", [1e-12, 1e-6, 1.0, 1e6, 1e12])
def test_units_do_not_matter(unit):
    found = derivatives(lambda x: arrays_of(x / unit), 0.7 * unit)
    for name, expected in exact(0.7).items():
        assert found.arrays[name] * unit == pytest.approx(expected, rel=1e-10)


def test_models_of_second_order_cost_four_calls():
    calls = []

    def arrays(x):
        calls.append(x)
        return {"a": np.array([1.0 + 3.0 * x - x**2, 7.0])}

    found = derivatives(arrays, 2.0)
    assert len(calls) == 4
    assert found.arrays["a"] == pytest.approx([-1.0, 0.0], abs=1e-13)


@pytest.mark.parametrize(
    ("low", "high", "x"), [(0.0, np.inf, 0.0), (-np.inf, 1.0, 1.0), (0.0, 1.0, 1.0 - 1e-9)]
)
def test_one_sided_differences_stay_within_bounds(low, high, x):
    def arrays(at):
        assert low <= at <= high
        return {"a": np.array([np.exp(at), at**3])}

    found = derivatives(arrays, x, low, high)
    assert found.arrays["a"] == pytest.approx([np.exp(x), 3.0 * x**2], rel=1e-8, abs=1e-10)


def test_an_error_on_one_side_ends_the_domain_there():
    def arrays(at):
        if at < 0.0:
            raise ValueError("negative")
        return {"a": np.array([at**2 + at])}

    assert derivatives(arrays, 0.0).arrays["a"] == pytest.approx([1.0], rel=1e-10)


def test_an_error_on_both_sides_is_told():
    def arrays(at):
        if at != 1.0:
            raise ValueError("only at one")
        return {"a": np.array([at])}

    with pytest.raises(ValueError, match="only at one"):
        derivatives(arrays, 1.0)


def test_jumps_have_large_errors():
    assert derivatives(lambda x: {"a": np.array([np.sign(x - 1.0)])}, 1.0).error > 1e-5
    assert derivatives(lambda x: {"a": np.array([np.cbrt(x - 1.0)])}, 1.0).error > 1e-5
