"""Studies as files: a model, its baths, equations, a grid and observables in TOML, computed by a sweep."""

from redfield.studies.toml.files import StudyError, load, parts_of
from redfield.studies.toml.point import require_trusted, run
from redfield.studies.toml.schema import FunctionStudy, ModelStudy

__all__ = ["FunctionStudy", "ModelStudy", "StudyError", "load", "parts_of", "require_trusted", "run"]
