"""Driven equations follow features between the places where their polynomials are compared with them."""

import itertools

import numpy as np
import pytest
import scipy.linalg
from scipy.interpolate import PPoly

import redfield as rf

Z, X = np.diag([1.0, -1.0]), np.array([[0.0, 1.0], [1.0, 0.0]])


def liouvillian(h, a, bath, lamb_shift):
    """−i[H, ·] + Σ ([Λ·, A†] + h.c.), rows of ρ one after the other."""
    e, u = np.linalg.eigh(h)
    w = e[None] - e[:, None]
    half = 0.5 * bath.power_spectrum(w) + (1j * bath.lamb_shift(w) if lamb_shift else 0.0)
    k = u @ (half * (u.conj().T @ a @ u)) @ u.conj().T
    one, adjoint, kron = np.eye(len(h)), k.conj().T, np.kron
    out = -1j * (kron(h, one) - kron(one, h.T)) + kron(k, a.conj()) + kron(a, adjoint.T)
    return out - kron(a.conj().T @ k, one) - kron(one, (adjoint @ a).T)


def in_pieces(h, a, edges, bath, lamb_shift):
    """The state at the end of constant pieces, from level 0."""
    y = np.eye(len(a))[0]
    y = np.outer(y, y).ravel().astype(complex)
    for begin, end in itertools.pairwise(edges):
        part = liouvillian(h(0.5 * (begin + end)), a, bath, lamb_shift)
        y = scipy.linalg.expm(part * (end - begin)) @ y
    return y.reshape(len(a), len(a))


def pulses(width, apart, start):
    edges = [0.0, start, start + width, start + width + apart, start + 2 * width + apart, 100.0]
    return edges, [PPoly(np.array([row]), edges) for row in ([0.0, 1, 0, 0, 0], [0.0, 0, 0, 1, 0])]


@pytest.mark.parametrize(
    ("width", "apart", "start"), [(8, 1, 32), (3, 5, 87.3), (0.3, 0.2, 41.7), (15, 2, 2.0)]
)
@pytest.mark.parametrize("written", ["terms", "function"])
def test_pulses_of_two_controls(width, apart, start, written):
    edges, (f, g) = pulses(width, apart, start)

    def h(t):
        return 0.5 * Z + 0.9 * f(t) * Z + 0.8 * g(t) * X

    drive = [0.5 * Z, (0.9 * Z, f), (0.8 * X, g)] if written == "terms" else h
    bath = rf.OhmicBath(0.05, 5.0, 1.0)
    found = rf.Redfield(rf.DrivenSystem(drive, [X], bath)).evolve(
        [1.0, 0.0], [0.0, edges[-2], 100.0], breakpoints=edges[1:-1]
    )
    exact = in_pieces(h, X, edges[:-1], bath, True)
    assert rf.trace_norm(found.states[1] - exact) < 2e-5


def test_smooth_pulses_of_two_controls():
    f, g = lambda t: np.exp(-(((t - 40) / 2) ** 2)), lambda t: np.exp(-(((t - 41) / 2) ** 2)) * np.sin(t)
    drive = [0.5 * Z, (0.9 * Z, f), (0.8 * X, g)]
    equation = rf.Redfield(rf.DrivenSystem(drive, [X], rf.OhmicBath(0.05, 5.0, 1.0)))
    found, other = (equation.evolve([1.0, 0.0], [0.0, 45.0, 100.0], method=m) for m in ("auto", "magnus"))
    assert max(map(rf.trace_norm, found.states - other.states)) < 1e-5


GRID = np.linspace(-10.0, 10.0, 20001)
NARROW = {
    "peak": rf.SpectrumBath(lambda w: 0.02 + 0.3 * np.exp(-(((w - 1.6) / 0.02) ** 2)), breakpoints=[1.6], scale=0.02),
    "table": rf.TabulatedBath(GRID, 0.02 + 0.3 * np.exp(-(((GRID - 1.6) / 0.01) ** 2))),
    "gap": rf.SpectrumBath(lambda w: np.where((w > 1.55) & (w < 1.65), 0.0, 0.05), breakpoints=[1.55, 1.65]),
    "line": rf.LorentzianBath(0.01, 1e-4, 1.6),
}  # fmt: skip


@pytest.mark.parametrize("name", NARROW)
def test_a_control_that_stays_where_the_spectrum_is_narrow(name):
    edges = [0.0, 10.0, 60.0, 100.0]
    u = PPoly(np.array([[-1.0, 0.3, 1.0]]), edges)
    bath = NARROW[name]
    found = rf.Redfield(rf.DrivenSystem([0.65 * Z, (0.5 * Z, u)], [X], bath), lamb_shift=False).evolve(
        [1.0, 0.0], [0.0, 60.0, 100.0]
    )
    exact = in_pieces(lambda t: (0.65 + 0.5 * u(t)) * Z, X, edges[:-1], bath, False)
    assert rf.trace_norm(found.states[1] - exact) < 2e-5


@pytest.mark.parametrize("n", [3, 7])
@pytest.mark.parametrize(
    "kind",
    [
        lambda s: rf.Davies(s, lamb_shift=False),
        lambda s: rf.PartialSecular(s, cutoff=0.01, lamb_shift=False),
        lambda s: rf.Davies(s, degeneracy_tol=0.01, lamb_shift=False),
    ],
)
@pytest.mark.parametrize(
    "bath", [rf.OhmicBath(0.05, 5.0, np.inf), rf.OhmicBath(0.05, 5.0, 1.0), rf.FlatBath(0.05)]
)
def test_a_control_that_stays_where_levels_cross(kind, bath, n):
    edges = [0.0, 10.0, 60.0, 100.0]
    u = PPoly(np.array([[-1.0, 0.3, 1.0]]), edges)
    h, d, a = np.diag(np.r_[0, 1, 0.7, 5, 6.1, 7.3, 8.7][:n]), np.zeros((n, n)), np.zeros((n, n))
    d[2, 2] = 1
    a[0, 1] = a[0, 2] = a[1, 0] = a[2, 0] = 1
    equation = kind(rf.DrivenSystem([h, (d, u)], [a], bath))
    exact = np.eye(n)[1]
    for begin, end in ((0.0, 10.0), (10.0, 60.0)):
        exact = equation.at(0.5 * (begin + end)).evolve(exact, [begin, end], rtol=1e-9).final_state
    found = equation.evolve(np.eye(n)[1], [0.0, 60.0, 100.0])
    assert rf.trace_norm(found.states[1] - exact) < 2e-5
