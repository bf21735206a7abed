"""Universal Lindblad jumps built around each coupling, without H's eigenvectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy

from redfield._base.checks import RealArray, as_kind, as_positive, checked
from redfield._base.records import Record, record
from redfield.equations.lambdas import root
from redfield.equations.lightcone import cluster_operators, jump_memory
from redfield.equations.local import local_couplings
from redfield.systems.system import System


@record
class LocalJumps(Record, answer=True):
    """Jump operators of the universal Lindblad equation, each of a cluster around its coupling.

    Attributes
    ----------
    jumps : tuple of (D, D) scipy.sparse arrays L_j, for rf.Lindblad.
    dropped : (K,) bounds of ‖L_j − L_j,local‖.
    error_bound : Σ_j (4‖L_j‖ + 2 dropped_j) dropped_j, which bounds the difference of the generators in trace norm.
    """

    jumps: tuple[Any, ...]
    dropped: RealArray
    error_bound: float


@checked
def local_jumps(
    system: System, error: float, dims: Sequence[int], sites: Sequence[int] | None = None
) -> LocalJumps:
    r"""Return the jumps √γ_j(ω)∘A_j of the universal Lindblad equation, without H's eigenvectors.

    .. math:: L_j = \int_{-\infty}^\infty ds\, g_j(s)\, e^{-iHs}A_je^{iHs}, \qquad
              g_j(s) = \int\frac{d\omega}{2\pi}\sqrt{\gamma_j(\omega)}\,e^{-i\omega s}

    in clusters as of LocalRedfield (Nathan & Rudner, doi:10.1103/PhysRevB.102.115109). ``rf.Lindblad(H, jumps)`` is
    that equation without its Lamb shift.

    Parameters
    ----------
    system, dims, sites : as of LocalRedfield.
    error : the generators are to differ by at most about this in trace norm, a rate.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> chain = rf.models.mixed_field_ising(6)
    >>> system = rf.System(chain.hamiltonian, chain.local("z"), rf.DrudeBath(0.05, 10.0, 0.2))
    >>> local = rf.local_jumps(system, 1.0, [2] * 6)
    >>> equation, exact = rf.Lindblad(chain.hamiltonian, local.jumps), rf.UniversalLindblad(system, lamb_shift=False)
    >>> rho = np.eye(64)[0]
    >>> near, whole = (e.evolve(rho, [0.0, 1.0]).final_state for e in (equation, exact))
    >>> bool(rf.trace_norm(near - whole) < local.error_bound)
    True
    """
    as_kind("system", system, System)
    system.require_independent("local_jumps")
    wanted = as_positive("error", error)
    space, small = local_couplings(system, dims, sites)
    # No Bohr frequency is larger than twice the sum of the terms' norms.
    width = 2.0 * sum(float(np.linalg.norm(term, 2)) for term in space.terms.values())
    width = max(width, 1e-300)
    band = np.linspace(-width, width, 2001)
    memories = [jump_memory(bath, width) for bath in system.baths]
    roots = [root(bath) for bath in system.baths]
    of = system.bath_of_coupling
    scale = sum(
        float(np.linalg.norm(a, 2)) * float(np.sqrt(system.baths[b].power_spectrum(band).max()))
        for (a, _), b in zip(small, of, strict=True)
    )
    parts = cluster_operators(
        space,
        small,
        [roots[b] for b in of],
        [memories[b] for b in of],
        wanted / (4.0 * max(scale, 1e-300)),
    )
    norms = np.array([_norm_bound(local.operator) for local in parts])
    dropped = np.array([local.dropped for local in parts])
    bound = float(np.sum((4.0 * norms + 2.0 * dropped) * dropped))
    return LocalJumps(tuple(local.operator for local in parts), dropped, bound)


def _norm_bound(operator: scipy.sparse.sparray) -> float:
    """Return an upper bound of ‖L‖."""
    a = abs(operator)
    return float(np.sqrt(a.sum(axis=0).max() * a.sum(axis=1).max()))
