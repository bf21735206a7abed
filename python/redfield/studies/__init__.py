"""The studies that come with the package, a folder each; and the reader and runner of study files, `toml`."""

from redfield.studies.study import Data, Option, Study, Table, all_studies

__all__ = ["Data", "Option", "Study", "Table", "all_studies"]
