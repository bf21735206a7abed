"""The hierarchical equations of motion against exact solutions, and the error bar against them."""

import pickle
import warnings

import numpy as np
import pytest
import scipy

import redfield as rf

import reference

X, Y, Z = (np.array(m, dtype=complex) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]))
DRUDE = rf.DrudeBath(strength=0.1, cutoff=1.0, beta=1.0)


def biased(strength, beta=1.0):
    """A biased spin-boson system."""
    bath = rf.DrudeBath(strength=strength, cutoff=1.0, beta=beta)
    return rf.System(0.5 * Z + 0.5 * X, [Z], bath)


def quiet(system, kind=rf.Redfield):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return kind(system).steady_state(error=True)


BATHS = {
    "drude": DRUDE,
    "cold drude": rf.DrudeBath(strength=0.05, cutoff=1.0, beta=20.0),
    "mode": rf.UnderdampedBath(strength=0.05, frequency=1.0, damping=0.3, beta=1.0),
    "ohmic, zero temperature": rf.OhmicBath(strength=0.05, cutoff=3.0, beta=np.inf),
    "lorentzian": rf.LorentzianBath(strength=0.2, width=1.0, centre=1.0),
}


def dephasing(bath, t):
    """4∫₀ᵗ dt' (t − t') Re C(t') by Gauss and Legendre on panels that close in on the start, where C may be large."""
    x, w = np.polynomial.legendre.leggauss(24)
    edges = t * np.concatenate([[0.0], np.geomspace(1e-8, 1.0, 40)])
    half = 0.5 * np.diff(edges)[:, None]
    s = 0.5 * (edges[1:] + edges[:-1])[:, None] + half * x
    return 4.0 * np.sum(half * w * (t - s) * np.real(bath.correlation(s.ravel())).reshape(s.shape))


@pytest.mark.parametrize("name", BATHS)
def test_pure_dephasing_is_exact(name):
    """|ρ₀₁(t)| = ½ exp(−4 ∫₀ᵗ dt' (t − t') Re C(t')) for A = σᶻ, whatever the bath."""
    bath = BATHS[name]
    result = rf.HEOM(rf.System(0.3 * Z, [Z], bath), tol=1e-4).evolve(
        np.full(2, 0.5**0.5), [0.0, 1.0, 3.0]
    )
    for t, rho in zip(result.times[1:], result.states[1:], strict=True):
        q = dephasing(bath, t)
        assert abs(abs(rho[0, 1]) - 0.5 * np.exp(-q)) < 1e-4
        assert abs(rho[0, 0] - 0.5) < 1e-8


@pytest.mark.parametrize("baths", [[DRUDE], [BATHS["mode"], BATHS["lorentzian"]]], ids=["one", "two"])
def test_pure_dephasing_to_six_digits(baths):
    system = rf.System(0.3 * Z, [Z] * len(baths), baths)
    plus = np.full(2, 0.5**0.5)
    result = rf.HEOM(system, tol=2e-7).evolve(plus, [0.0, 1.0, 3.0], rtol=1e-8, atol=1e-10)
    for t, rho in zip(result.times[1:], result.states[1:], strict=True):
        exact = 0.5 * np.exp(-sum(dephasing(bath, t) for bath in baths))
        assert abs(abs(rho[0, 1]) - exact) < 1e-6


