"""γ_jk(ω): against double sums over couplings and levels, rf.correlated, and closed forms."""

import pickle

import numpy as np
import pytest

import redfield as rf
from redfield import analysis

from reference import random_hermitian, random_matrix, random_state

C = 0.5 * (np.eye(2) + np.ones((2, 2))) + 0.3j * np.array([[0, 1], [-1, 0]])
D = np.array([[0.2, -0.1], [-0.1, 0.6]])


def gamma(w):
    """Hermitian, positive, and not one matrix times one function."""
    w = np.asarray(w)[:, None, None]
    return np.exp(-((w - 1.0) ** 2) / 8) * C + np.exp(-((w + 0.5) ** 2) / 2) * D


def eta(w):
    """Its Hilbert transform: e^{−(ω−a)²/2s²} has √2 s·D((ω − a)/√2s)/√π·…, Dawson's function, by quadrature here."""
    x = np.linspace(-60, 60, 240_001)
    step = x[1] - x[0]
    out = []
    for each in np.asarray(w):
        # The principal value at points between those of the grid, symmetric about ω.
        nu = each + (np.arange(-120_000, 120_000) + 0.5) * step
        out.append(np.tensordot(step / (each - nu), gamma(nu), 1) / (2 * np.pi))
    return np.array(out)


MATRIX = rf.BathMatrix(gamma, breakpoints=(-0.5, 1.0))


def problem(n=3, hermitian=False):
    h = random_hermitian(n, 1)
    make = random_hermitian if hermitian else random_matrix
    return h, [make(n, 2), make(n, 3)]


def pairs(h, couplings, function):
    """Σ over pairs (j, k) of couplings and their elements, f_jk(ω) for A_k's."""
    e, u = np.linalg.eigh(h)
    a = [u.conj().T @ x @ u for x in couplings]
    w = (e - e[:, None]).ravel()
    table = function(w).reshape(len(e), len(e), len(a), len(a))
    return u, [sum(table[:, :, j, k] * a[k] for k in range(len(a))) for j in range(len(a))], a


@pytest.mark.parametrize("lamb_shift", [False, True])
def test_redfield_is_the_double_sum(lamb_shift):
    h, couplings = problem()
    equation = rf.Redfield(rf.System(h, couplings, MATRIX), lamb_shift)
    u, lambdas, a = pairs(h, couplings, lambda w: 0.5 * gamma(w) + (1j * eta(w) if lamb_shift else 0.0))
    rho = random_state(3, 4)
    x = u.conj().T @ rho @ u
    change = sum(
        part + part.conj().T
        for lam, b in zip(lambdas, a, strict=True)
        for part in [lam @ x @ b.conj().T - b.conj().T @ lam @ x]
    )
    expected = u @ change @ u.conj().T - 1j * (h @ rho - rho @ h)
    assert np.abs(equation.apply(rho) - expected).max() < (1e-7 if lamb_shift else 1e-13)
    k = sum(b.conj().T @ lam for lam, b in zip(lambdas, a, strict=True))
    shift = u @ (k - k.conj().T) @ u.conj().T / 2j
    assert np.abs(equation.lamb_shift_hamiltonian() - shift).max() < 1e-7


def test_davies_is_the_sum_over_equal_frequencies():
    h = np.diag([0.0, 0.7, 0.7, 1.4])  # 0.7 is released by several pairs of levels
    couplings = [random_matrix(4, 5), random_matrix(4, 6)]
    u = np.linalg.qr(random_matrix(4, 7))[0]
    h, couplings = u @ h @ u.conj().T, [u @ a @ u.conj().T for a in couplings]
    inside = [u.conj().T @ a @ u for a in couplings]
    e = np.array([0.0, 0.7, 0.7, 1.4])
    rho = random_state(4, 8)
    x = u.conj().T @ rho @ u
    for lamb_shift in (False, True):
        change = np.zeros((4, 4), dtype=complex)
        for w in (-1.4, -0.7, 0.0, 0.7, 1.4):
            part = [np.where(np.abs(e - e[:, None] - w) < 1e-9, a, 0.0) for a in inside]
            g = gamma([w])[0]
            s = eta([w])[0] if lamb_shift else 0.0 * g
            for j in range(2):
                for k in range(2):
                    pump = part[j].conj().T @ part[k]
                    change += g[j, k] * (part[k] @ x @ part[j].conj().T - 0.5 * (pump @ x + x @ pump))
                    change += -1j * s[j, k] * (pump @ x - x @ pump)
        expected = u @ change @ u.conj().T - 1j * (h @ rho - rho @ h)
        equation = rf.Davies(rf.System(h, couplings, MATRIX), lamb_shift)
        assert np.abs(equation.apply(rho) - expected).max() < 1e-7
        assert analysis.kossakowski(equation).completely_positive


