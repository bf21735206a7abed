"""Values of every kind, good and bad, that arguments are replaced by."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import qutip
import scipy.sparse

import redfield as rf

import public_values
import public_walk


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
    "bath of arrays": lambda: rf.OhmicBath.batch(np.array([0.1, 0.2]), 5.0, 1.0),
    "bath matrix": lambda: rf.BathMatrix(public_values.flat_matrix),
    "system": lambda: public_values.SYSTEM,
    "batch": public_values.many,
    "equation": public_values.redfield,
    "equation class": lambda: rf.Redfield,
    "quadratic system": public_values.quadratic,
    "quadratic equation": lambda: rf.Redfield(public_values.quadratic()),
    "driven system": public_values.driven,
    "driven equation": lambda: rf.Redfield(public_values.driven()),
    "Floquet system": public_values.floquet,
    "projectors": lambda: rf.SiteProjectors(2),
    "result": lambda: public_walk.made(rf.Result),
    "stop flag": rf.StopFlag,
}


def read_only(array: Any) -> Any:
    array.flags.writeable = False
    return array
