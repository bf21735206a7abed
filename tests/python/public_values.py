"""One valid value of every argument of the public API, and an object of every public class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip
from matplotlib.figure import Figure

import redfield as rf
from redfield.qutip import BRSolver, FMESolver

import public_walk
from public_systems import (
    BATH,
    DRIVE,
    LEAD,
    LOWER,
    MIXED,
    NUMBERS,
    SYSTEM,
    TIMES,
    H,
    X,
    Z,
    decaying,
    driven,
    flat_matrix,
    floquet,
    lindblad,
    many,
    ohmic,
    quadratic,
    quadratic_floquet,
    redfield,
    soft,
    soft_driven,
    strengths,
    thermal,
)


@dataclass(frozen=True)
class Made:
    """A value that is made anew for each call."""

    make: Callable[[], Any]


def started(solver: Any) -> Any:
    """Return a solver of QuTiP's words that has a state to step from."""
    solver.start(qutip.basis(2, 0), 0.0)
    return solver


def point(beta: float, rng: Any) -> dict[str, float]:
    return {"twice": 2.0 * beta}


PROBLEMS: dict[str, Callable[[], Any]] = {
    "driven": driven,
    "periodic": floquet,
    "quadratic": quadratic,
    "driven quadratic": soft_driven,
    "periodic quadratic": quadratic_floquet,
}
ASKED = {
    f"redfield.{kind.__name__}[{problem}]": (kind, system)
    for kind in (rf.Redfield, rf.Davies)
    for problem, system in PROBLEMS.items()
}
"""Kinds of equation of the systems above, by the name under which their calls are made."""

SCALED = ("Drude", "Flat", "Lorentzian", "Ohmic", "Underdamped")
"""Baths whose strength may be chosen by a relaxation time."""

