"""Sweeps: the points, the stores, the workers, and what is told of mistakes."""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import math
import pickle
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import redfield as rf
from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.store import Store

from sweep_points import AXES, noisy, same


@given(
    st.lists(st.integers(1, 7), min_size=1, max_size=4).map(tuple),
    st.integers(1, 200),
)
def test_blocks_part_the_grid(shape, points):
    blocks = Blocks.of(shape, points)
    seen = []
    for block in range(len(blocks)):
        chosen = blocks.points(block)
        assert len(chosen) <= points
        box = np.arange(math.prod(shape)).reshape(shape)[blocks.region(block)]
        assert np.array_equal(np.ravel(box), chosen)
        seen.extend(chosen.tolist())
    assert sorted(seen) == list(range(math.prod(shape)))


def test_the_random_numbers_of_a_point_are_its_own():
    grid, more = Grid.of(AXES, 3, 7), Grid.of(AXES, 5, 7)
    first = [grid.rng(3 * k + s).random() for k in range(15) for s in range(3)]
    assert len(set(first)) == 45
    assert first == [more.rng(5 * k + s).random() for k in range(15) for s in range(3)]
    assert first[0] != Grid.of(AXES, 3, 8).rng(0).random()


@pytest.mark.parametrize("store", [False, True])
@pytest.mark.parametrize("points", [None, 1, 4])
def test_every_executor_gives_the_same(store, points, tmp_path):
    expected = rf.sweep(noisy, AXES, samples=4, seed=3, executor="serial")
    assert expected.x.dims == ("beta", "strength", "sample")
    for b, s in itertools.product(AXES["beta"], AXES["strength"]):
        digest = hashlib.sha256(json.dumps({"beta": b, "strength": s}).encode()).digest()
        for k in range(4):
            key = (int.from_bytes(digest[:16], "little"), k)
            rng = np.random.default_rng(np.random.SeedSequence(3, spawn_key=key))
            assert expected.x.sel(beta=b, strength=s)[k] == b * s + rng.standard_normal()
    with ThreadPoolExecutor(3) as given:
        for executor in ("threads", "serial", given):
            name = executor if isinstance(executor, str) else "given"
            data = rf.sweep(
                noisy, AXES, samples=4, seed=3, executor=executor, points_a_task=points,
                store=tmp_path / name if store else None,
            )  # fmt: skip
            assert same(data, expected)
            assert data.attrs["failed"] == 0
            assert data.attrs["seed"] == 3
            assert "worker" in json.loads(data.attrs["runs"])[0]["parallel"]


def test_processes_and_functions_of_notebooks():
    def local(beta, strength, rng):
        return {"x": beta * strength + rng.standard_normal(), "curve": np.full(3, strength)}

    expected = rf.sweep(local, AXES, samples=2, executor="serial")
    data = rf.sweep(local, AXES, samples=2, executor="processes", workers=2, points_a_task=5)
    assert same(data, expected)


def test_results_keep_their_names_and_units(tmp_path):
    def point(beta):
        qubit = rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]], rf.OhmicBath(0.04, 10.0, beta))
        return rf.Redfield(qubit).evolve([1, 0], np.linspace(0, 5, 6), {"z": np.diag([1, -1])})

    beta = xr.DataArray([0.5, 1.0], dims="beta", attrs={"units": "1/energy"})
    data = rf.sweep(point, {"beta": beta}, store=tmp_path / "runs.zarr")
    assert data.z.dims == ("beta", "time")
    assert data.time.attrs["units"] == data.beta.attrs["units"] == "1/energy"
    for b in (0.5, 1.0):
        assert np.array_equal(data.z.sel(beta=b), point(b).expect["z"])
        assert np.array_equal(data.final_state.sel(beta=b), point(b).final_state)

    def steady(beta):
        qubit = rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]], rf.OhmicBath(0.04, 10.0, beta))
        return rf.Davies(qubit).steady_state()

    data = rf.sweep(steady, {"beta": beta})
    assert data.state.dims == ("beta", "row", "column")
    assert np.abs(data.state[0, 0, 0] - 1.0 / (1.0 + np.exp(0.5))) < 1e-12


def whole_blocks(beta, strength):
    batch = rf.SystemBatch(
        np.diag([0.5, -0.5]),
        [[[0, 1], [1, 0]]],
        rf.OhmicBath.batch(strength=strength, cutoff=10.0, beta=beta),
    )
    return rf.Davies(batch).evolve([1, 0], [0.0, 5.0, 500.0], np.diag([1.0, 0.0]))


