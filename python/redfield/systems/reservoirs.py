"""Which bath each coupling has, and what of them carries currents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redfield._base.checks import shown, warn
from redfield.baths import Bath, BathBatch, ParticleBath
from redfield.baths.matrix import BathMatrix
from redfield.systems.couplings import SiteProjectors, is_hermitian, same


class UnpairedCouplingWarning(UserWarning):
    """A coupling that is not Hermitian has no adjoint beside it, so that its bath does not thermalise."""


def as_baths(baths: object, count: int) -> list[Bath]:
    """Return the bath of each coupling."""
    if isinstance(baths, BathMatrix):
        raise TypeError("baths is a BathMatrix, which belongs to rf.System alone")
    if isinstance(baths, BathBatch):
        raise TypeError(f"baths is {baths!r}, one for each member of an rf.SystemBatch")
    given = [baths] if isinstance(baths, Bath | ParticleBath) else baths
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise TypeError(f"baths must be a Bath or a list of them, got {shown(baths)}")
    for j, bath in enumerate(given):
        if isinstance(bath, ParticleBath):
            raise TypeError(
                f"baths[{j}] is a ParticleBath, which exchanges particles through two couplings: "
                "System(h, *redfield.particle_exchange([a], bath)), a the annihilation operator"
            )
        if not isinstance(bath, Bath):
            raise TypeError(f"baths must be a Bath or a list of them, got {shown(bath)} at {j}")
    if len(given) not in (1, count):
        raise ValueError(f"{len(given)} baths for {count} couplings; give one bath for all or one each")
    checked: list[Any] = list(given)
    return checked * count if len(checked) == 1 else checked


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
