"""Periodic states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar, NamedTuple, Protocol, Self

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_moment, as_square
from redfield._base.checks.types import Axes, Finite, Operator
from redfield._base.qobj import as_qobj
from redfield._base.records import Record, record
from redfield._base.stores.origins import dims_of_origin
from redfield._base.stores.saved import Saved
from redfield.draw import pictured

MOST_NAMED = 10
"""Levels whose curves a legend names."""


class FloquetModes(Protocol):
    """The Floquet modes of a system, as a PeriodicState asks them."""

    period: float
    frequency: float

    def aligned_modes(self, t: float) -> ComplexArray:
        """Φ(t), (N, N), of the modes of slow Φ."""


class Exchange(NamedTuple):
    """Particles, energy and heat that each reservoir gives to the system in a period, and the work of the drive."""

    particle: RealArray | None
    energy: RealArray | None
    heat: RealArray | None
    work: float


NOT_COUNTED = Exchange(None, None, None, float("nan"))
"""The exchange of Lindblad's equation, whose jumps are no bath with an energy of its own."""


@record
class PeriodicState(Saved, Record, answer=True):
    r"""ρ(t + T) = ρ(t).

    Attributes
    ----------
    times : (M,) equally spaced over one period, from 0.
    states : (M, N, N) complex128 in the basis H is given in.
    state : (N, N) ρ at t = 0, where a period begins.
    mean : (N, N), the average over a period.
    populations : (N,) of the Floquet modes at t = 0, in the order of PeriodicSystem.quasienergies.
    particle, energy, heat : (B,) what each reservoir gives to the system in a period, in the order of
        PeriodicSystem.reservoirs; heat is energy less μ for each particle. They are counted in the frequencies
        exchanged with the bath; None of Lindblad's equation.
    work : what the drive gives in a period: Davies' is −Σ energy, Redfield's ∮tr(Ḣρ)dt, which differs from that at
        fourth order in the couplings; nan of Lindblad's equation.
    residual : ‖ρ(T) − ρ(0)‖_F.
    error : ‖ρ − ρ_exact‖ of the equation's periodic state, estimated: the residual over how much of a state a period
        forgets.
    unique : whether it is the only one; False for what one rho0 leads to where there are several.
    series : (M, N, N) Fourier coefficients of ρ between the Floquet modes.
    equation : the equation that was solved.

    Examples
    --------
    A driven qubit turns work into heat:

    >>> import numpy as np, redfield as rf
    >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
    >>> bath = rf.OhmicBath(strength=0.02, cutoff=10.0, beta=1.0)
    >>> qubit = rf.PeriodicSystem([0.5 * z, (0.3 * x, np.cos)], 2 * np.pi, [x], bath)
    >>> state = rf.Davies(qubit).steady_state()
    >>> bool(state.work > 0), bool(np.isclose(state.work, -state.energy.sum()))
    (True, True)
    >>> state.expect(z).shape == state.times.shape
    True
    """

    times: RealArray
    states: ComplexArray
    populations: RealArray
    particle: RealArray | None
    energy: RealArray | None
    heat: RealArray | None
    work: float
    residual: float
    error: float
    unique: bool
    series: ComplexArray
    equation: Any = field(default=None, compare=False)

    origin: ClassVar[str | None] = "equation"
    axes: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "times": ("time",),
        "states": ("time", "row", "column"),
        "series": ("harmonic", "row", "column"),
        "populations": ("mode",),
        **dict.fromkeys(("particle", "energy", "heat"), ("reservoir",)),
    }

    @property
    def state(self) -> ComplexArray:
        first: ComplexArray = self.states[0]
        return first

    @property
    def mean(self) -> ComplexArray:
        average: ComplexArray = self.states.mean(axis=0)
        return average

    @classmethod
    def _of(
        cls,
        floquet: FloquetModes,
        times: RealArray,
        in_modes: ComplexArray,
        exchange: Exchange,
        residual: float,
        error: float,
        unique: bool,
        equation: object,
    ) -> Self:
        """Return the record of the states between the Floquet modes at times of a period, (M, N, N)."""
        phi = np.array([floquet.aligned_modes(float(t)) for t in times])
        states: ComplexArray = phi @ in_modes @ phi.conj().transpose(0, 2, 1)
        populations: RealArray = np.einsum("kk->k", in_modes[0]).real.copy()
        series: ComplexArray = np.fft.fft(in_modes, axis=0) / len(in_modes)
        return cls(times, states, populations, *exchange, residual, error, unique, series, equation)

    @property
    def _floquet(self) -> FloquetModes:
        """The modes that the equation was solved in."""
        modes: FloquetModes = self.equation.system
        return modes

    def at(self, t: Finite) -> ComplexArray:
        """ρ(t), (N, N)."""
        system = self._floquet
        t = as_moment("t", t) % system.period
        n = np.rint(np.fft.fftfreq(len(self.series)) * len(self.series))
        in_modes = np.tensordot(np.exp(1j * system.frequency * n * t), self.series, 1)
        phi = system.aligned_modes(t)
        rho: ComplexArray = phi @ in_modes @ phi.conj().T
        hermitian: ComplexArray = 0.5 * (rho + rho.conj().T)
        return hermitian

    def expect(self, operator: Operator) -> RealArray | ComplexArray:
        """tr(O ρ) at each of `times`."""
        o = as_square("operator", operator, self.states.shape[1])
        values: ComplexArray = np.einsum("ab,tba->t", o, self.states)
        return values.real if np.allclose(o, o.conj().T) else values

    @pictured()
    def plot(self, axes: Axes) -> None:
        """Draw the populations over a period, on `axes` or in a new figure; returns the matplotlib Axes."""
        period: float = self._floquet.period
        times = np.append(self.times, period)
        populations = np.einsum("tkk->tk", np.concatenate([self.states, self.states[:1]])).real
        named = populations.shape[1] <= MOST_NAMED
        for k, curve in enumerate(populations.T):
            axes.plot(times, curve, label=f"level {k}" if named else None)
        axes.set(xlabel="t  (1/energy)", ylabel="population", xlim=(0.0, period))
        if named:
            axes.legend()

    def to_qutip(self, dims: Sequence[Any] | None = None) -> Any:
        """Return the states at `times` as Qobj; `dims` as of Result.to_qutip."""
        return as_qobj(self.states, dims, dims_of_origin(self.equation))
