"""The calls that every equation answers, each signature standing once."""

from __future__ import annotations

from typing import Any, Generic

from redfield import _core
from redfield._base.checks import as_count
from redfield._base.checks.types import EOps, Numbers, Operand, State
from redfield._base.progress import Progress
from redfield._base.qobj import require_factors
from redfield.equations.options import Options, SteadyOptions
from redfield.equations.solver import Condition
from redfield.equations.unravelled_calls import UnravelledCalls
from redfield.systems.base import P, R


class Calls(UnravelledCalls, Generic[R, P]):
    """Base of equations: the calls that the solver of a problem answers."""

    def evolve(
        self,
        rho0: State,
        tlist: Numbers,
        e_ops: EOps | None = None,
        *,
        method: str = "auto",
        rtol: float = 1e-6,
        atol: float = 1e-9,
        threads: int | None = None,
        max_step: float | None = None,
        breakpoints: Operand = (),
        store_states: bool | None = None,
        progress: Progress = False,
        stop: _core.StopFlag | None = None,
        dtype: object = "float64",
        error: bool = False,
        stop_when: Condition | None = None,
    ) -> R:
        """Solve ρ̇ = 𝓛ρ from ρ(tlist[0]) = rho0.

        Parameters
        ----------
        rho0 : (N, N) density matrix or (N,) ket; array, Qobj or scipy.sparse. Of a batch one state or (B, N, N); of a
            quadratic system the covariance G, (N, N), or (N,) densities.
        tlist : (T,) ascending times in units of 1/energy, rho0 holding at the first.
        e_ops : operator, list or dict of operators whose tr(O ρ(t)) is wanted; of a quadratic system one-body operators
            O, tr(OG), or functions of (t, G).
        method : "auto" takes what costs least. Constant H: "exact" (the closed form, where there is one), "exponential"
            e^{𝓛Δt} as an N²×N² matrix, "chebyshev" (Faber and Chebyshev expansions: long steps, many outputs a step;
            rtol·‖ρ‖₁ + atol bounds the error of the whole evolution in trace norm), "dopri5" (Dormand–Prince 5(4);
            rtol and atol bound the error of each step). Driven: "dopri5", or "magnus" (exponentials of 𝓛 of means of H,
            whose estimated errors add up to rtol‖ρ‖ + atol). Periodic: "exact" of Davies' equation, else "dopri5".
            Quadratic: "modes" and "steps", closed forms both; driven "magnus".
        rtol, atol : tolerances, as the method says.
        threads : of one system, default chosen by its size.
        max_step : of a driven system, of time: a feature of a function of time that lasts so long, or a 4000th of the
            whole time, is resolved wherever it is.
        breakpoints : of a driven system, times near which something shorter happens, also an attribute of a function,
            ``f.breakpoints``.
        store_states : keep ρ(t); default only without e_ops. The final state is always kept.
        progress : True for a bar, or a function of the fraction done.
        stop : a flag another thread may set to end the evolution, as Ctrl-C does within a second.
        dtype : "float64", or of a constant H "float32" for rtol ≥ 1e-4: expansions in single precision, about twice as
            fast in half the memory, and states complex64; refused where rounding over the whole time would pass rtol.
        error : of a System of Hermitian couplings, estimate how far ρ(t) is from the exact dynamics, of baths in
            equilibrium beside rho0 at the start, by the hierarchy of depth 2 (`HEOM`), right to the next order in the
            coupling. No bound; a warning tells where depths 1 and 2 are too far apart for an estimate.
        stop_when : of density matrices, a function (t, ρ) → number: the evolution ends where it first passes zero, at a
            time located to rtol of the interval of `tlist` it lies in, which is the last of `.times` and
            stats["stopped"] (nan where it passes nowhere). It is looked at at the times of `tlist`, so that two
            passages between neighbours are not seen.

        Returns
        -------
        Result, with .error (T,) and .observable_error if asked; of a batch BatchResult, of a quadratic system
        CovarianceResult.

        Raises
        ------
        ValueError, TypeError
            An argument does not fit, or means nothing for this problem; the message names it and its value.
        ConvergenceError
            The method can not reach its tolerance; the message says what to change.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=2.0)
        >>> dephasing = rf.System(np.diag([0.5, -0.5]), [np.diag([1.0, -1.0])], bath)
        >>> plus = np.array([1.0, 1.0]) / np.sqrt(2.0)
        >>> result = rf.Redfield(dephasing, lamb_shift=False).evolve(plus, [0.0, 10.0])
        >>> result.states.shape
        (2, 2, 2)
        >>> bool(np.isclose(abs(result.final_state[0, 1]), 0.5 * np.exp(-0.1 * 10.0)))
        True
        >>> half = rf.Redfield(dephasing).evolve(plus, [0, 99], stop_when=lambda t, rho: abs(rho[0, 1]) - 0.25)
        >>> round(half.stats["stopped"], 3)  # ln 2 over the rate
        6.931
        """
        options = Options(
            method, rtol, atol, threads, max_step, breakpoints, store_states, progress, stop, dtype, error
        )
        require_factors(self._factors_of_levels, rho0=rho0, e_ops=e_ops)
        result: R
        if stop_when is not None:
            result = self.solver.evolve_until(stop_when, rho0, tlist, e_ops, options)
        else:
            result = self.solver.evolve(rho0, tlist, e_ops, options)
        return result

    def steady_state(
        self,
        rho0: State | None = None,
        *,
        method: str = "auto",
        tol: float = 1e-10,
        threads: int | None = None,
        progress: Progress = False,
        error: bool = False,
    ) -> P:
        """Solve 𝓛ρ = 0, tr ρ = 1; of a periodic system ρ(t + T) = ρ(t).

        Parameters
        ----------
        rho0 : state (of a periodic system at t = 0) whose late state is wanted where there are several steady states:
            the mean over late times where coherences turn for ever. Where there is one it does not matter.
        method : "direct" takes the LU of 𝓛 as a dense or sparse matrix; "iterative" solves 𝓛ρ + w tr(ρ)1/N = w 1/N by
            GMRES, preconditioned with the exact inverse of 𝓛's secular part or of its part between jumps; "auto" takes
            what costs least, and the next where one stagnates. Populations that obey a classical rate equation are
            solved in closed form whatever the method. Of other problems "auto" alone.
        tol : what the residual may change in the state, in trace norm; of a periodic system ‖ρ(T) − ρ(0)‖_F relative to
            how much of a state a period forgets.
        error : of a System of Hermitian couplings, estimate how far the state is from the exact one, and correct it:
            ρ + δ is stationary to the next order in the coupling, by the hierarchy of depth 2. Right as the coupling
            falls, within a factor of about two elsewhere, no bound; a warning tells where halving every γ does not
            halve ‖δ‖₁ or a second step is more than a tenth of the first: strong coupling, slow or sub-Ohmic baths.

        Returns
        -------
        SteadyState : .state (N, N), .error (estimated, in trace norm), .corrected, .residual, .unique; of a batch
        SteadyStates, of a periodic system PeriodicState, of a QuadraticSystem SteadyCovariance or PeriodicCovariance.
        Uniqueness is tested at every size, relative to the dissipative rates.

        Raises
        ------
        MultipleSteadyStates
            There is more than one and no rho0; `.states` has a basis where N allows.
        ConvergenceError
            GMRES stagnates; or rounding does not tell a slow mode from a steady state.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=2.0)
        >>> system = rf.System(rf.models.anderson(3, disorder=2.0, seed=1), rf.SiteProjectors(27), bath)
        >>> steady = rf.Redfield(system, lamb_shift=False).steady_state(method="iterative")
        >>> bool(rf.trace_norm(steady.state - system.gibbs_state()) < 1e-8)
        True
        """
        require_factors(self._factors_of_levels, rho0=rho0)
        steady: P = self.solver.steady_state(rho0, SteadyOptions(method, tol, threads, progress, error))
        return steady

    def spectrum(
        self, k: int | None = None, *, method: str = "auto", tol: float = 1e-9, threads: int | None = None
    ) -> Any:
        """Return the k eigenvalues of 𝓛 nearest zero, their modes and the gap.

        Parameters
        ----------
        k : how many, default 6 or all there are; the steady state counts, and each copy of a degenerate one.
        method : "direct" diagonalises 𝓛, "iterative" is shift-invert Arnoldi with the linear solvers of `steady_state`;
            "auto" takes the former for N ≤ 16, and the sparse LU too beyond.

        Returns
        -------
        Eigenmodes : .eigenvalues (k,), .modes (k, N, N) in the basis H was given in, and .gap, the slowest decay −Re λ
        that is not zero.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=2.0)
        >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath)
        >>> spectrum = rf.Davies(system, lamb_shift=False).spectrum(2)
        >>> spectrum.eigenvalues.real.round(4)
        array([ 0.    , -0.0034])
        """
        return self.solver.spectrum(None if k is None else as_count("k", k), method, tol, threads)

    def adjoint(self) -> Any:
        """Return the Heisenberg picture: 𝓛†, whose `evolve` moves one operator for many states."""
        return self.solver.adjoint()
