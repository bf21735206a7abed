"""Driven quadratic systems: integrators, memory, the exact solution, and the paper's claim."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg

import redfield as rf
from redfield.quadratic.memory import Propagator
from redfield.systems.drives.window import Window

from quadratic_reference import coupling, covariance, hamiltonian, lead, moving

Q = rf.quadratic
X, Y = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.0, -1j], [1j, 0.0]])
TIGHT = {"rtol": 1e-8, "atol": 0.0}
BOTH = pytest.mark.parametrize("statistics", ["fermion", "boson"])


def still(h):
    return lambda t: h


@pytest.mark.parametrize("tol", [1e-5, 1e-9])
def test_the_integrator_meets_its_tolerance(tol):
    """Against scipy's DOP853 on the vectorised equation."""
    n, g0 = 3, covariance(3, 5)
    redfield = rf.Redfield(rf.QuadraticSystem(moving(n, 3), [0.9, 0.5, 1.2], lead()))

    def right(t, y):
        return redfield.apply(y.reshape(n, n), t).ravel()

    times = np.array([0.0, 0.9, 1.0, 4.0])
    reference = scipy.integrate.solve_ivp(
        right, (0, 4), g0.astype(complex).ravel(), "DOP853", times, rtol=1e-11, atol=1e-12
    ).y.T.reshape(-1, n, n)
    ours = redfield.evolve(g0, times, rtol=tol, atol=0.0, max_step=1.0)
    assert np.abs(ours.covariances - reference).max() < 10.0 * tol
    assert 0 < ours.stats["steps"] < (60 if tol > 1e-6 else 250)


def test_the_propagator_is_unitary_and_solves_schroedinger():
    h = moving(4, 3)
    system = rf.QuadraticSystem(h, 0.3, lead())
    w = Propagator(system, Window(1.0, 9.0))

    def right(t, y):
        return (-1j * h(t) @ y.reshape(4, 4)).ravel()

    for t in (1.0, 1.01, 4.3, 9.0):
        ours = w(t)
        assert np.abs(ours @ ours.conj().T - np.eye(4)).max() < 1e-11
        if t > 1.0:
            y = scipy.integrate.solve_ivp(
                right, (1.0, t), np.eye(4, dtype=complex).ravel(), "DOP853", rtol=1e-12, atol=1e-13
            ).y[:, -1]
            assert np.abs(ours - y.reshape(4, 4)).max() < 1e-10
    before = scipy.linalg.expm(1j * h(1.0) * 0.7)
    assert np.abs(w(0.3) - before).max() < 1e-12


@BOTH
def test_a_drive_that_stands_still_is_the_constant_equation(statistics):
    n = 3
    h, j = hamiltonian(n, 2, statistics), coupling(n, 2)
    baths = [lead(statistics, 0.5 + 0.2 * i) for i in range(n)]
    if statistics == "boson":
        # D ~ ω² at zero gives C a tail ~ 1/s³, too long for a memory; a smooth edge does not.
        baths = [
            rf.ParticleBath(
                lambda w: np.exp(-((w - 3.0) ** 2) / 0.3),
                0.5 + 0.2 * i,
                -1.0,
                "boson",
                band=(0.0, np.inf),
                scale=0.4,
            )
            for i in range(n)
        ]
    fixed, driven = rf.QuadraticSystem(h, j, baths), rf.QuadraticSystem(still(h), j, baths)
    g0, times = covariance(n, 2, statistics), [0.0, 1.0, 6.0]
    for one, other in (
        (rf.Davies(fixed), rf.Davies(driven)),
        (rf.Redfield(fixed), rf.Redfield(driven)),
        (rf.Redfield(fixed), rf.Redfield(driven, history="stationary")),
    ):
        a, b = one.evolve(g0, times), other.evolve(g0, times, rtol=1e-10)
        assert np.abs(a.covariances - b.covariances).max() < 1e-9
        assert (
            np.abs(Q.currents(one, g0).particle - Q.currents(other, g0, 1.0, times).particle).max()
            < 1e-10
        )
    exact = rf.Exact(fixed, 200).evolve(g0, times, rtol=1e-8).covariances
    also = rf.Exact(driven, 200).evolve(g0, times, **TIGHT)
    assert np.abs(exact - also.covariances).max() < 1e-8
    assert also.error < 1e-7


