"""All energies times s and all times over s give the same answer, whatever is computed."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
LOWER = np.array([[0.0, 1.0], [0.0, 0.0]])
SCALES = [1e-12, 1e-6, 1e9, 1e15]
T = np.array([0.0, 0.7, 3.0, 20.0])
UP = np.array([[0.8, 0.3], [0.3, 0.2]])


def system(s):
    baths = [rf.OhmicBath(0.03, 5.0 * s, 1.1 / s), rf.DrudeBath(0.02, 3.0 * s, 0.6 / s)]
    return rf.System(s * (0.5 * Z + 0.2 * X), [X, Z], baths)


def batch(s):
    bath = rf.OhmicBath(0.03, 5.0 * s, 1.1 / s)
    return rf.SystemBatch([s * (0.5 * Z + 0.2 * X), s * (0.9 * Z - 0.1 * X)], [X], bath)


def driven(s):
    return rf.DrivenSystem(
        [0.5 * s * Z, (s * X, lambda t: 0.3 * np.cos(0.8 * s * t))], [Z], system(s).baths[0]
    )


def floquet(s):
    drive = [0.5 * s * Z, (s * X, lambda t: 0.3 * np.cos(0.8 * s * t))]
    return rf.PeriodicSystem(drive, 2.0 * np.pi / (0.8 * s), [Z], system(s).baths[0])


def leads(s):
    return [
        rf.ParticleBath(0.3 * s, 2.0 / s, 0.4 * s, band=(-6.0 * s, 5.0 * s)),
        rf.ParticleBath(lambda w: 0.2 * s * np.exp(-((w / s) ** 2) / 8), 0.5 / s, -0.3 * s, scale=s),
    ]


def quadratic(s):
    return rf.QuadraticSystem(s * rf.models.chain(2), [0.3, 0.4], leads(s))


KINDS = {
    "Redfield": rf.Redfield,
    "Davies": rf.Davies,
    "UniversalLindblad": rf.UniversalLindblad,
    "GeometricArithmetic": rf.GeometricArithmetic,
    "CoarseGrained": lambda made, s: rf.CoarseGrained(made, 4.0 / s),
    "PartialSecular": lambda made, s: rf.PartialSecular(made, 0.3 * s),
}


def kind(name, made, s):
    needs_scale = name in ("CoarseGrained", "PartialSecular")
    return KINDS[name](made, s) if needs_scale else KINDS[name](made)


def lindblad(s):
    return rf.Lindblad(s * (0.5 * Z + 0.2 * X), [np.sqrt(0.3 * s) * LOWER, np.sqrt(0.1 * s) * Z])


def solved(equation, s):
    """Evolution, steady state, slow modes and regression of an equation, each with its power of an energy."""
    yield equation.evolve(UP, T / s, [X, Z]).expect, 0
    yield equation.steady_state().state, 0
    yield np.sort_complex(np.round(equation.spectrum(3).eigenvalues / s, 9)), 0
    yield equation.apply(UP), 1
    yield rf.correlation(equation, X, X, T / s), 0
    yield rf.spectrum(equation, X, X, s * np.array([0.5, 1.3])), -1
    yield rf.susceptibility(equation, X, X, s * np.array([0.5, 1.3])), -1


def of_kind(name):
    def cases(s):
        equation = kind(name, system(s), s)
        yield from solved(equation, s)
        for method in ("dopri5", "exponential", "chebyshev"):
            yield equation.evolve(UP, T[:3] / s, [X, Z], method=method).expect, 0
        yield rf.analysis.heat_currents(equation.steady_state().state, equation), 2
        yield kind(name, batch(s), s).steady_state().state, 0
        yield kind(name, batch(s), s).evolve(UP, T / s, [Z]).expect, 0

    return cases


def of_lindblad(s):
    equation = lindblad(s)
    yield from solved(equation, s)
    yield equation.evolve_low_rank([1.0, 0.0], T[:3] / s, [Z]).expect, 0
    yield equation.trajectories([1.0, 0.0], T[:3] / s, [Z], samples=8, seed=3).expect, 0


def of_counting(s):
    counting = rf.analysis.Counting(rf.Davies(system(s)))
    yield counting.cumulants().mean, 2
    yield counting.cumulants().covariance, 3


def of_drives(s):
    for equation in (rf.Redfield, rf.Davies):
        yield equation(driven(s)).evolve([1.0, 0.0], T / s, [X, Z]).expect, 0
    for equation in (rf.Davies, rf.Redfield):
        yield equation(floquet(s)).evolve([1.0, 0.0], T / s, [X, Z]).expect, 0
    yield floquet(s).quasienergies, 1


def of_quadratic(s):
    for equation in (rf.Redfield, rf.Davies):
        made = equation(quadratic(s))
        yield made.steady_state().covariance, 0
        yield made.evolve(np.diag([1.0, 0.0]), T / s).covariances, 0
        yield rf.quadratic.currents(made, np.diag([0.3, 0.6])).energy, 2
    pulsed = rf.QuadraticSystem(
        lambda t: s * (0.5 * Z + 0.3 * np.cos(0.8 * s * t) * X), [0.3, 0.4], leads(s)
    )
    yield rf.Davies(pulsed).evolve(np.diag([1.0, 0.0]), T[:3] / s).covariances, 0


def of_analysis(s):
    made = system(s)
    yield made.gibbs_state(0.7 / s), 0
    yield made.energies, 1
    yield made.bohr_frequencies(), 1
    a, b = rf.Redfield(made), rf.Davies(made)
    yield rf.analysis.steady_state_distance(a, b), 0
    yield rf.analysis.generator_distance(a, b), 0
    yield rf.analysis.entropy_production(a.steady_state().state, b), 1


CASES = {
    **{name: of_kind(name) for name in KINDS},
    "Lindblad": of_lindblad,
    "Counting": of_counting,
    "drives": of_drives,
    "quadratic": of_quadratic,
    "analysis": of_analysis,
}


@pytest.mark.parametrize("name", CASES)
def test_units_do_not_matter(name):
    one = [np.asarray(value) for value, _ in CASES[name](1.0)]
    for s in SCALES:
        for k, (value, power) in enumerate(CASES[name](s)):
            found = np.asarray(value) / s**power
            assert np.abs(found - one[k]).max() < 2e-7 * max(np.abs(one[k]).max(), 1e-3), (k, s)
