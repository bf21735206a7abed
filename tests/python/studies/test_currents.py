"""The study of currents through three spins, from the command line, at one coupling."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

from redfield.cli.app import app
from redfield.studies import currents
from redfield.studies.currents.picture import LABELS
from redfield.studies.currents.points import chain, current
from redfield.sweeps.stores import opened


def invoke(*arguments):
    return CliRunner().invoke(app, ["reproduce", "currents", *map(str, arguments)])


def test_which_equations_conserve(tmp_path):
    out = invoke("--couplings", "0.1", "--output", tmp_path)
    assert out.exit_code == 0, out.output
    assert (tmp_path / "currents.png").stat().st_size > 30_000
    data = {"currents": opened(tmp_path / "currents.zarr")}
    part = data["currents"].isel(coupling=0)
    through = {str(name): part.current.sel(equation=name).values for name in part.equation.values}
    exact = through["exact"].mean()
    assert exact > 0.0  # from hot to cold
    for name in ("exact", "redfield", "corrected", "davies"):
        assert abs(through[name][0] - through[name][1]) < 1e-6 * exact
    for name in ("universal_lindblad", "geometric_arithmetic", "coarse_grained"):
        assert abs(through[name][0] - through[name][1]) > 0.05 * exact
    assert np.abs(through["davies"]).max() < 1e-6 * exact
    assert np.abs(through["redfield"] / exact - 1.0).max() < 0.02
    corrected, redfield = (
        np.abs(through[name] / exact - 1.0).max() for name in ("corrected", "redfield")
    )
    assert corrected < 0.1 * redfield
    assert part.exact_error < 0.1 * part.error.sel(equation="redfield")
    assert [row["equation"] for row in currents.STUDY.table(data).rows] == list(LABELS.values())


def test_currents_are_the_change_of_the_spins_that_they_lead_to():
    """Without baths dσᶻ/dt is i[H, σᶻ]: that of the last spin is I₂₃, that of the middle one I₁₂ − I₂₃."""
    system = chain(0.1, 1.0, 2.0)
    h, z = system.hamiltonian, np.diag([1.0, -1.0])
    middle, last = np.kron(np.kron(np.eye(2), z), np.eye(2)), np.kron(np.eye(4), z)
    assert np.allclose(current(1), 1j * (h @ last - last @ h))
    assert np.allclose(current(0) - current(1), 1j * (h @ middle - middle @ h))
    total = np.kron(np.kron(z, np.eye(2)), np.eye(2)) + middle + last
    assert np.allclose(h @ total, total @ h)
    w = 0.8
    hot, cold = system.baths
    for bath, beta in ((hot, 1.0), (cold, 2.0)):
        assert bath.power_spectrum(w) == pytest.approx(
            0.01 * w * np.exp(-(w**2)) / (1.0 - np.exp(-beta * w))
        )


def test_bad_options(tmp_path):
    out = invoke("--couplings", "0", "--output", tmp_path / "o")
    assert out.exit_code == 2
    assert "couplings must be positive" in out.output
    assert not (tmp_path / "o").exists()
