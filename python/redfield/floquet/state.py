"""Periodic states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_moment, as_square
from redfield._base.records import Immutable
from redfield._base.stores.saved import SavedOf

if TYPE_CHECKING:
    from redfield.floquet.system import System

LEAST_TIMES = 16


class Exchange(NamedTuple):
    """What is given to the system in a period: particles, energy and heat by each reservoir, work by the drive."""

    particle: RealArray
    energy: RealArray
    heat: RealArray
    work: float

    @classmethod
    def of(cls, system: System, counts: RealArray, released: RealArray, work: float) -> Exchange:
        """Of how often each coupling acts and what energy it releases; a particle has μ of its bath's."""
        particle, energy, heat = np.zeros((3, len(system.reservoirs)))
        for bath, reservoir, count, each in zip(
            system.baths, system.reservoir_of_coupling, counts, released, strict=True
        ):
            particle[reservoir] -= bath.exchange * count
            energy[reservoir] -= each
            heat[reservoir] -= each - bath.exchange * bath.mu * count
        return cls(particle, energy, heat, work)


class PeriodicState(SavedOf, Immutable, answer=True):
    r"""ρ(t + T) = ρ(t).

    Attributes
    ----------
    times : (M,) equally spaced over one period, from 0.
    states : (M, N, N) complex128 in the basis H is given in.
    mean : (N, N), the average over a period.
    populations : (N,) of the Floquet modes at t = 0, in the order of System.quasienergies.
    particle, energy, heat : (B,) what each reservoir gives to the system in a period, in the order of
        System.reservoirs; heat is energy less μ for each particle. They are counted in the frequencies exchanged with
        the bath; None of Lindblad's equation.
    work : what the drive gives in a period: Davies' is −Σ energy, Redfield's ∮tr(Ḣρ)dt, which differs from that at
        fourth order in the couplings; nan of Lindblad's equation.
    residual : ‖ρ(T) − ρ(0)‖_F.

    Examples
    --------
    A driven qubit turns work into heat:

    >>> import numpy as np, redfield as rf
    >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
    >>> bath = rf.OhmicBath(strength=0.02, cutoff=10.0, beta=1.0)
    >>> qubit = rf.floquet.System([0.5 * z, (0.3 * x, np.cos)], 2 * np.pi, [x], bath)
    >>> state = rf.floquet.Davies(qubit).steady_state()
    >>> bool(state.work > 0), bool(np.isclose(state.work, -state.energy.sum()))
    (True, True)
    >>> state.expect(z).shape == state.times.shape
    True
    """

    _origin = "equation"
    _saved = (
        "times",
        "states",
        "populations",
        "particle",
        "energy",
        "heat",
        "work",
        "residual",
        "_series",
    )
    _told = ("equation", "states", "particle", "energy", "heat", "work", "residual")

    def __init__(
        self,
        system: System,
        equation: Any,
        in_modes: ComplexArray,
        exchange: Exchange | None,
        residual: float,
    ) -> None:
        self.system, self.equation = system, equation
        self.times = self._grid(system, len(in_modes))
        phi = np.array([system.core[0].at(t) for t in self.times])
        self.states: ComplexArray = phi @ in_modes @ phi.conj().transpose(0, 2, 1)
        self.populations: RealArray = np.einsum("kk->k", in_modes[0]).real.copy()
        given: tuple[Any, Any, Any, float] = exchange or (None, None, None, float("nan"))
        self.particle, self.energy, self.heat, self.work = given
        self.residual = residual
        self._series: ComplexArray = np.fft.fft(in_modes, axis=0) / len(in_modes)

    @staticmethod
    def _grid(system: System, count: int | None = None) -> RealArray:
        """Times that resolve the harmonics of a state."""
        if count is None:
            count = max(LEAST_TIMES, int(2 ** np.ceil(np.log2(4 * system.harmonics + 1))))
        times: RealArray = np.linspace(0.0, system.period, count, endpoint=False)
        return times

    @property
    def mean(self) -> ComplexArray:
        average: ComplexArray = self.states.mean(axis=0)
        return average

    def at(self, t: float) -> ComplexArray:
        """ρ(t), (N, N)."""
        t = as_moment("t", t) % self.system.period
        n = np.rint(np.fft.fftfreq(len(self._series)) * len(self._series))
        in_modes = np.tensordot(np.exp(1j * self.system.frequency * n * t), self._series, 1)
        phi = self.system.core[0].at(t)
        rho: ComplexArray = phi @ in_modes @ phi.conj().T
        return 0.5 * (rho + rho.conj().T)

    def expect(self, operator: Any) -> RealArray | ComplexArray:
        """tr(O ρ) at each of `times`."""
        o = as_square("operator", operator, self.system.dimension)
        values: ComplexArray = np.einsum("ab,tba->t", o, self.states)
        return values.real if np.allclose(o, o.conj().T) else values
