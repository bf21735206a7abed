"""The mean-force state against oscillators that are diagonalised, integrals written out, Redfield and the hierarchy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy

import redfield as rf
from redfield.analysis import mean_force_state

from reference import random_hermitian, random_unitary

SX = np.array([[0.0, 1.0], [1.0, 0.0]])
SZ = np.diag([1.0, -1.0])


class Oscillators(rf.Bath):
    """Some harmonic oscillators, H_B = Σ ω b†b and B = Σ g (b + b†), at one temperature."""

    def __init__(self, frequencies, couplings, beta):
        self.frequencies, self.couplings, self.beta = tuple(frequencies), tuple(couplings), beta

    def power_spectrum(self, w):
        return np.zeros(np.shape(w))  # between its lines

    def lamb_shift(self, w):
        w = np.asarray(w, dtype=float)
        total = np.zeros(w.shape)
        for f, g in zip(self.frequencies, self.couplings, strict=True):
            n = 1.0 / np.expm1(self.beta * f)
            total = total + g**2 * ((1.0 + n) / (w - f) + n / (w + f))
        return total

    @property
    def breakpoints(self):
        return tuple(x for f in self.frequencies for x in (-f, f))


class Shiftless(rf.Bath):
    beta = 1.0

    def power_spectrum(self, w):
        return np.exp(0.5 * np.asarray(w))


def equilibrium(h, a, frequencies, couplings, beta, levels):
    """tr_B e^{−βH_tot}/Z with each oscillator cut off at so many levels."""
    n = len(h)
    size = n * levels ** len(frequencies)
    total = np.kron(h, np.eye(size // n)).astype(complex)
    for i, (f, g) in enumerate(zip(frequencies, couplings, strict=True)):
        b = np.diag(np.sqrt(np.arange(1.0, levels)), 1)
        left, right = np.eye(levels**i), np.eye(levels ** (len(frequencies) - i - 1))
        total += np.kron(np.eye(n), np.kron(np.kron(left, f * (b.T @ b)), right))
        total += np.kron(a, np.kron(np.kron(left, g * (b + b.T)), right))
    e, u = np.linalg.eigh(total)
    weights = (
        np.isclose(e, e[0], atol=1e-9).astype(float) if np.isinf(beta) else np.exp(-beta * (e - e[0]))
    )
    rho = (u * (weights / weights.sum())) @ u.conj().T
    return np.einsum("ajbj->ab", rho.reshape(n, size // n, n, size // n))


def rotated(levels, seed):
    u = random_unitary(len(levels), seed)
    return u @ np.diag(levels) @ u.conj().T


@pytest.mark.parametrize(
    ("levels", "beta"),
    [
        ([0.0, 0.7, 1.6], 1.0),
        ([0.0, 0.7, 0.7], 1.0),  # degenerate
        ([0.0, 0.0, 0.9], 1.3),
        ([0.0, 0.7, 0.7 + 1e-7], 1.0),  # nearly
        ([0.0, 1.9, 3.1], 4.0),
        ([0.0, 0.7, 1.6], np.inf),
        ([0.0, 0.7, 0.7], np.inf),
    ],
)
def test_oscillators_by_exact_diagonalisation(levels, beta):
    """What is left out is of fourth order: a sixteenth at half the coupling."""
    h, a = rotated(levels, 3), random_hermitian(3, 5)
    frequencies, g = (1.3, 2.2), np.array([0.5, 0.3])
    left, size = [], []
    for scale in (0.1, 0.05):
        exact = equilibrium(h, a, frequencies, scale * g, beta, 13 if beta < 2.0 else 6)
        system = rf.System(h, [a], Oscillators(frequencies, scale * g, beta))
        left.append(rf.trace_norm(exact - mean_force_state(system)))
        size.append(rf.trace_norm(exact - system.gibbs_state()))
    assert size[1] > 1e-4
    assert left[1] < 0.05 * size[1]
    assert size[0] / size[1] == pytest.approx(4.0, rel=0.1)
    assert left[0] / left[1] == pytest.approx(16.0, rel=0.2)


def divided(beta, a, b, c):
    """∫₀^β dτ ∫₀^τ dτ' e^{−(β−τ)a} e^{−(τ−τ')c} e^{−τ'b} by Gauss-Legendre, c of any shape."""
    x, w = np.polynomial.legendre.leggauss(40)
    x, w = 0.5 * (x + 1.0), 0.5 * w
    t = beta * x[:, None]
    s = t * x[None, :]
    weight = beta * w[:, None] * t * w[None, :]
    parts = np.exp(-(beta - t) * a - (t - s) * np.asarray(c)[..., None, None] - s * b)
    return (weight * parts).sum(axis=(-2, -1))


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("levels", [[0.0, 0.7, 1.6], [0.0, 0.7, 0.7], [0.0, 0.01, 0.7]])
def test_integrals_over_frequencies_and_imaginary_times(exponent, levels):
    """∫dω/2π γ(ω) ∫∫dτdτ' e^{−ω(τ−τ')} A(τ)A(τ'), with the singularity of sub-Ohmic baths within it."""
    beta, strength, cutoff = 1.5, 0.01, 2.0
    x, w = np.polynomial.legendre.leggauss(30)
    edges = np.concatenate([[0.0], np.geomspace(0.02, 60.0, 12)])
    x = np.concatenate([0.5 * (q - p) * x + 0.5 * (q + p) for p, q in itertools.pairwise(edges)])
    w = np.concatenate([0.5 * (q - p) * w for p, q in itertools.pairwise(edges)])
    x, w = x**2, 2.0 * x * w  # which takes |ω|^{−½} away
    j = strength * cutoff * (x / cutoff) ** exponent * np.exp(-x / cutoff)
    down = j / -np.expm1(-beta * x)
    up = down * np.exp(-beta * x)
    h, couplings = np.diag(levels), [random_hermitian(3, 5), random_hermitian(3, 6)]
    change = np.zeros((3, 3), dtype=complex)
    for m in range(3):
        for n in range(3):
            for k in range(3):
                product = sum(a[m, k] * a[k, n] for a in couplings)
                kept = x < 40.0
                both = down * divided(beta, levels[m], levels[n], levels[k] + x)
                both[kept] += up[kept] * divided(beta, levels[m], levels[n], levels[k] - x[kept])
                change[m, n] += product * (w * both).sum() / (2.0 * np.pi)
    p = np.exp(-beta * np.array(levels))
    expected = np.diag(p / p.sum()) + (change - np.diag(p / p.sum()) * change.trace()) / p.sum()
    bath = rf.OhmicBath(strength, cutoff, beta, exponent)
    found = mean_force_state(rf.System(h, couplings, bath))
    assert np.abs(change).max() > 1e-3
    assert np.abs(found - expected).max() < 1e-8


def test_several_baths_and_site_projectors():
    h = random_hermitian(4, 8)
    one, other = rf.OhmicBath(0.02, 3.0, 1.0), rf.DrudeBath(0.03, 2.0, 1.0)
    baths = [one, other, one, other]
    sites = rf.SiteProjectors(4, weights=[1.0, 0.5, -2.0, 0.3])
    whole = mean_force_state(rf.System(h, sites, baths))
    gibbs = rf.System(h, sites, baths).gibbs_state()
    parts = [mean_force_state(rf.System(h, [a], b)) for a, b in zip(sites.matrices(), baths, strict=True)]
    assert np.abs(whole - gibbs - sum(x - gibbs for x in parts)).max() < 1e-14
    assert abs(whole.trace() - 1.0) < 1e-14
    assert np.abs(whole - whole.conj().T).max() == 0.0


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
def test_the_cold_limit_is_the_zero_temperature_state(exponent):
    h, a = rotated([0.0, 0.7, 1.1], 2), random_hermitian(3, 4)
    states = [
        mean_force_state(rf.System(h, [a], rf.OhmicBath(1e-3, 2.0, beta, exponent)))
        for beta in (1e2, 1e4, 1e6, np.inf)
    ]
    distances = [np.abs(x - states[-1]).max() for x in states[:-1]]
    assert distances[0] < 1e-4
    assert distances[1] < 1e-7
    assert distances[2] < 1e-9


def test_degenerate_ground_levels_at_zero_temperature():
    """A coupling that acts on them alike leaves an expansion, one that splits them does not."""
    h = np.diag([0.0, 0.0, 1.0, 1.0])
    cold = rf.OhmicBath(0.01, 3.0, np.inf)
    alike = np.kron(SX, np.eye(2))
    found = mean_force_state(rf.System(h, [alike], cold))
    one = mean_force_state(rf.System(np.diag([0.0, 1.0]), [SX], cold))
    assert np.abs(found - np.kron(one, 0.5 * np.eye(2))).max() < 1e-14
    with pytest.raises(
        ValueError, match="2 ground levels are degenerate and the coupling splits them by"
    ):
        mean_force_state(rf.System(h, [alike + np.diag([1.0, 0.0, 0.0, 0.0])], cold))


@pytest.mark.parametrize("beta", [1.0, 3.0])
def test_redfield_corrected_and_the_hierarchy_meet_it(beta):
    """Three ways to the same second order: their differences fall as its square."""
    h, a = np.array([[0.5, 0.3], [0.3, -0.5]]), SZ + 0.3 * SX
    differences = []
    for strength in (0.04, 0.02):
        system = rf.System(h, [a], rf.DrudeBath(strength, 3.0, beta))
        found = mean_force_state(system)
        redfield = rf.Redfield(system).steady_state(error=True)
        exact = rf.HEOM(system, depth=3, tol=1e-5).steady_state().state
        differences.append(
            [rf.trace_norm(found - x) for x in (redfield.corrected, exact, redfield.state)]
        )
    half_corrected, half_exact, half_redfield = differences[1]
    assert half_redfield > 1e-3
    assert max(half_corrected, half_exact) < 0.1 * half_redfield
    ratios = np.divide(*differences)
    np.testing.assert_allclose(ratios, [4.0, 4.0, 2.0], rtol=0.25)


def test_what_is_refused_is_named():
    bath = rf.OhmicBath(0.1, 5.0, 1.0)
    with pytest.raises(ValueError, match="do not have one beta"):
        mean_force_state(rf.System(SZ, [SX, SZ], [bath, rf.OhmicBath(0.1, 5.0, 2.0)]))
    lower = np.array([[0.0, 0.0], [1.0, 0.0]])
    with (
        pytest.raises(TypeError, match=r"couplings\[0\] is not Hermitian"),
        pytest.warns(rf.UnpairedCouplingWarning),
    ):
        mean_force_state(rf.System(SZ, [lower], bath))
    with pytest.warns(UserWarning, match="fails by"):
        unbalanced = rf.SpectrumBath(lambda w: np.exp(-(w**2)), beta=1.0)
    with pytest.raises(ValueError, match="breaks detailed balance at its beta by"):
        mean_force_state(rf.System(SZ, [SX], unbalanced))
    with pytest.raises(ValueError, match="do not have one beta"):
        mean_force_state(rf.System(SZ, [SX], rf.LorentzianBath(0.1, 1.0, 1.0)))
    with pytest.raises(ValueError, match="has no Lamb shift"):
        mean_force_state(rf.System(SZ, [SX], Shiftless()))
    with pytest.warns(UserWarning, match="no small correction"):
        mean_force_state(rf.System(1e-3 * SZ, [np.diag([1.0, 0.0])], rf.OhmicBath(0.1, 5.0, 1e3)))


def test_eigenvectors_and_phases_do_not_matter():
    h, a, u = random_hermitian(4, 1), random_hermitian(4, 2), random_unitary(4, 3)
    bath = rf.OhmicBath(0.02, 3.0, 0.5)
    one = mean_force_state(rf.System(h, [a], bath))
    other = mean_force_state(rf.System(u @ h @ u.conj().T, [u @ a @ u.conj().T], bath))
    assert np.abs(u @ one @ u.conj().T - other).max() < 1e-12


def test_hot_baths_of_fast_oscillators():
    """β·spread ≪ 1: ρ̃ = e^{−βH}(1 + ½β²λ A²) to lowest order in β, λ = ∫dω/2π γ = C(0)."""
    beta = 1e-3
    h, a = random_hermitian(5, 1), random_hermitian(5, 2)
    bath = rf.OhmicBath(1e-4, 3.0, beta)
    expected = scipy.linalg.expm(-beta * h) @ (
        np.eye(5) + 0.5 * beta**2 * bath.correlation(0.0).real * a @ a
    )
    expected /= expected.trace()
    found = mean_force_state(rf.System(h, [a], bath))
    gibbs = rf.System(h, [a], bath).gibbs_state()
    assert np.abs(found - gibbs).max() > 1e-8
    assert np.abs(found - expected).max() < 2e-2 * np.abs(found - gibbs).max()
