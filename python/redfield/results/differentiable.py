"""What answers tell of their derivatives: calls of the solver of the equation that they are of."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_index
from redfield._base.checks.types import Finite, Operand
from redfield._base.progress import Progress
from redfield._base.records import Record
from redfield._base.stores.origins import origin_of
from redfield.results.gradient import Gradient, GradientOptions

UNKNOWN = (
    "the result does not know its equation and start, or its equation has no gradients: load(path, equation) attaches "
    "the equation of a loaded one"
)
"""The answer of a result that can not be differentiated."""


def require_equation(steady: object) -> None:
    """ValueError where a steady state does not know its equation."""
    if origin_of(steady) is None:
        raise ValueError("the steady state does not know its equation: load(path, equation) tells it")


def require_unique(unique: Any) -> None:
    """ValueError where a steady state, or that of a member of a batch, is one of several."""
    if not np.all(unique):
        member = f" of member {np.argmin(unique)}" if np.ndim(unique) else ""
        raise ValueError(f"the steady state{member} is not the only one: what it is depends on rho0 too")


class GradientsOfState(Record, answer=True):
    """The gradients of expectation values of a steady state, or of those of a batch."""

    state: ComplexArray
    unique: Any
    equation: Any

    def gradient(
        self,
        observable: Operand,
        *,
        method: str = "auto",
        tol: float = 1e-10,
        threads: int | None = None,
        progress: Progress = False,
    ) -> Gradient:
        r"""Return the derivative of tr(Oρ) by H, every coupling and every number of every bath.

        .. math:: \mathcal{L}^\dagger y = O - \langle O\rangle 1, \qquad
                  d\langle O\rangle = -\mathrm{tr}\big[y\,(d\mathcal{L})\,\rho\big]

        One solution of the adjoint equation serves them all. Where levels meet, the derivative by H is the limit.

        Parameters
        ----------
        observable : (N, N) Hermitian O; of a batch for all members, or (B, N, N).
        method, threads, progress : as of `Equation.steady_state`.
        tol : the relative residual of the adjoint equation.

        Returns
        -------
        Gradient : .hamiltonian (N, N), .couplings (K, N, N), .baths {number: value}, .one_sided; of HEOM
            .bath_errors in its place; of a batch all members in one call, every array with a leading axis B.

        Raises
        ------
        ValueError
            O is not Hermitian; the steady state is not the only one; it is not known what it is of.
        TypeError
            The kind of equation has no gradients here.
        ConvergenceError
            The adjoint equation is not solved.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=2.0)
        >>> h, z = np.diag([0.5, -0.5]) + 0.2, np.diag([1.0, -1.0])
        >>> steady = rf.Redfield(rf.System(h, rf.SiteProjectors(2), bath)).steady_state()
        >>> gradient = steady.gradient(z)
        >>> colder = rf.System(h, rf.SiteProjectors(2), rf.OhmicBath(0.04, 10.0, beta=2.0001))
        >>> change = np.trace(z @ (rf.Redfield(colder).steady_state().state - steady.state)).real
        >>> bool(abs(gradient.baths["beta"] - change / 1e-4) < 1e-4)
        True

        Those of a batch:

        >>> baths = rf.OhmicBath.batch(0.04, 10.0, beta=np.array([0.5, 1.0, 2.0]))
        >>> batch = rf.SystemBatch(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]], baths)
        >>> rf.Redfield(batch).steady_state().gradient(z / 2).baths["beta"].round(2)
        array([-0.24, -0.2 , -0.1 ])
        """
        require_equation(self)
        require_unique(self.unique)
        options = GradientOptions(method=method, tol=tol, threads=threads, progress=progress)
        found: Gradient = self.equation.solver.steady_gradient(self.state, observable, options)
        return found


class GradientsOfCurrents(GradientsOfState, answer=True):
    """The gradients of a steady state, of currents too."""

    def gradient_of_current(
        self,
        reservoir: int = 0,
        what: str = "heat",
        *,
        method: str = "auto",
        tol: float = 1e-10,
        threads: int | None = None,
        progress: Progress = False,
    ) -> Gradient:
        r"""Return the derivative of a steady current tr[X 𝒟_b(ρ)] from a reservoir, X = H, N̂ or H − μN̂.

        .. math:: dI_b = \mathrm{tr}[(\mathcal{D}_b^\dagger X)\, d\rho] + \mathrm{tr}[X\, (d\mathcal{D}_b)\, \rho]
                  + \mathrm{tr}[dX\, \mathcal{D}_b(\rho)]

        Parameters
        ----------
        reservoir : of the system's `reservoirs`.
        what : "energy", "particle" or "heat".
        method, tol, threads, progress : as of `gradient`.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> hot, cold = (rf.OhmicBath(strength=0.04, cutoff=10.0, beta=b) for b in (0.5, 2.0))
        >>> x = [[0, 1], [1, 0]]
        >>> steady = rf.Redfield(rf.System(np.diag([0.5, -0.5]), [x, x], [hot, cold])).steady_state()
        >>> gradient = steady.gradient_of_current(0)
        >>> gradient.baths[0]["beta"] < 0 < gradient.baths[1]["beta"]
        True
        """
        require_equation(self)
        options = GradientOptions(method=method, tol=tol, threads=threads, progress=progress)
        found: Gradient = self.equation.solver.current_gradient(self.state, reservoir, what, options)
        return found


class GradientsOfModes(Record, answer=True):
    """The gradients of eigenvalues."""

    eigenvalues: ComplexArray
    modes: ComplexArray
    equation: Any

    def gradient(
        self, index: int, part: str = "real", *, tol: float = 1e-9, threads: int | None = None
    ) -> Gradient:
        r"""Return the derivative of Re λ or Im λ of a mode, of a relaxation rate or a frequency.

        .. math:: d\lambda = \frac{\mathrm{tr}[l^\dagger (d\mathcal{L})\, r]}{\mathrm{tr}[l^\dagger r]}, \qquad
                  \mathcal{L} r = \lambda r, \quad \mathcal{L}^\dagger l = \lambda^* l

        Parameters
        ----------
        index : of `eigenvalues`.
        part : "real" or "imaginary".
        tol, threads : as of `Equation.spectrum`, of the left mode.

        Raises
        ------
        ValueError
            λ is degenerate, or defective: it has no gradient of its own.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=2.0)
        >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath)
        >>> modes = rf.Redfield(system, lamb_shift=False).spectrum()
        >>> gradient = modes.gradient(1)
        >>> bool(abs(gradient.baths["strength"] * 0.04 / gradient.value - 1) < 0.05)
        True
        """
        if origin_of(self) is None:
            raise ValueError("the modes do not know their equation: load(path, equation) tells it")
        k = as_index("index", index, len(self.eigenvalues))
        options = GradientOptions(tol=tol, threads=threads)
        found: Gradient = self.equation.solver.eigenvalue_gradient(
            complex(self.eigenvalues[k]), self.modes[k], part, options
        )
        return found


class GradientsOfEvolution(Record, answer=True):
    """The gradients of an evolution, or of those of a batch."""

    times: RealArray
    start: ComplexArray | None
    equation: Any

    def gradient(
        self,
        weights: Operand,
        time: Finite | None = None,
        *,
        rtol: float = 1e-9,
        threads: int | None = None,
        progress: Progress = False,
    ) -> Gradient:
        r"""Return the derivative of Σ_i tr(W_i ρ(t_i)) by H, couplings, baths, ρ₀ and times.

        .. math:: df = \mathrm{tr}\,y(t_0)\,d\rho_0 + \int dt\, \mathrm{tr}\big[y\,(d\mathcal{L})\,\rho\big], \qquad
                  \dot y = -\mathcal{L}^\dagger y, \quad y(t_i - 0) = y(t_i + 0) + W_i

        One evolution backwards serves all outputs and all parameters; states are computed again as it goes.

        Parameters
        ----------
        weights : (T, N, N) Hermitian W_i, one for each of `times`; or one (N, N) operator, of ρ at `time`. Of a
            batch those of all members, or (B, T, N, N).
        time : one of `times`, of a single operator; default the last.
        rtol : of both evolutions, whose errors the gradient's is relative to.
        threads, progress : as of `Equation.evolve`.

        Returns
        -------
        Gradient : .value f, .hamiltonian, .couplings, .baths, .rho0, .times; of a DrivenSystem a DriveGradient, which
            has .drive δf/δf_k(t) of each control too, and .amplitudes of what controls are made of. Of a batch the
            gradients of all members in one call, every array with a leading axis B.

        Raises
        ------
        ValueError
            An operator is not Hermitian, or of another size; there is no such time; the result was loaded and does not
            know its equation or start.
        TypeError
            The kind of equation has no gradients here.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> lower, up = np.array([[0.0, 1.0], [0.0, 0.0]]), np.diag([0.0, 1.0])
        >>> decay = rf.Lindblad(np.diag([0.0, 1.0]), [np.sqrt(0.3) * lower])
        >>> gradient = decay.evolve(up, [0.0, 1.0, 2.0]).gradient(up)
        >>> round(gradient.value, 6), gradient.jumps.real.round(4)[0, 0]  # 2t√γ e^{−γt}, downwards
        (0.548812, array([ 0.    , -1.2024]))

        Those of a batch:

        >>> baths = rf.OhmicBath.batch(0.04, 10.0, beta=np.array([0.5, 1.0, 2.0]))
        >>> batch = rf.SystemBatch(np.diag([0.5, -0.5]), [lower + lower.T], baths)
        >>> gradient = rf.Redfield(batch).evolve([1.0, 0.0], [0.0, 5.0]).gradient(up)
        >>> gradient.hamiltonian.shape, gradient.baths["beta"].shape
        ((3, 2, 2), (3,))
        """
        options = GradientOptions(rtol=rtol, threads=threads, progress=progress)
        return gradient_of(self, weights, time, options)


def gradient_of(result: Any, weights: Operand, time: Finite | None, options: GradientOptions) -> Gradient:
    """Return the gradient of Σ_i tr(W_i ρ(t_i)) of an evolution, W_i as `Result.gradient` takes them."""
    times = result.times
    if origin_of(result) is None or result.start is None:
        raise ValueError(UNKNOWN)
    w = weights.full() if hasattr(weights, "full") else np.asarray(weights)
    if w.ndim == 2:
        at = len(times) - 1 if time is None else int(np.argmin(np.abs(times - time)))
        if time is not None and not np.isclose(times[at], time, rtol=1e-12, atol=0.0):
            raise ValueError(f"time = {time:g} is none of the {len(times)} times of the result")
        w = np.where(np.arange(len(times))[:, None, None] == at, w, 0.0)
    elif time is not None:
        raise ValueError(f"time = {time:g} beside a weight for each time: leave it out")
    if w.ndim < 3 or w.shape[-3] != len(times):
        raise ValueError(f"weights have shape {w.shape}, not one matrix for each of {len(times)} times")
    found: Gradient = result.equation.solver.evolution_gradient(result.start, times, w, options)
    return found
