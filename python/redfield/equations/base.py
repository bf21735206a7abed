"""What every master equation offers."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, ClassVar, Self

import numpy as np

from redfield import _core
from redfield import batch as _batch
from redfield._base.checks import (
    ComplexArray,
    as_flag,
    as_square,
    as_threads,
)
from redfield.batch import SystemBatch
from redfield.baths.matrix import Mixed
from redfield.equations.kets import Kets
from redfield.results.result import Result
from redfield.solve import evolve as _evolve
from redfield.solve import steady as _steady
from redfield.solve.evolve import Options, Progress
from redfield.solve.steady import Spectrum, SteadyState
from redfield.systems.system import System


class Equation(Kets):
    """A master equation ρ̇ = 𝓛ρ of one System, or of each member of a SystemBatch.

    Subclasses set their own options, then call this __init__; `_kind` tells the core which equation they are, here and
    again where an equation was unpickled.

    That of a batch answers `evolve` and `steady_state` for all members at once, with a leading axis B;
    ``equation[i]`` is member i's own, which answers everything.
    """

    def __init__(self, system: System | SystemBatch, lamb_shift: bool) -> None:
        self.system: Any = _as_system(system)
        self.lamb_shift = as_flag("lamb_shift", lamb_shift)
        self._require_makeable()

    _form: ClassVar[str] = "general"
    """The `form` of independent baths."""

    @property
    def form(self) -> str:
        """What is known of the dissipator: "couplings" Σ_j(|Λ_j⟩⟨A_j| + |A_j⟩⟨Λ_j|), "banded" the same between
        frequencies that are near each other, "jumps" Σ_j|L_j⟩⟨L_j|, "secular" γ(ω) for each Bohr frequency, or nothing,
        "general".
        """
        return "general" if isinstance(self.system, System) and self.system.has_matrix else self._form

    needs_lamb_shift_table: ClassVar[bool] = True
    """Whether η at the Bohr frequencies is the Lamb shift; else `_kind` makes it of the members."""

    def _kind(self, members: Iterable[System]) -> _core.Kind:
        """The kind of equation in the core, with what it needs of each system, in the eigenbases they have."""
        raise NotImplementedError

    def _mixed(self, mixed: Mixed) -> _core.Generator:
        """The generator of a system with a BathMatrix."""
        raise TypeError(
            f"{type(self).__name__} does not apply to a BathMatrix; Redfield, GeometricArithmetic, Davies and "
            "UniversalLindblad do, and all to rf.correlated"
        )

    def _of_jumps(self, jumps: ComplexArray, kind: _core.Kind) -> _core.Generator:
        """A kind of jump operators, (K, N, N) in the eigenbasis with their rates."""
        u, e = self.system.eigenvectors, self.system.energies
        flat = np.full(u.shape, 0.5), None
        given = [np.ascontiguousarray(u @ x @ u.conj().T) for x in jumps]
        return kind.make(
            _core.System.operators(e, u.astype(np.complex128), given, [flat], [0] * len(jumps))
        )

    def _make(self) -> _core.Generator:
        if self.system.has_matrix:
            return self._mixed(Mixed(self.system))
        shift = self.lamb_shift and self.needs_lamb_shift_table
        return self._kind([self.system]).make(self.system.core(shift))

    @functools.cached_property
    def generator(self) -> _core.Generator:
        """𝓛 in the compiled core."""
        if isinstance(self.system, SystemBatch):
            raise TypeError(
                f"{self!r} answers evolve and steady_state; ask one member, equation[i], for anything else"
            )
        return self._make()

    @property
    def cheapest(self) -> _core.Generator:
        """What moves states, in the cheapest frame: the generator above, or one in the basis H was given in."""
        return self.generator

    def _require_makeable(self) -> None:
        """Errors come early: those of a batch's members when they are solved."""
        if isinstance(self.system, System):
            self.cheapest  # noqa: B018

    def __len__(self) -> int:
        if isinstance(self.system, SystemBatch):
            return len(self.system)
        raise TypeError(f"{self!r} is one equation and has no len()")

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, member: int) -> Self:
        """The equation of one member of a batch."""
        if not isinstance(self.system, SystemBatch):
            raise TypeError(f"{self!r} is one equation and has no members")
        return self.with_system(self.system[member])

    def with_system(self, system: System | SystemBatch) -> Self:
        """The same kind of equation, with the same options, of another system or batch."""
        other = self._changed(system=_as_system(system))
        other._require_makeable()
        return other

    def of_reservoir(self, reservoir: int) -> Self:
        """The same equation with the couplings of one of the system's reservoirs alone."""
        return self.with_system(self.system.of_reservoir(reservoir))

    def apply(self, rho: Any, *, threads: int | None = None) -> ComplexArray:
        """𝓛ρ in the basis H was given in, (N, N) → (N, N); ρ need not be Hermitian.

        Raises
        ------
        ValueError
            ρ has another shape or an entry that is not finite.
        """
        x = as_square("rho", rho, self.system.dimension)
        return self.cheapest.apply(x.astype(np.complex128, copy=False), as_threads(threads))

    def steady_state(
        self,
        rho0: Any = None,
        *,
        method: str = "auto",
        tol: float = 1e-10,
        threads: int | None = None,
        progress: Progress = False,
    ) -> SteadyState:
        """Solve 𝓛ρ = 0, tr ρ = 1.

        Parameters
        ----------
        rho0 : (N, N) density matrix or (N,) ket whose late state is wanted where there are several steady states: the
            part of it in the null space of 𝓛, the mean over late times where coherences turn for ever. Where there
            is one steady state rho0 does not matter. Of a batch one state or (B, N, N).
        method : "direct" takes the LU of 𝓛 as a dense matrix, or where N > 7 and 𝓛 is sparse, in the basis H was
            given in or in its eigenbasis, its sparse LU; "iterative" solves 𝓛ρ + w tr(ρ)1/N = w 1/N by GMRES,
            preconditioned with the exact inverse of 𝓛's secular part or, where that stagnates, of what 𝓛 does
            between jumps; "auto" takes what costs least, and the next where one stagnates. Populations that obey a
            classical rate equation (Davies without degenerate frequencies, jumps between eigenstates) are solved in
            closed form whatever the method, to all digits at any strength.
        tol : what the residual may change in the state, in trace norm.

        Returns
        -------
        SteadyState : .state (N, N) in the basis H was given in, .error (estimated, in trace norm), .residual,
        .applications. That it is the only one is tested at every size, by solving for random right-hand sides:
        what vanishes is judged relative to the dissipative rates, each element in units of its own rate, never to the
        bandwidth. .unique is False only for what rho0 leads to where there are several.

        Raises
        ------
        MultipleSteadyStates
            There is more than one and no rho0; the message says how many and `.states` has a basis where N allows.
            An equation without dissipation has Σd², d the degeneracies of H.
        ConvergenceError
            GMRES stagnates, the message says at which residual, or can not tell whether its state is the only one;
            or a mode decays so slowly that rounding does not tell it from a steady state.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=2.0)
        >>> system = rf.System(rf.models.anderson(3, disorder=2.0, seed=1), rf.SiteProjectors(27), bath)
        >>> steady = rf.Redfield(system, lamb_shift=False).steady_state(method="iterative")
        >>> gibbs = system.gibbs_state()
        >>> bool(rf.trace_norm(steady.state - gibbs) < 1e-8)
        True
        """
        if isinstance(self.system, SystemBatch):
            solved: Any = _batch.steady_states(self, method, tol, threads, progress, rho0)
            return solved  # type: ignore[no-any-return]
        return _steady.steady_state(self.generator, method, tol, threads, progress, rho0)

    def spectrum(
        self, k: int | None = None, *, method: str = "auto", tol: float = 1e-9, threads: int | None = None
    ) -> Spectrum:
        """The k eigenvalues of 𝓛 nearest zero, their modes and the gap.

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
        return _steady.spectrum(self.generator, k, method, tol, threads)

    def evolve(
        self,
        rho0: Any,
        tlist: Any,
        e_ops: Any = None,
        *,
        method: str = "auto",
        rtol: float = 1e-6,
        atol: float = 1e-9,
        threads: int | None = None,
        store_states: bool | None = None,
        progress: Progress = False,
        stop: _core.StopFlag | None = None,
        dtype: Any = "float64",
    ) -> Result:
        """Solve ρ̇ = 𝓛ρ from ρ(tlist[0]) = rho0.

        Parameters
        ----------
        rho0 : (N, N) density matrix or (N,) ket; array, Qobj or scipy.sparse.
        tlist : (T,) ascending times in units of 1/energy, rho0 holding at the first.
        e_ops : operator, list or dict of operators whose tr(O ρ(t)) is wanted.
        method : "auto" takes the equation's closed form if it has one, the dense exponential for small
            systems, else "chebyshev". "chebyshev": Faber/Chebyshev expansion, long steps, many outputs a
            step; rtol·‖ρ‖₁ + atol bounds the error of the whole evolution in trace norm. "dopri5":
            adaptive Dormand-Prince 5(4) in the interaction picture; rtol and atol bound the error of
            each step. "exponential": e^{𝓛Δt} as an N²×N² matrix. "exact": the closed form.
        threads : for one system, default chosen by its size.
        store_states : keep ρ(t); default only without e_ops. The final state is always kept.
        progress : True for a bar, or a function of the fraction done.
        stop : a flag another thread may set to end the evolution.
        dtype : "float64", or "float32" for rtol ≥ 1e-4: expansions in single precision, about twice as fast
            in half the memory, and states complex64. What has a closed form or is small enough for a dense
            exponential is computed in double precision, `stats["dtype"]` tells. Refused where rounding over the
            whole time, about 3e-8 an application, would pass rtol.

        Raises
        ------
        ValueError, TypeError
            An argument does not fit; the message names it and its value.
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
        """
        options = Options(method, rtol, atol, threads, progress, stop, dtype)
        if isinstance(self.system, SystemBatch):
            solved: Any = _batch.evolve(self, rho0, tlist, e_ops, store_states, options)
            return solved  # type: ignore[no-any-return]
        return _evolve.evolve(self, rho0, tlist, e_ops, store_states, options)


def _as_system(system: Any) -> Any:
    if not isinstance(system, System | SystemBatch):
        raise TypeError(f"system must be a System or a SystemBatch, got {type(system).__name__}")
    return system
