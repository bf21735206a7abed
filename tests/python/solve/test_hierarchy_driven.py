"""The hierarchy of driven systems against closed forms, hierarchies written out, and QuTiP's."""

import numpy as np
import pytest
import scipy.integrate
import scipy.special

import redfield as rf

import reference

X, Y, Z = (np.array(m, dtype=complex) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]))
PLUS = np.full(2, 0.5**0.5)
TIGHT = {"rtol": 1e-10, "atol": 1e-12}
LAMBDA, GAMMA = 0.3, 0.4
NOISE = rf.LorentzianBath(strength=2.0 * LAMBDA / GAMMA, width=GAMMA, centre=0.0)
"""Classical noise, C(t) = λe^{−γ|t|}."""


def test_the_noise_is_what_it_is_called():
    t = np.array([0.0, 0.7, 2.0])
    assert np.abs(NOISE.correlation(t) - LAMBDA * np.exp(-GAMMA * t)).max() < 1e-12


def written_out(h, a, rho, times, depth, cuts=()):
    """ρ(t) of the hierarchy of the noise, ρ̇_n = −i[H, ρ_n] − nγρ_n − i[A, ρ_{n+1}] − inλ[A, ρ_{n−1}], by SciPy."""
    n = len(rho)

    def change(t, y):
        each = np.zeros((depth + 3, n, n), complex)
        each[1:-1] = y.reshape(depth + 1, n, n)
        out = np.empty((depth + 1, n, n), complex)
        for k in range(depth + 1):
            x, coupled = each[k + 1], each[k + 2] + k * LAMBDA * each[k]
            b = a(t)
            out[k] = -1j * (h(t) @ x - x @ h(t)) - k * GAMMA * x - 1j * (b @ coupled - coupled @ b)
        return out.ravel()

    y = np.zeros((depth + 1, n, n), complex)
    y[0] = rho
    states, now = [], times[0]
    for t in times:
        for cut in [c for c in cuts if now < c < t] + [t]:
            if cut > now:
                y = scipy.integrate.solve_ivp(
                    change, (now, cut), np.ravel(y), method="DOP853", rtol=1e-11, atol=1e-12
                ).y[:, -1]
            now = cut
        states.append(np.reshape(y, (depth + 1, n, n))[0])
    return np.array(states)


def test_a_constant_system_given_as_a_driven_one():
    h = reference.random_hermitian(3, 1)
    couplings = [np.diag([1.0, 0.0, -0.5]), reference.random_hermitian(3, 2)]
    system = rf.System(h, couplings, [rf.DrudeBath(0.1, 1.0, 1.0), rf.LorentzianBath(0.1, 1.0, 0.7)])
    rho, times = reference.random_state(3, 3), [0.0, 0.9, 3.0]
    constant = rf.HEOM(system, depth=3).evolve(rho, times, **TIGHT)
    for hamiltonian in (h, [0.4 * h, (0.6 * h, np.ones_like)], lambda t: h):
        driven = rf.DrivenSystem(hamiltonian, couplings, list(system.baths))
        # What acts at once may differ where the bandwidth is told by a bound.
        result = rf.HEOM(driven, depth=3).evolve(rho, times, **TIGHT)
        assert np.abs(result.states - constant.states).max() < 1e-8
        assert result.stats["depth"] == 3
    held = rf.HEOM(rf.DrivenSystem.held(system), depth=3).evolve(rho, times, **TIGHT)
    assert np.abs(held.states - constant.states).max() < 1e-8
    currents = rf.analysis.heat_currents(constant)
    assert np.abs(rf.analysis.heat_currents(held) - currents).max() < 1e-8


