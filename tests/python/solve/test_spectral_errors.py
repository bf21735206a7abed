"""The estimated error of a spectrum: against the hierarchy's own, and against dense matrices of what it says."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import redfield as rf
from redfield.solve import memory_of_baths

X, Z = np.array([[0, 1], [1, 0]], complex), np.diag([1.0, -1.0]).astype(complex)
LOWER = np.array([[0, 0], [1, 0]], complex)
HOP = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], complex)


def biased(reorganisation):
    return rf.System(0.5 * Z + 0.5 * X, [Z], rf.DrudeBath(4.0 * reorganisation, 1.0, 1.0))


def three_levels(reorganisation):
    """A complex H between two baths."""
    h = np.array([[0.0, 0.4j, 0.3], [-0.4j, 1.0, 0.5 - 0.2j], [0.3, 0.5 + 0.2j, 1.7]])
    couplings = [np.diag([1.0, 0.0, -1.0]), np.diag([0.0, 1.0, 0.0])]
    return rf.System(h, couplings, [rf.DrudeBath(2.0 * reorganisation, 2.0, beta) for beta in (0.5, 1.5)])


def frequencies(system, width):
    """On each line and beside it, and between them."""
    gaps = np.unique(np.abs(np.subtract.outer(system.energies, system.energies)).round(9))
    lines = [sign * g + width * np.linspace(-3.0, 3.0, 5) for g in gaps for sign in (1.0, -1.0)]
    return np.concatenate([np.linspace(-3.0, 3.0, 7), *lines])


@pytest.mark.parametrize(
    ("make", "a", "b"),
    [
        (biased, X, X),
        (biased, LOWER, LOWER.T),
        (biased, Z, X),
        (three_levels, HOP, HOP),
        (three_levels, np.triu(HOP), np.diag([1.0, 0.3, 0.0])),
    ],
    ids=["x x", "lower raise", "z x", "hop hop", "triangle diagonal"],
)
def test_predicted_over_true_is_one_as_the_coupling_falls(make, a, b):
    """The largest |S − S_HEOM|, and what is left of it, which is ∝ λ; at λ = .1 within a factor of 1.5."""
    left = {rf.Redfield: [], rf.Davies: []}
    for coupling, within in ((0.1, 1.5), (0.03, 1.15), (0.01, 1.06)):
        system = make(coupling)
        w = frequencies(system, coupling)
        exact = rf.spectrum(rf.HEOM(system, tol=min(1e-3, 0.02 * coupling)), a, b, w, threads=1)
        for kind, parts in left.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = rf.spectrum(kind(system), a, b, w, error=True)
            true = np.abs(found.values - exact).max()
            assert 1.0 / within < found.error.max() / true < within
            np.testing.assert_allclose(found.error, np.abs(found.corrected - found.values))
            parts.append(np.abs(found.corrected - exact).max() / true)
    for parts in left.values():
        assert parts[2] < 0.1
        assert parts[2] < 0.5 * parts[1]


def dense_correction(h, terms, a, b, w):
    """2 Re tr[a(x₁ − x)] of a = b†, of terms (A, c, c̃, ν) and of superoperators for ρ row by row."""
    e, v = np.linalg.eigh(h)
    n, one = len(e), np.eye(len(e))
    a, b = (v.conj().T @ o @ v for o in (a, b))
    free = (e[:, None] - e[None, :]).ravel()
    ups, downs, rates = [], [], []
    for coupling, c, conjugate, nu in terms:
        coupling = v.conj().T @ coupling @ v
        left, right = np.kron(coupling, one), np.kron(one, coupling.T)
        ups.append(-1j * (left - right))
        downs.append(-1j * (c * left - conjugate * right))
        rates.append(nu)
    turns = 1j * (free[:, None] - free[None, :])
    redfield = np.diag(-1j * free) + sum(
        u @ (d / (nu + turns)) for u, d, nu in zip(ups, downs, rates, strict=True)
    )

    kept = -np.diag(redfield)  # iω − K

    def memory(z, then):
        first = [d / (z + nu + 1j * free)[:, None] for d, nu in zip(downs, rates, strict=True)]
        total = np.zeros((n * n, n * n), complex)
        for k, (up, nu) in enumerate(zip(ups, rates, strict=True)):
            inner = np.zeros((n * n, n * n), complex)
            for m, (other, rate) in enumerate(zip(ups, rates, strict=True)):
                both = downs[k] @ first[m] + downs[m] @ first[k]
                inner += other @ (both / (z + nu + rate + 1j * free)[:, None])
            total += up @ (first[k] + inner / (z + nu + then)[:, None])
        return total

    trace = one.ravel()
    bordered = redfield - np.outer(trace, trace)
    rho = np.linalg.solve(bordered, -trace / 1.0)
    rho = rho / (trace @ rho)
    exact = rho
    for _ in range(2):
        left = -1j * free * exact + memory(0.0, kept) @ exact
        exact = exact - np.linalg.solve(bordered, left)
    act = np.kron(b, one)

    def decaying(x, of):
        return act @ of - (trace @ act @ x) * of

    tiers = [d @ exact / (nu + kept) for d, nu in zip(downs, rates, strict=True)]
    changes = []
    for z in -1j * w:
        resolvent = np.linalg.inv(z * np.eye(n * n) - bordered)
        x = resolvent @ decaying(rho, rho)
        y = decaying(exact, exact) + sum(
            u @ (decaying(exact, t) / (z + nu + kept)) for u, t, nu in zip(ups, tiers, rates, strict=True)
        )
        change = resolvent @ (y - z * x - 1j * free * x + memory(z, kept) @ x)
        changes.append(2.0 * np.trace(a @ change.reshape(n, n)).real)
    return np.array(changes)


@pytest.mark.parametrize("dense", [True, False])
def test_it_is_what_it_says(dense, monkeypatch):
    """Products of N×N matrices, and GMRES in the place of a matrix of N²×N², against superoperators."""
    monkeypatch.setattr(memory_of_baths, "DENSE", 10 if dense else 1)
    h = np.array([[0.0, 0.3j, 0.2], [-0.3j, 0.9, 0.3 - 0.1j], [0.2, 0.3 + 0.1j, 1.6]])
    couplings = [np.diag([1.0, 0.0, -0.5]).astype(complex), HOP + 0.2 * np.diag([0.0, 1.0, 0.0])]
    baths, terms = [], []
    for a, (strength, width, centre) in zip(couplings, ((0.1, 1.0, 0.5), (0.2, 1.5, -0.4)), strict=True):
        baths.append(rf.LorentzianBath(strength, width, centre))
        c, nu = 0.5 * strength * width, complex(width, centre)
        terms += [(a, c, 0.0, nu), (a, 0.0, c, nu.conjugate())]
    a, w = np.triu(HOP) + 1j * np.diag([0.3, 0.0, 1.0]), np.linspace(-2.0, 2.0, 9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = rf.spectrum(rf.Redfield(rf.System(h, couplings, baths)), a, a.conj().T, w, error=True)
    change = dense_correction(h, terms, a, a.conj().T, w)
    np.testing.assert_allclose(found.corrected - found.values, change, atol=1e-6 * np.abs(change).max())


def test_a_bath_whose_memory_is_a_power_of_t():
    """An Ohmic bath at zero temperature, whose slow part has rates below the line's width at any coupling."""
    system = rf.System(0.5 * Z + 0.3 * X, [Z], rf.OhmicBath(0.01, 3.0, np.inf))
    w = np.ptp(system.energies) + 0.01 * np.linspace(-2.0, 2.0, 5)
    exact = rf.spectrum(rf.HEOM(system, tol=2e-4), X, X, w, threads=1)
    found = rf.spectrum(rf.Redfield(system), X, X, w, error=True)
    true = np.abs(found.values - exact).max()
    assert abs(found.error.max() / true - 1.0) < 0.05
    assert np.abs(found.corrected - exact).max() < 0.05 * true


