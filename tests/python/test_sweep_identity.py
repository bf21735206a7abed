"""Sweeps: what shares a store, what is told where it does not, and what comes back of what a user names."""

from __future__ import annotations

import functools
import threading
import warnings

import numpy as np
import pytest
import xarray as xr

import redfield as rf
from redfield.sweeps.grid import Grid
from redfield.sweeps.identity import LINES, differences, identity_of


def scaled(k):
    def point(b):
        return {"x": np.float64(k)}

    return point


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
            ["the point's argument 'c'['a']['b']: stored 1, asked 2"],
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


def test_values_reach_the_point_as_they_were_given():
    seen = {}

    def point(b):
        seen[name] = type(b)
        return {"x": 1.0}

    for name, values in (
        ("i", [1]),
        ("f", [1.0]),
        ("b", [True]),
        ("s", ["a"]),
        ("big", np.array([1.5], ">f8")),
    ):
        data = rf.sweep(point, {"b": values}, executor="serial")
        assert data.b.dtype.isnative
    assert seen == {"i": int, "f": float, "b": bool, "s": str, "big": float}


@pytest.mark.parametrize(
    ("values", "error", "told"),
    [
        ([True, 2], TypeError, "several types"),
        ([1, "a"], TypeError, "several types"),
        ([0.5, False], TypeError, "several types"),
        ([2**53 + 1, 0.5], ValueError, "not exact"),
        ([2**63, -1], ValueError, "not exact"),
        (["a\0", "b"], ValueError, "not exact"),
        ([1j], TypeError, "numbers or strings"),
        (np.array([1.0], np.longdouble), TypeError, "numbers or strings"),
        ([np.nan], ValueError, r"\[0\] is nan"),
        (units([1.0], cuts=np.arange(2)), TypeError, r"attribute 'cuts' .* ndarray.*tolist"),
        (units([1.0], scale_factor=2.0), ValueError, r"attribute 'scale_factor' = 2.0"),
    ],
)
def test_axes_that_would_change_are_refused(values, error, told):
    with pytest.raises(error, match=told):
        rf.sweep(power, {"b": values})


def test_a_point_without_a_token_needs_a_key(tmp_path):
    lock, path = threading.Lock(), tmp_path / "runs.zarr"

    def point(b):
        with lock:
            return {"x": 2.0 * b}

    axes = {"b": [1.0, 2.0]}
    assert rf.sweep(point, axes).x.values.tolist() == [2.0, 4.0]
    with pytest.raises(TypeError, match=r"point → closure 'lock' .* key=\"…\""):
        rf.sweep(point, axes, store=path)
    assert not path.exists()
    first = rf.sweep(point, axes, store=path, key="doubled").load()
    assert first.attrs["key"] == "doubled"
    assert rf.sweep(scaled(1), axes, store=path, key="doubled").x.values.tolist() == [2.0, 4.0]
    with pytest.raises(rf.StoreError, match="key: stored 'doubled', asked 'tripled'"):
        rf.sweep(point, axes, store=path, key="tripled")
    with pytest.raises(rf.StoreError, match="key: stored 'doubled', asked None"):
        rf.sweep(scaled(1), axes, store=path)
    for bad in ("", " ", 3, True):
        with pytest.raises(TypeError, match="key"):
            rf.sweep(point, axes, key=bad)


def test_stale_numbers_are_refused(tmp_path):
    path = tmp_path / "runs.zarr"
    rf.sweep(scaled(1.0), {"b": [1]}, store=path)
    with pytest.raises(rf.StoreError, match="closure 'k': stored 1.0, asked 2.0"):
        rf.sweep(scaled(2.0), {"b": [1]}, store=path)
    assert rf.sweep(scaled(1.0), {"b": [1]}, store=path).x.values.tolist() == [1.0]


def test_trajectories_of_another_problem_are_not_those_of_the_store(tmp_path):
    lower, up = np.array([[0.0, 1.0], [0.0, 0.0]]), np.diag([0.0, 1.0])
    times, path = [0.0, 0.5], tmp_path / "runs.zarr"

    def asked(equation=None, psi0=(0.0, 1.0), tlist=times, e_ops=up, **other):
        equation = equation or rf.Lindblad(up, [0.5 * lower])
        return equation.trajectories(psi0, tlist, e_ops, **{"samples": 64, "store": path, **other})

    first = asked()
    assert np.array_equal(asked().expect[0], first.expect[0])
    for other in (
        {"method": "diffusion"},
        {"method": "diffusion", "step": 0.01},
        {"seed": 1},
        {"rtol": 1e-5},
        {"dtype": "float32", "rtol": 1e-4},
        {"psi0": [0.6, 0.8]},
        {"tlist": [0.0, 0.6]},
        {"e_ops": lower},
        {"equation": rf.Lindblad(up, [0.6 * lower])},
        {"equation": rf.Lindblad(-0.0 + 2 * up, [0.5 * lower])},
    ):
        with pytest.raises(rf.StoreError, match="key: stored 'jumps .*, asked '"):
            asked(**other)
    path = tmp_path / "diffusion.zarr"
    asked(method="diffusion", step=0.02)
    with pytest.raises(rf.StoreError, match="key: stored 'diffusion .*, asked 'diffusion"):
        asked(method="diffusion", step=0.01)


