"""Pulses on a qubit, and the occupation of the upper level that they leave."""

from __future__ import annotations

import numpy as np

from redfield import Lindblad

X = np.array([[0.0, 1.0], [1.0, 0.0]])
Z = np.diag([1.0, -1.0])
RAISED = np.diag([0.0, 1.0])
NONE = [1e-9 * X]


def gaussian(area, centre, width):
    """A Gaussian of a given integral."""
    return lambda t: area / (np.sqrt(np.pi) * width) * np.exp(-(((t - centre) / width) ** 2))


def square(area, first, last):
    return lambda t: area / (last - first) * ((t >= first) & (t < last))


def raised(hamiltonian, times, jumps=NONE, **options):
    """The occupation of the upper level at the end, from the lower."""
    options = {"rtol": 1e-7} | options
    return Lindblad(hamiltonian, jumps).evolve([1, 0], times, [RAISED], **options).expect[0][-1]
