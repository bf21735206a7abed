"""How far a spectrum by the regression theorem is from that of baths that remember.

    tr[a(z − 𝓛_R)⁻¹y] + tr[a(z − 𝓛_R)⁻¹r],  r = y(z) − (z + i[H, ·] − M(z))(z − 𝓛_R)⁻¹y,

is right to the next order in the coupling: M(z) is that of `MemoryOfBaths`, and what b acts on is the steady state with
its correlation with the baths, ρ_k = D_kρ/(ν_k + iω − K), of

    y(z) = y + Σ_k U_k (bρ_k − tr[bρ]ρ_k)/(z + ν_k + iω − K),  y = bρ − tr[bρ]ρ.

ρ is there the corrected steady state. Baths are sums of exponentials, and what these miss of the spectrum without
memory is no part of the correction.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_max_bytes, as_threads, warn
from redfield._base.progress import progress_callback
from redfield.equations.options import SteadyOptions
from redfield.results.spectrum import EstimatedSpectrum
from redfield.solve.errors import DISTRUST, FIT, correction, sums_for_errors
from redfield.solve.memory_of_baths import MemoryOfBaths
from redfield.solve.misfit import FINER, PRECISION, redfield_of, redfield_of_baths
from redfield.solve.resolvent import Resolvent, decaying, spectrum_of
from redfield.solve.steady import several
from redfield.systems.couplings import require_hermitian
from redfield.systems.system import System

SECOND = 0.3
"""The second correction over the first, where that is largest, beyond which it is no estimate."""


def with_error(
    system: Any,
    a: ComplexArray,
    b: ComplexArray,
    w: RealArray,
    values: ComplexArray,
    options: SteadyOptions,
) -> EstimatedSpectrum:
    """Return the spectrum with its distance from that of Redfield's equation, corrected."""
    if not isinstance(system, System):
        raise TypeError(
            f"error=True is of an equation of a System, got that of a {type(system).__name__}"
        )
    require_hermitian(system.couplings, "error=True")
    redfield = redfield_of_baths(system, FINER * FIT)
    rho = _steady(redfield, options)
    resolvent = Resolvent(redfield, options.method, options.tol, options.threads, options.progress)
    corrected = spectrum_of(resolvent, a, b, rho, w) + spectral_correction(system, a, b, w, options)
    return EstimatedSpectrum(w, values, np.abs(corrected - values), corrected)


def _steady(generator: _core.Generator, options: SteadyOptions) -> ComplexArray:
    raw = _core.steady_state(
        generator, "auto", PRECISION, as_threads(options.threads), as_max_bytes(None)
    )
    if len(raw) == 3:
        raise several(*raw)
    rho: ComplexArray = raw[0]
    return rho


def spectral_correction(
    system: System, a: ComplexArray, b: ComplexArray, w: RealArray, options: SteadyOptions
) -> ComplexArray:
    """Return what is to be added to the spectrum of Redfield's equation, (F,)."""
    u = system.eigenvectors
    a, b = (u.conj().T @ x @ u for x in (a, b))
    regressed = Regressed(system, options)
    one = np.eye(len(a), dtype=np.complex128)
    later = regressed.source(b, one)
    earlier = None if np.array_equal(a, b.conj().T) else regressed.source(one, a)

    def whole(k: int, steps: int) -> complex:
        after = regressed.correction(a, later, -1j * w[k], steps)
        # ⟨a(−τ)b⟩ of a = b† is the conjugate.
        before = None if earlier is None else regressed.correction(b, earlier, 1j * w[k], steps)
        return after + (after.conjugate() if before is None else before)

    with progress_callback(options.progress, "error of the spectrum") as report:
        found = np.zeros(len(w), dtype=np.complex128)
        for k in range(len(w)):
            found[k] = whole(k, 1)
            if report is not None:
                report((k + 1) / len(w))
    if found.any():
        k = int(np.abs(found).argmax())
        second = abs(whole(k, 2) - found[k])
        if second > SECOND * abs(found[k]):
            warn(
                f"the estimated error {abs(found[k]):.2g} of the spectrum at ω = {w[k]:.4g} is followed by "
                f"{second:.2g} in a second step, more than {SECOND:g} of it: the coupling is too {DISTRUST}",
                UserWarning,
            )
    return found


class Source(NamedTuple):
    """What is left of b·ρ·c when its part along the steady state is taken away: of Redfield's, and of the exact one."""

    redfield: ComplexArray
    exact: ComplexArray
    tiers: list[ComplexArray]


class Regressed:
    """The steady state of system and baths to next order, of which two-time functions are regressed."""

    def __init__(self, system: System, options: SteadyOptions) -> None:
        sums, _ = sums_for_errors(system, options.threads)
        u = system.eigenvectors
        self._memory = MemoryOfBaths(system, sums)
        rho = _steady(redfield_of(system, sums), options)
        corrected = rho + correction(system, sums, rho, options)
        self._states = [u.conj().T @ x @ u for x in (rho, corrected)]
        self._tiers = self._memory.tiers(self._states[1])

    def source(self, before: ComplexArray, after: ComplexArray) -> Source:
        products = [before @ x @ after for x in self._states]
        redfield, exact = (
            decaying(y, np.trace(y) * x) for y, x in zip(products, self._states, strict=True)
        )
        mean = np.trace(before @ self._states[1] @ after)
        return Source(redfield, exact, [before @ x @ after - mean * x for x in self._tiers])

    def correction(self, a: ComplexArray, source: Source, z: complex, steps: int) -> complex:
        """Return tr[a(x − x_R)] after so many corrections of x_R = (z − 𝓛_R)⁻¹y."""
        memory = self._memory
        whole = source.exact + memory.from_tiers(z, source.tiers)
        x = memory.resolve(z, source.redfield)
        before = np.trace(a @ x)
        for _ in range(steps):
            x = x + memory.resolve(z, whole - (z + 1j * memory.w) * x + memory(z, x))
        return complex(np.trace(a @ x) - before)
