"""Studies as files: a model, its baths, equations, a grid and observables in TOML, computed by a sweep."""

from redfield.studies.files import StudyError, load, parts_of
from redfield.studies.point import run
from redfield.studies.schema import Study

__all__ = ["Study", "StudyError", "load", "parts_of", "run"]
