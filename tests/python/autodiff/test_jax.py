"""redfield.jax against the ordinary calls, differences of these, and closed forms."""

import itertools

import numpy as np
import pytest

import redfield as rf
from redfield.equations.registry import KINDS as REGISTRY

jax = pytest.importorskip("jax", reason="redfield.jax needs JAX: pip install 'redfield[jax]'")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy

from jax.test_util import check_grads  # noqa: E402

import redfield.jax as rj  # noqa: E402

TIMES = np.array([0.0, 0.4, 1.0, 2.5])
NUMBERS = {"strength": 0.05, "cutoff": 6.0, "beta": 0.8}
KINDS = [
    (rf.Redfield, {}),
    (rf.Redfield, {"lamb_shift": False}),
    (rf.Davies, {}),
    (rf.PartialSecular, {"cutoff": 0.5}),
    (rf.GeometricArithmetic, {}),
    (rf.UniversalLindblad, {"lamb_shift": False}),
]
WITH_GRADIENTS = [(kind, options) for kind, options in KINDS if REGISTRY[kind.__name__].differentiable]


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


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_states_are_those_of_the_equation(kind, options):
    h, a, o, rho = levels()
    equation = kind(rf.System(h, list(a), rf.OhmicBath(**NUMBERS)), **options)
    steady = equation.steady_state().state
    assert np.abs(rj.steady_state(h, a, bath(), equation=kind, **options) - steady).max() < 1e-12
    found = rj.evolve(h, a, bath(), rho, TIMES, equation=kind, rtol=1e-9, **options)
    states = equation.evolve(rho, TIMES, rtol=1e-9).states
    assert np.abs(found - states).max() < 1e-9
    values = equation.evolve(rho, TIMES, [o, o @ o], rtol=1e-9).expect
    assert np.abs(rj.expect(np.stack([o, o @ o]), found) - np.array(values)).max() < 1e-8
    assert np.isclose(rj.expect(o, steady), np.trace(o @ steady).real)


@pytest.mark.parametrize(("kind", "options"), WITH_GRADIENTS)
def test_gradients_of_a_steady_state(kind, options):
    h, a, _, _ = levels()

    def f(h, a, baths):
        return rj.steady_state(made(h), jax.vmap(made)(a), baths, equation=kind, **options)

    check_grads(
        f,
        (jnp.array(h), jnp.array(a), [bath(), bath(beta=1.4)]),
        1,
        ["rev"],
        atol=2e-7,
        rtol=2e-6,
        eps=1e-4,
    )


@pytest.mark.parametrize("n", [2, 3])
def test_gradients_of_an_evolution(n):
    h, a, _, rho = levels(n)

    def f(h, a, baths, rho, times):
        return rj.evolve(made(h), a, baths, state(rho), times, rtol=1e-11, atol=1e-12, lamb_shift=n == 2)

    args = jnp.array(h), jnp.array(a), bath(), jnp.array(rho), jnp.array(TIMES)
    check_grads(f, args, 1, ["rev"], atol=2e-6, rtol=2e-5, eps=1e-4)


def test_every_element_of_a_jacobian_of_three_levels():
    h, a, _, _ = levels()
    given = rf.OhmicBath(**NUMBERS)
    found = jax.jacrev(lambda h: rj.steady_state(made(h), a, given).imag)(jnp.array(h))
    # JAX has ∂f/∂Re − i ∂f/∂Im.
    for i, j in itertools.product(range(3), range(3)):
        for unit, part in ((1.0, found[..., i, j].real), (1.0j, -found[..., i, j].imag)):
            d = np.zeros((3, 3), complex)
            d[i, j] = unit
            d = 0.5 * (d + d.conj().T)

            def along(x, d=d):
                return rf.Redfield(rf.System(h + x * d, list(a), given)).steady_state().state.imag

            assert np.abs(part - slope(along)).max() < 1e-8
    assert close(found, jnp.conj(found.transpose(0, 1, 3, 2)))  # Hermitian


def test_gradients_with_respect_to_a_complex_coupling_have_the_convention_of_jax():
    h, a, o, _ = levels(couplings=1)
    a = a + np.triu(np.ones((3, 3))) * 0.2
    g = jax.grad(lambda a: rj.expect(o, rj.steady_state(h, a, bath())))(jnp.array(a))

    def value(x, d):
        moved = a.copy()
        moved[0, 0, 2] += x * d
        steady = rf.Redfield(rf.System(h, list(moved), rf.OhmicBath(**NUMBERS))).steady_state().state
        return np.trace(o @ steady).real

    wanted = slope(lambda x: value(x, 1.0)) - 1j * slope(lambda x: value(x, 1.0j))
    assert abs(g[0, 0, 2] - wanted) < 1e-8


