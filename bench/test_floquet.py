"""Davies' equation in Floquet modes beside QuTiP's fmmesolve, and how far it reaches."""

from __future__ import annotations

import time

import numpy as np
import pytest

import redfield as rf

from harness import alternate

qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")

DRIVE = 2.0
PERIOD = 2 * np.pi / DRIVE
REQUIRED = 20.0
LEAST = {41: 1.8, 501: 5.0, 2001: 11.0}
"""QuTiP's time over this package's at least, by the number of outputs. The goal of all is 20, which they miss: modes,
harmonics and the check of the secular approximation take a millisecond and a half before the first output."""


def problem(n):
    rng = np.random.default_rng(0)
    a, b, c = rng.normal(size=(3, n, n)) / np.sqrt(8 * n)
    return a + a.T, 0.5 * (b + b.T), c + c.T


@pytest.mark.parametrize("outputs", LEAST)
def test_floquet_against_qutip(record, outputs):
    """At zero temperature QuTiP takes γ as it is.

    Its coherences lack Σ_n γ(−nΩ)A_n,kk A_n,ll*: what is compared
    is where they have died out."""
    n = 10
    h0, h1, a = problem(n)
    bath = rf.OhmicBath(strength=0.05, cutoff=10.0, beta=np.inf)
    times, e = np.linspace(0.0, 400 * PERIOD, outputs), np.diag(np.arange(n, dtype=float))

    def ours():
        system = rf.PeriodicSystem([h0, (h1, lambda t: np.cos(DRIVE * t))], PERIOD, [a], bath)
        davies = rf.Davies(system, lamb_shift=False)
        return davies.evolve(np.eye(n)[0], times, [e]).expect[0]

    def theirs():
        h = qutip.QobjEvo([qutip.Qobj(h0), [qutip.Qobj(h1), lambda t: np.cos(DRIVE * t)]])
        return qutip.fmmesolve(
            h,
            qutip.basis(n, 0),
            times,
            c_ops=[qutip.Qobj(a)],
            spectra_cb=[lambda w: bath.power_spectrum(w) / (2 * np.pi)],
            T=PERIOD,
            e_ops=[qutip.Qobj(e)],
            options={"progress_bar": ""},
        ).expect[0]

    assert np.abs(ours()[-3:] - theirs()[-3:]).max() < 1e-3
    us, them = alternate(ours, theirs, 5)
    record(ms=1e3 * us, qutip_ms=1e3 * them, ratio=them / us, required=REQUIRED)
    assert them / us >= LEAST[outputs]


def test_floquet_of_200_levels(record):
    n = 200
    h0, h1, a = problem(n)
    bath = rf.OhmicBath(strength=0.05, cutoff=10.0, beta=1.0)
    start = time.perf_counter()
    system = rf.PeriodicSystem([h0, (h1, lambda t: np.cos(DRIVE * t))], PERIOD, [a], bath)
    made = time.perf_counter()
    davies = rf.Davies(system)
    state = davies.steady_state()
    done = time.perf_counter()
    later = davies.evolve(state.at(0.0), [0.0, 7.7 * PERIOD]).final_state
    assert np.abs(later - state.at(7.7 * PERIOD)).max() < 1e-9
    assert state.work == pytest.approx(-state.energy.sum())
    record(system_s=made - start, davies_s=done - made, harmonics=system.harmonics)
