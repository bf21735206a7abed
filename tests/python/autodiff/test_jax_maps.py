"""redfield.jax under vmap, jit and scan, against the calls one by one."""

import itertools

import numpy as np
import pytest

import redfield as rf

from jax_models import NUMBERS, TIMES, bath, close, jax, jnp, levels, made, rj

AXES = {
    "hamiltonians": (0, None, None, None, None),
    "couplings": (None, 0, None, None, None),
    "baths": (None, None, 0, None, None),
    "states": (None, None, None, 0, None),
    "times": (None, None, None, None, 0),
    "all": (0, 0, 0, 0, None),
}


@pytest.mark.parametrize(
    ("axes", "size", "projectors"),
    [(axes, 2, False) for axes in AXES]  # as many members as couplings
    + [("hamiltonians", 1, False), ("all", 3, False), ("couplings", 3, True), ("all", 2, True)],
)
def test_vmap_is_a_loop(axes, size, projectors):
    axes = AXES[axes]
    _, _, o, _ = levels(2)
    each = [levels(2, seed=s) for s in range(size)]
    h, rho = (np.stack([member[k] for member in each]) for k in (0, 3))
    a = np.stack([np.array([1.0, 0.5 + s]) if projectors else each[s][1] for s in range(size)])
    beta, times = 0.5 + np.arange(size), TIMES * (1.0 + 0.1 * np.arange(size))[:, None]
    stacked = [h, a, beta, rho, times]
    given = [x if axis == 0 else x[0] for x, axis in zip(stacked, axes, strict=True)]

    def f(h, a, beta, rho, times):
        baths = [bath(beta=beta), rf.DrudeBath(0.03, 4.0, 1.0)]
        steady = rj.expect(o, rj.steady_state(h, a, baths))
        return steady + rj.expect(o, rj.evolve(h, a, baths, rho, times, rtol=1e-10)).sum()

    many = jax.jit(jax.vmap(jax.value_and_grad(f, range(5)), axes))(*map(jnp.asarray, given))
    for k in range(size):
        member = [x[k] if axis == 0 else x[0] for x, axis in zip(stacked, axes, strict=True)]
        alone = jax.value_and_grad(f, range(5))(*map(jnp.asarray, member))
        assert close(jax.tree.map(lambda x, k=k: x[k], many), alone, 1e-7)


def test_a_vmap_is_one_batch_and_what_it_shares_has_the_sum_of_gradients(monkeypatch):
    h = np.stack([levels(seed=s)[0] for s in range(4)])
    _, a, o, _ = levels()

    def f(strength):
        return jax.vmap(lambda h: rj.expect(o, rj.steady_state(h, a, bath(strength=strength))))(h).sum()

    alone = sum(
        jax.grad(lambda s, k=k: rj.expect(o, rj.steady_state(h[k], a, bath(strength=s))))(0.05)
        for k in range(4)
    )
    for call in ("steady_state", "steady_gradient"):
        monkeypatch.setattr(f"redfield.solve.constant.Constant.{call}", None)
    assert abs(jax.grad(f)(0.05) - alone) < 1e-8 * abs(alone)


def test_vmap_of_vmap():
    h = np.stack([levels(seed=s)[0] for s in range(2)])
    _, a, o, _ = levels()
    betas = jnp.array([0.5, 1.0, 2.0])

    def f(h, beta):
        return rj.expect(o, rj.steady_state(h, a, bath(beta=beta)))

    table = jax.vmap(jax.vmap(jax.grad(f, (0, 1)), (None, 0)), (0, None))(h, betas)
    assert table[1].shape == (2, 3)
    for i, k in itertools.product(range(2), range(3)):
        assert close((table[0][i, k], table[1][i, k]), jax.grad(f, (0, 1))(h[i], betas[k]), 1e-9)


def test_equations_without_batches_are_mapped_one_by_one():
    h = np.stack([np.diag(np.arange(4.0)) + 0.1 * s for s in range(2)]) + 0.3
    found = jax.vmap(
        lambda h: rj.steady_state(h, np.ones(4), bath(), equation=rf.LocalRedfield, error=0.1)
    )(h)
    for k in range(2):
        system = rf.System(h[k], rf.SiteProjectors(4), rf.OhmicBath(**NUMBERS))
        assert close(found[k], rf.LocalRedfield(system, error=0.1).steady_state().state)


def test_jit_and_scan():
    h, a, o, _ = levels()

    def f(h, b):
        return rj.expect(o, rj.steady_state(made(h), a, b))

    assert close(jax.jit(jax.grad(f, (0, 1)))(h, bath()), jax.grad(f, (0, 1))(jnp.array(h), bath()))

    @jax.jit
    def descended(h):
        def step(h, _):
            return h - 0.1 * jnp.conj(jax.grad(f)(h, bath())), f(h, bath())

        return jax.lax.scan(step, h, length=5)

    last, values = descended(jnp.array(h))
    assert (np.diff(values) < 0.0).all()
    assert f(last, bath()) < values[-1]
