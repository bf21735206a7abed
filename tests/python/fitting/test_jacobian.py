"""Jacobians of models against central differences of whole answers, computed without predictions."""

import itertools

import numpy as np
import pytest

import redfield as rf
from redfield import fitting

from reference import random_hermitian

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
TIMES = np.linspace(0.0, 3.0, 6)
PARAMETERS = {"scale": 0.8, "mix": 0.3, "strength": 0.03, "cutoff": 5.0, "beta": 0.9}
H0, H1, A, B, C = (random_hermitian(3, seed) for seed in (1, 2, 3, 4, 5))
TIGHT = {"rtol": 1e-12, "atol": 1e-14}


def equation_of(kind, scale, mix, strength, cutoff, beta):
    hot = rf.OhmicBath(strength=strength, cutoff=cutoff, beta=beta)
    cold = rf.DrudeBath(strength=0.05, cutoff=0.5 * cutoff, beta=2.0)
    couplings = [A, np.sin(mix) * B]
    return kind(rf.System(scale * H0 + np.sin(mix) * H1, couplings, [hot, cold]))


def populations(equation, mix, scale):
    states = equation.evolve([1.0, 0.0, 0.0], TIMES, **TIGHT).states
    return np.einsum("tkk->tk", states).real


def expectations(equation, mix, scale):
    start = [np.cos(mix), 1j * np.sin(mix), 0.0]
    return np.array(equation.evolve(start, TIMES * scale, [C, mix * C], **TIGHT).expect)


QUESTIONS = {
    "Populations": (
        populations,
        lambda equation, mix, scale: fitting.Populations(equation, [1.0, 0.0, 0.0], TIMES),
    ),
    "Expectations": (
        expectations,
        lambda equation, mix, scale: fitting.Expectations(
            equation, [np.cos(mix), 1j * np.sin(mix), 0.0], TIMES * scale, [C, mix * C]
        ),
    ),
    "SteadyExpectations": (
        lambda equation, mix, scale: mix * np.trace(C @ equation.steady_state(tol=1e-13).state).real,
        lambda equation, mix, scale: fitting.SteadyExpectations(equation, mix * C),
    ),
    "Currents": (
        lambda equation, mix, scale: rf.analysis.heat_currents(
            equation.steady_state(tol=1e-13).state, equation
        ),
        lambda equation, mix, scale: fitting.Currents(equation),
    ),
    "Rates": (
        lambda equation, mix, scale: slowest(equation, 3),
        lambda equation, mix, scale: fitting.Rates(equation, 3),
    ),
    "TransitionRates": (
        lambda equation, mix, scale: golden_rule(equation, [(1, 0), (0, 2), (2, 1)]),
        lambda equation, mix, scale: fitting.TransitionRates(equation, [(1, 0), (0, 2), (2, 1)]),
    ),
    "Spectrum": (
        lambda equation, mix, scale: scale * rf.spectrum(equation, A, mix * B, TIMES * scale - 0.5) + mix,
        lambda equation, mix, scale: fitting.Scaled(
            fitting.Spectrum(equation, A, mix * B, TIMES * scale - 0.5), scale, mix
        ),
    ),
    "Spectrum of one operator": (
        lambda equation, mix, scale: rf.spectrum(equation, A, A, TIMES).real,
        lambda equation, mix, scale: fitting.Spectrum(equation, A, A, TIMES),
    ),
    "Together": (
        lambda equation, mix, scale: np.concatenate(
            [slowest(equation, 2), populations(equation, mix, scale).ravel()]
        ),
        lambda equation, mix, scale: [
            fitting.Rates(equation, 2),
            fitting.Populations(equation, [1.0, 0.0, 0.0], TIMES),
        ],
    ),
}


def golden_rule(equation, transitions):
    """γ_j(E_l − E_k)|⟨k|A_j|l⟩|² of eigenstates, summed over the couplings."""
    system = equation.system
    energies, u = np.linalg.eigh(system.hamiltonian)
    return np.array(
        [
            sum(
                system.coupling_bath(j).power_spectrum(energies[l] - energies[k])
                * abs(u[:, k].conj() @ system.couplings[j] @ u[:, l]) ** 2
                for j in range(2)
            )
            for l, k in transitions  # noqa: E741
        ]
    )


def slowest(equation, count):
    """The smallest −Re λ of a dense 𝓛, one of each pair."""
    eigenvalues = np.linalg.eigvals(equation.liouvillian().toarray())
    kept = eigenvalues[(np.abs(eigenvalues) > 1e-10) & (eigenvalues.imag > -1e-10)]
    return np.sort(-kept.real)[:count]


def differences(answer, parameters, name):
    """The derivative of an answer by central differences of fourth order, at the best of several steps."""

    def at(shift):
        return np.asarray(answer(**{**parameters, name: parameters[name] + shift}))

    found = []
    for part in (3e-2, 1e-2, 3e-3, 1e-3, 3e-4):
        h = part * parameters[name]
        found.append((8.0 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12.0 * h))
    changes = [np.abs(a - b).max() for a, b in itertools.pairwise(found)]
    return found[1 + int(np.argmin(changes))]


@pytest.mark.parametrize(
    "kind", [rf.Redfield, rf.Davies, rf.UniversalLindblad], ids=lambda kind: kind.__name__
)
@pytest.mark.parametrize("question", QUESTIONS)
def test_jacobians_are_those_of_whole_answers(question, kind):
    answer, ask = QUESTIONS[question]

    def model(**parameters):
        return ask(equation_of(kind, **parameters), parameters["mix"], parameters["scale"])

    def whole(**parameters):
        return answer(equation_of(kind, **parameters), parameters["mix"], parameters["scale"])

    found = rf.jacobian(model, PARAMETERS)
    values = whole(**PARAMETERS)
    assert found.values.shape == values.shape
    assert np.abs(found.values - values).max() < 1e-8 * np.abs(values).max()
    assert found.matrix.shape == (*values.shape, len(PARAMETERS))
    for name in PARAMETERS:
        expected = differences(whole, PARAMETERS, name)
        assert np.abs(found[name] - expected).max() < 1e-7 * np.abs(expected).max(), name
    assert found.elasticities[..., 0] == pytest.approx(found["scale"] * 0.8 / found.values)


