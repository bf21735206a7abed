"""What a shorter sum of exponentials leaves of C acts at once, and its error is told."""

import functools

import numpy as np
import pytest

import redfield as rf

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
PLUS = np.full(2, 0.5**0.5)
TIMES = np.linspace(0.0, 12.0, 7)
SYSTEMS = {
    "warm": rf.System(0.5 * Z + 0.5 * X, [0.5 * Z], rf.DrudeBath(0.3, 1.0, 1.0)),
    "cold": rf.System(0.5 * Z + 0.5 * X, [0.5 * Z], rf.DrudeBath(0.1, 1.0, 20.0)),
    "hot": rf.System(0.3 * Z + 0.2 * X, [0.5 * Z], rf.DrudeBath(0.3, 8.0, 0.2)),
    "fast": rf.System(0.3 * Z + 0.2 * X, [0.5 * Z], rf.DrudeBath(0.3, 4.0, 0.4)),
    "two sites": rf.System(np.array([[0.0, 0.7], [0.7, 3.0]]), rf.SiteProjectors(2), rf.DrudeBath(0.7, 0.53, 0.48)),
}  # fmt: skip


@functools.cache
def exact(name):
    """States and the steady state, to 1e-4 or better."""
    heom = rf.HEOM(SYSTEMS[name], tol=1e-4)
    return heom.evolve(PLUS, TIMES), heom.steady_state().state


def trace_norms(changes):
    return np.abs(np.linalg.eigvalsh(changes)).sum(axis=-1)


@pytest.mark.parametrize("tol", [1e-2, 1e-3])
@pytest.mark.parametrize("name", SYSTEMS)
def test_the_error_is_what_it_is_told_to_be(name, tol):
    """States are as near as the sum of each bath's error and that of the depth."""
    system = SYSTEMS[name]
    short, (full, settled) = rf.HEOM(system, tol=tol, terminator=True), exact(name)
    result = short.evolve(PLUS, TIMES)
    usual = rf.HEOM(system, tol=tol, depth=1).evolve(PLUS, TIMES).stats
    assert sum(result.stats["terms"]) <= sum(usual["terms"])
    assert result.stats["fit_error"] <= tol
    baths, deep = len(system.couplings), result.stats["error"] + 2e-4
    assert trace_norms(result.states - full.states).max() <= baths * result.stats["fit_error"] + deep
    steady = short.steady_state()
    assert trace_norms(steady.state - settled) <= baths * tol + steady.error + 2e-4


def test_the_rest_of_c_is_not_forgotten():
    """Without what acts at once the same short sum is farther away."""
    system, full = SYSTEMS["fast"], exact("fast")[0]
    short = rf.HEOM(system, tol=2e-2, terminator=True)
    (terms,) = short.solver._terms(12.0)
    assert terms.remainder.real > 1e-3
    with_rest = trace_norms(short.evolve(PLUS, TIMES).states - full.states).max()
    hierarchy = rf._core.Hierarchy(
        system.core(False), [(terms.coefficients, terms.rates, 0j)], full.stats["depth"], 1e9
    )
    settings = rf._core.Settings("auto", 1e-8, 1e-10, np.inf, 1, "float64")
    start = hierarchy.uncorrelated(np.full((2, 2), 0.5 + 0j))
    without = hierarchy.evolve(start, TIMES, settings, [], True)[0]
    assert 3.0 * with_rest < trace_norms(without - full.states).max()


def test_pure_dephasing_keeps_its_rate():
    """The exact rate Re ∫C whatever is left out: d and the exponentials make up the whole of it."""
    bath = rf.DrudeBath(0.3, 4.0, 0.4)
    system = rf.System(0.0 * Z, [0.5 * Z], bath)
    result = rf.HEOM(system, tol=2e-2, depth=6, terminator=True).evolve(PLUS, [0.0, 6.0, 12.0], rtol=1e-9)
    rate = -np.log(np.abs(result.states[2, 0, 1] / result.states[1, 0, 1])) / 6.0
    assert rate == pytest.approx(0.5 * bath.power_spectrum(0.0), rel=1e-4)


def test_fewer_terms_make_smaller_hierarchies():
    system = SYSTEMS["two sites"]
    usual, short = (
        rf.HEOM(system, tol=1e-3, depth=4, terminator=on).evolve([1, 0], [0.0, 1.0]).stats
        for on in (False, True)
    )
    assert short["auxiliary_operators"] < 0.6 * usual["auxiliary_operators"]


def test_drives_batches_and_refusals():
    bath = rf.DrudeBath(0.3, 4.0, 0.4)
    drive = [0.3 * Z, (0.2 * X, np.cos)]
    options = {"tol": 1e-2, "terminator": True}
    held = rf.DrivenSystem([0.3 * Z, (0.2 * X, np.ones_like)], [0.5 * Z], bath)
    alone = rf.HEOM(rf.System(0.3 * Z + 0.2 * X, [0.5 * Z], bath), depth=3, **options).evolve(PLUS, TIMES)
    driven = rf.HEOM(held, depth=3, **options).evolve(PLUS, TIMES)
    assert trace_norms(driven.states - alone.states).max() < 1e-2
    with pytest.raises(TypeError, match="terminator"):
        rf.HEOM(rf.DrivenSystem(drive, [[Z, (X, np.sin)]], bath), **options)
    batch = rf.SystemBatch(np.array([0.3 * Z + 0.2 * X, 0.1 * Z]), [0.5 * Z], bath)
    both = rf.HEOM(batch, depth=3, **options).evolve(PLUS, TIMES)
    assert trace_norms(both.states[0] - alone.states).max() < 1e-2
    assert sum(both.stats["terms"]) <= 2
    flows = rf.analysis.heat_currents(driven)
    assert np.isfinite(flows).all()
    with pytest.raises(ValueError, match="memory"):
        rf.HEOM(rf.System(Z, [X], rf.FlatBath(0.1)), terminator=True).steady_state()
    with pytest.raises(TypeError, match="terminator"):
        rf.HEOM(rf.System(Z, [X], bath), terminator="yes")
