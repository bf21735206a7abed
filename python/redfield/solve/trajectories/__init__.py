"""Equations of Lindblad form on kets: quantum trajectories."""

from redfield.equations.unravelling import Unravelling
from redfield.solve.trajectories.low_rank import LowRankResult
from redfield.solve.trajectories.result import TrajectoryResult
from redfield.solve.trajectories.run import Options, trajectories

__all__ = ["LowRankResult", "Options", "TrajectoryResult", "Unravelling", "trajectories"]
