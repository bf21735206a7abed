"""rf.HEOM between leads against Landauer, exact transients without interactions, QuTiP, and itself written out."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
import pytest
import scipy

import redfield as rf

STRENGTH, WIDTH = 0.3, 2.0
"""Γ and W of the leads' D(ω) = ΓW²/(ω² + W²), whose self-energy is (ΓW/2)/(ω + iW)."""


def density(w):
    return STRENGTH * WIDTH**2 / (w**2 + WIDTH**2)


@functools.cache
def lead(mu, beta=2.0):
    return rf.ParticleBath(density, beta, mu)


@functools.cache
def dot(level=0.3):
    (a,) = rf.operators.fermions(1)
    return rf.System(level * a.T @ a, *rf.particle_exchange([a, a], [lead(0.5), lead(-0.5, 5.0)]))


@functools.cache
def double_dot():
    a, b = rf.operators.fermions(2)
    h = 0.2 * a.T @ a - 0.1 * b.T @ b + 0.4 * (a.T @ b + b.T @ a)
    return rf.System(h, *rf.particle_exchange([a, b], [lead(0.5), lead(-0.5, 5.0)]))


DOUBLE = np.array([[0.2, 0.4], [0.4, -0.1]])
"""The double dot's h of one particle."""


def anderson(repulsion=1.0, level=-0.4, left=0.5, right=-0.5, beta=(2.0, 5.0)):
    up, down = rf.operators.fermions(2)
    one, two = up.T @ up, down.T @ down
    h = level * (one + two) + repulsion * one @ two
    leads = [lead(left, beta[0]), lead(right, beta[1])]
    return rf.System(h, *rf.particle_exchange([up, up, down, down], leads * 2))


FREQUENCIES = np.linspace(-400.0, 400.0, 80001)
"""The poles of what is integrated over them are .5 from the axis: the trapezoidal rule is exact to rounding."""


def over_frequencies(values):
    """∫dω/2π of values at FREQUENCIES."""
    return np.trapezoid(values, FREQUENCIES) / (2.0 * math.pi)


def fermi(w, mu, beta):
    return scipy.special.expit(-beta * (w - mu))


def test_a_resonant_level_carries_the_current_of_landauer():
    w = FREQUENCIES
    spectral = np.abs(1.0 / (w - 0.3 - STRENGTH * WIDTH / (w + 1j * WIDTH))) ** 2 * density(w)
    one, other = fermi(w, 0.5, 2.0), fermi(w, -0.5, 5.0)
    occupied = over_frequencies(spectral * (one + other))
    current = over_frequencies(spectral * density(w) * (one - other))
    heom = rf.HEOM(dot(), depth=2, tol=1e-7)
    steady = heom.steady_state()
    assert steady.unique
    assert steady.state[1, 1].real == pytest.approx(occupied, abs=1e-6)
    particles = rf.analysis.particle_currents(steady, heom)
    np.testing.assert_allclose(particles, [current, -current], atol=1e-6)
    # In energies of the level alone: what a lead gives to the coupling comes back.
    np.testing.assert_allclose(rf.analysis.energy_currents(steady, heom), 0.3 * particles, atol=1e-9)
    heat = particles * (0.3 - np.array([0.5, -0.5]))
    np.testing.assert_allclose(rf.analysis.heat_currents(steady, heom), heat, atol=1e-9)