@pytest.mark.parametrize("history", ["stationary", "memory"])
def test_the_memory_integrals_against_quadrature_of_the_propagator(history):
    """Γ̂(t) = ∫ ds C(s) u(t, t − s)† summed on a fine uniform grid, u from DOP853."""
    h = moving(2, 1)
    system = rf.QuadraticSystem(h, 0.3, lead())
    start, t = 1.0, 4.0
    equation = rf.Redfield(system, history=history).at(t, [start, 6.0])

    span = 12.0 if history == "stationary" else t - start
    s, ds = np.linspace(0.0, span, 6001, retstep=True)

    def right(x, y):
        return (1j * h(max(t - x, start)) @ y.reshape(2, 2)).ravel()

    back = scipy.integrate.solve_ivp(
        right,
        (0, span),
        np.eye(2, dtype=complex).ravel(),
        "DOP853",
        s,
        rtol=1e-11,
        atol=1e-12,
        max_step=0.1,
    ).y.T.reshape(-1, 2, 2)  # u(t − s, t) = u(t, t − s)†
    weights = np.full(len(s), 2.0)  # Simpson's rule
    weights[1::2] = 4.0
    weights[[0, -1]] = 1.0
    weights *= ds / 3.0
    bath, p = system.baths[0], 0.3**2
    empty = np.einsum("q,qab->ab", weights * bath.empty.correlation(s), back)
    injected = np.einsum("q,qab->ab", weights * bath.injection.correlation(s).conj(), back)
    source = p * (injected + injected.conj().T)
    assert np.abs(equation.apply(np.zeros((2, 2))) - source).max() < 1e-8
    m = 1j * h(t) + p * empty
    for g in (np.diag([1.0, 0.0]), np.diag([0.0, 1.0]), np.ones((2, 2)), X + Y):
        assert np.abs(equation.apply(g) - (source - m @ g - g @ m.conj().T)).max() < 1e-8


@pytest.mark.parametrize("uniform", [True, False])
def test_exact_against_the_dense_driven_problem(uniform):
    n, modes, t = 2, 120, 5.0
    h, bath = moving(n, 4), lead()
    j = np.full(n, 0.4) if uniform else np.array([0.5, 0.2])
    low, high = -17.0, 18.0
    step = (high - low) / modes
    w = low + step * (np.arange(modes) + 0.5)
    g = np.sqrt(step * bath.density_of_states(w) / (2.0 * np.pi))
    size = n * (1 + modes)
    constant = np.zeros((size, size), dtype=complex)
    filling = np.tile(bath.occupation(w), n)
    for site in range(n):
        part = slice(n + site * modes, n + (site + 1) * modes)
        constant[part, part] = np.diag(w)
        constant[site, part] = constant[part, site] = j[site] * g
    # Exponential midpoint steps, extrapolated: rows of U on the sites, from the right.
    solutions = []
    for steps in (40, 80):
        dt = t / steps
        rows = np.eye(n, size, dtype=complex)
        for k in range(steps - 1, -1, -1):
            total = constant.copy()
            total[:n, :n] = h((k + 0.5) * dt)
            e, v = np.linalg.eigh(total)
            rows = ((rows @ v) * np.exp(-1j * e * dt)) @ v.conj().T
        g0 = covariance(n, 1)
        start = scipy.linalg.block_diag(g0, np.diag(filling))
        solutions.append(rows @ start @ rows.conj().T)
    reference = (4.0 * solutions[1] - solutions[0]) / 3.0
    ours = rf.Exact(rf.QuadraticSystem(h, j, bath), modes=120).evolve(g0, [0.0, t], **TIGHT)
    assert ours.error < 1e-7
    assert (
        np.abs(ours.final_covariance - reference).max() < 2e-5
    )  # the midpoint grid's and steps' own error


