"""The models that other packages publish times of, solved by each package in a process of its own.

`python bench/anchors.py PACKAGE MODEL SIZE SECONDS THREADS` prints seconds, the most memory and the answer as JSON.
Operators are built within the time. It runs wherever the package is installed, with redfield or without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp


@dataclass
class Problem:
    """H, jumps and observables as sparse matrices, the index of the first basis state, and times."""

    hamiltonian: Any
    jumps: list[Any]
    observable: Any
    start: int
    times: np.ndarray[Any, Any]
    dims: list[int]


def site(operator: Any, j: int, dims: list[int]) -> Any:
    before, after = int(np.prod(dims[:j])), int(np.prod(dims[j + 1 :]))
    return sp.csr_array(sp.kron(sp.kron(sp.eye_array(before), operator), sp.eye_array(after)))


def ising(n: int) -> Problem:
    """H = 50 Σσᶻ + 25 Σσˣσˣ of neighbours, σ⁻ on each at rate 1, all up; σᶻ of the last spin at 100 times to t = 10."""
    x, z, down = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0]), np.array([[0.0, 0.0], [1.0, 0.0]])
    dims = [2] * n
    sx, sz, lower = ([site(a, j, dims) for j in range(n)] for a in (x, z, down))
    h = 50.0 * sum(sz) + 25.0 * sum(a @ b for a, b in zip(sx, sx[1:], strict=False))
    return Problem(sp.csr_array(h), lower, sz[-1], 0, np.linspace(0.0, 10.0, 100), dims)


def oscillator(n: int) -> Problem:
    """H = .1 a†a + .025 a†²a² + 2(a + a†), jumps √1.2 a and √.2 a†, from the vacuum; ⟨a†a⟩ at 100 times to t = 10."""
    a = sp.diags_array([np.sqrt(np.arange(1.0, n))], offsets=[1], format="csr")
    number = a.T @ a
    h = 0.1 * number + 0.025 * (a.T @ a.T @ a @ a) + 2.0 * (a + a.T)
    jumps = [np.sqrt(1.2) * a, np.sqrt(0.2) * sp.csr_array(a.T)]
    return Problem(sp.csr_array(h), jumps, sp.csr_array(number), 0, np.linspace(0.0, 10.0, 100), [n])


def cavities(n: int) -> Problem:
    """Σ χn(n−1) + κΣ_{k≠m} a_k†a_m, χ = .4π, κ = .2π, losses √.01 a_k, |1, 0, …⟩; ⟨n_1⟩ at 101 times to t = 1."""
    dims = [3] * n
    a = [site(np.diag(np.sqrt([1.0, 2.0]), 1), j, dims) for j in range(n)]
    numbers = [x.T @ x for x in a]
    hop = sum(a)
    h = 0.4 * np.pi * sum(m @ m - m for m in numbers) + 0.2 * np.pi * (hop.T @ hop - sum(numbers))
    jumps = [0.1 * x for x in a]
    return Problem(sp.csr_array(h), jumps, sp.csr_array(numbers[0]), 3 ** (n - 1), np.linspace(0.0, 1.0, 101), dims)


MODELS: dict[str, Callable[[int], Problem]] = {"ising": ising, "oscillator": oscillator, "cavities": cavities}


def redfield_run(p: Problem, threads: int) -> Any:
    import redfield as rf

    psi = np.zeros(p.hamiltonian.shape[0])
    psi[p.start] = 1.0
    equation = rf.Lindblad(p.hamiltonian, p.jumps)
    return equation.evolve(psi, p.times, [p.observable], threads=threads or None).expect[0]


def qutip_run(p: Problem, threads: int) -> Any:
    import qutip

    d = p.hamiltonian.shape[0]
    ops = [qutip.Qobj(x) for x in (p.hamiltonian, p.observable, *p.jumps)]
    solved = qutip.mesolve(ops[0], qutip.basis(d, p.start), p.times, ops[2:], e_ops=[ops[1]])
    return np.asarray(solved.expect[0])


def dynamiqs_run(p: Problem, threads: int) -> Any:
    import dynamiqs
    import jax.numpy as jnp

    dynamiqs.set_precision("double")

    def diagonals(matrix: Any) -> Any:
        return dynamiqs.asqarray(jnp.asarray(matrix.toarray().astype(complex)), layout=dynamiqs.dia)

    d = p.hamiltonian.shape[0]
    solved = dynamiqs.mesolve(
        diagonals(p.hamiltonian), [diagonals(x) for x in p.jumps], dynamiqs.basis(d, p.start), jnp.asarray(p.times),
        exp_ops=[diagonals(p.observable)], method=dynamiqs.method.Tsit5(rtol=1e-6, atol=1e-8),
        save_states=False, progress_meter=False,
    )  # fmt: skip
    return np.asarray(solved.expects)[0].real


RUNS = {"redfield": redfield_run, "qutip": qutip_run, "dynamiqs": dynamiqs_run}


def measure(package: str, model: str, size: int, seconds: float, threads: int) -> dict[str, Any]:
    """The first call, with imports and compilation, and the best of all: two of them, and more within so many seconds."""
    times: list[float] = []
    answer = None
    while (len(times) < 2 and sum(times) < 20.0) or (sum(times[1:]) + times[-1] < seconds and len(times) < 50):
        began = time.perf_counter()
        answer = RUNS[package](MODELS[model](size), threads)
        times.append(time.perf_counter() - began)
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return {
        "seconds": min(times), "first": times[0], "gigabytes": peak * 1024 / 1e9,
        "answer": np.asarray(answer).real.tolist(),
    }  # fmt: skip


def python_of(package: str) -> str | None:
    """The interpreter that has the package: REDFIELD_PEERS names one for packages that are not beside redfield."""
    for python in (sys.executable, os.environ.get("REDFIELD_PEERS")):
        if python and not subprocess.run([python, "-c", f"import {package}"], capture_output=True).returncode:
            return python
    return None


def run(
    package: str, model: str, size: int, seconds: float = 3.0, threads: int = 1, limit: float | None = None
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