def test_it_is_the_dense_hierarchy_of_its_exponentials():
    """A V system with a complex H between two baths, written out with Kronecker products."""
    h = np.diag([0.0, 0.8, 1.1]) + 0.2 * np.array([[0, 1, 1j], [1, 0, 0.3], [-1j, 0.3, 0]])
    couplings = [
        np.diag([1.0, 0.0, -0.5]).astype(complex),
        np.array([[0, 1, 0.5], [1, 0, 0], [0.5, 0, 0]], complex),
    ]
    baths = [rf.LorentzianBath(strength=0.1, width=0.5, centre=1.0), rf.LorentzianBath(0.2, 1.0, -0.4)]
    system, times = rf.System(h, couplings, baths), [0.0, 0.8, 2.5]
    rho = np.diag([0.2, 0.5, 0.3]) + 0.1 * (np.ones((3, 3)) - np.eye(3))
    depth = 2
    # C = c e^{−νt} of one Lorentzian: c is C(0) and ν = width/2 + i centre, in whatever convention C(t) says.
    terms = []
    for j, bath in enumerate(baths):
        c0, c1 = bath.correlation(np.array([0.0, 1e-3]))
        nu = -np.log(c1 / c0) / 1e-3
        terms += [(couplings[j], c0, 0.0, nu), (couplings[j], 0.0, np.conj(c0), np.conj(nu))]
    index = [(a, b, c, d) for a in range(3) for b in range(3) for c in range(3) for d in range(3)]
    index = [n for n in index if sum(n) <= depth]
    place, eye, size = {n: i for i, n in enumerate(index)}, np.eye(3), 9
    matrix = np.zeros((size * len(index),) * 2, complex)

    def left(a):
        return np.kron(eye, a)

    def right(a):
        return np.kron(a.T, eye)

    for n, i in place.items():
        row = slice(size * i, size * (i + 1))
        matrix[row, row] += -1j * (left(h) - right(h)) - sum(
            m * t[3] for m, t in zip(n, terms, strict=True)
        ) * np.eye(size)
        for k, (a, c, conjugate, _) in enumerate(terms):
            up, down = (
                tuple(np.add(n, np.eye(4, dtype=int)[k])),
                tuple(np.subtract(n, np.eye(4, dtype=int)[k])),
            )
            if up in place:
                matrix[row, size * place[up] : size * (place[up] + 1)] += -1j * (left(a) - right(a))
            if n[k]:
                matrix[row, size * place[down] : size * (place[down] + 1)] += (
                    -1j * n[k] * (c * left(a) - conjugate * right(a))
                )
    start = np.zeros(len(matrix), complex)
    start[:size] = rho.ravel(order="F")
    result = rf.HEOM(system, depth=depth, tol=1e-8).evolve(rho, times, rtol=1e-9, atol=1e-11)
    assert result.stats["auxiliary_operators"] == len(index)
    for t, state in zip(times, result.states, strict=True):
        exact = (scipy.linalg.expm(t * matrix) @ start)[:size].reshape(3, 3, order="F")
        assert np.abs(state - exact).max() < 1e-6
    null = scipy.linalg.null_space(matrix, rcond=1e-10)[:size, 0].reshape(3, 3, order="F")
    assert (
        np.abs(rf.HEOM(system, depth=depth, tol=1e-8).steady_state().state - null / np.trace(null)).max()
        < 1e-6
    )


def test_projectors_dense_and_sparse_couplings_agree():
    n, bath = 4, rf.LorentzianBath(strength=0.3, width=1.0, centre=0.5)
    h = reference.random_hermitian(4, 3).real
    psi = np.eye(n)[0]
    projectors = [np.diag(row).astype(float) for row in np.eye(n)]
    given = [rf.SiteProjectors(n), projectors, [scipy.sparse.csr_array(p) for p in projectors]]
    states = [rf.HEOM(rf.System(h, c, bath), depth=3).evolve(psi, [0.0, 2.0]).final_state for c in given]
    u, _ = np.linalg.qr(
        np.random.default_rng(1).normal(size=(n, n)) + 1j * np.random.default_rng(2).normal(size=(n, n))
    )
    turned = rf.System(u.conj().T @ h @ u, [u.conj().T @ p @ u for p in projectors], bath)
    other = rf.HEOM(turned, depth=3).evolve(u.conj().T @ psi, [0.0, 2.0]).final_state
    for state in (*states[1:], u @ other @ u.conj().T):
        assert np.abs(state - states[0]).max() < 1e-6


