"""The equation of arrays: Hamiltonian, couplings and numbers of baths, and what of it is no array."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from redfield._base.checks import as_kind, shown
from redfield.autodiff.baths import BathArrays, BathForm
from redfield.autodiff.stacks import Array, Stack
from redfield.baths import Bath, BathBatch
from redfield.equations.base import AnyEquation, Equation
from redfield.equations.registry import KINDS
from redfield.systems import SiteProjectors, System, SystemBatch

A = TypeVar("A")
"""The arrays of a library."""

Converter = Callable[[str, object, bool | None], A]
"""A function of an argument's name, its value and whether it is complex (None: either) that returns an array."""


@dataclass(frozen=True)
class Model:
    """An equation but for its arrays, which are H (N, N), couplings (K, N, N) or weights (K,), and each bath's numbers.

    Attributes
    ----------
    dimension : N.
    sites : the sites of the projectors that couple, or None where the couplings are matrices.
    baths : of all couplings, or one each.
    equation, fields : its class and options.
    """

    dimension: int
    sites: tuple[int, ...] | None
    baths: tuple[BathForm | Bath, ...]
    equation: type[AnyEquation]
    fields: tuple[tuple[str, Any], ...]

    @property
    def ranks(self) -> tuple[int, ...]:
        """The number of axes of each array."""
        numbers = sum(len(b.names) for b in self.baths if isinstance(b, BathForm))
        return (2, 3 if self.sites is None else 1, *(0,) * numbers)

    def batches(self) -> bool:
        """Return whether the equation is defined for a SystemBatch."""
        kind = KINDS.of(self.equation)
        return kind is not None and "batch" in kind.problems

    def equation_of(self, arrays: Sequence[Array]) -> AnyEquation:
        """Return the equation of one call."""
        hamiltonian, couplings, *numbers = arrays
        operators = list(couplings) if self.sites is None else self._projectors(couplings)
        baths = [b.one(given) if isinstance(b, BathForm) else b for b, given in self._dealt(numbers)]
        return self.equation(System(hamiltonian, operators, baths), **dict(self.fields))

    def equation_of_all(self, stack: Stack) -> AnyEquation:
        """Return the equation of all calls, of which some differ in H, couplings or baths."""
        couplings: Any = stack.stacked(1)
        if self.sites is None:
            operators: Any = [couplings[..., j, :, :] for j in range(couplings.shape[-3])]
        elif couplings.ndim == 1:
            operators = self._projectors(couplings)
        else:
            operators = [self._projector(s, couplings[:, j]) for j, s in enumerate(self.sites)]
        numbers = [stack.full(k) for k in range(2, len(self.ranks))]
        baths: list[Any] = [
            b.many(given) if isinstance(b, BathForm) else b for b, given in self._dealt(numbers)
        ]
        if len(baths) == len(stack):  # or they would be those of the members
            baths = [b if isinstance(b, BathBatch) else BathBatch([b] * len(stack)) for b in baths]
        batch = SystemBatch(stack.full(0), operators, baths)
        return self.equation(batch, **dict(self.fields))

    def gradients(self, gradient: Any) -> list[Array]:
        """Return ∂f/∂Re + i ∂f/∂Im of each array, of one call or, with an axis in front, of a batch."""
        couplings = gradient.couplings
        if self.sites is not None and couplings.ndim - gradient.hamiltonian.ndim == 1:
            sites = list(self.sites)
            couplings = couplings[..., range(len(sites)), sites, sites].real
        out = [gradient.hamiltonian, couplings]
        for bath, place in zip(self.baths, self._distinct(), strict=True):
            if isinstance(bath, BathForm):
                out += [self._number(bath, gradient.baths[place], name) for name in bath.names]
        return [np.asarray(x) for x in out]

    def _distinct(self) -> list[int]:
        """Return the place of each bath among the distinct ones: those of arrays are all distinct."""
        known: dict[Any, int] = {}
        return [
            known.setdefault(j if isinstance(bath, BathForm) else bath, len(known))
            for j, bath in enumerate(self.baths)
        ]

    @staticmethod
    def _number(bath: BathForm, found: Mapping[str, Any], name: str) -> Any:
        if name not in found:
            raise TypeError(
                f"there is no derivative with respect to {name} of a {bath.kind.__name__}; leave it out of the "
                "BathArrays where it has its default value, or give the bath itself"
            )
        return found[name]

    def _dealt(self, numbers: Sequence[Array]) -> list[tuple[BathForm | Bath, list[Array]]]:
        """Return each bath with its numbers."""
        out, first = [], 0
        for bath in self.baths:
            count = len(bath.names) if isinstance(bath, BathForm) else 0
            out.append((bath, list(numbers[first : first + count])))
            first += count
        return out

    def _projectors(self, weights: Array) -> SiteProjectors:
        assert self.sites is not None
        return SiteProjectors(self.dimension, self.sites, weights)

    def _projector(self, site: int, weights: Array) -> Array:
        out = np.zeros((len(weights), self.dimension, self.dimension))
        out[:, site, site] = weights
        return out


