"""Gradients of evolutions of hierarchies against differences of the evolutions themselves."""

import numpy as np
import pytest

import redfield as rf

from differences import all_together, derivative, hermitian

STEPS = np.array([1e-3, 3e-4])
LINES = [rf.LorentzianBath(0.3, width=0.9, centre=0.4), rf.LorentzianBath(0.2, width=1.4, centre=-0.3)]
Z = np.diag([1.0, -1.0])
EVOLUTIONS = {"two": (2, [0.0, 0.7, 0.7, 3.0]), "three": (3, [0.2, 1.0, 1.6])}


@pytest.mark.parametrize("name", EVOLUTIONS)
def test_evolutions(name):
    n, times = EVOLUTIONS[name]
    rng = np.random.default_rng(n)
    h, couplings = hermitian(rng, n), [hermitian(rng, n), hermitian(rng, n)]
    weights = np.array([hermitian(rng, n) for _ in times])
    psi = rng.normal(size=n) + 1j * rng.normal(size=n)
    rho0 = np.outer(psi, psi.conj()) / np.vdot(psi, psi).real

    def value(h, couplings, baths, rho0=rho0, times=times):
        result = rf.HEOM(rf.System(h, couplings, baths), depth=2).evolve(
            rho0, times, store_states=True, rtol=1e-12, atol=1e-13
        )
        return np.einsum("tab,tba->", weights, result.states).real

    equation = rf.HEOM(rf.System(h, couplings, LINES), depth=2)
    gradient = equation.evolve(rho0, times).gradient(weights, rtol=1e-11)
    scale = np.abs(gradient.hamiltonian).max()
    assert abs(gradient.value - value(h, couplings, LINES)) < 1e-9
    told, moved = all_together(rng, h, couplings, LINES, gradient)
    assert abs(told - derivative(lambda s: value(*moved(s)), STEPS)) < 1e-7 * scale
    x = hermitian(rng, n)
    moved = derivative(
        lambda s: value(h, couplings, LINES, rho0 + s * (x - np.trace(x) * np.eye(n) / n)), STEPS
    )
    assert abs(np.trace(gradient.rho0 @ (x - np.trace(x) * np.eye(n) / n)).real - moved) < 1e-7 * scale
    apart = 0.1 * np.arange(len(times)) if n == 3 else np.array([0.1, 0.2, 0.2, 0.4])
    found = derivative(lambda s: value(h, couplings, LINES, times=times + s * apart), STEPS)
    assert abs(gradient.times @ apart - found) < 1e-7 * scale


def test_a_late_output_is_the_steady_state():
    rng = np.random.default_rng(3)
    h, o, a = hermitian(rng, 2), hermitian(rng, 2), hermitian(rng, 2)
    equation = rf.HEOM(rf.System(h, [a], rf.LorentzianBath(0.5, width=1.0, centre=0.6)), depth=2)
    steady = equation.steady_state().gradient(o)
    late = equation.evolve([1.0, 0.0], [0.0, 3000.0]).gradient(o)
    assert np.abs(steady.hamiltonian - late.hamiltonian).max() < 1e-6 * np.abs(steady.hamiltonian).max()
    assert np.abs(late.rho0 - np.trace(late.rho0) / 2 * np.eye(2)).max() < 1e-6


def test_a_change_that_exponentials_do_not_follow_is_told():
    # A real rate does not turn, and a bath that is not there has no exponentials.
    x, still = np.array([[0.0, 1.0], [1.0, 0.4]]), rf.LorentzianBath(0.2, width=1.0)
    gradient = rf.HEOM(rf.System(0.5 * Z, [x], still), depth=2).evolve([1.0, 0.0], [0.0, 1.0]).gradient(Z)
    with pytest.warns(UserWarning, match="∂C/∂centre"):
        told = gradient.baths["centre"]

    def moved(centre):
        bath = rf.LorentzianBath(0.2, width=1.0, centre=centre)
        final = rf.HEOM(rf.System(0.5 * Z, [x], bath), depth=2).evolve([1.0, 0.0], [0.0, 1.0], rtol=1e-10)
        return np.trace(Z @ final.final_state).real

    error = abs(told - derivative(moved, STEPS))
    assert 0.01 * abs(told) < error < gradient.bath_errors["centre"]
    absent = rf.LorentzianBath(0.0, width=1.0, centre=0.3)
    system = rf.System(0.5 * Z, [x, x], [LINES[0], absent])
    gradient = rf.HEOM(system, depth=2).steady_state().gradient(Z)
    with pytest.warns(UserWarning, match="∂C/∂strength"):
        told = gradient.baths[1]["strength"]
    assert gradient.baths[1]["width"] == 0.0
    assert abs(told) <= 1.01 * gradient.bath_errors[1]["strength"]
