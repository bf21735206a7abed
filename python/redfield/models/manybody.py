"""Interacting models as sparse Hamiltonians with their local operators, in a sector of what they conserve."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from redfield._base.checks import RealArray, as_choice, as_count, checked
from redfield._base.records import Record, record
from redfield.models.sectors import (
    Sparse,
    codes_of,
    diagonal_operator,
    find,
)

OPERATORS = ("z", "n", "plus", "minus")


@record
class ManyBody(Record, answer=True):
    """A many-body Hamiltonian and the operators of its sites.

    Attributes
    ----------
    hamiltonian : (D, D) csr_array.
    occupations : (D₀, sites) occupation number of each site in each basis state; of spins 0 is up (σᶻ = +1) and 1 down.
    kind : "spin", "fermion" or "boson".
    sector : what was fixed, in words; "" for the whole space.
    conserves_number : whether the sector has one particle number (magnetisation).
    isometry : (D₀, D) of a momentum sector, else None.
    """

    hamiltonian: Sparse
    occupations: npt.NDArray[np.int64]
    kind: str
    sector: str
    conserves_number: bool
    isometry: Sparse | None = None

    @property
    def dimension(self) -> int:
        return int(self.hamiltonian.shape[0])

    @property
    def sites(self) -> int:
        return int(self.occupations.shape[1])

    @checked()
    def local(self, name: str) -> list[Sparse]:
        """Return an operator of each site: "z" σᶻ, "n" its number, "plus" σ⁺ or "minus" σ⁻.

        The last two raise and lower σᶻ of spins.

        Raises
        ------
        ValueError
            The sector is not kept by them: σ± change the magnetisation, any one site the momentum.

        Examples
        --------
        >>> import redfield as rf
        >>> chain = rf.models.xxz(4, magnetisation=0)
        >>> [o.diagonal().sum() for o in chain.local("z")]
        [np.float64(0.0), np.float64(0.0), np.float64(0.0), np.float64(0.0)]
        """
        name = as_choice("name", name, OPERATORS)
        if self.isometry is not None:
            raise ValueError(
                f"an operator of one site breaks the sector ({self.sector}); use the whole space, or `collective`"
            )
        if name in ("plus", "minus"):
            return [self._ladder(site, name) for site in range(self.sites)]
        return [diagonal_operator(self._values(name)[:, site]) for site in range(self.sites)]

    @checked()
    def collective(self, name: str) -> Sparse:
        """Σ_j of the sites' operators "z" or "n", which every sector keeps."""
        name = as_choice("name", name, ("z", "n"))
        total = diagonal_operator(self._values(name).sum(axis=1))
        if self.isometry is None:
            return total
        return scipy.sparse.csr_array(self.isometry.conj().T @ total @ self.isometry)

    def _values(self, name: str) -> RealArray:
        n = self.occupations.astype(np.float64)
        if name == "z" and self.kind != "spin":
            raise ValueError(f"σᶻ is of spins, this is a model of {self.kind}s; use 'n'")
        return 1.0 - 2.0 * n if name == "z" else n

    def _ladder(self, site: int, name: str) -> Sparse:
        if self.kind != "spin":
            raise ValueError(f"σ± are of spins, this is a model of {self.kind}s; see redfield.operators")
        if self.conserves_number:
            raise ValueError(
                f"σ± change the magnetisation and break the sector ({self.sector}); use magnetisation=None"
            )
        codes = codes_of(self.occupations, 2)
        lower = codes_of(np.eye(self.sites, dtype=np.int64)[[site]], 2)[0]
        up = np.flatnonzero(self.occupations[:, site] == 0)
        down = find(codes, codes[up] + lower)
        rows, cols = (up, down) if name == "plus" else (down, up)
        d = len(codes)
        return scipy.sparse.csr_array((np.ones(len(up)), (rows, cols)), shape=(d, d))


def in_momentum(model: ManyBody, momentum: int | None, periodic: bool, disorder: float) -> ManyBody:
    """Return the sector with T = e^{2πik/n}, T the translation by one site."""
    if momentum is None:
        return model
    n = model.sites
    if not periodic or disorder != 0.0:
        raise ValueError("momentum is conserved on a ring without disorder only")
    k = as_count("momentum", momentum, least=0)
    if k >= n:
        raise ValueError(f"momentum must be below {n}, got {k}")
    levels = int(model.occupations.max(initial=1)) + 1
    codes = codes_of(model.occupations, levels)
    orbit = np.array([codes_of(np.roll(model.occupations, r, axis=1), levels) for r in range(n)])
    heads = np.flatnonzero(orbit.min(axis=0) == codes)
    rows: list[Any] = []
    cols: list[Any] = []
    values: list[Any] = []
    kept = 0
    for head in heads:
        places = find(codes, orbit[:, head])
        unique, inverse = np.unique(places, return_inverse=True)
        sums = np.zeros(len(unique), dtype=np.complex128)
        np.add.at(sums, inverse, np.exp(-2j * np.pi * k * np.arange(n) / n))
        norm = np.linalg.norm(sums)
        if norm < 1e-9:  # the orbit's period does not fit the momentum
            continue
        rows.append(unique)
        cols.append(np.full(len(unique), kept))
        values.append(sums / norm)
        kept += 1
    if kept == 0:
        raise ValueError(f"there is no state of momentum {k}")
    isometry = scipy.sparse.csr_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(cols))),
        shape=(len(codes), kept),
    )
    h = scipy.sparse.csr_array(isometry.conj().T @ model.hamiltonian @ isometry)
    if k in (0, n / 2):
        h, isometry = h.real, isometry.real
    sector = ", ".join(x for x in (model.sector, f"momentum {k}") if x)
    return ManyBody(h, model.occupations, model.kind, sector, model.conserves_number, isometry)
