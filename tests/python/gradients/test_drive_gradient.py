"""Gradients of driven evolutions against differences of the evolutions themselves, and against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import scipy
from scipy.interpolate import BSpline, CubicSpline, PPoly

import redfield as rf
from redfield.solve import gradients_of_drives

X, Y, Z = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(strength=0.02, cutoff=10.0, beta=2.0)


def hermitian(rng, n):
    a = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n))
    return (a + a.conj().T) / np.sqrt(8.0 * n)


def density(rng, n):
    a = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n))
    return a @ a.conj().T / np.trace(a @ a.conj().T).real


def value(equation, rho0, times, weights):
    """Σ_i tr(W_i ρ(t_i)) by the adaptive integrator."""
    states = equation.evolve(rho0, times, rtol=1e-12, atol=1e-15, store_states=True).states
    return np.einsum("tkl,tlk->", weights, states).real


def slope(f, h=2e-3):
    """Central difference of fourth order of f at 0."""
    near, far = f(h) - f(-h), f(2 * h) - f(-2 * h)
    return (8.0 * near - far) / (12.0 * h)


def require_near(found, expected, scale, rtol=1e-6):
    assert abs(found - expected) <= rtol * scale, (found, expected, scale)


EDGES = np.linspace(0.0, 2.0, 6)
KNOTS = np.concatenate([[0.0] * 3, np.linspace(0.0, 2.0, 4), [2.0] * 3])


def smooth(a):
    return BSpline(KNOTS, a, 3)


def held(a):
    return PPoly(a[None], EDGES)


CONTROLS = {
    "held": (held, EDGES, 5),
    "smooth": (smooth, lambda t: BSpline(KNOTS, np.eye(6), 3)(t), 6),
    "waves": (
        lambda a: lambda t: a[0] + a[1] * np.cos(3.0 * t) + a[2] * np.sin(3.0 * t),
        lambda t: np.stack([np.ones_like(t), np.cos(3.0 * t), np.sin(3.0 * t)], axis=1),
        3,
    ),
}


@pytest.mark.parametrize(
    ("n", "kind", "control"),
    [
        *((n, "redfield", control) for n in (2, 3, 5) for control in CONTROLS),
        *((n, "lindblad", control) for n, control in zip((2, 3, 5), CONTROLS, strict=True)),
        (3, "geometric", "held"),
        (2, "geometric", "waves"),
        (3, "universal", "smooth"),
        (3, "davies", "held"),
    ],
)
def test_amplitudes_are_those_of_differences(n, kind, control):
    rng = np.random.default_rng([n, len(kind), len(control)])
    make, basis, count = CONTROLS[control]
    h0, drives = hermitian(rng, n), [hermitian(rng, n), hermitian(rng, n)]
    couplings = [hermitian(rng, n) for _ in range(2)]
    if kind == "lindblad":
        couplings = [0.3 * (a + 1j * hermitian(rng, n)) for a in couplings]
    start, times = density(rng, n), np.array([0.0, 0.9, 2.0])
    weights = np.stack([hermitian(rng, n) for _ in times])
    amplitudes = rng.normal(size=(2, count))

    def equation(a):
        h = [h0, *((x, make(b)) for x, b in zip(drives, a, strict=True))]
        if kind == "lindblad":
            return rf.Lindblad(h, couplings)
        system = rf.DrivenSystem(h, couplings, BATH)
        if kind == "universal":
            return rf.UniversalLindblad(system, lamb_shift=False)
        kinds = {"redfield": rf.Redfield, "geometric": rf.GeometricArithmetic, "davies": rf.Davies}
        return kinds[kind](system)

    result = equation(amplitudes).evolve(start, times)
    gradient = result.gradient(weights, rtol=1e-10)
    assert abs(gradient.value - value(equation(amplitudes), start, times, weights)) < 1e-9
    found = np.stack([gradient.amplitudes(basis, k) for k in range(2)])
    change = rng.normal(size=amplitudes.shape)
    expected = slope(lambda s: value(equation(amplitudes + s * change), start, times, weights))
    require_near(np.sum(found * change), expected, np.linalg.norm(found) * np.linalg.norm(change))


def test_every_other_derivative_is_that_of_differences():
    rng = np.random.default_rng(5)
    n, pulse = 3, held(rng.normal(size=5))
    h0, x, a0 = hermitian(rng, n), hermitian(rng, n), hermitian(rng, n)
    start, times = density(rng, n), np.array([0.1, 0.7, 1.9])
    weights = np.stack([hermitian(rng, n) for _ in times])

    def f(dh=0.0, da=0.0, rho=start, strength=0.05, beta=1.0, at=times):
        bath = rf.DrudeBath(strength, cutoff=3.0, beta=beta)
        system = rf.DrivenSystem([h0 + dh, (x, pulse)], [a0 + da, x], bath)
        return value(rf.Redfield(system), rho, at, weights)

    bath = rf.DrudeBath(0.05, cutoff=3.0, beta=1.0)
    equation = rf.Redfield(rf.DrivenSystem([h0, (x, pulse)], [a0, x], bath))
    gradient = equation.evolve(start, times).gradient(weights)
    b, c, d = hermitian(rng, n), hermitian(rng, n), density(rng, n) - start
    require_near(np.trace(gradient.hamiltonian @ b).real, slope(lambda s: f(dh=s * b)), 1.0, 1e-8)
    of_coupling = np.sum(gradient.couplings[0].conj() * c).real
    require_near(of_coupling, slope(lambda s: f(da=s * c)), 1.0, 1e-8)
    require_near(np.trace(gradient.rho0 @ d).real, slope(lambda s: f(rho=start + s * d)), 1.0, 1e-8)
    require_near(gradient.baths["strength"], slope(lambda s: f(strength=0.05 + s)), 1.0, 1e-7)
    require_near(gradient.baths["beta"], slope(lambda s: f(beta=1.0 + s)), 1.0, 1e-8)
    for i in range(3):
        moved = slope(lambda s: f(at=times + s * (np.arange(3) == i)))  # noqa: B023
        require_near(gradient.times[i], moved, 1.0, 1e-8)


def test_couplings_and_jumps_that_depend_on_time():
    rng = np.random.default_rng(6)
    jump, h, extra = X / 2 + 1j * Y / 2, hermitian(rng, 2), 0.3 * Y

    def equation(da):
        return rf.Lindblad([h, (Z, np.cos)], [[0.2 * X + da, (jump, lambda t: 0.5 + 0.3 * np.sin(t))]])

    gradient = equation(0.0).evolve([1, 0], [0.0, 3.0]).gradient(Z)
    weights = np.stack([0.0 * Z, Z])
    expected = slope(lambda s: value(equation(s * extra), np.diag([1, 0]), [0.0, 3.0], weights))
    require_near(np.sum(gradient.jumps[0].conj() * extra).real, expected, 1.0, 1e-8)
    assert gradient.baths == ()


@pytest.mark.parametrize("middle", [0.0, 1e-10, 1e-5])
def test_levels_that_cross_leave_finite_derivatives(middle):
    """H = f(t)Z passes through, or stays at or near, two equal levels."""
    start = np.array([[0.7, 0.2 - 0.1j], [0.2 + 0.1j, 0.3]])
    edges = np.linspace(0.0, 3.0, 4)

    def equation(a, b):
        h = [(Z, PPoly(a[None], edges)), (X, PPoly(b[None], edges))]
        return rf.Redfield(rf.DrivenSystem(h, [X + 0.4 * Z], rf.DrudeBath(0.1, 4.0, 1.0)))

    a, b = np.array([1.0, middle, -1.0]), np.zeros(3)
    gradient = equation(a, b).evolve(start, [0.0, 3.0]).gradient(Z + 0.5 * X)
    weights = np.stack([0.0 * Z, Z + 0.5 * X])
    for k in range(2):
        found = gradient.amplitudes(edges, k)
        for j in range(3):
            unit = 1.0 * (np.arange(3) == j)

            def f(s, unit=unit, k=k):
                moved = (a + s * unit, b) if k == 0 else (a, b + s * unit)
                return value(equation(*moved), start, [0.0, 3.0], weights)

            require_near(found[j], slope(f), np.abs(found).max())
    sweep = rf.DrivenSystem([(Z, lambda t: 1.5 - t), (X, np.zeros_like)], [X + 0.4 * Z], BATH)
    through = rf.Redfield(sweep).evolve(start, [0.0, 3.0]).gradient(Z)
    assert np.isfinite(through.drive).all()


def test_a_rotation_has_its_closed_form():
    """tr(Z ρ) = cos 2∫f of H = fX alone: δ/δf is −2 sin 2∫f at every time."""
    pulse = BSpline(KNOTS, np.array([0.1, 0.5, 0.3, -0.2, 0.4, 0.2]), 3)
    angle = 2.0 * pulse.integrate(0.0, 2.0)
    gradient = rf.Lindblad([(X, pulse)], [0.0 * X]).evolve([1, 0], [0.0, 2.0]).gradient(Z)
    assert np.isclose(gradient.value, np.cos(angle), atol=1e-11)
    assert np.allclose(gradient.drive, -2.0 * np.sin(angle), atol=1e-10)
    assert np.isclose(gradient.weights.sum(), 2.0)
    # Edges, knots and waves that no panel ends at.
    edges = np.array([-1.0, 0.123, 0.9, 1.7, 5.0])
    within = np.diff(np.clip(edges, 0.0, 2.0))
    assert np.allclose(gradient.amplitudes(edges), -2.0 * np.sin(angle) * within, atol=1e-10)
    times = np.linspace(0.0, 2.0, 12)
    hats = CubicSpline(times, np.eye(12))
    expected = [hats.integrate(0.0, 2.0)[i] for i in range(12)]
    assert np.allclose(gradient.amplitudes(hats), -2.0 * np.sin(angle) * np.array(expected), atol=1e-10)
    steps = gradient.amplitudes(lambda t: (t > 0.777).astype(float)[:, None], breaks=[0.777])
    assert np.allclose(steps, -2.0 * np.sin(angle) * 1.223, atol=1e-10)


def test_edges_within_panels_are_met():
    """Edges that no panel ends at give what edges do where panels end."""
    rng = np.random.default_rng(11)
    edges = np.array([0.0, 0.37, 1.111, 1.9, 3.0])
    h, x, a = (4.0 * hermitian(rng, 3) for _ in range(3))

    equation = rf.Redfield(rf.DrivenSystem([h, (x, lambda t: np.sin(2.0 * t))], [a], BATH))
    crossed = equation.evolve([1, 0, 0], [0.0, 3.0]).gradient(h)
    # Panels end at outputs, which hardly count here.
    weights = np.array([1e-14, 1e-14, 1e-14, 1e-14, 1.0])[:, None, None] * h
    aligned = equation.evolve([1, 0, 0], edges).gradient(weights)
    assert np.isin(edges, aligned.panels).all()
    assert not np.isin(edges[1:-1], crossed.panels).any()
    scale = np.abs(aligned.drive).max()
    assert np.allclose(aligned.amplitudes(edges), crossed.amplitudes(edges), atol=1e-8 * scale, rtol=0.0)


def test_complex_controls_have_complex_gradients():
    """H = fσ⁺ + f*σ⁻: what both terms say together."""
    up = np.array([[0.0, 1.0], [0.0, 0.0]])

    def equation(a):
        h = [0.3 * Z, (up, lambda t: a * np.exp(1j * t)), (up.T, lambda t: np.conj(a * np.exp(1j * t)))]
        return rf.Redfield(rf.DrivenSystem(h, [X], BATH))

    a, times, weights = 0.4 + 0.3j, [0.0, 2.5], np.stack([0.0 * Z, Z])
    gradient = equation(a).evolve([1, 0], times).gradient(Z)
    first = gradient.amplitudes(lambda t: np.exp(1j * t)[:, None], 0)[0]
    second = gradient.amplitudes(lambda t: np.exp(-1j * t)[:, None], 1)[0]
    whole = first + second.conj()
    for unit in (1.0, 1j):
        expected = slope(lambda s: value(equation(a + s * unit), np.diag([1, 0]), times, weights))  # noqa: B023
        require_near((np.conj(whole) * unit).real, expected, abs(whole))


def test_many_levels_by_iteration_agree_with_few_by_equations(monkeypatch):
    rng = np.random.default_rng(8)
    n, pulse = 4, smooth(rng.normal(size=6))
    system = rf.DrivenSystem([hermitian(rng, n), (hermitian(rng, n), pulse)], rf.SiteProjectors(n), BATH)
    result = rf.Redfield(system).evolve(density(rng, n), [0.0, 0.7, 2.0])
    weights = np.stack([hermitian(rng, n) for _ in range(3)])
    few = result.gradient(weights)
    monkeypatch.setattr(gradients_of_drives, "MOST_LEVELS", 1)
    many = result.gradient(weights)
    assert np.isclose(few.value, many.value, atol=1e-11)
    for name in ("drive", "hamiltonian", "couplings", "rho0", "times"):
        assert np.allclose(getattr(few, name), getattr(many, name), atol=1e-10), name


def test_seven_levels_against_differences():
    rng = np.random.default_rng(9)
    n, times = 7, np.array([0.0, 1.0])
    h0, x, start, w = hermitian(rng, n), hermitian(rng, n), density(rng, n), hermitian(rng, n)
    edges = np.linspace(0.0, 1.0, 3)
    a, change = rng.normal(size=2), rng.normal(size=2)

    def equation(b):
        system = rf.DrivenSystem(
            [h0, (x, PPoly(b[None], edges))], [hermitian(np.random.default_rng(1), n)], BATH
        )
        return rf.Redfield(system)

    gradient = equation(a).evolve(start, times).gradient(w)
    found = gradient.amplitudes(edges) @ change
    expected = slope(
        lambda s: value(equation(a + s * change), start, times, np.stack([0.0 * w, w])), 1e-2
    )
    require_near(found, expected, abs(found))


def test_the_exponential_of_a_held_equation_agrees():
    """Of one constant piece everything is known by matrix exponentials."""
    bath = rf.DrudeBath(0.1, 4.0, 1.0)
    equation = rf.Redfield(rf.DrivenSystem([0.5 * Z, (X, lambda t: 0.0 * t + 0.3)], [Z], bath))
    gradient = equation.evolve([1, 0], [0.0, 5.0]).gradient(Z)
    liouvillian = rf.Redfield(rf.System(0.5 * Z + 0.3 * X, [Z], bath)).liouvillian().toarray()
    back = scipy.linalg.expm(5.0 * liouvillian).conj().T @ Z.ravel(order="F")
    assert np.allclose(gradient.rho0, back.reshape(2, 2, order="F"), atol=1e-10)
