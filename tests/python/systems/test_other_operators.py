"""A Hamiltonian or a state of another kind is refused with the name of the class that takes it."""

from __future__ import annotations

import numpy as np
import pytest
import qutip

import redfield as rf

Z, X = np.diag([1.0, -1.0]), np.array([[0.0, 1.0], [1.0, 0.0]])
BATH = rf.OhmicBath(0.1, 3.0, 1.0)
DRIVEN = [
    [Z, (X, np.cos)],
    [Z, [X, np.cos]],
    [qutip.sigmaz(), [qutip.sigmax(), np.cos]],
    [qutip.sigmaz(), [qutip.sigmax(), "cos(t)"]],
    lambda t: Z,
    qutip.QobjEvo([qutip.sigmaz(), [qutip.sigmax(), lambda t: t]]),
    rf.Spline([0.0, 1.0, 2.0, 3.0], [Z, X, Z, X]),
]


@pytest.mark.parametrize("h", DRIVEN, ids=lambda h: type(h).__name__)
def test_what_depends_on_time_is_for_a_driven_system(h):
    with pytest.raises(
        TypeError, match=r"hamiltonian depends on time.*rf\.DrivenSystem\(hamiltonian, couplings, baths\)"
    ):
        rf.System(h, [X], BATH)


def test_superoperators_and_batches():
    with pytest.raises(TypeError, match=r"superoperator of shape \(4, 4\).*rf\.Lindblad\(H, jumps\)"):
        rf.System(qutip.liouvillian(qutip.sigmaz()), [X], BATH)
    for several in (np.array([Z, X]), [Z, X], [qutip.sigmaz(), qutip.sigmax()]):
        with pytest.raises(
            ValueError,
            match=r"square matrix, got several: rf\.SystemBatch\(hamiltonians, couplings, baths\)",
        ):
            rf.System(several, [X], BATH)


def test_hamiltonians_as_lists_are_matrices():
    for h in (
        [[1.0, 0.5], [0.5, -1.0]],
        [(1, 0.5), (0.5, -1)],
        [[np.float64(1.0), 0.5], np.array([0.5, -1.0])],
    ):
        assert np.array_equal(rf.System(h, [X], BATH).hamiltonian, [[1.0, 0.5], [0.5, -1.0]])


def test_an_array_of_numbers_is_for_a_batch_of_baths():
    with pytest.raises(
        TypeError, match=r"beta must be a real number, got an array of 2; .*class's batch\(…\)"
    ):
        rf.OhmicBath(0.1, 3.0, np.array([1.0, 2.0]))


@pytest.mark.parametrize(
    "ket",
    [np.ones(3), np.ones((3, 1)), qutip.basis(3, 0), [[1.0], [0.0], [0.0]]],
    ids=["flat", "column", "Qobj", "list"],
)
def test_a_ket_of_another_size_is_told_as_one(ket):
    equation = rf.Redfield(rf.System(Z, [X], BATH))
    with pytest.raises(ValueError, match="rho0 is a ket of 3 entries, but the system has 2 levels"):
        equation.evolve(ket, [0.0, 1.0])


def test_a_bra_is_no_ket():
    equation = rf.Redfield(rf.System(Z, [X], BATH))
    with pytest.raises(ValueError, match=r"rho0 is a bra, of shape \(1, 2\): give the ket, \(2,\)"):
        equation.evolve(qutip.basis(2, 0).dag(), [0.0, 1.0])
    one = rf.Redfield(rf.System([[1.0]], [[[1.0]]], BATH))
    assert one.evolve([[1.0]], [0.0, 1.0]).final_state == 1.0
