"""redfield.jax against the ordinary calls, differences of these, and closed forms."""

import inspect
import itertools
import pickle

import numpy as np
import pytest

import redfield as rf
from redfield.equations.registry import KINDS as REGISTRY

from jax_models import NUMBERS, TIMES, bath, check_grads, close, jax, jnp, levels, made, rj, slope, state

KINDS = [
    (rf.Redfield, {}),
    (rf.Redfield, {"lamb_shift": False}),
    (rf.Davies, {}),
    (rf.PartialSecular, {"cutoff": 0.5}),
    (rf.GeometricArithmetic, {}),
    (rf.UniversalLindblad, {"lamb_shift": False}),
]
WITH_GRADIENTS = [(kind, options) for kind, options in KINDS if REGISTRY[kind.__name__].differentiable]


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


def test_functions_are_of_their_package_with_signature_and_examples():
    for name in set(rj.__all__) - {"BathArrays"}:
        function = getattr(rj, name)
        assert pickle.loads(pickle.dumps(function)) is function
        assert "library" not in inspect.signature(function).parameters
        assert ">>> import redfield.jax as rj" in function.__doc__
    assert list(inspect.signature(rj.expect).parameters) == ["operators", "states"]
    with pytest.raises(TypeError, match="threads"):
        rj.steady_state(np.eye(2), np.eye(2)[None], bath(), threads=0.5)
