"""Checks of QuTiP's objects among arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
import qutip

from redfield._base.checks import RealArray, as_choice, as_function_of, as_real_number, as_times, shown

Dims = list[object]
"""Nested lists of the dimensions of a space."""


def as_qobj(name: str, value: object) -> qutip.Qobj:
    """Return a finite operator of QuTiP's that does not depend on time."""
    if not isinstance(value, qutip.Qobj) or not value.isoper:
        raise TypeError(f"{name} must be a Qobj that is an operator, got {shown(value)}")
    return _finite(name, value)


QobjOperator = Annotated[qutip.Qobj, as_qobj]
"""An operator of QuTiP's that does not depend on time."""


def as_qobj_state(name: str, value: object) -> qutip.Qobj:
    """Return a finite ket or density matrix of QuTiP's."""
    if not isinstance(value, qutip.Qobj) or not (value.isket or value.isoper):
        raise TypeError(f"{name} must be a Qobj that is a ket or an operator, got {shown(value)}")
    return _finite(name, value)


QobjState = Annotated[qutip.Qobj, as_qobj_state]
"""A ket or density matrix of QuTiP's."""


def _finite(name: str, value: qutip.Qobj) -> qutip.Qobj:
    if not np.isfinite(value.full()).all():
        raise ValueError(f"{name} has an entry that is not finite")
    return value


def as_qobj_observables(name: str, value: object) -> object:
    """Return operators or functions of a state: one, or a list or dict of them."""
    for x in listed(value):
        if isinstance(x, type) or not (isinstance(x, qutip.Qobj | qutip.QobjEvo) or callable(x)):
            raise TypeError(f"{name} must be Qobj, QobjEvo or functions, got {shown(x)}")
        if not isinstance(x, qutip.Qobj | qutip.QobjEvo):
            as_function_of(name, x, "t", "state")
        if isinstance(x, qutip.Qobj) and not x.isoper:
            raise TypeError(f"{name} must be operators, got a Qobj of type {x.type!r}")
    return value


def listed(value: object) -> list[object]:
    """Return the members of a list or dict, or the one value that is none of these."""
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else [value]


QobjObservables = Annotated[object, as_qobj_observables]
"""Operators of QuTiP's or functions of a state: one, or a list or dict of them."""


def as_qutip_times(name: str, value: object) -> RealArray:
    """Return times, or none where the answer is to have none."""
    if isinstance(value, list | np.ndarray) and len(np.atleast_1d(value)) == 0:
        return np.zeros(0)
    return as_times(name, value)


def as_coupling_pairs(name: str, value: object) -> list[tuple[object, object]]:
    """Return pairs of an operator and a spectrum, of which one may stand alone."""
    if not isinstance(value, list | tuple):
        raise TypeError(f"{name} must be a list of pairs (operator, spectrum), got {shown(value)}")
    alone = len(value) == 2 and not isinstance(value[1], list | tuple | qutip.Qobj | qutip.QobjEvo)
    pairs = [value] if alone and isinstance(value[0], qutip.Qobj | qutip.QobjEvo) else value
    for k, pair in enumerate(pairs):
        if isinstance(pair, qutip.Qobj | qutip.QobjEvo):
            raise TypeError(
                f"{name}[{k}] is an operator without its spectrum: give {name}=[(operator, spectrum), …], the spectrum "
                "a function of w or a redfield bath; operators that decay at a rate of their own are c_ops"
            )
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise TypeError(f"{name} must be pairs (operator, spectrum), got {shown(pair)}")
    return [(operator, spectrum) for operator, spectrum in pairs]


def as_sec_cutoff(name: str, value: object) -> float:
    """Return a number; a TypeError tells where operators belong that QuTiP 4 had in this place."""
    if isinstance(value, list | tuple | dict | qutip.Qobj | qutip.QobjEvo) or value is None:
        raise TypeError(
            f"{name} must be a real number, got {shown(value)}: in this place QuTiP 4 had operators, and QuTiP 5 has "
            f"{name}; give e_ops=… and c_ops=… by their names"
        )
    return as_real_number(name, value)


SecularCutoff = Annotated[float, as_sec_cutoff]
"""The largest difference of Bohr frequencies that is kept, in units of the smallest spacing; −1 keeps all."""
CouplingPairs = Annotated[Sequence[tuple[object, object]], as_coupling_pairs]
"""Pairs of an operator and a spectrum."""


def as_collapse_operators(name: str, value: object) -> object:
    """Return collapse operators; a TypeError tells of pairs with spectra that they are a_ops."""
    if isinstance(value, list | tuple) and any(isinstance(x, tuple) for x in value):
        raise TypeError(
            f"{name} must be operators, got pairs with a spectrum, which are a_ops: {shown(value)}"
        )
    return value


CollapseOperators = Annotated[object, as_collapse_operators]
"""Operators that decay at a rate of their own: one, or a list of them."""


def evolving(name: str, value: object, **options: Any) -> qutip.QobjEvo:
    """Return a QobjEvo of an operator that may depend on time."""
    if isinstance(value, list | tuple) and not value:  # QuTiP reads beyond its end
        raise TypeError(f"{name} is an empty list")
    try:
        operator = qutip.QobjEvo(value, **options)
        size = operator.shape
    except Exception as error:  # QuTiP calls what it is given
        raise TypeError(f"{name} is no operator that QuTiP knows: {error}") from None
    if size[0] != size[1]:
        raise TypeError(f"{name} must be an operator, got shape {size}")
    return operator


def require_same_space(name: str, operator: qutip.Qobj | qutip.QobjEvo, dims: Dims) -> None:
    """TypeError where an operator is of another space than H."""
    if operator.dims != dims:
        raise TypeError(f"{name}: incompatible dimensions {dims} and {operator.dims}")


def require_observables(e_ops: object, dims: Dims) -> None:
    """TypeError where one of e_ops is an operator of another space than H."""
    for x in listed(e_ops):
        if isinstance(x, qutip.Qobj | qutip.QobjEvo):
            require_same_space("e_ops", x, dims)


def require_map(map: str) -> None:
    """ValueError where a map is none of QuTiP's."""
    as_choice("map", map, ("serial", "serial_map", "parallel", "parallel_map", "loky", "mpi"))
