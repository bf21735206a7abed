"""Lattice models against their dispersion relations, Chern numbers and bonds."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

M = rf.models


def momenta(n):
    return 2.0 * np.pi * np.arange(n) / n


def spectrum(h):
    return np.linalg.eigvalsh(h)


@pytest.mark.parametrize("n", [3, 4, 9])
def test_rings_and_open_chains(n):
    flux = 0.3
    assert np.allclose(
        spectrum(M.chain(n, -np.exp(1j * flux), periodic=True)), np.sort(-2.0 * np.cos(momenta(n) + flux))
    )
    k = np.pi * np.arange(1, n + 1) / (n + 1)
    assert np.allclose(spectrum(M.chain(n, 0.7, onsite=0.2)), np.sort(0.2 + 1.4 * np.cos(k)))


def test_small_chains():
    assert np.array_equal(M.chain(1, onsite=0.5), [[0.5]])
    assert np.array_equal(M.chain(2, periodic=True), [[0.0, -1.0], [-1.0, 0.0]])
    assert M.chain(3).dtype == np.float64
    assert M.chain(3, 1j).dtype == np.complex128


def test_ladder_square_and_cubic_dispersions():
    k = momenta(5)
    leg = -2.0 * np.cos(k)
    assert np.allclose(
        spectrum(M.ladder(5, rung=-0.4, periodic=True)), np.sort(np.concatenate([leg - 0.4, leg + 0.4]))
    )
    two = (leg[:, None] - 2.0 * np.cos(momenta(4))[None, :]).ravel()
    assert np.allclose(spectrum(M.square((5, 4))), np.sort(two))
    three = (two[:, None] - 2.0 * np.cos(momenta(3))[None, :]).ravel()
    assert np.allclose(spectrum(M.cubic((5, 4, 3))), np.sort(three))
    # The same bonds as the Anderson model without disorder, which is built in another way.
    for length in (2, 3):
        for periodic in (True, False):
            ours = M.cubic(length, hopping=1.0, periodic=periodic)
            assert np.array_equal(ours, M.anderson(length, 0.0, periodic=periodic))


def test_ssh_has_its_gap_and_end_states():
    k = momenta(8)
    band = np.abs(-1.0 - 0.4 * np.exp(-1j * k))
    assert np.allclose(
        spectrum(M.ssh(8, -1.0, -0.4, periodic=True)), np.sort(np.concatenate([band, -band]))
    )
    e, u = np.linalg.eigh(M.ssh(30, -0.4, -1.0))
    ends = np.abs(e) < 1e-9
    assert ends.sum() == 2
    assert (np.abs(u[:, ends]) ** 2)[[0, 1, 2, 3, -4, -3, -2, -1]].sum() > 1.9


def test_aubry_andre_localises_at_twice_the_hopping():
    def participation(strength):
        _, u = np.linalg.eigh(M.aubry_andre(233, strength))
        return float(np.mean(1.0 / (np.abs(u) ** 4).sum(axis=0)))

    assert participation(1.0) > 60.0
    assert participation(4.0) < 4.0
    h = M.aubry_andre(6, 1.3, frequency=0.25, phase=0.4)
    assert np.allclose(np.diagonal(h), 1.3 * np.cos(2.0 * np.pi * 0.25 * np.arange(6) + 0.4))


def bloch_honeycomb(k1, k2, second=0.0, phase=0.0, mass=0.0):
    """Written from the vectors between sites, for the lattice vectors a₁, a₂."""
    f = -(1.0 + np.exp(-1j * k1) + np.exp(-1j * k2))
    turn = [k1, k2 - k1, -k2]
    a = mass + 2.0 * second * sum(np.cos(x + phase) for x in turn)
    b = -mass + 2.0 * second * sum(np.cos(x - phase) for x in turn)
    return np.array([[a, f], [np.conj(f), b]])


@pytest.mark.parametrize("parameters", [{}, {"mass": 0.3}, {"second": 0.15, "phase": 0.7, "mass": 0.2}])
def test_honeycomb_bands(parameters):
    n1, n2 = 4, 5
    build = M.haldane if "second" in parameters else M.graphene
    ours = spectrum(build((n1, n2), **parameters))
    bands = [
        np.linalg.eigvalsh(bloch_honeycomb(a, b, **parameters)) for a in momenta(n1) for b in momenta(n2)
    ]
    assert np.allclose(ours, np.sort(np.concatenate(bands)))


@pytest.mark.parametrize(("mass", "phase", "chern"), [(0.0, 0.5, 1), (0.0, -0.5, 1), (2.0, 0.5, 0)])
def test_haldane_s_phase_diagram(mass, phase, chern):
    """Bott index of the lower band on a torus (T. A. Loring and M. B. Hastings, EPL 92, 67004 (2010))."""
    n = 12
    h = M.haldane(n, second=0.3, phase=np.pi * phase, mass=mass)
    _, u = np.linalg.eigh(h)
    filled = u[:, : n * n]
    cell = np.repeat(np.array(list(np.ndindex(n, n))), 2, axis=0)
    x, y = (filled.conj().T @ (np.exp(2j * np.pi * cell[:, a] / n)[:, None] * filled) for a in (0, 1))
    loop = x @ y @ np.linalg.inv(x) @ np.linalg.inv(y)
    bott = np.angle(np.linalg.eigvals(loop)).sum() / (2.0 * np.pi)
    assert abs(round(bott)) == chern
    assert bott == pytest.approx(round(bott), abs=1e-6)


def test_any_hermitian_array_is_a_system():
    import scipy.sparse

    h = scipy.sparse.csr_matrix(M.graphene(3, mass=0.1))
    bath = rf.ParticleBath(0.1, 1.0, band=(-20.0, 20.0))
    assert rf.QuadraticSystem(h, 0.2, bath).dimension == 18
