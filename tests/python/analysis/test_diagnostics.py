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


def test_counting_against_direct_tilting_and_finite_times():
    h, couplings, baths = three_spins(betas=(0.5, 1.0, 2.0))
    davies = rf.Davies(rf.System(h, couplings, baths))
    counting = Counting(davies)
    field = np.array([0.2, -0.1, 0.15])
    # The classical rate matrix of the populations, tilted rate by rate.
    e, u = np.linalg.eigh(h)
    w = e[None, :] - e[:, None]
    tilted = np.zeros((8, 8))
    for x, a, bath in zip(field, couplings, baths, strict=True):
        rates = bath.power_spectrum(w) * np.abs(u.conj().T @ a @ u) ** 2
        tilted += rates * np.exp(x * w) - np.diag(rates.sum(axis=0))
    theta = np.linalg.eigvals(tilted).real.max()
    assert counting.scaled_cumulants(field) == pytest.approx(theta, abs=1e-12)
    assert counting.scaled_cumulants(np.zeros(3)) == pytest.approx(0.0, abs=1e-12)
    for lam in (field, [1.0, 2.0, -0.5]):
        assert counting.symmetry_defect(lam) < 1e-8

    # Cumulants by differences of θ, and the mean by the currents.
    cumulants = counting.cumulants()
    step = 1e-3
    for b in range(3):
        d = np.eye(3)[b] * step
        plus, minus = counting.scaled_cumulants(d), counting.scaled_cumulants(-d)
        assert cumulants.mean[b] == pytest.approx((plus - minus) / (2 * step), abs=1e-6)
        assert cumulants.covariance[b, b] == pytest.approx((plus + minus) / step**2, rel=1e-3)
    both = [counting.scaled_cumulants(np.array([s, t, 0]) * step) for s in (1, -1) for t in (1, -1)]
    mixed = (both[0] - both[1] - both[2] + both[3]) / (4 * step**2)
    assert cumulants.covariance[0, 1] == pytest.approx(mixed, abs=1e-5)
    steady = davies.steady_state().state
    assert np.abs(cumulants.mean + analysis.heat_currents(steady, davies)).max() < 1e-10
    assert np.abs(cumulants.mean.sum()) < 1e-10

    # At finite times: what a bath received is what the system lost to it.
    rho0 = random_state(8, 2)
    mean, variance = counting.moments(rho0, 5.0)
    energy = davies.evolve(rho0, [0.0, 5.0], [h]).expect[0]
    assert mean.sum() == pytest.approx(energy[0] - energy[1], abs=1e-9)
    assert (variance > 0.0).all()
    long = counting.moments(steady, 4000.0)
    assert np.abs(long[0] / 4000.0 - cumulants.mean).max() < 1e-9
    assert np.abs(long[1] / 4000.0 / np.diag(cumulants.covariance) - 1.0).max() < 1e-2


@pytest.mark.parametrize("kind", ["Redfield", "Davies", "LocalLindblad"])
def test_quadratic_diagnostics_are_those_of_fock_space(kind):
    """Gibbs residual and detailed balance vanish together, positivity agrees with the Choi matrix."""
    from quadratic_reference import FockSpace, coupling, covariance, hamiltonian, lead

    h, j = hamiltonian(3, 2), coupling(3, 2)
    equation = getattr(rf.quadratic if kind == "LocalLindblad" else rf, kind)(
        rf.QuadraticSystem(h, j, lead())
    )
    found = analysis.kossakowski(equation)
    balance = analysis.detailed_balance_defect(equation)
    residual = analysis.gibbs_residual(equation)
    assert (residual < 1e-10) == (kind == "Davies")
    assert (balance.largest < 1e-10) == (kind == "Davies")
    if kind == "LocalLindblad":
        assert found.completely_positive
        return
    fock = FockSpace(h, "fermion").equation(getattr(rf, kind), j, lead())
    full = analysis.kossakowski(fock)
    # Modes a_j on Fock space have norm² 2^N/2 = 4 in the Hilbert–Schmidt product.
    assert full.smallest == pytest.approx(min(0.0, 4.0 * found.smallest), abs=1e-9)
    assert found.completely_positive == full.completely_positive
    assert analysis.choi_minimum(equation, 1.0) > -1e-12 or not full.completely_positive
    g = 0.9 * covariance(3, 1) + 0.05 * np.eye(3)
    result = equation.evolve(g, [0.0, 1.0])
    assert analysis.heat_currents(result).shape == (2, 1)
    assert analysis.first_law_defect(result) < 1e-13
    assert analysis.entropy_production(result).shape == (2,)


