"""Many points: grids and samples on any number of workers, into a store that nothing is lost of."""

from redfield._base.errors import StoreError, SweepError
from redfield.sweeps.api import sweep
from redfield.sweeps.loading import load

__all__ = ["StoreError", "SweepError", "load", "sweep"]
