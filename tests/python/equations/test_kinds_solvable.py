"""Every kind of equation where its answer is known: Gibbs states, rings, pure dephasing, a resonant level, fermions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
import scipy.sparse

import redfield as rf

from reference import random_hermitian, random_matrix, random_unitary

BATH = rf.OhmicBath(strength=0.2, cutoff=3.0, beta=1.0)


def test_gibbs_is_stationary():
    h = random_hermitian(5, 30)
    system = rf.System(h, [random_hermitian(5, 31), random_matrix(5, 32)], BATH)
    hermitian = rf.System(h, [random_hermitian(5, 31), random_hermitian(5, 33)], BATH)
    gibbs = scipy.linalg.expm(-BATH.beta * h)
    gibbs /= np.trace(gibbs)
    assert np.allclose(system.gibbs_state(), gibbs)
    for lamb_shift in (True, False):
        assert np.abs(rf.Davies(hermitian, lamb_shift).apply(gibbs)).max() < 1e-12
    assert np.abs(rf.Redfield(hermitian, lamb_shift=False).apply(gibbs)).max() < 1e-12
    assert np.abs(rf.Redfield(hermitian, lamb_shift=True).apply(gibbs)).max() > 1e-6


def test_rotated_ring_has_the_same_secular_rates():
    # A 3-spin XXX ring: degenerate levels, so that rounding decides what `!=` would call equal.
    spins = [
        np.array(s, dtype=complex) / 2 for s in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])
    ]

    def site(s, j):
        factors = [np.eye(2)] * 3
        factors[j] = s
        return np.kron(np.kron(factors[0], factors[1]), factors[2])

    h = sum(site(s, j) @ site(s, (j + 1) % 3) for s in spins for j in range(3)).real
    couplings = [site(spins[2], j).real for j in range(3)]
    q = scipy.linalg.qr(np.random.default_rng(5).standard_normal((8, 8)))[0]
    spectra = []
    for turn in (np.eye(8), q):
        system = rf.System(turn @ h @ turn.T, [turn @ a @ turn.T for a in couplings], BATH)
        davies = rf.Davies(system)
        assert davies.generator.degenerate
        spectra.append(np.sort_complex(np.linalg.eigvals(davies.liouvillian().toarray()).round(9)))
        rho = turn @ np.diag(np.arange(1.0, 9.0)) @ turn.T / 36
        spectra[-1] = (spectra[-1], turn.T @ davies.apply(rho) @ turn)
    assert np.abs(np.sort(spectra[0][0].real) - np.sort(spectra[1][0].real)).max() < 1e-8
    assert np.abs(spectra[0][1] - spectra[1][1]).max() < 1e-10


def test_covariance_of_the_degenerate_davies_under_unitaries():
    energies = np.array([0.0, 1.0, 1.0, 2.0])
    couplings = [random_matrix(4, 50), random_hermitian(4, 51)]
    x = random_matrix(4, 52)
    plain = rf.Davies(rf.System(np.diag(energies), couplings, BATH)).apply(x)
    for seed in range(3):
        u = random_unitary(4, 53 + seed)
        turned = rf.System(
            u @ np.diag(energies) @ u.conj().T, [u @ a @ u.conj().T for a in couplings], BATH
        )
        assert np.abs(u.conj().T @ rf.Davies(turned).apply(u @ x @ u.conj().T) @ u - plain).max() < 1e-11


def test_pure_dephasing_is_exact():
    # [H, A] = 0: the average over a window T is the exact solution at T, (1 + ω_c²T²)^{−λ/π} at zero temperature.
    cold = rf.OhmicBath(strength=0.3, cutoff=4.0, beta=np.inf)
    system = rf.System(np.diag([0.5, -0.5]), [np.diag([1.0, -1.0])], cold)
    plus = np.full(2, np.sqrt(0.5))
    for t in (0.1, 1.0, 10.0):
        final = rf.CoarseGrained(system, t).evolve(plus, [0.0, t], rtol=1e-10).final_state
        assert abs(final[0, 1]) == pytest.approx(0.5 * (1 + (4.0 * t) ** 2) ** (-0.3 / np.pi), rel=1e-8)
    warm = rf.OhmicBath(strength=0.3, cutoff=4.0, beta=2.0)
    system = rf.System(np.diag([0.5, -0.5]), [np.diag([1.0, -1.0])], warm)
    final = rf.Redfield(system).evolve(plus, [0.0, 5.0]).final_state
    assert abs(final[0, 1]) == pytest.approx(0.5 * np.exp(-2 * 0.3 / 2.0 * 5.0), rel=1e-9)


def resonant_level(rate, level=0.4, bias=1.0, beta=2.0):
    """Current into the left lead's partner: exact (wide band) and from Davies' steady state."""
    (a,) = rf.operators.fermions(1)
    leads = [rf.ParticleBath(rate, beta, mu, band=(-200.0, 200.0)) for mu in (bias / 2, -bias / 2)]
    dot = rf.System(level * (a.T @ a), *rf.particle_exchange([a, a], leads))
    occupied = rf.Davies(dot, lamb_shift=False).steady_state().state[1, 1].real
    current = rate * (float(leads[0].occupation(level)) - occupied)
    window = [
        scipy.integrate.quad(
            lambda w: rate**2 / ((w - level) ** 2 + rate**2)
            * (leads[0].occupation(w) - leads[1].occupation(w)) / (2 * np.pi),
            a, b, limit=500,
        )[0]
        for a, b in itertools.pairwise([-60.0, level - 1.0, level, level + 1.0, 60.0])
    ]  # fmt: skip
    return current, sum(window)


def test_resonant_level_current_in_weak_coupling():
    errors = []
    for rate in (0.08, 0.04, 0.02):
        current, exact = resonant_level(rate)
        errors.append(abs(current / exact - 1.0))
    assert errors[2] < 0.02
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.15)
    assert errors[1] / errors[2] == pytest.approx(2.0, rel=0.1)


def test_fock_operators():
    fermions = rf.operators.fermions(3)
    for i, a in enumerate(fermions):
        for j, b in enumerate(fermions):
            anti = (a @ b.T + b.T @ a).toarray()
            assert np.array_equal(anti, np.eye(8) * (i == j))
            assert not (a @ b + b @ a).toarray().any()
    bosons = rf.operators.bosons(2, levels=4)
    commutator = (bosons[0] @ bosons[0].T - bosons[0].T @ bosons[0]).toarray().diagonal()
    assert np.allclose(commutator[:12], 1.0)
    assert np.allclose(commutator[12:], -3.0)
    assert not (bosons[0] @ bosons[1].T - bosons[1].T @ bosons[0]).toarray().any()


@pytest.mark.parametrize("n", [6, 9])
def test_sparse_jumps_are_the_dense_ones(n):
    rng = np.random.default_rng(n)
    h = random_hermitian(n, 70)
    jumps = []
    for _ in range(12):
        a = np.zeros((n, n), dtype=complex)
        for _ in range(2):
            a[tuple(rng.integers(0, n, 2))] = rng.standard_normal() + 1j * rng.standard_normal()
        jumps.append(a)
    x = random_matrix(n, 71)
    dense = rf.Lindblad(h, jumps).apply(x)
    sparse = rf.Lindblad(h, [scipy.sparse.csr_array(a) for a in jumps]).apply(x)
    written_out = -1j * (h @ x - x @ h)
    for a in jumps:
        both = a.conj().T @ a
        written_out += a @ x @ a.conj().T - 0.5 * (both @ x + x @ both)
    assert np.abs(dense - written_out).max() < 1e-12
    assert np.abs(sparse - written_out).max() < 1e-12
