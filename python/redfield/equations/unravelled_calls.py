"""The calls that equations of Lindblad form answer on kets and on factors of ρ."""

from __future__ import annotations

import abc
from pathlib import Path
from typing import Any

from redfield import _core
from redfield._base.checks import as_seed
from redfield._base.checks.types import EOps, IntegerSeed, Numbers, State
from redfield._base.progress import Progress
from redfield._base.qobj import require_factors
from redfield._base.records import Record
from redfield.equations.solver import Solver
from redfield.equations.unravelling import LowRankOptions, Maker, TrajectoryOptions


class UnravelledCalls(Record):
    """Base of `Calls`: trajectories and evolution at low rank, which equations of other forms refuse."""

    @property
    @abc.abstractmethod
    def solver(self) -> Solver:
        """The solver that answers the calls for this kind of problem."""

    @property
    def _factors_of_levels(self) -> tuple[int, ...] | None:
        return getattr(self.solver.system, "dims", None)

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
        (Dalibard, Castin & Mølmer, doi:10.1103/PhysRevLett.68.580). The mean of |ψ⟩⟨ψ| is ρ(t). Of a DrivenSystem H and
        L_j are those of the moment: given ones of `Lindblad`, and of Davies' and the universal equation those that
        follow the eigenbasis of H(t) (Yip, Albash & Lidar, doi:10.1103/PhysRevA.97.022116), with the number of the
        coupling as a jump's channel. Of a PeriodicSystem Davies' jumps are those between Floquet modes, constant in
        their frame (Breuer & Petruccione, doi:10.1103/PhysRevA.55.3101); all that move the same modes are one channel.

        Parameters
        ----------
        psi0 : (N,) ket; or a density matrix, of whose eigenvectors each starts from one. A trace other than 1 is kept.
        tlist, e_ops, threads, progress, stop : as of `evolve`.
        samples : how many trajectories, at least 2.
        seed : int, SeedSequence or Generator; trajectory number i depends on it and on i alone, whatever the threads.
        method : "jumps", or "diffusion": quantum state diffusion, whose kets move without jumps (Gisin & Percival,
            doi:10.1088/0305-4470/25/21/023), in steps that split G from the noise symmetrically.
        step : of the diffusion, a time; default such that the error of the splitting is about 1e-3, ∝ step².
        rtol : of a ket, in norm, over all times.
        error : stop as soon as every standard error, with rare events that may have been missed, is below this.
        store : a Zarr directory that keeps blocks of 64 trajectories, from which the same call goes on (rf.sweep).
        store_states : keep the mean |ψ⟩⟨ψ| at each time.
        keep_runs : keep ⟨O⟩ of each trajectory.
        dtype : "float64", or "float32" for rtol ≥ 1e-4; refused where rounding over the whole time would pass rtol.

        Returns
        -------
        TrajectoryResult : .expect, .errors (standard errors), .states, .runs, .jump_times, ….

        Raises
        ------
        TypeError
            The equation is not of Lindblad form; all else as `evolve`.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> decay = rf.Lindblad(np.diag([0.0, 1.0]), [np.sqrt(0.3) * np.array([[0.0, 1.0], [0.0, 0.0]])])
        >>> result = decay.trajectories([0.0, 1.0], [0.0, 2.0], np.diag([0.0, 1.0]), samples=1000, seed=1)
        >>> bool(abs(result.expect[0][-1] - np.exp(-0.6)) < 4 * result.errors[0, -1])
        True
        """
        make, seed = Maker.of(method, step), as_seed("seed", seed)
        options = TrajectoryOptions(
            samples, seed, rtol, error, store, store_states, keep_runs, threads, progress, stop, dtype
        )
        require_factors(self._factors_of_levels, psi0=psi0, e_ops=e_ops)
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
        (structure-preserving schemes: Cao & Lu, doi:10.1007/s10915-024-02707-x). A pivoted Cholesky factorisation drops
        columns. N r numbers where ρ has N²: cold states, short times.

        Parameters
        ----------
        psi0 : (N,) ket, or a density matrix; a trace other than 1 is kept, with a warning.
        tlist, e_ops, threads, progress, stop : as of `evolve`.
        rtol : of ρ in trace norm, relative to its trace, over all times, less than 1.
        max_rank : ConvergenceError beyond; default N.
        store_factors : keep X at every time.

        Returns
        -------
        LowRankResult : .expect, .ranks, .errors (a bound in trace norm), .factors, .state().

        Raises
        ------
        TypeError
            The equation is not of Lindblad form; all else as `evolve`.

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
        options = LowRankOptions(rtol, max_rank, store_factors, threads, progress, stop)
        require_factors(self._factors_of_levels, psi0=psi0, e_ops=e_ops)
        return self.solver.evolve_low_rank(psi0, tlist, e_ops, options)
