"""Calls of the whole public API with one argument replaced by anything, and whether what comes back is honest."""

from __future__ import annotations

import contextlib
import dataclasses
import fnmatch
import io
import math
import re
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import qutip
import scipy.sparse

import redfield as rf

import public_values
import public_walk
from public_walk import Target

SECONDS = 5.0
"""Processor time of a call on a system of two levels, beyond which it is told."""


class Odd:
    """An object of no use."""

    def __repr__(self) -> str:
        return "Odd()"


def masked(values: Any) -> Any:
    return np.ma.array(values, mask=np.eye(len(values), dtype=bool) if np.ndim(values) == 2 else [1, 0])


ANYTHING: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "text": lambda: "x",
    "empty text": lambda: "",
    "bytes": lambda: b"x",
    "True": lambda: True,
    "False": lambda: False,
    "nan": lambda: math.nan,
    "inf": lambda: math.inf,
    "-inf": lambda: -math.inf,
    "0": lambda: 0,
    "-1": lambda: -1,
    "1": lambda: 1,
    "2": lambda: 2,
    "0.5": lambda: 0.5,
    "1e-300": lambda: 1e-300,
    "1e300": lambda: 1e300,
    "10**30": lambda: 10**30,
    "10**5000": lambda: 10**5000,
    "2**31": lambda: 2**31,
    "1j": lambda: 1j,
    "1+1j": lambda: np.complex128(1 + 1j),
    "single": lambda: np.float32(0.5),
    "0-d": lambda: np.array(0.5),
    "0-d flag": lambda: np.array(True),
    "masked": lambda: np.ma.masked,
    "object": Odd,
    "class": lambda: Odd,
    "function": lambda: lambda *a: "text",
    "lambda": lambda: lambda *a: None,
    "complex function": lambda: lambda x: np.asarray(x) * 1j,
    "nan function": lambda: lambda x: np.asarray(x) * math.nan,
    "empty list": list,
    "empty dict": dict,
    "dict": lambda: {"a": 1},
    "set": lambda: {1, 2},
    "generator": lambda: (i for i in range(2)),
    "list": lambda: [0.0, 1.0],
    "descending": lambda: [1.0, 0.0],
    "list of None": lambda: [None, None],
    "list of text": lambda: ["a", "b"],
    "ragged": lambda: [[1.0], [1.0, 2.0]],
    "nan list": lambda: [0.0, math.nan],
    "inf list": lambda: [0.0, math.inf],
    "complex list": lambda: [0.0, 1j],
    "flags": lambda: [True, False],
    "integers": lambda: [0, 1],
    "negative integers": lambda: [-1, -2],
    "masked vector": lambda: masked([0.3, 0.7]),
    "masked matrix": lambda: masked(np.eye(2)),
    "list of masked": lambda: [masked([0.3, 0.7]), masked([0.3, 0.7])],
    "unmasked": lambda: np.ma.array([0.3, 0.7]),
    "objects": lambda: np.array([1.0, 2.0], dtype=object),
    "dates": lambda: np.array([1, 2], dtype="M8[s]"),
    "text array": lambda: np.array(["a", "b"]),
    "read-only": lambda: read_only(np.array([0.0, 1.0])),
    "strided": lambda: np.arange(4.0)[::2],
    "matrix": lambda: np.array([[0.6, 0.1], [0.1, 0.4]]),
    "Fortran": lambda: np.asfortranarray([[0.6, 0.1j], [-0.1j, 0.4]]),
    "not Hermitian": lambda: np.array([[0.0, 1.0], [0.0, 0.0]]),
    "nan matrix": lambda: np.array([[1.0, math.nan], [math.nan, 0.0]]),
    "huge matrix": lambda: 1e200 * np.eye(2),
    "3x3": lambda: np.eye(3) / 3,
    "2x3": lambda: np.ones((2, 3)),
    "2x2x2": lambda: np.ones((2, 2, 2)),
    "empty matrix": lambda: np.zeros((0, 0)),
    "nested list": lambda: [[0.6, 0.1], [0.1, 0.4]],
    "list of matrices": lambda: [np.eye(2), np.eye(2)],
    "list of 3x3": lambda: [np.eye(3)],
    "sparse": lambda: scipy.sparse.csr_array(np.eye(2)),
    "sparse 3x3": lambda: scipy.sparse.eye_array(3),
    "sparse flags": lambda: scipy.sparse.csr_array(np.eye(2, dtype=bool)),
    "Qobj": qutip.sigmax,
    "ket": lambda: qutip.basis(2, 0),
    "Qobj of 3": lambda: qutip.qeye(3),
    "Qobj list": lambda: [qutip.sigmaz()],
    "QobjEvo": lambda: qutip.QobjEvo([qutip.sigmaz(), [qutip.sigmax(), np.sin]]),
    "SeedSequence": lambda: np.random.SeedSequence(1),
    "random generator": lambda: np.random.default_rng(1),
    "bath": lambda: public_values.BATH,
    "lead": lambda: public_values.LEAD,
    "bath of arrays": lambda: rf.OhmicBath(np.array([0.1, 0.2]), 5.0, 1.0),
    "bath matrix": lambda: rf.BathMatrix(public_values.flat_matrix),
    "system": lambda: public_values.SYSTEM,
    "batch": public_values.many,
    "equation": public_values.redfield,
    "equation class": lambda: rf.Redfield,
    "quadratic system": public_values.quadratic,
    "quadratic equation": lambda: rf.quadratic.Redfield(public_values.quadratic()),
    "driven system": public_values.driven,
    "driven equation": lambda: rf.driven.Redfield(public_values.driven()),
    "Floquet system": public_values.floquet,
    "projectors": lambda: rf.SiteProjectors(2),
    "result": lambda: public_walk.made(rf.Result),
    "stop flag": rf.StopFlag,
}


