"""Thermodynamics, positivity and counting, against sums written out on three spins and random systems."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from spins import three_spins

import redfield as rf
from redfield import analysis
from redfield.analysis import Counting

from reference import (
    ShiftedBath,
    random_hermitian,
    random_matrix,
    random_state,
    random_unitary,
    redfield_tensor,
)

ALL = [
    rf.Redfield,
    rf.Davies,
    rf.UniversalLindblad,
    rf.GeometricArithmetic,
    lambda s, lamb_shift=True: rf.PartialSecular(s, 0.7, lamb_shift),
    lambda s, lamb_shift=True: rf.CoarseGrained(s, 3.0, lamb_shift),
]
NAMES = ["Redfield", "Davies", "Universal", "Geometric", "PartialSecular", "CoarseGrained"]


def random_system(n, seed, beta=1.0, complex_couplings=True):
    couplings = [random_hermitian(n, seed + 10 + j) for j in range(2)]
    if complex_couplings:
        couplings.append(random_matrix(n, seed + 30))
        # A coupling that is not Hermitian needs its partner for detailed balance.
        couplings.append(couplings[-1].conj().T)
    return rf.System(random_hermitian(n, seed), couplings, ShiftedBath(0.3, beta))


def generator_choi(equation):
    """Σ_kl |k⟩⟨l| ⊗ 𝓛(|k⟩⟨l|), projected off the identity's vector."""
    n = equation.system.dimension
    units = np.eye(n * n).reshape(n, n, n, n)
    j = np.block([[equation.apply(units[k, m]) for m in range(n)] for k in range(n)])
    one = np.eye(n).ravel() / np.sqrt(n)
    p = scipy.linalg.null_space(one[None, :])
    return p.conj().T @ j @ p


@pytest.mark.parametrize("make", ALL, ids=NAMES)
@pytest.mark.parametrize("n", [2, 4, 5])
def test_kossakowski_by_every_method(make, n):
    couplings = [random_hermitian(n, n + 10), random_matrix(n, n + 30)][: 1 if n == 2 else 2]
    equation = make(rf.System(random_hermitian(n, n), couplings, rf.OhmicBath(0.3, 4.0, 1.0)))
    values = np.linalg.eigvalsh(generator_choi(equation))
    for method in ("auto", "dense", "Lanczos"):
        if method == "Lanczos" and n == 2:
            continue
        found = analysis.kossakowski(equation, method)
        assert found.smallest == pytest.approx(values[0], abs=1e-10), method
        assert found.largest == pytest.approx(values[-1], abs=1e-10), method


@settings(deadline=None, max_examples=20)
@given(n=st.integers(2, 6), seed=st.integers(0, 10_000), beta=st.sampled_from([0.05, 1.0, 6.0]))
def test_davies_has_no_defect(n, seed, beta):
    """On random systems, with complex and non-Hermitian couplings and a Lamb shift."""
    system = random_system(n, seed, beta)
    davies = rf.Davies(system)
    assert analysis.gibbs_residual(davies) < 1e-10
    assert analysis.detailed_balance_defect(davies).largest < 1e-10
    assert analysis.kossakowski(davies).completely_positive
    assert analysis.choi_minimum(davies, 0.7) > -1e-12
    mixed = 0.9 * random_state(n, seed) + 0.1 * np.eye(n) / n
    assert analysis.entropy_production(mixed, davies) >= -1e-12
    assert analysis.first_law_defect(mixed, davies) < 1e-12
    counting = Counting(davies)
    assert counting.symmetry_defect([0.37 / beta]) < 1e-8


def test_davies_of_degenerate_levels_has_no_defect():
    h = np.kron(np.diag([0.0, 1.0]), np.eye(2)) + np.kron(np.eye(2), np.diag([0.0, 1.0]))
    u = random_unitary(4, 3)
    system = rf.System(u @ h @ u.conj().T, [random_hermitian(4, 7)], ShiftedBath(0.2, 1.3))
    davies = rf.Davies(system)
    assert analysis.gibbs_residual(davies) < 1e-10
    assert analysis.detailed_balance_defect(davies).largest < 1e-10
    assert analysis.kossakowski(davies).completely_positive
    assert Counting(davies).symmetry_defect([0.4]) < 1e-8


