"""Gradients beside the answers that they are of: all N² numbers of H, every coupling and every bath by one adjoint."""

from __future__ import annotations

import time

import numpy as np
import pytest

import redfield as rf

STEADY, EVOLUTION, PEER = 3.0, 5.0, 10.0
"""Goals: the time of a gradient over that of the answer, and of dynamiqs' over this one."""


def best(function, repeats):
    """Return the shortest seconds of some runs, and the last answer."""
    seconds, answer = np.inf, None
    for _ in range(repeats):
        start = time.perf_counter()
        answer = function()
        seconds = min(seconds, time.perf_counter() - start)
    return seconds, answer


def lattice(n, strength=0.04):
    """Return Redfield's equation of Figure 1's disordered lattice of n sites, and H."""
    h = rf.models.anderson(round(n ** (1 / 3)), disorder=10.0, seed=1)
    return rf.Redfield(rf.System(h, rf.SiteProjectors(n), rf.OhmicBath(strength, 10.0, 5.0))), h


def symmetric(n, seed):
    x = np.random.default_rng(seed).normal(size=(n, n))
    return 0.5 * (x + x.T)


@pytest.mark.parametrize("n", [27, 216, 1000])
def test_of_a_steady_state(n, record):
    equation, h = lattice(n)
    o, x = symmetric(n, 2), symmetric(n, 3)
    x /= np.linalg.norm(x)
    repeats = {27: 20, 216: 3}.get(n, 1)
    itself, steady = best(equation.steady_state, repeats)
    # An equation of a few levels keeps the tables of its first gradient, which is the one timed.
    fresh = iter([steady, *(lattice(n)[0].steady_state() for _ in range(repeats - 1))])
    seconds, gradient = best(lambda: next(fresh).gradient(o), repeats)
    step = 1e-3

    def moved(s):
        system = rf.System(h + s * x, rf.SiteProjectors(n), rf.OhmicBath(0.04, 10.0, 5.0))
        return np.trace(o @ rf.Redfield(system).steady_state(tol=1e-12).state).real

    difference = (moved(step) - moved(-step)) / (2.0 * step)
    assert (
        abs(np.trace(gradient.hamiltonian @ x).real - difference)
        < 1e-4 * np.abs(gradient.hamiltonian).max()
    )
    record(
        steady_s=itself,
        gradient_s=seconds,
        ratio_to_answer=seconds / itself,
        required=STEADY,
        differences_s=2.0 * n * n * itself,
    )
    assert seconds <= STEADY * itself


@pytest.mark.parametrize("n", [2, 4])
def test_of_a_few_levels(n, record):
    system = rf.System(symmetric(n, 1), [symmetric(n, 2)], rf.OhmicBath(0.01, 10.0, 2.0))
    equation, o, times = rf.Redfield(system), symmetric(n, 3), np.linspace(0.0, 5.0, 11)
    itself, steady = best(equation.steady_state, 500)
    fresh = iter([rf.Redfield(system).steady_state() for _ in range(200)])
    first, _ = best(lambda: next(fresh).gradient(o), 200)
    further, gradient = best(lambda: steady.gradient(o), 500)
    numbers, _ = best(lambda: dict(steady.gradient(o).baths.items()), 500)
    evolution, result = best(lambda: equation.evolve(np.eye(n)[0], times), 200)
    backwards, _ = best(lambda: result.gradient(o), 200)
    louder, softer = (
        np.trace(
            o
            @ rf.Redfield(rf.System(system.hamiltonian, [symmetric(n, 2)], rf.OhmicBath(0.01, 10.0, b)))
            .steady_state()
            .state
        )
        for b in (2.0 + 1e-4, 2.0 - 1e-4)
    )
    assert abs(gradient.baths["beta"] - (louder - softer).real / 2e-4) < 1e-6
    record(
        steady_s=itself,
        first_gradient_s=first,
        further_gradient_s=further,
        with_numbers_s=numbers,
        ratio_to_answer=further / itself,
        required=STEADY,
        evolution_s=evolution,
        evolution_gradient_s=backwards,
    )
    assert further <= STEADY * itself


