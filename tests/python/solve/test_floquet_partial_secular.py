"""PartialSecular in the Floquet modes: sums written out, its limits, resonances, and warnings of Davies' equation."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf
from redfield.qutip import fmmesolve

from floquet_reference import Reference

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
OHMIC = rf.OhmicBath(strength=0.05, cutoff=6.0, beta=0.7)
COLD = rf.OhmicBath(strength=0.03, cutoff=4.0, beta=3.0)


def random_hermitian(n, rng):
    a = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n))
    return (a + a.conj().T) / 2


def random_problem(n, seed, omega=1.7, couplings=2):
    rng = np.random.default_rng(seed)
    h0, h1, *operators = (random_hermitian(n, rng) for _ in range(2 + couplings))
    drive = [h0, (0.3 * h1, lambda t: np.cos(omega * t))]
    return rf.PeriodicSystem(drive, 2 * np.pi / omega, operators, [OHMIC, COLD][:couplings])


def dissipator(reference, baths, cutoff, t, lamb_shift):
    """𝓓 on column-stacked ρ̃ at a multiple of the period, as a sum over pairs of transition frequencies."""
    size = len(reference.energies)
    one, total = np.eye(size), np.zeros((size**2, size**2), dtype=complex)
    for bath in baths:
        parts = [(w, a) for w, a, of in reference.jumps(baths) if of is bath]
        for w, a in parts:
            gamma = complex(0.5 * bath.power_spectrum(np.array([w]))[0])
            gamma += 1j * bath.lamb_shift(np.array([w]))[0] if lamb_shift else 0.0
            for w2, b in parts:
                if abs(w - w2) <= cutoff + 1e-7:
                    c = gamma * np.exp(-1j * (w - w2) * t)
                    k = c * b.conj().T @ a
                    total += c * np.kron(b.conj(), a) + np.conj(c) * np.kron(a.conj(), b)
                    total -= np.kron(one, k) + np.kron(k.conj(), one)
    return total


@pytest.mark.parametrize("lamb_shift", [False, True])
@pytest.mark.parametrize("cutoff", [0.0, 0.4, 1.3, 5.0])
def test_the_dissipator_is_the_sum_over_pairs_within_the_cutoff(cutoff, lamb_shift):
    omega, rng = 2.3, np.random.default_rng(5)
    h0, h1, *operators = (random_hermitian(3, rng) for _ in range(4))
    drive = [h0, (0.3 * h1, lambda t: np.cos(omega * t))]
    system = rf.PeriodicSystem(drive, 2 * np.pi / omega, operators, [OHMIC, COLD])
    reference = Reference(lambda t: system.driven.hamiltonian.at(t), system.period, operators)
    equation = rf.PartialSecular(system, cutoff, lamb_shift)
    x = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
    for periods in (0, 4):
        t = periods * system.period
        frame = reference.frame(t)
        back = np.linalg.inv(frame)
        moved = dissipator(reference, [OHMIC, COLD], cutoff, t, lamb_shift) @ (
            back @ x @ back.conj().T
        ).ravel(order="F")
        expected = frame @ moved.reshape(3, 3, order="F") @ frame.conj().T
        h = system.driven.hamiltonian.at(t)
        assert np.abs(equation.apply(x, t) + 1j * (h @ x - x @ h) - expected).max() < 1e-7


@settings(max_examples=12, deadline=None)
@given(n=st.integers(2, 4), seed=st.integers(0, 10**6), t=st.floats(0.0, 50.0))
def test_limits_are_davies_and_redfield(n, seed, t):
    system = random_problem(n, seed, couplings=1)
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n))
    secular = rf.PartialSecular(system, 0.0).apply(x, t)
    assert np.abs(secular - rf.Davies(system).apply(x, t)).max() < 1e-8
    redfield = rf.Redfield(system).apply(x, t)
    for cutoff in (
        np.inf,
        2.0 * np.ptp(system.energies) + 2.0 * system.harmonics * system.frequency - 1e-6,
    ):
        whole = rf.PartialSecular(system, cutoff).apply(x, t)
        assert np.abs(whole - redfield).max() < 1e-9
    assert abs(np.trace(secular)) < 1e-12 * np.linalg.norm(secular)


def test_evolutions_and_periodic_states_between_the_limits():
    system = random_problem(3, 11)
    rho0, times = np.diag([0.2, 0.5, 0.3]), np.array([0.0, 3.0, 40.0])
    tight = {"rtol": 1e-9, "atol": 1e-11}
    pairs = [
        (rf.PartialSecular(system, 0.0), rf.Davies(system)),
        (rf.PartialSecular(system, np.inf), rf.Redfield(system)),
    ]
    for ours, theirs in pairs:
        assert (
            np.abs(
                ours.evolve(rho0, times, **tight).states - theirs.evolve(rho0, times, **tight).states
            ).max()
            < 1e-7
        )
        one, other = ours.steady_state(), theirs.steady_state()
        assert np.abs(one.mean - other.mean).max() < 1e-7
        for name in ("particle", "energy", "heat", "work"):
            assert np.asarray(getattr(one, name)) == pytest.approx(
                np.asarray(getattr(other, name)), abs=1e-7
            )
    middle = rf.PartialSecular(system, 0.8)
    result = middle.evolve(rho0, times, **tight)
    assert np.abs(np.einsum("tkk->t", result.states) - 1.0).max() < 1e-12
    state = middle.steady_state()
    later = middle.evolve(state.at(0.0), [0.0, 2.6 * system.period], **tight).final_state
    assert np.abs(later - state.at(2.6 * system.period)).max() < 1e-7
    assert state.work == pytest.approx(-state.energy.sum(), abs=1e-12)


def cavity(rate, ratio=0.25, levels=12, detuning=0.0):
    """A cavity with decay `rate`, driven with the amplitude F = ratio × rate, which has |F/(κ/2 + iδ)|² photons."""
    a = np.diag(np.sqrt(np.arange(1.0, levels)), 1)
    drive = [(1.0 + detuning) * a.T @ a, (a + a.T, lambda t: 2.0 * ratio * rate * np.cos(t))]
    return a.T @ a, rf.PeriodicSystem(drive, 2 * np.pi, [a], rf.FlatBath(rate))


@pytest.mark.parametrize(("rate", "ratio"), [(0.05, 0.25), (0.01, 0.35)])
def test_a_resonant_cavity(rate, ratio):
    n, system = cavity(rate, ratio)
    equation = rf.PartialSecular(system, 0.6, lamb_shift=False)
    photons = 4.0 * ratio**2
    assert equation.steady_state().expect(n).mean() == pytest.approx(photons, rel=5e-3)
    times = np.array([0.0, 3.0 / rate])
    growth = photons * (1.0 - np.exp(-0.5 * rate * times)) ** 2
    assert equation.evolve(np.eye(len(n))[0], times, [n]).expect[0] == pytest.approx(
        growth, rel=0.02, abs=1e-9
    )
    davies = rf.Davies(system, lamb_shift=False)
    with pytest.warns(rf.SecularWarning):
        assert davies.steady_state().expect(n).mean() > 4.0
    with pytest.warns(rf.SecularWarning):
        davies.evolve(np.eye(len(n))[0], [0.0, 1.0])


def test_a_weakly_driven_qubit_at_resonance():
    for amplitude, warned in ((0.002, True), (0.3, False)):
        drive = [0.5 * Z, (amplitude * X, np.cos)]
        system = rf.PeriodicSystem(drive, 2 * np.pi, [X], rf.OhmicBath(0.02, 10.0, 1.0))
        davies = rf.Davies(system)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            state = davies.steady_state()
        assert any(issubclass(w.category, rf.SecularWarning) for w in caught) == warned
        exact = rf.Redfield(system).steady_state().mean
        near = rf.PartialSecular(system, 0.4).steady_state().mean
        assert rf.trace_norm(near - exact) < 0.01
        assert (rf.trace_norm(state.mean - exact) > 0.2) == warned


def test_no_warning_far_from_resonance_and_of_constant_systems():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        n, system = cavity(0.002, 0.2, levels=6, detuning=0.3)
        state = rf.Davies(system, lamb_shift=False).steady_state()
        assert state.expect(n).mean() == pytest.approx((0.0004 / 0.3) ** 2, rel=0.6)
        constant = rf.PeriodicSystem(np.diag([0.0, 0.7, 1.9]) + 0.1, 5.0, [np.ones((3, 3))], OHMIC)
        rf.Davies(constant).steady_state()


def test_fmmesolve_warns_at_resonance():
    levels = 12
    a = qutip.destroy(levels)
    h = qutip.QobjEvo([a.dag() * a, [a + a.dag(), lambda t: 2.0 * 0.25 * 0.05 * np.cos(t)]])
    arguments = (
        qutip.basis(levels, 0),
        [0.0, 400.0],
        [a + a.dag()],
        [lambda w: 0.05 / (2 * np.pi) * (w > 0)],
    )
    with pytest.warns(rf.SecularWarning, match="fmmesolve"):
        result = fmmesolve(h, *arguments, 2 * np.pi, e_ops=[a.dag() * a])
    assert result.expect[0][-1] > 2.0


@pytest.mark.parametrize("scale", [1e-9, 1e6])
def test_units(scale):
    x = np.array([[0.3, 0.1j], [-0.1j, 0.7]])
    answers = []
    for s in (1.0, scale):
        bath = rf.OhmicBath(0.03, 6.0 * s, 0.7 / s)
        drive = [0.5 * s * Z, (0.2 * s * X, lambda t, s=s: np.cos(1.2 * s * t))]
        system = rf.PeriodicSystem(drive, 2 * np.pi / (1.2 * s), [X], bath)
        equation = rf.PartialSecular(system, 0.5 * s)
        answers.append((equation.apply(x, 0.3 / s) / s, equation.steady_state().mean))
    for one, other in zip(*answers, strict=True):
        assert np.abs(one - other).max() < 1e-8


@pytest.mark.parametrize(("amplitude", "coupling", "warned"), [(0.004, 0.2, True), (0.2, 0.1, False)])
def test_quadratic_davies_warns_at_resonance(amplitude, coupling, warned):
    leads = [
        rf.ParticleBath(lambda w: np.exp(-(w**2) / 18), beta, mu) for beta, mu in ((1.0, 0.0), (0.2, 1.0))
    ]
    drive = [np.diag([0.5, -0.5]), (X, lambda t: amplitude * np.cos(t))]
    system = rf.QuadraticSystem(drive, [coupling, 0.3 * coupling], leads, period=2 * np.pi)
    davies = rf.Davies(system)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        state = davies.steady_state()
        davies.evolve(np.zeros(2), [0.0, 1.0])
    assert [w.category for w in caught] == [rf.SecularWarning] * (2 * warned)
    exact = rf.Redfield(system).steady_state().at(0.0)
    assert (np.abs(state.at(0.0) - exact).max() > 0.1) == warned
