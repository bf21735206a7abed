"""A batch of small random systems, and times to evolve it."""

import numpy as np

import redfield as rf

from reference import random_hermitian

TIMES = np.linspace(0.0, 6.0, 7)


def hamiltonians(size, n, seed=0):
    return np.array([random_hermitian(n, 100 * seed + i) for i in range(size)])


def small(size=5, n=3, **changes):
    rng = np.random.default_rng(1)
    given = {
        "hamiltonians": hamiltonians(size, n),
        "couplings": [random_hermitian(n, 50), random_hermitian(n, 51)],
        "baths": rf.OhmicBath.batch(
            strength=rng.uniform(0.01, 0.1, size), cutoff=10.0, beta=rng.uniform(0.3, 3.0, size)
        ),
    }
    return rf.SystemBatch(**{**given, **changes})
