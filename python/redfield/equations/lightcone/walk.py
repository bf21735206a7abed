"""One particle on a lattice: Λ_j of a projector |j⟩⟨j| from the ball around site j."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield._base.progress import Report
from redfield.equations.lambdas import Function
from redfield.equations.lightcone.memory import Memory

ROUNDING = 1e-14


@dataclass(frozen=True, eq=False)
class Factor:
    """Λ_j = left right† on the sites of `support`, and a bound of what it lacks of Λ_j in norm."""

    site: int
    support: npt.NDArray[np.int32]
    left: ComplexArray
    right: ComplexArray
    dropped: float


def site_factors(
    hamiltonian: scipy.sparse.sparray,
    sites: tuple[int, ...],
    weights: RealArray,
    spectra: list[Function],
    memories: list[Memory],
    allowed: float,
    report: Report,
) -> list[Factor]:
    """Return the factors of each site in the smallest ball that leaves out at most `allowed`."""
    h = hamiltonian.tocsr()
    out, reach = [], 1
    for i, (site, weight, spectrum, memory) in enumerate(
        zip(sites, weights, spectra, memories, strict=True)
    ):
        _core.poll()
        if report is not None:
            report(i / len(sites))
        factor, reach = _grown(h, site, float(weight), spectrum, memory, allowed, max(1, reach - 1))
        out.append(factor)
    return out


def _grown(
    h: scipy.sparse.csr_array,
    site: int,
    weight: float,
    spectrum: Function,
    memory: Memory,
    allowed: float,
    reach: int,
) -> tuple[Factor, int]:
    """Return the factor of a site in the smallest ball from `reach` on, and that ball's reach."""
    while True:
        ball = _ball(h, site, reach)
        edge = h[:, ball].tocsc()
        inside = np.zeros(h.shape[0], dtype=np.bool_)
        inside[ball] = True
        block = h[ball][:, ball].toarray()
        e, u = np.linalg.eigh(block)
        start = u[int(np.searchsorted(ball, site))].conj()
        outside = np.flatnonzero(~inside & (np.diff(edge.tocsr().indptr) > 0))
        dropped = 0.0
        if outside.size:
            leaving = edge.tocsr()[outside] @ u
            phases = np.exp(-1j * np.outer(e, memory.times)) * start[:, None]
            slopes = np.linalg.norm(leaving @ phases, axis=0)
            # ‖|φ⟩⟨φ| − |φ'⟩⟨φ'|‖ ≤ 2‖φ − φ'‖, and ≤ 1.
            dropped = abs(weight) * memory.bound(2.0 * slopes, 1.0)
        if dropped <= 0.5 * allowed or len(ball) == h.shape[0]:
            return _compressed(site, weight, ball, e, u, start, spectrum, 0.5 * allowed, dropped), reach
        reach += 1


def _compressed(
    site: int,
    weight: float,
    ball: npt.NDArray[np.intp],
    e: RealArray,
    u: ComplexArray,
    start: ComplexArray,
    spectrum: Function,
    allowed: float,
    dropped: float,
) -> Factor:
    """Return U(Γ∘|start⟩⟨start|)U† by its singular vectors, on the sites where they are not negligible."""
    chosen = np.abs(start) > ROUNDING
    e, u, v = e[chosen], u[:, chosen], start[chosen]
    inner = weight * spectrum(e[None, :] - e[:, None]) * np.outer(v, v.conj())
    a, s, b = np.linalg.svd(inner)
    # The singular values and the rows left out take half of the allowed error each.
    rank = max(1, int((s > 0.5 * allowed).sum()))
    lost = float(s[rank]) if rank < len(s) else 0.0
    root = np.sqrt(s[:rank])
    left, right = (u @ a[:, :rank]) * root, (u @ b[:rank].conj().T) * root
    sizes = np.linalg.norm(left, axis=1) * root.max() + np.linalg.norm(right, axis=1) * root.max()
    order = np.argsort(sizes)
    cumulated = np.sqrt(np.cumsum(sizes[order] ** 2))
    kept = np.sort(order[cumulated > 0.5 * allowed])
    gone = float(cumulated[len(ball) - len(kept) - 1]) if len(kept) < len(ball) else 0.0
    return Factor(
        site,
        np.asarray(ball[kept], dtype=np.int32),
        np.ascontiguousarray(left[kept], dtype=np.complex128),
        np.ascontiguousarray(right[kept], dtype=np.complex128),
        dropped + lost + gone,
    )


def _ball(h: scipy.sparse.csr_array, site: int, reach: int) -> npt.NDArray[np.intp]:
    """Return the sites at most `reach` steps of H away, ascending."""
    ball = np.array([site], dtype=np.intp)
    for _ in range(reach):
        ball = np.union1d(ball, h[ball].indices)
    return ball
