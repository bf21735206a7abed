r"""The linear flow Ġ = −(MG + GM†) + Q of a covariance matrix, in closed form.

.. math:: G(t) = e^{-Mt} G_0 e^{-M^\dagger t} + \int_0^t ds\, e^{-Ms} Q e^{-M^\dagger s}

by the eigenvectors of M = X diag(λ) X⁻¹, in which both terms are element-wise, or, where these are ill-conditioned
(exceptional points), by the doublings of `exact_step`. The steady state solves MG + GM† = Q (Lyapunov).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, RealArray
from redfield._core import ConvergenceError, equal_steps
from redfield.quadratic.covariance import Covariance, hermitian
from redfield.quadratic.separation import Eigen, eigen, merged, separated
from redfield.quadratic.step import exact_step

WELL_CONDITIONED = 1e4
"""κ₁ of M's eigenvectors up to which they are used: the error is about κ² times rounding."""
MARGINAL = 1e-13
"""A decay rate below this part of the largest rate and width of a block of near energies is zero."""
PRECISION = 1e-6
"""The largest change of G by rounding of M, ε‖M‖t in the exponents, relative to its norm, that is not refused."""
UNTOUCHED = 1e-8
"""ε‖M‖t below which nothing is judged."""
CORRECTIONS = 4
"""Corrections of a steady state by its residual, at most."""
EPSILON = float(np.finfo(float).eps)


def _require_digits(error: float, inner: ComplexArray, t: float) -> None:
    norm = float(np.linalg.norm(inner))
    if not error <= PRECISION * norm and math.isfinite(norm):
        raise ConvergenceError(
            f"evolve: rounding of the mode energies changes the covariance matrix by {error:.2g} of {norm:.2g} by "
            f"t = {t:g}; shorten the times, or take the steady state"
        )


