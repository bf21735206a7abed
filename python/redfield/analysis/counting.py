"""Full counting statistics of energy, particles, heat and jumps."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_density_matrix,
    as_not_negative,
    as_numeric,
    require_finite,
    require_memory,
    shown,
)
from redfield._base.checks.types import Finite, State
from redfield._base.records import Record, record
from redfield.analysis.counted import moments
from redfield.analysis.events import Part, kept, parts_of
from redfield.equations import Davies, Lindblad
from redfield.equations.base import AnyEquation
from redfield.results.steady import MultipleSteadyStates

QUANTITIES = ("heat", "energy", "particle", "jumps")
STATIONARY = 1e-12
"""Ratio to the largest singular value of 𝓛 on the counted pairs, per pair; below it there is another steady state."""


class Counting(Record):
    r"""The statistics of what each reservoir receives.

    .. math:: \mathcal L_\lambda(\rho) = -i[H + H_\mathrm{LS}, \rho] + \sum_{b,\omega} \gamma_b(\omega)
              \Big( e^{\lambda_b q} A(\omega)\rho A^\dagger(\omega)
              - \tfrac12\{A^\dagger(\omega)A(\omega), \rho\} \Big), \qquad
              \theta(\lambda) = \lim_{t\to\infty} \frac1t \ln\langle e^{\lambda\cdot q}\rangle

    (M. Esposito, U. Harbola & S. Mukamel, Rev. Mod. Phys. 81, 1665 (2009)). A jump releases ω to its reservoir, and n
    particles, 1 through the a and −1 through the a† of a ParticleBath; q is ω (energy), n (particle), ω − μn (heat) or
    1 (jumps). With temperatures β_b the heat's θ obeys the Gallavotti–Cohen symmetry θ(λ) = θ(−β − λ) under Davies'
    equation, whose tilted generator is built on the populations and the coherences inside degenerate levels, which
    are closed under it.

    Redfield's ΛρA† + AρΛ† counts the frequencies of Λ, what two measurements of the bath find at second order; as its
    states may have negative populations, so may its statistics. A jump LρL† of UniversalLindblad or GeometricArithmetic
    counts the mean of its two frequencies. Their tilted generators are N² × N².

    Parameters
    ----------
    equation : Davies, Redfield, PartialSecular, UniversalLindblad, GeometricArithmetic or Lindblad; each of its
        system's reservoirs is counted by itself.
    quantity : "heat", "energy", "particle", or "jumps", of Lindblad the only one.
    degeneracy_tol : of Davies, levels at most this apart are degenerate; default that of the equation.

    Raises
    ------
    TypeError, ValueError
        The equation is another; particles are counted of baths that exchange none.
    MemoryError
        The tilted generator needs more than there is.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> hot, cold = (rf.OhmicBath(strength=0.04, cutoff=10.0, beta=b) for b in (0.5, 2.0))
    >>> counting = Counting(rf.Davies(rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]] * 2, [hot, cold])))
    >>> cumulants = counting.cumulants()
    >>> cumulants.mean.round(5), cumulants.covariance[1, 1].round(5)
    (array([-0.00929,  0.00929]), np.float64(0.01374))
    >>> counting.symmetry_defect([0.3, -0.2]) < 1e-12
    True
    """

    def __init__(
        self, equation: AnyEquation, quantity: str = "heat", *, degeneracy_tol: float | None = None
    ) -> None:
        self.equation = equation
        self.quantity = as_choice("quantity", quantity, QUANTITIES)
        if isinstance(equation, Lindblad) and quantity != "jumps":
            raise ValueError(f"quantity {quantity!r}: jumps are no baths with energies; count 'jumps'")
        system = equation.system
        system.require_independent("Counting")
        self._secular = isinstance(equation, Davies)
        own = getattr(equation, "degeneracy_tol", None)
        own = system.degeneracy_tol if own is None else own
        tol = own if degeneracy_tol is None else as_not_negative("degeneracy_tol", degeneracy_tol)
        e = system.energies
        level = np.concatenate([[0], np.cumsum(np.diff(e) > tol)])
        same = level[:, None] == level[None, :]
        self._a, self._b = np.nonzero(same if self._secular else np.ones_like(same))
        require_memory("the tilted generator", 16.0 * (3.0 + len(system.reservoirs)) * len(self._a) ** 2)
        # Levels of one energy have one frequency, as in Davies' equation.
        self._energies = e[np.searchsorted(level, level)] if self._secular else e
        self.reservoirs = len(system.reservoirs)
        self._jumps, self._charges = self._tables()
        self._rest = self._decay()

    def _parts(self, coupling: int) -> list[Part]:
        """Return the terms XρY† of a coupling; those of Davies' equation release one frequency each."""
        if not self._secular:
            return parts_of(self.equation, coupling)
        system: Any = self.equation.system
        a = system.coupling_in_eigenbasis(coupling)
        w = self._energies[None, :] - self._energies[:, None]
        return [Part(system.coupling_bath(coupling).power_spectrum(w) * a, a, (1.0, 0.0))]

    def _tables(self) -> tuple[list[list[ComplexArray]], list[list[RealArray]]]:
        """Return X_ac Y*_bd from pair (c, d) to pair (a, b) for the terms XρY†, and the charge of such a jump.

        Both are lists of each reservoir, one for each particle number and weight of the energies that X and Y release.
        """
        system, mask, e = self.equation.system, kept(self.equation), self._energies
        by_a, by_b = (np.subtract.outer(e[i], e[i]).T for i in (self._a, self._b))
        near = None
        if mask is not None:
            rows, columns = (np.add.outer(i, len(e) * i) for i in (self._a, self._b))  # (a, c) and (b, d)
            near = mask[rows, columns]
        jumps: list[list[ComplexArray]] = []
        charges: list[list[RealArray]] = []
        for r, reservoir in enumerate(system.reservoirs):
            by_part: dict[tuple[int, tuple[float, float]], ComplexArray] = {}
            for j in [j for j, of in enumerate(system.reservoir_of_coupling) if of == r]:
                number = system.coupling_bath(j).exchange
                for x, y, weight in self._parts(j):
                    jump = x[np.ix_(self._a, self._a)] * y[np.ix_(self._b, self._b)].conj()
                    jump = jump if near is None else np.where(near, jump, 0.0)
                    by_part[number, weight] = by_part.get((number, weight), 0.0) + jump
            self._require_particles(reservoir, {number for number, _ in by_part})
            jumps.append(list(by_part.values()))
            charges.append([self._charge(k, reservoir.mu, x * by_a + y * by_b) for k, (x, y) in by_part])
        return jumps, charges

    def _require_particles(self, reservoir: object, numbers: set[int]) -> None:
        if self.quantity == "particle" and numbers == {0}:
            raise ValueError(f"quantity 'particle': {reservoir!r} exchanges none with the system")

    def _charge(self, particles: int, mu: float, released: RealArray) -> RealArray:
        if self.quantity in ("particle", "jumps"):
            return np.full(released.shape, float(particles) if self.quantity == "particle" else 1.0)
        return released if self.quantity == "energy" else released - mu * particles

    def _decay(self) -> ComplexArray:
        """Return −i[H, ρ] − Kρ − ρK† on the pairs."""
        system, k = self.equation.system, self.equation.generator.decay()
        assert k is not None
        same_b = self._b[:, None] == self._b[None, :]
        same_a = self._a[:, None] == self._a[None, :]
        rest: ComplexArray = -(
            k[np.ix_(self._a, self._a)] * same_b + k[np.ix_(self._b, self._b)].conj() * same_a
        )
        bohr = system.energies[self._a] - system.energies[self._b]
        rest -= 1j * np.diag(bohr)
        return rest

    def _derivative(self, reservoir: int, order: int) -> ComplexArray:
        """Return d^order 𝓛_λ/dλ_b at λ = 0."""
        parts = zip(self._jumps[reservoir], self._charges[reservoir], strict=True)
        total: ComplexArray = sum(charge**order * jump for jump, charge in parts)  # type: ignore[assignment]
        return total

    def tilted(self, counting: npt.ArrayLike) -> ComplexArray:
        """Return 𝓛_λ on the counted pairs of levels, λ (B,) in units of 1/energy, or none of particles."""
        out = self._rest.copy()
        for x, jumps, charges in zip(self._field(counting), self._jumps, self._charges, strict=True):
            for jump, charge in zip(jumps, charges, strict=True):
                out += np.exp(x * charge) * jump
        return out

    def scaled_cumulants(self, counting: npt.ArrayLike) -> float:
        """Return θ(λ), the real part of the eigenvalue of 𝓛_λ that has the largest."""
        return float(np.linalg.eigvals(self.tilted(counting)).real.max())

    def cumulants(self) -> Cumulants:
        """Return mean and covariance of what each reservoir receives, per time, in the steady state.

        From first- and second-order perturbation theory of the eigenvalue 0 of 𝓛, no differences.

        Raises
        ------
        MultipleSteadyStates
            There are several steady states: the statistics depend on the initial one.
        """
        generator = self.tilted(np.zeros(self.reservoirs))
        pairs = len(generator)
        values = np.linalg.svd(generator, compute_uv=False)
        count = int((values <= STATIONARY * pairs * max(float(values[0]), 1e-300)).sum())
        if count > 1:
            raise MultipleSteadyStates(
                f"there are {count} steady states, and the statistics depend on which: count in one sector",
                count,
            )
        one = (self._a == self._b).astype(np.complex128)
        # 𝓛ρ = 0, tr ρ = 1, and the group inverse, from one bordered system.
        bordered = np.block([[generator, one[:, None]], [one[None, :], np.zeros((1, 1))]])
        inverse = np.linalg.inv(bordered)
        steady = inverse[:pairs, pairs]
        first = [self._derivative(b, 1) for b in range(self.reservoirs)]
        mean = np.array([(one @ (f @ steady)).real for f in first])
        covariance = np.empty((self.reservoirs, self.reservoirs))
        for i, f in enumerate(first):
            for j, g in enumerate(first):
                # −(δ𝓛_i 𝓛⁺ δ𝓛_j + i ↔ j), 𝓛⁺ on vectors without trace and with no trace in its image.
                there = g @ steady - mean[j] * steady
                back = f @ steady - mean[i] * steady
                mixed = -(one @ (f @ (inverse[:pairs, :pairs] @ there)))
                mixed -= one @ (g @ (inverse[:pairs, :pairs] @ back))
                own = one @ (self._derivative(i, 2) @ steady) if i == j else 0.0
                covariance[i, j] = (mixed + own).real
        return Cumulants(mean, covariance)

    def symmetry_defect(self, counting: npt.ArrayLike) -> float:
        """Return |θ(λ) − θ(−β − λ)| of the heat over the largest decay rate, 0 by the fluctuation theorem.

        Raises
        ------
        ValueError
            Something else than heat is counted; a bath has no temperature, or an infinite beta.
        """
        if self.quantity != "heat":
            raise ValueError(f"the symmetry is the heat's, but quantity is {self.quantity!r}")
        betas = [bath.beta for bath in self.equation.system.reservoirs]
        if any(b is None or np.isinf(b) for b in betas):
            raise ValueError(f"the symmetry needs a finite temperature of every bath, got beta = {betas}")
        field = self._field(counting)
        other = -np.array(betas, dtype=np.float64) - field
        rate = max(self.equation.generator.bounds[1], 1e-300)
        return float(abs(self.scaled_cumulants(field) - self.scaled_cumulants(other)) / rate)

    def _field(self, counting: npt.ArrayLike) -> RealArray:
        field = as_numeric("counting", counting)
        if field.shape != (self.reservoirs,) or field.dtype != np.float64:
            raise ValueError(
                f"counting must be {self.reservoirs} real numbers, one a reservoir; got {shown(counting)}"
            )
        require_finite("counting", field)
        return field

    def moments(self, rho0: State, t: Finite) -> tuple[RealArray, RealArray]:
        """Return mean and variance, (B,) each, of what each reservoir has received by t from ρ(0) = rho0 on.

        ⟨e^{λq}⟩ = tr e^{𝓛_λ t}ρ(0), its derivatives from block-triangular exponentials, at any t.

        Raises
        ------
        ConvergenceError
            Rounding decides them: the slowest rates are lost beside the fastest frequencies.
        """
        t, u = as_not_negative("t", t), self.equation.system.eigenvectors
        rho = u.conj().T @ as_density_matrix("rho0", rho0, len(u)) @ u
        start = rho[self._a, self._b]
        populations = np.flatnonzero(self._a == self._b)
        generator = self.tilted(np.zeros(self.reservoirs))
        mean, variance = np.empty(self.reservoirs), np.empty(self.reservoirs)
        for b in range(self.reservoirs):
            f, g = self._derivative(b, 1), 0.5 * self._derivative(b, 2)
            mean[b], variance[b] = moments(generator, f, g, populations, start, t)
        return mean, variance


@record
class Cumulants(Record, answer=True):
    """Per time, in the steady state: mean (B,) and covariance (B, B) of what each reservoir receives."""

    mean: RealArray
    covariance: RealArray

    @property
    def fano(self) -> RealArray:
        """The variance over |mean|, (B,), 1 of independent events; nan where nothing flows."""
        with np.errstate(divide="ignore", invalid="ignore"):
            factors: RealArray = np.where(
                self.mean != 0.0, self.covariance.diagonal() / np.abs(self.mean), np.nan
            )
        return factors
