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

from reference import random_hermitian, random_matrix, random_state, random_unitary

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


def test_gibbs_is_stationary():
    h = random_hermitian(5, 30)
    system = rf.System(h, [random_hermitian(5, 31), random_matrix(5, 32)], BATH)
    hermitian = rf.System(h, [random_hermitian(5, 31), random_hermitian(5, 33)], BATH)
    gibbs = scipy.linalg.expm(-BATH.beta * h)
    gibbs /= np.trace(gibbs)
    assert np.allclose(system.gibbs_state(), gibbs)
    for lamb_shift in (True, False):
        assert np.abs(rf.Davies(hermitian, lamb_shift).apply(gibbs)).max() < 1e-12
    assert np.abs(rf.Redfield(hermitian, lamb_shift=False).apply(gibbs)).max() < 1e-12
    assert np.abs(rf.Redfield(hermitian, lamb_shift=True).apply(gibbs)).max() > 1e-6


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("method", ["auto", "chebyshev", "dopri5", "exponential"])
def test_every_kind_evolves_with_every_method(kind, method):
    equation = ALL[kind](small_system(4, 40))
    rho = random_state(4, 41)
    result = equation.evolve(rho, [0.0, 0.7, 3.0], method=method, rtol=1e-9, atol=1e-11)
    step = scipy.linalg.expm(equation.liouvillian().toarray() * 3.0)
    expected = (step @ rho.ravel(order="F")).reshape(4, 4, order="F")
    assert rf.trace_norm(result.final_state - expected) < 1e-7


def test_rotated_ring_has_the_same_secular_rates():
    # A 3-spin XXX ring: degenerate levels, so that rounding decides what `!=` would call equal.
    spins = [
        np.array(s, dtype=complex) / 2 for s in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])
    ]

    def site(s, j):
        factors = [np.eye(2)] * 3
        factors[j] = s
        return np.kron(np.kron(factors[0], factors[1]), factors[2])

    h = sum(site(s, j) @ site(s, (j + 1) % 3) for s in spins for j in range(3)).real
    couplings = [site(spins[2], j).real for j in range(3)]
    q = scipy.linalg.qr(np.random.default_rng(5).standard_normal((8, 8)))[0]
    spectra = []
    for turn in (np.eye(8), q):
        system = rf.System(turn @ h @ turn.T, [turn @ a @ turn.T for a in couplings], BATH)
        davies = rf.Davies(system)
        assert davies.generator.degenerate
        spectra.append(np.sort_complex(np.linalg.eigvals(davies.liouvillian().toarray()).round(9)))
        rho = turn @ np.diag(np.arange(1.0, 9.0)) @ turn.T / 36
        spectra[-1] = (spectra[-1], turn.T @ davies.apply(rho) @ turn)
    assert np.abs(np.sort(spectra[0][0].real) - np.sort(spectra[1][0].real)).max() < 1e-8
    assert np.abs(spectra[0][1] - spectra[1][1]).max() < 1e-10


def test_covariance_of_the_degenerate_davies_under_unitaries():
    energies = np.array([0.0, 1.0, 1.0, 2.0])
    couplings = [random_matrix(4, 50), random_hermitian(4, 51)]
    x = random_matrix(4, 52)
    plain = rf.Davies(rf.System(np.diag(energies), couplings, BATH)).apply(x)
    for seed in range(3):
        u = random_unitary(4, 53 + seed)
        turned = rf.System(
            u @ np.diag(energies) @ u.conj().T, [u @ a @ u.conj().T for a in couplings], BATH
        )
        assert np.abs(u.conj().T @ rf.Davies(turned).apply(u @ x @ u.conj().T) @ u - plain).max() < 1e-11


