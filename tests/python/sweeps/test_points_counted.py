"""Points that fail: every failure is counted, told in plain text, and computed once more where asked."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf
from redfield.sweeps.grid import Blocks
from redfield.sweeps.points import Failure

# The sockets of dask's own event loops are closed by its garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)


def test_every_failure_is_counted(tmp_path):
    def point(x):
        if x:
            raise ArithmeticError("long " * 200)
        return {"y": x}

    for store in (None, tmp_path / "runs.zarr"):
        data = rf.sweep(point, {"x": range(2000)}, executor="serial", store=store)
        assert data.attrs["failed"] == 1999


def test_points_that_failed_first_are_computed_once():
    calls = []

    def point(x):
        calls.append(x)
        if x < 30:
            raise ArithmeticError
        return {"y": x}

    rf.sweep(point, {"x": range(60)}, executor="threads", workers=2)
    assert sorted(calls) == list(range(60))


@pytest.mark.parametrize("timeout", [0.0, -1.0, np.nan, np.inf])
def test_a_timeout_is_a_time(timeout):
    def never(x):
        raise ArithmeticError

    with pytest.raises(ValueError, match="timeout"):
        rf.sweep(never, {"x": [1]}, executor="processes", timeout=timeout)


def test_where_a_point_is():
    for shape, points in [((7,), 3), ((4, 5), 7), ((2, 3, 4), 5), ((3, 2, 2), 100)]:
        blocks = Blocks.of(shape, points)
        for task in range(len(blocks)):
            for place, point in enumerate(blocks.points(task)):
                assert blocks.located(int(point)) == (task, place)


def test_a_failure_is_plain_text():
    failure = Failure.of((0,), ValueError("\udc80" + "x" * 10**6))
    assert failure.message.encode()
    assert len(failure.message) < 10**6
