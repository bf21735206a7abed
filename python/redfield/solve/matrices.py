"""Generators as scipy matrices."""

from __future__ import annotations

import numpy as np
import scipy

from redfield import _core


def liouvillian(
    generator: _core.Generator,
    eigenbasis: bool,
    threshold: float = 0.0,
    max_bytes: float = np.inf,
    threads: int = 0,
) -> scipy.sparse.csr_array:
    """Return 𝓛 on column-stacked ρ, (N², N²), in the core's own memory, which needs at most max_bytes."""
    values, columns, starts, size = generator.liouvillian(eigenbasis, threshold, max_bytes, threads)
    matrix = scipy.sparse.csr_array((values, columns, starts), shape=(size, size), copy=False)
    matrix.has_sorted_indices = True
    return matrix
