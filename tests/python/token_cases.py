"""Pairs of values of which tokens must differ or agree; run as a script it prints all tokens."""

from __future__ import annotations

import collections
import functools
import json
import logging
import math
import operator
import pathlib
import re
import sys
import typing

import numpy as np
import scipy.interpolate
import scipy.sparse
import scipy.stats

import redfield as rf

from token_objects import (
    CASE,
    METHOD,
    SAME_LINE,
    Colour,
    Model,
    MyBath,
    MyDict,
    Record,
    Slotted,
    closed_over,
    decorated,
    labelled,
    ohmic,
    operator_of,
    plain,
    ran,
    recursive,
    spectrum,
    system,
    two,
    with_attribute,
)  # fmt: skip


def differing():
    """Names, and pairs that must have two tokens."""
    eye, zero = np.eye(2), np.zeros(2)
    sub = scipy.sparse.csr_array(eye)
    return {
        "int and float": (1, 1.0),
        "int and bool": (1, True),
        "sign of zero": (0.0, -0.0),
        "sign of an imaginary zero": (complex(1, 0.0), complex(1, -0.0)),
        "float and complex": (1.0, 1.0 + 0j),
        "next float": (0.3, float(np.nextafter(0.3, 1))),
        "large ints": (2**70, 2**70 + 1),
        "text and number": ("1", 1),
        "text and bytes": ("a", b"a"),
        "None and False": (None, False),
        "Python and NumPy float": (1.0, np.float64(1.0)),
        "NumPy floats": (np.float32(1), np.float64(1)),
        "list and tuple": ([1], (1,)),
        "nesting": ([[1], 2], [[1, 2]]),
        "order of a list": ([1, 2], [2, 1]),
        "order of a dict": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        "values of a dict": ({"a": 1}, {"a": 2}),
        "class of a dict": ({"a": 1}, MyDict(a=1)),
        "sets": ({1, 2}, {1, 3}),
        "array dtype": (np.arange(2), np.arange(2.0)),
        "array shape": (np.zeros(4), np.zeros((2, 2))),
        "array sign": (zero, -zero),
        "array entry": (np.array([1.0, 2.0]), np.array([1.0, np.nextafter(2, 3)])),
        "array of objects": (np.array([1, "a"], dtype=object), np.array([1, "b"], dtype=object)),
        "masked array": (np.ma.array([1.0, 2.0], mask=[0, 1]), np.ma.array([1.0, 2.0], mask=[0, 0])),
        "dates": (np.datetime64("2020-01-01"), np.datetime64("2020-01-02")),
        "structured": (np.zeros(1, "i4,f4"), np.zeros(1, "i4,i4")),
        "sparse entry": (sub, 2 * sub),
        "sparse format": (sub, sub.tocsc()),
        "sparse dtype": (sub, sub.astype(complex)),
        "body": two(lambda b: ran(CASE.format(b)), "a + 1", "a + 2"),
        "constant sign": two(lambda b: ran(CASE.format(b)), "a + 0.0", "a + -0.0"),
        "constant type": two(lambda b: ran(CASE.format(b)), "a + 1", "a + 1.0"),
        "name called": two(lambda b: ran(CASE.format(b)), "np.sin(a)", "np.cos(a)"),
        "builtin called": two(lambda b: ran(CASE.format(b)), "min(a)", "max(a)"),
        "inner function": two(lambda b: ran(CASE.format(f"(lambda x: x + {b})(a)")), "1", "2"),
        "handler": two(
            lambda b: ran(f"def f(a):\n try:\n  return a\n except {b}:\n  return 0\n"), "ValueError", "TypeError"
        ),
        "lambdas on one line": tuple(SAME_LINE),
        "default": two(lambda y: ran(f"def f(a, y={y}): return a*y"), 1.0, 2.0),
        "keyword default": two(lambda y: ran(f"def f(a, *, y={y}): return a*y"), 1.0, 2.0),
        "array default": two(lambda y: ran("def f(a, y=g): return a*y", g=y), eye, 2 * eye),
        "closure": two(closed_over, 1.0, 2.0),
        "closure type": two(closed_over, 1, 1.0),
        "closure over a function": two(lambda s: closed_over(closed_over(s)), 1, 2),
        "closure over a list": two(lambda s: closed_over([s]), eye, 2 * eye),
        "global": two(lambda g: ran(CASE.format("a*g"), g=g), 1.0, 2.0),
        "global in an inner function": two(lambda g: ran(CASE.format("[x*g for x in a]"), g=g), 1.0, 2.0),
        "global helper": two(lambda b: ran(f"def h(a): return {b}\ndef f(a): return h(a)\n"), "a", "-a"),
        "helper's helper": two(
            lambda b: ran(f"def g(a): return {b}\ndef h(a): return g(a)\ndef f(a): return h(a)\n"), "a", "-a"
        ),
        "helper's global": two(
            lambda b: ran(f"K = {b}\ndef h(a): return a*K\ndef f(a): return h(a)\n"), 1.0, 2.0
        ),
        "mutual recursion": two(
            lambda b: ran(f"def g(n): return f(n-1)+{b}\ndef f(n): return n and g(n)\n"), 1, 2
        ),
        "global class": two(
            lambda b: ran(f"class H:\n  def g(self, a): return {b}\ndef f(a): return H().g(a)\n"), "a", "-a"
        ),
        "base class": two(
            lambda b: ran(f"class B:\n  def g(self): return {b}\nclass H(B): pass\ndef f(a): return H().g()\n"), 1, 2
        ),
        "class attribute": two(lambda b: ran(METHOD.format(f"K = {b}", "a*self.K")), 1.0, 2.0),
        "static method": two(
            lambda b: ran(f"class C:\n @staticmethod\n def g(a): return {b}\nf = C()\n"), "a", "-a"
        ),
        "property": two(lambda b: ran(f"class C:\n @property\n def g(self): return {b}\nf = C()\n"), 1, 2),
        "method of a callable": two(lambda b: ran(METHOD.format("pass", b)), "a", "-a"),
        "state of a callable": two(Model, 1.0, 2.0),
        "state of a bound method": two(lambda s: Model(s).method, 1.0, 2.0),
        "which method": (Model(1.0).method, Model(1.0).__call__),
        "slots": two(Slotted, 1, 2),
        "attribute of a function": two(with_attribute, 1, 2),
        "decorator's argument": two(lambda s: decorated(s)(plain), 1, 2),
        "what is decorated": (decorated(1)(plain), decorated(1)(recursive)),
        "what is cached": two(lambda s: functools.lru_cache(closed_over(s)), 1, 2),
        "partial's argument": two(lambda y: functools.partial(plain, y=y), 1.0, 2.0),
        "partial's place": (functools.partial(plain, 1.0), functools.partial(plain, a=1.0)),
        "partial's object": two(lambda s: functools.partial(plain, y=Model(s)), 1.0, 2.0),
        "partial's function": (functools.partial(plain, y=1), functools.partial(closed_over, y=1)),
        "methodcaller": (operator.itemgetter(1), operator.itemgetter(2)),
        "vectorized": two(lambda s: np.vectorize(closed_over(s)), 1, 2),
        "polynomial": (np.polynomial.Polynomial([1, 2]), np.polynomial.Polynomial([1, 3])),
        "dataclass": (Record(1), Record(2)),
        "field that is not compared": (Record(1, 1.0), Record(1, 2.0)),
        "enum": (Colour.RED, Colour.BLUE),
        "path": (pathlib.Path("/a"), pathlib.Path("/b")),
        "class": (Model, Slotted),
        "DataArray value": (labelled(), labelled((1.0, 3.0))),
        "DataArray units": (labelled(), labelled(units="ps")),
        "DataArray coordinate": (labelled(), labelled(time=(0.0, 2.0))),
        "DataArray dimension": (labelled(), labelled(dim="w")),
        "Dataset": (labelled().to_dataset(name="a"), labelled().to_dataset(name="b")),
        "Qobj": two(operator_of, 1.0, 2.0),
        "Qobj storage": (operator_of(1.0), operator_of(1.0, "dense")),
        "bath": (ohmic(), ohmic(beta=2.0)),
        "bath by function": two(spectrum, 1.0, 2.0),
        "user's bath": (MyBath(0.1, 1), MyBath(0.1, 2)),
        "system": (system(), system(beta=2.0)),
        "equation": (rf.Redfield(system()), rf.Redfield(system(), lamb_shift=False)),
        "kind of equation": (rf.Redfield(system()), rf.Davies(system())),
        "closure over an equation": two(lambda b: closed_over(rf.Davies(system(beta=b))), 1.0, 2.0),
        "repeats": two(
            lambda k: (lambda f, g: [f, g, (f, g)[k]])(closed_over(1), closed_over(2)), 0, 1
        ),
    }  # fmt: skip