def test_site_projectors_of_a_driven_chain():
    n, bath = 4, rf.LorentzianBath(strength=0.3, width=1.0, centre=0.5)
    h = reference.random_hermitian(n, 3).real
    drive = [h, (np.eye(n, k=1) + np.eye(n, k=-1), np.sin), (np.diag(np.arange(n) / n), np.cos)]
    projectors = [np.diag(row) for row in np.eye(n)]
    first, second = (
        rf.HEOM(rf.DrivenSystem(drive, couplings, bath), depth=2).evolve(
            np.eye(n)[0], [0.0, 2.0], **TIGHT
        )
        for couplings in (rf.SiteProjectors(n), projectors)
    )
    assert np.abs(first.final_state - second.final_state).max() < 1e-10
    u = reference.random_unitary(n, 5)

    def turned(x):
        return u.conj().T @ x @ u

    system = rf.DrivenSystem(
        [turned(drive[0]), *((turned(x), f) for x, f in drive[1:])], [turned(p) for p in projectors], bath
    )
    other = rf.HEOM(system, depth=2).evolve(u.conj().T @ np.eye(n)[0], [0.0, 2.0], **TIGHT)
    assert np.abs(turned(first.final_state) - other.final_state).max() < 1e-8


def test_dephasing_has_the_phase_of_the_drive():
    """H(t) = ½ω(t)σᶻ commutes with A = σᶻ: ρ₀₁ = ½e^{−i∫ω} exp(−4∫(t − t')Re C)."""
    system = rf.DrivenSystem([0.5 * Z, (0.5 * Z, lambda t: 3.0 * np.cos(2.0 * t))], [Z], NOISE)
    result = rf.HEOM(system, tol=1e-7).evolve(PLUS, [0.0, 1.0, 3.0], rtol=1e-9, atol=1e-11)
    t = result.times
    phase = t + 1.5 * np.sin(2.0 * t)
    q = 4.0 * LAMBDA / GAMMA**2 * (GAMMA * t - 1.0 + np.exp(-GAMMA * t))
    assert np.abs(result.states[:, 0, 1] - 0.5 * np.exp(-1j * phase - q)).max() < 1e-6
    assert result.stats["depth"] > 3
    assert result.stats["error"] < 1e-7


@pytest.mark.parametrize("shape", ["jumps", "smooth"])
def test_an_echo_is_that_of_the_filter_function(shape):
    """A π pulse in the middle leaves exp(−4λ/γ² (γT − 3 + 4e^{−γT/2} − e^{−γT})) of the coherence, to (γw)²."""
    duration, width = 4.0, 1e-3
    middle = 0.5 * duration

    def square(t):
        return np.pi / (2.0 * width) * (np.abs(t - middle) < 0.5 * width)

    def gaussian(t):
        return np.pi / 2.0 * np.exp(-0.5 * ((t - middle) / width) ** 2) / (width * np.sqrt(2.0 * np.pi))

    pulse = square if shape == "jumps" else gaussian
    system = rf.DrivenSystem([0.0 * Z, (X, pulse)], [Z], NOISE)
    result = rf.HEOM(system, tol=1e-6).evolve(
        PLUS, [0.0, duration], breakpoints=[middle - 0.5 * width, middle, middle + 0.5 * width], rtol=1e-8
    )
    g = GAMMA * duration
    q = 4.0 * LAMBDA / GAMMA**2 * (g - 3.0 + 4.0 * np.exp(-0.5 * g) - np.exp(-g))
    assert abs(abs(result.final_state[0, 1]) - 0.5 * np.exp(-q)) < 1e-5


def test_couplings_that_switch_have_the_coherence_of_their_filter():
    """Two equal couplings with factors of their own: Q = 4 Σ ∫∫ c(t)c(t')C(t − t'), a factor that jumps among them."""

    def flipped(t):
        return np.where(np.asarray(t) < 1.0, 1.0, -1.0)

    flipped.jumps = [1.0]
    system = rf.DrivenSystem(0.2 * Z, [[0.0 * Z, (Z, flipped)], [0.0 * Z, (Z, np.cos)]], [NOISE, NOISE])
    result = rf.HEOM(system, tol=1e-6).evolve(PLUS, [0.0, 2.0], rtol=1e-9, atol=1e-11)
    q = LAMBDA / GAMMA**2 * (2 * GAMMA - 3.0 + 4.0 * np.exp(-GAMMA) - np.exp(-2 * GAMMA))

    def inner(t):
        # ∫₀ᵗ cos t' e^{−γ(t − t')} dt'
        whole = np.exp(-GAMMA * t)
        return np.cos(t) * (GAMMA * np.cos(t) + np.sin(t) - GAMMA * whole) / (1.0 + GAMMA**2)

    q += LAMBDA * scipy.integrate.quad(inner, 0.0, 2.0, epsabs=1e-12)[0]
    assert abs(abs(result.final_state[0, 1]) - 0.5 * np.exp(-4.0 * q)) < 1e-6


