"""The universal Lindblad equation's Lamb shift of levels that are near each other, against SciPy's integrals."""

import itertools

import numpy as np
import pytest
import scipy.integrate

import redfield as rf

BATH = rf.OhmicBath(0.1, 3.0, 1.0)


def shift(one, other):
    """∫dx/2πx [√γ(ω − x)√γ(ω′ − x) − √γ(ω + x)√γ(ω′ + x)] between the places where γ is not smooth."""

    def integrand(log_x):
        x = np.exp(log_x)
        g = np.sqrt(BATH.power_spectrum(np.array([one - x, other - x, one + x, other + x])))
        return (g[0] * g[1] - g[2] * g[3]) / (2.0 * np.pi)

    corners = {np.log(abs(w)) for w in (one, other) if w != 0.0}
    edges = sorted(corners | {np.log(1e-12), np.log(1e-2), np.log(1.0), np.log(200.0)})
    return sum(
        scipy.integrate.quad(integrand, a, b, epsabs=1e-13, epsrel=1e-12, limit=200)[0]
        for a, b in itertools.pairwise(edges)
    )


@pytest.mark.parametrize("apart", [1e-4, 2e-5, 1e-5, 1e-7])
def test_two_levels(apart):
    x = np.array([[0.0, 1.0], [1.0, 0.0]])
    found = rf.UniversalLindblad(rf.System(np.diag([0.0, apart]), [x + np.diag([1.0, -1.0])], BATH))
    h = found.lamb_shift_hamiltonian()
    a = x + np.diag([1.0, -1.0])
    energies = [0.0, apart]
    expected = [
        [
            sum(
                shift(energies[a_] - e, energies[c] - e) * a[k, a_] * a[k, c]
                for k, e in enumerate(energies)
            )
            for c in (0, 1)
        ]
        for a_ in (0, 1)
    ]
    assert np.abs(h - np.array(expected)).max() < 1e-8
