"""Pulses in quadratic systems, in averages over noise and where Python makes the generator."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

import redfield as rf
from redfield import Fluctuator, Lindblad, _core, average

from pulses import NONE, RAISED, X, Z, gaussian, raised, square


def test_equations_whose_generator_python_makes():
    pulse = gaussian(np.pi / 2, 23.4, 0.5)
    bath = rf.OhmicBath(strength=1e-9, cutoff=5.0, beta=1.0)
    system = rf.DrivenSystem([(X, pulse)], [Z], bath)
    for equation in (
        rf.CoarseGrained(system, window=1.0),
        rf.UniversalLindblad(system, lamb_shift=False),
        rf.GeometricArithmetic(system),
        rf.PartialSecular(system, cutoff=0.1),
    ):
        up = equation.evolve([1, 0], [0.0, 100.0], [RAISED], rtol=1e-5).expect[0][-1]
        assert up == pytest.approx(1.0, abs=1e-4)


def test_driven_quadratic_systems():
    lead = rf.ParticleBath(lambda w: np.exp(-(w**2) / 8), beta=1.0)
    smooth = gaussian(0.7, 43.21, 0.1)
    system = rf.QuadraticSystem(lambda t: smooth(t) * X, 1e-5, lead)
    for equation in (rf.Davies(system), rf.Redfield(system, history="stationary")):
        densities = equation.evolve([1.0, 0.0], [0.0, 50.0, 100.0]).densities
        assert densities[1:, 1] == pytest.approx(np.sin(0.7) ** 2, abs=1e-6)
    sharp = rf.QuadraticSystem(lambda t: square(0.7, 43.21, 43.26)(t) * X, 1e-5, lead)
    densities = rf.Davies(sharp).evolve([1.0, 0.0], [0.0, 50.0, 100.0]).densities
    assert densities[1:, 1] == pytest.approx(np.sin(0.7) ** 2, abs=1e-6)
    quick = rf.QuadraticSystem(lambda t: gaussian(0.7, 1.321, 0.02)(t) * X, 1e-4, lead)
    exact = rf.Exact(quick, modes=20).evolve([1.0, 0.0], [0.0, 2.5], rtol=1e-5)
    assert exact.densities[-1, 1] == pytest.approx(np.sin(0.7) ** 2, abs=1e-5)


def test_a_span_of_one_rounding():
    lead = rf.ParticleBath(lambda w: np.exp(-(w**2) / 8), beta=1.0)
    system = rf.QuadraticSystem(lambda t: np.cos(t) * X, 0.3, lead)
    for first in (0.0, 1.0, 1e6):
        for equation in (rf.Davies(system), rf.Redfield(system, history="stationary")):
            times = [first, float(np.nextafter(first, np.inf))]
            found = equation.evolve([1.0, 0.0], times)
            assert found.final_covariance == pytest.approx(np.diag([1.0, 0.0]), abs=1e-8)
            assert found.stats["steps"] < 100
    for first in (0.0, 1.0, 1e6):
        found = raised([(X, np.cos)], [first, float(np.nextafter(first, np.inf))])
        assert found == pytest.approx(0.0, abs=1e-8)


def test_averages_see_pulses_and_end_when_told():
    still = Lindblad([(X, gaussian(np.pi / 2, 33.3, 0.1))], NONE)
    noise = Fluctuator(Z, amplitude=1e-6, rate=0.3)
    mean = average(still, [noise], [1, 0], [0.0, 100.0], [RAISED], samples=4, seed=3)
    assert mean.expect[0][-1] == pytest.approx(1.0, abs=1e-4)
    flag = _core.StopFlag()
    timer = threading.Timer(0.3, flag.set)
    timer.start()
    fast = Fluctuator(Z, amplitude=1.0, rate=100.0)
    start = time.monotonic()
    with pytest.raises(_core.Interrupted):
        average(still, [fast], [1, 0], [0.0, 100.0], [RAISED], samples=10**5, seed=3, stop=flag)
    timer.join()
    assert time.monotonic() - start < 30.0
