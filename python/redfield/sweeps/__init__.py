"""Many points: grids and samples on any number of workers, into a store that nothing is lost of."""

from redfield._base.stores.errors import StoreError
from redfield.sweeps.api import sweep
from redfield.sweeps.errors import SweepError

__all__ = ["StoreError", "SweepError", "sweep"]
