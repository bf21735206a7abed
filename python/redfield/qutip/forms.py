"""The spectra that users of QuTiP give, in any form, as functions of (t, ω)."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip
from qutip.core.cy.coefficient import FunctionCoefficient, InterCoefficient
from scipy.interpolate import BSpline, PPoly

from redfield._base.checks import RealArray
from redfield.baths import Bath, SpectrumBath
from redfield.baths.limits import known_at_zero

ROUNDING = 1e-10
"""Part of a value of γ up to which an imaginary part, or a change with time, is rounding."""

_POSITIONAL = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
)
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@dataclass(frozen=True, eq=False)
class PowerSpectrum:
    """γ(t, ω) of an array of frequencies, whether it is one of ω alone, and the bath it came from."""

    gamma: Callable[[float, RealArray], RealArray]
    static: bool
    bath: Bath | None = None

    def at(self, t: float) -> Bath:
        """Return the bath that it came from, or one of γ(t, ω)."""
        return self.bath or SpectrumBath(functools.partial(self.gamma, t))


def _scalar(f: Callable[[float], Any]) -> Callable[[RealArray], RealArray]:
    """f at each frequency: users write functions of one number.

    The array function raises a ValueError where a value is not a real number.
    """

    def one(x: float) -> float:
        try:
            return _real(f(x), x)
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


def _real(value: object, w: float) -> float:
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "biufc":
        raise ValueError(f"the spectrum of an a_op is no number at w = {w:g}: {value!r}")
    number = complex(array.reshape(()))
    if abs(number.imag) > ROUNDING * abs(number):
        raise ValueError(f"the spectrum of an a_op is complex at w = {w:g}: {number:g}")
    return number.real


def of_frequency(f: Callable[[float], Any]) -> PowerSpectrum:
    power = _scalar(f)
    return PowerSpectrum(lambda t, w: power(w), static=True)


def _of_time(f: Callable[[float, float], Any]) -> PowerSpectrum:
    return PowerSpectrum(lambda t, w: _scalar(lambda x: f(t, x))(w), static=False)


def mirrored(f: Callable[[float], Any]) -> Callable[[float], Any]:
    return lambda w: f(-w)


def _names_time(expression: str) -> bool:
    """Return whether a string coefficient has t in it; one that can not be read might."""
    try:
        names = ast.walk(ast.parse(expression, mode="eval"))
    except SyntaxError:
        return True
    return any(isinstance(node, ast.Name) and node.id == "t" for node in names)


def spectrum_of(spectrum: object, args: dict[str, Any], constant: bool) -> PowerSpectrum:
    """γ(t, ω) of a spectrum in any of QuTiP's forms, for an a_op that is constant or a QobjEvo."""
    if isinstance(spectrum, Bath):
        return PowerSpectrum(lambda t, w: spectrum.power_spectrum(w), static=True, bath=spectrum)
    if isinstance(spectrum, qutip.core.environment.BosonicEnvironment):
        return of_frequency(spectrum.power_spectrum)
    if isinstance(spectrum, InterCoefficient):
        return of_frequency(lambda w: spectrum(w))
    if isinstance(spectrum, (BSpline, PPoly)):
        return of_frequency(spectrum)
    if isinstance(spectrum, str):
        coefficient = qutip.coefficient(spectrum, args={**args, "w": 0})
        if not _names_time(spectrum):
            return of_frequency(lambda w: coefficient(0.0, w=w))
        return _of_time(lambda t, w: coefficient(t, w=w))
    if isinstance(spectrum, qutip.Coefficient):
        # QuTiP gives every Coefficient the time first and the frequency as w.
        if _first_argument_of(spectrum) == "w":
            raise ValueError(
                "a_ops: the function in a Coefficient has w as its first argument, where QuTiP puts the time; give the "
                "function itself, or SpectraCoefficient(coefficient)"
            )
        return _of_time(lambda t, w: spectrum(t, w=w))
    if callable(spectrum):
        return _of_function(spectrum, args, constant)
    raise TypeError(
        f"a_ops: {spectrum!r} is no spectrum; give a function of w, a string, a Coefficient, an Environment or "
        "a redfield bath"
    )