def model_of(
    convert: Converter[A],
    hamiltonian: object,
    couplings: object,
    baths: object,
    equation: object,
    fields: Mapping[str, Any],
) -> tuple[Model, list[A]]:
    """Return the model of a call's arguments and its arrays.

    Raises
    ------
    ValueError, TypeError
        A shape does not fit, or an argument is of the wrong kind.
    """
    if isinstance(equation, functools.partial):  # of options that a call has of its own too, as tol
        if equation.args:
            raise TypeError(f"equation: a partial has options by name alone, got {shown(equation)}")
        fields = {**equation.keywords, **fields}
        equation = equation.func
    if not (isinstance(equation, type) and issubclass(equation, Equation)):
        raise TypeError(
            f"equation must be a kind of equation, such as rf.Redfield, got {shown(equation)}"
        )
    h: Any = convert("hamiltonian", hamiltonian, True)
    if len(h.shape) != 2 or h.shape[0] != h.shape[1]:
        raise ValueError(
            f"hamiltonian must be (N, N), got shape {tuple(h.shape)}; map over more axes with vmap"
        )
    n = int(h.shape[0])
    a, sites = _couplings(convert, couplings, n)
    given = _baths(baths, int(a.shape[0]))
    arrays: list[Any] = [h, a]
    forms: list[BathForm | Bath] = []
    same: dict[Bath, Bath] = {}
    for j, bath in enumerate(given):
        if isinstance(bath, Bath):
            forms.append(same.setdefault(bath, bath))  # a system takes equal baths for one if they are
            continue
        forms.append(BathForm(bath.kind, tuple(bath.numbers), tuple(bath.fixed.items())))
        for name, value in bath.numbers.items():
            number: Any = convert(f"{name} of baths[{j}]", value, False)
            if number.shape:
                raise ValueError(
                    f"{name} of baths[{j}] must be one number, got shape {tuple(number.shape)}; map over more with vmap"
                )
            arrays.append(number)
    model = Model(n, sites, tuple(forms), equation, tuple(sorted(fields.items())))
    try:
        hash(model)
    except TypeError:
        raise TypeError(
            f"options of an equation and fixed arguments of baths must be hashable, got {shown(dict(fields))}"
        ) from None
    return model, arrays


def _couplings(convert: Converter[Any], couplings: object, n: int) -> tuple[Any, tuple[int, ...] | None]:
    """Return matrices (K, N, N), or weights (K,) and the sites of their projectors."""
    if isinstance(couplings, SiteProjectors):
        if couplings.dimension != n:
            raise ValueError(f"couplings are of {couplings.dimension} levels, the hamiltonian of {n}")
        return convert("couplings", couplings.weights, False), couplings.sites
    a: Any = convert("couplings", couplings, None)
    if len(a.shape) == 1 and a.shape[0] == n:
        return convert("couplings", couplings, False), tuple(range(n))
    if len(a.shape) != 3 or tuple(a.shape[1:]) != (n, n):
        raise ValueError(
            f"couplings must be (K, {n}, {n}), or the {n} weights of projectors on all sites, got shape "
            f"{tuple(a.shape)}"
        )
    return convert("couplings", couplings, True), None


def _baths(baths: object, count: int) -> list[BathArrays | Bath]:
    """Return one bath for all couplings, or one each."""
    given: list[Any] = list(baths) if isinstance(baths, list | tuple) else [baths]
    for j, bath in enumerate(given):
        as_kind(f"baths[{j}]" if isinstance(baths, list | tuple) else "baths", bath, Bath, BathArrays)
    if len(given) not in (1, count):
        raise ValueError(f"{len(given)} baths for {count} couplings; give one bath for all or one each")
    return given
