"""Every kind of equation in the registry keeps one protocol, whatever the problem: construction, identity, answers."""

from __future__ import annotations

import functools
import inspect
import pickle

import numpy as np
import pytest

import redfield as rf
from redfield._base.fingerprint import token
from redfield._base.records import PASSING
from redfield.equations.registry import PROBLEMS

from describable import X, Z, lead, level

N = 4
BATH = rf.DrudeBath(0.05, 5.0, 1.0)
H = np.kron(Z, np.eye(2)) + 0.6 * np.kron(np.eye(2), Z) + 0.3 * np.kron(X, X)
COUPLINGS = [np.kron(X + 0.2 * Z, np.eye(2)), np.kron(np.eye(2), X)]
DRIVE = [H, (np.kron(Z, X), np.cos)]
PERIOD = 2.0 * np.pi
LOWER = np.kron([[0.0, 0.4], [0.0, 0.0]], np.eye(2)) + np.kron(np.eye(2), [[0.0, 0.3], [0.0, 0.0]])
START = np.eye(N)[0]
TIMES = np.array([0.0, 0.3, 1.0])


@functools.cache
def system_of(problem):
    """The system that poses a problem: two spins, or two modes."""
    chain = np.diag([0.3, 1.0]) + 0.2 * X
    return {
        "constant": lambda: rf.System(H, COUPLINGS, BATH),
        "batch": lambda: rf.SystemBatch(np.array([H, 1.2 * H]), COUPLINGS, BATH),
        "driven": lambda: rf.DrivenSystem(DRIVE, COUPLINGS, BATH),
        "periodic": lambda: rf.PeriodicSystem(DRIVE, PERIOD, COUPLINGS, BATH),
        "quadratic": lambda: rf.QuadraticSystem(chain, 0.3, lead()),
        "driven quadratic": lambda: rf.QuadraticSystem(level, 0.3, lead()),
        "periodic quadratic": lambda: rf.QuadraticSystem(
            [chain, (0.3 * X, np.cos)], 0.3, lead(), period=PERIOD
        ),
    }[problem]()


GIVEN = {
    "constant": {"hamiltonian": H},
    "batch": {"hamiltonian": np.array([H, 1.2 * H])},
    "driven": {"hamiltonian": DRIVE},
    "periodic": {"hamiltonian": DRIVE, "period": PERIOD},
}
"""Arguments of Lindblad, which makes its system itself."""
OWN = ("Lindblad", "Superoperator")
"""Kinds that make their systems themselves."""
MORE = {"LocalRedfield": {"dims": [2, 2], "error": 1.0}, "QuasilocalRedfield": {"sites": [0, 0]}}
"""Arguments that a kind needs of these systems."""
OTHER = {
    "lamb_shift": False,
    "degeneracy_tol": 1e-3,
    "max_bytes": 1e9,
    "history": "memory",
    "correlation": "quadrature",
    "tol": 1e-6,
    "depth": 3,
    "terminator": True,
    "cutoff": 0.7,
    "window": 3.0,
    "threshold": 1e-6,
    "error": 2.0,
    "dims": [2, 2, 1],
    "sites": [0, 1],
    "reach": 0,
    "local_dimension": 4,
    "periodic": True,
    "frame": "eigenbasis",
    "harmonics": 9,
    "breakpoints": (0.5,),
    "period": 2 * PERIOD,
    "hamiltonian": np.diag([0.0, 1.0, 2.0, 3.0]),
    "jumps": [2.0 * LOWER],
    "matrix": np.zeros((4, 4)),
    "energies": [0.1, 0.2],
    "distance": 2 * X,
    "modes": 30,
}
"""Another value of each option."""
RESULTS = {
    "constant": (rf.Result, rf.SteadyState),
    "batch": (rf.BatchResult, rf.SteadyStates),
    "driven": (rf.Result, None),
    "periodic": (rf.Result, rf.PeriodicState),
    "quadratic": (rf.quadratic.CovarianceResult, rf.quadratic.SteadyCovariance),
    "driven quadratic": (rf.quadratic.CovarianceResult, None),
    "periodic quadratic": (rf.quadratic.CovarianceResult, rf.quadratic.PeriodicCovariance),
}
"""Classes of what evolve and steady_state return; None where there is no steady state."""
STARTING = {("Exact", "periodic quadratic")}
"""Equations of a periodic system that hold from a start on, and have no periodic state."""
SUPPORTED = [(kind.name, problem) for kind in rf.equations.KINDS for problem in kind.problems]
REFUSED = [
    (kind.name, problem)
    for kind in rf.equations.KINDS
    for problem in PROBLEMS
    if problem not in kind.problems and kind.name not in OWN
]


