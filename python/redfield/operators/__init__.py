"""Operators on Fock spaces and on tensor products, as scipy.sparse matrices."""

from redfield.operators.fock import bosons, fermions, local

__all__ = [
    "bosons",
    "fermions",
    "local",
]