def test_jumps_are_roots_of_the_matrix():
    h, couplings = problem()

    def root(w):
        values, vectors = np.linalg.eigh(gamma(w))
        return np.einsum("fjm,fm,fkm->fjk", vectors, np.sqrt(values), vectors.conj())

    u, jumps, _ = pairs(h, couplings, root)
    rho = random_state(3, 4)
    x = u.conj().T @ rho @ u
    change = sum(
        jump @ x @ jump.conj().T - 0.5 * (jump.conj().T @ jump @ x + x @ jump.conj().T @ jump)
        for jump in jumps
    )
    expected = u @ change @ u.conj().T - 1j * (h @ rho - rho @ h)
    system = rf.System(h, couplings, MATRIX)
    for kind in (rf.UniversalLindblad, rf.GeometricArithmetic):
        assert np.abs(kind(system, False).apply(rho) - expected).max() < 1e-12
    shift = rf.Redfield(system).lamb_shift_hamiltonian()
    with_shift = rf.GeometricArithmetic(system).apply(rho)
    assert np.abs(with_shift - expected + 1j * (shift @ rho - rho @ shift)).max() < 1e-10


@pytest.mark.parametrize("kind", ["Redfield", "Davies", "GeometricArithmetic"])
def test_one_function_of_frequency_is_rf_correlated(kind):
    # A ring of five sites whose baths are correlated over a distance.
    n = 5
    distance = np.abs(np.arange(n)[:, None] - np.arange(n))
    c = np.exp(-np.minimum(distance, n - distance) / 1.3)
    bath = rf.OhmicBath(strength=0.1, cutoff=3.0, beta=1.0)
    matrix = rf.BathMatrix(lambda w: bath.power_spectrum(w)[:, None, None] * c, beta=1.0)
    h = rf.models.chain(n, periodic=True) + np.diag([0.3, -0.1, 0.2, 0.0, 0.4])
    one = getattr(rf, kind)(rf.System(h, rf.SiteProjectors(n), matrix), lamb_shift=False)
    other = getattr(rf, kind)(
        rf.System(h, *rf.correlated(rf.SiteProjectors(n), bath, c)), lamb_shift=False
    )
    rho = random_state(n, 3)
    assert np.abs(one.apply(rho) - other.apply(rho)).max() < 1e-13
    assert rf.trace_norm(one.steady_state().state - one.system.gibbs_state()) < 1e-7 or kind != "Davies"
    late = one.evolve(rho, [0.0, 3.0]).final_state
    assert np.abs(late - other.evolve(rho, [0.0, 3.0]).final_state).max() < 1e-6
    assert analysis.heat_currents(rho, one).shape == (1,)


def test_a_squeezed_vacuum_stops_the_decay_of_one_quadrature():
    lower, n = np.array([[0.0, 1.0], [0.0, 0.0]]), 1.2
    for m in (0.3, np.sqrt(n * (n + 1)) * np.exp(0.4j)):
        table = np.array([[n + 1, -m], [-np.conj(m), n]])
        matrix = rf.BathMatrix(lambda w, table=table: np.broadcast_to(table, (len(w), 2, 2)))
        atom = rf.System(np.zeros((2, 2)), [lower, lower.T], matrix)
        decay = np.sort(-np.linalg.eigvals(rf.Redfield(atom, False).liouvillian().toarray()).real)
        # Gardiner 1986: γ(n + ½ ∓ |m|) of the quadratures, γ(2n + 1) of the inversion.
        assert decay == pytest.approx(
            sorted([0.0, n + 0.5 - abs(m), n + 0.5 + abs(m), 2 * n + 1]), abs=1e-12
        )


def test_it_pickles_and_its_parts_are_parts():
    h, couplings = problem(hermitian=True)
    equation = rf.Redfield(rf.System(h, couplings, MATRIX), False)
    copy = pickle.loads(pickle.dumps(equation))
    rho = random_state(3, 4)
    assert (copy.apply(rho) == equation.apply(rho)).all()
    alone = rf.Redfield(equation.system.restricted([1]), False)
    bath = rf.SpectrumBath(lambda w: gamma(np.ravel(w))[:, 1, 1].real.reshape(np.shape(w)))
    other = rf.Redfield(rf.System(h, couplings[1:], bath), False)
    assert np.abs(alone.apply(rho) - other.apply(rho)).max() < 1e-13
