"""Small systems as arrays of JAX, for the tests of redfield.jax."""

import numpy as np
import pytest

import redfield as rf

jax = pytest.importorskip("jax", reason="redfield.jax needs JAX: pip install 'redfield[jax]'")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy

from jax.test_util import check_grads  # noqa: E402, F401

import redfield.jax as rj  # noqa: E402

TIMES = np.array([0.0, 0.4, 1.0, 2.5])
NUMBERS = {"strength": 0.05, "cutoff": 6.0, "beta": 0.8}


def hermitian(rng, *shape):
    a = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    return 0.5 * (a + a.conj().swapaxes(-1, -2))


def levels(n=3, couplings=2, seed=0):
    """A Hamiltonian, couplings, an observable and a state."""
    rng = np.random.default_rng(seed)
    h, a, o = hermitian(rng, n, n), hermitian(rng, couplings, n, n), hermitian(rng, n, n)
    b = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n))
    rho = b @ b.conj().T
    return h, a, o, rho / np.trace(rho).real


def bath(**changed):
    return rj.BathArrays(rf.OhmicBath, **(NUMBERS | changed))


def made(h):
    """A Hermitian matrix of any."""
    return 0.5 * (h + jnp.conj(h.T))


def state(rho):
    rho = made(rho)
    return rho / jnp.trace(rho).real


def slope(f, step=5e-4):
    """f'(0) by differences of fourth order."""
    return (8.0 * (f(step) - f(-step)) - (f(2.0 * step) - f(-2.0 * step))) / (12.0 * step)


def close(a, b, tol=1e-10):
    a, b = jax.tree.leaves(a), jax.tree.leaves(b)
    assert len(a) == len(b)
    return all(np.abs(np.asarray(x) - np.asarray(y)).max() <= tol for x, y in zip(a, b, strict=True))
