"""Baths of some sites alone, by the site."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import redfield as rf

H = rf.models.chain(5)
LEFT, RIGHT = (
    rf.ParticleBath(0.2, beta=b, mu=m, band=(-50.0, 50.0)) for b, m in ((1.0, 0.5), (2.0, -0.5))
)


@pytest.mark.parametrize("coupling", [0.3, {0: 0.3, -1: 0.3}, {4: 0.3, 0: 0.3}, [0.3, 0, 0, 0, 0.3]])
def test_sites_without_bath_have_no_coupling(coupling):
    named = rf.QuadraticSystem(H, coupling, {0: LEFT, -1: RIGHT})
    listed = rf.QuadraticSystem(H, [0.3, 0, 0, 0, 0.3], [LEFT, LEFT, LEFT, LEFT, RIGHT])
    assert named == listed
    assert named.baths == (LEFT, RIGHT)
    assert pickle.loads(pickle.dumps(named)) == named
    for kind in (rf.Redfield, rf.Davies):
        a, b = kind(named), kind(listed)
        state = a.steady_state().covariance
        assert np.array_equal(state, b.steady_state().covariance)
        flows = rf.quadratic.currents(a, state).particle
        assert flows.sum() == pytest.approx(0.0, abs=1e-12)
        assert flows[0] > 1e-4


def test_driven_ones_and_one_bath_in_the_middle():
    driven = rf.QuadraticSystem([H, (H, np.sin)], 0.3, {2: LEFT})
    assert (driven.coupling == [0.0, 0.0, 0.3, 0.0, 0.0]).all()
    assert driven.baths == (LEFT,)


@pytest.mark.parametrize(
    ("coupling", "bath", "kind", "told"),
    [
        (0.3, {}, ValueError, "bath has no sites"),
        (0.3, {5: LEFT}, ValueError, "bath names site 5, but there are 5"),
        (0.3, {4: LEFT, -1: RIGHT}, ValueError, "bath names site 4 twice"),
        (0.3, {"left": LEFT}, TypeError, "a site of bath must be an integer, got 'left'"),
        (0.3, {0: LEFT, 1: 2.0}, TypeError, "bath of site 1 must be a ParticleBath"),
        (
            {0: 0.3, 3: 0.1},
            {0: LEFT, -1: RIGHT},
            ValueError,
            r"name different sites: \[0, 3\] and \[0, 4\]",
        ),
        (
            [0.3, 0.1, 0, 0, 0.3],
            {0: LEFT, -1: RIGHT},
            ValueError,
            r"coupling\[1\] = 0.1, but bath has none of site 1",
        ),
        ([0.3, 0.3], {0: LEFT, -1: RIGHT}, ValueError, "coupling must be one number or 5"),
        (-0.3, {0: LEFT}, ValueError, r"coupling\[0\] = -0.3 is negative"),
        ({0: 0.3}, [LEFT] * 5, TypeError, "coupling must be numeric"),
    ],
)
def test_what_does_not_fit_is_refused(coupling, bath, kind, told):
    with pytest.raises(kind, match=told):
        rf.QuadraticSystem(H, coupling, bath)


def test_one_bath_of_some_sites():
    named = rf.QuadraticSystem(H, {0: 0.3, -1: 0.2}, LEFT)
    assert named == rf.QuadraticSystem(H, [0.3, 0, 0, 0, 0.2], LEFT)
