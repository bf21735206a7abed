"""Systems of one dimension that differ in their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    HERMITICITY_TOL,
    LARGEST,
    RealArray,
    as_hermitian,
    as_items,
    as_numeric,
    require_finite,
)
from redfield._base.checks.types import Operand, Operator
from redfield.baths import Bath, BathBatch
from redfield.baths.given import as_bath
from redfield.results.batch import BatchResult
from redfield.results.steady import SteadyStates
from redfield.systems.base import Solvable
from redfield.systems.couplings import SiteProjectors, as_core_operator, as_couplings
from redfield.systems.reservoirs import extent
from redfield.systems.system import System
from redfield.systems.tables import unused_at_zero

CHUNK_BYTES = 64e6
"""Bytes that the systems of one call of the core may take; results do not depend on it."""


@dataclass(frozen=True)
class Chunk:
    """Members first … first + size − 1 in the core."""

    batch: SystemBatch
    first: int
    size: int
    eigensystems: _core.EigensystemBatch
    systems: _core.SystemBatch
    frequencies: RealArray
    """The Bohr frequencies of each, or of the one H of all."""
    tables: list[tuple[RealArray, RealArray | None]]
    """γ/2 and η of each distinct bath at them."""

    def __iter__(self) -> Iterator[System]:
        """Each as a System with the eigenvectors the core has."""
        shared = self.batch.hamiltonians.ndim == 2
        for i in range(self.size):
            energies, vectors = self.eigensystems.eigensystem(0 if shared else i)
            yield self.batch[self.first + i].with_eigensystem(energies, vectors)


class SystemBatch(Solvable[BatchResult, SteadyStates]):
    """B systems H coupled through Σ_j A_j ⊗ B_j to independent baths; whatever is given once is all members'.

    Every kind of equation takes one in place of a System; its `evolve` and `steady_state` then solve all members in
    one call of the core, OpenMP over members. A member that fails does not end the others: an EnsembleError tells
    which, and has the others' results.

    Parameters
    ----------
    hamiltonians : (B, N, N) Hermitian, or one (N, N).
    couplings : SiteProjectors, or a list of operators, each (N, N), scipy.sparse, or (B, N, N).
    baths : a Bath, one with an array (B,) among its numbers, or a `BathBatch`, for all couplings; a list of one each of
        these; or a list of B baths, one for each member.

    Attributes
    ----------
    size, dimension : B and N.
    hamiltonians, couplings, baths : as given, checked; `baths` of each coupling.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit; the message names the member. Numerical failures are told by `evolve` and
        `steady_state`.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> beta = np.linspace(0.5, 2.0, 1000)
    >>> batch = rf.SystemBatch(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]], rf.OhmicBath.batch(0.04, 10.0, beta=beta))
    >>> batch
    SystemBatch(hamiltonians=<2×2 float64 #7bde3c7aaf>, couplings=(<2×2 float64 #c41676ff51>,),
                baths=(OhmicBath.batch(strength=0.04, cutoff=10.0, beta=<1000 float64 #...>,
                                 exponent=1.0, cutoff_function='exponential'),))
    >>> steady = rf.Redfield(batch).steady_state()
    >>> bool(np.allclose(steady.state[:, 0, 0], 1.0 / (1.0 + np.exp(beta)), atol=1e-3))
    True
    """

    problem = "batch"

    def __init__(self, hamiltonians: Operator, couplings: Operand, baths: object) -> None:
        self.hamiltonians = _as_hamiltonians(hamiltonians)
        self.dimension = int(self.hamiltonians.shape[-1])
        self.couplings = _as_couplings(couplings, self.dimension)
        count = len(self.couplings)
        sizes = {"hamiltonians": len(self.hamiltonians)} if self.hamiltonians.ndim == 3 else {}
        if not isinstance(self.couplings, SiteProjectors):
            sizes |= {f"couplings[{j}]": len(a) for j, a in enumerate(self.couplings) if _differs(a)}
        self.baths = _as_baths(baths, count, sizes, self._extent)
        sizes |= {
            f"baths[{j}]": len(bath) for j, bath in enumerate(self.baths) if isinstance(bath, BathBatch)
        }
        if len(set(sizes.values())) > 1:
            numbers = ", ".join(f"{name}: {size}" for name, size in sizes.items())
            raise ValueError(
                f"hamiltonians, couplings and baths differ in their number of members ({numbers})"
            )
        self.size = next(iter(sizes.values()), 1)
        self[0]  # what a System says of its arguments, and its warnings

    def __len__(self) -> int:
        return self.size

    def _extent(self) -> float:
        return extent(*(self.hamiltonians if self.hamiltonians.ndim == 3 else [self.hamiltonians]))

    def __getitem__(self, member: int) -> System:
        """System number `member`."""
        if not -self.size <= member < self.size:
            raise IndexError(f"member {member} of a batch of {self.size}")
        h = self.hamiltonians if self.hamiltonians.ndim == 2 else self.hamiltonians[member]
        couplings = self.couplings
        if not isinstance(couplings, SiteProjectors):
            couplings = tuple(a[member] if _differs(a) else a for a in couplings)
        return System(h, couplings, [b[member] if isinstance(b, BathBatch) else b for b in self.baths])

    def chunks(self, lamb_shift: bool, threads: int) -> Iterator[Chunk]:
        """Yield the whole batch in the core, as many members at a time as memory allows.

        η is tabulated where there is a Lamb shift.
        """
        n, distinct = self.dimension, len(self._distinct_baths()[0])
        varying = sum(
            1 for a in self.couplings if _differs(a)
        ) if not isinstance(self.couplings, SiteProjectors) else 0  # fmt: skip
        bytes_each = n * n * (16.0 * (4 + 3 * varying) + 8.0 * (1 + 4 * distinct)) + 2000.0
        members = max(1, int(CHUNK_BYTES / bytes_each))
        for first in range(0, self.size, members):
            yield self._chunk(first, min(members, self.size - first), lamb_shift, threads)

    def _distinct_baths(self) -> tuple[list[Any], list[int]]:
        """Each bath once, and which of them each coupling has; equal ones are one."""
        place: dict[Any, int] = {}
        of_coupling = [place.setdefault(bath, len(place)) for bath in self.baths]
        return list(place), of_coupling

    def _chunk(self, first: int, size: int, lamb_shift: bool, threads: int) -> Chunk:
        members = slice(first, first + size)
        shared = self.hamiltonians.ndim == 2
        h = self.hamiltonians[None] if shared else self.hamiltonians[members]
        eigensystems = _core.EigensystemBatch(h.astype(np.complex128, copy=False), threads)
        w = eigensystems.frequencies(threads)
        baths, of_coupling = self._distinct_baths()
        tables = [self._table(bath, w, members, lamb_shift, threads) for bath in baths]
        if isinstance(self.couplings, SiteProjectors):
            systems = _core.SystemBatch.site_projectors(
                size, eigensystems, self.couplings.sites, self.couplings.weights, tables, of_coupling
            )
        else:
            operators = [a[members] if _differs(a) else as_core_operator(a) for a in self.couplings]
            systems = _core.SystemBatch(size, eigensystems, operators, tables, of_coupling)
        return Chunk(self, first, size, eigensystems, systems, w, tables)

    def _table(
        self, bath: Bath | BathBatch, w: RealArray, members: slice, lamb_shift: bool, threads: int
    ) -> tuple[RealArray, RealArray | None]:
        """γ/2 and η at w (b, N²), of one member or each; what is wrong with them is told of each member by the core."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            if isinstance(bath, BathBatch):
                count = members.stop - members.start
                if len(w) != count:
                    w = np.repeat(w, count, axis=0)
                gamma, eta = bath.spectra(w, members.start, lamb_shift, threads)
            else:
                gamma, eta = bath.power_spectrum(w), bath.lamb_shift(w) if lamb_shift else None
        for name, values in (("power_spectrum", gamma), ("lamb_shift", eta)):
            if values is not None and (np.shape(values) != w.shape or values.dtype.kind not in "iuf"):
                raise ValueError(
                    f"{bath!r}: {name}(w) must return real numbers of the shape of w, {w.shape}; got "
                    f"dtype {values.dtype} and shape {np.shape(values)}"
                )
        half = 0.5 * gamma
        # γ(0) = ∞ of a sub-Ohmic bath, or η(0) where γ jumps, matters only where a coupling has elements at ω = 0.
        infinite = np.isinf(half) if eta is None else np.isinf(half) | np.isinf(eta)
        endless = np.flatnonzero(infinite.any(axis=1)) if infinite.any() else ()
        for i in endless:
            member = self[members.start + int(i)]
            own = bath[members.start + int(i)] if isinstance(bath, BathBatch) else bath
            unused = unused_at_zero(member, own, member.bohr_frequencies())
            if unused is not None:
                half[i, w[i] == 0.0] = 0.0
                if eta is not None:
                    eta[i, w[i] == 0.0] = 0.0
        return half, eta


