"""Bad input gets a clear error that names the argument and its value; odd but good input works."""

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


@pytest.fixture(scope="module")
def equation():
    return rf.Redfield(make())


def test_hamiltonian_must_be_square():
    with pytest.raises(ValueError, match=r"hamiltonian must be a square matrix, got shape \(3, 4\)"):
        make(np.zeros((3, 4)), rf.SiteProjectors(3))
    with pytest.raises(ValueError, match="square"):
        make([1.0, 2.0], rf.SiteProjectors(2))
    with pytest.raises(ValueError, match="rectangular"):
        make([[1.0, 2.0], [3.0]], rf.SiteProjectors(2))


def test_hamiltonian_must_be_hermitian_and_by_how_much_it_is_not():
    with pytest.raises(ValueError, match=r"not Hermitian: max\|hamiltonian - hamiltonian†\| = 0.25"):
        make([[0.0, 1.0], [1.25, 0.0]], rf.SiteProjectors(2))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_hamiltonian_must_be_finite(bad):
    h = np.eye(3)
    h[1, 2] = bad
    with pytest.raises(ValueError, match=r"hamiltonian\[1, 2\] is not finite"):
        make(h)


def test_empty_and_absurd_hamiltonians():
    with pytest.raises(ValueError, match="hamiltonian is empty"):
        make(np.zeros((0, 0)), rf.SiteProjectors(1))
    with pytest.raises(ValueError, match=r"1e\+150"):
        make(1e200 * np.eye(2))
    with pytest.raises(TypeError, match="numeric"):
        make(np.array([["a", "b"], ["c", "d"]]), rf.SiteProjectors(2))


@pytest.mark.parametrize(
    ("rho0", "message"),
    [
        (np.eye(3) / 3, r"rho0 has shape \(3, 3\), but the system has 4 levels"),
        (np.ones(3), "rho0 is a ket of 3 entries"),
        (np.zeros((2, 3)), "rho0 must be a square matrix"),
        (np.full((4, 4), np.nan), r"rho0\[0, 0\] is not finite"),
        (np.triu(np.ones((4, 4))) / 4, "rho0 is not Hermitian"),
    ],
)
def test_initial_states(equation, rho0, message):
    with pytest.raises(ValueError, match=message):
        equation.evolve(rho0, TIMES)


def test_a_trace_other_than_one_warns_and_works(equation):
    with pytest.warns(UserWarning, match="rho0 has trace 2, not 1"):
        result = equation.evolve(2 * RHO, TIMES)
    assert np.trace(result.final_state).real == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("tlist", "message"),
    [
        ([], "tlist must be a non-empty list"),
        ([0.0, 2.0, 1.0], r"tlist\[2\] = 1 follows 2"),
        ([0.0, np.nan], r"tlist\[1\] is not finite"),
        ([[0.0, 1.0]], "non-empty list"),
    ],
)
def test_times(equation, tlist, message):
    with pytest.raises(ValueError, match=message):
        equation.evolve(RHO, tlist)
    with pytest.raises(TypeError, match="tlist must be real"):
        equation.evolve(RHO, [0.0, 1j])


@pytest.mark.parametrize("beta", [0.0, -1.0])
def test_temperature_must_be_positive(beta):
    with pytest.raises(ValueError, match="beta must be positive"):
        rf.OhmicBath(strength=1.0, cutoff=1.0, beta=beta)


def test_bath_parameters():
    with pytest.raises(ValueError, match="strength must be finite and not negative, got -1"):
        rf.OhmicBath(strength=-1.0, cutoff=1.0, beta=1.0)
    with pytest.raises(ValueError, match="cutoff must be positive"):
        rf.OhmicBath(strength=1.0, cutoff=0.0, beta=1.0)
    with pytest.raises(TypeError, match="beta must be a real number, got '1'"):
        rf.OhmicBath(strength=1.0, cutoff=1.0, beta="1")


