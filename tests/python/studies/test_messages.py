"""What studies refuse, and the sentences in which they say so."""

from __future__ import annotations

import pytest

from redfield.studies import all_studies, toml
from redfield.studies.study import FILE, HERE


@pytest.mark.parametrize("study", all_studies(), ids=lambda study: study.name)
def test_presets_and_options_that_are_not_there(study):
    with pytest.raises(toml.StudyError, match="preset must be one of quick, standard, full, got 'all'"):
        toml.load(HERE / study.name / FILE, "all")
    with pytest.raises(ValueError, match=f"sites_of_mars is no option of {study.name}"):
        study.load("quick", sites_of_mars=3)


def test_files_that_can_not_be_read(tmp_path):
    with pytest.raises(toml.StudyError, match="can not read"):
        toml.load(tmp_path / "nothing.toml")
    (tmp_path / "bad.toml").write_text("a = [")
    with pytest.raises(toml.StudyError, match="is not TOML"):
        toml.load(tmp_path / "bad.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(toml.StudyError, match="is not text"):
        toml.load(tmp_path / "binary.toml")
