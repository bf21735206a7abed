"""Degenerate, shifted, closed, tiny and huge: what used to be silently wrong or to end the process."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import scipy.linalg
import scipy.special

import redfield as rf
from redfield import analysis

from reference import random_hermitian, random_matrix

BATH = rf.OhmicBath(0.04, 10.0, 5.0)
QUBIT = rf.System([[1.0, 0.5], [0.5, -1.0]], rf.SiteProjectors(2), BATH)


def lead(beta=2.0, mu=0.5, statistics="fermion"):
    return rf.ParticleBath(
        0.1, beta, mu, statistics, band=(-20.0, 20.0) if statistics == "fermion" else (1.0, 20.0)
    )


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6, -1e8])
def test_a_constant_added_to_h_changes_nothing(offset):
    h, a, x = np.diag(0.1 * np.arange(6)), random_hermitian(6, 1), random_hermitian(6, 2)
    here, there = (rf.Davies(rf.System(h + c * np.eye(6), [a], BATH)) for c in (0.0, offset))
    assert np.abs(here.dissipator(x) - there.dissipator(x)).max() < 1e-8 + 1e-15 * abs(offset)


def test_frequencies_between_rounding_and_the_tolerance_are_told_of():
    h = np.diag([0.0, 1.0, 2.0 + 5e-14])
    system = rf.System(h, [np.ones((3, 3))], BATH)
    with pytest.warns(UserWarning, match="apart"):
        rf.Davies(system)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rf.Davies(system, degeneracy_tol=1e-14)
        rf.Davies(rf.System(np.diag([0.0, 1.0, 2.0]), [np.ones((3, 3))], BATH))


def test_quadratic_partial_secular_without_a_cutoff_is_davies():
    u = np.linalg.qr(random_matrix(6, 3))[0]
    h = (u * np.array([0.0, 0.0, 1.0, 1.0, 1.0, 2.0])) @ u.conj().T
    system = rf.QuadraticSystem(h, np.linspace(0.1, 0.5, 6), lead())
    g = np.diag(np.linspace(0.1, 0.9, 6))
    a, b = (e.apply(g) for e in (rf.PartialSecular(system, 0.0), rf.Davies(system)))
    assert np.abs(a - b).max() < 1e-14


def null_space(equation):
    """How many singular values of 𝓛 as a dense matrix vanish."""
    values = np.linalg.svd(equation.liouvillian().toarray(), compute_uv=False)
    return int((values < 1e-11 * values[0]).sum())


@pytest.mark.parametrize("sites", [3, 4])
@pytest.mark.parametrize("operators", ["z", "xz"])
def test_every_steady_state_of_a_symmetric_ring_is_counted(sites, operators):
    pauli = {
        "x": np.array([[0, 1], [1, 0]]),
        "y": np.array([[0, -1j], [1j, 0]]),
        "z": np.diag([1.0, -1.0]),
    }

    def at(name, site):
        return np.kron(np.kron(np.eye(2**site), pauli[name]), np.eye(2 ** (sites - site - 1)))

    h = sum(at(p, k) @ at(p, (k + 1) % sites) for p in "xyz" for k in range(sites)) / 4.0
    equation = rf.Redfield(rf.System(h, [at(p, 0) for p in operators], rf.OhmicBath(0.04, 10.0, 1.0)))
    count = null_space(equation)
    assert count > 1
    for method in ("auto", "iterative"):
        with pytest.raises(rf.MultipleSteadyStates) as caught:
            equation.steady_state(method=method)
        assert caught.value.count == count
        for state in caught.value.states:
            assert np.linalg.norm(equation.apply(state)) < 1e-6


def test_copies_of_a_system_have_copies_of_its_modes():
    h, a = random_hermitian(6, 5), 0.3 * random_hermitian(6, 6)
    system = rf.System(np.kron(np.eye(2), h), [np.kron(np.eye(2), a)], rf.OhmicBath(0.04, 10.0, 1.0))
    equation = rf.Redfield(system)
    one = np.linalg.eigvals(
        rf.Redfield(rf.System(h, [a], rf.OhmicBath(0.04, 10.0, 1.0))).liouvillian().toarray()
    )
    expected = np.sort(np.repeat(np.abs(one), 4))[:6]
    for method in ("direct", "iterative"):
        found = np.abs(equation.spectrum(6, method=method).eigenvalues)
        assert found == pytest.approx(expected, abs=1e-8)
    with pytest.raises(rf.MultipleSteadyStates):
        equation.steady_state()
    with pytest.raises(rf.MultipleSteadyStates):
        analysis.Counting(rf.Davies(system)).cumulants()


def test_small_systems():
    assert len(rf.Redfield(QUBIT).spectrum().eigenvalues) == 4
    single = rf.System([[2.0]], rf.SiteProjectors(1), BATH)
    for equation in (
        rf.Redfield(single),
        rf.Davies(single),
        rf.UniversalLindblad(single),
        rf.CoarseGrained(single, 1.0),
    ):
        assert equation.evolve([1.0], [0.0, 3.0]).final_state[0, 0] == pytest.approx(1.0)
        assert equation.steady_state().state[0, 0] == pytest.approx(1.0)
        assert np.abs(equation.spectrum().eigenvalues).max() < 1e-12
    assert rf.diagnose(single).holds()["Davies"]["completely_positive"]


def test_closed_systems():
    h = random_hermitian(4, 7)
    closed = rf.System(h, [], [])
    unitary = scipy.linalg.expm(-1j * h * 1.3)
    rho = np.eye(4)[0]
    for equation in (
        rf.Redfield(closed), rf.Davies(closed), rf.UniversalLindblad(closed), rf.GeometricArithmetic(closed),
        rf.PartialSecular(closed, 0.1), rf.CoarseGrained(closed, 1.0), rf.Lindblad(h, []),
    ):  # fmt: skip
        out = equation.evolve(rho, [0.0, 1.3]).final_state
        assert np.abs(out - np.outer(unitary[:, 0], unitary[:, 0].conj())).max() < 1e-8


@pytest.mark.parametrize("n", [2, 64])
def test_a_hamiltonian_that_is_one(n):
    system = rf.System(3.0 * np.eye(n), rf.SiteProjectors(n), BATH)
    for make in (rf.Redfield, rf.Davies, rf.UniversalLindblad):
        out = make(system).evolve(np.full(n, n**-0.5), [0.0, 1.0]).final_state
        # Each site dephases at γ(0) = strength/β, whatever its Lamb shift.
        assert out[0, 1] == pytest.approx(np.exp(-0.04 / 5.0) / n, abs=1e-9)


def test_times_of_any_size():
    equation = rf.Redfield(QUBIT)
    for method in ("chebyshev", "dopri5", "exponential"):
        for times in ([0.0, 1e-200], [0.0, 1e-30, 1e-8], [-5.0, -5.0, 2.0], [1e9, 1e9 + 1.0]):
            result = equation.evolve([1.0, 0.0], times, method=method)
            assert np.isfinite(result.states).all()
            assert np.trace(result.final_state).real == pytest.approx(1.0)
    late = equation.evolve([1.0, 0.0], [-7.0, -2.0]).final_state
    assert np.abs(late - equation.evolve([1.0, 0.0], [0.0, 5.0]).final_state).max() < 1e-8
