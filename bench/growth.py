"""Cost against size, over two decades each: `python bench/growth.py [CURVE …]` measures all curves or some.

Figures go to bench/results/growth.json, of which bench/growth_picture.py draws docs/growth.png. Beside each curve
stands its floor, measured in the same run on one thread: the flops that the method needs at the rate of NumPy's
product, its bytes at the rate of `a + b → c`, or the routine of LAPACK that does the same.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

import redfield as rf

from conftest import machine
from harness import cavities, figure1_equation, first_site

RESULTS = Path(__file__).parent / "results" / "growth.json"
LONG = 2.0
"""Seconds of a call that is not repeated."""
Point = tuple[float, float, float]
"""A size, the seconds measured there, and the seconds of the floor."""


def best(call: Callable[[], Any], seconds: float = 0.3) -> float:
    """Return the least of the seconds of several calls; the first, which fills caches, counts where it is long."""
    began = time.perf_counter()
    call()
    least = time.perf_counter() - began
    if least > LONG:
        return least
    least, began = float("inf"), time.perf_counter()
    while time.perf_counter() - began < seconds:
        started = time.perf_counter()
        call()
        least = min(least, time.perf_counter() - started)
    return least


def product_rate(n: int = 1000) -> float:
    """Return the flops a second of NumPy's real product."""
    a = np.random.default_rng(0).standard_normal((n, n))
    return 2.0 * n**3 / best(lambda: a @ a)


def bandwidth() -> float:
    """Return the bytes a second of c ← a + b, of arrays that no cache holds."""
    a, b, c = (np.ones(16_000_000) for _ in range(3))
    return 24.0 * a.size / best(lambda: np.add(a, b, out=c))


def chaotic(n: int) -> Any:
    """Return the equation of one site a level, with eigenvalues between −2 and 2 at any size."""
    a = np.random.default_rng(n).standard_normal((n, n))
    return figure1_equation((a + a.T) / np.sqrt(2.0 * n))


LEVELS = (8, 16, 32, 64, 128, 256, 512, 1000)
DURATION = 10.0


def applications() -> Iterator[Point]:
    """Yield applications of N levels and N sites: eight real products."""
    rate = product_rate()
    for n in LEVELS:
        equation, rho = chaotic(n), np.eye(n, dtype=complex) / n
        yield n, best(lambda e=equation, r=rho: e.apply(r, threads=1)), 16.0 * n**3 / rate


def evolutions() -> Iterator[Point]:
    """Yield evolutions: a polynomial method needs (E_max − E_min)t applications."""
    rate = product_rate()
    for n in LEVELS[:-1]:
        equation, width = chaotic(n), 4.0
        run = best(lambda e=equation, m=n: e.evolve(first_site(m), [0.0, DURATION], threads=1))
        yield n, run, width * DURATION * 16.0 * n**3 / rate


def steady_states() -> Iterator[Point]:
    """Yield steady states: the applications of the iteration, or one where 𝓛 is solved as a matrix."""
    rate = product_rate()
    for n in LEVELS[:-1]:
        equation = chaotic(n)
        count = max(1, equation.steady_state(threads=1).applications)
        yield n, best(lambda e=equation: e.steady_state(threads=1)), count * 16.0 * n**3 / rate


def sparse() -> Iterator[Point]:
    """Yield applications to D levels of cavities: 16 D² bytes read and written, and a product with each non-zero.

    A real entry of H costs 4 D flops, a jump with p entries a row 4 (pD)².
    """
    rate, flops = bandwidth(), product_rate()
    for count in (2, 3, 4, 5, 6, 7):
        h, jumps = cavities(count)
        d = h.shape[0]
        equation, rho = rf.Lindblad(h, jumps), np.eye(d, dtype=complex) / d
        multiplied = 4.0 * h.nnz * d + sum(4.0 * x.nnz**2 for x in jumps)
        floor = max(32.0 * d**2 / rate, multiplied / flops)
        yield d, best(lambda e=equation, r=rho: e.apply(r, threads=1)), floor


def quadratic() -> Iterator[Point]:
    """Yield steady covariances of N sites, which take the eigenvectors of one complex N×N matrix."""
    for n in (8, 16, 32, 64, 128, 256, 512, 800):
        h = rf.models.dirac_syk2(n, seed=1)
        lead = rf.ParticleBath(0.2, beta=1.0, mu=0.2, band=(-20.0, 20.0))
        system = rf.QuadraticSystem(h, np.random.default_rng(0).uniform(0.1, 0.5, n), lead)
        matrix = h - 0.1j * np.eye(n) + 1e-3j * np.random.default_rng(1).standard_normal((n, n))
        ours = best(lambda s=system: rf.Redfield(s).steady_state())
        yield n, ours, best(lambda m=matrix: scipy.linalg.eig(m))


COUPLINGS = (1, 2, 5, 10, 20, 50, 100)


def with_couplings(n: int, count: int, baths: int = 1) -> Any:
    """Return a system of N levels with diagonal couplings, sparse ones, each with one of the baths."""
    rng = np.random.default_rng(2)
    a = rng.standard_normal((n, n))
    diagonals = [sp.csr_array(sp.diags_array(rng.standard_normal(n))) for _ in range(count)]
    each = [rf.OhmicBath(0.04, 10.0, 0.5 + k % baths) for k in range(count)]
    return rf.System((a + a.T) / np.sqrt(2.0 * n), diagonals, each if baths > 1 else each[0])


