"""Timing in turns, and the system of Figure 1."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp

import redfield as rf


def alternate(
    first: Callable[[], Any], second: Callable[[], Any], rounds: int = 9
) -> tuple[float, float]:
    """Best seconds of each, measured in turns so that a slow moment of the machine meets both."""
    first(), second()
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for i, call in enumerate((first, second)):
            start = time.perf_counter()
            call()
            best[i] = min(best[i], time.perf_counter() - start)
    return best[0], best[1]


def peak_kilobytes() -> int:
    """Return the most memory this process has had. getrusage would count its parent's too, from before the exec."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def figure1_equation(h: np.ndarray[Any, Any]) -> rf.Redfield:
    bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    return rf.Redfield(rf.System(h, rf.SiteProjectors(len(h)), bath), lamb_shift=False)


def first_site(n: int) -> np.ndarray[Any, Any]:
    return np.eye(n)[0]


def cavities(
    count: int, levels: int = 3, chi: float = 0.4 * np.pi, kappa: float = 0.2 * np.pi, gamma: float = 0.01
) -> Any:
    """H = Σ χ n(n−1) + κ Σ_{k≠m} a_k†a_m of coupled Kerr cavities, and their losses √γ a_k."""
    a = rf.operators.bosons(count, levels)
    one = sp.eye_array(a[0].shape[0])
    h = sum(chi * (x.T @ x) @ (x.T @ x - one) for x in a)
    h = h + kappa * sum(x.T @ y for x in a for y in a if x is not y)
    return sp.csr_array(h), [np.sqrt(gamma) * x for x in a]