@pytest.mark.parametrize("question", QUESTIONS)
def test_forward_mode_and_differences_of_generators_agree(question, monkeypatch):
    _, ask = QUESTIONS[question]

    def model(**parameters):
        return ask(equation_of(rf.Redfield, **parameters), parameters["mix"], parameters["scale"])

    exact = rf.jacobian(model, PARAMETERS)
    monkeypatch.setattr("redfield.solve.tangents.Changes.__init__", no_forward_mode)
    other = rf.jacobian(model, PARAMETERS)
    assert (exact.matrix != other.matrix).any()
    assert np.abs(exact.matrix - other.matrix).max() < 1e-8 * np.abs(exact.matrix).max()


def test_more_levels_than_a_dense_exponential_is_made_for(monkeypatch):
    h, a = random_hermitian(18, 8), random_hermitian(18, 9)
    times, start = np.array([0.0, 0.4, 0.4, 1.5]), np.eye(18)[0]

    def equation(scale, strength):
        bath = rf.DrudeBath(strength=strength, cutoff=5.0, beta=1.0)
        return rf.Redfield(rf.System(0.5 * scale * h, [0.3 * a], bath))

    def whole(scale, strength):
        states = equation(scale, strength).evolve(start, times, **TIGHT).states
        return np.einsum("tkk->tk", states).real

    parameters = {"scale": 0.8, "strength": 0.2}
    expected = {name: differences(whole, parameters, name) for name in parameters}
    for without in (False, True):
        if without:
            monkeypatch.setattr("redfield.solve.tangents.Changes.__init__", no_forward_mode)
        found = rf.jacobian(lambda **p: fitting.Populations(equation(**p), start, times), parameters)
        for name, d in expected.items():
            assert found[name] == pytest.approx(d, abs=1e-7 * np.abs(d).max()), name


def no_forward_mode(self, equation):
    raise TypeError("no forward mode")


def test_weights_of_site_projectors_and_a_vector_of_parameters():
    h = random_hermitian(3, 7)

    def equation(x):
        bath = rf.OhmicBath(strength=0.05, cutoff=4.0, beta=1.0)
        return rf.Redfield(rf.System(h, rf.SiteProjectors(3, weights=[x[0], x[1], 0.5]), bath))

    def excited(**x):
        return populations(equation([x["x[0]"], x["x[1]"]]), 0.0, 0.0)

    found = rf.jacobian(lambda x: fitting.Populations(equation(x), [1.0, 0.0, 0.0], TIMES), [1.0, 0.7])
    for name in ("x[0]", "x[1]"):
        expected = differences(excited, {"x[0]": 1.0, "x[1]": 0.7}, name)
        assert found[name] == pytest.approx(expected, abs=1e-7 * np.abs(expected).max())
    with pytest.raises(KeyError, match="none of the parameters"):
        found["y"]


def test_jump_operators_of_lindblad():
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])

    def model(rate, frequency):
        decay = rf.Lindblad(np.diag([0.0, frequency]) + 0.3 * X, [np.sqrt(rate) * lower])
        return fitting.SteadyExpectations(decay, np.diag([0.0, 1.0]))

    found = rf.jacobian(model, {"rate": 0.4, "frequency": 0.2})
    g, d, w = 0.4, 0.2, 0.6  # the excited population is (w/2)² / (d² + g²/4 + w²/2)
    bottom = d**2 + g**2 / 4 + w**2 / 2
    assert found.values == pytest.approx(w**2 / 4 / bottom)
    assert found["rate"] == pytest.approx(-(w**2) / 4 / bottom**2 * g / 2, rel=1e-8)
    assert found["frequency"] == pytest.approx(-(w**2) / 4 / bottom**2 * 2 * d, rel=1e-8)


def test_a_parameter_at_the_end_of_its_domain_has_a_derivative():
    def model(strength):
        baths = [rf.OhmicBath(strength=s, cutoff=5.0, beta=2.0) for s in (strength, 0.05)]
        return fitting.Rates(rf.Davies(rf.System(0.5 * Z, [X, X], baths)), modes="populations")

    found = rf.jacobian(model, {"strength": 0.0})
    unit = rf.OhmicBath(strength=1.0, cutoff=5.0, beta=2.0).power_spectrum(np.array([1.0, -1.0])).sum()
    assert found.values == pytest.approx(0.05 * unit)
    assert found["strength"] == pytest.approx(unit, rel=1e-8)


def test_functions_of_baths_and_options_of_equations_have_derivatives():
    def model(strength, width, window):
        bath = rf.SpectrumBath(lambda w: strength * np.exp(-((w / width) ** 2)), scale=2.0)
        equation = rf.CoarseGrained(rf.System(0.5 * Z + 0.2 * X, [X], bath), window, lamb_shift=False)
        return fitting.Populations(equation, [1.0, 0.0], TIMES)

    parameters = {"strength": 0.3, "width": 2.0, "window": 5.0}
    found = rf.jacobian(model, parameters)
    for name in parameters:
        expected = differences(lambda **p: model(**p).values(), parameters, name)
        assert found[name] == pytest.approx(expected, abs=1e-7 * np.abs(expected).max()), name
