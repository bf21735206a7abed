"""Steady states of open cavities, circuits and spins against QuTiP's direct solve, in turns on one thread.

The goal is to be no slower than QuTiP on any of them, with the same state: ‖ρ − ρ'‖₁ below 1e-6.
"""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
import scipy.sparse as sp

import redfield as rf

GOAL = 1.0


def destroy(n):
    return sp.diags_array(np.sqrt(np.arange(1.0, n)), offsets=1).tocsr()


def pair(left, right):
    return sp.kron(left, sp.eye_array(right.shape[0]), "csr"), sp.kron(
        sp.eye_array(left.shape[0]), right, "csr"
    )


def driven(n, drive):
    a = destroy(n)
    return drive * (a + a.T), [a]


def kerr(n):
    a = destroy(n)
    return -(a.T @ a) + 0.15 * a.T @ a.T @ a @ a + 2.0 * (a + a.T), [a]


def cat(n, pairs):
    a = destroy(n)
    return 1j * pairs * (a.T @ a.T - a @ a), [a @ a, np.sqrt(0.1) * a]


def transmon(levels):
    a, b = pair(destroy(levels[0]), destroy(levels[1]))
    h = 0.2 * a.T @ a + 0.5 * b.T @ b - 0.15 * b.T @ b.T @ b @ b + 0.5 * (a.T @ b + a @ b.T)
    return h + (a + a.T), [a, 0.3 * b]


def optomechanics(levels):
    a, b = pair(destroy(levels[0]), destroy(levels[1]))
    h = -0.3 * a.T @ a + b.T @ b - 0.3 * a.T @ a @ (b + b.T) + 0.5 * (a + a.T)
    return h, [a, 0.27 * b, 0.16 * b.T]


def jaynes_cummings(n):
    a, s = pair(destroy(n), destroy(2))
    return a.T @ s + a @ s.T + 0.7 * (a + a.T), [a, 0.5 * s]


def spin(n):
    m = np.arange(n) - 0.5 * (n - 1)
    lower = sp.diags_array(np.sqrt((0.5 * n - 0.5) * (0.5 * n + 0.5) - m[:-1] * m[1:]), offsets=1).tocsr()
    return lower, sp.diags_array(m).tocsr()


def collective(n):
    lower, z = spin(n)
    return 0.5 * (lower + lower.T) + 0.2 * z, [lower / np.sqrt(n)]


def dicke(levels, n):
    lower, z = spin(n)
    a, j = pair(destroy(levels), lower)
    _, z = pair(destroy(levels), z)
    return a.T @ a + z + 0.4 * (a + a.T) @ (j + j.T), [a, 0.3 / np.sqrt(n) * j]


def local_spins(spins, drive):
    lower = destroy(2)
    x = sp.csr_array(lower + lower.T)
    on = [rf.operators.local(lower, i, [2] * spins) for i in range(spins)]
    h = drive * rf.operators.local(x, 0, [2] * spins)
    return h, [o for x in on for o in (x, 0.4 * x.T)]


def chain(spins):
    on = [rf.operators.local(destroy(2), i, [2] * spins) for i in range(spins)]
    h = sum(x.T @ y + x @ y.T for x, y in itertools.pairwise(on))
    z = [x.T @ x for x in on]
    h = h + 0.5 * sum(x @ y for x, y in itertools.pairwise(z))
    return sp.csr_array(h), [on[0], 0.7 * on[-1].T]


def random_sparse(n):
    parts = [sp.random_array((n, n), density=2.0 / n, random_state=seed).tocsr() for seed in range(5)]
    h = parts[0] + 1j * parts[1]
    return sp.csr_array(h + h.conj().T), parts[2:]


FAMILIES = {
    "driven cavity, N = 20": lambda: driven(20, 0.7),
    "driven cavity, N = 60": lambda: driven(60, 1.5),
    "driven cavity, N = 120": lambda: driven(120, 3.0),
    "driven cavity, N = 200": lambda: driven(200, 4.0),
    "Kerr cavity, N = 60": lambda: kerr(60),
    "cat, N = 50": lambda: cat(50, 0.5),
    "cat, N = 100": lambda: cat(100, 0.5),
    "transmon and resonator, N = 90": lambda: transmon((30, 3)),
    "transmon and resonator, N = 120": lambda: transmon((20, 6)),
    "optomechanics, N = 90": lambda: optomechanics((6, 15)),
    "Jaynes-Cummings, N = 80": lambda: jaynes_cummings(40),
    "collective spin, N = 60": lambda: collective(60),
    "Dicke, N = 60": lambda: dicke(10, 6),
    "six spins, H = 0": lambda: local_spins(6, 0.0),
    "six spins, one driven": lambda: local_spins(6, 1.0),
    "chain of 6 between baths": lambda: chain(6),
    "chain of 7 between baths": lambda: chain(7),
    "random sparse, N = 40": lambda: random_sparse(40),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_direct_of_qutip(family, record):
    qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")
    h, jumps = FAMILIES[family]()
    n = h.shape[0]
    began = time.perf_counter()
    steady = rf.Lindblad(h, jumps).steady_state(threads=1)
    seconds = time.perf_counter() - began
    operator, given = qutip.Qobj(h.toarray()), [qutip.Qobj(sp.csr_matrix(j)) for j in jumps]
    began = time.perf_counter()
    theirs = qutip.steadystate(operator.to("csr"), given, method="direct").full()
    other = time.perf_counter() - began
    away = rf.trace_norm(steady.state - theirs)
    record(
        N=n, ours_ms=1e3 * seconds, qutip_ms=1e3 * other, ratio=other / seconds, required=GOAL,
        method=steady.method, applications=steady.applications, away=away,
    )  # fmt: skip
    assert steady.unique
    assert away < 1e-6
    assert other / seconds >= GOAL
