"""The messages for whoever asks an equation for what it does not have."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

import redfield as rf

from reference import random_hermitian, random_matrix

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(strength=0.2, cutoff=3.0, beta=1.0)
SHORT = rf.DrudeBath(0.05, 10.0, 0.2)


def sparse_problem(n, density=0.3):
    """A sparse Hamiltonian and two sparse jump operators."""

    def matrix(seed):
        rng = np.random.default_rng(seed)
        a = rng.standard_normal((n, n)) + 1j * rng.standard_normal((n, n))
        return sp.csr_array(np.where(rng.random((n, n)) < density, a, 0.0))

    h = matrix(1)
    return (h + h.conj().T) / 2, [0.5 * matrix(2), 0.5 * matrix(3)]


def small_system(n=3):
    return rf.System(random_hermitian(n, 1), [random_matrix(n, 2), random_hermitian(n, 3)], BATH)


def test_frames_of_lindblad_are_named():
    h, (a, _) = sparse_problem(20)
    with pytest.raises(ValueError, match="frame must be one of"):
        rf.Lindblad(h, [a], frame="mine")


def test_a_problem_tells_what_it_has_not():
    driven = rf.DrivenSystem([Z, (X, np.cos)], [X], BATH)
    with pytest.raises(
        TypeError, match=r"Redfield of a DrivenSystem \(driven\) has no steady_state; equations of a"
    ):
        rf.Redfield(driven).steady_state()
    for system in (driven, rf.PeriodicSystem([Z, (X, np.cos)], 2 * np.pi, [X], BATH)):
        with pytest.raises(TypeError, match="t is missing"):
            rf.Redfield(system).apply(np.eye(2) / 2)
        with pytest.raises(TypeError, match="dtype = 'float32' has no meaning for a"):
            rf.Redfield(system).evolve([1, 0], [0.0, 1.0], rtol=1e-4, dtype="float32")
    still = rf.Redfield(rf.System(Z, [X], BATH))
    with pytest.raises(TypeError, match=r"t = 0\.3 has no meaning for a constant Hamiltonian"):
        still.apply(np.eye(2) / 2, 0.3)
    with pytest.raises(
        TypeError, match=r"max_step = 0\.1 has no meaning for a constant problem; leave it out"
    ):
        still.evolve([1, 0], [0.0, 1.0], max_step=0.1)
    with pytest.raises(TypeError, match="system must be"):
        rf.Davies(Z)


def test_fock_spaces_that_are_too_large():
    with pytest.raises(ValueError, match="21 modes"):
        rf.operators.fermions(21)


def test_operators_of_lindblad():
    h, ls = sparse_problem(5)
    with pytest.raises(ValueError, match="hamiltonian is not Hermitian"):
        rf.Lindblad(h + sp.csr_array(np.triu(np.ones((5, 5)), 1)), ls)
    with pytest.raises(ValueError, match="not finite"):
        rf.Lindblad(sp.csr_array(np.diag([np.inf, 1.0, 1.0, 1.0, 1.0])), ls)
    with pytest.raises(ValueError, match=r"jumps\[0\] has shape \(4, 4\)"):
        rf.Lindblad(h, [sp.eye_array(4)])
    with pytest.raises(ValueError, match=r"e_ops\[0\] has shape"):
        rf.Lindblad(h, ls, frame="given").evolve(np.eye(5)[0], [0.0, 1.0], [sp.eye_array(4)])
    with pytest.raises(ValueError, match="ket of 4 entries"):
        rf.Lindblad(h, ls, frame="given").evolve(np.ones(4) / 2, [0.0, 1.0])


def test_memory_is_refused_with_bytes_and_the_alternative(monkeypatch):
    monkeypatch.setattr("redfield.systems.hamiltonian.as_max_bytes", lambda value: 1e3)
    monkeypatch.setattr("redfield.systems.hamiltonian.ALWAYS_THERE", 0.0)
    h, ls = sparse_problem(20, 0.05)
    equation = rf.Lindblad(h, ls)
    equation.evolve(np.eye(20)[0], [0.0, 0.1])
    with pytest.raises(MemoryError, match=r"diagonalised needs 1.92e\+04 bytes.*trajectories"):
        equation.steady_state()


def test_options_of_kinds():
    system = small_system()
    with pytest.raises(ValueError, match=r"cutoff must not be negative, got -1"):
        rf.PartialSecular(system, -1.0)
    with pytest.raises(ValueError, match="window must be positive"):
        rf.CoarseGrained(system, 0.0)
    with pytest.raises(MemoryError, match="bytes"):
        rf.Redfield(system).liouvillian(max_bytes=10.0)
    with pytest.raises(MemoryError, match="bytes"):
        rf.PartialSecular(system, 1.0, max_bytes=10.0)
    with pytest.raises(ValueError, match="basis must be one of"):
        rf.Redfield(system).liouvillian("fock")
    ladder = rf.System(np.diag([0.0, 1.0, 2.00001, 3.00003, 4.00006]), rf.SiteProjectors(5), BATH)
    with pytest.raises(ValueError, match=r"chain together(.|\n)*gap to the next"):
        rf.Davies(ladder, degeneracy_tol=1.1e-5)


def test_local_equations():
    chain = rf.models.mixed_field_ising(4)
    system = rf.System(chain.hamiltonian, chain.local("z"), SHORT)
    with pytest.raises(ValueError, match="dims is needed"):
        rf.LocalRedfield(system, 0.1)
    with pytest.raises(ValueError, match="multiply to 8, H has 16"):
        rf.LocalRedfield(system, 0.1, dims=[2, 2, 2])
    with pytest.raises(ValueError, match="error must be positive"):
        rf.LocalRedfield(system, 0.0, dims=[2] * 4)
    with pytest.raises(ValueError, match="sites must name"):
        rf.LocalRedfield(system, 0.1, dims=[2] * 4, sites=[0, 1, 2, 4])
    with pytest.raises(ValueError, match="coupling of site 1 acts on other sites"):
        rf.LocalRedfield(system, 0.1, dims=[2] * 4, sites=[1, 1, 2, 3])
    three = sp.csr_array(np.kron(np.kron(np.kron(Z, Z), Z), np.eye(2)))
    with pytest.raises(ValueError, match="more than two sites"):
        rf.LocalRedfield(rf.System(three, chain.local("z"), SHORT), 0.1, dims=[2] * 4)
    with pytest.raises(TypeError, match="knows its couplings"):
        rf.LocalRedfield(system, 1.0, dims=[2] * 4).with_system(system)
