"""Interacting models as sparse Hamiltonians with their local operators, in a sector of what they conserve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse

from redfield.models.random import Seed
from redfield.validation import RealArray, as_choice, as_count, as_not_negative, as_real_number

Sparse: TypeAlias = Any
"""scipy.sparse.csr_array, which has no types."""
Codes = npt.NDArray[np.int64]
MOST_STATES = 2**20
OPERATORS = ("z", "n", "plus", "minus")


@dataclass(frozen=True, repr=False)
class ManyBody:
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

    def __repr__(self) -> str:
        sector = f", {self.sector}" if self.sector else ""
        return f"ManyBody({self.sites} {self.kind} sites{sector}, D = {self.dimension})"

    def local(self, name: str) -> list[Sparse]:
        """The operators of each site: "z" σᶻ, "n" its number, "plus" and "minus" σ⁺ and σ⁻ (of spins: they raise
        and lower σᶻ).

        Raises
        ------
        ValueError
            The sector is not kept by them: σ± change the magnetisation, any one site the momentum.

        Examples
        --------
        >>> chain = xxz(4, magnetisation=0)
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
        return [_diagonal(self._values(name)[:, site]) for site in range(self.sites)]

    def collective(self, name: str) -> Sparse:
        """Σ_j of the sites' operators "z" or "n", which every sector keeps."""
        name = as_choice("name", name, ("z", "n"))
        total = _diagonal(self._values(name).sum(axis=1))
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
            raise ValueError(f"σ± are of spins, this is a model of {self.kind}s; see redfield.fock")
        if self.conserves_number:
            raise ValueError(
                f"σ± change the magnetisation and break the sector ({self.sector}); use magnetisation=None"
            )
        codes = _codes(self.occupations, 2)
        lower = _codes(np.eye(self.sites, dtype=np.int64)[[site]], 2)[0]
        up = np.flatnonzero(self.occupations[:, site] == 0)
        down = _find(codes, codes[up] + lower)
        rows, cols = (up, down) if name == "plus" else (down, up)
        d = len(codes)
        return scipy.sparse.csr_array((np.ones(len(up)), (rows, cols)), shape=(d, d))


def mixed_field_ising(
    n: int,
    coupling: float = 1.0,
    transverse: float = 0.905,
    longitudinal: float = 0.809,
    disorder: float = 0.0,
    periodic: bool = False,
    momentum: int | None = None,
    seed: Seed = 0,
) -> ManyBody:
    r"""The Ising chain in a tilted field, chaotic at its default parameters.

    .. math:: H = J\sum_j \sigma^z_j\sigma^z_{j+1} + g\sum_j\sigma^x_j + \sum_j (h + w_j)\sigma^z_j

    (H. Kim and D. Huse, PRL 111, 127205 (2013).)

    Parameters
    ----------
    n : sites, the space has 2ⁿ levels.
    coupling, transverse, longitudinal : J, g, h, energies.
    disorder : W, w_j uniform in [−W, W].
    periodic : a ring.
    momentum : k of e^{2πik/n}; needs periodic and no disorder.
    seed : of the disorder.

    Examples
    --------
    >>> mixed_field_ising(8)
    ManyBody(8 spin sites, D = 256)
    """
    states = _states(n, 2, None)
    z = 1.0 - 2.0 * states
    field = as_real_number("longitudinal", longitudinal) + _random(n, disorder, seed)
    diagonal = z @ field
    for i, j in _bonds(n, periodic):
        diagonal += as_real_number("coupling", coupling) * z[:, i] * z[:, j]
    h = _diagonal(diagonal)
    codes = _codes(states, 2)
    weights = 2 ** np.arange(n - 1, -1, -1)
    d = len(codes)
    for site in range(n):
        flipped = _find(codes, codes + np.where(states[:, site] == 0, weights[site], -weights[site]))
        h = h + as_real_number("transverse", transverse) * scipy.sparse.csr_array(
            (np.ones(d), (flipped, np.arange(d))), shape=(d, d)
        )
    model = ManyBody(scipy.sparse.csr_array(h), states, "spin", "", False)
    return _in_momentum(model, momentum, periodic, disorder)