def test_a_late_short_contact_is_not_stepped_over():
    """A contact of area a and width w leaves exp(−2λa² e^{γ²w²} erfc(γw)) of the coherence, wherever it is."""
    width, area = 1e-2, 0.7

    def contact(t):
        return area * np.exp(-0.5 * ((t - 33.3) / width) ** 2) / (width * np.sqrt(2.0 * np.pi))

    system = rf.DrivenSystem(0.2 * Z, [[0.0 * Z, (Z, contact)]], NOISE)
    result = rf.HEOM(system, depth=8).evolve(PLUS, [0.0, 20.0, 40.0], rtol=1e-9, atol=1e-11)
    q = 2.0 * LAMBDA * area**2 * np.exp((GAMMA * width) ** 2) * scipy.special.erfc(GAMMA * width)
    assert np.abs(np.abs(result.states[:, 0, 1]) - 0.5 * np.exp([0.0, 0.0, -q])).max() < 1e-6


def test_a_coupling_of_any_shape_is_the_hierarchy_written_out():
    a, b = reference.random_hermitian(3, 4), reference.random_hermitian(3, 5)
    h, rho, times = reference.random_hermitian(3, 6), reference.random_state(3, 7), [0.0, 1.0, 2.5]
    system = rf.DrivenSystem([h, (a, np.sin)], [[0.3 * a, (0.5 * b, np.cos)]], NOISE)
    states = rf.HEOM(system, depth=3).evolve(rho, times, **TIGHT).states
    exact = written_out(
        lambda t: h + np.sin(t) * a, lambda t: 0.3 * a + 0.5 * np.cos(t) * b, rho, times, 3
    )
    assert np.abs(states - exact).max() < 1e-8


def test_functions_of_time_that_vanish_are_hermitian():
    """H(t) and A(t) as functions of matrices, which are expanded entry by entry: complex, and zero at times."""

    def turned(t, size):
        phase = np.exp(1.3j * t)
        return size * np.cos(t) * np.array([[0.0, phase], [np.conj(phase), 0.0]])

    system = rf.DrivenSystem(lambda t: 0.3 * Z + turned(t, 0.4), [lambda t: turned(t, 0.8)], NOISE)
    rho = np.diag([0.3, 0.7]).astype(complex)
    found = rf.HEOM(system, depth=3).evolve(rho, [0.0, 2.0, 4.0], **TIGHT).states
    exact = written_out(
        lambda t: 0.3 * Z + turned(t, 0.4), lambda t: turned(t, 0.8), rho, [0.0, 2.0, 4.0], 3
    )
    assert np.abs(found - exact).max() < 1e-7


def test_fluctuators_beside_a_bath():
    """Telegraph noise on σᶻ beside the bath: coherences are products, e^{−Γt}(cosh μt + Γ/μ sinh μt) of the noise."""
    b, rate, t = 0.2, 1.0, 2.0
    heom = rf.HEOM(rf.System(0.0 * Z, [Z], NOISE), depth=8)
    mean = rf.average(
        heom, [rf.Fluctuator(Z, amplitude=b, rate=rate)], PLUS, [0.0, t], [X], samples=100, seed=1
    )
    mu = np.sqrt(rate**2 - 4.0 * b**2)
    q = 4.0 * LAMBDA / GAMMA**2 * (GAMMA * t - 1.0 + np.exp(-GAMMA * t))
    closed = np.exp(-rate * t) * (np.cosh(mu * t) + rate / mu * np.sinh(mu * t)) * np.exp(-q)
    assert abs(mean.expect[0][-1] - closed) < 4.0 * mean.errors[0][-1]
    assert mean.errors[0][-1] < 0.02


def test_nothing_is_coupled_or_one_level():
    free = rf.HEOM(rf.DrivenSystem([0.5 * Z, (X, np.cos)], [], [])).evolve([1, 0], [0.0, 1.0], rtol=1e-9)
    assert free.stats["auxiliary_operators"] == 1
    assert np.trace(free.final_state @ free.final_state).real == pytest.approx(1.0, abs=1e-7)
    one = rf.HEOM(rf.DrivenSystem([[[1.0]], ([[1.0]], np.cos)], [[[0.5]]], NOISE)).evolve(
        [1], [-1.0, 1.0]
    )
    assert abs(one.final_state[0, 0] - 1.0) < 1e-12


