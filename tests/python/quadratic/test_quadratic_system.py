"""One QuadraticSystem: the kind of problem that it poses, options without a meaning, and what all problems share."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

from quadratic_reference import coupling, covariance, hamiltonian, lead

Q = rf.quadratic
H = hamiltonian(2, 1)
V = hamiltonian(2, 7)
LEAD = lead()
PERIOD = 2.0 * np.pi / 1.7


def drive(t):
    return H + 0.3 * np.cos(1.7 * t) * V


def still():
    return rf.QuadraticSystem(H, [0.3, 0.2], LEAD)


def driven():
    return rf.QuadraticSystem(drive, [0.3, 0.2], LEAD)


def periodic():
    return rf.QuadraticSystem([H, (0.3 * V, lambda t: np.cos(1.7 * t))], [0.3, 0.2], LEAD, period=PERIOD)


def test_the_hamiltonian_and_the_period_say_which_problem_it_is():
    assert [s().problem for s in (still, driven, periodic)] == [
        "quadratic", "driven quadratic", "periodic quadratic",
    ]  # fmt: skip
    for system in (driven(), periodic()):
        held = system.at(0.7)
        assert held.problem == "quadratic"
        assert np.abs(held.hamiltonian - drive(0.7)).max() < 1e-14
    assert np.abs(periodic().h(0.7 + 3 * PERIOD) - drive(0.7)).max() < 1e-12
    assert "period" not in repr(still())
    assert "period=3.69" in repr(periodic())
    assert still() == still()
    assert still() != rf.QuadraticSystem(H, [0.3, 0.2], LEAD, period=1.0)


def test_memory_of_a_constant_hamiltonian_is_that_of_a_drive_that_stands_still():
    n = 3
    h, j = hamiltonian(n, 2), coupling(n, 2)
    baths = [lead(beta=0.5 + 0.2 * i) for i in range(n)]
    g0, times = covariance(n, 2), [0.0, 0.5, 4.0]
    constant, driven = (rf.QuadraticSystem(x, j, baths) for x in (h, lambda t: h))
    a, b = (
        rf.Redfield(s, history="memory").evolve(g0, times, rtol=1e-9, atol=0.0).covariances
        for s in (constant, driven)
    )
    assert np.abs(a - b).max() < 1e-8
    # Fewer particles have come in than without the initial slip.
    assert np.abs(a[1] - rf.Redfield(constant).evolve(g0, times).covariances[1]).max() > 1e-4


def test_exact_chooses_as_many_modes_as_its_tolerance_needs():
    system, times = still(), [0.0, 3.0, 30.0]
    fine = rf.Exact(system, modes=800).evolve([0.4, 0.1], times).final_covariance
    for rtol in (1e-3, 1e-9):
        result = rf.Exact(system).evolve([0.4, 0.1], times, rtol=rtol, atol=0.0)
        assert result.error < rtol
        assert np.abs(result.final_covariance - fine).max() < max(rtol, 1e-10)


def test_exact_of_a_period_is_that_of_the_drive():
    a, b = (
        rf.Exact(s, modes=80).evolve([0.4, 0.1], [0.0, 4.0], rtol=1e-7, atol=0.0).final_covariance
        for s in (driven(), periodic())
    )
    assert np.abs(a - b).max() < 1e-6


def test_the_exchange_of_redfields_periodic_state_is_that_of_fock_space():
    left, right = lead(), lead(beta=1.4, mu=0.3)
    h = [H, (0.3 * V, lambda t: np.cos(1.7 * t))]
    ours = rf.Redfield(rf.QuadraticSystem(h, [0.3, 0.4], [left, right], period=PERIOD)).steady_state()
    a = [x.toarray() for x in rf.operators.fermions(2)]

    def many(one):
        return sum(one[j, k] * a[j].T @ a[k] for j in range(2) for k in range(2))

    fock = rf.PeriodicSystem(
        [many(H), (many(0.3 * V), h[1][1])],
        PERIOD,
        *rf.particle_exchange([0.3 * a[0], 0.4 * a[1]], [left, right]),
    )
    theirs = rf.Redfield(fock).steady_state()
    for name in ("particle", "energy", "heat", "work"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-7)
    for t in (0.0, 1.3):
        g = np.array([[np.trace(y.T @ x @ theirs.at(t)) for y in a] for x in a])
        assert np.abs(g - ours.at(t)).max() < 1e-7
    assert np.abs(ours.states[0] - ours.covariance).max() < 1e-9
    assert ours.unique
    assert ours.error < 1e-7


def test_the_error_of_a_steady_state_covers_what_is_left():
    system = rf.QuadraticSystem(hamiltonian(6, 3), coupling(6, 3), lead())
    found = rf.Davies(system).steady_state()
    assert np.linalg.norm(found.covariance - system.gibbs_state()) < 10.0 * found.error + 1e-14
    assert found.error < 1e-12
    dark = rf.Redfield(rf.QuadraticSystem(rf.models.chain(3), [0.0, 0.5, 0.0], lead()))
    kept = dark.steady_state([0.5, 0.1, 0.5])
    assert not kept.unique
    assert rf.Redfield(system).steady_state(covariance(6, 3)).unique


def test_periodic_states_are_stored_and_read_back(tmp_path):
    davies = rf.Davies(periodic())
    state = davies.steady_state()
    state.save(tmp_path / "one.zarr")
    again = Q.PeriodicCovariance.load(tmp_path / "one.zarr", davies)
    assert again == state
    assert np.array_equal(again.at(0.4), state.at(0.4))
    assert np.abs(state.mean - np.mean([state.at(t) for t in state.times], axis=0)).max() < 1e-14
    assert state.expect(np.eye(2)) == pytest.approx(np.einsum("tkk->t", state.states).real)


def test_compare_takes_the_exact_solution_beside_equations():
    system, g0, times = still(), [0.4, 0.1], [0.0, 2.0, 6.0]
    found = rf.compare(system, [rf.Exact, rf.Redfield, rf.Davies], g0, times)
    exact, redfield = (kind(system).evolve(g0, times).covariances for kind in (rf.Exact, rf.Redfield))
    assert found.names == ["Exact", "Redfield", "Davies"]
    assert found.distance[0, 1] == pytest.approx(0.5 * rf.trace_norm(exact - redfield), abs=1e-12)
    assert np.isnan(found.generator[1])
    assert found.steady_state[1] < 0.1


def test_breakpoints_of_a_period_are_those_of_every_period():
    """A pulse that lasts a 10⁵th of the time is found in each period."""

    def pulse(t):
        return 2000.0 * np.exp(-(((t % 2.0 - 1.3) / 4e-4) ** 2))

    x = np.array([[0.0, 1.0], [1.0, 0.0]])
    system = rf.QuadraticSystem(
        [np.diag([0.5, -0.5]), (x, pulse)], 1e-3, LEAD, period=2.0, tol=0.05, breakpoints=[1.3]
    )
    angle = 2000.0 * 4e-4 * np.sqrt(np.pi)
    found = rf.Redfield(system).evolve([1.0, 0.0], [0.0, 2.0, 20.0]).densities[1, 0]
    assert found == pytest.approx(np.cos(angle) ** 2, abs=1e-2)
