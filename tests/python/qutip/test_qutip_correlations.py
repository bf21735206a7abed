"""Correlations and spectra in QuTiP's words, against QuTiP's own functions with its Bloch–Redfield tensor."""

from __future__ import annotations

import numpy as np
import pytest

qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")

from redfield.qutip import correlation_2op_1t, correlation_2op_2t, spectrum  # noqa: E402

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
            h, state, taus, a, b, a_ops, sec_cutoff=-1, reverse=reverse, options=TIGHT
        )
        theirs = qutip.correlation_2op_1t(tensor, state, taus, [], a, b, reverse=reverse, options=TIGHT)
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_of_two_times(problem):
    h, a_ops, a, b, tensor = problem
    times, taus = np.linspace(0.0, 3.0, 4), np.linspace(0.0, 2.0, 5)
    ours = correlation_2op_2t(
        h, qutip.basis(3, 0), times, taus, a, b, a_ops, sec_cutoff=-1, options=TIGHT
    )
    theirs = qutip.correlation_2op_2t(tensor, qutip.basis(3, 0), times, taus, [], a, b, options=TIGHT)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_of_a_drive():
    """H = ½(1 + cos t)σz commutes with itself: σ₊ turns by the integral of it, and dephases."""
    drive = qutip.QobjEvo([0.5 * qutip.sigmaz(), [0.5 * qutip.sigmaz(), lambda t: np.cos(t)]])
    a_ops = [[qutip.sigmaz(), lambda w: 0.1]]
    taus, t = np.linspace(0.0, 3.0, 4), 0.7
    found = correlation_2op_2t(
        drive, qutip.basis(2, 0), [0.0, t], taus, qutip.sigmam(), qutip.sigmap(), a_ops, options=TIGHT
    )
    assert np.abs(found).max() < 1e-12  # σ₊ of the upper level is nothing
    found = correlation_2op_2t(
        drive, qutip.basis(2, 0), [0.0, t], taus, qutip.sigmap(), qutip.sigmam(), a_ops, options=TIGHT
    )
    angle = taus + np.sin(t + taus) - np.sin(t)
    np.testing.assert_allclose(found[1], np.exp(1j * angle - 0.2 * taus), atol=1e-7)


def test_spectra(problem):
    h, a_ops, a, _, tensor = problem
    w = np.array([-3.0, -0.5, 0.4, 2.0])
    ours = spectrum(h, w, a, a.dag(), a_ops, sec_cutoff=-1)
    theirs = qutip.spectrum(tensor, w, [], a, a.dag(), solver="pi")
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)
