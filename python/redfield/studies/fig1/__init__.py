"""Figure 1 of arXiv:2507.10080: how far Davies' equation is from Redfield's, against system size.

Single-particle sector, site projectors with identical Ohmic baths, η neglected, ρ(0) = |site 1⟩⟨site 1|.
"""

from collections.abc import Mapping
from typing import Any

from redfield.studies.study import SEED, Option, Study


def _without_empty(contents: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Leave out the models of which no size is asked for."""
    for part in ("syk2", "anderson"):
        if given.get(f"sizes_{part}") == ():
            del contents["parts"][part]
    if not contents["parts"]:
        raise ValueError("sizes_syk2 and sizes_anderson are both empty: nothing to compute")


def _sizes(help: str, axis: str) -> Option:
    return Option(help, int, [axis], minimum=2, many=True, entry=lambda sizes: list(sizes) or None)


STUDY = Study(
    __name__,
    "Figure 1: distance of Davies from Redfield, chaotic against localised.",
    {
        "samples": Option("Disorder samples of each size.", int, ["samples"]),
        "sizes_syk2": _sizes(
            "Numbers of sites N of the SYK2 model, e.g. 8,16,32.", "parts.syk2.grid.n.values"
        ),
        "sizes_anderson": _sizes(
            "Side lengths L of the Anderson lattice, e.g. 2,3,4.", "parts.anderson.grid.length.values"
        ),
        # Without disorder the lattice's Bohr frequencies are degenerate.
        "disorder_chaotic": Option("W/J of panel b.", float, ["parts.anderson.grid.disorder.values[0]"]),
        "disorder_localized": Option(
            "W/J of panel c.", float, ["parts.anderson.grid.disorder.values[1]"]
        ),
        "open_boundaries": Option(
            "Open instead of periodic lattice.",
            bool,
            ["parts.anderson.model.periodic"],
            entry=lambda is_open: not is_open,
        ),
        "t_max": Option("Last time, in 1/J.", float, ["times.linspace[1]"]),
        "seed": SEED,
    },
    fit=_without_empty,
)
