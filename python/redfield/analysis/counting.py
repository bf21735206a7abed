"""Full counting statistics of heat under Davies' equation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.linalg

from redfield.equations import Davies
from redfield.validation import ComplexArray, RealArray, as_numeric, as_square, require_finite


class HeatCounting:
    r"""The statistics of the energy each bath receives.

    .. math:: \mathcal L_\lambda(\rho) = -i[H + H_\mathrm{LS}, \rho] + \sum_{b,\omega} \gamma_b(\omega)
              \Big( e^{\lambda_b\omega} A(\omega)\rho A^\dagger(\omega)
              - \tfrac12\{A^\dagger(\omega)A(\omega), \rho\} \Big), \qquad
              \theta(\lambda) = \lim_{t\to\infty} \frac1t \ln\langle e^{\lambda\cdot q}\rangle

    (M. Esposito, U. Harbola & S. Mukamel, Rev. Mod. Phys. 81, 1665 (2009)). ω is what a jump releases to its
    bath. With temperatures β_b θ obeys the Gallavotti–Cohen symmetry θ(λ) = θ(−β − λ). The tilted generator is
    built on the populations and the coherences inside degenerate levels, which are closed under Davies' equation.

    Parameters
    ----------
    equation : Davies' equation; each of its system's baths is counted by itself.
    degeneracy_tol : levels at most this apart are degenerate; default 1e-12 of the bandwidth.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> hot, cold = (rf.OhmicBath(strength=0.04, cutoff=10.0, beta=b) for b in (0.5, 2.0))
    >>> counting = HeatCounting(rf.Davies(rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]] * 2, [hot, cold])))
    >>> cumulants = counting.cumulants()
    >>> cumulants.mean.round(5), cumulants.covariance[1, 1].round(5)
    (array([-0.00929,  0.00929]), np.float64(0.01374))
    >>> counting.symmetry_defect([0.3, -0.2]) < 1e-12
    True
    """

    def __init__(self, equation: Davies, degeneracy_tol: float | None = None) -> None:
        if not isinstance(equation, Davies):
            raise TypeError(f"equation must be Davies', got {type(equation).__name__}")
        self.equation = equation
        system = equation.system
        e = system.energies
        scale = max(float(np.ptp(e)), 1e-300)
        tol = 1e-12 * scale if degeneracy_tol is None else float(degeneracy_tol)
        near = np.abs(e[:, None] - e[None, :]) <= tol
        self._a, self._b = np.nonzero(near)
        self._energy = e[self._a]
        self.baths = len(system.baths)
        self._jumps = [self._jump(b) for b in range(self.baths)]
        self._rest = self._decay()

    def _jump(self, bath: int) -> ComplexArray:
        """γ(E_c − E_a) Σ_j A_ac A*_bd from pair (c, d) to pair (a, b)."""
        system = self.equation.system
        pairs = len(self._a)
        total = np.zeros((pairs, pairs), dtype=np.complex128)
        for j in np.flatnonzero(np.asarray(system.bath_of_coupling) == bath):
            x = system.coupling_in_eigenbasis(int(j))
            total += x[np.ix_(self._a, self._a)] * x[np.ix_(self._b, self._b)].conj()
        released = self._energy[None, :] - self._energy[:, None]
        # Rounding of degenerate levels must not decide on which side of a jump in γ they are.
        released[np.abs(released) <= 1e-12 * max(float(np.ptp(system.energies)), 1e-300)] = 0.0
        jumps: ComplexArray = system.baths[bath].power_spectrum(released) * total
        return jumps

    def _decay(self) -> ComplexArray:
        """−i[H, ρ] − Kρ − ρK† on the pairs."""
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

    def tilted(self, counting: npt.ArrayLike) -> ComplexArray:
        """𝓛_λ on the pairs of levels of one energy, λ (B,) in units of 1/energy."""
        field = self._field(counting)
        released = self._energy[None, :] - self._energy[:, None]
        out = self._rest.copy()
        for x, jump in zip(field, self._jumps, strict=True):
            out += np.exp(x * released) * jump
        return out

    def scaled_cumulants(self, counting: npt.ArrayLike) -> float:
        """θ(λ), the eigenvalue of 𝓛_λ with the largest real part; real."""
        return float(np.linalg.eigvals(self.tilted(counting)).real.max())

    def cumulants(self) -> Cumulants:
        """Mean and covariance of the heat that each bath receives, per time, in the steady state.

        From first- and second-order perturbation theory of the eigenvalue 0 of 𝓛, no differences.
        """
        generator = self.tilted(np.zeros(self.baths))
        pairs = len(generator)
        one = (self._a == self._b).astype(np.complex128)
        # 𝓛ρ = 0, tr ρ = 1, and the group inverse, from one bordered system.
        bordered = np.block([[generator, one[:, None]], [one[None, :], np.zeros((1, 1))]])
        inverse = np.linalg.inv(bordered)
        steady = inverse[:pairs, pairs]
        released = self._energy[None, :] - self._energy[:, None]
        first = [released * jump for jump in self._jumps]
        mean = np.array([(one @ (f @ steady)).real for f in first])
        covariance = np.empty((self.baths, self.baths))
        for i, f in enumerate(first):
            for j, g in enumerate(first):
                # −(δ𝓛_i 𝓛⁺ δ𝓛_j + i ↔ j), 𝓛⁺ on vectors without trace and with no trace in its image.
                there = g @ steady - mean[j] * steady
                back = f @ steady - mean[i] * steady
                mixed = -(one @ (f @ (inverse[:pairs, :pairs] @ there)))
                mixed -= one @ (g @ (inverse[:pairs, :pairs] @ back))
                own = one @ ((released**2 * self._jumps[i]) @ steady) if i == j else 0.0
                covariance[i, j] = (mixed + own).real
        return Cumulants(mean, covariance)

    def symmetry_defect(self, counting: npt.ArrayLike) -> float:
        """|θ(λ) − θ(−β − λ)| over the largest decay rate: 0 by the fluctuation theorem.

        Raises
        ------
        ValueError
            A bath has no temperature, or an infinite beta.
        """
        betas = [bath.beta for bath in self.equation.system.baths]
        if any(b is None or np.isinf(b) for b in betas):
            raise ValueError(f"the symmetry needs a finite temperature of every bath, got {betas}")
        field = self._field(counting)
        other = -np.array(betas, dtype=np.float64) - field
        rate = max(self.equation.generator.bounds[1], 1e-300)
        return abs(self.scaled_cumulants(field) - self.scaled_cumulants(other)) / rate

    def _field(self, counting: npt.ArrayLike) -> RealArray:
        field = as_numeric("counting", counting)
        if field.shape != (self.baths,) or field.dtype != np.float64:
            raise ValueError(f"counting must be {self.baths} real numbers, one a bath; got {counting!r}")
        require_finite("counting", field)
        return field

    def moments(self, rho0: Any, t: float) -> tuple[RealArray, RealArray]:
        """Mean (B,) and variance (B,) of the heat each bath has received by t, from ρ(0) = rho0, counted in jumps.

        ⟨e^{λq}⟩ = tr e^{𝓛_λ t}ρ(0), its derivatives from block-triangular exponentials.
        """
        u = self.equation.system.eigenvectors
        rho = u.conj().T @ as_square("rho0", rho0, len(u)) @ u
        start = rho[self._a, self._b]
        one = (self._a == self._b).astype(np.float64)
        generator = self.tilted(np.zeros(self.baths))
        released = self._energy[None, :] - self._energy[:, None]
        zero = np.zeros_like(generator)
        mean, second = np.empty(self.baths), np.empty(self.baths)
        for b, jump in enumerate(self._jumps):
            f, g = released * jump, 0.5 * released**2 * jump
            block = np.block([[generator, f, g], [zero, generator, f], [zero, zero, generator]])
            whole = scipy.linalg.expm(block * t)
            n = len(generator)
            mean[b] = (one @ (whole[:n, n : 2 * n] @ start)).real
            second[b] = 2.0 * (one @ (whole[:n, 2 * n :] @ start)).real
        return mean, second - mean**2


@dataclass(frozen=True)
class Cumulants:
    """Per time, in the steady state: mean (B,) and covariance (B, B) of the energy each bath receives."""

    mean: RealArray
    covariance: RealArray
