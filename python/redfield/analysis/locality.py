"""How far from its site each bath acts, in any equation."""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from redfield._base.checks import RealArray, as_count, checked, renamed
from redfield._base.checks.types import Operand
from redfield.equations import QuasilocalRedfield
from redfield.equations.base import AnyEquation
from redfield.equations.lambdas import lambdas
from redfield.equations.solver import Solver
from redfield.quadratic.hopping import distance_matrix, group_velocity
from redfield.quadratic.locality import LocalityProfile, decay_length_of, memory_of
from redfield.systems.couplings import SiteProjectors


@checked
def locality_profile(
    equation: AnyEquation, *, distance: Operand | None = None, local_dimension: int = 2
) -> LocalityProfile:
    r"""Return the part of Λ_j = ∫₀^∞ ds C(s) e^{−iHs}A_je^{iHs} at each distance from site j, the largest over all j.

    Of site projectors max |[Λ_j]_kl| over levels k, l of which the farther is at that distance; of operators on a
    chain of sites the norm of what `QuasilocalRedfield` would cut off there, ‖Λ_j − Λ_j^{(r−1)}‖; of quadratic
    equations `quadratic.locality_profile`.

    Parameters
    ----------
    equation : of a System (its Λ_j are those of Redfield's equation, with its Lamb shift) or a QuadraticSystem.
    distance : (N, N) of site projectors and quadratic systems, default the number of bonds of H.
    local_dimension : of a site of a chain.

    Returns
    -------
    LocalityProfile : distance, largest, decay_length, and reach = memory × group velocity (nan for chains of
        interacting sites).

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.DrudeBath(strength=0.1, cutoff=20.0, beta=0.3)
    >>> lattice = rf.System(rf.models.chain(20), rf.SiteProjectors(20), bath)
    >>> profile = locality_profile(rf.Redfield(lattice, lamb_shift=False))
    >>> bool(profile.largest[6] < 1e-3 * profile.largest[0])
    True
    """
    local_dimension = as_count("local_dimension", local_dimension, 2)
    with renamed("system", "equation"):
        return profile_of_solver(equation.solver, distance, local_dimension)


@singledispatch
def profile_of_solver(solver: Solver, distance: object, local_dimension: int) -> LocalityProfile:
    """Return the profile for the kind of problem that a solver is of; by default that of density matrices."""
    equation = solver.equation
    system = equation.system
    system.require_independent("locality_profile")
    if not isinstance(system.couplings, SiteProjectors):
        return _of_chain(equation, local_dimension)
    d = distance_matrix(system.hamiltonian, distance)
    u, distances = system.eigenvectors, np.unique(d[np.isfinite(d)])
    largest = np.zeros(len(distances))
    inside = lambdas(system, equation.lamb_shift)
    for site, each in zip(system.couplings.sites, inside, strict=True):
        whole = u @ each @ u.conj().T
        farther = np.maximum(d[site][:, None], d[site][None, :])
        for i, r in enumerate(distances):
            largest[i] = max(largest[i], float(np.abs(whole[farther == r]).max(initial=0.0)))
    memory = memory_of("equation", system.baths)
    reach = memory * group_velocity(system.hamiltonian, distance)
    return LocalityProfile(distances, largest, decay_length_of(distances, largest), reach)


def _of_chain(equation: AnyEquation, local_dimension: int) -> LocalityProfile:
    system = equation.system
    sites = round(np.log(system.dimension) / np.log(local_dimension))
    # ‖Λ_j‖ itself stands at distance 0.
    cut = [
        QuasilocalRedfield(system, r, equation.lamb_shift, local_dimension=local_dimension)
        for r in range(sites)
    ]
    norms = cut[0].norms.max()
    largest: RealArray = np.array([norms, *(c.dropped.max() for c in cut[:-1])])
    distances: RealArray = np.arange(float(sites))
    return LocalityProfile(distances, largest, decay_length_of(distances, largest), float("nan"))
