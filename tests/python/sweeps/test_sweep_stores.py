"""Stores of sweeps: damage, refusals, and growth."""

from __future__ import annotations

import itertools
import json

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
@pytest.mark.parametrize("which", ["x/c/1/0/0", "curve/c/0/0/0/0", "status/c/2/0/0"])
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
    assert [run["damaged"] for run in json.loads(again.attrs["runs"])] == [0, 1]


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("which", ["beta/c/0", "time/c/0"])
def test_damaged_coordinates_are_restored(how, which, tmp_path):
    path = tmp_path / "runs.zarr"

    def point(beta):
        return xr.Dataset({"y": ("time", beta * np.arange(3.0))}, {"time": [0.0, 1.0, 2.0]})

    axes = {"beta": [0.5, 1.0]}
    expected = rf.sweep(point, axes, store=path).load()
    whole = (path / which).read_bytes()
    DAMAGE[how](path / which)
    assert same(stores.opened(path).drop_attrs(deep=False), expected.drop_attrs(deep=False))
    assert same(rf.sweep(point, axes, store=path), expected)
    rf.sweep(point, {"beta": [0.5, 1.0, 3.0]}, store=path, extend=True)
    rf.sweep(point, axes, store=path, extend=True)
    assert (path / which).read_bytes() != b""
    assert which != "time/c/0" or (path / which).read_bytes() == whole


@pytest.mark.parametrize("which", ["zarr.json", "x/zarr.json", "beta/zarr.json"])
@pytest.mark.parametrize("how", DAMAGE)
def test_damaged_metadata_is_read_from_the_journal(which, how, tmp_path):
    path = tmp_path / "runs.zarr"
    expected = rf.sweep(noisy, AXES, store=path).load()
    DAMAGE[how](path / which)
    assert same(stores.opened(path), expected)
    assert same(rf.sweep(noisy, AXES, store=path), expected)


def test_a_damaged_journal_is_told(tmp_path):
    path = tmp_path / "runs.zarr"
    expected = rf.sweep(noisy, AXES, store=path, points_a_task=2).load()
    file = path / ".redfield" / "journal.sqlite"
    whole, told = file.read_bytes(), 0
    for at in range(40, len(whole), len(whole) // 150):
        raw = bytearray(whole)
        raw[at] ^= 1 << (at % 8)
        file.write_bytes(raw)
        try:
            found = stores.opened(path)
        except rf.StoreError as error:
            assert "damaged" in str(error) or "journal" in str(error)
            told += 1
        else:
            assert same(found, expected)
    assert told > 10
    file.write_bytes(whole)
    assert same(rf.sweep(noisy, AXES, store=path), expected)


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


@pytest.mark.parametrize("written", range(6))
def test_killed_while_it_extended(written, tmp_path):
    """The journal is committed first; files on the disk that it did not reach are those of before."""
    path = tmp_path / "runs.zarr"
    rf.sweep(noisy, AXES, samples=2, store=path, points_a_task=3).load()
    names = (
        "zarr.json",
        "x/zarr.json",
        "curve/zarr.json",
        "status/zarr.json",
        "beta/zarr.json",
        "beta/c/0",
    )
    before = {name: (path / name).read_bytes() for name in names}
    more = {"beta": [0.5, 3.0], "strength": [0.2, 0.01]}
    expected = rf.sweep(noisy, more, samples=4, store=path, extend=True).load()
    for name in names[written:]:
        (path / name).write_bytes(before[name])
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
