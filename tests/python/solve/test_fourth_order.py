"""The hierarchy and the corrected steady state against the time-convolutionless equation of fourth order, TCL4.

    ρ̇ = (−i[H, ·] + K₂ + K₄)ρ,   K₂ = Σ U_kS¹_k,   K₄ = Σ U_kS³_k,

once the baths' memory is past, with the dense superoperators S of `tcl4` in the eigenbasis of H.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import scipy

import redfield as rf

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]], complex), np.diag([1.0, -1.0]).astype(complex)


def tcl4(h, terms):
    """Return 𝓛₀, K₂ and K₄ for ρ row by row, of terms (A, c, c̃, ν), C = Σ c e^{−νt} and C* = Σ c̃ e^{−νt}.

    S¹_k = D_k/(ν_k + iΔω), S²_kl = (D_kS¹_l + D_lS¹_k)/(ν_k + ν_l + iΔω) and
    S³_k = (Σ_l U_lS²_kl − S¹_kK₂)/(ν_k + iΔω), Δω between the frequencies of row and column, U_k = −i[A_k, ·] and
    D_kρ = −i(c_kA_kρ − c̃_kρA_k).
    """
    e, v = np.linalg.eigh(h)
    n, one = len(e), np.eye(len(e))
    w = (e[:, None] - e[None, :]).ravel()
    turns = 1j * (w[:, None] - w[None, :])
    ups, downs, rates = [], [], []
    for a, c, conjugate, nu in terms:
        a = v.conj().T @ a @ v
        left, right = np.kron(a, one), np.kron(one, a.T)
        ups.append(-1j * (left - right))
        downs.append(-1j * (c * left - conjugate * right))
        rates.append(nu)
    first = [d / (nu + turns) for d, nu in zip(downs, rates, strict=True)]
    second_order = sum(u @ s for u, s in zip(ups, first, strict=True))
    fourth_order = np.zeros((n * n, n * n), complex)
    for k, (up, nu) in enumerate(zip(ups, rates, strict=True)):
        inner = -first[k] @ second_order
        for m, (other, rate) in enumerate(zip(ups, rates, strict=True)):
            inner = inner + other @ ((downs[k] @ first[m] + downs[m] @ first[k]) / (nu + rate + turns))
        fourth_order += up @ (inner / (nu + turns))
    return np.diag(-1j * w), second_order, fourth_order, v


def stationary(generator, v):
    null = scipy.linalg.null_space(generator, rcond=1e-9)
    assert null.shape[1] == 1
    rho = null[:, 0].reshape(len(v), len(v))
    return v @ (rho / np.trace(rho)) @ v.conj().T


def gap(generator):
    return np.sort(-np.linalg.eigvals(generator).real)[1]


def lorentzian(strength, width, centre, a):
    """½λW e^{−(W + iω₀)t}, a term and its conjugate."""
    bath = rf.LorentzianBath(strength, width, centre)
    c, nu = 0.5 * strength * width, complex(width, centre)
    return bath, [(a, c, 0.0, nu), (a, 0.0, c, nu.conjugate())]


def a_qubit(strength):
    bath, terms = lorentzian(strength, 1.0, 0.5, Z)
    return 0.5 * Z + 0.5 * X, [Z], [bath], terms


def three_levels(strength):
    """A complex H, between a bath that heats and one that cools."""
    h = np.array([[0.0, 0.3j, 0.2], [-0.3j, 0.9, 0.3 - 0.1j], [0.2, 0.3 + 0.1j, 1.6]])
    hop = np.array([[0, 1, 0.5], [1, 0, 0], [0.5, 0, 0]], complex)
    ladder = np.diag([1.0, 0.0, -0.5]).astype(complex)
    hot, some = lorentzian(strength, 1.5, -0.4, hop)
    cold, others = lorentzian(strength, 1.0, 1.2, ladder)
    return h, [hop, ladder], [hot, cold], some + others


@pytest.mark.parametrize(("model", "strengths"), [(a_qubit, (0.02, 0.01)), (three_levels, (0.08, 0.04))])
def test_what_is_left_falls_as_the_sixth_order_does(model, strengths):
    """States of TCL4 and `.corrected` are right to λ, of a next error ∝ λ²; the gap to λ², of an error ∝ λ³."""
    found = []
    for strength in strengths:
        h, couplings, baths, terms = model(strength)
        free, second, fourth, v = tcl4(h, terms)
        system = rf.System(h, couplings, baths)
        heom = rf.HEOM(system, tol=1e-8)
        exact = heom.steady_state(threads=1).state
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            steady = rf.Redfield(system).steady_state(error=True)
        redfield, state = stationary(free + second, v), stationary(free + second + fourth, v)
        np.testing.assert_allclose(redfield, steady.state, atol=1e-10)
        slowest = heom.spectrum(4).gap
        found.append(
            [
                rf.trace_norm(redfield - exact),
                rf.trace_norm(state - exact),
                rf.trace_norm(steady.corrected - exact),
                rf.trace_norm(steady.corrected - state),
                abs(gap(free + second) - slowest),
                abs(gap(free + second + fourth) - slowest),
            ]
        )
    of_redfield, of_tcl4, of_corrected, between, slow, slow_of_tcl4 = np.divide(*found)
    assert 1.7 < of_redfield < 2.4
    assert 3.3 < of_tcl4 < 5.0
    assert 3.3 < of_corrected < 5.0
    assert 3.3 < between < 5.0
    assert 3.3 < slow < 5.0
    assert 5.5 < slow_of_tcl4 < 10.0
