"""Gradients of the answers of a batch: all members in one call of the core."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_max_bytes,
    as_positive,
    as_threads,
    require_memory,
)
from redfield._base.errors import EnsembleError
from redfield._base.progress import progress_callback
from redfield.baths import BathBatch
from redfield.equations.base import AnyEquation, unprepared
from redfield.equations.sloped import Factors, Sloped
from redfield.results.gradient import BathGradients, Gradient, GradientOptions, NumberGradients
from redfield.solve.gradients import STORED, of_own_shift
from redfield.solve.members import chunks_of, exceptions, starts_of_chunk
from redfield.systems.batch import Chunk, SystemBatch
from redfield.systems.couplings import SiteProjectors

Arrays = dict[str, Any]
Call = Callable[[Chunk, _core.Kind, Any, Arrays, Any], list[Any]]
"""One call of the core: a chunk, its kind of equation, its tables, the arrays to write, and who is told of progress."""


def of_steady_states(
    equation: AnyEquation, states: ComplexArray, observables: ComplexArray, options: GradientOptions
) -> Gradient:
    """Return the gradient of tr(O_bρ_b) of each member, O one for all, (1, N, N), or one each."""
    tol, threads = as_positive("tol", options.tol), as_threads(options.threads)

    def call(chunk: Chunk, kind: _core.Kind, tables: Any, arrays: Arrays, part: Any) -> list[Any]:
        members = slice(chunk.first, chunk.first + chunk.size)
        failed: list[Any] = _core.steady_gradient_batch(
            chunk.systems, kind, tables, states[members], starts_of_chunk(chunk, observables), options.method, tol,
            threads, as_max_bytes(None), arrays, part,
        )  # fmt: skip
        return failed

    b = len(states)
    arrays: Arrays = {"residual": np.full(b, np.nan), "applications": np.zeros(b, dtype=np.int64)}
    values = np.einsum("bkl,blk->b", np.broadcast_to(observables, states.shape), states).real
    return _gradient(equation, arrays, values, options, call)


def of_evolutions(
    equation: AnyEquation,
    starts: ComplexArray,
    times: RealArray,
    weights: ComplexArray,
    options: GradientOptions,
) -> Gradient:
    """Return the gradient of Σ_i tr(W_i ρ(t_i)) of each member, W (1, T, N, N) or (B, T, N, N)."""
    batch: Any = equation.system
    b, n = batch.size, batch.dimension
    rtol, threads = as_positive("rtol", options.rtol), as_threads(options.threads)
    settings = _core.Settings("auto", rtol, 0.0, as_max_bytes(None), threads, "float64")

    def call(chunk: Chunk, kind: _core.Kind, tables: Any, arrays: Arrays, part: Any) -> list[Any]:
        each = starts_of_chunk(chunk, weights)
        failed: list[Any] = _core.evolution_gradient_batch(
            chunk.systems, kind, tables, starts_of_chunk(chunk, starts), times, each.reshape(-1, n, n), settings,
            STORED, arrays, part,
        )  # fmt: skip
        return failed

    arrays: Arrays = {
        "values": np.full(b, np.nan),
        "rho0": np.full((b, n, n), np.nan, dtype=np.complex128),
        "times": np.full((b, len(times)), np.nan),
        "applications": np.zeros(b, dtype=np.int64),
    }
    return _gradient(equation, arrays, arrays.pop("values"), options, call)


def _gradient(
    equation: AnyEquation, arrays: Arrays, values: RealArray, options: GradientOptions, call: Call
) -> Gradient:
    batch: Any = equation.system
    b, n, k = batch.size, batch.dimension, len(batch.couplings)
    projectors = isinstance(batch.couplings, SiteProjectors)
    require_memory("the gradients of all members", 16.0 * b * n * n * (2 + (0 if projectors else k)))
    distinct: list[Any] = list(dict.fromkeys(batch.baths))
    written: Arrays = {
        "hamiltonian": np.full((b, n, n), np.nan, dtype=np.complex128),
        "values": values,
        **arrays,
    }
    if projectors:
        written["weights"] = np.full((b, k), np.nan)
    else:
        written["couplings"] = np.full((b, k, n, n), np.nan, dtype=np.complex128)
    if equation.lamb_shift and not equation._shifts_by_table:
        written["commutators"] = np.full((b, n, n), np.nan, dtype=np.complex128)
    one_sided = np.full((b, len(distinct), n * (n - 1) + 1), np.nan, dtype=np.complex128)
    parts: list[list[tuple[ComplexArray, Any]]] = [[] for _ in distinct]
    failures: dict[int, Exception] = {}
    threads = as_threads(options.threads)
    with progress_callback(options.progress, "gradients") as report:
        for chunk, kind_of_chunk, part in chunks_of(equation, threads, report):
            factors, derivatives = _factors(equation, chunk, threads)
            of_tables = {
                name: [np.zeros((chunk.size, one.value.shape[1]), dtype=np.complex128) for one in kind]
                for name, kind in zip(
                    ("left", "right", "shift"), (factors.left, factors.right, factors.shift), strict=True
                )
            }
            left, right, shift = (
                [(one.value, one.slope) for one in kind]
                for kind in (factors.left, factors.right, factors.shift)
            )
            tables = (left, right, shift, factors.cutoff, factors.tolerance)
            # Tables are a chunk's own; all else is written at its place among all members.
            mine = {name: array[chunk.first :] for name, array in written.items()}
            failed = call(chunk, kind_of_chunk, tables, mine | of_tables, part)
            bad = exceptions(failed, chunk.first)
            failures |= bad
            members = slice(chunk.first, chunk.first + chunk.size)
            found = factors.of_one_sided(list(of_tables.values()))
            found[:, [i - chunk.first for i in bad]] = np.nan
            one_sided[members] = found.transpose(1, 0, 2)
            for place, of_bath in enumerate(derivatives):
                parts[place].append((found[place], of_bath))
    for i in failures:
        for array in (*written.values(), one_sided):
            array[i] = np.nan if array.dtype.kind in "fc" else 0
    beside: Any = [{} for _ in distinct]
    if "commutators" in written:
        beside = _add_own_shifts(equation, written, projectors, set(failures))
    baths: Any = []
    if equation._has_baths:
        baths = [NumberGradients(*each) for each in zip(parts, beside, strict=True)]
    gradient = Gradient(
        written["values"],
        written["hamiltonian"],
        written["weights" if projectors else "couplings"],
        BathGradients(baths),
        one_sided,
        rho0=written.get("rho0"),
        times=written.get("times"),
        residual=written.get("residual", np.nan),
        applications=written["applications"],
        equation=equation,
    )
    if failures:
        raise EnsembleError(failures, gradient, b)
    return gradient


def _add_own_shifts(
    equation: AnyEquation, written: Arrays, projectors: bool, failed: set[int]
) -> list[dict[str, RealArray]]:
    """Add what each member's own Lamb shift adds to its gradient; return what it adds of the numbers of each bath."""
    batch: Any = equation.system
    place = {bath: b for b, bath in enumerate(dict.fromkeys(batch.baths))}
    numbers: list[dict[str, RealArray]] = [{} for _ in place]
    couplings = written["weights" if projectors else "couplings"]
    for i, commutator in enumerate(written["commutators"]):
        if i in failed:
            continue
        with unprepared():
            member = equation[i]
        part = of_own_shift(member, commutator)
        written["hamiltonian"][i] += part.hamiltonian
        couplings[i] += part.couplings
        # A bath of the batch may be one object a coupling in its members.
        of_member: Any = member.system
        places = dict(zip(of_member.bath_of_coupling, (place[bath] for bath in batch.baths), strict=True))
        for b, of_bath in enumerate(part.numbers):
            for name, value in of_bath.items():
                numbers[places[b]].setdefault(name, np.zeros(batch.size))[i] += value
    for sums in numbers:
        for whole in sums.values():
            whole[list(failed)] = np.nan
    return numbers


def _factors(equation: AnyEquation, chunk: Chunk, threads: int) -> tuple[Factors, list[Any]]:
    """Return the functions of each bath at the frequencies of each member, (b, M), and ∂Γ/∂p."""
    batch: SystemBatch = chunk.batch
    lamb_shift = equation._shift_table
    w = chunk.frequencies
    if len(w) != chunk.size:
        w = np.repeat(w, chunk.size, axis=0)
    spectra: list[Sloped] = []
    numbers: list[Any] = []
    for bath, (half, eta) in zip(dict.fromkeys(batch.baths), chunk.tables, strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            if isinstance(bath, BathBatch):
                found: Any = bath.derivatives(w, lamb_shift, chunk.first, threads)
            else:
                found = bath.derivatives(w, lamb_shift)
        value = np.broadcast_to(half if eta is None else half + 1j * eta, w.shape).astype(np.complex128)
        slope = np.array(found.frequency, dtype=np.complex128)
        # Where dΓ/dω is infinite, at ω = 0, levels that do not meet never ask for it.
        slope[~np.isfinite(slope)] = 0.0
        spectra.append(Sloped(value, slope))
        numbers.append(found.numbers)
    return equation._factors(spectra), numbers
