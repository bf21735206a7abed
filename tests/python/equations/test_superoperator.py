"""Generators given as matrices, correlated jumps and collective spins, against closed forms and sums written out."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import qutip
import scipy

import redfield as rf

from reference import random_hermitian, random_matrix, random_state

LOWER = np.array([[0.0, 1.0], [0.0, 0.0]])


def lindblad(n: int = 4, seed: int = 1) -> rf.Lindblad:
    jumps = [0.3 * random_matrix(n, seed + k) for k in (1, 2)]
    return rf.Lindblad(random_hermitian(n, seed), jumps)


def spin(j: float) -> tuple[np.ndarray, np.ndarray]:
    """Return J_z and J₋ of a spin, from m = j down."""
    m = np.arange(j, -j - 1.0, -1.0)
    return np.diag(m), np.diag(np.sqrt((j + m[:-1]) * (j - m[:-1] + 1.0)), -1)


def dicke(atoms: int, times: np.ndarray) -> np.ndarray:
    """Return the populations of m = j … −j by the rate equations ṗ_m = g_{m+1}p_{m+1} − g_m p_m."""
    j = 0.5 * atoms
    m = np.arange(j, -j - 1.0, -1.0)
    g = (j + m) * (j - m + 1.0)
    rates = np.diag(-g) + np.diag(g[:-1], -1)
    return np.array([scipy.linalg.expm(rates * t)[:, 0] for t in times])


def in_order(values):
    """Return eigenvalues sorted in a way that rounding does not change: conjugate pairs have one real part."""
    return sorted(values, key=lambda value: (round(value.real, 6), value.imag))


@pytest.mark.parametrize("form", [
    lambda x: x, lambda x: x.toarray(), lambda x: qutip.Qobj(x, dims=[[[4], [4]], [[4], [4]]]),
], ids=["sparse", "dense", "Qobj"])  # fmt: skip
def test_a_matrix_is_the_equation_that_it_is_of(form):
    equation = lindblad()
    found = rf.Superoperator(form(equation.liouvillian()))
    rho, x = random_state(4, 3), random_matrix(4, 5)
    assert found.apply(rho) == pytest.approx(equation.apply(rho), abs=1e-13)
    assert found.apply(x) == pytest.approx(equation.apply(x), abs=1e-12)
    assert np.abs((found.liouvillian() - equation.liouvillian()).toarray()).max() < 1e-14
    times = [0.0, 0.5, 3.0]
    one, other = (e.evolve(rho, times, {"x": np.diag(np.arange(4.0))}) for e in (found, equation))
    assert one.expect["x"] == pytest.approx(other.expect["x"], abs=1e-6)
    assert found.steady_state().state == pytest.approx(equation.steady_state().state, abs=1e-9)
    assert found.steady_state().error < 1e-9
    values, expected = (in_order(e.spectrum(5).eigenvalues) for e in (found, equation))
    assert values == pytest.approx(expected, abs=1e-9)
    mode = found.spectrum(3).modes[1]
    value = found.spectrum(3).eigenvalues[1]
    assert np.abs(found.apply(mode) - value * mode).max() < 1e-9
    eigen = found.liouvillian("eigen").toarray()
    assert np.linalg.eigvals(eigen).real.max() == pytest.approx(0.0, abs=1e-12)
    assert rf.analysis.choi_minimum(found, 0.7) == pytest.approx(
        rf.analysis.choi_minimum(equation, 0.7), abs=1e-12
    )
    again = pickle.loads(pickle.dumps(found))
    assert again == found
    assert again.apply(rho) == pytest.approx(found.apply(rho))


def test_its_hamiltonian_is_what_traceless_jumps_leave():
    h = random_hermitian(3, 1)
    h -= np.trace(h) / 3.0 * np.eye(3)
    jumps = [random_matrix(3, k) for k in (2, 3)]
    jumps = [x - np.trace(x) / 3.0 * np.eye(3) for x in jumps]
    found = rf.Superoperator(rf.Lindblad(h, jumps).liouvillian())
    assert found.system.hamiltonian == pytest.approx(h, abs=1e-12)
    rho = random_state(3, 4)
    assert found.dissipator(rho) == pytest.approx(rf.Lindblad(h, jumps).dissipator(rho), abs=1e-11)


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_energies_scale(scale):
    matrix = lindblad().liouvillian()
    one, other = rf.Superoperator(matrix), rf.Superoperator(scale * matrix)
    assert other.steady_state().state == pytest.approx(one.steady_state().state, abs=1e-9)
    assert other.spectrum(3).eigenvalues / scale == pytest.approx(one.spectrum(3).eigenvalues, abs=1e-9)
    rho = random_state(4, 3)
    assert other.evolve(rho, [0.0, 1.0 / scale]).final_state == pytest.approx(
        one.evolve(rho, [0.0, 1.0]).final_state, abs=1e-6
    )


def test_large_matrices_are_solved_sparsely():
    # A damped cavity of 40 levels, thermal at n̄ = 0.5: 1600 rows, beyond what is diagonalised whole.
    a, n = np.diag(np.sqrt(np.arange(1.0, 40.0)), 1), 0.5
    cavity = rf.Lindblad(np.diag(np.arange(40.0)), [np.sqrt(n + 1.0) * a, np.sqrt(n) * a.T])
    found = rf.Superoperator(cavity.liouvillian())
    thermal = (n / (n + 1.0)) ** np.arange(40.0)
    steady = found.steady_state()
    assert steady.state == pytest.approx(np.diag(thermal / thermal.sum()), abs=1e-10)
    assert found.spectrum(3).eigenvalues.real == pytest.approx([0.0, -1.0, -0.5], abs=1e-6)


@pytest.mark.parametrize("atoms", [2, 9])
def test_superradiance_follows_dickes_rates(atoms):
    times = np.linspace(0.0, 2.0, 9)
    z, lower = spin(0.5 * atoms)
    collective = rf.Lindblad(0.0 * z, [lower])
    expected = dicke(atoms, times)
    for equation in (collective, rf.Superoperator(collective.liouvillian())):
        result = equation.evolve(np.eye(atoms + 1)[0], times)
        found = np.einsum("tkk->tk", result.states).real
        assert found == pytest.approx(expected, abs=2e-6)


def test_piqs_of_spins_that_decay_alone_and_dephase():
    # Of n spins ⟨J_z⟩ = n/2 (2e^{−γt} − 1), whatever dephases them.
    spins = qutip.piqs.Dicke(4, emission=0.7, dephasing=0.4)
    start, z = qutip.piqs.excited(4).full(), qutip.piqs.jspin(4, "z").full()
    equation = rf.Superoperator(spins.liouvillian())
    assert 0.0 < equation.defect < 1e-6
    found = equation.evolve(start, [0.0, 0.5, 2.0], z).expect[0]
    assert found == pytest.approx(2.0 * (2.0 * np.exp(-0.7 * np.array([0.0, 0.5, 2.0])) - 1.0), abs=1e-5)


def test_a_steady_state_among_several_is_that_of_the_start():
    # Coherences between total spins stand in PIQS's matrix and are never reached: 0 for ever.
    spins = qutip.piqs.Dicke(3, emission=0.7, pumping=0.2, collective_emission=0.3)
    equation = rf.Superoperator(spins.liouvillian())
    with pytest.raises(rf.MultipleSteadyStates, match="rho0"):
        equation.steady_state()
    start = qutip.piqs.excited(3).full()
    steady = equation.steady_state(start)
    late = equation.evolve(start, [0.0, 100.0]).final_state
    assert np.abs(steady.state - late).max() < 1e-5
    assert not steady.unique


def test_two_collective_spins_with_correlated_jumps():
    # Γ = [[1, c], [c, 1]]: of one shared excitation the triplet decays at 1 + c, the singlet at 1 − c.
    jumps, c = [np.kron(LOWER, np.eye(2)), np.kron(np.eye(2), LOWER)], 0.6
    pair = rf.Lindblad(np.zeros((4, 4)), jumps, rates=[[1.0, c], [c, 1.0]])
    for sign in (1.0, -1.0):
        shared = np.array([0.0, 1.0, sign, 0.0]) / np.sqrt(2.0)
        rho = pair.evolve(shared, [0.0, 0.7]).final_state
        assert (shared @ rho @ shared).real == pytest.approx(np.exp(-(1.0 + sign * c) * 0.7), abs=1e-6)
    # Full correlation: the pair is Dicke's spin 1.
    dark = rf.Lindblad(np.zeros((4, 4)), jumps, rates=np.ones((2, 2)))
    assert len(dark.system.couplings) == 1
    rho = dark.evolve([0, 0, 0, 1.0], [0.0, 0.5]).final_state
    triplet = np.array([0.0, 1.0, 1.0, 0.0]) / np.sqrt(2.0)
    found = [rho[3, 3].real, (triplet @ rho @ triplet).real, rho[0, 0].real]
    assert found == pytest.approx(dicke(2, np.array([0.5]))[0], abs=1e-6)
    with pytest.raises(rf.MultipleSteadyStates):
        rf.Superoperator(dark.liouvillian()).steady_state()


def test_correlated_jumps_are_the_sum_over_their_matrix():
    n, jumps = 3, [random_matrix(3, k) for k in range(3)]
    root = random_matrix(3, 7)
    gamma, rho = root @ root.conj().T, random_state(3, 8)
    expected = np.zeros((n, n), dtype=complex)
    for i in range(3):
        for j in range(3):
            a, b = jumps[i], jumps[j].conj().T
            expected += gamma[i, j] * (a @ rho @ b - 0.5 * (b @ a @ rho + rho @ b @ a))
    for given in (jumps, [scipy.sparse.csr_array(x) for x in jumps], [qutip.Qobj(x) for x in jumps]):
        found = rf.Lindblad(np.zeros((n, n)), given, rates=gamma)
        assert found.apply(rho) == pytest.approx(expected, abs=1e-11)
    plain = rf.Lindblad(np.zeros((n, n)), jumps, rates=[0.5, 0.0, 2.0])
    by_hand = rf.Lindblad(np.zeros((n, n)), [np.sqrt(0.5) * jumps[0], np.sqrt(2.0) * jumps[2]])
    assert plain.apply(rho) == pytest.approx(by_hand.apply(rho), abs=1e-12)


def test_bad_rates_and_matrices_are_told():
    jumps = [LOWER, LOWER.T]
    with pytest.raises(ValueError, match=r"rates\[1\] = 1\+2j is not real"):
        rf.Lindblad(np.eye(2), jumps, rates=[1.0, 1.0 + 2.0j])
    with pytest.raises(ValueError, match=r"rates.*negative eigenvalue"):
        rf.Lindblad(np.eye(2), jumps, rates=[[1.0, 2.0], [2.0, 1.0]])
    with pytest.raises(ValueError, match="rates"):
        rf.Lindblad(np.eye(2), jumps, rates=[[1.0, 1.0], [0.0, 1.0]])
    with pytest.raises(ValueError, match=r"rates\[1\]"):
        rf.Lindblad(np.eye(2), jumps, rates=[1.0, -1.0])
    with pytest.raises(ValueError, match="rates must be"):
        rf.Lindblad(np.eye(2), jumps, rates=[1.0, 1.0, 1.0])
    with pytest.raises(TypeError, match=r"jumps\[0\] depends on time"):
        rf.Lindblad(np.eye(2), [[(LOWER, np.cos)]], rates=[1.0])
    with pytest.raises(ValueError, match="N² rows"):
        rf.Superoperator(np.zeros((3, 3)))
    with pytest.raises(ValueError, match="traces"):
        rf.Superoperator(np.eye(4))
    matrix = np.zeros((4, 4))
    matrix[1, 2] = 1.0
    with pytest.raises(ValueError, match="adjoints"):
        rf.Superoperator(1j * matrix)
