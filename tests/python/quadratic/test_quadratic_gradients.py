"""Gradients of quadratic systems against central differences of the answers themselves, and closed forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import redfield as rf

from quadratic_reference import coupling, covariance, hamiltonian, lead
from reference import Array, random_hermitian

KINDS = [(rf.Redfield, {}), (rf.Davies, {}), (rf.PartialSecular, {"cutoff": 0.7})]
TIMES = np.array([0.0, 0.5, 1.0, 1.5, 7.0])
BOTH = pytest.mark.parametrize("statistics", ["fermion", "boson"])
SIXTH = {1: 3 / 4, 2: -3 / 20, 3: 1 / 60}


def difference(f: Callable[[float], float], step: float) -> float:
    """Derivative at 0 to the sixth order."""
    return sum(c * (f(k * step) - f(-k * step)) for k, c in SIXTH.items()) / step


def system(
    h: Array,
    j: Array,
    statistics: str = "fermion",
    changes: Sequence[tuple[float, float]] = ((0.0, 0.0),) * 2,
) -> rf.QuadraticSystem:
    """Two baths by turns, whose beta and mu are changed."""
    baths = [
        lead(statistics, 0.7 + 0.2 * b + d_beta, -0.4 - 0.1 * b + d_mu)
        for b, (d_beta, d_mu) in enumerate(changes)
    ]
    return rf.QuadraticSystem(h, j, [baths[i % 2] for i in range(len(h))], statistics)


def require_gradient(
    answer: Callable[[rf.QuadraticSystem], tuple[float, Callable[[], rf.Gradient]]],
    h: Array,
    j: Array,
    statistics: str = "fermion",
    step: float = 5e-4,
    tol: float = 1e-8,
) -> rf.Gradient:
    """Compare with differences along random directions of h, of J and of the baths' numbers."""
    n, rng = len(h), np.random.default_rng(5)
    value, gradient = answer(system(h, j, statistics))
    found = gradient()
    assert abs(found.value - value) < 1e-10 * max(1.0, abs(value))
    of_h, of_j, of_baths = random_hermitian(n, 9), rng.normal(size=n), rng.normal(size=(2, 2))
    paths: dict[str, tuple[float, Callable[[float], Any]]] = {
        "h": (
            float(np.trace(found.hamiltonian @ of_h).real),
            lambda x: system(h + x * of_h, j, statistics),
        ),
        "J": (float(found.couplings @ of_j), lambda x: system(h, j + x * of_j, statistics)),
        "baths": (
            sum(
                found.baths[b][name] * of_baths[b, i]
                for b in range(len(found.baths))
                for i, name in enumerate(("beta", "mu"))
            ),
            lambda x: system(h, j, statistics, [tuple(each) for each in x * of_baths]),
        ),
    }
    for name, (ours, changed) in paths.items():
        theirs = difference(lambda x, changed=changed: answer(changed(x))[0], step)
        scale = max(abs(theirs), 0.05 * float(np.abs(found.hamiltonian).max()))
        assert abs(ours - theirs) < tol * scale, name
    assert not np.abs(found.hamiltonian - found.hamiltonian.conj().T).any()
    return found


def steady(kind: Any, o: Array, **options: Any) -> Any:
    def answer(s: rf.QuadraticSystem) -> Any:
        state = kind(s, **options).steady_state(tol=1e-13)
        return np.trace(o @ state.covariance).real, lambda: state.gradient(o)

    return answer


def evolved(kind: Any, w: Array, g0: Array, times: Array = TIMES, **options: Any) -> Any:
    def answer(s: rf.QuadraticSystem) -> Any:
        result = kind(s, **options).evolve(g0, times)
        return np.einsum("tij,tji->", w, result.covariances).real, lambda: result.gradient(w)

    return answer


def current(kind: Any, bath: int, what: str, **options: Any) -> Any:
    def answer(s: rf.QuadraticSystem) -> Any:
        state = kind(s, **options).steady_state(tol=1e-13)
        flows = rf.quadratic.currents(state.equation, state.covariance)
        return getattr(flows, what)[bath], lambda: state.gradient_of_current(bath, what)

    return answer


def weights(n: int) -> Array:
    return np.array([random_hermitian(n, 20 + i) for i in range(len(TIMES))])


def with_levels(n: int, energies: dict[int, float]) -> Array:
    """A random h, some of whose levels are moved to others."""
    e, u = np.linalg.eigh(random_hermitian(n, 3))
    for k, value in energies.items():
        e[k] = e[k - 1] + value
    return (u * e) @ u.conj().T


@BOTH
@pytest.mark.parametrize("lamb_shift", [True, False])
@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_steady_state_and_evolution(kind, options, lamb_shift, statistics):
    """Complex h, a J of its own at each site, two baths."""
    n = 5
    h, j = hamiltonian(n, 5, statistics), coupling(n, 3)
    options = {**options, "lamb_shift": lamb_shift}
    require_gradient(steady(kind, random_hermitian(n, 1), **options), h, j, statistics)
    g0 = covariance(n, 2, statistics)
    require_gradient(evolved(kind, weights(n), g0, **options), h, j, statistics)


