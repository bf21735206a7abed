"""The Heisenberg picture against the adjoint of the matrix and against states."""

import pickle

import numpy as np
import pytest

import redfield as rf

from reference import ShiftedBath, random_hermitian, random_matrix, random_state

BATH = rf.OhmicBath(strength=0.1, cutoff=4.0, beta=1.0)
KINDS = {
    "Redfield": lambda s: rf.Redfield(s),
    "Davies": lambda s: rf.Davies(s),
    "PartialSecular": lambda s: rf.PartialSecular(s, 0.8),
    "UniversalLindblad": lambda s: rf.UniversalLindblad(s, False),
    "GeometricArithmetic": lambda s: rf.GeometricArithmetic(s),
    "CoarseGrained": lambda s: rf.CoarseGrained(s, 3.0),
}


def systems():
    u = np.linalg.qr(random_matrix(4, 9))[0]
    degenerate = u @ np.diag([0.0, 0.5, 0.5, 1.0]) @ u.conj().T
    return {
        "projectors": rf.System(random_hermitian(4, 1), rf.SiteProjectors(4), BATH),
        "dense": rf.System(random_hermitian(4, 1), [random_matrix(4, 2), random_hermitian(4, 3)], BATH),
        "degenerate": rf.System(degenerate, [random_hermitian(4, 4)], BATH),
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("which", ["projectors", "dense", "degenerate"])
def test_it_is_the_adjoint_of_the_matrix(kind, which):
    equation = KINDS[kind](systems()[which])
    matrix = equation.liouvillian().toarray()
    x = random_matrix(4, 5)
    expected = (matrix.conj().T @ x.ravel(order="F")).reshape(4, 4, order="F")
    adjoint = equation.adjoint()
    assert np.abs(adjoint.apply(x) - expected).max() < 1e-12
    assert np.abs(adjoint.apply(np.eye(4))).max() < 1e-13
    states = [random_state(4, 6), np.eye(4)[0]]
    tlist = [0.0, 1.3, 5.0]
    moved = adjoint.evolve(x, tlist, states, store_states=True, rtol=1e-9, atol=1e-11)
    for curve, rho in zip(moved.expect, states, strict=True):
        direct = equation.evolve(rho, tlist, x, rtol=1e-9, atol=1e-11).expect[0]
        assert np.abs(curve - direct).max() < 1e-7
    rho = states[0]
    assert [np.trace(rho @ o) for o in moved.states] == pytest.approx(list(moved.expect[0]))
    assert np.abs(moved.final_state - moved.states[-1]).max() == 0.0


def test_methods_agree_and_sizes_fit():
    system = rf.System(rf.models.dirac_syk2(24, seed=2), rf.SiteProjectors(24), ShiftedBath(0.05, 1.0))
    adjoint = rf.Redfield(system).adjoint()
    x = random_hermitian(24, 3)
    found = [
        adjoint.evolve(x, [0.0, 7.0], method=method, rtol=1e-9, atol=1e-11).final_state
        for method in ("chebyshev", "dopri5", "exponential")
    ]
    assert np.abs(found[0] - found[1]).max() < 1e-6
    assert np.abs(found[0] - found[2]).max() < 1e-6
    one = rf.Lindblad([[0.3]], [[[1.0]]]).adjoint().evolve([[2.0]], [0.0, 3.0]).final_state
    assert one == pytest.approx(2.0)


def test_matrices_of_baths_have_adjoints_too():
    table = np.array([[1.0, 0.3j], [-0.3j, 0.5]])
    matrix = rf.BathMatrix(lambda w: np.exp(-(w[:, None, None] ** 2)) * table)
    system = rf.System(random_hermitian(3, 1), [random_matrix(3, 2), random_matrix(3, 3)], matrix)
    equation = rf.Redfield(system, False)
    x = random_matrix(3, 4)
    expected = (equation.liouvillian().toarray().conj().T @ x.ravel(order="F")).reshape(3, 3, order="F")
    assert np.abs(equation.adjoint().apply(x) - expected).max() < 1e-12


def test_it_pickles_and_tells():
    equation = rf.Redfield(systems()["dense"])
    copy = pickle.loads(pickle.dumps(equation.adjoint()))
    assert (
        copy.apply(np.diag([1.0, 2, 3, 4])) == equation.adjoint().apply(np.diag([1.0, 2, 3, 4]))
    ).all()
    with pytest.raises(ValueError, match="operator"):
        equation.adjoint().apply(np.eye(3))
    with pytest.raises(ValueError, match=r"states\[0\]"):
        equation.adjoint().evolve(np.eye(4), [0.0, 1.0], [np.eye(3)])
    batch = rf.SystemBatch([random_hermitian(2, 1)] * 2, [random_hermitian(2, 2)], BATH)
    with pytest.raises(TypeError):
        rf.Redfield(batch).adjoint()
