"""The estimated error of Redfield's steady state over the true one, of models weak and strong, cold, slow and crowded.

True is the distance from the hierarchy's steady state, converged to what is told beside it. Where no warning is given
the estimate is within a factor 3.
"""

from __future__ import annotations

import time
import warnings

import numpy as np
import pytest

import redfield as rf

X, Y, Z = (np.array(m, complex) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]))
FACTOR = 3.0
CONVERGED = 0.05
"""Part of the true error that the hierarchy may be wrong by."""


def drude(reorganisation, cutoff=1.0, beta=1.0):
    return rf.DrudeBath(4.0 * reorganisation / cutoff, cutoff, beta)


def biased(reorganisation, beta=1.0):
    return rf.System(0.5 * Z + 0.5 * X, [Z], drude(reorganisation, beta=beta))


def mode(reorganisation, width):
    return rf.System(0.5 * Z + 0.3 * X, [Z], rf.UnderdampedBath(2.0 * reorganisation, 1.2, width, 1.0))


def six_levels(reorganisation):
    rng = np.random.default_rng(5)
    a = rng.normal(size=(4, 6, 6)) + 1j * rng.normal(size=(4, 6, 6))
    a = a + a.conj().transpose(0, 2, 1)
    baths = [drude(reorganisation, 2.0, beta) for beta in (0.5, 1.0, 2.0)]
    return rf.System(0.4 * a[0], list(0.3 * a[1:]), baths)


def near_levels(reorganisation):
    dipole = np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]])
    return rf.System(np.diag([0.0, 1.0, 1.002]), [dipole], drude(reorganisation))


def near_levels_between_baths(reorganisation):
    hot, cold = np.array([[0, 2, 1], [2, 0, 0], [1, 0, 0]]), np.array([[0, 1, -2], [1, 0, 0], [-2, 0, 0]])
    baths = [drude(reorganisation, beta=beta) for beta in (0.5, 2.0)]
    return rf.System(np.diag([0.0, 1.0, 1.002]), [0.5 * hot, 0.5 * cold], baths)


def two_qubits(strength, gap=0.2, beta=0.3):
    one, lower = np.eye(2), np.array([[0.0, 0.0], [1.0, 0.0]])
    hop = np.kron(lower, lower.T)
    h = 0.5 * (np.kron(Z, one) + np.kron(one, Z)) + 0.5 * gap * (hop + hop.T)
    baths = [rf.UnderdampedBath(strength, 2.0, 2.0, b) for b in (0.5 * beta, beta)]
    return rf.System(h, [np.kron(X, one), np.kron(one, X)], baths)


def chain(reorganisation, n=16):
    h = np.diag(np.linspace(0.0, 1.0, n)) + 0.5 * (np.eye(n, k=1) + np.eye(n, k=-1))
    ends = [np.diag(np.eye(n)[i]) for i in (0, n - 1)]
    return rf.System(h, ends, [drude(reorganisation, 2.0, beta) for beta in (0.5, 2.0)])


def zero_temperature(strength):
    return rf.System(0.5 * Z + 0.3 * X, [Z], rf.OhmicBath(strength, 3.0, np.inf))


def complex_levels(reorganisation):
    h = np.array([[0.0, 0.4j, 0.3], [-0.4j, 1.0, 0.5 - 0.2j], [0.3, 0.5 + 0.2j, 1.7]])
    baths = [drude(reorganisation, 2.0, beta) for beta in (0.5, 1.5)]
    return rf.System(h, [np.diag([1.0, 0.0, -1.0]), np.diag([0.0, 1.0, 0.0])], baths)


def three_reservoirs(reorganisation):
    baths = [
        drude(reorganisation, 2.0, 0.5),
        drude(reorganisation, 1.0, 2.0),
        drude(reorganisation, 3.0, 1.0),
    ]
    return rf.System(0.5 * Z + 0.2 * X, [X, Y, Z], baths)


