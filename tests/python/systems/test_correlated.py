"""Correlated baths, against the double sum over couplings written out, and limits that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

import reference

BATH = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=1.0)


def double_sum(h, couplings, bath, c, rho):
    """−i[H, ρ] + Σ_jk c_jk([Λ_kρ, A_j†] + h.c.), level by level."""
    energies, u = np.linalg.eigh(h)
    out = -1j * (h @ rho - rho @ h)
    for j, a in enumerate(couplings):
        for k, b in enumerate(couplings):
            inside = u.conj().T @ b @ u
            for p, e in enumerate(energies):
                for q, f in enumerate(energies):
                    inside[p, q] *= reference.spectrum(bath, f - e, lamb_shift=True)
            lam = u @ inside @ u.conj().T
            half = c[j, k] * (lam @ rho @ a.conj().T - a.conj().T @ lam @ rho)
            out = out + half + half.conj().T
    return out


@pytest.mark.filterwarnings("ignore::redfield.UnpairedCouplingWarning")
@settings(max_examples=15, deadline=None)
@given(
    n=st.integers(1, 4),
    count=st.integers(1, 4),
    rank=st.integers(1, 4),
    seed=st.integers(0, 500),
    real=st.booleans(),
)
def test_they_are_the_double_sum(n, count, rank, seed, real):
    rng = np.random.default_rng(seed)
    h = reference.random_hermitian(n, seed)
    couplings = [reference.random_matrix(n, seed + k) for k in range(1, count + 1)]
    x = rng.standard_normal((count, rank)) + (not real) * 1j * rng.standard_normal((count, rank))
    c, rho = x @ x.conj().T, reference.random_state(n, seed + 9)
    independent = rf.correlated(couplings, BATH, c)
    assert len(independent.couplings) <= min(count, rank)
    found = rf.Redfield(rf.System(h, *independent)).apply(rho)
    expected = double_sum(h, couplings, BATH, c, rho)
    assert np.abs(found - expected).max() < 1e-9 * max(1.0, np.abs(expected).max())


def test_limits():
    h, rho = reference.random_hermitian(4, 1), reference.random_state(4, 2)
    sites = rf.SiteProjectors(4, weights=[1.0, 2.0, 0.5, 1.0])
    apart = rf.Redfield(rf.System(h, *rf.correlated(sites, BATH, np.eye(4)))).apply(rho)
    np.testing.assert_allclose(apart, rf.Redfield(rf.System(h, sites, BATH)).apply(rho), atol=1e-12)
    together = rf.Redfield(rf.System(h, *rf.correlated(sites, BATH, np.ones((4, 4))))).apply(rho)
    one = rf.Redfield(rf.System(h, [np.diag([1.0, 2.0, 0.5, 1.0])], BATH)).apply(rho)
    np.testing.assert_allclose(together, one, atol=1e-12)
    x = np.arange(4)
    near = rf.correlated(sites, BATH, np.exp(-np.abs(x[:, None] - x) / 2.0))
    system = rf.System(h, *near)
    thermal = rf.Davies(system).steady_state().state
    np.testing.assert_allclose(thermal, system.gibbs_state(), atol=1e-8)
