"""The studies of quadratic systems, from the command line, at small sizes."""

from __future__ import annotations

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

import redfield.studies
from redfield.cli.app import app
from redfield.cli.reproduce import command_of
from redfield.studies import all_studies, driven, locality, theorem
from redfield.studies import study as study_module
from redfield.studies.common import gaussian_band
from redfield.studies.manybody.growth import Growth, growths
from redfield.studies.manybody.matrix_elements import matrix_element_sums
from redfield.studies.study import FILE, HERE
from redfield.studies.theorem.points import sublattice
from redfield.studies.toml import load, parts_of
from redfield.studies.toml.files import check
from redfield.sweeps.stores import opened


def invoke(*arguments):
    return CliRunner().invoke(app, ["reproduce", *map(str, arguments)])


def parts(directory, *names):
    return {name: opened(directory / f"{name}.zarr") for name in names}


def test_theorem(tmp_path):
    out = invoke("theorem", "--sizes", "4,12", "--samples", "2", "--output", tmp_path)
    assert out.exit_code == 0, out.output
    assert (tmp_path / "theorem.png").stat().st_size > 30_000
    assert "residual" in out.output
    data = parts(tmp_path, "sizes", "signs")
    rows = {(r["J_j"], r["N"]): r for r in theorem.STUDY.table(data).rows}
    for n in (4, 12):
        uniform, uneven = rows["uniform", n], rows["uneven", n]
        assert uniform["residual"] < 1e-12
        assert uniform["D − R"] < 1e-12
        assert uneven["residual"] > 0.1
        assert uneven["D − R"] > 1e-2
        assert uniform["Redfield"] < 0.05 < uniform["local"]
    assert np.isnan(rows["uneven", 12]["Redfield"])  # beyond the preset's largest exact size
    signs = data["signs"].isel(time=-1)
    ratios = signs["redfield"] / signs["strength"]
    assert ratios.max() < 1.1 * ratios.min()
    assert signs["printed"].min() > 0.9 * signs["printed"].max()
    ring = sublattice(gaussian_band(2.0, 1.0, 0.3))
    assert len(ring.surviving) == 24 * 3
    assert set((ring.surviving[:, 0] - ring.surviving[:, 1]) % 6) == {0}


def test_driven(tmp_path):
    chain = ("--periods", 16, "--frequency", 12, "--coupling", 1.7)  # short, and soon periodic
    out = invoke("driven", "--ratios", "4,12", "--gaps", "0.001", *chain, "--output", tmp_path)
    assert out.exit_code == 0, out.output
    assert (tmp_path / "driven.png").stat().st_size > 30_000
    data = parts(tmp_path, "sweeps", "floquet")
    rows = {(r["gap·T"], r["T/τ_B"]): r for r in driven.STUDY.table(data).rows}
    for gap in ("wide", "0.001"):
        assert rows[gap, 12.0]["Davies"] < 0.5 * rows[gap, 4.0]["Davies"]
        assert rows[gap, 12.0]["Redfield"] < rows[gap, 12.0]["Davies"]
        assert rows[gap, 12.0]["error of exact"] < 1e-5
    # However close the levels come, the error is that of the wide gap.
    assert rows["0.001", 12.0]["Davies"] < 1.5 * rows["wide", 12.0]["Davies"]
    floquet = data["floquet"].isel(sample=0, period=-1)
    assert floquet["davies_cycle"] < 1e-6
    assert floquet["redfield_cycle"] < 1e-6


def test_manybody(tmp_path):
    """At sizes that run in seconds; the elements against loops, the curves against two evolutions."""
    out = invoke(
        "manybody", "--sizes", "4,6,8", "--dynamic", "6", "--samples", "12", "--output", tmp_path
    )
    assert out.exit_code == 0, out.output
    assert (tmp_path / "manybody.png").stat().st_size > 30_000
    assert "exponents of N" in out.output
    names = ("elements", "dynamics", "elements_clean", "dynamics_clean")
    by_family = {g.family: g for g in growths(parts(tmp_path, *names))}
    chaotic = by_family["chaotic"]
    assert chaotic.numbers[8]["secular"].shape == (12,)
    assert chaotic.value("ratio", 8)[0] < chaotic.value("ratio", 6)[0]
    assert chaotic.value("distance", 6)[0] > 2 * by_family["localised"].value("distance", 6)[0]
    assert np.isnan(chaotic.value("distance", 8)[0])
    assert np.isnan(chaotic.exponent("distance")[0])


