"""What used to be silently wrong, or to end the process, at the edges of the range."""

from __future__ import annotations

import copy
import pickle
import warnings

import mpmath
import numpy as np
import pytest
import scipy.linalg
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf
from redfield import analysis

from reference import random_hermitian, random_matrix

BATH = rf.OhmicBath(0.04, 10.0, 5.0)
QUBIT = rf.System([[1.0, 0.5], [0.5, -1.0]], rf.SiteProjectors(2), BATH)


def lead(beta=2.0, mu=0.5, statistics="fermion"):
    return rf.ParticleBath(
        0.1, beta, mu, statistics, band=(-20.0, 20.0) if statistics == "fermion" else (1.0, 20.0)
    )


# --- grand-canonical thermodynamics


def test_a_dot_has_its_grand_canonical_state():
    (a,) = rf.fock.fermions(1)
    dot = rf.System(0.4 * a.T @ a, *rf.particle_exchange([a], lead()))
    davies = rf.Davies(dot)
    filling = 1.0 / (np.exp(2.0 * (0.4 - 0.5)) + 1.0)
    assert dot.gibbs_state()[1, 1].real == pytest.approx(filling, abs=1e-14)
    assert davies.steady_state().state[1, 1].real == pytest.approx(filling, abs=1e-12)
    assert analysis.gibbs_residual(davies) < 1e-12
    assert rf.diagnose(dot).holds()["Davies"] == dict.fromkeys(
        ("completely_positive", "thermalises", "detailed_balance", "steady_state_positive"), True
    )
    assert len(dot.reservoirs) == 1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), beta=st.sampled_from([0.1, 2.0, 10.0]), mu=st.floats(-1.0, 1.0))
def test_fermions_with_leads_of_one_potential_are_at_equilibrium(seed, beta, mu):
    modes = rf.fock.fermions(3)
    h = random_hermitian(3, seed)
    hamiltonian = sum(h[j, k] * (modes[j].T @ modes[k]).toarray() for j in range(3) for k in range(3))
    system = rf.System(
        hamiltonian, *rf.particle_exchange([modes[0], modes[2]], [lead(beta, mu), lead(beta, mu)])
    )
    # Brute force: e^{−β(H − μN)} with N = Σ a†a of all modes, the middle one without a lead included.
    number = sum((a.T @ a).toarray() for a in modes)
    k = hamiltonian - mu * number
    weights = scipy.linalg.expm(-beta * (k - np.linalg.eigvalsh(k)[0] * np.eye(8)))
    expected = weights / np.trace(weights)
    assert np.abs(system.gibbs_state() - expected).max() < 1e-10
    davies = rf.Davies(system)
    assert np.abs(davies.apply(expected)).max() < 1e-11
    assert analysis.detailed_balance_defect(davies).largest < 1e-7
    assert np.abs(analysis.heat_currents(expected, davies)).max() < 1e-11
    mixed = 0.5 * expected + np.eye(8) / 16
    assert analysis.entropy_production(mixed, davies) >= -1e-12


