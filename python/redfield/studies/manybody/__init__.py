"""Do baths at every site cancel each other's coherences in interacting systems? The question the paper leaves open.

XXZ chains with σᶻ_j ⊗ B_j on every site and identical Ohmic baths, η neglected: chaotic (second neighbours, weak
disorder), localised (strong disorder) and integrable (clean). Matrix elements in the middle of the spectrum, and
‖ρ_D(t) − ρ_R(t)‖₁ from the Néel state.
"""

from collections.abc import Mapping
from typing import Any

from redfield.studies.study import SEED, Option, Study


def _sizes(contents: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Give all families the same sizes, and evolve those up to `dynamic`."""
    parts = contents["parts"]
    sizes = list(given.get("sizes", parts["elements"]["grid"]["size"]))
    for n in sizes:
        if n % 2:
            raise ValueError(f"sizes must be even, got {n}")
    largest = given.get("dynamic", max(parts["dynamics"]["grid"]["size"]))
    evolved = [n for n in sizes if n <= largest]
    for name in ("elements", "elements_clean"):
        parts[name]["grid"]["size"] = sizes
    for name in ("dynamics", "dynamics_clean"):
        parts[name]["grid"]["size"] = evolved
        if not evolved:
            del parts[name]


STUDY = Study(
    __name__,
    "Interacting spins: do the baths cancel each other's coherences, chaotic, localised and integrable?",
    {
        "samples": Option(
            "Disorder samples of each size.", int, ["parts.elements.samples", "parts.dynamics.samples"]
        ),
        "sizes": Option("Numbers of spins N, even, e.g. 6,8,10.", int, minimum=4, many=True),
        "dynamic": Option("Largest N whose evolution is compared.", int),
        "seed": SEED,
    },
    fit=_sizes,
)