class Unshifted(rf.baths.Bath):
    """A bath that defines no Lamb shift."""

    beta = 1.0
    whole = rf.DrudeBath(strength=0.04, cutoff=1.0, beta=1.0)

    def power_spectrum(self, w):
        return self.whole.power_spectrum(w)

    def correlation(self, t):
        return self.whole.correlation(t)


def test_a_bath_without_a_lamb_shift_is_known_by_its_correlation_function():
    w = np.linspace(1.2, 1.6, 5)
    one, other = (
        rf.spectrum(
            rf.Redfield(rf.System(0.5 * Z + 0.5 * X, [Z], bath), lamb_shift=False), X, X, w, error=True
        )
        for bath in (Unshifted(), Unshifted.whole)
    )
    np.testing.assert_allclose(one.corrected, other.corrected, rtol=1e-3)
    assert np.all(one.error > 0.0)


def test_site_projectors_are_their_matrices():
    h = np.diag([0.0, 0.6, 1.5]) - 0.4 * (np.eye(3, k=1) + np.eye(3, k=-1))
    baths = [rf.DrudeBath(0.02, cutoff=2.0, beta=b) for b in (0.5, 1.0, 2.0)]
    one, other = (
        rf.spectrum(rf.Redfield(rf.System(h, couplings, baths)), HOP, HOP, [0.0, 0.7, -1.1], error=True)
        for couplings in (rf.SiteProjectors(3), [np.diag(row) for row in np.eye(3)])
    )
    np.testing.assert_allclose(one.corrected, other.corrected, rtol=1e-8)


