"""Derivatives of an answer by the functions of time that drive a system, and by what those are made of."""

from __future__ import annotations

from dataclasses import field
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray, RealArray, as_index, as_vector
from redfield._base.checks.types import Breakpoints, CountFromZero, Operand
from redfield._base.records import record
from redfield.results.gradient import Gradient
from redfield.solve.collocation import Rule
from redfield.systems.drives.window import knots_of


@record
class DriveGradient(Gradient):
    r"""The derivative of a real function f of an evolution, by all that drives it.

    .. math:: df = \int dt\, \mathrm{tr}\, G(t)\, dH(t) + \mathrm{Re}\sum_{j,kl} (G_j)^*_{kl}\, d(A_j)_{kl}
              + \sum_p \frac{\partial f}{\partial p}\, dp + \mathrm{tr}\, Y d\rho_0,
              \qquad \frac{\delta f}{\delta f_k(t)} = \mathrm{tr}\, G(t) X_k

    of H(t) = H₀ + Σ_k f_k(t)X_k. It is sampled at Gauss points of panels that end where H(t) jumps, so that
    Σ_i weights_i G(points_i) is ∫G dt; `amplitudes` makes of it the gradient by what f_k is made of.

    Attributes
    ----------
    value, couplings, baths, rho0, times : as of `Gradient`; of couplings that depend on time the gradient by what is
        added to A_j(t) at all times. `times` are of the outputs, the controls being what they are.
    hamiltonian : (N, N) Hermitian ∫G dt, by what is added to H at all times.
    one_sided : (baths, 0, 0): the Bohr frequencies move.
    points, weights : (M,) of the Gauss rule.
    panels : (P + 1,) the ends of the panels; between each two are M/P of the points.
    of_hamiltonian : (M, N, N) Hermitian G(t) at `points`.
    drive : (K, M) δf/δf_k(t) at `points`, real where X_k are Hermitian; of f_k that is complex ∂/∂Re f_k + i∂/∂Im f_k.
        None where H is one function t → (N, N).
    """

    points: RealArray = field(default_factory=lambda: np.zeros(0))
    weights: RealArray = field(default_factory=lambda: np.zeros(0))
    panels: RealArray = field(default_factory=lambda: np.zeros(0))
    of_hamiltonian: ComplexArray | None = None
    drive: Any = None

    def amplitudes(
        self,
        basis: Operand,
        control: CountFromZero = 0,
        *,
        breaks: Breakpoints = (),
    ) -> npt.NDArray[Any]:
        r"""Return the gradient by the parameters a_i of one control function.

        .. math:: \frac{\partial f}{\partial a_i} = \int dt\, \frac{\delta f}{\delta f_k(t)}
                  \frac{\partial f_k(t)}{\partial a_i}

        Parameters
        ----------
        basis : ascending edges (n + 1,) of f_k that is a_i from edge i to the next; or a function of times (M,) that
            returns ∂f_k/∂a, (M, n): SciPy's splines with one unit vector for each coefficient, such as
            ``BSpline(knots, np.eye(n), 3)`` or ``CubicSpline(times, np.eye(n))``, or one's own.
        control : k.
        breaks : where a function of one's own jumps or has a kink; knots of splines are known.

        Returns
        -------
        (n,) : real, of a complex f_k complex.

        Raises
        ------
        ValueError
            H is a function of time that has no f_k; there is no such control; the function's values do not fit.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> from scipy.interpolate import PPoly
        >>> x, z, edges = np.array([[0, 1], [1, 0]]), np.diag([1.0, -1.0]), np.linspace(0.0, 3.0, 7)
        >>> pulse = PPoly(np.linspace(0.0, 1.0, 6)[None], edges)  # six amplitudes, one after another
        >>> bath = rf.OhmicBath(strength=0.01, cutoff=10.0, beta=2.0)
        >>> equation = rf.Redfield(rf.DrivenSystem([0.5 * z, (x, pulse)], [x], bath))
        >>> gradient = equation.evolve([1, 0], [0.0, 3.0]).gradient(z)
        >>> gradient.amplitudes(edges).shape
        (6,)
        """
        if self.drive is None:
            raise ValueError(
                "H is one function of time without terms f_k(t)X_k: multiply of_hamiltonian by what of it changes"
            )
        k = as_index("control", control, len(self.drive))
        if callable(basis):
            inside = [*breaks, *knots_of(basis).tolist()]
            times, weights, values = self._between(np.asarray(inside, dtype=np.float64), self.drive[k])
            slopes = np.asarray(basis(times))
            if slopes.ndim != 2 or len(slopes) != len(times):
                raise ValueError(
                    f"basis of {len(times)} times must return ({len(times)}, n), got shape {slopes.shape}"
                )
            found: npt.NDArray[Any] = (weights * values) @ slopes.conj()
            return found
        edges = as_vector("basis", basis)
        if len(edges) < 2 or (np.diff(edges) <= 0.0).any():
            raise ValueError("basis must be at least two edges, strictly ascending")
        times, weights, values = self._between(edges, self.drive[k])
        cells = np.searchsorted(edges, times, side="right") - 1
        within = (cells >= 0) & (cells < len(edges) - 1)
        out = np.zeros(len(edges) - 1, dtype=self.drive.dtype)
        np.add.at(out, cells[within], (weights * values)[within])
        return out

    def _between(
        self, breaks: RealArray, values: npt.NDArray[Any]
    ) -> tuple[RealArray, RealArray, npt.NDArray[Any]]:
        """Return points and weights of a rule that stops at `breaks` too, and the values there."""
        panels = self.panels
        if len(panels) < 2:
            return self.points, self.weights, values
        q = len(self.points) // (len(panels) - 1)
        rule = Rule.of(q)
        near = 1e-12 * np.abs(panels[[0, -1]]).max()
        place = np.searchsorted(panels, breaks).clip(1, len(panels) - 1)
        apart = np.minimum(np.abs(breaks - panels[place - 1]), np.abs(panels[place] - breaks))
        inside = breaks[(breaks > panels[0]) & (breaks < panels[-1]) & (apart > near)]
        if not len(inside):
            return self.points, self.weights, values
        ends = np.unique(np.concatenate([panels, inside]))
        times = rule.times(ends)
        of = np.searchsorted(panels, 0.5 * (ends[:-1] + ends[1:])) - 1
        first, length = panels[of][:, None], np.diff(panels)[of][:, None]
        polynomials = np.polynomial.legendre.legvander(2.0 * (times - first) / length - 1.0, q - 1)
        series = values.reshape(-1, q) @ rule.series.T
        there = np.einsum("piq,pq->pi", polynomials, series[of])
        return times.ravel(), (np.diff(ends)[:, None] * rule.weights).ravel(), there.ravel()
