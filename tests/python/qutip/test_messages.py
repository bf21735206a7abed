"""Messages of redfield.qutip: what is refused says what is wrong, in QuTiP's words."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import qutip
from qutip.core.blochredfield import SpectraCoefficient

import redfield as rf
from redfield.qutip import (
    bloch_redfield_tensor,
    brcrossterm,
    brmesolve,
    correlation_2op_1t,
    fmmesolve,
    spectrum,
)

# Without a compiler of its strings QuTiP says that it evaluates them.
pytestmark = pytest.mark.filterwarnings("ignore:.*are required for compilation of string")

H = 0.6 * qutip.sigmaz() + 0.25 * qutip.sigmax()
A, Z, UP = qutip.sigmax(), qutip.sigmaz(), qutip.basis(2, 0)
TIMES = [0.0, 1.0]
PERIOD = 2 * np.pi / 1.3
DRIVEN = qutip.QobjEvo([H, [0.2 * A, lambda t: np.cos(1.3 * t)]])
BATH = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=1.0)


def power(w, strength=0.13):
    return strength * np.exp(0.4 * w) / (1.0 + w * w)


def cold(w):
    return 0.1 * (w > 0)


def of_string(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return qutip.coefficient(text, args={"w": 0})


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: brmesolve(H, UP, TIMES, options={"colour": 1}), KeyError, "colour"),
        (
            lambda: brmesolve(H, UP, TIMES, options={"method": "euler"}),
            ValueError,
            "'euler' not supported",
        ),
        (lambda: brmesolve(H, qutip.basis(3, 0), TIMES), TypeError, "incompatible dimensions"),
        (lambda: brmesolve(H, UP, TIMES, [[A, 3.0]]), TypeError, "no spectrum"),
        (
            lambda: brmesolve(H, UP, TIMES, [[A, lambda w: -1.0 if w == 0 else 1.0]]),
            ValueError,
            r"negative at w = 0: -1",
        ),
        (
            lambda: correlation_2op_1t(DRIVEN, None, [0.0], [], A, Z, a_ops=[(A, cold)]),
            TypeError,
            "state0 must be given",
        ),
        (
            lambda: spectrum(DRIVEN, [0.0], [], A, Z, a_ops=[(A, cold)]),
            TypeError,
            "must not depend on time",
        ),
        (
            lambda: correlation_2op_1t(H, None, [-1.0], [], A, Z, a_ops=[(A, cold)]),
            ValueError,
            "taulist must not be negative",
        ),
        (
            lambda: correlation_2op_1t(H, None, [0.0], [], A, Z, a_ops=[(A, cold)], options={"speed": 1}),
            KeyError,
            "not supported",
        ),
    ],
)
def test_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([Z], BATH, PERIOD, 0.3), ValueError, "w_th belongs to"),
        (([Z], [cold] * 2, PERIOD), ValueError, "2 spectra for 1 c_ops"),
        (([Z], [cold], 0.7 * PERIOD), ValueError, "does not have the period"),
        (([Z], [cold]), ValueError, "does not have the period"),  # T = tlist[-1]
        (([Z], [cold], -PERIOD), ValueError, "T must"),
        (([Z], [cold], PERIOD, -0.5), ValueError, "w_th must"),
        (([Z], [lambda w: 0.1j * w], PERIOD), ValueError, "complex"),
        (([Z], [0.1], PERIOD), TypeError, r"spectra_cb\[0\]"),
    ],
)
def test_fmmesolve(arguments, error, message):
    with pytest.raises(error, match=message):
        fmmesolve(DRIVEN, UP, TIMES, *arguments)


def test_fmmesolve_of_another_space_or_a_basis():
    with pytest.raises(TypeError, match="incompatible dimensions"):
        fmmesolve(DRIVEN, qutip.basis(3, 0), TIMES, [Z], BATH, PERIOD)
    with pytest.warns(UserWarning, match="negative frequencies"):
        fmmesolve(DRIVEN, UP, TIMES, [Z], [lambda w: 0.1 * np.abs(w)], PERIOD, 0.5)


@pytest.mark.parametrize("a_op", [A, qutip.QobjEvo(A)])
@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (lambda omega, w=0.1: w * (omega > 0), ValueError, "has w behind omega"),
        (lambda x, q: q * x, TypeError, "needs a value of q in args"),
        (lambda: 0.1, TypeError, "no argument for the frequency"),
        (lambda **given: 0.1, TypeError, "no argument for the frequency"),
        (qutip.coefficient(lambda w: 0.1 * (w > 0)), ValueError, "w as its first argument"),
        (lambda w: 0.1j * w, ValueError, "complex at w"),
        (lambda w: None, ValueError, "is no number at w"),
        (power(np.linspace(-6.0, 6.0, 241)), TypeError, "is no spectrum"),
        ((0.1, 0.2), TypeError, "is no spectrum"),
    ],
)
def test_spectra_that_are_none_or_ambiguous(given, error, message, a_op):
    if a_op is not A and message != "w as its first argument":
        message = f"{message}|may be the time or the frequency"
    for call in (
        lambda: brmesolve(H, UP, TIMES, [(a_op, given)], -1, e_ops=[Z], args={"g": 0.13}),
        lambda: correlation_2op_1t(H, UP, TIMES, [], Z, Z, a_ops=[(a_op, given)]),
    ):
        with pytest.raises(error if a_op is A else (error, ValueError), match=message):
            call()
    if a_op is A:
        for call in (
            lambda: spectrum(H, [0.0], [], Z, Z, a_ops=[(A, given)]),
            lambda: brcrossterm(H, A, A, given),
        ):
            with pytest.raises(error, match=message):
                call()


@pytest.mark.parametrize(
    "given",
    [
        lambda t, w: power(w) * (1.0 + 0.5 * np.sin(t)),
        "0.13 * exp(0.4 * w) / (1 + w * w) * (1 + 0.5 * sin(t))",
        lambda t: 0.1 + 0.05 * np.sin(t),
        of_string("0.1 + 0.05 * sin(t)"),
        SpectraCoefficient(
            qutip.coefficient(lambda t: power(t)), qutip.coefficient(lambda t: 1.0 + 0.5 * np.sin(t))
        ),
    ],
)
def test_spectra_of_constant_operators_that_depend_on_time(given):
    with pytest.raises(ValueError, match="depend"):
        brmesolve(H, UP, np.linspace(0.0, 7.0, 8), [(A, given)], -1)
    with pytest.raises(ValueError, match="depend"):
        bloch_redfield_tensor(H, [(A, given)])


@pytest.mark.parametrize(
    "given",
    [
        lambda omega: power(omega),
        lambda x, g=0.13: power(x, g),
        lambda nu, g: power(nu, g),
        lambda x, /: power(x),
        lambda *given: power(given[0]),
    ],
)
def test_spectra_of_moving_operators_whose_argument_has_any_name(given):
    with pytest.raises(ValueError, match="may be the time or the frequency"):
        brmesolve(H, UP, TIMES, [(qutip.QobjEvo([[A, lambda t: 1.0]]), given)], args={"g": 0.13})
