"""README's table, of one run in bench/results: `--write` it, or `--check` that it is as the results say."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
RUN = "2026-11-25-epyc-after"
BEGIN, END = "<!-- bench/table.py: begin -->\n", "<!-- end -->\n"
Figures = Mapping[str, float]


def milliseconds(ms: float) -> str:
    return f"{ms / 1000:.2g} s" if ms >= 1000 else f"{ms:.2g} ms"


def beside_qutip(f: Figures) -> str:
    ours = milliseconds(f.get("ours_ms", f.get("milliseconds", 0.0)))
    return f"**{ours}** | {milliseconds(f['qutip_ms'])} ({f['times_faster']:.0f}×)"


def with_errors(f: Figures) -> str:
    ours, theirs = milliseconds(f["ours_ms"]), milliseconds(f["qutip_ms"])
    return (
        f"**{ours}**, error {f['our_error']:.0e} | "
        f"{theirs}, error {f['qutip_error']:.0e} ({f['times_faster']:.0f}×)"
    )


ROWS: tuple[tuple[str, str, Callable[[Figures], str]], ...] = (
    ("N = 8, t = 100, 41 outputs, set-up included", "test_against_qutip[2-150.0]", with_errors),
    ("N = 27, the same", "test_against_qutip[3-1000.0]", with_errors),
    ("`redfield.qutip.brmesolve` by a changed import, N = 27", "test_qutip_layer_27", beside_qutip),
    ("tensor in the eigenbasis, N = 27, 27 couplings", "test_full_tensor_27", beside_qutip),
    (
        "N = 1000: steady state, Lamb shift on, shown to be the only one",
        "test_steady_state_of_a_thousand_levels",
        lambda f: f"**{f['seconds']:.0f} s**, {f['peak_gigabytes']:.2g} GB | tensor: 16 TB",
    ),
    (
        "a thousand free fermions: steady state and 100 times",
        "test_a_thousand_sites",
        lambda f: f"**{f['seconds']:.0f} s**, {f['peak_gigabytes']:.2g} GB | 2¹⁰⁰⁰ levels",
    ),
)


def table() -> str:
    """Return the table, as Markdown."""
    figures = json.loads((ROOT / f"bench/results/{RUN}.json").read_text())["figures"]
    lines = ["| | `redfield` | QuTiP 5.3 |", "|---|---|---|"]
    lines += [f"| {what} | {show(figures[name])} |" for what, name, show in ROWS]
    return "\n".join(lines) + "\n"


def main(option: str) -> None:
    page = ROOT / "README.md"
    text = page.read_text(encoding="utf-8")
    start, stop = text.index(BEGIN) + len(BEGIN), text.index(END)
    made = text[:start] + table() + text[stop:]
    if option == "--write":
        page.write_text(made, encoding="utf-8")
    elif made != text:
        sys.exit("README.md's table is not that of the results: python bench/table.py --write")


if __name__ == "__main__":
    if sys.argv[1:] not in (["--write"], ["--check"]):
        sys.exit(__doc__)
    main(sys.argv[1])
