"""QuTiP's Bloch-Redfield model as generators of the core, at one time or as functions of time."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import qutip

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Numbers, Operators
from redfield.baths import Bath, FlatBath
from redfield.equations import Lindblad
from redfield.qutip.arguments import CouplingPairs, evolving, require_same_space
from redfield.qutip.forms import PowerSpectrum
from redfield.qutip.spectra import (
    Coupling,
    as_core_operator,
    as_sparse_or_dense,
    collapse,
    couplings,
    probes,
)
from redfield.systems.driven import DrivenSystem
from redfield.systems.drives.made import Made
from redfield.systems.drives.operators import TimeOperator
from redfield.systems.drives.window import Window

FREQUENCIES = 16
"""Bohr frequencies at which the changes of a spectrum are followed."""

Table = tuple[RealArray, RealArray | None]
"""½γ, and η or None, at the Bohr frequencies of pairs of levels, (N, N) each."""


class Frame:
    """The eigenbasis of one H and its Bohr frequencies."""

    def __init__(self, hamiltonian: ComplexArray) -> None:
        self.hamiltonian = hamiltonian
        real = hamiltonian if hamiltonian.imag.any() else hamiltonian.real
        self.energies, self.vectors = np.linalg.eigh(real)
        frequencies = _core.bohr_frequencies(self.energies)
        self.frequencies, place = np.unique(frequencies, return_inverse=True)
        self.place = place.reshape(frequencies.shape)

    def flat(self, lamb_shift: bool) -> Table:
        """Return the table of a bath with γ = 1."""
        none = np.zeros(self.place.shape) if lamb_shift else None
        return np.full(self.place.shape, 0.5), none


class Model:
    """The problem that both functions solve: H, couplings and collapse operators, perhaps functions of time."""

    def __init__(
        self,
        hamiltonian: qutip.QobjEvo,
        couplings: list[Coupling],
        collapse: list[Any],
        sec_cutoff: float,
        lamb_shift: bool,
        tlist: Numbers | None = None,
    ) -> None:
        self._probes = probes(tlist)
        self.hamiltonian, self.couplings, self.collapse = hamiltonian, couplings, collapse
        self.sec_cutoff, self.lamb_shift = sec_cutoff, lamb_shift
        self.constant = (
            hamiltonian.isconstant
            and all(c.constant for c in couplings)
            and all(c.isconstant for c in collapse)
        )
        self._by_spectrum = {c.spectrum: c for c in couplings}
        self._frame: Frame | None = None
        self._tables: dict[PowerSpectrum, Table] = {}
        self._last: tuple[list[ComplexArray], _core.Generator] | None = None

    @functools.cached_property
    def lindblad(self) -> Lindblad | None:
        """Lindblad's equation of c_ops alone, where states move at less cost in the basis that H is given in."""
        if not self.constant or self.couplings:
            return None
        operators = [as_sparse_or_dense(x(0.0)) for x in [self.hamiltonian, *self.collapse]]
        equation = Lindblad(operators[0], operators[1:])
        return equation if equation.frame == "given" else None

    def mover(self, t: float) -> _core.Generator:
        """Return the generator that moves states of a constant model at the least cost."""
        if self.lindblad is None:
            return self.generator(t)
        cheapest: _core.Generator = self.lindblad.solver.cheapest
        return cheapest

    def frame(self, t: float) -> Frame:
        """Return the eigenbasis of H(t), kept as long as H does not change."""
        h = self.hamiltonian(t).full()
        if self._frame is None or not np.array_equal(h, self._frame.hamiltonian):
            self._frame = Frame(h)
            self._tables.clear()
            self._last = None
        return self._frame

    def generator(self, t: float) -> _core.Generator:
        """Return the generator at time t, the last one again where nothing has changed."""
        frame = self.frame(t)
        operators = [c.matrix(t) for c in self.couplings]
        jumps = [c(t).full() for c in self.collapse]
        static = all(c.static for c in self.couplings)
        if static and self._last is not None:
            known, generator = self._last
            if all(np.array_equal(x, y) for x, y in zip(known, operators + jumps, strict=True)):
                return generator
        generator = self._build(frame, t, operators, jumps)
        self._last = (operators + jumps, generator)
        return generator

    def _build(
        self, frame: Frame, t: float, operators: list[ComplexArray], jumps: list[ComplexArray]
    ) -> _core.Generator:
        for spectrum, coupling in self._by_spectrum.items():
            if spectrum not in self._tables or not coupling.static:
                self._tables[spectrum] = self._table(coupling, t, frame)
        order = list(self._by_spectrum)
        tables = [self._tables[spectrum] for spectrum in order]
        of_coupling = [order.index(c.spectrum) for c in self.couplings]
        if jumps or not operators:
            jumps = jumps or [np.zeros_like(frame.hamiltonian)]
            of_coupling = of_coupling + [len(tables)] * len(jumps)
            tables = [*tables, frame.flat(self.lamb_shift)]
        core = _core.System.operators(
            frame.energies,
            frame.vectors,
            [as_core_operator(a) for a in operators + jumps],
            tables,
            of_coupling,
        )
        return self.kind(len(jumps)).make(core)

    def kind(self, jumps: int) -> _core.Kind:
        """Return the kind of equation in the core, so many of its last couplings being jump operators."""
        return _core.Kind.bloch_redfield(self.sec_cutoff, jumps, self.lamb_shift, np.inf)

    @property
    def static(self) -> bool:
        """Whether no spectrum depends on time."""
        return all(c.spectrum.static for c in self.couplings)

    @functools.cached_property
    def driven(self) -> DrivenSystem:
        """The model as a DrivenSystem, where the spectra are static."""
        of_spectrum = {spectrum: spectrum.at(0.0) for spectrum in self._by_spectrum}
        jumps = self.collapse or ([] if self.couplings else [np.zeros(self.hamiltonian(0.0).shape)])
        baths: list[Bath] = [of_spectrum[c.spectrum] for c in self.couplings]
        baths += [FlatBath(1.0)] * len(jumps)
        operators = [c.operator for c in self.couplings] + list(jumps)
        return DrivenSystem(self.hamiltonian, operators, baths)

    def changing(self, window: Window) -> list[Made]:
        """Return the functions of time that the generator depends on, as the core knows them."""
        hamiltonian, operators = self.driven.operators(window)
        spectra = (self._spectrum_over(s, window) for s in self._by_spectrum if not s.static)
        return [hamiltonian, *operators, *spectra]

    def _spectrum_over(self, spectrum: PowerSpectrum, window: Window) -> Made:
        """γ(t, ω) at the Bohr frequencies of the start, a diagonal matrix."""
        frequencies = self.frame(window.first).frequencies
        chosen = frequencies[:: 1 + len(frequencies) // FREQUENCIES]

        def matrix(t: float) -> RealArray:
            return np.diag(np.asarray(spectrum.gamma(t, chosen), dtype=np.float64).ravel())

        return TimeOperator("the spectrum of an a_op", matrix).core(window)

    def _table(self, coupling: Coupling, t: float, frame: Frame) -> Table:
        gamma = coupling.gamma(t, frame.frequencies, self._probes)
        eta = None
        if self.lamb_shift:
            eta = coupling.spectrum.at(t).lamb_shift(frame.frequencies)[frame.place]
        return 0.5 * gamma[frame.place], eta


def model_of(
    H: object,
    a_ops: CouplingPairs | None,
    c_ops: Operators | None,
    args: dict[str, Any] | None,
    tlist: Numbers | None,
    sec_cutoff: float,
    lamb_shift: bool,
) -> Model:
    """Return the model of the arguments of `brmesolve`."""
    args = args or {}
    model = Model(
        evolving("H", H, args=args, tlist=tlist),
        couplings(a_ops, args, tlist),
        collapse(c_ops, args, tlist),
        sec_cutoff,
        lamb_shift,
        tlist,
    )
    if model.hamiltonian.issuper:
        raise TypeError("H must be a Hamiltonian, got a superoperator")
    for name, operators in (("a_ops", [c.operator for c in model.couplings]), ("c_ops", model.collapse)):
        for x in operators:
            require_same_space(name, x, model.hamiltonian.dims)
    return model
