"""Couplings that exchange particles with their baths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redfield._base.checks import as_items, as_matrix, checked, shown
from redfield._base.checks.types import Operator
from redfield.baths.particle import ParticleBath, ParticleExchange


@checked
def particle_exchange(
    operators: Sequence[Operator], bath: ParticleBath | Sequence[ParticleBath]
) -> tuple[list[Any], list[ParticleExchange]]:
    r"""Couplings and baths of H_SB = Σ_j (a_j† B_j + h.c.), for System.

    .. math:: \dot\rho \ni \text{couplings } a_j \text{ with } \gamma_{11}, \quad a_j^\dagger
              \text{ with } \gamma_{22}

    (arXiv:2507.10080, Eq. 9). A coupling strength J_j is a factor of its operator.

    Parameters
    ----------
    operators : the a_j as matrices on the Fock space (arrays, scipy.sparse, Qobj).
    bath : one ParticleBath for all, or one each.

    Returns
    -------
    couplings, baths : of System(h, couplings, baths), two for each operator.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> (a,) = rf.operators.fermions(1)
    >>> lead = rf.ParticleBath(0.1, beta=2.0, mu=0.5, band=(-20.0, 20.0))
    >>> dot = rf.System((a.conj().T @ a) * 0.3, *rf.particle_exchange([a], lead))
    >>> steady = rf.Davies(dot, lamb_shift=False).steady_state().state
    >>> bool(np.isclose(steady[1, 1].real, lead.occupation(0.3)))
    True
    """
    each = [bath] * len(operators) if isinstance(bath, ParticleBath) else as_items("bath", bath)
    for b in each:
        if not isinstance(b, ParticleBath):
            raise TypeError(f"bath must be a ParticleBath, got {shown(b)}")
    if not operators or len(each) != len(operators):
        raise ValueError(
            f"bath and operators: {len(each)} baths for {len(operators)} operators; give one for all or one each"
        )
    couplings: list[Any] = []
    baths: list[ParticleExchange] = []
    for j, (a, b) in enumerate(zip(operators, each, strict=True)):
        a = as_matrix(f"operators[{j}]", a)
        couplings += [a, a.conj().T]
        baths += [b.removal, b.injection]
    return couplings, baths
