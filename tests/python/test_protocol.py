"""What is solved is asked in one way, whatever it is."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import redfield as rf

Q = rf.quadratic
LEAD = rf.ParticleBath(0.2, beta=1.0, mu=0.5, band=(-50.0, 50.0))
BATH = rf.OhmicBath(0.04, 10.0, 5.0)
GENERAL = rf.System(rf.models.dirac_syk2(3, seed=1), rf.SiteProjectors(3), BATH)
QUADRATIC = rf.QuadraticSystem(rf.models.chain(3), 0.3, LEAD)
SOFT = rf.ParticleBath(lambda w: 0.4 * np.exp(-((w / 3.0) ** 2)), beta=2.0, band=(-20.0, 20.0))
DRIVEN = rf.QuadraticSystem(lambda t: rf.models.chain(3) * (1.0 + 0.1 * np.sin(t)), 0.3, SOFT)
EVOLVED = {
    "Redfield": rf.Redfield(GENERAL),
    "Davies": rf.Davies(GENERAL),
    "PartialSecular": rf.PartialSecular(GENERAL, 0.3),
    "UniversalLindblad": rf.UniversalLindblad(GENERAL),
    "CoarseGrained": rf.CoarseGrained(GENERAL, 5.0),
    "Lindblad": rf.Lindblad(GENERAL.hamiltonian, [np.diag([1.0, 0.0, 0.0])]),
    "quadratic.Redfield": rf.Redfield(QUADRATIC),
    "quadratic.LocalLindblad": Q.LocalLindblad(QUADRATIC),
    "quadratic.Exact": Q.Exact(QUADRATIC, modes=60),
    "driven.Davies": rf.Davies(DRIVEN),
    "driven.Redfield": rf.Redfield(DRIVEN),
    "driven.Exact": rf.quadratic.Exact(DRIVEN, modes=60),
}
CONSTANT = [name for name in EVOLVED if not name.startswith("driven") and name != "quadratic.Exact"]
KEYWORDS = ["method", "rtol", "atol", "threads", "store_states", "progress", "stop"]


@pytest.mark.parametrize("name", EVOLVED)
def test_evolve(name):
    asked = EVOLVED[name]
    parameters = inspect.signature(asked.evolve).parameters
    assert list(parameters)[1:3] == ["tlist", "e_ops"]
    assert [key for key in parameters if key in KEYWORDS] == KEYWORDS
    seen: list[float] = []
    result = asked.evolve(
        np.diag([1.0, 0.0, 0.0]), np.linspace(0.0, 2.0, 5), {"one": np.eye(3)}, method="auto", rtol=1e-6,
        atol=1e-9, threads=1, store_states=True, progress=seen.append, stop=rf.StopFlag(),
    )  # fmt: skip
    assert result.times.shape == (5,)
    assert result.states.shape == (5, 3, 3)
    assert np.array_equal(result.final_state, result.states[-1])
    assert result.expect["one"].shape == (5,)
    assert result.stats.keys() >= {"method", "applications", "steps", "rejected", "seconds"}
    assert result.equation is asked
    assert asked.evolve(np.diag([1.0, 0.0, 0.0]), [0.0, 1.0], np.eye(3)).states is None


@pytest.mark.parametrize("name", CONSTANT)
def test_constant_equations(name):
    asked = EVOLVED[name]
    system = asked.system
    for attribute in ("hamiltonian", "energies", "eigenvectors", "reservoirs", "degeneracy_tol"):
        assert getattr(system, attribute) is not None
    rho = np.diag([0.5, 0.3, 0.2]).astype(complex)
    assert asked.apply(rho).shape == (3, 3)
    if name != "Lindblad":
        steady = asked.steady_state()
        assert np.abs(asked.apply(steady.state)).max() < 1e-8
        assert steady.residual < 1e-8
        assert system.gibbs_state(beta=1.0, mu=0.0).shape == (3, 3)
    spectrum = asked.spectrum()
    assert spectrum.modes.shape[-2:] == (3, 3)
    assert np.isfinite(spectrum.gap) or name == "Lindblad"
    assert asked.solver.margins(rho[None]) == pytest.approx(0.2)
    assert np.isfinite(asked.solver.entropy_rate(rho, asked.apply(rho)))
    assert asked.solver.fastest_decay() > 0.0
    assert asked.solver.decoherence_rate() > 0.0
    assert asked.solver.flows(rho[None], "energy").shape == (1, len(system.reservoirs))
