"""Correlations and spectra in QuTiP's words, against QuTiP's own functions with its Bloch–Redfield tensor."""

from __future__ import annotations

import numpy as np
import pytest

qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")

from redfield.qutip import (  # noqa: E402
    BRSolver,
    brmesolve,
    correlation_2op_1t,
    correlation_2op_2t,
    correlation_3op,
    correlation_3op_1t,
    spectrum,
    spectrum_correlation_fft,
)

TIGHT = {"rtol": 1e-10, "atol": 1e-12}


def gamma(w):
    return 0.05 * w * np.exp(-abs(w) / 5.0) / -np.expm1(-w) if w else 0.05


@pytest.fixture(scope="module")
def problem():
    """Three levels, couplings real in the eigenbasis, which QuTiP's tensor is right for."""
    rng = np.random.default_rng(3)
    h, x = (m + m.T for m in rng.standard_normal((2, 3, 3)))
    a, b = (qutip.Qobj(m + 1j * n) for m, n in rng.standard_normal((2, 2, 3, 3)))
    h, a_ops = qutip.Qobj(h), [[qutip.Qobj(x), gamma]]
    return h, a_ops, a, b, qutip.bloch_redfield_tensor(h, a_ops, sec_cutoff=-1, fock_basis=True)


@pytest.mark.parametrize("reverse", [False, True])
def test_of_one_time(problem, reverse):
    h, a_ops, a, b, tensor = problem
    taus = np.linspace(0.0, 8.0, 9)
    for state in (None, qutip.basis(3, 1)):
        ours = correlation_2op_1t(
            h, state, taus, [], a, b, a_ops=a_ops, sec_cutoff=-1, reverse=reverse, options=TIGHT
        )
        theirs = qutip.correlation_2op_1t(tensor, state, taus, [], a, b, reverse=reverse, options=TIGHT)
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_of_two_times(problem):
    h, a_ops, a, b, tensor = problem
    times, taus = np.linspace(0.0, 3.0, 4), np.linspace(0.0, 2.0, 5)
    ours = correlation_2op_2t(
        h, qutip.basis(3, 0), times, taus, [], a, b, a_ops=a_ops, sec_cutoff=-1, options=TIGHT
    )
    theirs = qutip.correlation_2op_2t(tensor, qutip.basis(3, 0), times, taus, [], a, b, options=TIGHT)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_of_a_drive():
    """H = ½(1 + cos t)σz commutes with itself: σ₊ turns by the integral of it, and dephases."""
    drive = qutip.QobjEvo([0.5 * qutip.sigmaz(), [0.5 * qutip.sigmaz(), lambda t: np.cos(t)]])
    a_ops = [[qutip.sigmaz(), lambda w: 0.1]]
    taus, t = np.linspace(0.0, 3.0, 4), 0.7
    found = correlation_2op_2t(
        drive,
        qutip.basis(2, 0),
        [0.0, t],
        taus,
        [],
        qutip.sigmam(),
        qutip.sigmap(),
        a_ops=a_ops,
        options=TIGHT,
    )
    assert np.abs(found).max() < 1e-12  # σ₊ of the upper level is nothing
    found = correlation_2op_2t(
        drive,
        qutip.basis(2, 0),
        [0.0, t],
        taus,
        [],
        qutip.sigmap(),
        qutip.sigmam(),
        a_ops=a_ops,
        options=TIGHT,
    )
    angle = taus + np.sin(t + taus) - np.sin(t)
    np.testing.assert_allclose(found[1], np.exp(1j * angle - 0.2 * taus), atol=1e-7)


def test_spectra(problem):
    h, a_ops, a, _, tensor = problem
    w = np.array([-3.0, -0.5, 0.4, 2.0])
    ours = spectrum(h, w, [], a, a.dag(), a_ops=a_ops, sec_cutoff=-1)
    theirs = qutip.spectrum(tensor, w, [], a, a.dag(), solver="pi")
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.fixture(scope="module")
def cavity():
    """A Jaynes–Cummings model with collapse operators alone, of which most matrix elements take no part."""
    n = 10
    a = qutip.tensor(qutip.destroy(n), qutip.qeye(2))
    atom = qutip.tensor(qutip.qeye(n), qutip.destroy(2))
    h = a.dag() * a + atom.dag() * atom + 0.1 * (a.dag() * atom + atom.dag() * a)
    c_ops = [np.sqrt(0.2) * a, np.sqrt(0.05) * a.dag(), np.sqrt(0.1) * atom]
    return h, c_ops, a, qutip.tensor(qutip.basis(n, 2), qutip.basis(2, 0))


