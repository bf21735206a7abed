"""Faults of stores, a function a kind: each breaks something at random and asserts how that ends.

The end is what the undisturbed run gives, bit for bit, or a refusal that names the cause; never a changed number, and
never a file changed that was not the store's own.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import xarray as xr

import redfield as rf
from redfield.sweeps import stores

import store_damage

AXES = {"x": np.arange(7.0), "kind": ["a", "bb"]}
WIDER = {"x": np.array([0.0, 5.0, 9.0, 2.0]), "kind": ["bb", "ccc", "a"]}


def point(x, kind, rng):
    if x == 3.0 and kind == "a":
        raise ArithmeticError("three")
    return xr.Dataset(
        {"noise": ("k", rng.standard_normal(3) + x), "size": len(kind)}, {"k": [0.5, 1.5, 2.5]}
    )


def run(path, axes=AXES, samples=2, **options):
    given = {"seed": 5, "store": path, "points_a_task": 3, "workers": 1, "extend": axes is WIDER}
    return rf.sweep(point, axes, samples=samples, **{**given, **options})


def undisturbed(axes=AXES, samples=2):
    return rf.sweep(point, axes, samples=samples, seed=5, executor="serial").load()


def result():
    bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    qubit = rf.System(np.diag([0.5, -0.5]), [np.array([[0, 1], [1, 0]])], bath)
    return rf.Redfield(qubit).evolve([1, 0], np.linspace(0, 5, 6), {"z": np.diag([1, -1])})


def same(a, b):
    """Bit for bit, where a point is done."""
    return set(a.data_vars) == set(b.data_vars) and all(
        a[name].dtype == b[name].dtype and a[name].values.tobytes() == b[name].values.tobytes()
        for name in (*b.data_vars, *b.dims)
    )


def agrees(part, whole):
    """What is done in `part` is what `whole` has there."""
    done = part.status.values == 1
    return all(
        part[name].values[done].tobytes() == whole[name].values[done].tobytes()
        for name in ("noise", "size")
    )


def hashes(folder):
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


class Child:
    """A function in a process of its own, forked from one that has imported all this."""

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["store_faults"])

    def __init__(self, target, *arguments):
        self.process = self.context.Process(target=_silent, args=(target, *arguments))
        self.process.start()

    def ends(self, seconds=60.0):
        self.process.join(seconds)
        alive = self.process.is_alive()
        if alive:
            self.process.kill()
        assert not alive, "it does not end"
        return self.process.exitcode


def _silent(target, *arguments):
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    target(*arguments)


def killed_at(event, target, *arguments):
    """Runs until this many files were opened, moved or removed, and dies there."""
    left = event

    def count(name, given):
        nonlocal left
        if name in ("open", "os.rename", "os.remove", "os.mkdir", "os.link", "sqlite3.connect"):
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    target(*arguments)


def resume(path, wider):
    run(path, WIDER if wider else AXES, 3 if wider else 2)


def save(path):
    result().save(path)


def look(path):
    stores.status(path)
    stores.opened(path).load()


def export(path, target):
    stores.opened(path)[["size"]].load().to_netcdf(target, engine="scipy")


class Faults:
    """The kinds of faults, each a method of (random source, empty folder)."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.expected, self.wider = undisturbed(), undisturbed(WIDER, 3)
        self.result = result()
        self.finished = self.folder / "finished.zarr"
        run(self.finished)
        self.half = self.folder / "half.zarr"
        run(self.half, {"x": AXES["x"], "kind": ["a"]}, 1)
        self.saved = self.folder / "saved.zarr"
        self.result.save(self.saved)

    def damaged(self, rng, folder):
        path = shutil.copytree(self.finished, folder / "s.zarr")
        what = store_damage.break_a_file(rng, path)
        for reading in (lambda: stores.opened(path).load(), lambda: run(path).load()):
            with contextlib.suppress(rf.StoreError):
                assert same(reading(), self.expected), what
        with contextlib.suppress(rf.StoreError):
            run(path, WIDER, 3)
            assert same(run(path, WIDER, 3).load(), self.wider), what

    def damaged_twice(self, rng, folder):
        path = shutil.copytree(self.half, folder / "s.zarr")
        what = store_damage.break_a_file(rng, path), store_damage.break_a_file(rng, path)
        with contextlib.suppress(rf.StoreError):
            assert same(run(path, AXES, 2, extend=True).load(), self.expected), what

    def damaged_result(self, rng, folder):
        path = shutil.copytree(self.saved, folder / "s.zarr")
        what = store_damage.break_a_file(rng, path)
        with contextlib.suppress(rf.StoreError):
            assert rf.Result.load(path) == self.result, what

    def killed(self, rng, folder):
        path, wider = folder / "s.zarr", rng.random() < 0.5
        if rng.random() < 0.6:
            shutil.copytree(self.half if rng.random() < 0.5 else self.finished, path)
            wider = True
        for _ in range(rng.randrange(1, 3)):
            Child(killed_at, rng.randrange(1, 120), resume, path, wider).ends()
            if path.exists():
                assert stores.status(path).damaged == []
        expected = self.wider if wider else self.expected
        assert same(run(path, WIDER if wider else AXES, 3 if wider else 2).load(), expected)

    def killed_by_the_clock(self, rng, folder):
        path = folder / "s.zarr"
        child = Child(resume, path, False)
        time.sleep(rng.uniform(0.0, 0.8))
        child.process.kill()
        child.ends()
        if path.exists():
            assert agrees(stores.opened(path).load(), self.expected)
        assert same(run(path).load(), self.expected)

    def killed_while_it_saved(self, rng, folder):
        path = folder / "s.zarr"
        Child(killed_at, rng.randrange(1, 60), save, path).ends()
        if path.exists():
            assert rf.Result.load(path) == self.result
        else:
            self.result.save(path)
            assert rf.Result.load(path) == self.result

    def killed_while_it_read(self, rng, folder):
        path = shutil.copytree(self.finished, folder / "s.zarr")
        before = hashes(path)
        child = rng.choice(((look, path), (export, path, folder / "x.nc")))
        Child(killed_at, rng.randrange(1, 60), *child).ends()
        assert hashes(path) == before

    def read_while_it_is_written(self, rng, folder):
        path = folder / "s.zarr"
        child, seen = Child(resume, path, False), []
        while child.process.is_alive():
            with contextlib.suppress(rf.StoreError):  # it is not there yet
                found = stores.opened(path).load()
                assert agrees(found, self.expected)
                seen.append(int((found.status != 0).sum()))
        assert child.ends() == 0
        assert seen == sorted(seen)
        assert same(stores.opened(path).load(), self.expected)

    def several_drivers(self, rng, folder):
        path = folder / "s.zarr"
        children = [Child(resume, path, False) for _ in range(rng.randrange(2, 4))]
        time.sleep(rng.uniform(0.0, 0.6))
        children[0].process.kill()
        assert same(run(path).load(), self.expected)
        for child in children[1:]:
            assert child.ends() == 0
        assert same(run(path).load(), self.expected)

    def foreign(self, rng, folder):
        path = folder / "theirs"
        rng.choice(store_damage.FOREIGN)(path, self)
        before = hashes(folder)
        for action in (stores.status, stores.opened, run, rf.Result.load):
            with contextlib.suppress(rf.StoreError):
                action(path)
                raise AssertionError(f"{action} took {path} for a store")
            assert hashes(folder) == before

    def full_disk(self, rng, folder):
        disk = folder / "disk"
        disk.mkdir()
        limits = f"size={rng.randrange(40, 260)}k,nr_inodes={rng.randrange(12, 200)}"
        with _mounted(disk, "-t", "tmpfs", "-o", limits, "none"):
            with contextlib.suppress(rf.StoreError):
                assert same(run(disk / "s.zarr").load(), self.expected)
            subprocess.run(["mount", "-o", "remount,size=16m,nr_inodes=10000", str(disk)], check=True)
            assert same(run(disk / "s.zarr").load(), self.expected)

    def read_only(self, rng, folder):
        path = shutil.copytree(rng.choice((self.finished, self.half)), folder / "s.zarr")
        with _mounted(path, "--bind", "-o", "ro", str(path)):
            before = hashes(path)
            stores.opened(path).load()
            with contextlib.suppress(rf.StoreError):
                assert same(run(path).load(), self.expected)
            assert hashes(path) == before


class UntriedError(Exception):
    """This user may not make the fault."""


@contextlib.contextmanager
def _mounted(folder, *arguments):
    done = subprocess.run(["mount", *arguments, str(folder)], capture_output=True, check=False)
    if done.returncode:
        raise UntriedError("only root may mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


KINDS = [name for name, value in vars(Faults).items() if callable(value) and not name.startswith("_")]


def trial(faults, kind, seed, folder):
    """One fault, the same for the same seed."""
    rng = random.Random(f"{kind} {seed}")
    getattr(faults, kind)(rng, folder)
