"""Baths at a temperature, and equations whose options the calls have too."""

import functools

import numpy as np
import pytest

import redfield as rf

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
rj = pytest.importorskip("redfield.jax")

Z, X = np.diag([0.5, -0.5]), np.array([[0.0, 1.0], [1.0, 0.0]])


def test_the_derivative_by_the_temperature():
    """⟨Z⟩ = −½ tanh(1/2T) of the Gibbs state."""

    def mean(temperature):
        bath = rj.BathArrays(rf.OhmicBath, strength=0.04, cutoff=10.0, temperature=temperature)
        state = rj.steady_state(Z, X[None], bath, equation=rf.Davies)
        return jax.numpy.trace(Z @ state).real

    t = 0.4
    value, slope = jax.value_and_grad(mean)(t)
    assert float(value) == pytest.approx(-0.5 * np.tanh(0.5 / t), abs=1e-9)
    assert float(slope) == pytest.approx(0.25 / t**2 / np.cosh(0.5 / t) ** 2, abs=1e-8)
    with pytest.raises(ValueError, match="give beta or temperature, not both"):
        rj.BathArrays(rf.OhmicBath, 0.04, 10.0, beta=1.0, temperature=1.0)


def test_a_hierarchy_has_a_tolerance_of_its_own():
    bath = rf.DrudeBath(0.1, 0.5, 1.0)
    exact = rf.HEOM(rf.System(Z, [X], bath), tol=1e-2).steady_state().state
    found = rj.steady_state(Z, X[None], bath, equation=functools.partial(rf.HEOM, tol=1e-2))
    assert np.abs(np.asarray(found) - exact).max() < 1e-9
    with pytest.raises(TypeError, match="a partial has options by name alone"):
        rj.steady_state(Z, X[None], bath, equation=functools.partial(rf.HEOM, None))