def loop():
    held = [1]
    held.append(held)
    return held


def agreeing():
    """Names, and pairs that must have one token."""
    used = Model(1.0)
    used.kept  # noqa: B018
    cached = functools.lru_cache(closed_over(1))
    cached(1)
    equation, bath = rf.Redfield(system()), MyBath(0.1, 1)
    equation.evolve([1, 0], [0.0, 1.0])
    equation.steady_state()
    rf.Davies(rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]], bath)).steady_state()
    eye = np.eye(3)
    words = ["alpha", "beta", "gamma", "delta"]
    return {
        "numbers": (0.1, 0.1),
        "nan": (math.nan, float("nan")),
        "order of a set": (set(words), set(words[::-1])),
        "order of keywords": (functools.partial(plain, y=1, z=2), functools.partial(plain, z=2, y=1)),
        "memory order": (np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3))),
        "byte order": (np.arange(3, dtype=">f8"), np.arange(3.0)),
        "a view": (eye[::2], np.array([[1.0, 0, 0], [0, 0, 1.0]])),
        "order of entries": (
            scipy.sparse.coo_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2)),
            scipy.sparse.coo_array(([2.0, 1.0], ([1, 0], [0, 1])), (2, 2)),
        ),
        "a comment": (ran("def f(a):\n    return a\n"), ran("# a\n\ndef f(a):\n    # b\n\n    return a  # c\n")),
        "another cell": two(ran, *(f"{above}def f(a): return g(a)\ndef g(a): return a" for above in ("\n\n", ""))),
        "an unread global": (ran(CASE.format("a"), g=1), ran(CASE.format("a"), g=2)),
        "a set of constants": (ran(CASE.format(f"a in {set(words)}")), ran(CASE.format(f"a in {set(words[::-1])}"))),
        "closure": (closed_over([1, {"a": eye}]), closed_over([1, {"a": eye.copy()}])),
        "a cached property": (used, Model(1.0)),
        "a cached function": (cached, functools.lru_cache(closed_over(1))),
        "itself": (loop(), loop()),
        "shared or copied": ((lambda x: [x, x])([1]), [[1], [1]]),
        "shared functions": ((lambda x: [x, x])(closed_over(1)), [closed_over(1), closed_over(1)]),
        "an equation that was used": (equation, rf.Redfield(system())),
        "a user's bath that was used": (bath, MyBath(0.1, 1)),
        "bath by function": (spectrum(1.0), spectrum(1.0)),
        "dataclass": (Record(1), Record(1)),
        "DataArray": (labelled(), labelled()),
        "Qobj": (operator_of(2.0), operator_of(2.0)),
        "decorated": (decorated(2)(plain), decorated(2)(plain)),
        "lambdas": (SAME_LINE[0], ran("f = lambda w: 1.0 * w")),
    }  # fmt: skip


