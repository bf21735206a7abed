"""Driven systems whose Λ_j polynomials in a control, or in time, tell: against SciPy on levels diagonalised at each
moment, against method "magnus", which has no polynomials, and against other ways to give the same drive."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.integrate
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf
from redfield.solve import driven

import reference

TIGHT = {"rtol": 1e-10, "atol": 1e-12}
OHMIC = rf.OhmicBath(strength=0.05, cutoff=4.0, beta=0.8)
COLD = rf.OhmicBath(strength=0.03, cutoff=6.0, beta=np.inf)


def written_out(h, couplings, baths, rho, times, *, lamb_shift):
    """Redfield's equation in the eigenbasis of each moment, by SciPy."""
    n = len(rho)

    def change(t, y):
        e, u = np.linalg.eigh(h(t))
        state = u.conj().T @ y.reshape(n, n) @ u
        out = -1j * (e[:, None] - e[None, :]) * state
        w = e[None, :] - e[:, None]
        w[np.abs(w) < 1e-12] = 0.0
        for a, bath in zip(couplings, baths, strict=True):
            a = u.conj().T @ a @ u
            half = 0.5 * bath.power_spectrum(w)
            lam = (half + 1j * bath.lamb_shift(w) if lamb_shift else half) * a
            change = lam @ state @ a.conj().T - a.conj().T @ lam @ state
            out = out + change + change.conj().T
        return (u @ out @ u.conj().T).ravel()

    found = scipy.integrate.solve_ivp(
        change,
        (times[0], times[-1]),
        rho.ravel().astype(complex),
        "DOP853",
        times,
        rtol=1e-11,
        atol=1e-13,
    )
    return found.y.T.reshape(len(times), n, n)


