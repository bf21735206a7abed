"""Calls of the whole public API with one argument replaced by anything, and whether what comes back is honest."""

from __future__ import annotations

import contextlib
import dataclasses
import fnmatch
import heapq
import io
import re
import signal
import time
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import redfield as rf

import public_walk
from public_oddities import ANYTHING
from public_walk import Target

SECONDS = 5.0
"""Processor time of a call on a system of two levels, beyond which it is interrupted as by Ctrl-C, and told."""
PATIENCE = 2.0
"""Processor time within which an interrupted call must end."""
MANY = ("2**31", "10**30", "1e300", "1e-300", "10**5000")
"""Values that may ask for more work than can be done; an interruption must end it."""


HONEST = (
    ValueError,
    TypeError,
    NotImplementedError,
    rf.ConvergenceError,
    rf.SweepError,
    rf.EnsembleError,
)
"""Errors that a bad argument may raise; ValueError and TypeError name it."""
NAMELESS = (
    NotImplementedError,
    MemoryError,
    FileNotFoundError,
    FileExistsError,
    rf.ConvergenceError,
    rf.MultipleSteadyStates,
    rf.SweepError,
    rf.EnsembleError,
)
"""Errors whose message need not hold the argument's name: they tell what could not be done."""


@dataclass(frozen=True)
class Call:
    """A target, the argument that is replaced, and by what."""

    target: Target
    parameter: str
    value: str

    def __str__(self) -> str:
        return f"{self.target.name}({self.parameter}={self.value})"

    def fault(self, seconds: float = SECONDS) -> str:
        """Make the call; "" where the answer or the error is honest and took no longer, else what is wrong with it."""
        if any(matches(self.target.name, p) and a in ("*", self.parameter) for p, a, _ in EXCEPTIONS):
            return ""
        try:
            arguments = self.target.arguments()
            function = self.target.callable()
        except KeyError as error:
            return str(error)
        arguments[self.parameter] = ANYTHING[self.value]()
        start = time.process_time()
        with warnings.catch_warnings(record=True) as told, contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("always")
            try:
                with interrupted_after(seconds):
                    answer = function(**arguments)
                found = self._judged(answer)
            except KeyboardInterrupt:
                late = time.process_time() - start - seconds
                if late <= PATIENCE and self.value in MANY:
                    return ""
                return f"took more than {seconds:g} s, and {late:.1f} s to be interrupted"
            except Exception as error:
                found = self._of_error(error)
        numpy_warned = [
            str(w.message) for w in told if issubclass(w.category, RuntimeWarning | DeprecationWarning)
        ]
        if not found and numpy_warned:
            found = f"warning: {numpy_warned[0]}"
        if not found and (took := time.process_time() - start) > seconds:
            found = f"took {took:.1f} s"
        return found

    def _of_error(self, error: Exception) -> str:
        text = str(error)
        kind = type(error).__name__
        if isinstance(error, IndexError) and self.target.name.endswith("__getitem__"):
            return ""
        if isinstance(error, NAMELESS):
            return "" if text else f"{kind} without a message"
        if not isinstance(error, HONEST):
            return f"{kind}: {text}"
        if base_fault(self.target):
            return ""
        # Where two arguments do not fit each other, either may be named.
        names = "|".join(re.escape(p.name) for p in self.target.parameters)
        if re.search(
            rf"(?<![a-zA-Z]){re.escape(self.parameter)}(?![a-zA-Z])|(?<![a-zA-Z])({names}) (has|have|are|must)",
            text,
        ):
            return ""
        return f"does not name the argument: {kind}: {text}"

    def _judged(self, answer: Any) -> str:
        where = not_a_number(answer)
        return f"NaN in {where}" if where else ""


@contextlib.contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """SIGINT after so much processor time, where that is finite."""
    if not np.isfinite(seconds):
        yield
        return
    before = signal.signal(signal.SIGPROF, lambda *_: signal.raise_signal(signal.SIGINT))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)


