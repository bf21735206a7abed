"""Gradients of modes, of flat bands and of tabulated spectra of quadratic systems against differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import redfield as rf
from redfield.quadratic import adjoint
from redfield.quadratic.flow import LinearFlow

from quadratic_reference import covariance, evolve_matrices, lead
from reference import Array, random_hermitian

TIMES = np.array([0.0, 0.5, 1.0, 1.5, 7.0])
SIXTH = {1: 3 / 4, 2: -3 / 20, 3: 1 / 60}


def difference(f: Callable[[float], float], step: float) -> float:
    """Derivative at 0 to the sixth order."""
    return sum(c * (f(k * step) - f(-k * step)) for k, c in SIXTH.items()) / step


def weights(n: int) -> Array:
    return np.array([random_hermitian(n, 20 + i) for i in range(len(TIMES))])


def test_flat_band_and_values_of_the_spectra():
    """The height of a band is a number, and what all spectra grow by follows from .one_sided."""
    h, o = random_hermitian(3, 2), random_hermitian(3, 1)

    def answer(height: float) -> Any:
        bath = rf.ParticleBath(height, 0.8, 0.1, band=(-9.0, 9.0))
        other = lead()
        s = rf.QuadraticSystem(h, [0.3, 0.5, 0.2], [bath, other, bath])
        return s, rf.Redfield(s).steady_state(tol=1e-13)

    s, state = answer(0.2)
    gradient = state.gradient(o)
    assert list(gradient.baths[0]) == ["density", "beta", "mu"]
    theirs = difference(lambda x: np.trace(o @ answer(0.2 + x)[1].covariance).real, 2e-3)
    assert gradient.baths[0]["density"] == pytest.approx(theirs, rel=1e-9)
    bath, w = s.baths[0], s.energies
    damping = 0.5 * bath.density_of_states(w) + 1j * bath.level_shift(w)
    gain = 0.5 * bath.injection.power_spectrum(-w) + 1j * bath.injection.lamb_shift(-w)
    scaled = np.sum(gradient.one_sided[0].conj() * np.array([damping, gain])).real
    assert scaled == pytest.approx(0.2 * theirs, rel=1e-9)


@pytest.mark.parametrize("equal", [True, False])
def test_modes_and_steps_at_an_exceptional_point_and_beside_one(equal):
    """df = −Re tr(A dM) + ½ Re tr(B dQ), of a defective M by the steps' own derivatives."""
    m = np.array([[0.5 + 0.3j, 1.0], [0.0, 0.5 + 0.3j if equal else 0.7]])
    q, g0, w = random_hermitian(2, 1), covariance(2, 1), weights(2)
    flow = LinearFlow(m, q)
    assert (flow.condition > 1e4) is equal
    found = adjoint.of_evolution(flow, g0, TIMES, w, None)
    rng = np.random.default_rng(2)
    dm, dq = rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2)), random_hermitian(2, 7)

    def value(x: float) -> float:
        states = [evolve_matrices(m + x * dm, q + x * dq, g0, t) for t in TIMES]
        return float(np.einsum("tij,tji->", w, np.array(states)).real)

    ours = -np.trace(found.of_m @ dm).real + 0.5 * np.trace(found.of_q @ dq).real
    assert ours == pytest.approx(difference(value, 1e-3), rel=1e-9)
    assert found.value == pytest.approx(value(0.0), rel=1e-12)


def test_modes_that_do_not_decay():
    """The middle mode of three sites has a node where the bath is: only evolutions have gradients."""
    j = np.array([0.0, 0.5, 0.0])
    h, o = rf.models.chain(3), random_hermitian(3, 1)
    g0 = covariance(3, 2)
    equation = rf.Redfield(rf.QuadraticSystem(h, j, lead()))
    gradient = equation.evolve(g0, [0.0, 30.0]).gradient(o)
    change = random_hermitian(3, 4)

    def value(x: float) -> float:
        s = rf.QuadraticSystem(h + x * change, j, lead())
        return float(np.trace(o @ rf.Redfield(s).evolve(g0, [0.0, 30.0]).final_covariance).real)

    ours = np.trace(gradient.hamiltonian @ change).real
    assert ours == pytest.approx(difference(value, 3e-3), rel=1e-7)
    assert gradient.couplings[0] == 0.0
    assert gradient.couplings[2] == 0.0
    with pytest.raises(ValueError, match="not the only one"):
        equation.steady_state(rho0=g0).gradient(o)
