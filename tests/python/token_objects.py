"""Functions, classes and objects, small and of every kind, of which tests ask tokens."""

from __future__ import annotations

import dataclasses
import enum
import functools

import numpy as np
import xarray as xr

import redfield as rf


def ran(text, name="f", **given):
    """What a text defines, as a cell of a notebook does."""
    space = {"__name__": "__main__", "np": np, "functools": functools, **given}
    exec(compile(text, f"<cell {len(text)}>", "exec"), space)
    return space[name]


def closed_over(x):
    def point(a):
        return a, x

    return point


def decorated(factor):
    def decorate(f):
        @functools.wraps(f)
        def wrapper(*args):
            return factor * f(*args)

        return wrapper

    return decorate


class Model:
    def __init__(self, scale):
        self.scale = scale

    def __call__(self, a):
        return self.scale * a

    def method(self, a):
        return self.scale * a

    @functools.cached_property
    def kept(self):
        return 2 * self.scale


class Slotted:
    __slots__ = ("scale",)

    def __init__(self, scale):
        self.scale = scale


@dataclasses.dataclass(frozen=True)
class Record:
    a: int
    b: float = dataclasses.field(default=1.0, compare=False)


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class MyBath(rf.FlatBath):
    def __init__(self, rate, extra):
        super().__init__(rate)
        self._hidden = extra


class MyDict(dict):
    pass


def plain(a, y=1.0, *, z=2.0):
    return a * y * z


def recursive(n):
    return 1 if n == 0 else n * recursive(n - 1)


def with_attribute(value):
    f = closed_over(1)
    f.scale = value
    return f


def ohmic(**other):
    return rf.OhmicBath(**{"strength": 0.04, "cutoff": 10.0, "beta": 5.0, **other})


def system(**other):
    return rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]], ohmic(**other))


def spectrum(scale):
    return rf.SpectrumBath(lambda w: scale * np.exp(-(w**2)))


def labelled(values=(1.0, 2.0), units="fs", time=(0.0, 1.0), dim="t", name="x"):
    return xr.DataArray(
        np.array(values), dims=dim, coords={dim: (dim, np.array(time), {"units": units})}, name=name
    )


def operator_of(scale, form="csr"):
    import qutip

    return (scale * qutip.sigmax()).to(form)


def two(make, a, b):
    return make(a), make(b)


SAME_LINE = [lambda w: 1.0 * w, lambda w: 2.0 * w]
CASE = "def f(a):\n    return {}\n"
METHOD = (
    "class C:\n {}\n def __call__(self, a):\n  return self.g(a)\n def g(self, a):\n  return {}\nf = C()\n"
)
