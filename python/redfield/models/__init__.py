"""Models: single-particle Hamiltonians as (N, N) arrays, and many-body ones as ManyBody."""

from redfield._base.checks.types import Seed
from redfield.models.chains import bose_hubbard, heisenberg, mixed_field_ising, tv_fermions, xxz
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
from redfield.models.manybody import ManyBody
from redfield.models.random import anderson, dirac_syk2

__all__ = [
    "ManyBody",
    "Seed",
    "anderson",
    "aubry_andre",
    "bose_hubbard",
    "chain",
    "cubic",
    "dirac_syk2",
    "graphene",
    "haldane",
    "heisenberg",
    "ladder",
    "lattice",
    "mixed_field_ising",
    "square",
    "ssh",
    "tv_fermions",
    "xxz",
]
