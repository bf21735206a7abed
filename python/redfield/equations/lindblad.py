"""Lindblad's equation with given jump operators."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from redfield import _core
from redfield._base.checks import as_choice, renamed
from redfield._base.checks.types import Breakpoints, Operand, Operator, Operators
from redfield.baths import FlatBath
from redfield.equations.base import Equation
from redfield.equations.correlated_jumps import independent_jumps
from redfield.equations.frames import FRAMES, cheapest_frame
from redfield.equations.sloped import Factors, Sloped
from redfield.equations.unravelling import Maker, Unravelling, in_given_basis
from redfield.systems.batch import SystemBatch
from redfield.systems.couplings import as_core_entries
from redfield.systems.driven import DrivenSystem
from redfield.systems.drives.parts import depends_on_time
from redfield.systems.periodic import PeriodicSystem
from redfield.systems.system import System


class Lindblad(Equation[Any, Any]):
    r"""Lindblad's equation.

    .. math:: \dot\rho = -i[H, \rho] + \sum_j \big( L_j\rho L_j^\dagger
              - \tfrac12\{L_j^\dagger L_j, \rho\} \big)

    (Gorini, Kossakowski & Sudarshan 1976; Lindblad 1976.) Sparse operators stay sparse: the equation moves states in
    the basis H was given in where that is cheaper than products of dense matrices in H's eigenbasis.

    Parameters
    ----------
    hamiltonian : (N, N) Hermitian array, Qobj or scipy.sparse matrix; (B, N, N) of a batch; a function of time, or
        ``[h0, (h1, f1), …]``, as of DrivenSystem.
    jumps : (N, N) operators L_j, each with its rate in it (√rate L); (B, N, N) where it differs between members; or
        what a Hamiltonian of a DrivenSystem may be.
    period : T, where H and the jumps repeat: steady states are periodic then.
    harmonics, tol, breakpoints : of a period, as of PeriodicSystem.
    dims : of the tensor product that the levels are of, as of System.
    kicks : instantaneous pulses, as of DrivenSystem.
    rates : (J,) rates Γ_j ≥ 0, or a Hermitian matrix Γ_ij ≥ 0, (J, J), of jumps that are correlated:

        .. math:: \sum_{ij} \Gamma_{ij} \big( L_i\rho L_j^\dagger - \tfrac12\{L_j^\dagger L_i, \rho\} \big)

        Its eigenvectors of rate not zero are the jumps of the equation, ``equation.system.couplings``, which gradients
        and trajectories are of. Jumps are constant then.
    frame : "given", where H is not diagonalised until something needs its eigenvectors (steady states, spectra,
        diagnostics), "eigenbasis", or "auto", which compares what an application costs; `.frame` and a result's
        stats["frame"] tell which it is.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> decay = np.sqrt(0.3) * np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> result = rf.Lindblad(np.diag([0.0, 1.0]), [decay]).evolve([0.0, 1.0], [0.0, 2.0])
    >>> bool(np.isclose(result.final_state[1, 1].real, np.exp(-0.3 * 2.0)))
    True

    Two atoms within a wavelength decay together: from one excitation that they share at twice the rate or not at all.

    >>> atom, one = np.array([[0.0, 1.0], [0.0, 0.0]]), np.eye(2)
    >>> both = [np.kron(atom, one), np.kron(one, atom)]
    >>> pair = rf.Lindblad(np.zeros((4, 4)), both, rates=[[1.0, 1.0], [1.0, 1.0]])
    >>> for sign in (1, -1):
    ...     shared = np.array([0, 1, sign, 0]) / np.sqrt(2)
    ...     print(pair.evolve(shared, [0.0, 1.0]).final_state[0, 0].real.round(4) + 0.0)
    0.8647
    0.0

    A rate that falls off in time:

    >>> lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> pulse = rf.Lindblad(np.diag([0.0, 1.0]), [[(lower, lambda t: np.exp(-t))]])
    >>> excited = pulse.evolve([0.0, 1.0], [0.0, 3.0]).final_state[1, 1].real
    >>> bool(abs(excited - np.exp(-(1 - np.exp(-6.0)) / 2)) < 1e-6)
    True

    Fluorescence of a driven atom, in the laboratory frame:

    >>> h = [np.diag([0.0, 5.0]), (lower + lower.T, lambda t: 0.1 * np.cos(5.0 * t))]
    >>> atom = rf.Lindblad(h, [np.sqrt(0.2) * lower], period=2 * np.pi / 5.0)
    >>> excited = atom.steady_state().mean[1, 1].real
    >>> bool(abs(excited - 0.1**2 / (0.2**2 + 2 * 0.1**2)) < 1e-3)  # the rotating-wave approximation's
    True
    """

    _sources: ClassVar[Mapping[str, tuple[str, ...]]] = {"": ("gorini1976", "lindblad1976")}
    _form: ClassVar[str] = "couplings"
    _has_baths: ClassVar[bool] = False

    def __init__(
        self,
        hamiltonian: Operator,
        jumps: Operators,
        *,
        period: float | None = None,
        frame: str = "auto",
        harmonics: int | None = None,
        tol: float = 1e-9,
        breakpoints: Breakpoints = (),
        dims: Sequence[int] | None = None,
        kicks: Sequence[tuple[float, Any]] = (),
        rates: Operand | None = None,
    ) -> None:
        self.asked_frame = as_choice("frame", frame, FRAMES)
        if rates is not None:
            jumps = independent_jumps(jumps, rates)
        with renamed("couplings", "jumps"), renamed("hamiltonians", "hamiltonian"):
            self.system = _system(hamiltonian, jumps, period, harmonics, tol, breakpoints, dims, kicks)
        problem: str = self.system.problem
        if self.asked_frame != "auto" and problem != "constant":
            raise TypeError(f"frame = {frame!r} has no meaning for a {problem} problem; leave it out")
        self.__post_init__()

    def _parameters(self) -> dict[str, Any]:
        system: Any = self.system
        name = {"batch": "hamiltonians", "constant": "given_hamiltonian"}.get(
            system.problem, "hamiltonian"
        )
        parameters = {"hamiltonian": getattr(system, name), "jumps": system.couplings}
        if system.dims is not None:
            parameters["dims"] = system.dims
        if system.problem == "periodic":
            return {
                **parameters,
                "period": system.period,
                "harmonics": system.asked_harmonics,
                "tol": system.tol,
                "breakpoints": system.breakpoints,
            }
        kicks = getattr(system, "kicks", ())
        return {**parameters, "frame": self.asked_frame, **({"kicks": kicks} if kicks else {})}

    def _kind(self, members: Iterable[Any]) -> _core.Kind:
        # Redfield's equation with γ = 1 at every frequency.
        return _core.Kind.named("redfield", False)

    def _factors(self, spectra: Sequence[Sloped]) -> Factors:
        return Factors(spectra)

    @functools.cached_property
    def frame(self) -> str:
        """The basis in which states move, "given" or "eigenbasis"."""
        system: Any = self.system
        if system.problem != "constant":
            return "eigenbasis"
        if self.asked_frame != "auto":
            return self.asked_frame
        return cheapest_frame(system.given_hamiltonian, system.couplings)

    def _in_given_basis(self) -> _core.Generator | None:
        if self.frame == "eigenbasis":
            return None
        system: Any = self.system
        jumps = [as_core_entries(a) for a in system.couplings]
        hamiltonian = as_core_entries(system.given_hamiltonian)
        return _core.LambdaGenerator.lindblad(system.dimension, hamiltonian, jumps)

    def _unravelling(self, make: Maker) -> Unravelling:
        system: Any = self.system
        return in_given_basis(make, system.given_hamiltonian, system.couplings)


def _system(
    hamiltonian: Operator,
    jumps: Operators,
    period: float | None,
    harmonics: int | None,
    tol: float,
    breakpoints: Sequence[float],
    dims: Sequence[int] | None,
    kicks: Sequence[tuple[float, Any]],
) -> Any:
    """Return the system whose couplings are the jump operators, with white noise of rate 1."""
    couplings: Any = jumps
    white = FlatBath(1.0)
    if period is not None:
        if len(kicks):
            raise TypeError("kicks of a periodic problem have no answer: leave out period")
        return PeriodicSystem(
            hamiltonian,
            period,
            couplings,
            white,
            harmonics=harmonics,
            tol=tol,
            breakpoints=breakpoints,
            dims=dims,
        )
    if harmonics is not None or tol != 1e-9 or len(breakpoints):
        raise TypeError("harmonics, tol and breakpoints are of a period: give period, or leave them out")
    operators = [hamiltonian, *(jumps if isinstance(jumps, Sequence) else [jumps])]
    if len(kicks) or any(depends_on_time(x) for x in operators):
        return DrivenSystem(hamiltonian, couplings, white, dims=dims, kicks=kicks)
    if any(getattr(x, "ndim", 2) == 3 for x in operators):
        if dims is not None:
            raise TypeError(f"dims = {dims} has no meaning for a batch: leave it out")
        return SystemBatch(hamiltonian, couplings, white)
    return System(hamiltonian, couplings, white, dims=dims)
