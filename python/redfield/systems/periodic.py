"""Systems whose Hamiltonian and couplings repeat."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_count,
    as_index,
    as_max_bytes,
    as_moment,
    as_positive,
)
from redfield._base.checks.types import Breakpoints, Finite, Operator, Positive
from redfield.baths.given import GivenBath
from redfield.results.evolution import Result
from redfield.results.periodic import Exchange, PeriodicState
from redfield.systems.base import Solvable
from redfield.systems.couplings import Couplings, SiteProjectors
from redfield.systems.driven import DrivenSystem
from redfield.systems.drives.operators import TimeOperator
from redfield.systems.drives.panels import floquet_modes, require_repeats
from redfield.systems.drives.window import Window
from redfield.systems.reservoirs import distinct

LEAST_TIMES = 16
MOST_HARMONICS = 1024
MOMENTS = 2.0
"""Moments of the first Fourier transform in the shortest interval in which H or a coupling changes."""
MOST_MOMENTS = 4 * MOST_HARMONICS
"""Moments of the first Fourier transform; a shorter feature has more harmonics than may be kept."""


class PeriodicSystem(Solvable[Result, PeriodicState]):
    r"""A system driven periodically.

    .. math:: H(t) + \sum_j A_j(t) \otimes B_j, \qquad H(t + T) = H(t), \quad A_j(t + T) = A_j(t)

    .. math:: U(t, 0) = \Phi(t) e^{-i\varepsilon t} \Phi^\dagger(0), \qquad \Phi(t + T) = \Phi(t), \qquad
              \Phi^\dagger A_j \Phi = \sum_n A_{j,n} e^{in\Omega t}, \quad \Omega = 2\pi/T

    The columns of Φ are the Floquet modes, ε the quasi-energies (Shirley, doi:10.1103/PhysRev.138.B979).

    Parameters
    ----------
    hamiltonian, couplings, baths : of a `DrivenSystem`. What is given on [0, T] is what is repeated.
    period : T > 0.
    dims : as of a `DrivenSystem`.
    harmonics : how many n of either sign are kept; default what `tol` asks for, at most 1024.
    tol : on what the harmonics leave out, ‖(A_n)_{|n| > harmonics}‖/‖A‖.
    breakpoints : times in [0, T] near which something happens that lasts less than a 4000th of T; a function may tell
        its own as an attribute, ``f.breakpoints``.

    Attributes
    ----------
    quasienergies : (N,) ε in [−Ω/2, Ω/2), ascending.
    harmonics : those kept.
    left : what they leave out.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit; H or a coupling does not repeat after T: the message says at which t.
    ConvergenceError
        The harmonics fall off too slowly, as they do where the drive jumps: loosen tol or give `harmonics`.

    Examples
    --------
    A qubit in a rotating field has ε = ω/2 ± ½√((ω₀ − ω)² + Ω_R²), modulo ω:

    >>> import numpy as np, redfield as rf
    >>> x, y, z = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])
    >>> bath = rf.OhmicBath(strength=0.01, cutoff=10.0, beta=1.0)
    >>> drive = [0.5 * z, (0.1 * x, lambda t: np.cos(0.8 * t)), (0.1 * y, lambda t: np.sin(0.8 * t))]
    >>> qubit = rf.PeriodicSystem(drive, 2 * np.pi / 0.8, [x], bath)
    >>> bool(np.allclose(qubit.quasienergies, 0.4 * np.array([-1, 1]) + np.hypot(0.1, 0.1) * np.array([1, -1])))
    True
    """

    problem = "periodic"

    def __init__(
        self,
        hamiltonian: Operator,
        period: float,
        couplings: Couplings,
        baths: GivenBath | Sequence[GivenBath],
        *,
        harmonics: int | None = None,
        tol: float = 1e-9,
        breakpoints: Breakpoints = (),
        dims: Sequence[int] | None = None,
    ) -> None:
        self.breakpoints = tuple(breakpoints)
        self.driven = DrivenSystem(hamiltonian, couplings, baths, dims=dims)
        self.dims = self.driven.dims
        self.period = as_positive("period", period)
        self.asked_harmonics = None if harmonics is None else as_count("harmonics", harmonics, 0)
        self.tol = as_positive("tol", tol)
        self.dimension = self.driven.dimension
        self.frequency = 2.0 * np.pi / self.period
        self.baths = self.driven.baths
        self.reservoirs, self.reservoir_of_coupling = distinct([b.reservoir for b in self.baths])
        self._require_period()
        self.driven.require_hermitian(np.array([0.0, self.period]))
        self.core  # noqa: B018  (errors come early)

    def _parameters(self) -> dict[str, Any]:
        return {
            "hamiltonian": self.hamiltonian,
            "period": self.period,
            "couplings": self.couplings,
            "baths": self.baths,
            "harmonics": self.asked_harmonics,
            "tol": self.tol,
            "breakpoints": self.breakpoints,
            **({} if self.dims is None else {"dims": self.dims}),
        }

    def of_reservoir(self, reservoir: int) -> PeriodicSystem:
        """Make the system with the couplings of one reservoir alone; its harmonics are as many as of all."""
        driven = self.driven.of_reservoir(reservoir)
        return self._replaced(
            driven=driven,
            baths=driven.baths,
            reservoirs=driven.reservoirs,
            reservoir_of_coupling=driven.reservoir_of_coupling,
            asked_harmonics=self.harmonics,
        )

    @property
    def hamiltonian(self) -> TimeOperator:
        """H(t), as of a `DrivenSystem`."""
        return self.driven.hamiltonian

    @property
    def couplings(self) -> Any:
        """SiteProjectors or the operators A_j(t)."""
        return self.driven.couplings

    def conserved_quantities(self, *, tol: Positive = 1e-9) -> ComplexArray:
        """Return a basis of the operators that commute with H and every coupling at all times, (K, N, N).

        They commute with every term of a sum ``[h0, (h1, f1), …]``; a function of time has none, and is refused with a
        TypeError. See System.conserved_quantities.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> z, bath = np.diag([1.0, -1.0]), rf.OhmicBath(0.1, 5.0, beta=1.0)
        >>> dephasing = rf.PeriodicSystem([z, (z, np.cos)], 2 * np.pi, [z], bath)
        >>> len(dephasing.conserved_quantities())
        2
        """
        return self.driven.conserved_quantities(tol=tol)

    @property
    def quasienergies(self) -> RealArray:
        return self.core[0].quasienergies

    @property
    def harmonics(self) -> int:
        return self.core[1].most

    @property
    def left(self) -> float:
        return self.core[1].left

    def modes(self, t: Finite) -> ComplexArray:
        """Φ(t), (N, N): column k the mode of quasienergies[k] in the basis H is given in.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
        >>> bath = rf.OhmicBath(strength=0.01, cutoff=10.0, beta=1.0)
        >>> qubit = rf.PeriodicSystem([0.5 * z, (0.3 * x, np.cos)], 2 * np.pi, [x], bath)
        >>> bool(np.allclose(qubit.modes(0.3 + 2 * np.pi), qubit.modes(0.3)))
        True
        """
        t = as_moment("t", t)
        modes = self.core[0]
        since = t - self.period * np.floor(t / self.period)
        phi: ComplexArray = modes.frame(since) * np.exp(1j * modes.quasienergies * since)
        return phi

    def aligned_modes(self, t: Finite) -> ComplexArray:
        """Φ(t), (N, N), of the modes that belong to `energies`."""
        phi: ComplexArray = self.core[0].at(t)
        return phi

    def aligned_modes_at(self, times: RealArray) -> ComplexArray:
        """Φ at each time, (T, N, N), of the modes that belong to `energies`."""
        moments = times - self.period * np.floor(times / self.period)
        return np.array([self.aligned_modes(t) for t in moments.tolist()])

    def grid(self) -> RealArray:
        """Return times in a period that resolve the harmonics of a state."""
        count = max(LEAST_TIMES, int(2 ** np.ceil(np.log2(4 * self.harmonics + 1))))
        times: RealArray = np.linspace(0.0, self.period, count, endpoint=False)
        return times

    def exchange(self, counts: RealArray, released: RealArray, work: float) -> Exchange:
        """Return the particles, energy and heat that the system receives in a period.

        They follow from how often each coupling acts and from the energy that it releases; a particle has the μ of its
        bath.
        """
        particle, energy, heat = np.zeros((3, len(self.reservoirs)))
        for bath, reservoir, count, each in zip(
            self.baths, self.reservoir_of_coupling, counts, released, strict=True
        ):
            particle[reservoir] -= bath.exchange * count
            energy[reservoir] -= each
            heat[reservoir] -= each - bath.exchange * bath.mu * count
        return Exchange(particle, energy, heat, work)

    def of_coupling(self, j: int) -> ComplexArray:
        """A_{j,n} in the modes that belong to `energies`, (2 harmonics + 1, N, N), n from −harmonics."""
        return self.core[1].series(as_index("j", j, len(self.driven.couplings)))

    @property
    def energies(self) -> RealArray:
        """The quasi-energies plus those multiples of Ω that bring each nearest to the mean of H in its mode, (N,).

        They are the energies where H is constant.
        """
        return self.core[0].energies

    def turns(self, times: RealArray) -> ComplexArray:
        """e^{inΩt}, (T, 2 harmonics + 1)."""
        n = np.arange(-self.harmonics, self.harmonics + 1)
        phases: ComplexArray = np.exp(1j * self.frequency * np.multiply.outer(times, n))
        return phases

    @functools.cached_property
    def core(self) -> tuple[_core.FloquetModes, _core.Harmonics, tuple[float, ...]]:
        """The modes and the couplings in them in the compiled core, and where something jumps in a period."""
        hamiltonian, couplings = self.driven.operators(Window(0.0, self.period, np.inf, self.breakpoints))
        modes = floquet_modes(hamiltonian, couplings, self.period)
        shortest = min(made.shortest() for made in [hamiltonian, *couplings])
        found = _core.Harmonics.of(
            modes,
            [a.operator for a in couplings],
            self.tol,
            MOST_HARMONICS if self.asked_harmonics is None else self.asked_harmonics,
            self.asked_harmonics is not None,
            as_max_bytes(None),
            0,
            int(min(MOMENTS * self.period / shortest, MOST_MOMENTS)),
        )
        jumps = np.unique(np.concatenate([made.jumps for made in [hamiltonian, *couplings]]))
        return modes, found, tuple(jumps.tolist())

    def contacts(self, lamb_shift: bool) -> _core.FloquetContacts:
        """Return the couplings in the modes with the spectra of their baths."""
        modes, harmonics, _ = self.core
        width = float(np.ptp(modes.energies)) + harmonics.most * self.frequency
        spectra, of_coupling = self.driven.spectra(width, lamb_shift)
        return _core.FloquetContacts(harmonics, spectra, of_coupling)

    def _require_period(self) -> None:
        couplings = () if isinstance(self.driven.couplings, SiteProjectors) else self.driven.couplings
        for x in (self.driven.hamiltonian, *couplings):
            require_repeats(x, self.period)
