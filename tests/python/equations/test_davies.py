"""Davies' equation: the secular sum, the exact propagator, and the temperatures that broke others."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import redfield as rf

from reference import (
    ShiftedBath,
    apply,
    evolve,
    figure1_system,
    first_site,
    norm1,
    projectors,
    random_hermitian,
    random_matrix,
    random_state,
    redfield_tensor,
)


@pytest.mark.parametrize("lamb_shift", [False, True])
@pytest.mark.parametrize("n", [1, 2, 4])
def test_the_generator_is_the_brute_force_secular_sum(n, lamb_shift):
    h, x, bath = random_hermitian(n, 1), random_matrix(n, 2), ShiftedBath()
    couplings = [random_matrix(n, 3), random_hermitian(n, 4)]
    for given, written in ((rf.SiteProjectors(n), projectors(n)), (couplings, couplings)):
        davies = rf.Davies(rf.System(h, given, bath), lamb_shift=lamb_shift)
        tensor = redfield_tensor(h, written, [bath], lamb_shift=lamb_shift, secular=True)
        assert np.abs(davies.apply(x) - apply(tensor, x)).max() < 1e-11


@pytest.mark.parametrize("method", ["exact", "chebyshev", "dopri5", "exponential", "auto"])
def test_every_method_agrees_with_the_exponential_of_the_secular_sum(method):
    n, times = 4, [0.5, 0.9, 3.0, 40.0]
    h, rho, bath = random_hermitian(n, 5), random_state(n, 6), ShiftedBath()
    davies = rf.Davies(rf.System(h, rf.SiteProjectors(n), bath))
    tensor = redfield_tensor(h, projectors(n), [bath], lamb_shift=True, secular=True)
    result = davies.evolve(rho, times, method=method, rtol=1e-9, atol=1e-12)
    for t, state in zip(times, result.states, strict=True):
        assert norm1(state - evolve(tensor, rho, t - times[0])) < 2e-7
    assert result.stats["method"] == ("exact" if method == "auto" else method)


def test_cold_and_wide_against_arbitrary_precision():
    """β = 50 with a bandwidth of 80: rates span 10^1700, where symmetrising overflows."""
    h = rf.models.anderson(2, 40.0, seed=1)
    davies = rf.Davies(figure1_system(h, beta=50.0), lamb_shift=False)
    assert np.ptp(davies.system.energies) > 60.0
    t = 1000.0
    with mpmath.workdps(60):
        exact = mpmath.expm(mpmath.matrix(davies.rates.tolist()) * t)
    u = davies.system.eigenvectors
    start = np.abs(u.T @ first_site(8)) ** 2
    populations = np.array([[float(exact[k, m]) for m in range(8)] for k in range(8)]) @ start
    final = davies.evolve(first_site(8), [0.0, t]).final_state
    ours = np.real(np.diag(u.T @ final @ u))
    assert np.abs(ours - populations).max() < 1e-12
    assert ours.min() > -1e-13
    assert abs(np.trace(final) - 1.0) < 1e-12


def test_zero_temperature_reaches_the_ground_state():
    davies = rf.Davies(figure1_system(rf.models.anderson(3, 2.0, seed=2), beta=np.inf), lamb_shift=False)
    assert np.all(np.triu(davies.rates, 1) >= 0.0)
    assert np.all(np.tril(davies.rates, -1) == 0.0)
    final = davies.evolve(first_site(27), [0.0, 1e9]).final_state
    ground = davies.system.eigenvectors[:, 0]
    assert abs(np.vdot(ground, final @ ground) - 1.0) < 1e-9


@pytest.mark.parametrize("beta", [0.1, 5.0, 1e3, np.inf])
@pytest.mark.parametrize("t", [1e-6, 1.0, 1e5, 1e12])
def test_any_time_and_temperature_gives_a_state(beta, t):
    davies = rf.Davies(figure1_system(rf.models.anderson(2, 30.0, seed=3), beta=beta), lamb_shift=False)
    final = davies.evolve(first_site(8), [0.0, t]).final_state
    assert np.linalg.eigvalsh(final).min() > -1e-12
    assert abs(np.trace(final) - 1.0) < 1e-12


def test_long_time_is_the_gibbs_state():
    system = figure1_system(rf.models.dirac_syk2(20, seed=4), beta=2.0)
    weights = np.exp(-2.0 * (system.energies - system.energies[0]))
    gibbs = (system.eigenvectors * weights / weights.sum()) @ system.eigenvectors.conj().T
    final = rf.Davies(system, lamb_shift=False).evolve(first_site(20), [0.0, 1e7]).final_state
    assert norm1(final - gibbs) < 1e-10


def test_uneven_times_give_what_even_ones_give():
    davies = rf.Davies(figure1_system(rf.models.anderson(3, 3.0, seed=5)), lamb_shift=False)
    even = davies.evolve(first_site(27), np.linspace(0.0, 50.0, 201))
    few = davies.evolve(first_site(27), [0.0, 0.25, 7.0, 50.0])
    assert np.abs(even.states[[0, 1, 28, 200]] - few.states).max() < 1e-12


def test_degenerate_bohr_frequencies_couple_in_clusters():
    bath = ShiftedBath()
    ladder = np.diag([0.0, 1.0, 2.0])
    coupling = [random_matrix(3, 11)]
    tensor = redfield_tensor(ladder, coupling, [bath], lamb_shift=True, secular=True)
    rho = random_state(3, 12)
    exact = rf.Davies(rf.System(ladder, coupling, bath))
    assert np.abs(exact.apply(rho) - apply(tensor, rho)).max() < 1e-12
    assert exact.generator.degenerate
    near = rf.System(np.diag([0.0, 1.0, 2.0 + 1e-6]), coupling, bath)
    assert not rf.Davies(near).generator.degenerate
    assert np.abs(rf.Davies(near, degeneracy_tol=1e-5).apply(rho) - apply(tensor, rho)).max() < 1e-5
    with pytest.raises(ValueError, match="degeneracy_tol"):
        rf.Davies(near, degeneracy_tol=-1.0)
    # Each cluster has a closed form of its own.
    solved = exact.evolve(rho, [0.0, 1.0], method="exact").final_state
    assert norm1(solved - evolve(tensor, rho, 1.0)) < 1e-10
