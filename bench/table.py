"""The tables of README and docs, from what bench/results holds: `--write` them, or `--check` that they are as it says.

A table stands between `<!-- bench/table.py: begin NAME -->` and `<!-- end -->`. Each line shows the newest figures
of its benchmark and the letter of the run they are of; the legend below says where that was."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from measured import ROOT, Result, before, command, digits, newest, results, seconds, show
from measured import missed as misses
from rows import GROUPS, GROWTH, LEVELS, PAGES, README, Row

BEGIN, END = "<!-- bench/table.py: begin {} -->\n", "<!-- end -->\n"


class Runs:
    """Letters of the runs that a table shows, in the order in which they come."""

    def __init__(self) -> None:
        self.known: dict[str, Result] = {}

    def letter(self, result: Result) -> str:
        self.known.setdefault(result.file, result)
        return chr(ord("a") + list(self.known).index(result.file))

    def legend(self) -> str:
        return "".join(f"\nRun {self.letter(r)}: {r.describe()}.\n" for r in self.known.values())


def cell(row: Row, result: Result) -> str:
    """Return the figure, what else belongs to it, and whether a goal is missed."""
    figure = show(row.figure, result.figures[row.figure])
    also = told(row, result)
    words = f"{figure} ({', '.join(also)})" if also else figure
    return f"**missed:** {words}" if misses(result, row.figure) else words


def goal(row: Row, result: Result) -> str:
    if row.figure not in result.goals:
        return ""
    relation, value = result.goals[row.figure]
    return f"{relation} {show(row.figure, value)}"


def floor(row: Row, result: Result) -> str:
    return show(row.floor, result.figures[row.floor]) if row.floor in result.figures else row.floor


def peer(row: Row, result: Result) -> str:
    if row.peer is None:
        return ""
    name, figure = row.peer
    return f"{name} {show(figure, result.figures[figure])}" if figure in result.figures else name


def whole() -> str:
    """Return the table of all: measure, goal, floor, peer, before, after, command."""
    runs = Runs()
    lines = [
        "| measure | goal | floor | peer | before | now | run | `bench/test_` |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for group, rows in GROUPS.items():
        lines.append(f"| **{group}** | | | | | | | |")
        for row in rows:
            now = newest(row.test)
            if now is None:
                lines.append(f"| {row.what} | | | | | not measured | | `{command(row.test)}` |")
                continue
            old = before(now, row.figure)
            then = show(row.figure, old.figures[row.figure]) if old else ""
            cells = (row.what, goal(row, now), floor(row, now), peer(row, now), then, cell(row, now),
                     runs.letter(now), f"`{command(row.test, now.figures.get('file'))}`")  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n" + runs.legend()


def levels() -> str:
    """Return the newest figures at each level of instructions that has been measured."""
    there = sorted({r.level for r in results() if r.level.startswith("x86-64")})
    runs = Runs()
    lines = [f"| | goal | {' | '.join(there)} |", "|---|---|" + "---|" * len(there)]
    for row in (row for group in LEVELS for row in GROUPS[group]):
        found = {r.level: r for r in results() if r.test == row.test and row.figure in r.figures}
        if len(found) < 2:
            continue
        told = [f"{cell(row, found[x])} ({runs.letter(found[x])})" if x in found else "" for x in there]
        lines.append(f"| {row.what} | {goal(row, list(found.values())[-1])} | {' | '.join(told)} |")
    return "\n".join(lines) + "\n" + runs.legend()


def beside(rows: tuple[Row, ...]) -> Callable[[], str]:
    """Return a table of times with the peer's behind them, and how many times as long those are."""

    def table() -> str:
        runs = Runs()
        lines = ["| | `redfield` | QuTiP | run |", "|---|---|---|---|"]
        for row in rows:
            now = newest(row.test)
            if now is None:
                lines.append(f"| {row.what} | not measured | | |")
                continue
            ours = [f"**{show(row.figure, now.figures[row.figure])}**", *told(row, now)]
            theirs = f"floor {floor(row, now)}" if row.floor in now.figures else row.floor
            if row.peer is not None:
                theirs = compared(row, now)
            lines.append(f"| {row.what} | {', '.join(ours)} | {theirs} | {runs.letter(now)} |")
        return "\n".join(lines) + "\n" + runs.legend()

    return table


