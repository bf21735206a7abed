"""Studies as files, and the commands that run them."""

from __future__ import annotations

import copy
import hashlib
import itertools
import json

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

import redfield as rf
from redfield.cli.app import app
from redfield.studies import toml

STUDY = """
title = "three sites"
equations = ["redfield", { kind = "davies", lamb_shift = false }]
samples = 2
seed = 7

[model]
kind = "anderson"
length = 3
dims = 1
disorder = 2.0

[[baths]]
kind = "ohmic"
strength = 0.04
cutoff = 10.0
beta = 5.0

[grid.disorder]
sets = "model.disorder"
values = [1.0, 4.0]

[grid.beta]
sets = "baths[0].beta"
geomspace = [0.5, 5.0, 3]

[times]
linspace = [0.0, 20.0, 5]

[observables]
energy = true
distance = true
populations = true
steady_populations = true
gap = true
operators.first = [[1, 0, 0], [0, 0, 0], [0, 0, 0]]
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    return path


def call(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_a_study_is_what_calls_give(file):
    data = toml.run(toml.load(file))
    assert data.populations.dims == ("disorder", "beta", "sample", "equation", "time", "level")
    assert data.equation.values.tolist() == ["redfield", "davies"]
    times = np.linspace(0.0, 20.0, 5)
    for w, b in itertools.product((1.0, 4.0), np.geomspace(0.5, 5.0, 3)):
        for k in range(2):
            key = hashlib.sha256(json.dumps({"beta": b, "disorder": w}).encode()).digest()[:16]
            spawn_key = (int.from_bytes(key, "little"), k)
            rng = np.random.default_rng(np.random.SeedSequence(7, spawn_key=spawn_key))
            h = rf.models.anderson(3, w, dims=1, seed=rng)
            system = rf.System(h, rf.SiteProjectors(3), rf.OhmicBath(0.04, 10.0, b))
            made = {"redfield": rf.Redfield(system), "davies": rf.Davies(system, lamb_shift=False)}
            here = data.sel(disorder=w, beta=b).isel(sample=k)
            for name, equation in made.items():
                of = here.sel(equation=name)
                result = equation.evolve([1, 0, 0], times, {"h": h}, store_states=True)
                populations = np.einsum("tkk->tk", result.states).real
                assert np.array_equal(of.energy, result.expect["h"])
                assert np.array_equal(of.populations, populations)
                assert np.abs(of.first - populations[:, 0]).max() < 1e-12
                assert (
                    np.abs(of.steady_populations - np.diag(equation.steady_state().state)).max() < 1e-12
                )
                assert of.gap == equation.spectrum().gap
            distance = [
                rf.trace_norm(x - y)
                for x, y in zip(*(e.evolve([1, 0, 0], times).states for e in made.values()), strict=True)
            ]
            assert np.abs(here.distance.sel(equation="davies") - distance).max() < 1e-5


def test_the_commands(file, tmp_path):
    done = call("run", file)
    assert done.exit_code == 0, done.output
    assert "12 points, 0 failed" in done.output
    assert call("run", file, "--store", tmp_path / "study.zarr", "--executor", "serial").exit_code == 0
    told = call("status", "study.zarr")
    assert "done            12" in told.output
    assert "missing         0" in told.output
    assert call("export", "study.zarr").exit_code == 0
    exported = xr.load_dataset("study.nc", engine="scipy")
    whole = xr.open_zarr("study.zarr", consolidated=False, chunks=None)
    assert np.array_equal(exported.energy, whole.energy)
    assert call("export", "study.zarr", "--format", "csv").exit_code == 0
    lines = (tmp_path / "study-gap.csv").read_text().splitlines()
    assert lines[0] == "disorder,beta,sample,equation,gap"
    assert len(lines) == 1 + 24
    assert call("plot", "study.zarr", "--variable", "distance").exit_code == 0
    assert (tmp_path / "study.pdf").stat().st_size > 5000
    assert "is none of" in call("plot", "study.zarr", "--variable", "nothing").output
    assert "format must be netcdf or csv" in call("export", "study.zarr", "--format", "xls").output
    for command in ("status", "plot", "export"):
        missing = call(command, "nowhere.zarr")
        assert missing.exit_code == 2
        assert "there is no store" in missing.output


def test_a_changed_study_is_refused_with_the_difference(file):
    assert call("run", file).exit_code == 0
    file.write_text(STUDY.replace("cutoff = 10.0", "cutoff = 20.0"))
    refused = call("run", file)
    assert refused.exit_code == 2
    assert "baths[0].cutoff: stored 10.0, asked 20.0" in refused.output.replace("\n", " ")


def test_failing_points_end_the_command_with_1(file):
    file.write_text(STUDY.replace('kind = "ohmic"', 'kind = "ohmic"\nexponent = 0.5'))
    done = call("run", file)
    assert done.exit_code == 2  # all of them fail
    assert "no point could be computed" in done.output.replace("\n", " ")


def test_the_doctor():
    told = call("doctor")
    assert told.exit_code == 0
    assert "its floor" in told.output


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("modle",), {}, "unknown key 'modle', did you mean 'model'?"),
        (("baths", 0, "bta"), 1.0, "unknown key 'baths[0].bta', did you mean 'beta'?"),
        (("model", "kind"), "andersn", "model.kind = 'andersn' is unknown, did you mean 'anderson'?"),
        (("model", "kind"), "qqq", "choose one of anderson, aubry_andre"),
        (
            ("equations", 0),
            "redfeld",
            "equations[0].kind = 'redfeld' is unknown, did you mean 'redfield'?",
        ),
        (("observables", "populatons"), True, "did you mean 'populations'?"),
        (("observables",), {}, "observables asks for nothing"),
        (("tolerances",), {"rtoll": 1.0}, "unknown key 'tolerances.rtoll', did you mean 'rtol'?"),
        (("grid", "beta", "sets"), "baths[3].beta", "'baths[3].beta' is no entry of this file"),
        (("grid", "beta", "setz"), "x", "unknown key 'grid.beta.setz', did you mean 'sets'?"),
        (("grid", "beta", "values"), [1.0], "give one of values, linspace"),
        (("grid", "beta", "sets"), "baths[0].kind", "baths[0].kind"),
        (("samples",), 0, "samples: Input should be greater than 0 (got 0)"),
        (("model", "disorder"), "high", "model.disorder: Input should be a valid number"),
        (("times",), None, "times is needed for what observables asks"),
        (("equations",), ["redfield"], "observables.distance needs two equations"),
        (("initial",), {"site": 0, "eigenstate": 1}, "give one of site, eigenstate and state"),
        (("baths", 0, "temperature"), 2.0, "give one of beta and temperature"),
        (("baths",), [], "baths: List should have at least 1 item"),
    ],
)
def test_what_no_study_says(file, place, value, message):
    raw = copy.deepcopy(toml.load(file))
    table = raw
    for key in place[:-1]:
        table = table[key]
    if value is None:
        del table[place[-1]]
    else:
        table[place[-1]] = value
    with pytest.raises(toml.StudyError) as error:
        toml.files.check(raw)
    assert message in str(error.value)


def test_matrices_operators_and_one_point(tmp_path):
    study = {
        "model": {"kind": "matrix", "hamiltonian": {"real": [[0.5, 0.1], [0.1, -0.5]], "imag": [[0, 0.2], [-0.2, 0]]}},
        "couplings": {"kind": "operators", "operators": [[[0, 1], [1, 0]], [[1, 0], [0, -1]]]},
        "baths": [
            {"kind": "drude", "strength": 0.02, "cutoff": 5.0, "beta": 1.0},
            {"kind": "ohmic", "strength": 0.02, "cutoff": 5.0, "beta": 1.0},
        ],
        "equations": ["davies"],
        "observables": {"steady_populations": True},
    }  # fmt: skip
    data = toml.run(study, tmp_path / "one.zarr")
    h = np.array([[0.5, 0.1 + 0.2j], [0.1 - 0.2j, -0.5]])
    e, u = np.linalg.eigh(h)
    gibbs = (u * np.exp(-e)) @ u.conj().T / np.exp(-e).sum()
    assert np.abs(data.steady_populations.values.ravel() - np.diag(gibbs).real).max() < 1e-12


def test_the_entries_of_a_kind_are_the_arguments_of_its_function():
    """Checks that annotations carry change no type: a Scale is a number."""
    fields = {
        kind: {name for name in table.model_fields if name != "kind"}
        for union in (toml.schema.Model, toml.schema.Bath, toml.schema.Equation)
        for table in union.__origin__.__args__
        for kind in table.model_fields["kind"].annotation.__args__
    }
    assert fields["dirac_syk2"] == {"n", "scale", "seed"}
    assert fields["coarse_grained"] == {"window", "lamb_shift", "threshold"}
    assert fields["partial_secular"] == {"cutoff", "lamb_shift", "degeneracy_tol"}
    assert fields["drude"] == {"strength", "cutoff", "beta", "temperature"}
