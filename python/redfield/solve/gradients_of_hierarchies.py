"""Gradients of the answers of hierarchies, at the depth and with the exponentials that the answer settles at.

    df = −⟨y, (d𝓛)x⟩,   𝓛†y = O − ⟨O⟩1 in tier 0,

of a steady x, ∫⟨y, (d𝓛)x⟩dt of an evolution. By a bath's number p they are those by c_k and ν_k along the change of the
sum of exponentials that is nearest to ∂C/∂p. What that leaves, r, has an effect in second order, tr[y_0 (d𝓛_R)x_0] of
Redfield's equation with ∫r e^{iωt}dt in the place of Γ, whose size is told as the error; to a steady f it is added.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_density_matrix,
    as_hermitian,
    as_max_bytes,
    as_positive,
    as_square,
    as_states,
    as_threads,
    as_times,
    warn,
)
from redfield._base.checks.types import Operand, Operator, State
from redfield._base.progress import progress_callback
from redfield.baths import Bath
from redfield.baths.adjustable import adjustable
from redfield.baths.exponentials import ExponentialSum
from redfield.baths.remainders import Terms
from redfield.baths.tangents import Followed
from redfield.equations.options import Options, SteadyOptions
from redfield.results.gradient import BathGradients, FollowedNumbers, Gradient, GradientOptions
from redfield.solve.gradients import STORED
from redfield.solve.hierarchy import Hierarchies
from redfield.solve.regression import METHODS
from redfield.systems.couplings import SiteProjectors

MISSED = 0.01
"""Part of what a bath's number does to f in second order, beyond which a warning tells the error."""

SOLVED = 1e-8
"""The relative residual of the adjoint equation that is reached at any tol: a looser one is no answer."""
FOLLOWED = 1e-9
"""Part of what a bath's number does to f in second order, up to which exponentials are C itself."""
OPEN = 20.0
"""What the depth and the fit of C leave open of p ∂f/∂p, in units of tol and of half the spread of the observable.

Up to 16 was measured, where derivatives nearly cancel."""

Raw = tuple[ComplexArray, ComplexArray, list[tuple[ComplexArray, ComplexArray, complex]], ComplexArray]
"""By H and couplings, by (c_k, ν_k, d) of each coupling's bath, and by its Γ at Bohr frequencies in second order."""
Source = tuple[ExponentialSum, npt.NDArray[np.bool_]]
"""A sum, and which of its terms act at once."""


class Apart(Hierarchies):
    """Hierarchies in which equal couplings are apart, so that each has a derivative."""

    _apart = True


class DifferentiableHierarchies(Hierarchies, problem="constant", kind="HEOM"):
    """The solver of a System of bosonic baths by hierarchies."""

    def steady_gradient(
        self, state: ComplexArray, observable: Operator, options: GradientOptions
    ) -> Gradient:
        if options.method not in ("auto", "iterative"):
            raise ValueError(f'method = {options.method!r}: a hierarchy\'s is "auto" or "iterative"')
        weight = as_hermitian("observable", as_square("observable", observable, self.system.dimension))
        tol = min(as_positive("tol", options.tol), SOLVED)
        apart = Apart(self.equation)
        terms, _ = apart._fitted(math.inf)
        sources = sources_of(terms)
        steady = SteadyOptions(tol=tol, threads=options.threads, progress=options.progress)

        def solve(hierarchy: _core.Hierarchy) -> tuple[ComplexArray, ComplexArray]:
            raw = apart.settled_vector(hierarchy, steady)
            return raw[5], raw[0]

        vector, hierarchy, _ = apart._settled(terms, solve)
        with progress_callback(options.progress, "gradient") as report:
            raw, residual, applications = _core.hierarchy_steady_gradient(
                hierarchy,
                vector,
                weight.astype(np.complex128),
                tol,
                as_threads(options.threads),
                as_max_bytes(self.equation.max_bytes),
                report,
            )
        value = float(np.sum(weight.T * state).real)
        return self._gradient(value, raw, sources, [weight], residual=residual, applications=applications)

    def evolution_gradient(
        self, rho0: State, times: RealArray, weights: Operand, options: GradientOptions
    ) -> Gradient:
        n, times = self.system.dimension, as_times("times", times)
        start, each = as_density_matrix("rho0", rho0, n), as_states("weights", weights, n)
        for k, weight in enumerate(each):
            as_hermitian(f"weights[{k}]", weight)
        duration = float(times[-1] - times[0])
        apart = Apart(self.equation)
        terms, _ = apart._fitted(duration if duration > 0.0 else 1.0, start, times)
        sources = sources_of(terms)
        usual = Options(threads=options.threads, progress=options.progress).settings(METHODS)

        def solve(hierarchy: _core.Hierarchy) -> tuple[None, ComplexArray]:
            raw = hierarchy.evolve(hierarchy.uncorrelated(start), times, usual, [], True)
            return None, raw[0]

        _, hierarchy, _ = apart._settled(terms, solve)
        most, rtol = as_max_bytes(self.equation.max_bytes), as_positive("rtol", options.rtol)
        settings = _core.Settings("auto", rtol, 0.0, most, as_threads(options.threads), "float64")
        with progress_callback(options.progress, "gradient") as report:
            raw, value, of_rho0, of_times, stats = _core.hierarchy_evolution_gradient(
                hierarchy, start, times, list(each), settings, min(STORED, most), report
            )
        return self._gradient(
            value, raw, sources, each, rho0=of_rho0, times=of_times, applications=stats["applications"]
        )

    def _gradient(
        self,
        value: float,
        raw: Raw,
        sources: list[Source],
        weights: Sequence[ComplexArray] | ComplexArray,
        **rest: Any,
    ) -> Gradient:
        hamiltonian, operators, sums, second_order = raw
        couplings: Any = operators
        if isinstance(self.system.couplings, SiteProjectors):
            sites = np.asarray(self.system.couplings.sites)
            couplings = operators[np.arange(len(sites)), sites, sites].real.copy()
        parts: list[list[Part]] = [[] for _ in self.system.baths]
        for j, ((whole, moved), (c, nu, d)) in enumerate(zip(sources, sums, strict=True)):
            parts[self.system.bath_of_coupling[j]].append(Part(whole, moved, c, nu, d, second_order[j]))
        w = np.asarray(self.system.bohr_frequencies())
        settled = "rho0" not in rest
        spread = 0.5 * sum(float(np.ptp(np.linalg.eigvalsh(x))) for x in weights)
        left_open = OPEN * self.equation.tol * spread
        climbs = self.equation.depth == "auto"
        baths = [
            Following(b, each, w, settled, left_open, climbs)
            for b, each in zip(self.system.baths, parts, strict=True)
        ]
        return Gradient(
            value,
            hamiltonian,
            couplings,
            BathGradients(FollowedNumbers(x.names, x.value) for x in baths),
            np.zeros((0, *w.shape), np.complex128),
            equation=self.equation,
            bath_errors=BathGradients(FollowedNumbers(x.names, x.error) for x in baths),
            **rest,
        )


