"""What answers tell of their derivatives along a direction, in forward mode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.progress import Progress
from redfield._base.records import Record
from redfield._base.stores.origins import origin_of
from redfield.results.differentiable import UNKNOWN, require_equation, require_unique
from redfield.results.gradient import Direction, GradientOptions


class DirectionalOfState(Record, answer=True):
    """The derivatives of a steady state along directions."""

    state: ComplexArray
    unique: Any
    equation: Any

    def directional_derivative(
        self,
        directions: Direction | Sequence[Direction],
        *,
        tol: float = 1e-10,
        threads: int | None = None,
    ) -> ComplexArray:
        r"""Return the derivative of the steady state along a change of H, couplings and numbers of baths.

        .. math:: \mathcal{L}\, d\rho = -(d\mathcal{L})\,\rho, \qquad \mathrm{tr}\, d\rho = 0

        Forward mode (a Jacobian-vector product): one solution a direction tells the changes of all observables, where
        `gradient` tells those of one observable along all directions.

        Parameters
        ----------
        directions : a `Direction`, without rho0, or a list of them.
        tol : the relative residual of the equation of dρ.
        threads : as of `Equation.steady_state`.

        Returns
        -------
        (N, N) Hermitian dρ, in the basis H was given in; of a list of P directions (P, N, N).

        Raises
        ------
        ValueError
            A part of a direction does not fit; the steady state is not the only one; it is not known what it is of.
        TypeError
            The kind of equation has no gradients here.
        ConvergenceError
            The equation of dρ is not solved.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.DrudeBath(strength=1e-6, cutoff=10.0, beta=2.0)
        >>> x = np.array([[0.0, 1.0], [1.0, 0.0]])
        >>> steady = rf.Davies(rf.System(np.diag([0.5, -0.5]), [x], bath)).steady_state()
        >>> colder = steady.directional_derivative(rf.Direction(baths={"beta": 1.0}))
        >>> bool(np.isclose(colder[0, 0].real, -0.25 / np.cosh(1.0) ** 2))  # of p = 1/(1 + e^β)
        True
        """
        require_equation(self)
        require_unique(self.unique)
        one = isinstance(directions, Direction)
        asked: Any = [directions] if one else directions
        options = GradientOptions(tol=tol, threads=threads)
        found: ComplexArray = self.equation.solver.tangent_steady(self.state, asked, options)
        return found[0] if one else found


class DirectionalOfEvolution(Record, answer=True):
    """The derivatives of an evolution along directions."""

    times: RealArray
    start: ComplexArray | None
    equation: Any

    def directional_derivative(
        self,
        directions: Direction | Sequence[Direction],
        *,
        rtol: float = 1e-9,
        threads: int | None = None,
        progress: Progress = False,
    ) -> ComplexArray:
        r"""Return the derivative of ρ(t) along a change of H, couplings, numbers of baths and ρ₀, at all times.

        .. math:: \frac{d}{dt}\, d\rho = \mathcal{L}\, d\rho + (d\mathcal{L})\,\rho

        Forward mode (a Jacobian-vector product): ρ and dρ are evolved together. It suits few directions and many
        outputs, `gradient` one output and many directions.

        Parameters
        ----------
        directions : a `Direction` or a list of them, which are evolved together.
        rtol : of the evolution.
        threads, progress : as of `Equation.evolve`.

        Returns
        -------
        (T, N, N) Hermitian dρ(t) at the result's times, in the basis H was given in; of a list of P directions
        (P, T, N, N).

        Raises
        ------
        ValueError
            A part of a direction does not fit; the result was loaded and does not know its equation or start.
        TypeError
            The kind of equation has no gradients here.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> lower, up = np.array([[0.0, 1.0], [0.0, 0.0]]), np.diag([0.0, 1.0])
        >>> decay = rf.Lindblad(2.0 * up, [np.sqrt(0.3) * lower])
        >>> result = decay.evolve(np.array([1.0, 1.0]) / np.sqrt(2.0), [0.0, 1.0, 2.0])
        >>> change = result.directional_derivative(rf.Direction(hamiltonian=up))
        >>> rho = 0.5 * np.exp((-0.15 - 2.0j) * result.times)  # of |1⟩⟨0|, which turns with −i
        >>> bool(np.allclose(change[:, 1, 0], -1j * result.times * rho))
        True
        """
        if origin_of(self) is None or self.start is None:
            raise ValueError(UNKNOWN)
        one = isinstance(directions, Direction)
        asked: Any = [directions] if one else directions
        options = GradientOptions(rtol=rtol, threads=threads, progress=progress)
        found: ComplexArray = self.equation.solver.tangent_evolution(
            self.start, self.times, asked, options
        )
        return found[0] if one else found