@pytest.mark.parametrize("points", [1, 4, None])
def test_blocks_of_a_batch(points):
    data = rf.sweep(whole_blocks, AXES, batch=True, points_a_task=points)
    assert data.expect_0.dims == ("beta", "strength", "time")
    thermal = 1.0 / (1.0 + np.exp(data.beta))
    assert np.abs(data.expect_0[:, -1, -1] - thermal).max() < 1e-12


def test_generators_of_a_batch():
    def point(beta, rng):
        return {"x": np.array([g.random() for g in rng]) + beta}

    def alone(beta, rng):
        return {"x": rng.random() + beta}

    axes = {"beta": [0.5, 1.0]}
    assert same(
        rf.sweep(point, axes, samples=9, batch=True, points_a_task=4), rf.sweep(alone, axes, samples=9)
    )


def fragile(beta, strength, broken):
    if beta == 1.0 and strength > 0.05 and broken():
        raise ArithmeticError(f"no answer at {strength:g}")
    return {"x": beta + strength}


@pytest.mark.parametrize("store", [False, True])
def test_points_that_fail_are_told_and_the_others_stay(store, tmp_path):
    path = tmp_path / "runs.zarr" if store else None
    flag = tmp_path / "broken"
    flag.touch()
    point = functools.partial(fragile, broken=flag.exists)
    data = rf.sweep(point, AXES, store=path, points_a_task=4)
    assert data.attrs["failed"] == 3
    assert (
        data.attrs["failures"].splitlines()[0]
        == "beta = 1, strength = 0.055: ArithmeticError: no answer at 0.055"
    )
    assert int((data.status == 2).sum()) == 3
    assert np.array_equal(np.isnan(data.x), data.status == 2)
    if not store:
        return
    assert "fragile" in Store.at(path.resolve()).failures()[0].traceback
    flag.unlink()
    again = rf.sweep(point, AXES, store=path)
    assert again.attrs["failed"] == 3
    mended = rf.sweep(point, AXES, store=path, retry=True)
    assert mended.attrs["failed"] == 0
    assert same(mended, rf.sweep(point, AXES))
    assert same(rf.sweep(point, AXES, store=path), mended)


def test_members_of_a_batch_that_fail():
    class Broken(rf.Bath):
        def power_spectrum(self, w):
            return np.where(np.abs(w) > 3.0, -1.0, 0.1)

    def point(gap):
        h = gap[:, None, None] * np.diag([0.0, 1.0])
        batch = rf.SystemBatch(h, [np.array([[0.0, 1.0], [1.0, 0.0]])], Broken())
        return rf.Redfield(batch, lamb_shift=False).steady_state()

    data = rf.sweep(point, {"gap": [1.0, 5.0, 2.0, 4.0, 2.5]}, batch=True, points_a_task=5)
    assert data.status.values.tolist() == [1, 2, 1, 2, 1]
    assert "negative" in data.attrs["failures"].splitlines()[0]

    def unlucky(gap):
        if (gap == 2.0).any():
            raise ArithmeticError("two")
        return {"x": gap}

    data = rf.sweep(unlucky, {"gap": np.arange(20.0)}, batch=True, points_a_task=20)
    assert data.attrs["failures"] == "gap = 2: ArithmeticError: two"
    assert np.array_equal(data.x.dropna("gap"), [g for g in range(20) if g != 2])


def test_progress_reaches_the_end(capsys):
    told = []
    rf.sweep(noisy, AXES, points_a_task=2, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    rf.sweep(noisy, AXES, progress=True)
    lines = capsys.readouterr().err
    assert "2 workers × 1 thread" in lines or "1 worker × 1 thread" in lines
    assert "15 of 15 points" in lines


def test_points_of_different_shapes_are_told():
    data = rf.sweep(lambda n: {"x": np.zeros(n)}, {"n": [2, 2, 3]})
    assert data.status.values.tolist() == [1, 1, 2]
    assert (
        "x has the shape [3], that of the first point has [2]" in data.attrs["failures"].splitlines()[0]
    )


def test_errors_pickle():
    for error in (rf.SweepError("a"), rf.StoreError("b")):
        assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_no_point_is_computed_twice(tmp_path):
    """What the first point returned is kept: one that takes an hour takes it once."""
    calls = []

    def point(x, rng):
        calls.append(x)
        time.sleep(0.06)  # longer than what is called again to be timed
        return {"value": x + rng.random()}

    axes = {"x": np.arange(3.0)}
    alone = rf.sweep(point, axes, seed=3, executor="serial")
    assert sorted(calls) == [0.0, 1.0, 2.0]
    stored = rf.sweep(point, axes, seed=3, executor="threads", store=tmp_path / "x.zarr")
    assert sorted(calls) == [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
    assert np.array_equal(alone.value, stored.value)
