"""Lindblad's equation of periodically driven systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redfield._base.checks import ComplexArray, RealArray, renamed
from redfield.baths import FlatBath
from redfield.floquet.kinds import Redfield
from redfield.floquet.state import Exchange
from redfield.floquet.system import System


class Lindblad(Redfield):
    r"""Lindblad's equation with a Hamiltonian and jump operators that repeat, ρ̇ = −i[H(t), ρ] + Σ_j 𝒟[L_j(t)]ρ.

    Parameters
    ----------
    hamiltonian : as of floquet.System.
    period : T.
    jumps : (N, N) operators L_j, or what depends on time, each with its rate in it (√rate L).
    harmonics, tol, breakpoints : as of floquet.System.

    Examples
    --------
    Fluorescence of a driven atom, in the laboratory frame:

    >>> import numpy as np, redfield as rf
    >>> lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> h = [np.diag([0.0, 5.0]), (lower + lower.T, lambda t: 0.1 * np.cos(5.0 * t))]
    >>> atom = Lindblad(h, 2 * np.pi / 5.0, [np.sqrt(0.2) * lower])
    >>> excited = atom.steady_state().mean[1, 1].real
    >>> bool(abs(excited - 0.1**2 / (0.2**2 + 2 * 0.1**2)) < 1e-3)  # the rotating-wave approximation's
    True
    """

    def __init__(
        self,
        hamiltonian: Any,
        period: float,
        jumps: Sequence[Any],
        *,
        harmonics: int | None = None,
        tol: float = 1e-9,
        breakpoints: Any = (),
    ) -> None:
        # Redfield's equation with γ = 1 at every frequency.
        with renamed("couplings", "jumps"):
            system = System(
                hamiltonian,
                period,
                jumps,
                FlatBath(1.0),
                harmonics=harmonics,
                tol=tol,
                breakpoints=breakpoints,
            )
        super().__init__(system, False)

    @property
    def _given_hamiltonian(self) -> Any:
        return self.system.hamiltonian

    @property
    def _given_jumps(self) -> Any:
        return self.system.couplings

    @property
    def _given_period(self) -> float:
        return self.system.period

    @property
    def _given_harmonics(self) -> int | None:
        return self.system._given_harmonics

    @property
    def _given_breakpoints(self) -> tuple[float, ...]:
        return self.system.breakpoints

    @property
    def _given_tol(self) -> float:
        return self.system.tol

    def _exchange(self, times: RealArray, phi: ComplexArray, in_modes: ComplexArray) -> Exchange | None:
        return None  # jumps are no bath with an energy of its own
