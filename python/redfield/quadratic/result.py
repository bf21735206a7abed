"""What quadratic evolutions take and return."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar

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
from redfield._base.progress import Progress, progress_callback
from redfield._base.records import Record, record
from redfield._base.stores.saved import Saved
from redfield.quadratic.flow import Covariance
from redfield.results.evolution import BaseResult, Stats


@record
class Result(BaseResult):
    """G(t) and expectation values. Its arrays are read-only; two results are equal where all they hold is.

    Attributes
    ----------
    times : (T,) the tlist.
    expect : one of e_ops each, (T,) for operators, the stacked values for functions; a list, or a dict
        where e_ops was one.
    stats : method, applications (0: closed forms need none), steps, rejected, seconds and, of Exact, an estimate of the
        largest error of an entry of any G(t).
    covariances : (T, N, N) complex128, G_jk = ⟨a_k† a_j⟩ in the basis h was given in, or None if not stored.
    final_covariance : (N, N) at the last time.
    densities : (T, N) ⟨a_j† a_j⟩.
    equation : what was solved.
    """

    covariances: ComplexArray | None
    final_covariance: ComplexArray
    densities: RealArray
    equation: Any = field(default=None, compare=False)

    kind: ClassVar[str] = "quadratic.Result"
    arrays: ClassVar[dict[str, tuple[str, ...]]] = {
        "covariances": ("time", "row", "column"),
        "final_covariance": ("row", "column"),
        "densities": ("time", "row"),
    }
    axis: ClassVar[str] = "tr(O G)"

    @property
    def states(self) -> ComplexArray | None:
        """The same as covariances: what `states` is in the results of every equation."""
        return self.covariances

    @property
    def final_state(self) -> ComplexArray:
        """The same as final_covariance."""
        return self.final_covariance

    @property
    def error(self) -> float | None:
        """Of Exact, an estimate of the largest error of an entry of any G(t), else None."""
        return self.stats.get("error")

    def _populations(self) -> RealArray | None:
        return self.densities


def _finite(states: Iterable[Covariance], times: RealArray) -> Iterator[Covariance]:
    """The states as they come; ConvergenceError at the first that is not finite."""
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


class Recorder:
    """Collects a Result. `e_ops` is a one-body operator (N, N), a function of (t, G), a list or a dict of them."""

    def __init__(
        self,
        e_ops: Any,
        dimension: int,
        store_states: bool | None,
        equation: Any,
        stop: _core.StopFlag | None = None,
    ) -> None:
        self.equation, self.stop = equation, stop
        self.keys = list(e_ops) if isinstance(e_ops, Mapping) else None
        operators = _listed(e_ops)
        self.operators: list[Any] = [
            as_function_of(f"e_ops[{i}]", o, "t", "G")
            if is_function(o)
            else as_square(f"e_ops[{i}]", o, dimension)
            for i, o in enumerate(operators)
        ]
        self.store = not operators if store_states is None else bool(store_states)

    def collect(
        self,
        times: RealArray,
        states: Iterable[Covariance],
        progress: Progress,
        title: str,
        *,
        count: Any = None,
        error: list[float] | None = None,
    ) -> Result:
        """Takes each state as it comes; only what is asked for is multiplied out. `count` has the steps of an
        integration, `error` one number that is known at its end."""
        start = time.perf_counter()
        kept: list[ComplexArray] = []
        densities: list[RealArray] = []
        values: list[list[Any]] = [[] for _ in self.operators]
        duals: list[ComplexArray | None] = [None] * len(self.operators)
        left: Any = self
        needs_matrix = self.store or any(callable(o) for o in self.operators)
        final: ComplexArray | None = None
        with _reporting(progress, title, len(times)) as report:
            for i, (t, state) in enumerate(zip(times, _finite(states, times), strict=True)):
                densities.append(state.densities())
                matrix = state.matrix() if needs_matrix or i == len(times) - 1 else None
                if self.store and matrix is not None:
                    kept.append(matrix)
                for k, o in enumerate(self.operators):
                    if callable(o):
                        told = f"e_ops[{k}](t = {t:g})"
                        values[k].append(as_finite_array(told, o(float(t), matrix)))
                        continue
                    if duals[k] is None or state.left is not left:
                        duals[k] = o.T if state.left is None else (state.left.conj().T @ o @ state.left).T
                    values[k].append(np.vdot(duals[k].conj(), state.inner))  # type: ignore[union-attr]
                left = state.left
                final = matrix
                report((i + 1) / len(times))
                if self.stop is not None and self.stop.is_set():
                    raise _core.Interrupted("the computation was interrupted by its caller")
        assert final is not None
        curves = [
            self._curve(f"e_ops[{k}]", o, v)
            for k, (o, v) in enumerate(zip(self.operators, values, strict=True))
        ]
        stats: Stats = {
            "method": title,
            "applications": 0,
            "steps": len(times) - 1 if count is None else count.steps,
            "rejected": 0 if count is None else count.rejected,
            "seconds": time.perf_counter() - start,
        }
        if error is not None:
            stats["error"] = float(error[0])
        return Result(
            times=times,
            expect=curves if self.keys is None else dict(zip(self.keys, curves, strict=True)),
            stats=stats,
            covariances=np.array(kept) if self.store else None,
            final_covariance=final,
            densities=np.array(densities),
            equation=self.equation,
        )

    @staticmethod
    def _curve(name: str, o: Any, values: list[Any]) -> npt.NDArray[Any]:
        if callable(o):
            return np.array(as_numeric(f"the values of {name}", values))
        curve = np.array(values)
        hermitian = np.abs(o - o.conj().T).max() <= HERMITICITY_TOL * max(np.abs(o).max(), 1e-300)
        return curve.real.copy() if hermitian else curve


def _listed(e_ops: Any) -> list[Any]:
    if e_ops is None:
        return []
    if isinstance(e_ops, Mapping):
        return list(e_ops.values())
    if isinstance(e_ops, Sequence) or (isinstance(e_ops, np.ndarray) and e_ops.ndim == 3):
        return list(e_ops)
    return [e_ops]


@contextlib.contextmanager
def _reporting(progress: Progress, title: str, steps: int) -> Iterator[Callable[[float], object]]:
    with progress_callback(progress, title) as callback:
        yield callback if callback is not None else lambda fraction: None


@record
class SteadyState(Saved, Record, answer=True):
    """A stationary covariance matrix.

    Attributes
    ----------
    covariance : (N, N) complex128 in the basis h was given in.
    residual : ‖Ġ‖_F relative to the largest entry of the dissipator; for Exact the error of its integrals.
    occupations : (2,) least and largest eigenvalue of G. Redfield's may leave [0, 1] (fermions) or be
        negative (bosons): that is the equation's, not rounding.
    """

    covariance: ComplexArray
    residual: float
    occupations: tuple[float, float]

    @property
    def state(self) -> ComplexArray:
        """The same as covariance: what `state` is of every equation."""
        return self.covariance


@record
class Spectrum(Saved, Record, answer=True):
    """Normal modes of Ġ = −(MG + GM†) + Q.

    Attributes
    ----------
    rapidities : (N,) complex128, eigenvalues λ_k of M by ascending real part: amplitudes decay as e^{−λ_k t},
        and the Liouvillian's eigenvalues are −Σ_k (n_k λ_k + m_k λ_k*), n, m = 0, 1 (fermions) or 0, 1, 2 … (bosons).
    modes : (N, N) complex128, column k in the basis h was given in, of unit norm.
    gap : 2 min Re λ, the slowest decay of G; negative where the equation is unstable.
    """

    rapidities: ComplexArray
    modes: ComplexArray
    gap: float


@record
class Currents(Saved, Record, answer=True):
    """What flows from the baths into the system in a state.

    Attributes
    ----------
    particle : (B,) per bath, in the order of System.baths.
    energy : (B,) of H_S.
    heat : (B,) energy − μ·particle.
    site_particle, site_energy : (N,) the same of each site's contact.
    """

    particle: RealArray
    energy: RealArray
    heat: RealArray
    site_particle: RealArray
    site_energy: RealArray
