"""Counts, errors and gaps that steady states and spectra tell, against references of higher precision."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import redfield as rf

PAULI = {"x": np.array([[0, 1], [1, 0]]), "y": np.array([[0, -1j], [1j, 0]]), "z": np.diag([1.0, -1.0])}


def site(operator, place, count):
    factors = [operator if i == place else np.eye(2) for i in range(count)]
    return functools.reduce(np.kron, factors)


def heisenberg(count):
    return sum(
        site(PAULI[a], i, count) @ site(PAULI[a], i + 1, count) for i in range(count - 1) for a in "xyz"
    )


@pytest.mark.parametrize("kind", [rf.Redfield, rf.Davies, rf.UniversalLindblad])
@pytest.mark.parametrize("strength", [3e-5, 1e-8, 7e-10, 2e-12])
@pytest.mark.parametrize("unit", [1.0, 1e9])
def test_gmres_counts_the_states_of_a_weakly_coupled_chain(kind, strength, unit):
    # A site that a bath reaches along one axis only keeps its component and leaves each multiplet's weights.
    coupling = site(PAULI["x"] + 0.3 * PAULI["z"], 0, 3)
    system = rf.System(unit * heisenberg(3), [coupling], rf.OhmicBath(strength, 5.0 * unit, 1.0 / unit))
    counts = []
    for method in ("direct", "iterative"):
        with pytest.raises(rf.MultipleSteadyStates) as told:
            kind(system).steady_state(method=method)
        counts.append(told.value.count)
    assert counts == [4, 4]


def test_gmres_refuses_what_rounding_decides():
    levels = np.sort(np.random.default_rng(0).uniform(0.0, 3.0, 20))
    coupling = np.random.default_rng(1).normal(size=(20, 20))
    coupling += coupling.T
    coupling[:10, 10:] = coupling[10:, :10] = 0.0
    coupling[0, 19] = coupling[19, 0] = 1e-7
    equation = rf.Redfield(rf.System(np.diag(levels), [coupling], rf.OhmicBath(0.01, 5.0, 1.0)))
    for method in ("auto", "direct", "iterative"):
        with pytest.raises((rf.ConvergenceError, rf.MultipleSteadyStates)):
            equation.steady_state(method=method)


def refined(h, jumps):
    """The steady state by refinement in extended precision, the residual written out as matrix products."""
    n = len(h)
    wide = np.clongdouble
    h, jumps = h.astype(wide), [j.astype(wide) for j in jumps]

    def image(x):
        out = -1j * (h @ x - x @ h)
        for j in jumps:
            k = j.conj().T @ j
            out += j @ x @ j.conj().T - (k @ x + x @ k) / 2
        return out

    units = [np.eye(1, n * n, i).reshape(n, n).astype(wide) for i in range(n * n)]
    matrix = np.array([image(u).ravel() for u in units]).T.astype(complex)
    size = np.abs(matrix).max()
    matrix[0] = size * np.eye(n).ravel()
    x = np.zeros((n, n), wide)
    inverse = np.linalg.inv(matrix)
    for _ in range(12):
        rest = -image(x)
        rest[0, 0] = size * (1 - np.trace(x))
        x = x + (inverse @ rest.ravel().astype(complex)).reshape(n, n)
    return x.astype(complex)


@pytest.mark.parametrize("method", ["direct", "iterative"])
def test_the_told_error_covers_the_true_one(method):
    excess = []
    for seed in range(120):
        draw = np.random.default_rng(seed)
        n = int(draw.integers(2, 6))
        h = draw.normal(size=(n, n))
        h = h + h.T
        jumps = [draw.normal(size=(n, n)) * 10.0 ** draw.uniform(-2.5, 1.0) for _ in range(2)]
        steady = rf.Lindblad(h, jumps).steady_state(method=method)
        true = rf.trace_norm(steady.state - refined(h, jumps))
        assert true <= steady.error
        excess.append(steady.error / max(true, 1e-16))
    assert np.median(excess) < 300.0


def cat(n, drive, single):
    a = np.diag(np.sqrt(np.arange(1.0, n)), 1)
    return rf.Lindblad(drive * (a @ a + a.T @ a.T), [a @ a, single * a])


@functools.cache
def dense_gap(n, drive, single):
    """The slowest decay by NumPy from the parts of the Liouvillian that keep the parity of k − l apart."""
    a = np.diag(np.sqrt(np.arange(1.0, n)), 1)
    one = np.eye(n)
    h = drive * (a @ a + a.T @ a.T)
    matrix = -1j * (np.kron(h, one) - np.kron(one, h))
    for j in (a @ a, single * a):
        k = j.T @ j
        matrix = matrix + np.kron(j, j) - 0.5 * (np.kron(k, one) + np.kron(one, k))
    even = np.add.outer(np.arange(n), np.arange(n)).ravel() % 2 == 0
    rates = np.concatenate(
        [-np.linalg.eigvals(matrix[np.ix_(part, part)]).real for part in (even, ~even)]
    )
    return np.sort(rates)[1]


@pytest.mark.parametrize(("drive", "single"), [(1.0, np.sqrt(0.3)), (1.0, 0.3), (0.8, 0.1)])
@pytest.mark.parametrize("n", [36, 50])
def test_the_gap_of_a_cat_does_not_depend_on_empty_levels(n, drive, single):
    spectrum = cat(n, drive, single).spectrum(3)
    assert abs(spectrum.eigenvalues[0]) < 1e-8
    assert spectrum.gap == pytest.approx(dense_gap(20, drive, single), rel=1e-5)


def test_bit_flips_far_below_the_fastest_decay_are_no_steady_state():
    # The highest levels decay 1e12 times faster than the cat flips.
    gaps = [cat(n, 1.5, 0.05).spectrum(3).gap for n in (26, 34, 44)]
    np.testing.assert_allclose(gaps, gaps[-1], rtol=1e-4)
    assert 1e-8 < gaps[0] < 1e-6


def test_cats_without_loss_of_single_photons_have_four_stationary_modes():
    spectrum = cat(40, 1.0, 0.0).spectrum(5)
    assert np.abs(spectrum.eigenvalues[:4]).max() < 1e-6
    assert spectrum.gap == pytest.approx(2.5592767, rel=1e-6)
