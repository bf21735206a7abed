"""Bath spectra: what a system's baths do to it, as functions of the energy they receive."""

from redfield.baths.base import Bath
from redfield.baths.ohmic import OhmicBath

__all__ = ["Bath", "OhmicBath"]