def test_two_leads_produce_entropy_by_the_current():
    (a,) = rf.fock.fermions(1)
    left, right = lead(mu=0.5), lead(mu=-0.5)
    dot = rf.System(0.3 * a.T @ a, *rf.particle_exchange([a, a], [left, right]))
    davies = rf.Davies(dot)
    state = davies.steady_state().state
    # Rate equation: I = γ (f_L − f_R)/2 with γ = 0.1 each.
    f_left, f_right = (1.0 / (np.exp(2.0 * (0.3 - mu)) + 1.0) for mu in (0.5, -0.5))
    current = 0.1 * (f_left - f_right) / 2.0
    assert analysis.particle_currents(state, davies) == pytest.approx([current, -current], abs=1e-12)
    assert analysis.energy_currents(state, davies) == pytest.approx(
        [0.3 * current, -0.3 * current], abs=1e-12
    )
    assert analysis.heat_currents(state, davies) == pytest.approx(
        [-0.2 * current, -0.8 * current], abs=1e-12
    )
    assert analysis.entropy_production(state, davies) == pytest.approx(2.0 * 1.0 * current, abs=1e-12)
    particles = analysis.Counting(davies, "particle").cumulants()
    assert particles.mean == pytest.approx([-current, current], abs=1e-12)
    # Noise of a two-state process: S = [γ f_L(1 − f_R) + …]/… − 2I²/Γ, Γ = 0.2.
    forward, back = f_left * (1.0 - f_right), f_right * (1.0 - f_left)
    noise = 0.05 * (forward + back) - 2.0 * current**2 / 0.2
    assert particles.covariance[0, 0] == pytest.approx(noise, abs=1e-12)
    heat = analysis.Counting(davies)
    assert heat.symmetry_defect([0.3, -0.1]) < 1e-12
    with pytest.raises(ValueError, match="do not have one mu"):
        dot.gibbs_state()
    with pytest.raises(ValueError, match="exchanges none"):
        analysis.Counting(rf.Davies(QUBIT), "particle")


def test_a_number_that_is_none_is_refused():
    a = rf.fock.fermions(2)
    h = (a[0].T @ a[1] + a[1].T @ a[0]).toarray()
    couplings, baths = rf.particle_exchange(a, lead())
    with pytest.raises(ValueError, match="number is no particle number"):
        rf.System(h, couplings, baths, number=np.diag([0.0, 1.0, 2.0, 3.0]))
    good = rf.System(h, couplings, baths, number=sum((x.T @ x).toarray() for x in a))
    assert np.allclose(good.number, rf.System(h, couplings, baths).number)
    # Pairing does not conserve it.
    pairing = rf.System(h + (a[0] @ a[1] + (a[0] @ a[1]).T).toarray(), couplings, baths)
    with pytest.raises(ValueError, match=r"mu = 0\.5 needs a particle number"):
        pairing.gibbs_state()


# --- tolerances


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6, -1e8])
def test_a_constant_added_to_h_changes_nothing(offset):
    h, a, x = np.diag(0.1 * np.arange(6)), random_hermitian(6, 1), random_hermitian(6, 2)
    here, there = (rf.Davies(rf.System(h + c * np.eye(6), [a], BATH)) for c in (0.0, offset))
    assert np.abs(here.dissipator(x) - there.dissipator(x)).max() < 1e-8 + 1e-15 * abs(offset)


def test_frequencies_between_rounding_and_the_tolerance_are_told_of():
    h = np.diag([0.0, 1.0, 2.0 + 5e-14])
    system = rf.System(h, [np.ones((3, 3))], BATH)
    with pytest.warns(UserWarning, match="taken as equal"):
        rf.Davies(system)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rf.Davies(system, degeneracy_tol=1e-14)
        rf.Davies(rf.System(np.diag([0.0, 1.0, 2.0]), [np.ones((3, 3))], BATH))


def test_quadratic_partial_secular_without_a_cutoff_is_davies():
    u = np.linalg.qr(random_matrix(6, 3))[0]
    h = (u * np.array([0.0, 0.0, 1.0, 1.0, 1.0, 2.0])) @ u.conj().T
    system = rf.quadratic.System(h, np.linspace(0.1, 0.5, 6), lead())
    g = np.diag(np.linspace(0.1, 0.9, 6))
    a, b = (e.apply(g) for e in (rf.quadratic.PartialSecular(system, 0.0), rf.quadratic.Davies(system)))
    assert np.abs(a - b).max() < 1e-14


# --- baths against independent values


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
    baths = [rf.DrudeBath(0.2, cutoff, beta), rf.from_spectral_density(drude, beta, scale=cutoff)]
    ohmic = rf.OhmicBath(0.2, cutoff, beta)
    same = rf.from_spectral_density(ohmic.spectral_density, beta, scale=cutoff)
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
    density = rf.from_spectral_density(lambda v: 0.1 * v * np.exp(-v), np.inf, breakpoints=(2.0,))
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


