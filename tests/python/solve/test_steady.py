"""Steady states and slow modes against dense linear algebra."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

import redfield as rf

from reference import figure1_system, random_hermitian, random_matrix

BATH = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)


def null_state(equation):
    n = equation.system.dimension
    vectors = scipy.linalg.null_space(equation.liouvillian().toarray(), rcond=1e-12)
    assert vectors.shape[1] == 1
    state = vectors[:, 0].reshape(n, n, order="F")
    return state / np.trace(state)


@pytest.mark.parametrize("method", ["direct", "iterative"])
@pytest.mark.parametrize(
    "make",
    [
        rf.Redfield,
        rf.Davies,
        rf.UniversalLindblad,
        rf.GeometricArithmetic,
        lambda s: rf.PartialSecular(s, 0.5),
    ],
    ids=["redfield", "davies", "universal", "geometric", "partial"],
)
def test_steady_state_is_the_null_vector(method, make):
    n = 7
    system = rf.System(random_hermitian(n, 1), [0.3 * random_matrix(n, 2)], rf.OhmicBath(0.04, 10.0, 1.0))
    equation = make(system)
    steady = equation.steady_state(method=method)
    assert rf.trace_norm(steady.state - null_state(equation)) < 1e-8
    assert steady.method == method
    assert np.linalg.norm(equation.apply(steady.state)) == pytest.approx(steady.residual, abs=1e-13)


@pytest.mark.parametrize("disorder", [2.0, 20.0])
def test_anderson_takes_few_applications(disorder):
    system = figure1_system(rf.models.anderson(4, disorder, seed=1))
    for lamb_shift in (True, False):
        equation = rf.Redfield(system, lamb_shift)
        steady = equation.steady_state()
        assert steady.method == "iterative"
        assert steady.applications <= 80  # the test for others included
        assert np.linalg.norm(equation.apply(steady.state)) < 1e-9
        assert np.trace(steady.state) == pytest.approx(1.0)
        if not lamb_shift:
            assert rf.trace_norm(steady.state - system.gibbs_state()) < 1e-5


def test_degenerate_spectra_are_preconditioned_in_blocks():
    energies = np.repeat(np.arange(12.0), 3)[:34] + np.zeros(34)
    q = scipy.linalg.qr(np.random.default_rng(1).standard_normal((34, 34)))[0]
    a = np.random.default_rng(2).standard_normal((34, 34))
    system = rf.System((q * energies) @ q.T, [0.2 * (a + a.T)], rf.OhmicBath(0.04, 10.0, 1.0))
    equation = rf.Redfield(system, lamb_shift=False)
    steady = equation.steady_state(method="iterative")
    assert steady.applications <= 60  # the test for others included
    assert rf.trace_norm(steady.state - system.gibbs_state()) < 1e-8
    davies = rf.Davies(system, lamb_shift=False).steady_state(method="iterative")
    assert davies.applications <= 40
    assert rf.trace_norm(davies.state - system.gibbs_state()) < 1e-8


def test_sparse_equations_are_solved_by_sparse_lu():
    system = figure1_system(rf.models.dirac_syk2(40, seed=2))
    equation = rf.PartialSecular(system, 0.01)
    steady = equation.steady_state()
    assert steady.method == "direct"
    assert steady.applications <= 40
    assert np.linalg.norm(equation.apply(steady.state)) < 1e-12
    other = equation.steady_state(method="iterative")
    assert other.method == "iterative"
    assert rf.trace_norm(steady.state - other.state) < 1e-7


def test_several_steady_states_are_reported():
    h = scipy.linalg.block_diag(random_hermitian(3, 5), random_hermitian(3, 6))
    a = scipy.linalg.block_diag(random_hermitian(3, 7), random_hermitian(3, 8))
    system = rf.System(h, [a], rf.OhmicBath(0.04, 10.0, 1.0))
    for make in (rf.Redfield, rf.Davies):
        with pytest.raises(rf.MultipleSteadyStates) as caught:
            make(system).steady_state(method="direct")
        assert caught.value.count == 2
        for state in caught.value.states:
            assert np.abs(make(system).apply(state)).max() < 1e-12
        with pytest.raises(rf.MultipleSteadyStates) as iterative:
            make(system).steady_state(method="iterative")
        assert iterative.value.count == 2
        for state in iterative.value.states:
            assert np.abs(make(system).apply(state)).max() < 1e-7


@pytest.mark.parametrize("make", [rf.Redfield, rf.Davies])
def test_spectrum_against_dense_eigenvalues(make):
    system = rf.System(rf.models.anderson(2, 3.0, seed=3), rf.SiteProjectors(8), BATH)
    equation = make(system)
    exact = np.linalg.eigvals(equation.liouvillian().toarray())
    gap = -exact.real[np.abs(exact) > 1e-10].max()
    exact = exact[np.argsort(np.abs(exact))][:4]
    for method in ("direct", "iterative"):
        spectrum = equation.spectrum(4, method=method)
        assert np.abs(np.sort_complex(spectrum.eigenvalues) - np.sort_complex(exact)).max() < 1e-8
        for value, mode in zip(spectrum.eigenvalues, spectrum.modes, strict=True):
            assert np.linalg.norm(mode) == pytest.approx(1.0)
            assert np.linalg.norm(equation.apply(mode) - value * mode) < 1e-8
        assert spectrum.complete == (method == "direct")
        found = gap if spectrum.complete else -exact.real[np.abs(exact) > 1e-10].max()
        assert spectrum.gap == pytest.approx(found, rel=1e-6)
