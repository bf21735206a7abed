"""Small systems and equations of every kind of problem, of which the public API is called."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import numpy as np

import redfield as rf


def ohmic(w: Any) -> Any:
    return 0.1 * np.abs(w) * np.exp(-np.abs(w))


def thermal(w: Any) -> Any:
    """γ of an Ohmic bath at β = 1."""
    return rf.OhmicBath(0.1, 5.0, 1.0).power_spectrum(w)


def decaying(t: Any) -> Any:
    return 0.1 * np.exp(-np.abs(t)) + 0j


def gaussian(w: Any) -> Any:
    return 0.1 * np.exp(-((w / 2.0) ** 2))


def flat_matrix(w: Any) -> Any:
    return np.broadcast_to([[1.5, 0.3], [0.3, 0.5]], (len(w), 2, 2))


def strengths(strength: float) -> Any:
    bath = rf.OhmicBath(strength, 10.0, 5.0)
    return rf.fitting.Populations(rf.Davies(rf.System(H, [X], bath)), [1.0, 0.0], TIMES)


X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
LOWER = np.array([[0.0, 1.0], [0.0, 0.0]])
H = 0.5 * Z + 0.2 * X
BATH = rf.OhmicBath(0.04, 10.0, 5.0)
LEAD = rf.ParticleBath(0.1, 1.0, 0.0, "fermion", band=(-5.0, 5.0))
SOFT = rf.ParticleBath(gaussian, 1.0, 0.0, "fermion", scale=2.0)
SYSTEM = rf.System(H, rf.SiteProjectors(2), BATH)
DRIVE = [Z, (X, np.cos)]
MIXED = np.diag([0.7, 0.3])
TIMES = [0.0, 0.5, 1.0]
NUMBERS = itertools.count()


@functools.cache
def redfield() -> Any:
    return rf.Redfield(SYSTEM)


@functools.cache
def many() -> Any:
    return rf.SystemBatch([H, 2.0 * H], rf.SiteProjectors(2), BATH)


@functools.cache
def quadratic() -> Any:
    return rf.QuadraticSystem(H, 0.2, LEAD)


@functools.cache
def driven() -> Any:
    return rf.DrivenSystem(DRIVE, rf.SiteProjectors(2), BATH)


@functools.cache
def floquet() -> Any:
    return rf.PeriodicSystem(DRIVE, 2.0 * np.pi, rf.SiteProjectors(2), BATH)


@functools.cache
def quadratic_driven() -> Any:
    return rf.QuadraticSystem(lambda t: Z + 0.1 * np.cos(t) * X, 0.2, LEAD)


@functools.cache
def quadratic_floquet() -> Any:
    return rf.QuadraticSystem(DRIVE, 0.2, LEAD, period=2.0 * np.pi)


@functools.cache
def soft() -> Any:
    return rf.QuadraticSystem(H, 0.2, SOFT)


@functools.cache
def soft_driven() -> Any:
    return rf.QuadraticSystem(lambda t: Z + 0.1 * np.cos(t) * X, 0.2, SOFT)


def lindblad() -> Any:
    return rf.Lindblad(H, [LOWER])