@pytest.mark.parametrize("drive", [0.0, 0.3])
def test_of_collapse_operators_alone(cavity, drive):
    h, c_ops, a, state = cavity
    h = h + drive * (a + a.dag())
    times, taus = np.linspace(0.0, 3.0, 5), np.linspace(0.0, 2.0, 5)
    for start in (None, state):
        ours = correlation_2op_2t(h, start, times, taus, c_ops, a.dag(), a, options=TIGHT)
        theirs = qutip.correlation_2op_2t(h, start, times, taus, c_ops, a.dag(), a, options=TIGHT)
        np.testing.assert_allclose(ours, theirs, atol=1e-7)
    ours = correlation_3op_1t(h, state, taus, c_ops, a.dag(), a.dag() * a, a, options=TIGHT)
    theirs = qutip.correlation_3op_1t(h, state, taus, c_ops, a.dag(), a.dag() * a, a, options=TIGHT)
    np.testing.assert_allclose(ours, theirs, atol=1e-7)
    evolved = brmesolve(h, state, times, c_ops=c_ops, e_ops=[a.dag() * a, a], options=TIGHT)
    master = qutip.mesolve(h, state, times, c_ops, e_ops=[a.dag() * a, a], options=TIGHT)
    for mine, own in zip(evolved.expect, master.expect, strict=True):
        np.testing.assert_allclose(mine, own, atol=1e-7)


def test_of_three_operators_by_a_solver(problem):
    h, a_ops, a, b, _ = problem
    pairs = [(a_ops[0][0], qutip.coefficient(lambda t, w: gamma(w), args={"w": 0.0}))]
    times, taus, state = np.linspace(0.0, 3.0, 5), np.linspace(0.0, 2.0, 4), qutip.basis(3, 0)
    ours = BRSolver(h, a_ops, None, -1, options=TIGHT)
    theirs = qutip.BRSolver(h, pairs, sec_cutoff=-1, options=TIGHT)
    for first, middle, last in [(a, b, a.dag()), (None, a, b), (b, a, None), (b, None, a)]:
        np.testing.assert_allclose(
            correlation_3op(ours, state, times, taus, first, middle, last),
            qutip.correlation_3op(theirs, state, times, taus, first, middle, last),
            atol=1e-6,
        )
    few = correlation_3op(ours, state, times[:2], taus, a, b, a.dag())
    many = correlation_3op(ours, state, times, taus, a, b, a.dag())
    np.testing.assert_allclose(few, many[:2], atol=1e-8)  # by states, and by B(τ)
    with pytest.raises(TypeError, match="BRSolver"):
        correlation_3op(theirs, state, times, taus, a)


def test_solvers_step_as_they_run(problem):
    h, a_ops, *_ = problem
    solver, state = BRSolver(h, a_ops, sec_cutoff=-1, options=TIGHT), qutip.basis(3, 1)
    with pytest.raises(RuntimeError, match="start"):
        solver.step(1.0)
    solver.start(state, 0.5)
    stepped = [solver.step(t).full() for t in (1.0, 1.0, 2.5)]
    states = solver.run(state, [0.5, 1.0, 2.5]).states
    np.testing.assert_allclose(stepped[0], states[1].full(), atol=1e-8)
    np.testing.assert_allclose(stepped[2], states[2].full(), atol=1e-8)
    with pytest.raises(ValueError, match="before"):
        solver.step(1.0)


def test_a_transform_of_samples_is_the_line():
    taus = np.linspace(0.0, 400.0, 8001)
    w, s = spectrum_correlation_fft(taus, np.exp((2j - 0.1) * taus))
    assert abs(w[s.argmax()] - 2.0) < 0.01
    assert abs(s.max() / 20.0 - 1.0) < 0.03  # 2/0.1
