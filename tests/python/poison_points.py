"""Points that raise what they can, end their process, or never end."""

from __future__ import annotations

import ctypes
import os
import sys
import time

import numpy as np


class UnprintableError(Exception):
    def __str__(self):
        raise ValueError("no text")

    __repr__ = __str__


class UnpicklableError(Exception):
    def __init__(self, one, two):
        super().__init__("unpicklable")
        self.lock = sys._getframe()

    def __reduce__(self):
        raise TypeError("can not be pickled")


class Unreadable(BaseException):
    """Pickles, and can not be made again."""

    def __init__(self, one, two):
        super().__init__("unreadable")


def endless(depth):
    return endless(depth + 1)


def raised(x):
    if x == 1:
        sys.exit(3)
    if x == 2:
        raise MemoryError
    if x == 3:
        endless(0)
    if x == 4:
        raise UnprintableError
    if x == 5:
        raise UnpicklableError(1, 2)
    if x == 6:
        raise Unreadable(1, 2)
    if x == 7:
        raise GeneratorExit
    if x == 8:
        raise ValueError("\udc80 stands alone")
    return {"y": 2 * x}


RAISED = {1: "SystemExit: 3", 2: "MemoryError", 3: "RecursionError", 4: "UnprintableError", 5: "UnpicklableError",
          6: "Unreadable", 7: "GeneratorExit", 8: "ValueError"}  # fmt: skip


def segfault():
    ctypes.string_at(0)


def hold_the_gil(seconds):
    """A C function that is called with the GIL: no thread of this process runs meanwhile."""
    ctypes.PyDLL(None).usleep(ctypes.c_uint(int(seconds * 1e6)))


def dying(x):
    if x == 3:
        os._exit(7)
    if x == 11:
        segfault()
    return {"y": 2 * x, "curve": np.full(3, x)}


def late(x):
    if x == 3:
        time.sleep(60.0)
    if x == 5:
        hold_the_gil(60.0)
    return {"y": 2 * x}


def slow(x):
    time.sleep(0.02)
    return {"y": 2 * x, "worker": os.getpid()}


def good_at_last(x):
    if x < 40:
        raise ArithmeticError(f"at {x}")
    return {"y": 2 * x}


def never(x):
    raise ArithmeticError(f"at {x}")


def first_dies(x):
    if x < 2:
        os._exit(1)
    return {"y": 2 * x}
