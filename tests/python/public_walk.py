"""The public API, found by walking it, with one valid call of everything in it."""

from __future__ import annotations

import functools
import importlib
import inspect
import itertools
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip
from matplotlib.figure import Figure

import redfield as rf
import redfield.plotting

BESIDE = ("redfield.qutip", "redfield.baths", "redfield.plotting")
"""Public modules that `redfield.__all__` does not name."""


def modules() -> list[types.ModuleType]:
    """`redfield`, the modules that its `__all__` and theirs name, and those beside it."""
    found: dict[str, types.ModuleType] = {}
    waiting = [rf, *map(importlib.import_module, BESIDE)]
    while waiting:
        module = waiting.pop(0)
        if module.__name__ not in found:
            found[module.__name__] = module
            waiting += [
                x for x in map(functools.partial(getattr, module), public(module)) if inspect.ismodule(x)
            ]
    return list(found.values())


def public(module: types.ModuleType) -> list[str]:
    """The public names of a module: its `__all__`, or what it defines itself."""
    own = [
        n
        for n, x in vars(module).items()
        if getattr(x, "__module__", "") == module.__name__ and n[0] != "_"
    ]
    return list(getattr(module, "__all__", own))


@dataclass(frozen=True)
class Target:
    """Something public that takes arguments: a function, a class, or a method of one of its objects."""

    name: str
    scope: str
    function: Any
    owner: Any = None

    @property
    def parameters(self) -> list[inspect.Parameter]:
        """Its parameters, but for self and those that collect what has no name."""
        given = inspect.signature(self.function).parameters.values()
        return [
            p
            for p in given
            if p.name not in ("self", "cls") and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]

    def callable(self) -> Callable[..., Any]:
        """What is called: a method of an object made for it."""
        if self.owner is None:
            return self.function
        return getattr(made(self.owner), self.name.rsplit(".", 1)[1])

    def arguments(self) -> dict[str, Any]:
        """Valid values of the parameters that need one."""
        return {p.name: valid(self, p.name) for p in self.parameters if needed(self, p)}


def needed(target: Target, parameter: inspect.Parameter) -> bool:
    """Whether the valid call gives this argument: where it must, or its default would make the call slow."""
    return (
        parameter.default is parameter.empty
        or parameter.annotation == "Number"
        or (target.name, parameter.name) in GIVEN
    )


def classes() -> dict[Any, str]:
    """The public classes and what they are called, exceptions left out."""
    found: dict[Any, str] = {}
    for module in modules():
        for name in public(module):
            thing = getattr(module, name)
            if (
                inspect.isclass(thing)
                and thing.__module__.startswith("redfield.")
                and not issubclass(thing, BaseException)
            ):
                found.setdefault(thing, f"{module.__name__}.{name}")
    return found


def targets() -> Iterator[Target]:
    """Everything public that takes arguments."""
    seen = set()
    for module in modules():
        for name in public(module):
            thing = getattr(module, name)
            if inspect.isfunction(thing) and thing not in seen:
                seen.add(thing)
                if Target("", "", thing).parameters:
                    yield Target(f"{module.__name__}.{name}", module.__name__, thing)
    for kind, name in classes().items():
        scope = name.rsplit(".", 1)[0]
        if kind not in ABSTRACT and not is_answer(kind) and Target("", "", kind).parameters:
            yield Target(name, scope, kind)
        for method in dir(kind):
            function = inspect.getattr_static(kind, method)
            function = getattr(function, "__func__", function)
            if method[0] == "_" and method not in ("__call__", "__getitem__"):
                continue
            if (
                inspect.isfunction(function)
                and Target("", "", function).parameters
                and kind not in ABSTRACT
            ):
                yield Target(f"{name}.{method}", scope, function, kind)


def is_answer(kind: Any) -> bool:
    """Whether objects of a class are made by the package alone."""
    return bool(getattr(kind, "_is_answer", False)) or kind in MADE_BY_OTHERS


@functools.cache
def made(kind: Any) -> Any:
    """An object of a public class."""
    if kind in OBJECTS:
        return OBJECTS[kind]()
    name = classes()[kind]
    target = Target(name, name.rsplit(".", 1)[0], kind)
    return kind(**target.arguments())


def valid(target: Target, name: str) -> Any:
    """A valid value of an argument: that of the target, else of the innermost module, else of every module."""
    scope = target.name
    while True:
        if (scope, name) in VALUES:
            value = VALUES[scope, name]
            return value.make() if isinstance(value, Made) else value
        if not scope:
            raise KeyError(f"no valid value of {name} of {target.name} is known; give one in VALUES")
        scope = scope.rpartition(".")[0]