@pytest.mark.parametrize(
    "h",
    [
        np.eye(3) * 0.3,
        np.roll(np.eye(3), 1, 0) + np.roll(np.eye(3), -1, 0),
        np.diag([0.0, 1.0, 1.0]),
        np.diag([0.0, 1.0, 1.0 + 1e-9]),
    ],
    ids=["proportional to 1", "ring", "two equal levels", "two levels 1e-9 apart"],
)
def test_degenerate_levels(h):
    _, a, o, rho = levels()
    d = levels(seed=5)[0]
    # Its spectrum is smooth at ω = 0, where that of an OhmicBath has a term |ω|, and η one ω ln|ω|.
    smooth = rj.BathArrays(rf.DrudeBath, 0.05, 6.0, 0.8)

    def f(x):
        steady = rj.steady_state(h + x * d, a, smooth)
        moved = rj.evolve(h + x * d, a, smooth, rho, TIMES, rtol=1e-11, atol=1e-12)
        return jnp.stack([rj.expect(o, steady), rj.expect(o, moved[-1])])

    assert np.abs(jax.jacrev(f)(0.0) - slope(f)).max() < 1e-7


def test_a_qubit_in_closed_form():
    x, excited = jnp.array([[[0.0, 1.0], [1.0, 0.0]]]), jnp.diag(jnp.array([0.0, 1.0]))

    def f(omega, beta):
        return rj.expect(excited, rj.steady_state(omega * excited, x, bath(beta=beta), lamb_shift=False))

    p = 1.0 / (1.0 + np.exp(2.0 * 1.3))
    value, slopes = jax.jit(jax.value_and_grad(f, (0, 1)))(1.3, 2.0)
    assert np.allclose([value, *slopes], [p, -2.0 * p * (1 - p), -1.3 * p * (1 - p)], atol=1e-10)


def test_equal_baths_have_gradients_of_their_own():
    h, a, o, rho = levels()

    def steady(baths):
        return rj.expect(o, rj.steady_state(h, a, baths))

    def moving(baths):
        return rj.expect(o, rj.evolve(h, a, baths, rho, TIMES, rtol=1e-10)).sum()

    for f in (steady, moving):
        one, both = jax.grad(f)(bath()), jax.grad(f)([bath(), bath()])
        near = jax.grad(f)([bath(), bath(beta=NUMBERS["beta"] * (1 + 1e-12))])
        assert close(both, near, 1e-7)
        assert close(one, jax.tree.map(jnp.add, *both), 1e-7)
        many = jax.vmap(lambda x, f=f: jax.grad(f)([bath(beta=x), bath(beta=x)]))(
            jnp.full(3, NUMBERS["beta"])
        )
        assert all(close(jax.tree.map(lambda g, k=k: g[k], many), both, 1e-7) for k in range(3))
    # A constant among them, twice.
    three, known = np.concatenate([a, a[:1] @ a[:1]]), rf.OhmicBath(**NUMBERS)
    of_last = jax.grad(lambda b: rj.expect(o, rj.steady_state(h, three, [known, known, b])))(bath())
    of_all = jax.grad(lambda b: rj.expect(o, rj.steady_state(h, three, b)))([bath(), bath(), bath()])
    assert close(of_last, of_all[2], 1e-8)


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


def test_real_matrices_have_real_gradients_and_kets_are_states():
    h, a, o, _ = levels()
    h, a, o = h.real, a.real, o.real
    g = jax.grad(lambda h: rj.expect(o, rj.steady_state(h, a, bath())))(jnp.array(h))
    assert g.dtype == jnp.float64
    whole = jax.grad(lambda h: rj.expect(o, rj.steady_state(h, a, bath())))(jnp.array(h + 0j))
    assert close(g, whole.real)
    ket = np.array([0.6, 0.8j, 0.0])
    assert close(
        rj.evolve(h, a, bath(), ket, TIMES), rj.evolve(h, a, bath(), np.outer(ket, ket.conj()), TIMES)
    )


