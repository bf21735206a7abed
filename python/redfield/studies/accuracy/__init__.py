"""How far each equation is from the exact dynamics of system and baths, over coupling, temperature and least gap.

Three systems whose splitting is ω₀ = 1, between whose nearest levels lies the gap Δ: a biased qubit (of splitting Δ
alone), H = ½Δ(σᶻ + σˣ)/√2 coupled by σᶻ; a V system, levels 0, 1 and 1 + Δ coupled by Σ_k |0⟩⟨k| + h.c.; two qubits of
exchange Δ/2 between baths at β and β/2, coupled by σˣ₁ and σˣ₂. Each bath is a broad mode of frequency 2 and damping 2,
J(ω) = λ·8ω/((4 − ω²)² + 4ω²), that remembers for a time of 1. Errors are trace norms of the difference from the
hierarchical equations of motion: the largest until one relaxation time of Redfield's equation, and that of the steady
state, beside the one that `steady_state(error=True)` predicts.
"""

from typing import Any

from redfield.studies.study import Option, Study

WIDEST_GAP = 2.0 / 3.0
"""Gap beyond which the exchange of two qubits makes another pair of levels the nearest."""


def _fit(contents: dict[str, Any], given: object) -> None:
    """Refuse gaps at which the levels called nearest are not."""
    for gap in contents["parts"]["errors"]["grid"]["gap"]:
        if gap > WIDEST_GAP:
            raise ValueError(f"gaps must be at most 2/3 of the splitting, got {gap}")


STUDY = Study(
    __name__,
    "Which equation? The error of each beside the hierarchy, over coupling, temperature and least gap.",
    {
        "couplings": Option(
            "Strengths λ of the baths, e.g. 0.01,0.1.", float, ["parts.errors.grid.coupling"], many=True
        ),
        "betas": Option("Inverse temperatures β.", float, ["parts.errors.grid.beta"], many=True),
        "gaps": Option("Least gaps Δ, at most 2/3.", float, ["parts.errors.grid.gap"], many=True),
    },
    fit=_fit,
)