@dataclass(frozen=True)
class Made:
    """A value that is made anew for each call."""

    make: Callable[[], Any]


def ohmic(w: Any) -> Any:
    return 0.1 * np.abs(w) * np.exp(-np.abs(w))


def decaying(t: Any) -> Any:
    return 0.1 * np.exp(-np.abs(t)) + 0j


def gaussian(w: Any) -> Any:
    return 0.1 * np.exp(-((w / 2.0) ** 2))


def flat_matrix(w: Any) -> Any:
    return np.broadcast_to([[1.5, 0.3], [0.3, 0.5]], (len(w), 2, 2))


def point(beta: float, rng: Any) -> dict[str, float]:
    return {"twice": 2.0 * beta}


X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
LOWER = np.array([[0.0, 1.0], [0.0, 0.0]])
H = 0.5 * Z + 0.2 * X
BATH = rf.OhmicBath(0.04, 10.0, 5.0)
LEAD = rf.ParticleBath(0.1, 1.0, 0.0, "fermion", band=(-5.0, 5.0))
SOFT = rf.ParticleBath(gaussian, 1.0, 0.0, "fermion", scale=2.0)
SYSTEM = rf.System(H, rf.SiteProjectors(2), BATH)
DRIVE = [Z, (X, np.cos)]
MIXED = np.diag([0.7, 0.3])
TIMES = [0.0, 0.5, 1.0]
NUMBERS = itertools.count()


@functools.cache
def redfield() -> Any:
    return rf.Redfield(SYSTEM)


@functools.cache
def many() -> Any:
    return rf.SystemBatch([H, 2.0 * H], rf.SiteProjectors(2), BATH)


@functools.cache
def quadratic() -> Any:
    return rf.quadratic.System(H, 0.2, LEAD)


@functools.cache
def driven() -> Any:
    return rf.driven.System(DRIVE, rf.SiteProjectors(2), BATH)


@functools.cache
def floquet() -> Any:
    return rf.floquet.System(DRIVE, 2.0 * np.pi, rf.SiteProjectors(2), BATH)


@functools.cache
def quadratic_driven() -> Any:
    return rf.quadratic.driven.System(lambda t: Z + 0.1 * np.cos(t) * X, 0.2, LEAD)


@functools.cache
def quadratic_floquet() -> Any:
    return rf.quadratic.floquet.System(DRIVE, 2.0 * np.pi, 0.2, LEAD)


@functools.cache
def soft() -> Any:
    return rf.quadratic.System(H, 0.2, SOFT)


@functools.cache
def soft_driven() -> Any:
    return rf.quadratic.driven.System(lambda t: Z + 0.1 * np.cos(t) * X, 0.2, SOFT)


def lindblad() -> Any:
    return rf.Lindblad(H, [LOWER])


