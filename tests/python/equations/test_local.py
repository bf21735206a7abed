"""Clusters around each coupling, against the whole: the certified error holds, and is not needlessly large."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

import redfield as rf
from redfield.equations.lightcone import Sites, memory_of

from reference import random_hermitian, random_matrix, random_state

SHORT = rf.DrudeBath(0.05, 10.0, 0.2)


def embedded(operators, dims):
    """⊗ of given factors, identities elsewhere."""
    out = sp.eye_array(1)
    for k, d in enumerate(dims):
        out = sp.kron(out, operators.get(k, sp.eye_array(d)), format="csr")
    return out


def of_bonds(dims, bonds, seed, strength=1.0):
    """Random terms of one site and of each bond."""
    rng = np.random.default_rng(seed)
    h = sum(embedded({k: random_hermitian(d, seed + k)}, dims) for k, d in enumerate(dims))
    for k, m in bonds:
        for _ in range(2):
            a, b = (random_hermitian(dims[x], int(rng.integers(10**6))) for x in (k, m))
            h = h + strength * embedded({k: a, m: b}, dims)
    return sp.csr_array(h)


LATTICES = {
    "chain": ([2] * 6, [(k, k + 1) for k in range(5)]),
    "ring": ([2] * 6, [(k, (k + 1) % 6) for k in range(6)]),
    "square": ([2] * 6, [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]),
    "any dimensions": ([3, 2, 4, 2], [(0, 1), (1, 2), (2, 3)]),
    "no bonds": ([2, 3, 2], []),
}


def superoperator_norm(difference, n, tries=6):
    """A lower bound of the norm on states: the largest change of some."""
    kets = [random_matrix(n, 50 + k)[:, 0] for k in range(tries)]
    states = [np.outer(k, k.conj()) / np.vdot(k, k).real for k in kets] + [random_state(n, 3)]
    return max(rf.trace_norm(difference(rho)) for rho in states)


@pytest.mark.parametrize("lamb_shift", [False, True])
@pytest.mark.parametrize("name", LATTICES)
def test_the_error_is_within_its_bound(name, lamb_shift):
    dims, bonds = LATTICES[name]
    h = of_bonds(dims, bonds, 1, 0.3)
    n = h.shape[0]
    couplings = [embedded({k: random_hermitian(d, 70 + k)}, dims) for k, d in enumerate(dims)]
    system = rf.System(h, couplings, SHORT)
    exact = rf.Redfield(system, lamb_shift=lamb_shift)
    bounds = []
    for error in (1.0, 0.1):
        local = rf.LocalRedfield(system, error, dims=dims, lamb_shift=lamb_shift)
        away = superoperator_norm(lambda rho, e=local: e.apply(rho) - exact.apply(rho), n)
        assert away <= local.error_bound + 1e-12
        assert local.error_bound <= error
        bounds.append(local.supports)
    assert (bounds[1] >= bounds[0]).all()
    if not bonds:
        assert away < 1e-12
        assert (local.supports == dims).all()


def test_non_hermitian_couplings_on_chosen_sites():
    dims = [2, 3, 2]
    h = of_bonds(dims, [(0, 1), (1, 2)], 5, 0.2)
    a = embedded({1: random_matrix(3, 1)}, dims)
    with pytest.warns(rf.UnpairedCouplingWarning):
        system = rf.System(h, [a], SHORT)
    local = rf.LocalRedfield(system, 1e-3, dims=dims, sites=[1])
    exact, rho = rf.Redfield(system), random_state(12, 1)
    assert rf.trace_norm(local.apply(rho) - exact.apply(rho)) <= 1e-3
    assert local.supports[0] == 12  # the whole space, in which it is exact
    assert np.abs(local.apply(rho) - exact.apply(rho)).max() < 1e-12


@pytest.mark.parametrize("size", [(9,), (3, 3), (2, 2, 2)])
@pytest.mark.parametrize("lamb_shift", [False, True])
def test_one_particle_on_a_lattice(size, lamb_shift):
    """Chain, square and cube with weights of both signs: ball by ball."""
    n = int(np.prod(size))
    place = np.arange(n).reshape(size)
    h = np.diag(np.random.default_rng(2).uniform(-4.0, 4.0, n))
    for axis in range(len(size)):
        a = np.moveaxis(place, axis, 0)
        h[a[1:].ravel(), a[:-1].ravel()] = h[a[:-1].ravel(), a[1:].ravel()] = 0.3
    weights = np.random.default_rng(3).uniform(-1.0, 1.0, n)
    system = rf.System(h, rf.SiteProjectors(n, weights=weights), SHORT)
    exact = rf.Redfield(system, lamb_shift=lamb_shift)
    for error in (0.3, 0.01, 1e-9):
        local = rf.LocalRedfield(system, error, lamb_shift=lamb_shift)
        away = superoperator_norm(lambda rho, e=local: e.apply(rho) - exact.apply(rho), n)
        assert away <= local.error_bound + 1e-12
        assert local.error_bound <= error
    assert away < 1e-9


def test_what_else_it_answers():
    system = rf.System(of_bonds([2] * 4, [(0, 1), (1, 2), (2, 3)], 1, 0.3),
                       [embedded({k: np.diag([1.0, -1.0])}, [2] * 4) for k in range(4)], SHORT)  # fmt: skip
    local = rf.LocalRedfield(system, 1e-9, dims=[2] * 4)
    exact = rf.Redfield(system)
    rho = np.eye(16)[3]
    one, other = (e.evolve(rho, [0.0, 3.0]) for e in (local, exact))
    assert one.stats["frame"] == "given"
    assert other.stats["frame"] == "eigenbasis"
    assert rf.trace_norm(one.final_state - other.final_state) < 1e-5
    assert rf.trace_norm(local.steady_state().state - exact.steady_state().state) < 1e-6
    x = random_matrix(16, 1)
    assert np.allclose(local.adjoint().apply(x), exact.adjoint().apply(x), atol=1e-9)


def test_local_jumps_are_those_of_the_universal_lindblad_equation():
    dims = [2] * 5
    h = of_bonds(dims, [(k, k + 1) for k in range(4)], 3, 0.2)
    couplings = [embedded({k: random_hermitian(2, 70 + k)}, dims) for k in range(5)]
    system = rf.System(h, couplings, SHORT)
    exact = rf.UniversalLindblad(system, lamb_shift=False)
    for error in (1.0, 0.1):
        local = rf.local_jumps(system, error, dims)
        equation = rf.Lindblad(h, local.jumps)
        away = superoperator_norm(lambda rho, e=equation: e.apply(rho) - exact.apply(rho), 32)
        assert away <= local.error_bound + 1e-12
    result = equation.trajectories(np.eye(32)[0], [0.0, 4.0], couplings[0], samples=400, seed=1)
    mean = equation.evolve(np.eye(32)[0], [0.0, 4.0], couplings[0]).expect[0]
    assert abs(result.expect[0][-1] - mean[-1]) < 4 * result.errors[0, -1]


def test_partial_traces_take_a_hamiltonian_apart():
    dims = [2, 3, 2, 2]
    h = of_bonds(dims, [(0, 2), (1, 3)], 8)
    sites = Sites(h, dims)
    assert sorted(sites.terms) == [(0,), (0, 2), (1,), (1, 3), (2,), (3,)]
    assert sites.near(0, 1) == (0, 2)
    whole = sites.hamiltonian((0, 1, 2, 3))
    shift = np.trace(h.toarray()) / 24
    assert np.abs(whole + shift * np.eye(24) - h.toarray()).max() < 1e-12


def test_the_memory_of_a_bath():
    """∫|C| and ∫|C| s against quadrature."""
    import scipy.integrate

    memory = memory_of(SHORT)
    size = [scipy.integrate.quad(lambda s, p=p: abs(SHORT.correlation(np.array([s]))[0]) * s**p, 0.0, 3.0,
                                 limit=200)[0] for p in (0, 1)]  # fmt: skip
    whole = memory.bound(np.full(len(memory.times), 1e6), 1.0)
    linear = memory.bound(np.ones(len(memory.times)), 1e6) - memory.tail * 1e6
    assert size[0] <= whole <= 1.2 * size[0]
    assert size[1] <= linear <= 1.4 * size[1]
