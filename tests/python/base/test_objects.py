"""Objects that stay what they were: copies, pickles, equality, storage, ensembles."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import redfield as rf
from redfield import analysis

BATH = rf.OhmicBath(0.04, 10.0, 5.0)
QUBIT = rf.System([[1.0, 0.5], [0.5, -1.0]], rf.SiteProjectors(2), BATH)


def lead(beta=2.0, mu=0.5, statistics="fermion"):
    return rf.ParticleBath(
        0.1, beta, mu, statistics, band=(-20.0, 20.0) if statistics == "fermion" else (1.0, 20.0)
    )


EVERYTHING = [
    BATH,
    rf.DrudeBath(0.1, 3.0, 1.0),
    rf.UnderdampedBath(0.1, 1.0, 0.2, 2.0),
    rf.LorentzianBath(0.2, 0.5, 1.0),
    rf.FlatBath(0.1),
    rf.TabulatedBath([0.0, 1.0, 2.0], [1.0, 2.0, 1.0]),
    lead(),
    lead().removal,
    rf.SiteProjectors(3, [0, 2], [1.0, -2.0]),
    QUBIT,
    rf.Redfield(QUBIT),
    rf.Davies(QUBIT),
    rf.PartialSecular(QUBIT, 0.1),
    rf.UniversalLindblad(QUBIT),
    rf.GeometricArithmetic(QUBIT),
    rf.CoarseGrained(QUBIT, 2.0),
    rf.Lindblad([[0.0, 0.0], [0.0, 1.0]], [[[0.0, 1.0], [0.0, 0.0]]]),
    rf.Redfield(QUBIT).evolve([1.0, 0.0], [0.0, 1.0]),
    rf.Redfield(QUBIT).steady_state(),
    rf.Redfield(QUBIT).spectrum(),
    rf.Davies(rf.QuadraticSystem(np.diag([0.0, 1.0]), 0.2, lead())),
    rf.Exact(rf.QuadraticSystem(np.diag([0.0, 1.0]), 0.2, lead()), modes=40),
    rf.diagnose(QUBIT, [rf.Redfield, rf.Davies]),
]


@pytest.mark.parametrize("thing", EVERYTHING, ids=lambda x: type(x).__name__)
def test_everything_pickles_and_copies(thing):
    for other in (pickle.loads(pickle.dumps(thing)), copy.deepcopy(thing), copy.copy(thing)):
        assert type(other) is type(thing)
        assert repr(other) == repr(thing)
        if isinstance(thing, rf.Bath):
            assert other == thing
            assert hash(other) == hash(thing)
        if isinstance(thing, rf.Exact):
            a, b = (e.evolve([0.2, 0.1], [0.0, 0.5], rtol=1e-4).final_state for e in (other, thing))
            assert np.array_equal(a, b)
        elif isinstance(thing, rf.Equation):
            x = np.array([[0.7, 0.1], [0.1, 0.3]])
            assert np.array_equal(other.apply(x), thing.apply(x))


def test_a_used_equation_and_an_exception_pickle():
    equation = rf.Redfield(QUBIT)
    equation.evolve([1.0, 0.0], [0.0, 1.0])
    again = pickle.loads(pickle.dumps(equation))
    assert np.array_equal(again.steady_state().state, equation.steady_state().state)
    error = rf.MultipleSteadyStates("two", 2, np.zeros((2, 2, 2)))
    back = pickle.loads(pickle.dumps(error))
    assert (str(back), back.count, back.states.shape) == ("two", 2, (2, 2, 2))


def test_nothing_given_or_handed_out_changes_an_object():
    h, a = np.diag([1.0, 2.0]).astype(complex), np.array([[0.0, 1.0], [1.0, 0.0]])
    system = rf.System(h, [a], BATH)
    before = rf.Redfield(system).apply(np.eye(2) / 2)
    h[0, 0] = 7.0
    a[0, 1] = 7.0
    assert np.array_equal(rf.Redfield(system).apply(np.eye(2) / 2), before)
    result = rf.Redfield(system).evolve([1.0, 0.0], [0.0, 1.0], {"x": np.eye(2)}, store_states=True)
    for array in (
        system.hamiltonian, system.energies, system.eigenvectors, system.couplings[0], result.times, result.states,
        result.final_state, result.expect["x"],
    ):  # fmt: skip
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0.0
    for thing, name in (
        (system, "energies"),
        (BATH, "strength"),
        (rf.Redfield(system), "lamb_shift"),
        (result, "times"),
    ):
        with pytest.raises(AttributeError):
            setattr(thing, name, 1.0)
    with pytest.raises(ValueError, match="read-only"):
        pickle.loads(pickle.dumps(system)).energies[0] = 1.0


def test_results_are_compared_and_not_raised_at():
    equation = rf.Redfield(QUBIT)
    a, b, c = (equation.evolve([1.0, 0.0], t) for t in ([0.0, 1.0], [0.0, 1.0], [0.0, 2.0]))
    assert a == a
    assert a != c
    assert np.array_equal(a.states, b.states)
    assert (a == 3) is False
    assert rf.OhmicBath(0.1, 1.0, 1.0) == rf.OhmicBath(0.1, 1.0, 1.0) != rf.OhmicBath(0.1, 1.0, 2.0)
    table = rf.TabulatedBath([0.0, 1.0], [1.0, 1.0])
    assert table == rf.TabulatedBath([0.0, 1.0], [1.0, 1.0]) != rf.TabulatedBath([0.0, 1.0], [1.0, 2.0])


def test_results_are_stored_bit_for_bit(tmp_path):
    result = rf.Redfield(QUBIT).evolve([1.0, 0.0], [0.0, 1.0, 2.0], {"z": np.diag([1.0, -1.0]), "a": [[0, 1], [0, 0]]},
                                       store_states=True)  # fmt: skip
    result.save(tmp_path / "one.zarr")
    back = rf.Result.load(tmp_path / "one.zarr", equation=result.equation)
    assert back == result
    assert back.equation is result.equation
    with pytest.raises(FileExistsError):
        result.save(tmp_path / "one.zarr")
    with pytest.raises(ValueError, match="CovarianceResult"):
        rf.quadratic.CovarianceResult.load(tmp_path / "one.zarr")
    with pytest.raises(FileNotFoundError):
        rf.Result.load(tmp_path / "none.zarr")
    system = rf.QuadraticSystem(np.diag([0.0, 1.0]), 0.2, lead())
    other = rf.Davies(system).evolve([0.0, 1.0], [0.0, 1.0], [np.eye(2)])
    other.save(tmp_path / "two.zarr")
    assert rf.quadratic.CovarianceResult.load(tmp_path / "two.zarr") == other
    data = result.to_xarray()
    assert data["z"].attrs["long_name"] == "z"
    assert data.attrs["equation"].startswith("Redfield(")
    assert "<table>" in result._repr_html_()
    assert len(result.plot().lines) == 2


def test_an_ensemble_keeps_what_did_not_fail():
    good = rf.Redfield(QUBIT)
    bad = rf.Redfield(
        rf.System(1e140 * np.array([[0.0, 1.0], [1.0, 0.0]]), rf.SiteProjectors(2), rf.FlatBath(0.1)),
        False,
    )
    with pytest.raises(rf.EnsembleError) as caught:
        rf.evolve_ensemble([good, bad, good], [1.0, 0.0], [0.0, 1.0], method="chebyshev")
    assert caught.value.results[1] is None
    assert isinstance(caught.value.errors[1], rf.ConvergenceError)
    alone = good.evolve([1.0, 0.0], [0.0, 1.0], method="chebyshev")
    for i in (0, 2):
        assert np.array_equal(caught.value.results[i].final_state, alone.final_state)
    returned = rf.evolve_ensemble(
        [good, bad], [1.0, 0.0], [0.0, 1.0], method="chebyshev", errors="return"
    )
    assert isinstance(returned[1], rf.ConvergenceError)
    assert pickle.loads(pickle.dumps(caught.value)).errors.keys() == {1}


def test_a_driven_equation_with_memory_asks_since_when():

    bath = rf.ParticleBath(lambda w: np.exp(-(w**2) / 8), beta=1.0)
    sweep = rf.QuadraticSystem(
        lambda t: np.array([[t - 5.0, 0.1], [0.1, 5.0 - t]]) / 2, coupling=0.3, bath=bath
    )
    remembers = rf.Redfield(sweep, history="stationary")
    with pytest.raises(ValueError, match="tlist"):
        remembers.at(3.0)
    with pytest.raises(TypeError, match="tlist"):
        remembers.apply(np.eye(2) / 2, 3.0)
    given = remembers.at(3.0, [0.0, 3.0]).apply(np.eye(2) / 2)
    assert np.isfinite(given).all()
    early = rf.Davies(sweep).evolve([1.0, 0.0], [-10.0, 0.0, 10.0])
    assert early.densities.sum(axis=1).max() < 2.0


def test_level_statistics_of_stacks_and_tuples():
    stack = np.array([rf.models.dirac_syk2(40, seed=s) for s in range(3)])
    whole = analysis.level_statistics(list(stack))
    assert analysis.level_statistics(stack) == whole
    assert analysis.level_statistics(tuple(stack)) == whole
    with pytest.raises(ValueError, match="spectrum"):
        analysis.level_statistics([stack[0], np.triu(stack[1])])


def test_memory_is_asked_for_before_it_is_taken():
    big = rf.Redfield(rf.System(rf.models.anderson(6, 2.0, seed=1), rf.SiteProjectors(216), BATH), False)
    with pytest.raises(MemoryError, match="exponential"):
        big.evolve(np.eye(216)[0], [0.0, 1.0], method="exponential")
    for call in (lambda: big.steady_state(method="direct"), lambda: big.spectrum(method="direct")):
        with pytest.raises(MemoryError, match="bytes"):
            call()
    with pytest.raises(MemoryError, match="max_bytes"):
        rf.Davies(rf.System(np.diag(0.1 * np.arange(40)), rf.SiteProjectors(40), BATH), max_bytes=1e4)


def test_every_check_of_diagnose_applies_or_says_why():
    chain = rf.models.mixed_field_ising(3)
    system = rf.System(chain.hamiltonian, chain.local("z"), rf.DrudeBath(0.05, 10.0, 0.2))
    found = rf.diagnose(system, [rf.QuasilocalRedfield(system, 1), rf.Davies])
    assert found.reasons == {"QuasilocalRedfield": {}, "Davies": {}}

    class Bare(rf.Bath):
        def power_spectrum(self, w):
            return np.full(np.shape(w), 0.1)

        def lamb_shift(self, w):
            return np.zeros(np.shape(w))

    flip = [np.array([[0.0, 1.0], [1.0, 0.0]])]
    bare = rf.diagnose(rf.System(np.diag([0.0, 1.0]), flip, Bare()))
    assert "does not define correlation" in bare.reasons["CoarseGrained"]["gibbs"]
    assert bare.holds()["CoarseGrained"]["completely_positive"] is None
    cold = rf.diagnose(rf.System(np.diag([0.0, 1.0]), flip, rf.OhmicBath(0.04, 10.0, np.inf)))
    assert cold.holds()["Davies"] == {
        "completely_positive": True,
        "thermalises": True,
        "detailed_balance": None,
        "steady_state_positive": True,
    }
    assert (
        "finite temperature" in cold.reasons["Davies"]["entropy"]
        or cold.values["steady_minimum"][2] <= 0.0
    )


def test_other_baths_on_the_same_system():
    h, couplings = rf.models.dirac_syk2(5, seed=1), rf.SiteProjectors(5)
    one, other = rf.OhmicBath(0.04, 10.0, 5.0), [rf.DrudeBath(0.1 * j + 0.1, 3.0, 1.0) for j in range(5)]
    system = rf.System(h, couplings, one)
    rf.Redfield(system)
    changed, fresh = system.with_baths(other), rf.System(h, couplings, other)
    assert changed.energies is system.energies
    assert changed.reservoirs == fresh.reservoirs
    rho = np.random.default_rng(0).standard_normal((5, 5))
    for kind in (rf.Redfield, rf.Davies, rf.UniversalLindblad):
        assert np.array_equal(kind(changed).apply(rho), kind(fresh).apply(rho))
    assert np.array_equal(
        rf.Redfield(system).with_system(changed).apply(rho), rf.Redfield(fresh).apply(rho)
    )
    with pytest.raises(ValueError, match="baths"):
        system.with_baths([one, one])
    (a,) = rf.operators.fermions(1)
    lead = rf.ParticleBath(0.1, beta=2.0, mu=0.5, band=(-20.0, 20.0))
    operators, halves = rf.particle_exchange([a], lead)
    plain = rf.System(0.4 * a.T @ a, operators, rf.FlatBath(0.1))
    assert plain.with_baths(halves).number is not None
