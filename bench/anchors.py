"""The models that other packages publish times of, solved by each package in a process of its own.

`python bench/anchors.py PACKAGE MODEL SIZE SECONDS THREADS` prints seconds, the most memory and the answer as JSON.
Operators are built within the time. It runs wherever the package is installed, with redfield or without."""

from __future__ import annotations

import functools
import itertools
import json
import operator
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass
class Problem:
    """H, jumps and an observable in a package's own operators, the index of the first basis state, times, levels."""

    hamiltonian: Any
    jumps: list[Any]
    observable: Any
    start: int
    times: np.ndarray[Any, Any]
    levels: int


At = Callable[[np.ndarray[Any, Any], int, list[int]], Any]


def ising(n: int, at: At) -> Problem:
    """H = 50 Σσᶻ + 25 Σσˣσˣ of neighbours, σ⁻ on each at rate 1, all up; σᶻ of the last spin at 100 times to t = 10."""
    x, z, down = (
        np.array([[0.0, 1.0], [1.0, 0.0]]),
        np.diag([1.0, -1.0]),
        np.array([[0.0, 0.0], [1.0, 0.0]]),
    )
    dims = [2] * n
    sx, sz, lower = ([at(a, j, dims) for j in range(n)] for a in (x, z, down))
    h = 50.0 * total(sz) + 25.0 * total([a @ b for a, b in itertools.pairwise(sx)])
    return Problem(h, lower, sz[-1], 0, np.linspace(0.0, 10.0, 100), 2**n)


def oscillator(n: int, at: At) -> Problem:
    """H = .1 a†a + .025 a†²a² + 2(a + a†), jumps √1.2 a and √.2 a†, from the vacuum; ⟨a†a⟩ at 100 times to t = 10."""
    lower = np.diag(np.sqrt(np.arange(1.0, n)), 1)
    a, raises = at(lower, 0, [n]), at(lower.T, 0, [n])
    number = raises @ a
    h = 0.1 * number + 0.025 * (raises @ raises @ a @ a) + 2.0 * (a + raises)
    return Problem(
        h, [np.sqrt(1.2) * a, np.sqrt(0.2) * raises], number, 0, np.linspace(0.0, 10.0, 100), n
    )


def cavities(n: int, at: At) -> Problem:
    """Σ χn(n−1) + κΣ_{k≠m} a_k†a_m, χ = .4π, κ = .2π, losses √.01 a_k, |1, 0, …⟩; ⟨n_1⟩ to t = 1."""
    dims, lower = [3] * n, np.diag(np.sqrt([1.0, 2.0]), 1)
    a, raises = ([at(x, j, dims) for j in range(n)] for x in (lower, lower.T))
    numbers = [x @ y for x, y in zip(raises, a, strict=True)]
    kerr, hop = total([m @ m - m for m in numbers]), total(raises) @ total(a) - total(numbers)
    h = 0.4 * np.pi * kerr + 0.2 * np.pi * hop
    return Problem(
        h,
        [0.1 * x for x in a],
        numbers[0],
        3 ** (n - 1),
        np.linspace(0.0, 1.0, 101 if n <= 6 else 2),
        3**n,
    )


def total(terms: list[Any]) -> Any:
    """Add, without the 0 that sum() begins with, which not every package adds to an operator."""
    return functools.reduce(operator.add, terms)


MODELS: dict[str, Callable[[int, At], Problem]] = {
    "ising": ising,
    "oscillator": oscillator,
    "cavities": cavities,
}


def redfield_run(model: str, size: int, threads: int) -> Any:
    import redfield as rf

    p = MODELS[model](size, rf.operators.local)
    psi = np.zeros(p.levels)
    psi[p.start] = 1.0
    equation = rf.Lindblad(p.hamiltonian, p.jumps)
    return equation.evolve(psi, p.times, [p.observable], threads=threads or None).expect[0]


def qutip_run(model: str, size: int, threads: int) -> Any:
    import qutip

    def at(matrix: Any, j: int, dims: list[int]) -> Any:
        one = qutip.Qobj(matrix).to(
            "csr" if matrix.shape == (2, 2) else "dia"
        )  # as its own σ and destroy are
        return qutip.tensor([one if k == j else qutip.qeye(d) for k, d in enumerate(dims)])

    p = MODELS[model](size, at)
    psi = qutip.Qobj(qutip.basis(p.levels, p.start).full(), dims=[p.hamiltonian.dims[0], [1]])
    return qutip.mesolve(p.hamiltonian, psi, p.times, p.jumps, e_ops=[p.observable]).expect[0]


def dynamiqs_run(model: str, size: int, threads: int) -> Any:
    import dynamiqs

    dynamiqs.set_precision("double")

    def at(matrix: Any, j: int, dims: list[int]) -> Any:
        one = dynamiqs.asqarray(matrix.astype(complex), layout=dynamiqs.dia)
        return dynamiqs.tensor(*(one if k == j else dynamiqs.eye(d) for k, d in enumerate(dims)))

    p = MODELS[model](size, at)
    psi = np.zeros((p.levels, 1), complex)
    psi[p.start] = 1.0
    solved = dynamiqs.mesolve(
        p.hamiltonian, p.jumps, dynamiqs.asqarray(psi, dims=p.hamiltonian.dims), p.times, exp_ops=[p.observable],
        method=dynamiqs.method.Tsit5(rtol=1e-6, atol=1e-8), save_states=False, progress_meter=False,
    )  # fmt: skip
    return np.asarray(solved.expects)[0]


RUNS = {"redfield": redfield_run, "qutip": qutip_run, "dynamiqs": dynamiqs_run}


def measure(package: str, model: str, size: int, seconds: float, threads: int) -> dict[str, Any]:
    """Time the first call, with imports and compilation, and the best of two, or of more within so many seconds."""
    times: list[float] = []
    cpu = time.process_time()
    answer = None
    while (len(times) < 2 and sum(times) < 20.0) or (
        sum(times[1:]) + times[-1] < seconds and len(times) < 50
    ):
        began = time.perf_counter()
        answer = RUNS[package](model, size, threads)
        times.append(time.perf_counter() - began)
    cpu = time.process_time() - cpu
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return {
        "version": sys.modules[package].__version__,
        "seconds": min(times),
        "first": times[0],
        "cpu": cpu / len(times),
        "gigabytes": peak * 1024 / 1e9,
        "answer": np.asarray(answer).real.tolist(),
    }


def python_of(package: str) -> str | None:
    """Return the interpreter that has the package: this one, or what REDFIELD_PEERS names."""
    for python in (sys.executable, os.environ.get("REDFIELD_PEERS")):
        if (
            python
            and not subprocess.run([python, "-c", f"import {package}"], capture_output=True).returncode
        ):
            return python
    return None


def run(
    package: str,
    model: str,
    size: int,
    seconds: float = 3.0,
    threads: int = 1,
    limit: float | None = None,
) -> dict[str, Any] | None:
    """Measure in a fresh process; None where the package is missing or the limit has passed."""
    python = python_of(package)
    if python is None:
        return None
    command = [python, str(Path(__file__)), package, model, str(size), str(seconds), str(threads)]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    told["answer"] = np.array(told["answer"])
    return told


if __name__ == "__main__":
    name, which, number, limit_, teams = sys.argv[1:]
    print(json.dumps(measure(name, which, int(number), float(limit_), int(teams))))