def test_redfield_with_memory_converges_to_exact_as_j_squared():
    """At fixed time and without history the error is of fourth order in J; the instantaneous one's is of second."""
    h = moving(2, 6)
    errors = {"memory": [], "instantaneous": []}
    for strength in (0.08, 0.02):
        system = rf.QuadraticSystem(h, np.sqrt(strength) * np.array([1.0, 0.6]), lead())
        g0, times = np.diag([0.6, 0.1]), [0.0, 4.0]
        exact = rf.Exact(system, modes=120).evolve(g0, times, **TIGHT).final_covariance
        for name, equation in (
            ("memory", rf.Redfield(system, history="memory")),
            ("instantaneous", rf.Redfield(system)),
        ):
            errors[name].append(
                np.abs(equation.evolve(g0, times, **TIGHT).final_covariance - exact).max()
            )
    assert errors["memory"][1] < 0.1 * errors["memory"][0]  # 1/16 and rounding
    assert errors["instantaneous"][1] > 0.15 * errors["instantaneous"][0]  # 1/4


def landau_zener(total, gap, height=2.0):
    def h(t):
        e = height * (2.0 * t / total - 1.0)
        return 0.5 * np.array([[e, gap], [gap, -e]])

    return h


@pytest.mark.parametrize("gap", [0.5, 1e-2, 1e-5])
def test_the_error_of_the_instantaneous_equation_is_set_by_the_memory_not_by_the_gap(gap):
    """From T = 10 to T = 40 the deviation from Redfield with memory falls, also where gap·T ≪ 1."""
    deviations = []
    for total in (10.0, 40.0):
        system = rf.QuadraticSystem(landau_zener(total, gap), np.sqrt(0.5 / total), lead())
        times = [0.0, total]
        g0 = np.diag([1.0, 0.0])
        a, b = (
            equation.evolve(g0, times, **TIGHT).final_covariance
            for equation in (rf.Davies(system), rf.Redfield(system, history="stationary"))
        )
        deviations.append(np.abs(a - b).max())
    assert deviations[1] < 0.45 * deviations[0]
    assert deviations[1] < 3e-3


def test_a_floquet_chain_reaches_its_periodic_state():
    omega = 1.7
    h0, v = rf.models.chain(4), np.diag([0.6, 0.0, 0.0, -0.4])
    period = 2.0 * np.pi / omega
    drive, bath = (lambda t: h0 + np.cos(omega * t) * v), lead(strength=1.0)
    driven = rf.QuadraticSystem(drive, 0.6, bath)
    floquet = rf.Redfield(rf.QuadraticSystem(drive, 0.6, bath, period=period))
    cycle = floquet.steady_state()
    for equation in (rf.Davies(driven), rf.Redfield(driven, history="stationary"), floquet):
        late, again = equation.evolve(np.zeros(4), [0.0, 20 * period, 21 * period]).covariances[1:]
        assert np.abs(late - again).max() < 1e-6
        if isinstance(equation, rf.Redfield):
            assert np.abs(late - cycle.covariance).max() < 1e-6
    assert cycle.residual < 1e-9
    once = floquet.evolve(cycle.covariance, [0.0, 0.3 * period, period], **TIGHT).covariances
    assert np.abs(once[1] - cycle.at(0.3 * period)).max() < 1e-8
    assert np.abs(once[2] - cycle.covariance).max() < 1e-8


def test_a_spline_is_its_function():
    h = moving(2, 3)
    t = np.linspace(0.0, 6.0, 241)
    spline = rf.Spline(t, np.array([h(x) for x in t]))
    a, b = (
        rf.Davies(rf.QuadraticSystem(f, 0.3, lead())).evolve([0.5, 0.2], [0.0, 6.0], **TIGHT)
        for f in (h, spline)
    )
    assert np.abs(a.final_covariance - b.final_covariance).max() < 1e-7
