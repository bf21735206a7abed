"""The options of calls: how a steady state or an evolution is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import as_choice, as_max_bytes, as_threads, as_tolerances, shown
from redfield._base.precision import as_dtype
from redfield._base.progress import Progress


class _Options:
    """Base of the options of a call, whose default values are what a problem without a use for them takes."""

    def refuse(self, problem: str, *names: str) -> None:
        """Raise a TypeError where an option is given that a problem has no use for."""
        for name in names:
            value, usual = (
                getattr(self, name),
                getattr(type(self), name),
            )  # a field's default is the class's
            if value is usual:
                continue
            if name == "breakpoints" and value is not None:
                value = tuple(np.ravel(value).tolist())
            refuse(f"{problem} problem", **{name: (value, usual)})


@dataclass(frozen=True)
class SteadyOptions(_Options):
    """How a steady state is computed; `Equation.steady_state` says what each option means."""

    method: str = "auto"
    tol: float = 1e-10
    threads: int | None = None
    progress: Progress = False
    error: bool = False


@dataclass(frozen=True)
class Options(_Options):
    """How an evolution is computed; `Equation.evolve` says what each option means."""

    method: str = "auto"
    rtol: float = 1e-6
    atol: float = 1e-9
    threads: int | None = None
    max_step: float | None = None
    breakpoints: Any = ()
    store_states: bool | None = None
    progress: Progress = False
    stop: _core.StopFlag | None = None
    dtype: Any = "float64"
    error: bool = False

    def settings(self, methods: tuple[str, ...]) -> _core.Settings:
        """Return the options as the core takes them."""
        rtol, atol = as_tolerances(self.rtol, self.atol)
        return _core.Settings(
            as_choice("method", self.method, methods),
            rtol,
            atol,
            as_max_bytes(None) if self.method == "exponential" else np.inf,
            as_threads(self.threads),
            as_dtype(self.dtype, rtol),
        )


def refuse(problem: str, **arguments: tuple[Any, Any]) -> None:
    """Raise a TypeError where an argument, given as (value, default), is not the default, which alone has a meaning."""
    for name, (value, usual) in arguments.items():
        if value is not None if usual is None else value != usual:
            raise TypeError(f"{name} = {shown(value)} has no meaning for a {problem}; leave it out")
