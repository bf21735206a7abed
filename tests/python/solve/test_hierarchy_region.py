"""The region in which expansions look for the spectrum of a hierarchy: what turns fast is damped as fast."""

import numpy as np
import pytest

import redfield as rf

Z, X = np.diag([0.5, -0.5]), np.array([[0.0, 1.0], [1.0, 0.0]])
QUBIT = Z + 0.5 * X
BATHS = {
    "fast exponentials that turn": rf.OhmicBath(0.05, 3.0, beta=1.0),
    "at zero temperature": rf.OhmicBath(0.05, 3.0, beta=np.inf),
    "strong": rf.OhmicBath(1.0, 3.0, beta=0.5),
    "a mode that is hardly damped": rf.UnderdampedBath(
        strength=0.1, frequency=2.0, damping=0.01, beta=1.0
    ),
    "a mode": rf.UnderdampedBath(strength=0.1, frequency=2.0, damping=1.0, beta=1.0),
    "a line far away": rf.LorentzianBath(strength=0.3, width=0.5, centre=-20.0),
    "nothing that turns": rf.DrudeBath(strength=0.1, cutoff=2.0, beta=1.0),
}


@pytest.mark.parametrize("name", BATHS)
@pytest.mark.parametrize("depth", [1, 2, 4])
def test_the_expansion_is_the_solution(name, depth):
    equation = rf.HEOM(rf.System(QUBIT, [X], BATHS[name]), depth=depth, tol=0.05)
    times = np.linspace(0.0, 6.0, 7)
    found = equation.evolve([1.0, 0.0], times, store_states=True)
    steps = equation.evolve([1.0, 0.0], times, store_states=True, method="dopri5", rtol=1e-9, atol=1e-11)
    assert np.abs(found.states - steps.states).max() < 2e-6
    assert found.stats["rejected"] <= 1  # which costs a step at most


@pytest.mark.parametrize("mu", [0.0, 3.0, -8.0])
def test_leads(mu):
    a = np.array([[0.0, 1.0], [0.0, 0.0]])
    lead = rf.ParticleBath(lambda w: 1.2 / (w**2 + 4.0), 2.0, mu)
    system = rf.System(np.diag([0.0, 1.0]), *rf.particle_exchange([a], [lead]))
    equation = rf.HEOM(system, depth=2, tol=1e-2)
    times = np.linspace(0.0, 5.0, 6)
    found = equation.evolve([1.0, 0.0], times, store_states=True)
    steps = equation.evolve([1.0, 0.0], times, store_states=True, method="dopri5", rtol=1e-9, atol=1e-11)
    assert np.abs(found.states - steps.states).max() < 2e-6


def test_few_applications():
    """Three operators of one exponential turn by 45 and are damped by 39: a box around all needs 2000 applications."""
    hops = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]), np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0]])
    baths = [rf.LorentzianBath(0.01, 13.0, centre) for centre in (15.0, -15.0)]
    system = rf.System(np.diag([0.0, 0.7, 1.6]), list(hops), baths)
    found = rf.HEOM(system, depth=3).evolve(np.eye(3)[2], [0.0, 20.0])
    assert found.stats["applications"] < 1400
    assert found.stats["rejected"] == 0
