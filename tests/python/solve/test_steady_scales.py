"""Steady states at every scale: weak coupling, rates far apart, nothing that dissipates, and several states."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

from reference import random_hermitian, random_state, random_unitary

METHODS = ["auto", "direct", "iterative"]
KINDS = [rf.Davies, lambda s: rf.Redfield(s, lamb_shift=False), rf.UniversalLindblad]


def destroy(n):
    return np.diag(np.sqrt(np.arange(1.0, n)), 1)


def lower(end, start, n):
    out = np.zeros((n, n))
    out[end, start] = 1.0
    return out


def one_of(n, x, site):
    return np.kron(np.kron(np.eye(2**site), x), np.eye(2 ** (n - site - 1)))


def exact_stationary(rates):
    """The stationary distribution of ṗ = Rp by Gauss-Jordan elimination over the rationals; rates[k][l] is l → k."""
    n = len(rates)
    a = [[Fraction(0)] * (n + 1) for _ in range(n)]
    for start in range(n):
        for end in range(n):
            if end != start:
                a[end][start] += Fraction(rates[end][start])
                a[start][start] -= Fraction(rates[end][start])
    a[0] = [Fraction(1)] * (n + 1)
    for c in range(n):
        pivot = next(r for r in range(c, n) if a[r][c] != 0)
        a[c], a[pivot] = a[pivot], a[c]
        a[c] = [x / a[c][c] for x in a[c]]
        for r in range(n):
            if r != c and a[r][c] != 0:
                a[r] = [x - a[r][c] * y for x, y in zip(a[r], a[c], strict=True)]
    return np.array([float(row[n]) for row in a])


def count_of(equation, method="auto"):
    try:
        equation.steady_state(method=method)
    except rf.MultipleSteadyStates as several:
        if several.states is not None:
            assert len(several.states) == several.count
            for x in several.states:
                scale = max(1e-300, np.linalg.norm(equation.liouvillian().toarray(), 2))
                assert np.linalg.norm(equation.apply(x)) <= 1e-8 * scale
        return several.count
    return 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("strength", [1e-2, 1e-9, 3e-12, 2e-13, 1e-15])
def test_weak_coupling_is_gibbs(strength, method):
    for n, scale in ((4, 1.0), (11, 1e12), (9, 1e-12)):
        h, a = 3.0 * scale * random_hermitian(n, n), random_hermitian(n, 40 + n)
        system = rf.System(h, [a], rf.OhmicBath(strength, 9.0 * scale, 0.4 / scale))
        gibbs = system.gibbs_state()
        for kind in KINDS:
            steady = kind(system).steady_state(method=method)
            # Redfield without the Lamb shift has Gibbs' state, the universal equation but for O(γ).
            allowed = steady.error + (20.0 * strength if kind is KINDS[2] else 0.0)
            assert steady.unique
            assert steady.error < 1e-8
            assert rf.trace_norm(steady.state - gibbs) <= allowed


def test_the_state_turns_with_the_basis():
    n, strength = 6, 1e-12
    h, a, u = random_hermitian(n, 1), random_hermitian(n, 2), random_unitary(n, 3)
    bath = rf.OhmicBath(strength, 5.0, 1.0)
    for kind in (rf.Davies, rf.Redfield):
        here = kind(rf.System(h, [a], bath)).steady_state()
        there = kind(rf.System(u @ h @ u.conj().T, [u @ a @ u.conj().T], bath)).steady_state()
        turned = u @ here.state @ u.conj().T
        assert rf.trace_norm(turned - there.state) <= here.error + there.error + 1e-12


RATES = st.lists(
    st.one_of(st.just(0.0), st.floats(-12.0, 3.0).map(lambda x: 10.0**x)), min_size=30, max_size=30
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(RATES, st.integers(2, 5))
def test_classical_chains_keep_every_digit(values, n):
    rates = np.zeros((n, n))
    for i, value in enumerate(values[: n * (n - 1)]):
        end, start = divmod(i, n - 1)
        rates[end, start + (start >= end)] = value
    for k in range(n):  # a ring joins them all
        rates[(k + 1) % n, k] += 10.0 ** (3 - 3 * k)
    h = np.diag(np.arange(n) ** 2 * 1.0)
    jumps = [np.sqrt(rates[pair]) * lower(*pair, n) for pair in zip(*np.nonzero(rates), strict=True)]
    squares = [[float(np.sqrt(r)) ** 2 for r in row] for row in rates]
    expected = exact_stationary(squares)
    for method in METHODS:
        found = rf.Lindblad(h, jumps).steady_state(method=method)
        p = np.diagonal(found.state).real
        assert np.abs(p / expected - 1.0).max() < 1e-12  # of each probability, however small
        assert np.abs(p - expected).sum() <= found.error


def test_davies_is_exact_at_any_range_of_rates():
    # Levels in a row, each joined to the next by a coupling 1e4 times weaker than the one before.
    n = 6
    h = np.diag(np.sqrt([0.0, 2.0, 7.0, 19.0, 41.0, 83.0]))
    couplings = [10.0 ** (-4 * k) * (lower(k, k + 1, n) + lower(k + 1, k, n)) for k in range(n - 1)]
    system = rf.System(h, couplings, rf.OhmicBath(1e-9, 5.0, 0.7))
    for method in METHODS:
        steady = rf.Davies(system).steady_state(method=method)
        assert np.abs(np.diagonal(steady.state - system.gibbs_state())).max() < 1e-14


@pytest.mark.parametrize("method", METHODS)
def test_rates_far_apart_have_one_state(method):
    # Three spins of which one relaxes a million times faster, all at one temperature.
    z, x = np.diag([1.0, -1.0]), np.array([[0.0, 1.0], [1.0, 0.0]])
    h = sum((0.6 + 0.13 * i) * one_of(3, z, i) for i in range(3))
    h = h + 0.3 * sum(one_of(3, x, i) @ one_of(3, x, i + 1) for i in range(2))
    for weak in (1e-6, 1e-9):
        baths = [rf.OhmicBath(0.08 * s, 8.0, 1.3) for s in (weak, 1.0, weak)]
        system = rf.System(h, [one_of(3, x, i) for i in range(3)], baths)
        for kind in KINDS[:2]:
            steady = kind(system).steady_state(method=method)
            assert steady.unique
            assert rf.trace_norm(steady.state - system.gibbs_state()) <= steady.error < 1e-4


@pytest.mark.parametrize("method", ["auto", "direct"])
def test_two_photon_drive_and_loss_have_one_state(method):
    a = destroy(18)
    equation = rf.Lindblad(a @ a + a.T @ a.T, [a @ a, 0.5 * a])
    steady = equation.steady_state(method=method)
    vector = np.linalg.svd(equation.liouvillian().toarray())[2][-1].conj()
    expected = vector.reshape(18, 18, order="F")
    assert rf.trace_norm(steady.state - expected / np.trace(expected)) <= max(steady.error, 1e-10)
    assert steady.error < 1e-6


@pytest.mark.parametrize(("fast", "slow"), [(40.0, 2e-3), (1e3, 1e-3)])
def test_a_fast_cavity_beside_a_slow_spin_tells_its_error(fast, slow):
    a, lowering = np.kron(destroy(4), np.eye(2)), np.kron(np.eye(4), lower(0, 1, 2))
    h = a + a.T + 0.3 * (lowering + lowering.T) + 0.01 * (a @ lowering.T + a.T @ lowering)
    equation = rf.Lindblad(h, [np.sqrt(fast) * a, np.sqrt(slow) * lowering])
    states = [equation.steady_state(method=m) for m in METHODS]
    for one in states:
        for other in states:
            assert rf.trace_norm(one.state - other.state) <= one.error + other.error < 1e-6


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [2, 7, 9, 14])
def test_a_closed_system_has_a_state_for_each_level(n, method):
    h = random_hermitian(n, n)
    bath, nothing = rf.OhmicBath(0.3, 5.0, 1.0), np.zeros((n, n))
    for equation in (
        rf.Lindblad(h, [nothing]),
        rf.Redfield(rf.System(h, [nothing], bath)),
        rf.Redfield(rf.System(h, [np.eye(n)], bath)),
        rf.Davies(rf.System(h, [random_hermitian(n, 3)], rf.OhmicBath(0.0, 5.0, 1.0))),
    ):
        assert count_of(equation, method) == n
        rho = random_state(n, 5)
        vectors = np.linalg.eigh(h)[1]
        kept = np.diag(np.diagonal(vectors.conj().T @ rho @ vectors))
        late = equation.steady_state(rho, method=method)
        assert rf.trace_norm(late.state - vectors @ kept @ vectors.conj().T) < 1e-12
        assert not late.unique


def test_a_closed_system_counts_its_degeneracies():
    u = random_unitary(12, 8)
    h = (u * np.repeat([0.0, 1.0, 3.0, 4.5], [5, 1, 4, 2])) @ u.conj().T
    for s in (1e-12, 1.0, 1e12):
        assert count_of(rf.Lindblad(s * h, [np.zeros((12, 12))])) == 25 + 1 + 16 + 4


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_direct_sums_are_counted_and_lead_where_they_start(scale, method):
    sizes = (4, 3, 2)
    n = sum(sizes)
    h = scale * scipy.linalg.block_diag(*(random_hermitian(k, 10 + k) for k in sizes))
    a = scipy.linalg.block_diag(*(random_hermitian(k, 20 + k) for k in sizes))
    rho = random_state(n, 6)
    edges = np.cumsum((0, *sizes))
    for strength in (1e-2, 1e-12):
        system = rf.System(h, [a], rf.OhmicBath(strength, 5.0 * scale, 1.0 / scale))
        expected = np.zeros((n, n), dtype=complex)
        for first, last in itertools.pairwise(edges):
            block = scipy.linalg.expm(-h[first:last, first:last] / scale)
            weight = np.trace(rho[first:last, first:last])
            expected[first:last, first:last] = weight * block / np.trace(block)
        for kind in KINDS[:2]:
            equation = kind(system)
            assert count_of(equation, method) == len(sizes)
            late = equation.steady_state(rho, method=method)
            assert rf.trace_norm(late.state - expected) <= max(late.error, 1e-9) < 1e-6


def test_a_transient_level_is_shared_out():
    # The level in the middle decays to both ends at rates 1 : 3.
    jumps = [lower(0, 1, 3), np.sqrt(3.0) * lower(2, 1, 3)]
    equation = rf.Lindblad(np.diag([0.0, 1.0, 2.5]), jumps)
    assert count_of(equation) == 2
    for method in METHODS:
        late = equation.steady_state([0.0, 1.0, 0.0], method=method).state
        assert np.abs(np.diagonal(late).real - [0.25, 0.0, 0.75]).max() < 1e-14


def test_dark_coherences_are_kept():
    # The excited level decays to two degenerate ones, whose coherence nothing touches.
    jumps = [lower(0, 2, 3), lower(1, 2, 3)]
    equation = rf.Lindblad(np.diag([0.0, 0.0, 1.0]), jumps)
    assert count_of(equation, "direct") == 4
    rho = np.outer([0.6, 0.8j, 0.0], [0.6, -0.8j, 0.0])
    assert rf.trace_norm(equation.steady_state(rho).state - rho) < 1e-12


@pytest.mark.parametrize("strength", [1e-3, 1e-12, 1e-14])
def test_the_gap_scales_with_the_coupling(strength):
    for n, seed in (
        (4, 4),
        (10, 10),
        (10, 1),
        (9, 2),
    ):  # of a population the slowest mode, or of a coherence
        h, a = 2.0 * random_hermitian(n, seed), random_hermitian(n, 60 + seed)

        def rates(s, n=n, h=h, a=a):
            return rf.Davies(rf.System(h, [a], rf.OhmicBath(s, 9.0, 0.5)), lamb_shift=False)

        expected = rates(1.0).spectrum(3, method="direct").gap * strength
        assert rates(strength).spectrum(3, method="direct").gap == pytest.approx(expected, rel=1e-9)
        redfield = rf.Redfield(rf.System(h, [a], rf.OhmicBath(strength, 9.0, 0.5)), lamb_shift=False)
        assert redfield.spectrum(3, method="direct").gap == pytest.approx(
            expected, rel=30.0 * strength + 1e-8
        )


def test_heat_flows_at_any_strength():
    n = 10
    h, left, right = random_hermitian(n, 1), random_hermitian(n, 2), random_hermitian(n, 3)
    flows = []
    for strength in (1e-3, 1e-12, 1e-14):
        baths = [rf.OhmicBath(strength, 5.0, beta) for beta in (0.5, 1.5)]
        davies = rf.Davies(rf.System(h, [left, right], baths), lamb_shift=False)
        heat = rf.analysis.heat_currents(davies.steady_state().state, davies)
        assert abs(heat.sum()) < 1e-9 * np.abs(heat).max()
        flows.append(heat / strength)
    assert np.allclose(flows, flows[0], rtol=1e-7)


def test_bad_input():
    equation = rf.Redfield(
        rf.System(random_hermitian(3, 1), rf.SiteProjectors(3), rf.OhmicBath(0.1, 5.0, 1.0))
    )
    with pytest.raises(ValueError, match="rho0"):
        equation.steady_state(np.eye(4) / 4)
    with pytest.raises(ValueError, match="rho0"):
        equation.steady_state(np.full((3, 3), np.nan))