def test_a_bath_that_does_not_say_where_it_varies_is_refused():
    narrow = rf.LorentzianBath(0.2, 1e-3, 5.0)

    class Mute(rf.Bath):
        def power_spectrum(self, w):
            return narrow.power_spectrum(w)

    system = rf.System(np.diag([0.0, 1.0]), [np.array([[0.0, 1.0], [1.0, 0.0]])], Mute())
    with pytest.raises(ValueError, match=r"Mute.*breakpoints, scale"):
        rf.UniversalLindblad(system)


@pytest.mark.parametrize("power", [1.2, 1.5, 2.0, 3.0])
def test_correlation_functions_that_decay_slowly(power):
    bath = rf.from_correlation(lambda t: (1.0 + t) ** -power + 0j)
    error = abs(bath.one_sided(np.array([0.0]))[0] - 1.0 / (power - 1.0))
    assert error <= bath.lamb_shift_error
    assert error < 1e-9


def test_what_has_no_value_is_an_error():
    with pytest.raises(ValueError, match=r"no value at 3, outside \[0, 2\]"):
        rf.TabulatedBath([0.0, 1.0, 2.0], [1.0, 1.0, 1.0]).power_spectrum(np.array([3.0]))
    negative = rf.ParticleBath(lambda w: -0.1 + 0.0 * w, 1.0, band=(-1.0, 1.0))
    with pytest.raises(ValueError, match=r"density_of_states\(.*\) = -0.1 is negative"):
        negative.density_of_states(0.3)
    sub_ohmic = rf.OhmicBath(0.1, 10.0, 1.0, exponent=0.5)
    sigma_x = np.array([[0.0, 0.5], [0.5, 0.0]])
    with pytest.raises(ValueError, match=r"power_spectrum\(0\) = inf is not finite"):
        rf.Redfield(rf.System(sigma_x, [np.diag([1.0, 0.3])], sub_ohmic))
    # γ(0) is never used: σz has no elements between equal energies of σx.
    steady = rf.Redfield(
        rf.System(sigma_x, [np.diag([1.0, -1.0])], sub_ohmic), lamb_shift=False
    ).steady_state()
    assert steady.state[0, 1].real == pytest.approx(-0.5 * np.tanh(0.5), abs=1e-10)


