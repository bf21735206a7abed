"""Evolution: every method on problems whose solution is known, and what it costs."""

from __future__ import annotations

import threading

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

import redfield as rf

from reference import (
    ShiftedBath,
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

METHODS = ("chebyshev", "dopri5", "exponential")
OVERFLOW = float(np.log(np.finfo(np.float64).max))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("lamb_shift", [False, True])
def test_every_method_agrees_with_the_exponential_of_the_dense_liouvillian(method, lamb_shift):
    n, times = 4, [1.0, 1.3, 5.0, 5.0, 21.0]
    h, rho, bath = random_hermitian(n, 1), random_state(n, 2), ShiftedBath()
    couplings = [random_matrix(n, 3), random_hermitian(n, 4)]
    for given, written in ((rf.SiteProjectors(n), projectors(n)), (couplings, couplings)):
        equation = rf.Redfield(rf.System(h, given, bath), lamb_shift=lamb_shift)
        tensor = redfield_tensor(h, written, [bath], lamb_shift=lamb_shift)
        result = equation.evolve(rho, times, method=method, rtol=1e-9, atol=1e-12)
        for t, state in zip(times, result.states, strict=True):
            assert norm1(state - evolve(tensor, rho, t - times[0])) < 1e-7


def test_pure_dephasing_against_the_exact_decay():
    """H and A commute: ρ_01 decays with ½γ(0)(a_0 − a_1)² whatever the bath."""
    h, a = np.diag([0.3, -0.9]), np.diag([1.0, -1.0])
    bath = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=2.0)
    equation = rf.Redfield(rf.System(h, [a], bath), lamb_shift=False)
    rate = 0.5 * (0.1 / 2.0) * 4.0
    plus = np.array([1.0, 1.0]) / np.sqrt(2)
    times = np.linspace(0.0, 30.0, 7)
    for method in (*METHODS, "auto"):
        states = equation.evolve(plus, times, method=method, rtol=1e-10).states
        exact = 0.5 * np.exp(-1j * 1.2 * times - rate * times)
        assert np.abs(states[:, 0, 1] - exact).max() < 1e-8
        assert np.abs(states[:, 0, 0] - 0.5).max() < 1e-10


def test_rabi_oscillation_without_a_bath():
    equation = rf.Redfield(
        rf.System([[0.0, 0.5], [0.5, 0.0]], rf.SiteProjectors(2), rf.OhmicBath(0.0, 1.0, 1.0)), False
    )
    times = np.linspace(0.0, 200.0, 11)
    for method in METHODS:
        states = equation.evolve([1.0, 0.0], times, method=method, rtol=1e-9).states
        assert np.abs(states[:, 0, 0] - np.cos(times / 2) ** 2).max() < 1e-6


@pytest.mark.parametrize(
    ("name", "h"),
    [
        ("syk2", rf.models.dirac_syk2(32, seed=1)),
        ("chaotic", rf.models.anderson(3, 2.0, seed=1)),
        ("localised", rf.models.anderson(3, 20.0, seed=1)),
    ],
)
def test_the_default_reaches_rtol_within_its_applications(name, h):
    equation = rf.Redfield(figure1_system(h), lamb_shift=False)
    times = np.linspace(0.0, 100.0, 41)
    result = equation.evolve(first_site(len(h)), times)
    assert result.stats["method"] == "chebyshev"
    assert result.stats["applications"] <= 1.3 * np.ptp(equation.system.energies) * 100.0 + 50
    exact = equation.evolve(first_site(len(h)), times, method="chebyshev", rtol=1e-12, atol=1e-13)
    independent = equation.evolve(first_site(len(h)), times[[0, -1]], method="dopri5", rtol=1e-10)
    assert norm1(exact.final_state - independent.final_state) < 1e-7
    assert max(norm1(a - b) for a, b in zip(result.states, exact.states, strict=True)) < 1e-6
    for state in result.states:
        assert abs(np.trace(state) - 1.0) < 1e-12
        assert np.array_equal(state, state.conj().T)


def test_strong_disorder_stays_bounded_for_long():
    """W = 30, t = 100: an action that is wrong on anti-Hermitian rounding grows beyond any bound here."""
    equation = rf.Redfield(figure1_system(rf.models.anderson(3, 30.0, seed=2)), lamb_shift=False)
    for method in ("chebyshev", "dopri5"):
        result = equation.evolve(first_site(27), [0.0, 50.0, 100.0], method=method)
        for state in result.states:
            assert abs(np.trace(state) - 1.0) < 1e-12
            assert np.array_equal(state, state.conj().T)
            assert norm1(state) < 1.05


