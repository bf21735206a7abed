"""The questions of this package asked of equations of a PeriodicSystem, answered over a period."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield.analysis.distances import DENSE, Parts, difference_parts
from redfield.analysis.kossakowski import Kossakowski, above_rounding, of_solver, require_matrix
from redfield.solve.periodic import Periodic


@of_solver.register
def _kossakowski(solver: Periodic, method: str, max_bytes: float | None) -> Kossakowski:
    """Return the extreme eigenvalues over the times of a period that resolve a state."""
    n, times = solver.system.dimension, solver.system.grid()
    if method == "Lanczos":
        raise ValueError('method = "Lanczos" is of a constant Hamiltonian; a PeriodicSystem has "dense"')
    require_matrix("the Kossakowski matrix over a period", n, max_bytes, 3 * len(times))
    return extremes(solver.dissipators(times), n)


def extremes(dissipators: ComplexArray, n: int) -> Kossakowski:
    """Return the extreme Kossakowski eigenvalues of dissipators on row-stacked X, (T, N², N²)."""
    gain = choi(dissipators, n)
    one = np.eye(n).ravel() / np.sqrt(n)
    # The identity would count as an eigenvalue 0: its complement is taken.
    traceless = np.linalg.svd(one[None])[2][1:].conj()
    if not len(traceless):
        return Kossakowski(0.0, 0.0, "dense")
    values = np.linalg.eigvalsh(traceless @ gain @ traceless.conj().T)
    return above_rounding(
        float(values.min()), float(values.max()), "dense", float(np.abs(dissipators).max(initial=0.0))
    )


def choi(maps: ComplexArray, n: int) -> ComplexArray:
    """Return the element (km, ln) of the Choi matrices of maps (…, N², N²) that take |m⟩⟨n| to |k⟩⟨l|, Hermitian."""
    split = maps.reshape(-1, n, n, n, n).transpose(0, 1, 3, 2, 4).reshape(-1, n * n, n * n)
    hermitian: ComplexArray = 0.5 * (split + split.conj().transpose(0, 2, 1))
    return hermitian


@difference_parts.register
def _difference(one: Periodic, two: Periodic, samples: int) -> tuple[Parts, Parts, Parts]:
    """Return the dissipators over a period: what differs is no more than they do."""
    periods = one.system.period, two.system.period
    if not np.isclose(*periods, rtol=1e-12, atol=0.0):
        raise ValueError(
            f"a and b must be equations of one period, theirs are {periods[0]:g} and {periods[1]:g}"
        )
    times = max(one.system.grid(), two.system.grid(), key=len)
    if one.system.dimension > DENSE:
        a, b = (_of_samples(solver, times, samples) for solver in (one, two))
    elif one.system is two.system:  # and so have one basis of modes
        a, b = (solver.dissipators(times) for solver in (one, two))
    else:
        a, b = (_in_given_basis(solver, times) for solver in (one, two))
    return [a], [b], [b]


def _in_given_basis(solver: Periodic, times: RealArray) -> ComplexArray:
    """Return 𝒟(t) on row-stacked X in the basis H is given in, (T, N², N²)."""
    n, phi = solver.system.dimension, solver.system.aligned_modes_at(times)
    change = np.einsum("tka,tlb->tklab", phi, phi.conj()).reshape(len(times), n * n, n * n)
    given: ComplexArray = change @ solver.dissipators(times) @ change.conj().transpose(0, 2, 1)
    return given


def _of_samples(solver: Periodic, times: RealArray, samples: int) -> ComplexArray:
    """Return 𝒟(t)X of random Hermitian matrices X."""
    n, rng = solver.system.dimension, np.random.default_rng(0)
    x = rng.standard_normal((samples, n, n)) + 1j * rng.standard_normal((samples, n, n))
    hermitian = x + x.conj().transpose(0, 2, 1)
    return np.array([[solver.dissipate(y, t) for y in hermitian] for t in times.tolist()])
