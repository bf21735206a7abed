"""Quadratic systems: a thousand sites, and how the cost grows."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import scipy.linalg

import redfield as rf

from harness import alternate

Q = rf.quadratic


def lead():
    return rf.ParticleBath(0.2, beta=1.0, mu=0.2, band=(-20.0, 20.0))


def system(n, uniform=False):
    h = rf.models.dirac_syk2(n, seed=1)
    j = 0.3 if uniform else np.random.default_rng(0).uniform(0.1, 0.5, n)
    return rf.QuadraticSystem(h, j, lead())


def job(n, uniform=False):
    """Compute the theorem's check, the steady state and 100 output times."""
    s = system(n, uniform)
    residual = Q.equivalence(s).residual
    redfield = rf.Redfield(s)
    steady = redfield.steady_state()
    result = redfield.evolve(np.zeros(n), np.linspace(0.0, 100.0, 100), {"energy": s.hamiltonian})
    return residual, steady, result


def test_the_job_is_right():
    """What the benchmarks time, against scipy's Lyapunov solver and exponential."""
    residual, steady, result = job(40)
    s = system(40)
    flow = rf.Redfield(s).generator.flow
    m, q = flow.out_of(flow.m), flow.out_of(flow.q)
    reference = scipy.linalg.solve_continuous_lyapunov(m, q)
    assert np.abs(steady.covariance - reference).max() < 1e-10
    e = scipy.linalg.expm(-100.0 * m)
    assert np.abs(result.final_covariance - (reference - e @ reference @ e.conj().T)).max() < 1e-10
    assert residual > 0.1
    assert job(40, uniform=True)[0] < 1e-12


def test_a_thousand_sites(record):
    code = """
from harness import peak_kilobytes
import time, numpy as np
from test_quadratic import job
start = time.perf_counter()
for uniform in (True, False):
    residual, steady, result = job(1000, uniform)
    assert (residual < 1e-12) == uniform and steady.residual < 1e-8 and result.densities.shape == (100, 1000)
    assert result.expect["energy"].shape == (100,)
seconds = 0.5 * (time.perf_counter() - start)
print(seconds, peak_kilobytes() * 1024 / 1e9)
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=Path(__file__).parent,
    )
    seconds, gigabytes = map(float, run.stdout.split())
    record(seconds=seconds, required_seconds=120.0, peak_gigabytes=gigabytes, required_gigabytes=1.0)
    assert seconds < 120.0
    assert gigabytes < 1.0


def test_the_cost_grows_as_n_cubed(record):
    """The exponent of N over a decade.

    Below a few hundred sites the work is N² and Python; the exponent between the largest
    must not pass 3 by more than the caches' share."""
    sizes = (100, 200, 400, 800, 1000)
    seconds = {}
    for n in sizes:
        start = time.perf_counter()
        job(n)
        seconds[n] = time.perf_counter() - start
    exponent = float(np.polyfit(np.log(sizes), np.log([seconds[n] for n in sizes]), 1)[0])
    record(**{f"seconds_{n}": t for n, t in seconds.items()}, exponent=exponent, required_exponent=3.4)
    assert exponent < 3.4


def test_an_output_is_two_products(record):
    """Floor of one stored covariance: two complex N×N products. An expectation value needs neither."""
    n = 600
    s = system(n)
    redfield = rf.Redfield(s)
    a = np.random.default_rng(1).standard_normal((n, n)) + 1j * np.ones((n, n))
    redfield.evolve(np.zeros(n), [0.0, 1.0])  # eigenvectors
    few, many = np.linspace(0, 10, 3), np.linspace(0, 10, 13)

    def stored(times):
        return redfield.evolve(np.zeros(n), times)

    short, two = alternate(lambda: stored(few), lambda: a @ a @ a, rounds=3)
    long, _ = alternate(lambda: stored(many), lambda: a @ a @ a, rounds=3)
    record(output_over_two_products=(long - short) / 10.0 / two, required=3.0)
    assert (long - short) / 10.0 / two < 3.0


@pytest.mark.parametrize("n", [8, 40])
def test_exact_against_one_diagonalisation(record, n):
    """The Chebyshev expansion against the dense eigenproblem of N(1 + modes) levels."""
    modes = 60 if n == 8 else 30
    s = rf.QuadraticSystem(
        rf.models.chain(n), np.linspace(0.2, 0.4, n), rf.ParticleBath(lambda w: np.exp(-(w**2) / 8), 1.0)
    )
    exact = rf.Exact(s, modes)
    t = 0.9 * exact.recurrence_time
    times = [0.0, t / 2, t]
    star = exact.solver.star(2 * modes)
    size = n * (1 + 2 * modes)
    dense = np.zeros((size, size))
    dense[:n, :n] = s.hamiltonian
    for j in range(n):
        part = slice(n + 2 * modes * j, n + 2 * modes * (j + 1))
        dense[part, part] = np.diag(star.energies[j])
        dense[j, part] = dense[part, j] = star.amplitudes[j]

    def diagonalise():
        e, v = np.linalg.eigh(dense)
        rows = (v[:n] * np.exp(-1j * e * t)) @ v.T
        return (rows[:, n:] * star.occupations.ravel()) @ rows[:, n:].conj().T

    ours = exact.evolve(np.zeros(n), times, rtol=1e-3)
    assert np.abs(ours.final_covariance - diagonalise()).max() < 1e-11
    mine, theirs = alternate(lambda: exact.evolve(np.zeros(n), times, rtol=1e-3), diagonalise, rounds=1)
    record(times_faster=theirs / mine, seconds=mine)
    if n == 40:
        assert theirs / mine > 1.0
