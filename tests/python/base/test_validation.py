"""Odd but good input works, and of any other an error tells."""

from __future__ import annotations

import numpy as np
import pytest
import qutip
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import redfield as rf

from reference import ShiftedBath, random_hermitian, random_matrix, random_state

N = 4
H = random_hermitian(N, 1)
RHO = random_state(N, 2)
TIMES = [0.0, 1.0]


def make(h=H, couplings=None, baths=None):
    couplings = rf.SiteProjectors(len(h)) if couplings is None else couplings
    return rf.System(h, couplings, ShiftedBath() if baths is None else baths)


def test_one_level():
    system = make(np.array([[2.0]]))
    for kind in (rf.Redfield, rf.Davies):
        assert kind(system).evolve([[1.0]], [0.0, 5.0]).final_state == pytest.approx(1.0)
        assert np.abs(kind(system).apply([[1.0]])).max() < 1e-15


def read_only(a):
    a = np.array(a)
    a.flags.writeable = False
    return a


FORMS = {
    "list": lambda a: a.tolist(),
    "fortran": np.asfortranarray,
    "strided": lambda a: np.repeat(np.repeat(a, 2, 0), 2, 1)[::2, ::2],
    "reversed": lambda a: a[::-1, ::-1].copy()[::-1, ::-1],
    "read-only": read_only,
    "matrix": np.asmatrix,
    "csr": scipy.sparse.csr_array,
    "csc_matrix": scipy.sparse.csc_matrix,
    "qobj": qutip.Qobj,
    "single": lambda a: a.astype(np.complex64 if np.iscomplexobj(a) else np.float32),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("real", [False, True])
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_every_form_of_array_works(form, real):
    h, a, rho = H, random_matrix(N, 3), RHO
    if real:
        h, a, rho = h.real, a.real, rho.real
    turn = FORMS[form]
    tolerance = 1e-5 if form == "single" else 1e-12
    plain = rf.Redfield(rf.System(h, [a], ShiftedBath()))
    turned = rf.Redfield(rf.System(turn(h), [turn(a)], ShiftedBath()))
    x = random_matrix(N, 4)
    assert np.abs(plain.apply(x) - turned.apply(turn(x))).max() < 100 * tolerance
    # A single-precision state has a trace of one to single precision only.
    start = rho if form == "single" else turn(rho)
    one, other = (
        plain.evolve(rho, TIMES, e_ops=[a]),
        turned.evolve(start, TIMES, e_ops=[turn(a)]),
    )
    assert np.abs(one.final_state - other.final_state).max() < 100 * tolerance
    assert np.abs(one.expect[0] - other.expect[0]).max() < 100 * tolerance


def test_integers_and_kets():
    equation = rf.Redfield(rf.System([[0, 1], [1, 0]], rf.SiteProjectors(2), ShiftedBath()))
    rho = equation.evolve([[1, 0], [0, 0]], [0, 3]).final_state
    for ket in ([1, 0], np.array([[1], [0]]), qutip.basis(2, 0)):
        assert np.abs(equation.evolve(ket, [0, 3]).final_state - rho).max() < 1e-14


def test_a_single_operator_is_a_list_of_one():
    a = random_hermitian(N, 5)
    x = random_matrix(N, 6)
    expected = rf.Redfield(rf.System(H, [a], ShiftedBath())).apply(x)
    for one in (a, qutip.Qobj(a), scipy.sparse.csr_array(a), a[None]):
        assert np.abs(rf.Redfield(rf.System(H, one, ShiftedBath())).apply(x) - expected).max() < 1e-12


def test_equal_baths_share_a_table():
    bath = rf.OhmicBath(0.1, 1.0, 1.0)
    twin = rf.OhmicBath(0.1, 1.0, 1.0)
    system = make(baths=[bath, twin, bath, rf.OhmicBath(0.1, 1.0, 2.0)])
    assert len(system.baths_of_tables()) == 2
    # What carries a current of its own is each object given, equal or not.
    assert len(system.baths) == len(system.reservoirs) == 3
    assert system.reservoir_of_coupling == (0, 1, 0, 2)


@settings(max_examples=60, deadline=None)
@given(
    h=hnp.arrays(
        np.float64,
        st.tuples(st.integers(0, 4), st.integers(0, 4)),
        elements=st.floats(allow_nan=True, allow_infinity=True),
    )
)
def test_any_array_gives_a_finite_answer_or_a_clear_error(h):
    try:
        system = rf.System(h, rf.SiteProjectors(max(1, len(h))), rf.OhmicBath(0.1, 1.0, 1.0))
        change = rf.Redfield(system, lamb_shift=False).apply(np.eye(len(h)) / len(h))
    except ValueError as error:
        assert "hamiltonian" in str(error)
    else:
        assert np.isfinite(change).all()
