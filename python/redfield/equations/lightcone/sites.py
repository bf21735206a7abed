"""Many bodies: Λ_j of an operator of one site from the cluster of sites around it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_count, as_items
from redfield._base.checks.types import Operator
from redfield._base.records import Record
from redfield.equations.lambdas import Function
from redfield.equations.lightcone.memory import Memory
from redfield.operators.fock import local
from redfield.systems.couplings import Matrix

LARGEST = 1100
"""Levels of a cluster up to which it is diagonalised."""
EXACT_NORM = 300
"""Levels up to which a norm is the largest singular value; beyond, a bound of it is. It is asked for often."""
ROUNDING = 1e-12


class Entries:
    """The non-zeros of an operator by their sites."""

    def __init__(self, operator: Operator, dims: tuple[int, ...]) -> None:
        matrix = scipy.sparse.coo_array(operator)
        self.dims, self.values = dims, matrix.data
        self.rows = np.array(np.unravel_index(matrix.row, dims))
        self.columns = np.array(np.unravel_index(matrix.col, dims))
        self.changed = self.rows != self.columns
        self.largest = float(np.abs(self.values).max(initial=0.0))
        self.square = float((np.abs(self.values) ** 2).sum()) / math.prod(dims)

    def traced(self, keep: tuple[int, ...]) -> Any:
        """Return the partial trace over all other sites, over their dimension."""
        others = [k for k in range(len(self.dims)) if k not in keep]
        chosen = ~self.changed[others].any(axis=0)
        dims = tuple(self.dims[k] for k in keep)
        size = math.prod(dims)
        place = np.zeros(int(chosen.sum()), dtype=np.int64)
        for digits in (self.rows, self.columns):
            for k, d in zip(keep, dims, strict=True):
                place = place * d + digits[k][chosen]
        values = self.values[chosen]
        summed = np.bincount(place, values.real, size * size) + 1j * np.bincount(
            place, values.imag, size * size
        )
        return summed.reshape(size, size) / math.prod(self.dims[k] for k in others)


class Sites(Record, answer=True):
    """H = Σ_k h_k + Σ_kl h_kl of sites of `dims` levels, site 0 the slowest factor, taken apart by partial traces.

    Raises
    ------
    ValueError
        The dimensions do not multiply to that of H, or it has terms of more than two sites.
    """

    def __init__(self, hamiltonian: Matrix, dims: Sequence[int]) -> None:
        self.dims = tuple(as_count("dims", d, 1) for d in as_items("dims", dims))
        if math.prod(self.dims) != hamiltonian.shape[0]:
            raise ValueError(
                f"dims {self.dims} multiply to {math.prod(self.dims)}, H has {hamiltonian.shape[0]} levels"
            )
        entries, n = Entries(hamiltonian, self.dims), len(self.dims)
        mean = entries.traced(())[0, 0]
        one = {k: entries.traced((k,)) - mean * np.eye(self.dims[k]) for k in range(n)}
        self.terms: dict[tuple[int, ...], Any] = {(k,): h for k, h in one.items()}
        for k, m in itertools.combinations(range(n), 2):
            _core.poll()
            first, second = np.eye(self.dims[k]), np.eye(self.dims[m])
            pair = entries.traced((k, m)) - mean * np.kron(first, second)
            pair = pair - np.kron(one[k], second) - np.kron(first, one[m])
            if np.abs(pair).max() > ROUNDING * entries.largest:
                self.terms[k, m] = pair
        # Terms without a trace over any of their sites are orthogonal.
        square = abs(mean) ** 2 + sum(
            float(np.linalg.norm(term) ** 2) / self.levels(key) for key, term in self.terms.items()
        )
        if abs(entries.square - square) > 1e-9 * max(entries.square, 1e-300):
            raise ValueError(
                "H has terms of more than two sites, which clusters can not be cut from; QuasilocalRedfield takes any"
            )

    def near(self, site: int, reach: int) -> tuple[int, ...]:
        """Return the sites at most `reach` bonds of H away, ascending."""
        near = {site}
        for _ in range(reach):
            near |= {x for key in self.terms for x in key if near & set(key)}
        return tuple(sorted(near))

    def levels(self, cluster: Sequence[int]) -> int:
        """Return the number of levels of a cluster."""
        return math.prod(self.dims[k] for k in cluster)

    def hamiltonian(self, cluster: tuple[int, ...]) -> Any:
        """Return the terms within a cluster."""
        total = np.zeros((self.levels(cluster),) * 2, dtype=np.complex128)
        for key, term in self.terms.items():
            if set(key) <= set(cluster):
                total += self.embedded(term, key, cluster)
        return total

    def embedded(self, operator: Operator, on: tuple[int, ...], cluster: tuple[int, ...]) -> Any:
        """Return an operator of some sites (ascending) of a cluster on all of it."""
        places = [cluster.index(k) for k in on]
        return local(operator, places, [self.dims[k] for k in cluster]).toarray()

    def edge(self, cluster: tuple[int, ...]) -> list[tuple[Any, float]]:
        """Return (O, ‖P‖) of each O ⊗ P of the terms that cross a cluster's edge, O on the cluster."""
        out = []
        for key, term in self.terms.items():
            if len(key) == 1 or (key[0] in cluster) == (key[1] in cluster):
                continue
            k, m = key
            a, b = self.dims[k], self.dims[m]
            tensor = term.reshape(a, b, a, b).transpose(0, 2, 1, 3).reshape(a * a, b * b)
            if m in cluster:
                tensor, a, b, k = tensor.T, b, a, m
            u, s, v = np.linalg.svd(tensor, full_matrices=False)
            for i in np.flatnonzero(s > ROUNDING * s[0]):
                inside = self.embedded(s[i] * u[:, i].reshape(a, a), (k,), cluster)
                out.append((inside, float(np.linalg.norm(v[i].reshape(b, b), 2))))
        return out

    def local_part(self, operator: Operator, site: int) -> Any:
        """Return the operator of one site that an operator of the whole space is.

        Raises
        ------
        ValueError
            It acts on other sites too.
        """
        entries = Entries(operator, self.dims)
        small = entries.traced((site,))
        square = float(np.linalg.norm(small) ** 2) / self.dims[site]
        if abs(entries.square - square) > 1e-9 * max(entries.square, 1e-300):
            raise ValueError(f"a coupling of site {site} acts on other sites too")
        return small


