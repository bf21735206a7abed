"""Figure 1: its values, its seeds, and that nothing is lost when it is interrupted."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from redfield.cli.app import app
from redfield.reproduce import figure1
from redfield.sweeps.store import SampleStore, open_samples
from redfield.sweeps.study import compute

from processes import child

# An independent calculation's max over t of the mean over samples and its standard error, t ≤ 100.
INDEPENDENT = {
    ("syk2", 8): (0.0497, 0.0015),
    ("syk2", 16): (0.0640, 0.0011),
    ("syk2", 32): (0.0713, 0.0008),
    ("anderson-chaotic", 27): (0.0672, 0.0014),
    ("anderson-localized", 8): (0.0085, 0.0011),
    ("anderson-localized", 27): (0.028, 0.002),
}
COMMAND = [sys.executable, "-c", "from redfield.cli import main; main()", "reproduce", "fig1"]
SMALL = ["--sizes-syk2", "8,20", "--sizes-anderson", "2", "--samples", "6"]


@pytest.fixture(scope="module")
def small_run(tmp_path_factory):
    p = figure1.with_options("quick", samples=60, sizes_syk2=(8, 16, 32), sizes_anderson=(2, 3))
    return p, figure1.panels(p, compute(p, tmp_path_factory.mktemp("fig1")))


def test_values_agree_with_the_independent_calculation(small_run):
    _, panels = small_run
    ours = {
        (family, curve.size): curve
        for family, panel in zip(figure1.FAMILIES, panels, strict=True)
        for curve in panel.curves
    }
    for key, (value, error) in INDEPENDENT.items():
        curve = ours[key]
        combined = np.hypot(error, curve.standard_error)
        assert abs(curve.mean[curve.peak] - value) < 4.0 * combined, key


def test_chaotic_levels_off_and_localised_grows(small_run):
    _, panels = small_run
    heights = [[curve.mean[curve.peak] for curve in panel.curves] for panel in panels]
    assert heights[0][2] / heights[0][1] < 1.25  # SYK2 from N = 16 to 32
    assert heights[2][1] / heights[2][0] > 1.8  # localised from N = 8 to 27


def distances(directory: Path) -> dict[str, np.ndarray]:
    names = ("syk2/N0008", "syk2/N0020", "anderson-chaotic/N0008", "anderson-localized/N0008")
    return {name: open_samples(directory / "samples.zarr", name)["distance"].values for name in names}


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
    with xr.open_zarr(
        directory / "samples.zarr", group="syk2/N0020", consolidated=False, chunks=None
    ) as data:
        assert data["distance"].dims == ("sample", "time")
        assert data["distance"].shape == (6, figure1.POINTS)
        assert np.isfinite(data["distance"].values).all()
        assert (data["applications"].values > 0).all()
        assert len(set(data["seed"].values.tolist())) == 6
    root = xr.open_zarr(directory / "samples.zarr", consolidated=False, chunks=None)
    assert root.attrs["parameters"]["beta"] == 5.0
    assert {"redfield", "numpy", "eigen", "zarr"} <= set(root.attrs["versions"])


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
        app, ["reproduce", "fig1", *SMALL, "--executor", executor, "--output", str(tmp_path)]
    )
    assert out.exit_code == 0, out.output
    for name, expected in distances(reference_run[0]).items():
        assert np.array_equal(distances(tmp_path)[name], expected), name


def complete(directory: Path) -> int:
    return sum(
        1
        for path in directory.glob("samples.zarr/*/*/complete/c/*")
        if not path.name.endswith(".partial")
    )


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_or_interrupted_it_resumes_with_the_same_numbers(reference_run, tmp_path, how):
    command = [*COMMAND, *SMALL, "--threads", "1", "--output", str(tmp_path)]
    with child(command, stderr=subprocess.STDOUT) as process:
        deadline = time.time() + 60
        while complete(tmp_path) < 3 and time.time() < deadline and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(how)
        process.communicate(timeout=30)
    stored = complete(tmp_path)
    assert 3 <= stored < 24
    assert process.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL)

    before = {p: p.stat().st_mtime_ns for p in tmp_path.glob("samples.zarr/*/*/distance/c/*/0")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    kept = [p for p, when in before.items() if p.stat().st_mtime_ns == when]
    assert len(kept) >= stored - 1  # at most the sample in flight was computed again
    for name, expected in distances(reference_run[0]).items():
        assert np.array_equal(distances(tmp_path)[name], expected), name


def test_more_samples_extend_a_store_and_other_physics_is_refused(tmp_path):
    p = figure1.with_options("quick", samples=2, sizes_syk2=(4,), sizes_anderson=())
    path = compute(p, tmp_path)
    first = open_samples(path, "syk2/N0004")["distance"].values
    more = figure1.with_options("quick", samples=5, sizes_syk2=(4,), sizes_anderson=())
    compute(more, tmp_path)
    assert np.array_equal(open_samples(path, "syk2/N0004")["distance"].values[:2], first)
    assert open_samples(path, "syk2/N0004").sizes["sample"] == 5
    other = figure1.with_options("quick", samples=2, sizes_syk2=(4,), sizes_anderson=(), seed=1)
    with pytest.raises(ValueError, match="seed: stored 0, asked 1"):
        compute(other, tmp_path)


@pytest.mark.parametrize("made", [0, 1, 2, 4])
def test_a_process_killed_while_it_made_a_case_leaves_a_store_that_resumes(tmp_path, made):
    times = np.array([0.0, 1.0])
    SampleStore(tmp_path / "s", {}, times, figure1.FIGURE1_FIELDS).case("a", 3, {})
    order = ["time", "distance", "seconds", "applications", "seed", "checksum", "complete"]
    for name in order[made:]:
        shutil.rmtree(tmp_path / "s" / "a" / name)
    case = SampleStore(tmp_path / "s", {}, times, figure1.FIGURE1_FIELDS).case("a", 3, {})
    case.write(1, {"distance": np.ones(2), "seconds": 0.0, "applications": 1, "seed": 0})
    assert case.complete().tolist() == [False, True, False]


def test_a_foreign_directory_is_not_touched(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(ValueError, match="not a sample store"):
        SampleStore(tmp_path, {}, np.zeros(1), {})


def test_an_error_in_one_sample_keeps_the_others(tmp_path, monkeypatch):
    original = figure1.Parameters.compute_sample

    def failing(self, case, sample):
        if sample == 2:
            raise RuntimeError("sample 2 failed")
        return original(self, case, sample)

    monkeypatch.setattr(figure1.Parameters, "compute_sample", failing)
    p = figure1.with_options("quick", samples=4, sizes_syk2=(4,), sizes_anderson=())
    with pytest.raises(RuntimeError, match="sample 2 failed"):
        compute(p, tmp_path, threads=1)
    assert set(open_samples(tmp_path / "samples.zarr", "syk2/N0004").sample.values) >= {0, 1}


def test_options_reach_the_physics(tmp_path):
    runner = CliRunner()
    out = runner.invoke(
        app,
        ["reproduce", "fig1", "--samples", "1", "--sizes-syk2", "4", "--sizes-anderson", "2",
         "--open-boundaries", "--disorder-chaotic", "3.5", "--disorder-localized", "40",
         "--t-max", "7", "--seed", "9", "--threads", "1", "--output", str(tmp_path)],
    )  # fmt: skip
    assert out.exit_code == 0, out.output
    attrs = xr.open_zarr(tmp_path / "samples.zarr", consolidated=False, chunks=None).attrs["parameters"]
    assert attrs["periodic"] is False
    assert attrs["disorder_chaotic"] == 3.5
    assert attrs["disorder_localized"] == 40.0
    assert attrs["t_max"] == 7.0
    assert attrs["seed"] == 9
    data = open_samples(tmp_path / "samples.zarr", "syk2/N0004")
    assert data["time"].values[-1] == 7.0


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