Q = "redfield.quadratic"
VALUES: dict[tuple[str, str], Any] = {
    ("", "hamiltonian"): H, ("", "couplings"): Made(lambda: rf.SiteProjectors(2)), ("", "baths"): BATH, ("", "bath"): BATH,
    ("", "system"): SYSTEM, ("", "equation"): Made(redfield), ("", "a"): X, ("", "b"): X, ("", "rho0"): [1.0, 0.0],
    ("", "psi0"): [1.0, 0.0], ("", "rho"): MIXED, ("", "tlist"): TIMES, ("", "taus"): TIMES, ("", "t"): 0.5, ("", "w"): 0.7,
    ("", "frequencies"): [0.5, 1.0], ("", "operator"): X, ("", "hamiltonians"): [H, 2.0 * H], ("", "e_ops"): [Z],
    ("", "duration"): 5.0, ("", "member"): 0, ("", "first"): 0, ("", "count"): 1, ("", "lamb_shift"): False,
    ("", "power_spectrum"): ohmic, ("", "function"): ohmic, ("", "beta"): 1.0, ("", "mu"): 0.0, ("", "strength"): 0.1,
    ("", "cutoff"): 5.0, ("", "rate"): 0.1, ("", "width"): 1.0, ("", "low"): 0.1, ("", "high"): 10.0, ("", "density"): 0.1,
    ("", "frequency"): 1.0, ("", "damping"): 0.5, ("", "time_scale"): 1.0, ("", "values"): [0.5, 1.0], ("", "n"): 4,
    ("", "which"): [0], ("", "index"): 0, ("", "coupling"): 0, ("", "j"): 0, ("", "name"): "beta", ("", "reservoir"): 0,
    ("", "what"): "energy", ("", "energies"): Made(lambda: SYSTEM.energies), ("", "eigenvectors"): Made(lambda: SYSTEM.eigenvectors),
    ("", "window"): 2.0, ("", "threads"): 1, ("", "jumps"): [LOWER], ("", "error"): 1e-3, ("", "dims"): [2], ("", "reach"): 1,
    ("", "states"): Made(lambda: np.array([MIXED])), ("", "change"): 0.1 * Z, ("", "difference"): np.array([0.0, 1.0]),
    ("", "equations"): Made(lambda: [redfield(), rf.Davies(SYSTEM)]), ("", "site"): 0, ("", "matrix"): np.eye(2),
    ("", "operators"): [LOWER], ("", "point"): point, ("redfield.sweep", "axes"): {"beta": [1.0, 2.0]}, ("", "axes"): Made(lambda: Figure().subplots()), ("", "samples"): 2,
    ("", "counting"): [0.1], ("", "spectrum"): np.arange(9.0) ** 2, ("", "result"): MIXED, ("", "path"): Made(lambda: f"result{next(NUMBERS)}.zarr"),
    ("", "parameters"): {
        **dict.fromkeys(("strength", "cutoff", "beta", "width", "centre", "rate", "exponent"), np.array([1.0])),
        "cutoff_function": "exponential"},
    ("", "amplitude"): 0.1, ("", "times"): TIMES, ("", "period"): 2.0 * np.pi, ("", "last"): 1.0, ("", "state"): MIXED,
    ("", "fluctuators"): Made(lambda: [rf.driven.Fluctuator(Z, 0.1, 1.0)]), ("", "terms"): [(X, np.sin)], ("", "centre"): 0.0, ("", "exponent"): 1.0, ("", "cutoff_scale"): 1.0, ("", "pieces"): 4,
    ("redfield.driven", "first"): 0.0, ("redfield.driven.Spline", "samples"): [0.0, 0.25, 1.0], ("", "modes"): 2,
    ("", "covariance"): MIXED, ("", "covariances"): Made(lambda: np.array([MIXED])), ("", "G0"): [1.0, 0.0], ("", "h"): H,
    ("", "pairing"): 0.1 * (LOWER - LOWER.T), ("", "normal"): MIXED, ("", "pairs"): np.zeros((2, 2)), ("", "particles"): 2,
    ("", "cells"): [3], ("", "hoppings"): [(1.0, 0, 0, [1])], ("", "band"): (-5.0, 5.0), ("", "outside"): "zero", ("redfield.sweep", "executor"): "threads", ("", "length"): 2, ("", "disorder"): 1.0, ("", "levels"): 3,
    ("", "H"): Made(lambda: qutip.Qobj(H)), ("", "a_op"): Made(qutip.sigmax), ("", "b_op"): Made(qutip.sigmaz), ("", "taulist"): TIMES,
    ("", "a_ops"): Made(lambda: [(qutip.sigmax(), ohmic)]), ("", "state0"): Made(lambda: qutip.basis(2, 0)), ("", "wlist"): [0.5, 1.0],
    ("", "spectra"): ohmic, ("", "spectra_cb"): ohmic, ("", "c_ops"): Made(lambda: [qutip.sigmax()]), ("", "T"): 2.0 * np.pi,
    ("redfield.qutip", "psi0"): Made(lambda: qutip.basis(2, 0)), ("redfield.qutip", "rho0"): Made(lambda: qutip.basis(2, 0)),
    ("redfield.qutip.heom", "system"): Made(lambda: rf.System(H, [Z], rf.DrudeBath(0.1, 5.0, 1.0))),
    ("redfield.qutip.heom", "depth"): 1, ("redfield.qutip.heom", "fit_tol"): 0.5, ("redfield.qutip.fmmesolve", "H"):
        Made(lambda: qutip.QobjEvo([qutip.sigmaz(), [qutip.sigmax(), lambda t: 0.1 * np.cos(t)]])),
    ("redfield.BathMatrix", "power_spectrum"): flat_matrix, ("redfield.BathMatrix", "w"): [0.5, 1.0],
    ("redfield.CorrelationBath", "function"): decaying, ("redfield.BathBatch", "baths"): [BATH, BATH],
    **{(f"redfield.{x}Bath.spectra_of_many", "w"): np.array([[0.5]]) for x in ("Drude", "Flat", "Lorentzian", "Ohmic")},
    ("redfield.TabulatedBath", "frequencies"): [0.0, 1.0], ("redfield.BathBatch", "w"): np.array([[0.5, 1.0]]), ("", "weights"): [1.0, 1.0],
    ("redfield.LocalRedfield", "error"): 1e-2, ("redfield.local_jumps", "error"): 1e-2, ("redfield.local_jumps", "system"): Made(lambda: rf.System(H, [Z], BATH)), ("redfield.local", "dims"): [2, 2],
    ("redfield.QuasilocalRedfield", "system"): Made(lambda: rf.System(H, [Z], BATH)), ("redfield.driven.Spline.__call__", "t"): 0.4,
    ("redfield.analysis.positivity_violation", "result"): Made(lambda: made(rf.Result)), ("redfield.analysis.generator_distance", "a"): Made(redfield), ("redfield.analysis.generator_distance", "b"):
        Made(lambda: rf.Davies(SYSTEM)), ("redfield.analysis.solution_distance", "a"): Made(redfield),
    ("redfield.analysis.solution_distance", "b"): Made(lambda: rf.Davies(SYSTEM)),
    ("redfield.analysis.steady_state_distance", "a"): Made(redfield), ("redfield.analysis.steady_state_distance", "b"):
        Made(lambda: rf.Davies(SYSTEM)), ("redfield.compare", "equations"): [rf.Redfield, rf.Davies],
    ("redfield.driven", "system"): Made(driven), ("redfield.driven", "equation"): Made(lambda: rf.driven.Redfield(driven())),
    ("redfield.driven", "hamiltonian"): DRIVE, ("redfield.driven", "times"): np.array(TIMES), ("redfield.driven", "width"): 1.0,
    ("redfield.driven.Fluctuator", "rng"): Made(lambda: np.random.default_rng(1)), ("redfield.floquet", "times"): np.array(TIMES),
    ("redfield.floquet", "system"): Made(floquet), ("redfield.floquet", "hamiltonian"): DRIVE,
    (Q, "system"): Made(quadratic), (Q, "equation"): Made(lambda: rf.quadratic.Redfield(quadratic())), (Q, "coupling"): 0.2, (Q, "bath"): LEAD,
    (Q, "reach"): 1.0, (Q, "e_ops"): [Z], ("redfield.particle_exchange", "bath"): LEAD, (Q + ".mutual_information", "a"): [0],
    (Q + ".mutual_information", "b"): [1], (Q + ".negativity", "a"): [0], (Q + ".negativity", "b"): [1], (Q, "most"): 1,
    (Q + ".driven", "system"): Made(quadratic_driven), (Q + ".driven", "h"): Made(lambda: lambda t: Z + 0.1 * np.cos(t) * X),
    (Q + ".driven", "period"): 2.0 * np.pi, (Q + ".driven", "first"): 0.0, (Q + ".driven", "times"): np.array(TIMES),
    (Q + ".floquet", "system"): Made(quadratic_floquet), (Q + ".floquet", "hamiltonian"): DRIVE, (Q, "name"): "beta",
    (Q + ".Bogoliubov", "equation"): Made(lambda: rf.quadratic.Redfield(made(rf.quadratic.Bogoliubov).system)),
    (Q + ".Bogoliubov", "covariance"): Made(lambda: np.diag([0.7, 0.3, 0.3, 0.7])), ("redfield.quadratic.driven.Redfield", "tlist"): [0.0, 0.5], (Q + ".locality_profile", "system"): Made(soft), (Q + ".driven.Redfield", "system"): Made(soft_driven), (Q, "contacts"): Made(lambda: quadratic().contacts),
    ("redfield.models.ManyBody", "name"): "z", ("redfield.models.anderson", "n"): 2, ("redfield.models.chain", "n"): 3,
    ("redfield.models.dirac_syk2", "n"): 3, ("redfield.models.graphene", "length"): 3, ("redfield.models.haldane", "length"): 3, ("", "seed"): 1, ("redfield.System.restricted", "couplings"): [0], ("redfield.SiteProjectors", "n"): 2,
    ("redfield.plotting", "panels"): Made(lambda: [rf.plotting.CasePanel("a", [made(rf.plotting.Curve)])]), ("", "curves"): [],
    ("", "title"): "a", ("", "size"): 2, ("", "time"): np.array(TIMES),
    ("redfield.plotting", "samples"): np.ones((2, 3)), ("redfield.models.ssh", "cells"): 3, ("redfield.fock", "modes"): 2,
}  # fmt: skip
"""Valid values of arguments, by the module, class or function they belong to ("" for all) and their name. """