def test_a_coupling_without_its_adjoint_is_told_of():
    a = np.array([[0.0, 1.0], [0.0, 0.0]])
    with pytest.warns(rf.UnpairedCouplingWarning, match=r"couplings\[0\] is not Hermitian"):
        rf.System(np.diag([0.0, 1.0]), [a], rf.OhmicBath(0.04, 10.0, 1.0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paired = rf.System(np.diag([0.0, 1.0]), [a], rf.OhmicBath(0.04, 10.0, 1.0), pair=True)
        rf.System(np.diag([0.0, 1.0]), [a, a.T], rf.OhmicBath(0.04, 10.0, 1.0))
    filling = rf.Davies(paired).steady_state().state[1, 1].real
    assert filling == pytest.approx(1.0 / (np.e + 1.0), abs=1e-12)


# --- several steady states, degenerate modes


def null_space(equation):
    """How many singular values of 𝓛 as a dense matrix vanish."""
    values = np.linalg.svd(equation.liouvillian().toarray(), compute_uv=False)
    return int((values < 1e-11 * values[0]).sum())


@pytest.mark.parametrize("sites", [3, 4])
@pytest.mark.parametrize("operators", ["z", "xz"])
def test_every_steady_state_of_a_symmetric_ring_is_counted(sites, operators):
    pauli = {
        "x": np.array([[0, 1], [1, 0]]),
        "y": np.array([[0, -1j], [1j, 0]]),
        "z": np.diag([1.0, -1.0]),
    }

    def at(name, site):
        return np.kron(np.kron(np.eye(2**site), pauli[name]), np.eye(2 ** (sites - site - 1)))

    h = sum(at(p, k) @ at(p, (k + 1) % sites) for p in "xyz" for k in range(sites)) / 4.0
    equation = rf.Redfield(rf.System(h, [at(p, 0) for p in operators], rf.OhmicBath(0.04, 10.0, 1.0)))
    count = null_space(equation)
    assert count > 1
    for method in ("auto", "iterative"):
        with pytest.raises(rf.MultipleSteadyStates) as caught:
            equation.steady_state(method=method)
        assert caught.value.count == count
        for state in caught.value.states:
            assert np.linalg.norm(equation.apply(state)) < 1e-6


def test_copies_of_a_system_have_copies_of_its_modes():
    h, a = random_hermitian(6, 5), 0.3 * random_hermitian(6, 6)
    system = rf.System(np.kron(np.eye(2), h), [np.kron(np.eye(2), a)], rf.OhmicBath(0.04, 10.0, 1.0))
    equation = rf.Redfield(system)
    one = np.linalg.eigvals(
        rf.Redfield(rf.System(h, [a], rf.OhmicBath(0.04, 10.0, 1.0))).liouvillian().toarray()
    )
    expected = np.sort(np.repeat(np.abs(one), 4))[:6]
    for method in ("direct", "iterative"):
        found = np.abs(equation.spectrum(6, method=method).eigenvalues)
        assert found == pytest.approx(expected, abs=1e-8)
    with pytest.raises(rf.MultipleSteadyStates, match="4 steady states"):
        equation.steady_state()
    with pytest.raises(rf.MultipleSteadyStates, match="4 steady states"):
        analysis.Counting(rf.Davies(system)).cumulants()


def test_small_systems():
    assert len(rf.Redfield(QUBIT).spectrum().eigenvalues) == 4
    single = rf.System([[2.0]], rf.SiteProjectors(1), BATH)
    for equation in (
        rf.Redfield(single),
        rf.Davies(single),
        rf.UniversalLindblad(single),
        rf.CoarseGrained(single, 1.0),
    ):
        assert equation.evolve([1.0], [0.0, 3.0]).final_state[0, 0] == pytest.approx(1.0)
        assert equation.steady_state().state[0, 0] == pytest.approx(1.0)
        assert np.abs(equation.spectrum().eigenvalues).max() < 1e-12
    assert rf.diagnose(single).holds()["Davies"]["completely_positive"]


def test_closed_systems():
    h = random_hermitian(4, 7)
    closed = rf.System(h, [], [])
    unitary = scipy.linalg.expm(-1j * h * 1.3)
    rho = np.eye(4)[0]
    for equation in (
        rf.Redfield(closed), rf.Davies(closed), rf.UniversalLindblad(closed), rf.GeometricArithmetic(closed),
        rf.PartialSecular(closed, 0.1), rf.CoarseGrained(closed, 1.0), rf.Lindblad(h, []),
    ):  # fmt: skip
        out = equation.evolve(rho, [0.0, 1.3]).final_state
        assert np.abs(out - np.outer(unitary[:, 0], unitary[:, 0].conj())).max() < 1e-8


@pytest.mark.parametrize("n", [2, 64])
def test_a_hamiltonian_that_is_one(n):
    system = rf.System(3.0 * np.eye(n), rf.SiteProjectors(n), BATH)
    for make in (rf.Redfield, rf.Davies, rf.UniversalLindblad):
        out = make(system).evolve(np.full(n, n**-0.5), [0.0, 1.0]).final_state
        # Each site dephases at γ(0) = strength/β, whatever its Lamb shift.
        assert out[0, 1] == pytest.approx(np.exp(-0.04 / 5.0) / n, abs=1e-9)


def test_times_of_any_size():
    equation = rf.Redfield(QUBIT)
    for method in ("chebyshev", "dopri5", "exponential"):
        for times in ([0.0, 1e-200], [0.0, 1e-30, 1e-8], [-5.0, -5.0, 2.0], [1e9, 1e9 + 1.0]):
            result = equation.evolve([1.0, 0.0], times, method=method)
            assert np.isfinite(result.states).all()
            assert np.trace(result.final_state).real == pytest.approx(1.0)
    late = equation.evolve([1.0, 0.0], [-7.0, -2.0]).final_state
    assert np.abs(late - equation.evolve([1.0, 0.0], [0.0, 5.0]).final_state).max() < 1e-8


# --- objects that stay what they were


EVERYTHING = [
    BATH,
    rf.DrudeBath(0.1, 3.0, 1.0),
    rf.UnderdampedBath(0.1, 1.0, 0.2, 2.0),
    rf.LorentzianBath(0.2, 0.5, 1.0),
    rf.FlatBath(0.1),
    rf.TabulatedBath([0.0, 1.0, 2.0], [1.0, 2.0, 1.0]),
    lead(),
    lead().removal,
    rf.SiteProjectors(3, [0, 2], [1.0, -2.0]),
    QUBIT,
    rf.Redfield(QUBIT),
    rf.Davies(QUBIT),
    rf.PartialSecular(QUBIT, 0.1),
    rf.UniversalLindblad(QUBIT),
    rf.GeometricArithmetic(QUBIT),
    rf.CoarseGrained(QUBIT, 2.0),
    rf.Lindblad([[0.0, 0.0], [0.0, 1.0]], [[[0.0, 1.0], [0.0, 0.0]]]),
    rf.Redfield(QUBIT).evolve([1.0, 0.0], [0.0, 1.0]),
    rf.Redfield(QUBIT).steady_state(),
    rf.Redfield(QUBIT).spectrum(),
    rf.quadratic.Davies(rf.quadratic.System(np.diag([0.0, 1.0]), 0.2, lead())),
    rf.quadratic.Exact(rf.quadratic.System(np.diag([0.0, 1.0]), 0.2, lead()), modes=40),
    rf.diagnose(QUBIT, [rf.Redfield, rf.Davies]),
]


@pytest.mark.parametrize("thing", EVERYTHING, ids=lambda x: type(x).__name__)
def test_everything_pickles_and_copies(thing):
    for other in (pickle.loads(pickle.dumps(thing)), copy.deepcopy(thing), copy.copy(thing)):
        assert type(other) is type(thing)
        assert repr(other) == repr(thing)
        if isinstance(thing, rf.Bath):
            assert other == thing
            assert hash(other) == hash(thing)
        if hasattr(thing, "apply"):
            x = np.array([[0.7, 0.1], [0.1, 0.3]])
            assert np.array_equal(other.apply(x), thing.apply(x))


def test_a_used_equation_and_an_exception_pickle():
    equation = rf.Redfield(QUBIT)
    equation.evolve([1.0, 0.0], [0.0, 1.0])
    again = pickle.loads(pickle.dumps(equation))
    assert np.array_equal(again.steady_state().state, equation.steady_state().state)
    error = rf.MultipleSteadyStates("two", 2, np.zeros((2, 2, 2)))
    back = pickle.loads(pickle.dumps(error))
    assert (str(back), back.count, back.states.shape) == ("two", 2, (2, 2, 2))


def test_nothing_given_or_handed_out_changes_an_object():
    h, a = np.diag([1.0, 2.0]).astype(complex), np.array([[0.0, 1.0], [1.0, 0.0]])
    system = rf.System(h, [a], BATH)
    before = rf.Redfield(system).apply(np.eye(2) / 2)
    h[0, 0] = 7.0
    a[0, 1] = 7.0
    assert np.array_equal(rf.Redfield(system).apply(np.eye(2) / 2), before)
    result = rf.Redfield(system).evolve([1.0, 0.0], [0.0, 1.0], {"x": np.eye(2)}, store_states=True)
    for array in (
        system.hamiltonian, system.energies, system.eigenvectors, system.couplings[0], result.times, result.states,
        result.final_state, result.expect["x"],
    ):  # fmt: skip
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0.0
    for thing, name in (
        (system, "energies"),
        (BATH, "strength"),
        (rf.Redfield(system), "lamb_shift"),
        (result, "times"),
    ):
        with pytest.raises(AttributeError):
            setattr(thing, name, 1.0)
    with pytest.raises(ValueError, match="read-only"):
        pickle.loads(pickle.dumps(system)).energies[0] = 1.0


def test_results_are_compared_and_not_raised_at():
    equation = rf.Redfield(QUBIT)
    a, b, c = (equation.evolve([1.0, 0.0], t) for t in ([0.0, 1.0], [0.0, 1.0], [0.0, 2.0]))
    assert a == a
    assert a != c
    assert np.array_equal(a.states, b.states)
    assert (a == 3) is False
    assert rf.OhmicBath(0.1, 1.0, 1.0) == rf.OhmicBath(0.1, 1.0, 1.0) != rf.OhmicBath(0.1, 1.0, 2.0)
    table = rf.TabulatedBath([0.0, 1.0], [1.0, 1.0])
    assert table == rf.TabulatedBath([0.0, 1.0], [1.0, 1.0]) != rf.TabulatedBath([0.0, 1.0], [1.0, 2.0])


def test_results_are_stored_bit_for_bit(tmp_path):
    result = rf.Redfield(QUBIT).evolve([1.0, 0.0], [0.0, 1.0, 2.0], {"z": np.diag([1.0, -1.0]), "a": [[0, 1], [0, 0]]},
                                       store_states=True)  # fmt: skip
    result.save(tmp_path / "one.zarr")
    back = rf.Result.load(tmp_path / "one.zarr", equation=result.equation)
    assert back == result
    assert back.equation is result.equation
    with pytest.raises(FileExistsError):
        result.save(tmp_path / "one.zarr")
    with pytest.raises(ValueError, match=r"does not hold a quadratic.Result"):
        rf.quadratic.Result.load(tmp_path / "one.zarr")
    with pytest.raises(FileNotFoundError):
        rf.Result.load(tmp_path / "none.zarr")
    system = rf.quadratic.System(np.diag([0.0, 1.0]), 0.2, lead())
    other = rf.quadratic.Davies(system).evolve([0.0, 1.0], [0.0, 1.0], [np.eye(2)])
    other.save(tmp_path / "two.zarr")
    assert rf.quadratic.Result.load(tmp_path / "two.zarr") == other
    data = result.to_xarray()
    assert data["expect_0"].attrs["long_name"] == "z"
    assert data.attrs["equation"].startswith("Redfield(")
    assert "<table>" in result._repr_html_()
    assert len(result.plot().lines) == 2


def test_an_ensemble_keeps_what_did_not_fail():
    good = rf.Redfield(QUBIT)
    bad = rf.Redfield(
        rf.System(1e140 * np.array([[0.0, 1.0], [1.0, 0.0]]), rf.SiteProjectors(2), rf.FlatBath(0.1)),
        False,
    )
    with pytest.raises(rf.EnsembleError, match=r"1 of 3 members failed \(indices \[1\]\)") as caught:
        rf.evolve_ensemble([good, bad, good], [1.0, 0.0], [0.0, 1.0], method="chebyshev")
    assert caught.value.results[1] is None
    assert isinstance(caught.value.errors[1], rf.ConvergenceError)
    alone = good.evolve([1.0, 0.0], [0.0, 1.0], method="chebyshev")
    for i in (0, 2):
        assert np.array_equal(caught.value.results[i].final_state, alone.final_state)
    returned = rf.evolve_ensemble(
        [good, bad], [1.0, 0.0], [0.0, 1.0], method="chebyshev", errors="return"
    )
    assert isinstance(returned[1], rf.ConvergenceError)
    assert pickle.loads(pickle.dumps(caught.value)).errors.keys() == {1}


def test_a_driven_equation_with_memory_asks_since_when():
    from redfield.quadratic import driven

    bath = rf.ParticleBath(lambda w: np.exp(-(w**2) / 8), beta=1.0)
    sweep = driven.System(
        lambda t: np.array([[t - 5.0, 0.1], [0.1, 5.0 - t]]) / 2, coupling=0.3, bath=bath
    )
    with pytest.raises(ValueError, match="tlist is needed"):
        driven.Redfield(sweep).apply(np.eye(2) / 2, 3.0)
    given = driven.Redfield(sweep).apply(np.eye(2) / 2, 3.0, [0.0, 3.0])
    assert np.isfinite(given).all()
    early = driven.Davies(sweep).evolve([1.0, 0.0], [-10.0, 0.0, 10.0])
    assert early.densities.sum(axis=1).max() < 2.0


def test_level_statistics_of_stacks_and_tuples():
    stack = np.array([rf.models.dirac_syk2(40, seed=s) for s in range(3)])
    whole = analysis.level_statistics(list(stack))
    assert analysis.level_statistics(stack) == whole
    assert analysis.level_statistics(tuple(stack)) == whole
    with pytest.raises(ValueError, match=r"spectrum\[1\] is not Hermitian"):
        analysis.level_statistics([stack[0], np.triu(stack[1])])


def test_memory_is_asked_for_before_it_is_taken():
    big = rf.Redfield(rf.System(rf.models.anderson(6, 2.0, seed=1), rf.SiteProjectors(216), BATH), False)
    with pytest.raises(MemoryError, match="exponential"):
        big.evolve(np.eye(216)[0], [0.0, 1.0], method="exponential")
    for call in (lambda: big.steady_state(method="direct"), lambda: big.spectrum(method="direct")):
        with pytest.raises(MemoryError, match="bytes"):
            call()
    with pytest.raises(MemoryError, match="max_bytes"):
        rf.Davies(rf.System(np.diag(0.1 * np.arange(40)), rf.SiteProjectors(40), BATH), max_bytes=1e4)


def test_every_check_of_diagnose_applies_or_says_why():
    chain = rf.models.mixed_field_ising(3)
    system = rf.System(chain.hamiltonian, chain.local("z"), rf.DrudeBath(0.05, 10.0, 0.2))
    found = rf.diagnose(system, [rf.QuasilocalRedfield(system, 1), rf.Davies])
    assert found.reasons == {"QuasilocalRedfield": {}, "Davies": {}}

    class Bare(rf.Bath):
        def power_spectrum(self, w):
            return np.full(np.shape(w), 0.1)

        def lamb_shift(self, w):
            return np.zeros(np.shape(w))

    flip = [np.array([[0.0, 1.0], [1.0, 0.0]])]
    bare = rf.diagnose(rf.System(np.diag([0.0, 1.0]), flip, Bare()))
    assert "does not define correlation" in bare.reasons["CoarseGrained"]["gibbs"]
    assert bare.holds()["CoarseGrained"]["completely_positive"] is None
    cold = rf.diagnose(rf.System(np.diag([0.0, 1.0]), flip, rf.OhmicBath(0.04, 10.0, np.inf)))
    assert cold.holds()["Davies"] == {
        "completely_positive": True,
        "thermalises": True,
        "detailed_balance": None,
        "steady_state_positive": True,
    }
    assert (
        "finite temperature" in cold.reasons["Davies"]["entropy"]
        or cold.values["steady_minimum"][2] <= 0.0
    )
