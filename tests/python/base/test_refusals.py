"""Functions, sizes, tables and orders that can not be used are refused by the argument that holds them."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
import qutip

import redfield as rf

import public_fuzz
import public_values
import public_walk
from public_values import BATH, X, Z

TIMES = [0.0, 0.5]


def quadratic_equation():
    return rf.Redfield(public_values.quadratic())


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("function", lambda: rf.SpectrumBath(lambda: 1.0)),
        ("function", lambda: rf.SpectralDensityBath(lambda w, s: w * s, 1.0)),
        ("function", lambda: rf.CorrelationBath(lambda *, t: np.exp(-t))),
        ("density", lambda: rf.ParticleBath(lambda: 1.0, 2.0, band=(-1.0, 1.0))),
        ("power_spectrum", lambda: rf.BathMatrix(lambda: np.eye(2))),
        (r"hamiltonian\[1\]\[1\]", lambda: rf.DrivenSystem([Z, (X, lambda: 1.0)], [X], BATH)),
        ("hamiltonian", lambda: rf.DrivenSystem(lambda t, args: Z, [X], BATH)),
        ("hamiltonian", lambda: rf.QuadraticSystem(lambda a, b: Z, 0.1, public_values.LEAD)),
        (r"e_ops\[0\]", lambda: quadratic_equation().evolve([1, 0], TIMES, lambda t: 1.0)),
        (r"e_ops\[1\]", lambda: quadratic_equation().evolve([1, 0], TIMES, [Z, lambda: 1.0])),
        (
            r"e_ops\[0\]",
            lambda: quadratic_equation().evolve([1, 0], TIMES, qutip.QobjEvo(qutip.sigmaz())),
        ),
    ],
)
def test_a_function_of_other_arguments_is_refused_before_it_is_called(name, call):
    with pytest.raises(TypeError, match=rf"\b{name} must be"):
        call()


@pytest.mark.parametrize(
    "function",
    [
        lambda t, G: None,
        lambda t, G: "text",
        lambda t, G: math.nan,
        lambda t, G: [1.0] * (1 + (t > 0)),
        lambda t, G: G if t < 0.1 else G * math.inf,
    ],
)
def test_what_a_function_of_the_state_returns_is_numbers_of_one_shape(function):
    with np.errstate(invalid="ignore"), pytest.raises((TypeError, ValueError), match=r"e_ops\[0\]"):
        quadratic_equation().evolve([1, 0], TIMES, function)
    found = quadratic_equation().evolve([1, 0], TIMES, lambda *a: a[1].real)
    assert np.array_equal(found.expect[0][-1], found.final_covariance.real)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("onsite", lambda: rf.models.square(2, onsite=1e300)),
        ("onsite", lambda: rf.models.chain(3, onsite=[0.0, 1.0, -1e200])),
        ("onsite", lambda: rf.models.ladder(2, onsite=[0.0, 1.0, 2.0])),
        ("onsite", lambda: rf.models.cubic(2, onsite=[1j])),
        ("n", lambda: rf.models.ladder(0)),
        ("n", lambda: rf.models.tv_fermions(100, 1)),
        ("n", lambda: rf.models.xxz(200, magnetisation=198)),
        ("particles", lambda: rf.models.bose_hubbard(1, 2**31)),
        ("sites", lambda: rf.QuasilocalRedfield(public_values.SYSTEM, 1, sites=np.ones((2, 3)))),
        ("mu", lambda: rf.diagnose(public_values.SYSTEM, mu=math.inf)),
        ("modes", lambda: rf.Exact(public_values.quadratic(), modes=10**6)),
        ("result", lambda: rf.analysis.positivity_violation([Z, Z])),
        ("e_ops", lambda: averaged(rf.SiteProjectors(2))),
        ("executor", lambda: rf.sweep(lambda x: x, {"x": [1.0]}, executor=np.array([0.0, 1.0]))),
        ("executor", lambda: rf.sweep(lambda x: x, {"x": [1.0]}, executor=10**5000)),
        ("baths", lambda: rf.System(Z, [X], 10**5000)),
        ("equation", lambda: rf.analysis.locality_profile(quadratic_of_a_hard_band())),
    ],
)
def test_numbers_out_of_range_and_wrong_objects_are_refused_by_name(name, call):
    with pytest.raises((TypeError, ValueError), match=rf"\b{name}\b"):
        call()


def averaged(e_ops):
    equation = rf.Redfield(public_values.driven())
    noise = [rf.Fluctuator(X, 0.1, 1.0)]
    return rf.average(equation, noise, [1, 0], TIMES, e_ops, samples=1, seed=1)


def quadratic_of_a_hard_band():
    lead = rf.ParticleBath(0.3, 2.0, band=(-7.0, 7.0))
    return rf.Redfield(rf.QuadraticSystem(rf.models.chain(3), 0.1, lead))


@pytest.mark.parametrize("make", [rf.models.chain, rf.models.dirac_syk2, lambda n: rf.models.square(n)])
def test_a_lattice_beyond_the_memory_is_refused(make):
    with pytest.raises(MemoryError, match=r"\b(n|cells) = "):
        make(2**31)


def test_any_tolerance_of_a_violation_is_taken():
    rho = np.diag([1.2, -0.2]).astype(complex)
    result = rf.Redfield(public_values.SYSTEM).evolve(rho, np.linspace(0.0, 3.0, 7))
    least = rf.analysis.positivity_violation(result).margins
    assert least[0] == pytest.approx(-0.2)
    for tol in (1e30, 1e300, 0.2001):
        assert rf.analysis.positivity_violation(result, tol=tol).duration == 0.0
    # Linear between outputs.
    a, b = -least[0], -least[1]
    tol = 0.25 * a + 0.75 * b
    assert rf.analysis.positivity_violation(result, tol=tol).duration == pytest.approx(0.375)


@pytest.mark.parametrize("strength", [0.3, 1e-12])
@pytest.mark.parametrize("cutoff", [5.0, 1e-140, 1e12])
def test_far_beyond_the_cutoff_power_laws_neither_overflow_nor_are_lost(strength, cutoff):
    for exponent, kind in ((40.0, "exponential"), (170.0, "gaussian"), (1e3, "hard"), (1.0, "hard")):
        bath = rf.OhmicBath(strength, cutoff, 1.0 / cutoff, exponent, kind)
        for w in (1e9 * cutoff, 1e150, 1e300):
            assert bath.power_spectrum(w) == 0.0
            assert np.array_equal(bath.power_spectrum([-w, w]), np.zeros(2))
    heavy = rf.OhmicBath(strength, cutoff, math.inf, 1.9, "drude")
    for x in (1e100, 1e155):
        log = math.log(strength) + math.log(cutoff) - 0.1 * math.log(x)
        assert heavy.power_spectrum(x * cutoff) == pytest.approx(math.exp(log), rel=1e-10)


@pytest.mark.parametrize(
    ("exponent", "kind"), [(1e3, "gaussian"), (300.0, "gaussian"), (150.0, "exponential")]
)
def test_an_exponent_whose_maximum_overflows_is_refused(exponent, kind):
    with pytest.raises(ValueError, match=f"exponent = {exponent:g}"):
        rf.OhmicBath(0.1, 5.0, 1.0, exponent, kind)


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e12, 1e100])
def test_correlation_functions_vanish_at_any_late_time(unit):
    for bath in (
        rf.UnderdampedBath(0.3 * unit, 2.0 * unit, 0.1 * unit, 1.0 / unit),
        rf.SpectrumBath(lambda w: unit * np.exp(-((w / unit) ** 2)), scale=unit),
    ):
        at_zero = abs(bath.correlation(0.0))
        assert (abs(bath.correlation(np.array([1e150, -1e300, 1e300]))) < 1e-12 * at_zero).all()


@pytest.mark.parametrize("unit", [1e-13, 1.0, 1e13])
def test_times_outside_a_spline_and_drifting_periods_are_told_in_any_unit(unit):
    spline = rf.Spline(np.linspace(0.0, unit, 5), np.arange(5.0))
    assert spline(unit * (1.0 + 1e-14)) == pytest.approx(4.0)
    with pytest.raises(ValueError, match="cover"):
        spline(1.5 * unit)
    lead = rf.ParticleBath(lambda w: np.exp(-((w / unit) ** 2)), 1.0 / unit, scale=unit)
    with pytest.raises(ValueError, match="period"):
        rf.QuadraticSystem(
            lambda t: unit * (Z + 1e-3 * unit * t * X), 0.1 * unit**0.5, lead, period=1.0 / unit
        )


def busy(seconds):
    with public_fuzz.interrupted_after(0.1):
        while time.process_time() < seconds:
            pass


def test_the_fuzzer_interrupts_what_takes_long():
    with pytest.raises(KeyboardInterrupt):
        busy(time.process_time() + 5.0)
    busy(time.process_time())


@pytest.mark.parametrize(
    "e_ops", [lambda t: 1.0, [lambda: 1.0], qutip.qeye(3), {"z": qutip.QobjEvo(qutip.qeye(4))}]
)
def test_observables_of_qutip_that_do_not_fit_are_refused(e_ops):
    h, ket, times = qutip.sigmaz(), qutip.basis(2, 0), [0.0, 0.5]
    for call in (
        lambda: rf.qutip.brmesolve(
            h, ket, times, [(qutip.sigmax(), lambda w: 0.1 * (w >= 0))], e_ops=e_ops
        ),
        lambda: rf.qutip.fmmesolve(h, ket, times, T=1.0, e_ops=e_ops),
    ):
        with pytest.raises(TypeError, match="e_ops"):
            call()


@pytest.mark.parametrize("w", [1e160, 1e300])
def test_spectral_densities_take_one_float_however_large(w):
    for bath in (rf.DrudeBath(0.3, 2.0, 1.5), rf.OhmicBath(0.1, 5.0, 1.0, 3.0, "gaussian")):
        assert bath.spectral_density(w) == pytest.approx(0.0, abs=1e-150)


def test_counts_whose_squares_overflow_are_refused():
    equation = public_walk.made(rf.analysis.Counting)
    with pytest.raises(rf.ConvergenceError, match=r"1e[+]?300"):
        equation.moments([1.0, 0.0], 1e300)
