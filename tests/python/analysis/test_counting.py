"""Currents of leads and counting statistics: published values of QmeQ, closed forms, and each other."""

import numpy as np
import pytest

import redfield as rf
from redfield import analysis
from redfield.analysis import Counting

from reference import ShiftedBath, random_hermitian, random_state

QMEQ = {
    # Of qmeq/tests/data_builder.py (github.com/gedaskir/qmeq), lead 0: its particle current, and the energy currents
    # of leads 0 and 1; "Pauli2", "Redfield2" and "Redfield0" (without and with principal parts), "Lindblad2".
    "Davies": (0.09430974635273646, 2.9039511908319557, -2.9039511908319664),
    "Redfield": (0.08322262964922629, 2.619439679143371, -2.6081870820439166),
    "Redfield with principal parts": (0.06226323392406378, -0.04145431832883384, 0.020522824796001038),
    "GeometricArithmetic": (0.0837511377259315, 2.838606940574246, -2.838606940574274),
}


def double_dot():
    """QmeQ's test model: two dots with spin between two leads with bands of ±1000, T = 50, V = 5."""
    a = [x.toarray() for x in rf.operators.fermions(4)]
    n = [x.T @ x for x in a]
    h = -10 * (n[0] + n[2]) - 12 * (n[1] + n[3]) + 80 * (n[0] @ n[2] + n[1] @ n[3])
    h += 30 * (n[0] @ n[1] + n[0] @ n[3] + n[1] @ n[2] + n[2] @ n[3])
    hop = a[0].T @ a[1] + a[2].T @ a[3]
    couplings = [
        2.0 * (a[0] + 0.3 * a[1]),
        a[1] + 0.1 * a[0],
        2.0 * (a[2] + 0.3 * a[3]),
        a[3] + 0.1 * a[2],
    ]
    leads = [
        rf.ParticleBath(2 * np.pi, beta=1 / 50, mu=mu, band=(-1000.0, 1000.0))
        for mu in (2.5, -2.5, 2.5, -2.5)
    ]
    return rf.System(h + 20 * (hop + hop.T), *rf.particle_exchange(couplings, leads))


@pytest.mark.parametrize("name", QMEQ)
def test_currents_of_leads_are_those_that_qmeq_publishes(name):
    equation = getattr(rf, name.split()[0])(double_dot(), lamb_shift="principal" in name)
    rho = equation.steady_state().state
    particle, energy_left, energy_right = QMEQ[name]
    particles = analysis.particle_currents(rho, equation)
    energies = analysis.energy_currents(rho, equation, counted="bath")
    # To the steady state's tolerance.
    assert particles == pytest.approx([particle, -particle] * 2, abs=1e-8)
    assert energies == pytest.approx([energy_left, energy_right] * 2, abs=1e-6)
    heats = analysis.heat_currents(rho, equation, counted="bath")
    assert heats == pytest.approx(energies - np.array([2.5, -2.5] * 2) * particles)
    for quantity, expected in (("particle", particles), ("energy", energies), ("heat", heats)):
        counted = Counting(equation, quantity).cumulants()
        assert -counted.mean == pytest.approx(expected, abs=1e-6)
    if name == "Redfield":
        by_system = analysis.energy_currents(rho, equation)
        assert by_system[0] == pytest.approx(2.6036, abs=1e-4)
        assert by_system.sum() == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("kind", ["Davies", "Redfield", "UniversalLindblad", "GeometricArithmetic"])
