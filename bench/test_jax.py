"""Training under JAX: a batch of 1000 four-level systems, beside the same dense equation written in JAX alone."""

from __future__ import annotations

import time
from functools import partial

import numpy as np
import pytest

import redfield as rf

from harness import alternate

jax = pytest.importorskip("jax", reason="redfield.jax needs JAX: pip install 'redfield[jax]'")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy

import redfield.jax as rj  # noqa: E402

STEPS, RATE = 100, 0.3


def hermitian(rng, *shape):
    a = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    return 0.5 * (a + a.conj().swapaxes(-1, -2))


def one_sided(w, strength, cutoff, beta):
    """γ/2 of an Ohmic bath."""
    at_zero = w == 0.0
    x = jnp.where(at_zero, 1.0, w)
    gamma = strength * x * jnp.exp(-jnp.abs(x) / cutoff) / -jnp.expm1(-beta * x)
    return 0.5 * jnp.where(at_zero, strength / beta, gamma)


def dense_steady_state(h, a, strengths, betas):
    """Redfield's steady state by the LU of the N²×N² generator in the eigenbasis, of row-stacked ρ."""
    n = len(h)
    e, u = jnp.linalg.eigh(h)
    one = jnp.eye(n)
    generator = jnp.diag((-1j * (e[:, None] - e[None, :])).ravel())
    for each, strength, beta in zip(jnp.conj(u.T) @ a @ u, strengths, betas, strict=True):
        g = one_sided(e[None, :] - e[:, None], strength, 10.0, beta) * each
        s = jnp.conj(each.T) @ g
        generator += jnp.kron(g, jnp.conj(each)) + jnp.kron(each, jnp.conj(g))
        generator -= jnp.kron(s, one) + jnp.kron(one, jnp.conj(s))
    trace = one.ravel()
    rho = jnp.linalg.solve(generator + jnp.outer(trace, trace), trace.astype(jnp.complex128))
    return u @ rho.reshape(n, n) @ jnp.conj(u.T)


def steady_state(h, a, strengths, betas):
    baths = [
        rj.BathArrays(rf.OhmicBath, strength=strength, cutoff=10.0, beta=beta)
        for strength, beta in zip(strengths, betas, strict=True)
    ]
    return rj.steady_state(h, a, baths, lamb_shift=False)


def training(members, levels):
    """Start, coupling and loss of a model whose Hamiltonians and bath learn populations of their steady states."""
    rng = np.random.default_rng(1)
    start = {
        "h": jnp.asarray(hermitian(rng, members, levels, levels)),
        "strengths": jnp.array([0.05, 0.03]),
        "betas": jnp.array([1.0, 0.4]),
    }
    a = jnp.asarray(hermitian(rng, 2, levels, levels))
    aim = jnp.asarray(rng.dirichlet(np.full(levels, 8.0), members))

    def loss(state, parameters):
        h = parameters["h"]
        h = 0.5 * (h + jnp.conj(jnp.swapaxes(h, -1, -2)))
        states = jax.vmap(state, (0, None, None, None))(
            h, a, parameters["strengths"], parameters["betas"]
        )
        return jnp.sum((jnp.einsum("bkk->bk", states).real - aim) ** 2) / members

    return start, loss


def trained(loss, steps):
    """Return a compiled loop of steps of gradient descent."""

    def step(p, _):
        value, g = jax.value_and_grad(loss)(p)
        rates = {"h": RATE * len(p["h"]), "strengths": 0.0, "betas": RATE}
        return {k: p[k] - rates[k] * jnp.conj(g[k]) for k in p}, value

    return jax.jit(lambda p: jax.lax.scan(step, p, length=steps))


@pytest.mark.parametrize(("members", "levels"), [(1000, 4), (30, 16)])
def test_training_loop(record, members, levels):
    """A compiled loop of training; both are timed for ten steps, and the whole is scaled to a thousand."""
    start, loss = training(members, levels)
    ours, theirs = partial(loss, steady_state), partial(loss, dense_steady_state)
    g, wanted = jax.jit(jax.grad(ours))(start), jax.jit(jax.grad(theirs))(start)
    for name in g:
        assert np.abs(g[name] - wanted[name]).max() < 1e-7 * np.abs(wanted[name]).max(), name
    few = 10
    loop, pure = trained(ours, few), trained(theirs, few)
    a, b = alternate(
        lambda: jax.block_until_ready(loop(start)), lambda: jax.block_until_ready(pure(start)), rounds=5
    )
    assert np.abs(loop(start)[1] - pure(start)[1]).max() < 1e-7
    cpu = []
    for call in (loop, pure):
        began = time.process_time()
        jax.block_until_ready(call(start))
        cpu.append(time.process_time() - began)
    whole = trained(ours, STEPS)
    began = time.perf_counter()
    _, values = jax.block_until_ready(whole(start))
    seconds = time.perf_counter() - began
    assert values[-1] < values[0]
    record(
        redfield_ms_a_step=1e3 * a / few,
        pure_jax_ms_a_step=1e3 * b / few,
        ratio=b / a,
        ratio_of_cpu_time=cpu[1] / cpu[0],
        redfield_seconds_of_1000_steps=seconds * 1000 / STEPS,
        loss_first=float(values[0]),
        loss_last=float(values[-1]),
    )


def test_overhead_of_callbacks(record):
    """What the way through JAX adds to the same call in NumPy, for one four-level system and for 1000."""
    rng = np.random.default_rng(2)
    h, a = hermitian(rng, 1000, 4, 4), hermitian(rng, 2, 4, 4)
    baths = [rf.OhmicBath(0.05, 10.0, 1.0), rf.OhmicBath(0.03, 10.0, 0.4)]
    nothing = jax.jit(
        lambda h: jax.pure_callback(lambda x: np.asarray(x), jax.ShapeDtypeStruct(h.shape, h.dtype), h)
    )

    def measured(name, call, system, given):
        x = jnp.asarray(given)

        def plain():
            return rf.Redfield(system(given, list(a), baths), lamb_shift=False).steady_state().state

        assert np.abs(call(x) - plain()).max() < 1e-10
        in_jax, in_numpy = alternate(lambda: call(x).block_until_ready(), plain, rounds=50)
        empty, _ = alternate(lambda: nothing(x).block_until_ready(), lambda: None, rounds=50)
        record(**{
            f"{name}_us": 1e6 * in_jax,
            f"{name}_numpy_us": 1e6 * in_numpy,
            f"{name}_empty_callback_us": 1e6 * empty,
        })  # fmt: skip

    def call(h):
        return steady_state(h, a, [0.05, 0.03], [1.0, 0.4])

    measured("one", jax.jit(call), rf.System, h[0])
    measured("batch", jax.jit(jax.vmap(call)), rf.SystemBatch, h)
