"""A store under what a file system may refuse, and other processes that hold it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

import redfield as rf
from redfield.sweeps import StoreError
from redfield.sweeps.stores import opened

from sweep_points import noisy, same

AXES = {"beta": [0.5, 1.0], "strength": [0.1, 0.2]}


def run(path, **options):
    return rf.sweep(noisy, AXES, store=path, points_a_task=1, workers=1, **options)


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
            run(path)
    expected = rf.sweep(noisy, AXES)
    kept = opened(path)
    assert int((kept.status == 1).sum()) == 3
    assert np.array_equal(kept.x.values.ravel()[:3], expected.x.values.ravel()[:3])
    assert same(run(path), expected)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="Permission denied"):
            run(tmp_path / "runs.zarr")
    finally:
        tmp_path.chmod(0o700)


def test_a_foreign_directory_is_not_touched(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(StoreError, match="is there and not a store of redfield"):
        run(tmp_path)
    assert [f.name for f in tmp_path.iterdir()] == ["thesis.tex"]
