"""Lamb shifts, correlation functions and windows against independent values, and the errors they claim."""

from __future__ import annotations

import warnings

import mpmath
import numpy as np
import pytest
import scipy.linalg
import scipy.special

import redfield as rf

from reference import random_hermitian

BATH = rf.OhmicBath(0.04, 10.0, 5.0)
QUBIT = rf.System([[1.0, 0.5], [0.5, -1.0]], rf.SiteProjectors(2), BATH)


def lead(beta=2.0, mu=0.5, statistics="fermion"):
    return rf.ParticleBath(
        0.1, beta, mu, statistics, band=(-20.0, 20.0) if statistics == "fermion" else (1.0, 20.0)
    )


def sum_rule(bath):
    """η(0) = −(1/2π)∫J/ω dω at any temperature, from the moments of the cut-off function."""
    s = bath.exponent
    moment = {
        "exponential": scipy.special.gamma(s),
        "gaussian": 0.5 * scipy.special.gamma(0.5 * s),
        "drude": 0.5 * np.pi / np.sin(0.5 * np.pi * s),
        "hard": 1.0 / s,
    }[bath.cutoff_function]
    return -bath.strength * bath.cutoff * moment / (2.0 * np.pi)


@pytest.mark.parametrize("beta", [1e-2, 1.0, 1e2, 1e4, 1e8, np.inf])
@pytest.mark.parametrize("cutoff", [0.01, 1.0, 100.0])
@pytest.mark.parametrize(
    ("exponent", "function"),
    [(1.9, "drude"), (1.8, "drude"), (1.01, "hard"), (0.5, "exponential"), (1.5, "exponential"), (3.0, "gaussian"),
     (1.0, "exponential"), (0.3, "drude"), (1.99, "drude")],
)  # fmt: skip
def test_the_sum_rule_holds_within_the_claimed_error(exponent, function, cutoff, beta):
    bath = rf.OhmicBath(0.1, cutoff, beta, exponent, function)
    exact = sum_rule(bath)
    error = abs(float(bath.lamb_shift(np.array([0.0]))[0]) - exact)
    assert error <= bath.lamb_shift_error + 1e-13 * abs(exact)
    assert error <= 1e-9 * abs(exact)


def shift_by_quadrature(density, beta, w, cutoff):
    """η(ω) = (1/2π) ∫₀^∞ dx [γ(ω − x) − γ(ω + x)]/x by tanh-sinh between all scales, in 20 digits."""
    mpmath.mp.dps = 20
    w, beta = mpmath.mpf(float(w)), mpmath.mpf(beta)

    def gamma(v):
        if v == 0:
            v = mpmath.mpf(10) ** -18
        size = abs(v)
        n = 1 / mpmath.expm1(beta * size)
        return density(size) * (n + 1 if v > 0 else n)

    edges = {mpmath.mpf(0), abs(w), *(cutoff * mpmath.mpf(10) ** k for k in range(-2, 7))}
    for k in range(-3, 3):
        step = mpmath.mpf(10) ** k / beta
        edges |= {abs(w) + step, abs(abs(w) - step), step}
    inside = sorted(x for x in edges if x < cutoff * mpmath.mpf(10) ** 7)
    f = lambda x: (gamma(w - x) - gamma(w + x)) / x  # noqa: E731
    return float((mpmath.quad(f, inside) + mpmath.quad(f, [inside[-1], mpmath.inf])) / (2 * mpmath.pi))


@pytest.mark.parametrize("beta", [0.1, 10.0, 1e3])
@pytest.mark.parametrize("cutoff", [0.1, 1.0, 10.0, 100.0])
def test_thermal_lamb_shifts_against_quadrature_in_twenty_digits(beta, cutoff):
    drude = lambda v: 0.2 * v / (1 + (v / cutoff) ** 2)  # noqa: E731
    baths = [rf.DrudeBath(0.2, cutoff, beta), rf.SpectralDensityBath(drude, beta, cutoff_scale=cutoff)]
    ohmic = rf.OhmicBath(0.2, cutoff, beta)
    same = rf.SpectralDensityBath(ohmic.spectral_density, beta, cutoff_scale=cutoff)
    for w in (-0.4 * cutoff, 2.0 * cutoff):
        exact = shift_by_quadrature(drude, beta, w, cutoff)
        for bath in baths:
            error = abs(float(bath.lamb_shift(np.array([w]))[0]) - exact)
            assert error <= bath.lamb_shift_error + 1e-11 * abs(exact), (bath, w)
        exact = shift_by_quadrature(lambda v: 0.2 * v * mpmath.exp(-v / cutoff), beta, w, cutoff)
        for bath in (ohmic, same):
            error = abs(float(bath.lamb_shift(np.array([w]))[0]) - exact)
            assert error <= bath.lamb_shift_error + 1e-11 * abs(exact), (bath, w)