def test_methods_precisions_and_threads_agree():
    # Of a bath that is not much faster than the system, whose rates single precision bears.
    system = rf.System(0.5 * Z + 0.5 * X, [Z], rf.LorentzianBath(strength=0.3, width=1.0, centre=0.5))
    equation = rf.HEOM(system, depth=4)
    usual = equation.evolve([1.0, 0.0], [0.0, 1.0, 4.0], [Z])
    for options in ({"method": "dopri5"}, {"threads": 2}, {"dtype": "float32", "rtol": 1e-4}):
        other = equation.evolve([1.0, 0.0], [0.0, 1.0, 4.0], [Z], **options)
        assert np.abs(other.expect[0] - usual.expect[0]).max() < (1e-4 if "dtype" in options else 2e-6)
    assert usual.states is None
    assert pickle.loads(pickle.dumps(equation)) == equation


def test_units_do_not_matter():
    """All energies times s, times over s: the same states."""
    states = []
    for s in (1.0, 1e-9, 1e9):
        bath = rf.DrudeBath(strength=0.1, cutoff=s, beta=1.0 / s)
        system = rf.System(s * (0.5 * Z + 0.5 * X), [Z], bath)
        states.append(rf.HEOM(system, depth=3).evolve([1.0, 0.0], [0.0, 2.0 / s]).final_state)
        states.append(rf.HEOM(system, depth=3).steady_state().state)
    for k in (2, 3, 4, 5):
        assert np.abs(states[k] - states[k % 2]).max() < 1e-6


def test_auto_climbs_until_depths_agree_and_says_what_it_saw():
    result = rf.HEOM(biased(0.5), tol=1e-4).evolve([1.0, 0.0], [0.0, 2.0])
    stats = result.stats
    assert stats["error"] <= 1e-4
    assert stats["fit_error"] <= 1e-4
    assert stats["depth"] >= 3
    deeper = rf.HEOM(biased(0.5), depth=stats["depth"] + 1, tol=1e-4).evolve([1.0, 0.0], [0.0, 2.0])
    assert rf.trace_norm(result.final_state - deeper.final_state) <= 1e-4
    assert stats["bytes"] > 8 * 4 * stats["auxiliary_operators"]


def test_auto_does_not_settle_where_a_tier_is_left_out_altogether():
    """Operators of a sharp mode near the qubit's frequency move the state by more than they are expected to."""
    system = rf.System(0.25 * Z + 0.5 * X, [Z], rf.UnderdampedBath(0.08, 1.0, 0.05, 1.0))
    times = np.linspace(0.0, 10.0, 6)
    deep = rf.HEOM(system, depth=12, tol=1e-6).evolve([1.0, 0.0], times)
    for tol in (1e-3, 1e-4, 1e-5):
        found = rf.HEOM(system, tol=tol).evolve([1.0, 0.0], times, rtol=1e-8, atol=1e-10)
        assert max(map(rf.trace_norm, found.states - deep.states)) < min(tol, found.stats["error"])
        assert found.stats["error"] <= 3 * tol


def test_a_closed_system_and_one_level():
    closed = rf.System(0.5 * X, [], [])
    t = 1.3
    state = rf.HEOM(closed).evolve([1.0, 0.0], [0.0, t]).final_state
    assert abs(state[0, 0] - np.cos(0.5 * t) ** 2) < 1e-6
    one = rf.HEOM(rf.System([[0.7]], [[[1.0]]], DRUDE))
    assert abs(one.evolve([1.0], [0.0, 2.0]).final_state[0, 0] - 1.0) < 1e-9


