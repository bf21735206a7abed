"""rf.HEOM against QuTiP's HEOMSolver on the models of QuTiP's own tutorials on it."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")
heom = pytest.importorskip("qutip.solver.heom", reason="QuTiP is not installed")

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
SPIN = 0.25 * Z + 0.5 * X
"""H = ½εσᶻ + ½Δσˣ of tutorials 1a and 1b."""
EXCITED = np.diag([1.0, 0.0])
OPTIONS = {"nsteps": 10**6, "rtol": 1e-8, "atol": 1e-10, "progress_bar": ""}


def solver(h, baths, depth):
    return heom.HEOMSolver(qutip.Qobj(h), baths, depth, options=OPTIONS)


def states(solver, times):
    return np.array([x.full() for x in solver.run(qutip.Qobj(EXCITED), times).states])


def test_a_spin_and_a_drude_bath():
    """Tutorial 1a, λ = .1 and γ = T = .5: their Padé exponentials, ours, and depths that have settled."""
    coupling, width, temperature, times = 0.1, 0.5, 0.5, np.linspace(0.0, 4.0, 5)
    theirs = heom.DrudeLorentzPadeBath(qutip.Qobj(Z), coupling, width, temperature, 6)
    bath = rf.DrudeBath(4.0 * coupling / width, width, 1.0 / temperature)
    ours = rf.HEOM(rf.System(SPIN, [Z], bath), tol=1e-5).evolve(
        EXCITED, times, rtol=1e-7, atol=1e-9, threads=1
    )
    np.testing.assert_allclose(ours.states, states(solver(SPIN, theirs, 7), times), atol=1e-5)


def test_a_spin_and_a_damped_mode():
    """Tutorial 1b with Γ = .05 and T = 1, of a frequency near the spin's own, where ten tiers count."""
    coupling, damping, frequency, temperature, times = 0.2, 0.05, 1.0, 1.0, np.linspace(0.0, 10.0, 6)
    theirs = heom.UnderDampedBath(qutip.Qobj(Z), coupling, damping, frequency, temperature, 2)
    bath = rf.UnderdampedBath(2.0 * coupling**2 / frequency**2, frequency, damping, 1.0 / temperature)
    ours = rf.HEOM(rf.System(SPIN, [Z], bath), depth=10, tol=1e-5).evolve(
        EXCITED, times, rtol=1e-8, atol=1e-10, threads=1
    )
    np.testing.assert_allclose(ours.states, states(solver(SPIN, theirs, 10), times), atol=1e-5)


class OfTerms(rf.UnderdampedBath):
    """A damped mode whose C(t) is the sum of the terms of QuTiP's."""

    @property
    def theirs(self):
        coupling = self.frequency * np.sqrt(0.5 * self.strength)
        return heom.UnderDampedBath(
            qutip.Qobj(Z + 0.3 * X), coupling, self.damping, self.frequency, 1.0 / self.beta, 2
        )

    @property
    def known_rates(self):
        return tuple(complex(x.vk) for x in self.theirs.exponents)

    def correlation(self, t):
        t = np.abs(np.asarray(t))
        total = np.zeros(t.shape, complex)
        for x in self.theirs.exponents:
            c = {"R": x.ck, "I": 1j * x.ck, "RI": x.ck + 1j * (x.ck2 or 0.0)}[x.type.name]
            total += c * np.exp(-x.vk * t)
        return total


def test_the_same_exponentials_make_the_same_hierarchy():
    """Real rates and a pair of conjugates: nothing but the equations is compared."""
    depth, times = 4, np.linspace(0.0, 6.0, 4)
    bath = OfTerms(0.3, frequency=1.2, damping=0.6, beta=2.0)
    found = rf.HEOM(rf.System(SPIN, [Z + 0.3 * X], bath), depth=depth, tol=1e-9)
    other = solver(SPIN, bath.theirs, depth)
    ours = found.evolve(EXCITED, times, rtol=1e-9, atol=1e-11, threads=1)
    np.testing.assert_allclose(ours.states, states(other, times), atol=1e-7)
    assert ours.stats["fit_error"] < 1e-10
    steady = other.steady_state(use_mkl=False)[0].full()
    np.testing.assert_allclose(found.steady_state(threads=1).state, steady, atol=1e-9)


def test_heat_through_two_qubits():
    """Tutorial 3: ε = 1, J₁₂ = .1, λ = .01, γ = 1, T = 1 ± .01, and currents through auxiliary operators."""
    one, lower = np.eye(2), np.array([[0.0, 0.0], [1.0, 0.0]])
    hop = np.kron(lower, lower.T)
    h = 0.5 * (np.kron(Z, one) + np.kron(one, Z)) + 0.1 * (hop + hop.T)
    couplings, coupling, width = [np.kron(X, one), np.kron(one, X)], 0.01, 1.0
    temperatures = (1.01, 0.99)
    theirs = [
        heom.DrudeLorentzPadeBath(qutip.Qobj(q), coupling, width, t, 2, tag=k)
        for k, (q, t) in enumerate(zip(couplings, temperatures, strict=True))
    ]
    steady, ados = solver(h, theirs, 3).steady_state(use_mkl=False)
    currents = [
        np.trace(
            sum(
                1j * (q @ h - h @ q) @ ados.extract(label).full()
                for label in ados.filter(level=1, tags=[k])
            )
        ).real
        for k, q in enumerate(couplings)
    ]
    baths = [rf.DrudeBath(4.0 * coupling / width, width, 1.0 / t) for t in temperatures]
    found = rf.HEOM(rf.System(h, couplings, baths), tol=1e-5)
    ours = found.steady_state(threads=1)
    np.testing.assert_allclose(ours.state, steady.full(), atol=1e-5)
    np.testing.assert_allclose(rf.analysis.heat_currents(ours, found), currents, rtol=1e-3)
    assert currents[0] > 5e-5