@pytest.mark.parametrize(
    "h", [rf.models.dirac_syk2(4, seed=3), rf.models.anderson(2, 2.0, dims=2, seed=3)]
)
def test_dissipation_as_fast_as_the_dynamics(h):
    """J_int = 2: an expansion on the imaginary axis alone amplifies rounding by e^{gh}."""
    n = len(h)
    bath = rf.OhmicBath(strength=4.0, cutoff=10.0, beta=5.0)
    equation = rf.Redfield(rf.System(h, rf.SiteProjectors(n), bath), lamb_shift=False)
    tensor = redfield_tensor(h, projectors(n), [bath], lamb_shift=False)
    rho = np.diag(first_site(n))
    for method in METHODS:
        result = equation.evolve(rho, [0.0, 1.0, 100.0], method=method, rtol=1e-8)
        for t, state in zip(result.times, result.states, strict=True):
            assert norm1(state - evolve(tensor, rho, t)) < 1e-6


def test_expectation_values_and_their_forms():
    n = 9
    equation = rf.Redfield(rf.System(random_hermitian(n, 5), rf.SiteProjectors(n), ShiftedBath()))
    rho, o, x = random_state(n, 6), random_hermitian(n, 7), random_matrix(n, 8)
    times = [0.0, 0.5, 4.0]
    states = equation.evolve(rho, times).states
    expected = [np.einsum("ij,tji->t", a, states) for a in (o, x)]
    result = equation.evolve(rho, times, e_ops=[o, x])
    assert result.states is None
    assert result.expect[0].dtype == np.float64
    assert np.abs(result.expect[0] - expected[0].real).max() < 1e-12
    assert np.abs(result.expect[1] - expected[1]).max() < 1e-12
    assert np.abs(result.final_state - states[-1]).max() < 1e-12
    named = equation.evolve(rho, times, e_ops={"energy": o}, store_states=True)
    assert set(named.expect) == {"energy"}
    assert named.states.shape == (3, n, n)
    single = equation.evolve(rho, times, e_ops=o)
    assert np.abs(single.expect[0] - expected[0].real).max() < 1e-12


@pytest.mark.parametrize("method", ["chebyshev", "dopri5", "exponential"])
def test_times_one_time_equal_times_and_a_late_start(method):
    equation = rf.Redfield(figure1_system(rf.models.dirac_syk2(6, seed=6)), lamb_shift=False)
    rho = random_state(6, 9)
    only = equation.evolve(rho, [3.0], method=method)
    assert np.abs(only.final_state - rho).max() < 1e-14
    repeated = equation.evolve(rho, [2.0, 2.0, 4.0, 4.0], method=method)
    assert np.abs(repeated.states[1] - rho).max() < 1e-14
    assert np.array_equal(repeated.states[2], repeated.states[3])
    shifted = equation.evolve(rho, [0.0, 2.0], method=method)
    assert np.abs(repeated.states[3] - shifted.states[1]).max() < 1e-6


def test_many_outputs_equal_few():
    equation = rf.Redfield(figure1_system(rf.models.anderson(3, 2.0, seed=7)), lamb_shift=False)
    many = equation.evolve(first_site(27), np.linspace(0.0, 60.0, 3001), method="chebyshev")
    few = equation.evolve(first_site(27), [0.0, 20.0, 60.0], method="chebyshev")
    assert np.abs(many.states[[0, 1000, 3000]] - few.states).max() < 1e-7
    # An output adds up all terms of its step.
    assert many.stats["steps"] > 3 * few.stats["steps"]
    assert many.stats["applications"] < 2 * few.stats["applications"]


@pytest.mark.parametrize("n", [20, 110])
def test_threads_change_nothing_but_rounding(n):
    equation = rf.Redfield(figure1_system(rf.models.dirac_syk2(n, seed=8)), lamb_shift=False)
    one, two = (equation.evolve(first_site(n), [0.0, 10.0], threads=k).final_state for k in (1, 2))
    assert np.abs(one - two).max() < 1e-11


def test_an_ensemble_is_its_members():
    systems = [figure1_system(rf.models.dirac_syk2(20, seed=s)) for s in range(5)]
    equations = [rf.Redfield(system, lamb_shift=False) for system in systems]
    equations.append(rf.Davies(systems[0], lamb_shift=False))
    o = random_hermitian(20, 1)
    alone = [eq.evolve(first_site(20), [0.0, 9.0], e_ops=[o], threads=1) for eq in equations]
    for threads in (1, 2):
        together = rf.evolve_ensemble(equations, first_site(20), [0.0, 9.0], e_ops=[o], threads=threads)
        for a, b in zip(alone, together, strict=True):
            assert np.array_equal(a.final_state, b.final_state)
            assert np.array_equal(a.expect[0], b.expect[0])
    own = rf.evolve_ensemble(equations[:2], [first_site(20), np.eye(20)[3]], [0.0])
    assert own[1].final_state[3, 3].real == pytest.approx(1.0)


