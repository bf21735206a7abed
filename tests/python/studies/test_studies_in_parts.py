"""Study files with presets, parts and functions."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from redfield.cli.app import app
from redfield.studies import toml

MODULE = """
def power(base, exponent, rng, *, scale=1.0, shift=0.0):
    return {"value": scale * base**exponent + shift, "noise": rng.random()}
"""
FILE = """
seed = 3
arguments.scale = 2.0

[parts.squares]
point = "my_points:power"
grid = { base = [1.0, 2.0, 3.0], exponent = [2] }
samples = 2

[parts.cubes]
point = "my_points:power"
grid = { base.linspace = [1.0, 2.0, 2], exponent = [3] }
arguments.shift = 1.0

[presets.large]
"parts.squares.grid.base" = [1.0, 2.0, 3.0, 4.0]
"parts.cubes.arguments.shift" = 10.0
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "my_points", raising=False)  # that of another folder
    (tmp_path / "my_points.py").write_text(MODULE)
    (tmp_path / "mine.toml").write_text(FILE)
    return tmp_path / "mine.toml"


def call(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_parts_of_functions(file):
    data = toml.run(toml.load(file))
    assert set(data) == {"squares", "cubes"}
    assert data["squares"].value.dims == ("base", "exponent", "sample")
    assert data["squares"].value.values[:, 0, 0].tolist() == [2.0, 8.0, 18.0]
    assert data["cubes"].value.values.tolist() == [[3.0], [17.0]]
    large = toml.run(toml.load(file, "large", {"seed": 4}))
    assert large["cubes"].value.values.tolist() == [[12.0], [26.0]]
    assert large["squares"].sizes["base"] == 4
    assert large["squares"].attrs["seed"] == 4


def test_the_command(file, tmp_path):
    done = call("run", file)
    assert done.exit_code == 0, done.output
    assert "mine/squares.zarr: 6 points, 0 failed" in done.output
    assert call("status", "mine/cubes.zarr").exit_code == 0
    other = call("run", file, "--set", "parts.squares.grid.base=[1.0, 5.0]")
    assert other.exit_code == 2
    assert "axis base: stored [1, 2, 3] (3), asked [1, 5] (2)" in other.output.replace("\n", " ")
    before = toml.run(toml.load(file), tmp_path / "mine")
    more = call("run", file, "--set", "parts.squares.grid.base=[1.0, 5.0]", "--extend")
    assert more.exit_code == 0, more.output
    assert "mine/squares.zarr: 4 points, 0 failed" in more.output
    assert "done            8" in call("status", "mine/squares.zarr").output
    again = toml.run(toml.load(file), tmp_path / "mine", extend=True)["squares"]
    assert np.array_equal(again.noise, before["squares"].noise)
    preset = call("run", file, "--preset", "large", "--store", "large", "--executor", "processes")
    assert preset.exit_code == 0, preset.output


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"parts.squares.point": "my_points:powr"}, "'my_points:powr' can not be imported"),
        ({"parts.squares.point": "nowhere:f"}, "can not be imported (No module named 'nowhere')"),
        ({"parts.squares.point": "my_points"}, "String should match pattern"),
        ({"arguments": {"scal": 1.0}}, "arguments.scal is no argument of my_points:power, did you mean"),
        (
            {"parts.squares.grid": {"bas": [1.0], "exponent": [1]}},
            "does not fit the axes ['bas', 'exponent']",
        ),
        ({"parts.squares.sampels": 3}, "unknown key 'sampels', did you mean 'samples'?"),
        ({"parts.squares.grid": {"base": {"linspac": [0, 1, 2]}}}, "did you mean 'linspace'?"),
        ({"parts.triangles.samples": 3}, "'parts.triangles.samples' is no entry of this file"),
        ({"parts": {"a/b": {"point": "my_points:power"}}}, "parts.'a/b'"),
        ({"parts": 3}, "parts must be tables"),
    ],
)
def test_what_is_wrong_is_told(file, settings, message):
    with pytest.raises((toml.StudyError, TypeError)) as error:
        toml.run(toml.load(file, None, settings))
    assert message in str(error.value)


def test_settings_of_the_command(file):
    assert "--set must be ENTRY=VALUE, got 'seed'" in call("run", file, "--set", "seed").output
    assert "preset must be one of large, got 'huge'" in call("run", file, "--preset", "huge").output
