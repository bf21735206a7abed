"""Which bath each coupling has, and what of them carries currents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy

from redfield._base.checks import warn
from redfield.baths import Bath, BathBatch
from redfield.baths.given import as_bath
from redfield.baths.matrix import BathMatrix
from redfield.systems.couplings import SiteProjectors, is_hermitian, same


class UnpairedCouplingWarning(UserWarning):
    """A coupling that is not Hermitian has no adjoint beside it, so that its bath does not thermalise."""


def as_baths(baths: object, count: int, scale: Callable[[], float] = lambda: 1.0) -> list[Bath]:
    """Return the bath of each coupling; `scale` is the energy over which a bare function is taken to vary."""
    if isinstance(baths, BathMatrix):
        raise TypeError("baths is a BathMatrix, which belongs to rf.System alone")
    several = isinstance(baths, Sequence) and not isinstance(baths, str)
    given: Sequence[Any] = baths if several else [baths]  # type: ignore[assignment]
    made: dict[int, Bath] = {}
    for j, bath in enumerate(given):
        name = f"baths[{j}]" if several else "baths"
        if isinstance(bath, BathBatch):
            raise TypeError(f"{name} is {bath!r}, one for each member of an rf.SystemBatch")
        # An object that is given twice is one bath.
        if id(bath) not in made:
            made[id(bath)] = bath if isinstance(bath, Bath) else as_bath(name, bath, scale())
    if len(given) not in (1, count):
        raise ValueError(f"{len(given)} baths for {count} couplings; give one bath for all or one each")
    checked = [made[id(bath)] for bath in given]
    return checked * count if len(checked) == 1 else checked


def bath_of_each(baths: object, count: int, hamiltonian: Any) -> list[Bath]:
    """Return the bath of each coupling of a system, or the elements of its BathMatrix."""
    return matrix_elements(baths, count) or as_baths(baths, count, lambda: extent(hamiltonian))


def extent(*hamiltonians: Any) -> float:
    """Return the size of the energies of Hamiltonians but for constants: 1 where there are none."""
    size = 0.0
    for h in hamiltonians:
        entries = scipy.sparse.coo_array(h)
        apart = np.abs(entries.data[entries.row != entries.col])
        size = max(size, float(np.ptp(np.real(h.diagonal()))), float(apart.max(initial=0.0)))
    return size if size > 0.0 else 1.0


def matrix_elements(baths: object, count: int) -> list[Bath]:
    """Return the elements of a BathMatrix; none of other baths."""
    if not isinstance(baths, BathMatrix):
        return []
    if baths.size != count:
        raise ValueError(f"{baths!r} is of {baths.size} couplings, the system has {count}")
    return baths.elements()


def paired(operators: tuple[Any, ...], baths: list[Bath]) -> tuple[tuple[Any, ...], list[Bath]]:
    """Each lone non-Hermitian coupling of a thermal bath with its adjoint."""
    couplings, of_coupling = list(operators), list(baths)
    for j in _lone(operators, baths):
        couplings.append(operators[j].conj().T)
        of_coupling.append(baths[j])
    return tuple(couplings), of_coupling


def _lone(operators: Sequence[Any], baths: list[Bath]) -> list[int]:
    """Return the couplings that are not Hermitian and whose adjoint the same reservoir does not have."""
    lone = []
    for j, (a, bath) in enumerate(zip(operators, baths, strict=True)):
        if bath.beta is None or is_hermitian(a):
            continue
        adjoint = a.conj().T
        if not any(
            b.reservoir is bath.reservoir and same(adjoint, o)
            for o, b in zip(operators, baths, strict=True)
        ):
            lone.append(j)
    return lone


def warn_of_lone_couplings(operators: SiteProjectors | Sequence[Any], baths: list[Bath]) -> None:
    if isinstance(operators, SiteProjectors):
        return
    for j in _lone(operators, baths):
        warn(
            f"couplings[{j}] is not Hermitian and no adjoint of it has the same bath, so that this bath, "
            "whatever its temperature, does not take the system to its Gibbs state: give both, or pair=True",
            UnpairedCouplingWarning,
        )


def distinct(given: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    """Return the objects given, each once, in their order, and which of them each place has."""
    place: dict[int, int] = {}
    kept: list[Any] = []
    for each in given:
        if id(each) not in place:
            place[id(each)] = len(kept)
            kept.append(each)
    return tuple(kept), tuple(place[id(each)] for each in given)


def common(reservoirs: Sequence[Any], name: str) -> float:
    """Return the beta or mu, as named, that all reservoirs share.

    Raises
    ------
    ValueError
        They differ, or have none.
    """
    values = {getattr(bath, name) for bath in reservoirs}
    if len(values) != 1 or None in values:
        told = ", ".join(
            "none" if v is None else f"{v:g}" for v in sorted(values, key=lambda v: (v is None, v))
        )
        raise ValueError(f"the baths do not have one {name} ({name}: {told or 'no bath'}); give {name}")
    return float(values.pop())