GIVEN = {
    ("redfield.qutip.heom", "depth"), ("redfield.qutip.heom", "fit_tol"), ("redfield.ParticleBath", "band"), ("redfield.TabulatedBath", "outside"),
    *((f"redfield.{x}Bath", "beta") for x in ("Correlation", "Spectrum", "Tabulated")), ("redfield.LowRankResult", "e_ops"),
    ("redfield.baths.ParticleBath", "band"),
    *((f"redfield.analysis.{x}_currents", "equation") for x in ("energy", "heat", "particle")), ("redfield.sweep", "executor"),
    ("redfield.analysis.entropy_production", "equation"), ("redfield.analysis.first_law_defect", "equation"),
    *((f"redfield.quadratic.driven.Redfield.{x}", "tlist") for x in ("apply", "at", "currents")),
}  # fmt: skip
"""Arguments with a default that valid calls give: the default is slow, or does not do for the other values here."""

OBJECTS: dict[Any, Callable[[], Any]] = {
    rf.Result: lambda: redfield().evolve([1.0, 0.0], TIMES, store_states=True),
    rf.BatchResult: lambda: rf.Redfield(many()).evolve([1.0, 0.0], TIMES),
    rf.SteadyStates: lambda: rf.Redfield(many()).steady_state(),
    rf.SteadyState: lambda: redfield().steady_state(),
    rf.Spectrum: lambda: redfield().spectrum(),
    rf.LowRankResult: lambda: lindblad().evolve_low_rank([1.0, 0.0], TIMES, [Z]),
    rf.TrajectoryResult: lambda: lindblad().trajectories([1.0, 0.0], TIMES, [Z], samples=4),
    rf.LocalJumps: lambda: rf.local_jumps(SYSTEM, 1e-2, [2]),
    rf.baths.ExponentialSum: lambda: rf.DrudeBath(0.1, 5.0, 1.0).exponentials(5.0),
    rf.analysis.Comparison: lambda: rf.compare(SYSTEM, [rf.Redfield, rf.Davies], [1.0, 0.0], TIMES),
    rf.analysis.Cumulants: lambda: rf.analysis.Counting(rf.Davies(SYSTEM)).cumulants(),
    rf.analysis.DetailedBalance: lambda: rf.analysis.detailed_balance_defect(redfield()),
    rf.analysis.Diagnosis: lambda: rf.diagnose(SYSTEM),
    rf.analysis.Kossakowski: lambda: rf.analysis.kossakowski(redfield()),
    rf.analysis.LevelStatistics: lambda: rf.analysis.level_statistics(np.arange(9.0) ** 2),
    rf.analysis.PositivityViolation: lambda: rf.analysis.positivity_violation(made(rf.Result)),
    rf.analysis.SecularParameter: lambda: rf.analysis.secular_parameter(redfield()),
    rf.driven.Average: lambda: rf.driven.average(
        rf.driven.Redfield(driven()),
        [rf.driven.Fluctuator(Z, 0.1, 1.0)],
        [1.0, 0.0],
        TIMES,
        [Z],
        samples=2,
    ),
    rf.floquet.PeriodicState: lambda: rf.floquet.Davies(floquet()).steady_state(),
    rf.quadratic.Currents: lambda: rf.quadratic.Redfield(quadratic()).currents(MIXED),
    rf.quadratic.Equivalence: lambda: rf.quadratic.equivalence(quadratic()),
    rf.quadratic.LocalityProfile: lambda: rf.quadratic.locality_profile(quadratic()),
    rf.quadratic.Result: lambda: rf.quadratic.Redfield(quadratic()).evolve([1.0, 0.0], TIMES),
    rf.quadratic.Spectrum: lambda: rf.quadratic.Redfield(quadratic()).spectrum(),
    rf.quadratic.SteadyState: lambda: rf.quadratic.Redfield(quadratic()).steady_state(),
    rf.quadratic.TruncationError: lambda: rf.quadratic.truncation_errors(quadratic(), most=0)[0],
    rf.quadratic.floquet.PeriodicState: lambda: rf.quadratic.floquet.Davies(
        quadratic_floquet()
    ).steady_state(),
    rf.models.ManyBody: lambda: rf.models.xxz(2),
    rf.StopFlag: rf.StopFlag,
}
"""How objects of classes are made that no constructor call makes."""

MADE_BY_OTHERS = {
    rf.models.ManyBody,
    rf.baths.ExponentialSum,
    rf.StopFlag,
    rf.plotting.Curve,
    rf.plotting.CasePanel,
}
"""Records that functions of the package return or hand on."""

ABSTRACT = {rf.Bath, rf.equations.Equation, rf.quadratic.Equation, rf.quadratic.driven.Equation, rf.baths.NumericBath,
            rf.baths.ThermalBath}  # fmt: skip
"""Classes whose methods are those of the classes derived from them."""
