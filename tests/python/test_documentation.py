"""Every example in the docstrings, the README and the docs runs and prints what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import redfield

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    name
    for _, name, _ in pkgutil.walk_packages(redfield.__path__, "redfield.")
    if not name.startswith("redfield.cli.")
)
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    if name != "redfield._core":
        assert doctest.testmod(importlib.import_module(name), optionflags=FLAGS).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_pages(page):
    results = doctest.testfile(str(page), module_relative=False, optionflags=FLAGS, encoding="utf-8")
    assert results.failed == 0
    if page.name == "README.md":
        assert results.attempted >= 5


def test_every_public_name_is_documented():
    for name in redfield.__all__:
        assert getattr(redfield, name).__doc__, name


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        place = page.parent / target
        if place.parent.name == "auto_examples":  # made of the gallery's scripts when the site is built
            place = (
                page.parent
                / "gallery"
                / ("GALLERY_HEADER.rst" if place.name == "index" else f"{place.name}.py")
            )
        if target != "api/index":
            assert place.exists(), target