def test_thermodynamics_of_three_spins_by_brute_force():
    """Gibbs stationarity, first law and Spohn's inequality from the four-index sums."""
    h, couplings, baths = three_spins(betas=(0.5, 1.0, 2.0))
    system = rf.System(h, couplings, baths)
    rho = random_state(8, 4)
    log_rho = scipy.linalg.logm(rho)
    for kind, secular in ((rf.Redfield, False), (rf.Davies, True)):
        equation = kind(system)
        whole = redfield_tensor(h, couplings, baths, lamb_shift=True, secular=secular)
        currents, sigma = [], -np.trace((whole @ rho.ravel()).reshape(8, 8) @ log_rho).real
        free = redfield_tensor(h, [np.zeros((8, 8))], [baths[0]], lamb_shift=True)
        for a, bath in zip(couplings, baths, strict=True):
            part = redfield_tensor(h, [a], [bath], lamb_shift=True, secular=secular) - free
            currents.append(np.trace(h @ (part @ rho.ravel()).reshape(8, 8)).real)
            sigma -= bath.beta * currents[-1]
        assert np.abs(analysis.heat_currents(rho, equation) - currents).max() < 1e-12
        rate = np.trace(h @ (whole @ rho.ravel()).reshape(8, 8)).real
        assert sum(currents) == pytest.approx(rate, abs=1e-12)
        assert analysis.first_law_defect(rho, equation) < 1e-12
        assert analysis.entropy_production(rho, equation) == pytest.approx(sigma, abs=1e-9)
    assert analysis.entropy_production(rho, rf.Davies(system)) > 0.0
    # One temperature: the Gibbs state by its exponential, Spohn's form with its logarithm.
    h, couplings, baths = three_spins()
    single = rf.System(h, couplings, baths)
    gibbs = scipy.linalg.expm(-h)
    gibbs /= np.trace(gibbs)
    davies = redfield_tensor(h, couplings, baths, lamb_shift=True, secular=True)
    assert np.abs(davies @ gibbs.ravel()).max() < 1e-14
    assert analysis.gibbs_residual(rf.Davies(single)) < 1e-12
    rate = (davies @ rho.ravel()).reshape(8, 8)
    spohn = -np.trace(rate @ (log_rho - scipy.linalg.logm(gibbs))).real
    assert analysis.entropy_production(rho, rf.Davies(single)) == pytest.approx(spohn, abs=1e-9)


def test_gibbs_residual_is_its_definition():
    h, couplings, baths = three_spins()
    redfield = rf.Redfield(rf.System(h, couplings, baths))
    gibbs = scipy.linalg.expm(-h) / np.trace(scipy.linalg.expm(-h))
    tensor = redfield_tensor(h, couplings, baths, lamb_shift=True)
    norm = np.abs(np.linalg.eigvalsh((tensor @ gibbs.ravel()).reshape(8, 8))).sum()
    assert analysis.gibbs_residual(redfield) * redfield.generator.bounds[1] == pytest.approx(
        norm, rel=1e-9
    )
    assert analysis.gibbs_residual(rf.Redfield(redfield.system, lamb_shift=False)) < 1e-12


def test_detailed_balance_by_brute_force_and_by_samples(monkeypatch):
    """KMS symmetry tr(X† 𝒟... ) with matrix square roots, and the random estimate of the same numbers."""
    h, couplings, baths = three_spins()
    system = rf.System(h, couplings, baths)
    root = scipy.linalg.sqrtm(system.gibbs_state())
    for equation in (rf.Redfield(system), rf.UniversalLindblad(system)):
        shift = equation.lamb_shift_hamiltonian()
        assert np.abs(shift - shift.conj().T).max() < 1e-13

        def dissipator(x, equation=equation, shift=shift):
            return equation.apply(x) + 1j * ((h + shift) @ x - x @ (h + shift))

        units = np.eye(64).reshape(64, 8, 8)
        # ⟨X, 𝒟-tilde Y⟩ with 𝒟 acting on √ρ Y √ρ; Hermitian where KMS symmetric.
        half = scipy.linalg.sqrtm(root)
        form = np.array(
            [[np.vdot(half @ x @ half, _kms(dissipator, half, root, y)) for y in units] for x in units]
        )
        found = analysis.detailed_balance_defect(equation)
        assert found.reversibility > 1e-3
        assert (np.abs(form - form.conj().T).max() > 1e-6) == (found.reversibility > 1e-9)
        monkeypatch.setattr("redfield.analysis.detailed_balance.DENSE", 2)
        sampled = analysis.detailed_balance_defect(equation, samples=40)
        monkeypatch.undo()
        assert not sampled.exact
        assert sampled.reversibility == pytest.approx(found.reversibility, rel=0.3)
        assert sampled.energies == pytest.approx(found.energies, rel=0.3)
        commutator = np.linalg.norm(shift @ system.gibbs_state() - system.gibbs_state() @ shift)
        scale = np.linalg.norm(shift) * np.linalg.norm(system.gibbs_state())
        assert found.commutator == pytest.approx(commutator / scale, rel=1e-6)


