"""What users of QuTiP give as a_ops and c_ops, as operators and functions of (t, ω)."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

try:
    import qutip
    from qutip.core.blochredfield import InterCoefficient
except ImportError:
    raise ImportError("redfield.qutip needs QuTiP 5: pip install 'redfield[qutip]'") from None

from redfield.baths import Bath
from redfield.baths.limits import known_at_zero
from redfield.validation import ComplexArray, RealArray


@dataclass(frozen=True)
class Spectrum:
    """γ(t, ω) of an array of frequencies, whether it is one of ω alone, and the bath it came from."""

    gamma: Callable[[float, RealArray], RealArray]
    static: bool
    bath: Bath | None = None


class Coupling:
    """One a_op with its spectrum."""

    def __init__(self, operator: Any, spectrum: Spectrum) -> None:
        self.operator, self.spectrum = operator, spectrum
        self.constant = isinstance(operator, qutip.Qobj)
        # As in QuTiP, a spectrum may depend on time only if its operator is a QobjEvo.
        self.static = self.constant or spectrum.static

    def matrix(self, t: float) -> ComplexArray:
        full: ComplexArray = (self.operator if self.constant else self.operator(t)).full()
        return full


def as_core_operator(matrix: ComplexArray) -> Any:
    """What the core takes: the entries where they are few, else the matrix."""
    rows, cols = np.nonzero(matrix)
    if 4 * len(rows) > len(matrix):
        return matrix
    return rows.astype(np.int64), cols.astype(np.int64), matrix[rows, cols]


def _scalar(f: Callable[[float], Any]) -> Callable[[RealArray], RealArray]:
    """f at each frequency: users write functions of one number."""

    def one(x: float) -> Any:
        try:
            return np.real(f(x))
        except ZeroDivisionError:
            return np.nan  # 0/0 at ω = 0 has a limit

    def raw(w: RealArray) -> RealArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.array([one(float(x)) for x in np.ravel(w)], dtype=np.float64).reshape(np.shape(w))

    def each(w: RealArray) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        scale = np.abs(w[w != 0.0]).min(initial=np.inf)
        return known_at_zero(f, raw, w, raw(w), float(scale) if np.isfinite(scale) else 1.0)

    return each


def _of_frequency(f: Callable[[float], Any]) -> Spectrum:
    power = _scalar(f)
    return Spectrum(lambda t, w: power(w), static=True)


def _mirrored(f: Callable[[float], Any]) -> Callable[[float], Any]:
    return lambda w: f(-w)


def _names_time(expression: str) -> bool:
    """Whether a string coefficient has t in it; one that can not be read might."""
    try:
        names = ast.walk(ast.parse(expression, mode="eval"))
    except SyntaxError:
        return True
    return any(isinstance(node, ast.Name) and node.id == "t" for node in names)


def _spectrum(given: Any, args: dict[str, Any]) -> Spectrum:
    if isinstance(given, Bath):
        return Spectrum(lambda t, w: given.power_spectrum(w), static=True, bath=given)
    if isinstance(given, qutip.core.environment.BosonicEnvironment):
        return _of_frequency(given.power_spectrum)
    if isinstance(given, InterCoefficient):
        return _of_frequency(lambda w: given(w))
    if isinstance(given, str):
        coefficient = qutip.coefficient(given, args={**args, "w": 0})
        if not _names_time(given):
            return _of_frequency(lambda w: coefficient(0.0, w=w))
    elif isinstance(given, qutip.Coefficient):
        coefficient = given
    elif callable(given):
        if tuple(inspect.signature(given).parameters) == ("w",):
            return _of_frequency(given)
        coefficient = qutip.coefficient(given, args={**args, "w": 0})
    else:
        raise TypeError(
            f"a_ops: {given!r} is no spectrum; give a function of w, a string, a Coefficient, an Environment or "
            "a redfield bath"
        )
    return Spectrum(lambda t, w: _scalar(lambda x: coefficient(t, w=x))(w), static=False)


def couplings(a_ops: Any, args: dict[str, Any], tlist: Any) -> list[Coupling]:
    """The a_ops in any of QuTiP's forms."""
    found: list[Coupling] = []
    known: dict[int, Spectrum] = {}  # one function given to many operators is evaluated once
    a_ops = a_ops or []
    if a_ops and isinstance(a_ops[0], (qutip.Qobj, qutip.QobjEvo)):
        a_ops = [a_ops]
    for a_op, given in a_ops:
        if not isinstance(a_op, (qutip.Qobj, qutip.QobjEvo)):
            a_op = qutip.QobjEvo(a_op, args=args, tlist=tlist)
        if isinstance(given, qutip.core.environment.FermionicEnvironment):
            # The bath takes a particle through one operator and gives one through its adjoint.
            found.append(Coupling(a_op.dag(), _of_frequency(_mirrored(given.power_spectrum_plus))))
            found.append(Coupling(a_op, _of_frequency(given.power_spectrum_minus)))
        else:
            if id(given) not in known:
                known[id(given)] = _spectrum(given, args)
            found.append(Coupling(a_op, known[id(given)]))
    return found


def collapse(c_ops: Any, args: dict[str, Any], tlist: Any) -> list[Any]:
    """The c_ops as QobjEvo."""
    if c_ops is None:
        return []
    if not isinstance(c_ops, (list, tuple)):
        c_ops = [c_ops]
    return [qutip.QobjEvo(c, args=args, tlist=tlist) for c in c_ops]
