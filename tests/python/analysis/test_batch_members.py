"""Currents and diagnoses of a batch are those of its members."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from matplotlib.figure import Figure

import redfield as rf
from redfield import analysis

Z, X = np.diag([0.5, -0.5]), np.array([[0.0, 1.0], [1.0, 0.0]])
HOT = rf.OhmicBath.batch(0.04, 10.0, beta=np.array([0.5, 1.0, 2.0]))
COLD = rf.OhmicBath(0.04, 10.0, beta=2.0)
BATCH = rf.SystemBatch([Z + 0.1 * X, Z, 1.5 * Z], [X, X], [HOT, COLD])
TIMES = [0.0, 1.0, 3.0]


@pytest.mark.parametrize("kind", [rf.Redfield, rf.Davies])
@pytest.mark.parametrize(
    "ask", [analysis.heat_currents, analysis.energy_currents, analysis.entropy_production]
)
def test_currents_of_results_and_steady_states(kind, ask):
    equation = kind(BATCH)
    result, steady = equation.evolve([0.9, np.sqrt(0.19)], TIMES), equation.steady_state()
    of_times, of_steady = ask(result), ask(steady)
    for i in range(3):
        alone = equation[i].evolve([0.9, np.sqrt(0.19)], TIMES, rtol=1e-10, atol=1e-12)
        assert np.allclose(of_times[i], ask(alone), rtol=0.0, atol=1e-6)
        assert np.allclose(of_steady[i], ask(equation[i].steady_state()), rtol=0.0, atol=1e-12)
    assert np.array_equal(of_steady, ask(steady.state, equation))
    assert np.array_equal(of_times, ask(result.states, equation))


def test_heat_of_a_qubit_between_two_baths_in_closed_form():
    # Q̇_hot = Ω(p↑γ_h(Ω)… ) with rates g_b(±Ω): the current of two rates in series.
    batch = rf.SystemBatch(Z, [X, X], [HOT, COLD])
    heat = analysis.heat_currents(rf.Davies(batch).steady_state())
    for i in range(3):
        down, up = (np.array([b.power_spectrum(w) for b in (HOT[i], COLD)]) for w in (1.0, -1.0))
        excited = up.sum() / (up.sum() + down.sum())
        assert np.allclose(heat[i], up * (1.0 - excited) - down * excited, rtol=0.0, atol=1e-12)
    assert heat[2] == pytest.approx([0.0, 0.0], abs=1e-13)


def test_members_that_failed_are_nan_and_wrong_states_are_refused():
    equation = rf.Davies(BATCH)
    states = np.array(equation.steady_state().state)
    states[1] = np.nan
    found = analysis.heat_currents(states, equation)
    assert np.isnan(found[1]).all()
    assert np.isfinite(found[[0, 2]]).all()
    with pytest.raises(
        ValueError, match=r"states of all members, \(3, 2, 2\) or \(3, T, 2, 2\), got \(2, 2\)"
    ):
        analysis.heat_currents(states[0], equation)
    with pytest.raises(ValueError, match="but of members that failed"):
        analysis.heat_currents(np.full((3, 2, 2), np.nan), equation)
    with pytest.raises(ValueError, match="store_states=True"):
        analysis.heat_currents(equation.evolve([1.0, 0.0], TIMES, Z, store_states=False))


def test_diagnoses_of_members():
    baths = rf.OhmicBath.batch(0.1, 10.0, temperature=np.array([0.2, 5.0]))
    batch = rf.SystemBatch(np.diag([1.0, 0.0, -1.0]), [np.ones((3, 3))], baths)
    found = rf.diagnose(batch, [rf.Redfield, rf.Davies], steady_error=False)
    assert (len(found), found.names) == (2, ["Redfield", "Davies"])
    for i in range(2):
        alone = rf.diagnose(batch[i], [rf.Redfield, rf.Davies], steady_error=False)
        for column, values in alone.values.items():
            assert np.allclose(found.values[column][i], values, rtol=1e-9, atol=1e-12, equal_nan=True), (
                column
            )
            assert np.array_equal(found[i].values[column], found.values[column][i], equal_nan=True)
    assert found.holds()["Redfield"]["steady_state_positive"] == [False, True]
    assert found.holds()["Davies"]["thermalises"] == [True, True]
    worst, values = found.worst().values, found.values
    assert worst["steady_minimum"][0] == values["steady_minimum"][:, 0].min() < 0.0
    assert worst["gibbs"][0] == values["gibbs"][:, 0].max()
    assert repr(found).startswith("the worst of 2 members\nequation")
    assert found.to_xarray()["gibbs"].dims == ("member", "equation")
    assert pickle.loads(pickle.dumps(found)) == found
    axes = Figure().subplots()
    assert found.plot(axes) is axes


def test_equations_of_a_batch_are_those_of_its_members():
    found = rf.diagnose(BATCH, {"mine": rf.Redfield(BATCH, lamb_shift=False)}, steady_error=False)
    member = BATCH[1]
    one = rf.diagnose(member, {"mine": rf.Redfield(member, lamb_shift=False)}, steady_error=False)
    assert found.values["kossakowski"][1] == pytest.approx(one.values["kossakowski"], rel=1e-9)
    other = rf.SystemBatch([Z, Z], [X, X], COLD)
    with pytest.raises(ValueError, match=r"equations\[0\] is not of the given batch"):
        rf.diagnose(BATCH, [rf.Redfield(other)])