HARD = {
    name: make
    for name, make in {
        "wraps": lambda: decorated(3)(plain),
        "recursion": lambda: recursive,
        "method": lambda: Model(2.0).method,
        "class": lambda: Model,
        "record": lambda: Record(3),
        "enum": lambda: Colour,
        "equation": lambda: rf.PartialSecular(system(), 0.1),
        "reader": lambda: reads_much,
        "bath": lambda: MyBath(0.1, {"a", "b", "c"}),
        "distribution": lambda: scipy.stats.norm(0.0, 2.0),
        "spline": lambda: scipy.interpolate.CubicSpline([0, 1, 2], [1, 2, 4]),
        "named": lambda: Named(1),
        "pattern": lambda: re.compile("a.*"),
        "logger": lambda: logging.getLogger(__name__),
        "error": lambda: ValueError("a"),
        "counted": lambda: collections.Counter("abca"),
        "generator": lambda: np.random.default_rng(3),
        "generic": lambda: Generic[int],
        "dispatched": lambda: dispatched,
    }.items()
}
"""Values of which another process, that imports this module or runs it, must find the same token."""

Named = collections.namedtuple("Named", "a b", defaults=(1,))
T = typing.TypeVar("T")


class Generic(typing.Generic[T]):
    def method(self):
        return super().__init__()


@functools.singledispatch
def dispatched(a):
    return a


@dispatched.register
def _(a: int):
    return -a


TABLE = {"a": 1, "b": {"c", "d", "e"}}


def reads_much(a):
    return TABLE, plain(a), Model(1.0)(a), Colour.RED, np.sin(a), functools.reduce, a in {"x", "y", "z"}


def tokens():
    from redfield._base.fingerprint import token

    made = {name: token(make()) for name, make in HARD.items()}
    for name, pair in {**differing(), **{f"same {k}": v for k, v in agreeing().items()}}.items():
        made[f"{name} (pair)"] = [token(x) for x in pair]
    return made


if __name__ == "__main__":
    json.dump(tokens(), sys.stdout)
