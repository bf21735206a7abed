"""Answers about states and equations."""

from redfield.analysis.distances import solution_distance, trace_distance, trace_norm

__all__ = ["solution_distance", "trace_distance", "trace_norm"]
