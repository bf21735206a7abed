"""The members of a batch: their starts, their failures, their statistics, and the chunks that the core takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, as_density_matrix, as_numeric
from redfield._base.checks.types import State
from redfield._base.progress import Report, report_of_part
from redfield.equations.base import AnyEquation
from redfield.solve.steady import several
from redfield.systems.batch import Chunk


def chunks_of(
    equation: AnyEquation, threads: int, report: Report
) -> Iterator[tuple[Chunk, _core.Kind, Report]]:
    """Yield each chunk, its kind of equation, and the function that takes its progress."""
    batch: Any = equation.system
    for chunk in batch.chunks(equation._shift_table, threads):
        part = report_of_part(report, chunk.first, chunk.size, batch.size)
        yield chunk, equation._kind(chunk), part


def starts_of(rho0: State, size: int, n: int) -> ComplexArray:
    """Return one start for all members, (1, N, N), or one each, (B, N, N)."""
    array = as_numeric("rho0", rho0)
    if array.ndim != 3:
        return as_density_matrix("rho0", array, n)[None]
    if array.shape[0] not in (1, size) or array.shape[1:] != (n, n):
        raise ValueError(f"rho0 has shape {array.shape}, but the batch has {size} members of {n} levels")
    if not np.isfinite(array).all():
        bad = int(np.argmax(~np.isfinite(array).all(axis=(1, 2))))
        raise ValueError(f"rho0[{bad}] has an entry that is not finite")
    off = np.abs(array - array.conj().transpose(0, 2, 1)).max(axis=(1, 2))
    trace = np.abs(np.einsum("bkk->b", array) - 1.0)
    for i in np.flatnonzero((off > 1e-8) | (trace > 1e-8))[:1]:  # what it says of a single state
        as_density_matrix(f"rho0[{i}]", array[i], n)
    return np.ascontiguousarray(array, dtype=np.complex128)


def starts_of_chunk(chunk: Chunk, starts: ComplexArray) -> ComplexArray:
    """Return the starts of a chunk's members."""
    return starts if len(starts) == 1 else starts[chunk.first : chunk.first + chunk.size]


def exceptions(failed: list[tuple[Any, ...]], first: int) -> dict[int, Exception]:
    return {first + each[0]: each[1] if len(each) == 2 else several(*each[1:]) for each in failed}


def added(totals: dict[str, Any], stats: dict[str, Any]) -> dict[str, Any]:
    """Return the statistics of several chunks: sums, and their common method, frame and dtype as the core has them."""
    if not totals:
        return dict(stats)
    out = {key: value if isinstance(value, str) else value + totals[key] for key, value in stats.items()}
    out["method"] = stats["method"] if stats["method"] == totals["method"] else "auto"
    out["frame"] = totals["frame"]
    out["dtype"] = min(stats["dtype"], totals["dtype"])
    return out
