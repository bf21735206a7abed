"""Operators on Fock spaces and tensor products: sparse ones of many modes, and NumPy arrays under QuTiP's names."""

from redfield.operators.fock import bosons, fermions, local
from redfield.operators.standard import (
    basis,
    create,
    destroy,
    ket2dm,
    num,
    projection,
    qeye,
    sigmam,
    sigmap,
    sigmax,
    sigmay,
    sigmaz,
    tensor,
)

__all__ = [
    "basis",
    "bosons",
    "create",
    "destroy",
    "fermions",
    "ket2dm",
    "local",
    "num",
    "projection",
    "qeye",
    "sigmam",
    "sigmap",
    "sigmax",
    "sigmay",
    "sigmaz",
    "tensor",
]
