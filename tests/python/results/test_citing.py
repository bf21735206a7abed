"""BibTeX of what a run used."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import redfield as rf
from redfield.analysis.citing import METHODS, OWN, bibliography
from redfield.equations.registry import KINDS

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=2.0)
QUBIT = rf.System(0.5 * Z, [X], BATH)
DRIVE = [Z, (X, np.cos)]
LIBRARIES = ["eigen", "numpy", "scipy"]


def cited(*used):
    """The keys of the entries between those of the package and the libraries."""
    keys = re.findall(r"^@\w+\{(\w+),$", rf.cite(*used), flags=re.MULTILINE)
    assert keys[:2] == ["redfield", "shiraishi2025"]
    assert len(keys) == len(set(keys))
    assert keys[-3:] == LIBRARIES
    return keys[2:-3]


def test_equations_and_methods_name_their_sources():
    davies = rf.Davies(QUBIT)
    assert cited(davies.evolve([1, 0], [0.0, 1.0], method="dopri5")) == ["davies1974", "dormand1980"]
    assert cited(davies.evolve([1, 0], [0.0, 1.0], method="exact")) == ["davies1974"]
    assert cited(rf.Redfield(QUBIT).evolve([1, 0], [0.0, 1.0], method="chebyshev")) == [
        "redfield1957",
        "talezer1984",
    ]
    assert cited(davies.trajectories([1, 0], [0.0, 1.0], samples=2)) == ["davies1974", "dalibard1992"]
    assert cited(rf.Redfield(QUBIT).steady_state(method="iterative")) == ["redfield1957", "saad1986"]
    driven = rf.DrivenSystem(DRIVE, [X], BATH)
    assert cited(rf.Davies(driven)) == ["davies1974", "albash2012"]
    periodic = rf.PeriodicSystem(DRIVE, 2 * np.pi, [X], BATH)
    assert cited(rf.Redfield(periodic)) == ["redfield1957", "kohler1997"]
    assert cited(rf.Lindblad(Z, [X])) == ["gorini1976", "lindblad1976"]
    hierarchy = rf.HEOM(rf.System(Z, [X], rf.DrudeBath(0.1, 1.0, 1.0)), terminator=True)
    assert cited(hierarchy)[-1] == "ishizaki2005"
    # Several are told once each; the package alone has no libraries.
    assert cited(davies, rf.Redfield(QUBIT), davies.steady_state()) == ["davies1974", "redfield1957"]
    assert rf.cite().count("@") == 2
    assert f"version = {{{rf.__version__}}}" in rf.cite()
    with pytest.raises(TypeError, match="got a System"):
        rf.cite(QUBIT)


def test_what_was_loaded_is_cited_as_what_was_saved(tmp_path):
    lead = rf.ParticleBath(0.1, beta=1.0, band=(-5.0, 5.0))
    made = [
        rf.Davies(rf.PeriodicSystem(DRIVE, 2 * np.pi, [X], BATH)),
        rf.Lindblad(DRIVE, [X]),
        rf.Redfield(QUBIT, history="memory"),
        rf.Davies(rf.QuadraticSystem(DRIVE, 0.2, lead)),
    ]
    for k, equation in enumerate(made):
        result = equation.evolve([1.0, 0.0], [0.0, 1.0])
        result.save(tmp_path / str(k))
        assert rf.cite(rf.load(tmp_path / str(k))) == rf.cite(result)


def test_every_source_that_is_named_is_an_entry_and_every_doi_is_one():
    entries = bibliography()
    methods = [METHODS, *OWN.values()]
    named = {key for sources in methods for keys in sources.values() for key in keys} | {*LIBRARIES}
    named |= {"redfield", "shiraishi2025"}
    for kind in KINDS:
        named |= {key for keys in kind.equation._sources.values() for key in keys}
    assert named == set(entries)
    docstrings = "".join(kind.equation.__doc__ for kind in KINDS) + rf.Redfield.trajectories.__doc__
    for key, entry in entries.items():
        assert entry.count("{") == entry.count("}"), key
        for doi in re.findall(r"doi = \{(.*)\}", entry):
            assert re.fullmatch(r"10\.\d{4,5}/\S+", doi), key
    told = {doi.rstrip(".,:;)") for doi in re.findall(r"doi:(10\.[^\s;]+)", docstrings)}
    known = {doi for entry in entries.values() for doi in re.findall(r"doi = \{(.*)\}", entry)}
    known = {doi.rstrip(")") for doi in known}
    assert len(told) > 10
    assert told <= known, told - known
    text = (Path(__file__).parents[3] / "CITATION.cff").read_text(encoding="utf-8")
    assert all(part in text for part in re.findall(r"eprint = \{(.*)\}", entries["shiraishi2025"]))


def test_batches_have_sources():
    baths = rf.OhmicBath.batch(0.04, 10.0, beta=np.array([1.0, 2.0]))
    batch = rf.SystemBatch(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]], baths)
    assert "redfield1957" in rf.cite(rf.Redfield(batch))
