"""Figure 1: its values, its seeds, and that nothing is lost when it is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from redfield import models
from redfield.cli.app import app
from redfield.studies import fig1, toml
from redfield.studies.toml import schema
from redfield.sweeps import StoreError, stores
from redfield.sweeps.store import Store
from redfield.sweeps.stores import opened

from processes import child

# An independent calculation's max over t of the mean over samples and its standard error, t ≤ 100.
INDEPENDENT = {
    (0, 8): (0.0497, 0.0015),
    (0, 16): (0.0640, 0.0011),
    (0, 32): (0.0713, 0.0008),
    (1, 27): (0.0672, 0.0014),
    (2, 8): (0.0085, 0.0011),
    (2, 27): (0.028, 0.002),
}
COMMAND = [sys.executable, "-c", "from redfield.cli import main; main()", "reproduce", "fig1"]
SMALL = ["--sizes-syk2", "8,20", "--sizes-anderson", "2", "--samples", "6"]
ONE_SWEEP = ["--sizes-syk2", "8,20", "--sizes-anderson", "", "--samples", "6"]
"""The first of the two sweeps of SMALL, whose numbers do not depend on the other."""


@pytest.fixture(scope="module")
def small_run(tmp_path_factory):
    study = fig1.STUDY.load("quick", samples=30, sizes_syk2=(8, 16, 32), sizes_anderson=(2, 3))
    rows = fig1.STUDY.table(toml.run(study, tmp_path_factory.mktemp("fig1"))).rows
    cases = list(dict.fromkeys(row["case"] for row in rows))
    return {(cases.index(row["case"]), row["N"]): row for row in rows}


def test_values_agree_with_the_independent_calculation(small_run):
    for key, (value, error) in INDEPENDENT.items():
        row = small_run[key]
        combined = np.hypot(error, row["± s.e."])
        assert abs(row["maximum"] - value) < 4.0 * combined, key


def test_chaotic_levels_off_and_localised_grows(small_run):
    heights = {key: row["maximum"] for key, row in small_run.items()}
    assert heights[0, 32] / heights[0, 16] < 1.25  # SYK2
    assert heights[2, 27] / heights[2, 8] > 1.8  # localised


def distances(directory: Path) -> dict[str, np.ndarray]:
    return {name: opened(directory / f"{name}.zarr").distance.values for name in ("syk2", "anderson")}


@pytest.fixture(scope="module")
def reference_run(tmp_path_factory):
    directory = tmp_path_factory.mktemp("reference")
    out = CliRunner().invoke(
        app, ["reproduce", "fig1", *SMALL, "--threads", "1", "--output", str(directory)]
    )
    assert out.exit_code == 0, out.output
    return directory, out.output


def test_the_command_writes_figure_table_and_samples(reference_run):
    directory, output = reference_run
    assert (directory / "fig1.png").stat().st_size > 20_000
    assert (directory / "fig1.pdf").stat().st_size > 5_000
    assert "Dirac-SYK2" in output
    assert "± s.e." in output
    with xr.open_zarr(directory / "syk2.zarr", consolidated=False, chunks=None) as data:
        assert data["distance"].dims == ("n", "sample", "equation", "time")
        assert data["distance"].shape == (2, 6, 2, 101)
        assert np.isfinite(data["distance"].values).all()
    told = CliRunner().invoke(app, ["status", str(directory / "syk2.zarr")]).output
    assert "done            12" in told
    found = stores.status(directory / "syk2.zarr")
    assert found.identity["parts"]["argument 'study'.baths[0].beta"][1] == "5.0"
    assert {"redfield", "numpy", "core"} <= set(found.runs[-1]["surroundings"])


def test_two_threads_give_the_same_numbers(reference_run, tmp_path):
    out = CliRunner().invoke(
        app, ["reproduce", "fig1", *SMALL, "--threads", "2", "--output", str(tmp_path)]
    )
    assert out.exit_code == 0, out.output
    for name, expected in distances(reference_run[0]).items():
        assert np.array_equal(distances(tmp_path)[name], expected), name


@pytest.mark.parametrize("executor", ["processes", "dask"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_every_executor_gives_the_same_numbers(reference_run, tmp_path, executor):
    out = CliRunner().invoke(
        app, ["reproduce", "fig1", *ONE_SWEEP, "--executor", executor, "--output", str(tmp_path)]
    )
    assert out.exit_code == 0, out.output
    expected = distances(reference_run[0])["syk2"]
    assert np.array_equal(opened(tmp_path / "syk2.zarr").distance.values, expected)


def resumed(directory: Path) -> dict[str, np.ndarray]:
    """The numbers of the same command in this process, on the stores that another has left."""
    out = CliRunner().invoke(
        app, ["reproduce", "fig1", *SMALL, "--threads", "2", "--output", str(directory)]
    )
    assert out.exit_code == 0, out.output
    return distances(directory)


def complete(directory: Path) -> int:
    return sum(len(Store.at(path).written) for path in directory.glob("[!.]*.zarr"))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_or_interrupted_it_resumes_with_the_same_numbers(reference_run, tmp_path, how):
    command = [*COMMAND, *SMALL, "--threads", "1", "--output", str(tmp_path)]
    with child(command, stderr=subprocess.STDOUT) as process:
        deadline = time.time() + 120
        while complete(tmp_path) < 3 and time.time() < deadline and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(how)
        process.communicate(timeout=60)
    stored = complete(tmp_path)
    assert 3 <= stored < 24
    assert process.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL)

    files = list(tmp_path.glob("*.zarr/distance/c/**/0/0"))
    before = {p: p.stat().st_mtime_ns for p in files}
    assert len(before) >= stored
    found = resumed(tmp_path)
    kept = [p for p, when in before.items() if p.stat().st_mtime_ns == when]
    assert len(kept) >= stored - 1  # at most the sample in flight was computed again
    for name, expected in distances(reference_run[0]).items():
        assert np.array_equal(found[name], expected), name


def test_kills_at_any_moment_do_not_change_a_number(reference_run, tmp_path):
    command = [*COMMAND, *SMALL, "--threads", "2", "--output", str(tmp_path)]
    rng = np.random.default_rng(3)
    for _ in range(int(os.environ.get("REDFIELD_KILLS", "3"))):
        with child(command) as process:
            # From the imports to the last samples.
            time.sleep(rng.uniform(0.6, 2.2))
            process.send_signal(signal.SIGKILL)
            process.wait(10)
    found = resumed(tmp_path)
    for name, expected in distances(reference_run[0]).items():
        assert np.array_equal(found[name], expected), name


def run(directory: Path, **options: Any) -> xr.Dataset:
    study = fig1.STUDY.load("quick", **{"sizes_syk2": (4,), "sizes_anderson": (), **options})
    return toml.run(study, directory, extend=True)["syk2"].load()


def test_more_samples_and_sizes_extend_a_store_and_other_physics_is_refused(tmp_path):
    first = run(tmp_path, samples=2)
    written = {p: p.stat().st_mtime_ns for p in tmp_path.glob("syk2.zarr/distance/c/**/0/0")}
    more = run(tmp_path, samples=5, sizes_syk2=(8, 4))
    assert more.n.values.tolist() == [8, 4]
    assert more.sizes["sample"] == 5
    assert np.array_equal(more.distance.sel(n=4).values[:2], first.distance.sel(n=4).values)
    assert all(p.stat().st_mtime_ns == when for p, when in written.items())
    assert run(tmp_path, samples=2).identical(first.assign_attrs(run(tmp_path, samples=2).attrs))
    with pytest.raises(StoreError, match="seed"):
        run(tmp_path, samples=2, seed=1)
    with pytest.raises(StoreError, match="times"):
        run(tmp_path, samples=2, t_max=7.0)


def test_an_error_in_one_sample_keeps_the_others(tmp_path, monkeypatch):
    original = models.dirac_syk2

    def failing(n, scale=1.0, seed=0):
        if n == 5 and broken:
            raise RuntimeError("five sites failed")
        return original(n, scale, seed)

    broken = True
    monkeypatch.setitem(schema.MODELS, "dirac_syk2", failing)
    command = ["reproduce", "fig1", "--samples", "2", "--sizes-syk2", "4,5,6", "--sizes-anderson", "",
               "--output", str(tmp_path)]  # fmt: skip
    out = CliRunner().invoke(app, command)
    assert out.exit_code == 1
    assert "2 of 6 points failed" in out.output
    assert "n = 5, sample 0: RuntimeError: five sites failed" in out.output
    assert int((opened(tmp_path / "syk2.zarr").status == 1).sum()) == 4
    broken = False
    assert CliRunner().invoke(app, command).exit_code == 1  # told again, not computed
    assert CliRunner().invoke(app, [*command, "--retry"]).exit_code == 0
    assert np.isfinite(opened(tmp_path / "syk2.zarr").distance.values).all()


def test_options_reach_the_physics(tmp_path):
    runner = CliRunner()
    out = runner.invoke(
        app,
        ["reproduce", "fig1", "--samples", "1", "--sizes-syk2", "4", "--sizes-anderson", "2",
         "--open-boundaries", "--disorder-chaotic", "3.5", "--disorder-localized", "40",
         "--t-max", "7", "--seed", "9", "--threads", "1", "--output", str(tmp_path)],
    )  # fmt: skip
    assert out.exit_code == 0, out.output
    identity = stores.status(tmp_path / "anderson.zarr").identity
    assert identity["parts"]["argument 'study'.model.periodic"][1] == "False"
    assert identity["axes"]["disorder"]["values"] == [3.5, 40.0]
    assert identity["seed"] == 9
    assert opened(tmp_path / "syk2.zarr")["time"].values[-1] == 7.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--preset", "huge"], "preset must be one of quick, standard, full, got 'huge'"),
        (["--samples", "0"], "samples must be at least 1, got 0"),
        (["--sizes-syk2", "8,x"], "expected integers"),
        (["--sizes-syk2", "1"], "sizes_syk2 must be at least 2, got 1"),
        (["--disorder-chaotic", "0"], "disorder_chaotic must be positive"),
        (["--t-max", "-1"], "t_max must be positive"),
        (["--threads", "0"], "threads must be at least 1"),
    ],
)
def test_bad_options_are_named(arguments, message, tmp_path):
    out = CliRunner().invoke(app, ["reproduce", "fig1", *arguments, "--output", str(tmp_path / "o")])
    assert out.exit_code == 2
    assert message in " ".join(out.output.replace("│", " ").split())
    assert not (tmp_path / "o").exists()


def test_help_and_info():
    runner = CliRunner()
    helped = runner.invoke(app, ["--help"])
    assert helped.exit_code == 0
    assert "reproduce" in helped.output
    shown = runner.invoke(app, ["info"]).output
    for word in ("redfield", "Eigen", "SIMD", "threads"):
        assert word in shown
