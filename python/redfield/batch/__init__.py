"""Many systems alike but for their numbers, solved in one call of the core."""

from redfield.batch.result import BatchResult, SteadyStates
from redfield.batch.solve import evolve, steady_states
from redfield.batch.systems import SystemBatch

__all__ = ["BatchResult", "SteadyStates", "SystemBatch", "evolve", "steady_states"]
