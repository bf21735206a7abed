"""What redfield.jax refuses, and what it tells."""

import numpy as np
import pytest

import redfield as rf

from jax_models import TIMES, bath, jax, jnp, levels, rj


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
