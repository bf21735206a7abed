"""What every master equation offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from redfield import _core
from redfield import evolve as _evolve
from redfield.evolve import Options, Progress
from redfield.result import Result
from redfield.systems import System
from redfield.validation import ComplexArray, as_square, as_threads


class Equation:
    """A master equation ρ̇ = 𝓛ρ of one System."""

    def __init__(self, system: System, lamb_shift: bool, generator: _core.Generator) -> None:
        self.system = system
        self.lamb_shift = lamb_shift
        self.generator = generator

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.system!r}, lamb_shift={self.lamb_shift})"

    def apply(self, rho: Any, *, threads: int | None = None) -> ComplexArray:
        """𝓛ρ in the basis H was given in, (N, N) → (N, N); ρ need not be Hermitian.

        Raises
        ------
        ValueError
            ρ has another shape or an entry that is not finite.
        """
        x = as_square("rho", rho, self.system.dimension)
        return self.generator.apply(x.astype(np.complex128, copy=False), as_threads(threads))

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
    ) -> Result:
        """Solve ρ̇ = 𝓛ρ from ρ(tlist[0]) = rho0.

        Parameters
        ----------
        rho0 : (N, N) density matrix or (N,) ket; array, Qobj or scipy.sparse.
        tlist : (T,) ascending times ≥ 0 in units of 1/energy.
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
        options = Options(method, rtol, atol, threads, progress, stop)
        return _evolve.evolve(self.generator, rho0, tlist, e_ops, store_states, options)


def evolve_ensemble(
    equations: Sequence[Equation],
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
) -> list[Result]:
    """Solve many equations at once, one system a thread; results do not depend on the threads.

    `rho0` is one state for all, or a list of arrays or Qobj, one each; the other arguments are those of
    `Equation.evolve`.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> systems = [
    ...     rf.System(rf.models.dirac_syk2(8, seed=s), rf.SiteProjectors(8), bath) for s in range(4)
    ... ]
    >>> equations = [rf.Redfield(system, lamb_shift=False) for system in systems]
    >>> results = rf.evolve_ensemble(equations, [1, 0, 0, 0, 0, 0, 0, 0], [0.0, 10.0])
    >>> [round(float(abs(r.final_state.trace())), 10) for r in results]
    [1.0, 1.0, 1.0, 1.0]
    """
    equations = list(equations)
    if not equations:
        raise ValueError("equations is empty")
    for i, equation in enumerate(equations):
        if not isinstance(equation, Equation):
            raise TypeError(f"equations[{i}] is a {type(equation).__name__}, not an equation")
    starts = [rho0] * len(equations)
    # A list of arrays is one state each; nested lists of numbers are one state for all.
    if isinstance(rho0, (list, tuple)) and all(getattr(r, "shape", ()) for r in rho0):
        starts = list(rho0)
        if len(starts) != len(equations):
            raise ValueError(f"rho0 has {len(starts)} states for {len(equations)} equations")
    options = Options(method, rtol, atol, threads, progress)
    generators = [equation.generator for equation in equations]
    return _evolve.evolve_many(generators, starts, tlist, e_ops, store_states, options)
