"""The kind of equation `Exact`: system and baths together."""

from __future__ import annotations

from redfield._base.checks import as_count
from redfield._base.records import record
from redfield.equations import KINDS, Equation, Kind
from redfield.quadratic.result import CovarianceResult, SteadyCovariance


@record
class Exact(Equation[CovarianceResult, SteadyCovariance]):
    r"""The exact solution of a quadratic system and its baths, from the product of G₀ and the baths' equilibria.

    .. math:: G(t) = U_{SS} G_0 U_{SS}^\dagger + U_{SB} f U_{SB}^\dagger, \qquad
              U = \mathcal T e^{-i \int_{t_0}^t H_{\mathrm{tot}}}

    Each site's bath is discretised, `modes` modes at the nodes of Gauss–Legendre quadrature; U is expanded in
    Chebyshev polynomials of H_tot, matrix-free. The discrete baths send everything back after `recurrence_time`; later
    times are refused. Uniform couplings to identical baths separate into one small problem a mode, so that a thousand
    sites are no more work than a few tens with couplings of their own. Of a driven system the rows of U on the sites
    are propagated back from each output time, in commutator-free exponential steps of fourth order (S. Blanes and P. C.
    Moan, Appl. Numer. Math. 56, 1519 (2006)).

    The result of `evolve` has twice as many modes; its `error` is the largest difference from that with `modes` (of a
    driven system from twice the step too), and is at most rtol·max(1, max|G₀|) + atol. `steady_state()` and
    `rf.quadratic.currents(exact)` are integrals over energy of the continuum, without discretisation, of a constant
    Hamiltonian, to `tol` in each entry.

    Parameters
    ----------
    system : QuadraticSystem.
    modes : of each bath; default as few as last for the time, doubled until the tolerance is met (functions among e_ops
        are then called again).

    Raises
    ------
    ValueError
        Too few modes for the density of states; one that decays too slowly to be cut off; tlist spans more than the
        recurrence time of the given modes.
    ConvergenceError
        The modes given miss the tolerance; there are bound states outside the baths' bands, or undamped modes, so that
        there is no one steady state.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(lambda w: np.exp(-w**2 / 8), beta=1.0, mu=0.2)
    >>> system = rf.QuadraticSystem(rf.models.chain(3), coupling=0.3, bath=bath)
    >>> exact = rf.Exact(system, modes=100).evolve(np.zeros((3, 3)), [0.0, 4.0])
    >>> redfield = rf.Redfield(system).evolve(np.zeros((3, 3)), [0.0, 4.0])
    >>> exact.densities[1].round(4), redfield.densities[1].round(4)
    (array([0.1377, 0.1222, 0.1377]), array([0.1481, 0.1299, 0.1481]))
    >>> exact.error < 1e-10
    True
    >>> sweep = rf.QuadraticSystem(
    ...     lambda t: np.array([[t - 5.0, 0.1], [0.1, 5.0 - t]]) / 2, coupling=0.3, bath=bath
    ... )
    >>> rf.Exact(sweep).evolve([1.0, 0.0], [0.0, 10.0]).final_covariance[0, 0].real.round(3)
    np.float64(0.732)
    """

    modes: int | None = None

    def _complete(self) -> None:
        if self.modes is not None:
            self.modes = as_count("modes", self.modes)
        super()._complete()

    @property
    def recurrence_time(self) -> float:
        """2π over the widest spacing of a bath's modes: the solution holds before; inf where `modes` is None."""
        time: float = self.solver.recurrence_time  # type: ignore[attr-defined]
        return time


KINDS.add(Kind(Exact, ("quadratic", "driven quadratic", "periodic quadratic"), positive=True))
