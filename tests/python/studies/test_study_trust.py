"""What the study files of others may run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from redfield.cli.app import app
from redfield.studies import toml

FUNCTION = """
def double(x, rng):
    return {"y": 2 * x}
"""


@pytest.fixture
def here(tmp_path):
    return tmp_path


def call(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def module(name, folder, text):
    sys.modules.pop(name, None)
    (folder / f"{name}.py").write_text(text)


@pytest.mark.parametrize(
    "point",
    [
        "os:system",
        "posix:system",
        "os.path:join",
        "shutil:rmtree",
        "subprocess:run",
        "numpy:sum",
        "numpy.linalg:norm",
        "redfield.studies.toml:run",
        "redfield.sweeps.api:sweep",
        "redfield._base.stores.files:shutil.rmtree",
        "redfield.studies.study:found",
        "redfield.studies.toml.point:run",
        "redfield.studies.dots:Study",
        "redfield.studies.theorem.points:quadratic.equivalence",
        "mine:os.system",
        "mine:system",
        "mine:bound",
        "mine:cached",
        "mine:Path",
        "mine:found.append",
        "elsewhere:f",
        "package.inner:f",
    ],
)
def test_what_lies_elsewhere_is_not_run_without_trust(point, here, monkeypatch):
    (here / "cwd").mkdir()
    (here / "lib" / "package").mkdir(parents=True)
    told = f"open({str(here / 'ran')!r}, 'w').close()\n"
    module(
        "mine", here / "cwd", "import os, functools\nfrom os import system\nfrom pathlib import Path\n"
           "bound = functools.partial(os.system)\ncached = functools.lru_cache(os.system)\nfound = []\n")  # fmt: skip
    module("elsewhere", here / "lib", told + "def f(x): return {'y': x}\n")
    module("package", here / "lib", "")
    (here / "lib" / "package" / "__init__.py").write_text(told)
    (here / "lib" / "package" / "inner.py").write_text(told + "def f(x): return {'y': x}\n")
    monkeypatch.chdir(here / "cwd")
    monkeypatch.syspath_prepend(here / "lib")
    monkeypatch.syspath_prepend(here / "cwd")
    Path("s.toml").write_text(f'point = "{point}"\narguments.command = "touch {here}/ran"\n')
    refused = call("run", "s.toml")
    assert refused.exit_code == 2, refused.output
    assert "--trust" in refused.output
    assert not (here / "ran").exists()
    assert not Path("s.zarr").exists()


def test_what_lies_here_or_is_trusted_runs(here, monkeypatch):
    for name in ("cwd", "lib"):
        (here / name).mkdir()
        (here / name / "deep").mkdir()
    module(
        "mine", here / "cwd", "import functools\n" + FUNCTION + "cached = functools.lru_cache(double)\n"
    )
    (here / "cwd" / "deep" / "inner.py").write_text(FUNCTION)
    module("elsewhere", here / "lib", FUNCTION)
    monkeypatch.chdir(here / "cwd")
    monkeypatch.syspath_prepend(here / "lib")
    monkeypatch.syspath_prepend(here / "cwd")
    (here / "lib" / "deep").rmdir()
    for i, point in enumerate(("mine:double", "deep.inner:double", "elsewhere:double")):
        Path(f"s{i}.toml").write_text(f'point = "{point}"\ngrid.x = [1.0, 2.0]\n')
        trusted = ["--trust"] if point.startswith("else") else []
        done = call("run", f"s{i}.toml", "--executor", "serial", *trusted)
        assert done.exit_code == 0, done.output
    assert toml.run(toml.load("s2.toml")).y.values.tolist() == [2.0, 4.0]
    with pytest.raises(toml.StudyError, match="elsewhere"):
        toml.run(toml.load("s2.toml"), trust=False)