def time(**attributes):
    return xr.DataArray([0.0, 1.0], dims="time", attrs=attributes)


def named(name="x", value=None, **attributes):
    value = np.array([1.0, 2.0]) if value is None else value
    return {name: xr.DataArray(value, dims=[f"d{k}" for k in range(np.ndim(value))], attrs=attributes)}


def with_coordinate(name, values, **attributes):
    values = np.asarray(values)
    dims = ("d",)[: values.ndim]
    return xr.Dataset({"x": ("d", [1.0, 2.0])}, {name: (dims, values, attributes)})


KEPT = {
    "units fs": named(units="fs"),
    "units s": named(units="s"),
    "units days": named(units="days"),
    "units 1/cm": named(units="1/cm", long_name="ω"),
    "units of whole numbers": named(value=np.arange(3), units="s"),
    "lists": named(a=[1, 2], b=["x", "y"], c=[], d=[[1], [2.5]]),
    "flags": named(a=True, b=None, c={"d": [1, {"e": False}]}),
    "numbers": named(a=np.float64(0.1), b=2**70, c=-0.0, d=float("inf")),
    "words": named(a="", b="ä\n", standard_name="x", axis="T", positive="up"),
    "type": named(dtype="float32"),
    "names": named("E (eV)") | named("ä") | named("_x") | named("c"),
    "bool": named(value=np.array([True, False])),
    "int8": named(value=np.arange(2, dtype="i1")),
    "uint64": named(value=np.array([2**64 - 1], dtype="u8")),
    "float16": named(value=np.arange(2, dtype="f2")),
    "complex64": named(value=np.arange(2, dtype="c8"), units="s"),
    "big-endian": named(value=np.arange(3, dtype=">f8")),
    "nothing": named(value=np.zeros((0, 2))),
    "coordinate": with_coordinate("d", [0.0, 1.0], units="s", cuts=[1]),
    "coordinate of text": with_coordinate("d", ["a", "bcd"], note="which"),
    "text beside": with_coordinate("label", ["a", "ü"]),
    "scalar": with_coordinate("temperature", 300.0, units="K"),
    "scalar of text": with_coordinate("kind", "cold"),
    "objects of text": with_coordinate("d", np.array(["a", "bb"], dtype=object)),
    "attributes of all": with_coordinate("d", [0.0, 1.0]).assign_attrs(title="t", parts=[1, 2]),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_what_a_point_returns_comes_back(name, tmp_path):
    returned = KEPT[name]
    expected = returned if isinstance(returned, xr.Dataset) else xr.Dataset(returned)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        memory = rf.sweep(lambda b: returned, {"b": [1, 2]})
        stored = rf.sweep(lambda b: returned, {"b": [1, 2]}, store=tmp_path / "runs.zarr").load()
    for data in (memory, stored):
        assert {*data.variables} == {*expected.variables, "b", "status"}
        assert {*data.coords} == {*expected.coords, "b"}
        assert expected.attrs.items() <= data.attrs.items()
        for key in expected.variables:
            one = data[key].variable
            one = one.isel(b=0) if "b" in one.dims else one
            assert one.identical(expected[key].variable)
            assert {k: type(v) for k, v in one.attrs.items()} == {
                k: type(v.item() if isinstance(v, np.generic) else v)
                for k, v in expected[key].attrs.items()
            }
            want = expected[key].dtype
            assert one.dtype.isnative
            assert one.dtype.kind == want.kind or want.kind == "O"
            assert want.kind in "OUT" or one.dtype.itemsize == want.itemsize


def two_times(a, b):
    return {"x": xr.DataArray([1, 2], {"t": a}, "t"), "y": xr.DataArray([1, 2], {"t": b}, "t")}


REFUSED = {
    "slash": (named("dE/dt"), "dE/dt.*slash.*rename"),
    "backslash": (named("dE\\dt"), "slash"),
    "no name": (named(""), "Zarr keeps"),
    "dot": (named("."), "Zarr keeps"),
    "dots": (named(".."), "Zarr keeps"),
    "reserved": (named("__x"), "Zarr keeps"),
    "zarr.json": (named("zarr.json"), "Zarr keeps"),
    "not printed": (named("a\0b"), "not printed"),
    "long": (named("x" * 300), "longer than"),
    "status": (named("status"), "name of the sweep"),
    "axis": (named("b"), "name of the sweep"),
    "coordinate with a space": (with_coordinate("my label", [1.0, 2.0]), "spaces"),
    "a dimension of the sweep": ({"x": xr.DataArray([1.0], dims="b")}, "dimension 'b'"),
    "scale_factor": (named(scale_factor=2.0), "attribute 'scale_factor' = 2.0 of the variable 'x'.*rename or drop"),
    "add_offset": (named(a=1, add_offset=1.0), "attribute 'add_offset'"),
    "missing_value": (named(missing_value=1.0), "attribute 'missing_value'"),
    "_FillValue": (named(_FillValue=1.0), "attribute '_FillValue'"),
    "days since": (named(units="days since 2000-01-01"), "attribute 'units'"),
    "dtype": (named(dtype="bool"), "attribute 'dtype'"),
    "coordinates": (named(coordinates="y"), "attribute 'coordinates'"),
    "_Unsigned": (named(value=np.arange(2), _Unsigned="true"), "attribute '_Unsigned'"),
    "of a coordinate": (with_coordinate("d", [0.0, 1.0], scale_factor=2.0), "scale_factor.*coordinate 'd'"),
    "of a text": (with_coordinate("d", ["a", "b"], missing_value=0), "missing_value.*coordinate 'd'"),
    "array": (named(a=np.arange(2)), r"attribute 'a' of x is a ndarray.*tolist"),
    "tuple": (named(a=(1, 2)), "attribute 'a' of x is a tuple"),
    "object": (named(a={"b": {1}}), r"attribute 'a' of x\['b'\] is a set"),
    "bytes": (named(a=b"1"), "attribute 'a' of x is a bytes"),
    "complex": (named(a=1j), "attribute 'a' of x is a complex"),
    "surrogate": (named(a="\ud800"), "UTF-8"),
    "attribute of all": (with_coordinate("d", [0.0, 1.0]).assign_attrs(seed=1), "attribute 'seed'"),
    "set of all": (with_coordinate("d", [0.0, 1.0]).assign_attrs(a={1}), "attribute 'a'"),
    "two coordinates": (two_times([0, 1], [0, 2]), "different coordinates 't'"),
    "long double": ({"x": np.longdouble(1)}, "must be numbers"),
    "text": ({"x": "a"}, "must be numbers"),
    "number as a name": (xr.Dataset({1: ("d", [1.0])}), "names that are texts"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("store", [False, True])
def test_what_would_change_is_refused(name, store, tmp_path):
    returned, told = REFUSED[name]
    path = tmp_path / "runs.zarr" if store else None
    with pytest.raises((ValueError, TypeError, rf.SweepError), match=told):
        rf.sweep(lambda b: returned, {"b": [1, 2]}, store=path)
    assert path is None or not path.exists()


def test_attributes_that_differ_from_point_to_point_are_told():
    for returned in (
        lambda b: named(a=b),
        lambda b: with_coordinate("c", float(b)),
        lambda b: with_coordinate("d", [0.0, 1.0]).assign_attrs(a=b),
    ):
        data = rf.sweep(returned, {"b": [1, 2]}, executor="serial")
        assert data.status.values.tolist() == [1, 2]
        assert "return" in data.attrs["failures"]


@pytest.mark.parametrize("engine", ["scipy", "netcdf4"])
def test_sweeps_are_written_to_netcdf(engine, tmp_path):
    if engine == "netcdf4":
        pytest.importorskip("netCDF4")

    def point(b):
        if b == 2.0:
            raise ArithmeticError("no\nanswer")
        return {"x": time(units="s") * b, "n": 3}

    for store in (None, tmp_path / "runs.zarr"):
        data = rf.sweep(point, {"b": [1.0, 2.0]}, store=store)
        data.to_netcdf(tmp_path / "a.nc", engine=engine)
        with xr.open_dataset(tmp_path / "a.nc", engine=engine) as again:
            assert again.equals(data)
            assert again.attrs["failures"] == "b = 2: ArithmeticError: no answer"
            assert again.attrs["hosts"] == data.attrs["hosts"]
