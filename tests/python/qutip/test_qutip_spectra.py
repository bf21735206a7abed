"""redfield.qutip: every form in which QuTiP takes a spectrum, against QuTiP's own solution."""

from __future__ import annotations

import functools
import warnings

import numpy as np
import pytest
import qutip
from qutip.core.blochredfield import SpectraCoefficient
from scipy.interpolate import CubicSpline, make_interp_spline

from redfield.qutip import (
    bloch_redfield_tensor,
    brmesolve,
    fmmesolve,
)

# Without a compiler of its strings QuTiP says that it evaluates them.
pytestmark = pytest.mark.filterwarnings("ignore:.*are required for compilation of string")

H = 0.6 * qutip.sigmaz() + 0.25 * qutip.sigmax()
A, Z = qutip.sigmax(), qutip.sigmaz()
TIMES = np.linspace(0.0, 7.0, 8)
GRID = np.linspace(-6.0, 6.0, 241)
TIGHT = {"rtol": 1e-8, "atol": 1e-10}


def power(w, strength=0.13):
    return strength * np.exp(0.4 * w) / (1.0 + w * w)


def of_string(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return qutip.coefficient(text, args={"w": 0})


class Callable:
    def __call__(self, frequency):
        return power(frequency)

    def method(self, nu):
        return power(nu)


def with_array(order):
    return qutip.coefficient(power(GRID), tlist=GRID, order=order)


OF_FREQUENCY = {
    "w": lambda w: power(w),
    "string": "0.13 * exp(0.4 * w) / (1 + w * w)",
    "string with an argument": "g * exp(0.4 * w) / (1 + w * w)",
    "(t, w)": lambda t, w: power(w),
    "(t, w, g)": lambda t, w, g: power(w, g),
    "(t, g, w)": lambda t, g, w: power(w, g),
    "(t, **kwargs)": lambda t, **given: power(given["w"], given["g"]),
    "(time, w)": lambda time, w: power(w),
    "Coefficient of a string": of_string("0.13 * exp(0.4 * w) / (1 + w * w)"),
    "Coefficient of (t, w)": qutip.coefficient(lambda t, w: power(w), args={"w": 0}),
    "SpectraCoefficient": SpectraCoefficient(qutip.coefficient(lambda t: power(t))),
    "array": with_array(3),
    "linear array": with_array(1),
    "spline": CubicSpline(GRID, power(GRID)),
    "B-spline": make_interp_spline(GRID, power(GRID), k=3),
}  # fmt: skip
"""Forms that QuTiP itself takes for functions of the frequency, for every a_op."""

OF_FREQUENCY_HERE = {
    "w with a default": lambda w, g=0.13: power(w, g),
    "w with a keyword": lambda w, *, g: power(w, g),
    "w with an argument": lambda w, g: power(w, g),
    "partial": functools.partial(power, strength=0.13),
    "(w, t)": lambda w, t: power(w),
    "(w, **kwargs)": lambda w, **given: power(w, given["g"]),
}
"""Forms with w first, which QuTiP gives the time or refuses."""

OF_CONSTANT = {
    "omega": lambda omega: power(omega),
    "x with a default": lambda x, g=0.13: power(x, g),
    "nu with an argument": lambda nu, g: power(nu, g),
    "positional": lambda x, /: power(x),
    "*args": lambda *given: power(given[0]),
    "object": Callable(),
    "method": Callable().method,
}
"""Functions of one unnamed argument, which is the frequency where the a_op may not depend on time."""


def solved(solver, a_op, given, h=H, options=TIGHT):
    return solver(
        h, qutip.basis(2, 0), TIMES, [(a_op, given)], -1, e_ops=[Z], args={"g": 0.13}, options=options
    ).expect[0]


EXPECTED = solved(qutip.brmesolve, A, lambda w: power(w))


def tolerance(name):
    return 1e-3 if "linear" in name else 1e-6


@pytest.mark.parametrize("name", OF_FREQUENCY)
def test_spectra_that_qutip_knows(name):
    given = OF_FREQUENCY[name]
    assert abs(EXPECTED[-1] - 1.0) > 0.1
    for a_op in (A, qutip.QobjEvo(A), [A]):
        theirs = solved(qutip.brmesolve, a_op, given)
        ours = solved(brmesolve, a_op, given)
        assert ours == pytest.approx(theirs, abs=1e-6)
        assert ours == pytest.approx(EXPECTED, abs=tolerance(name))


@pytest.mark.parametrize("name", [*OF_FREQUENCY_HERE, *OF_CONSTANT])
def test_spectra_whose_argument_has_any_name(name):
    given = {**OF_FREQUENCY_HERE, **OF_CONSTANT}[name]
    assert solved(brmesolve, A, given) == pytest.approx(EXPECTED, abs=1e-6)
    driven = qutip.QobjEvo([H, [0.0 * A, lambda t: np.cos(t)]])
    assert solved(brmesolve, A, given, driven) == pytest.approx(EXPECTED, abs=1e-6)
    moving = qutip.QobjEvo([[A, lambda t: 1.0]])
    if name in OF_CONSTANT:
        with pytest.raises(ValueError, match="a_ops"):
            solved(brmesolve, moving, given)
    else:
        assert solved(brmesolve, moving, given) == pytest.approx(EXPECTED, abs=1e-6)


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
def test_spectra_that_depend_on_time(given):
    options = {"rtol": 1e-6, "atol": 1e-8}
    for a_op in (qutip.QobjEvo(A), [[A, lambda t: 1.0]]):
        theirs = solved(qutip.brmesolve, a_op, given, options=options)
        assert solved(brmesolve, a_op, given, options=options) == pytest.approx(theirs, abs=1e-5)


@pytest.mark.parametrize("number", [0.1, np.float64(0.1)])
def test_white_noise_as_a_coefficient(number):
    given = qutip.coefficient(number)
    assert solved(brmesolve, A, given) == pytest.approx(solved(qutip.brmesolve, A, given), abs=1e-6)


@pytest.mark.parametrize("kind", [qutip.DrudeLorentzEnvironment, qutip.UnderDampedEnvironment])
def test_environments(kind):
    numbers = {"lam": 0.1, "gamma": 0.8, "T": 0.7}
    environment = kind(**numbers) if kind is qutip.DrudeLorentzEnvironment else kind(**numbers, w0=1.1)
    given = qutip.BosonicEnvironment.from_power_spectrum(lambda w: power(w), wMax=6.0)
    for each in (environment, given):
        theirs = solved(qutip.brmesolve, A, each)
        assert solved(brmesolve, A, each) == pytest.approx(theirs, abs=1e-6)


def test_tensors_take_the_same_forms():
    expected = qutip.bloch_redfield_tensor(H, [(A, lambda w: power(w))], sec_cutoff=-1, fock_basis=True)
    for given in (lambda omega: power(omega), lambda w, g=0.13: power(w, g), lambda t, w: power(w)):
        ours = bloch_redfield_tensor(H, [(A, given)], sec_cutoff=-1, fock_basis=True)
        assert np.abs((ours - expected).full()).max() < 1e-12


PERIOD = 2 * np.pi / 1.3
DRIVEN = qutip.QobjEvo([H, [0.2 * A, lambda t: np.cos(1.3 * t)]])


def test_fmmesolve_takes_its_temperature_as_qutip_does():
    tlist = np.array([0.0, 200.0 * PERIOD])
    arguments = DRIVEN, qutip.basis(2, 0), tlist, [Z], [lambda w: 0.02 * w * (w > 0)], PERIOD
    by_args = fmmesolve(*arguments, e_ops=[H], args={"w_th": 0.9}).expect[0]
    assert by_args == pytest.approx(fmmesolve(*arguments, 0.9, e_ops=[H]).expect[0], abs=1e-12)
    assert by_args == pytest.approx(
        qutip.fmmesolve(*arguments, e_ops=[H], args={"w_th": 0.9}).expect[0], abs=1e-3
    )
    assert abs(by_args[-1] - fmmesolve(*arguments, e_ops=[H]).expect[0][-1]) > 0.01
