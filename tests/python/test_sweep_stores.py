"""Stores of sweeps: damage, refusals, and growth."""

from __future__ import annotations

import itertools
import shutil

import numpy as np
import pytest
import xarray as xr

import redfield as rf
from redfield.sweeps import stores

from sweep_points import AXES, noisy, same


def damage_flip(file):
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 0x40
    file.write_bytes(raw)


DAMAGE = {
    "flipped": damage_flip,
    "truncated": lambda file: file.write_bytes(file.read_bytes()[:7]),
    "empty": lambda file: file.write_bytes(b""),
    "deleted": lambda file: file.unlink(),
}


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("which", ["x/c/1/0/0", "curve/c/0/0/0/0", "status/c/2/0/0", "_written/c/1/0/0"])
def test_a_damaged_chunk_is_computed_again(how, which, tmp_path):
    path, calls = tmp_path / "runs.zarr", []

    def point(beta, strength, rng):
        calls.append((beta, strength))
        return noisy(beta, strength, rng)

    expected = rf.sweep(point, AXES, samples=4, store=path, points_a_task=20).load()
    calls.clear()
    DAMAGE[how](path / which)
    again = rf.sweep(point, AXES, samples=4, store=path, points_a_task=20)
    assert same(again, expected)
    assert len(calls) == 20
    if which != "_written/c/1/0/0" or how != "deleted":
        assert again.attrs["damaged"] == [1 if "/1" in which else 0 if "/0/0/0/0" in which else 2]


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("which", ["beta/c/0", "time/c/0"])
def test_damaged_coordinates_are_restored(how, which, tmp_path):
    path = tmp_path / "runs.zarr"

    def point(beta):
        return xr.Dataset({"y": ("time", beta * np.arange(3.0))}, {"time": [0.0, 1.0, 2.0]})

    axes = {"beta": [0.5, 1.0]}
    expected = rf.sweep(point, axes, store=path).load()
    DAMAGE[how](path / which)
    assert same(rf.sweep(point, axes, store=path), expected)


def test_damaged_metadata_is_told(tmp_path):
    path = tmp_path / "runs.zarr"
    rf.sweep(noisy, AXES, store=path)
    (path / "zarr.json").write_text("{")
    with pytest.raises(rf.StoreError, match=r"zarr.json is damaged .* choose another store"):
        rf.sweep(noisy, AXES, store=path)


def test_a_store_of_another_format_is_refused(tmp_path):
    path = tmp_path / "runs.zarr"
    rf.sweep(noisy, AXES, store=path)
    text = (path / "zarr.json").read_text()
    (path / "zarr.json").write_text(text.replace("redfield-sweep-2", "redfield-sweep-1"))
    with pytest.raises(rf.StoreError, match="format 'redfield-sweep-1' of another version"):
        rf.sweep(noisy, AXES, store=path)


def test_another_sweep_is_refused_with_the_difference(tmp_path):
    path = tmp_path / "runs.zarr"
    rf.sweep(noisy, AXES, samples=2, seed=1, store=path)

    def other(beta, strength):
        return {"x": beta}

    for changes, told in (
        ({"seed": 2}, "seed: stored 1, asked 2"),
        ({"samples": 3}, "samples: stored 2, asked 3"),
        (
            {"axes": {**AXES, "beta": [0.5]}},
            r"axis beta: stored \[0.5, 1, 2\] \(3\), asked \[0.5\] \(1\)",
        ),
        ({"point": other}, "point: stored 'noisy', asked .*; the point's code: stored #"),
        ({"threads": 2}, "threads: stored 1, asked 2"),
    ):
        asked = {"point": noisy, "axes": AXES, "samples": 2, "seed": 1, "store": path, **changes}
        with pytest.raises(rf.StoreError, match=told):
            rf.sweep(**asked)


def test_a_store_in_use_is_refused(tmp_path):
    path = tmp_path / "runs.zarr"

    def point(beta):
        with pytest.raises(rf.StoreError, match="being written by another process"):
            rf.sweep(lambda beta: {"x": beta}, {"beta": [1.0]}, store=path)
        return {"x": beta}

    assert rf.sweep(point, {"beta": [1.0]}, store=path).attrs["failed"] == 0