def sources_of(terms: list[Terms]) -> list[Source]:
    """Return the sum that each coupling's exponentials are of.

    Raises
    ------
    ValueError
        What acts at once is the rest of C.
    """
    sources = [x.source for x in terms if x.source is not None]
    if len(sources) < len(terms):
        raise ValueError(
            "HEOM(terminator=True) has no gradients: how the rest of C, which acts at once, follows the baths is not "
            "known; leave the terminator out"
        )
    return sources


class Part(NamedTuple):
    """A coupling's exponentials and which of them act at once, and the gradient by c_k, ν_k, d and by Γ."""

    whole: ExponentialSum
    moved: npt.NDArray[np.bool_]
    coefficients: ComplexArray
    rates: ComplexArray
    remainder: complex
    one_sided: ComplexArray

    def along(self, followed: Followed) -> RealArray:
        """Return df along each direction of the sum; of terms that act at once d = Σ c/ν changes."""
        moved, whole = self.moved, self.whole
        by_c, by_nu = np.zeros((2, len(whole)), np.complex128)
        by_c[~moved], by_nu[~moved] = self.coefficients.ravel(), self.rates.ravel()
        c, nu = whole.coefficients[moved], whole.rates[moved]
        by_c[moved] = self.remainder * np.conj(1.0 / nu)
        by_nu[moved] = self.remainder * np.conj(-c / nu**2)
        change = followed.coefficients @ by_c.conj() + followed.rates @ by_nu.conj()
        return np.asarray(change.real)


class Following:
    """The derivatives by the numbers of one bath, of all couplings to it.

    Parameters
    ----------
    parts : of each of them.
    w : (N, N) Bohr frequencies.
    settled : whether f is of a steady state, of which Redfield's equation knows in second order what the exponentials
        miss; of early times it is the size of that alone.
    left_open : by how much p ∂f/∂p may be off where C is fitted or the depth is climbed to.
    climbs : whether it is.
    """

    def __init__(
        self,
        bath: Bath,
        parts: list[Part],
        w: RealArray,
        settled: bool,
        left_open: float,
        climbs: bool,
    ) -> None:
        self._bath, self._w, self._settled = bath, w, settled
        self._left_open, self._climbs = left_open, climbs
        self.names = tuple(adjustable(bath))
        self._sums: list[tuple[Followed, RealArray, ComplexArray]] = []
        for whole in {id(p.whole): p.whole for p in parts}.values():
            followed = Followed(bath, whole)
            own = [p for p in parts if p.whole is whole]
            along = np.sum([p.along(followed) for p in own], axis=0)
            self._sums.append((followed, along, np.sum([p.one_sided for p in own], axis=0)))
        self._known: dict[str, tuple[float, float]] = {}

    def value(self, name: str) -> float:
        """Return ∂f/∂p; a warning tells an error that is not small."""
        return self._found(name)[0]

    def error(self, name: str) -> float:
        """Return the error of ∂f/∂p."""
        return self._found(name)[1]

    def _found(self, name: str) -> tuple[float, float]:
        if name not in self._known:
            self._known[name] = self._follow(name)
        return self._known[name]

    def _follow(self, name: str) -> tuple[float, float]:
        value = missed = size = rounding = 0.0
        for followed, along, one_sided in self._sums:
            change, unknown = followed.derivative(name)
            parts, left = followed.nearest(change)
            value += float(along @ parts)
            missed += float(np.sum(one_sided.conj() * followed.one_sided(left, self._w)).real)
            effect = float(np.abs(one_sided.conj() * followed.one_sided(change, self._w)).sum())
            size += effect
            rounding += unknown * effect
        value += missed if self._settled else 0.0
        if abs(missed) > MISSED * size:
            warn(
                f"{self._bath!r}: exponentials follow ∂C/∂{name} so far that ∂f/∂{name} = {value:.3g} has an error of "
                f"about {abs(missed):.1g}; a smaller tol of HEOM may make it smaller",
                UserWarning,
            )
        error = abs(missed) + rounding
        if self._climbs or abs(missed) > FOLLOWED * size:
            error += self._left_open / (abs(float(getattr(self._bath, name))) or self._bath.scale)
        return value, error
