"""Many-body Redfield: the kernel against the machine's product rate, and a thousand levels in time."""

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


def spins(n):
    model = rf.models.mixed_field_ising(n)
    return rf.System(model.hamiltonian, model.local("z"), rf.OhmicBath(0.02, 5.0, 1.0))


def written_out(system, rho):
    """−i[H, ρ] + Σ_j (Λ_jρA_j + h.c. − A_jΛ_jρ − h.c.) with NumPy, for diagonal A_j."""
    h, u, e = system.hamiltonian, system.eigenvectors, system.energies
    g = 0.5 * system.baths[0].power_spectrum(e[None, :] - e[:, None])
    f = -1j * h @ rho
    for a in system.couplings:
        d = a.diagonal()
        lam = u @ (g * (u.T @ (d[:, None] * u))) @ u.T
        f = f + (lam @ rho) * d - d[:, None] * (lam @ rho)
    return f + f.conj().T


@pytest.mark.parametrize("n", [8, 10])
def test_apply_at_the_rate_of_products(benchmark, record, n):
    """Flops of the products alone, 2N real ones and three for iH + S, over the core's own rate.

    That is the rate of one real product of the core, the change of basis of a packed state
    being nothing else; one thread."""
    system = spins(n)
    redfield = rf.Redfield(system, lamb_shift=False)
    d = system.dimension
    rng = np.random.default_rng(0)
    a = rng.standard_normal((d, d)) + 1j * rng.standard_normal((d, d))
    rho = a @ a.conj().T
    rho /= np.trace(rho).real
    assert (
        np.abs(redfield.apply(rho) - written_out(system, rho)).max()
        < 1e-12 * np.abs(redfield.apply(rho)).max() * d
    )
    benchmark.pedantic(lambda: redfield.apply(rho, threads=1), rounds=5)
    one, other = rng.standard_normal((2, d, d))
    ours, product = alternate(lambda: redfield.apply(rho, threads=1), lambda: one @ other, rounds=15)
    flops = (2 * n + 3) * 2 * d**3
    rate = flops / ours
    record(
        gigaflops=rate / 1e9, over_numpy_product=rate / (2 * d**3 / product), required=0.8, milliseconds=1e3 * ours,
        megabytes=(n + 3) * d * d * 8 / 1e6,
    )  # fmt: skip
    assert rate / (2 * d**3 / product) >= 0.8


def test_evolution_is_right():
    """What the next one times, at 64 levels against the exponential of the Liouvillian."""
    system = spins(6)
    redfield = rf.Redfield(system, lamb_shift=False)
    start = np.zeros((64, 64))
    start[21, 21] = 1.0
    final = redfield.evolve(start, [0.0, 10.0]).final_state
    whole = scipy.linalg.expm(10.0 * redfield.liouvillian().toarray())
    assert rf.trace_norm(final - (whole @ start.ravel("F")).reshape(64, 64, order="F")) < 1e-6


def test_a_thousand_levels_evolve(record):
    code = """
from harness import peak_kilobytes
import time, numpy as np
from test_manybody import spins
import redfield as rf
start = time.perf_counter()
system = spins(10)
redfield = rf.Redfield(system, lamb_shift=False)
built = time.perf_counter() - start
rho0 = np.zeros(1024); rho0[341] = 1.0
result = redfield.evolve(rho0, np.linspace(0, 10, 6), {"h": system.hamiltonian})
assert abs(np.trace(result.final_state) - 1) < 1e-9
assert result.expect["h"].shape == (6,)
print(built, result.stats["seconds"], result.stats["applications"],
      peak_kilobytes() * 1024 / 1e9)
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=Path(__file__).parent,
    )
    built, seconds, applications, gigabytes = map(float, run.stdout.split())
    record(build_seconds=built, seconds=seconds, applications=applications, peak_gigabytes=gigabytes)


def test_truncated_dissipators_pay_off(record):
    """D = 512, nine couplings cut off at the next site, against the whole."""
    model = rf.models.mixed_field_ising(9)
    system = rf.System(model.hamiltonian, model.local("z"), rf.DrudeBath(0.02, 10.0, 0.2))
    full, cut = rf.Redfield(system, lamb_shift=False), rf.QuasilocalRedfield(system, 1, lamb_shift=False)
    rho = np.eye(512) / 512 + 0j
    rho[0, 1] = rho[1, 0] = 1e-3
    difference = rf.trace_norm(cut.apply(rho) - full.apply(rho))
    assert difference <= cut.error_bound
    mine, whole = alternate(
        lambda: cut.apply(rho, threads=1), lambda: full.apply(rho, threads=1), rounds=5
    )
    record(times_faster=whole / mine, error_bound=cut.error_bound, difference=difference)
    assert whole / mine > 1.0


def test_diagnostics_of_a_hundred_levels(record):
    """The Kossakowski matrix of 125 levels is 15625 × 15625; its spectrum comes from 250 × 250."""
    system = rf.System(
        rf.models.anderson(5, 2.0, seed=1), rf.SiteProjectors(125), rf.OhmicBath(0.04, 10.0, 5.0)
    )
    start = time.perf_counter()
    found = rf.analysis.kossakowski(rf.Redfield(system))
    record(seconds=time.perf_counter() - start, smallest=found.smallest)
    assert found.smallest < 0.0