def test_pure_dephasing_is_exact():
    # [H, A] = 0: the average over a window T is the exact solution at T, (1 + ω_c²T²)^{−λ/π} at zero temperature.
    cold = rf.OhmicBath(strength=0.3, cutoff=4.0, beta=np.inf)
    system = rf.System(np.diag([0.5, -0.5]), [np.diag([1.0, -1.0])], cold)
    plus = np.full(2, np.sqrt(0.5))
    for t in (0.1, 1.0, 10.0):
        final = rf.CoarseGrained(system, t).evolve(plus, [0.0, t], rtol=1e-10).final_state
        assert abs(final[0, 1]) == pytest.approx(0.5 * (1 + (4.0 * t) ** 2) ** (-0.3 / np.pi), rel=1e-8)
    warm = rf.OhmicBath(strength=0.3, cutoff=4.0, beta=2.0)
    system = rf.System(np.diag([0.5, -0.5]), [np.diag([1.0, -1.0])], warm)
    final = rf.Redfield(system).evolve(plus, [0.0, 5.0]).final_state
    assert abs(final[0, 1]) == pytest.approx(0.5 * np.exp(-2 * 0.3 / 2.0 * 5.0), rel=1e-9)


def resonant_level(rate, level=0.4, bias=1.0, beta=2.0):
    """Current into the left lead's partner: exact (wide band) and from Davies' steady state."""
    (a,) = rf.operators.fermions(1)
    leads = [rf.ParticleBath(rate, beta, mu, band=(-200.0, 200.0)) for mu in (bias / 2, -bias / 2)]
    dot = rf.System(level * (a.T @ a), *rf.particle_exchange([a, a], leads))
    occupied = rf.Davies(dot, lamb_shift=False).steady_state().state[1, 1].real
    current = rate * (float(leads[0].occupation(level)) - occupied)
    window = [
        scipy.integrate.quad(
            lambda w: rate**2 / ((w - level) ** 2 + rate**2)
            * (leads[0].occupation(w) - leads[1].occupation(w)) / (2 * np.pi),
            a, b, limit=500,
        )[0]
        for a, b in itertools.pairwise([-60.0, level - 1.0, level, level + 1.0, 60.0])
    ]  # fmt: skip
    return current, sum(window)


def test_resonant_level_current_in_weak_coupling():
    errors = []
    for rate in (0.08, 0.04, 0.02):
        current, exact = resonant_level(rate)
        errors.append(abs(current / exact - 1.0))
    assert errors[2] < 0.02
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.15)
    assert errors[1] / errors[2] == pytest.approx(2.0, rel=0.1)


def test_threshold_and_no_copy():
    system = small_system(4, 60)
    full = rf.Redfield(system).liouvillian("eigen", threshold=0.0)
    cut = rf.Redfield(system).liouvillian("eigen", threshold=1e-2)
    assert cut.nnz < full.nnz
    difference = np.abs((full - cut).toarray())
    assert difference.max() <= 1e-2
    assert not full.data.flags.owndata
    assert full.has_canonical_format


def test_fock_operators():
    fermions = rf.operators.fermions(3)
    for i, a in enumerate(fermions):
        for j, b in enumerate(fermions):
            anti = (a @ b.T + b.T @ a).toarray()
            assert np.array_equal(anti, np.eye(8) * (i == j))
            assert not (a @ b + b @ a).toarray().any()
    bosons = rf.operators.bosons(2, levels=4)
    commutator = (bosons[0] @ bosons[0].T - bosons[0].T @ bosons[0]).toarray().diagonal()
    assert np.allclose(commutator[:12], 1.0)
    assert np.allclose(commutator[12:], -3.0)
    assert not (bosons[0] @ bosons[1].T - bosons[1].T @ bosons[0]).toarray().any()


@pytest.mark.parametrize("n", [6, 9])
def test_sparse_jumps_are_the_dense_ones(n):
    rng = np.random.default_rng(n)
    h = random_hermitian(n, 70)
    jumps = []
    for _ in range(12):
        a = np.zeros((n, n), dtype=complex)
        for _ in range(2):
            a[tuple(rng.integers(0, n, 2))] = rng.standard_normal() + 1j * rng.standard_normal()
        jumps.append(a)
    x = random_matrix(n, 71)
    dense = rf.Lindblad(h, jumps).apply(x)
    sparse = rf.Lindblad(h, [scipy.sparse.csr_array(a) for a in jumps]).apply(x)
    written_out = -1j * (h @ x - x @ h)
    for a in jumps:
        both = a.conj().T @ a
        written_out += a @ x @ a.conj().T - 0.5 * (both @ x + x @ both)
    assert np.abs(dense - written_out).max() < 1e-12
    assert np.abs(sparse - written_out).max() < 1e-12


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
