"""The Fenna–Matthews–Olson complex of Ishizaki and Fleming (doi:10.1073/pnas.0908989106) in a hierarchy.

Seven sites in cm⁻¹, beside each a Drude bath with a reorganisation energy of 35 cm⁻¹ that relaxes within 50 or 166 fs.
Energies are in 1/ps, times in ps.
"""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

WAVENUMBER = 0.18836515673
"""2πc · 1 cm⁻¹ in 1/ps."""
KELVIN = 0.695034800 * WAVENUMBER
REORGANISATION = 35.0 * WAVENUMBER
H = WAVENUMBER * np.array(
    [
        [410.0, -87.7, 5.5, -5.9, 6.7, -13.7, -9.9],
        [-87.7, 530.0, 30.8, 8.2, 0.7, 11.8, 4.3],
        [5.5, 30.8, 210.0, -53.5, -2.2, -9.6, 6.0],
        [-5.9, 8.2, -53.5, 320.0, -70.7, -17.0, -63.3],
        [6.7, 0.7, -2.2, -70.7, 480.0, 81.1, -1.3],
        [-13.7, 11.8, -9.6, -17.0, 81.1, 630.0, 39.7],
        [-9.9, 4.3, 6.0, -63.3, -1.3, 39.7, 440.0],
    ]
)


def complex_of(sites, kelvins, relaxation):
    rate = 1.0 / relaxation
    bath = rf.DrudeBath(4.0 * REORGANISATION / rate, rate, 1.0 / (kelvins * KELVIN))
    return rf.System(H[:sites, :sites], rf.SiteProjectors(sites), bath)


def last_maximum(curve, times):
    inner = curve[1:-1]
    return times[1:-1][(inner > curve[:-2]) & (inner > curve[2:])].max()


@pytest.mark.parametrize(("kelvins", "relaxation", "terms"), [(300.0, 0.05, 3), (77.0, 0.166, 5)])
def test_three_sites_are_those_of_qutip(kelvins, relaxation, terms):
    """Of one depth, with as many of Padé's exponentials as have settled: ours are other ones, of another method."""
    qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")
    heom = pytest.importorskip("qutip.solver.heom", reason="QuTiP is not installed")
    sites, depth, times = 3, 3, np.linspace(0.0, 0.1, 3)
    baths = [
        heom.DrudeLorentzPadeBath(
            qutip.basis(sites, i).proj(), REORGANISATION, 1.0 / relaxation, kelvins * KELVIN, terms
        )
        for i in range(sites)
    ]
    options = {"nsteps": 10**6, "rtol": 1e-8, "atol": 1e-10, "progress_bar": ""}
    solver = heom.HEOMSolver(qutip.Qobj(H[:sites, :sites]), baths, depth, options=options)
    theirs = [x.full() for x in solver.run(qutip.basis(sites, 0).proj(), times).states]
    found = rf.HEOM(complex_of(sites, kelvins, relaxation), depth=depth, tol=1e-5)
    ours = found.evolve(np.eye(sites)[0], times, rtol=1e-7, atol=1e-9, threads=1).states
    assert abs(ours[-1, 0, 0] - 1.0) > 0.1
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_how_long_two_sites_beat():
    """For 0.7 ps at 77 K, half of that at 300 K, as published, where baths relax within 50 fs: one beat is 0.16 ps."""
    times, beats = np.linspace(0.0, 1.0, 101), {}
    for kelvins, depth in ((77.0, 2), (300.0, 3)):
        heom = rf.HEOM(complex_of(7, kelvins, 0.05), depth=depth, tol=1e-2)
        states = heom.evolve(np.eye(7)[0], times, rtol=1e-5, threads=1).states
        beats[kelvins] = last_maximum(states[:, 1, 1].real, times)
        np.testing.assert_allclose(np.trace(states, axis1=1, axis2=2), 1.0, atol=1e-9)
    assert 0.5 < beats[77.0] < 0.9
    assert 0.15 < beats[300.0] < 0.45


def test_the_excitation_ends_at_the_third_site():
    """Whose energy is the lowest; the fourth is next, and those of the highest have the least."""
    steady = rf.HEOM(complex_of(7, 77.0, 0.166), depth=3, tol=1e-2).steady_state(threads=1)
    populations = np.diag(steady.state).real
    assert list(np.argsort(-populations)[:2]) == [2, 3]
    assert int(np.argmin(populations)) == 5
    assert populations[2] > 0.6
