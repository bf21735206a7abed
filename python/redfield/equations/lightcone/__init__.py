"""Λ_j = ∫₀^∞ ds C(s) e^{−iHs}A_je^{iHs} of a few sites around the coupling's, with an error that is certified.

Within a cluster Λ is computed with the cluster's Hamiltonian, by its own small diagonalisation. What that leaves out
is bounded by what flows over the cluster's edge while the bath remembers (Duhamel's formula; Lieb & Robinson,
doi:10.1007/BF01645779).
"""

from redfield.equations.lightcone.memory import Memory, jump_memory, memory_of
from redfield.equations.lightcone.sites import Sites, cluster_operators, norm_bound, sites_of_couplings
from redfield.equations.lightcone.walk import site_factors

__all__ = [
    "Memory",
    "Sites",
    "cluster_operators",
    "jump_memory",
    "memory_of",
    "norm_bound",
    "site_factors",
    "sites_of_couplings",
]
