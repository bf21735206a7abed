"""Correlations and spectra beside QuTiP's Bloch–Redfield tensor, in one run; answers are compared.

A spectrum's floor: its GMRES takes 6–8 applications of 𝓛 to an operator a frequency and order of a and b, two each of
the O(N³) products that `bench/test_apply.py` measures; what is printed as "floor" is their time alone.
"""

from __future__ import annotations

import time

import numpy as np
import pytest

import redfield as rf

BETA, STRENGTH, CUTOFF = 1.0, 0.04, 10.0
REQUIRED = {"correlation": 100.0, "spectrum": 100.0}


def gamma(w):
    return STRENGTH * w * np.exp(-abs(w) / CUTOFF) / -np.expm1(-BETA * w) if w else STRENGTH / BETA


def problem(n, sites):
    h = rf.models.anderson(round(n ** (1 / 3)), disorder=2.0, seed=1)
    bath = rf.OhmicBath(strength=STRENGTH, cutoff=CUTOFF, beta=BETA)
    a = np.zeros((n, n))
    a[0, 1] = 1.0
    system = rf.System(h, rf.SiteProjectors(n, list(range(sites))), bath)
    return h, rf.Redfield(system, lamb_shift=False), a


def qutip_tensor(qutip, h, sites):
    a_ops = [(qutip.Qobj(np.diag(np.eye(len(h))[j])), gamma) for j in range(sites)]
    return qutip.bloch_redfield_tensor(qutip.Qobj(h), a_ops, sec_cutoff=-1, fock_basis=True)


def test_correlation_against_qutip(record):
    """QuTiP: its Bloch–Redfield tensor, given to its own correlation_2op_1t."""
    qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")
    n, sites = 27, 2
    h, equation, a = problem(n, sites)
    taus = np.linspace(0.0, 10.0, 101)
    best = np.inf
    for _ in range(5):
        started = time.perf_counter()
        ours = rf.correlation(
            rf.Redfield(equation.system, lamb_shift=False), a, a.T, taus, rtol=1e-7, atol=1e-9, threads=1
        )
        best = min(best, time.perf_counter() - started)
    started = time.perf_counter()
    tensor = qutip_tensor(qutip, h, sites)
    theirs = qutip.correlation_2op_1t(tensor, None, taus, [], qutip.Qobj(a), qutip.Qobj(a.T))
    seconds = time.perf_counter() - started
    np.testing.assert_allclose(ours, theirs, atol=1e-4 * np.abs(ours).max())
    record(
        N=n, ours_ms=1e3 * best, qutip_s=seconds, ratio=seconds / best, required=REQUIRED["correlation"]
    )


def test_spectrum_against_a_dense_resolvent(record):
    """QuTiP: its tensor, and its own spectrum by solving for each frequency, of which a few are timed."""
    qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")
    n, sites = 27, 2
    h, equation, a = problem(n, sites)
    w = np.linspace(-6.0, 6.0, 500)
    started = time.perf_counter()
    ours = rf.spectrum(equation, a, a.T, w, threads=1)
    mine = time.perf_counter() - started
    few = w[::100]
    started = time.perf_counter()
    tensor = qutip_tensor(qutip, h, sites)
    once = time.perf_counter() - started
    started = time.perf_counter()
    theirs = qutip.spectrum(tensor, -few, [], qutip.Qobj(a), qutip.Qobj(a.T), solver="pi")
    seconds = once + (time.perf_counter() - started) * len(w) / len(few)
    np.testing.assert_allclose(ours[::100].real, theirs, rtol=1e-4, atol=1e-6 * np.abs(ours).max())
    record(N=n, ours_s=mine, qutip_s_of_few=seconds, ratio=seconds / mine, required=REQUIRED["spectrum"])


