"""The refusals of studies, and the sentences in which they say so."""

from __future__ import annotations

import pytest

from redfield.studies import all_studies, fig1, toml
from redfield.studies.study import FILE, HERE
from redfield.sweeps import StoreError


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


def test_functions_of_elsewhere_and_stores_of_other_times(tmp_path, monkeypatch):
    (tmp_path / "cwd").mkdir()
    (tmp_path / "far_away_points.py").write_text("def double(x):\n    return {'y': 2 * x}\n")
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "cwd" / "s.toml").write_text('point = "far_away_points:double"\ngrid.x = [1.0, 2.0]\n')
    with pytest.raises(toml.StudyError, match="outside the current folder"):
        toml.run(toml.load("s.toml"), trust=False)
    few = {"sizes_syk2": (4,), "sizes_anderson": (), "samples": 2}
    toml.run(fig1.STUDY.load("quick", **few), tmp_path, extend=True)
    with pytest.raises(StoreError, match=r"'study'.times.linspace\[1\]: stored 100.0, asked 7.0"):
        toml.run(fig1.STUDY.load("quick", **few, t_max=7.0), tmp_path, extend=True)