def test_one_level_between_two_leads_has_a_closed_form(kind):
    (a,) = rf.operators.fermions(1)
    rates = (0.3, 0.1)
    leads = [
        rf.ParticleBath(rate, beta=1.0, mu=mu, band=(-500.0, 500.0))
        for rate, mu in zip(rates, (60.0, -60.0), strict=True)
    ]
    dot = rf.System(0.2 * a.T @ a, *rf.particle_exchange([a, a], leads))
    counted = Counting(getattr(rf, kind)(dot, lamb_shift=False), "particle").cumulants()
    left, right = rates
    assert counted.mean[1] == pytest.approx(left * right / (left + right))
    # One way only: F = (Γ_L² + Γ_R²)/(Γ_L + Γ_R)² (de Jong 1996).
    assert counted.fano == pytest.approx([(left**2 + right**2) / (left + right) ** 2] * 2)
    assert counted.covariance[0, 1] == pytest.approx(-counted.covariance[0, 0])


@pytest.mark.parametrize("rabi", [0.1, 0.5, 3.0])
def test_photons_of_resonance_fluorescence_are_antibunched(rabi):
    gamma = 0.7
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    atom = rf.Lindblad(0.5 * rabi * (lower + lower.T), [np.sqrt(gamma) * lower])
    counted = Counting(atom, "jumps").cumulants()
    assert counted.mean[0] == pytest.approx(gamma * rabi**2 / (gamma**2 + 2 * rabi**2))
    # Mandel's Q = −6Ω²γ²/(γ² + 2Ω²)² (Mandel 1979).
    assert counted.fano[0] - 1 == pytest.approx(-6 * rabi**2 * gamma**2 / (gamma**2 + 2 * rabi**2) ** 2)


def test_statistics_are_derivatives_of_the_generating_function_and_of_moments():
    baths = [ShiftedBath(0.2, 0.5), ShiftedBath(0.1, 2.0)]
    system = rf.System(random_hermitian(3, 1), [random_hermitian(3, 2), random_hermitian(3, 3)], baths)
    for equation in (
        rf.Redfield(system),
        rf.UniversalLindblad(system, False),
        rf.PartialSecular(system, 1.5),
    ):
        counting = Counting(equation, "energy")
        cumulants = counting.cumulants()
        h = 1e-3
        for b in range(2):
            field = np.eye(2)[b] * h
            up, middle, down = (counting.scaled_cumulants(s * field) for s in (1, 0, -1))
            assert (up - down) / (2 * h) == pytest.approx(cumulants.mean[b], abs=1e-5)
            assert (up - 2 * middle + down) / h**2 == pytest.approx(cumulants.covariance[b, b], abs=1e-4)
        rho = random_state(3, 4)
        early, late = counting.moments(rho, 300.0), counting.moments(rho, 301.0)
        assert late[0] - early[0] == pytest.approx(cumulants.mean, abs=1e-8)
        assert late[1] - early[1] == pytest.approx(cumulants.covariance.diagonal(), abs=1e-7)
        # The counting field only dresses 𝓛.
        u, n = system.eigenvectors, 3
        x = u.conj().T @ rho @ u
        change = u @ (counting.tilted([0.0, 0.0]) @ x.ravel()).reshape(n, n) @ u.conj().T
        assert np.abs(change - equation.apply(rho)).max() < 1e-12
        flow = analysis.energy_currents(rho, equation, counted="bath")
        start = counting.moments(rho, 1e-6)[0] / 1e-6
        assert -start == pytest.approx(flow, abs=1e-4)


def test_a_cutoff_leads_from_davies_to_redfield():
    system = rf.System(random_hermitian(4, 5), [random_hermitian(4, 6)], ShiftedBath(0.2, 1.0))
    rho = random_state(4, 7)
    for cutoff, other in ((0.0, rf.Davies(system)), (100.0, rf.Redfield(system))):
        near = rf.PartialSecular(system, cutoff)
        for quantity in ("energy", "heat"):
            a, b = (
                getattr(analysis, f"{quantity}_currents")(rho, e, counted="bath") for e in (near, other)
            )
            assert a == pytest.approx(b, abs=1e-12)
        a, b = (Counting(e, "energy").cumulants() for e in (near, other))
        assert a.covariance == pytest.approx(b.covariance, rel=1e-8)
