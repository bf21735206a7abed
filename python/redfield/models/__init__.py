"""Single-particle Hamiltonians, (N, N) arrays of hopping amplitudes and on-site energies."""

from redfield.models.lattices import (
    aubry_andre,
    chain,
    cubic,
    graphene,
    haldane,
    ladder,
    lattice,
    square,
    ssh,
)
from redfield.models.random import Seed, anderson, dirac_syk2

__all__ = [
    "Seed",
    "anderson",
    "aubry_andre",
    "chain",
    "cubic",
    "dirac_syk2",
    "graphene",
    "haldane",
    "ladder",
    "lattice",
    "square",
    "ssh",
]