def test_diagnose_says_which_equation_holds_what():
    h, couplings, baths = three_spins()
    system = rf.System(h, couplings, baths)
    found = rf.diagnose(system)
    holds = found.holds()
    assert {n for n, v in holds.items() if v["completely_positive"]} == {
        "Davies", "UniversalLindblad", "GeometricArithmetic", "CoarseGrained"
    }  # fmt: skip
    assert [n for n, v in holds.items() if v["detailed_balance"]] == ["Davies"]
    assert [n for n, v in holds.items() if v["thermalises"]] == ["Davies"]
    assert np.abs(found.values["first_law"]).max() < 1e-12
    assert (found.values["choi"] < -1e-12).tolist() == [
        not v["completely_positive"] for v in holds.values()
    ]
    assert abs(found.values["entropy"][found.names.index("Davies")]) < 1e-12
    data = found.to_xarray()
    assert data["kossakowski"].sizes == {"equation": 6}
    assert "<table>" in found._repr_html_()
    assert "min Kossakowski" in repr(found)
    from rich.console import Console

    console = Console(width=160, record=True)
    console.print(found)
    assert "Davies" in console.export_text()

    from quadratic_reference import lead

    chain = rf.QuadraticSystem(rf.models.chain(6), 0.3, lead())
    quadratic = rf.diagnose(chain).holds()
    assert quadratic["Redfield"]["completely_positive"]  # the paper's theorem
    assert quadratic["Redfield"]["detailed_balance"]
    assert not quadratic["LocalLindblad"]["thermalises"]


def test_compare():
    system = rf.System(*three_spins())
    rho0, tlist = random_state(8, 1), np.linspace(0.0, 20.0, 5)
    found = rf.compare(system, {"R": rf.Redfield, "D": rf.Davies(system)}, rho0, tlist)
    a, b = rf.Redfield(system), rf.Davies(system)
    direct = [
        0.5 * np.abs(np.linalg.eigvalsh(x - y)).sum()
        for x, y in zip(a.evolve(rho0, tlist).states, b.evolve(rho0, tlist).states, strict=True)
    ]
    assert np.abs(found.distance[0, 1] - direct).max() < 1e-6
    assert found.names == ["R", "D"]
    matrices = [e.liouvillian().toarray() for e in (a, b)]
    free = -1j * (np.kron(np.eye(8), system.hamiltonian) - np.kron(system.hamiltonian.T, np.eye(8)))
    ratio = np.linalg.norm(matrices[1] - matrices[0]) / np.linalg.norm(matrices[0] - free)
    assert found.generator[1] == pytest.approx(ratio, rel=1e-9)
    assert len(found.plot().lines) == 1
    assert found.to_xarray()["distance"].dims == ("equation", "other", "time")
    with pytest.raises(ValueError, match="equations"):
        rf.compare(system, [rf.Redfield], rho0, tlist)
    other = rf.Davies(rf.System(*three_spins(1)))
    with pytest.raises(ValueError, match="equation"):
        rf.compare(system, [rf.Redfield, other], rho0, tlist)


def test_level_statistics_of_random_matrices_and_of_independent_levels():
    gue = analysis.level_statistics([rf.models.dirac_syk2(150, seed=s) for s in range(30)])
    assert gue.r == pytest.approx(0.5996, abs=4 * gue.standard_error)
    rng = np.random.default_rng(0)
    poisson = analysis.level_statistics([rng.uniform(size=300) for _ in range(30)], part=1.0)
    assert poisson.r == pytest.approx(0.3863, abs=4 * poisson.standard_error)


def test_locality_profiles_of_projectors_and_chains():
    h = rf.models.chain(7, onsite=np.linspace(0.0, 0.6, 7))
    bath = rf.OhmicBath(0.1, 10.0, 0.5)
    system = rf.System(h, rf.SiteProjectors(7), bath)
    found = analysis.locality_profile(rf.Redfield(system))
    e, u = np.linalg.eigh(h)
    g = bath.one_sided(e[None, :] - e[:, None])
    expected = np.zeros(7)
    for j in range(7):
        p = np.zeros((7, 7))
        p[j, j] = 1.0
        lam = np.abs(u @ (g * (u.T @ p @ u)) @ u.T)
        for k in range(7):
            for m in range(7):
                r = max(abs(k - j), abs(m - j))
                expected[r] = max(expected[r], lam[k, m])
    assert np.abs(found.largest - expected).max() < 1e-14
    assert 0.0 < found.decay_length < 2.0

    model = rf.models.mixed_field_ising(4)
    spins = rf.System(model.hamiltonian, model.local("z"), rf.DrudeBath(0.05, 10.0, 0.2))
    chain = analysis.locality_profile(rf.Redfield(spins)).largest
    for r in (1, 2):
        cut = rf.QuasilocalRedfield(spins, r - 1)
        assert chain[r] == pytest.approx(cut.dropped.max())
    assert chain[3] < chain[2] < chain[1] < chain[0]
    from quadratic_reference import lead

    quadratic = rf.Redfield(rf.QuadraticSystem(rf.models.chain(9), 0.3, lead()))
    direct = rf.quadratic.locality_profile(quadratic.system)
    assert np.array_equal(analysis.locality_profile(quadratic).largest, direct.largest)


def test_no_dissipation_is_completely_positive():
    x, z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([0.5, -0.5])
    for system in (rf.System(z, [x], rf.FlatBath(0.0)), rf.System(z, [], [])):
        held = rf.diagnose(system).holds()
        assert {name: h["completely_positive"] for name, h in held.items()} == dict.fromkeys(held, True)