def test_occupations_and_currents_of_a_double_dot_are_exact_at_depth_two():
    w = FREQUENCIES
    level = w - STRENGTH * WIDTH / 2.0 / (w + 1j * WIDTH)
    across = DOUBLE[0, 1] / ((level - DOUBLE[0, 0]) * (level - DOUBLE[1, 1]) - DOUBLE[0, 1] ** 2)
    window = fermi(w, 0.5, 2.0) - fermi(w, -0.5, 5.0)
    exact = over_frequencies(np.abs(across) ** 2 * density(w) ** 2 * window)
    heom = rf.HEOM(double_dot(), depth=2, tol=1e-7)
    steady = heom.steady_state()
    found = rf.analysis.particle_currents(steady, heom)
    np.testing.assert_allclose(found, [exact, -exact], atol=1e-6)
    # Of one particle depth 2 is exact; of two, which the orbitals hold, depth 4.
    found = {d: rf.HEOM(double_dot(), depth=d, tol=1e-2).steady_state() for d in (2, 3, 4, 5)}
    for x, y in [(found[2].state, found[3].state), (found[2].forces, found[3].forces)]:
        assert np.abs(quadratic(x) - quadratic(y)).max() < 1e-9
    assert np.abs(found[2].state - found[3].state).max() > 1e-4
    assert np.abs(found[4].state - found[5].state).max() < 1e-9


def quadratic(states):
    """⟨a_i†a_j⟩ of states, or the traces of forces with one operator, of the double dot."""
    a, b = (x.toarray() for x in rf.operators.fermions(2))
    states = states if states.ndim == 3 else states[None]
    observables = [x.T @ y for x in (a, b) for y in (a, b)] + [a, a.T, b, b.T]
    return np.array([[np.trace(o @ x) for o in observables] for x in states])


def transient(h, start, baths, times):
    """⟨a_i†a_i⟩(t) and the particles a lead gives, of one-particle h with a Lorentzian lead on each site.

    u(t) = e^{−iht} of h with one damped mode of energy −iW beside each site is what is left of a particle, and
    n = |u|²n₀ + ∫dω/2π Σ_j D f_j |∫₀ᵗ u_ij e^{iωs}ds|².
    """
    n = len(h)
    joined = np.block(
        [
            [h.astype(complex), np.eye(n) * math.sqrt(STRENGTH * WIDTH / 2.0)],
            [np.eye(n) * math.sqrt(STRENGTH * WIDTH / 2.0), -1j * WIDTH * np.eye(n)],
        ]
    )
    values, vectors = np.linalg.eig(joined)
    inverse = np.linalg.inv(vectors)
    w = FREQUENCIES[:, None]
    out = []
    for t in times:
        u = (vectors[:n] * np.exp(-1j * values * t)) @ inverse[:, :n]
        turned = (np.exp(1j * (w - values) * t) - 1.0) / (1j * (w - values))
        there = np.abs(u) ** 2 @ start
        for i in range(n):
            reached = np.abs((vectors[i] * turned) @ inverse[:, :n]) ** 2
            filled = sum(p * fermi(w[:, 0], *b) for p, b in zip(reached.T, baths, strict=True))
            there[i] += over_frequencies(density(w[:, 0]) * filled)
        out.append(there)
    return np.array(out)


def test_a_double_dot_fills_as_its_exact_solution():
    times = np.array([0.0, 0.4, 1.5, 4.0])
    a, b = rf.operators.fermions(2)
    numbers = [a.T @ a, b.T @ b]
    exact = transient(DOUBLE, np.array([1.0, 0.0]), [(0.5, 2.0), (-0.5, 5.0)], times)
    heom = rf.HEOM(double_dot(), depth=2, tol=1e-5)
    start = np.diag([0.0, 0.0, 1.0, 0.0])
    for method in ("chebyshev", "dopri5"):
        if method == "dopri5":
            heom = rf.HEOM(double_dot(), depth=2, tol=1e-3)
        found = heom.evolve(start, times, numbers, store_states=True, method=method)
        np.testing.assert_allclose(np.array(found.expect).T, exact, atol=3.0 * heom.tol)
        # What flows in is what is there.
        fine = np.linspace(0.0, 4.0, 401)
        flows = heom.evolve(start, fine, numbers, store_states=True, method=method)
        currents = rf.analysis.particle_currents(flows).sum(axis=1)
        there = np.sum(flows.expect, axis=0)
        np.testing.assert_allclose(
            scipy.integrate.cumulative_simpson(currents, x=fine, initial=0.0), there - there[0], atol=2e-5
        )


