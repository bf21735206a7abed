"""What commands print, whatever they are given."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import redfield as rf
from redfield.cli.extras import missing
from redfield.cli.output import CHARACTERS, LINES, any_encoding, shortened
from redfield.cli.reproduce import print_table
from redfield.studies import Table

from command_calls import call, store

MARKUP = (
    "[/x]",
    "[red]",
    "[sweep]",
    "[bold red]a[/bold red]",
    "[link=https:a.b]c[/link]",
    ":smile:",
    "[]",
    "\\[x]",
)
ANSI = "\x1b]0;owned\x07\x1b[2J"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("text", MARKUP)
def test_nothing_that_is_given_is_markup(text, here):
    folder = here / "in" / text.replace("/", "|")
    folder.mkdir(parents=True)
    store(folder / "a.zarr")
    told = call("status", folder / "a.zarr")
    assert told.exit_code == 0
    assert f" {folder / 'a.zarr'}\n" in told.output
    assert f"{folder.name}/a.nc" in call("export", folder / "a.zarr", "--output", folder / "a.nc").output
    for command in ("status", "export", "plot", "run"):
        refused = call(command, here / text / "b")
        assert refused.exit_code == 2, refused.output
        assert f"{text}/b" in refused.output
    for words in (["reproduce", text], [text], ["export", folder / "a.zarr", "--format", text]):
        refused = call(*words)
        assert refused.exit_code == 2
        assert text in refused.output.replace("\\\\", "\\"), words
    refused = call("reproduce", "fig1", "--sizes-syk2", text)
    assert refused.exit_code == 2
    assert "Traceback" not in refused.output
    (here / "study.toml").write_text(f'title = 1\n"{text.replace(chr(92), "")}" = 2\n', encoding="utf-8")
    refused = call("run", "study.toml")
    assert refused.exit_code == 2
    assert text.replace("\\", "") in refused.output


def test_messages_of_points_are_not_markup(here, monkeypatch):
    module(
        "messages",
        here,
        "def f(x):\n    if x > 1: raise ValueError(f'[/x] [red] {chr(27)}[2J')\n    return {'y': x}\n",
    )
    monkeypatch.syspath_prepend(here)
    (here / "s.toml").write_text('point = "messages:f"\ngrid.x = [1.0, 2.0]\n')
    failed = call("run", "s.toml")
    assert failed.exit_code == 1
    assert "[/x] [red] \\x1b[2J" in failed.output
    assert "\x1b" not in failed.output
    told = call("status", "s.zarr")
    assert "ValueError: [/x] [red] \\x1b[2J" in told.output
    assert told.exit_code == 0


def test_control_characters_do_not_reach_the_terminal(here):
    refused = call("status", f"{ANSI}.zarr")
    assert refused.exit_code == 2
    assert not {"\x1b", "\x07"} & set(refused.output)
    assert "\\x1b]0;owned" in refused.output


def test_long_refusals_are_a_screen(here):
    (here / "s.toml").write_text(f'model = {{ kind = "{"x" * 500_000}" }}\n')
    told = call("run", "s.toml").output
    assert len(told) < CHARACTERS + 200
    assert "characters left out" in told
    (here / "s.toml").write_text("\n".join(f"wrong{i} = 1" for i in range(3000)))
    assert len(call("run", "s.toml").output) < CHARACTERS + 200
    many = shortened("\n".join(["first", *map(str, range(10_000)), "remedy"]))
    assert len(many.split("\n")) <= LINES
    assert many.startswith("first")
    assert many.endswith("remedy")


def test_an_encoding_that_has_no_greek(here, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    any_encoding()
    print("‖ρ‖ \udcff")
    stream.flush()
    assert stream.buffer.getvalue() == b"\\u2016\\u03c1\\u2016 \\udcff\n"


def test_commands_survive_an_ascii_terminal(here):
    def point(x):
        if x > 1.0:
            raise ValueError("‖ρ‖ → ∞")
        return {"y": x * np.ones(2)}

    rf.sweep(point, {"x": [0.5, 1.0, 2.0]}, store=here / "τ.zarr")
    script = """
import os, sys
from redfield.cli import main
for line in os.environb[b"COMMANDS"].splitlines():
    sys.argv = ["redfield", *os.fsdecode(line).split()]
    try:
        main()
    except SystemExit as end:
        print("ended", end.code)
