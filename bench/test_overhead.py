"""What Python adds: the same work through Python and from a C++ program (bench/overhead.cpp), on one thread.

Both call the same library; what differs is conversion of arrays, checks of arguments and the making of results. The
floor of the evolution is 8 or 11 N×N products an application (test_apply.py).
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

import redfield as rf

from harness import first_site

PROGRAM = Path(__file__).parents[1] / "build/tests/cpp/tests/redfield_overhead"
SHARE = 0.15
"""Seconds for each of the three measurements, in each of the rounds."""
ROUNDS = 4
MOST = {4: (40.0, 40.0, 20.0), 27: (4.0, 3.0, 1.25), 216: (1.5, 1.3, 1.15)}
"""Python's time over C++'s at most: making, one application, an evolution."""


def hamiltonian(n):
    return (
        rf.models.chain(4, onsite=[0.0, 0.4, -0.3, 0.1])
        if n == 4
        else rf.models.anderson(round(n ** (1 / 3)), disorder=2.0, seed=7)
    )


def best(call):
    least, start = np.inf, time.perf_counter()
    while True:
        begin = time.perf_counter()
        call()
        now = time.perf_counter()
        least = min(least, now - begin)
        if now - start > SHARE:
            return least


@pytest.mark.parametrize("n", [4, 27, 216])
def test_python_over_cpp(n, record_property):
    h, rho = hamiltonian(n).real, np.zeros((n, n), dtype=complex)
    rho[0, 0] = 1.0
    times = np.linspace(0.0, 20.0, 21)
    text = " ".join(f"{x:.17g}" for x in (*h.ravel(), *times))

    def made():
        bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
        equation = rf.Redfield(rf.System(h, rf.SiteProjectors(n), bath))
        assert equation.generator is not None
        return equation

    equation = made()
    calls = (
        made,
        lambda: equation.apply(rho, threads=1),
        lambda: equation.evolve(first_site(n), times, h, threads=1),
    )
    python, cpp, last = np.full(3, np.inf), np.full(3, np.inf), 0.0
    for _ in range(ROUNDS):
        python = np.minimum(python, [best(call) for call in calls])
        out = subprocess.run(
            [PROGRAM, str(n), str(SHARE)], input=text, check=True, capture_output=True, text=True
        )
        *found, last = (float(x) for x in out.stdout.split())
        cpp = np.minimum(cpp, found)
    # The same answer first.
    assert abs(equation.evolve(first_site(n), times, h, threads=1).expect[0][-1] - last) < 1e-6
    for name, p, c, most in zip(("make", "apply", "evolve"), python, cpp, MOST[n], strict=True):
        record_property(name, f"{p * 1e6:.1f} / {c * 1e6:.1f} µs")
        print(f"N = {n}, {name}: Python {p * 1e6:.1f} µs, C++ {c * 1e6:.1f} µs, ratio {p / c:.2f}")
        assert p / c < most, name
