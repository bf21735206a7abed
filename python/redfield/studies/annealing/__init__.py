"""Annealing with a transverse field: qubits, each with an Ohmic bath of its own, from Σσˣ to a random Ising problem.

H(t) = −(1 − t/T) Σ Γ_j σˣ_j + (t/T)[Σ_{j<k} J_jk σᶻ_jσᶻ_k/√n + Σ h_j σᶻ_j], coupled by σᶻ_j. Populations of the
instantaneous levels are kept, and those of the closed system beside them.
"""

from redfield.studies.study import Option, Study

STUDY = Study(
    __name__,
    "Annealing with a transverse field and an Ohmic bath on each qubit: populations of the instantaneous levels.",
    {
        "qubits": Option("Qubits.", int, ["parts.runs.arguments.qubits"]),
        "time": Option("Time of the run.", float, ["parts.runs.grid.time"], entry=lambda time: [time]),
    },
)
