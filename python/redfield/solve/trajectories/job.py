"""One problem of trajectories, checked, and its numbered blocks."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_flag,
    as_positive,
    as_seed,
    as_state,
    as_threads,
    as_times,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.fingerprint import token
from redfield._base.precision import as_dtype
from redfield._base.progress import Report
from redfield.equations.unravelling import Maker, TrajectoryOptions, Unravelling
from redfield.solve.evolve import Observables

BLOCK = 64
"""Trajectories computed, kept and averaged at a time: what a store resumes from."""
UNSEEN = 1.5
"""Events that a sample without any may have missed, one standard deviation: with two of them, 3/S, the rule of
three, whose confidence is 95 %."""
EMPTY = 1e-14
"""Probabilities of a mixed start below this, relative to the trace, are rounding."""
NEGATIVE = 1e-9
"""The largest negative eigenvalue of a start, relative to the trace, that counts as rounding."""

Jumps = tuple[npt.NDArray[np.intp], RealArray, npt.NDArray[np.intp]]
"""The trajectory, the time and the operator of every jump, (J,) each."""


@dataclass(frozen=True)
class Block:
    """The values of a block of trajectories.

    Attributes
    ----------
    runs : (S, E, T) of each trajectory and observable.
    weights : (S, T) of each trajectory.
    kets : (S, T, N), or None.
    jumps : every jump, or None.
    counts : (S,) jumps of each trajectory.
    """

    runs: ComplexArray
    weights: RealArray
    kets: ComplexArray | None
    jumps: Jumps | None
    counts: npt.NDArray[Any]


class Job:
    """One problem, checked; its trajectories are numbered."""

    def __init__(
        self,
        unravelling: Unravelling,
        psi0: State,
        tlist: Numbers,
        e_ops: EOps,
        options: TrajectoryOptions,
    ) -> None:
        n = unravelling.solver.dimension
        self.unravelling, self.dimension = unravelling, n
        self.times = as_times("tlist", tlist)
        self.observables = Observables(e_ops, n)
        self.operators = [unravelling.operator(o) for o in self.observables.operators]
        kets, self.probabilities, self.trace = mixture(psi0, n)
        self.kets = np.ascontiguousarray(unravelling.kets(kets))
        self.rtol = as_positive("rtol", options.rtol)
        self.dtype = as_dtype(options.dtype, self.rtol)
        self.seed = int(
            np.random.SeedSequence(as_seed("seed", options.seed)).generate_state(1, np.uint64)[0]
        )
        self.store_states = as_flag("store_states", options.store_states)
        self.threads, self.stop = as_threads(options.threads), options.stop

    def change(self) -> RealArray:
        """Return a bound on the probability that a trajectory is not the most probable one without a jump, (T,)."""
        one = int(np.argmax(self.probabilities))
        unchanged = self.unravelling.solver.survival(
            np.ascontiguousarray(self.kets[:, [one]]), self.times, 1.0 - 0.5 * UNSEEN, self.stop
        )
        change: RealArray = np.clip(1.0 - self.probabilities[one] * unchanged, 0.0, 1.0)
        return change

    def reach(self, mean: ComplexArray) -> RealArray:
        """Return the largest distance of a ket's value from a mean, of each observable, (E, T)."""
        low_re, high_re, low_im, high_im = self.ranges.T[:, :, None]
        re = np.maximum(high_re - mean.real, mean.real - low_re)
        im = np.maximum(high_im - mean.imag, mean.imag - low_im)
        reach: RealArray = np.hypot(np.clip(re, 0.0, None), np.clip(im, 0.0, None))
        return reach

    @functools.cached_property
    def ranges(self) -> RealArray:
        """The smallest and the largest real and imaginary part of each observable's values, (E, 4)."""
        ranges = [_core.numerical_range(self.dimension, o) for o in self.operators]
        return np.array(ranges, dtype=np.float64).reshape(len(ranges), 4)

    def block(self, first: int, count: int, report: Report = None) -> Block:
        moving = self.unravelling.moving is not None  # so that no observable is constant in its basis
        runs, kets, weights, (which, when, channel) = self.unravelling.solver.run(
            first, count, self.kets, self.probabilities, self.times, [] if moving else self.operators,
            self.rtol, self.dtype, self.threads, self.seed, self.store_states or moving, self.stop, report,
        )  # fmt: skip
        if kets is not None:
            kets = self.unravelling.given(kets)
            if moving:
                runs = _values(self.observables.operators, kets)
        return Block(
            runs, weights, kets, (which + first, when, channel), np.bincount(which, minlength=count)
        )

    def token(self, equation: object, make: Maker) -> str:
        """Return a hash of all that decides the numbers of a block."""
        decisive = (
            equation,
            make.method,
            make.step,
            self.kets,
            self.probabilities,
            self.times,
            self.operators,
            self.rtol,
            self.dtype,
            self.seed,
        )
        return token(decisive, "trajectories")


def _values(operators: list[Any], kets: ComplexArray) -> ComplexArray:
    """Return ⟨ψ|O|ψ⟩ of kets (S, T, N), (S, E, T)."""
    flat = kets.reshape(-1, kets.shape[-1])
    values = [(flat.conj() * (o @ flat.T).T).sum(axis=1).reshape(kets.shape[:2]) for o in operators]
    return np.array(values, dtype=np.complex128).reshape(-1, *kets.shape[:2]).transpose(1, 0, 2)


def mixture(psi0: State, n: int) -> tuple[ComplexArray, RealArray, float]:
    """Return kets of norm 1, (N, M), their probabilities, and the trace, of a ket or a density matrix."""
    state = as_state("psi0", psi0, n)
    if state.ndim == 1:
        norm = float(np.linalg.norm(state))
        kets, values = state[:, None] / (norm or 1.0), np.array([norm**2])
    else:
        values, kets = np.linalg.eigh(state)
    trace = float(values.sum())
    if not 0.0 < trace < np.inf:
        raise ValueError(f"psi0 is no state: it has the trace {trace:.3g}")
    values = values / trace
    if values[0] < -NEGATIVE:
        raise ValueError(f"psi0 is no state: it has the eigenvalue {values[0] * trace:.3g}")
    chosen = values > EMPTY
    return np.ascontiguousarray(kets[:, chosen]), values[chosen] / values[chosen].sum(), trace