def couplings_of(kind, n, seed):
    if kind == "dense":
        return [reference.random_hermitian(n, seed) / n]
    if kind == "diagonal":
        return [np.diag(np.cos(np.arange(n) * (j + 1.0))) for j in range(2)]
    if kind == "lowering":  # not Hermitian, half of its rows are empty
        lower = np.zeros((n, n))
        lower[: n // 2, n // 2 : 2 * (n // 2)] = np.diag(np.ones(n // 2))
        return [lower, np.diag(np.arange(n) % 2 * 1.0)]
    return [np.diag(np.eye(n)[0]), np.diag(0.7 * np.eye(n)[n - 1])]


KINDS = ["dense", "diagonal", "lowering", "projectors"]
CASES = [(n, kind, n % 2 == 0) for n in (2, 3, 6) for kind in KINDS]
CASES += [(13, "lowering", True), (33, "dense", False), (33, "diagonal", False), (34, "projectors", True)]


@pytest.mark.parametrize(("n", "kind", "lamb_shift"), CASES)
def test_it_is_the_equation_written_out(n, kind, lamb_shift):
    h0, h1 = (reference.random_hermitian(n, s) / np.sqrt(n) for s in (31, 32))
    couplings, rho = couplings_of(kind, n, 33), reference.random_state(n, 34)
    baths = [OHMIC, COLD][: len(couplings)] if lamb_shift else [OHMIC] * len(couplings)
    times = np.array([0.0, 0.4, 0.8 if n > 20 else 4.0])

    def u(t):
        return 0.8 * np.sin(1.7 * t)

    expected = written_out(lambda t: h0 + u(t) * h1, couplings, baths, rho, times, lamb_shift=lamb_shift)
    equation = rf.Redfield(rf.DrivenSystem([h0, (h1, u)], couplings, baths), lamb_shift=lamb_shift)
    states = equation.evolve(rho, times, **TIGHT, threads=1).states
    assert np.abs(states - expected).max() < 2e-9
    two = equation.evolve(rho, times, **TIGHT, threads=2).states
    assert np.abs(two - states).max() < 1e-10


SLOW = (lambda t: (1.0 - t / 40.0) ** 2, lambda t: np.sin(0.04 * t))
SHAKEN = (lambda t: np.cos(9.0 * t), lambda t: 0.5 * np.sin(7.0 * t))
PULSED = (lambda t: np.exp(-(((t - 3.0) / 0.05) ** 2)), lambda t: float(t > 2.2))


@pytest.mark.parametrize("drive", [SLOW, SHAKEN, PULSED], ids=["slow", "shaken", "pulsed"])
@pytest.mark.parametrize("given_as", ["terms", "function"])
@pytest.mark.parametrize("n", [2, 7])
def test_several_functions(n, given_as, drive):
    """Polynomials in time where that is slow, an eigenbasis at each stage where it is not."""
    h, a, b = (reference.random_hermitian(n, s) / np.sqrt(n) for s in (35, 36, 37))
    couplings, rho, times = couplings_of("dense", n, 38), reference.random_state(n, 39), [0.0, 2.0, 4.0]
    f, g = drive

    def whole(t):
        return h + f(t) * a + g(t) * b

    def between(first, last):
        """H on one side of its jump."""
        return lambda t: whole(np.clip(t, first + 1e-12, last - 1e-12))

    expected = rho
    ends = [0.0, 2.2, 4.0] if drive is PULSED else [0.0, 4.0]
    for first, last in itertools.pairwise(ends):
        steps = np.linspace(first, last, 60)  # SciPy steps over what is shorter
        for one, two in itertools.pairwise(steps if drive is PULSED else steps[[0, -1]]):
            span = np.array([one, two])
            expected = written_out(
                between(first, last), couplings, [OHMIC], expected, span, lamb_shift=False
            )[-1]
    drive_of = [h, (a, f), (b, g)] if given_as == "terms" else whole
    system = rf.DrivenSystem(drive_of, couplings, OHMIC)
    found = rf.Redfield(system, lamb_shift=False).evolve(rho, times, **TIGHT, breakpoints=[3.0])
    assert np.abs(found.final_state - expected).max() < 1e-8


def test_few_sites_are_their_operators():
    n, h = 12, reference.random_hermitian(12, 41)
    drive = [h, (np.diag(np.linspace(-1.0, 1.0, n)), np.cos)]
    sites = rf.SiteProjectors(n, sites=[2, 7], weights=[1.0, 0.5])
    times = [0.0, 1.0, 3.0]
    a = rf.Redfield(rf.DrivenSystem(drive, sites, OHMIC)).evolve(np.eye(n)[0], times, **TIGHT)
    b = rf.Redfield(rf.DrivenSystem(drive, sites.matrices(), OHMIC)).evolve(np.eye(n)[0], times, **TIGHT)
    assert np.abs(a.states - b.states).max() < 1e-10


@pytest.mark.parametrize("n", [2, 9])
@pytest.mark.parametrize("bath", [OHMIC, COLD], ids=["warm", "cold"])
@pytest.mark.parametrize("gap", [0.0, 1e-6, 1e-2])
def test_levels_may_cross(gap, bath, n):
    """A narrow crossing, between two nodes of any panel: at zero temperature γ has a kink there."""
    h0, slopes = np.diag(np.linspace(0.0, 1.0, n)), np.linspace(1.0, -1.0, n)
    h0[0, 1] = h0[1, 0] = 0.5 * gap
    x = np.ones((n, n)) / n
    times = np.array([0.0, 2.0, 4.0])

    def u(t):
        return 0.37 * t - 0.5

    rho = reference.random_state(n, 44)
    expected = written_out(
        lambda t: h0 + u(t) * np.diag(slopes), [x], [bath], rho, times, lamb_shift=False
    )
    system = rf.DrivenSystem([h0, (np.diag(slopes), u)], [x], bath)
    states = rf.Redfield(system, lamb_shift=False).evolve(rho, times, rtol=1e-9, atol=1e-11).states
    assert np.abs(states - expected).max() < 3e-8


ANNEAL = (lambda t: 1.0 - t / 5.0, lambda t: t / 5.0)


@pytest.mark.parametrize("n", [2, 4, 16])
def test_functions_linear_in_each_other_are_one_control(n):
    a, b, c = (reference.random_hermitian(n, s) / np.sqrt(n) for s in (51, 52, 53))
    x, rho, times = np.diag(np.arange(n) % 2 * 1.0), reference.random_state(n, 54), [0.0, 1.0, 5.0]
    several = rf.DrivenSystem([c, (a, ANNEAL[0]), (b, ANNEAL[1])], [x], OHMIC)
    one = rf.DrivenSystem([c + a, (b - a, ANNEAL[1])], [x], OHMIC)
    function = rf.DrivenSystem(lambda t: c + ANNEAL[0](t) * a + ANNEAL[1](t) * b, [x], OHMIC)
    window = driven.window_of(np.array(times), None, ())
    assert several.controlled(window, True) is not None
    assert one.controlled(window, True) is not None
    assert function.controlled(window, True) is None
    states = [rf.Redfield(s).evolve(rho, times, **TIGHT).states for s in (several, one, function)]
    assert max(np.abs(s - states[2]).max() for s in states) < 1e-9


@pytest.mark.parametrize("size", [1e-290, 1e-160, 1e160])
def test_amplitudes_of_any_size(size):
    """A control is found however weak or strong it is."""
    x, window = np.diag([1.0, 0.0]), driven.window_of(np.array([0.0, 3.0]), None, ())
    drive = [x, (x, lambda t: size * t), (x[::-1, ::-1], lambda t: size * (1.0 - t))]
    assert rf.DrivenSystem(drive, [x], OHMIC).hamiltonian.control(window) is not None


@pytest.mark.parametrize(
    "terms",
    [[np.sin, np.cos], [np.sin, lambda t: t], [lambda t: np.exp(1j * t)], [lambda t: 1.0 + 0.0 * t]],
)
def test_others_are_not(terms):
    h = [reference.random_hermitian(3, s) for s in (61, 62, 63)]
    drive = [h[0], *zip(h[1:], terms, strict=False)]
    window = driven.window_of(np.array([0.0, 3.0]), None, ())
    system = rf.DrivenSystem(drive, [np.diag([1.0, 0.0, 0.0])], OHMIC)
    assert system.controlled(window, False) is None


@pytest.mark.parametrize("n", [3, 11])
def test_without_memory_for_polynomials_nothing_changes(n, monkeypatch):
    h, x = reference.random_hermitian(n, 71), np.diag(np.arange(n) % 3 * 0.5)
    equation = rf.Redfield(rf.DrivenSystem([h, (x, np.sin)], [x], OHMIC))
    arguments = (reference.random_state(n, 72), [0.0, 1.0, 4.0])
    usual = equation.evolve(*arguments, **TIGHT).states
    monkeypatch.setattr(driven, "MOST_OF_MEMORY", 0.0)
    assert np.abs(equation.evolve(*arguments, **TIGHT).states - usual).max() < 1e-9


@pytest.mark.parametrize("n", [2, 10])
def test_weak_baths_keep_their_digits(n):
    """Strength 1e-7 beside levels of size 1e3, for a long time: what leaves the lowest level is right to six digits."""
    bath = rf.OhmicBath(strength=1e-7, cutoff=1e4, beta=1e-3)
    h0, x = 1e3 * np.diag(np.arange(n) / n), reference.random_hermitian(n, 81)
    times = [0.0, 3.0]

    def left(method):
        system = rf.DrivenSystem([h0, (10.0 * np.diag(np.arange(n) % 2), np.sin)], [x], bath)
        states = (
            rf.Redfield(system)
            .evolve(np.eye(n)[0], times, rtol=1e-11, atol=1e-14, method=method, threads=1)
            .states
        )
        return 1.0 - states[-1, 0, 0].real

    assert left("auto") == pytest.approx(left("magnus"), rel=1e-5)


@pytest.mark.parametrize(
    "kind", [rf.Davies, rf.GeometricArithmetic, lambda s: rf.PartialSecular(s, cutoff=0.3)]
)
@pytest.mark.parametrize("n", [2, 4, 6, 7])
def test_other_kinds(kind, n):
    h0, h1 = np.diag(np.arange(n) ** 1.3), 0.2 * reference.random_hermitian(n, 91)
    system = rf.DrivenSystem([h0, (h1, np.sin)], [reference.random_hermitian(n, 92)], OHMIC)
    rho, times = reference.random_state(n, 93), [0.0, 1.0, 2.0]
    usual = kind(system).evolve(rho, times, rtol=1e-8, atol=1e-10).states
    magnus = kind(system).evolve(rho, times, rtol=1e-7, atol=1e-9, method="magnus").states
    assert np.abs(usual - magnus).max() < 5e-6


def test_lindblad_of_one_qubit_and_more():
    """Rabi's oscillation with decay, and the same qubit beside others that rest."""
    z, lower = np.diag([0.5, -0.5]), np.array([[0.0, 0.0], [1.0, 0.0]])
    times, still = np.linspace(0.0, 6.0, 7), np.eye(4)

    def drive(t):
        return 0.6 * np.cos(t)

    one = rf.Lindblad([z, (lower + lower.T, drive)], [0.3 * lower])
    alone = one.evolve([1.0, 0.0], times, [z], **TIGHT).expect[0]
    h, down = np.kron(z, still), np.kron(lower, still)
    many = rf.Lindblad([h, (down + down.T, drive)], [0.3 * down])
    together = many.evolve(np.eye(8)[0], times, [h], **TIGHT).expect[0]
    assert np.abs(alone - together).max() < 1e-9


@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(1, 12),
    seed=st.integers(0, 10**6),
    amplitude=st.floats(1e-6, 3.0),
    speed=st.floats(0.05, 5.0),
    beta=st.sampled_from([0.0, 0.3, 5.0, np.inf]),
    unit=st.sampled_from([1e-6, 1.0, 1e6]),
)
def test_two_methods_agree_in_any_unit(n, seed, amplitude, speed, beta, unit):
    h0, h1 = (unit * reference.random_hermitian(n, seed + s) / n for s in (0, 1))
    a, rho = reference.random_hermitian(n, seed + 2), reference.random_state(n, seed + 3)
    bath = (
        rf.OhmicBath(strength=0.02, cutoff=3.0 * unit, beta=beta / unit)
        if beta
        else rf.FlatBath(0.05 * unit)
    )
    system = rf.DrivenSystem([h0, (h1, lambda t: amplitude * np.sin(speed * unit * t))], [a / n], bath)
    equation, times = rf.Redfield(system, lamb_shift=False), np.array([0.0, 0.5, 1.5]) / unit
    states = equation.evolve(rho, times, rtol=1e-8, atol=1e-10).states
    magnus = equation.evolve(rho, times, rtol=1e-7, atol=1e-9, method="magnus").states
    assert np.abs(states - magnus).max() < 2e-6
    assert np.abs(np.trace(states, axis1=1, axis2=2) - 1.0).max() < 1e-12


@pytest.mark.parametrize("n", [2, 5])
def test_a_function_that_is_hermitian_where_it_is_looked_at_first(n):
    h = reference.random_hermitian(n, 95)

    def drive(t):
        return h + 0.1 * np.sin(8.0 * np.pi * t) * np.triu(np.ones((n, n)), 1)

    system = rf.DrivenSystem(drive, [np.diag(np.arange(n) * 0.1)], OHMIC)
    with pytest.raises(ValueError, match=r"at t = .*not Hermitian"):
        rf.Redfield(system).evolve(np.eye(n)[0], [0.0, 1.0, 2.0])
