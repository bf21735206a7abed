"""Looking at a store, or at what is none, changes no file; and who may not write may read."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import zarr
from typer.testing import CliRunner

import redfield as rf
from redfield.cli.app import app

from readers import point

LOOKS = (["status"], ["export"], ["export", "--format", "csv"], ["plot"])


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    return tmp_path


def call(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def files(folder):
    """Every path below a folder, with its mode, time of change, and SHA-256."""
    return {
        str(p.relative_to(folder)): (
            p.stat().st_mode,
            p.stat().st_mtime_ns,
            hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "",
        )
        for p in sorted(folder.rglob("*"))
    }


def swept(path, **options):
    return rf.sweep(point, {"x": [1.0, 2.0, 3.0]}, store=path, executor="serial", **options)


def plain(folder):
    xr.Dataset({"a": ("x", np.arange(4.0))}).to_zarr(folder / "s.zarr", zarr_format=3, consolidated=False)


def without_attributes(folder):
    zarr.create_group(folder / "s.zarr").create_array("y", shape=(3,), dtype="f8")[:] = 1.0


def of_format_2(folder):
    zarr.create_group(folder / "s.zarr", zarr_format=2)


def parent(folder):
    swept(folder / "s.zarr" / "one.zarr")
    swept(folder / "s.zarr" / "two.zarr")


def bare_group_of_stores(folder):
    zarr.create_group(folder / "s.zarr")
    swept(folder / "s.zarr" / "one.zarr")


def a_result(folder):
    h = np.diag([0.5, -0.5])
    system = rf.System(h, [[[0, 1], [1, 0]]], rf.OhmicBath(strength=0.1, cutoff=5.0, beta=1.0))
    rf.Davies(system).evolve([1, 0], np.linspace(0.0, 1.0, 3)).save(folder / "s.zarr")


def a_file(folder):
    (folder / "s.zarr").write_text("not a store")


def someone_elses_folder(folder):
    (folder / "s.zarr" / "c" / "0").mkdir(parents=True)
    (folder / "s.zarr" / "c" / "0" / "thesis.tex").write_text("years")


def no_journal(folder):
    swept(folder / "s.zarr")
    (folder / "s.zarr" / ".redfield" / "journal.sqlite").unlink()


def another_database(folder):
    import sqlite3

    (folder / "s.zarr" / ".redfield").mkdir(parents=True)
    with sqlite3.connect(folder / "s.zarr" / ".redfield" / "journal.sqlite") as db:
        db.execute("CREATE TABLE mine (a)")


def no_database(folder):
    (folder / "s.zarr" / ".redfield").mkdir(parents=True)
    (folder / "s.zarr" / ".redfield" / "journal.sqlite").write_text("mine")


FOREIGN = (
    plain, without_attributes, of_format_2, parent, bare_group_of_stores, a_result, a_file, someone_elses_folder,
    no_journal, another_database, no_database,
)  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("make", FOREIGN, ids=lambda f: f.__name__)
def test_what_is_no_store_of_a_sweep_is_left_as_it_is(make, here):
    make(here)
    before = files(here)
    for words in LOOKS:
        told = call(words[0], here / "s.zarr", *words[1:])
        assert told.exit_code == 2, told.output
        assert told.output.startswith("error: ")
        assert str(here / "s.zarr") in told.output
        assert files(here) == before
    for options in ({}, {"extend": True}, {"retry": True}):
        with pytest.raises(rf.StoreError, match=r"s\.zarr"):
            swept(here / "s.zarr", **options)
        assert files(here) == before


def test_looking_at_a_store_changes_no_file_of_it(here):
    swept(here / "s.zarr", points_a_task=1)
    before = files(here / "s.zarr")
    for words in LOOKS:
        assert call(words[0], here / "s.zarr", *words[1:]).exit_code == 0
    assert swept(here / "s.zarr").y.values.tolist() == [2.0, 4.0, 6.0]
    assert files(here / "s.zarr") == before


def test_looking_at_a_damaged_store_changes_no_file_of_it(here):
    swept(here / "s.zarr", points_a_task=1)
    chunk = here / "s.zarr" / "y" / "c" / "1"
    chunk.write_bytes(chunk.read_bytes()[:-1])
    root = here / "s.zarr" / "zarr.json"
    root.write_text(root.read_text().replace("3", "4"))
    before = files(here / "s.zarr")
    told = call("status", here / "s.zarr")
    assert told.exit_code == 0
    assert "damaged blocks  1" in told.output
    for words in LOOKS[1:]:
        assert call(words[0], here / "s.zarr", *words[1:]).exit_code == 2
    assert files(here / "s.zarr") == before


def test_looking_while_a_store_is_made_does_not_harm_it(here):
    stop, ends = threading.Event(), []

    def look():
        while not stop.is_set():
            ends.append(call("status", here / "s.zarr").exit_code)
            time.sleep(0.001)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        data = rf.sweep(
            point, {"x": np.arange(20.0)}, store=here / "s.zarr", executor="serial", points_a_task=1
        )
    finally:
        stop.set()
        watcher.join()
    assert data.y.values.tolist() == [2.0 * k for k in range(20)]
    assert set(ends) <= {0, 2}
    assert [p.name for p in here.iterdir() if p.name != "out"] == ["s.zarr"]
    assert call("status", here / "s.zarr").exit_code == 0


def test_another_user_reads_a_store_that_is_read_only(here):
    swept(here / "s.zarr", points_a_task=1)
    before = files(here / "s.zarr")
    (here / "out").chmod(0o777)
    for path in sorted((here / "s.zarr").rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)
    (here / "s.zarr").chmod(0o555)
    opened = [p for p in (here, *here.parents) if p != Path("/") and not p.stat().st_mode & 0o001]
    modes = {p: p.stat().st_mode for p in opened}
    try:
        for p in opened:
            p.chmod(modes[p] | 0o011)
        done = subprocess.run(
            [sys.executable, Path(__file__).parents[1] / "readers.py", here / "out", here / "s.zarr"],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "HOME": str(here / "out"), "MPLCONFIGDIR": str(here / "out")},
        )
    finally:
        for p, mode in modes.items():
            p.chmod(mode)
        for path in (here / "s.zarr", *(here / "s.zarr").rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[:4] == ["status 0", "export 0", "export --format csv 0", "plot 0"], (
        done.stdout + done.stderr
    )
    whole = [2.0, 4.0, 6.0]
    assert lines[4:7] == [f"serial {whole}", f"threads {whole}", "part [4.0]"], done.stdout + done.stderr
    assert lines[7].startswith("refused can not "), done.stdout
    assert {k: v[2] for k, v in files(here / "s.zarr").items()} == {k: v[2] for k, v in before.items()}
    assert json.loads((here / "s.zarr" / "zarr.json").read_text())["zarr_format"] == 3
