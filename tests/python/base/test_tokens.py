"""Tokens: what two sweeps must share to share a store."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import redfield as rf
from redfield._base.fingerprint import parts_of, token

import describable_cases
import token_cases
from token_objects import Model, closed_over, plain, ran

DIFFERING, AGREEING = token_cases.differing(), token_cases.agreeing()


@pytest.mark.parametrize("name", DIFFERING)
def test_tokens_differ(name):
    one, other = DIFFERING[name]
    assert token(one) != token(other)
    assert token(closed_over(one)) != token(closed_over(other))
    assert token(functools.partial(plain, y=one)) != token(functools.partial(plain, y=other))


@pytest.mark.parametrize("name", AGREEING)
def test_tokens_agree(name):
    one, other = AGREEING[name]
    assert token(one) == token(other)
    assert token(closed_over(one)) == token(closed_over(other))


def test_tokens_are_those_of_another_process():
    """A module that is imported here, imported there, and run as a script, with other hashes of strings."""
    here, folder = token_cases.tokens(), Path(token_cases.__file__).parent
    printed = "import json, sys, token_cases; json.dump(token_cases.tokens(), sys.stdout)"
    for seed, command in (("1", ["-c", printed]), ("2", [str(folder / "token_cases.py")])):
        told = subprocess.run(
            [sys.executable, *command],
            cwd=folder, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert told.returncode == 0, told.stderr
        there = json.loads(told.stdout)
        assert {k: v for k, v in there.items() if v != here[k]} == {}


@pytest.mark.parametrize(
    ("kind", "first", "others"),
    describable_cases.CASES,
    ids=[f"{case[0].__qualname__}-{i}" for i, case in enumerate(describable_cases.CASES)],
)
def test_every_class_has_tokens(kind, first, others):
    one = kind(**first)
    assert token(one) == token(kind(**first))
    assert one.__dask_tokenize__()[1] == token(one)
    for name, value in others.items():
        if value is None:  # it stands for what is found without it
            continue
        value, more = value if isinstance(value, tuple) and isinstance(value[-1], dict) else (value, {})
        assert token(kind(**{**first, **more, name: value})) != token(kind(**{**first, **more}))


def a_generator():
    yield 1


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (threading.Lock, "lock"),
        (a_generator, "generator"),
        (lambda: ThreadPoolExecutor(1), "Lock|weakref|ThreadPool|lock|SimpleQueue"),
        (lambda: open(os.devnull), "TextIOWrapper"),  # noqa: SIM115
        (lambda: np.frompyfunc(plain, 1, 1), "ufunc"),
        (lambda: memoryview(b"a"), "memoryview"),
        (rf.StopFlag, "StopFlag"),
    ],
)
def test_what_has_no_token_is_told_with_its_place(make, kind):
    held = make()
    model = Model(held)
    try:
        with pytest.raises(
            TypeError, match=rf"^point → closure 'x' → \.scale .*(?:{kind}).*give key=\"…\""
        ):
            token(closed_over(model), "point")
        with pytest.raises(TypeError, match=rf"^point → argument 'y' → \.scale .*(?:{kind})"):
            parts_of(functools.partial(plain, y=model), "point")
        with pytest.raises(TypeError, match=rf"^point → global 'g' → \[2\] .*(?:{kind})"):
            parts_of(ran("def f(a): return g", g=[0, 1, held]), "point")
        with pytest.raises(TypeError, match=rf"^point → \['k'\] .*(?:{kind})"):
            token({"k": held}, "point")
    finally:
        close = getattr(held, "close", None) or getattr(held, "shutdown", None)
        if close is not None:
            close()


HELPER = "import other_helper\nSCALE = {}\ndef model(a):\n    return a * SCALE + other_helper.more()\n"
OTHER = "def more():\n    return 1.0\n"
BESIDE = "import own_helper\ndef point(a):\n    return own_helper.model(a)\n"
INSIDE = "def point(a):\n    import own_helper\n    return own_helper.model(a)\n"
READS = "import own_helper\ndef point(a):\n    return a * own_helper.SCALE\n"
PROBE = """
import json, sys
from redfield._base.fingerprint import token

told = []
for folder, then in json.load(sys.stdin):
    sys.path.insert(0, folder)
    for name in ("own_point", "own_helper", "other_helper"):
        sys.modules.pop(name, None)
    import own_helper, own_point
    exec(then)
    told.append(token(own_point.point))
    sys.path.pop(0)
json.dump(told, sys.stdout)
"""


def test_modules_of_the_user_are_their_source(tmp_path):
    one, two = HELPER.format(1.0), HELPER.format(2.0)
    other, changed = OTHER, OTHER.replace("1.0", "2.0")
    cases = [
        (BESIDE, one, other), (f"\n# b\n{BESIDE}", f"# a\n\n{one}", other), (BESIDE, two, other),
        (BESIDE, one, changed),
        (INSIDE, one, other), (f"\n# b\n{INSIDE}", f"# a\n\n{one}", other), (INSIDE, two, other),
        (INSIDE, one, changed),
        (READS, one, other), (READS, one, other, "own_helper.SCALE = 3.0"),
    ]  # fmt: skip
    asked = []
    for k, (point, helper, more, *then) in enumerate(cases):
        folder = tmp_path / str(k)
        folder.mkdir()
        for name, text in (("own_point", point), ("own_helper", helper), ("other_helper", more)):
            (folder / f"{name}.py").write_text(text)
        asked.append((str(folder), *(then or [""])))
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=tmp_path, input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    for k in (0, 4):
        assert told[k] == told[k + 1]
        assert len({*told[k : k + 4]}) == 3
    assert told[8] != told[9]


def test_the_parts_of_a_point():
    parts = {
        p.place: p.token for p in parts_of(functools.partial(closed_over(1), y={"a": 1, "b": [1, 2]}))
    }
    assert {"code", "closure 'x'", "argument 'y'.a", "argument 'y'.b[1]"} <= {*parts}
    other = {
        p.place: p.token for p in parts_of(functools.partial(closed_over(2), y={"a": 1, "b": [1, 3]}))
    }
    assert {k for k in parts if parts[k] != other[k]} == {"closure 'x'", "argument 'y'.b[1]"}
