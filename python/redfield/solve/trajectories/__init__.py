"""Equations of Lindblad form on kets: quantum trajectories."""

from redfield.solve.trajectories.low_rank import LowRankResult
from redfield.solve.trajectories.result import TrajectoryResult
from redfield.solve.trajectories.run import Options, trajectories
from redfield.solve.trajectories.unravelling import Unravelling

__all__ = ["LowRankResult", "Options", "TrajectoryResult", "Unravelling", "trajectories"]