VALUES: dict[str, dict[str, Any]] = {
    "": {
        "hamiltonian": H, "couplings": Made(lambda: rf.SiteProjectors(2)), "baths": BATH, "bath": BATH,
        "system": SYSTEM, "equation": Made(redfield), "a": X, "b": X, "rho0": [1.0, 0.0], "psi0": [1.0, 0.0],
        "rho": MIXED, "tlist": TIMES, "taus": TIMES, "t": 0.5, "w": 0.7, "frequencies": [0.5, 1.0], "operator": X,
        "hamiltonians": [H, 2.0 * H], "e_ops": [Z], "duration": 5.0, "member": 0, "first": 0, "count": 1,
        "lamb_shift": False, "power_spectrum": ohmic, "function": ohmic, "beta": 1.0, "mu": 0.0, "strength": 0.1,
        "cutoff": 5.0, "rate": 0.1, "width": 1.0, "low": 0.1, "high": 10.0, "density": 0.1, "frequency": 1.0,
        "damping": 0.5, "time_scale": 1.0, "values": [0.5, 1.0], "n": 4, "which": [0], "index": 0, "coupling": 0,
        "j": 0, "name": "beta", "reservoir": 0, "what": "energy", "energies": Made(lambda: SYSTEM.energies),
        "eigenvectors": Made(lambda: SYSTEM.eigenvectors), "window": 2.0, "threads": 1, "jumps": [LOWER],
        "error": 1e-3, "dims": [2], "reach": 1, "states": Made(lambda: np.array([MIXED])), "change": 0.1 * Z,
        "difference": np.array([0.0, 1.0]), "equations": Made(lambda: [redfield(), rf.Davies(SYSTEM)]), "site": 0,
        "matrix": np.eye(2), "operators": [LOWER], "point": point,
        "axes": Made(lambda: Figure().subplots()), "ax": Made(lambda: Figure().subplots()),
        "samples": 2, "counting": [0.1], "spectrum": np.arange(9.0) ** 2, "result": MIXED,
        "path": Made(lambda: f"result{next(NUMBERS)}.zarr"),
        "parameters": {
            **dict.fromkeys(("strength", "cutoff", "beta", "width", "centre", "rate", "exponent"), np.array([1.0])),
            "cutoff_function": "exponential",
        },
        "amplitude": 0.1, "times": TIMES, "period": 2.0 * np.pi, "last": 1.0, "state": MIXED, "observable": Z,
        "fluctuators": Made(lambda: [rf.Fluctuator(Z, 0.1, 1.0)]), "terms": [(X, np.sin)], "centre": 0.0,
        "exponent": 1.0, "cutoff_scale": 1.0, "pieces": 4, "modes": 2, "covariance": MIXED,
        "covariances": Made(lambda: np.array([MIXED])), "h": H,
        "pairing": 0.1 * (LOWER - LOWER.T), "normal": MIXED, "pairs": np.zeros((2, 2)), "particles": 2,
        "cells": [3], "hoppings": [(1.0, 0, 0, [1])], "band": (-5.0, 5.0), "outside": "zero", "length": 2,
        "disorder": 1.0, "levels": 3, "H": Made(lambda: qutip.Qobj(H)), "a_op": Made(qutip.sigmax),
        "b_op": Made(qutip.sigmaz), "c_op": Made(qutip.sigmax), "taulist": TIMES,
        "a_ops": Made(lambda: [(qutip.sigmax(), ohmic)]),
        "state0": Made(lambda: qutip.basis(2, 0)), "wlist": [0.5, 1.0], "spectra": ohmic, "spectra_cb": ohmic,
        "c_ops": Made(lambda: [qutip.sigmax()]), "T": 2.0 * np.pi, "weights": [1.0, 1.0], "seed": 1, "curves": [],
        "temperature": 1.0, "unit": "meV", "to": "cm^-1", "value": 1.0, "level": 1, "row": 0, "column": 1,
        "ket": [1.0, 0.0], "t1": 10.0, "tphi": 10.0, "reorganisation": 0.1, "huang_rhys": 0.1,
        "title": "a", "size": 2, "time": np.array(TIMES), "scale": 1.0,
    },
    "redfield.fitting": {
        "prediction": Made(lambda: strengths(0.05)), "predictions": Made(lambda: [strengths(0.05)]),
        "transitions": [(1, 0)], "model": Made(lambda: strengths), "parameters": {"strength": 0.1},
        "data": Made(lambda: strengths(0.05).values()), "start": {"strength": 0.1}, "name": "strength",
    },
    "redfield.jacobian": {"model": Made(lambda: strengths), "parameters": {"strength": 0.1}},
    "redfield.fit": {
        "model": Made(lambda: strengths), "data": Made(lambda: strengths(0.05).values()), "start": {"strength": 0.1},
    },
    "redfield.Jacobian.__getitem__": {"name": "strength"},
    "redfield.PeriodicState.load": {"origin": Made(lambda: rf.Davies(floquet()))},
    "redfield.sweep": {"axes": {"beta": [1.0, 2.0]}, "executor": "threads"},
    "redfield.DrivenSystem": {"hamiltonian": DRIVE, "first": 0.0, "times": np.array(TIMES), "width": 1.0},
    "redfield.PeriodicSystem": {
        "hamiltonian": DRIVE, "times": np.array(TIMES), "counts": [0.1, 0.2], "released": [0.1, 0.2], "work": 0.0,
    },
    "redfield.average": {"equation": Made(lambda: rf.Redfield(driven()))},
    "redfield.Spline": {"samples": [0.0, 0.25, 1.0]},
    "redfield.qutip": {
        "y": [0.0, 1.0, 0.5], "t0": 0.0, "max_t_plus_tau": 0.7, "map_kw": {},
        "kmax": 5, "nT": 100, "psi0": Made(lambda: qutip.basis(2, 0)),
        "rho0": Made(lambda: qutip.basis(2, 0)), "floquet_basis": Made(lambda: (qutip.Qobj(H), 2.0)),
    },
    "redfield.qutip.spectrum_correlation_fft": {"y": Made(lambda: np.cos(TIMES))},
    "redfield.qutip.correlation_3op": {
        "solver": Made(lambda: public_walk.made(BRSolver)), **dict.fromkeys("ABC", Made(qutip.sigmax)),
    },
    "redfield.qutip.fmmesolve": {
        "H": Made(lambda: qutip.QobjEvo([qutip.sigmaz(), [qutip.sigmax(), lambda t: 0.1 * np.cos(t)]])),
    },
    "redfield.BathMatrix": {"power_spectrum": flat_matrix, "w": [0.5, 1.0]},
    "redfield.CorrelationBath": {"function": decaying},
    "redfield.SpectrumBath": {"function": thermal},
    "redfield.beta": {"scale": "K"},
    "redfield.units": {"scale": "K"},
    "redfield.units.Units.time": {"unit": "fs"},
    "redfield.units.Units.to_time": {"unit": "fs"},
    **{
        f"redfield.{name}.plot": {"axes": Made(lambda: Figure().subplots(1, 3))}
        for name in rf.baths.__all__ if isinstance(getattr(rf, name, None), type)
    },
    **{f"redfield.{x}Bath.with_tphi": {"difference": 2.0} for x in SCALED},
    "redfield.BathBatch": {"baths": [BATH, BATH], "w": np.array([[0.5, 1.0]])},
    "redfield.TabulatedBath": {"frequencies": [0.0, 1.0]},
    "redfield.LocalRedfield": {"error": 1e-2},
    "redfield.local_jumps": {"error": 1e-2, "system": Made(lambda: rf.System(H, [Z], BATH))},
    "redfield.QuasilocalRedfield": {"system": Made(lambda: rf.System(H, [Z], BATH))},
    "redfield.Spline.__call__": {"t": 0.4},
    **{
        f"redfield.analysis.{x}": {"result": Made(lambda: public_walk.made(rf.Result))}
        for x in ("energy_balance", "work")
    },
    "redfield.Superoperator": {"matrix": Made(lambda: lindblad().liouvillian())},
    "redfield.analysis.positivity_violation": {"result": Made(lambda: public_walk.made(rf.Result))},
    "redfield.analysis.generator_distance": {"a": Made(redfield), "b": Made(lambda: rf.Davies(SYSTEM))},
    "redfield.analysis.solution_distance": {"a": Made(redfield), "b": Made(lambda: rf.Davies(SYSTEM))},
    "redfield.analysis.steady_state_distance": {"a": Made(redfield), "b": Made(lambda: rf.Davies(SYSTEM))},
    "redfield.compare": {"equations": [rf.Redfield, rf.Davies]},
    "redfield.Fluctuator": {"rng": Made(lambda: np.random.default_rng(1))},
    "redfield.quadratic": {
        "system": Made(quadratic), "equation": Made(lambda: rf.Redfield(quadratic())), "coupling": 0.2,
        "bath": LEAD, "reach": 1.0, "e_ops": [Z], "max_reach": 1, "name": "beta",
        "contacts": Made(lambda: quadratic().contacts),
    },
    "redfield.particle_exchange": {"bath": LEAD},
    "redfield.quadratic.mutual_information": {"a": [0], "b": [1]},
    "redfield.quadratic.negativity": {"a": [0], "b": [1]},
    "redfield.Exact": {"system": Made(quadratic)},
    "redfield.QuadraticSystem": {"coupling": 0.2, "bath": LEAD, "degeneracy": 1e-9},
    "redfield.quadratic.GivenFlow": {"damping": 0.1 * np.eye(2), "gain": 0.05 * np.eye(2)},
    **{
        f"redfield.quadratic.{x}Covariance.of": {"g": MIXED, "residual": 0.0, "error": 0.0}
        for x in ("Steady", "Periodic")
    },
    "redfield.quadratic.Currents.of_sites": {"particle": np.zeros(2), "energy": np.zeros(2)},
    **{name: {"system": Made(system), "e_ops": [Z]} for name, (_, system) in ASKED.items()},
    "redfield.quadratic.Bogoliubov": {
        "equation": Made(lambda: rf.Redfield(public_walk.made(rf.quadratic.Bogoliubov).system)),
        "covariance": Made(lambda: np.diag([0.7, 0.3, 0.3, 0.7])),
    },
    "redfield.quadratic.locality_profile": {"system": Made(soft)},
    "redfield.models.ManyBody": {"name": "z"},
    "redfield.models.anderson": {"n": 2},
    "redfield.models.chain": {"n": 3},
    "redfield.models.dirac_syk2": {"n": 3},
    "redfield.models.graphene": {"length": 3},
    "redfield.models.haldane": {"length": 3},
    "redfield.System.restricted": {"couplings": [0]},
    "redfield.SiteProjectors": {"n": 2},
    **{f"redfield.{x}.gradient": {"weights": Z, "time": 1.0} for x in ("Result", "BatchResult")},
    **{
        f"redfield.{x}.directional_derivative": {"directions": Made(lambda: rf.Direction(hamiltonian=Z))}
        for x in ("Result", "SteadyState")
    },
    "redfield.DriveGradient.amplitudes": {"basis": [0.0, 0.5, 1.0]},
    "redfield.Eigenmodes.gradient": {"index": 1, "tol": 1e-9},
    "redfield.correlation_gradient": {"weights": [1.0, 1.0, 1.0]},
    "redfield.models.ssh": {"cells": 3},
    "redfield.operators": {"modes": 2},
    "redfield.operators.local": {"dims": [2, 2]},
    **{f"redfield.{x}Bath.spectra_of_many": {"w": np.array([[0.5]])} for x in ("Drude", "Flat", "Lorentzian", "Ohmic")},
}  # fmt: skip
"""Valid values of arguments, by the module, class or function they belong to ("" for all) and their name."""


