"""The refusals of sweeps and stores, and the sentences in which they say so."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
import xarray as xr

import redfield as rf
from redfield.sweeps import dask_pool

from poison_points import dying, never
from sweep_points import AXES, named, noisy, scaled, units, with_coordinate


def test_points_that_all_fail():
    with pytest.raises(rf.SweepError, match="no point could be computed: all 50 failed"):
        rf.sweep(never, {"x": range(50)}, executor="serial")


@pytest.mark.parametrize("executor", ["serial", "threads", ThreadPoolExecutor(1)])
def test_a_timeout_needs_processes(executor):
    with pytest.raises(ValueError, match=r'timeout is 2, .* use executor="processes" or dask'):
        rf.sweep(never, {"x": [1]}, executor=executor, timeout=2.0)


def test_a_pool_that_breaks_names_the_remedy():
    with (
        ProcessPoolExecutor(2, get_context("spawn")) as given,
        pytest.raises(rf.SweepError, match='executor="processes" computes the others'),
    ):
        rf.sweep(dying, {"x": range(24)}, executor=given, points_a_task=4)


@pytest.fixture
def impatient(monkeypatch):
    """Schedulers have a second to answer, instead of five."""
    pytest.importorskip("distributed")
    monkeypatch.setattr(dask_pool, "SCHEDULER_TIMEOUT", 1.0)


def test_a_silent_peer_is_told_in_seconds(impatient):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        with pytest.raises(rf.SweepError, match="no dask scheduler answers"):
            rf.sweep(never, {"x": [1]}, executor=f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        assert time.monotonic() - started < 7.0


def test_an_unreachable_scheduler_is_told_in_seconds(impatient):
    started = time.monotonic()
    with pytest.raises(rf.SweepError, match=r"no dask scheduler answers at tcp://127.0.0.1:9"):
        rf.sweep(lambda x: {"y": x}, {"x": [1.0]}, executor="tcp://127.0.0.1:9")
    assert time.monotonic() - started < 10.0


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"axes": {"beta": [1.0]}}, TypeError, "missing a required argument: 'strength'"),
        ({"axes": {**AXES, "gap": [1.0]}}, TypeError, "unexpected keyword argument 'gap'"),
        ({"axes": {**AXES, "beta": []}}, ValueError, r"axes\['beta'\] must be a list of values"),
        ({"axes": {**AXES, "beta": [np.nan]}}, ValueError, r"axes\['beta'\]\[0\] is nan"),
        ({"axes": {**AXES, "beta": [None]}}, TypeError, "numbers or strings"),
        ({"axes": {"not a name": [1.0]}}, ValueError, "no parameter"),
        ({"axes": [1.0]}, TypeError, "axes must be a dict"),
        ({"point": 3}, TypeError, "point must be a function"),
        ({"samples": 0}, ValueError, "samples"),
        ({"seed": -1}, ValueError, "seed"),
        ({"workers": 0}, ValueError, "workers"),
        ({"executor": "cluster"}, TypeError, "executor must be"),
        ({"point": lambda beta, strength: 3}, rf.SweepError, "must return a dict of arrays"),
        ({"point": lambda beta, strength: {"x": "a"}}, rf.SweepError, "x must be numbers"),
        ({"point": lambda beta, strength: {}}, rf.SweepError, "an empty dict"),
        ({"store": "/proc/nowhere/runs.zarr"}, rf.StoreError, "can not make"),
    ],
)  # fmt: skip
def test_bad_input(changes, error, message):
    asked = {"point": noisy, "axes": AXES, **changes}
    with pytest.raises(error, match=message):
        rf.sweep(**asked)


def test_functions_that_do_not_pickle_are_told():
    import threading

    lock = threading.Lock()

    def point(beta):
        with lock:
            return {"x": beta}

    with pytest.raises(TypeError, match="point can not be sent to other processes"):
        rf.sweep(point, {"beta": [1.0]}, executor="processes")


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
    with pytest.raises(rf.StoreError, match=r"closure 'k': stored 1\.0, asked 2\.0"):
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
        with pytest.raises(rf.StoreError, match=r"key: stored 'jumps .*, asked '"):
            asked(**other)
    path = tmp_path / "diffusion.zarr"
    asked(method="diffusion", step=0.02)
    with pytest.raises(rf.StoreError, match=r"key: stored 'diffusion .*, asked 'diffusion"):
        asked(method="diffusion", step=0.01)


def power(b):
    return {"x": np.float64(b)}


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
