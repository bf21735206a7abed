"""Conserved quantities against commutators, representations of spins and steady states."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

from reference import random_hermitian, random_unitary

X, Y, Z = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(0.1, 5.0, beta=1.0)


def total(s: np.ndarray, count: int) -> np.ndarray:
    return sum(
        np.kron(np.kron(np.eye(2**j), 0.5 * s), np.eye(2 ** (count - j - 1))) for j in range(count)
    )


def require_basis(found: np.ndarray, operators: list[np.ndarray]) -> None:
    n = found.shape[1]
    assert found[0] == pytest.approx(np.eye(n) / np.sqrt(n))
    assert np.abs(found - found.conj().transpose(0, 2, 1)).max() < 1e-12
    assert np.einsum("iab,jba->ij", found, found) == pytest.approx(np.eye(len(found)), abs=1e-10)
    for q in found:
        for a in operators:
            assert np.abs(q @ a - a @ q).max() < 1e-9 * np.abs(a).max()


@pytest.mark.parametrize("count", [2, 3])
def test_collective_spins_keep_what_mixes_equal_spins(count):
    # ½⊗½ = 0 + 1; ½⊗½⊗½ = 3/2 + 2 × ½: as many operators as the squares of the multiplicities, 2 and 1 + 4.
    h, a = total(Z, count), total(X, count)
    found = rf.System(h, [a], BATH).conserved_quantities()
    assert len(found) == {2: 2, 3: 5}[count]
    require_basis(found, [h, a])
    n = 2**count
    u = random_unitary(n, 3)
    turned = rf.System(u @ h @ u.conj().T, [u @ a @ u.conj().T], BATH).conserved_quantities()
    span = found.reshape(len(found), -1)
    back = (u.conj().T @ turned @ u).reshape(len(found), -1)
    assert np.linalg.matrix_rank(np.concatenate([span, back]), tol=1e-8) == len(found)


def test_parts_that_no_operator_joins():
    rng = np.random.default_rng(1)
    sizes = (60, 100, 1)
    n, blocks = sum(sizes), []
    start = 0
    a = np.zeros((n, n), dtype=complex)
    for k, size in enumerate(sizes):
        a[start : start + size, start : start + size] = random_hermitian(size, k)
        blocks.append(slice(start, start + size))
        start += size
    h = np.diag(rng.normal(size=n))
    found = rf.System(h, [a], BATH).conserved_quantities()
    assert len(found) == 3
    require_basis(found, [h, a])
    for q in found:
        assert all(np.ptp(np.diag(q)[b].real) < 1e-10 for b in blocks)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_nothing_else_is_conserved_of_generic_operators(scale):
    h, a = scale * random_hermitian(6, 1), random_hermitian(6, 2) + 1j * random_hermitian(6, 3)
    assert len(rf.System(h, [a, a.conj().T], BATH).conserved_quantities()) == 1
    assert len(rf.System(scale * np.eye(3), [], []).conserved_quantities()) == 9
    assert len(rf.System([[scale]], [[[1.0]]], BATH).conserved_quantities()) == 1


def test_tr_q_rho_stays_and_rho0_chooses_the_steady_state():
    h, a = total(Z, 2), total(X, 2)
    system = rf.System(h, [a], BATH)
    redfield = rf.Redfield(system)
    rho = np.diag([0.1, 0.5, 0.2, 0.2]).astype(complex)
    rho[1, 2] = rho[2, 1] = 0.1
    late = redfield.steady_state(rho)
    for q in system.conserved_quantities():
        assert np.trace(q @ late.state) == pytest.approx(np.trace(q @ rho), abs=1e-9)
    with pytest.raises(rf.MultipleSteadyStates):
        redfield.steady_state()
    # The equation of a drive held at a time is one of a constant H.
    sweep = rf.DrivenSystem([h, (0.3 * a, np.sin)], [a], BATH)
    held = rf.Redfield(sweep).at(0.7).steady_state(rho)
    evolved = rf.Redfield(sweep.at(0.7)).evolve(rho, [0.0, 3e3]).final_state
    assert np.abs(held.state - evolved).max() < 1e-6
    assert len(sweep.conserved_quantities()) == 2
    with pytest.raises(TypeError, match="steady_state"):
        rf.Redfield(sweep).steady_state(rho)


def test_drives_conserve_what_each_term_does():
    echo = rf.DrivenSystem([Z, (Z, np.cos)], [Z], BATH, kicks=[(1.0, X)])
    assert len(echo.without_kicks().conserved_quantities()) == 2
    assert len(echo.conserved_quantities()) == 1
    periodic = rf.PeriodicSystem([Z, (Z, np.cos)], 2 * np.pi, [Z], BATH)
    assert len(periodic.driven.conserved_quantities()) == 2
    with pytest.raises(TypeError, match="function of time"):
        rf.DrivenSystem(lambda t: np.cos(t) * Z, [Z], BATH).conserved_quantities()
