"""The studies of driven systems and of absorption: their figures mean what they say."""

import numpy as np
import pytest
from typer.testing import CliRunner

from redfield.cli.app import app
from redfield.draw.figure import save
from redfield.studies import all_studies, dots, landau_zener, toml
from redfield.studies.absorption import points as absorption
from redfield.studies.annealing.points import problem
from redfield.studies.landau_zener.picture import errors as errors_of


def test_a_sweep_is_exact_at_second_order():
    study = landau_zener.STUDY.load("quick")
    study["parts"]["sweeps"]["grid"] = {"speed": [0.7, 3.0]}
    study["parts"]["sweeps"]["arguments"]["depth"] = 3
    data = toml.run(study)
    errors = errors_of(data)
    assert (errors["exact"] < 1e-4).all()
    assert (errors["memory"] < 3e-5).all()
    assert (errors["redfield"] < errors["davies"]).all()
    assert [row["speed"] for row in landau_zener.STUDY.table(data).rows] == [0.7, 3.0]


def test_annealing_is_written_out_and_drawn(tmp_path):
    out = tmp_path / "anneal"
    done = CliRunner().invoke(
        app, ["reproduce", "annealing", "--qubits", "3", "--time", "20", "--output", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "ground state" in done.output
    assert (out / "annealing.png").stat().st_size > 10_000
    field, ising, z = problem(3, 5)
    assert np.abs(field - field.T).max() == 0.0
    assert np.abs(ising - np.diag(np.diag(ising))).max() == 0.0
    assert np.abs(z[0] @ ising - ising @ z[0]).max() == 0.0


def test_absorption_has_the_strength_of_its_dipoles():
    arguments = {"reorganisation": 35.0, "memory": 50.0, "duration": 1500.0, "points": 301}
    found = {
        name: absorption.spectra(300.0, name, **arguments) for name in ("davies", "redfield", "memory")
    }
    for data in found.values():
        assert float(data["residual"]) < 1e-8
        populations = data["populations"].values
        assert populations[0, 0, 0] == pytest.approx(1.0)
        assert np.allclose(populations.sum(axis=2), 1.0, atol=1e-6)
    # ∫A dω = πΣ|d|², all of which is not inside the window; the centre of gravity is Σ d H d/Σ|d|².
    w = found["memory"]["energy"].values
    curve = found["memory"]["absorption"].values
    whole = np.trapezoid(curve, w)
    assert whole == pytest.approx(np.pi * np.sum(absorption.DIPOLES**2), rel=0.05)
    h = absorption.hamiltonian()[1:, 1:]
    centre = np.sum(absorption.DIPOLES * (h @ absorption.DIPOLES)) / np.sum(absorption.DIPOLES**2)
    assert np.trapezoid(w * curve, w) / whole == pytest.approx(centre, abs=12.0)
    assert np.abs(np.linalg.norm(absorption.DIPOLES, axis=1) - 1.0).max() < 1e-3


def test_dots_stand_beside_qmeq(tmp_path):
    study = dots.STUDY.load("quick")
    study["parts"]["currents"]["grid"]["bias"] = [5.0, 100.0]
    data = toml.run(study)
    for row in dots.STUDY.table(data).rows:
        assert float(row["particles"]) == pytest.approx(float(row["QmeQ's"]), abs=1.1e-5)
        assert float(row["energy"]) == pytest.approx(float(row["QmeQ's energy"]), abs=1.1e-4)
    assert all(path.stat().st_size > 5_000 for path in save(dots.STUDY.draw(data), tmp_path, "dots"))


def test_the_commands_are_told_of():
    told = CliRunner().invoke(app, ["reproduce", "--help"]).output
    names = {study.name.replace("_", "-") for study in all_studies()}
    assert names >= {"landau-zener", "annealing", "absorption", "dots"}
    for name in names:
        assert name in told
