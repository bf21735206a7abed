"""The equilibrium of a system that its baths pull on: the mean-force Gibbs state to second order."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray, RealArray, as_kind, checked, warn
from redfield._base.norms import trace_norms
from redfield.baths import Bath
from redfield.systems.couplings import require_hermitian
from redfield.systems.system import System

NODES = 14
"""Chebyshev nodes of an interpolation, an even number, of which none is its centre."""
CLOSE = 1e-2
"""Levels nearer than this part of an interpolation's half-width have its derivative instead of a difference."""
COLD = 32.0
"""β × distance from the nearest singularity of η from which η is smoother than its thermal combination."""
RADIUS = 0.25
"""The half-width of an interpolation of η, as a part of the distance from its nearest singularity."""
BALANCE = 1e-6
"""The defect of detailed balance of a bath that counts as thermal."""
SPLITTING = 1e-8
"""The part of a level's shift up to which degenerate ground levels have the same."""
LARGE = 0.5
"""The trace norm of the second order above which it is no correction."""
BLOCK = 200_000
"""Frequencies that are asked of a bath at once."""

_T = np.cos((np.arange(NODES) + 0.5) * np.pi / NODES)


def _taylor(order: int) -> RealArray:
    """Weights of the nodes' values in a Taylor coefficient of their interpolant about its centre."""
    series = np.linalg.inv(np.polynomial.chebyshev.chebvander(_T, NODES - 1))
    derivative = np.polynomial.chebyshev.chebder(series, order) / math.factorial(order)
    weights: RealArray = np.asarray(np.polynomial.chebyshev.chebval(0.0, derivative))
    return weights


_VALUE, _SLOPE, _CUBE = _taylor(0), _taylor(1), _taylor(3)
"""(f(δ) − f(−δ))/2δ = f' + δ² f'''/6 + O(δ⁴)."""


@checked
def mean_force_state(system: System) -> ComplexArray:
    r"""Return the equilibrium state of system and baths, to second order in the coupling.

    .. math:: \rho = \frac{\mathrm{tr}_B\, e^{-\beta(H + \sum_j A_j\otimes B_j + H_B)}}{Z}
              \propto e^{-\beta H}\Big[1 + \sum_j\int_0^\beta\! d\tau\int_0^\tau\! d\tau'\,
              C_j(-i(\tau - \tau'))\,A_j(-i\tau)\,A_j(-i\tau')\Big]

    (Cresser & Anders, doi:10.1103/PhysRevLett.127.250601). With p = e^{−βE}/Z and γ(−ω) = e^{−βω}γ(ω) all its integrals
    over frequencies are the bath's own η: of eigenstates m and n

    .. math:: \delta\tilde\rho_{mn} = \sum_{jk} (A_j)_{mk}(A_j)_{kn}\,\frac{L_{mk} - L_{nk}}{E_m - E_n}, \qquad
              L_{mk} = p_k\,\eta_j(E_k - E_m) + p_m\,\eta_j(E_m - E_k)

    and ρ = ρ_G + δρ̃ − ρ_G tr δρ̃. L is a smooth function of E_m whatever the bath; where levels are equal or near, its
    derivative stands for the difference, from an interpolation as wide as it is smooth. What is left out is of fourth
    order. Redfield's equation has these coherences, but the populations of H alone;
    `steady_state(error=True).corrected` has both. No counter term is subtracted: Σ_j η_j(0)A_j² is part of the shift of
    levels.

    Parameters
    ----------
    system : System of Hermitian couplings and independent baths of one temperature, zero included.

    Returns
    -------
    (N, N) complex128 : Hermitian, of trace 1, in the basis H was given in. It may be slightly negative.

    Raises
    ------
    TypeError
        A coupling is not Hermitian; the baths are correlated.
    ValueError
        Temperatures differ, or a bath has none, exchanges particles, has no Lamb shift, or breaks detailed balance;
        at zero temperature the coupling splits degenerate ground levels, so that no expansion in it exists.

    Warns
    -----
    UserWarning
        The second order is no small correction.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.01, cutoff=5.0, beta=2.0)
    >>> system = rf.System([[0.5, 0.2], [0.2, -0.5]], [np.diag([1.0, -1.0])], bath)
    >>> state = rf.analysis.mean_force_state(system)
    >>> bool(rf.trace_norm(state - rf.Redfield(system).steady_state(error=True).corrected) < 1e-3)
    True
    """
    as_kind("system", system, System)
    system.require_independent("mean_force_state")
    require_hermitian(system.couplings, "mean_force_state")
    frequencies = np.unique(np.abs(system.bohr_frequencies()))
    for j, bath in enumerate(system.baths):
        _require_thermal(j, bath, frequencies[frequencies > 0.0])
    beta = system.common("beta")
    levels = _Levels(system, beta)
    change = np.zeros((system.dimension,) * 2, dtype=np.complex128)
    shift = np.zeros_like(change)
    for b, bath in enumerate(system.baths):
        couplings = [
            system.coupling_in_eigenbasis(j) for j, of in enumerate(system.bath_of_coupling) if of == b
        ]
        change += levels.change(bath, couplings)
        if math.isinf(beta):
            shift += levels.ground_shift(bath, couplings)
    levels.require_common_shift(shift)
    change = 0.5 * (change + change.conj().T)
    change -= np.diag(levels.p * change.trace().real)
    size = float(trace_norms(change))
    if size > LARGE:
        warn(
            f"the second order changes the state by {size:.2g} in trace norm, which is no small correction: the "
            "coupling is too strong or the baths too cold for their expansion; ask rf.HEOM",
            UserWarning,
        )
    u = system.eigenvectors
    state: ComplexArray = u @ (np.diag(levels.p) + change) @ u.conj().T
    return 0.5 * (state + state.conj().T)


