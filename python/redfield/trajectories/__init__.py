"""Equations of Lindblad form on kets: quantum trajectories."""

from redfield.trajectories.result import TrajectoryResult
from redfield.trajectories.run import Options, trajectories
from redfield.trajectories.unravelling import Unravelling

__all__ = ["Options", "TrajectoryResult", "Unravelling", "trajectories"]
