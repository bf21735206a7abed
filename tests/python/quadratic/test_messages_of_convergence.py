"""Quadratic problems that do not converge, and what is said of them."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf
from redfield.quadratic.flow import LinearFlow

from quadratic_reference import hamiltonian, lead

Q = rf.quadratic
H, V = hamiltonian(2, 1), hamiltonian(2, 7)
FLAT = {"beta": 2.0, "mu": 0.3, "band": (-10.0, 10.0)}


def still():
    return rf.QuadraticSystem(H, [0.3, 0.2], lead())


def constant(h):
    return lambda t: h


def jumping(t):
    return np.array([[0.0, 1.0 + (t > 1.0)], [1.0 + (t > 1.0), 0.0]])


def far_apart(size):
    return rf.QuadraticSystem(rf.models.chain(3), [0.5, size, 0.5], rf.ParticleBath(0.1, **FLAT))


DARK = rf.Redfield(rf.QuadraticSystem(rf.models.chain(3), [0, 0.5, 0], lead()))
"""The middle mode of three sites has a node where the bath is."""


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: DARK.steady_state(), "1 mode does not decay"),
        (
            lambda: rf.Redfield(
                rf.QuadraticSystem(
                    np.diag([0.3, 1.0, 1.7]),
                    [1e-7, 0.0, 1e-7],
                    rf.ParticleBath(0.2, beta=1.0, band=(-50.0, 50.0)),
                )
            ).steady_state(),
            "1 mode does not decay",
        ),
        (
            lambda: rf.Davies(
                rf.QuadraticSystem(H, [0.0, 0.0], rf.ParticleBath(0.2, **FLAT), period=1.0)
            ).steady_state(),
            "2 modes do not decay",
        ),
        (
            lambda: LinearFlow(np.diag([-0.1 + 1j, 0.2]), np.eye(2, dtype=complex)).steady(None, 1e-10),
            r"grows at the rate 0\.1",
        ),
        *(
            (
                lambda size=size: rf.Redfield(far_apart(size)).evolve(np.zeros((3, 3)), [0.0, 50.0]),
                "rounding of energies and rates",
            )
            for size in (1e10, 1e15, 1e80)
        ),
        (
            lambda: rf.Exact(
                rf.QuadraticSystem(np.diag([0.0, 5.0]), 0.3, rf.ParticleBath(0.3, 1.0, band=(-2.0, 2.0)))
            ).steady_state(),
            "bound states",
        ),
        (
            lambda: rf.Exact(rf.QuadraticSystem(np.diag([0.0, 1.0]), 0.0, lead())).steady_state(),
            "no site has a bath",
        ),
        (
            lambda: rf.Exact(still(), modes=30).evolve([0.4, 0.1], [0.0, 1.9], rtol=1e-13, atol=0.0),
            "30 and 60 modes a bath differ by .*give more modes",
        ),
        (
            lambda: rf.Redfield(
                rf.QuadraticSystem(constant(np.eye(2)), 0.3, rf.ParticleBath(0.1, 1.0, band=(-5.0, 5.0))),
                history="stationary",
            ).evolve([0, 0], [0.0, 1.0]),
            "memory of .* does not end",
        ),
        (
            lambda: rf.Redfield(rf.QuadraticSystem(jumping, 0.3, lead()), history="stationary").evolve(
                [0.0, 0.0], [0.0, 2.5]
            ),
            "jump",
        ),
    ],
)
def test_failures_of_convergence(call, message):
    with pytest.raises(rf.ConvergenceError, match=message):
        call()


@pytest.mark.parametrize("kind", ["Redfield", "Davies", "LocalLindblad", "Exact"])
@pytest.mark.parametrize("size", [1e20, 1e100])
def test_energies_without_digits_over_the_time(kind, size):
    system = rf.QuadraticSystem(size * rf.models.chain(3), 0.5, rf.ParticleBath(0.1, **FLAT))
    equation = getattr(Q if kind == "LocalLindblad" else rf, kind)(system)
    with pytest.raises(rf.ConvergenceError, match="units"):
        equation.evolve(np.zeros((3, 3)), [0.0, 1.0, 50.0])