def test_an_ensemble_of_several_sizes():
    equations = [
        rf.Redfield(figure1_system(rf.models.dirac_syk2(n, seed=n)), lamb_shift=False) for n in (3, 5)
    ]
    starts = [first_site(3), first_site(5)]
    results = rf.evolve_ensemble(equations, starts, [0.0, 1.0])
    for equation, start, result in zip(equations, starts, results, strict=True):
        assert np.array_equal(
            result.states, equation.evolve(start, [0.0, 1.0], threads=1, store_states=True).states
        )
    with pytest.raises(ValueError, match="rho0"):
        rf.evolve_ensemble(equations, [*starts, starts[0]], [0.0, 1.0])
    with pytest.raises(ValueError, match="e_ops"):
        rf.evolve_ensemble(equations, starts, [0.0, 1.0], e_ops=[np.eye(3)])
    with pytest.raises(ValueError, match="rho0"):
        rf.evolve_ensemble(equations, starts[:1] * 2, [0.0, 1.0])
    two = [equations[0]] * 3
    nested = rf.evolve_ensemble(two, [[1, 0, 0], [0, 0, 0], [0, 0, 0]], [0.0])
    assert nested[2].final_state[0, 0].real == pytest.approx(1.0)


def test_progress_is_reported_and_errors_in_it_are_raised():
    equation = rf.Redfield(figure1_system(rf.models.anderson(4, 30.0, seed=9)), lamb_shift=False)
    seen: list[float] = []
    equation.evolve(first_site(64), [0.0, 40.0], progress=seen.append)
    assert seen
    assert all(0.0 <= f <= 1.0 for f in seen)
    assert seen == sorted(seen)

    def fail(_):
        raise RuntimeError("the bar broke")

    with pytest.raises(RuntimeError, match="the bar broke"):
        equation.evolve(first_site(64), [0.0, 40.0], progress=fail)
    with pytest.raises(RuntimeError, match="the bar broke"):
        rf.evolve_ensemble([equation], first_site(64), [0.0, 40.0], progress=fail)


def test_a_flag_set_by_another_thread_ends_the_work():
    equation = rf.Redfield(figure1_system(rf.models.anderson(5, 30.0, seed=9)), lamb_shift=False)
    flag = rf.StopFlag()
    timer = threading.Timer(0.2, flag.set)
    timer.start()
    with pytest.raises(rf.Interrupted):
        equation.evolve(first_site(125), [0.0, 1e5], stop=flag)
    timer.join()


def test_a_progress_bar(capsys):
    equation = rf.Redfield(figure1_system(rf.models.dirac_syk2(8, seed=10)), lamb_shift=False)
    equation.evolve(first_site(8), [0.0, 1.0], progress=True)
    assert "100%" in capsys.readouterr().err


@hypothesis.settings(max_examples=60, deadline=None)
@hypothesis.example(n=3, seed=2, log_strength=1.0, log_time=2.0, real=False)  # grows to 1e20
@hypothesis.example(n=6, seed=256442, log_strength=1.5, log_time=2.0, real=False)  # to 1e603
@hypothesis.example(n=3, seed=2, log_strength=1.0, log_time=2.0, real=False)  # grows to 1e20
@hypothesis.example(n=6, seed=256442, log_strength=1.5, log_time=2.0, real=False)  # to 1e603
@hypothesis.given(
    n=st.integers(1, 6),
    seed=st.integers(0, 10**6),
    log_strength=st.floats(-8.0, 1.5),
    log_time=st.floats(-6.0, 2.0),
    real=st.booleans(),
)
def test_the_expansion_agrees_with_the_exponential_at_any_strength(n, seed, log_strength, log_time, real):
    h = random_hermitian(n, seed)
    if real:
        h = h.real
    equation = rf.Redfield(rf.System(h, [random_hermitian(n, seed + 1)], ShiftedBath(10.0**log_strength)))
    times = [0.0, 0.3 * 10.0**log_time, 10.0**log_time]
    rho = random_state(n, seed + 2)
    growth = np.linalg.eigvals(equation.liouvillian().toarray()).real.max() * times[-1]
    if growth > OVERFLOW + 20.0:
        for method in ("chebyshev", "exponential"):
            with pytest.raises(rf.ConvergenceError):
                equation.evolve(rho, times, method=method)
        return
    hypothesis.assume(growth < OVERFLOW - 20.0)
    expanded, exact = (equation.evolve(rho, times, method=m) for m in ("chebyshev", "exponential"))
    # Redfield's equation may grow where it is far from valid: the tolerance is relative to what it gives.
    size = max(1.0, *(norm1(state) for state in exact.states))
    for a, b in zip(expanded.states, exact.states, strict=True):
        assert norm1(a - b) < 1e-6 * size