def _differs(operator: Operator) -> bool:
    """Return whether it is one matrix a member."""
    return getattr(operator, "ndim", 2) == 3


def _as_hamiltonians(value: object) -> Any:
    """(B, N, N) or (N, N), a copy, Hermitian; real where all are."""
    array = as_numeric("hamiltonians", value)
    if array.ndim == 2:
        return as_hermitian("hamiltonians", array)
    if array.ndim != 3 or array.shape[1] != array.shape[2] or array.shape[1] == 0:
        raise ValueError(f"hamiltonians must be (B, N, N) or (N, N), got shape {array.shape}")
    if len(array) == 0:
        raise ValueError("hamiltonians has no members")
    array = np.array(array, order="C")
    scale, defect = _core.hermitian_defects(array)
    if not np.isfinite(scale).all():
        require_finite("hamiltonians", array)
    for bad, told in (
        (scale > LARGEST, f"has entries beyond {LARGEST:g}; choose another unit"),
        (defect > HERMITICITY_TOL * scale, "is not Hermitian"),
    ):
        if bad.any():
            raise ValueError(f"hamiltonians[{int(np.argmax(bad))}] {told}")
    if array.dtype == np.complex128 and not array.imag.any():
        return np.ascontiguousarray(array.real)
    return array


def _as_couplings(value: object, dimension: int) -> Any:
    """SiteProjectors, or operators each (N, N), sparse or (B, N, N)."""
    if isinstance(value, SiteProjectors):
        return as_couplings(value, dimension)
    given = (
        as_items("couplings", value)
        if isinstance(value, Sequence | np.ndarray) and getattr(value, "ndim", 3) >= 3
        else value
    )
    if not isinstance(given, list):
        return as_couplings(given, dimension)
    out: list[Any] = []
    for j, a in enumerate(given):
        if not _differs(a):
            one: Any = as_couplings([a], dimension)
            out += one
            continue
        array = as_numeric(f"couplings[{j}]", a)
        if array.shape[1:] != (dimension, dimension):
            raise ValueError(
                f"couplings[{j}] has shape {array.shape}, but the systems have {dimension} levels"
            )
        require_finite(f"couplings[{j}]", array)
        out.append(np.array(array))
    return tuple(out)


