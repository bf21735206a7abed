"""Quantum jumps of driven equations of Lindblad form, by propagators of panels of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_max_bytes, as_positive
from redfield.equations import Lindblad
from redfield.equations.base import AnyEquation
from redfield.equations.solver import REMEMBERS
from redfield.equations.unravelling import Maker, TrajectoryOptions, Unravelling
from redfield.systems.drives.window import window_of


def unravelling(
    equation: AnyEquation,
    kind: _core.Kind | None,
    make: Maker,
    times: RealArray,
    options: TrajectoryOptions,
    breakpoints: Sequence[float] = (),
) -> Unravelling:
    """Return the effective Hamiltonian and jump operators of a driven equation over times, in the basis H is given in.

    Parameters
    ----------
    kind : the kind of equation in the core, or None where its generator is made in Python.
    breakpoints : times near which something happens.

    Raises
    ------
    TypeError
        The equation has no jump operators, or is asked for what constant ones have alone.
    """
    if equation.remembers:
        raise TypeError(REMEMBERS)
    if make.method != "jumps":
        raise TypeError(f'method = "{make.method}" is of constant jumps; moving ones have "jumps"')
    if options.dtype not in ("float64", np.float64, float):
        raise TypeError(f"dtype must be float64 where H or jumps move, got {options.dtype!r}")
    system: Any = equation.system
    window = window_of(times, None, breakpoints)
    system.require_cover(float(times[0]), float(times[-1]))
    system.require_hermitian(times)
    rest = np.inf, times, as_positive("rtol", options.rtol), as_max_bytes(None), options.stop
    if isinstance(equation, Lindblad):
        hamiltonian, jumps = system.operators(window)
        breaks = np.unique(np.concatenate([x.jumps for x in (hamiltonian, *jumps)])).tolist()
        operators = [x.operator for x in jumps]
        return Unravelling(
            _core.DrivenJumps.lindblad(hamiltonian.operator, operators, breaks, *rest), None
        )
    if equation._form not in ("jumps", "secular"):
        return equation._unravelling(make)  # which says why there is none
    secular = equation._form == "secular"
    core, breaks = system.core(window, equation._shift_table)
    if kind is not None:
        return Unravelling(_core.DrivenJumps.of_kind(core, secular, kind, breaks, *rest), None)

    def drift(t: float) -> ComplexArray:
        held: Any = equation.at(t)
        u = held.system.eigenvectors
        g: ComplexArray = -1j * np.diag(held.system.energies) - held.generator.decay()
        return np.ascontiguousarray(u @ g @ u.conj().T, dtype=np.complex128)

    return Unravelling(_core.DrivenJumps.in_eigenbasis(core, secular, drift, breaks, *rest), None)
