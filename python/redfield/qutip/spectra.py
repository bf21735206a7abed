"""The a_ops and c_ops of QuTiP's users, as operators and functions of (t, ω)."""

from __future__ import annotations

from typing import Any

import numpy as np
import qutip
import scipy

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Numbers, Operators
from redfield.qutip.arguments import CouplingPairs, evolving
from redfield.qutip.forms import ROUNDING, PowerSpectrum, mirrored, of_frequency, spectrum_of
from redfield.systems.couplings import as_core_entries


class Coupling:
    """One a_op with its spectrum."""

    def __init__(self, operator: qutip.Qobj | qutip.QobjEvo, spectrum: PowerSpectrum) -> None:
        self.operator, self.spectrum = operator, spectrum
        self.constant = isinstance(operator, qutip.Qobj)
        # As in QuTiP, a spectrum may depend on time only if its operator is a QobjEvo.
        self.static = self.constant or spectrum.static
        self._independent = not self.constant  # of time, where it has to be

    def gamma(self, t: float, w: RealArray, probes: RealArray) -> RealArray:
        """γ at time t and frequencies w.

        The spectrum of a constant a_op is compared once with itself at the times `probes`.

        Raises
        ------
        ValueError
            A value is negative, not finite or not real; the spectrum of a constant a_op depends on time.
        """
        gamma = self.spectrum.gamma(t, w)
        for wrong, what in ((~np.isfinite(gamma), "not finite"), (gamma < 0.0, "negative")):
            if wrong.any():
                raise ValueError(
                    f"the spectrum of an a_op is {what} at w = {w[wrong][0]:g}: {gamma[wrong][0]:g}"
                )
        if not (self._independent or self.spectrum.static):
            for other in probes:
                later = self.spectrum.gamma(float(other), w)
                differs = np.abs(later - gamma) > ROUNDING * np.abs(gamma)
                if differs.any():
                    raise ValueError(
                        f"the spectrum of a constant a_op depends on time: at w = {w[differs][0]:g} it is "
                        f"{gamma[differs][0]:g} at t = {t:g} and {later[differs][0]:g} at t = {other:g}; give the a_op "
                        "as a QobjEvo, or the spectrum as a function of w alone"
                    )
            self._independent = True
        return gamma

    def matrix(self, t: float) -> ComplexArray:
        full: ComplexArray = (self.operator if self.constant else self.operator(t)).full()
        return full


def as_core_operator(matrix: ComplexArray) -> Any:
    """Return an operator as the core takes it: its entries where they are few, else the matrix."""
    return matrix if 4 * np.count_nonzero(matrix) > len(matrix) else as_core_entries(matrix)


def as_sparse_or_dense(operator: qutip.Qobj) -> Any:
    """Return an operator as scipy.sparse where QuTiP holds it so, else as an array."""
    if isinstance(operator.data, qutip.core.data.Dense):
        return operator.full()
    return scipy.sparse.csr_array(operator.to("csr").data.as_scipy())


def probes(tlist: Numbers | None) -> RealArray:
    """Return times at which the spectrum of a constant a_op must be one: over tlist, or without one over all scales."""
    times = np.ravel(np.asarray([] if tlist is None else tlist, dtype=np.float64))
    if times.size < 2 or times[0] == times[-1]:
        return np.geomspace(1e-6, 1e6, 13)
    within: RealArray = times[0] + (times[-1] - times[0]) * np.array(
        [0.0, 0.1237, 0.2764, 0.4142, 0.618, 0.8165, 1.0]
    )
    return within


def couplings(a_ops: CouplingPairs | None, args: dict[str, Any], tlist: Numbers | None) -> list[Coupling]:
    """Return the a_ops in any of QuTiP's forms."""
    out: list[Coupling] = []
    known: dict[tuple[int, bool], PowerSpectrum] = {}  # one function of many operators is evaluated once
    for a_op, spectrum in a_ops or ():
        if not isinstance(a_op, (qutip.Qobj, qutip.QobjEvo)):
            a_op = evolving("a_ops", a_op, args=args, tlist=tlist)
        if isinstance(spectrum, qutip.core.environment.FermionicEnvironment):
            # The bath takes a particle through one operator and gives one through its adjoint.
            out.append(Coupling(a_op.dag(), of_frequency(mirrored(spectrum.power_spectrum_plus))))
            out.append(Coupling(a_op, of_frequency(spectrum.power_spectrum_minus)))
        else:
            constant = isinstance(a_op, qutip.Qobj)
            key = id(spectrum), constant
            if key not in known:
                known[key] = spectrum_of(spectrum, args, constant)
            out.append(Coupling(a_op, known[key]))
    return out


def collapse(c_ops: Operators, args: dict[str, Any], tlist: Numbers | None) -> list[Any]:
    """Return the c_ops as QobjEvo."""
    if c_ops is None:
        return []
    if not isinstance(c_ops, (list, tuple)):
        c_ops = [c_ops]
    return [evolving("c_ops", c, args=args, tlist=tlist) for c in c_ops]
