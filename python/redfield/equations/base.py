"""The base of every kind of equation."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, ClassVar, Self

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, as_choice, as_kind
from redfield._base.checks.types import Finite, Numbers, State
from redfield._base.description import text_of
from redfield._base.formula import Formula
from redfield._base.records import record
from redfield.baths.matrix import Mixed
from redfield.equations.calls import Calls
from redfield.equations.registry import KINDS, PROBLEMS, named
from redfield.equations.sloped import Factors, Sloped
from redfield.equations.solver import Solver
from redfield.equations.universal_shift import OwnShift
from redfield.equations.unravelling import Maker, Unravelling
from redfield.systems.base import P, R, Solvable

_UNPREPARED: ContextVar[bool] = ContextVar("unprepared", default=False)
"""Whether equations are made without a generator, which their first call then makes."""


@contextlib.contextmanager
def unprepared() -> Iterator[None]:
    """Let equations be made for their fields alone within the block: no eigenvectors, no tables of baths."""
    token = _UNPREPARED.set(True)
    try:
        yield
    finally:
        _UNPREPARED.reset(token)


@record
class Equation(Formula, Calls[R, P]):
    """A master equation ρ̇ = 𝓛ρ of a system, which says whether H is constant, driven, periodic, quadratic or a batch.

    An equation of a SystemBatch answers `evolve` and `steady_state` for all members at once, with a leading axis B;
    ``equation[i]`` is the equation of member i. States of a QuadraticSystem are covariances G_jk = ⟨a_k† a_j⟩.

    A subclass declares its options as fields after `system`, and defines `_kind`.
    """

    system: Solvable[R, P]

    _described: ClassVar[str] = "a master equation"
    _sources: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Keys of the bibliography: of the kind (""), and of what it is for a problem ("driven") or with an option."""
    _form: ClassVar[str] = "general"
    """The form of the dissipator of independent baths, as `Solver.form` has it."""
    _shifts_by_table: ClassVar[bool] = True
    """Whether η at the Bohr frequencies is the Lamb shift; else `_kind` computes it for the members."""

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
        """Check what the options of a kind must be together, and store them as they are used."""
        if not _UNPREPARED.get():
            self.solver.prepare()

    _has_baths: ClassVar[bool] = True
    """Whether its baths are the user's, whose numbers gradients are told of."""

    def _table_rows(self) -> dict[str, str]:
        """Return what a notebook shows: the system's rows, and the options."""
        known: dict[str, str] = self.system._table_rows()
        options = {k: text_of(v) for k, v in self._parameters().items() if k != "system"}
        if len(options) == len(
            self._parameters()
        ):  # Lindblad's equation, whose system stands for its arguments
            return {"N": known["N"], **options}
        shown = {f"{k} of the equation" if k in known else k: v for k, v in options.items()}
        return {"system": type(self.system).__name__, **known, **shown}

    @property
    def lamb_shift(self) -> bool:
        """Whether the baths shift energies; a kind of equation with this option declares it as a field."""
        return False

    @property
    def _shift_table(self) -> bool:
        """Whether the core's system needs η at the Bohr frequencies."""
        return self.lamb_shift and self._shifts_by_table

    @property
    def _own_shift(self) -> OwnShift | None:
        """The Lamb shift that `_kind` computes for a System, with its derivatives; None where η's table is all."""
        return None

    @property
    def _tabulated(self) -> bool:
        """Whether the core makes 𝓛(t) of a driven system from the spectra alone."""
        return True

    def _kind(self, members: Iterable[Any]) -> _core.Kind:
        """Return the kind of equation in the core, with what it needs of each member, in the eigenbases they have."""
        raise NotImplementedError

    def _mixed(self, mixed: Mixed) -> _core.Generator:
        """Return the generator of a system with a BathMatrix."""
        raise TypeError(
            f"{type(self).__name__} does not apply to a BathMatrix; {KINDS.that_are('matrix')} do, and all to "
            "rf.correlated"
        )

    def _in_eigenbasis(self) -> _core.Generator:
        """Return the generator of a System in its eigenbasis."""
        system: Any = self.system
        if system.has_matrix:
            return self._mixed(Mixed(system))
        return self._kind([system]).make(system.core(self._shift_table))

    def _in_given_basis(self) -> _core.Generator | None:
        """Return the generator of a System in the basis H was given in, where an application costs less there."""
        return None

    def _factors(self, spectra: Sequence[Sloped]) -> Factors:
        """Return the functions of the baths' Γ that its pair kernel is made of."""
        raise TypeError(f"{self!r} has no gradients; {KINDS.that_are('differentiable')} have")

    def _unravelling(self, make: Maker) -> Unravelling:
        """Return the effective Hamiltonian and jump operators that move kets."""
        having = KINDS.that_are("positive", self.system.problem)
        raise TypeError(
            f"{self!r} has no trajectories: its dissipator has negative rates (rf.diagnose tells them), which no jump "
            f"can have. {having} have no negative rates, and have trajectories"
        )

    @property
    def remembers(self) -> bool:
        """Whether the memory integral begins at the start of the evolution, so that no generator exists."""
        return False

    @functools.cached_property
    def solver(self) -> Solver:
        """The solver that answers the calls for this kind of problem."""
        return Solver.of(self)

    @property
    def generator(self) -> Any:
        """𝓛 in the compiled core."""
        return self.solver.generator

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
        equation: Self = self.solver.of_reservoir(reservoir)
        return equation

    def at(self, t: Finite, tlist: Numbers | None = None) -> Equation[Any, Any]:
        """Return the equation of a driven system held at its value at t, which is one of a constant H.

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
        held: AnyEquation = self.solver.at(t, tlist)
        return held

    def apply(self, rho: State, t: Finite | None = None, *, threads: int | None = None) -> ComplexArray:
        """Return 𝓛ρ, of a driven system 𝓛(t)ρ, in the basis H was given in, (N, N); ρ need not be Hermitian.

        Raises
        ------
        ValueError, TypeError
            ρ has another shape or an entry that is not finite; t is missing, or is given where H is constant.
        """
        return self.solver.apply(rho, t, threads)

    def dissipator(self, rho: State, *, threads: int | None = None) -> ComplexArray:
        """Return 𝓛ρ + i[H, ρ], the action of the baths with their Lamb shift, in the basis H was given in."""
        return self.solver.dissipator(rho, threads)

    def liouvillian(
        self,
        basis: str = "given",
        *,
        threshold: float | None = None,
        max_bytes: float | None = None,
        threads: int | None = None,
    ) -> scipy.sparse.csr_array:
        """Return 𝓛 as an (N², N²) complex CSR matrix on column-stacked ρ, 𝓛 ρ.ravel(order="F").

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
        """Return 𝓛 as a matrix-free scipy LinearOperator on column-stacked ρ in the basis H was given in.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), rf.OhmicBath(0.04, 10.0, 5.0))
        >>> operator = rf.Redfield(system).as_linear_operator()
        >>> operator.shape, operator.dtype
        ((4, 4), dtype('complex128'))
        """
        n, generator = self.system.dimension, self.solver.cheapest

        def matvec(x: ComplexArray) -> ComplexArray:
            # Column-stacked ρ is the row-major ρᵀ.
            rho = np.asarray(x, dtype=np.complex128).reshape(n, n).T
            change: ComplexArray = generator.apply(rho, 0 if threads is None else threads)
            return change.ravel(order="F")

        return scipy.sparse.linalg.LinearOperator((n * n, n * n), matvec=matvec, dtype=np.complex128)

    def lamb_shift_hamiltonian(self, basis: str = "given") -> ComplexArray:
        """Return H_LS = (K − K†)/2i, −Kρ − ρK† being the loss term, in the basis H was given in or the eigenbasis.

        Redfield's equation has one without a Lamb shift of the bath too, from the difference of γ/2 at two frequencies.
        """
        decay = getattr(self.generator, "decay", None)  # in Floquet modes there is no G
        k = None if decay is None else decay()
        if k is None:
            raise TypeError(f"{self!r} has no pair kernel to take the Lamb shift from")
        shift: ComplexArray = -0.5j * (k - k.conj().T)
        if as_choice("basis", basis, ("given", "eigen")) == "eigen":
            return shift
        u = self.system.eigenvectors
        rotated: ComplexArray = u @ shift @ u.conj().T
        return rotated


AnyEquation = Equation[Any, Any]
"""An equation of any system."""