def given(heom, duration=math.inf):
    return heom.solver._terms(duration)


def qutip_of(heom, operators, depth, duration=math.inf):
    qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")
    fermionic = pytest.importorskip("qutip.solver.heom", reason="QuTiP is not installed")
    baths = []
    for a, x in zip(operators, given(heom, duration), strict=True):
        assert x.removed_at_once == x.injected_at_once == 0.0
        plus, minus = (list(x.injected), list(x.rates.conj())), (list(x.removed), list(x.rates))
        tag = heom.system.reservoir_of_coupling[x.removal]
        baths.append(fermionic.FermionicBath(qutip.Qobj(a.toarray()), *plus, *minus, tag=tag))
    options = {"nsteps": 10**6, "rtol": 1e-9, "atol": 1e-11, "progress_bar": "", "store_ados": True}
    return fermionic.HEOMSolver(qutip.Qobj(heom.system.hamiltonian), baths, depth, options=options)


def current_of_qutip(auxiliary, tag):
    """The current by QuTiP's operators of tier 1, up to its sign."""
    flow = 0.0
    for label in auxiliary.filter(level=1, tags=[tag]):
        (exponent,) = auxiliary.exps(label)
        inward = exponent.type == exponent.types["+"]
        operator = exponent.Q if inward else exponent.Q.dag()
        flow += (1.0 if inward else -1.0) * (operator * auxiliary.extract(label)).tr()
    return abs(flow)


def test_an_interacting_dot_is_qutips_of_the_same_exponentials():
    up, down = rf.operators.fermions(2)
    heom = rf.HEOM(anderson(), depth=2, tol=1e-2)
    solver = qutip_of(heom, [up, up, down, down], 2)
    steady = heom.steady_state()
    theirs, auxiliary = solver.steady_state(use_mkl=False)
    np.testing.assert_allclose(steady.state, theirs.full(), atol=1e-9)
    currents = rf.analysis.particle_currents(steady, heom)
    np.testing.assert_allclose(currents, [currents[0], -currents[0]], atol=1e-9)
    assert currents[0] == pytest.approx(current_of_qutip(auxiliary, 0), abs=1e-9)

    times = np.linspace(0.0, 3.0, 7)
    solver = qutip_of(heom, [up, up, down, down], 2, 3.0)
    start = np.diag([0.0, 1.0, 0.0, 0.0])
    theirs = solver.run(type(solver.rhs(0))(start), times)
    found = heom.evolve(start, times, [up.T @ up], rtol=1e-9, atol=1e-11, store_states=True)
    np.testing.assert_allclose(found.states, [x.full() for x in theirs.states], atol=1e-7)
    flows = rf.analysis.particle_currents(found)
    for b in (0, 1):
        other = [current_of_qutip(x, b) for x in theirs.ado_states]
        np.testing.assert_allclose(np.abs(flows[:, b]), other, atol=1e-7)


def left(a):
    return np.kron(a, np.eye(len(a)))


def right(a):
    return np.kron(np.eye(len(a)), a.T)


