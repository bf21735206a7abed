"""Spectra of redfield.jax against rf.spectrum, differences of it, and closed forms."""

import numpy as np
import pytest

import redfield as rf

from jax_models import NUMBERS, bath, check_grads, close, hermitian, jax, jnp, levels, made, rj, slope

AT = np.array([0.7, -1.2, 0.0])
WEIGHTS = np.array([0.5, 1.0 - 0.3j, 0.4j])
LOWER = np.array([[0.0, 1.0], [0.0, 0.0]])
EXCITED = np.diag([0.0, 1.0])


def operators(n=3, seed=7):
    rng = np.random.default_rng(seed)
    return [hermitian(rng, n, n) + 1j * hermitian(rng, n, n) for _ in range(2)]


def weighed(spectrum):
    """A real function of a spectrum, of real and imaginary parts."""
    return jnp.sum(jnp.conj(WEIGHTS) * spectrum).real


@pytest.mark.parametrize(("kind", "options"), [(rf.Redfield, {}), (rf.PartialSecular, {"cutoff": 0.5})])
def test_spectra_are_those_of_the_equation(kind, options):
    h, a, _, _ = levels()
    equation = kind(rf.System(h, list(a), rf.OhmicBath(**NUMBERS)), **options)
    wanted = rf.spectrum(equation, *operators(), AT)
    found = rj.spectrum(h, a, bath(), *operators(), AT, equation=kind, **options)
    assert close(found, wanted, 1e-12)
    at_once = jax.jit(lambda *x: rj.spectrum(h, a, bath(), *x, equation=kind, **options))
    assert close(at_once(*operators(), AT), wanted, 1e-12)


@pytest.mark.parametrize(
    ("n", "options"),
    [(3, {"lamb_shift": False}), (2, {"equation": rf.GeometricArithmetic}), (3, {"equation": rf.Davies})],
)
def test_gradients(n, options):
    h, a, _, _ = levels(n)

    def f(h, a, baths):
        spectrum = rj.spectrum(made(h), jax.vmap(made)(a), baths, *operators(n), AT, **options)
        return weighed(spectrum)

    args = jnp.array(h), jnp.array(a), [bath(), bath(beta=1.4)]
    check_grads(f, args, 1, ["rev"], atol=1e-6, rtol=1e-6, eps=1e-5)


@pytest.mark.parametrize("h", [np.eye(3) * 0.3, np.diag([0.0, 1.0, 1.0 + 1e-9])])
def test_degenerate_levels(h):
    _, a, _, _ = levels()
    d = levels(seed=5)[0]
    smooth = rf.DrudeBath(0.05, 6.0, 0.8)

    def f(x):
        return weighed(rj.spectrum(h + x * d, a, smooth, *operators(), AT))

    assert abs(jax.grad(f)(0.0) - slope(f)) < 1e-7 * abs(f(0.0))


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_the_line_of_a_qubit_in_closed_form(scale):
    # S(ω) = 2pΓ/[Γ² + (ω − ω₀)²] of Davies' equation, p the population of the lower level, Γ = ½[γ(ω₀) + γ(−ω₀)].
    w0, beta, cutoff, strength = 1.3 * scale, 2.0 / scale, 6.0 * scale, 0.05

    def line(w0, strength, beta, w, exp=np.exp):
        gamma = strength * w0 * exp(-w0 / cutoff) / (1.0 - exp(-beta * w0))
        width, lower = 0.5 * gamma * (1.0 + exp(-beta * w0)), 1.0 / (1.0 + exp(-beta * w0))
        return 2.0 * lower * width / (width**2 + (w - w0) ** 2)

    w = w0 + 0.02 * scale
    known = {"equation": rf.Davies, "lamb_shift": False}

    def f(w0, strength, beta):
        b = rj.BathArrays(rf.OhmicBath, strength, cutoff, beta)
        spectrum = rj.spectrum(w0 * EXCITED, (LOWER + LOWER.T)[None], b, LOWER, LOWER.T, [w], **known)
        return spectrum[0].real

    value, slopes = jax.value_and_grad(f, (0, 1, 2))(w0, strength, beta)
    exact = jax.grad(lambda *x: line(*x, w, jnp.exp), (0, 1, 2))(w0, strength, beta)
    assert np.isclose(value, line(w0, strength, beta, w), rtol=1e-9)
    assert np.allclose(np.array(slopes) / np.array(exact), 1.0, rtol=1e-8)