GIVEN = {
    ("redfield.sweep", "executor"),
    ("redfield.ParticleBath", "band"),
    ("redfield.fit", "start"),
    ("redfield.fitting.fit", "start"),
    ("redfield.TabulatedBath", "outside"),
    ("redfield.DrudeBath.from_reorganisation", "beta"),
    ("redfield.OhmicBath.from_t1", "beta"),
    ("redfield.UnderdampedBath.from_huang_rhys", "beta"),
    ("redfield.UnderdampedBath.from_reorganisation", "beta"),
    *((f"redfield.{x}Bath", "beta") for x in ("Correlation", "Spectrum", "Tabulated")),
    *((f"redfield.analysis.{x}_currents", "equation") for x in ("energy", "heat", "particle")),
    *((f"redfield.analysis.{x}", "equation") for x in ("entropy_production", "first_law_defect")),
    *((f"{name}.apply", "t") for name in ASKED if "[quadratic]" not in name),
}
"""Arguments with a default that valid calls give: the default is slow, or does not do for the other values here."""


OBJECTS: dict[Any, Callable[[], Any]] = {
    rf.Result: lambda: redfield().evolve([1.0, 0.0], TIMES, store_states=True),
    rf.BatchResult: lambda: rf.Redfield(many()).evolve([1.0, 0.0], TIMES),
    rf.SteadyStates: lambda: rf.Redfield(many()).steady_state(),
    rf.SteadyState: lambda: redfield().steady_state(),
    rf.Gradient: lambda: redfield().steady_state().gradient(Z),
    rf.DriveGradient: lambda: rf.Redfield(driven()).evolve([1.0, 0.0], TIMES).gradient(Z),
    rf.Direction: lambda: rf.Direction(hamiltonian=Z),
    rf.Eigenmodes: lambda: redfield().spectrum(),
    rf.EstimatedSpectrum: lambda: rf.spectrum(redfield(), X, X, [0.5], error=True),
    rf.LowRankResult: lambda: lindblad().evolve_low_rank([1.0, 0.0], TIMES, [Z]),
    rf.TrajectoryResult: lambda: lindblad().trajectories([1.0, 0.0], TIMES, [Z], samples=4),
    rf.Jacobian: lambda: rf.jacobian(strengths, {"strength": 0.1}),
    rf.Fit: lambda: rf.fit(strengths, strengths(0.05).values(), {"strength": 0.1}),
    rf.LocalJumps: lambda: rf.local_jumps(SYSTEM, 1e-2, [2]),
    rf.baths.ExponentialSum: lambda: rf.DrudeBath(0.1, 5.0, 1.0).exponentials(5.0),
    rf.analysis.BatchDiagnosis: lambda: rf.diagnose(many(), [rf.Davies]),
    rf.analysis.Comparison: lambda: rf.compare(SYSTEM, [rf.Redfield, rf.Davies], [1.0, 0.0], TIMES),
    rf.analysis.Cumulants: lambda: rf.analysis.Counting(rf.Davies(SYSTEM)).cumulants(),
    rf.analysis.DetailedBalance: lambda: rf.analysis.detailed_balance_defect(redfield()),
    rf.analysis.Diagnosis: lambda: rf.diagnose(SYSTEM),
    rf.analysis.DrivenDiagnosis: lambda: rf.diagnose(driven(), [rf.Redfield], tlist=[0.0, 1.0]),
    rf.analysis.PeriodicDiagnosis: lambda: rf.diagnose(floquet(), [rf.Davies]),
    rf.analysis.EnergyBalance: lambda: rf.analysis.energy_balance(redfield().evolve([1.0, 0.0], TIMES)),
    rf.analysis.Kossakowski: lambda: rf.analysis.kossakowski(redfield()),
    rf.analysis.LevelStatistics: lambda: rf.analysis.level_statistics(np.arange(9.0) ** 2),
    rf.analysis.PositivityViolation: lambda: rf.analysis.positivity_violation(
        public_walk.made(rf.Result)
    ),
    rf.analysis.SecularParameter: lambda: rf.analysis.secular_parameter(redfield()),
    rf.analysis.Timescales: lambda: rf.analysis.bath_timescales(SYSTEM),
    rf.Average: lambda: rf.average(
        rf.Redfield(driven()),
        [rf.Fluctuator(Z, 0.1, 1.0)],
        [1.0, 0.0],
        TIMES,
        [Z],
        samples=2,
    ),
    rf.PeriodicState: lambda: rf.Davies(floquet()).steady_state(),
    rf.quadratic.Currents: lambda: rf.quadratic.currents(rf.Redfield(quadratic()), MIXED),
    rf.quadratic.Equivalence: lambda: rf.quadratic.equivalence(quadratic()),
    rf.quadratic.LocalityProfile: lambda: rf.quadratic.locality_profile(quadratic()),
    rf.quadratic.CovarianceResult: lambda: rf.Redfield(quadratic()).evolve([1.0, 0.0], TIMES),
    rf.quadratic.CovarianceModes: lambda: rf.Redfield(quadratic()).spectrum(),
    rf.quadratic.SteadyCovariance: lambda: rf.Redfield(quadratic()).steady_state(),
    rf.quadratic.TruncationError: lambda: rf.quadratic.truncation_errors(quadratic(), max_reach=0)[0],
    rf.quadratic.PeriodicCovariance: lambda: rf.Davies(quadratic_floquet()).steady_state(),
    rf.models.ManyBody: lambda: rf.models.xxz(2),
    BRSolver: lambda: started(BRSolver(qutip.Qobj(H), [(qutip.sigmax(), ohmic)])),
    FMESolver: lambda: started(FMESolver((qutip.Qobj(H), 2.0), [(qutip.sigmax(), ohmic)])),
}
"""How objects of classes are made that no constructor call makes."""

VARIANTS: dict[Any, Callable[[], Any]] = {
    name: lambda kind=kind, system=system: kind(system()) for name, (kind, system) in ASKED.items()
}
"""Equations of every kind of problem, whose calls are public calls of their own."""
