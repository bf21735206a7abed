"""Every example in the docstrings, the README and the docs runs and prints what it says."""

from __future__ import annotations

import doctest
import importlib
import inspect
import json
import pkgutil
import re
from operator import attrgetter
from pathlib import Path

import pytest

import redfield

from printed import NumberChecker, run_examples

ROOT = Path(__file__).parents[3]
MODULES = sorted(
    name
    for _, name, _ in pkgutil.walk_packages(redfield.__path__, "redfield.")
    if not name.startswith("redfield.cli.")
)
LIBRARIES = {"jax": "jax", "torch": "torch", "jax.md": "jax"}
"""The library that a package or a page needs, where it is not among those of the tests."""
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/tasks").glob("*.md")])


def require_library(name):
    """Skip the test where the library that a package or page needs is not installed."""
    if name in LIBRARIES:
        pytest.importorskip(
            LIBRARIES[name], reason=f"{name} needs {LIBRARIES[name]}, which is not installed"
        )


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith("redfield._core")])
def test_docstrings(name):
    require_library((*name.split("."), "")[1])
    assert run_examples(doctest.DocTestFinder().find(importlib.import_module(name))).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_pages(page):
    require_library(page.name)
    text = page.read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(text, {"__name__": "__main__"}, page.name, str(page), 0)
    results = run_examples([test])
    assert results.failed == 0
    if page.name == "README.md":
        assert results.attempted >= 5


@pytest.mark.parametrize("page", sorted((ROOT / "docs/tutorials").glob("*.ipynb")), ids=lambda p: p.stem)
def test_tutorials_are_kept_as_they_were_written(page):
    cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    for cell in code:  # and what they ask of the package is there
        compile("".join(cell["source"]), page.name, "exec")
        for name in re.findall(r"\brf\.(\w+(?:\.\w+)?)", "".join(cell["source"])):
            assert attrgetter(name.split(".batch")[0])(redfield), name


@pytest.mark.parametrize(
    ("want", "got", "same"),
    [
        ("array([-0.249-0j])", "array([-0.249+0j])", True),
        ("array([-0.-0.j])", "array([0.+0.j])", True),
        ("array([-0.    -0.j    , -0.0001-0.0002j])", "array([ 0.+0.j, -0.0001-0.0003j])", True),
        ("np.float64(0.1234)", "np.float64(0.1235)", True),
        ("np.float64(0.1234)", "np.float64(0.1236)", False),
        ("np.float64(1.2e-05)", "np.float64(1.1e-05)", True),
        ("np.float64(1.2e-05)", "np.float64(1.2e-04)", False),
        ("array([0.5, 0.25])", "array([0.5, -0.25])", False),
        ("(3, 0.5)", "(4, 0.5)", False),
        ("State(N = 3, residual 0.1)", "State(N = 3, residual nan)", False),
        ("array([0.5])", "array([0.5, 0.5])", False),
        ("-0.5", "0.5", False),
        ("1e-05+2j", "1e-05-2j", False),
    ],
)
def test_printed_numbers_agree_to_the_last_place_shown_and_words_to_the_letter(want, got, same):
    assert NumberChecker().check_output(want + "\n", got + "\n", doctest.NORMALIZE_WHITESPACE) is same


def test_every_public_name_is_documented():
    for name in redfield.__all__:
        assert getattr(redfield, name).__doc__, name


def test_every_public_name_is_on_a_page_of_the_api():
    page = {
        word
        for x in (ROOT / "docs" / "api").glob("*.rst")
        for word in x.read_text(encoding="utf-8").split()
    }
    packages = {name for name in redfield.__all__ if inspect.ismodule(getattr(redfield, name))}
    named = [name for name in redfield.__all__ if name not in packages]
    for package in packages:
        inside = {
            name: getattr(getattr(redfield, package), name) for name in getattr(redfield, package).__all__
        }
        named += [
            f"{package}.{name}"
            for name, value in inside.items()
            if inspect.isclass(value) or inspect.isroutine(value)
        ]
    missing = [x for x in named if x not in page and x.rpartition(".")[2] not in page]
    assert not missing, missing
    for entry in page:
        if "." in entry and entry.split(".")[0] in packages:
            assert hasattr(getattr(redfield, entry.split(".")[0]), entry.split(".")[1]), entry


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        place = page.parent / target
        if place.parent.name == "auto_examples":  # made of the gallery's scripts when the site is built
            script = "GALLERY_HEADER.rst" if place.name == "index" else f"{place.name}.py"
            place = ROOT / "docs" / "gallery" / script
        if not target.startswith("api/"):
            assert place.exists(), target
