"""Small objects of every kind, and functions, for the tests of what objects tell."""

from __future__ import annotations

import functools

import numpy as np

import redfield as rf

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
LOWER = np.array([[0.0, 1.0], [0.0, 0.0]])
H = np.array([[0.6, 0.2], [0.2, -0.6]])
WS = np.linspace(0.0, 4.0, 9)


def ohmic(**other):
    return rf.OhmicBath(**{"strength": 0.04, "cutoff": 10.0, "beta": 5.0, **other})


def density(w, scale=1.0):
    return np.exp(-((w / scale) ** 2))


def lead(**other):
    return rf.ParticleBath(**{"density": density, "beta": 1.0, **other})


def white(w):
    return np.full(np.shape(w), 0.1)


def dim(w):
    return np.full(np.shape(w), 0.2)


def falling(t):
    return np.exp(-np.abs(t))


def scaled(factor):
    return lambda w: factor * np.exp(-(w**2))


SCALE = 1.0


def reads_a_global(w):
    return SCALE * np.exp(-(w**2))


def with_a_default(w, factor=0.5):
    return factor * np.exp(-(w**2))


class Calls:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, w):
        return self.factor * np.exp(-(w**2))

    def method(self, w):
        return self(w)


def matrix_spectrum(w):
    return np.broadcast_to(0.1 * np.eye(2), (len(w), 2, 2))


def other_matrix_spectrum(w):
    return np.broadcast_to(0.2 * np.eye(2), (len(w), 2, 2))


def level(t):
    return np.array([[0.1 * np.sin(t), 0.3], [0.3, 0.0]])


def other_level(t):
    return np.array([[0.1 * np.cos(t), 0.3], [0.3, 0.0]])


def turned(number):
    return lambda t: number * np.cos(t)


@functools.cache
def system(**other):
    return rf.System(H, [X], ohmic(**other))


@functools.cache
def sites(**other):
    return rf.System(H, rf.SiteProjectors(2), ohmic(**other))


@functools.cache
def moving(number=0.3):
    return rf.DrivenSystem([0.5 * Z, (X, turned(number))], [X], ohmic())


@functools.cache
def periodic(number=0.3):
    return rf.PeriodicSystem([0.5 * Z, (X, turned(number))], 2 * np.pi, [X], ohmic())


@functools.cache
def quadratic(coupling=0.2):
    return rf.QuadraticSystem(np.diag([0.0, 1.0]) + 0.2 * X, coupling, lead())


@functools.cache
def quadratic_moving(coupling=0.2):
    return rf.QuadraticSystem(level, coupling, lead())


@functools.cache
def quadratic_periodic(coupling=0.2):
    return rf.QuadraticSystem([Z, (X, np.cos)], coupling, lead(), period=2 * np.pi)


@functools.cache
def chain():
    return rf.models.mixed_field_ising(3)


@functools.cache
def first_spin():
    return rf.System(chain().hamiltonian, chain().local("z")[:1], rf.DrudeBath(0.05, 10.0, 0.2))


@functools.cache
def spins(**other):
    return rf.System(chain().hamiltonian, chain().local("z"), rf.DrudeBath(0.05, 10.0, 0.2), **other)


BOTH = {"lamb_shift": False}

E, Q = rf.Redfield, rf.quadratic
RHO = np.array([[0.7, 0.1j], [-0.1j, 0.3]])

STILL = dict.fromkeys(("period", "harmonics", "tol", "breakpoints"))
"""Arguments that a constant problem has no use for."""
