"""Sweeps: what shares a store, what is told where it does not, and what comes back of what a user names."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import xarray as xr

import redfield as rf
from redfield.sweeps.grid import Grid
from redfield.sweeps.identity import LINES, differences, identity_of

from sweep_points import scaled


def power(b, y=1.0, **more):
    return {"x": np.float64(y)}


def identity(point=power, axes=None, samples=2, seed=0, batch=False, threads=1, key=None):
    return identity_of(point, Grid.of(axes or {"b": [1.0, 2.0]}, samples, seed), batch, threads, key)


def units(values, **attributes):
    return xr.DataArray(values, dims="b", attrs=attributes)


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ({"axes": {"b": [1, 2]}}, {"axes": {"b": [1.0, 2.0]}}, ["axis b: stored of type int64, asked of type float64"]),
        ({"axes": {"b": [True]}}, {"axes": {"b": [1]}}, ["axis b: stored of type bool, asked of type int64"]),
        ({"axes": {"b": ["1"]}}, {"axes": {"b": [1]}}, ["axis b: stored of type str, asked of type int64"]),
        ({"axes": {"b": [0.0, 1.0]}}, {"axes": {"b": [-0.0, 1.0]}}, ["axis b: value 0 of 2: stored 0, asked -0"]),
        (
            {"axes": {"b": np.arange(5e5)}},
            {"axes": {"b": np.where(np.arange(5e5) == 3, 3.1, np.arange(5e5))}},
            ["axis b: value 3 of 500 000: stored 3, asked 3.1"],
        ),
        ({"axes": {"b": np.arange(5e5)}}, {}, ["axis b: stored [0, 1, 2, …] (500000), asked [1, 2] (2)"]),
        (
            {"axes": {"b": units([1.0], units="fs")}},
            {"axes": {"b": units([1.0], units="ps")}},
            ["axis b: attribute 'units': stored 'fs', asked 'ps'"],
        ),
        (
            {"axes": {"b": units([1.0], units="fs")}},
            {"axes": {"b": [1.0]}},
            ["axis b: attribute 'units': stored 'fs', asked none"],
        ),
        ({"axes": {"b": [1], "c": [2]}}, {"axes": {"c": [2], "b": [1]}}, ["axes: stored b, c, asked c, b"]),
        ({"samples": 2}, {"samples": None}, ["samples: stored 2, asked None"]),
        ({"seed": 1}, {"seed": 2}, ["seed: stored 1, asked 2"]),
        ({"batch": True}, {"batch": False}, ["batch: stored True, asked False"]),
        ({"threads": 1}, {"threads": 2}, ["threads: stored 1, asked 2"]),
        ({"key": "a"}, {"key": "b"}, ["key: stored 'a', asked 'b'"]),
        ({}, {"key": "b"}, ["key: stored None, asked 'b'"]),
        ({"point": scaled(1)}, {"point": scaled(2)}, ["the point's closure 'k': stored 1, asked 2"]),
        (
            {"point": functools.partial(power, y=0.3)},
            {"point": functools.partial(power, y=0.31)},
            ["the point's argument 'y': stored 0.3, asked 0.31"],
        ),
        (
            {"point": functools.partial(power, c={"a": {"b": 1}})},
            {"point": functools.partial(power, c={"a": {"b": 2}})},
            ["the point's argument 'c'.a.b: stored 1, asked 2"],
        ),
    ],
)  # fmt: skip
def test_differences_name_the_part(one, other, told):
    a, b = identity(**one), identity(**other)
    assert differences(a, a) == []
    assert differences(a, b) == told
    assert len(differences(b, a)) == len(told)


def test_differences_are_short():
    many = functools.partial(power, **{f"a{k}": np.arange(k + 2) for k in range(30)})
    other = functools.partial(power, **{f"a{k}": np.arange(k + 3) for k in range(30)})
    found = differences(
        identity(many, {"b": ["x" * 10_000, "y"]}, seed=1),
        identity(other, {"b": ["z" * 10_000, "y"]}, seed=2),
    )
    assert len(found) == LINES
    assert max(map(len, found)) < 200
    assert found[-1] == "… and 23 more differences"


VALUES = {
    "int": ([1, 2], [1.0, 2.0]),
    "bool": ([True, False], [1, 0]),
    "sign": ([0.0, 1.0], [-0.0, 1.0]),
    "text": (["1", "2"], [1, 2]),
    "attributes": (units([1.0, 2.0], units="s"), units([1.0, 2.0], units="fs")),
    "kept attribute": (units([1.0, 2.0], cuts=[1, 2]), units([1.0, 2.0], cuts=[1, 3])),
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("extend", [False, True])
def test_axes_are_told_apart_by_type_sign_and_attributes(name, extend, tmp_path):
    def point(b):
        return {"x": float(b), "sign": np.signbit(float(b)), "kind": len(type(b).__name__)}

    one, other = ({"b": values} for values in VALUES[name])
    for first, second in ((one, other), (other, one)):
        path = tmp_path / f"{first is one}.zarr"
        data = rf.sweep(point, first, store=path, extend=extend).load()
        assert data.b.dtype.kind == np.asarray(first["b"]).dtype.kind
        if name == "sign" and extend:
            wider = rf.sweep(point, second, store=path, extend=True).load()
            assert np.array_equal(wider.sign, np.signbit(second["b"]))
            assert np.array_equal(np.signbit(wider.b), np.signbit(second["b"]))
            continue
        with pytest.raises(rf.StoreError, match="axis b"):
            rf.sweep(point, second, store=path, extend=extend)
