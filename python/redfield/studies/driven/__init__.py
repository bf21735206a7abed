"""Driven quadratic systems: what limits the instantaneous Davies equation is the baths' memory, not the level spacing.

Two sites whose levels are swept through each other, h(t) = ½[ε(t)σᶻ + gσˣ], ε from −E to E in the time T, for
gaps g from wide to far below 1/T, at fixed J²T; and a chain driven periodically. Distances are of covariance
matrices in operator norm.
"""

from redfield.studies.study import Option, Study

STUDY = Study(
    __name__,
    "Driven systems: the instantaneous Davies equation against the exact solution.",
    {
        "ratios": Option(
            "Times of the sweep over the bath's memory, e.g. 4,16,64.", float, ["parts.sweeps.grid.ratio"], many=True
        ),
        "gaps": Option(
            "Gaps times the time of the sweep, e.g. 1,0.01.", float, ["parts.sweeps.grid.gap"], many=True,
            entry=lambda gaps: ["wide", *(f"{gap:g}" for gap in gaps)],
        ),
        "periods": Option("Periods of the shaken chain.", int, ["parts.floquet.arguments.periods"], minimum=10),
        "frequency": Option("Frequency of the shaken chain.", float, ["parts.floquet.arguments.frequency"]),
        "coupling": Option("Coupling J of the shaken chain to its baths.", float, ["parts.floquet.arguments.j"]),
    },
)  # fmt: skip
