"""The messages of the analysis for arguments that do not fit and questions that have no answer."""

from __future__ import annotations

import numpy as np
import pytest
from spins import three_spins

import redfield as rf
from redfield import analysis
from redfield.analysis import Counting

from reference import ShiftedBath, figure1_system, first_site, random_hermitian


def test_counting():
    system = rf.System(random_hermitian(2, 1), [random_hermitian(2, 2)], ShiftedBath())
    with pytest.raises(TypeError, match="equation must be a master equation, got System"):
        Counting(system)
    with pytest.raises(ValueError, match="exchanges none"):
        Counting(rf.Redfield(system), "particle")
    with pytest.raises(ValueError, match="count 'jumps'"):
        Counting(rf.Lindblad(np.eye(2), [np.eye(2)]), "energy")
    coarse = rf.CoarseGrained(system.with_baths(rf.OhmicBath(0.1, 5.0, 1.0)), 2.0)
    with pytest.raises(TypeError, match=r"CoarseGrained.*is not known"):
        Counting(coarse, "energy")
    with pytest.raises(ValueError, match="counted"):
        analysis.heat_currents(np.eye(2) / 2, rf.Redfield(system), counted="lead")


def test_diagnostics():
    h, couplings, baths = three_spins(betas=(0.5, 1.0, 2.0))
    system = rf.System(h, couplings, baths)
    davies = rf.Davies(system)
    for call in (analysis.gibbs_residual, analysis.detailed_balance_defect):
        with pytest.raises(ValueError, match=r"baths do not have one beta.*give beta"):
            call(davies)
    found = rf.diagnose(system, [rf.Davies])
    assert np.isnan(found.values["gibbs"][0])
    assert "do not have one beta" in found.reasons["Davies"]["gibbs"]
    assert found.holds()["Davies"] == {
        "completely_positive": True,
        "thermalises": None,
        "detailed_balance": None,
        "steady_state_positive": True,
    }
    assert analysis.gibbs_residual(davies, beta=1.0) > 1e-3
    large = rf.Redfield(
        rf.System(rf.models.dirac_syk2(200, seed=1), rf.SiteProjectors(200), ShiftedBath())
    )
    with pytest.raises(
        MemoryError, match=r"the Choi matrix of 200 levels is 40000 x 40000 and needs 7.68e\+10 bytes"
    ):
        analysis.choi_minimum(large, 1.0, max_bytes=1e9)
    with pytest.raises(MemoryError, match="the Kossakowski matrix of 200 levels"):
        analysis.kossakowski(large, "dense", max_bytes=1e9)
    with pytest.raises(TypeError, match="equation must be a master equation, got System"):
        Counting(system)
    with pytest.raises(ValueError, match="counting must be 3 real numbers"):
        Counting(davies).tilted([0.1])
    with pytest.raises(ValueError, match="equation must be given"):
        analysis.heat_currents(np.eye(8) / 8)
    with pytest.raises(ValueError, match="has no states"):
        analysis.heat_currents(davies.evolve(np.eye(8)[0], [0.0, 1.0], [h]))
    with pytest.raises(ValueError, match="too few levels"):
        analysis.level_statistics([1.0, 2.0])
    with pytest.raises(ValueError, match="couplings must name some of the 3"):
        system.restricted([3])


def test_distances():
    with pytest.raises(ValueError, match="square"):
        rf.trace_norm(np.zeros((2, 3)))
    one, other = (figure1_system(rf.models.dirac_syk2(4, seed=s)) for s in (1, 2))
    with pytest.raises(ValueError, match="one System"):
        analysis.solution_distance(rf.Davies(one, False), rf.Redfield(other, False), first_site(4), [0.0])


def test_compared_equations():
    system, rho0, tlist = rf.System(*three_spins()), np.eye(8)[0], [0.0, 1.0]
    with pytest.raises(ValueError, match="at least two"):
        rf.compare(system, [rf.Redfield], rho0, tlist)
    with pytest.raises(ValueError, match="not of the given system"):
        rf.compare(system, [rf.Redfield, rf.Davies(rf.System(*three_spins(1)))], rho0, tlist)
