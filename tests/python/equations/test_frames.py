"""Sparse equations in the basis they were given in, against NumPy, SciPy's exponential and the eigenbasis."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf
from redfield.equations.frames import cheapest_frame

from reference import random_state


def random_sparse(n, density, seed, real=False):
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((n, n)) + (0.0 if real else 1j * rng.standard_normal((n, n)))
    return sp.csr_array(np.where(rng.random((n, n)) < density, a, 0.0))


def random_problem(n, seed, density=0.3, jumps=2, real=False):
    h = random_sparse(n, density, seed, real)
    return (h + h.conj().T) / 2, [
        0.5 * random_sparse(n, density, seed + 1 + j, real) for j in range(jumps)
    ]


def written_out(h, jumps, rho):
    h, ls = h.toarray(), [j.toarray() for j in jumps]
    out = -1j * (h @ rho - rho @ h)
    for a in ls:
        out += a @ rho @ a.conj().T - 0.5 * (a.conj().T @ a @ rho + rho @ a.conj().T @ a)
    return out


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(1, 40), seed=st.integers(0, 10**6), density=st.sampled_from([0.0, 0.1, 0.6]),
    jumps=st.integers(0, 3), real=st.booleans(), threads=st.integers(1, 2),
)  # fmt: skip
def test_against_sums(n, seed, density, jumps, real, threads):
    """Any shape: more or fewer columns than lanes, empty rows and matrices, X that is not Hermitian."""
    h, ls = random_problem(n, seed, density, jumps, real)
    x = np.random.default_rng(seed).standard_normal((n, n)) + 1j
    found = rf.Lindblad(h, ls, frame="given").apply(x, threads=threads)
    expected = written_out(h, ls, x)
    assert np.abs(found - expected).max() <= 1e-13 * n * max(1.0, np.abs(expected).max())


@pytest.mark.parametrize("method", ["auto", "chebyshev", "dopri5"])
@pytest.mark.parametrize("n", [5, 23])
def test_both_frames_and_the_exponential(n, method):
    h, ls = random_problem(n, 3)
    rho = random_state(n, 4)
    times = [0.0, 0.3, 1.1]
    one, eye = written_out, np.eye(n)
    liouvillian = np.column_stack(
        [one(h, ls, np.outer(eye[k], eye[m])).ravel(order="F") for m in range(n) for k in range(n)]
    )
    exact = (scipy.linalg.expm(1.1 * liouvillian) @ rho.ravel(order="F")).reshape(n, n, order="F")
    o = sp.csr_array(random_sparse(n, 0.3, 9))
    for frame in ("given", "eigenbasis"):
        result = rf.Lindblad(h, ls, frame=frame).evolve(
            rho, times, [o, o.toarray()], method=method, rtol=1e-8, atol=1e-10, store_states=True
        )
        assert result.stats["frame"] == frame
        assert np.abs(result.final_state - exact).max() < 1e-7
        assert np.array_equal(result.states[-1], result.final_state)
        assert np.allclose(result.expect[0], result.expect[1], atol=1e-12)
        assert abs(result.expect[0][-1] - np.trace(o @ exact)) < 1e-6
        assert np.allclose(np.einsum("tkk->t", result.states), 1.0, atol=1e-10)


def test_a_ket_is_its_projector():
    h, ls = random_problem(12, 0)
    psi = np.random.default_rng(1).standard_normal(12) + 1j * np.arange(12)
    psi /= np.linalg.norm(psi)
    equation = rf.Lindblad(h, ls, frame="given")
    a, b = (equation.evolve(x, [0.0, 2.0]).final_state for x in (psi, np.outer(psi, psi.conj())))
    assert np.abs(a - b).max() < 1e-13


def test_one_sum_for_any_number_of_threads():
    h, ls = random_problem(61, 8)
    x = random_state(61, 2)
    equation = rf.Lindblad(h, ls, frame="given")
    assert np.array_equal(equation.apply(x, threads=1), equation.apply(x, threads=2))


def test_the_heisenberg_picture():
    h, ls = random_problem(9, 5)
    equation = rf.Lindblad(h, ls, frame="given")
    x, rho = random_sparse(9, 1.0, 1).toarray(), random_state(9, 2)
    assert np.isclose(
        np.trace(equation.adjoint().apply(x) @ rho), np.trace(x @ equation.apply(rho)), atol=1e-12
    )
    moved = equation.adjoint().evolve(x, [0.0, 1.5], [rho]).expect[0][-1]
    assert np.isclose(moved, np.trace(x @ equation.evolve(rho, [0.0, 1.5]).final_state), atol=1e-6)


def test_eigenvectors_are_found_where_they_are_asked_for(monkeypatch):
    h, ls = random_problem(30, 2, 0.05)
    monkeypatch.setattr(np.linalg, "eigh", None)
    equation = rf.Lindblad(h, ls)
    assert equation.frame == "given"
    equation.evolve(np.eye(30)[0], [0.0, 0.1])
    again = pickle.loads(pickle.dumps(equation))
    assert np.array_equal(again.apply(np.eye(30)), equation.apply(np.eye(30)))
    monkeypatch.undo()
    assert equation.steady_state().residual < 1e-9
    gibbs = rf.System(h, ls, rf.FlatBath(1.0)).gibbs_state(1.0)
    assert np.allclose(gibbs, scipy.linalg.expm(-h.toarray()) / np.trace(scipy.linalg.expm(-h.toarray())))


@pytest.mark.parametrize("scale", [1e-150, 1e-6, 1e6, 1e100])
def test_units_do_not_matter(scale):
    h, ls = random_problem(10, 4)
    rho = random_state(10, 1)
    one = rf.Lindblad(h, ls, frame="given").evolve(rho, [0.0, 1.0]).final_state
    other = rf.Lindblad(h * scale, [a * np.sqrt(scale) for a in ls], frame="given")
    assert np.abs(other.evolve(rho, [0.0, 1.0 / scale]).final_state - one).max() < 2e-6


def test_degenerate_shifted_and_nothing():
    rho = random_state(6, 1)
    nothing = sp.csr_array((6, 6))
    still = rf.Lindblad(nothing, [], frame="given").evolve(rho, [0.0, 5.0])
    assert np.abs(still.final_state - rho).max() < 1e-15
    assert still.stats["applications"] == 0
    h, ls = random_problem(6, 7)
    shifted = rf.Lindblad(h + 1e6 * sp.eye_array(6), ls, frame="given").evolve(rho, [0.0, 1.0])
    plain = rf.Lindblad(h, ls, frame="given").evolve(rho, [0.0, 1.0])
    assert np.abs(shifted.final_state - plain.final_state).max() < 1e-7
    assert shifted.stats["applications"] <= 1.2 * plain.stats["applications"]
    decay = rf.Lindblad(sp.eye_array(1), [sp.eye_array(1)], frame="given")
    assert np.allclose(decay.evolve([1.0], [0.0, 3.0]).final_state, 1.0)


def test_the_cheapest_frame():
    h, (a, b) = random_problem(100, 1, 0.03)
    assert cheapest_frame(h, [a, b]) == "given"
    dense = np.ones((100, 100))
    assert cheapest_frame(dense, [dense, dense]) == "eigenbasis"
    assert cheapest_frame(h[:8, :8], [a[:8, :8]]) == "eigenbasis"


def test_qutip_objects_stay_sparse():
    qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")
    a = qutip.destroy(30)
    equation = rf.Lindblad(a.dag() * a, [0.3 * a])
    assert equation.system._h.given_sparse
    assert equation.frame == "given"
    result = equation.evolve(qutip.basis(30, 5), [0.0, 2.0], a.dag() * a)
    assert np.isclose(result.expect[0][-1], 5 * np.exp(-0.09 * 2.0), atol=1e-6)