def digamma_shift(w, beta, mu, width):
    """η of injection into a flat band of half-width ≫ T: (D/2π)[ln(βW/2π) − Re ψ(½ + iβ(−w − μ)/2π)] with sign."""
    x = 0.5 + 1j * beta * (-w - mu) / (2.0 * np.pi)
    return -(np.log(beta * width / (2.0 * np.pi)) - scipy.special.digamma(x).real) / (2.0 * np.pi)


@pytest.mark.parametrize("width", [1e2, 1e4, 1e6, 1e8])
def test_a_wide_band_with_a_narrow_step(width):
    bath = rf.ParticleBath(1.0, beta=2.0, mu=0.0, band=(-width, width))
    for w in (-0.1, 0.3):
        value = float(bath.injection.lamb_shift(np.array([w]))[0])
        assert value == pytest.approx(digamma_shift(w, 2.0, 0.0, width), abs=2.0 / width + 1e-9)
        assert (
            abs(value - digamma_shift(w, 2.0, 0.0, width))
            <= bath.injection.lamb_shift_error + 2.0 / width
        )


def test_zero_temperature():
    drude = rf.DrudeBath(0.1, 3.0, np.inf)
    w = 1.0
    # P∫₀^∞ ν/((1 + ν²/9)(ω − ν)) in closed form.
    exact = -0.1 * 9.0 / (2.0 * np.pi) * (0.5 * np.pi * 3.0 - w * np.log(w / 3.0)) / (w**2 + 9.0)
    assert float(drude.lamb_shift(np.array([w]))[0]) == pytest.approx(exact, abs=1e-12)
    assert np.isfinite(drude.correlation(np.array([0.1, 1.0]))).all()
    ohmic = rf.OhmicBath(0.1, 1.0, np.inf)
    density = rf.SpectralDensityBath(lambda v: 0.1 * v * np.exp(-v), np.inf, breakpoints=(2.0,))
    x = np.array([-1.0, 0.0, 0.5, 2.0, 5.0])
    assert np.abs(density.lamb_shift(x) - ohmic.lamb_shift(x)).max() < 1e-12


@pytest.mark.parametrize("width", [0.5, 0.05, 0.003])
def test_a_narrow_peak_far_away_is_found_where_it_is_asked_for(width):
    bath = rf.SpectrumBath(lambda w: np.exp(-0.5 * ((w - 100.0) / width) ** 2))
    w = 100.0 + width * np.array([-0.3, 0.3, 2.0])
    exact = scipy.special.dawsn((w - 100.0) / width / np.sqrt(2.0)) / np.sqrt(np.pi)
    assert np.abs(bath.lamb_shift(w) - exact).max() < 1e-9


def test_windows_resolve_the_baths_own_oscillation():
    narrow = rf.LorentzianBath(0.2, 0.1, 50.0)

    class Same(rf.Bath):
        def power_spectrum(self, w):
            return narrow.power_spectrum(w)

        def correlation(self, t):
            return narrow.correlation(t)

    w = np.array([-1.0, 0.0, 2.0, 49.9])
    for window in (0.3, 7.0, 60.0):
        u, v = np.polynomial.legendre.leggauss(20)
        edges = np.linspace(0.0, window, 301)
        t = (edges[:-1, None] + 0.5 * (u + 1.0) * window / 300).ravel()
        v = np.tile(0.5 * window / 300 * v, 300)
        exact = np.exp(1j * np.outer(w, t)) @ (v * narrow.correlation(t))
        for bath in (narrow, Same()):
            assert np.abs(bath.windowed(w, window)[0] - exact).max() < 1e-10


def principal_value(bath, a, b, edges):
    """(1/2π) P∫dx/x g(a − x) g(b − x), by mpmath."""
    g = lambda w: mpmath.sqrt(float(bath.power_spectrum(np.array([float(w)]))[0]))  # noqa: E731
    f = lambda x: (g(a - x) * g(b - x) - g(a + x) * g(b + x)) / x  # noqa: E731
    mpmath.mp.dps = 15
    return float(mpmath.quad(f, edges) / (2 * mpmath.pi))


