"""Positivity, comparison, diagnosis and pictures of driven and periodic equations."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(0.05, 10.0, beta=2.0)
SWEEP = rf.DrivenSystem([0.2 * X, (Z, lambda t: 0.5 * t)], [Z], BATH)
PERIODIC = rf.PeriodicSystem([0.5 * Z, (0.3 * X, np.cos)], 2 * np.pi, [X], BATH)
TIMES = np.linspace(-2.0, 2.0, 9)


def test_a_violation_of_positivity_is_that_of_the_states():
    # Redfield's dissipator with a coherence in its start leaves the states at once.
    strong = rf.DrivenSystem([0.5 * Z, (0.1 * X, np.cos)], [X + Z], rf.OhmicBath(0.5, 10.0, beta=20.0))
    start = np.array([[0.999, 0.03], [0.03, 0.001]])
    result = rf.Redfield(strong).evolve(start, np.linspace(0.0, 2.0, 41))
    found = rf.analysis.positivity_violation(result)
    least = np.array([np.linalg.eigvalsh(rho)[0] for rho in result.states])
    assert found.margins == pytest.approx(least, abs=1e-14)
    assert found.depth == pytest.approx(max(0.0, -least.min()), abs=1e-14)
    assert found.depth > 1e-3
    assert 0.0 < found.duration <= 2.0
    state = rf.Redfield(PERIODIC).steady_state()
    cycle = rf.analysis.positivity_violation(state)
    assert cycle.margins[:-1] == pytest.approx([np.linalg.eigvalsh(r)[0] for r in state.states])
    assert cycle.depth == 0.0


def test_equations_of_a_drive_are_compared():
    memory = rf.Redfield(SWEEP, history="memory")
    equations = {"Redfield": rf.Redfield, "Davies": rf.Davies, "memory": memory}
    found = rf.compare(SWEEP, equations, [1, 0], TIMES)
    states = [e.evolve([1, 0], TIMES).states for e in (rf.Redfield(SWEEP), rf.Davies(SWEEP), memory)]
    for a in range(3):
        for b in range(3):
            expected = [
                0.5 * np.abs(np.linalg.eigvalsh(r - s)).sum()
                for r, s in zip(states[a], states[b], strict=True)
            ]
            assert found.distance[a, b] == pytest.approx(expected, abs=1e-12)
    held = [
        rf.analysis.generator_distance(rf.Davies(SWEEP).at(t), rf.Redfield(SWEEP).at(t)) for t in TIMES
    ]
    assert found.generator[1] == pytest.approx(max(held))
    assert np.isnan(found.generator[2])
    assert np.isnan(found.steady_state[1:]).all()
    assert "memory" in repr(found)


def test_a_hierarchy_tells_which_equation_of_a_drive_is_nearer():
    fast = rf.DrivenSystem(
        [0.5 * Z, (X, lambda t: np.cos(4.0 * t))], [X], rf.DrudeBath(0.05, 2.0, beta=1.0)
    )
    found = rf.compare(
        fast, [rf.Redfield, rf.Redfield(fast, history="memory")], [1, 0], [0.0, 1.0, 2.0], exact="heom",
        exact_options={"tol": 1e-3},
    )  # fmt: skip
    assert found.exact is not None
    assert found.exact[1].max() < 0.3 * found.exact[0].max()
    assert found.exact_error < 1e-3


def test_equations_of_a_periodic_system_are_compared():
    found = rf.compare(PERIODIC, [rf.Redfield, rf.Davies], [1, 0], [0.0, 3.0])
    one, two = (kind(PERIODIC).steady_state().states for kind in (rf.Redfield, rf.Davies))
    largest = max(0.5 * np.abs(np.linalg.eigvalsh(r - s)).sum() for r, s in zip(one, two, strict=True))
    assert found.steady_state[1] == pytest.approx(largest)
    assert found.generator[1] == rf.analysis.generator_distance(
        rf.Davies(PERIODIC), rf.Redfield(PERIODIC)
    )
    with pytest.raises(TypeError, match="system"):
        rf.compare(rf.SystemBatch([Z, 2 * Z], [X], BATH), [rf.Redfield, rf.Davies], [1, 0], [0.0, 1.0])


def test_a_drive_is_diagnosed_moment_by_moment():
    times = [-2.0, 0.0, 2.0]
    found = rf.diagnose(SWEEP, [rf.Redfield, rf.Davies, rf.GeometricArithmetic], tlist=times)
    held = [
        rf.diagnose(SWEEP.at(t), [rf.Redfield, rf.Davies, rf.GeometricArithmetic], steady_error=False)
        for t in times
    ]
    for column in ("gibbs", "steady_state", "distance", "commutator"):
        worst = np.max([x.values[column] for x in held], axis=0)
        assert found.values[column] == pytest.approx(worst), column
    for column in ("kossakowski", "choi", "entropy"):
        worst = np.min([x.values[column] for x in held], axis=0)
        assert found.values[column] == pytest.approx(worst), column
    assert found.secular.worst == pytest.approx(max(x.secular.worst for x in held))
    assert found.holds()["Davies"]["thermalises"] is True
    assert found.holds()["Redfield"]["completely_positive"] is False
    assert "worst of 3 moments" in repr(found)
    assert "min Kossakowski" in repr(found)
    assert found.to_xarray().sizes == {"time": 3, "equation": 3}
    assert len(found.plot().get_xticklabels()) == 8


def test_a_drive_is_not_diagnosed_without_moments_or_with_memory():
    with pytest.raises(ValueError, match="tlist is missing"):
        rf.diagnose(SWEEP)
    with pytest.raises(TypeError, match="memory remembers"):
        rf.diagnose(SWEEP, {"memory": rf.Redfield(SWEEP, history="memory")}, tlist=[0.0])
    with pytest.raises(ValueError, match="tlist"):
        rf.diagnose(SWEEP.at(0.0), tlist=[0.0])


def test_a_moment_whose_equations_can_not_be_made_leaves_its_cells_empty():
    # Where the coupling is off, nothing decays and no cell that needs one steady state is filled.
    off = rf.DrivenSystem([0.5 * Z], [(X, lambda t: max(0.0, t))], BATH)
    found = rf.diagnose(off, [rf.Davies, rf.Redfield], tlist=[-1.0, 1.0])
    assert np.isnan(found.moments[0].values["steady_state"]).all()
    assert np.isfinite(found.values["steady_state"]).all()
    assert found.holds()["Davies"]["steady_state_positive"] is None


def test_cycles_and_evolutions_draw_their_populations():
    state = rf.Davies(PERIODIC).steady_state()
    axes = state.plot()
    assert [line.get_label() for line in axes.get_lines()] == ["level 0", "level 1"]
    drawn = axes.get_lines()[0].get_ydata()
    assert drawn[:-1] == pytest.approx(state.states[:, 0, 0].real)
    assert drawn[-1] == drawn[0]
    result = rf.Davies(PERIODIC).evolve([1, 0], [0.0, 1.0])
    assert len(result.plot().get_lines()) == 2
    assert result.equation.system is PERIODIC
    balance = rf.analysis.energy_balance(result)
    assert [line.get_label() for line in balance.plot().get_lines()] == ["ΔU", "W", "Q of reservoir 0"]