MAY_BE_NAN = {
    "exact_error": "of a Comparison without an exact solution",
    "fit_error": "of a Comparison without an exact solution",
    "steady_error": "of a Comparison or Diagnosis of a system without a hierarchy, or with a large one",
    "steady_state": "of a Comparison, of an equation with no steady state or several",
    "stats['error']": "of HEOM with a given depth",
    "work": "of a PeriodicState of Lindblad, which has no bath to exchange energy with",
    "decay_length": "of a LocalityProfile of fewer than three distances",
    "reach": "of a LocalityProfile of a chain of interacting sites",
}
"""Answers that are NaN where there is none, as their documentation says."""


def not_a_number(thing: Any, where: str = "the answer", depth: int = 3) -> str:
    """Where an answer has NaN in it, or ""."""
    if isinstance(thing, float | complex | np.ndarray | np.inexact):
        a = np.asarray(thing)
        return where if a.dtype.kind in "fc" and np.isnan(a).any() else ""
    if isinstance(thing, rf.analysis.Diagnosis):
        # Empty where the check does not apply, and then it says why.
        return next(
            (
                f"{where}.values[{column!r}], without a reason"
                for column, values in thing.values.items()
                for name, value in zip(thing.names, values, strict=True)
                if np.isnan(value) and column not in thing.reasons[name]
            ),
            "",
        )
    if depth == 0 or isinstance(thing, str | bytes | type) or callable(thing):
        return ""
    if isinstance(thing, list | tuple):
        parts = {f"{where}[{i}]": x for i, x in enumerate(thing)}
    elif isinstance(thing, dict):
        parts = {f"{where}[{k!r}]": x for k, x in thing.items()}
    elif dataclasses.is_dataclass(thing) or type(thing).__module__.startswith("redfield."):
        parts = (
            {f"{where}.{k}": x for k, x in vars(thing).items() if k[0] != "_"}
            if hasattr(thing, "__dict__")
            else {}
        )
    else:
        return ""
    return next(
        (
            found
            for k, x in parts.items()
            if k.split(".")[-1] not in MAY_BE_NAN and (found := not_a_number(x, k, depth - 1))
        ),
        "",
    )


def refused() -> dict[str, str]:
    """The targets whose valid call is refused, because their object or its class does not have the answer."""
    return {target.name: fault for target in public_walk.targets() if (fault := base_fault(target))}


def base_fault(target: Target) -> str:
    """The error of a target's valid call, or ""."""
    if target.name not in _KNOWN:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                target.callable()(**target.arguments())
            _KNOWN[target.name] = ""
        except (*HONEST, FileNotFoundError) as error:
            _KNOWN[target.name] = "" if isinstance(error, FileNotFoundError) else str(error)
    return _KNOWN[target.name]


_KNOWN: dict[str, str] = {}


def calls(seed: int, count: int) -> Iterator[Call]:
    """The calls of a run: those whose checksum with the seed is least, so that a new function leaves the others
    as they are."""
    every = (
        Call(target, parameter.name, value)
        for target in public_walk.targets()
        for parameter in target.parameters
        for value in ANYTHING
    )
    yield from heapq.nsmallest(count, every, key=lambda call: zlib.crc32(f"{seed} {call}".encode()))


EXCEPTIONS: list[tuple[str, str, str]] = [
    ("*.spectra_of_many", "*", "A hook that BathBatch calls with arrays it has checked."),
    (
        "redfield.analysis.entropy_production",
        "*",
        "A state with a negative population has no entropy rate: nan, as its docstring says.",
    ),
    (
        "redfield.qutip.*",
        "options",
        "An option that QuTiP does not have is a KeyError there, and so it is here.",
    ),
    ("redfield*Lindblad", "hamiltonian", "Where dimensions differ, it is told of the jumps."),
]
"""Faults that stay, by a pattern of targets' names and an argument ("*" for all): each with its reason."""


def matches(name: str, pattern: str) -> bool:
    """Whether a target's name fits a pattern in which * stands for anything."""
    return fnmatch.fnmatchcase(name, pattern)


def excepted() -> list[tuple[str, str, str]]:
    """The exceptions; no more than are read at a glance."""
    assert len(EXCEPTIONS) <= 12
    return EXCEPTIONS
