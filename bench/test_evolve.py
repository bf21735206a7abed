"""Whole evolutions: calls from Python, generator applications, pure NumPy, QuTiP, memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.linalg

import redfield as rf

from harness import alternate, figure1_equation, first_site
from numpy_solver import NumpyRedfield

TIMES = np.linspace(0.0, 100.0, 41)


def error(states, exact):
    return max(rf.trace_norm(a - b) for a, b in zip(states, exact, strict=True))


def exact_states(equation, n, times=TIMES):
    return equation.evolve(first_site(n), times, method="chebyshev", rtol=1e-12, atol=1e-13).states


@pytest.mark.parametrize("model", ["syk2 64", "anderson 64 W=2", "anderson 64 W=20"])
def test_applications(benchmark, record, model):
    h = {
        "syk2 64": lambda: rf.models.dirac_syk2(64, seed=1),
        "anderson 64 W=2": lambda: rf.models.anderson(4, 2.0, seed=1),
        "anderson 64 W=20": lambda: rf.models.anderson(4, 20.0, seed=1),
    }[model]()
    equation = figure1_equation(h)
    result = equation.evolve(first_site(64), TIMES)
    # The reference is checked against a method it shares no code with beyond the generator.
    other = equation.evolve(first_site(64), [0.0, 100.0], method="dopri5", rtol=1e-10).final_state
    exact = exact_states(equation, 64)
    assert rf.trace_norm(exact[-1] - other) < 1e-7
    deviation = error(result.states, exact)
    floor = float(np.ptp(equation.system.energies)) * 100.0
    benchmark.pedantic(lambda: equation.evolve(first_site(64), TIMES), rounds=2)
    record(
        applications=result.stats["applications"], floor=floor, allowed=1.3 * floor + 50, error=deviation
    )
    assert result.stats["applications"] <= 1.3 * floor + 50
    assert deviation <= 1e-6


def test_small_system_from_python(benchmark, record):
    h = rf.models.anderson(2, 2.0, seed=0)
    equation = figure1_equation(h)
    assert error(equation.evolve(first_site(8), TIMES).states, exact_states(equation, 8)) < 1e-9
    build, run = alternate(
        lambda: figure1_equation(h), lambda: equation.evolve(first_site(8), TIMES), rounds=300
    )
    benchmark(lambda: equation.evolve(first_site(8), TIMES))
    record(build_ms=1e3 * build, build_required=0.3, evolve_ms=1e3 * run, evolve_required=2.0)
    assert build <= 0.3e-3
    assert run <= 2e-3


def test_many_outputs(record):
    """Each adds up the terms of its step: 401 of them may cost as much as all applications, and half more."""
    n, h = 16, rf.models.dirac_syk2(16, seed=1)
    equation, few, many = figure1_equation(h), [0.0, 100.0], np.linspace(0.0, 100.0, 401)
    states = equation.evolve(first_site(n), many).states
    exact = equation.evolve(first_site(n), many, method="exponential").states
    assert np.abs(states - exact).max() < 1e-8
    two, all_of_them = alternate(
        lambda: equation.evolve(first_site(n), few, method="chebyshev", threads=1),
        lambda: equation.evolve(first_site(n), many, method="chebyshev", threads=1),
        rounds=40,
    )
    record(output_over_two=all_of_them / two, required=2.5, many_ms=1e3 * all_of_them)
    assert all_of_them <= 2.5 * two


@pytest.mark.parametrize(("length", "required"), [(3, 3.0), (6, 1.5)])
def test_against_pure_numpy(benchmark, record, length, required):
    n = length**3
    h = rf.models.anderson(length, 2.0, seed=1)
    equation = figure1_equation(h)
    solver = NumpyRedfield(h, equation.system.baths[0].power_spectrum)
    times = TIMES if n < 100 else np.linspace(0.0, 20.0, 9)

    def ours():
        return equation.evolve(first_site(n), times, threads=1).states

    def theirs():
        return solver.evolve(first_site(n), times)

    exact = exact_states(equation, n, times)
    our_error, their_error = error(ours(), exact), error(theirs(), exact)
    assert our_error < 1e-6
    assert their_error < 1e-5
    mine, numpy = alternate(ours, theirs, rounds=7 if n < 100 else 3)
    benchmark.pedantic(ours, rounds=2)
    record(times_faster=numpy / mine, required=required, our_error=our_error, their_error=their_error)
    assert numpy / mine >= required


@pytest.mark.parametrize(("length", "required"), [(2, 150.0), (3, 1000.0)])
def test_against_qutip(benchmark, record, length, required):
    import qutip

    n = length**3
    h = rf.models.anderson(length, 2.0, seed=0)
    bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    # QuTiP asks for a number, not for an array without dimensions.
    a_ops = [[qutip.projection(n, j, j), lambda w: float(bath.power_spectrum(w))] for j in range(n)]
    hamiltonian, rho0 = qutip.Qobj(h), qutip.fock_dm(n, 0)

    def theirs():
        return qutip.brmesolve(hamiltonian, rho0, TIMES, a_ops=a_ops, sec_cutoff=-1)

    def ours():
        return figure1_equation(h).evolve(first_site(n), TIMES)

    exact = exact_states(figure1_equation(h), n)
    if n == 8:  # and the reference against the exponential of the written-out Liouvillian
        tensor = qutip.bloch_redfield_tensor(hamiltonian, a_ops, sec_cutoff=-1, fock_basis=True).full()
        state = scipy.linalg.expm(tensor * 100.0) @ np.outer(first_site(n), first_site(n)).ravel("F")
        assert rf.trace_norm(exact[-1] - state.reshape(n, n, order="F")) < 1e-9
    their_error = error([s.full() for s in theirs().states], exact)
    our_error = error(ours().states, exact)
    mine, slow = alternate(ours, theirs, rounds=40 if n == 8 else 1)
    mine = min(mine, *(alternate(ours, ours, rounds=20)))
    benchmark.pedantic(ours, rounds=5)
    record(
        times_faster=slow / mine, required=required, ours_ms=1e3 * mine, qutip_ms=1e3 * slow,
        our_error=our_error, qutip_error=their_error,
    )  # fmt: skip
    assert our_error <= their_error
    assert slow / mine >= required


def test_memory_of_a_thousand_levels(record):
    code = """
from harness import peak_kilobytes
import numpy as np, redfield as rf
h = rf.models.anderson(10, 2.0, seed=1)
system = rf.System(h, rf.SiteProjectors(1000), rf.OhmicBath(0.04, 10.0, 5.0))
result = rf.Redfield(system, lamb_shift=False).evolve(np.eye(1000)[0], np.linspace(0, 4, 5))
assert result.states.shape == (5, 1000, 1000)
assert abs(np.trace(result.final_state) - 1) < 1e-9
print(peak_kilobytes(), result.stats["applications"])
"""

    def run():
        return subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parent,
        )

    kilobytes, applications = map(int, run().stdout.split())
    record(peak_gigabytes=kilobytes * 1024 / 1e9, required=1.0, applications=applications)
    assert kilobytes * 1024 < 1e9