@pytest.mark.parametrize("height", [400.0, 40.0])
def test_a_late_short_pulse_is_not_stepped_over(height):
    """A pulse of a 4000th of the time, at 93 % of it, where nothing moves before."""
    centre, width, times = 37.3, 1e-2, np.array([0.0, 20.0, 40.0])

    def pulse(t):
        return height * np.exp(-0.5 * ((t - centre) / width) ** 2)

    h = 0.3 * Z
    system = rf.DrivenSystem([h, (X, pulse)], [Z], NOISE)
    rho = np.diag([1.0, 0.0]).astype(complex)
    states = rf.HEOM(system, depth=6).evolve(rho, times, rtol=1e-8, atol=1e-10).states
    exact = written_out(
        lambda t: h + pulse(t) * X,
        lambda t: Z,
        rho,
        times,
        6,
        cuts=[centre - 12 * width, centre, centre + 12 * width],
    )
    assert np.abs(exact[-1] - rho).max() > 0.1
    assert np.abs(states - exact).max() < 1e-6


def test_a_resonantly_driven_spin_boson_is_that_of_qutip():
    qutip = pytest.importorskip("qutip")
    from qutip.solver.heom import BosonicBath, HEOMSolver

    bath, depth = rf.LorentzianBath(strength=0.3, width=0.8, centre=0.9), 4
    c0 = complex(bath.correlation(np.array([0.0]))[0])
    step = 1e-2
    nu = -np.log(complex(bath.correlation(np.array([step]))[0]) / c0) / step
    times = np.linspace(0.0, 6.0, 4)
    h, rho = 0.5 * Z + 0.1 * X, np.diag([0.3, 0.7]).astype(complex)
    both = [c0 / 2, np.conj(c0) / 2], [nu, np.conj(nu)], [c0 / 2j, -np.conj(c0) / 2j], [nu, np.conj(nu)]
    evo = qutip.QobjEvo([qutip.Qobj(h), [qutip.Qobj(0.4 * X), lambda t: np.cos(t)]])
    options = {"rtol": 1e-9, "atol": 1e-11, "nsteps": 100000, "progress_bar": ""}
    solver = HEOMSolver(evo, BosonicBath(qutip.Qobj(X), *both), depth, options=options)
    expected = np.array([state.full() for state in solver.run(qutip.Qobj(rho), times).states])
    system = rf.DrivenSystem([h, (0.4 * X, np.cos)], [X], bath)
    found = rf.HEOM(system, depth=depth, tol=1e-8).evolve(rho, times, rtol=1e-8, atol=1e-10)
    assert np.abs(found.states - expected).max() < 1e-5


def test_heat_and_work_make_up_the_energy():
    """⟨H(t)⟩ changes by ∫⟨Ḣ⟩ and by what the two baths bring, of which one is switched on."""
    h, times = 0.5 * Z, np.linspace(0.0, 3.0, 301)
    baths = [rf.LorentzianBath(0.3, 1.0, 0.9), NOISE]
    system = rf.DrivenSystem([h, (0.4 * X, np.sin)], [X, [0.0 * Z, (Y, np.tanh)]], baths)
    heom = rf.HEOM(system, depth=3)
    result = heom.evolve([0.6, 0.8], times, {"z": h, "x": 0.4 * X}, store_states=True, **TIGHT)
    flows = rf.analysis.heat_currents(result)
    assert flows.shape == (301, 2)
    assert np.abs(flows[0, 1]) < 1e-12
    energy = result.expect["z"] + np.sin(times) * result.expect["x"]
    power = np.cos(times) * result.expect["x"]
    gained = scipy.integrate.simpson(flows.sum(axis=1) + power, x=times)
    assert abs(gained - (energy[-1] - energy[0])) < 1e-7
    assert np.abs(rf.analysis.energy_currents(result, heom) - flows).max() == 0.0
    with pytest.raises(ValueError, match="particle"):
        rf.analysis.particle_currents(result)
    with pytest.raises(TypeError, match=r"\.forces"):
        rf.analysis.heat_currents(result.states, heom)
