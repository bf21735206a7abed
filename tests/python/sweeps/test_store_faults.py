"""A seeded slice of the faults of stores; tests/fuzz/stores.py tries as many as it is told."""

from __future__ import annotations

import os

import pytest

from store_faults import KINDS, Faults, UntriedError, trial

TRIALS = int(os.environ.get("REDFIELD_FAULTS", "3"))


@pytest.fixture(scope="module")
def faults(tmp_path_factory):
    return Faults(tmp_path_factory.mktemp("faults"))


@pytest.mark.parametrize("seed", range(TRIALS))
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_ends_whole_or_refused(kind, seed, faults, tmp_path):
    try:
        trial(faults, kind, seed, tmp_path)
    except UntriedError as reason:
        pytest.skip(str(reason))