def test_strong_coupling_is_told():
    with pytest.warns(UserWarning, match="in a second step"):
        rf.spectrum(rf.Redfield(biased(0.3)), LOWER, LOWER.T, [1.4, 1.414], error=True)


def test_an_array_as_ever_without_it_and_results_are_stored_and_drawn(tmp_path):
    redfield, w = rf.Redfield(biased(0.01)), [0.3, -1.4, 1.4]
    found, seen = None, []
    found = rf.spectrum(redfield, X, X, w, error=True, progress=seen.append)
    plain = rf.spectrum(redfield, X, X, w)
    assert isinstance(plain, np.ndarray)
    np.testing.assert_array_equal(found.values, plain)
    assert np.abs(found.corrected.imag).max() < 1e-9 * np.abs(found.corrected).max()
    assert len(found) == 3
    assert seen[-1] == 1.0
    pytest.importorskip("zarr")
    found.save(tmp_path / "spectrum.zarr")
    np.testing.assert_array_equal(
        rf.EstimatedSpectrum.load(tmp_path / "spectrum.zarr").error, found.error
    )
    pytest.importorskip("matplotlib")
    assert found.plot().get_xlabel() == "ω  (energy)"


@pytest.mark.parametrize(
    ("equation", "error", "told"),
    [
        (lambda: rf.HEOM(biased(0.01)), TypeError, "error = True"),
        (lambda: rf.Redfield(rf.System(Z, [LOWER], rf.DrudeBath(0.1, 1.0, 1.0))), TypeError, "couplings"),
        (lambda: rf.Redfield(rf.System(Z, [X], rf.FlatBath(0.1))), ValueError, "FlatBath"),
        (
            lambda: rf.Redfield(rf.System(Z, [X], rf.DrudeBath(0.0, 1.0, 1.0))),
            rf.MultipleSteadyStates,
            "",
        ),
        (lambda: rf.Lindblad(Z, [LOWER]), TypeError, "not Hermitian"),
        (
            lambda: rf.Redfield(rf.System(Z, [X], rf.OhmicBath(0.1, 1.0, 1.0, exponent=0.5))),
            ValueError,
            "exponent=0.5",
        ),
    ],
)
def test_what_it_refuses(equation, error, told):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(error, match=told):
            rf.spectrum(equation(), X, X, [0.1], error=True)