def xxz(
    n: int,
    anisotropy: float = 1.0,
    coupling: float = 1.0,
    disorder: float = 0.0,
    second: float = 0.0,
    magnetisation: int | None = 0,
    periodic: bool = False,
    momentum: int | None = None,
    seed: Seed = 0,
) -> ManyBody:
    r"""The spin-½ XXZ chain in a random field.

    .. math:: H = J\sum_j (S^x_jS^x_{j+1} + S^y_jS^y_{j+1} + \Delta S^z_jS^z_{j+1})
              + J_2\sum_j \vec S_j\cdot\vec S_{j+2} + \sum_j w_j S^z_j

    Integrable without disorder and second neighbours; at Δ = 1 chaotic at W ≈ 0.5 to 2 and localised
    well above W ≈ 3.7 (D. Luitz, N. Laflorencie and F. Alet, PRB 91, 081103 (2015)).

    Parameters
    ----------
    n : sites.
    anisotropy, coupling : Δ and J.
    disorder : W, w_j uniform in [−W, W].
    second : J₂, an energy; breaks integrability without disorder.
    magnetisation : Σ_j σᶻ_j of the sector, None for the whole space.
    periodic, momentum, seed : as of mixed_field_ising.

    Examples
    --------
    >>> xxz(12, disorder=1.0)
    ManyBody(12 spin sites, Σσᶻ = 0, D = 924)
    >>> xxz(12, periodic=True, momentum=1)
    ManyBody(12 spin sites, Σσᶻ = 0, momentum 1, D = 75)
    """
    down = None
    if magnetisation is not None:
        m = as_count("magnetisation", magnetisation, least=-n)
        if (n - m) % 2 or m > n:
            raise ValueError(
                f"magnetisation must be one of {-n}, {-n + 2}, …, {n} for {n} sites, got {m}"
            )
        down = (n - m) // 2
    states = _states(n, 2, down)
    j, delta = as_real_number("coupling", coupling), as_real_number("anisotropy", anisotropy)
    spin = 0.5 - states
    diagonal = spin @ _random(n, disorder, seed)
    moves = []
    for strength, ratio, bonds in (
        (j, delta, _bonds(n, periodic)),
        (as_real_number("second", second), 1.0, _bonds(n, periodic, 2)),
    ):
        for a, b in bonds if strength != 0.0 else []:
            diagonal += strength * ratio * spin[:, a] * spin[:, b]
            moves.append((a, b, 0.5 * strength))
    sector = "" if magnetisation is None else f"Σσᶻ = {magnetisation}"
    h = _hopping(states, moves, diagonal, "spin")
    model = ManyBody(h, states, "spin", sector, magnetisation is not None)
    return _in_momentum(model, momentum, periodic, disorder)


def heisenberg(
    n: int,
    coupling: float = 1.0,
    disorder: float = 0.0,
    magnetisation: int | None = 0,
    periodic: bool = False,
    momentum: int | None = None,
    seed: Seed = 0,
) -> ManyBody:
    """H = J Σ S_j·S_{j+1} + Σ w_j Sᶻ_j: the XXZ chain at Δ = 1.

    Examples
    --------
    >>> import numpy as np
    >>> np.linalg.eigvalsh(heisenberg(2).hamiltonian.toarray())
    array([-0.75,  0.25])
    """
    return xxz(n, 1.0, coupling, disorder, 0.0, magnetisation, periodic, momentum, seed)


def tv_fermions(
    n: int,
    particles: int,
    hopping: float = 1.0,
    interaction: float = 1.0,
    disorder: float = 0.0,
    periodic: bool = False,
    seed: Seed = 0,
) -> ManyBody:
    r"""Spinless fermions with a nearest-neighbour interaction.

    .. math:: H = -t\sum_j (a_j^\dagger a_{j+1} + \text{h.c.}) + V\sum_j n_jn_{j+1} + \sum_j w_jn_j

    Examples
    --------
    >>> tv_fermions(8, 4)
    ManyBody(8 fermion sites, 4 particles, D = 70)
    """
    states = _states(n, 2, as_count("particles", particles, least=0))
    occupied = states.astype(np.float64)
    diagonal = occupied @ _random(n, disorder, seed)
    moves = []
    for a, b in _bonds(n, periodic):
        diagonal += as_real_number("interaction", interaction) * occupied[:, a] * occupied[:, b]
        moves.append((a, b, -as_real_number("hopping", hopping)))
    h = _hopping(states, moves, diagonal, "fermion")
    return ManyBody(h, states, "fermion", f"{particles} particles", True)


def bose_hubbard(
    n: int,
    particles: int,
    hopping: float = 1.0,
    interaction: float = 1.0,
    disorder: float = 0.0,
    periodic: bool = False,
    momentum: int | None = None,
    seed: Seed = 0,
) -> ManyBody:
    r"""Bosons on a chain, exact in the sector of a particle number.

    .. math:: H = -t\sum_j (a_j^\dagger a_{j+1} + \text{h.c.}) + \tfrac U2\sum_j n_j(n_j - 1) + \sum_j w_jn_j

    Examples
    --------
    >>> bose_hubbard(5, 5)
    ManyBody(5 boson sites, 5 particles, D = 126)
    """
    particles = as_count("particles", particles, least=0)
    states = _states(n, particles + 1, particles)
    occupied = states.astype(np.float64)
    diagonal = occupied @ _random(n, disorder, seed)
    diagonal += (
        0.5 * as_real_number("interaction", interaction) * (occupied * (occupied - 1.0)).sum(axis=1)
    )
    moves = [(a, b, -as_real_number("hopping", hopping)) for a, b in _bonds(n, periodic)]
    h = _hopping(states, moves, diagonal, "boson")
    model = ManyBody(h, states, "boson", f"{particles} particles", True)
    return _in_momentum(model, momentum, periodic, disorder)