def _as_bath(name: str, value: object, scale: Callable[[], float]) -> Bath | BathBatch:
    """Return a bath of all members, or one of each; a list is of the latter."""
    if isinstance(value, BathBatch):
        return value
    if isinstance(value, list | tuple):
        return BathBatch([as_bath(f"{name}[{i}]", each, scale()) for i, each in enumerate(value)])
    return as_bath(name, value, scale())


def _as_baths(
    value: object, count: int, sizes: dict[str, int], scale: Callable[[], float]
) -> tuple[Any, ...]:
    """Return the Bath or BathBatch of each coupling."""
    several = isinstance(value, Sequence) and not isinstance(value, str | BathBatch)
    listed: Sequence[Any] = value if several else [value]  # type: ignore[assignment]
    made: dict[int, Any] = {}
    for j, b in enumerate(listed):
        if id(b) not in made:
            made[id(b)] = _as_bath(f"baths[{j}]" if several else "baths", b, scale)
    given = [made[id(b)] for b in listed]
    members = next(iter(sizes.values()), None)
    told = any(isinstance(b, BathBatch) for b in given)  # which axis is that of the members
    if len(given) == count and (count == 1 or members != count or told):
        return tuple(given)
    if len(given) == 1:
        return tuple(given) * count
    if len(given) == count:
        raise ValueError(
            f"{count} baths fit the {count} couplings and the {count} members alike; say which: a BathBatch of them "
            "for the members, or a list of one BathBatch each for the couplings"
        )
    if members is None or len(given) == members:
        if any(isinstance(b, BathBatch) for b in given):
            raise TypeError("a list of one bath for each member must be of single baths")
        return (BathBatch(given),) * count
    raise ValueError(
        f"{len(given)} baths for {count} couplings and {members} members; give one for all, or one each"
    )