def _first_argument_of(coefficient: qutip.Coefficient) -> str | None:
    """Return the name of the first argument of the function in a FunctionCoefficient, None of any other Coefficient."""
    if not isinstance(coefficient, FunctionCoefficient):
        return None
    state = coefficient.__reduce__()[-1]
    held = next((x for x in state if callable(x)), None) if isinstance(state, tuple) else None
    try:
        return next(iter(inspect.signature(held).parameters), None) if held is not None else None
    except (TypeError, ValueError):
        return None


def _of_function(f: Callable[..., Any], args: dict[str, Any], constant: bool) -> PowerSpectrum:
    """Return the spectrum that a Python function is.

    A first argument named t is the time, as in QuTiP, and then w the frequency; a first argument named w is the
    frequency. A first argument of any other name is the time where w is among the others, and the frequency of a
    constant a_op where it is not, since that spectrum may not depend on time. The other arguments are filled from
    `args` by their names.

    Raises
    ------
    ValueError
        The signature leaves open which argument is the frequency.
    TypeError
        An argument has no value.
    """
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = [inspect.Parameter("x", inspect.Parameter.POSITIONAL_ONLY)]
    positional = [p for p in parameters if p.kind in _POSITIONAL]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    if not positional:
        raise TypeError(f"a_ops: the spectrum {_named(f)} has no argument for the frequency w")
    first, rest = positional[0].name, {p.name: p for p in parameters[1:] if p.kind in _NAMED}
    if first == "w":
        return _filled(f, args, rest, takes_any, None)
    if first == "t" and not ("w" in rest or takes_any or tuple(rest) == ("args",)):
        if constant:
            raise ValueError(
                f"a_ops: the spectrum {_named(f)} is a function of the time t alone, which a constant a_op's may not "
                "depend on; name its argument w if it is the frequency, or give the a_op as a QobjEvo"
            )
        return _filled(f, args, rest, False, "time")
    if first == "t":
        coefficient = FunctionCoefficient(f, {**args, "w": 0.0})
        return _of_time(lambda t, w: coefficient(t, w=w))
    if "w" in rest:
        if rest["w"].default is not inspect.Parameter.empty:
            raise ValueError(
                f"a_ops: the spectrum {_named(f)} has w behind {first}: name the time t and the frequency w"
            )
        return _filled(f, args, rest, takes_any, "w")
    if not constant:
        raise ValueError(
            f"a_ops: the argument {first} of the spectrum {_named(f)} may be the time or the frequency, since the a_op "
            "is a QobjEvo; name the time t and the frequency w"
        )
    return _filled(f, args, rest, takes_any, None)


def _filled(
    f: Callable[..., Any],
    args: dict[str, Any],
    rest: Mapping[str, inspect.Parameter],
    takes_any: bool,
    first: str | None,
) -> PowerSpectrum:
    """Return the spectrum of a function with the values of its other arguments.

    Its `first` argument is the frequency (None), or the time with the frequency as "w" or not at all ("time").
    """
    named = {k: x for k, x in args.items() if k in rest or takes_any}
    named = {k: x for k, x in named.items() if k not in ("t", "w")}
    missing = [
        k for k, p in rest.items() if p.default is p.empty and k not in named and k not in ("t", "w")
    ]
    if missing:
        raise TypeError(f"a_ops: the spectrum {_named(f)} needs a value of {', '.join(missing)} in args")
    if first == "time":
        return _of_time(lambda t, w: f(t, **named))
    if first == "w":
        return _of_time(lambda t, w: f(t, w=w, **named))
    if "t" in rest and rest["t"].default is inspect.Parameter.empty:
        return _of_time(lambda t, w: f(w, t=t, **named))
    return of_frequency(lambda w: f(w, **named))


def _named(f: object) -> str:
    return str(getattr(f, "__qualname__", type(f).__qualname__))