def _require_thermal(index: int, bath: Bath, frequencies: RealArray) -> None:
    if bath.exchange:
        raise ValueError(
            f"baths[{index}] = {bath!r} exchanges particles; mean_force_state is of baths that exchange energy alone"
        )
    if bath.beta is not None and len(frequencies):
        defect = bath.kms_defect(frequencies)
        if defect > BALANCE:
            raise ValueError(
                f"baths[{index}] = {bath!r} breaks detailed balance at its beta by {defect:.2g}: it is not thermal"
            )


class _Levels:
    """The levels of a system at one temperature, and the second order that a bath makes of its couplings."""

    def __init__(self, system: System, beta: float) -> None:
        self.beta = beta
        self.energies: RealArray = system.energies - system.energies[0]
        self.p: RealArray = system.gibbs_populations(beta)
        self.ground = self.energies <= system.degeneracy_tol

    def change(self, bath: Bath, couplings: list[ComplexArray]) -> ComplexArray:
        """δρ̃ of the couplings to one bath; at zero temperature without what is β × the ground levels' shift."""
        e, n = self.energies, len(self.energies)
        values = self._values(bath, e[:, None], e[None, :])
        gaps = e[:, None] - e[None, :]
        width, _ = self._widths(bath, gaps)
        near = np.abs(gaps) < CLOSE * width.max(axis=1)[:, None]
        total = np.zeros((n, n), dtype=np.complex128)
        for a in couplings:
            total += (a * values) @ a - a @ (a * values.T)
        total /= np.where(near, 1.0, gaps)
        rows, columns = np.nonzero(np.triu(near | near.T))
        step = max(1, BLOCK // (2 * NODES * n))
        for first in range(0, len(rows), step):
            m, k = rows[first : first + step], columns[first : first + step]
            slopes = self._slopes(bath, values, m, k)
            products = sum(a[m] * a[:, k].T for a in couplings)
            entries = (products * slopes).sum(axis=1)
            total[m, k] = entries
            total[k, m] = entries.conj()
        return total

    def ground_shift(self, bath: Bath, couplings: list[ComplexArray]) -> ComplexArray:
        """Σ_k A_mk A_kn η(−E_k) of ground levels m and n."""
        eta = self._eta(bath, -self.energies)
        total = sum((a * eta) @ a for a in couplings)
        return np.where(np.outer(self.ground, self.ground), total, 0.0)

    def require_common_shift(self, shift: ComplexArray) -> None:
        """Raise where degenerate ground levels at zero temperature are split."""
        block = shift[np.ix_(self.ground, self.ground)]
        values = np.linalg.eigvalsh(0.5 * (block + block.conj().T))
        if np.ptp(values) > SPLITTING * np.abs(values).max(initial=0.0):
            raise ValueError(
                f"{len(values)} ground levels are degenerate and the coupling splits them by {np.ptp(values):.2g}: at "
                "beta = inf no splitting is small; give a finite beta, or H a splitting of its own"
            )

    def _eta(self, bath: Bath, w: npt.NDArray[np.float64]) -> RealArray:
        try:
            found: RealArray = np.asarray(bath.lamb_shift(np.ravel(w))).reshape(w.shape)
        except NotImplementedError as missing:
            raise ValueError(
                f"{bath!r} has no Lamb shift, of which the mean-force state is made"
            ) from missing
        infinite = ~np.isfinite(found)
        if infinite.any():
            raise ValueError(f"{bath!r}: lamb_shift({w[infinite][0]:g}) is not finite")
        return found

    def _weights(self, x: RealArray) -> RealArray:
        """p as a function of energy."""
        if math.isinf(self.beta):
            return np.where(x <= self.energies[self.ground].max(), self.p[0], 0.0)
        weights: RealArray = self.p[0] * np.exp(-self.beta * (x - self.energies[0]))
        return weights

    def _widths(self, bath: Bath, u: RealArray) -> tuple[RealArray, npt.NDArray[np.bool_]]:
        """Return over which distance L varies at frequencies u = x − E_k, and where η alone is smoother than L."""
        sharp = set(bath.breakpoints) | {0.0}
        places = [*((x, 0.0) for x in sharp), *((x, fine) for x, fine in bath.features if x not in sharp)]
        distance = np.full(u.shape, np.inf)
        for x, fine in places:
            away = np.minimum(np.abs(u - x), np.abs(u + x))
            distance = np.minimum(distance, np.hypot(away, fine))
        apart = self.beta * distance > COLD if math.isfinite(self.beta) else np.ones(u.shape, dtype=bool)
        return np.where(apart, RADIUS * distance, 1.0 / self.beta), apart

    def _values(self, bath: Bath, x: RealArray, level: RealArray) -> RealArray:
        """L of an energy and a level; where they meet from an interpolation, since η alone may be infinite there."""
        x, level = np.broadcast_arrays(x, level)
        u = x - level
        found = self._combined(bath, x, level)
        if math.isfinite(self.beta):
            met = np.abs(u) * self.beta < CLOSE
            found[met] = (
                self._combined(bath, x[met][:, None] + _T / self.beta, level[met][:, None]) @ _VALUE
            )
        return found

    def _combined(self, bath: Bath, x: RealArray, level: RealArray) -> RealArray:
        u = x - level
        return self._weights(level) * self._eta(bath, -u) + self._weights(x) * self._eta(bath, u)

    def _slopes(
        self, bath: Bath, values: RealArray, m: npt.NDArray[np.intp], n: npt.NDArray[np.intp]
    ) -> RealArray:
        """(L_mk − L_nk)/(E_m − E_n) of pairs of levels and every k, (pairs, N); its limit where they are equal."""
        e = self.energies
        gap = (e[m] - e[n])[:, None]
        centre = 0.5 * (e[m] + e[n])[:, None]
        u = centre - e[None, :]
        width, apart = self._widths(bath, u)
        weight = 0.5 * (self.p[m] + self.p[n])[:, None]
        if math.isinf(self.beta):
            # Of two ground levels and a third what is left is the shift's; of three that are not, nothing.
            idle = np.where(self.ground, weight > 0.0, weight == 0.0)
            width = np.where(idle, 1.0, width)
        else:
            idle = np.zeros(u.shape, dtype=bool)
        direct = np.abs(gap) >= CLOSE * width
        found = np.where(direct, (values[m] - values[n]) / np.where(direct, gap, 1.0), 0.0)
        for chosen, separate in ((~direct & ~idle & ~apart, False), (~direct & ~idle & apart, True)):
            rows, k = np.nonzero(chosen)
            h, delta = width[chosen], np.abs(gap[rows, 0]) / (2.0 * width[chosen])
            x, level = centre[rows] + h[:, None] * _T, e[k][:, None]
            slope = (_SLOPE[:, None] + _CUBE[:, None] * delta**2).T / h[:, None]
            if not separate:
                found[chosen] = (self._combined(bath, x, level) * slope).sum(axis=1)
                continue
            # Σ p dη + η dp: p may vary over far less than η does.
            down, up = self._eta(bath, level - x), self._eta(bath, x - level)
            found[chosen] = self.p[k] * (down * slope).sum(axis=1) + weight[rows, 0] * (up * slope).sum(
                axis=1
            )
            if math.isfinite(self.beta):
                found[chosen] += (
                    self._weight_slope(e[m[rows]], e[n[rows]])
                    * 0.5
                    * (self._eta(bath, e[m[rows]] - e[k]) + self._eta(bath, e[n[rows]] - e[k]))
                )
        return found

    def _weight_slope(self, a: RealArray, b: RealArray) -> RealArray:
        """(p(a) − p(b))/(a − b)."""
        x = 0.5 * self.beta * (a - b)
        mean = self._weights(0.5 * (a + b))
        return -self.beta * mean * np.where(x == 0.0, 1.0, np.sinh(x) / np.where(x == 0.0, 1.0, x))
