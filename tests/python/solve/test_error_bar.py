"""When steady_state(error=True) is an estimate: at the weakest coupling, and with a warning where it is none."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

X, Y, Z = (np.array(m, dtype=complex) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]))


@pytest.mark.parametrize("bath", [rf.OhmicBath, rf.DrudeBath])
def test_the_error_bar_of_the_weakest_coupling_is_not_that_of_a_fit(bath):
    """‖δ‖₁/γ of a hot and a cold bath is a number, though sums of exponentials miss a thousandth of both."""

    def estimate(strength):
        baths = [bath(strength, cutoff=2.0, beta=b) for b in (1.0, 10.0)]
        return (
            rf.Redfield(rf.System(0.5 * Z + 0.3 * X, [Z, X + 0.4 * Y], baths))
            .steady_state(error=True)
            .error
            / strength
        )

    np.testing.assert_allclose(estimate(1e-6), estimate(1e-3), rtol=0.02)


def two_qubits(beta):
    """A pair whose estimate falls with the coupling as it should, though it is too large between hot baths."""
    one, flip = np.eye(2), 0.05 * (np.kron(X, X) + np.kron(Y, Y)).real
    h = 0.5 * (np.kron(Z, one) + np.kron(one, Z)).real + flip
    baths = [rf.UnderdampedBath(0.1, frequency=2.0, damping=2.0, beta=b) for b in (0.5 * beta, beta)]
    return rf.System(h, [np.kron(X, one), np.kron(one, X)], baths)


def test_a_warning_where_a_second_step_is_not_small():
    system = two_qubits(0.25)
    with pytest.warns(UserWarning, match="in a second step"):
        steady = rf.Redfield(system).steady_state(error=True)
    true = rf.trace_norm(steady.state - rf.HEOM(system).steady_state().state)
    assert steady.error > 1.2 * true
    assert rf.Redfield(two_qubits(3.0)).steady_state(error=True).error < 0.1  # quiet


class Unshifted(rf.baths.Bath):
    """A bath that defines no Lamb shift."""

    beta = 1.0
    whole = rf.DrudeBath(strength=0.01, cutoff=1.0, beta=1.0)

    def power_spectrum(self, w):
        return self.whole.power_spectrum(w)

    def correlation(self, t):
        return self.whole.correlation(t)


def test_the_error_bar_of_a_bath_without_a_lamb_shift():
    """The true state has the shift that the equation leaves out; what knows of it is C(t) alone."""
    errors = [
        rf.Redfield(rf.System(0.5 * Z + 0.5 * X, [Z], bath), lamb_shift=False)
        .steady_state(error=True)
        .error
        for bath in (Unshifted(), Unshifted.whole)
    ]
    np.testing.assert_allclose(errors[0], errors[1], rtol=0.02)


def test_site_projectors_have_the_error_of_their_matrices():
    h = np.diag([0.0, 0.6, 1.5]) - 0.4 * (np.eye(3, k=1) + np.eye(3, k=-1))
    baths = [rf.DrudeBath(0.02, cutoff=2.0, beta=b) for b in (0.5, 1.0, 2.0)]
    matrices = [np.diag(row) for row in np.eye(3)]
    one, other = (
        rf.Redfield(rf.System(h, couplings, baths)).steady_state(error=True)
        for couplings in (rf.SiteProjectors(3), matrices)
    )
    np.testing.assert_allclose(one.corrected, other.corrected, atol=1e-9)
