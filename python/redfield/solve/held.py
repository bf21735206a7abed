"""An equation of a driven system held at many times, with what each moment's 𝓛 responds to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_max_bytes, warn
from redfield.equations.base import AnyEquation
from redfield.equations.sloped import Factors, Sloped
from redfield.results.gradient import BathGradients, OfOneSystem
from redfield.systems.couplings import SiteProjectors, as_core_operator
from redfield.systems.driven import DrivenSystem
from redfield.systems.reservoirs import distinct
from redfield.systems.tables import UNUSED, tabulate


class Held:
    """The systems of an equation at times (M,); moments with the same operators share one.

    Attributes
    ----------
    place : (M,), which of the distinct systems each time has.
    """

    def __init__(self, equation: AnyEquation, kind: _core.Kind, times: RealArray) -> None:
        system: Any = equation.system
        self.system: DrivenSystem = system
        self.equation, self.kind = equation, kind
        h = self.system.hamiltonian.stack(times)
        self.fixed: Any = self.system.couplings
        changing: list[ComplexArray] = []
        if not isinstance(self.fixed, SiteProjectors):
            changing = [a.stack(times) for a in self.fixed if not a.is_constant]
        seen: dict[bytes, int] = {}
        first: list[int] = []
        self.place = np.empty(len(times), dtype=np.intp)
        for i in range(len(times)):
            key = b"".join(x[i].tobytes() for x in (h, *changing))
            if key not in seen:
                seen[key] = len(first)
                first.append(i)
            self.place[i] = seen[key]
        self.times = times[first]
        self.energies, self.vectors = np.linalg.eigh(h[first])
        self.baths, self.of_coupling = distinct(list(self.system.baths))
        self.frequencies = np.empty(self.vectors.shape)
        for s, e in enumerate(self.energies):
            self.frequencies[s] = _core.bohr_frequencies(e)
        lamb_shift = equation.lamb_shift
        self.spectra = [tabulate(bath, self.frequencies, lamb_shift, lambda: None) for bath in self.baths]

    def __len__(self) -> int:
        return len(self.times)

    def core(self, s: int) -> _core.System:
        """Return one of the systems in the core."""
        tables = [(half[s], None if eta is None else eta[s]) for half, eta in self.spectra]
        made = self.energies[s], self.vectors[s]
        if isinstance(self.fixed, SiteProjectors):
            sites, weights = self.fixed.sites, self.fixed.weights
            return _core.System.site_projectors(*made, sites, weights, tables, self.of_coupling)
        operators = [as_core_operator(a.at(float(self.times[s]))) for a in self.fixed]
        return _core.System.operators(*made, operators, tables, self.of_coupling)

    def generator(self, s: int) -> _core.Generator:
        """𝓛 of one of the systems."""
        return self.kind.make(self.core(s))

    def generators(self, panel: int, points: int) -> list[_core.Generator]:
        """𝓛 at the points of one of the panels; moments that are the same share it."""
        places = self.place[panel * points : (panel + 1) * points]
        made = {s: self.generator(s) for s in set(places.tolist())}
        return [made[s] for s in places.tolist()]

    def pull_back(
        self, rhos: ComplexArray, ys: ComplexArray, weights: RealArray, threads: int
    ) -> tuple[ComplexArray, ComplexArray | RealArray, BathGradients]:
        """Return the derivatives of Σ w_i tr[y_i 𝓛(t_i) ρ_i], of states (M, N, N) at all times.

        By H(t_i) of each term without its weight (M, N, N); by couplings, each bath's Γ … of all together.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            derivatives = [
                bath.derivatives(self.frequencies, self.equation.lamb_shift) for bath in self.baths
            ]
        factors = self._factors([each.frequency for each in derivatives])
        kinds = (factors.left, factors.right, factors.shift)
        shape = self.frequencies.shape
        sums = [np.zeros((len(kind), *shape), np.complex128) for kind in kinds]
        of_hamiltonian = np.empty_like(rhos)
        of_couplings: Any = 0.0
        one, max_bytes = np.ones(1), as_max_bytes(None)
        order = np.argsort(self.place, kind="stable")
        made = -1
        for i in order.tolist():
            s = int(self.place[i])
            if s != made:
                _core.poll()
                core, made = self.core(s), s
                left, right, shift = ([(one.value[s], one.slope[s]) for one in kind] for kind in kinds)
                tables = left, right, shift, factors.cutoff, factors.tolerance
            found = _core.pull_back(core, tables, rhos[i : i + 1], ys[i : i + 1], one, threads, max_bytes)
            of_hamiltonian[i] = found[0]
            of_couplings = of_couplings + weights[i] * found[1]
            for total, each in zip(sums, found[2:5], strict=True):
                if len(total):
                    total[:, s] += weights[i] * each
        if not self.equation._has_baths:
            return of_hamiltonian, of_couplings, BathGradients()
        one_sided = factors.of_one_sided([list(each) for each in sums])
        # Γ(0) is one number, whose derivative may be infinite.
        still = self.frequencies == 0.0
        for g in one_sided:
            total = g[still].sum()
            g[still] = 0.0
            g[0, 0, 0] = total
        numbers = [
            OfOneSystem([(g, each.numbers)]) for g, each in zip(one_sided, derivatives, strict=True)
        ]
        return of_hamiltonian, of_couplings, BathGradients(numbers)

    def _factors(self, slopes: Sequence[ComplexArray]) -> Factors:
        """Return the functions of the baths that 𝓛 is made of, with finite slopes dΓ/dω."""
        spectra = []
        for b, (given, (half, eta)) in enumerate(zip(slopes, self.spectra, strict=True)):
            slope = np.array(given, dtype=np.complex128)
            endless = ~np.isfinite(slope)
            slope[endless] = 0.0
            diagonal = np.arange(slope.shape[-1])
            endless[:, diagonal, diagonal] = False  # a level's own frequency stays 0 whatever H does
            if endless.any() and self._couples(b, endless):
                warn(
                    f"{self.baths[b]!r}: dΓ/dω is infinite at ω = 0 and levels are degenerate at t = "
                    f"{self.times[endless.any(axis=(1, 2))][0]:g}: a change of H that parts them by x changes the "
                    "answer by x ln x too, which the gradient by H leaves out",
                    UserWarning,
                )
            value = half.astype(np.complex128) if eta is None else half + 1j * eta
            spectra.append(Sloped(value, slope))
        factors: Factors = self.equation._factors(spectra)
        return factors

    def _couples(self, bath: int, where: npt.NDArray[np.bool_]) -> bool:
        """Return whether a coupling of a bath has an element at some of the pairs of levels (S, N, N)."""
        couplings = self.fixed.matrices() if isinstance(self.fixed, SiteProjectors) else self.fixed
        for a, of in zip(couplings, self.of_coupling, strict=True):
            if of == bath:
                for s in np.flatnonzero(where.any(axis=(1, 2))).tolist():
                    matrix = a.at(float(self.times[s])) if hasattr(a, "at") else a
                    v = self.vectors[s]
                    if np.abs((v.conj().T @ matrix @ v)[where[s]]).max() > UNUSED:
                        return True
        return False
