"""The study of accuracy, from the command line, on a few cells whose order and scaling theory tells."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

from redfield.cli.app import app
from redfield.studies import accuracy
from redfield.studies.accuracy.picture import LABELS
from redfield.studies.accuracy.points import DOUBT, errors, predicted, system_of
from redfield.sweeps.stores import opened

WEAK, STRONGER = 0.003, 0.01


def invoke(*arguments):
    return CliRunner().invoke(app, ["reproduce", "accuracy", *map(str, arguments)])


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The output of the command on six cells, and its data."""
    folder = tmp_path_factory.mktemp("accuracy")
    cells = ("--couplings", f"{WEAK},{STRONGER}", "--betas", "0.5", "--gaps", "0.4")
    out = invoke(*cells, "--output", folder)
    assert out.exit_code == 0, out.output
    assert (folder / "accuracy.png").stat().st_size > 30_000
    return out.output, {"errors": opened(folder / "errors.zarr")}


def test_memory_beats_constant_coefficients_in_the_dynamics(study):
    _, data = study
    dynamics = data["errors"].dynamics
    rest = dynamics.drop_sel(equation=["memory", "corrected"]).min("equation")
    assert (dynamics.sel(equation="memory") <= 1.05 * rest).all()
    off_qubit = dynamics.sel(model=["v", "pair"])
    assert (off_qubit.sel(equation="memory") < 0.7 * off_qubit.sel(equation="redfield")).all()


def test_corrected_steady_states_are_right_to_the_next_order(study):
    _, data = study
    part = data["errors"]
    redfield, corrected = (part.steady.sel(equation=name) for name in ("redfield", "corrected"))
    assert (corrected < 0.1 * redfield).all()
    assert (np.abs(part.predicted / redfield - 1.0) < 0.1).all()
    assert not part.doubtful.any()


def test_errors_are_proportional_to_the_coupling(study):
    _, data = study
    part = data["errors"]
    rise = STRONGER / WEAK
    for of in (part.dynamics.sel(equation="memory"), part.steady.sel(equation=["redfield", "davies"])):
        ratio = of.sel(coupling=STRONGER) / of.sel(coupling=WEAK)
        assert (np.abs(ratio / rise - 1.0) < 0.25).all()


def test_the_hierarchy_is_more_exact_than_what_it_judges(study):
    _, data = study
    part = data["errors"]
    assert (part.exact_dynamics < 0.2 * part.dynamics.min("equation")).all()
    assert (part.exact_steady < 0.05 * part.steady.sel(equation="redfield")).all()


def test_the_table_has_a_row_for_each_equation(study):
    printed, data = study
    rows = {str(row["equation"]): row for row in accuracy.STUDY.table(data).rows}
    assert list(rows) == list(LABELS.values())
    assert "predicted over true error" in printed
    least = rows["Redfield, memory"]["dynamics"]
    assert all(not row["dynamics"] < least for row in rows.values())
    assert np.isnan(rows["Redfield, corrected"]["dynamics"])
    assert np.isnan(rows["Redfield, memory"]["steady"])


@pytest.mark.parametrize("model", ["qubit", "v", "pair"])
def test_the_least_gap_is_the_gap_and_baths_are_broad_modes(model):
    system, start = system_of(model, 0.3, 2.0, 0.05)
    assert np.diff(np.linalg.eigvalsh(system.hamiltonian)).min() == pytest.approx(0.3)
    assert np.linalg.norm(start) == pytest.approx(1.0)
    w = 0.7
    for bath in system.baths:
        density = 0.05 * 8.0 * w / ((4.0 - w**2) ** 2 + 4.0 * w**2)
        assert bath.power_spectrum(w) == pytest.approx(density / (1.0 - np.exp(-bath.beta * w)))


def test_a_doubtful_estimate_is_told():
    """Two qubits between hot baths, whose coupling of 0.2 is strong; no warning leaves the record."""
    from redfield import Redfield

    system, _ = system_of("pair", 0.6, 0.3, 0.2)
    with pytest.warns(UserWarning, match=DOUBT):
        Redfield(system).steady_state(error=True)
    _, error, doubtful = predicted(Redfield(system))
    assert doubtful
    assert error > 0.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--gaps", "0.7"], "gaps must be at most 2/3 of the splitting, got 0.7"),
        (["--couplings", "-1"], "couplings must be positive"),
        (["--betas", "0"], "betas must be positive"),
    ],
)
def test_bad_options(arguments, message, tmp_path):
    out = invoke(*arguments, "--output", tmp_path / "o")
    assert out.exit_code == 2
    assert message in " ".join(out.output.replace("│", " ").split())
    assert not (tmp_path / "o").exists()


def test_unknown_model():
    with pytest.raises(ValueError, match=r"model must be one of .*'trio'"):
        errors("trio", 0.1, 1.0, 0.01, points=3, relative=1e-3)