@BOTH
@pytest.mark.parametrize("what", ["particle", "heat"])
@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_currents(kind, options, what, statistics):
    h, j = hamiltonian(4, 5, statistics), coupling(4, 3)
    require_gradient(current(kind, 1, what, **options), h, j, statistics)


def test_currents_where_levels_meet_and_of_equal_contacts():
    h = rf.models.chain(6, periodic=True)
    require_gradient(current(rf.Redfield, 0, "energy"), h, 2.0 * coupling(6, 3), step=3e-4)
    # One bath object of two that are equal is changed alone.
    leads = [lead(), lead()]
    s = rf.QuadraticSystem(random_hermitian(4, 2), 0.4, [leads[i % 2] for i in range(4)])
    state = rf.Davies(s).steady_state()
    gradient = state.gradient_of_current(0, "particle")
    assert abs(gradient.value) < 1e-14

    def value(x: float) -> float:
        other = lead(mu=-0.4 + x)
        changed = rf.QuadraticSystem(s.hamiltonian, 0.4, [[other, leads[1]][i % 2] for i in range(4)])
        equation = rf.Davies(changed)
        return rf.quadratic.currents(equation, equation.steady_state(tol=1e-13).covariance).particle[0]

    assert gradient.baths[0]["mu"] == pytest.approx(difference(value, 3e-3), rel=1e-8)
    assert gradient.baths[1]["mu"] == pytest.approx(-gradient.baths[0]["mu"], rel=1e-9)


@pytest.mark.parametrize(
    ("h", "statistics"),
    [
        (rf.models.chain(6, periodic=True), "fermion"),
        (rf.models.chain(6, periodic=True) + 3.0 * np.eye(6), "boson"),
        (with_levels(5, {1: 1e-9, 3: 0.0}), "fermion"),
        (with_levels(5, {1: 1e-5, 3: 1e-5}), "fermion"),
        (0.4 * np.eye(2), "fermion"),
    ],
    ids=["ring", "ring of bosons", "1e-9", "1e-5", "equal"],
)
def test_where_levels_meet(h, statistics):
    """The response to h is the limit; steady states vary over h as little as the rates."""
    n = len(h)
    j = 2.0 * coupling(n, 3)
    for kind, options in (KINDS[0], KINDS[2]):
        require_gradient(steady(kind, random_hermitian(n, 1), **options), h, j, statistics, 3e-4)
    require_gradient(evolved(rf.Redfield, weights(n), 0.3 * covariance(n, 2)), h, j, statistics)


def test_davies_where_levels_meet():
    """Along changes that leave equal levels equal: turned eigenvectors, and another scale of energies."""
    h, j, o = rf.models.chain(6, periodic=True), coupling(6, 3), random_hermitian(6, 1)
    answer, turn = steady(rf.Davies, o), random_hermitian(6, 4)
    gradient = answer(system(h, j))[1]()

    def turned(x: float) -> float:
        u = scipy.linalg.expm(1j * x * turn)
        return answer(system(u @ h @ u.conj().T, j))[0]

    ours = np.trace(gradient.hamiltonian @ (1j * (turn @ h - h @ turn))).real
    assert ours == pytest.approx(difference(turned, 3e-3), rel=1e-8)
    ours = np.trace(gradient.hamiltonian @ h).real
    assert ours == pytest.approx(difference(lambda x: answer(system((1 + x) * h, j))[0], 3e-3), rel=1e-8)


@pytest.mark.parametrize("h", [rf.models.chain(5, periodic=True), with_levels(5, {1: 1e-9})])
def test_davies_of_equal_contacts_is_redfield_by_h_and_differs_by_one_coupling(h):
    bath = lead()
    s, o = rf.QuadraticSystem(h, 0.4, bath), random_hermitian(5, 1)
    davies, redfield = (kind(s).steady_state().gradient(o) for kind in (rf.Davies, rf.Redfield))
    scale = np.abs(redfield.hamiltonian).max()
    assert np.abs(davies.hamiltonian - redfield.hamiltonian).max() < 1e-11 * scale
    assert davies.baths["mu"] == pytest.approx(redfield.baths["mu"], rel=1e-11)
    # All J together change no steady state of one bath.
    assert abs(davies.couplings.sum()) < 1e-11 * scale
    # The Gibbs state's own derivative, by divided differences of f.
    e, u = np.linalg.eigh(h)
    f = bath.occupation(e)
    near = np.abs(np.subtract.outer(e, e)) < 1e-5
    quotient = np.subtract.outer(f, f) / np.where(near, 1.0, np.subtract.outer(e, e))
    middle = 0.5 * np.add.outer(e, e)
    slope = -bath.beta * bath.occupation(middle) * (1.0 - bath.occupation(middle))
    gibbs = u @ (np.where(near, slope, quotient) * (u.conj().T @ o @ u)) @ u.conj().T
    assert np.abs(redfield.hamiltonian - gibbs).max() < 1e-9 * scale