def test_single_precision_is_told():
    h, a, o, rho = levels()
    for call in (
        lambda: rj.steady_state(h.astype(np.complex64), a, bath()),
        lambda: rj.steady_state(h, jnp.asarray(a, jnp.complex64), bath()),
        lambda: rj.steady_state(h, a, bath(beta=jnp.float32(1.0))),
        lambda: rj.evolve(h, a, bath(), rho, TIMES.astype(np.float32)),
        lambda: rj.expect(o.astype(np.complex64), rho),
        lambda: jax.jit(rj.steady_state)(h.astype(np.complex64), a, bath()),
    ):
        with pytest.raises(TypeError, match=r"double precision alone.*jax_enable_x64"):
            call()
    jax.config.update("jax_enable_x64", False)
    try:
        with pytest.raises(TypeError, match="jax_enable_x64"):
            rj.steady_state(h, a, bath())
    finally:
        jax.config.update("jax_enable_x64", True)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda h, a, r: rj.steady_state(h[:2], a, bath()), ValueError, r"hamiltonian must be \(N, N\)"),
        (lambda h, a, r: rj.steady_state(h, a[0], bath()), ValueError, r"couplings must be \(K, 3, 3\)"),
        (lambda h, a, r: rj.steady_state(h, a, [bath()] * 3), ValueError, "3 baths for 2 couplings"),
        (lambda h, a, r: rj.steady_state(h, a, 3.0), TypeError, "baths must be a Bath or a BathArrays"),
        (
            lambda h, a, r: rj.steady_state(h, a, bath(beta=[1.0, 2.0])),
            ValueError,
            r"beta of baths\[0\] must be one",
        ),
        (lambda h, a, r: rj.steady_state(h, a, bath(beta=-1.0)), ValueError, "beta must be positive.*-1"),
        (lambda h, a, r: rj.steady_state(h + 1j, a, bath()), ValueError, "hamiltonian is not Hermitian"),
        (
            lambda h, a, r: rj.steady_state(h, a, bath(), equation=rf.Bath),
            TypeError,
            "equation must be a kind of",
        ),
        (lambda h, a, r: rj.steady_state(h, a, bath(), depth=3), TypeError, "depth"),
        (
            lambda h, a, r: rj.steady_state(h, a, bath(), method="fast"),
            ValueError,
            "method must be one of",
        ),
        (lambda h, a, r: rj.evolve(h, a, bath(), r[:2], TIMES), ValueError, r"rho0 must be \(3, 3\)"),
        (lambda h, a, r: rj.evolve(h, a, bath(), r + 1j, TIMES), ValueError, "rho0 is not Hermitian"),
        (lambda h, a, r: rj.evolve(h, a, bath(), r, TIMES[::-1]), ValueError, "tlist"),
        (lambda h, a, r: rj.expect(np.eye(2), r), ValueError, r"operators must be \(3, 3\)"),
        (
            lambda h, a, r: rj.BathArrays(rf.OhmicBath, 0.1, 1.0, 1.0, phase=2),
            TypeError,
            "OhmicBath.*phase",
        ),
        (lambda h, a, r: rj.BathArrays(3.0), TypeError, "kind must be a class of baths"),
        (lambda h, a, r: rj.steady_state(h, 0 * a, bath()), rf.MultipleSteadyStates, "steady states"),
    ],
)
def test_bad_arguments_are_told(call, kind, message):
    h, a, _, rho = levels()
    with pytest.raises(kind, match=message):
        call(h, a, rho)


def test_bad_values_are_told_under_jit_and_vmap():
    h, a, _, _ = levels()
    with pytest.raises(Exception, match="hamiltonian is not Hermitian"):
        jax.block_until_ready(jax.jit(rj.steady_state)(h + 1j, a, bath()))
    with pytest.raises(Exception, match="Member 1: there are 3 steady states"):
        jax.block_until_ready(
            jax.vmap(lambda a: rj.steady_state(np.diag([0.0, 1.0, 3.0]), a, bath()))(np.stack([a, 0 * a]))
        )


def test_equations_without_gradients_are_told():
    h, a, o, _ = levels()
    kind = {"equation": rf.CoarseGrained, "window": 2.0}
    with pytest.raises(TypeError, match=r"CoarseGrained.*has no gradients"):
        jax.grad(lambda h: rj.expect(o, rj.steady_state(h, a, bath(), **kind)))(jnp.array(h))


def test_second_derivatives_and_forward_mode_are_refused():
    h, a, o, _ = levels()

    def f(beta):
        return rj.expect(o, rj.steady_state(h, a, bath(beta=beta)))

    for function in (f, jax.jit(f), lambda b: jax.vmap(f)(b[None])[0]):
        with pytest.raises(TypeError, match="first derivatives in reverse mode only"):
            jax.grad(jax.grad(function))(jnp.array(1.0))
    with pytest.raises(TypeError, match="forward-mode"):
        jax.jacfwd(f)(1.0)