def block_sizes():
    return pytest.mark.parametrize("points", [1, 3, 7, 20, None])


@block_sizes()
def test_a_store_that_grew_is_what_it_would_have_been(points, tmp_path):
    calls = []

    def point(beta, strength, rng):
        calls.append((beta, strength))
        if strength == 0.03 and beta == 0.5:
            raise ArithmeticError("no")
        return noisy(beta, strength, rng)

    options = {"store": tmp_path / "grown.zarr", "extend": True, "points_a_task": points, "seed": 5}
    first = {"beta": [0.5, 1.0], "strength": [0.01, 0.03, 0.05]}
    begun = rf.sweep(point, first, samples=2, **options).load()
    other = {"beta": [2.0, 0.5, 0.7], "strength": [0.02, 0.05]}
    calls.clear()
    grown = rf.sweep(point, other, samples=5, **options).load()
    assert calls.count((0.5, 0.05)) == 3
    assert all(c in itertools.product(*other.values()) for c in calls)
    assert same(grown, rf.sweep(noisy, other, samples=5, seed=5))
    assert "failures" not in grown.attrs
    calls.clear()
    again = rf.sweep(point, first, samples=2, **options)
    assert calls == []
    assert same(again, begun)
    assert again.attrs["failed"] == 2
    assert (
        again.attrs["failures"].splitlines()[1]
        == "beta = 0.5, strength = 0.03, sample 1: ArithmeticError: no"
    )
    everything = {"beta": [0.5, 0.7, 1.0, 2.0], "strength": [0.01, 0.02, 0.03, 0.05]}
    rest = rf.sweep(point, everything, samples=6, **options)
    assert same(rest, rf.sweep(point, everything, samples=6, seed=5))
    assert rest.attrs["failed"] == 6


def test_what_does_not_extend_is_refused(tmp_path):
    path = tmp_path / "runs.zarr"
    rf.sweep(noisy, AXES, samples=2, store=path)
    for axes, samples, seed, told in (
        (AXES, None, 0, "samples: stored 2, asked None"),
        (AXES, 3, 1, "seed: stored 0, asked 1"),
        ({**AXES, "beta": [1, 2]}, 2, 0, "axis beta: stored"),
        (dict(reversed(AXES.items())), 2, 0, "axes: stored beta, strength, asked strength, beta"),
    ):
        with pytest.raises(rf.StoreError, match=told):
            rf.sweep(noisy, axes, samples=samples, seed=seed, store=path, extend=True)


@pytest.mark.parametrize("resized", range(5))
def test_killed_while_it_extended(resized, tmp_path):
    """Its attributes are written first; arrays that it did not reach are resized by whoever opens it."""
    path = tmp_path / "runs.zarr"
    rf.sweep(noisy, AXES, samples=2, store=path, points_a_task=3).load()
    before = {
        f.name: (f / "zarr.json").read_bytes() for f in path.iterdir() if (f / "zarr.json").exists()
    }
    more = {"beta": [0.5, 3.0], "strength": [0.2, 0.01]}
    expected = rf.sweep(noisy, more, samples=4, store=path, extend=True).load()
    for name in ("x", "curve", "status", "_trouble", "_written")[resized:]:
        (path / name / "zarr.json").write_bytes(before[name])
    for name in ("beta", "strength"):
        shutil.rmtree(path / name)
    assert stores.status(path).points == 4 * 6 * 4
    again = rf.sweep(noisy, more, samples=4, store=path, extend=True)
    assert same(again, expected)
    assert same(again, rf.sweep(noisy, more, samples=4))


def test_words_and_batches_extend(tmp_path):
    def point(kind, rng):
        return {"x": np.array([len(k) + g.random() for k, g in zip(kind, rng, strict=True)])}

    options = {"batch": True, "samples": 3, "store": tmp_path / "runs.zarr", "extend": True}
    rf.sweep(point, {"kind": ["a", "bb"]}, **options)
    data = rf.sweep(point, {"kind": ["long", "bb", "ccc"]}, **options)
    assert data.kind.values.tolist() == ["long", "bb", "ccc"]
    assert same(data, rf.sweep(point, {"kind": ["long", "bb", "ccc"]}, batch=True, samples=3))
