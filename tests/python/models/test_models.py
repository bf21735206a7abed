"""Random Hamiltonians: their definition, their statistics and their seeds."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf


def test_syk2_has_the_variance_of_the_paper():
    n, scale = 40, 1.7
    h = np.array([rf.models.dirac_syk2(n, scale, seed=s) for s in range(200)])
    assert np.array_equal(h, h.conj().transpose(0, 2, 1))
    off = h[:, ~np.eye(n, dtype=bool)]
    assert np.mean(np.abs(off) ** 2) == pytest.approx(scale**2 / n, rel=0.01)
    assert np.mean(off.real**2) == pytest.approx(np.mean(off.imag**2), rel=0.02)
    diagonal = np.diagonal(h, axis1=1, axis2=2)
    assert np.mean(np.abs(diagonal) ** 2) == pytest.approx(scale**2 / n, rel=0.06)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("length", [1, 2, 3, 4])
@pytest.mark.parametrize("periodic", [True, False])
def test_anderson_bonds(length, dims, periodic):
    """Every bond once, found by the distance of the sites' coordinates."""
    h = rf.models.anderson(length, disorder=0.0, hopping=1.5, dims=dims, periodic=periodic)
    sites = np.array(list(np.ndindex(*(length,) * dims)))
    gaps = np.abs(sites[:, None, :] - sites[None, :, :])
    if periodic:
        gaps = np.minimum(gaps, length - gaps)
    assert np.array_equal(h, 1.5 * (gaps.sum(axis=-1) == 1))


def test_anderson_disorder_is_uniform_and_changes_nothing_else():
    h = rf.models.anderson(12, disorder=3.0, seed=5)
    clean = rf.models.anderson(12, disorder=0.0)
    w = np.diag(h)
    assert np.array_equal(h - np.diag(w), clean)
    assert np.abs(w).max() <= 3.0
    assert w.mean() == pytest.approx(0.0, abs=4 * 3.0 / np.sqrt(3 * w.size))
    assert w.var() == pytest.approx(3.0, rel=0.1)


def test_seeds():
    for make in (lambda s: rf.models.dirac_syk2(6, seed=s), lambda s: rf.models.anderson(2, 1.0, seed=s)):
        assert np.array_equal(make(3), make(3))
        assert not np.array_equal(make(3), make(4))
        assert np.array_equal(make(3), make(np.random.SeedSequence(3)))
    # The generator's stream is fixed by NumPy, so these numbers hold on every machine.
    assert rf.models.anderson(2, 1.0, dims=1, seed=7)[0, 0] == pytest.approx(0.2501909, abs=1e-6)


@pytest.mark.parametrize(
    ("sites", "dims"), [((0,), (2, 3)), ((2,), (2, 3, 2)), ((1, 0), (2, 3)), ((2, 0), (2, 3, 4, 2))]
)
def test_local_operators_are_tensor_products(sites, dims):
    """Against np.einsum over the indices of each site."""
    d = [dims[s] for s in sites]
    rng = np.random.default_rng(1)
    op = rng.standard_normal((int(np.prod(d)),) * 2) + 1j
    found = rf.operators.local(op, sites[0] if len(sites) == 1 else sites, dims).toarray()
    psi = rng.standard_normal(dims)
    moved = np.moveaxis(psi, sites, range(len(sites)))
    out = (op @ moved.reshape(op.shape[0], -1)).reshape(moved.shape)
    assert np.allclose(found @ psi.ravel(), np.moveaxis(out, range(len(sites)), sites).ravel())
