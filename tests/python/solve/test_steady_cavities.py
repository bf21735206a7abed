"""Steady states of driven cavities, circuits and spins, against closed forms and a sparse solve of their own."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import scipy.sparse.linalg
import scipy.special

import redfield as rf
from redfield import _core
from redfield.equations.options import SteadyOptions
from redfield.solve.steady import steady_state


def destroy(n):
    return sp.diags_array(np.sqrt(np.arange(1.0, n)), offsets=1).tocsr()


def on(operator, place, dims):
    out = sp.eye_array(1)
    for i, n in enumerate(dims):
        out = sp.kron(out, operator if i == place else sp.eye_array(n), format="csr")
    return out


def coherent(alpha, n):
    k = np.arange(n)
    amplitudes = np.exp(
        k * np.log(abs(alpha)) - 0.5 * scipy.special.gammaln(k + 1) - 0.5 * abs(alpha) ** 2
    )
    return amplitudes * np.exp(1j * k * np.angle(alpha))


def solved_here(h, jumps):
    """The null vector of 1⊗G + G*⊗1 + Σ L*⊗L with its trace in place of one row."""
    n = h.shape[0]
    one = sp.eye_array(n)
    g = -1j * h - 0.5 * sum(j.conj().T @ j for j in jumps)
    liouvillian = sp.kron(one, g) + sp.kron(g.conj(), one) + sum(sp.kron(j.conj(), j) for j in jumps)
    matrix = sp.lil_array(liouvillian)
    matrix[0] = np.eye(n).ravel()
    state = scipy.sparse.linalg.spsolve(sp.csc_array(matrix), np.eye(1, n * n)[0])
    return state.reshape(n, n, order="F")


@pytest.mark.parametrize("scale", [1.0, 1e9, 1e-12])
@pytest.mark.parametrize(
    ("n", "drive", "detuning", "kappa"),
    [(60, 1.5, 0.0, 1.0), (33, 0.8 + 0.3j, 0.4, 0.7), (90, 4.0, -1.3, 2.0)],
)
def test_driven_cavity_is_in_a_coherent_state(n, drive, detuning, kappa, scale):
    a = destroy(n)
    h = drive * a.T + np.conj(drive) * a + detuning * a.T @ a
    steady = rf.Lindblad(scale * h, [np.sqrt(scale * kappa) * a]).steady_state()
    psi = coherent(-1j * drive / (0.5 * kappa + 1j * detuning), n)
    assert rf.trace_norm(steady.state - np.outer(psi, psi.conj())) < 1e-9
    assert steady.unique


def test_dense_operators_are_as_good_as_sparse_ones():
    a = destroy(40).toarray()
    steady = rf.Lindblad(1.1 * (a + a.T), [1.2 * a]).steady_state()
    psi = coherent(-1.1j / 0.72, 40)
    assert rf.trace_norm(steady.state - np.outer(psi, psi.conj())) < 1e-9


def test_modes_of_a_driven_cavity_are_those_of_a_damped_oscillator():
    kappa, detuning, n = 0.6, 0.25, 50
    a = destroy(n)
    h = 0.7 * (a + a.T) + detuning * a.T @ a
    spectrum = rf.Lindblad(h, [np.sqrt(kappa) * a]).spectrum(6)
    exact = np.array(
        [-0.5 * kappa * (j + k) + 1j * detuning * (j - k) for j in range(4) for k in range(4)]
    )
    exact = exact[np.argsort(np.abs(exact), kind="stable")][:6]
    assert np.abs(np.sort_complex(spectrum.eigenvalues.round(8)) - np.sort_complex(exact)).max() < 1e-6
    assert spectrum.gap == pytest.approx(0.5 * kappa, rel=1e-7)


@pytest.mark.parametrize(("n", "pairs", "single"), [(50, 1.0, 0.3), (36, 0.8, 0.05), (20, 0.5, 0.1)])
def test_cat_with_loss_of_single_photons(n, pairs, single):
    a = destroy(n)
    h = 1j * pairs * (a.T @ a.T - a @ a)
    jumps = [a @ a, np.sqrt(single) * a]
    steady = rf.Lindblad(h, jumps).steady_state()
    assert steady.unique
    assert rf.trace_norm(steady.state - solved_here(h, jumps)) < 1e-7


def test_cat_without_it_keeps_its_parity():
    a = destroy(24)
    with pytest.raises(rf.MultipleSteadyStates) as caught:
        rf.Lindblad(1.5j * (a.T @ a.T - a @ a), [a @ a]).steady_state()
    assert caught.value.count == 4


@pytest.mark.parametrize("method", ["auto", "direct", "iterative"])
def test_circuits(method):
    """A driven transmon beside a resonator, and an optomechanical one."""
    dims = (8, 4)
    a, b = on(destroy(8), 0, dims), on(destroy(4), 1, dims)
    h = (
        0.2 * a.T @ a
        + 0.5 * b.T @ b
        - 0.15 * b.T @ b.T @ b @ b
        + 0.5 * (a.T @ b + a @ b.T)
        + 0.4 * (a + a.T)
    )
    jumps = [a, 0.3 * b]
    steady = rf.Lindblad(h, jumps).steady_state(method=method)
    assert rf.trace_norm(steady.state - solved_here(h, jumps)) < 1e-7
    h = -0.3 * a.T @ a + b.T @ b - 0.3 * a.T @ a @ (b + b.T) + 0.2 * (a + a.T)
    jumps = [a, 0.3 * b, 0.15 * b.T]
    steady = rf.Lindblad(h, jumps).steady_state(method=method)
    assert rf.trace_norm(steady.state - solved_here(h, jumps)) < 1e-7


LOWER, X = sp.csr_array([[0.0, 1.0], [0.0, 0.0]]), sp.csr_array([[0.0, 1.0], [1.0, 0.0]])


def product(states):
    out = np.eye(1)
    for s in states:
        out = np.kron(out, s)
    return out


@pytest.mark.parametrize("drive", [0.0, 0.35])
def test_spins_that_nothing_joins(drive):
    spins, loss, pump = 6, 0.8, 0.3
    dims = (2,) * spins
    jumps = [
        rate**0.5 * on(o, i, dims) for i in range(spins) for rate, o in ((loss, LOWER), (pump, LOWER.T))
    ]
    steady = rf.Lindblad(drive * on(X, 0, dims), jumps).steady_state()
    one = np.diag([loss, pump]) / (loss + pump)
    driven = solved_here(drive * X, [loss**0.5 * LOWER, pump**0.5 * LOWER.T])
    assert rf.trace_norm(steady.state - product([driven] + [one] * (spins - 1))) < 1e-9
    assert steady.unique


def test_chain_between_two_baths():
    spins = 5
    dims = (2,) * spins
    h = sum(
        on(LOWER, i, dims).T @ on(LOWER, i + 1, dims) + on(LOWER, i, dims) @ on(LOWER, i + 1, dims).T
        for i in range(spins - 1)
    )
    jumps = [on(LOWER, 0, dims), 0.6 * on(LOWER.T, spins - 1, dims)]
    steady = rf.Lindblad(h, jumps).steady_state()
    assert rf.trace_norm(steady.state - solved_here(h, jumps)) < 1e-8


def test_sparse_generators_have_steady_states():
    n = 45
    a = destroy(n).astype(complex)
    h = (1.2 * (a + a.T)).tocsr()
    equation = rf.Lindblad(h, [a], frame="given")
    generator = equation.solver.cheapest
    assert isinstance(generator, _core.LambdaGenerator)
    assert not generator.in_eigenbasis
    psi = coherent(-2.4j, n)
    for method in ("auto", "direct", "iterative"):
        steady = steady_state(generator, None, SteadyOptions(method), equation)
        assert rf.trace_norm(steady.state - np.outer(psi, psi.conj())) < 1e-8


def test_thermal_oscillator_is_sparse_in_its_eigenbasis():
    n, bath = 30, rf.OhmicBath(0.02, 5.0, 1.5)
    a = destroy(n).toarray()
    system = rf.System(np.diag(np.arange(n) * 1.0), [a + a.T], bath)
    steady = rf.Redfield(system, lamb_shift=False).steady_state(method="direct")
    assert steady.method == "direct"
    assert rf.trace_norm(steady.state - system.gibbs_state()) < 1e-9
