"""Evolution by a generator of the core: checks, one call, one Result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import (
    LARGEST,
    ComplexArray,
    RealArray,
    as_sparse,
    as_square,
    as_times,
    is_plainly_hermitian,
)
from redfield._base.checks.types import EOps, Numbers
from redfield._base.progress import progress_callback
from redfield.equations.options import Options
from redfield.results.evolution import Result
from redfield.systems.couplings import as_core_operator, same

METHODS = tuple(_core.methods())
Raw = tuple[Any, ...]
"""One evolution as the core returns it: states or None, the last, expectation values, stats."""


class Observables:
    """The e_ops of an evolution, a single operator, a list, a dict of them or None, and whether it keeps states.

    Attributes
    ----------
    operators : each as a matrix, dense or sparse as it was given.
    matrices : the operators as the core takes them.
    store : whether states are kept; default only without operators.
    """

    def __init__(self, e_ops: EOps, dimension: int, store_states: bool | None = None) -> None:
        self.keys: list[Any] | None = list(e_ops) if isinstance(e_ops, Mapping) else None
        if e_ops is None:
            operators: list[Any] = []
        elif isinstance(e_ops, Mapping):
            operators = list(e_ops.values())
        elif isinstance(e_ops, Sequence) or (isinstance(e_ops, np.ndarray) and e_ops.ndim == 3):
            operators = list(e_ops)
        else:
            operators = [e_ops]
        checked = [_as_observable(f"e_ops[{i}]", o, dimension) for i, o in enumerate(operators)]
        self.operators = [o for o, _ in checked]
        self._hermitian = [hermitian for _, hermitian in checked]
        self.matrices = [as_core_operator(o) for o in self.operators]
        self.store = not self.matrices if store_states is None else store_states

    def expect(
        self, values: ComplexArray, hermitian: bool = True
    ) -> list[npt.NDArray[Any]] | dict[Any, npt.NDArray[Any]]:
        """Return the curves as the e_ops were given, real ones of Hermitian operators."""
        curves = [
            curve.real.copy() if hermitian and real else curve
            for real, curve in zip(self._hermitian, values, strict=True)
        ]
        return self.by_name(curves)

    def by_name(
        self, curves: list[npt.NDArray[Any]]
    ) -> list[npt.NDArray[Any]] | dict[Any, npt.NDArray[Any]]:
        """Return one array for each of the e_ops as they were given, a list or a dict."""
        return curves if self.keys is None else dict(zip(self.keys, curves, strict=True))

    def result(
        self,
        times: RealArray,
        raw: Raw,
        equation: object,
        hermitian: bool = True,
        start: ComplexArray | None = None,
    ) -> Result:
        """Return the Result of an evolution by the core, from a Hermitian start or another."""
        states, final, expectations, stats = raw
        expect = self.expect(expectations, hermitian)
        if start is not None and start.ndim == 1:
            start = start[:, None] * start.conj()
        return Result(times, expect, stats, states, final, equation, start=start)


def _as_observable(name: str, value: object, dimension: int) -> tuple[Any, bool]:
    """Return a matrix, or a sparse one as which it was given, and whether it is Hermitian."""
    sparse = as_sparse(name, value, dimension)
    if sparse is None:
        sparse = as_square(name, value, dimension).astype(np.complex128)
    if is_plainly_hermitian(sparse):
        return sparse, True
    entries = sparse if isinstance(sparse, np.ndarray) else sparse.data
    largest = float(np.abs(entries).max(initial=0.0))
    if largest > LARGEST:
        raise ValueError(
            f"{name} has entries of size {largest:.3g}; choose a unit in which they are below {LARGEST:g}"
        )
    return sparse, same(sparse, sparse.conj().T)


Parts = Sequence[tuple[complex, ComplexArray]]
"""Σ_k c_k H_k with Hermitian H_k, [(c_k, H_k)]: a generator maps such to such, and the core evolves these."""


def hermitian_parts(x: ComplexArray) -> Parts:
    """Return the parts of X = H₁ + iH₂, or H₁ alone."""
    adjoint = x.conj().T
    parts = [(1.0 + 0j, 0.5 * (x + adjoint))]
    if np.abs(x - adjoint).max() > 1e-14 * np.abs(x).max():
        parts.append((1j, -0.5j * (x - adjoint)))
    return parts


def together(parts: Sequence[tuple[complex, Raw]]) -> Raw:
    """Return the evolution of the sum."""
    raws = [raw for _, raw in parts]
    stats = dict(raws[0][3])
    for key in ("applications", "steps", "rejected", "seconds"):
        stats[key] = sum(raw[3][key] for raw in raws)
    states, final, expect = (
        None if raws[0][k] is None else sum(factor * raw[k] for factor, raw in parts) for k in range(3)
    )
    return states, final, expect, stats


def evolve_parts(
    generator: _core.Generator,
    equation: object,
    parts: Parts,
    tlist: Numbers,
    e_ops: EOps,
    options: Options,
) -> Result:
    """Solve Ẋ = 𝓛X."""
    times = as_times("tlist", tlist)
    observables = Observables(e_ops, generator.dimension, options.store_states)
    rest = options.settings(METHODS), observables.matrices, observables.store, options.stop
    with progress_callback(options.progress, "evolving") as callback:
        raws = [(c, _core.evolve(generator, part, times, *rest, callback)) for c, part in parts]
    if len(raws) == 1:
        return observables.result(times, raws[0][1], equation, start=parts[0][1])
    return observables.result(times, together(raws), equation, hermitian=False)