def test_vmap_is_a_loop_and_rows_of_a_jacobian_are_gradients():
    h = np.stack([levels(seed=s)[0] for s in range(2)])
    _, a, _, _ = levels()
    at = np.stack([AT, AT[::-1] + 0.1])

    def f(h, beta, at):
        return rj.spectrum(h, a, bath(beta=beta), *operators(), at)

    assert jax.grad(lambda beta: 0.0 * f(h[0], beta, AT)[1].real)(0.8) == 0.0
    many = jax.vmap(jax.jacrev(lambda *x: f(*x).real, (0, 1)), (0, None, 0))(h, 0.8, at)
    for k in range(2):
        for i in range(len(AT)):
            alone = jax.grad(lambda *x, i=i, k=k: f(*x, at[k, i : i + 1])[0].real, (0, 1))(
                jnp.array(h[k]), 0.8
            )
            assert close(jax.tree.map(lambda x, k=k, i=i: x[k, i], many), alone, 1e-9)


def test_there_are_no_derivatives_with_respect_to_operators_and_frequencies():
    h, a, _, _ = levels()
    given = dict(
        zip(("a", "b", "frequencies"), (*map(jnp.array, operators()), jnp.array(AT)), strict=True)
    )
    for name in given:

        def f(x, name=name):
            return weighed(rj.spectrum(h, a, bath(), **(given | {name: x})))

        for function in (f, jax.jit(f), lambda x: jax.vmap(f)(x[None])[0]):
            with pytest.raises(TypeError, match=f"no derivative with respect to {name}, a constant"):
                jax.grad(function)(given[name])
    # Held, or mapped, they are arguments as all others.
    held = jax.grad(
        lambda s: weighed(rj.spectrum(h, a, bath(), *operators(), jax.lax.stop_gradient(s * AT)))
    )
    assert held(1.0) == 0.0


def test_bad_arguments_are_told():
    h, a, _, _ = levels()
    x, y = operators()
    for call, kind, message in (
        (lambda: rj.spectrum(h, a, bath(), x[:2], y, AT), ValueError, r"a must be \(3, 3\)"),
        (lambda: rj.spectrum(h, a, bath(), x, y[None], AT), ValueError, r"b must be \(3, 3\).*vmap"),
        (lambda: rj.spectrum(h, a, bath(), x, y, 0.3), ValueError, r"frequencies must be \(F,\)"),
        (lambda: rj.spectrum(h, a, bath(), x, y, AT + 0j), TypeError, "frequencies must be real"),
        (lambda: rj.spectrum(h, a, bath(), x, y, [np.nan]), ValueError, "frequencies"),
        (lambda: rj.spectrum(h, a, bath(), x, y, AT, method="fast"), ValueError, "method must be one of"),
        (lambda: rj.spectrum(h, a, bath(), x, y, AT, tol=-1.0), ValueError, "tol must be positive"),
        (lambda: rj.spectrum(h, a, bath(), x, y, AT, tolerance=1.0), TypeError, "tolerance"),
        (
            lambda: rj.spectrum(h, a, bath(), x.astype(np.complex64), y, AT),
            TypeError,
            "a has dtype complex64",
        ),
        (
            lambda: rj.spectrum(h, a, bath(), x, y, AT.astype(np.float32)),
            TypeError,
            "frequencies.*double precision alone",
        ),
        (lambda: rj.spectrum(h, 0 * a, bath(), x, y, AT), ValueError, "steady states"),
    ):
        with pytest.raises(kind, match=message):
            call()


def test_second_derivatives_and_equations_without_gradients_are_refused():
    h, a, _, _ = levels()

    def f(beta, **options):
        return weighed(rj.spectrum(h, a, bath(beta=beta), *operators(), AT, **options))

    with pytest.raises(TypeError, match="first derivatives in reverse mode only"):
        jax.grad(jax.grad(f))(1.0)
    with pytest.raises(TypeError, match=r"CoarseGrained.*has no gradients"):
        jax.grad(lambda beta: f(beta, equation=rf.CoarseGrained, window=2.0))(1.0)