# A model at its couplings, and the hierarchy's tolerance relative to each.
MODELS = {
    "biased spin-boson": (biased, (0.3, 0.1, 0.03, 0.01), 1e-3),
    "beta = 20": (lambda x: biased(x, 20.0), (0.1, 0.01), 3e-3),
    "mode near resonance": (lambda x: mode(x, 0.3), (0.1, 0.01), 3e-4),
    "mode of width .05": (lambda x: mode(x, 0.05), (0.1, 0.01), 3e-4),
    "six levels, three baths": (six_levels, (0.03, 0.01), 1e-2),
    "levels .002 apart": (near_levels, (0.03, 0.01, 0.001), 1e-3),
    "levels .002 apart, two baths": (near_levels_between_baths, (0.01,), 3e-3),
    "two qubits, hot": (two_qubits, (0.1, 0.03, 0.01), 3e-4),
    "two qubits, beta = 1, gap .05": (lambda x: two_qubits(x, 0.05, 1.0), (0.1, 0.01), 3e-4),
    "chain of 16, two baths": (chain, (0.1, 0.03), 1e-3),
    "Ohmic, zero temperature": (zero_temperature, (0.05, 0.01), 3e-3),
    "complex H": (complex_levels, (0.05, 0.01), 1e-3),
    "three reservoirs": (three_reservoirs, (0.03, 0.01), 1e-3),
}


@pytest.mark.parametrize("model", MODELS)
def test_predicted_over_true(model, record):
    make, couplings, tol = MODELS[model]
    for coupling in couplings:
        system = make(coupling)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            began = time.perf_counter()
            steady = rf.Redfield(system).steady_state(error=True)
            seconds = time.perf_counter() - began
        warned = any(str(w.message).startswith("the estimated error") for w in told)
        exact = rf.HEOM(system, tol=tol * coupling).steady_state(threads=1)
        true = float(rf.trace_norm(steady.state - exact.state))
        left = float(rf.trace_norm(steady.corrected - exact.state))
        ratio = steady.error / true
        found = f"predicted {steady.error:.2e}, true {true:.2e} ± {exact.error:.0e}, ratio {ratio:.3g}"
        told_as = "warned" if warned else "quiet"
        record(
            **{f"at {coupling:g}": f"{found}, left {left / true:.2g}, {told_as}, {1e3 * seconds:.0f} ms"}
        )
        assert exact.error < CONVERGED * true
        assert warned or 1.0 / FACTOR < ratio < FACTOR


def levels_apart(seed):
    """Return a random system of two to four levels at least .3 apart, one or two couplings and baths."""
    rng = np.random.default_rng(seed)
    n, imaginary = int(rng.integers(2, 5)), 1j * rng.integers(2)

    def hermitian():
        a = rng.normal(size=(n, n)) + imaginary * rng.normal(size=(n, n))
        return 0.5 * (a + a.conj().T)

    h = hermitian()
    while np.diff(np.linalg.eigvalsh(h)).min() < 0.3:
        h = hermitian()
    reorganisation, couplings, baths = 10.0 ** rng.uniform(-2.5, -1.0), [], []
    for _ in range(rng.integers(1, 3)):
        a = hermitian()
        couplings.append(a / np.linalg.norm(a, 2))
        beta, cutoff = float(rng.choice([0.5, 1.0, 3.0])), float(rng.choice([1.0, 2.0, 4.0]))
        broad = rf.UnderdampedBath(2.0 * reorganisation, 1.5, float(rng.choice([0.3, 1.0])), beta)
        baths.append(drude(reorganisation, cutoff, beta) if rng.integers(2) else broad)
    return rf.System(h, couplings, baths)


def test_levels_apart(record):
    """Predicted over true of forty random models, where the true error is below .01 and there is no warning."""
    ratios = {}
    for seed in range(40):
        system = levels_apart(seed)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            steady = rf.Redfield(system).steady_state(error=True)
        if told or not 1e-6 < steady.error < 0.012:
            continue
        exact = rf.HEOM(system, tol=0.02 * steady.error).steady_state(threads=1)
        true = float(rf.trace_norm(steady.state - exact.state))
        if true < 0.01:
            ratios[seed] = steady.error / true
    found = np.array(list(ratios.values()))
    record(
        models=len(found),
        least=found.min(),
        largest=found.max(),
        within_a_fifth=int((abs(found - 1) < 0.2).sum()),
    )
    assert len(found) > 20
    assert (abs(found - 1) < 0.2).mean() > 0.9
    assert found.min() > 1.0 / FACTOR
    assert found.max() < FACTOR
