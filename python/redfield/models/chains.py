"""Interacting chains: spins, fermions, bosons."""

from __future__ import annotations

import numpy as np
import scipy

from redfield._base.checks import as_count, checked
from redfield._base.checks.types import Count, CountFromZero, Seed
from redfield.models.manybody import ManyBody, in_momentum
from redfield.models.parameters import Disorder, Energy
from redfield.models.sectors import (
    bonds,
    codes_of,
    diagonal_operator,
    find,
    hopping_operator,
    occupations,
    random_field,
)


@checked
def mixed_field_ising(
    n: Count,
    coupling: Energy = 1.0,
    transverse: Energy = 0.905,
    longitudinal: Energy = 0.809,
    disorder: Disorder = 0.0,
    periodic: bool = False,
    momentum: int | None = None,
    seed: Seed = 0,
) -> ManyBody:
    r"""Return the Ising chain in a tilted field, chaotic at its default parameters.

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
    ManyBody(hamiltonian=<256×256 sparse float64, 2304 entries #...>, occupations=<256×8 int64 #...>,
             kind='spin', sector='', conserves_number=False, isometry=None)
    """
    states = occupations(n, 2, None)
    z = 1.0 - 2.0 * states
    field = longitudinal + random_field(n, disorder, seed)
    diagonal = z @ field
    for i, j in bonds(n, periodic):
        diagonal += coupling * z[:, i] * z[:, j]
    h = diagonal_operator(diagonal)
    codes = codes_of(states, 2)
    weights = 2 ** np.arange(n - 1, -1, -1)
    d = len(codes)
    for site in range(n):
        flipped = find(codes, codes + np.where(states[:, site] == 0, weights[site], -weights[site]))
        h = h + transverse * scipy.sparse.csr_array((np.ones(d), (flipped, np.arange(d))), shape=(d, d))
    model = ManyBody(scipy.sparse.csr_array(h), states, "spin", "", False)
    return in_momentum(model, momentum, periodic, disorder)


@checked
def xxz(
    n: Count,
    anisotropy: Energy = 1.0,
    coupling: Energy = 1.0,
    disorder: Disorder = 0.0,
    second: Energy = 0.0,
    magnetisation: int | None = 0,
    periodic: bool = False,
    momentum: int | None = None,
    seed: Seed = 0,
) -> ManyBody:
    r"""Return the spin-½ XXZ chain in a random field.

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
    ManyBody(hamiltonian=<924×924 sparse float64, ... kind='spin', sector='Σσᶻ = 0', ...)
    >>> xxz(12, periodic=True, momentum=1)
    ManyBody(hamiltonian=<75×75 sparse complex128, ... kind='spin', sector='Σσᶻ = 0, momentum 1', ...)
    """
    down = None
    if magnetisation is not None:
        m = as_count("magnetisation", magnetisation, least=-n)
        if (n - m) % 2 or m > n:
            raise ValueError(
                f"magnetisation must be one of {-n}, {-n + 2}, …, {n} for {n} sites, got {m}"
            )
        down = (n - m) // 2
    states = occupations(n, 2, down)
    spin = 0.5 - states
    diagonal = spin @ random_field(n, disorder, seed)
    moves = []
    for strength, ratio, pairs in (
        (coupling, anisotropy, bonds(n, periodic)),
        (second, 1.0, bonds(n, periodic, 2)),
    ):
        for a, b in pairs if strength != 0.0 else []:
            diagonal += strength * ratio * spin[:, a] * spin[:, b]
            moves.append((a, b, 0.5 * strength))
    sector = "" if magnetisation is None else f"Σσᶻ = {magnetisation}"
    h = hopping_operator(states, moves, diagonal, "spin")
    model = ManyBody(h, states, "spin", sector, magnetisation is not None)
    return in_momentum(model, momentum, periodic, disorder)


@checked
def heisenberg(
    n: Count,
    coupling: Energy = 1.0,
    disorder: Disorder = 0.0,
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


@checked
def tv_fermions(
    n: Count,
    particles: CountFromZero,
    hopping: Energy = 1.0,
    interaction: Energy = 1.0,
    disorder: Disorder = 0.0,
    periodic: bool = False,
    seed: Seed = 0,
) -> ManyBody:
    r"""Spinless fermions with a nearest-neighbour interaction.

    .. math:: H = -t\sum_j (a_j^\dagger a_{j+1} + \text{h.c.}) + V\sum_j n_jn_{j+1} + \sum_j w_jn_j

    Examples
    --------
    >>> tv_fermions(8, 4)
    ManyBody(hamiltonian=<70×70 sparse float64, ... kind='fermion', sector='4 particles', ...)
    """
    states = occupations(n, 2, particles)
    occupied = states.astype(np.float64)
    diagonal = occupied @ random_field(n, disorder, seed)
    moves = []
    for a, b in bonds(n, periodic):
        diagonal += interaction * occupied[:, a] * occupied[:, b]
        moves.append((a, b, -hopping))
    h = hopping_operator(states, moves, diagonal, "fermion")
    return ManyBody(h, states, "fermion", f"{particles} particles", True)


@checked
def bose_hubbard(
    n: Count,
    particles: CountFromZero,
    hopping: Energy = 1.0,
    interaction: Energy = 1.0,
    disorder: Disorder = 0.0,
    periodic: bool = False,
    momentum: int | None = None,
    seed: Seed = 0,
) -> ManyBody:
    r"""Bosons on a chain, exact in the sector of a particle number.

    .. math:: H = -t\sum_j (a_j^\dagger a_{j+1} + \text{h.c.}) + \tfrac U2\sum_j n_j(n_j - 1) + \sum_j w_jn_j

    Examples
    --------
    >>> bose_hubbard(5, 5)
    ManyBody(hamiltonian=<126×126 sparse float64, ... kind='boson', sector='5 particles', ...)
    """
    states = occupations(n, particles + 1, particles)
    occupied = states.astype(np.float64)
    diagonal = occupied @ random_field(n, disorder, seed)
    diagonal += 0.5 * interaction * (occupied * (occupied - 1.0)).sum(axis=1)
    moves = [(a, b, -hopping) for a, b in bonds(n, periodic)]
    h = hopping_operator(states, moves, diagonal, "boson")
    model = ManyBody(h, states, "boson", f"{particles} particles", True)
    return in_momentum(model, momentum, periodic, disorder)