def arguments_of(name, problem):
    """The arguments of an equation of a problem."""
    if name == "Lindblad":
        return {**GIVEN[problem], "jumps": [LOWER]}
    if name == "Superoperator":
        return {"matrix": equation_of("Lindblad", "constant").liouvillian()}
    kind = rf.equations.KINDS[name]
    needs = {key: of_rate(0.1) for key, of_rate in kind.needs.items()}
    return {"system": system_of(problem), **needs, **MORE.get(name, {})}


@functools.cache
def equation_of(name, problem):
    return rf.equations.KINDS[name].equation(**arguments_of(name, problem))


def options_of(name, problem):
    """The names of the constructor's arguments beside the system; a period makes another problem.

    So do kicks, and rates make other jumps.
    """
    arguments = inspect.signature(rf.equations.KINDS[name].equation).parameters
    left_out = PASSING | {"system", "kicks", "rates"} | ({"period"} if problem != "periodic" else set())
    return [key for key in arguments if key not in left_out]


def test_every_name_is_a_kind_and_a_class_of_the_package():
    for kind in rf.equations.KINDS:
        assert getattr(rf, kind.name, None) is kind.equation or (
            getattr(rf.quadratic, kind.name) is kind.equation
        )
        assert kind.problems
        assert set(kind.problems) <= set(PROBLEMS)


@pytest.mark.parametrize(("name", "problem"), SUPPORTED)
def test_an_equation_is_its_fields(name, problem):
    equation, again = (
        equation_of(name, problem),
        type(equation_of(name, problem))(**arguments_of(name, problem)),
    )
    for same in (again, pickle.loads(pickle.dumps(equation))):
        assert same == equation
        assert hash(same) == hash(equation)
        assert repr(same) == repr(equation)
        assert token(same) == token(equation)
    refused = []
    for option in options_of(name, problem):
        try:
            other = type(equation)(**{**arguments_of(name, problem), option: OTHER[option]})
        except (TypeError, ValueError) as error:
            assert option in str(error), (option, error)
            refused.append(option)
            continue
        assert f"{option}=" in repr(other), option
        assert repr(other) != repr(equation), option
        assert other != equation, option
        assert hash(other) != hash(equation), option
        assert token(other) != token(equation), option
    assert len(refused) < max(1, len(options_of(name, problem))), refused


@pytest.mark.parametrize(("name", "problem"), SUPPORTED)
def test_an_equation_answers(name, problem):
    equation = equation_of(name, problem)
    assert equation.system.problem == problem
    evolved, settled = RESULTS[problem]
    quadratic = "quadratic" in problem
    start = START if not quadratic else [1.0, 0.0]
    operators = {"one": np.eye(len(start))}
    seen: list[float] = []
    options = {
        "method": "auto",
        "rtol": 1e-6,
        "atol": 1e-9,
        "progress": seen.append,
        "stop": rf.StopFlag(),
    }
    if not quadratic:
        options["threads"] = 1
    result = equation.evolve(start, TIMES, operators, store_states=True, **options)
    assert type(result) is evolved
    assert result.equation is equation
    assert result.states.shape[-3:] == (3, len(start), len(start))
    assert np.array_equal(result.final_state, result.states[..., -1, :, :])
    assert result.times.shape == (3,)
    assert result.expect["one"].shape[-1] == 3
    assert result.stats.keys() >= {"method", "applications", "steps", "rejected", "seconds"}
    assert equation.evolve(start, [0.0, 1.0], np.eye(len(start))).states is None
    if not quadratic:
        assert np.abs(np.trace(result.states, axis1=-2, axis2=-1) - 1.0).max() < 1e-9
        assert np.abs(result.expect["one"] - 1.0).max() < 1e-9
    if settled is None or (name, problem) in STARTING:
        with pytest.raises(TypeError, match="steady_state"):
            equation.steady_state()
        return
    steady = equation.steady_state()
    assert type(steady) is settled
    if not quadratic:
        states = steady.states if problem == "periodic" else steady.state
        assert np.abs(np.trace(states, axis1=-2, axis2=-1) - 1.0).max() < 1e-9


