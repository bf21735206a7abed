"""Equations applied in the basis of a sparse H, which stands apart from the dense products."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf


def chain(n: int, phase: float, scale: float) -> np.ndarray:
    """A ring with disorder and a flux; three elements a row, of 64."""
    rng = np.random.default_rng(3)
    hop = scale * np.exp(1j * phase) * np.roll(np.eye(n), 1, axis=0)
    h = hop + hop.conj().T + np.diag(scale * (5.0 + rng.standard_normal(n)))
    return h if phase else h.real


def written_out(system: rf.System, operators: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    """−i[H, X] + Σ_j (Λ_jXA_j + A_jXΛ_j† − A_jΛ_jX − XΛ_j†A_j)."""
    u, e, h = system.eigenvectors, system.energies, system.hamiltonian
    half = 0.5 * system.baths[0].power_spectrum(e[None, :] - e[:, None])
    out = -1j * (h @ x - x @ h)
    for a in operators:
        lam = u @ (half * (u.conj().T @ a @ u)) @ u.conj().T
        gain = lam @ x @ a
        loss = a @ lam @ x
        out += gain - loss + a @ x @ lam.conj().T - x @ lam.conj().T @ a
    return out


@pytest.mark.parametrize("phase", [0.0, 0.7])
@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("kind", ["sites", "diagonal"])
def test_application_is_the_sum_written_out(phase, scale, kind):
    n = 64
    h = chain(n, phase, scale)
    bath = rf.OhmicBath(strength=0.05, cutoff=8.0 * scale, beta=0.7 / scale)
    if kind == "sites":
        couplings, operators = rf.SiteProjectors(n), [np.diag(row) for row in np.eye(n)]
    else:  # no zeros on the diagonals
        signs = np.sign(np.random.default_rng(4).standard_normal((2, n)))
        operators = [np.diag(signs[0]), np.diag(0.3 * signs[1])]
        couplings = operators
    system = rf.System(h, couplings, bath)
    rng = np.random.default_rng(5)
    x = rng.standard_normal((n, n)) + 1j * rng.standard_normal((n, n))
    equation = rf.Redfield(system, lamb_shift=False)
    for operand in (x, x + x.conj().T):
        expected = written_out(system, operators, operand)
        assert np.abs(equation.apply(operand) - expected).max() < 1e-12 * np.abs(expected).max()