@pytest.mark.parametrize("n", [1, 2, 16])
def test_other_sizes(n):
    h, j = random_hermitian(n, 8), coupling(n, 1)
    require_gradient(steady(rf.Redfield, random_hermitian(n, 1)), h, j)


def test_start_and_times():
    n = 4
    g0, w = covariance(n, 2), weights(n)
    equation = rf.Redfield(system(hamiltonian(n, 5), coupling(n, 3)))

    def value(g: Array, t: Array) -> float:
        return float(np.einsum("tij,tji->", w, equation.evolve(g, t).covariances).real)

    gradient = equation.evolve(g0, TIMES).gradient(w)
    assert gradient.value == pytest.approx(value(g0, TIMES), rel=1e-13)
    change = 0.01 * random_hermitian(n, 6)
    theirs = difference(lambda x: value(g0 + x * change, TIMES), 0.1)
    assert np.trace(gradient.rho0 @ change).real == pytest.approx(theirs, rel=1e-9)
    for i in range(len(TIMES)):
        theirs = difference(lambda x, i=i: value(g0, TIMES + x * (np.arange(len(TIMES)) == i)), 1e-2)
        assert gradient.times[i] == pytest.approx(theirs, rel=1e-8)


def test_one_operator_at_a_time_is_a_weight_there():
    n = 3
    o = random_hermitian(n, 6)
    result = rf.Davies(system(hamiltonian(n, 5), coupling(n, 3))).evolve([0.1, 0.2, 0.3], TIMES)
    one = result.gradient(o, 1.5)
    w = np.zeros((len(TIMES), n, n), dtype=complex)
    w[3] = o
    assert one == result.gradient(w)
    assert np.trace(o @ result.covariances[3]).real == pytest.approx(one.value, rel=1e-13)
    last = result.gradient(o)
    assert last.value == pytest.approx(np.trace(o @ result.final_covariance).real, rel=1e-13)
    assert np.flatnonzero(last.times).tolist() == [0, 4]
    with pytest.raises(ValueError, match=r"time = 1\.4"):
        result.gradient(o, 1.4)


def test_what_has_no_gradient_is_told(tmp_path):
    h, j = hamiltonian(3, 1), coupling(3, 1)
    s, one = system(h, j), np.eye(3)
    state = rf.Redfield(s).steady_state()
    with pytest.raises(ValueError, match="observable is not Hermitian"):
        state.gradient(np.triu(np.ones((3, 3))))
    with pytest.raises(ValueError, match="has 3 levels"):
        state.gradient(np.eye(2))
    with pytest.raises(ValueError, match="tol"):
        state.gradient(one, tol=-1.0)
    with pytest.raises(ValueError, match="reservoir"):
        state.gradient_of_current(2)
    with pytest.raises(ValueError, match="what"):
        state.gradient_of_current(0, "spin")
    result = rf.Redfield(s).evolve(np.zeros(3), TIMES)
    with pytest.raises(ValueError, match=r"weights\[2\] is not Hermitian"):
        result.gradient(np.array([one, one, np.triu(np.ones((3, 3))), one, one]))
    with pytest.raises(
        TypeError, match="LocalLindblad of a QuadraticSystem has no gradients; Redfield, Davies"
    ):
        rf.quadratic.LocalLindblad(s).steady_state().gradient(one)
    with pytest.raises(TypeError, match="Exact of a QuadraticSystem"):
        rf.quadratic.Exact(s).evolve(np.zeros(3), [0.0, 1.0]).gradient(one)
    driven = rf.QuadraticSystem([h, (one, lambda t: 0.1 * t)], j, lead())
    with pytest.raises(TypeError, match="driven quadratic"):
        rf.Redfield(driven).evolve(np.zeros(3), [0.0, 1.0]).gradient(one)
    with pytest.raises(TypeError, match="memory"):
        rf.Redfield(s, history="memory").evolve(np.zeros(3), [0.0, 1.0]).gradient(one)
    with pytest.raises(ValueError, match="degeneracy_tol = 50 makes levels 0 and 1 one"):
        rf.Davies(s, degeneracy_tol=50.0).steady_state().gradient(one)

    state.save(tmp_path / "steady")
    loaded = rf.quadratic.SteadyCovariance.load(tmp_path / "steady", state.equation)
    assert loaded.gradient(one) == state.gradient(one)
    result.save(tmp_path / "evolution")
    with pytest.raises(ValueError, match="loaded"):
        rf.quadratic.CovarianceResult.load(tmp_path / "evolution", result.equation).gradient(one)
