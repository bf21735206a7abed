"""Several equations of one system side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from redfield._base.checks import RealArray, as_choice, as_items, as_kind, as_times, checked
from redfield._base.checks.types import Axes, Numbers, State
from redfield._base.fingerprint import fingerprint
from redfield._base.records import Record, fields_of, record
from redfield.analysis.arguments import as_equation, as_problem
from redfield.analysis.distances import generator_distance, steady_state_distance, trace_norm
from redfield.analysis.estimates import estimates_steady_error, steady_error
from redfield.analysis.positivity import positivity_violation
from redfield.draw import draw_curves, legend_above, pictured
from redfield.equations import HEOM, Equation
from redfield.equations.base import AnyEquation
from redfield.quadratic import Exact
from redfield.results.evolution import Result
from redfield.systems.base import Solvable
from redfield.systems.driven import DrivenSystem
from redfield.systems.periodic import PeriodicSystem
from redfield.systems.system import System

MOMENTS = 9
"""Moments of an evolution at which generators of a driven system are compared."""


@record
class Comparison(Record, answer=True):
    """Distances between the solutions of several equations.

    Attributes
    ----------
    names : of the equations; the first is the reference.
    times : (T,).
    distance : (E, E, T) trace distance ½‖ρ_a(t) − ρ_b(t)‖₁; of quadratic equations ½‖G_a − G_b‖₁.
    generator : (E,) `generator_distance` of each from the reference, of a DrivenSystem the largest at nine moments of
        the evolution, of a PeriodicSystem over a period; nan where there is no generator, as of the exact solution.
    steady_state : (E,) trace distance of the steady states from the reference's, of a PeriodicSystem the largest in a
        period; nan where one has none or several.
    depth : (E,) largest negative eigenvalue of a solution, see `positivity_violation`.
    exact : (E, T) trace distance from the exact solution, where it was asked for, else None.
    exact_error : of the exact solution, by depth, operators left out and fits of the hierarchy, as a trace distance;
        nan without one or at a depth that was given.
    fit_error : and the part of ∫|C|dt that its baths' sums of exponentials miss, the largest; nan without one.
    steady_error : (E,) estimated trace distance of each steady state from that of system and baths, see
        ``steady_state(error=True)``; nan where there is no estimate, or it was not made.
    """

    names: list[str]
    times: RealArray
    distance: RealArray
    generator: RealArray
    steady_state: RealArray
    depth: RealArray
    exact: RealArray | None = None
    exact_error: float = float("nan")
    fit_error: float = float("nan")
    steady_error: RealArray | None = None

    def __repr__(self) -> str:
        lines = [f"Comparison with {self.names[0]} (largest distance, steady states, generators):"]
        for i, name in enumerate(self.names[1:], start=1):
            lines.append(
                f"  {name}: {self.distance[0, i].max():.3g}, {self.steady_state[i]:.3g}, {self.generator[i]:.3g}"
            )
        if self.exact is not None:
            known = f"error {self.exact_error:.1g}; fit {self.fit_error:.1g} of ∫|C|"
            lines.append(f"Largest distance from the exact solution ({known}):")
            lines += [f"  {name}: {self.exact[i].max():.3g}" for i, name in enumerate(self.names)]
        if self.steady_error is not None and not np.isnan(self.steady_error).all():
            lines.append("Estimated distance of the steady states from the exact one:")
            lines += [f"  {name}: {self.steady_error[i]:.2g}" for i, name in enumerate(self.names)]
        return "\n".join([*lines, f"content {fingerprint(self)}"])

    def to_xarray(self) -> Any:
        """Return an xarray.Dataset with dimensions equation, other and time."""
        import xarray as xr

        exact: dict[str, Any] = {}
        if self.exact is not None:
            exact["exact"] = (("equation", "time"), self.exact)
        if self.steady_error is not None:
            exact["steady_error"] = ("equation", self.steady_error)
        return xr.Dataset(
            {
                **exact,
                "distance": (("equation", "other", "time"), self.distance),
                "generator": ("equation", self.generator),
                "steady_state": ("equation", self.steady_state),
                "depth": ("equation", self.depth),
            },
            coords={"equation": self.names, "other": self.names, "time": self.times},
        )

    @pictured()
    def plot(self, axes: Axes) -> None:
        """Plot the trace distance of each equation from the exact solution, or without one from the reference.

        It is drawn over time, on `ax` or in a new figure; returns the matplotlib Axes.
        """
        if self.exact is not None:
            reference, names, curves = "the exact solution", list(self.names), list(self.exact)
        else:
            reference, names, curves = self.names[0], list(self.names[1:]), list(self.distance[0, 1:])
        draw_curves(axes, self.times, curves, names)
        axes.set(xlabel="t  (1/energy)", ylabel=f"trace distance from {reference}")
        top = max((float(np.nanmax(curve)) for curve in curves), default=0.0)
        axes.set_ylim(bottom=-0.02 * top if top > 0.0 else None)  # a line at 0 is whole
        legend_above(axes)


@checked
def compare(
    system: Solvable[Any, Any],
    equations: Sequence[Any] | Mapping[str, Any],
    rho0: State,
    tlist: Numbers,
    *,
    lamb_shift: bool = True,
    exact: str | None = None,
    exact_options: Mapping[str, Any] | None = None,
    steady_error: bool | None = None,
    **options: Any,
) -> Comparison:
    """Evolve several equations from one state and compare them with each other.

    Parameters
    ----------
    system : System, DrivenSystem, PeriodicSystem or QuadraticSystem.
    equations : classes, made as kind(system, lamb_shift=lamb_shift), `Exact` without a shift, or equations of this
        system; a list or a dict of names. The first is the reference.
    exact : "heom" compares each with `HEOM` too, the exact solution of small systems, driven ones included; of a
        PeriodicSystem from a product state at tlist[0], which its equations have long forgotten.
    exact_options : of `HEOM`, as depth, tol and max_bytes.
    steady_error : estimate how far each steady state is from that of system and baths; default where it takes about a
        second, as for a few levels and couplings.
    rho0, tlist : as of `evolve` (the covariance of a QuadraticSystem).
    options : of `evolve`.

    Raises
    ------
    ValueError
        There are fewer than two equations, or one is of another system; what `HEOM` raises.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(8, seed=1), rf.SiteProjectors(8), bath)
    >>> compare(system, [rf.Redfield, rf.Davies, rf.UniversalLindblad], np.eye(8)[0], np.linspace(0, 50, 26))
    Comparison with Redfield (largest distance, steady states, generators):
      Davies: 0.0517, 0.00139, 0.344
      UniversalLindblad: 0.00238, 0.00125, 0.0691
    content #...

    >>> qubit = rf.System([[1.0, 0.1], [0.1, 0.1]], [[[0, 1], [1, 0]]], rf.OhmicBath(0.04, 5.0, beta=1.0))
    >>> t = np.linspace(0, 20, 41)
    >>> rf.compare(qubit, [rf.Redfield, rf.Davies], [1.0, 0.0], t, exact="heom", exact_options={"tol": 1e-3})
    Comparison with Redfield (largest distance, steady states, generators):
      Davies: 0.0192, 0.000757, 0.507
    Largest distance from the exact solution (error 2e-05; fit 0.0006 of ∫|C|):
      Redfield: 0.00802
      Davies: 0.0205
    Estimated distance of the steady states from the exact one:
      Redfield: 0.0032
      Davies: 0.0031
    content #...

    A driven qubit, whose bath remembers for as long as the drive needs to change:

    >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([0.5, -0.5])
    >>> fast = rf.DrivenSystem([z, (x, lambda t: np.cos(4 * t))], [x], rf.DrudeBath(0.05, 2.0, beta=1.0))
    >>> found = rf.compare(fast, [rf.Redfield, rf.Redfield(fast, history="memory")], [1, 0], t[:9], exact="heom")
    >>> bool(found.exact[1].max() < 0.2 * found.exact[0].max())
    True
    """
    posed = as_problem("system", system)
    made = made_equations(system, equations, lamb_shift)
    if len(made) < 2:
        raise ValueError(f"compare needs at least two equations, got {len(made)}")
    times = as_times("tlist", tlist)
    if exact is not None:
        as_choice("exact", exact, ("heom",))
        as_kind("system", posed, System, DrivenSystem, PeriodicSystem)
    elif exact_options is not None:
        raise ValueError(
            f"exact_options = {exact_options!r} are of an exact solution: give exact='heom' too"
        )
    true = None
    if exact is not None:
        moved = posed.driven if isinstance(posed, PeriodicSystem) else posed
        hierarchy = HEOM(moved, **(exact_options or {}))
        hints = {k: v for k, v in options.items() if k in ("threads", "max_step", "breakpoints")}
        true = hierarchy.evolve(rho0, times, store_states=True, **hints)
    names, chosen = list(made), list(made.values())
    results = [equation.evolve(rho0, times, **{**options, "store_states": True}) for equation in chosen]
    solutions = [r.states for r in results]
    count = len(chosen)
    distance = np.zeros((count, count, len(times)))
    for a in range(count):
        for b in range(a):
            distance[a, b] = distance[b, a] = 0.5 * trace_norm(solutions[a] - solutions[b])
    return Comparison(
        names,
        times,
        distance,
        np.array([0.0, *(_generator_distance(e, chosen[0], times) for e in chosen[1:])]),
        np.array([0.0, *(_steady_distance(e, chosen[0]) for e in chosen[1:])]),
        np.array([_violation(e, r) for e, r in zip(chosen, results, strict=True)]),
        steady_error=np.array([_steady_error(e, steady_error) for e in chosen]),
        **({} if true is None else _exact(true, solutions)),
    )


def _exact(true: Result, solutions: Sequence[Any]) -> dict[str, Any]:
    distance = np.array([0.5 * trace_norm(states - true.states) for states in solutions])
    return {
        "exact": distance,
        "exact_error": 0.5 * true.stats["error"],
        "fit_error": true.stats["fit_error"],
    }


def made_equations(system: object, equations: object, lamb_shift: bool) -> dict[str, Any]:
    """Return the named equations of `system` from classes and equations."""
    named = dict(equations) if isinstance(equations, Mapping) else {}
    for item in [] if isinstance(equations, Mapping) else as_items("equations", equations):
        name = getattr(item, "__name__", type(item).__name__)
        named[name if name not in named else f"{name} ({len(named)})"] = item
    for name, item in named.items():
        if isinstance(item, type) and issubclass(item, Equation):
            shift = {"lamb_shift": lamb_shift} if "lamb_shift" in fields_of(item) else {}
            kind: Any = item
            named[name] = kind(system, **shift)
        elif as_equation(f"equations[{name!r}]", item).system is not system:
            raise ValueError(f"the equation {name!r} is not of the given system")
    return named


def _violation(equation: AnyEquation, result: Any) -> float:
    """Return the largest negative eigenvalue of a solution."""
    return positivity_violation(result).depth


def _generator_distance(a: AnyEquation, b: AnyEquation, times: RealArray) -> float:
    """Return the largest distance of two generators over time; nan where there is none, as of exact solutions."""
    problem = a.system.problem
    if any(isinstance(x, Exact | HEOM) or x.remembers for x in (a, b)):
        return float("nan")
    if problem == "driven":
        moments = np.unique(np.linspace(times[0], times[-1], MOMENTS)).tolist()
        return max(generator_distance(a.at(t), b.at(t)) for t in moments)
    known = problem in ("constant", "quadratic", "periodic")
    return generator_distance(a, b) if known else float("nan")


def _steady_distance(a: AnyEquation, b: AnyEquation) -> float:
    try:
        if a.system.problem == "periodic":
            one, two = (x.steady_state().states for x in (a, b))
            return 0.5 * float(np.max(trace_norm(one - two)))
        return steady_state_distance(a, b)
    except (
        RuntimeError,
        ValueError,
        TypeError,
    ):  # ConvergenceError or MultipleSteadyStates: there is no one state
        return float("nan")


def _steady_error(equation: AnyEquation, asked: bool | None) -> float:
    """Return the estimated trace distance of a steady state from the exact one; nan without an estimate."""
    if not estimates_steady_error(equation, asked):
        return float("nan")
    try:
        return 0.5 * steady_error(equation)
    except (TypeError, ValueError, RuntimeError, MemoryError, NotImplementedError):
        return float("nan")
