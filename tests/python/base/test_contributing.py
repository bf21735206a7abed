"""CONTRIBUTING says what a change touches: the files are there, and as many as it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "CONTRIBUTING.md"

if not PAGE.exists():
    pytest.skip("the tests run away from the source tree", allow_module_level=True)

WALKS = re.findall(r"\*\*Add an? (\w+)\*\* \(([^)]*)\):?(.*?)\n\n", PAGE.read_text(), re.DOTALL)
MOST = {"equation": 4, "bath": 4, "integrator": 3, "study": 4, "command": 2}


@pytest.mark.parametrize(("what", "count", "text"), WALKS, ids=[walk[0] for walk in WALKS])
def test_a_walk_names_files_that_exist(what, count, text):
    files = re.findall(r"`((?:cpp|python)/[\w/.]+)`", text)
    assert files
    assert [name for name in files if not (ROOT / name).is_file()] == []
    assert len(set(files)) <= MOST[what]
    told = re.match(r"\d+", count)
    assert told is None or int(told[0]) == len(set(files))


def test_every_kind_of_change_has_a_walk():
    assert {walk[0] for walk in WALKS} == set(MOST)


def test_the_floors_are_as_they_are_drawn():
    script = ROOT / "docs" / "floors.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