def _kms(dissipator, half, root, y):
    return np.linalg.solve(half, dissipator(half @ half @ y @ half @ half)) @ np.linalg.inv(half)


def test_sampled_defects_vanish_for_davies(monkeypatch):
    monkeypatch.setattr("redfield.analysis.detailed_balance.DENSE", 2)
    assert analysis.detailed_balance_defect(rf.Davies(random_system(7, 3))).largest < 1e-10


def test_the_lamb_shift_hamiltonian_is_the_pair_sum():
    h, couplings, baths = three_spins()
    system = rf.System(h, couplings, baths)
    e, u = np.linalg.eigh(h)
    w = e[None, :] - e[:, None]
    total = np.zeros((8, 8), dtype=complex)
    for a, bath in zip(couplings, baths, strict=True):
        x = u.conj().T @ a @ u
        g = bath.one_sided(w)
        s = x.conj().T @ (g * x)
        total += (s - s.conj().T) / 2j
    assert np.abs(rf.Redfield(system).lamb_shift_hamiltonian() - u @ total @ u.conj().T).max() < 1e-12


def test_positivity_documented_examples():
    """Where Redfield's equation fails, and how deep; and where it is completely positive though not secular."""
    bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    system = rf.System(rf.models.anderson(3, disorder=2.0, seed=1), rf.SiteProjectors(27), bath)
    redfield = rf.Redfield(system)
    result = redfield.evolve(system.eigenvectors[:, 0], np.linspace(0.0, 100.0, 51))
    found = analysis.positivity_violation(result)
    least = [np.linalg.eigvalsh(s)[0] for s in result.states]
    assert found.depth == pytest.approx(-min(least))
    assert 8e-4 < found.depth < 2e-3
    assert not analysis.kossakowski(redfield).completely_positive

    # The theorem on Fock space: uniform couplings to fermionic baths.
    a = [x.toarray() for x in rf.operators.fermions(3)]
    h = random_hermitian(3, 5)
    many = sum(h[j, k] * a[j].T @ a[k] for j in range(3) for k in range(3))
    lead = rf.ParticleBath(lambda w: 0.3 * np.exp(-(w**2) / 18), 1.0, 0.2)
    fock = rf.Redfield(rf.System(many, *rf.particle_exchange(a, lead)))
    assert analysis.kossakowski(fock).completely_positive
    assert analysis.choi_minimum(fock, 2.0) > -1e-12
    assert analysis.secular_parameter(fock).worst > 0.0
    uneven = rf.Redfield(rf.System(many, *rf.particle_exchange([2 * a[0], a[1], 0.2 * a[2]], lead)))
    assert not analysis.kossakowski(uneven).completely_positive


def test_choi_minimum_by_columns():
    equation = rf.Redfield(random_system(3, 5))
    n, t = 3, 0.8
    tensor = equation.liouvillian().toarray()
    whole = scipy.linalg.expm(tensor * t)
    units = np.eye(9).reshape(3, 3, 3, 3)
    blocks = [
        [(whole @ units[k, m].ravel(order="F")).reshape(3, 3, order="F") for m in range(n)]
        for k in range(n)
    ]
    least = np.linalg.eigvalsh(np.block(blocks) / n)[0]
    assert analysis.choi_minimum(equation, t) == pytest.approx(least, abs=1e-12)


def test_violation_counts_time_between_outputs():
    states = np.array([np.diag([1.0 - x, x]) for x in (0.1, -0.1, -0.1, 0.3)])
    equation = rf.Redfield(rf.System(np.diag([0.0, 1.0]), rf.SiteProjectors(2), ShiftedBath()))
    result = rf.Result(np.array([0.0, 1.0, 3.0, 4.0]), [], {}, states, states[-1], equation)
    found = analysis.positivity_violation(result, tol=0.0)
    assert found.depth == pytest.approx(0.1)
    assert found.time == 1.0
    assert found.duration == pytest.approx(0.5 + 2.0 + 0.25)
