"""Every kind of equation against the pair sum written out, against each other, and against exact solutions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

from reference import random_hermitian, random_matrix, random_state

BATH = rf.OhmicBath(strength=0.2, cutoff=3.0, beta=1.0)
OTHER = rf.OhmicBath(strength=0.1, cutoff=2.0, beta=0.5)


def small_system(n=3, seed=1):
    return rf.System(
        random_hermitian(n, seed),
        [random_matrix(n, seed + 1), random_hermitian(n, seed + 2)],
        [BATH, OTHER],
    )


def pair_sum(system, chi, shift):
    """Σ_j Σ χ_j(ω,ω')(A(ω)ρA(ω')† − ½{A(ω')†A(ω), ρ}) − i[H + Σ h A(ω')†A(ω), ρ], element by element, on
    column-stacked ρ in the eigenbasis. `shift` None: no Lamb shift."""
    e, u = system.energies, system.eigenvectors
    n = len(e)
    eye = np.eye(n)
    unit = [[np.outer(eye[k], eye[q]) for q in range(n)] for k in range(n)]
    h = np.diag(e).astype(complex)
    out = np.zeros((n * n, n * n), dtype=complex)
    for a, bath in zip(system.couplings, system.baths, strict=True):
        a = u.conj().T @ a @ u
        for k, q, m, p in itertools.product(range(n), repeat=4):
            w, v = e[q] - e[k], e[p] - e[m]
            x = chi(bath, w, v)
            left, right = a[k, q] * unit[k][q], a[m, p] * unit[m][p]
            out += x * np.kron(right.conj(), left)
            both = right.conj().T @ left
            out -= 0.5 * x * (np.kron(eye, both) + np.kron(both.T, eye))
            if shift is not None:
                h += shift(bath, w, v) * both
    return out - 1j * (np.kron(eye, h) - np.kron(h.T, eye))


def gamma(bath, w):
    return float(bath.power_spectrum(w))


def one_sided(bath, w):
    return complex(bath.one_sided(w))


def redfield_chi(bath, w, v):
    return one_sided(bath, w) + one_sided(bath, v).conjugate()


def redfield_shift(bath, w, v):
    return (one_sided(bath, w) - one_sided(bath, v).conjugate()) / 2j


def within(f, cutoff):
    return lambda bath, w, v: f(bath, w, v) if abs(w - v) <= cutoff else 0.0


def root_chi(bath, w, v):
    return np.sqrt(gamma(bath, w) * gamma(bath, v))


def universal_shift(bath, w, v):
    def difference(x):
        return root_chi(bath, v - x, w - x) - root_chi(bath, v + x, w + x)

    corners = sorted({abs(w), abs(v)} - {0.0})
    total = sum(
        scipy.integrate.quad(lambda x: difference(x) / x, a, b, epsabs=1e-13, limit=200)[0]
        for a, b in itertools.pairwise([1e-9, *corners, 20.0, 200.0])
        if b > a
    )
    return total / (2 * np.pi)


def window_chi(window):
    def chi(bath, w, v):
        def integrand(nu):
            s = np.sinc((w - nu) * window / 2 / np.pi) * np.sinc((v - nu) * window / 2 / np.pi)
            return gamma(bath, nu) * window * s / (2 * np.pi)

        value = scipy.integrate.quad(integrand, -60.0, 0.0, limit=2000, epsabs=1e-11)[0]
        value += scipy.integrate.quad(integrand, 0.0, 90.0, limit=2000, epsabs=1e-11)[0]
        return value * np.exp(1j * (v - w) * window / 2)

    return chi


@pytest.mark.parametrize(
    ("make", "chi", "shift", "tol"),
    [
        (lambda s, ls: rf.Redfield(s, ls), redfield_chi, redfield_shift, 1e-12),
        (
            lambda s, ls: rf.PartialSecular(s, 0.7, ls),
            within(redfield_chi, 0.7),
            within(redfield_shift, 0.7),
            1e-12,
        ),
        (lambda s, ls: rf.Davies(s, ls), within(redfield_chi, 1e-9), within(redfield_shift, 1e-9), 1e-12),
        (lambda s, ls: rf.GeometricArithmetic(s, ls), root_chi, redfield_shift, 1e-12),
        (lambda s, ls: rf.UniversalLindblad(s, ls), root_chi, universal_shift, 1e-8),
    ],
    ids=["redfield", "partial", "davies", "geometric", "universal"],
)
@pytest.mark.parametrize("lamb_shift", [True, False])
def test_the_pair_sum(make, chi, shift, tol, lamb_shift):
    system = small_system()
    if not lamb_shift and chi is not root_chi:  # Γ is replaced by γ/2
        chi, shift = _halved(chi), _halved_shift(chi)
    elif not lamb_shift:
        shift = None
    expected = pair_sum(system, chi, shift)
    found = make(system, lamb_shift).liouvillian("eigen").toarray()
    assert np.abs(found - expected).max() < tol


def _halved(chi):
    return lambda bath, w, v: 0.0 if chi(bath, w, v) == 0.0 else 0.5 * (gamma(bath, w) + gamma(bath, v))


def _halved_shift(chi):
    return lambda bath, w, v: 0.0 if chi(bath, w, v) == 0.0 else (gamma(bath, w) - gamma(bath, v)) / 4j


def test_coarse_grained_is_its_integral():
    system = small_system()
    found = rf.CoarseGrained(system, 4.0, lamb_shift=False).liouvillian("eigen").toarray()
    assert np.abs(found - pair_sum(system, window_chi(4.0), None)).max() < 1e-8


ALL = {
    "redfield": rf.Redfield,
    "davies": rf.Davies,
    "partial secular": lambda s, ls=True: rf.PartialSecular(s, 0.8, ls),
    "universal": rf.UniversalLindblad,
    "geometric": rf.GeometricArithmetic,
    "coarse grained": lambda s, ls=True: rf.CoarseGrained(s, 3.0, ls),
    "lindblad": lambda s, ls=True: rf.Lindblad(s.hamiltonian, s.couplings),
}
POSITIVE = ("davies", "universal", "geometric", "coarse grained", "lindblad")


def choi_minimum(equation, t):
    n = equation.system.dimension
    step = scipy.linalg.expm(equation.liouvillian().toarray() * t).reshape(n, n, n, n)  # [b, a, d, c]
    choi = step.transpose(3, 1, 2, 0).reshape(n * n, n * n)
    return float(np.linalg.eigvalsh(choi)[0])


@pytest.mark.parametrize("kind", ALL)
@settings(max_examples=12, deadline=None)
@given(n=st.integers(1, 5), seed=st.integers(0, 10**6), sites=st.booleans(), lamb_shift=st.booleans())
def test_representations_traces_positivity(kind, n, seed, sites, lamb_shift):
    h = random_hermitian(n, seed)
    couplings = (
        [np.diag(np.eye(n)[j]).astype(complex) for j in range(n)]
        if sites
        else [random_matrix(n, seed + 1)]
    )
    system = rf.System(h, couplings, BATH)
    equation = ALL[kind](system, lamb_shift)
    given_basis, eigen = equation.liouvillian(), equation.liouvillian("eigen")
    scale = max(1.0, np.abs(given_basis.toarray()).max())
    x = random_matrix(n, seed + 2)
    vector = x.ravel(order="F")
    applied = equation.apply(x).ravel(order="F")
    tol = 1e-12 * scale * max(1.0, np.abs(x).max()) * n
    assert np.abs(given_basis @ vector - applied).max() < tol
    assert np.abs(equation.as_linear_operator() @ vector - applied).max() < tol
    u = system.eigenvectors
    turned = (u.conj().T @ x @ u).ravel(order="F")
    back = u @ (eigen @ turned).reshape(n, n, order="F") @ u.conj().T
    assert np.abs(back.ravel(order="F") - applied).max() < tol
    trace = np.eye(n).ravel() @ given_basis.toarray()
    assert np.abs(trace).max() < tol
    adjoint = equation.apply(x.conj().T).conj().T.ravel(order="F")
    assert np.abs(adjoint - applied).max() < tol
    if kind in POSITIVE:
        assert choi_minimum(equation, 0.7) > -1e-12 * scale
    if sites and n > 1:
        same = ALL[kind](rf.System(h, rf.SiteProjectors(n), BATH), lamb_shift)
        if kind != "lindblad":
            assert np.abs(same.apply(x).ravel(order="F") - applied).max() < tol


def test_limits_of_cutoff_and_window():
    system = small_system(4, 20)
    davies, redfield = (q(system).liouvillian().toarray() for q in (rf.Davies, rf.Redfield))
    assert np.abs(rf.PartialSecular(system, 0.0).liouvillian().toarray() - davies).max() < 1e-12
    width = 2.0 * np.ptp(system.energies)
    # The first is the sparse dissipator with every pair, the others the matrix-free kernel.
    for cutoff, tol in ((width * (1 - 1e-9), 1e-6), (width, None), (np.inf, None)):
        partial = rf.PartialSecular(system, cutoff, degeneracy_tol=tol)
        assert np.abs(partial.liouvillian().toarray() - redfield).max() < 1e-12
    errors = [
        np.abs(rf.CoarseGrained(system, t).liouvillian().toarray() - davies).max()
        for t in (1e2, 1e4, 1e6)
    ]
    assert errors[1] < 0.05 * errors[0]
    assert errors[2] < 0.05 * errors[1]
    assert errors[2] < 1e-5


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("method", ["auto", "chebyshev", "dopri5", "exponential"])
def test_every_kind_evolves_with_every_method(kind, method):
    equation = ALL[kind](small_system(4, 40))
    rho = random_state(4, 41)
    result = equation.evolve(rho, [0.0, 0.7, 3.0], method=method, rtol=1e-9, atol=1e-11)
    step = scipy.linalg.expm(equation.liouvillian().toarray() * 3.0)
    expected = (step @ rho.ravel(order="F")).reshape(4, 4, order="F")
    assert rf.trace_norm(result.final_state - expected) < 1e-7


def test_threshold_and_no_copy():
    system = small_system(4, 60)
    full = rf.Redfield(system).liouvillian("eigen", threshold=0.0)
    cut = rf.Redfield(system).liouvillian("eigen", threshold=1e-2)
    assert cut.nnz < full.nnz
    difference = np.abs((full - cut).toarray())
    assert difference.max() <= 1e-2
    assert not full.data.flags.owndata
    assert full.has_canonical_format


def test_several_baths_on_sites():
    n = 4
    baths = [BATH, OTHER, BATH, OTHER]
    couplings = [np.diag(np.eye(n)[j]) for j in range(n)]
    x = random_matrix(n, 72)
    for kind in ("redfield", "davies", "partial secular", "universal", "geometric", "coarse grained"):
        h = random_hermitian(n, 73)
        sites = ALL[kind](rf.System(h, rf.SiteProjectors(n), baths)).apply(x)
        dense = ALL[kind](rf.System(h, couplings, baths)).apply(x)
        assert np.abs(sites - dense).max() < 1e-12