def compared(row: Row, result: Result) -> str:
    """Return the peer's time, how many times as long it is, and its error where ours is told."""
    assert row.peer is not None
    figures = result.figures
    times = show("times_faster", next(figures[k] for k in ("times_faster", "ratio") if k in figures))
    words = f"{show(row.peer[1], figures[row.peer[1]])} ({times})" if row.peer[1] else times
    return (
        f"{words}, error {figures['qutip_error']:.0e}" if row.also and "qutip_error" in figures else words
    )


def told(row: Row, result: Result) -> list[str]:
    return [
        ("error " if "error" in k else "") + show(k, result.figures[k])
        for k in row.also
        if k in result.figures
    ]


def published() -> str:
    """Return this package's times beside those that others publish of the same problems."""
    of = json.loads((ROOT / "bench/published.json").read_text())["ising"]
    there = {r.test: r for r in results()}
    runs = Runs()
    packages = [name for name in of if name not in ("source", "hardware")]
    lines = [
        "| n | `redfield`, one thread | two threads, CPU time | memory | "
        f"{', published | '.join(packages)}, published | run |",
        "|---|---|---|---|" + "---|" * (len(packages) + 1),
    ]
    for n in range(2, 11):
        one = there.get(f"test_ising_chain_beside_mesolve[{n}]")
        two = there.get(f"test_ising_chain_on_two_cores[{n}]")
        if one is None and two is None:
            continue
        shown = [x for x in (two, one) if x is not None]
        cells = [
            str(n),
            f"**{seconds(one.figures['seconds'])}**" if one else "",
            f"**{seconds(two.figures['cpu_seconds'])}**" if two else "",
            show("gigabytes", shown[0].figures["gigabytes"]),
            *(seconds(of[p][str(n)]) if str(n) in of[p] else "" for p in packages),
            ", ".join(dict.fromkeys(runs.letter(x) for x in shown)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    note = f"\nPublished: {of['source']}; {of['hardware']}. Not run here.\n"
    return "\n".join(lines) + "\n" + note + runs.legend()


def growth() -> str:
    """Return how many times its floor each curve of bench/growth.py takes, size by size."""
    figures = json.loads((ROOT / "bench/results/growth.json").read_text())["figures"]
    lines = ["| curve | sizes | floor | times the floor |", "|---|---|---|---|"]
    for name, (what, letter, floor) in GROWTH.items():
        curve = figures[name]
        sizes = f"{letter} = " * bool(letter) + ", ".join(f"{x:.0f}" for x in curve["x"])
        over = [s / f for s, f in zip(curve["seconds"], curve["floor"], strict=True)]
        times = ", ".join(digits(x) if x >= 1.995 else f"{x:.2f}" for x in over)
        lines.append(f"| {what} | {sizes} | {floor} | {times} |")
    return "\n".join(lines) + "\n"


TABLES: dict[str, tuple[str, Callable[[], str]]] = {
    "readme": ("README.md", beside(README)),
    "all": ("docs/performance.md", whole),
    "published": ("docs/performance.md", published),
    "levels": ("docs/performance.md", levels),
    "growth": ("docs/growth.md", growth),
    **{name: (f"docs/{name}.md", beside(rows)) for name, rows in PAGES.items()},
}


def between(text: str, name: str, table: str) -> str:
    """Return the page with the table of that name in its place."""
    start = text.index(BEGIN.format(name)) + len(BEGIN.format(name))
    return text[:start] + table + text[text.index(END, start) :]


def main(option: str) -> None:
    pages: dict[Path, str] = {}
    for name, (page, table) in TABLES.items():
        path = ROOT / page
        pages[path] = between(pages.get(path) or path.read_text(encoding="utf-8"), name, table())
    stale = [path for path, made in pages.items() if made != path.read_text(encoding="utf-8")]
    if option == "--write":
        for path in stale:
            path.write_text(pages[path], encoding="utf-8")
    elif stale:
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
        sys.exit(f"tables of {names} are not those of bench/results: python bench/table.py --write")


if __name__ == "__main__":
    if sys.argv[1:] not in (["--write"], ["--check"]):
        sys.exit(__doc__)
    main(sys.argv[1])
