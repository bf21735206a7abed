"""Factors of tensor products: the dimensions of states for QuTiP, and operators in another order."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import qutip

import redfield as rf

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
TIMES = np.linspace(0.0, 2.0, 5)
BATH = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=2.0)


@pytest.fixture(scope="module")
def two_qubits():
    """A pair of qubits given as Qobj, and its equation."""
    x, z, one = qutip.sigmax(), qutip.sigmaz(), qutip.qeye(2)
    h = qutip.tensor(z, one) + 0.3 * qutip.tensor(one, z) + 0.2 * qutip.tensor(x, x)
    return rf.Redfield(rf.System(h, [qutip.tensor(x, one), qutip.tensor(one, x)], BATH))


def test_states_have_the_dimensions_of_the_qobj_that_was_h(two_qubits, tmp_path):
    start = qutip.tensor(qutip.basis(2, 0), qutip.basis(2, 1))
    result, steady = two_qubits.evolve(start, TIMES), two_qubits.steady_state()
    want = [[2, 2], [2, 2]]
    assert result.to_qutip()[0].dims == steady.to_qutip().dims == want
    assert (result.to_qutip()[0] - start.proj()).norm() < 1e-12
    assert result.to_qutip(dims=[4])[0].dims == [[4], [4]]
    assert result.to_qutip(dims=[[2, 2], [2, 2]])[0].dims == steady.to_qutip(dims=want).dims == want
    with pytest.raises(
        ValueError, match=r"dims must be alike for rows and columns, got \[\[2, 2\], \[4\]\]"
    ):
        steady.to_qutip(dims=[[2, 2], [4]])
    steady.save(tmp_path / "steady")
    assert rf.load(tmp_path / "steady").to_qutip().dims == want
    system = two_qubits.system
    assert pickle.loads(pickle.dumps(system)).dims == (2, 2)
    assert system.with_baths(BATH.__class__(0.1, 1.0, 1.0)).dims == (2, 2)
    plain = rf.System(system.hamiltonian, system.couplings, BATH)
    assert plain.dims is None
    assert plain != system
    assert rf.Davies(plain).steady_state().to_qutip().dims == [[4], [4]]
    given = rf.System(system.hamiltonian, system.couplings, BATH, dims=[2, 2])
    assert given.dims == (2, 2)
    h = qutip.QobjEvo(
        [
            qutip.tensor(qutip.sigmaz(), qutip.qeye(2)),
            [qutip.tensor(qutip.qeye(2), qutip.sigmax()), np.cos],
        ]
    )
    driven = rf.DrivenSystem(h, [np.kron(X, np.eye(2))], BATH)
    assert driven.dims == driven.at(1.0).dims == (2, 2)
    assert rf.Lindblad(h, [np.kron(X, np.eye(2))]).evolve(start, [0.0, 1.0]).to_qutip()[1].dims == want
    side = np.kron(X, np.eye(2))
    drive = [np.kron(Z, np.diag([1.0, 1.2])), (np.kron(X, X), np.cos)]
    periodic = rf.PeriodicSystem(drive, 2 * np.pi, [side], BATH, dims=(2, 2))
    assert rf.Davies(periodic).evolve(np.eye(4)[0], [0.0, 1.0]).to_qutip()[1].dims == want
    with pytest.raises(ValueError, match=r"dims must multiply to 4, got \[2, 3\]"):
        rf.System(system.hamiltonian, system.couplings, BATH, dims=[2, 3])


def test_factors_in_another_order_are_refused():
    """Of a qubit and an oscillator, ⟨n⟩ of the wrong factor would be a number all the same."""
    z, one, n = qutip.sigmaz(), qutip.qeye(2), qutip.num(3)
    h = qutip.tensor(z, qutip.qeye(3)) + 0.5 * qutip.tensor(one, n)
    a = qutip.tensor(qutip.sigmax(), qutip.destroy(3) + qutip.create(3))
    psi, turned = (
        qutip.tensor(*x)
        for x in ((qutip.basis(2, 0), qutip.basis(3, 1)), (qutip.basis(3, 1), qutip.basis(2, 0)))
    )
    equation = rf.Redfield(rf.System(h, [a], BATH))
    assert equation.evolve(psi, TIMES, [qutip.tensor(one, n)]).expect[0][0] == pytest.approx(1.0)
    for call in (
        lambda: equation.evolve(psi, TIMES, {"n": qutip.tensor(n, one)}),
        lambda: equation.evolve(turned, TIMES),
        lambda: equation.steady_state(rho0=qutip.ket2dm(turned)),
        lambda: rf.System(h, [qutip.tensor(n, one)], BATH),
        lambda: rf.DrivenSystem([h, (h, np.cos)], [qutip.tensor(n, one)], BATH),
        lambda: rf.Lindblad(h, [a]).trajectories(turned, TIMES, samples=3),
    ):
        with pytest.raises(ValueError, match=r"the factors \[3, 2\]"):
            call()
