"""Verdicts on equations and models: what each equation holds, how two compare, statistics of levels, and locality."""

from __future__ import annotations

import numpy as np
import pytest
from spins import three_spins

import redfield as rf
from redfield import analysis

from reference import (
    random_state,
)


def test_diagnose_says_which_equation_holds_what():
    h, couplings, baths = three_spins()
    system = rf.System(h, couplings, baths)
    found = rf.diagnose(system)
    holds = found.holds()
    assert {n for n, v in holds.items() if v["completely_positive"]} == {
        "Davies", "UniversalLindblad", "GeometricArithmetic", "CoarseGrained"
    }  # fmt: skip
    assert [n for n, v in holds.items() if v["detailed_balance"]] == ["Davies"]
    assert [n for n, v in holds.items() if v["thermalises"]] == ["Davies"]
    assert np.abs(found.values["first_law"]).max() < 1e-12
    assert (found.values["choi"] < -1e-12).tolist() == [
        not v["completely_positive"] for v in holds.values()
    ]
    assert abs(found.values["entropy"][found.names.index("Davies")]) < 1e-12
    data = found.to_xarray()
    assert data["kossakowski"].sizes == {"equation": 6}
    assert "<table>" in found._repr_html_()
    assert "min Kossakowski" in repr(found)
    from rich.console import Console

    console = Console(width=160, record=True)
    console.print(found)
    assert "Davies" in console.export_text()

    from quadratic_reference import lead

    chain = rf.QuadraticSystem(rf.models.chain(6), 0.3, lead())
    quadratic = rf.diagnose(chain).holds()
    assert quadratic["Redfield"]["completely_positive"]  # the paper's theorem
    assert quadratic["Redfield"]["detailed_balance"]
    assert not quadratic["LocalLindblad"]["thermalises"]


def test_compare():
    system = rf.System(*three_spins())
    rho0, tlist = random_state(8, 1), np.linspace(0.0, 20.0, 5)
    found = rf.compare(system, {"R": rf.Redfield, "D": rf.Davies(system)}, rho0, tlist)
    a, b = rf.Redfield(system), rf.Davies(system)
    direct = [
        0.5 * np.abs(np.linalg.eigvalsh(x - y)).sum()
        for x, y in zip(a.evolve(rho0, tlist).states, b.evolve(rho0, tlist).states, strict=True)
    ]
    assert np.abs(found.distance[0, 1] - direct).max() < 1e-6
    assert found.names == ["R", "D"]
    matrices = [e.liouvillian().toarray() for e in (a, b)]
    free = -1j * (np.kron(np.eye(8), system.hamiltonian) - np.kron(system.hamiltonian.T, np.eye(8)))
    ratio = np.linalg.norm(matrices[1] - matrices[0]) / np.linalg.norm(matrices[0] - free)
    assert found.generator[1] == pytest.approx(ratio, rel=1e-9)
    assert len(found.plot().lines) == 1
    assert found.to_xarray()["distance"].dims == ("equation", "other", "time")
    with pytest.raises(ValueError, match="equations"):
        rf.compare(system, [rf.Redfield], rho0, tlist)
    other = rf.Davies(rf.System(*three_spins(1)))
    with pytest.raises(ValueError, match="equation"):
        rf.compare(system, [rf.Redfield, other], rho0, tlist)


def test_level_statistics_of_random_matrices_and_of_independent_levels():
    gue = analysis.level_statistics([rf.models.dirac_syk2(150, seed=s) for s in range(30)])
    assert gue.r == pytest.approx(0.5996, abs=4 * gue.standard_error)
    rng = np.random.default_rng(0)
    poisson = analysis.level_statistics([rng.uniform(size=300) for _ in range(30)], part=1.0)
    assert poisson.r == pytest.approx(0.3863, abs=4 * poisson.standard_error)


def test_locality_profiles_of_projectors_and_chains():
    h = rf.models.chain(7, onsite=np.linspace(0.0, 0.6, 7))
    bath = rf.OhmicBath(0.1, 10.0, 0.5)
    system = rf.System(h, rf.SiteProjectors(7), bath)
    found = analysis.locality_profile(rf.Redfield(system))
    e, u = np.linalg.eigh(h)
    g = bath.one_sided(e[None, :] - e[:, None])
    expected = np.zeros(7)
    for j in range(7):
        p = np.zeros((7, 7))
        p[j, j] = 1.0
        lam = np.abs(u @ (g * (u.T @ p @ u)) @ u.T)
        for k in range(7):
            for m in range(7):
                r = max(abs(k - j), abs(m - j))
                expected[r] = max(expected[r], lam[k, m])
    assert np.abs(found.largest - expected).max() < 1e-14
    assert 0.0 < found.decay_length < 2.0

    model = rf.models.mixed_field_ising(4)
    spins = rf.System(model.hamiltonian, model.local("z"), rf.DrudeBath(0.05, 10.0, 0.2))
    chain = analysis.locality_profile(rf.Redfield(spins)).largest
    for r in (1, 2):
        cut = rf.QuasilocalRedfield(spins, r - 1)
        assert chain[r] == pytest.approx(cut.dropped.max())
    assert chain[3] < chain[2] < chain[1] < chain[0]
    from quadratic_reference import lead

    quadratic = rf.Redfield(rf.QuadraticSystem(rf.models.chain(9), 0.3, lead()))
    direct = rf.quadratic.locality_profile(quadratic.system)
    assert np.array_equal(analysis.locality_profile(quadratic).largest, direct.largest)


def test_no_dissipation_is_completely_positive():
    x, z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([0.5, -0.5])
    for system in (rf.System(z, [x], rf.FlatBath(0.0)), rf.System(z, [], [])):
        held = rf.diagnose(system).holds()
        assert {name: h["completely_positive"] for name, h in held.items()} == dict.fromkeys(held, True)