@pytest.mark.parametrize("damping", [0.1, 0.01, 0.001])
def test_universal_lindblad_with_a_narrow_mode(damping):
    bath = rf.UnderdampedBath(0.1, 1.2, damping, 1.0)
    system = rf.System(np.diag([0.0, 0.9]), [np.array([[0.0, 1.0], [1.0, 0.0]])], bath)
    shift = rf.UniversalLindblad(system).lamb_shift_hamiltonian()
    # H_LS = Σ_e h(E_c − E_e, E_a − E_e) A*_ea A_ec: of σx its diagonal is h(∓0.9, ∓0.9).
    for level, w in ((0, -0.9), (1, 0.9)):
        near = sorted({0.0, *(abs(s * 1.2 - w) for s in (1, -1)), abs(w)})
        edges = sorted(
            {max(0.0, x + k * damping) for x in near for k in (-30, -5, -1, 0, 1, 5, 30)}
            | {4.0, 20.0, 200.0, 1e4}
        )
        assert shift[level, level].real == pytest.approx(principal_value(bath, w, w, edges), abs=3e-8)


@pytest.mark.parametrize("energies", [[0.0, 0.0, 0.0], [0.0, 1.0, 1.0], [0.0, 1.0, 2.0]])
def test_universal_lindblad_of_equal_and_degenerate_energies(energies):
    system = rf.System(np.diag(energies), [random_hermitian(3, 4)], rf.OhmicBath(0.04, 10.0, 1.0))
    shift = rf.UniversalLindblad(system).lamb_shift_hamiltonian()
    a = np.array(system.couplings[0])
    expected = np.zeros((3, 3), dtype=complex)
    for e in range(3):
        for c in range(3):
            for d in range(3):
                w, v = energies[c] - energies[e], energies[d] - energies[e]
                edges = sorted({0.0, 0.3, abs(w), abs(v), 3.0, 10.0, 40.0, 150.0, 600.0})
                expected[d, c] += principal_value(system.baths[0], w, v, edges) * a[d, e] * a[e, c]
    assert np.abs(shift - expected).max() < 3e-8


def test_universal_lindblad_where_the_spectrum_falls_slowly():
    """γ ~ 1/ω: an integral that ended at ten million times the cutoff missed 1e-7 of it."""
    bath = rf.DrudeBath(0.1, 2.0, 1.5)
    system = rf.System(np.diag([0.0, 1.5]), [np.array([[0.0, 1.0], [1.0, 0.0]])], bath)
    shift = rf.UniversalLindblad(system).lamb_shift_hamiltonian()
    for level, w in ((0, -1.5), (1, 1.5)):
        edges = [0.0, 0.3, 1.5, 3.0, 10.0, 30.0, *10.0 ** np.arange(2.0, 14.0, 0.5)]
        expected = principal_value(bath, w, w, edges)
        assert shift[level, level].real == pytest.approx(expected, abs=1e-8 * abs(expected))


@pytest.mark.parametrize("power", [1.2, 1.5, 2.0, 3.0])
def test_correlation_functions_that_decay_slowly(power):
    bath = rf.CorrelationBath(lambda t: (1.0 + t) ** -power + 0j)
    error = abs(bath.one_sided(np.array([0.0]))[0] - 1.0 / (power - 1.0))
    assert error <= bath.lamb_shift_error
    assert error < 1e-9


def test_a_coupling_without_its_adjoint_is_told_of():
    a = np.array([[0.0, 1.0], [0.0, 0.0]])
    with pytest.warns(rf.UnpairedCouplingWarning, match="couplings"):
        rf.System(np.diag([0.0, 1.0]), [a], rf.OhmicBath(0.04, 10.0, 1.0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paired = rf.System(np.diag([0.0, 1.0]), [a], rf.OhmicBath(0.04, 10.0, 1.0), pair=True)
        rf.System(np.diag([0.0, 1.0]), [a, a.T], rf.OhmicBath(0.04, 10.0, 1.0))
    filling = rf.Davies(paired).steady_state().state[1, 1].real
    assert filling == pytest.approx(1.0 / (np.e + 1.0), abs=1e-12)


def test_eta_of_many_frequencies_beside_a_logarithmic_edge():
    """η diverges as a logarithm at a hard cutoff: its table must end there, and be right beside it."""
    bath = rf.OhmicBath(0.04, 10.0, 5.0, cutoff_function="hard")
    w = np.concatenate([np.random.default_rng(0).uniform(-20.0, 20.0, 3000), [9.99999, 10.00001]])
    many = bath.lamb_shift(w)
    few = np.array([float(bath.lamb_shift(x)) for x in w[::60]])
    assert np.abs(many[::60] - few).max() < 1e-9 * np.abs(many).max()
