"""The messages of solvers for arguments that do not fit and numbers that they can not reach."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse as sp

import redfield as rf

from reference import figure1_system, first_site, random_hermitian, random_matrix

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=1.0)
TIMES = [0.0, 0.7, 2.0]
LEVELS = 5
PSI = np.exp(1j * np.arange(LEVELS)) / np.sqrt(LEVELS)
GENERIC = rf.System(random_hermitian(LEVELS, 3), [0.3 * random_hermitian(LEVELS, 1)], BATH)
LINDBLAD = rf.Lindblad(random_hermitian(LEVELS, 4), [0.4 * random_matrix(LEVELS, 5)])


def memory(system, past="auto"):
    return rf.Redfield(system, history="memory", correlation=past)


def chain(n, rate):
    model = rf.models.mixed_field_ising(n)
    return rf.Lindblad(model.hamiltonian, [np.sqrt(rate) * x for x in model.local("minus")])


def test_correlations():
    equation = rf.Redfield(rf.System(random_hermitian(3, 1), [random_hermitian(3, 2)], BATH))
    a = random_matrix(3, 4)
    with pytest.raises(ValueError, match=r"a must be .*3 x 3|a must .*\(3, 3\)|a has shape"):
        rf.correlation(equation, np.eye(2), a, [0.0])
    with pytest.raises(ValueError, match="taus must not be negative"):
        rf.correlation(equation, a, a, [-1.0, 0.0])
    with pytest.raises(ValueError, match="state must be"):
        rf.correlation(equation, a, a, [0.0], state="ground")
    with pytest.raises(ValueError, match="frequencies must be real"):
        rf.spectrum(equation, a, a, [1j])
    with pytest.raises(ValueError, match="frequencies"):
        rf.spectrum(equation, a, a, [np.nan])
    with pytest.raises(ValueError, match="tol must be positive"):
        rf.spectrum(equation, a, a, [0.0], tol=0.0)
    with pytest.raises(TypeError, match="equation must be a master equation, got str"):
        rf.spectrum("x", a, a, [0.0])
    twin = rf.Davies(rf.System(np.diag([0.0, 1.0]), [np.diag([1.0, -1.0])], BATH))
    with pytest.raises(rf.MultipleSteadyStates):
        rf.spectrum(twin, np.eye(2), np.eye(2), [1.0])
    assert rf.spectrum(equation, a, a, []).shape == (0,)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: rf.DrivenSystem([Z, (X, 3.0)], [X], BATH),
            TypeError,
            r"hamiltonian\[1\]\[1\] must be a function",
        ),
        (lambda: rf.DrivenSystem([Z, (np.eye(3), np.sin)], [X], BATH), ValueError, "differ in shape"),
        (lambda: rf.DrivenSystem([Z], [np.eye(3)], BATH), ValueError, r"couplings\[0\]"),
        (lambda: rf.DrivenSystem([Z], X, BATH), TypeError, "couplings must be SiteProjectors or a list"),
        (lambda: rf.DrivenSystem([Z], [X], [BATH, BATH]), ValueError, "2 baths for 1 couplings"),
        (lambda: rf.DrivenSystem(lambda t: np.ones(3), [X], BATH), ValueError, "must be a square matrix"),
        (lambda: rf.Redfield([Z]), TypeError, "system must be one of DrivenSystem"),
        (
            lambda: rf.LocalRedfield(rf.DrivenSystem([Z], [X], BATH), 0.1),
            TypeError,
            "system is a DrivenSystem, but LocalRedfield is defined for System",
        ),
        (lambda: rf.Spline([0.0, 0.0], [1.0, 2.0]), ValueError, "strictly ascending"),
        (lambda: rf.PartialSecular(rf.DrivenSystem([Z], [X], BATH), -1.0), ValueError, "cutoff"),
    ],
)
def test_driven_systems(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("hamiltonian", "options", "message"),
    [
        (lambda t: Z + (t > 1.5) * np.triu(X), {}, r"hamiltonian\(1\.\d+\) is not Hermitian: max\|.*\| = 1 where"),
        ([Z, (X, lambda t: 1j * t)], {}, r"hamiltonian\(0\.125\) is not Hermitian"),
        ([Z, (X, lambda t: np.inf if t > 1.7 else 0.0)], {}, "not finite"),
        ([Z, (X, lambda t: hash(t) % 1000 / 1000)], {}, "jumps too often"),
        ([Z, (X, np.sin)], {"max_step": 0.0}, "max_step must be positive"),
        ([Z, (X, np.sin)], {"method": "chebyshev"}, "method must be one of 'auto', 'dopri5', 'magnus'"),
    ],
)  # fmt: skip
def test_drives(hamiltonian, options, message):
    system = rf.DrivenSystem(hamiltonian, [X], BATH)
    with pytest.raises(ValueError, match=message):
        rf.Redfield(system).evolve([1, 0], [0.0, 2.0], **options)


def test_splines_that_end_too_early():
    times = np.linspace(0.0, 2.0, 201)
    outside = rf.DrivenSystem([Z, (X, rf.Spline(times, np.sin(times)))], [X], BATH)
    with pytest.raises(ValueError, match=r"cover \[0, 2\], but \[0, 3\]"):
        rf.Redfield(outside).evolve([1, 0], [0.0, 3.0])


def test_memory_integrals():
    system = rf.DrivenSystem([0.5 * Z, (X, np.cos)], [X], BATH)
    with pytest.raises(ValueError, match="lamb_shift=False with history='memory'"):
        rf.Redfield(system, False, history="memory")
    with pytest.raises(ValueError, match="history must be"):
        rf.Redfield(system, history="none")
    with pytest.raises(TypeError, match="depends on where the evolution starts"):
        memory(system).at(0.0)
    with pytest.raises(ValueError, match="method must be one of 'auto', 'dopri5'"):
        memory(system).evolve([1, 0], [0.0, 1.0], method="magnus")
    jumping = rf.DrivenSystem([0.5 * Z, (X, lambda t: float(t > 0.5))], [X], BATH)  # where pieces meet
    with pytest.raises(ValueError, match=r"by quadrature needs a drive without jumps .* at t = 0\.5"):
        memory(jumping, "quadrature").evolve([1, 0], [0.0, 1.0])
    rough = rf.CorrelationBath(lambda t: 0.02 * np.exp(-0.3 * t) * np.cos(20.0 * np.sin(t)) + 0j)
    with pytest.raises(ValueError, match="no sum of exponentials within tol"):
        memory(rf.DrivenSystem(Z, [X], rough), "exponentials").evolve([1, 0], [0.0, 50.0])
    with pytest.raises(rf.ConvergenceError, match="panels"):
        memory(rf.DrivenSystem(1e9 * Z, [X], BATH)).evolve([1, 0], [0.0, 1e3])


def test_a_constant_system_with_memory_has_no_generator():
    equation = memory(rf.System(0.5 * Z + 0.3 * X, [X], BATH))
    for ask in (
        lambda: equation.generator,
        lambda: equation.steady_state(),
        lambda: equation.spectrum(),
        lambda: equation.liouvillian(),
        lambda: equation.apply(np.eye(2) / 2),
    ):
        with pytest.raises(
            TypeError, match="history='memory' the generator depends on where the evolution starts"
        ):
            ask()
    with pytest.raises(ValueError, match="lamb_shift=False with history='memory'"):
        rf.Redfield(equation.system, False, history="memory")
    with pytest.raises(TypeError, match="history='memory' is not for a SystemBatch"):
        memory(rf.SystemBatch([Z, X], [X], BATH))


def test_low_rank():
    equation = chain(3, 0.5)
    with pytest.raises(rf.ConvergenceError, match="more than max_rank = 2"):
        equation.evolve_low_rank(np.eye(8)[0], TIMES, max_rank=2)
    with pytest.raises(ValueError, match="rtol must be positive"):
        equation.evolve_low_rank(np.eye(8)[0], TIMES, rtol=0.0)
    partial = rf.PartialSecular(rf.System(sp.eye_array(2), [np.eye(2)], rf.FlatBath(1.0)), 1.0)
    with pytest.raises(TypeError, match="negative rates"):
        partial.evolve_low_rank([1.0, 0.0], TIMES)
    flag = rf.StopFlag()
    flag.set()
    with pytest.raises(rf.Interrupted):
        equation.evolve_low_rank(np.eye(8)[0], TIMES, stop=flag)


@pytest.mark.parametrize("rtol", [1.0, 50.0, 1e6])
def test_a_tolerance_that_says_nothing_is_refused(rtol):
    equation = chain(2, 0.3)
    with pytest.raises(ValueError, match="rtol must be positive and less than 1"):
        equation.evolve_low_rank(np.eye(4)[0], TIMES, rtol=rtol)
    assert np.isclose(np.trace(equation.evolve_low_rank(np.eye(4)[0], TIMES, rtol=0.99).state()), 1.0)


def test_single_precision():
    system = rf.System(random_hermitian(3, 1), [random_hermitian(3, 2)], BATH)
    equation, start = rf.Redfield(system), [1.0, 0.0, 0.0]
    with pytest.raises(ValueError, match=r"dtype='float32' has an rtol of 0\.0001 .* got rtol=1e-06"):
        equation.evolve(start, [0.0, 1.0], dtype="float32")
    with pytest.raises(ValueError, match=r"dtype must be .* got 'int32'"):
        equation.evolve(start, [0.0, 1.0], dtype="int32")
    with pytest.raises((TypeError, ValueError), match=r"dtype must be .* got None"):
        equation.evolve(start, [0.0, 1.0], dtype=None)
    with pytest.raises(TypeError, match=r"dtype must be .* got 'half a float'"):
        equation.evolve(start, [0.0, 1.0], dtype="half a float")
    with pytest.raises(ValueError, match="chebyshev"):
        equation.evolve(start, [0.0, 1.0], rtol=1e-4, dtype="float32", method="dopri5")
    with pytest.raises(ValueError, match="rounding leaves an error of about"):
        equation.evolve(start, [0.0, 1e7], rtol=1e-4, dtype="float32", method="chebyshev")
    decay = rf.Lindblad(np.diag([0.0, 1.0]), [np.eye(2, k=1)])
    with pytest.raises(ValueError, match="got rtol=1e-06"):
        decay.trajectories([0.0, 1.0], [0.0, 1.0], dtype="float32")
    with pytest.raises(ValueError, match="rounding leaves an error of about"):
        decay.trajectories([0.0, 1.0], [0.0, 1e7], rtol=1e-4, dtype="float32")
    with pytest.raises(ValueError, match="got rtol=1e-06"):
        rf.Redfield(rf.SystemBatch(random_hermitian(3, 1), [random_hermitian(3, 2)], BATH)).evolve(
            start, [0.0, 1.0], dtype="float32"
        )


def test_steady_states_and_eigenvalues():
    equation = rf.Redfield(rf.System(random_hermitian(3, 1), rf.SiteProjectors(3), BATH))
    with pytest.raises(ValueError, match="method must be one of"):
        equation.steady_state(method="gauss")
    with pytest.raises(ValueError, match="k = 10 modes"):
        equation.spectrum(10)
    with pytest.raises(ValueError, match="tol must be positive"):
        equation.steady_state(tol=0.0)


def test_several_steady_states():
    h = scipy.linalg.block_diag(random_hermitian(3, 5), random_hermitian(3, 6))
    a = scipy.linalg.block_diag(random_hermitian(3, 7), random_hermitian(3, 8))
    for make in (rf.Redfield, rf.Davies):
        for method in ("direct", "iterative"):
            with pytest.raises(rf.MultipleSteadyStates, match="2 steady states"):
                make(rf.System(h, [a], BATH)).steady_state(method=method)


def test_trajectories():
    for equation in (rf.Redfield(GENERIC), rf.PartialSecular(GENERIC, 0.5)):
        with pytest.raises(TypeError, match="negative rates"):
            equation.trajectories(PSI, TIMES)
    good = LINDBLAD
    with pytest.raises(ValueError, match="samples must be at least 2"):
        good.trajectories(PSI, TIMES, samples=1)
    with pytest.raises(ValueError, match="psi0 is a ket of 4 entries"):
        good.trajectories(PSI[:4], TIMES)
    with pytest.raises(ValueError, match="psi0 is no state"):
        good.trajectories(np.diag([1.5, -0.5, 0.0, 0.0, 0.0]), TIMES)
    with pytest.raises(ValueError, match="error is of expectation values"):
        good.trajectories(PSI, TIMES, error=0.1)
    with pytest.raises(ValueError, match="method must be one of"):
        good.trajectories(PSI, TIMES, method="mine")
    with pytest.raises(ValueError, match="seed"):
        good.trajectories(PSI, TIMES, seed=-1)


def test_stores_of_trajectories_keep_no_states(tmp_path):
    with pytest.raises(ValueError, match="store keeps expectation values"):
        LINDBLAD.trajectories(PSI, TIMES, np.eye(LEVELS), store=tmp_path / "runs.zarr", store_states=True)


def test_traces_of_starts():
    with pytest.warns(UserWarning, match="psi0 has trace 4"):
        LINDBLAD.trajectories(2.0 * PSI, TIMES, samples=2)
    with pytest.warns(UserWarning, match="psi0 has trace 4"):
        LINDBLAD.evolve_low_rank(2.0 * PSI, TIMES)
    with (
        pytest.warns(UserWarning, match="psi0 has trace 0"),
        pytest.raises(ValueError, match="psi0 is no state: it has the trace 0"),
    ):
        LINDBLAD.trajectories(0.0 * PSI, TIMES)


def test_ensembles():
    equations = [
        rf.Redfield(figure1_system(rf.models.dirac_syk2(n, seed=n)), lamb_shift=False) for n in (3, 5)
    ]
    starts = [first_site(3), first_site(5)]
    with pytest.raises(ValueError, match="3 states for 2 equations"):
        rf.evolve_ensemble(equations, [*starts, starts[0]], [0.0, 1.0])
    with pytest.raises(ValueError, match="systems of one dimension"):
        rf.evolve_ensemble(equations, starts, [0.0, 1.0], e_ops=[np.eye(3)])
    with pytest.raises(ValueError, match=r"rho0\[1\] is a ket of 3 entries"):
        rf.evolve_ensemble(equations, starts[:1] * 2, [0.0, 1.0])


def test_the_adjoint_of_a_batch():
    batch = rf.SystemBatch([random_hermitian(2, 1)] * 2, [random_hermitian(2, 2)], BATH)
    with pytest.raises(TypeError, match=r"equation\[i\]"):
        rf.Redfield(batch).adjoint()


def test_times_at_which_rounding_decides():
    closed = rf.Lindblad(np.diag([0.0, 0.7, 1.9]), [])
    with pytest.raises(rf.ConvergenceError, match="phases"):
        closed.evolve(np.ones(3) / np.sqrt(3), [0.0, 1e13], method="exponential")


@pytest.mark.parametrize("method", ["chebyshev", "dopri5"])
def test_hopeless_problems_are_refused_at_once_with_advice(method):
    bath = rf.OhmicBath(strength=1e10, cutoff=1e10, beta=1.0)
    equation = rf.Redfield(rf.System([[0, 1], [1, 0]], rf.SiteProjectors(2), bath), lamb_shift=False)
    with pytest.raises(rf.ConvergenceError, match=r"about .* applications.*exponential"):
        equation.evolve([1, 0], [0.0, 1e10], method=method)
