"""Redfield's equation with dissipators cut off at a distance, with a certified error."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, as_count, as_index
from redfield._base.records import record
from redfield.equations.base import Equation
from redfield.equations.lambdas import lambdas
from redfield.equations.lightcone import norm_bound, sites_of_couplings
from redfield.operators.fock import local
from redfield.results.evolution import Result
from redfield.results.steady import SteadyState
from redfield.systems.couplings import SiteProjectors, as_core_operator

EXACT_NORM = 512
"""Levels up to which ‖δΛ‖ is its largest singular value; beyond, an upper bound is."""
NEGLIGIBLE = 1e-15
"""Elements of a truncated Λ below this part of its largest are left out."""


@record
class QuasilocalRedfield(Equation[Result, SteadyState]):
    r"""Redfield's equation of a chain of sites with each Λ_j cut off at a reach.

    .. math:: \Lambda_j \to \Lambda_j^{(r)} = \mathrm{tr}_{|k - j| > r}(\Lambda_j) \otimes \frac{1}{d_{\mathrm{out}}}

    Λ_j = ∫₀^∞ ds C(s) e^{−iHs}A_je^{iHs} is quasi-local where the bath's memory is short (K. Shiraishi et al.,
    Phys. Rev. B 111, 184311 (2025)); truncated it is sparse, and costs D² d^{2r+1} instead of D³ to apply.

    Parameters
    ----------
    system : on the space of n sites of dimension d each, site 0 the slowest factor; its couplings are operators.
    reach : r, in sites.
    lamb_shift : whether the imaginary part of Γ acts.
    sites : the site of each coupling, default 0, 1, ….
    local_dimension : d.
    periodic : whether the distance goes round a ring.

    Attributes
    ----------
    dropped : (K,) upper bounds of the operator norms ‖Λ_j − Λ_j^{(r)}‖.
    norms : (K,) the same of ‖Λ_j‖.
    error_bound : 4 Σ_j ‖A_j‖ ‖δΛ_j‖ ≥ ‖𝓛 − 𝓛^{(r)}‖ in trace norm: after a time t the solution is at most t times
        this, and what the equation amplifies it by, away.

    Raises
    ------
    ValueError
        The space is not that of such sites; numbers do not match.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> chain = rf.models.mixed_field_ising(6)
    >>> system = rf.System(chain.hamiltonian, chain.local("z"), rf.DrudeBath(0.05, 10.0, 0.2))
    >>> [f"{QuasilocalRedfield(system, r, lamb_shift=False).error_bound:.2g}" for r in (1, 2, 5)]
    ['0.0045', '0.00012', '0']
    """

    reach: int
    lamb_shift: bool = True
    sites: Sequence[int] | None = field(default=None, kw_only=True)
    local_dimension: int = field(default=2, kw_only=True)
    periodic: bool = field(default=False, kw_only=True)

    _sources: ClassVar[Mapping[str, tuple[str, ...]]] = {"": ("redfield1957", "shiraishi2025local")}

    def _complete(self) -> None:
        system: Any = self.system
        if isinstance(system.couplings, SiteProjectors):
            raise ValueError("couplings must be operators of sites, not SiteProjectors of levels")
        system.require_independent("QuasilocalRedfield")
        self.reach = as_count("reach", self.reach, least=0)
        d = as_count("local_dimension", self.local_dimension, 2)
        n = round(np.log(system.dimension) / np.log(d))
        if d**n != system.dimension:
            raise ValueError(f"{system.dimension} levels are not those of sites of {d} levels each")
        self.sites = sites_of_couplings(self.sites, len(system.couplings), n)
        self.local_dimension, u = d, system.eigenvectors
        kept, dropped, norms, whole_norms = [], [], [], []
        for j, (site, inside) in enumerate(
            zip(self.sites, lambdas(system, self.lamb_shift), strict=True)
        ):
            whole = u @ inside @ u.conj().T
            cut = _truncated(whole, n, d, _near(site, n, self.reach, self.periodic))
            kept.append(cut.tocoo())
            dropped.append(norm_bound(whole - cut.toarray(), EXACT_NORM))
            whole_norms.append(norm_bound(whole, EXACT_NORM))
            norms.append(norm_bound(system.coupling_in_eigenbasis(j), EXACT_NORM))
        self.dropped = np.array(dropped)
        self.norms = np.array(whole_norms)
        self.error_bound = 4.0 * float(np.dot(norms, dropped))
        self._lambdas = tuple(as_core_operator(x) for x in kept)
        super()._complete()

    def _in_eigenbasis(self) -> _core.LambdaGenerator:
        system: Any = self.system
        return _core.LambdaGenerator.given_lambdas(system.core(self.lamb_shift), list(self._lambdas))

    def of_reservoir(self, reservoir: int) -> QuasilocalRedfield:
        """Make the equation with the couplings of one of the system's reservoirs alone."""
        system: Any = self.system
        reservoir = as_index("reservoir", reservoir, len(system.reservoirs))
        chosen = [j for j, r in enumerate(system.reservoir_of_coupling) if r == reservoir]
        sites = [s for j, s in enumerate(self.sites or ()) if j in chosen]
        return dataclasses.replace(self, system=system.restricted(chosen), sites=tuple(sites))

    def with_system(self, system: object) -> QuasilocalRedfield:
        raise TypeError("a QuasilocalRedfield knows its couplings' sites; make one of the other system")


def _near(site: int, n: int, reach: int, periodic: bool) -> list[int]:
    """Return the sites at most `reach` away."""
    away = [abs(k - site) for k in range(n)]
    return [k for k in range(n) if (min(away[k], n - away[k]) if periodic else away[k]) <= reach]


def _truncated(operator: ComplexArray, n: int, d: int, near: list[int]) -> scipy.sparse.csr_array:
    """tr_far(X) ⊗ 1/d_far, in the order of all sites."""
    far = [k for k in range(n) if k not in near]
    if not far:
        return scipy.sparse.csr_array(operator)
    order = near + far
    inner, outer = d ** len(near), d ** len(far)
    tensor = operator.reshape((d,) * (2 * n)).transpose(order + [n + k for k in order])
    block = np.einsum("aobo->ab", tensor.reshape(inner, outer, inner, outer)) / outer
    block[np.abs(block) <= NEGLIGIBLE * np.abs(block).max()] = 0.0
    return local(block, near, [d] * n)
