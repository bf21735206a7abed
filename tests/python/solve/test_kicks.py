"""Instantaneous pulses against closed forms, evolutions in parts and short pulses."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import scipy

import redfield as rf

from reference import random_hermitian, random_state, random_unitary

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
PLUS = np.ones(2) / np.sqrt(2.0)
DRUDE = rf.DrudeBath(0.1, 0.5, beta=1.0)


def filtered(bath: rf.Bath, flips: list[float], t: float) -> float:
    """Return e^{−4χ}, χ = ∫∫_{s' < s} y(s) y(s') Re C(s − s'), y = ±1 changing at flips."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    edges = np.array([0.0, *flips, t])
    chi = 0.0
    for i in range(len(edges) - 1):
        for j in range(i + 1):
            half_i, half_j = 0.5 * np.diff(edges)[[i, j]]
            s = edges[i] + half_i * (nodes + 1.0)
            if i == j:
                # u = s − s' from 0 to s − edge.
                u = 0.5 * (s - edges[i])[:, None] * (nodes + 1.0)
                inner = (
                    (np.real(bath.correlation(u.ravel())).reshape(u.shape) @ weights)
                    * 0.5
                    * (s - edges[i])
                )
                chi += half_i * weights @ inner
                continue
            lags = s[:, None] - (edges[j] + half_j * (nodes + 1.0))
            c = np.real(bath.correlation(lags.ravel())).reshape(lags.shape)
            chi += (-1.0) ** (i - j) * half_i * half_j * weights @ c @ weights
    return float(np.exp(-4.0 * chi))


@pytest.mark.parametrize("flips", [[1.0], [0.5, 1.5]])
@pytest.mark.parametrize("make", [
    lambda s: rf.Redfield(s, history="memory"),
    lambda s: rf.HEOM(s, tol=1e-4),
], ids=["memory", "HEOM"])  # fmt: skip
def test_decoupling_filters_the_noise_of_a_bath_with_memory(make, flips):
    system = rf.DrivenSystem(0.5 * Z, [Z], DRUDE, kicks=[(t, X) for t in flips])
    result = make(system).evolve(PLUS, [0.0, 2.0])
    found = 2.0 * abs(result.final_state[0, 1])
    assert found == pytest.approx(filtered(DRUDE, flips, 2.0), abs=2e-4)
    assert found > 2.0 * abs(make(system.without_kicks()).evolve(PLUS, [0.0, 2.0]).final_state[0, 1])
    if result.forces is not None:
        # ρ̇ = −i[H, ρ] − i[A, S] in the frame of the laboratory.
        ends = make(system).evolve(PLUS, [0.0, 1.7, 1.701, 1.702])
        rho, force = ends.states[2], ends.forces[2, 0]
        slope = (ends.states[3] - ends.states[1]) / 0.002
        h = 0.5 * Z
        expected = -1j * (h @ rho - rho @ h) - 1j * (Z @ force - force @ Z)
        assert np.abs(slope - expected).max() < 1e-5


@pytest.mark.parametrize("kind", [rf.Redfield, rf.Davies, rf.GeometricArithmetic])
def test_a_generator_goes_on_from_the_kicked_state(kind):
    n = 3
    h, d, a, v, w = (random_hermitian(n, 1), random_hermitian(n, 2), random_hermitian(n, 3),
                     random_unitary(n, 4), random_unitary(n, 5))  # fmt: skip
    drive, bath = [h, (d, np.sin)], rf.OhmicBath(0.05, 5.0, beta=1.0)
    kicked = rf.DrivenSystem(drive, [a], bath, kicks=[(1.5, v), (0.4, w), (1.5, w)])
    plain = kind(rf.DrivenSystem(drive, [a], bath))
    rho = start = random_state(n, 6)
    rho = w @ plain.evolve(rho, [0.0, 0.4]).final_state @ w.conj().T
    after = rho
    rho = plain.evolve(rho, [0.4, 1.5]).final_state
    for u in (v, w):
        rho = u @ rho @ u.conj().T
    last = plain.evolve(rho, [1.5, 2.0]).final_state
    times = [0.0, 0.4, 1.0, 1.5, 2.0]
    result = kind(kicked).evolve(start, times, {"d": d})
    assert result.states is None
    assert result.expect["d"][[1, 3, 4]] == pytest.approx(
        [np.trace(d @ r).real for r in (after, rho, last)], abs=1e-6
    )
    whole = kind(kicked).evolve(start, times)
    assert whole.states[3] == pytest.approx(rho, abs=1e-6)
    assert whole.final_state == pytest.approx(last, abs=1e-6)
    assert whole.equation.system is kicked
    assert whole.stats["applications"] > 0
    again = kind(pickle.loads(pickle.dumps(kicked))).evolve(start, times)
    assert (again.states == whole.states).all()


def test_memory_goes_through_a_pulse_as_through_a_short_one():
    # In the frame of the kicks, and by a square pulse of width w, which differs from it by O(w).
    v = scipy.linalg.expm(-0.4j * X)
    h, bath, width = 0.5 * Z, rf.DrudeBath(0.2, 1.0, beta=1.0), 1e-3

    def pulse(t):
        return np.where(np.abs(np.asarray(t) - 1.0) < 0.5 * width, 0.4 / width, 0.0)

    pulse.breakpoints = [1.0]
    for make in (lambda s: rf.Redfield(s, history="memory"), lambda s: rf.HEOM(s, depth=2, tol=1e-2)):
        sharp = make(rf.DrivenSystem(h, [X + Z], bath, kicks=[(1.0, v)])).evolve([1, 0], [0.0, 3.0])
        short = make(rf.DrivenSystem([h, (X, pulse)], [X + Z], bath)).evolve([1, 0], [0.0, 3.0])
        assert np.abs(sharp.final_state - short.final_state).max() < 3 * width
        start = v @ np.diag([1.0, 0.0]) @ v.conj().T
        at_once = make(rf.DrivenSystem(h, [X + Z], bath, kicks=[(1e-12, v)])).evolve([1, 0], [0.0, 2.0])
        from_it = make(rf.DrivenSystem(h, [X + Z], bath)).evolve(start, [0.0, 2.0])
        assert np.abs(at_once.final_state - from_it.final_state).max() < 1e-6


def test_a_hahn_echo_removes_detuning_and_leaves_markovian_dephasing():
    rate, detuning = 0.1, 0.7
    jump = np.sqrt(0.5 * rate) * Z
    echo = rf.Lindblad(0.5 * detuning * Z, [jump], kicks=[(3.0, X)])
    result = echo.evolve(PLUS, [0.0, 1.0, 6.0])
    assert result.final_state[0, 1] == pytest.approx(0.5 * np.exp(-rate * 6.0), abs=1e-6)
    assert "kicks" in repr(echo)
    assert echo != rf.Lindblad(0.5 * detuning * Z, [jump])


def test_a_pulse_works():
    # A π pulse lifts the qubit by its splitting, and no heat flows in no time.
    kicked = rf.DrivenSystem(0.5 * Z, [X], rf.OhmicBath(0.1, 5.0, beta=1.0), kicks=[(1.0, X)])
    result = rf.Davies(kicked).evolve([0.0, 1.0], [0.0, 1.0, 2.0])
    found = rf.analysis.energy_balance(result)
    before = rf.Davies(kicked.without_kicks()).evolve([0.0, 1.0], [0.0, 1.0])
    p = before.final_state[1, 1].real
    assert found.work == pytest.approx([0.0, p - (1.0 - p), p - (1.0 - p)], abs=1e-6)


def test_what_has_no_kicks_says_so():
    bath = rf.OhmicBath(0.1, 5.0, beta=1.0)
    with pytest.raises(ValueError, match=r"kicks\[0\]\[1\] is not unitary"):
        rf.DrivenSystem(Z, [X], bath, kicks=[(1.0, 0.5 * X)])
    with pytest.raises(TypeError, match=r"kicks\[0\]"):
        rf.DrivenSystem(Z, [X], bath, kicks=[X])
    kicked = rf.DrivenSystem([Z, (X, np.sin)], [X], bath, kicks=[(1.0, X)])
    result = rf.Redfield(kicked).evolve([1, 0], [0.0, 2.0])
    with pytest.raises(TypeError, match="kicks"):
        result.gradient(Z)
    with pytest.warns(UserWarning, match="rho0 already"):
        rf.Redfield(kicked).evolve([1, 0], [1.0, 2.0])
    with pytest.raises(TypeError, match="kicks"):
        rf.Lindblad([Z, (X, np.cos)], [X], period=2 * np.pi, kicks=[(1.0, X)])
    noisy = rf.average(
        rf.Lindblad(0.0 * Z, [0.0 * Z], kicks=[(1.0, X)]), [rf.Fluctuator(Z, 0.3, 1e-9)], PLUS, [0.0, 2.0], [X],
        samples=4, seed=1,
    )  # fmt: skip
    assert noisy.expect[0][-1] == pytest.approx(1.0, abs=1e-5)
