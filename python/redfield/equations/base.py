"""The base of every kind of equation."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic, Self

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, as_choice, as_count, as_flag, as_kind, as_positive
from redfield._base.checks.types import EOps, Finite, IntegerSeed, Numbers, Operand, State
from redfield._base.formula import Formula
from redfield._base.progress import Progress
from redfield._base.records import Record, record
from redfield.baths.matrix import Mixed
from redfield.equations.registry import KINDS, PROBLEMS, named
from redfield.equations.solver import Options, Solver
from redfield.equations.unravelling import METHODS, Maker, Unravelling
from redfield.systems.base import P, R, Solvable


@record
class Equation(Formula, Record, Generic[R, P]):
    """A master equation ρ̇ = 𝓛ρ of a system, which says whether H is constant, driven, periodic, quadratic or a batch.

    An equation of a SystemBatch answers `evolve` and `steady_state` for all members at once, with a leading axis B;
    ``equation[i]`` is the equation of member i. States of a QuadraticSystem are covariances G_jk = ⟨a_k† a_j⟩.

    A subclass declares its options as fields after `system`, and defines `_kind`.
    """

    system: Solvable[R, P]

    _described: ClassVar[str] = "a master equation"
    _form: ClassVar[str] = "general"
    """The form of the dissipator of independent baths."""
    needs_lamb_shift_table: ClassVar[bool] = True
    """Whether η at the Bohr frequencies is the Lamb shift; else `_kind` computes it for the members."""
    tabulated: ClassVar[bool] = True
    """Whether the core makes 𝓛(t) of a driven system from the spectra alone."""

    def __post_init__(self) -> None:
        name, kind = type(self).__name__, KINDS.of(type(self))
        as_kind("system", self.system, Solvable)
        if kind is not None and self.system.problem not in kind.problems:
            raise TypeError(
                f"system is a {PROBLEMS[self.system.problem]}, but {name} is defined for "
                f"{named([PROBLEMS[p] for p in kind.problems])}; equations of a {PROBLEMS[self.system.problem]} are "
                f"{named(KINDS.supporting(self.system.problem))}"
            )
        self._complete()

    def _complete(self) -> None:
        """Check the options of a kind and store them as they are used."""
        shift = getattr(self, "lamb_shift", False)
        self._set(lamb_shift=as_flag("lamb_shift", shift))
        self.solver.prepare()

    def _kind(self, members: Iterable[Any]) -> _core.Kind:
        """Return the kind of equation in the core, with what it needs of each member, in the eigenbases they have."""
        raise NotImplementedError

    def _mixed(self, mixed: Mixed) -> _core.Generator:
        """Return the generator of a system with a BathMatrix."""
        raise TypeError(
            f"{type(self).__name__} does not apply to a BathMatrix; {named(KINDS.with_matrix())} do, and all to "
            "rf.correlated"
        )

    def _unravelling(self, make: Maker) -> Unravelling:
        """Return the effective Hamiltonian and jump operators that move kets."""
        raise TypeError(
            f"{self!r} has no trajectories: its dissipator has negative rates (rf.analysis.kossakowski tells them), "
            f"which no jump can have; {named(KINDS.positive())} have none"
        )

    @property
    def remembers(self) -> bool:
        """Whether the memory integral begins at the start of the evolution, so that no generator exists."""
        return False

    @property
    def form(self) -> str:
        """The form of the dissipator: "couplings" Σ_j(|Λ_j⟩⟨A_j| + |A_j⟩⟨Λ_j|), "banded" (the same between frequencies
        that are near each other), "jumps" Σ_j|L_j⟩⟨L_j|, "secular" γ(ω) for each Bohr frequency, or "general"."""
        return "general" if getattr(self.system, "has_matrix", False) else self._form

    @functools.cached_property
    def solver(self) -> Solver:
        """The solver that answers the calls below for this kind of problem."""
        return Solver.of(self)

    @property
    def generator(self) -> Any:
        """𝓛 in the compiled core."""
        return self.solver.generator

    @property
    def cheapest(self) -> Any:
        """The generator that moves states, in the basis in which an application costs least."""
        return self.solver.cheapest

    def __len__(self) -> int:
        if self.system.problem == "batch":
            return len(self.system)
        raise TypeError(f"{self!r} is one equation and has no len()")

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, member: int) -> Equation[Any, Any]:
        """Return the equation of one member of a batch."""
        if self.system.problem != "batch":
            raise TypeError(f"{self!r} is one equation and has no members")
        system: Any = self.system
        return self.with_system(system[member])

    def with_system(self, system: Solvable[Any, Any]) -> Self:
        """Make the equation of another system, with the same options."""
        return self._with(system=system)

    def of_reservoir(self, reservoir: int) -> Self:
        """Make the equation with the couplings of one of the system's reservoirs alone."""
        found: Self = self.solver.of_reservoir(reservoir)
        return found

    def at(self, t: Finite, tlist: Numbers | None = None) -> Equation[Any, Any]:
        """Return the equation of a driven system held at its value at t, with all that an equation of a constant one
        offers.

        Parameters
        ----------
        tlist : the times of the evolution, where 𝓛(t) depends on the drive since tlist[0] (history="memory").

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
        >>> bath = rf.OhmicBath(strength=0.01, cutoff=10.0, beta=1.0)
        >>> davies = rf.Davies(rf.DrivenSystem([0.5 * x, (z, np.cos)], [x], bath))
        >>> davies.at(0.0).steady_state().state.real.round(4)
        array([[ 0.1392, -0.1804],
               [-0.1804,  0.8608]])
        """
        found: Equation[Any, Any] = self.solver.at(t, tlist)
        return found

    def apply(self, rho: State, t: Finite | None = None, *, threads: int | None = None) -> ComplexArray:
        """𝓛ρ, or 𝓛(t)ρ of a driven system, in the basis H was given in, (N, N) → (N, N); ρ need not be Hermitian.

        Raises
        ------
        ValueError, TypeError
            ρ has another shape or an entry that is not finite; t is missing, or is given where H is constant.
        """
        return self.solver.apply(rho, t, threads)

    def dissipator(self, rho: State, *, threads: int | None = None) -> ComplexArray:
        """𝓛ρ + i[H, ρ]: the action of the baths, Lamb shift included, in the basis H was given in."""
        return self.solver.dissipator(rho, threads)

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
        max_step : of a driven system, of time. Functions of time are sampled at 4096 even times, or twice in every
            max_step where that is more, at the times of tlist and of arrays that they are made of, and then as closely
            as they vary: a feature that lasts a 4000th of the whole time, or max_step, is found wherever it is.
        breakpoints : of a driven system, times near which something shorter happens: functions are sampled at all
            distances from each. A function may tell its own as an attribute, ``f.breakpoints``.
        store_states : keep ρ(t); default only without e_ops. The final state is always kept.
        progress : True for a bar, or a function of the fraction done.
        stop : a flag another thread may set to end the evolution.
        dtype : "float64", or of a constant H "float32" for rtol ≥ 1e-4: expansions in single precision, about twice as
            fast in half the memory, and states complex64; refused where rounding over the whole time would pass rtol.

        Returns
        -------
        Result; of a batch BatchResult, of a quadratic system CovarianceResult.

        Raises
        ------
        ValueError, TypeError
            An argument does not fit, or means nothing for this problem; the message names it and its value.
        ConvergenceError
            The method can not reach its tolerance; the message says what to change.
        KeyboardInterrupt
            Ctrl-C, within a second.

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

        A level swept through another, fast:

        >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
        >>> bath = rf.OhmicBath(strength=1e-4, cutoff=10.0, beta=1.0)
        >>> sweep = rf.DrivenSystem([0.5 * x, (z, lambda t: 5.0 * t)], [z], bath)
        >>> stays = rf.Redfield(sweep).evolve([1, 0], [-20.0, 20.0], [np.diag([1, 0])]).expect[0][-1]
        >>> bool(abs(stays - np.exp(-2 * np.pi * 0.25 / 10.0)) < 0.02)
        True
        """
        options = Options(
            method, rtol, atol, threads, max_step, breakpoints, store_states, progress, stop, dtype
        )
        result: R = self.solver.evolve(rho0, tlist, e_ops, options)
        return result

    def steady_state(
        self,
        rho0: State | None = None,
        *,
        method: str = "auto",
        tol: float = 1e-10,
        threads: int | None = None,
        progress: Progress = False,
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

        Returns
        -------
        SteadyState : .state (N, N), .error (estimated, in trace norm), .residual, .unique; of a batch SteadyStates,
        of a periodic system PeriodicState, of a QuadraticSystem SteadyCovariance or PeriodicCovariance.
        Uniqueness is tested at every size; what vanishes is judged relative to the dissipative rates, never to the
        bandwidth.

        Raises
        ------
        MultipleSteadyStates
            There is more than one and no rho0; `.states` has a basis where N allows.
        ConvergenceError
            GMRES stagnates; or a mode decays so slowly that rounding does not tell it from a steady state.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=2.0)
        >>> system = rf.System(rf.models.anderson(3, disorder=2.0, seed=1), rf.SiteProjectors(27), bath)
        >>> steady = rf.Redfield(system, lamb_shift=False).steady_state(method="iterative")
        >>> bool(rf.trace_norm(steady.state - system.gibbs_state()) < 1e-8)
        True
        """
        found: P = self.solver.steady_state(rho0, method, tol, threads, progress)
        return found

    def spectrum(
        self, k: int | None = None, *, method: str = "auto", tol: float = 1e-9, threads: int | None = None
    ) -> Any:
        """Return the k eigenvalues of 𝓛 nearest zero, their modes and the gap.

        Parameters
        ----------
        k : how many, default 6 or all there are; the steady state counts, and each copy of a degenerate one.
        method : "direct" diagonalises 𝓛 as a dense matrix, "iterative" is shift-invert Arnoldi whose linear
            systems GMRES solves with the inverses of `steady_state`; "auto" takes the former for N ≤ 16, and the
            sparse LU too beyond.

        Returns
        -------
        Spectrum : .eigenvalues (k,) complex by distance from 0, .modes (k, N, N) of unit Frobenius norm in
            the basis H was given in, .gap the least decay rate −Re λ that is not zero, of all modes where .complete,
            else of those found: a slower one may turn too fast to be near 0.

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

    def liouvillian(
        self,
        basis: str = "given",
        *,
        threshold: float | None = None,
        max_bytes: float | None = None,
        threads: int | None = None,
    ) -> scipy.sparse.csr_array:
        """𝓛 as an (N², N²) complex CSR matrix on column-stacked ρ: 𝓛 ρ.ravel(order="F").

        Parameters
        ----------
        basis : "given", the one H was given in, or "eigen", where secular equations are sparse. In the
            latter, element (a, b) of U†ρU stands at a + N b.
        threshold : entries of at most this modulus (an energy) are left out; the diagonal always stays.
            Default 1e-15 of the spectral radius.
        max_bytes : what the matrix may take; default the memory the machine has free.

        Raises
        ------
        MemoryError
            It would take more; the message says how much.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
        >>> equation = rf.Redfield(rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath))
        >>> matrix = equation.liouvillian()
        >>> rho = np.array([[0.7, 0.1j], [-0.1j, 0.3]])
        >>> change = (matrix @ rho.ravel(order="F")).reshape(2, 2, order="F")
        >>> bool(np.allclose(change, equation.apply(rho), atol=1e-14))
        True
        """
        matrix: scipy.sparse.csr_array = self.solver.liouvillian(basis, threshold, max_bytes, threads)
        return matrix

    def as_linear_operator(self, *, threads: int | None = None) -> scipy.sparse.linalg.LinearOperator:
        """𝓛 as a scipy LinearOperator on column-stacked ρ in the basis H was given in, matrix-free.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), rf.OhmicBath(0.04, 10.0, 5.0))
        >>> operator = rf.Redfield(system).as_linear_operator()
        >>> operator.shape, operator.dtype
        ((4, 4), dtype('complex128'))
        """
        n, generator = self.system.dimension, self.cheapest

        def matvec(x: ComplexArray) -> ComplexArray:
            # Column-stacked ρ is the row-major ρᵀ.
            rho = np.asarray(x, dtype=np.complex128).reshape(n, n).T
            moved: ComplexArray = generator.apply(rho, 0 if threads is None else threads).ravel(order="F")
            return moved

        return scipy.sparse.linalg.LinearOperator((n * n, n * n), matvec=matvec, dtype=np.complex128)

    def lamb_shift_hamiltonian(self, basis: str = "given") -> ComplexArray:
        r"""H_LS = (K − K†)/2i, −Kρ − ρK† being the loss term; in the basis H was given in or, "eigen", as U†H_LS U.

        Redfield's equation has one without a Lamb shift of the bath too, from the difference of γ/2 at two frequencies.
        """
        k = self.generator.decay()
        if k is None:
            raise TypeError(f"{self!r} has no pair kernel to take the Lamb shift from")
        shift: ComplexArray = -0.5j * (k - k.conj().T)
        if as_choice("basis", basis, ("given", "eigen")) == "eigen":
            return shift
        u = self.system.eigenvectors
        given: ComplexArray = u @ shift @ u.conj().T
        return given

    def trajectories(
        self,
        psi0: State,
        tlist: Numbers,
        e_ops: EOps | None = None,
        *,
        samples: int = 100,
        seed: IntegerSeed = 0,
        method: str = "jumps",
        step: float | None = None,
        rtol: float = 1e-6,
        error: float | None = None,
        store: str | Path | None = None,
        store_states: bool = False,
        keep_runs: bool = False,
        threads: int | None = None,
        progress: Progress = False,
        stop: _core.StopFlag | None = None,
        dtype: object = "float64",
    ) -> Any:
        r"""Solve an equation of Lindblad form on kets, by quantum jumps or state diffusion.

        .. math:: \dot\psi = \big(-iH - \tfrac12\sum_j L_j^\dagger L_j\big)\psi

        until ‖ψ‖² has fallen to a random number between 0 and 1; then ψ → L_jψ with a probability ∝ ‖L_jψ‖²
        (Dalibard, Castin & Mølmer, doi:10.1103/PhysRevLett.68.580). The mean of |ψ⟩⟨ψ| is ρ(t). Kets need N numbers
        where ρ needs N²; ψ(t) is expanded in Faber polynomials, and the time of a jump is a root of their sum, found
        to rtol.

        Parameters
        ----------
        psi0 : (N,) ket; or a density matrix, of whose eigenvectors each trajectory starts from one. The result is
            linear in it, as that of `evolve`: a trace other than 1 is kept, with a warning.
        tlist, e_ops, threads, progress, stop : as of `evolve`.
        samples : how many trajectories, at least 2.
        seed : trajectory number i depends on it and on i alone, whatever the threads.
        method : "jumps", or "diffusion": quantum state diffusion, whose kets move without jumps (Gisin & Percival,
            doi:10.1088/0305-4470/25/21/023), in steps that split G from the noise symmetrically.
        step : of the diffusion, a time; default such that the error of the splitting is about 1e-3, ∝ step².
        rtol : of a ket, in norm, over all times.
        error : stop as soon as every standard error is below this; `samples` is the most there are then. What rare
            events may have been missed is part of the error: it is never below d·min(1.5/S, q), d being how far a
            value of O can be from the mean and q the probability of any jump.
        store : a Zarr directory that keeps blocks of 64 trajectories, from which the same call goes on where it was
            ended, or takes more samples (rf.sweep).
        store_states : keep the mean |ψ⟩⟨ψ| at each time.
        keep_runs : keep ⟨O⟩ of each trajectory.
        dtype : "float64", or "float32" for rtol ≥ 1e-4, sixteen kets side by side where there were eight; refused
            where rounding over the whole time would pass rtol. It may move the next jump of a ket.

        Returns
        -------
        TrajectoryResult : .expect, .errors (standard errors, unseen rare events included), .states, .runs,
            .jump_times, ….

        Raises
        ------
        TypeError
            The equation is not of Lindblad form.
        ValueError, ConvergenceError, MemoryError, KeyboardInterrupt
            As of `evolve`.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> decay = rf.Lindblad(np.diag([0.0, 1.0]), [np.sqrt(0.3) * np.array([[0.0, 1.0], [0.0, 0.0]])])
        >>> result = decay.trajectories([0.0, 1.0], [0.0, 2.0], np.diag([0.0, 1.0]), samples=1000, seed=1)
        >>> bool(abs(result.expect[0][-1] - np.exp(-0.6)) < 4 * result.errors[0, -1])
        True
        """
        make = Maker(
            as_choice("method", method, METHODS), None if step is None else as_positive("step", step)
        )
        options = dict(
            samples=samples, seed=seed, rtol=rtol, error=error, store=store, store_states=store_states,
            keep_runs=keep_runs, threads=threads, progress=progress, stop=stop, dtype=dtype,
        )  # fmt: skip
        return self.solver.trajectories(make, psi0, tlist, e_ops, options)

    def evolve_low_rank(
        self,
        psi0: State,
        tlist: Numbers,
        e_ops: EOps | None = None,
        *,
        rtol: float = 1e-4,
        max_rank: int | None = None,
        store_factors: bool = False,
        threads: int | None = None,
        progress: Progress = False,
        stop: _core.StopFlag | None = None,
    ) -> Any:
        r"""Solve an equation of Lindblad form for ρ = XX† with as few columns as its tolerance allows.

        .. math:: \rho_1 = e^{\mathcal G h}\big(\rho + \tfrac h6 k_1\big) + \tfrac h3 e^{\mathcal G h/2}(k_2 + k_3)
                  + \tfrac h6 k_4, \qquad k_i = \sum_j L_j\rho_iL_j^\dagger, \quad
                  \mathcal G\rho = G\rho + \rho G^\dagger

        G = −iH − ½ΣL†L: Lawson's fourth-order step, whose weights are positive, so that every stage is an XX† again
        (structure-preserving schemes: Cao & Lu, doi:10.1007/s10915-024-02707-x). Columns are left out by a pivoted
        Cholesky factorisation whose remainder is known exactly. N r numbers where ρ has N²: cold states, short times.

        Parameters
        ----------
        psi0 : (N,) ket, or a density matrix; a trace other than 1 is kept, with a warning.
        tlist, e_ops, threads, progress, stop : as of `evolve`.
        rtol : of ρ in trace norm, relative to its trace, over all times, less than 1; steps are compared with two
            of half their length.
        max_rank : ConvergenceError beyond; default N.
        store_factors : keep X at every time.

        Returns
        -------
        LowRankResult : .expect, .ranks, .errors (a bound in trace norm, from the estimates of all steps), .factors,
            .state().

        Raises
        ------
        TypeError
            The equation is not of Lindblad form.
        ValueError, ConvergenceError, KeyboardInterrupt
            As of `evolve`.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> (a,) = rf.operators.bosons(1, levels=40)
        >>> cavity = rf.Lindblad(a.T @ a, [np.sqrt(0.2) * a])
        >>> result = cavity.evolve_low_rank(np.eye(40)[3], [0.0, 1.0], a.T @ a)
        >>> result.ranks
        array([1, 4])
        >>> bool(abs(result.expect[0][-1] - 3 * np.exp(-0.2)) < 1e-4)
        True
        """
        options = dict(
            rtol=rtol, max_rank=max_rank, store_factors=store_factors, threads=threads, progress=progress, stop=stop
        )  # fmt: skip
        return self.solver.evolve_low_rank(psi0, tlist, e_ops, options)


AnyEquation = Equation[Any, Any]
"""An equation of any system."""


def of_jumps(equation: AnyEquation, jumps: ComplexArray, kind: _core.Kind) -> _core.Generator:
    """Return the generator of jump operators (K, N, N), given in the eigenbasis with their rates."""
    system = equation.system
    u, e = system.eigenvectors, system.energies
    flat = np.full(u.shape, 0.5), None
    given: Sequence[Any] = [np.ascontiguousarray(u @ x @ u.conj().T) for x in jumps]
    return kind.make(
        _core.System.operators(e, u.astype(np.complex128), list(given), [flat], [0] * len(jumps))
    )
