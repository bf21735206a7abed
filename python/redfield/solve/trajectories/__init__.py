"""Equations of Lindblad form on kets: quantum trajectories."""

from redfield.solve.trajectories.low_rank import LowRankResult
from redfield.solve.trajectories.result import TrajectoryResult

__all__ = ["LowRankResult", "TrajectoryResult"]