class LinearFlow:
    """Ġ = −(MG + GM†) + Q with M and Q in the basis of the columns of `basis`; G in the given one.

    Parameters
    ----------
    m, q : (N, N), Q Hermitian.
    basis : (N, N) unitary, or None for the given basis.
    energies : (N,) ascending, where M = i diag(energies) + W, of which `m` is W then.
    """

    def __init__(
        self,
        m: ComplexArray,
        q: ComplexArray,
        basis: RealArray | ComplexArray | None = None,
        energies: RealArray | None = None,
    ) -> None:
        self.q, self.basis, self._rates = q, basis, m
        self._energies = None if energies is None else merged(energies)
        self.m: ComplexArray = m if energies is None else m + 1j * np.diag(energies)

    def apply(self, g: ComplexArray) -> ComplexArray:
        """Ġ, all in the given basis."""
        inner = self.into(g)
        return self.out_of(self.change(inner))

    def change(self, inner: ComplexArray) -> ComplexArray:
        """Ġ, all in the basis of the flow."""
        product = self._rates @ inner
        rate: ComplexArray = self.q - product - product.conj().T
        if self._energies is not None:
            rate = rate - 1j * np.subtract.outer(self._energies, self._energies) * inner
        return rate

    def into(self, g: ComplexArray) -> ComplexArray:
        u = self.basis
        return g if u is None else u.conj().T @ g @ u

    def out_of(self, inner: ComplexArray) -> ComplexArray:
        u = self.basis
        return inner if u is None else u @ inner @ u.conj().T

    def transposed(self, weight: ComplexArray) -> LinearFlow:
        """Return Ẏ = −(M†Y + YM) + W, what weights of G obey back in time, of a W in the given basis."""
        flow = LinearFlow(self._rates.conj().T, self.into(weight), self.basis)
        flow._energies = None if self._energies is None else -self._energies
        flow.m, flow.separation = self.m.conj().T, self.separation.transposed
        return flow

    @functools.cached_property
    def is_diagonal(self) -> bool:
        return not (self.m - np.diag(np.diagonal(self.m))).any()

    @functools.cached_property
    def separation(self) -> Eigen:
        """λ, X and X⁻¹ of M = X diag(λ) X⁻¹, with the digits of rates where they are weak."""
        if self.is_diagonal:
            one = np.eye(len(self.m), dtype=np.complex128)
            decay = np.diagonal(self._rates).astype(np.complex128)
            turn = np.zeros(len(self.m)) if self._energies is None else self._energies
            return Eigen(turn, decay, one, one)
        blocks = None if self._energies is None else separated(self._energies, self._rates)
        return eigen(self.m) if blocks is None else blocks

    @functools.cached_property
    def condition(self) -> float:
        """κ₁ of the eigenvectors of M; inf at an exceptional point."""
        vectors, inverse = self.separation.vectors, self.separation.inverse
        if not np.isfinite(inverse).all():
            return math.inf
        return float(np.linalg.norm(vectors, 1) * np.linalg.norm(inverse, 1))

    def require_digits(self, span: float, tol: float) -> None:
        """Refuse a time over which the rounding of M's eigenvalues leaves a larger error than `tol`.

        An eigenvalue is known to ε‖M‖κ, of a diagonal M to ε|λ|, and e^{−λt} is wrong by that times t, or times
        1/Re λ where it decays before. The eigenvectors' condition enters once more where they are used.

        Raises
        ------
        ConvergenceError
            The error would be larger.
        """
        values = self.separation.values
        size = np.abs(values)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            lasting = np.minimum(span, 1.0 / np.maximum(values.real, 1e-300))
            known = size if self.is_diagonal else np.full_like(size, size.max())
            error = float((EPSILON * known * lasting).max())
        if not error <= tol:
            raise ConvergenceError(
                f"evolve: rounding of energies and rates up to {size.max():.3g} leaves an error of about {error:.2g} "
                f"over a time of {span:.3g}, more than the tolerance {tol:.2g}; check the units of the Hamiltonian and "
                "the couplings, shorten tlist, or loosen rtol"
            )

    def solve(
        self, g0: ComplexArray, times: RealArray, modal: bool | None = None
    ) -> Iterator[Covariance]:
        """G at each time, from G(times[0]) = g0.

        `modal` takes the eigenvectors of M, or does without; default by their condition.

        Raises
        ------
        ConvergenceError
            G is not finite, or rounding decides it: ε‖M‖t, what the exponents are known to, changes it by more than
            PRECISION of its norm.
        """
        if modal or (modal is None and self.condition <= WELL_CONDITIONED):
            return self._by_modes(g0, times)
        return self._by_steps(g0, times)

    def _by_modes(self, g0: ComplexArray, times: RealArray) -> Iterator[Covariance]:
        values, vectors = self.separation.values, self.separation.vectors
        factor = vectors if self.basis is None else self.basis @ vectors
        start, source = self.to_modes(self.into(g0)), self.source
        sums = values[:, None] + values.conj()[None, :]
        safe = np.where(sums == 0.0, 1.0, sums)
        # The rounding of the eigenvalues.
        digits = 2.0 * EPSILON * np.abs(values)
        if not self.is_diagonal:
            digits[:] = digits.max(initial=0.0) * self.condition
        for t in times - times[0]:
            # (1 − e^{−st})/s, without cancellation, t where s = 0.
            weight = np.where(sums == 0.0, t, -np.expm1(-sums * t) / safe)
            phases = np.exp(-values * t)
            free = phases[:, None] * start * phases.conj()[None, :]
            inner = free + source * weight
            if float(digits.max(initial=0.0)) * t > UNTOUCHED:
                slope = np.where(
                    sums == 0.0, 0.5 * t * t, np.abs(t * np.exp(-sums * t) - weight) / np.abs(safe)
                )
                error = (digits[:, None] + digits[None, :]) * (np.abs(free) * t + np.abs(source) * slope)
                _require_digits(float(np.linalg.norm(error)), inner, t)
            yield Covariance(inner, factor)

    def _by_steps(self, g0: ComplexArray, times: RealArray) -> Iterator[Covariance]:
        inner = other = self.into(g0)
        span = float(times[-1] - times[0])
        judged = EPSILON * float(np.linalg.norm(self.m, 1)) * span > UNTOUCHED
        yield Covariance(inner, self.basis)
        for count, dt in equal_steps(times):
            step = exact_step(self.m, self.q, dt)
            again = exact_step(self.m, self.q, dt, extra=1) if judged else step
            for _ in range(count):
                inner = step(inner)
                if judged:
                    other = again(other)
                    _require_digits(float(np.linalg.norm(inner - other)), inner, span)
                yield Covariance(inner, self.basis)

    @functools.cached_property
    def source(self) -> ComplexArray:
        """Q between the eigenvectors of M."""
        return self.to_modes(self.q)

    def to_modes(self, inner: ComplexArray) -> ComplexArray:
        """Return a matrix in the basis between the eigenvectors of M, X⁻¹ and its adjoint."""
        inverse = self.separation.inverse
        return inverse @ inner @ inverse.conj().T

    def from_modes(self, modal: ComplexArray) -> ComplexArray:
        """Return the inverse of `to_modes`."""
        vectors = self.separation.vectors
        return vectors @ modal @ vectors.conj().T

    def steady(self, g0: ComplexArray | None, tol: float) -> tuple[ComplexArray, float, bool]:
        """Return the late mean of G, (N, N) in the given basis, an estimate of its error ‖δG‖_F, and its uniqueness.

        It is the solution of MG + GM† = Q where every mode decays. Between modes that do not decay it is the part of
        G0, where that does not turn, else 0.

        Raises
        ------
        ConvergenceError
            A mode grows, or does not decay and G0 is None or the mode is fed, or the modes are too near an exceptional
            point to tell.
        """
        decay = self.separation.decay
        # Rounding of the rates alone where M is diagonal, else of rates and widths of blocks of near energies.
        size = np.abs(decay.real) if self.is_diagonal else np.abs(decay)
        floor = MARGINAL * max(float(size.max()), 1e-300)
        slowest, lasting = float(decay.real.min()), decay.real <= floor
        if slowest < -floor:
            raise ConvergenceError(
                f"steady_state: a mode grows at the rate {-slowest:.3g}; this equation has no steady state. "
                "Davies' equation of the same system is always stable"
            )
        if not lasting.any():
            return *self.lyapunov(tol), True
        if g0 is None:
            count = int(np.count_nonzero(lasting))
            raise ConvergenceError(
                f"steady_state: {count} mode{'s do' if count > 1 else ' does'} not decay (rates at most {floor:.1g}), "
                "so the steady state depends on the initial one; give it as rho0"
            )
        if self.condition > WELL_CONDITIONED:
            raise ConvergenceError(
                f"steady_state: modes that do not decay are mixed with others (condition {self.condition:.2g}); "
                "evolve rho0 for a long time"
            )
        start, source, rates = self.to_modes(self.into(g0)), self.source, self.separation.sums
        still = lasting[:, None] & lasting[None, :]
        fed = float(np.abs(source[still]).max())
        if fed > 1e3 * floor * max(1.0, float(np.abs(start).max())):
            raise ConvergenceError(
                f"steady_state: modes that do not decay are fed at the rate {fed:.3g}; there is no steady state"
            )
        late = np.where(still, 0.0, source / np.where(still, 1.0, rates))
        stays = still & (np.abs(rates) <= 4.0 * floor)
        late[stays] = start[stays]
        error = EPSILON * self.condition**2 * float(np.linalg.norm(late))
        return hermitian(self.out_of(hermitian(self.from_modes(late)))), error, False

    def lyapunov(self, tol: float, relative: bool = False) -> tuple[ComplexArray, float]:
        """Return the solution of MG + GM† = Q, (N, N) in the given basis, and an estimate of its error.

        The eigenvectors of M solve it to κ² times rounding; corrections by the residual follow until one is below
        `tol`, of ‖G‖ where that is relative, and the error is at most the last.
        """
        if self.condition > WELL_CONDITIONED:
            inner = hermitian(scipy.linalg.solve_continuous_lyapunov(self.m, self.q))
            slowest = 2.0 * float(self.separation.decay.real.min())
            return hermitian(self.out_of(inner)), float(np.linalg.norm(self.change(inner))) / slowest
        inner, error = self.from_modes(self.source / self.separation.sums), math.inf
        tol *= float(np.linalg.norm(inner)) if relative else 1.0
        for _ in range(CORRECTIONS):
            rest = self.change(hermitian(inner))
            change = self.from_modes(self.to_modes(rest) / self.separation.sums)
            before, error = error, float(np.linalg.norm(change))
            inner = inner + change
            if error <= tol or not error < 0.5 * before:
                break
        return hermitian(self.out_of(hermitian(inner))), error
