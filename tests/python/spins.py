"""Three interacting spins with a bath on each."""

import numpy as np

import redfield as rf

SIGMA_X = np.array([[0.0, 1.0], [1.0, 0.0]])
SIGMA_Z = np.diag([1.0, -1.0])


def site(o, j, n=3):
    return np.kron(np.kron(np.eye(2**j), o), np.eye(2 ** (n - j - 1)))


def three_spins(seed=0, betas=(1.0, 1.0, 1.0)):
    """Interacting spins with a bath on each, through σx + 0.3σz."""
    rng = np.random.default_rng(seed)
    h = sum(site(SIGMA_Z, j) @ site(SIGMA_Z, j + 1) for j in range(2)).astype(float)
    for j in range(3):
        h += rng.uniform(0.4, 1.3) * site(SIGMA_X, j) + rng.uniform(0.2, 0.9) * site(SIGMA_Z, j)
    couplings = [site(SIGMA_X + 0.3 * SIGMA_Z, j) for j in range(3)]
    baths = [rf.OhmicBath(0.05, 6.0, b) for b in betas]
    return h, couplings, baths