@pytest.mark.parametrize(("name", "problem"), REFUSED)
def test_a_system_that_a_kind_is_not_defined_for_is_refused_with_those_it_is(name, problem):
    kind = rf.equations.KINDS[name]
    with pytest.raises(TypeError) as caught:
        kind.equation(**arguments_of(name, problem))
    told = str(caught.value)
    for known in (*(PROBLEMS[p] for p in kind.problems), *rf.equations.KINDS.supporting(problem)):
        assert known in told, known
    assert PROBLEMS[problem] in told


@pytest.mark.parametrize("name", [kind.name for kind in rf.equations.KINDS if kind.name not in OWN])
def test_what_is_no_system_is_refused(name):
    for other in (H, None, BATH, rf.System):
        with pytest.raises(TypeError, match="system"):
            rf.equations.KINDS[name].equation(**{**arguments_of(name, "constant"), "system": other})


@pytest.mark.parametrize("problem", ["constant", "batch"])
@pytest.mark.parametrize(("option", "value"), [("max_step", 0.1), ("breakpoints", [0.5])])
def test_options_of_drives_are_refused_by_name_where_nothing_moves(problem, option, value):
    with pytest.raises(TypeError, match=rf"\b{option}\b"):
        equation_of("Redfield", problem).evolve(START, TIMES, **{option: value})


@pytest.mark.parametrize("problem", ["driven", "periodic"])
def test_single_precision_is_refused_by_name_where_something_moves(problem):
    with pytest.raises(TypeError, match=r"\bdtype\b"):
        equation_of("Redfield", problem).evolve(START, TIMES, rtol=1e-4, dtype="float32")


def test_a_time_is_asked_for_where_something_moves_and_refused_where_not():
    rho = np.eye(N) / N
    for problem in ("driven", "periodic"):
        with pytest.raises(TypeError, match=r"\bt\b"):
            equation_of("Redfield", problem).apply(rho)
        assert equation_of("Redfield", problem).apply(rho, 0.3).shape == (N, N)
    with pytest.raises(TypeError, match=r"\bt\b"):
        equation_of("Redfield", "constant").apply(rho, 0.3)


# LocalRedfield keeps its reservoirs together, and has no flows; HEOM's state alone does not tell how it changes; a
# Superoperator has no couplings that a secular approximation is of.
@pytest.mark.parametrize(
    "name",
    [
        k
        for k in rf.equations.KINDS.supporting("constant")
        if k not in ("LocalRedfield", "HEOM", "Superoperator")
    ],
)
def test_equations_of_a_constant_system_answer_what_analysis_asks(name):
    equation = equation_of(name, "constant")
    answers_of_a_constant(equation, np.diag([0.4, 0.3, 0.2, 0.1]).astype(complex), least=0.1)


# Exact solutions have no generator.
@pytest.mark.parametrize("name", [k for k in rf.equations.KINDS.supporting("quadratic") if k != "Exact"])
def test_equations_of_a_quadratic_system_answer_what_analysis_asks(name):
    equation = equation_of(name, "quadratic")
    answers_of_a_constant(equation, np.diag([0.7, 0.2]).astype(complex), least=0.2)


def answers_of_a_constant(equation, rho, least):
    """Whether an equation of a constant H answers, and its system."""
    system = equation.system
    for attribute in ("hamiltonian", "energies", "eigenvectors", "reservoirs", "degeneracy_tol"):
        assert getattr(system, attribute) is not None
    assert equation.apply(rho).shape == rho.shape
    steady = equation.steady_state()
    assert np.abs(equation.apply(steady.state)).max() < 1e-8
    assert steady.residual < 1e-8
    assert system.gibbs_state(beta=1.0, mu=0.0).shape == rho.shape
    spectrum = equation.spectrum()
    assert spectrum.modes.shape[-2:] == rho.shape
    assert np.isfinite(spectrum.gap)
    solver = equation.solver
    assert solver.margins(rho[None]) == pytest.approx(least)
    assert np.isfinite(solver.entropy_rate(rho, equation.apply(rho)))
    assert solver.fastest_decay() > 0.0
    assert solver.decoherence_rate() > 0.0
    assert solver.flows(rho[None], "energy").shape == (1, len(system.reservoirs))