def couplings() -> Iterator[Point]:
    """Yield applications with K diagonal couplings: 2K + 3 real products of N = 128 levels."""
    rate, n = product_rate(), 128
    for count in COUPLINGS:
        equation, rho = rf.Redfield(with_couplings(n, count), lamb_shift=False), np.eye(n) / n + 0j
        ours = best(lambda e=equation, r=rho: e.apply(r, threads=1))
        yield count, ours, (2 * count + 3) * 2.0 * n**3 / rate


def baths() -> Iterator[Point]:
    """Yield buildings with 100 couplings, N = 64: 400 real products, however many different baths there are."""
    rate, n = product_rate(), 64
    for count in COUPLINGS:
        system = with_couplings(n, 100, count)
        yield count, best(lambda s=system: rf.Redfield(s)), 400 * 2.0 * n**3 / rate


def batches() -> Iterator[Point]:
    """Yield steady states of S systems of four levels: so many solutions of 16 real equations."""
    rng = np.random.default_rng(3)
    coupling = [np.diag([1.0, 1.0, 1.0], 1) + np.diag([1.0, 1.0, 1.0], -1)]
    for size in (10, 30, 100, 300, 1000, 3000, 10_000):
        a = rng.standard_normal((size, 4, 4))
        h = a + a.swapaxes(1, 2)
        bath = rf.OhmicBath.batch(strength=rng.uniform(0.01, 0.1, size), cutoff=10.0, beta=1.0)
        left, right = rng.standard_normal((size, 16, 16)), np.ones((size, 16, 1))

        def ours(h: Any = h, b: Any = bath) -> object:
            return rf.Redfield(rf.SystemBatch(h, coupling, b)).steady_state(threads=1)

        yield size, best(ours), best(lambda m=left, r=right: np.linalg.solve(m, r))


def trajectories() -> Iterator[Point]:
    """Yield trajectories of D = 81 levels: in proportion to 1024 of them."""
    h, jumps = cavities(4)
    equation, psi = rf.Lindblad(h, jumps), np.eye(81)[-1]

    def ours(samples: int) -> float:
        return best(lambda: equation.trajectories(psi, [0.0, 1.0], samples=samples, seed=1, threads=1))

    each = ours(1024) / 1024
    for samples in (8, 16, 64, 256, 1024, 4096):
        yield samples, ours(samples), each * samples


WAIT = 0.1
"""Seconds that a task of a worker waits: so many workers as are wanted keep two cores free."""


def waiting(x: float) -> dict[str, float]:
    time.sleep(WAIT)
    return {"y": x}


def workers_of(executor: str, most: int) -> Iterator[Point]:
    """Yield workers with eight tasks each, beside two that tell how long a task is; the floor is their waiting."""
    for workers in (1, 2, 4, 8, 16, 32, 64, 128):
        if workers > most:
            return
        axes, made = {"x": np.arange(10.0 * workers)}, None
        chosen: Any = executor
        if executor == "dask":
            from distributed import LocalCluster

            made = LocalCluster(
                n_workers=1, threads_per_worker=workers, processes=False, dashboard_address=None
            )
            chosen = made.scheduler_address
        try:
            data = rf.sweep(waiting, axes, executor=chosen, workers=workers, points_a_task=1)
        finally:
            if made is not None:
                made.close()
        yield workers, json.loads(data.attrs["runs"])[0]["seconds"] / 8.0, WAIT


CURVES: dict[str, Callable[[], Iterator[Point]]] = {
    "applications": applications,
    "evolutions": evolutions,
    "steady_states": steady_states,
    "sparse": sparse,
    "quadratic": quadratic,
    "couplings": couplings,
    "baths": baths,
    "batches": batches,
    "trajectories": trajectories,
    "threads": lambda: workers_of("threads", 128),
    "processes": lambda: workers_of("processes", 16),
    "dask": lambda: workers_of("dask", 128),
}


def slope(x: Any, seconds: Any) -> float:
    """Return the exponent of the size over the upper half of its decades."""
    upper = np.log(x) >= np.log(x[-1]) / 2.0 + np.log(x[0]) / 2.0
    return float(np.polyfit(np.log(x[upper]), np.log(seconds[upper]), 1)[0])


def main(names: list[str]) -> None:
    """Measure curves, and put them beside those that are kept."""
    for name in names or CURVES:
        with threadpool_limits(1):
            points = list(CURVES[name]())
        x, seconds, floor = np.array(points, dtype=float).T
        exponents = {"slope": slope(x, seconds), "floor_slope": slope(x, floor)}
        columns = {"x": x.tolist(), "seconds": seconds.tolist(), "floor": floor.tolist()}
        print(
            name, {k: round(v, 2) for k, v in exponents.items()}, (seconds / floor).round(2), flush=True
        )
        known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"figures": {}}
        figures = {**known["figures"], name: {**columns, **exponents}}
        kept = {**known, "machine": machine(), "figures": figures}
        RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
