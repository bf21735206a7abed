"""Models that have no derivatives are refused, with what is wrong and where."""

import numpy as np
import pytest

import redfield as rf
from redfield import fitting

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
TIMES = np.linspace(0.0, 3.0, 6)
BATH = rf.OhmicBath(0.05, 5.0, 1.0)


def two_level():
    return rf.Redfield(rf.System(0.5 * Z, [X], BATH))


REFUSED = {
    "takes": (lambda y: None, {"x": 1.0}, TypeError, r"model\(y\) does not fit the parameters \['x'\]"),
    "returns": (lambda x: two_level(), {"x": 1.0}, TypeError, "must return one of redfield.fitting's"),
    "a list": (lambda x: [two_level()], {"x": 1.0}, TypeError, "must return one of"),
    "nothing": (lambda: None, {}, ValueError, "parameters is empty"),
    "text": (lambda x: None, {"x": "1"}, TypeError, r"parameters\['x'\] must be a real number"),
    "infinite": (lambda x: None, {"x": np.inf}, ValueError, r"parameters\['x'\] must be finite"),
    "a question": (
        lambda x: fitting.Rates(two_level(), 1 if x < 1.01 else 2),
        {"x": 1.0},
        ValueError,
        "k depends on 'x', and has no derivative; it changes from 1 to 2",
    ),
    "an equation that jumps": (
        lambda x: fitting.Populations(
            rf.Redfield(rf.System(0.5 * Z, [X * (2.0 if x > 1.0 else 1.0)], BATH)), [1, 0], [0, 1]
        ),
        {"x": 1.0},
        rf.ConvergenceError,
        "what the baths do is no smooth function of 'x' at 1",
    ),
    "a hierarchy": (
        lambda x: fitting.SteadyExpectations(rf.HEOM(rf.System(0.5 * x * Z, [X], BATH)), Z),
        {"x": 1.0},
        TypeError,
        "must be one of a generator",
    ),
    "a shape": (
        lambda x: fitting.Populations(two_level(), [1, 0], np.linspace(0, 1, 2 + (x > 1.0))),
        {"x": 1.0},
        ValueError,
        "the shape of tlist depends on 'x'",
    ),
    "noise": (
        lambda x: fitting.SteadyExpectations(two_level(), x * Z + np.diag(np.random.default_rng().normal(size=2))),
        {"x": 1.0},
        ValueError,
        r"e_ops\[0\] differs between two calls",
    ),
    "a kink": (
        lambda x: fitting.SteadyExpectations(two_level(), np.sign(x - 1.0) * Z),
        {"x": 1.0},
        ValueError,
        r"e_ops\[0\] is no smooth function of 'x' at 1",
    ),
    "a batch": (
        lambda x: fitting.SteadyExpectations(
            rf.Redfield(rf.SystemBatch([Z, x * Z], [X], rf.OhmicBath(0.05, 5.0, 1.0))), Z
        ),
        {"x": 1.0},
        TypeError,
        "equation of a System, whose H is constant",
    ),
    "more rates than there are": (
        lambda x: fitting.Rates(two_level(), 5),
        {"x": 1.0},
        ValueError,
        "k = 5 of 2 rates",
    ),
    "a transition": (
        lambda x: fitting.TransitionRates(two_level(), [(1, 1)]),
        {"x": 1.0},
        ValueError,
        r"two different levels from 0 to 1, got \(1, 1\)",
    ),
    "an operator that is not Hermitian": (
        lambda x: fitting.SteadyExpectations(two_level(), [[0, 1], [0, 0]]),
        {"x": 1.0},
        ValueError,
        "e_ops is not Hermitian",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_bad_models_are_told(case):
    model, parameters, kind, words = REFUSED[case]
    with pytest.raises(kind, match=words):
        rf.jacobian(model, parameters)


@pytest.mark.parametrize(
    ("bounds", "kind", "words"),
    [
        ({"y": (0, 1)}, ValueError, r"bounds name \['y'\]"),
        ({"x": (2, 1)}, ValueError, r"bounds\['x'\] must be \(low, high\)"),
        ({"x": 1}, ValueError, "two numbers"),
        ([(0, 1)], TypeError, "bounds must be a dict"),
        ({"x": (2, 3)}, ValueError, r"x = 1 is outside its bounds \[2, 3\]"),
    ],
)
def test_bad_bounds_are_told(bounds, kind, words):
    with pytest.raises(kind, match=words):
        rf.jacobian(lambda x: fitting.SteadyExpectations(two_level(), x * Z), {"x": 1.0}, bounds=bounds)


def test_rates_that_coincide_are_told():
    h = np.diag([0.0, 1.0, 1.0])
    a = [np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]]), np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0]])]
    bath = rf.OhmicBath(0.05, 5.0, 1.0)
    with pytest.raises(rf.ConvergenceError, match="belongs to several modes"):
        rf.jacobian(lambda x: fitting.Rates(rf.Davies(rf.System(x * h, a, bath)), 3), {"x": 1.0})


def test_transitions_of_degenerate_levels_are_told():
    h = np.diag([0.0, 1.0, 1.0])
    a = [np.array([[0, 1, 2], [1, 0, 0], [2, 0, 0]])]
    bath = rf.OhmicBath(0.05, 5.0, 1.0)
    with pytest.raises(rf.ConvergenceError, match="level 1 of the Hamiltonian is degenerate"):
        rf.jacobian(
            lambda x: fitting.TransitionRates(rf.Davies(rf.System(x * h, a, bath)), [(1, 0)]), {"x": 1.0}
        )
