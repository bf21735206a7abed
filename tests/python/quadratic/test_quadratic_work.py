"""Work and heat of driven quadratic systems."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

from quadratic_reference import coupling, covariance, lead, moving

Q = rf.quadratic


def test_over_a_period_the_work_leaves_to_the_baths():
    omega = 1.7
    h0, v = rf.models.chain(4), np.diag([0.6, 0.0, 0.0, -0.4])
    system = rf.QuadraticSystem(lambda t: h0 + np.cos(omega * t) * v, 0.6, lead(strength=3.0))
    davies = rf.Davies(system)
    period = 2.0 * np.pi / omega
    x, w = np.polynomial.legendre.leggauss(24)
    first = 7 * period
    nodes = first + 0.5 * period * (x + 1.0)
    states = davies.evolve(np.zeros(4), [0.0, *nodes], rtol=1e-11, atol=0.0).covariances[1:]
    within = [first, first + period]
    work = np.array([Q.power(system, g, t, within) for g, t in zip(states, nodes, strict=True)])
    heat = np.array([Q.currents(davies, g, t).energy.sum() for g, t in zip(states, nodes, strict=True)])
    assert 0.5 * period * (w @ (work + heat)) == pytest.approx(0.0, abs=1e-9)
    assert w @ work > 1e-4


def test_first_law_with_work():
    h = moving(3, 9)
    system = rf.QuadraticSystem(h, coupling(3, 9), [lead(beta=0.5 + i) for i in range(3)])
    tlist = np.array([0.0, 5.0])
    x, w = np.polynomial.legendre.leggauss(40)
    nodes = 2.5 * (x + 1.0)
    g0 = covariance(3, 9)
    for equation in (rf.Redfield(system), rf.Redfield(system, history="stationary")):
        result = equation.evolve(g0, np.concatenate([[0.0], nodes, [5.0]]), rtol=1e-12)
        g = result.covariances
        gained = np.trace(h(5.0) @ g[-1] - h(0.0) @ g[0]).real
        flows = [
            Q.currents(equation, s, t, tlist).energy.sum() + Q.power(system, s, t, tlist)
            for s, t in zip(g[1:-1], nodes, strict=True)
        ]
        assert 2.5 * (w @ flows) == pytest.approx(gained, abs=1e-9)


def test_secular_currents_of_uneven_couplings_sum_to_the_rate():
    system = rf.QuadraticSystem(moving(3, 2), coupling(3, 2), [lead(beta=0.5 + i) for i in range(3)])
    davies, g = rf.Davies(system), covariance(3, 2)
    currents = Q.currents(davies, g, 1.3)
    rate = davies.apply(g, 1.3)
    assert currents.particle.sum() == pytest.approx(np.trace(rate).real, abs=1e-13)
    assert currents.energy.sum() == pytest.approx(np.trace(system.h(1.3) @ rate).real, abs=1e-13)
    assert rf.analysis.entropy_production(0.9 * g + 0.05 * np.eye(3), davies.at(1.3)) > 0.0
