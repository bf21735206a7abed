"""What a point of a sweep returns comes back as it went in, from memory and stores, or is refused."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import xarray as xr

import redfield as rf

from sweep_points import named, with_coordinate


def test_values_reach_the_point_as_they_were_given():
    seen = {}

    def point(b):
        seen[len(seen)] = type(b)
        return {"x": 1.0}

    for values in (
        [1],
        [1.0],
        [True],
        ["a"],
        np.array([1.5], ">f8"),
        np.array([1.5], "f4"),
        np.array([7], "u2"),
    ):
        data = rf.sweep(point, {"b": values}, executor="serial", points_a_task=1)
        assert data.b.dtype.isnative
    assert list(seen.values()) == [int, float, bool, str, float, float, int]


def time(**attributes):
    return xr.DataArray([0.0, 1.0], dims="time", attrs=attributes)


KEPT = {
    "units fs": named(units="fs"),
    "units s": named(units="s"),
    "units d": named(units="d"),
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


def decays(rate, rng):
    decay = rf.Lindblad(np.diag([0.0, 1.0]), [np.sqrt(rate) * np.array([[0.0, 1.0], [0.0, 0.0]])])
    n = {"n": np.diag([0.0, 1.0])}
    return decay.trajectories([0.0, 1.0], [0.0, 1.0], n, samples=8, seed=rng, keep_runs=True)


def test_trajectories_are_kept_without_their_jumps_whose_number_differs(tmp_path):
    """Everything else is that of the same call at each point, with its own generator."""
    axes = {"rate": [0.1, 5.0]}
    data = rf.sweep(decays, axes, samples=2, seed=3, executor="serial")
    assert (data.status == 1).all()
    assert not any("jump" in str(name) for name in {*data.variables, *data.dims})
    for name in ("jump_runs", "jump_times", "jump_channels", "one shape"):
        assert name in data.left_out
    assert data.runs.dims == ("rate", "sample", "run", "observable", "time")
    for here in data.runs.stack(point=("rate", "sample")).transpose("point", ...):
        jumped = np.isclose(here[:, 0, -1], 0.0)
        assert np.isclose(here[~jumped, 0, -1], 1.0).all()
    assert np.allclose(data.runs.mean("run").isel(observable=0), data.n)
    assert (data.n.isel(time=-1, rate=1) < 0.5).all()
    stored = rf.sweep(decays, axes, samples=2, seed=3, executor="serial", store=tmp_path / "s.zarr")
    xr.testing.assert_equal(stored.load(), data)
    assert rf.load(tmp_path / "s.zarr").left_out == data.left_out


def test_jumps_counted_by_channel_are_arrays_of_one_shape():
    def counted(rate, rng):
        result = decays(rate, rng)
        return {"jumps": np.bincount(result.jump_channels, minlength=1), "n": result.expect["n"]}

    data = rf.sweep(counted, {"rate": [0.1, 5.0]}, seed=3, executor="serial")
    assert np.allclose(data.jumps[:, 0], 8.0 * (1.0 - data.n[:, -1]))