def test_no_time_passes():
    result = rf.HEOM(biased(0.1), depth=2).evolve([1.0, 0.0], [1.0])
    assert np.abs(result.final_state - np.diag([1.0, 0.0])).max() < 1e-15


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: rf.HEOM(rf.System(Z, [np.array([[0, 1], [0, 0]])], DRUDE)), "couplings"),
        (lambda: rf.HEOM(biased(0.1), depth=0), "depth"),
        (lambda: rf.HEOM(biased(0.1), depth="deep"), "depth"),
        (lambda: rf.HEOM(biased(0.1), tol=-1.0), "tol"),
        (lambda: rf.HEOM(rf.System(Z, [X], rf.FlatBath(0.1))).steady_state(), "FlatBath"),
        (lambda: rf.HEOM(biased(0.1), depth=9, max_bytes=1e3).steady_state(), "max_bytes"),
        (lambda: rf.HEOM(biased(0.1), max_bytes=2e3).steady_state(), "depth"),
        (lambda: rf.HEOM(biased(0.1)).evolve([1, 0], [0.0, 1.0], method="magnus"), "method"),
        (lambda: rf.HEOM(biased(0.1)).evolve([1, 0], [0.0, 1.0], max_step=0.1), "max_step"),
        (lambda: rf.HEOM(biased(0.1)).steady_state(method="direct"), "method"),
        (lambda: rf.HEOM(rf.PeriodicSystem([Z, (X, np.cos)], 2 * np.pi, [X], DRUDE)), "HEOM"),
        (
            lambda: rf.Redfield(rf.SystemBatch(np.array([Z, X]), [X], DRUDE)).steady_state(error=True),
            "error",
        ),
        (
            lambda: rf.Redfield(
                rf.System(Z, [X], rf.OhmicBath(0.1, 1.0, 1.0, exponent=0.5))
            ).steady_state(error=True),
            "exponent=0.5",
        ),
    ],
)
def test_what_it_refuses(make, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a coupling that is not Hermitian
        with pytest.raises((ValueError, TypeError, MemoryError, rf.ConvergenceError), match=name):
            make()


@pytest.mark.parametrize("kind", [rf.Redfield, rf.Davies, rf.UniversalLindblad, rf.GeometricArithmetic])
def test_the_error_bar_is_the_error_as_the_coupling_falls(kind):
    """‖δ‖₁ over the true distance → 1, and what is left after the correction falls faster."""
    left = []
    for strength in (0.1, 0.01):
        system = biased(strength)
        exact = rf.HEOM(system, tol=1e-6).steady_state().state
        steady = quiet(system, kind)
        true = rf.trace_norm(steady.state - exact)
        assert abs(steady.error / true - 1.0) < (0.2 if strength == 0.1 else 0.03)
        left.append(rf.trace_norm(steady.corrected - exact) / true)
    assert left[1] < 0.25 * left[0] + 1e-3


def three_levels_three_baths(strength):
    rng = np.random.default_rng(5)
    a = rng.normal(size=(4, 3, 3)) + 1j * rng.normal(size=(4, 3, 3))
    a = a + a.conj().transpose(0, 2, 1)
    baths = [rf.DrudeBath(strength=strength, cutoff=2.0, beta=b) for b in (0.5, 1.0, 2.0)]
    return rf.System(0.5 * a[0], list(0.3 * a[1:]), baths)


@pytest.mark.parametrize(
    ("system", "within"),
    [
        (lambda: three_levels_three_baths(0.02), 1.2),
        (
            lambda: rf.System(
                np.diag([0.0, 1.0, 1.002]), [np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]])], DRUDE
            ),
            3.0,
        ),
        (lambda: rf.System(0.5 * Z + 0.3 * X, [Z], rf.UnderdampedBath(0.02, 1.0, 0.3, 1.0)), 3.0),
        (lambda: biased(0.05, 10.0), 1.5),
    ],
)
def test_the_error_bar_of_many_models(system, within):
    system = system()
    exact = rf.HEOM(system, tol=1e-4).steady_state()
    steady = quiet(system)
    true = rf.trace_norm(steady.state - exact.state)
    assert true > 5 * exact.error
    assert 1.0 / within < steady.error / true < within


def test_a_warning_where_the_estimate_does_not_scale():
    with pytest.warns(UserWarning, match="half the coupling"):
        rf.Redfield(biased(100.0)).steady_state(error=True)


def test_an_equilibrium_of_a_coupling_that_commutes_has_no_error():
    """A = σᶻ and H ∝ σᶻ with a second, transverse bath: δ is what the transverse one makes."""
    system = rf.System(0.5 * Z, [X], rf.DrudeBath(strength=1e-3, cutoff=1.0, beta=1.0))
    steady = quiet(system)
    half = quiet(rf.System(0.5 * Z, [X], rf.DrudeBath(strength=5e-4, cutoff=1.0, beta=1.0)))
    assert abs(half.error / steady.error - 0.5) < 0.05
