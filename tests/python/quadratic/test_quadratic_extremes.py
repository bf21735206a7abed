"""Quadratic equations whose energies or couplings leave rounding no digits."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf


@pytest.mark.parametrize("size", [1e10, 1e15, 1e80])
def test_one_coupling_far_above_the_others_is_right_or_refused(size):
    """The strong bath fills every mode at once in Davies' equation, whose rates are exact; Redfield's has slow modes
    beside it that rounding hides."""
    bath = rf.ParticleBath(0.1, beta=2.0, mu=0.3, band=(-10.0, 10.0))
    system = rf.QuadraticSystem(rf.models.chain(3), [0.5, size, 0.5], bath)
    with pytest.raises(rf.ConvergenceError):
        rf.Redfield(system).evolve(np.zeros((3, 3)), [0.0, 50.0])
    davies = rf.Davies(system, lamb_shift=False)
    found = davies.evolve(np.zeros((3, 3)), [0.0, 100.0 / davies.spectrum().gap])
    assert np.abs(found.final_covariance - system.gibbs_state()).max() < 1e-12
