"""A store under what may happen to it: damage, a full disk, no permission, two writers, kills."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import zarr.storage
from typer.testing import CliRunner

from redfield.cli.app import app
from redfield.reproduce import figure1
from redfield.sweeps import StoreError
from redfield.sweeps.store import open_samples
from redfield.sweeps.study import compute

from processes import child

SMALL = {"samples": 4, "sizes_syk2": (4,), "sizes_anderson": ()}
CASE = "syk2/N0004"


def study(**options):
    return figure1.with_options("quick", **{**SMALL, **options})


@pytest.fixture
def stored(tmp_path):
    path = compute(study(), tmp_path)
    return tmp_path, path, open_samples(path, CASE)


def same(a, b):
    return all(np.array_equal(a[k].values, b[k].values, equal_nan=True) for k in a if k != "seconds")


@pytest.mark.parametrize("how", ["bit", "truncated", "empty", "replaced", "deleted"])
def test_a_damaged_chunk_is_told_and_its_sample_alone_is_computed_again(stored, how):
    directory, path, before = stored
    (chunk,) = path.glob(f"{CASE}/distance/c/2/0")
    data = bytearray(chunk.read_bytes())
    data[len(data) // 2] ^= 4
    if how == "deleted":
        chunk.unlink()
    else:
        damage = {"bit": bytes(data), "truncated": data[:20], "empty": b"", "replaced": b"hello"}
        chunk.write_bytes(damage[how])
    others = {p: p.stat().st_mtime_ns for p in path.glob(f"{CASE}/distance/c/*/0") if p != chunk}
    with pytest.raises(StoreError, match=r"syk2/N0004: sample 2 is damaged"):
        open_samples(path, CASE)
    assert open_samples(path, CASE).sizes["sample"] == 3
    compute(study(), directory)
    assert same(open_samples(path, CASE), before)
    assert all(p.stat().st_mtime_ns == when for p, when in others.items())


def test_a_damaged_flag_counts_as_not_set(stored):
    directory, path, before = stored
    (path / CASE / "complete/c/1").write_bytes(b"?")
    assert open_samples(path, CASE).sizes["sample"] == 3
    compute(study(), directory)
    assert same(open_samples(path, CASE), before)


def test_lost_times_come_back(stored):
    directory, path, before = stored
    shutil.rmtree(path / CASE / "time")
    with pytest.raises(StoreError, match=r"samples 0, 1, 2, 3 are damaged"):
        open_samples(path, CASE)
    compute(study(), directory)
    assert same(open_samples(path, CASE), before)


def test_damaged_metadata_is_told(stored):
    directory, path, _ = stored
    (path / "zarr.json").write_text("{ not json")
    with pytest.raises(StoreError, match=r"zarr\.json is damaged"):
        compute(study(), directory)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_what_the_file_system_refuses_ends_the_run_and_loses_nothing(tmp_path, monkeypatch, code):
    path = compute(study(samples=2), tmp_path)
    first = open_samples(path, CASE)
    original = zarr.storage.LocalStore.set

    async def refuse(self, key, value, *arguments):
        if "distance/c/3" in key:
            raise OSError(code, os.strerror(code), key)
        return await original(self, key, value, *arguments)

    with monkeypatch.context() as context:
        context.setattr(zarr.storage.LocalStore, "set", refuse)
        with pytest.raises(
            StoreError, match=rf"can not write sample 3 of syk2/N0004.*{os.strerror(code)}"
        ):
            compute(study(), tmp_path, threads=1)
        out = CliRunner().invoke(
            app, ["reproduce", "fig1", "--samples", "4", "--sizes-syk2", "4", "--sizes-anderson", "",
                  "--threads", "1", "--output", str(tmp_path)],
        )  # fmt: skip
        assert out.exit_code == 2
        assert "can not write sample 3" in out.output.replace("\n", " ")
    kept = open_samples(path, CASE)
    assert kept.sizes["sample"] == 3
    assert same(kept.isel(sample=slice(2)), first)
    compute(study(), tmp_path)
    assert open_samples(path, CASE).sizes["sample"] == 4


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="Permission denied"):
            compute(study(), tmp_path)
    finally:
        tmp_path.chmod(0o700)


HOLD = """
import sys, time
from pathlib import Path
from redfield.sweeps.files import reserved
with reserved(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_two_processes_do_not_write_one_store(stored):
    directory, path, before = stored
    with child([sys.executable, "-c", HOLD, str(path)]) as process:
        assert process.stdout.readline().strip() == b"held"
        with pytest.raises(StoreError, match="is being written by another process"):
            compute(study(samples=5), directory)
        process.send_signal(signal.SIGKILL)  # a lock does not outlive its process
        process.wait(10)
    compute(study(samples=5), directory)
    assert same(open_samples(path, CASE).isel(sample=slice(4)), before)


def test_ten_kills_do_not_change_a_number(tmp_path):
    command = [
        sys.executable, "-c", "from redfield.cli import main; main()", "reproduce", "fig1",
        "--samples", "4", "--sizes-syk2", "4,8", "--sizes-anderson", "2", "--threads", "2", "--output",
    ]  # fmt: skip
    subprocess.run([*command, str(tmp_path / "whole")], check=True, capture_output=True, timeout=120)
    rng = np.random.default_rng(3)
    for _ in range(10):
        with child([*command, str(tmp_path / "killed")]) as process:
            # From the imports to the last samples.
            time.sleep(rng.uniform(0.6, 2.2))
            process.send_signal(signal.SIGKILL)
            process.wait(10)
    subprocess.run([*command, str(tmp_path / "killed")], check=True, capture_output=True, timeout=120)
    cases = [p.parent for p in (tmp_path / "whole/samples.zarr").glob("*/*/complete")]
    assert len(cases) >= 3
    for case in cases:
        name = str(case.relative_to(tmp_path / "whole/samples.zarr"))
        a, b = (open_samples(tmp_path / d / "samples.zarr", name) for d in ("whole", "killed"))
        assert same(a, b), name
