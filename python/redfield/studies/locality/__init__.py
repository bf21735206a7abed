"""The locality of Redfield's dissipator: decay lengths against bath memory × group velocity, and errors of truncation.

Lorentzian bands D = W²/(W² + ω²), whose memory is 1/W at any temperature; chains, whose group velocity is 2J; and
other lattices.
"""

from collections.abc import Mapping
from typing import Any

from redfield.studies.study import Option, Study


def _within_the_chain(contents: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Refuse a reach beyond the truncated chain."""
    cut = contents["parts"]["truncation"]["arguments"]
    if cut["reach"] >= cut["sites"]:
        raise ValueError(
            f"reach = {cut['reach']} must be less than sites = {cut['sites']} of the truncated chain"
        )


STUDY = Study(
    __name__,
    "Quasi-locality of the dissipator against bath memory times group velocity, and truncated equations.",
    {
        "sites": Option(
            "Sites of the chains.",
            int,
            ["parts.damping.arguments.sites", "parts.gain.arguments.sites"],
            minimum=8,
        ),
        "reach": Option(
            "Largest reach of truncated equations.", int, ["parts.truncation.arguments.reach"]
        ),
        "seed": Option(
            "Seed of all samples.", int, ["seed", "parts.truncation.arguments.disorder_seed"], minimum=0
        ),
    },
    fit=_within_the_chain,
)
