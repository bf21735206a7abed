"""Tight-binding lattices: one builder, and the models made with it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_count,
    as_flag,
    as_hermitian,
    as_items,
    checked,
    shown,
)
from redfield._base.checks.types import Count, Operator
from redfield.models.parameters import (
    Amplitude,
    Energy,
    Sites,
    as_amplitude,
    as_energies,
    as_sites,
    require_lattice,
)

Hopping = tuple[complex, int, int, Sequence[int]]
GOLDEN_RATIO = (1.0 + 5.0**0.5) / 2.0


@checked
def lattice(
    cells: Sequence[int],
    hoppings: Sequence[Hopping],
    orbitals: Count = 1,
    onsite: Operator = 0.0,
    periodic: bool | Sequence[bool] = False,
) -> RealArray | ComplexArray:
    r"""Return the Hamiltonian of copies of a unit cell with hoppings between them.

    .. math:: H = \sum_{R,\alpha} \varepsilon_\alpha a_{R\alpha}^\dagger a_{R\alpha}
              + \sum_{R} \sum_{(t, \alpha, \beta, d)} (t\, a_{R\alpha}^\dagger a_{R+d,\beta} + \text{h.c.})

    Parameters
    ----------
    cells : number of cells along each axis.
    hoppings : (t, α, β, d) each: amplitude t (an energy) from orbital β of the cell at R + d to orbital α of
        that at R. Name each bond once; its conjugate is added.
    orbitals : sites of a cell.
    onsite : ε, a number, one an orbital, or one a site.
    periodic : whether opposite ends are joined, for all axes or each. Around a ring of two cells both ways are
        bonds of their own, which add.

    Returns
    -------
    (N, N), float64 where everything is real; site of orbital α in cell (x, y, …) is (x·cells_y + y)·orbitals + α.

    Raises
    ------
    ValueError
        A number is out of range; a hopping leads from a site to itself.

    Examples
    --------
    >>> lattice([3], [(-1.0, 0, 0, [1])])
    array([[ 0., -1.,  0.],
           [-1.,  0., -1.],
           [ 0., -1.,  0.]])
    """
    size = tuple(as_count("cells", c) for c in as_items("cells", cells))
    each = [periodic] * len(size) if np.ndim(periodic) == 0 else as_items("periodic", periodic)
    joined = tuple(as_flag("periodic", x) for x in each)
    if not size or len(joined) != len(size):
        raise ValueError(f"cells {list(cells)} and periodic {periodic} must name the same axes")
    require_lattice(f"the Hamiltonian of cells = {list(size)}", math.prod(map(float, (*size, orbitals))))
    n = math.prod(size) * orbitals
    h = np.zeros((n, n), dtype=np.complex128)
    where = np.indices(size).reshape(len(size), -1).T
    index = np.arange(len(where)) * orbitals
    for k, hopping in enumerate(as_items("hoppings", hoppings)):
        name = f"hoppings[{k}]"
        if len(as_items(name, hopping)) != 4:
            raise ValueError(f"{name} must be (t, alpha, beta, d), got {shown(hopping)}")
        t, alpha, beta, d = hopping
        t = as_amplitude(f"{name}[0]", t)
        alpha, beta = as_count(name, alpha, 0), as_count(name, beta, 0)
        step = np.array([as_count(name, x, least=-(10**9)) for x in as_items(name, d)])
        if step.shape != (len(size),) or not {alpha, beta} <= set(range(orbitals)):
            raise ValueError(
                f"{name} = {(t, alpha, beta, d)} does not fit {size} cells of {orbitals} orbitals"
            )
        there = where + step
        inside = np.all((there >= 0) & (there < size) | np.array(joined), axis=1)
        target = np.ravel_multi_index(tuple((there % size).T), size) * orbitals
        i, j = (index + alpha)[inside], (target + beta)[inside]
        if (i == j).any():
            raise ValueError(f"{name} = {(t, alpha, beta, d)} leads from a site to itself; use onsite")
        np.add.at(h, (i, j), t)
        np.add.at(h, (j, i), np.conj(t))
    energies = as_energies("onsite", onsite, orbitals, n)
    h[np.diag_indices(n)] = np.resize(energies, n)
    result: RealArray | ComplexArray = as_hermitian("the lattice", h)
    return result


@checked
def chain(
    n: Sites, hopping: Amplitude = -1.0, onsite: Operator = 0.0, periodic: bool = False
) -> RealArray | ComplexArray:
    """h_j,j+1 = hopping: a chain or, periodic, a ring. A complex hopping is a flux through it.

    Examples
    --------
    >>> np.linalg.eigvalsh(chain(2)).round(6)
    array([-1.,  1.])
    """
    bonds: list[Hopping] = [(hopping, 0, 0, [1])]
    return lattice([n], bonds if n > 1 else [], onsite=onsite, periodic=periodic and n > 2)


@checked
def ladder(
    n: int, leg: Amplitude = -1.0, rung: Amplitude = -1.0, onsite: Operator = 0.0, periodic: bool = False
) -> RealArray | ComplexArray:
    """Two chains of n sites with hopping `leg`, joined rung by rung; site (x, leg α) is 2x + α.

    Examples
    --------
    >>> np.linalg.eigvalsh(ladder(1, rung=0.5))
    array([-0.5,  0.5])
    """
    n = as_sites("n", n, 2)
    bonds: list[Hopping] = [(rung, 0, 1, [0]), (leg, 0, 0, [1]), (leg, 1, 1, [1])]
    return lattice([n], bonds if n > 1 else bonds[:1], 2, onsite, periodic and n > 2)


@checked
def ssh(
    cells: int, intra: Amplitude = -1.0, inter: Amplitude = -0.5, periodic: bool = False
) -> RealArray | ComplexArray:
    """Return the chain of 2·cells sites with alternating hoppings of Su, Schrieffer and Heeger.

    Open with |inter| > |intra| it has a state at each end.

    Examples
    --------
    >>> bool(abs(np.linalg.eigvalsh(ssh(20, intra=-0.5, inter=-1.0))).min() < 1e-5)
    True
    """
    cells = as_sites("cells", cells, 2)
    bonds: list[Hopping] = [(intra, 0, 1, [0]), (inter, 1, 0, [1])]
    return lattice([cells], bonds if cells > 1 else bonds[:1], 2, periodic=periodic and cells > 1)


@checked
def aubry_andre(
    n: Sites,
    strength: Energy,
    hopping: Amplitude = -1.0,
    frequency: Energy = 1.0 / GOLDEN_RATIO,
    phase: Energy = 0.0,
    periodic: bool = False,
) -> RealArray | ComplexArray:
    """Return a chain with on-site energies h_jj = strength·cos(2π frequency j + phase).

    All states localise beyond strength = 2|hopping| (S. Aubry and G. André, Ann. Israel Phys. Soc. 3, 133 (1980)).

    Examples
    --------
    >>> aubry_andre(3, 2.0).diagonal().round(4)
    array([ 2.    , -1.4747,  0.1749])
    """
    energies = strength * np.cos(2.0 * np.pi * frequency * np.arange(n) + phase)
    return chain(n, hopping, energies, periodic)


@checked
def square(
    length: int | tuple[int, int],
    hopping: Amplitude = -1.0,
    onsite: Operator = 0.0,
    periodic: bool = True,
) -> RealArray | ComplexArray:
    """Nearest neighbours on a square lattice of length × length (or Lx × Ly) sites; site (x, y) is x·Ly + y.

    Examples
    --------
    >>> square(4).sum(axis=0)[:3]
    array([-4., -4., -4.])
    """
    return _cubic(_lengths(length, 2), hopping, onsite, periodic)


@checked
def cubic(
    length: int | tuple[int, int, int],
    hopping: Amplitude = -1.0,
    onsite: Operator = 0.0,
    periodic: bool = True,
) -> RealArray | ComplexArray:
    """Nearest neighbours on a cubic lattice of length³ (or Lx × Ly × Lz) sites; (x, y, z) is (x·Ly + y)·Lz + z.

    Examples
    --------
    >>> cubic((3, 3, 1)).shape, cubic(3).sum(axis=0)[0]
    ((9, 9), np.float64(-6.0))
    """
    return _cubic(_lengths(length, 3), hopping, onsite, periodic)


@checked
def graphene(
    length: int | tuple[int, int], hopping: Amplitude = -1.0, mass: Energy = 0.0, periodic: bool = True
) -> RealArray | ComplexArray:
    """Return the honeycomb lattice, two sites a cell, on-site energies ±mass; periodic in both directions or open.

    Examples
    --------
    The Dirac points lie on a 3 × 3 torus: four states at zero.

    >>> int((abs(np.linalg.eigvalsh(graphene(3))) < 1e-12).sum())
    4
    """
    return _honeycomb(length, hopping, 0.0, mass, periodic)


@checked
def haldane(
    length: int | tuple[int, int],
    hopping: Amplitude = -1.0,
    second: Energy = 0.1,
    phase: Energy = np.pi / 2.0,
    mass: Energy = 0.0,
    periodic: bool = True,
) -> RealArray | ComplexArray:
    """Return graphene with second-neighbour hoppings second·e^{±i phase}.

    Its bands have Chern numbers ±1 where |mass| < 3√3 |second sin(phase)| (F. D. M. Haldane, Phys. Rev. Lett. 61, 2015
    (1988)).

    Examples
    --------
    The gap at the Dirac points is 2·3√3·second.

    >>> e = np.linalg.eigvalsh(haldane(3))
    >>> bool(np.isclose(e[9] - e[8], 6.0 * np.sqrt(3.0) * 0.1))
    True
    """
    return _honeycomb(length, hopping, second * np.exp(1j * phase), mass, periodic)


def _honeycomb(
    length: int | tuple[int, int], hopping: complex, second: complex, mass: float, periodic: bool
) -> RealArray | ComplexArray:
    size = _lengths(length, 2)
    if periodic and min(size) < 3:
        raise ValueError(f"length of a periodic honeycomb must be at least 3 cells a side, got {size}")
    bonds: list[Hopping] = [(hopping, 0, 1, d) for d in ([0, 0], [-1, 0], [0, -1])]
    if second != 0.0:
        # The same turn on one sublattice, the opposite one on the other.
        for d in ([1, 0], [-1, 1], [0, -1]):
            bonds += [(second, 0, 0, d), (np.conj(second), 1, 1, d)]
    return lattice(size, bonds, 2, [mass, -mass], periodic)


def _cubic(
    size: tuple[int, ...], hopping: complex, onsite: Operator, periodic: bool
) -> RealArray | ComplexArray:
    axes = [a for a, length in enumerate(size) if length > 1]
    bonds: list[Hopping] = [(hopping, 0, 0, [int(a == b) for b in range(len(size))]) for a in axes]
    # Around a ring of two sites both ways are the same bond, counted once.
    return lattice(size, bonds, 1, onsite, [periodic and length > 2 for length in size])


def _lengths(length: int | tuple[int, ...], dims: int) -> tuple[int, ...]:
    if isinstance(length, int | np.integer):
        return (as_count("length", length),) * dims
    lengths = tuple(as_count("length", x) for x in as_items("length", length))
    if len(lengths) != dims:
        raise ValueError(f"length must be an integer or {dims} of them, got {length}")
    return lengths
