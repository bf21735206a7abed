"""redfield.torch against the ordinary calls and differences of these."""

import numpy as np
import pytest

import redfield as rf

torch = pytest.importorskip("torch", reason="redfield.torch needs PyTorch: pip install 'redfield[torch]'")

import redfield.torch as rt  # noqa: E402

TIMES = [0.0, 0.5, 2.0]
NUMBERS = {"strength": 0.05, "cutoff": 6.0, "beta": 0.8}


def levels(n=3, couplings=2, seed=0):
    """A Hamiltonian, couplings, an observable and a state."""
    rng = np.random.default_rng(seed)

    def hermitian(*shape):
        a = rng.normal(size=shape) + 1j * rng.normal(size=shape)
        return torch.tensor(0.5 * (a + a.conj().swapaxes(-1, -2)))

    h, a, o, b = hermitian(n, n), hermitian(couplings, n, n), hermitian(n, n), hermitian(n, n)
    rho = b @ b
    return h, a, o, rho / torch.trace(rho).real


def bath(*numbers):
    return rt.BathArrays(rf.OhmicBath, *(numbers or NUMBERS.values()))


def leaf(x):
    return (
        torch.as_tensor(x, dtype=torch.float64 if isinstance(x, float) else None).clone().requires_grad_()
    )


def made(h):
    return 0.5 * (h + h.mH)


def test_states_are_those_of_the_equation():
    h, a, o, rho = levels()
    equation = rf.PartialSecular(
        rf.System(h.numpy(), list(a.numpy()), rf.OhmicBath(**NUMBERS)), cutoff=0.5, lamb_shift=False
    )
    options = {"equation": rf.PartialSecular, "cutoff": 0.5, "lamb_shift": False}
    steady = rt.steady_state(h, a, bath(), **options)
    assert np.abs(steady.numpy() - equation.steady_state().state).max() < 1e-12
    found = rt.evolve(h, a, bath(), rho, TIMES, rtol=1e-9, **options)
    assert np.abs(found.numpy() - equation.evolve(rho.numpy(), TIMES, rtol=1e-9).states).max() < 1e-9
    assert torch.allclose(rt.expect(o, found), torch.einsum("ij,tji->t", o, found).real)
    assert rt.expect(torch.stack([o, o]), found).shape == (2, 3)


@pytest.mark.parametrize("projectors", [False, True])
def test_gradcheck_of_a_steady_state(projectors):
    h, a, _, _ = levels()

    def f(h, a, *numbers):
        return rt.steady_state(made(h), a, [bath(*numbers[:3])] * (1 + projectors) + [bath(*numbers[3:])])

    couplings = leaf(torch.tensor([0.5, 1.0, 0.2], dtype=torch.float64)) if projectors else leaf(a)
    numbers = [leaf(x) for x in (*NUMBERS.values(), *NUMBERS.values())]
    assert torch.autograd.gradcheck(f, (leaf(h), couplings, *numbers), eps=1e-5, atol=1e-7, rtol=1e-5)


def test_gradcheck_of_an_evolution():
    h, a, _, rho = levels(2)

    def f(h, a, rho, times, *numbers):
        rho = made(rho)
        return rt.evolve(
            made(h), a, bath(*numbers), rho / torch.trace(rho).real, times, rtol=1e-11, atol=1e-12
        )

    times = leaf(torch.tensor(TIMES, dtype=torch.float64))
    numbers = [leaf(x) for x in NUMBERS.values()]
    args = leaf(h), leaf(a), leaf(rho), times, *numbers
    assert torch.autograd.gradcheck(f, args, eps=1e-5, atol=1e-6, rtol=1e-4)


def test_spectra_and_their_gradcheck():
    h, a, x, y = levels(2)
    at = [0.7, -1.2, 0.0]
    wanted = rf.spectrum(
        rf.Redfield(rf.System(h.numpy(), list(a.numpy()), rf.OhmicBath(**NUMBERS))),
        x.numpy(),
        y.numpy(),
        at,
    )
    assert np.abs(rt.spectrum(h, a, bath(), x, y, at).numpy() - wanted).max() < 1e-12

    def f(h, a, *numbers):
        return rt.spectrum(made(h), a, bath(*numbers), x, y, at, tol=1e-10)

    numbers = [leaf(x) for x in NUMBERS.values()]
    assert torch.autograd.gradcheck(f, (leaf(h), leaf(a), *numbers), eps=1e-6, atol=1e-6, rtol=1e-6)
    many = torch.func.vmap(torch.func.grad(lambda h: f(h, a, *NUMBERS.values()).real.sum()))(
        torch.stack([h, -h])
    )
    assert many.shape == (2, 2, 2)
    (alone,) = torch.autograd.grad(f(g := leaf(h), a, *NUMBERS.values()).real.sum(), g)
    assert torch.allclose(many[0], alone, rtol=1e-9)


