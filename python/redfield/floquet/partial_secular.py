"""Redfield's equation in the Floquet modes without the terms that turn fast."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from redfield import _core
from redfield.floquet import period_change
from redfield.floquet.kinds import Redfield, degeneracy_of
from redfield.floquet.state import Exchange
from redfield.floquet.system import System
from redfield.validation import (
    ComplexArray,
    RealArray,
    as_max_bytes,
    as_moment,
    as_not_negative,
    as_real_number,
    as_square,
)


class PartialSecular(Redfield):
    r"""Redfield's equation of a periodically driven system between transitions at most `cutoff` apart in frequency.

    .. math:: \dot\rho = -i[H(t), \rho] + \sum_j \sum_{|\omega - \omega'| \le \Delta} \big( [\Gamma_j(\omega)
              A_j(\omega)\rho, A_j^\dagger(\omega')] + \text{h.c.} \big), \quad
              \Phi A_j(\omega) \Phi^\dagger = \sum_{kln} \delta_{\omega,\, \varepsilon_l - \varepsilon_k - n\Omega}
              e^{in\Omega t} A_{j,n,kl} |k\rangle\langle l|

    The frequencies ω are those of the transitions between quasi-energies, harmonics included. A cutoff above the rates
    and below Ω keeps the coherences that a resonance makes, which Davies' equation neglects, without the terms of
    Redfield's that turn with Ω. As of Davies' equation the work of the drive is what the baths get.

    Parameters
    ----------
    system : floquet.System.
    cutoff : Δ ≥ 0, an energy; 0 is Davies' equation, inf Redfield's.
    lamb_shift : whether η acts.
    degeneracy_tol : frequencies this near (an energy) are equal, whatever the cutoff; default 1e-9 Ω.
    max_bytes : of the terms.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit.
    MemoryError
        The terms within the cutoff, at most N⁴ of each harmonic, need more than max_bytes.

    Examples
    --------
    A cavity driven at resonance has 4(F/κ)² photons, however small the rate κ is. Davies' equation finds 5.5, since the
    quasi-energies are no further apart than the rates:

    >>> import numpy as np, redfield as rf
    >>> a, rate = np.diag(np.sqrt(np.arange(1.0, 12.0)), 1), 0.1
    >>> drive = [a.T @ a, (a + a.T, lambda t: 0.5 * rate * np.cos(t))]  # F = κ/4
    >>> cavity = rf.floquet.System(drive, 2 * np.pi, [a], rf.FlatBath(rate))
    >>> state = PartialSecular(cavity, cutoff=0.9, lamb_shift=False).steady_state()
    >>> round(float(state.expect(a.T @ a).mean()), 2)
    0.25
    """

    def __init__(
        self,
        system: System,
        cutoff: float,
        lamb_shift: bool = True,
        *,
        degeneracy_tol: float | None = None,
        max_bytes: float | None = None,
    ) -> None:
        self.cutoff = as_real_number("cutoff", cutoff)
        if not self.cutoff >= 0.0:
            raise ValueError(f"cutoff must not be negative, got {self.cutoff}")
        self.degeneracy_tol = (
            None if degeneracy_tol is None else as_not_negative("degeneracy_tol", degeneracy_tol)
        )
        self._max_bytes = max_bytes
        super().__init__(system, lamb_shift)

    @functools.cached_property
    def _keeps_all(self) -> bool:
        """Whether no two transitions are further apart than the cutoff, so that this is Redfield's equation."""
        system = self.system
        width = float(np.ptp(system.energies))
        return self.cutoff >= 2.0 * (width + system.harmonics * system.frequency)

    @functools.cached_property
    def core(self) -> Any:
        if self._keeps_all:
            return super().core
        tol = degeneracy_of(self.system) if self.degeneracy_tol is None else self.degeneracy_tol
        return _core.FloquetPartialSecular(
            self.system.core[0],
            self.system.contacts(self.lamb_shift),
            self.lamb_shift,
            self.cutoff,
            tol,
            as_max_bytes(self._max_bytes),
        )

    def apply(self, rho: Any, t: float) -> ComplexArray:
        if self._keeps_all:
            return super().apply(rho, t)
        x = as_square("rho", rho, self.system.dimension).astype(np.complex128)
        t = as_moment("t", t)
        h = self.system.driven.hamiltonian.at(t)
        change: ComplexArray = self.core.dissipate(x, t) - 1j * (h @ x - x @ h)
        return change

    def _change_of_a_period(self) -> Callable[[ComplexArray], ComplexArray]:
        if self._keeps_all:
            return super()._change_of_a_period()
        return period_change.of_dissipator(self.system, self.core.dissipate)

    def _exchange(self, times: RealArray, phi: ComplexArray, in_modes: ComplexArray) -> Exchange | None:
        """Each coupling acts 2Re tr(Kρ) times, K = ΣA†(ω')Γ(ω)A(ω), and releases the same with ωΓ for Γ; the drive's
        work is what the baths get."""
        if self._keeps_all:
            return super()._exchange(times, phi, in_modes)
        system, period = self.system, self.system.period
        e, omega, most = system.energies, system.frequency, system.harmonics
        n, m = np.arange(-most, most + 1), np.arange(-2 * most, 2 * most + 1)
        turns = np.exp(1j * omega * np.multiply.outer(times, m))
        w = e - e[:, None] - omega * n[:, None, None]
        whole = _core.FloquetRedfield(system.core[0], system.contacts(self.lamb_shift), self.lamb_shift)
        counts, energies = np.zeros((2, len(system.baths)))
        for j in range(len(system.baths)):
            kept = self.core.losses(j)
            weighted = np.where(kept != 0.0, _products(system.of_coupling(j), w * whole.series(j)), 0.0)
            for out, series in ((counts, kept), (energies, weighted)):
                operators = np.tensordot(turns, series, 1)
                out[j] = (
                    2.0 * period * float(np.einsum("tab,tba->", operators, in_modes).real) / len(times)
                )
        return Exchange.of(system, counts, energies, float(energies.sum()))


def _products(a: ComplexArray, b: ComplexArray) -> ComplexArray:
    """Σ_n A†_{n−m} B_n for each m from −2 harmonics, (4 harmonics + 1, N, N)."""
    most = len(a) // 2
    out = np.zeros((4 * most + 1, *a.shape[1:]), dtype=np.complex128)
    for m in range(-2 * most, 2 * most + 1):
        first, last = max(0, m), min(len(a), len(a) + m)
        shifted = a[first - m : last - m].conj().transpose(0, 2, 1)
        out[m + 2 * most] = (shifted @ b[first:last]).sum(axis=0)
    return out
