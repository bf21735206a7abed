"""The recorder of a quadratic evolution: it takes each G(t) as it comes, and multiplies out only what is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import (
    HERMITICITY_TOL,
    ComplexArray,
    RealArray,
    as_finite_array,
    as_function_of,
    as_numeric,
    as_square,
    is_function,
)
from redfield._base.checks.types import EOps
from redfield._base.progress import progress_callback
from redfield.equations.options import Options
from redfield.quadratic.covariance import Covariance
from redfield.quadratic.kinds import CovarianceEquation
from redfield.quadratic.result import CovarianceResult
from redfield.results.stats import Stats

Observable = ComplexArray | Callable[[float, ComplexArray], npt.ArrayLike]


class Recorder:
    """Collects a CovarianceResult of an equation.

    Parameters
    ----------
    e_ops : a one-body operator (N, N), a function of (t, G), a list or a dict of them.
    start : G at the first time, which the result tells.
    """

    def __init__(
        self, equation: CovarianceEquation, e_ops: EOps | None, options: Options, start: ComplexArray
    ) -> None:
        self.equation, self.options, self.start = equation, options, start
        self.keys = list(e_ops) if isinstance(e_ops, Mapping) else None
        n = equation.system.dimension
        self.operators: list[Observable] = [
            as_function_of(f"e_ops[{i}]", o, "t", "G")
            if is_function(o)
            else as_square(f"e_ops[{i}]", o, n)
            for i, o in enumerate(_listed(e_ops))
        ]
        stored = options.store_states
        self.store = not self.operators if stored is None else bool(stored)

    def collect(
        self,
        times: RealArray,
        states: Iterable[Covariance],
        title: str,
        finish: Callable[[Stats], object] = lambda stats: None,
    ) -> CovarianceResult:
        """Return the result of states at each time; `finish` completes the stats at the end."""
        start = time.perf_counter()
        kept: list[ComplexArray] = []
        densities: list[RealArray] = []
        values: list[list[npt.ArrayLike]] = [[] for _ in self.operators]
        factor: object = self
        needs_matrix = self.store or any(callable(o) for o in self.operators)
        with progress_callback(self.options.progress, title) as report:
            for i, (t, state) in enumerate(zip(times, _finite(states, times), strict=True)):
                densities.append(state.densities())
                if needs_matrix or i == len(times) - 1:
                    final = state.matrix()
                if self.store:
                    kept.append(final)
                if state.factor is not factor:
                    factor = state.factor
                    duals = [None if callable(o) else state.dual(o) for o in self.operators]
                for k, (o, dual) in enumerate(zip(self.operators, duals, strict=True)):
                    if callable(o):
                        name = f"e_ops[{k}](t = {t:g})"
                        values[k].append(as_finite_array(name, o(float(t), final)))
                    elif dual is not None:
                        values[k].append(np.vdot(dual, state.inner))
                if report is not None:
                    report((i + 1) / len(times))
                if self.options.stop is not None and self.options.stop.is_set():
                    raise _core.Interrupted("the computation was interrupted by its caller")
        curves = [
            _curve(f"e_ops[{k}]", o, v)
            for k, (o, v) in enumerate(zip(self.operators, values, strict=True))
        ]
        stats: Stats = {
            "method": title,
            "applications": 0,
            "steps": len(times) - 1,
            "rejected": 0,
            "seconds": time.perf_counter() - start,
        }
        finish(stats)
        return CovarianceResult(
            times=times,
            expect=curves if self.keys is None else dict(zip(self.keys, curves, strict=True)),
            stats=stats,
            covariances=np.array(kept) if self.store else None,
            final_covariance=final,
            densities=np.array(densities),
            equation=self.equation,
            start=self.start,
        )


def _finite(states: Iterable[Covariance], times: RealArray) -> Iterator[Covariance]:
    """Yield the states as they come; ConvergenceError at the first that is not finite."""
    remaining = iter(states)
    for t in times:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            state = next(remaining)
        if not np.isfinite(state.inner).all():
            raise _core.ConvergenceError(
                f"evolve: the covariance is not finite at t = {t:g}; check the units of the Hamiltonian, the couplings "
                "and the times"
            )
        yield state


def _curve(name: str, o: Observable, values: list[npt.ArrayLike]) -> RealArray | ComplexArray:
    """Return expectation values over time, real of a Hermitian operator."""
    if callable(o):
        return np.array(as_numeric(f"the values of {name}", values))
    curve = np.array(values, dtype=np.complex128)
    is_real = np.abs(o - o.conj().T).max() <= HERMITICITY_TOL * max(np.abs(o).max(), 1e-300)
    return curve.real.copy() if is_real else curve


def _listed(e_ops: EOps | None) -> list[object]:
    if e_ops is None:
        return []
    if isinstance(e_ops, Mapping):
        return list(e_ops.values())
    if isinstance(e_ops, Sequence) or (isinstance(e_ops, np.ndarray) and e_ops.ndim == 3):
        return list(e_ops)
    return [e_ops]
