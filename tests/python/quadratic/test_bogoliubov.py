"""Fermions with pairing against Fock space."""

import numpy as np
import pytest

import redfield as rf
from redfield import quadratic

H = np.array([[0.3, -0.5 + 0.2j, 0.0], [-0.5 - 0.2j, -0.1, 0.4], [0.0, 0.4, 0.2]])
DELTA = np.array([[0.0, 0.3, 0.1j], [-0.3, 0.0, -0.2], [-0.1j, 0.2, 0.0]])
COUPLING = [0.2, 0.3, 0.25]


def lead(mu=0.3, beta=1.5):
    # Not even in ω, so that a hole sees something else.
    return rf.ParticleBath(lambda w: np.exp(-((w - 0.7) ** 2) / 12), beta=beta, mu=mu)


def fock(baths):
    a = [x.toarray() for x in rf.operators.fermions(3)]
    h = sum(H[j, k] * a[j].conj().T @ a[k] for j in range(3) for k in range(3))
    pair = sum(0.5 * DELTA[j, k] * a[j].T @ a[k].T for j in range(3) for k in range(3))
    h = h + pair + pair.conj().T
    couplings = [j * x for j, x in zip(COUPLING, a, strict=True)]
    exchange = rf.particle_exchange(couplings, baths)
    # H does not keep the particle number, so that no one asks for it: each half is a bath of its own.
    return a, rf.System(h, exchange[0], exchange[1])


def nambu(rho, a):
    psi = [*a, *(x.conj().T for x in a)]
    return np.array([[np.trace(q.conj().T @ p @ rho) for q in psi] for p in psi])


@pytest.mark.parametrize("kind", ["Redfield", "Davies"])
def test_it_is_fock_space(kind):
    baths = [lead(), lead(mu=-0.2, beta=0.7), lead()]
    wire = quadratic.Bogoliubov(H, DELTA, COUPLING, baths)
    a, system = fock(baths)
    many, one = getattr(rf, kind)(system), getattr(rf, kind)(wire.system)
    rho0 = np.zeros((8, 8))
    rho0[5, 5] = 1.0
    densities = [np.trace(x.conj().T @ x @ rho0).real for x in a]
    g0 = wire.covariance(densities)
    assert np.abs(g0 - nambu(rho0, a)).max() < 1e-14
    tlist = [0.0, 0.7, 6.0]
    states = many.evolve(rho0, tlist, rtol=1e-9, atol=1e-11).states
    found = one.evolve(g0, tlist).covariances
    for rho, g in zip(states, found, strict=True):
        assert np.abs(nambu(rho, a) - g).max() < 1e-7
        assert np.abs(wire.pairs(g) - nambu(rho, a)[:3, 3:]).max() < 1e-7
        assert np.abs(wire.normal(g) - nambu(rho, a)[:3, :3]).max() < 1e-7
        assert wire.energy(g) == pytest.approx(np.trace(system.hamiltonian @ rho).real, abs=1e-7)
    number = sum(x.conj().T @ x for x in a)
    flows = wire.particle_currents(one, found[1])
    change = np.trace(number @ many.dissipator(states[1])).real
    assert flows.sum() == pytest.approx(change, abs=1e-7)
    assert len(flows) == 3


def test_one_bath_thermalises_at_its_own_potential_only():
    wire = quadratic.Bogoliubov(H, DELTA, COUPLING, lead(mu=0.0))
    state = rf.Davies(wire.system).steady_state().covariance
    assert np.abs(state - wire.system.gibbs_state(mu=0.0)).max() < 1e-10
    energies = wire.system.energies
    assert np.allclose(energies, -energies[::-1])