def test_matrix_element_sums_and_exponents_are_their_definitions():
    rng = np.random.default_rng(1)
    n, sites = 40, 3
    h = rng.standard_normal((n, n))
    e, v = np.linalg.eigh(h + h.T)
    diagonals = rng.choice([-1.0, 1.0], (sites, n))
    secular, nonsecular = matrix_element_sums(e, v, diagonals, 1e9, rng)
    total, count = 0.0, 0
    for k in range(10, 30):
        for m in range(k):
            if m >= 10:
                total += sum((v[:, k] @ (d * v[:, m])) ** 2 for d in diagonals)
                count += 1
    assert secular == pytest.approx(n * total / count)
    assert 0.2 < nonsecular / secular < 1.0
    sizes = (4, 8, 16, 32)
    numbers = {s: {"secular": s**1.5 * (1 + 0.02 * rng.standard_normal(50))} for s in sizes}
    a, error = Growth("chaotic", numbers, {}, np.zeros(1)).exponent("secular")
    assert a == pytest.approx(1.5, abs=5 * error)
    assert 0.0 < error < 0.02


def test_locality(tmp_path):
    out = invoke("locality", "--sites", "80", "--reach", "12", "--output", tmp_path)
    assert out.exit_code == 0, out.output
    assert (tmp_path / "locality.png").stat().st_size > 30_000
    data = parts(tmp_path, "damping", "truncation")
    assert data["damping"].sizes["distance"] == 80
    # In sites, beyond one or two the lattice is fine enough for a continuum's length.
    ratio = (data["damping"].decay_length / data["damping"].reach).values
    assert np.abs(ratio[data["damping"].reach.values > 3.0] - 1.0).max() < 0.06
    error = data["truncation"].steady_state.sel(width=2.0).values
    assert error[12] < 1e-4 < error[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["theorem", "--sizes", "1"], "sizes must be at least 2, got 1"),
        (["theorem", "--preset", "vast"], "preset must be one of quick, standard, full, got 'vast'"),
        (["driven", "--ratios", "a"], "expected numbers separated by commas"),
        (["driven", "--gaps", "-1"], "gaps must be positive"),
        (["manybody", "--sizes", "5"], "sizes must be even, got 5"),
        (["locality", "--reach", "0"], "reach must be at least 1"),
        (["locality", "--reach", "100"], "reach = 100 must be less than sites = 60"),
    ],
)
def test_bad_options(arguments, message, tmp_path):
    out = invoke(*arguments, "--output", tmp_path / "o")
    assert out.exit_code == 2
    assert message in " ".join(out.output.replace("│", " ").split())
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("study", all_studies(), ids=lambda study: study.name)
def test_every_preset_is_a_study(study):
    file = HERE / study.name / FILE
    raw = load(file)
    for preset in ("quick", "standard", "full"):
        assert study.load(preset) == load(file, preset)
        for part in parts_of(load(file, preset)).values():
            check(part)
    assert set(raw["presets"]) == {"quick", "standard", "full"}


def test_a_folder_is_a_study_and_a_command(tmp_path, monkeypatch):
    """Nothing but the folder names it: its options, stores, table and picture are those of its four files."""
    folder = tmp_path / "its" / "free_fall"
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(
        '[parts.drops]\npoint = "redfield.studies.free_fall.points:drop"\ngrid.time = [1.0, 2.0]\n'
        "arguments.g = 9.81\n[presets.quick]\n"
    )
    (folder / "__init__.py").write_text(
        "from redfield.studies import Option, Study\n"
        "g = Option('Acceleration.', float, ['parts.drops.arguments.g'])\n"
        "STUDY = Study(__name__, 'A stone falls.', {'gravity': g})\n"
    )
    (folder / "points.py").write_text("def drop(time, *, g):\n    return {'way': g * time**2 / 2}\n")
    (folder / "picture.py").write_text(
        "from redfield.draw.figure import new_figure, panel\n"
        "from redfield.studies import Table\n"
        "def table(data):\n"
        "    return Table.of('ways', data['drops'], ('time',), {'time': 't', 'way': 'metres'})\n"
        "def draw(data):\n"
        "    figure = new_figure(4.0, 3.0)\n"
        "    axis = figure.subplots()\n"
        "    axis.plot(data['drops'].time, data['drops'].way, label='stone')\n"
        "    panel(axis, 'ways', 't', 'm')\n"
        "    return figure\n"
    )
    monkeypatch.setattr(study_module, "HERE", folder.parent)
    monkeypatch.setattr(redfield.studies, "__path__", [*redfield.studies.__path__, str(folder.parent)])
    (study,) = all_studies()
    commands = typer.Typer()
    commands.command()(command_of(study))
    words = ["--gravity", "2", "--output", str(tmp_path / "out"), "--executor", "serial"]
    done = CliRunner().invoke(commands, words)
    assert done.exit_code == 0, done.output
    assert "metres" in done.output
    assert opened(tmp_path / "out" / "drops.zarr").way.values.tolist() == [1.0, 4.0]
    assert (tmp_path / "out" / "free_fall.pdf").exists()
    assert "Acceleration." in CliRunner().invoke(commands, ["--help"]).output
    refused = CliRunner().invoke(commands, ["--gravity", "0"])
    assert refused.exit_code == 2
    assert "gravity must be positive" in refused.output


def test_defaults_of_locality_fit_together():
    for preset in ("quick", "standard", "full"):
        cut = locality.STUDY.load(preset)["parts"]["truncation"]["arguments"]
        assert cut["reach"] < cut["sites"]
