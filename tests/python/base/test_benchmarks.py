"""What bench/ says of its goals, and that no figure of a table can differ from the results it is of."""

import dataclasses

import pytest

import measured
import table
from goals import bar, fraction, goals, level
from measured import digits, seconds, show


def test_a_requirement_is_of_the_figure_before_it():
    told = goals({"times_faster": 12.0, "required": 10.0, "ours_ms": 3.0})
    assert told == {"times_faster": ("≥", 10.0)}
    told = goals(
        {"build_ms": 0.1, "build_required": 0.3, "peak_gigabytes": 0.6, "required_gigabytes": 1.0}
    )
    assert told == {"build_ms": ("≤", 0.3), "peak_gigabytes": ("≤", 1.0)}
    with pytest.raises(AssertionError, match="behind its figure"):
        goals({"required": 1.0})


def test_a_bar_has_its_goal_in_the_middle():
    assert bar(10.0, "≥", 10.0).startswith("[==========|          ] met")
    assert bar(2.0, "≤", 1.0).startswith("[=====     |          ] MISSED")
    assert bar(1e9, "≥", 1.0).startswith("[==========|==========] met")
    assert fraction(0.5, "≤", 1.0) == 2.0


def test_levels_are_told_by_their_instructions():
    assert level("AVX512, FMA, AVX2, AVX, SSE") == "x86-64-v4"
    assert level("FMA, AVX2, AVX, SSE4.2") == "x86-64-v3"
    assert level("SSE, SSE2, SSE4.1, SSE4.2") == "x86-64-v2"
    assert level("NEON") == "NEON"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3.4e-3, "3.4 ms"),
        (0.99996, "1 s"),
        (32.5, "32 s"),
        (1129.0, "19 min"),
        (8e4, "22 h"),
        (2.2e-5, "22 µs"),
    ],
)
def test_times_have_the_unit_that_suits_them(value, words):
    assert seconds(value) == words


def test_figures_have_the_unit_of_their_name():
    assert show("ours_ms", 41.0) == "41 ms"
    assert show("steady_us", 12.5) == "12 µs"
    assert show("seconds_a_stage", 5.0) == "5 s"
    assert show("peak_gigabytes", 0.634) == "0.63 GB"
    assert show("times_faster", 187.6) == "188×"
    assert show("our_error", 1.25e-8) == "1e-08"
    assert digits(0.358) == "0.36"


def test_a_figure_that_has_changed_is_told(monkeypatch):
    table.main("--check")
    shown = measured.newest("test_qutip_layer_27")
    changed = dataclasses.replace(shown, figures={**shown.figures, "milliseconds": 4321.0})
    later = tuple(changed if r is shown else r for r in measured.results())
    for module in (measured, table):
        monkeypatch.setattr(module, "results", lambda: later)
    with pytest.raises(SystemExit, match=r"README\.md.*table\.py --write"):
        table.main("--check")


def test_a_line_without_its_benchmark_is_an_error():
    with pytest.raises(SystemExit, match="test_that_is_gone"):
        measured.command("test_that_is_gone")
    with pytest.raises(SystemExit, match=r"test_qutip_layer_27, which test_apply\.py"):
        measured.command("test_qutip_layer_27", "bench/test_apply.py")


def test_every_file_of_results_is_shown():
    pages = "".join((measured.ROOT / page).read_text() for page, _ in table.TABLES.values())
    names = {path.name for path in measured.RESULTS.glob("2*.json")}
    before = set()
    for row in (row for rows in table.GROUPS.values() for row in rows):
        now = measured.newest(row.test)
        old = measured.before(now, row.figure) if now else None
        before |= {old.file} if old else set()
    assert {name for name in names if name not in pages} <= before
