"""Results by the names of their e_ops, in Datasets, tables, stores and QuTiP's objects."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
import qutip
import xarray as xr

import redfield as rf
from redfield._base.stores import netcdf
from redfield.cli.picture import draw_sweep

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
LOWER = np.array([[0.0, 1.0], [0.0, 0.0]])
TIMES = np.linspace(0.0, 2.0, 5)
BATH = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=2.0)
QUBIT = rf.System(0.5 * Z, [X], BATH)
EQUATION = rf.Redfield(QUBIT)
FILES = ["a.zarr", "a.nc"]


def evolved(e_ops, **options):
    return EQUATION.evolve([1.0, 0.0], TIMES, e_ops, **options)


@pytest.fixture(scope="module")
def two_qubits():
    """A pair of qubits given as Qobj, and its equation."""
    x, z, one = qutip.sigmax(), qutip.sigmaz(), qutip.qeye(2)
    h = qutip.tensor(z, one) + 0.3 * qutip.tensor(one, z) + 0.2 * qutip.tensor(x, x)
    return rf.Redfield(rf.System(h, [qutip.tensor(x, one), qutip.tensor(one, x)], BATH))


def test_curves_have_names_and_places_whatever_was_given():
    named, listed, single = evolved({"z": Z, "x": X}), evolved([Z, X]), evolved(Z)
    for result in (named, listed):
        assert np.array_equal(result.expect[0], named.expect["z"])
        assert np.array_equal(result.expect[-1], named.expect["x"])
    assert list(named.e_data) == ["z", "x"]
    assert list(listed.e_data) == [0, 1]
    assert np.array_equal(single.e_data[0], single.expect[0])
    assert evolved(None).e_data == {}
    assert list(named.expect) == ["z", "x"]
    by_number = evolved({1: Z, 0: X})  # keys come before places
    assert np.array_equal(by_number.expect[0], named.expect["x"])
    again = pickle.loads(pickle.dumps(named))
    assert again == named
    assert np.array_equal(again.expect[1], named.expect["x"])
    with pytest.raises(KeyError, match="'y' is none of the e_ops, which are 'z', 'x'"):
        named.expect["y"]
    with pytest.raises(KeyError, match="neither a name nor a place of the 2 e_ops"):
        named.expect[2]


def test_names_are_those_of_variables_where_they_can_be():
    keys = ["⟨σ⟩", "a/b", "time", "states", "expect_0", "row", 7, " ", "sample", "__x"]
    result = evolved(dict.fromkeys(keys, Z))
    data = result.to_xarray()
    assert [data[v].attrs.get("long_name") for v in ("⟨σ⟩", "expect_1", "expect_9")] == [
        "⟨σ⟩",
        "a/b",
        "__x",
    ]
    curves = [str(v) for v in data.data_vars if v not in result.arrays]
    assert curves == ["⟨σ⟩", *(f"expect_{i}" for i in range(1, 10))]
    assert [str(v) for v in evolved([Z, X]).to_xarray().data_vars][-2:] == ["expect_0", "expect_1"]


@pytest.mark.parametrize("file", FILES)
def test_all_that_is_saved_comes_back(file, tmp_path):
    batch = rf.Davies(rf.SystemBatch([Z, 2 * Z], [X], BATH))
    davies = rf.Davies(QUBIT)
    records = [
        evolved({"z": Z, "a": LOWER, "a/b": X, 3: Z}, store_states=True, error=True),
        batch.evolve([1.0, 0.0], TIMES, {"z": Z}),
        davies.trajectories([1.0, 0.0], TIMES, {"z": Z}, samples=4, keep_runs=True),
        davies.trajectories([1.0, 0.0], TIMES, samples=4, store_states=True),
        davies.evolve_low_rank([1.0, 0.0], TIMES, {"z": Z}),
        EQUATION.steady_state(error=True),
        batch.steady_state(),
        EQUATION.spectrum(),
        rf.spectrum(EQUATION, LOWER, LOWER.T, np.array([0.5, 1.0]), error=True),
    ]
    for k, record in enumerate(records):
        place = tmp_path / str(k) / file
        place.parent.mkdir()
        record.save(place)
        assert place.is_dir() == (file == "a.zarr")
        again = rf.load(place)
        assert type(again) is type(record)
        assert again == record, record
        equation = getattr(record, "equation", None)
        if equation is not None:
            assert repr(again.equation) == repr(equation)
            assert type(record).load(place, equation).equation is equation
        with pytest.raises(FileExistsError, match="overwrite=True"):
            record.save(place)


def test_a_netcdf_file_is_one_that_others_read(tmp_path):
    result = evolved({"z": Z, "a": LOWER}, store_states=True)
    result.save(tmp_path / "a.cdf")
    with xr.open_dataset(tmp_path / "a.cdf", engine="scipy") as data:
        assert np.array_equal(data["z"], result.expect["z"])
        assert np.array_equal(data["a_re"] + 1j * data["a_im"], result.expect["a"])
        assert np.array_equal(data["states_im"], result.states.imag)
        assert data.attrs["equation"] == repr(EQUATION)
    (tmp_path / "b.nc").write_text("no netCDF")
    with pytest.raises(rf.StoreError, match=r"b\.nc can not be read as netCDF"):
        rf.load(tmp_path / "b.nc")
    for name in ("a.h5", "a.npz", "a.csv"):
        with pytest.raises(ValueError, match="a store is a Zarr folder"):
            result.save(tmp_path / name)


@pytest.mark.parametrize("engine", netcdf.installed_engines())
def test_types_that_netcdf_has_not_come_back(engine, tmp_path):
    data = xr.Dataset(
        {
            "flag": ("k", [True, False]),
            "long": ("k", np.array([-(2**40), 2**40])),
            "half": ("k", np.array([0.5, np.nan], dtype=np.float16)),
            "single": ("k", np.array([1 + 2j, np.nan], dtype=np.complex64), {"units": "1/energy"}),
        },
        {"k": ["up", "β"], "phase": ("k", np.array([1j, -1.0]))},
    )
    netcdf.write_netcdf(data, tmp_path / "new" / "a.nc", engine)
    again = netcdf.read_netcdf(tmp_path / "new" / "a.nc")
    assert set(again.coords) == {"k", "phase"}
    for name in data.variables:
        assert again[name].dtype.kind == data[name].dtype.kind
        xr.testing.assert_identical(again[name].variable, data[name].variable)
    with pytest.raises(ValueError, match="a_im is taken"):
        netcdf.write_netcdf(data.assign(a=1j, a_im=1.0), tmp_path / "b.nc", engine)


def test_only_what_save_wrote_is_overwritten(tmp_path):
    result = evolved({"z": Z})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").write_text("precious")
    rf.sweep(lambda beta: {"y": beta}, {"beta": [1.0, 2.0]}, store=tmp_path / "sweep.zarr")
    for name in ("other", "sweep.zarr"):
        with pytest.raises(FileExistsError):
            result.save(tmp_path / name, overwrite=True)
    assert (tmp_path / "other" / "file").read_text() == "precious"
    assert rf.load(tmp_path / "sweep.zarr").y.values.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="belongs to no equation"):
        rf.load(tmp_path / "sweep.zarr", EQUATION)
    EQUATION.steady_state().save(tmp_path / "a.zarr")
    result.save(tmp_path / "a.zarr", overwrite=True)
    again = rf.load(tmp_path / "a.zarr")
    assert again == result
    again.save(tmp_path / "a.zarr", overwrite=True)
    assert repr(rf.load(tmp_path / "a.zarr").equation) == repr(EQUATION)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zarr", "other", "sweep.zarr"]
    with pytest.raises(FileNotFoundError):
        rf.load(tmp_path / "none.zarr")


def test_a_loaded_record_tells_what_it_lacks(tmp_path):
    steady, result = EQUATION.steady_state(), evolved(None)
    steady.save(tmp_path / "steady")
    result.save(tmp_path / "result")
    loaded = rf.load(tmp_path / "steady")
    with pytest.raises(ValueError, match="does not know its equation"):
        loaded.gradient(Z)
    with pytest.raises(ValueError, match="does not know its equation"):
        rf.load(tmp_path / "result").gradient(Z)
    with pytest.raises(AttributeError, match=r"no \.system: load\(path, equation\)"):
        loaded.equation.system  # noqa: B018
    assert pickle.loads(pickle.dumps(loaded)).equation == loaded.equation
    assert "Redfield(system=" in rf.load(tmp_path / "result")._repr_html_()
    whole = rf.load(tmp_path / "steady", EQUATION)
    assert np.array_equal(whole.gradient(Z).hamiltonian, steady.gradient(Z).hamiltonian)
    for path in ("steady", "result"):
        with pytest.raises(ValueError, match="is not what path"):
            rf.load(tmp_path / path, rf.Davies(QUBIT))


def test_tables_have_a_column_for_each_curve(two_qubits):
    frame = evolved({"z": Z, "a": LOWER}).to_pandas()
    assert list(frame.columns) == ["z", "a"]
    assert frame.index.name == "time"
    assert np.array_equal(frame.index, TIMES)
    assert np.array_equal(frame["a"], evolved([LOWER]).expect[0])
    states = two_qubits.evolve(np.eye(4)[0], TIMES)
    frame = states.to_pandas()
    assert np.array_equal(frame["population_3"], states.states[:, 3, 3].real)
    assert np.allclose(frame.sum(axis=1), 1.0)
    averages = rf.Davies(QUBIT).trajectories([1.0, 0.0], TIMES, [Z], samples=8)
    assert np.array_equal(averages.to_pandas()["expect_0_error"], averages.errors[0])
    batch = rf.Davies(rf.SystemBatch([Z, 2 * Z], [X], BATH)).evolve([1.0, 0.0], TIMES, {"z": Z})
    assert np.array_equal(batch.to_pandas().loc[1]["z"], batch.expect["z"][1])
    lead = rf.ParticleBath(0.1, beta=1.0, band=(-5.0, 5.0))
    level = rf.Davies(rf.QuadraticSystem(Z, 0.2, lead))
    flow = level.evolve([0.0, 1.0], TIMES, {"n": lambda t, g: g.diagonal().real})
    assert np.array_equal(flow.to_pandas()["n[1]"], flow.expect["n"][:, 1])
    with pytest.raises(ValueError, match="no e_ops, and no populations"):
        evolved(None, store_states=False).to_pandas()


def test_sweeps_keep_the_names_and_open_in_plain_xarray(tmp_path):
    def point(kind, beta):
        equation = rf.Redfield(QUBIT.with_baths(rf.OhmicBath(0.04, 10.0, beta)))
        return equation.evolve([1.0, 0.0], TIMES, {"⟨z⟩": Z if kind == "z" else X})

    data = rf.sweep(point, {"kind": ["z", "x"], "beta": [1.0, 2.0]}, store=tmp_path / "runs.zarr")
    assert data["⟨z⟩"].dims == ("kind", "beta", "time")
    assert np.array_equal(data["⟨z⟩"].sel(kind="z", beta=2.0), evolved(Z).expect[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened = xr.open_zarr(tmp_path / "runs.zarr", chunks=None)
    assert set(opened.sizes) == {"kind", "beta", "time", "row", "column"}
    assert set(opened.coords) == {"kind", "beta", "time"}
    assert np.array_equal(opened["⟨z⟩"], data["⟨z⟩"])
    assert draw_sweep(opened).axes[0].get_ylabel() == "⟨z⟩"
    steady = rf.sweep(lambda beta: rf.Davies(QUBIT).spectrum(), {"beta": [1.0]})
    assert steady["modes"].dims == ("beta", "mode", "row", "column")


def test_a_damaged_file_is_told(tmp_path):
    """A bit that flips changes a number, a name or the file itself: it is never another result."""
    result = evolved({"⟨σᶻ⟩": Z, "a/b": X}, store_states=True)
    result.save(tmp_path / "a.nc")
    assert rf.load(tmp_path / "a.nc") == result
    assert list(rf.load(tmp_path / "a.nc").expect) == ["⟨σᶻ⟩", "a/b"]
    whole, rng, told = (tmp_path / "a.nc").read_bytes(), np.random.default_rng(1), 0
    for _ in range(20):
        damaged = bytearray(whole)
        damaged[rng.integers(len(damaged))] ^= 1 << rng.integers(8)
        (tmp_path / "c.nc").write_bytes(damaged)
        try:
            assert rf.load(tmp_path / "c.nc") == result  # bytes that fill gaps say nothing
        except rf.StoreError:
            told += 1
    assert told > 10


def test_a_file_of_somebody_else_is_not_overwritten(tmp_path):
    (tmp_path / "mine.nc").write_text("a thesis")
    with pytest.raises(FileExistsError, match=r"mine\.nc"):
        evolved(Z).save(tmp_path / "mine.nc", overwrite=True)
    assert (tmp_path / "mine.nc").read_text() == "a thesis"