def test_couplings():
    with pytest.raises(
        ValueError, match=r"couplings\[1\] has shape \(3, 3\), but the system has 4 levels"
    ):
        make(couplings=[np.eye(4), np.eye(3)])
    with pytest.raises(ValueError, match=r"couplings\[0\] has shape \(3, 3\)"):
        make(couplings=[scipy.sparse.eye_array(3)])
    with pytest.raises(ValueError, match="couplings are for 3 levels, but the system has 4"):
        make(couplings=rf.SiteProjectors(3))
    with pytest.raises(ValueError, match=r"couplings\[0\]\[0, 0\] is not finite"):
        make(couplings=[np.full((4, 4), np.inf)])
    with pytest.raises(TypeError, match="couplings must be SiteProjectors or a list"):
        make(couplings=3)
    with pytest.raises(ValueError, match=r"sites\[0\] = 4 is outside"):
        rf.SiteProjectors(4, sites=[4])
    with pytest.raises(ValueError, match="at least 1, got 0"):
        rf.SiteProjectors(0)
    with pytest.raises(ValueError, match="as many weights"):
        rf.SiteProjectors(4, weights=[1.0])


def test_baths_and_couplings_must_match_in_number():
    with pytest.raises(ValueError, match="3 baths for 4 couplings"):
        make(baths=[ShiftedBath()] * 3)
    with pytest.raises(TypeError, match="baths must be a Bath"):
        make(baths=lambda w: w)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (lambda w: -np.ones(w.shape), "is negative"),
        (lambda w: np.full(w.shape, np.nan), "not finite"),
        (lambda w: 1.0, "shape of w"),
        (lambda w: 1j * np.ones(w.shape), "real numbers"),
    ],
)
def test_a_bad_spectrum_names_bath_and_frequency(values, message):
    class Bad(rf.Bath):
        def __repr__(self):
            return "Bad()"

        def power_spectrum(self, w):
            return values(w)

    with pytest.raises(ValueError, match=rf"Bad\(\): power_spectrum.*{message}"):
        rf.Redfield(make(baths=Bad()), lamb_shift=False)


def test_a_lamb_shift_that_is_not_there_says_what_to_do():
    class NoShift(rf.Bath):
        def power_spectrum(self, w):
            return np.ones(np.shape(w))

    with pytest.raises(NotImplementedError, match=r"NoShift does not define.*lamb_shift=False"):
        rf.Redfield(make(baths=NoShift()))
    rf.Redfield(make(baths=NoShift()), lamb_shift=False)
    with pytest.raises(NotImplementedError, match="correlation"):
        NoShift().correlation(1.0)
    with pytest.raises(ValueError, match="diverges without a cutoff"):
        rf.Redfield(make(baths=rf.OhmicBath(0.1, np.inf, 1.0)))


def test_settings(equation):
    with pytest.raises(ValueError, match="method must be one of 'auto'"):
        equation.evolve(RHO, TIMES, method="rk4")
    with pytest.raises(ValueError, match="rtol must be finite and not negative, got -1"):
        equation.evolve(RHO, TIMES, rtol=-1)
    with pytest.raises(ValueError, match="both be zero"):
        equation.evolve(RHO, TIMES, rtol=0, atol=0)
    with pytest.raises(ValueError, match="threads must be at least 1, got 0"):
        equation.evolve(RHO, TIMES, threads=0)
    with pytest.raises(ValueError, match="no closed-form"):
        equation.evolve(RHO, TIMES, method="exact")
    with pytest.raises(ValueError, match=r"e_ops\[0\] has shape \(3, 3\)"):
        equation.evolve(RHO, TIMES, e_ops=[np.eye(3)])
    with pytest.raises(ValueError, match=r"rho has shape \(2, 2\)"):
        equation.apply(np.eye(2))
    with pytest.raises(ValueError, match="equations is empty"):
        rf.evolve_ensemble([], RHO, TIMES)


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