@pytest.mark.parametrize("name", ["a", "b", "frequencies"])
def test_spectra_have_no_derivatives_with_respect_to_operators_and_frequencies(name):
    h, a, x, y = levels()
    given = {"a": x, "b": y, "frequencies": torch.tensor([0.7, -1.2], dtype=torch.float64)}

    def f(z):
        return rt.spectrum(h, a, bath(), **(given | {name: z})).abs().sum()

    for derivative in (
        lambda: f(leaf(given[name])).backward(),
        lambda: torch.func.grad(f)(given[name]),
        lambda: torch.func.vmap(torch.func.grad(f))(given[name][None]),
    ):
        with pytest.raises(TypeError, match=f"no derivative with respect to {name}, a constant"):
            derivative()
    assert torch.func.vmap(f)(torch.stack([given[name]] * 2)).shape == (2,)


def test_gradients_have_the_convention_of_torch_and_those_of_h_are_hermitian():
    h, a, o, _ = levels(couplings=1)
    h, a = leaf(h), leaf(a)
    rt.expect(o, rt.steady_state(h, a, bath())).backward()
    assert torch.allclose(h.grad, h.grad.mH, atol=1e-12)

    def value(d):
        with torch.no_grad():
            return rt.expect(o, rt.steady_state(h, a + d, bath()))

    d = torch.zeros_like(a)
    d[0, 0, 2] = 1e-4
    wanted = (value(d) - value(-d)) / 2e-4 + 1j * (value(1j * d) - value(-1j * d)) / 2e-4
    assert abs(a.grad[0, 0, 2] - wanted) < 1e-6


def test_vmap_is_a_loop_and_what_it_shares_has_the_sum_of_gradients():
    h = torch.stack([levels(seed=s)[0] for s in range(3)])
    _, a, o, rho = levels()

    def f(h, beta):
        baths = [bath(0.05, 6.0, beta), rf.DrudeBath(0.03, 4.0, 1.0)]
        steady = rt.expect(o, rt.steady_state(h, a, baths))
        return steady + rt.expect(o, rt.evolve(h, a, baths, rho, TIMES, rtol=1e-10)).sum()

    beta = leaf(0.8)
    many = torch.func.vmap(f, (0, None))(h, beta)
    one_by_one = torch.stack([f(x, beta) for x in h])
    assert torch.allclose(many, one_by_one, atol=1e-9)
    (of_many,) = torch.autograd.grad(many.sum(), beta)
    (of_each,) = torch.autograd.grad(one_by_one.sum(), beta)
    assert torch.allclose(of_many, of_each, rtol=1e-7)
    both = torch.func.vmap(torch.func.grad(f, (0, 1)), (0, None))(h, beta.detach())
    for k in range(3):
        alone = torch.func.grad(f, (0, 1))(h[k], beta.detach())
        assert all(torch.allclose(x[k], y, atol=1e-8) for x, y in zip(both, alone, strict=True))


def test_a_jacobian():
    h, a, _, _ = levels()

    def f(x):
        return torch.view_as_real(rt.steady_state(made(torch.complex(x, 0.5 * (x - x.T))), a, bath()))

    found = torch.func.jacrev(f)(h.real.clone())
    d = torch.zeros_like(h.real)
    d[0, 1] = 1e-4
    assert torch.allclose(found[..., 0, 1], (f(h.real + d) - f(h.real - d)) / 2e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (
            lambda h, a, r: rt.steady_state(h.cfloat(), a, bath()),
            TypeError,
            "complex64.*double precision alone",
        ),
        (
            lambda h, a, r: rt.steady_state(h, a, bath(torch.tensor(0.1), 1.0, 1.0)),
            TypeError,
            "strength.*float32",
        ),
        (lambda h, a, r: rt.steady_state(h.to("meta"), a, bath()), TypeError, "computes on the CPU"),
        (lambda h, a, r: rt.steady_state(h, a, bath(1j, 1.0, 1.0)), TypeError, "strength.*real"),
        (lambda h, a, r: rt.steady_state(h + 1j, a, bath()), ValueError, "hamiltonian is not Hermitian"),
        (
            lambda h, a, r: rt.steady_state("h", a, bath()),
            TypeError,
            "hamiltonian must be a tensor of numbers",
        ),
        (lambda h, a, r: rt.evolve(h, a, bath(), r, [[0.0]]), ValueError, r"tlist must be \(T,\)"),
        (lambda h, a, r: rt.expect(h, r[0]), ValueError, "states must be"),
    ],
)
def test_bad_arguments_are_told(call, kind, message):
    h, a, _, rho = levels()
    with pytest.raises(kind, match=message):
        call(h, a, rho)


def test_second_derivatives_are_refused():
    h, a, o, _ = levels()
    beta = leaf(0.8)
    value = rt.expect(o, rt.steady_state(h, a, bath(0.05, 6.0, beta)))
    (slope,) = torch.autograd.grad(value, beta, create_graph=True)
    with pytest.raises(TypeError, match="first derivatives only"):
        slope.backward()