def sites_of_couplings(sites: Sequence[int] | None, couplings: int, count: int) -> tuple[int, ...]:
    """Return the site of each coupling, one of so many; by default 0, 1, …."""
    chosen = (
        tuple(range(couplings))
        if sites is None
        else tuple(as_count("sites", s, 0) for s in as_items("sites", sites))
    )
    if len(chosen) != couplings or max(chosen, default=0) >= count:
        raise ValueError(
            f"sites must name one of the {count} sites for each of {couplings} couplings, got {list(chosen)}"
        )
    return chosen


@dataclass(frozen=True)
class Local:
    """Λ_j on the whole space, and a bound of what it lacks in norm."""

    operator: Any
    cluster: tuple[int, ...]
    dropped: float


def cluster_operators(
    sites: Sites,
    couplings: Sequence[tuple[Any, int]],
    spectra: Sequence[Function],
    memories: Sequence[Memory],
    allowed: float,
) -> list[Local]:
    """Return f(ω)∘A of each (A on its site, site) in the smallest cluster that leaves out at most `allowed`."""
    each = zip(couplings, spectra, memories, strict=True)
    return [_grown(sites, a, site, f, memory, allowed) for (a, site), f, memory in each]


def _grown(sites: Sites, a: Operator, site: int, f: Function, memory: Memory, allowed: float) -> Local:
    _core.poll()
    for reach in itertools.count():
        cluster = sites.near(site, reach)
        if sites.levels(cluster) > LARGEST:
            raise ValueError(
                f"within {reach} bonds of site {site} there are {sites.levels(cluster)} levels, and the error is still "
                f"above {allowed:.3g}: raise error, or shorten the bath's memory"
            )
        e, u = np.linalg.eigh(sites.hamiltonian(cluster))
        inside = u.conj().T @ sites.embedded(a, (site,), cluster) @ u
        edge = sites.edge(cluster)
        dropped = _left_out(e, u, inside, edge, memory) if edge else 0.0
        if dropped <= allowed:
            operator = u @ (f(e[None, :] - e[:, None]) * inside) @ u.conj().T
            operator[np.abs(operator) <= 1e-15 * np.abs(operator).max(initial=0.0)] = 0.0
            return Local(local(operator, cluster, sites.dims), cluster, dropped)
    raise AssertionError


def _left_out(
    e: RealArray,
    u: ComplexArray,
    inside: ComplexArray,
    edge: Sequence[tuple[ComplexArray, float]],
    memory: Memory,
) -> float:
    """Return ∫|C| ∫₀^s Σ ‖P‖‖[O, A(s')]‖, a bound of the effect on A(s) of the terms over the edge."""
    slopes = np.empty(len(memory.times))
    rotated = [(u.conj().T @ o @ u, p) for o, p in edge]
    for i, s in enumerate(memory.times):
        phase = np.exp(-1j * e * s)
        a = phase[:, None] * inside * phase.conj()
        slopes[i] = sum(p * norm_bound(o @ a - a @ o) for o, p in rotated)
    return memory.bound(slopes, 2.0 * norm_bound(inside))


def norm_bound(x: ComplexArray, exact: int = EXACT_NORM) -> float:
    """Return an upper bound of ‖x‖, and ‖x‖ itself up to so many levels."""
    if len(x) <= exact:
        return float(np.linalg.norm(x, 2))
    return float(min(np.linalg.norm(x), np.sqrt(np.linalg.norm(x, 1) * np.linalg.norm(x, np.inf))))
