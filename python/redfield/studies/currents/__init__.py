"""Three spins between a hot and a cold bath: which equations conserve the current within the chain.

H = Σ_k ½ω₀σᶻ_k − g Σ_k (σˣ_kσˣ_{k+1} + σʸ_kσʸ_{k+1}) with ω₀ = 1, g = 0.2 conserves Σσᶻ, and baths of
J(ω) = ε²ω e^{−ω²} couple by σˣ to the first spin (β = 1) and to the last (β = 2). No bath touches the middle spin, so
in the exact steady state as much spin flows into it as out of it: I₁₂ = I₂₃ (Tupkary, Dhar, Kulkarni & Purkayastha,
arXiv:2105.12091, whose couplings exchange excitations). Currents are beside those of the hierarchical equations of
motion.
"""

from redfield.studies.study import Option, Study

STUDY = Study(
    __name__,
    "Currents through three spins between two baths: which equations conserve them, beside the hierarchy.",
    {
        "couplings": Option(
            "Couplings ε, e.g. 0.05,0.1.", float, ["parts.currents.grid.coupling"], many=True
        )
    },
)
