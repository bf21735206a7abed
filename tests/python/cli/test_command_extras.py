"""Every command with every package of an extra missing ends with one line that names the extra."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import redfield as rf
from redfield.cli.app import app
from redfield.cli.extras import EXTRAS

from command_extras import GIVEN, arguments, commands

ROOT = Path(__file__).parents[3]
MODULES = [module for modules in EXTRAS.values() for module in modules]
NEEDED = {
    "run": {"pydantic", "xarray", "zarr", "google_crc32c", "threadpoolctl"},
    "status": {"xarray", "zarr", "google_crc32c"},
    "export": {"xarray", "zarr", "google_crc32c"},
    "plot": {"xarray", "zarr", "google_crc32c", "matplotlib"},
    "doctor": {"threadpoolctl"},
    "info": set(),
    "reproduce landau-zener": {"pydantic", "xarray", "zarr", "matplotlib", "qutip"},
}
"""Modules without which a command can not do anything, beside those of the command line itself."""


def test_the_extras_are_those_of_the_distribution():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for extra, modules in EXTRAS.items():
        for requirement in told["optional-dependencies"][extra]:
            name, _, inner = re.match(r"([\w-]+)(\[(\w+)\])?", requirement).groups()
            for package in filter(None, (name, inner)):
                assert package.replace("-", "_") in modules, requirement


@pytest.fixture(scope="module")
def endings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("extras")
    (folder / GIVEN["study"]).write_text(
        'equations = ["davies"]\nmodel = { kind = "chain", n = 2 }\nobservables.gap = true\n'
        'baths = [{ kind = "ohmic", strength = 0.1, cutoff = 5.0, beta = 1.0 }]\n'
    )
    rf.sweep(lambda x: {"y": x * np.ones(2)}, {"x": [1.0, 2.0]}, store=folder / GIVEN["store"])
    found = [(words, arguments(required, parameters)) for words, required, parameters in commands(app)]
    done = subprocess.run(
        [sys.executable, Path(__file__).parents[1] / "command_extras.py", folder, "nothing", *MODULES],
        input=json.dumps(found),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(found) * (1 + len(MODULES)), done.stderr
    return told


def test_no_command_ends_in_a_traceback(endings):
    assert [e for e in endings if e["traceback"] or "Traceback" in e["output"]] == []
    assert len({e["command"] for e in endings}) >= 14


def test_with_everything_there_commands_end_as_they_should(endings):
    for e in endings:
        if e["module"] == "nothing":
            stopped = "executor must be" in e["output"]
            assert (e["status"], stopped) in ((0, False), (2, True)), e


def test_what_is_missing_is_named_with_its_extra(endings):
    extra_of = {module: extra for extra, modules in EXTRAS.items() for module in modules}
    for e in endings:
        lines = e["output"].strip().splitlines()
        if e["status"] == 1:
            assert len(lines) == 1, e
            assert f"pip install 'redfield[{extra_of[e['module']]}]'" in lines[0], e
        else:
            assert e["module"] not in NEEDED.get(e["command"], set()) | {"typer", "rich"}, e
            assert e["status"] == 0 or "executor must be" in e["output"], e
