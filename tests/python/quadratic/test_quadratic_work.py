"""Work and heat of driven quadratic systems."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

from quadratic_reference import coupling, covariance, lead, moving, redfield_matrices

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


def test_currents_along_a_driven_evolution():
    """Each bath changes G by Ġ_b = −M_bG − GM_b† + Q_b, M_b and Q_b functions of h(t) written out."""
    h, j, baths = moving(3, 4), coupling(3, 4), [lead(beta=0.5, mu=0.3), lead(beta=1.5, mu=-0.2)]
    of_site = [baths[0], baths[0], baths[1]]
    system = rf.QuadraticSystem(h, j, of_site)
    result = rf.Redfield(system).evolve(covariance(3, 4), [0.0, 1.0, 2.5])
    particle, heat = rf.analysis.particle_currents(result), rf.analysis.heat_currents(result)
    for i, (t, g) in enumerate(zip(result.times, result.covariances, strict=True)):
        for b, bath in enumerate(baths):
            alone = np.where([x is bath for x in of_site], j, 0.0)
            m, q = redfield_matrices(h(t), alone, of_site)
            m = m - 1j * h(t)
            change = q - m @ g - g @ m.conj().T
            assert particle[i, b] == pytest.approx(np.trace(change).real, abs=1e-7)
            exact = np.trace((h(t) - bath.mu * np.eye(3)) @ change).real
            assert heat[i, b] == pytest.approx(exact, abs=1e-7)
    one = rf.analysis.heat_currents(result.covariances[1], rf.Redfield(system), t=1.0)
    assert one == pytest.approx(heat[1], abs=1e-12)
    assert rf.analysis.first_law_defect(result) < 1e-12
    davies = rf.Davies(system).evolve(covariance(3, 4), [0.0, 1.0, 2.5])
    assert (rf.analysis.entropy_production(davies) > 0.0).all()
    remembers = rf.Redfield(system, history="memory").evolve(covariance(3, 4), [0.0, 0.1])
    with pytest.raises(TypeError, match="where the evolution starts"):
        rf.analysis.heat_currents(remembers)
    with pytest.raises(ValueError, match="t is missing"):
        rf.analysis.heat_currents(result.covariances[1], rf.Redfield(system))
