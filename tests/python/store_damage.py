"""Damage to stores: a file of one that is broken, and folders that are none where one is asked for."""

from __future__ import annotations

import contextlib
import shutil


def plain_zarr(path, faults):
    faults.expected.drop_vars(["kind"]).to_zarr(path, consolidated=False)


def bare_group(path, faults):
    import zarr

    zarr.open_group(str(path), mode="w")


def parent(path, faults):
    shutil.copytree(faults.finished, path / "a.zarr")
    shutil.copytree(faults.half, path / "b.zarr")


def text(path, faults):
    path.mkdir()
    (path / "thesis.tex").write_text("x")


def impostor(path, faults):
    import sqlite3

    (path / ".redfield").mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(path / ".redfield" / "journal.sqlite")) as db:
        db.execute("CREATE TABLE record (kind, key, value, seal)")
        db.commit()


FOREIGN = (plain_zarr, bare_group, parent, text, impostor)


def break_a_file(rng, folder):
    """One file of a folder, changed; returns what was done."""
    files = sorted(f for f in folder.rglob("*") if f.is_file())
    file, how = rng.choice(files), rng.choice(("flip", "flip", "cut", "delete", "grow", "swap", "zeros"))
    raw = bytearray(file.read_bytes())
    if how == "delete":
        file.unlink()
        return f"{how} {file}"
    if how == "flip" and raw:
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    elif how == "cut":
        raw = raw[: rng.randrange(max(1, len(raw)))]
    elif how == "grow":
        raw += rng.randbytes(rng.randrange(1, 5000))
    elif how == "swap":
        raw = bytearray(rng.choice(files).read_bytes())
    elif how == "zeros":
        at = rng.randrange(max(1, len(raw)))
        raw[at : at + 512] = bytes(len(raw[at : at + 512]))
    file.write_bytes(raw)
    return f"{how} {file}"