def written_out(h, lowering, leads, depth):
    """The matrix of all auxiliary operators' equation, row-major states, signs and all as the docstring has them."""
    terms = []
    for x in leads:
        a = lowering[x.removal // 2]
        for r, i, nu in zip(x.removed, x.injected, x.rates, strict=True):
            terms.append((a, r, np.conj(i), nu))
            terms.append((a.conj().T, i, np.conj(r), np.conj(nu)))
    sets = [n for m in range(depth + 1) for n in itertools.combinations(range(len(terms)), m)]
    place, size = {n: i for i, n in enumerate(sets)}, len(h) ** 2
    out = np.zeros((len(sets), size, len(sets), size), complex)
    for i, n in enumerate(sets):
        odd = (-1) ** len(n)
        out[i, :, i] = -1j * (left(h) - right(h)) - sum(terms[k][3] for k in n) * np.eye(size)
        for x in leads:
            a, b = lowering[x.removal // 2], lowering[x.removal // 2].conj().T
            loss = x.removed_at_once * b @ a + x.injected_at_once * a @ b
            out[i, :, i] -= left(loss) + right(loss.conj().T)
            out[i, :, i] += 2.0 * odd * x.removed_at_once.real * left(a) @ right(b)
            out[i, :, i] += 2.0 * odd * x.injected_at_once.real * left(b) @ right(a)
        for k, (a, c, other, _) in enumerate(terms):
            sign = (-1) ** sum(x > k for x in n)
            if k in n:
                less = place[tuple(x for x in n if x != k)]
                out[i, :, less] += -1j * sign * (c * left(a) + odd * other * right(a))
            elif len(n) < depth:
                more, adjoint = place[tuple(sorted((*n, k)))], a.conj().T
                out[i, :, more] += -1j * sign * (left(adjoint) - odd * right(adjoint))
    return out.reshape(len(sets) * size, -1)


@pytest.mark.parametrize("rotated", [False, True])
def test_the_equation_written_out(monkeypatch, rotated):
    """Two complex orbitals that interact, in a basis of occupation numbers or one that mixes them."""
    rng = np.random.default_rng(3)
    a, b = (x.toarray().astype(complex) for x in rf.operators.fermions(2))
    h = 0.3 * a.T @ a - 0.2 * b.T @ b + 0.8 * a.T @ a @ b.T @ b
    h = h + (0.2 + 0.3j) * a.T @ b + (0.2 - 0.3j) * b.T @ a
    number = a.T @ a + b.T @ b
    u = np.eye(4, dtype=complex)
    if rotated:
        u = np.linalg.qr(rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4)))[0]
    h, number, *lowering = (u @ x @ u.conj().T for x in (h, number, a, 0.6 * a + 0.5j * b))
    couplings, baths = rf.particle_exchange(lowering, [lead(0.5), lead(-0.5)])
    system = rf.System(h, couplings, baths, number=number if rotated else None)
    leads = []
    for j, x in enumerate(rng.normal(size=(2, 3, 1, 2)) @ [1.0, 1.0j]):
        rates = np.abs(x[2].real) + 0.5 + 1j * x[2].imag
        leads.append(rf.solve.leads.Lead(2 * j, 2 * j + 1, 0.1 + 0.2 * x[0], 0.1 + 0.2 * x[1], rates,
                                         0.03 + 0.02j, 0.02 - 0.01j, 0.0))  # fmt: skip
    start = np.diag([0.1, 0.4, 0.3, 0.2]).astype(complex)
    start[1, 2], start[2, 1] = 0.1j, -0.1j
    start = u @ start @ u.conj().T
    parity = u @ np.diag([1.0, -1.0, -1.0, 1.0]) @ u.conj().T
    for depth in (1, 2, 4):
        heom = rf.HEOM(system, depth=depth)
        monkeypatch.setattr(heom.solver, "_terms", lambda duration: leads)
        matrix = written_out(h, lowering, leads, depth)
        vector = np.zeros(len(matrix), complex)
        vector[:16] = start.ravel()
        expected = scipy.sparse.linalg.expm_multiply(matrix, vector, 0.0, 2.0, num=3)
        for method in ("chebyshev", "dopri5"):
            found = heom.evolve(
                start, [0.0, 1.0, 2.0], method=method, rtol=1e-10, atol=1e-12, store_states=True
            )
            np.testing.assert_allclose(found.states.reshape(3, 16), expected[:, :16], atol=1e-8)
        single = heom.evolve(start, [0.0, 2.0], dtype="float32", rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(single.final_state.ravel(), expected[2, :16], atol=1e-4)
        steady = heom.steady_state()
        odd = steady.state - parity @ steady.state @ parity
        assert np.abs(odd).max() < 1e-12
        values, vectors = np.linalg.eig(matrix)
        settled = vectors[:16, np.argmin(np.abs(values))].reshape(4, 4)
        np.testing.assert_allclose(steady.state, settled / np.trace(settled), atol=1e-9)
