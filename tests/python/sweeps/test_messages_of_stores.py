"""What stores of sweeps refuse, and in which words."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

import redfield as rf
from redfield._base.stores.journal import Journal
from redfield.sweeps import StoreError
from redfield.sweeps.stores import opened

from sweep_points import AXES, noisy, same

SMALL = {"beta": [0.5, 1.0], "strength": [0.1, 0.2]}


def run_small(path):
    return rf.sweep(noisy, SMALL, store=path, points_a_task=1, workers=1)


def test_a_store_of_another_format_is_refused(tmp_path):
    path = tmp_path / "runs.zarr"
    rf.sweep(noisy, AXES, store=path)
    with contextlib.closing(Journal(path, write=True)) as journal, journal.transaction():
        header = json.loads(journal.one("store", "header"))
        journal.put({("store", "header"): json.dumps({**header, "format": "redfield-sweep-1"}).encode()})
    with pytest.raises(rf.StoreError, match="holds 'redfield-sweep-1', not"):
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


def test_another_sweep_on_a_store_in_use_is_refused(tmp_path):
    path = tmp_path / "runs.zarr"

    def point(beta):
        if path.exists():
            with pytest.raises(rf.StoreError, match="holds another sweep"):
                rf.sweep(lambda beta: {"x": beta}, {"beta": [1.0]}, store=path)
        return {"x": beta}

    assert rf.sweep(point, {"beta": [1.0, 2.0, 3.0]}, store=path, points_a_task=1).attrs["failed"] == 0


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


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_what_the_file_system_refuses_ends_the_run_and_loses_nothing(tmp_path, monkeypatch, code):
    path = tmp_path / "runs.zarr"
    original = Path.write_bytes

    def refuse(self, content):
        if "x/c/1/1" in str(self):
            raise OSError(code, os.strerror(code), str(self))
        return original(self, content)

    with monkeypatch.context() as context:
        context.setattr(Path, "write_bytes", refuse)
        with pytest.raises(StoreError, match=rf"can not write block 3 to.*{os.strerror(code)}"):
            run_small(path)
    expected = rf.sweep(noisy, SMALL)
    kept = opened(path)
    assert int((kept.status == 1).sum()) == 3
    assert np.array_equal(kept.x.values.ravel()[:3], expected.x.values.ravel()[:3])
    assert same(run_small(path), expected)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="Permission denied"):
            run_small(tmp_path / "runs.zarr")
    finally:
        tmp_path.chmod(0o700)


def test_a_foreign_directory_is_not_touched(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(StoreError, match="is there and not a store of redfield"):
        run_small(tmp_path)
    assert [f.name for f in tmp_path.iterdir()] == ["thesis.tex"]


def test_stores_named_as_other_files(tmp_path):
    with pytest.raises(ValueError, match=r"store .* names a"):
        rf.sweep(noisy, AXES, store=tmp_path / "x.csv")


def test_a_transaction_that_was_left_open_keeps_no_other_waiting(tmp_path):
    """Ctrl-C may strike behind BEGIN, where no ``with`` ends what it began."""
    path = tmp_path / "runs.zarr"
    run_small(path)
    with (
        contextlib.closing(Journal(path, write=True)) as left,
        contextlib.closing(Journal(path, write=True)) as other,
    ):
        left.execute("BEGIN IMMEDIATE")
        left.undo()
        left.undo()  # there is nothing to end
        with other.transaction():
            other.put({("test", "key"): b"value"})
        assert left.one("test", "key") == b"value"
