"""Goals of benchmarks: each names a figure, a direction and how far it is met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COSTS = (
    "ms",
    "_us",
    "_s",
    "seconds",
    "gigabytes",
    "bytes",
    "exponent",
    "slower",
    "applications",
    "action",
)
COST_BEGINNINGS = ("ratio_to", "ratio_inside", "output_over", "memory", "stored", "error")
WIDTH = 20


def is_cost(figure: str) -> bool:
    """Return whether less is better, as of times, sizes, numbers of applications and errors; others are speed-ups."""
    return figure.endswith(COSTS) or figure.startswith(COST_BEGINNINGS)


def goals(figures: Mapping[str, Any]) -> dict[str, tuple[str, float]]:
    """Return relation and value of what is required of figures, named "required…" or "…required" behind its figure."""
    found = {}
    before = None
    for name, value in figures.items():
        if "required" in name:
            assert before is not None, "a requirement stands behind its figure"
            found[before] = ("≤" if is_cost(before) else "≥", float(value))
        else:
            before = name
    return found


def fraction(value: float, relation: str, goal: float) -> float:
    """Return one where the goal is just met, more beyond it."""
    return value / goal if relation == "≥" else goal / value


def bar(value: float, relation: str, goal: float) -> str:
    """Return a bar whose middle is the goal: [==========|===       ] 188 ≥ 150."""
    filled = min(WIDTH, round(fraction(value, relation, goal) * WIDTH / 2))
    cells = "=" * filled + " " * (WIDTH - filled)
    met = "met   " if fraction(value, relation, goal) >= 1.0 else "MISSED"
    return f"[{cells[: WIDTH // 2]}|{cells[WIDTH // 2 :]}] {met} {value:.3g} {relation} {goal:.3g}"


def level(simd: str) -> str:
    """Return the x86-64 level of instructions that Eigen names, or what it names elsewhere."""
    for instructions, name in (("AVX512", "x86-64-v4"), ("AVX2", "x86-64-v3"), ("SSE4.2", "x86-64-v2")):
        if instructions in simd:
            return name
    return simd
