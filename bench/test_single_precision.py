"""dtype="float32" against float64, one thread: evolutions, a batch, trajectories; the error of each first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import redfield as rf

from harness import alternate, cavities, figure1_equation, first_site

RTOL = 1e-4


def compared(record, run, error, required, rounds=5):
    """`run(dtype)` twice in turns; `error(result)` of the single one within RTOL."""
    found = error(run("float32"))
    assert found <= RTOL
    single, double = alternate(lambda: run("float32"), lambda: run("float64"), rounds)
    record(milliseconds=1e3 * single, over_double=double / single, required=required, error=found)
    assert double / single >= required


@pytest.mark.parametrize("kind", ["chaotic", "lattice", "Lamb shift"])
def test_evolution(record, kind):
    """N = 216, nine outputs to t = 20: of the products alone twice the rate."""
    h = (
        rf.models.dirac_syk2(216, seed=1)
        if kind == "chaotic"
        else rf.models.anderson(6, disorder=2.0, seed=7)
    )
    equation = figure1_equation(h)
    if kind == "Lamb shift":
        equation = rf.Redfield(equation.system)
    times = np.linspace(0.0, 20.0, 9)

    def run(dtype, rtol=RTOL):
        return equation.evolve(first_site(216), times, rtol=rtol, threads=1, dtype=dtype)

    exact = run("float64", 1e-10).states
    compared(
        record,
        run,
        lambda r: max(rf.trace_norm(a.astype(complex) - b) for a, b in zip(r.states, exact, strict=True)),
        1.8,
    )


def test_batch(record):
    """Four systems of 216 levels."""
    h = np.array([rf.models.dirac_syk2(216, seed=s) for s in range(4)])
    bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    equation = rf.Redfield(rf.SystemBatch(h, rf.SiteProjectors(216), bath), lamb_shift=False)

    def run(dtype, rtol=RTOL):
        return equation.evolve(first_site(216), [0.0, 20.0], rtol=rtol, threads=1, dtype=dtype)

    exact = run("float64", 1e-10).final_state
    compared(
        record,
        run,
        lambda r: max(
            rf.trace_norm(a.astype(complex) - b) for a, b in zip(r.final_state, exact, strict=True)
        ),
        1.5,  # building a member, in double precision, is part of it
        rounds=3,
    )


def test_sparse_lindblad(record):
    """Six cavities, D = 729, in the basis they were given in: sixteen columns of ρ where there were eight."""
    h, jumps = cavities(6)
    equation = rf.Lindblad(h, jumps, frame="given")
    start = np.full(729, 1.0 / 27.0)  # which joins all numbers of photons: no blocks

    def run(dtype, rtol=RTOL):
        return equation.evolve(start, [0.0, 1.0], rtol=rtol, threads=1, dtype=dtype)

    exact = run("float64", 1e-10).final_state
    compared(record, run, lambda r: rf.trace_norm(r.final_state.astype(complex) - exact), 1.8, rounds=3)


@pytest.mark.parametrize(("method", "end", "required"), [("jumps", 20.0, 1.3), ("diffusion", 1.0, 1.8)])
def test_trajectories(record, method, end, required):
    """The same kets as in double precision: the same random numbers, jumps moved by rounding."""
    h, jumps = cavities(6)
    equation = rf.Lindblad(h, jumps, frame="given")
    start = np.eye(729)[-1]

    def run(dtype):
        return equation.trajectories(
            start,
            [0.0, end],
            [jumps[0].T @ jumps[0]],
            samples=64,
            seed=1,
            method=method,
            rtol=RTOL,
            threads=1,
            dtype=dtype,
        )

    exact = run("float64").expect[0]
    compared(record, run, lambda r: np.abs(r.expect[0] - exact).max(), required, rounds=3)


MEMORY = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np, redfield as rf
from harness import figure1_equation, first_site, peak_kilobytes
equation = figure1_equation(rf.models.dirac_syk2(600, seed=1))
equation.apply(np.eye(600) / 600)
before = peak_kilobytes()
result = equation.evolve(first_site(600), np.linspace(0.0, 1.0, 40), rtol=1e-4, store_states=True, dtype=sys.argv[2])
print(peak_kilobytes() - before, result.final_state.trace().real)
"""


def test_memory(record):
    """N = 600, forty states kept: what an evolution adds to the peak."""
    megabytes = {}
    for dtype in ("float32", "float64"):
        told = subprocess.run(
            [sys.executable, "-c", MEMORY, str(Path(__file__).parent), dtype],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        megabytes[dtype] = float(told[0]) / 1e3
        assert abs(float(told[1]) - 1.0) < 1e-5
    ratio = megabytes["float64"] / megabytes["float32"]
    record(
        megabytes=megabytes["float32"], megabytes_double=megabytes["float64"], over=ratio, required=1.8
    )
    assert ratio >= 1.8
