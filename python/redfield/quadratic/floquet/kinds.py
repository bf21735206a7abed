"""Davies' and Redfield's equation of quadratic systems whose Hamiltonian repeats."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_covariance, as_flag, as_moment, as_times
from redfield._base.progress import Progress
from redfield._base.records import Record
from redfield.quadratic import base as static
from redfield.quadratic import driven
from redfield.quadratic.driven.system import Tables
from redfield.quadratic.floquet.secular import Secular
from redfield.quadratic.floquet.system import System
from redfield.quadratic.flow import Covariance, LinearFlow
from redfield.quadratic.result import Recorder, Result
from redfield.systems.drives.window import Window

STILL = 1e-13
"""Of the fastest decay: what decays slower does not."""


def by_harmonic(
    system: System, lamb_shift: bool
) -> Iterator[tuple[ComplexArray, RealArray, ComplexArray, ComplexArray]]:
    """Of every harmonic n: Φ_n, ω_k = ε_k − nΩ, and J²(½D + iΔ)(ω_k)∘Φ_n and J²Γ_22*(−ω_k)∘Φ_n, each (N, N)."""
    e, tables = system.energies, Tables(system.contacts, lamb_shift)
    order = np.argsort(e, kind="stable")
    reach = system.harmonics * system.frequency
    # The whole range at first, so that they are made once.
    tables(np.array([e.min() - reach, e.max() + reach]))
    for i, phi in enumerate(system.series):
        w = e - (i - system.harmonics) * system.frequency
        damping, gain = np.empty((2, len(e), len(e)), dtype=np.complex128)
        damping[:, order], gain[:, order] = tables(w[order])
        yield phi, w, *static.by_site(system.contacts, phi, damping, gain)


class PeriodicState(Record, answer=True):
    """G(t + T) = G(t).

    Attributes
    ----------
    occupations : (N,) of the Floquet modes, in the order of System.quasienergies.
    particle, energy, heat : (B,) what each bath gives to the system in a period, in the order of System.baths, counted
        in the frequencies that are exchanged; heat is energy less μ for each particle.
    work : what the drive gives in a period, −Σ energy.
    """

    def __init__(
        self, system: System, in_frame: ComplexArray, particle: RealArray, energy: RealArray
    ) -> None:
        self.system, self._in_frame = system, in_frame
        self.occupations: RealArray = in_frame.diagonal().real.copy()
        self.particle, self.energy = particle, energy
        self.heat: RealArray = energy - np.array([b.mu for b in system.baths]) * particle
        self.work = -float(energy.sum())

    def at(self, t: float) -> ComplexArray:
        """G(t), (N, N) in the basis h is given in."""
        frame = self.system.core.frame(as_moment("t", t) % self.system.period)
        g: ComplexArray = frame @ self._in_frame @ frame.conj().T
        return g


class Davies(Record):
    r"""Davies' equation in the Floquet modes.

    .. math:: \dot{\tilde G} = -(m\tilde G + \tilde G m^\dagger) + q, \qquad G = \Phi e^{-i\varepsilon t} \tilde G\,
              e^{i\varepsilon t} \Phi^\dagger, \qquad
              m_{kk} = \sum_{jn} J_j^2 |(\Phi_n)_{jk}|^2 [\tfrac12 D_j + i\Delta_j](\varepsilon_k - n\Omega)

    between modes of one quasi-energy modulo Ω, and q the same with γ_22. It is solved in closed form.

    Parameters
    ----------
    system : quadratic.floquet.System.
    lamb_shift : with False, Δ and its like are left out.

    Warns
    -----
    SecularWarning
        A rate exceeds half of a gap between quasi-energies, or an answer neglects coherences of more than .1 of the
        largest occupation: `Redfield` keeps them.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(lambda w: np.exp(-w**2 / 18), beta=1.0)
    >>> drive = [rf.models.chain(3), (np.diag([0.5, 0.0, -0.5]), lambda t: np.cos(2.0 * t))]
    >>> davies = Davies(System(drive, np.pi, coupling=0.4, bath=bath))
    >>> state = davies.steady_state()
    >>> late = davies.evolve(np.zeros(3), [0.0, 400.0])
    >>> bool(abs(state.at(400.0) - late.final_covariance).max() < 1e-10), bool(state.work > 0)
    (True, True)
    """

    def __init__(self, system: System, lamb_shift: bool = True) -> None:
        if not isinstance(system, System):
            raise TypeError(f"system must be a quadratic.floquet.System, got {type(system).__name__}")
        self.system, self.lamb_shift = system, as_flag("lamb_shift", lamb_shift)
        self._made  # noqa: B018  (errors come early)

    @property
    def _same(self) -> npt.NDArray[np.bool_]:
        """Pairs of modes of equal quasi-energies, (N, N)."""
        e = self.system.energies
        same: npt.NDArray[np.bool_] = np.abs(e - e[:, None]) <= self.system.degeneracy
        return same

    @functools.cached_property
    def _made(self) -> tuple[ComplexArray, ComplexArray, dict[str, ComplexArray], float]:
        """m and q in the frame, (N, N), of each bath and harmonic's frequencies the sums that count, and a bound on the
        elements that m and q would have with all terms."""
        system = self.system
        n, same = system.dimension, self._same
        alone = same.sum() == n
        m, q = np.zeros((2, n, n), dtype=np.complex128)
        squares = np.zeros((2, n))
        counted = {
            key: np.zeros((len(system.baths), n), dtype=np.complex128) for key in ("M", "Q", "wM", "wQ")
        }
        for phi, w, damped, gained in by_harmonic(system, self.lamb_shift):
            d, g = (phi.conj() * x for x in (damped, gained))
            # By Cauchy and Schwarz, the columns of Σ_n Φ_n being of norm 1.
            squares += [(np.abs(damped) ** 2).sum(axis=0), 4.0 * (np.abs(gained) ** 2).sum(axis=0)]
            if alone:
                # Only what stands on the diagonal of Φ†(…).
                m[np.diag_indices(n)] += d.sum(axis=0)
                q[np.diag_indices(n)] += 2.0 * g.sum(axis=0).real
            else:
                m += np.where(same, phi.conj().T @ damped, 0.0)
                x = np.where(same, phi.conj().T @ gained, 0.0)
                q += x + x.conj().T
            for key, of_sites in (("M", d), ("Q", g)):
                of_bath = np.zeros((len(system.baths), n), dtype=np.complex128)
                np.add.at(of_bath, system.contacts.bath_of_site, of_sites)
                counted[key] += of_bath
                counted["w" + key] += w * of_bath
        return m, q, counted, float(np.sqrt(squares.max()))

    @functools.cached_property
    def _flow(self) -> LinearFlow:
        m, q, *_ = self._made
        return LinearFlow(m, q, None)

    @functools.cached_property
    def _secular(self) -> Secular:
        harmonics = by_harmonic(self.system, self.lamb_shift)
        return Secular(self.system, harmonics, self.rates, self._made[3])

    @property
    def rates(self) -> RealArray:
        """(N,) 2 Re m_kk: how fast the occupation of each mode relaxes."""
        rates: RealArray = 2.0 * self._made[0].diagonal().real
        return rates

    @property
    def _undamped(self) -> bool:
        return bool(self.rates.min() <= STILL * max(float(self.rates.max()), 1e-300))

    def _diagonal(self) -> bool:
        m, q, *_ = self._made
        return not any((x - np.diag(x.diagonal())).any() for x in (m, q))

    def evolve(
        self,
        G0: Any,
        tlist: Any,
        e_ops: Any = None,
        *,
        store_states: bool | None = None,
        progress: Progress = False,
        stop: _core.StopFlag | None = None,
    ) -> Result:
        """G(t) from G(tlist[0]) = G0, in closed form; arguments as of quadratic.Davies.evolve."""
        system, times = self.system, as_times("tlist", tlist)
        g0 = as_covariance("G0", G0, system.dimension, system.statistics)
        start = system.core.frame(float(times[0]))
        inside = start.conj().T @ g0 @ start
        self._secular.warn([inside.diagonal().real], 2)
        recorder = Recorder(e_ops, system.dimension, store_states, self, stop)
        states = (
            Covariance(g, system.core.frame(float(t)))
            for t, g in zip(times, self._solved(inside, times), strict=True)
        )
        return recorder.collect(times, states, progress, "closed form")

    def _solved(self, inside: ComplexArray, times: RealArray) -> Any:
        if not self._diagonal() or self._undamped:
            return (state.matrix() for state in self._flow.solve(inside, times, None))
        z = self._made[0].diagonal()
        final = np.diag(self._occupations())
        rest = inside - final
        rate = z[:, None] + z.conj()
        return (final + np.exp(-rate * (t - times[0])) * rest for t in times)

    def _occupations(self) -> RealArray:
        q, rate = self._made[1], self.rates
        if self._undamped:
            raise _core.ConvergenceError(
                f"a Floquet mode does not decay (its rate is {rate.min():.2g}): its occupation stays what it was; "
                "give steady_state the initial covariance as G0"
            )
        occupations: RealArray = q.diagonal().real / rate
        return occupations

    def steady_state(self, G0: Any = None) -> PeriodicState:
        """The periodic state.

        Parameters
        ----------
        G0 : (N, N) covariance at t = 0 whose late mean is wanted where some modes do not decay; as of `evolve`.

        Raises
        ------
        ConvergenceError
            Without G0: a mode does not decay.
        """
        system, counted = self.system, self._made[2]
        if G0 is not None:
            g0, start = (
                as_covariance("G0", G0, system.dimension, system.statistics),
                system.core.frame(0.0),
            )
            late = self._flow.late(start.conj().T @ g0 @ start)
            # Coherences of modes that do not decay turn by their quasi-energies.
            g = np.where(self._same, late, 0.0)
        elif self._diagonal():
            g = np.diag(self._occupations()).astype(np.complex128)
        else:
            g = self._flow.steady()
        # What each bath gives to each mode, but for coherences of equal quasi-energies, whose mean is the same.
        occupation = g.diagonal().real
        self._secular.warn([occupation], 2)
        particle, energy = (
            2.0 * (counted[q].real - counted[m].real * occupation).sum(axis=1) * system.period
            for q, m in (("Q", "M"), ("wQ", "wM"))
        )
        return PeriodicState(system, g, particle, energy)


class Redfield(driven.Redfield):
    r"""Redfield's equation in the Floquet modes, its start long ago.

    .. math:: \hat\Gamma_{11}(t) = \sum_n e^{in\Omega t} \Phi_n\, \Gamma_{11}(\varepsilon - n\Omega)\, \Phi^\dagger(t)

    in place of Γ_11(h), and the same with Γ_22(−(ε − nΩ)): what `quadratic.driven.Redfield` becomes after the memory of
    its baths, without an integral over the past. `periodic_state(period)` and all else as of that.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(lambda w: np.exp(-w**2 / 18), beta=1.0)
    >>> drive = [rf.models.chain(3), (np.diag([0.5, 0.0, -0.5]), lambda t: np.cos(2.0 * t))]
    >>> floquet = Redfield(System(drive, np.pi, coupling=0.4, bath=bath))
    >>> cycle = floquet.steady_state(points=5)
    >>> cycle.densities.shape
    (5, 3)
    """

    def __init__(self, system: System, lamb_shift: bool = True) -> None:
        if not isinstance(system, System):
            raise TypeError(f"system must be a quadratic.floquet.System, got {type(system).__name__}")
        super().__init__(system.driven)
        self.floquet, self.lamb_shift = system, as_flag("lamb_shift", lamb_shift)

    needs_history = False

    @property
    def _given_system(self) -> System:
        return self.floquet

    def steady_state(self, *, points: int = 33, tol: float = 1e-10) -> Result:
        """The state that repeats itself, over one period; see `periodic_state`."""
        return self.periodic_state(self.floquet.period, points=points, tol=tol)

    @functools.cached_property
    def _weighted(self) -> tuple[ComplexArray, ComplexArray]:
        """J²(½D + iΔ)∘Φ_n and J²Γ_22*∘Φ_n of every harmonic, (2 harmonics + 1, N, N)."""
        system = self.floquet
        out = np.empty((2, *system.series.shape), dtype=np.complex128)
        for i, (_, _, damped, gained) in enumerate(by_harmonic(system, self.lamb_shift)):
            out[0, i], out[1, i] = damped, gained
        return out[0], out[1]

    def _prepared(self, window: Window) -> Callable[[float], static.Equation]:
        system, parts = self.floquet, self._weighted
        n = np.arange(-system.harmonics, system.harmonics + 1)

        def at(t: float) -> static.Equation:
            since = t % system.period
            phases: npt.NDArray[Any] = np.exp(1j * system.frequency * n * since)
            back = system.unfolded(since).conj().T
            damped, gained = (np.tensordot(phases, x, 1) @ back for x in parts)
            frozen = self.system.frozen(t)
            return static.Equation(frozen, None, frozen.hamiltonian, damped, gained, None, True)

        return at
