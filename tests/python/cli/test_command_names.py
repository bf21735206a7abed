"""Names of files that commands write, refuse or leave out."""

from __future__ import annotations

import pytest
import xarray as xr

import redfield as rf
from redfield._base.stores.netcdf import write_netcdf
from redfield.cli.exporting import write_tables

from command_calls import call, store


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_names_of_other_kinds_of_files_are_refused(here):
    (here / "s.toml").write_text(
        'equations = ["davies"]\nmodel = { kind = "chain", n = 2 }\nobservables.gap = true\n'
        'baths = [{ kind = "ohmic", strength = 0.1, cutoff = 5.0, beta = 1.0 }]\n'
    )
    for name in ("x.nc", "x.NC", "x.h5", "x.csv", "x.pdf"):
        for refused in (
            call("run", "s.toml", "--store", name),
            call("reproduce", "dots", "--output", name),
        ):
            assert refused.exit_code == 2
            assert f"'{name}'" in refused.output
        with pytest.raises(ValueError, match="store"):
            store(name)
    store("a.v1.zarr")
    for words in (
        ["export", "a.v1.zarr", "--output", "b.zarr"],
        ["export", "a.v1.zarr", "--output", "b.csv"],
        ["export", "a.v1.zarr", "--output", "b.nc", "--format", "csv"],
        ["plot", "a.v1.zarr", "--output", "b.nc"],
    ):
        refused = call(*words)
        assert refused.exit_code == 2
        assert "output must be a" in refused.output
    assert sorted(p.name for p in here.iterdir()) == ["a.v1.zarr", "s.toml"]


def test_default_names_leave_out_the_suffix_of_a_store_alone(here, monkeypatch):
    rf.sweep(lambda x: {"E": x, "z": 1j * x}, {"x": [1.0, 2.0]}, store="runs.v1.zarr")
    assert call("export", "runs.v1.zarr").output == "runs.v1.nc\n"
    assert call("plot", "runs.v1.zarr/").output == "runs.v1.pdf\n"
    assert call("export", "runs.v1.zarr", "--format", "csv").exit_code == 0
    tables = {p.name for p in here.glob("*.csv")}
    assert {"runs.v1-E.csv", "runs.v1-z_re.csv", "runs.v1-z_im.csv"} <= tables
    exported = xr.load_dataset("runs.v1.nc", engine="scipy")
    assert exported["z_im"].values.tolist() == [1.0, 2.0]
    monkeypatch.chdir("runs.v1.zarr")
    assert call("export", ".", "--output", here / "b.nc").exit_code == 0


def test_a_name_with_a_slash_is_no_folder(here):
    data = xr.Dataset({"dE/dt": ("x", [1.0, 2.0]), "E": ("x", [3.0, 4.0])}, {"x": [0, 1]})
    assert [p.name for p in write_tables(data, here / "a.csv", False)] == ["a-dE%2Fdt.csv", "a-E.csv"]
    assert (here / "a-dE%2Fdt.csv").read_text() == "x,dE/dt\n0,1.0\n1,2.0\n"
    write_netcdf(data, here / "a.nc", "scipy")
    assert xr.load_dataset(here / "a.nc", engine="scipy")["dE%2Fdt"].values.tolist() == [1.0, 2.0]
    assert sorted(p.name for p in here.iterdir()) == ["a-E.csv", "a-dE%2Fdt.csv", "a.nc"]