"""
    ends = {
        "status τ.zarr": 0, "status ν.zarr": 2, "export τ.zarr": 0, "plot τ.zarr": 0, "--help": 0, "ω": 2,
        "export τ.zarr --format csv": 0, "reproduce --help": 0, "reproduce fig1 --help": 0, "info": 0,
        "plot τ.zarr --variable λ": 2, "reproduce locality --executor ω": 2,
    }  # fmt: skip
    environment = {
        **os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0", "COMMANDS": "\n".join(ends)
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=environment, check=False
    )
    output = done.stdout.decode("ascii") + done.stderr.decode("ascii")
    assert done.returncode == 0, output
    assert [x for x in output.splitlines() if x.startswith("ended")] == [
        f"ended {k}" for k in ends.values()
    ]
    assert "\\u2016\\u03c1\\u2016 \\u2192 \\u221e" in output


def test_what_netcdf_has_no_type_for(here):
    def point(x, name):
        return {
            "big": np.uint64(2**40 + 1),
            "small": np.uint8(200),
            "flag": True,
            "half": np.float16(0.5),
            "deep": xr.DataArray(
                [1, 2], dims="k", attrs={"list": ["a", "b"], "on": True, "none": None, "n": 2**40}
            ),
        }

    rf.sweep(point, {"x": [1, 2], "name": ["a", "β"]}, store="a.zarr")
    told = call("export", "a.zarr")
    assert told.exit_code == 0, told.output
    found = xr.load_dataset("a.nc", engine="scipy")
    assert found.big.values.ravel().tolist() == [2.0**40 + 1] * 4
    assert found.small.values.ravel().tolist() == [200] * 4
    assert found.name.values.astype(str).tolist() == ["a", "β"]
    rf.sweep(lambda x: {"y": 2**53 + x}, {"x": [1, 3]}, store="b.zarr")
    refused = call("export", "b.zarr")
    assert refused.exit_code == 2
    assert "choose --format csv" in refused.output
    assert not Path("b.nc").exists()


@pytest.mark.parametrize("made", [ImportError("no xarray"), ModuleNotFoundError("x", name="zarr.codecs")])
def test_an_import_error_names_its_extra(made):
    assert "pip install 'redfield[sweep]'" in missing(made)
    assert "pip install 'redfield[all]'" in missing(ImportError("something\nelse"))


def test_points_that_lack_an_extra_are_told_so(here, monkeypatch):
    module("lacks", here, "def f(x):\n    import qutip.nothing\n")
    monkeypatch.syspath_prepend(here)
    (here / "s.toml").write_text('point = "lacks:f"\ngrid.x = [1.0, 2.0]\n')
    told = call("run", "s.toml")
    assert told.exit_code == 1
    assert told.output.endswith("pip install 'redfield[qutip]'\n")


@pytest.mark.parametrize("text", ["[/x]://a", "http://a:1"])
def test_addresses_that_dask_does_not_have_are_refused(text, here):
    (here / "s.toml").write_text('point = "redfield.studies.locality.points:gain"\n')
    refused = call("run", "s.toml", "--executor", text)
    assert refused.exit_code == 2
    assert text in refused.output


@pytest.mark.parametrize("text", ["x = ", "= 3", "\0", "presets = 3"])
def test_files_that_are_no_study_are_refused(text, here):
    (here / "s.toml").write_text(text)
    for words in ([], ["--preset", "a"], ["--set", "=3"], ["--set", "[0]=3"]):
        refused = call("run", "s.toml", *words)
        assert refused.exit_code == 2
        assert refused.output.startswith("error: ")


def test_tables_of_numbers_have_an_ascii_form(here, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    any_encoding()
    print_table(Table("‖ρ‖ [/x]", [{"ρ": "[red]", "[/y]": 0.5}]))
    stream.flush()
    told = stream.buffer.getvalue().decode("ascii")
    assert all(text in told for text in ("[/x]", "[red]", "[/y]", "\\u03c1", "0.5"))


def module(name, folder, text):
    sys.modules.pop(name, None)
    (folder / f"{name}.py").write_text(text)


def test_a_cluster_that_a_sweep_starts_listens_to_this_machine_alone_and_ends_with_it():
    psutil = pytest.importorskip("psutil")

    def workers():  # Python's own tracker of shared memory stays
        children = psutil.Process().children(recursive=True)
        return {p.pid for p in children if "resource_tracker" not in " ".join(p.cmdline())}

    before, places, started = workers(), set(), set()

    def look(fraction):
        processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
        started.update(workers())
        places.update(
            c.laddr.ip for p in processes for c in p.net_connections("inet") if c.status == "LISTEN"
        )

    data = rf.sweep(lambda x: {"y": 2 * x}, {"x": [1.0, 2.0]}, executor="dask", workers=1, progress=look)
    assert data.y.values.tolist() == [2.0, 4.0]
    assert '"executor": "dask"' in data.attrs["runs"]
    assert places == {"127.0.0.1"}
    assert started - before
    assert not workers() & (started - before)


def test_the_version_is_told():
    assert call("--version").output == f"redfield {rf.__version__}\n"