def _states(n: int, levels: int, total: int | None) -> npt.NDArray[np.int64]:
    """(D, n) occupations below `levels`, of the given sum, in ascending order of their codes."""
    n = as_count("n", n)
    if total is not None and total > n * (levels - 1):
        raise ValueError(f"{total} particles do not fit {n} sites of at most {levels - 1}")
    rows = np.zeros((1, 0), dtype=np.int64)
    for site in range(n):
        room = (n - site - 1) * (levels - 1)
        rows = np.repeat(rows, levels, axis=0)
        rows = np.column_stack([rows, np.tile(np.arange(levels), len(rows) // levels)])
        if total is not None:
            sums = rows.sum(axis=1)
            rows = rows[(sums <= total) & (sums + room >= total)]
        if len(rows) > MOST_STATES:
            raise ValueError(f"{n} sites have more than 2^20 = {MOST_STATES} states in this sector")
    return rows


def _codes(states: npt.NDArray[np.int64], levels: int) -> Codes:
    n = states.shape[1]
    codes: Codes = (states @ levels ** np.arange(n - 1, -1, -1)).astype(np.int64)
    return codes


def _find(codes: Codes, wanted: Codes) -> npt.NDArray[np.intp]:
    return np.searchsorted(codes, wanted)


def _bonds(n: int, periodic: bool, distance: int = 1) -> list[tuple[int, int]]:
    """Each once: around a ring of two sites both ways are one bond."""
    around = periodic and n > 2 * distance
    return [(j, (j + distance) % n) for j in range(n if around else max(0, n - distance))]


def _random(n: int, disorder: float, seed: Seed) -> RealArray:
    w = as_not_negative("disorder", disorder)
    return np.random.default_rng(seed).uniform(-w, w, as_count("n", n))


def _diagonal(values: RealArray) -> Sparse:
    return scipy.sparse.csr_array(scipy.sparse.diags_array(values))


def _hopping(
    states: npt.NDArray[np.int64],
    moves: Sequence[tuple[int, int, float]],
    diagonal: RealArray,
    kind: str,
) -> Sparse:
    """Σ amplitude (a_a† a_b + h.c.) + diagonal, for hard-core, fermionic or bosonic particles."""
    most = int(states.max(initial=1)) if kind == "boson" else 1
    levels, (d, n) = most + 1, states.shape
    codes = _codes(states, levels)
    step = np.int64(levels) ** np.arange(n - 1, -1, -1, dtype=np.int64)
    h = _diagonal(diagonal)
    for a, b, amplitude in moves:
        for to, source in ((a, b), (b, a)):
            room = states[:, source] > 0
            if kind != "boson":
                room &= states[:, to] == 0
            here = np.flatnonzero(room)
            there = _find(codes, codes[here] + step[to] - step[source])
            values = np.full(len(here), amplitude)
            if kind == "boson":
                values *= np.sqrt(states[here, source] * (states[here, to] + 1.0))
            if kind == "fermion":
                between = states[here][:, min(a, b) + 1 : max(a, b)].sum(axis=1)
                values *= 1.0 - 2.0 * (between % 2)
            h = h + scipy.sparse.csr_array((values, (there, here)), shape=(d, d))
    return scipy.sparse.csr_array(h)


def _in_momentum(model: ManyBody, momentum: int | None, periodic: bool, disorder: float) -> ManyBody:
    """The sector with T = e^{2πik/n}, T the translation by one site."""
    if momentum is None:
        return model
    n = model.sites
    if not periodic or disorder != 0.0:
        raise ValueError("momentum is conserved on a ring without disorder only")
    k = as_count("momentum", momentum, least=0)
    if k >= n:
        raise ValueError(f"momentum must be below {n}, got {k}")
    levels = int(model.occupations.max(initial=1)) + 1
    codes = _codes(model.occupations, levels)
    orbit = np.array([_codes(np.roll(model.occupations, r, axis=1), levels) for r in range(n)])
    heads = np.flatnonzero(orbit.min(axis=0) == codes)
    rows: list[Any] = []
    cols: list[Any] = []
    values: list[Any] = []
    kept = 0
    for head in heads:
        places = _find(codes, orbit[:, head])
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
