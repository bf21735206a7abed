"""What analysis asks of every equation; quadratic ones answer the same."""

from __future__ import annotations

import math
from typing import Any, Self

import numpy as np

from redfield import _core
from redfield.formula import Formula
from redfield.immutable import Immutable
from redfield.systems import System
from redfield.validation import (
    ComplexArray,
    RealArray,
    as_choice,
    as_max_bytes,
    as_square,
    as_states,
    as_threads,
)

EMPTY = 1e-14
"""Populations below this count as zero in ln ρ."""


class Answers(Formula, Immutable):
    """Of an equation with a System and a generator of the core."""

    system: System

    @property
    def generator(self) -> _core.Generator:
        raise NotImplementedError

    @property
    def cheapest(self) -> _core.Generator:
        raise NotImplementedError

    def apply(self, rho: Any, *, threads: int | None = None) -> ComplexArray:
        raise NotImplementedError

    def of_reservoir(self, reservoir: int) -> Self:
        raise NotImplementedError

    def lamb_shift_hamiltonian(self) -> ComplexArray:
        r"""H_LS = (K − K†)/2i in the basis H was given in, −Kρ − ρK† being the loss terms. For Redfield it is there
        without a Lamb shift of the bath too, from the difference of γ/2 at two frequencies.
        """
        u = self.system.eigenvectors
        shift: ComplexArray = u @ self.lamb_shift_in_eigenbasis() @ u.conj().T
        return shift

    def lamb_shift_in_eigenbasis(self) -> ComplexArray:
        """The same in the eigenbasis, U†H_LS U."""
        k = self.generator.decay()
        if k is None:
            raise TypeError(f"{self!r} has no pair kernel to take the Lamb shift from")
        shift: ComplexArray = -0.5j * (k - k.conj().T)
        return shift

    def dissipator(self, rho: Any, *, threads: int | None = None) -> ComplexArray:
        """𝓛ρ + i[H, ρ]: what the baths do, Lamb shift included, in the basis H was given in."""
        x = as_square("rho", rho, self.system.dimension).astype(np.complex128, copy=False)
        core = self.cheapest
        if core.in_eigenbasis:
            # Without H from the start: what cancels of it may be more than a weak bath does.
            return core.dissipate(np.ascontiguousarray(x), as_threads(threads))
        h = self.system.hamiltonian
        change: ComplexArray = self.apply(x, threads=threads) + 1j * (h @ x - x @ h)
        return change

    def flows(self, states: Any, what: str = "heat") -> RealArray:
        """(T, B) the "energy", "particle" or "heat" that flows from each reservoir into the system in each of (T, N, N)
        states; see heat_currents."""
        kind = as_choice("what", what, ("energy", "particle", "heat"))
        states = as_states("states", states, self.system.dimension)
        flows = np.empty((len(states), len(self.system.reservoirs)))
        for b in range(flows.shape[1]):
            of, measured = self.of_reservoir(b), self.system.flowing(b, kind).T
            flows[:, b] = [np.sum(measured * of.dissipator(rho)).real for rho in states]
        return flows

    def entropy_rate(self, rho: Any, change: Any) -> float:
        """−tr(ρ̇ ln ρ): inf where an empty level fills, nan where a population is negative."""
        rho = as_square("rho", rho, self.system.dimension)
        change = as_square("change", change, self.system.dimension)
        p, u = np.linalg.eigh(0.5 * (rho + rho.conj().T))
        if p[0] < -EMPTY:
            return math.nan
        changes = np.einsum("jk,jl,lk->k", u.conj(), change, u, optimize=True).real
        empty = p <= EMPTY
        if np.abs(changes[empty]).max(initial=0.0) > EMPTY * max(float(np.abs(changes).max()), 1e-300):
            return math.inf
        return float(-(changes[~empty] @ np.log(p[~empty])))

    def margins(self, states: Any) -> RealArray:
        """(T,) the least eigenvalue of each state."""
        states = as_states("states", states, self.system.dimension)
        return np.linalg.eigvalsh(states)[:, 0].astype(np.float64)

    def fastest_decay(self) -> float:
        """A bound of the decay rates of 𝓛."""
        return self.generator.bounds[1]

    def decoherence_rate(self) -> float:
        """The fastest decay of a coherence between eigenstates, max −Re κ_mn of Davies' equation; an energy."""
        self.system.require_independent("decoherence_rate")
        kind = _core.Kind.davies(False, 0.0, as_max_bytes(None))
        davies: Any = kind.make(self.system.core(False))
        return float(-davies.coherence_rates.real.min())
