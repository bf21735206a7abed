"""What rf.HEOM between leads keeps, at which depth it settles, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest

import redfield as rf
from redfield.results import MultipleSteadyStates
from redfield.systems import UnpairedCouplingWarning


def lorentzian(mu, beta=2.0, strength=0.3, statistics="fermion"):
    return rf.ParticleBath(lambda w: strength * 4.0 / (w**2 + 4.0), beta, mu, statistics)


def anderson(level, repulsion, mus, beta=2.0):
    up, down = rf.operators.fermions(2)
    one, two = up.T @ up, down.T @ down
    leads = [lorentzian(mu, beta) for mu in mus]
    h = level * (one + two) + repulsion * one @ two
    return rf.System(h, *rf.particle_exchange([up, up, down, down], leads * 2))


def settled(system, **options):
    heom = rf.HEOM(system, **options)
    steady = heom.steady_state()
    return np.diag(steady.state).real, rf.analysis.particle_currents(steady, heom)


def test_holes_move_as_particles_do():
    options = {"depth": 2, "tol": 1e-3}
    balanced, current = settled(anderson(-0.5, 1.0, (0.4, -0.4)), **options)
    # To what the fit of their exponentials leaves.
    assert balanced[0] == pytest.approx(balanced[3], abs=2e-5)
    assert current.sum() == pytest.approx(0.0, abs=1e-9)
    one, flow = settled(anderson(-0.3, 1.0, (0.4, 0.1)), **options)
    other, back = settled(anderson(-0.7, 1.0, (-0.4, -0.1)), **options)
    np.testing.assert_allclose(one, other[::-1], atol=1e-5)
    np.testing.assert_allclose(flow, -back, atol=1e-5)
    # Of spins that are alike, both carry as much.
    assert one[1] == pytest.approx(one[2], abs=1e-10)


def test_equal_leads_carry_nothing_and_depths_settle():
    system = anderson(-0.4, 1.0, (0.2, 0.2), beta=1.0)
    heom = rf.HEOM(system, tol=3e-2)
    steady = heom.steady_state()
    assert np.abs(rf.analysis.particle_currents(steady, heom)).max() < 1e-9
    deeper = rf.HEOM(system, tol=3e-2, depth=3).steady_state()
    assert float(rf.trace_norm(steady.state - deeper.state)) < 3e-2 < steady.error + 3e-2
    told = heom.evolve([1, 0, 0, 0], [0.0, 1.0]).stats
    assert told["depth"] >= 2
    assert told["error"] <= 3e-2
    assert told["fit_error"] <= 3e-2
    assert told["terms"][0] >= 2


def test_a_cold_lead_fills_a_level_below_its_potential():
    """Zero temperature up to a time; later a temperature so small that nothing tells them apart."""
    (a,) = rf.operators.fermions(1)

    def level(beta):
        return rf.HEOM(
            rf.System(-0.5 * a.T @ a, *rf.particle_exchange([a], lorentzian(0.0, beta, 0.1))),
            depth=2,
            tol=1e-3,
        )

    times = np.linspace(0.0, 10.0, 11)
    frozen = level(math.inf).evolve(np.diag([1.0, 0.0]), times, [a.T @ a]).expect[0]
    cold = level(200.0).evolve(np.diag([1.0, 0.0]), times, [a.T @ a]).expect[0]
    np.testing.assert_allclose(frozen, cold, atol=2e-3)
    assert 0.5 < frozen[-1] < 1.0
    assert np.all(np.diff(frozen) > 0.0)
    with pytest.raises(ValueError, match="diverges"):
        level(math.inf).steady_state()


def test_an_orbital_that_stays_full_or_empty_leaves_several_steady_states():
    a, b = rf.operators.fermions(2)
    one, two = a.T @ a, b.T @ b
    couplings, leads = rf.particle_exchange([a], lorentzian(0.0))
    system = rf.System(0.2 * one + 0.7 * one @ two, couplings, leads, number=one + two)
    heom = rf.HEOM(system, depth=2, tol=1e-3)
    with pytest.raises(MultipleSteadyStates) as several:
        heom.steady_state()
    assert several.value.count == 2
    for share in (0.0, 0.25):
        start = np.diag([1.0 - share, share, 0.0, 0.0])
        steady = heom.steady_state(start)
        assert not steady.unique
        assert np.trace(two @ steady.state).real == pytest.approx(share, abs=1e-9)
        late = heom.evolve(start, [0.0, 100.0], rtol=1e-8, atol=1e-10).final_state
        np.testing.assert_allclose(steady.state, late, atol=1e-5)


def test_a_dot_that_two_fermions_never_share_and_one_that_pairs_them():
    """Operators between an empty level and one of either spin; a Hamiltonian that conserves parity alone."""
    up, down = np.eye(3)[[0]].T @ np.eye(3)[[1]], np.eye(3)[[0]].T @ np.eye(3)[[2]]
    bath = lorentzian(0.3)
    system = rf.System(np.diag([0.0, -0.2, -0.2]), *rf.particle_exchange([up, down], bath))
    populations, _ = settled(system, depth=2, tol=1e-3)
    assert populations[1] == pytest.approx(populations[2], abs=1e-10)
    assert 0.6 < populations[1:].sum() < 0.9

    a, b = rf.operators.fermions(2)
    paired = 0.3 * (a.T @ a + b.T @ b) + 0.2 * (a.T @ b.T + b @ a)
    heom = rf.HEOM(rf.System(paired, *rf.particle_exchange([a, b], bath)), depth=2, tol=1e-3)
    assert heom.system.number is None
    assert heom.steady_state().state[0, 3].real < -0.01


a1, a2 = rf.operators.fermions(2)
LEVELS = 0.3 * a1.T @ a1 - 0.2 * a2.T @ a2
SPIN = np.array([[0.0, 1.0], [0.0, 0.0]])


def leads_on(operators, h=LEVELS, bath=None, **options):
    system = rf.System(h, *rf.particle_exchange(operators, bath or lorentzian(0.0)), **options)
    return lambda: rf.HEOM(system, depth=2, tol=1e-2).steady_state()


def of_couplings(couplings, baths):
    with pytest.warns(UnpairedCouplingWarning):
        system = rf.System(LEVELS, couplings, baths)
    return rf.HEOM(system)


def mixed():
    couplings, baths = rf.particle_exchange([a1], lorentzian(0.0))
    return rf.System(LEVELS, [*couplings, a2.T @ a2], [*baths, rf.DrudeBath(0.1, 1.0, 1.0)])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: rf.HEOM(mixed()), ValueError, r"baths\[2\] = DrudeBath.* exchanges no particles"),
        (
            lambda: rf.HEOM(
                rf.System(
                    LEVELS,
                    *rf.particle_exchange(
                        [a1], rf.ParticleBath(0.1, 1.0, -1.0, "boson", band=(0.0, 5.0))
                    ),
                )
            ),
            ValueError,
            r"baths\[0\].* exchanges bosons",
        ),
        (
            lambda: of_couplings([a1], lorentzian(0.0).removal),
            ValueError,
            r"couplings\[0\] takes fermions",
        ),
        (
            lambda: of_couplings([a1.T], lorentzian(0.0).injection),
            ValueError,
            r"couplings\[0\] brings fermions",
        ),
        (leads_on([a2 + 0.5 * a1.T @ a1, a1]), ValueError, "not odd"),
        (
            leads_on([a1, a2], LEVELS + 0.1 * (a1 + a1.T)),
            ValueError,
            "no parity in this basis",
        ),
        (
            leads_on([np.kron(SPIN, np.eye(2)), np.kron(np.eye(2), SPIN)]),
            ValueError,
            "do not anticommute",
        ),
        (leads_on([a1]), ValueError, "nothing joins state 1 to state 0"),
        (
            lambda: rf.HEOM(rf.System(LEVELS, *rf.particle_exchange([a1, a2], lorentzian(0.0)))).evolve(
                [0.8, 0.6, 0, 0], [0.0, 1.0]
            ),
            ValueError,
            "rho0 has coherences of size .* between an even number",
        ),
        (
            lambda: rf.HEOM(
                rf.System(LEVELS, *rf.particle_exchange([a1, a2], lorentzian(0.0))),
                depth=3,
                max_bytes=1e5,
            ).steady_state(),
            MemoryError,
            r"depth 3 needs .*; depth [12] fits",
        ),
        (
            lambda: rf.HEOM(
                rf.System(LEVELS, *rf.particle_exchange([a1, a2], lorentzian(0.0)))
            ).spectrum(),
            TypeError,
            "HEOM of leads has no spectrum",
        ),
        (
            lambda: rf.HEOM(
                rf.System(
                    LEVELS, *rf.particle_exchange([a1, a2], rf.ParticleBath(0.1, 1.0, band=(-5.0, 5.0)))
                )
            ).steady_state(),
            ValueError,
            "decays so slowly|no sum",
        ),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()
