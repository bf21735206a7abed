"""One application of the generator against NumPy's products, and across threads.

Floor: 8 real N×N products (real V, real Γ) or 11 (complex V), 2N³ flops each.
"""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

from harness import alternate, figure1_equation, first_site


def brute(equation, x):
    """𝓛X by complex products coupling by coupling, for the check."""
    system = equation.system
    e, u = system.energies, system.eigenvectors
    half = 0.5 * system.baths[0].power_spectrum(e[None, :] - e[:, None])
    h = system.hamiltonian
    out = -1j * (h @ x - x @ h)
    adjoint = u.conj().T
    for j in range(len(e)):
        v = u[j].conj()
        column = u @ (v * (half @ (v.conj() * (adjoint @ x[:, j]))))  # Λ_j X|j⟩, Λ_j = U(½γ∘vv†)U†
        out[:, j] += column
        out[j] += column.conj()  # X is Hermitian
        row = (((u[j] * v) @ half) * v.conj()) @ adjoint  # ⟨j|Λ_j
        out[j] -= row @ x
        out[:, j] -= x @ row.conj()
    return out


@pytest.mark.parametrize(("kind", "products", "required"), [("real", 8, 0.50), ("complex", 11, 0.70)])
def test_apply_216(benchmark, record, kind, products, required):
    inside_required = {"real": 0.54, "complex": 0.75}[kind]
    n = 216
    h = rf.models.anderson(6, 2.0, seed=1) if kind == "real" else rf.models.dirac_syk2(n, seed=1)
    equation = figure1_equation(h)
    a = rf.models.dirac_syk2(n, seed=2)
    assert np.abs(equation.apply(a, threads=1) - brute(equation, a)).max() < 1e-12
    ours, theirs = alternate(
        lambda: equation.apply(a, threads=1), lambda: [a @ a for _ in range(4)], rounds=25
    )
    gemm = min(alternate(lambda: a.real @ a.real, lambda: a.imag @ a.imag, rounds=25))
    benchmark.pedantic(lambda: equation.apply(a, threads=1), rounds=5)
    stats = equation.evolve(first_site(n), [0.0, 10.0], method="chebyshev", threads=1).stats
    inside = stats["seconds"] / stats["applications"]
    record(
        ratio_to_four_complex_products=ours / theirs, required=required, milliseconds=1e3 * ours,
        ratio_inside_evolve=inside / theirs, required_inside=inside_required, milliseconds_inside_evolve=1e3 * inside,
        gflops_inside_evolve=products * 2 * n**3 / inside / 1e9, numpy_real_gflops=2 * n**3 / gemm / 1e9,
    )  # fmt: skip
    assert ours / theirs <= required
    assert inside / theirs <= inside_required


@pytest.mark.parametrize("kind", ["real", "complex"])
@pytest.mark.parametrize("n", [64, 216, 512, 1000])
def test_rate_of_applications(benchmark, record, kind, n):
    """Flops of the products alone over the time of all of an application, within an evolution."""
    h = rf.models.dirac_syk2(n, seed=1)
    h = h.real if kind == "real" else h
    equation = figure1_equation(h)
    a = rf.models.dirac_syk2(n, seed=2)
    assert np.abs(equation.apply(a, threads=1) - brute(equation, a)).max() < 1e-11
    options = {"store_states": False, "e_ops": [], "method": "chebyshev", "threads": 1}
    times = [0.0, 100.0 * (64.0 / n) ** 2]
    applications = equation.evolve(first_site(n), times, **options).stats["applications"]
    left, right = np.asfortranarray(a.real), np.asfortranarray(a.imag)
    repeats = max(1, int(applications * (64.0 / n)))

    def products():
        for _ in range(repeats):
            left @ right

    ours, theirs = alternate(lambda: equation.evolve(first_site(n), times, **options), products, rounds=5)
    benchmark.pedantic(lambda: equation.apply(a, threads=1), rounds=1)
    real_products = 8 if kind == "real" else 11
    rate, product = (
        real_products * applications * 2 * n**3 / ours / 1e9,
        repeats * 2 * n**3 / theirs / 1e9,
    )
    record(over_numpy_product=rate / product, required=0.92, gflops=rate, numpy_gflops=product)
    assert rate / product >= 0.92


def test_two_threads_one_system(benchmark, record):
    n = 512
    equation = figure1_equation(rf.models.dirac_syk2(n, seed=1))

    def run(threads):
        return equation.evolve(first_site(n), [0.0, 8.0], threads=threads, store_states=False, e_ops=[])

    assert np.abs(run(1).final_state - run(2).final_state).max() < 1e-10
    one, two = alternate(lambda: run(1), lambda: run(2), rounds=3)
    benchmark.pedantic(lambda: run(2), rounds=1)
    record(speedup=one / two, required=1.8)
    assert one / two >= 1.8


def test_two_threads_ensemble(benchmark, record):
    equations = [figure1_equation(rf.models.dirac_syk2(64, seed=s)) for s in range(64)]

    def run(threads):
        return rf.evolve_ensemble(equations, first_site(64), [0.0, 100.0], threads=threads)

    for a, b in zip(run(1), run(2), strict=True):
        assert np.array_equal(a.final_state, b.final_state)
    one, two = alternate(lambda: run(1), lambda: run(2), rounds=3)
    benchmark.pedantic(lambda: run(2), rounds=1)
    record(speedup=one / two, required=1.9)
    assert one / two >= 1.9
