"""Quantum trajectories against QuTiP's mcsolve, of its guide's example and of six cavities."""

from __future__ import annotations

import time

import numpy as np
import pytest
import scipy.sparse as sp

import redfield as rf

from harness import alternate, cavities


def guide():
    """QuTiP's guide: a decaying cavity of ten levels coupled to a qubit."""
    a = sp.kron(
        sp.eye_array(2), sp.diags_array([np.sqrt(np.arange(1.0, 10.0))], offsets=[1]), format="csr"
    )
    s = sp.kron(sp.csr_array([[0.0, 1.0], [0.0, 0.0]]), sp.eye_array(10), format="csr")
    h = 2 * np.pi * (a.T @ a + s.T @ s + 0.25 * (s @ a.T + s.T @ a))
    return h, [np.sqrt(0.1) * a], [a.T @ a, s.T @ s], np.eye(20)[8], np.linspace(0.0, 10.0, 200), 500


def six_cavities():
    h, jumps = cavities(6)
    return h, jumps, [x.T @ x for x in jumps], np.eye(729)[-1], np.linspace(0.0, 1.0, 11), 96


@pytest.mark.parametrize("problem", [guide, six_cavities])
def test_against_mcsolve(benchmark, record, problem):
    """The same samples, times and observables; the means within four standard errors of the density matrix."""
    import qutip

    h, jumps, observables, psi, times, samples = problem()
    equation = rf.Lindblad(h, jumps)

    def ours():
        return rf.Lindblad(h, jumps).trajectories(psi, times, observables, samples=samples, seed=1)

    qutip_h, qutip_jumps = qutip.Qobj(h), [qutip.Qobj(x) for x in jumps]
    qutip_ops, qutip_psi = [qutip.Qobj(x) for x in observables], qutip.Qobj(psi)
    options = {"progress_bar": False, "map": "parallel"}

    def theirs():
        return qutip.mcsolve(
            qutip_h, qutip_psi, times, qutip_jumps, e_ops=qutip_ops, ntraj=samples, options=options
        )

    # Standard errors are what many jumps make them: of all times and observables together, with more samples.
    many = equation.trajectories(psi, times, observables, samples=4096, seed=2)
    exact = equation.evolve(psi, times, observables, rtol=1e-8)
    for k in range(len(observables)):
        assert abs(many.expect[k][-1] - exact.expect[k][-1]) <= 4.0 * many.errors[k, -1]
    mine = ours()
    benchmark.pedantic(ours, rounds=3)
    a, b = alternate(ours, theirs, rounds=2)
    record(milliseconds=1e3 * a, over_mcsolve=b / a, required=10.0, jumps=mine.stats["jumps"])
    assert b / a >= 10.0


def test_davies_of_a_thousand_levels(record):
    """Anderson's model on a cube of ten sites: a Markov chain of eigenstates, dephasing while they are superposed."""
    h = rf.models.anderson(10, disorder=16.0, seed=1)
    system = rf.System(h, rf.SiteProjectors(1000), rf.OhmicBath(0.04, 10.0, 0.5))
    davies = rf.Davies(system, lamb_shift=False)
    times, site = [0.0, 50.0, 200.0], np.diag(np.linspace(0.0, 1.0, 1000))
    psi = np.eye(1000)[0]
    exact = davies.evolve(psi, times, site)
    began = time.perf_counter()
    result = davies.trajectories(psi, times, site, samples=1000, seed=1)
    seconds = time.perf_counter() - began
    assert (np.abs(result.expect[0] - exact.expect[0]) <= 4.0 * result.errors[0] + 1e-9).all()
    record(seconds=seconds, jumps=result.stats["jumps"], samples=1000)


def test_how_cost_grows(record):
    """Of a trajectory with the number of levels, from 81 to 6561."""
    figures = {}
    for count in (4, 6, 8):
        h, jumps = cavities(count)
        d = h.shape[0]
        equation = rf.Lindblad(h, jumps)
        began = time.perf_counter()
        equation.trajectories(np.eye(d)[-1], [0.0, 1.0], samples=16, seed=1)
        figures[f"milliseconds_{d}"] = 1e3 * (time.perf_counter() - began) / 16
    record(**figures)


def driven_cavity():
    """Return the problem of a decaying cavity of 20 levels in the laboratory frame, driven at resonance."""
    a = np.diag(np.sqrt(np.arange(1.0, 20.0)), 1)
    return (
        a.T @ a,
        0.3 * (a + a.T),
        [np.sqrt(0.2) * a],
        a.T @ a,
        np.eye(20)[0],
        np.linspace(0.0, 20.0, 101),
    )


def slow(t):
    return np.cos(t)


def fast(t):
    return np.cos(5.0 * t)


def driven_qubit():
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    h, force = np.diag([0.0, 5.0]), 0.5 * (lower + lower.T)
    return (
        h,
        force,
        [np.sqrt(0.2) * lower],
        np.diag([0.0, 1.0]),
        np.eye(2)[0],
        np.linspace(0.0, 20.0, 101),
    )


@pytest.mark.parametrize("problem", [driven_cavity, driven_qubit])
def test_driven_against_mcsolve(record, problem):
    """500 trajectories of H₀ + f(t)H₁; the means within four standard errors of the density matrix."""
    import qutip

    h, force, jumps, observable, psi, times = problem()
    wave = slow if len(h) > 2 else fast

    def ours():
        return rf.Lindblad([h, (force, wave)], jumps).trajectories(
            psi, times, [observable], samples=500, seed=1, threads=2
        )

    options = {"progress_bar": False, "map": "parallel", "num_cpus": 2}
    evolving = qutip.QobjEvo([qutip.Qobj(h), [qutip.Qobj(force), wave]])
    given = [qutip.Qobj(x) for x in jumps], [qutip.Qobj(observable)]

    def theirs():
        return qutip.mcsolve(
            evolving, qutip.Qobj(psi), times, given[0], e_ops=given[1], ntraj=500, options=options
        )

    mine = ours()
    exact = rf.Lindblad([h, (force, wave)], jumps).evolve(psi, times, [observable])
    away = np.abs(mine.expect[0] - exact.expect[0])
    assert np.mean(away <= 2.0 * mine.errors[0] + 1e-6) > 0.8
    assert (away <= 5.0 * mine.errors[0] + 1e-6).all()
    a, b = alternate(ours, theirs, rounds=2)
    record(milliseconds=1e3 * a, over_mcsolve=b / a, required=10.0, jumps=mine.stats["jumps"])
    assert b / a >= 10.0
