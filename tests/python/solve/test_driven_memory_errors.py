"""Equations with memory: the error of their exponentials, pickles and stops."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import scipy.integrate
import scipy.sparse

import redfield as rf

import reference

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(strength=0.02, cutoff=3.0, beta=1.0)


def memory(system, past="auto"):
    return rf.Redfield(system, history="memory", correlation=past)


@pytest.mark.parametrize(
    ("bath", "duration", "tol"),
    [
        (rf.OhmicBath(0.04, 10.0, 5.0), 50.0, 1e-7),
        (rf.OhmicBath(0.04, 10.0, np.inf), 50.0, 1e-7),
        (rf.OhmicBath(0.04, 10.0, 5.0), 1e4, 1e-7),
        (rf.OhmicBath(0.04, 10.0, 0.01, exponent=3.0, cutoff_function="gaussian"), 5.0, 1e-7),
        (rf.DrudeBath(0.1, 1.0, 1.0), 50.0, 1e-7),
        (rf.DrudeBath(0.1, 1.0, 100.0), 500.0, 1e-7),
        (rf.UnderdampedBath(0.1, 1.0, 0.1, 1.0), 50.0, 1e-7),
        (rf.LorentzianBath(0.1, 1.0, 0.3), 20.0, 1e-7),
        (rf.LorentzianBath(0.003, 5.0, 1.5), 400.0, 1e-9),  # C ends long before
        (rf.CorrelationBath(lambda t: 0.05 * np.exp(-0.5 * t - 1j * t)), 100.0, 1e-7),
    ],
    ids=repr,
)
def test_exponentials_miss_what_they_say(bath, duration, tol):
    found = bath.exponentials(duration, tol)
    assert found.relative_error <= tol
    assert (found.rates.real > 0.0).all()
    # Another quadrature of |C − Σ|: the trapezoidal rule on a grid in ln t.
    u = np.linspace(np.log(1e-9 * bath.time_scale), np.log(duration), 8_001)
    t = np.exp(u)
    missed = scipy.integrate.trapezoid(t * np.abs(bath.correlation(t) - found(t)), u)
    assert missed <= 1.1 * found.error + 1e-12 * np.abs(bath.correlation(t)).max() * bath.time_scale


def test_it_pickles_and_stops():
    system = rf.DrivenSystem([0.5 * Z, (X, np.sin)], [X], BATH)
    again = pickle.loads(pickle.dumps(memory(system)))
    assert again.history == "memory"
    a, b = (e.evolve([1, 0], [0.0, 3.0]).final_state for e in (memory(system), again))
    assert np.array_equal(a, b)
    stop, seen = rf.StopFlag(), []

    def progress(fraction):
        seen.append(fraction)
        stop.set()

    n = 40
    slow = rf.DrivenSystem(
        [reference.random_hermitian(n, 1), (np.eye(n), np.sin)], rf.SiteProjectors(n), BATH
    )
    with pytest.raises(rf.Interrupted):
        memory(slow).evolve(np.eye(n)[0], [0.0, 1e4], stop=stop, progress=progress)
    assert seen
