"""Solvers of each kind of problem, and what they compute: evolutions, steady states, trajectories, correlations."""

from redfield.solve import (  # noqa: F401  (each registers a solver)
    batch,
    batch_hierarchy,
    constant,
    driven,
    driven_hierarchy,
    fermionic_hierarchy,
    gradients_of_hierarchies,
    hierarchy,
    periodic_davies,
    periodic_redfield,
    superoperators,
)
from redfield.solve.correlations import correlation, evolve_operator
from redfield.solve.drive_gradient import DriveGradient
from redfield.solve.ensemble import evolve_ensemble
from redfield.solve.fluctuators import Average, Fluctuator, average
from redfield.solve.gradients_of_fluctuations import correlation_gradient, spectrum_gradient
from redfield.solve.spectra import spectrum, susceptibility
from redfield.solve.trajectories import LowRankResult, TrajectoryResult

__all__ = [
    "Average",
    "DriveGradient",
    "Fluctuator",
    "LowRankResult",
    "TrajectoryResult",
    "average",
    "correlation",
    "correlation_gradient",
    "evolve_ensemble",
    "evolve_operator",
    "spectrum",
    "spectrum_gradient",
    "susceptibility",
]
