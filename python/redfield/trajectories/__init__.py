"""Equations of Lindblad form on kets: quantum trajectories."""

from redfield.trajectories.low_rank import LowRankResult
from redfield.trajectories.result import TrajectoryResult
from redfield.trajectories.run import Options, trajectories
from redfield.trajectories.unravelling import Unravelling

__all__ = ["LowRankResult", "Options", "TrajectoryResult", "Unravelling", "trajectories"]
