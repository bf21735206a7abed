"""Random single-particle Hamiltonians. They give the same numbers for a seed on every machine."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_count,
    as_positive,
    checked,
)
from redfield._base.checks.types import Seed
from redfield.models.parameters import Disorder, Energy, Sites, as_sites


@checked
def dirac_syk2(n: Sites, scale: Annotated[Energy, as_positive] = 1.0, seed: Seed = 0) -> ComplexArray:
    """h_ij from the Gaussian unitary ensemble with ⟨|h_ij|²⟩ = scale²/n, the Dirac-SYK2 model.

    Its spectrum fills [−2 scale, 2 scale] for large n and is chaotic (arXiv:2507.10080, Figure 1).

    Parameters
    ----------
    n : number of sites.
    scale : J > 0, an energy.
    seed : int, SeedSequence or Generator.

    Returns
    -------
    (n, n) complex128, Hermitian.

    Examples
    --------
    >>> h = dirac_syk2(64, seed=1)
    >>> bool(abs(np.linalg.eigvalsh(h)).max() < 2.3)
    True
    """
    rng = np.random.default_rng(seed)
    # Re and Im of the entries above the diagonal have variance J²/2n, the diagonal J²/n.
    raw = rng.standard_normal((n, n)) + 1j * rng.standard_normal((n, n))
    h: ComplexArray = scale / (2.0 * np.sqrt(n)) * (raw + raw.conj().T)
    return h


@checked
def anderson(
    length: int,
    disorder: Disorder,
    hopping: Energy = 1.0,
    dims: int = 3,
    periodic: bool = True,
    seed: Seed = 0,
) -> RealArray:
    """h_ii uniform in [−disorder, disorder], h_ij = hopping between neighbours: the Anderson model.

    A chain, square or cubic lattice of length^dims sites. With period 2 both ways round are the same
    bond, counted once. In three dimensions states localise above disorder/hopping ≈ 8.25
    (arXiv:2507.10080, Eq. 15).

    Parameters
    ----------
    length : sites along each axis.
    disorder : W ≥ 0, an energy.
    hopping : J, an energy.
    dims : 1, 2 or 3.
    periodic : whether opposite faces are joined.
    seed : int, SeedSequence or Generator.

    Returns
    -------
    (length^dims, length^dims) float64, symmetric; site (x, y, z) is x·length² + y·length + z.

    Examples
    --------
    >>> anderson(3, disorder=0.0, dims=1)
    array([[0., 1., 1.],
           [1., 0., 1.],
           [1., 1., 0.]])
    """
    if as_count("dims", dims) > 3:
        raise ValueError(f"dims must be 1, 2 or 3, got {dims}")
    length = as_sites("length", length, as_count("length", length) ** (dims - 1))
    sites = np.arange(length**dims).reshape((length,) * dims)
    rng = np.random.default_rng(seed)
    h: RealArray = np.diag(rng.uniform(-disorder, disorder, sites.size))
    for axis in range(dims):
        last = length if periodic and length > 2 else length - 1
        here = np.take(sites, np.arange(last), axis).ravel()
        there = np.take(sites, (np.arange(last) + 1) % length, axis).ravel()
        h[here, there] = h[there, here] = hopping
    return h
