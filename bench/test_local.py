"""Redfield's equation of clusters around each coupling against the kernel of the whole."""

from __future__ import annotations

import time

import numpy as np
import scipy.sparse as sp

import redfield as rf
from redfield import _core


def test_anderson_one_bath_a_site(record):
    """One bath a site, N = 1000, W = 10: an application against the dense kernel's, both within their error.

    Λ_j has a few per cent of the sites; one thread; building without and with a diagonalisation."""
    h = rf.models.anderson(10, disorder=10.0, seed=1)
    n = len(h)
    psi = np.eye(n)[0]
    bath = rf.OhmicBath(0.04, 10.0, 5.0)
    began = time.perf_counter()
    dense = rf.Redfield(rf.System(h, rf.SiteProjectors(n), bath), lamb_shift=False)
    dense_build = time.perf_counter() - began
    began = time.perf_counter()
    local = rf.LocalRedfield(
        rf.System(sp.csr_array(h), rf.SiteProjectors(n), bath), error=1.0, lamb_shift=False
    )
    build = time.perf_counter() - began
    until = 1.0
    near, exact = (e.evolve(psi, [0.0, until], rtol=1e-4).final_state for e in (local, dense))
    away = rf.trace_norm(near - exact)
    assert away <= local.error_bound * until
    settings = _core.Settings("chebyshev", 1e-4, 1e-9, np.inf, 1)
    seconds = []
    for generator in (local.solver.cheapest, dense.generator):
        runs = [
            _core.evolve(generator, psi.astype(complex), np.array([0.0, 0.5]), settings, [], False)[3]
            for _ in range(2)
        ]
        seconds.append(min(r["seconds"] / r["applications"] for r in runs))
    ratio = seconds[1] / seconds[0]
    record(
        milliseconds=1e3 * seconds[0], over_dense=ratio, required=4.0, error=away, bound=local.error_bound,
        support=float(local.supports.mean() / n), build=build, dense_build=dense_build,
    )  # fmt: skip
    assert ratio >= 4.0


def test_ising_chain(record):
    """D = 512, clusters of 32 levels against the whole."""
    chain = rf.models.mixed_field_ising(9)
    system = rf.System(chain.hamiltonian, chain.local("z"), rf.DrudeBath(0.05, 10.0, 0.2))
    began = time.perf_counter()
    local = rf.LocalRedfield(system, error=0.005, dims=[2] * 9)
    build = time.perf_counter() - began
    psi = np.eye(512)[3]
    began = time.perf_counter()
    near = local.evolve(psi, [0.0, 1.0])
    seconds = time.perf_counter() - began
    exact = rf.Redfield(system)
    began = time.perf_counter()
    whole = exact.evolve(psi, [0.0, 1.0])
    ratio = (time.perf_counter() - began) / seconds
    away = rf.trace_norm(near.final_state - whole.final_state)
    assert away <= local.error_bound
    record(seconds=seconds, build=build, over_dense=ratio, error=away, bound=local.error_bound)