@pytest.mark.parametrize("n", [64, 216])
def test_spectrum_of_many_levels(record, n):
    _, equation, a = problem(n, n)
    w = np.linspace(-6.0, 6.0, 500)
    started = time.perf_counter()
    values = rf.spectrum(equation, a, a.T, w)
    seconds = time.perf_counter() - started
    # By the definition: evolve, and integrate with a window that broadens both alike.
    tau = np.linspace(0.0, 60.0, 6001)
    c = rf.correlation(equation, a, a.T, tau, rtol=1e-6)
    rho = equation.steady_state().state
    c = c - np.trace(a @ rho) * np.trace(a.T @ rho)
    width, where = 0.3, 1.0
    if n == 64:  # its lines are narrower than the grid
        w_fine = np.linspace(where - 5.0 * width, where + 5.0 * width, 2000)
        values = rf.spectrum(equation, a, a.T, w_fine)
    else:
        w_fine = w
    fold = np.exp(-0.5 * ((w_fine - where) / width) ** 2) / (width * np.sqrt(2 * np.pi))
    broad = np.trapezoid(values.real * fold, w_fine)
    windowed = 2.0 * np.trapezoid((c * np.exp(1j * where * tau - 0.5 * (width * tau) ** 2)).real, tau)
    assert abs(broad - windowed) < 2e-2 * abs(windowed), (broad, windowed)
    x = np.ones((n, n), dtype=complex)
    started = time.perf_counter()
    for _ in range(10):
        equation.apply(x)
    floor = (time.perf_counter() - started) / 10 * 2 * 7 * len(w) * 2
    record(N=n, seconds=seconds, floor_s=floor)


def jaynes_cummings(qutip, n, drive=0.0):
    """Return H, c_ops and a of a cavity of n levels with an atom and a thermal bath."""
    a, s = qutip.tensor(qutip.destroy(n), qutip.qeye(2)), qutip.tensor(qutip.qeye(n), qutip.destroy(2))
    h = (
        2
        * np.pi
        * (a.dag() * a + s.dag() * s + 0.05 * (a.dag() * s + a * s.dag()) + drive * (a + a.dag()))
    )
    return h, [np.sqrt(0.175) * a, np.sqrt(0.075) * a.dag(), np.sqrt(0.05) * s], a


@pytest.mark.parametrize(("levels", "drive"), [(60, 0.0), (60, 0.08)])
def test_drop_in_correlations_of_collapse_operators(record, levels, drive):
    """Of N = 120 levels in QuTiP's words: one time, and a grid of two; with a drive nothing is conserved."""
    qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")
    from redfield.qutip import correlation_2op_1t, correlation_2op_2t

    h, c_ops, a = jaynes_cummings(qutip, levels, drive)
    taus, times = np.linspace(0.0, 10.0, 200), np.linspace(0.0, 2.0, 5)
    state = qutip.tensor(qutip.basis(levels, 2), qutip.basis(2, 0))

    def best(f):
        started = time.perf_counter()
        answer = f()
        return answer, time.perf_counter() - started

    ours, mine = best(lambda: correlation_2op_1t(h, state, taus, a.dag(), a, [], c_ops=c_ops))
    theirs, own = best(lambda: qutip.correlation_2op_1t(h, state, taus, c_ops, a.dag(), a))
    np.testing.assert_allclose(ours, theirs, atol=1e-3 * np.abs(ours).max())
    grid, mine_2t = best(lambda: correlation_2op_2t(h, state, times, taus, a.dag(), a, [], c_ops=c_ops))
    other, own_2t = best(lambda: qutip.correlation_2op_2t(h, state, times, taus, c_ops, a.dag(), a))
    np.testing.assert_allclose(grid, other, atol=1e-3 * np.abs(grid).max())
    record(
        N=2 * levels,
        ours_s=mine,
        ratio=own / mine,
        ours_2t_s=mine_2t,
        ratio_2t=own_2t / mine_2t,
        required=1.0,
    )
    assert min(own / mine, own_2t / mine_2t) >= 1.0


def test_driven_correlation_against_qutip(record):
    """⟨a†(t+τ)a(t)⟩ of a driven decaying cavity of 20 levels in the laboratory frame, at five t."""
    qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")
    a = qutip.destroy(20)
    force = (a + a.dag()).full().real

    def pulse(t):
        return np.cos(t)

    taus, times = np.linspace(0.0, 10.0, 101), np.linspace(0.0, 4.0, 5)
    equation = rf.Lindblad([a.dag() * a, (0.5 * force, pulse)], [np.sqrt(0.2) * a])
    started = time.perf_counter()
    ours = rf.correlation(equation, a.dag().full(), a.full(), taus, np.eye(20)[1], times=times)
    mine = time.perf_counter() - started
    h = [a.dag() * a, [qutip.Qobj(0.5 * force), pulse]]
    started = time.perf_counter()
    theirs = qutip.correlation_2op_2t(
        qutip.QobjEvo(h), qutip.basis(20, 1), times, taus, [np.sqrt(0.2) * a], a.dag(), a
    )
    own = time.perf_counter() - started
    np.testing.assert_allclose(ours, theirs, atol=1e-4 * np.abs(ours).max())
    record(N=20, ours_s=mine, ratio=own / mine)
