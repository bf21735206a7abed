"""Equations of Lindblad form on kets and on density matrices of low rank."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from redfield import _core
from redfield._base.checks import as_choice, as_positive
from redfield.batch import SystemBatch
from redfield.equations.representations import Representations
from redfield.solve import trajectories
from redfield.solve.evolve import Progress
from redfield.solve.trajectories import LowRankResult, TrajectoryResult, low_rank
from redfield.solve.trajectories.unravelling import METHODS, Maker, Unravelling


class Kets(Representations):
    """Of an equation whose rates are not negative."""

    def _require_one(self) -> None:
        system: Any = self.system
        if isinstance(system, SystemBatch):
            raise TypeError(f"{self!r} is of a batch: ask one member, equation[i]")

    def _unravelling(self, make: Maker) -> Unravelling:
        """What kets need of it, where it is of Lindblad form."""
        raise TypeError(
            f"{self!r} has no trajectories: its dissipator has negative rates (rf.analysis.kossakowski tells them), "
            "which no jump can have; Lindblad, UniversalLindblad, GeometricArithmetic, Davies and CoarseGrained have "
            "none"
        )

    def trajectories(
        self,
        psi0: Any,
        tlist: Any,
        e_ops: Any = None,
        *,
        samples: int = 100,
        seed: int = 0,
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
        dtype: Any = "float64",
    ) -> TrajectoryResult:
        r"""Solve the equation on kets, by quantum jumps or state diffusion.

        .. math:: \dot\psi = \big(-iH - \tfrac12\sum_j L_j^\dagger L_j\big)\psi

        until ‖ψ‖² has fallen to a random number between 0 and 1; then ψ → L_jψ with a probability ∝ ‖L_jψ‖²
        (Dalibard, Castin & Mølmer, doi:10.1103/PhysRevLett.68.580). The mean of |ψ⟩⟨ψ| is ρ(t). Kets need N numbers
        where ρ needs N²; ψ(t) is expanded in Faber polynomials, and the time of a jump is a root of their sum, found
        to rtol.

        Parameters
        ----------
        psi0 : (N,) ket; or a density matrix, of whose eigenvectors each trajectory starts from one. The result is
            linear in it, as that of `evolve`: a trace other than 1 is kept, with a warning.
        tlist : (T,) ascending times.
        e_ops : operator, list or dict of operators; sparse ones stay so.
        samples : how many trajectories, at least 2.
        seed : trajectory number i depends on it and on i alone, whatever the threads.
        method : "jumps", or "diffusion": quantum state diffusion, whose kets move without jumps (Gisin & Percival,
            doi:10.1088/0305-4470/25/21/023), in steps that split G from the noise symmetrically.
        step : of the diffusion, a time; default such that what the splitting leaves is about 1e-3. Its mean is that of
            an error ∝ step².
        rtol : of a ket, in norm, over all times.
        error : stop as soon as every standard error is below this; `samples` is the most there are then. What rare
            events may have been missed is part of the error: it is never below d·min(1.5/S, q), d being how far a
            value of O can be from the mean and q the probability of any jump.
        store : a Zarr directory that keeps blocks of 64 trajectories, from which the same call goes on where it was
            ended, or takes more samples (rf.sweep).
        store_states : keep the mean |ψ⟩⟨ψ| at each time.
        keep_runs : keep ⟨O⟩ of each trajectory.
        dtype : "float64", or "float32" for rtol ≥ 1e-4, sixteen kets side by side where there were eight; refused
            where rounding over the whole time would pass rtol. What it changes of a ket may move its next jump.

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
        self._require_one()
        options = trajectories.Options(
            samples, seed, rtol, error, store, store_states, keep_runs, threads, progress, stop, dtype
        )
        make = Maker(
            as_choice("method", method, METHODS), None if step is None else as_positive("step", step)
        )
        return trajectories.trajectories(self, self._unravelling(make), make, psi0, tlist, e_ops, options)

    def evolve_low_rank(
        self,
        psi0: Any,
        tlist: Any,
        e_ops: Any = None,
        *,
        rtol: float = 1e-4,
        max_rank: int | None = None,
        store_factors: bool = False,
        threads: int | None = None,
        progress: Progress = False,
        stop: _core.StopFlag | None = None,
    ) -> LowRankResult:
        r"""Solve the equation for ρ = XX† with as few columns as its tolerance allows: cold states, short times.

        .. math:: \rho_1 = e^{\mathcal G h}\big(\rho + \tfrac h6 k_1\big) + \tfrac h3 e^{\mathcal G h/2}(k_2 + k_3)
                  + \tfrac h6 k_4, \qquad k_i = \sum_j L_j\rho_iL_j^\dagger, \quad
                  \mathcal G\rho = G\rho + \rho G^\dagger

        G = −iH − ½ΣL†L: Lawson's fourth-order step, whose weights are positive, so that every stage is an XX† again
        (structure-preserving schemes: Cao & Lu, doi:10.1007/s10915-024-02707-x). Columns are left out by a pivoted
        Cholesky factorisation whose remainder is known exactly. N r numbers where ρ has N².

        Parameters
        ----------
        psi0 : (N,) ket, or a density matrix; a trace other than 1 is kept, with a warning.
        tlist : (T,) ascending times.
        e_ops : operator, list or dict of operators; sparse ones stay so.
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
        >>> (a,) = rf.fock.bosons(1, levels=40)
        >>> cavity = rf.Lindblad(a.T @ a, [np.sqrt(0.2) * a])
        >>> result = cavity.evolve_low_rank(np.eye(40)[3], [0.0, 1.0], a.T @ a)
        >>> result.ranks
        array([1, 4])
        >>> bool(abs(result.expect[0][-1] - 3 * np.exp(-0.2)) < 1e-4)
        True
        """
        self._require_one()
        options = low_rank.Options(rtol, max_rank, store_factors, threads, progress, stop)
        return low_rank.evolve(self, self._unravelling(Maker("low rank")), psi0, tlist, e_ops, options)
