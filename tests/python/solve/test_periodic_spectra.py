"""Spectra of periodic equations with many unknowns, against a closed form and against the matrix of all harmonics."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf
from redfield.solve import coupled_harmonics, periodic_spectrum

import reference

W = 1.7
A = reference.random_matrix(3, 5)
B = reference.random_matrix(3, 6)
W_AXIS = np.array([-1.3, 0.1, 2.2])


def equation(scale=1.0):
    h0, h1, a, b = (reference.random_hermitian(3, k) for k in (1, 2, 3, 4))
    drive = [scale * h0, (0.5 * scale * h1, lambda t: np.cos(W * scale * t))]
    bath = rf.OhmicBath(0.2, 6.0 * scale, beta=0.8 / scale)
    return rf.Redfield(rf.PeriodicSystem(drive, 2 * np.pi / (W * scale), [a, b], bath, tol=1e-5))


def test_a_driven_cavity_has_the_line_of_the_empty_one():
    """δa of a linear cavity obeys the same equation whatever drives it: 2Re 1/(κ/2 − i(ω − ω₀)), if N = 14 suffices."""
    a, rate = np.diag(np.sqrt(np.arange(1.0, 14.0)), 1), 0.2
    h = [1.3 * a.T @ a, (0.1 * (a + a.T), lambda t: np.cos(2.0 * t))]
    cavity = rf.Lindblad(h, [np.sqrt(rate) * a], period=np.pi)
    w = np.array([1.25, 1.6])
    exact = 2 * (1 / (0.5 * rate - 1j * (w - 1.3))).real
    np.testing.assert_allclose(rf.spectrum(cavity, a, a.T, w).real, exact, rtol=1e-6)


def test_gmres_finds_what_the_matrix_does(monkeypatch):
    monkeypatch.setattr(periodic_spectrum, "FEW", 4096)
    redfield = equation()
    exact = rf.spectrum(redfield, A, B, W_AXIS)
    size = np.abs(exact).max()
    monkeypatch.setattr(periodic_spectrum, "FEW", 0)
    np.testing.assert_allclose(rf.spectrum(redfield, A, B, W_AXIS), exact, atol=1e-7 * size)
    for scale in (1e-12,):
        found = scale * rf.spectrum(equation(scale), A, B, W_AXIS * scale)
        np.testing.assert_allclose(found, exact, atol=1e-7 * size)
    # Where it fails, the matrix is made if it is not too large.
    monkeypatch.setattr(coupled_harmonics, "ACCEPTED", 0.0)
    np.testing.assert_allclose(rf.spectrum(redfield, A, B, W_AXIS), exact, atol=1e-7 * size)
    monkeypatch.setattr(periodic_spectrum, "MOST", 0)
    with pytest.raises(rf.ConvergenceError, match="unknowns to a relative residual"):
        rf.spectrum(redfield, A, B, W_AXIS)