@pytest.mark.parametrize("n", [27, 216])
def test_of_an_evolution(n, record):
    equation, _ = lattice(n)
    o, times, start = symmetric(n, 2), np.linspace(0.0, 100.0, 41), np.eye(n)[0]
    repeats = 5 if n == 27 else 1
    itself, result = best(lambda: equation.evolve(start, times, [o]), repeats)
    seconds, gradient = best(lambda: result.gradient(np.array([o] * 41), rtol=1e-6), repeats)
    assert abs(gradient.value - np.sum(result.expect[0])) < 1e-5 * np.abs(o).max() * 41
    louder, softer = (
        np.sum(lattice(n, 0.04 * (1 + s))[0].evolve(start, times, [o], rtol=1e-10).expect[0])
        for s in (1e-3, -1e-3)
    )
    assert abs(gradient.baths["strength"] / ((louder - softer) / (2e-3 * 0.04)) - 1.0) < 1e-3
    record(evolution_s=itself, gradient_s=seconds, ratio_to_answer=seconds / itself, required=EVOLUTION)
    assert seconds <= EVOLUTION * itself


def test_of_the_published_oscillator(record):
    # QuantumToolbox.jl's driven Kerr oscillator of its page of automatic differentiation, with three parameters.
    (a,) = rf.operators.bosons(1, 100)
    number, times, start = (a.T @ a).toarray(), np.linspace(0.0, 10.0, 100), np.eye(100)[0]
    point, weights = np.array([0.1, 1.5, 1.0]), np.array([number / 100] * 100)

    def oscillator(detuning, force, rate):
        h = detuning * a.T @ a + 0.025 * a.T @ a.T @ a @ a + force * (a + a.T)
        return rf.Lindblad(h, [np.sqrt(1.2 * rate) * a, np.sqrt(0.2 * rate) * a.T])

    def gradient():
        found = oscillator(*point).evolve(start, times, [number]).gradient(weights, rtol=1e-6)
        down, up = found.jumps
        of_rate = 0.5 * np.sum((down.conj() * (np.sqrt(1.2) * a).toarray()).real)
        of_rate += 0.5 * np.sum((up.conj() * (np.sqrt(0.2) * a.T).toarray()).real)
        of_h = [np.sum(found.hamiltonian.T * x).real for x in (number, (a + a.T).toarray())]
        return np.array([*of_h, of_rate])

    def mean(x):
        return np.mean(oscillator(*x).evolve(start, times, [number], rtol=1e-10).expect[0])

    seconds, found = best(gradient, 2)
    for k, step in enumerate(1e-4 * np.eye(3)):
        difference = (mean(point + step) - mean(point - step)) / 2e-4
        assert abs(found[k] - difference) < 1e-6 * abs(difference)
    record(gradient_s=seconds)
    dynamiqs = pytest.importorskip("dynamiqs", reason="dynamiqs, the peer, is not installed")
    import jax

    jax.config.update("jax_enable_x64", True)
    dynamiqs.set_precision("double")
    b = dynamiqs.destroy(100)
    up = b.dag()

    def mean_of_peer(x):
        h = x[0] * up @ b + 0.025 * (up @ up @ b @ b) + x[1] * (b + up)
        jumps = [jax.numpy.sqrt(1.2 * x[2]) * b, jax.numpy.sqrt(0.2 * x[2]) * up]
        solved = dynamiqs.mesolve(
            h, jumps, dynamiqs.fock(100, 0), times, exp_ops=[up @ b], progress_meter=False
        )
        return jax.numpy.mean(solved.expects[0].real)

    peer = jax.jit(jax.value_and_grad(mean_of_peer))
    peer(point)  # compiled
    theirs, (_, answer) = best(lambda: jax.block_until_ready(peer(point)), 1)
    assert np.abs(np.asarray(answer) - found).max() < 1e-5 * np.abs(found).max()
    record(dynamiqs_s=theirs, times_faster=theirs / seconds, required=PEER)
    assert theirs >= PEER * seconds
