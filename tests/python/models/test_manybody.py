"""Many-body models against Kronecker products, their sectors, and truncated dissipators."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse.linalg

import redfield as rf
from redfield import analysis
from redfield.models import bose_hubbard, heisenberg, mixed_field_ising, tv_fermions, xxz

from reference import random_state

X = np.array([[0.0, 1.0], [1.0, 0.0]])
Y = np.array([[0.0, -1.0j], [1.0j, 0.0]])
Z = np.diag([1.0, -1.0])


def site(o, j, n):
    return np.kron(np.kron(np.eye(2**j), o), np.eye(2 ** (n - j - 1)))


def xxz_matrix(n, anisotropy, fields, periodic, second=0.0):
    h = sum(0.5 * w * site(Z, j, n) for j, w in enumerate(fields)).astype(complex)
    for distance, strength, delta in ((1, 1.0, anisotropy), (2, second, 1.0)):
        around = periodic and n > 2 * distance
        for j in range(n if around else n - distance):
            k = (j + distance) % n
            for o, factor in ((X, 1.0), (Y, 1.0), (Z, delta)):
                h += 0.25 * strength * factor * site(o, j, n) @ site(o, k, n)
    return h


def same_spectrum(a, b):
    return np.allclose(np.linalg.eigvalsh(a), np.linalg.eigvalsh(b), atol=1e-10)


@pytest.mark.parametrize("n", [2, 3, 5, 6])
@pytest.mark.parametrize("periodic", [True, False])
def test_spin_chains_are_kronecker_products(n, periodic):
    w = np.random.default_rng(4).uniform(-0.7, 0.7, n)
    model = xxz(n, 0.6, disorder=0.7, second=0.3, magnetisation=None, periodic=periodic, seed=4)
    assert np.abs(model.hamiltonian - xxz_matrix(n, 0.6, w, periodic, 0.3)).max() < 1e-13
    ising = mixed_field_ising(n, 0.8, 0.9, 0.5, disorder=0.7, periodic=periodic, seed=4)
    h = sum(0.9 * site(X, j, n) + (0.5 + w[j]) * site(Z, j, n) for j in range(n))
    for j in range(n if periodic and n > 2 else n - 1):
        h = h + 0.8 * site(Z, j, n) @ site(Z, (j + 1) % n, n)
    assert np.abs(ising.hamiltonian - h).max() < 1e-13
    for j in range(n):
        assert np.abs(ising.local("z")[j] - site(Z, j, n)).max() == 0.0
        assert np.abs(ising.local("plus")[j] - site((X + 1j * Y) / 2, j, n)).max() == 0.0
        assert np.abs(ising.local("minus")[j] - site((X - 1j * Y) / 2, j, n)).max() == 0.0


def test_magnetisation_sectors_make_up_the_whole():
    whole = np.linalg.eigvalsh(
        heisenberg(6, disorder=0.4, magnetisation=None, seed=1).hamiltonian.toarray()
    )
    parts = [
        np.linalg.eigvalsh(heisenberg(6, disorder=0.4, magnetisation=m, seed=1).hamiltonian.toarray())
        for m in range(-6, 7, 2)
    ]
    assert np.allclose(np.sort(np.concatenate(parts)), whole)


@pytest.mark.parametrize("make", [
    lambda k: xxz(8, 0.6, magnetisation=2, periodic=True, momentum=k),
    lambda k: mixed_field_ising(6, periodic=True, momentum=k),
    lambda k: bose_hubbard(4, 4, interaction=1.7, periodic=True, momentum=k),
])  # fmt: skip
def test_momentum_sectors_make_up_the_whole(make):
    first = make(0)
    n = first.sites
    parts = np.sort(np.concatenate([np.linalg.eigvalsh(make(k).hamiltonian.toarray()) for k in range(n)]))
    whole = {
        8: lambda: xxz(8, 0.6, magnetisation=2, periodic=True),
        6: lambda: mixed_field_ising(6, periodic=True),
        4: lambda: bose_hubbard(4, 4, interaction=1.7, periodic=True),
    }[n]()
    assert np.allclose(parts, np.linalg.eigvalsh(whole.hamiltonian.toarray()))
    total = np.sort(np.concatenate([
        np.linalg.eigvalsh(make(k).collective("n").toarray()) for k in range(n)
    ]))  # fmt: skip
    assert np.allclose(total, np.sort(whole.collective("n").diagonal()))


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("particles", [0, 1, 2, 3])
def test_fermions_and_bosons_are_those_of_fock_space(particles, periodic):
    n = 4
    w = np.random.default_rng(2).uniform(-0.5, 0.5, n)
    bonds = [(j, (j + 1) % n) for j in range(n if periodic else n - 1)]
    a = [x.toarray() for x in rf.operators.fermions(n)]
    h = sum(w[j] * a[j].T @ a[j] for j in range(n))
    for j, k in bonds:
        h = h - 0.9 * (a[j].T @ a[k] + a[k].T @ a[j]) + 1.3 * a[j].T @ a[j] @ a[k].T @ a[k]
    count = np.diagonal(sum(x.T @ x for x in a)).round().astype(int)
    block = h[np.ix_(count == particles, count == particles)]
    model = tv_fermions(n, particles, 0.9, 1.3, 0.5, periodic, seed=2)
    assert np.abs(model.hamiltonian - block).max() < 1e-13

    levels = particles + 1
    if levels > 1:
        b = [x.toarray() for x in rf.operators.bosons(n, levels)]
        h = sum(w[j] * b[j].T @ b[j] + 0.65 * b[j].T @ b[j].T @ b[j] @ b[j] for j in range(n))
        for j, k in bonds:
            h = h - 0.9 * (b[j].T @ b[k] + b[k].T @ b[j])
        count = np.diagonal(sum(x.T @ x for x in b)).round().astype(int)
        block = h[np.ix_(count == particles, count == particles)]
        model = bose_hubbard(n, particles, 0.9, 1.3, 0.5, periodic, seed=2)
        assert np.abs(model.hamiltonian - block).max() < 1e-12


def test_four_thousand_levels_are_reached():
    model = xxz(14, disorder=1.0, magnetisation=0)
    assert model.dimension == 3432
    assert mixed_field_ising(12).dimension == 4096
    assert len(model.local("z")) == 14


def test_level_statistics_of_chaotic_and_localised_chains():
    chaotic = analysis.level_statistics(
        [xxz(10, disorder=0.5, second=0.5, seed=s).hamiltonian for s in range(40)]
    )
    localised = analysis.level_statistics([xxz(10, disorder=12.0, seed=s).hamiltonian for s in range(40)])
    assert chaotic.r == pytest.approx(0.53, abs=0.01 + 2 * chaotic.standard_error)
    assert localised.r == pytest.approx(0.39, abs=0.01 + 2 * localised.standard_error)


def spins(n=5, beta=0.5, coupling="z"):
    model = mixed_field_ising(n)
    return rf.System(model.hamiltonian, model.local(coupling), rf.DrudeBath(0.05, 8.0, beta))


@pytest.mark.parametrize("coupling", ["z", "n", "plus"])
@pytest.mark.parametrize("lamb_shift", [True, False])
def test_the_given_basis_kernel_is_the_pair_sum(coupling, lamb_shift):
    """Diagonal, half-empty and triangular couplings; ρ Hermitian or not."""
    system = spins(5, coupling=coupling)
    h, bath = system.hamiltonian, system.baths[0]
    e, u = np.linalg.eigh(h)
    w = e[None, :] - e[:, None]
    g = bath.one_sided(w) if lamb_shift else 0.5 * bath.power_spectrum(w)
    rho = random_state(32, 1) + 0.3j * random_state(32, 2)
    expected = -1j * (h @ rho - rho @ h)
    for a in system.couplings:
        a = a.toarray()
        lam = u @ (g * (u.conj().T @ a @ u)) @ u.conj().T
        expected += lam @ rho @ a.conj().T + a @ rho @ lam.conj().T
        expected -= a.conj().T @ lam @ rho + rho @ lam.conj().T @ a
    redfield = rf.Redfield(system, lamb_shift)
    for threads in (1, 2):
        assert np.abs(redfield.apply(rho, threads=threads) - expected).max() < 1e-12
    states = redfield.evolve(random_state(32, 1), [0.0, 3.0], rtol=1e-10).states
    start = random_state(32, 1).ravel(order="F")
    direct = scipy.sparse.linalg.expm_multiply(3.0 * redfield.liouvillian(), start).reshape(
        32, 32, order="F"
    )
    assert np.abs(states[1] - direct).max() < 1e-8


def test_truncated_dissipators_are_partial_traces_with_a_certified_error():
    system = spins(5)
    full = rf.Redfield(system)
    e, u = np.linalg.eigh(system.hamiltonian)
    g = system.baths[0].one_sided(e[None, :] - e[:, None])
    rho = random_state(32, 3)
    for reach in (0, 1, 2, 4):
        cut = rf.QuasilocalRedfield(system, reach)
        expected = -1j * (system.hamiltonian @ rho - rho @ system.hamiltonian)
        bound = 0.0
        for j in range(5):
            a = system.couplings[j].toarray()
            lam = u @ (g * (u.conj().T @ a @ u)) @ u.conj().T
            kept = np.zeros((32, 32), dtype=complex)
            # Projection on products of Pauli operators that act within the reach.
            near = [k for k in range(5) if abs(k - j) <= reach]
            for choice in itertools.product((np.eye(2), X, Y, Z), repeat=len(near)):
                p = np.eye(1)
                for k in range(5):
                    p = np.kron(p, choice[near.index(k)] if k in near else np.eye(2))
                kept += np.trace(p.conj().T @ lam) / 32 * p
            expected += kept @ rho @ a.conj().T + a @ rho @ kept.conj().T
            expected -= a.conj().T @ kept @ rho + rho @ kept.conj().T @ a
            assert cut.dropped[j] == pytest.approx(np.linalg.norm(lam - kept, 2), abs=1e-12)
            bound += 4.0 * np.linalg.norm(lam - kept, 2)
        assert np.abs(cut.apply(rho) - expected).max() < 1e-12
        assert cut.error_bound == pytest.approx(bound, abs=1e-11)
        difference = cut.apply(rho) - full.apply(rho)
        assert rf.trace_norm(difference) <= cut.error_bound + 1e-12
        # And the evolution conserves the trace.
        assert abs(np.trace(cut.evolve(rho, [0.0, 2.0]).final_state) - 1.0) < 1e-10
    assert np.abs(difference).max() < 1e-12  # reach 4 is everything


def test_truncation_on_rings_and_bad_input():
    system = spins(5)
    ring = rf.QuasilocalRedfield(system, 2, periodic=True)
    assert ring.error_bound < 1e-12  # within 2 of everything on a ring of 5
    for call, message in (
        (lambda: rf.QuasilocalRedfield(system, -1), "reach must be at least 0"),
        (lambda: rf.QuasilocalRedfield(system, 1, sites=[0, 1]), "sites must name one"),
        (
            lambda: rf.QuasilocalRedfield(system, 1, local_dimension=3),
            "32 levels are not those of sites of 3",
        ),
        (
            lambda: rf.QuasilocalRedfield(
                rf.System(np.eye(4), rf.SiteProjectors(4), rf.FlatBath(0.1)), 1
            ),
            "operators of sites",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            call()