def read_only(array: Any) -> Any:
    array.flags.writeable = False
    return array


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

    def fault(self) -> str:
        """Make the call; "" where the answer or the error is honest, else what is wrong with it."""
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
                found = self._judged(function(**arguments))
            except Exception as error:
                found = self._of_error(error)
        numpy_warned = [
            str(w.message) for w in told if issubclass(w.category, RuntimeWarning | DeprecationWarning)
        ]
        if not found and numpy_warned:
            found = f"warning: {numpy_warned[0]}"
        if not found and (took := time.process_time() - start) > SECONDS:
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
        if re.search(rf"(?<![a-z]){re.escape(self.parameter)}(?![a-z])", text):
            return ""
        return f"does not name the argument: {kind}: {text}"

    def _judged(self, answer: Any) -> str:
        where = not_a_number(answer)
        return f"NaN in {where}" if where else ""


def not_a_number(thing: Any, where: str = "the answer", depth: int = 3) -> str:
    """Where an answer has NaN in it, or ""."""
    if isinstance(thing, float | complex | np.ndarray | np.inexact):
        a = np.asarray(thing)
        return where if a.dtype.kind in "fc" and np.isnan(a).any() else ""
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
    return next((found for k, x in parts.items() if (found := not_a_number(x, k, depth - 1))), "")


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
    """So many calls, drawn without repetition: each target, then each of its parameters and each value alike."""
    rng = np.random.default_rng(seed)
    targets = list(public_walk.targets())
    seen = set()
    for _ in range(20 * count):
        if len(seen) == count:
            return
        target = targets[rng.integers(len(targets))]
        parameter = target.parameters[rng.integers(len(target.parameters))].name
        value = list(ANYTHING)[rng.integers(len(ANYTHING))]
        if (target.name, parameter, value) not in seen:
            seen.add((target.name, parameter, value))
            yield Call(target, parameter, value)


EXCEPTIONS: list[tuple[str, str, str]] = [
    ("*.spectra_of_many", "*", "A hook that BathBatch calls with arrays it has checked."),
    (
        "*.entropy_rate",
        "*",
        "A state with a negative population has no entropy rate: nan, as its docstring says.",
    ),
    ("redfield.analysis.entropy_production", "*", "The same of each state of a result."),
]
"""Faults that stay, by a pattern of targets' names and an argument ("*" for all): each with its reason."""


def matches(name: str, pattern: str) -> bool:
    """Whether a target's name fits a pattern in which * stands for anything."""
    return fnmatch.fnmatchcase(name, pattern)


def excepted() -> list[tuple[str, str, str]]:
    """The exceptions; no more than are read at a glance."""
    assert len(EXCEPTIONS) <= 12
    return EXCEPTIONS
