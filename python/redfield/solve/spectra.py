"""Spectra and linear response of steady states, by the resolvent of 𝓛."""

from __future__ import annotations

from typing import Literal, overload

import numpy as np
import numpy.typing as npt

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_density_matrix,
    as_numeric,
    as_positive,
    as_square,
    checked,
    require_finite,
)
from redfield._base.checks.types import Numbers, Operator, State
from redfield._base.progress import Progress
from redfield.equations.base import AnyEquation
from redfield.equations.options import SteadyOptions
from redfield.equations.solver import Remembering
from redfield.results.spectrum import EstimatedSpectrum
from redfield.solve import periodic_spectrum
from redfield.solve.correlations import as_state, is_steady, require_one
from redfield.solve.late import Late
from redfield.solve.resolvent import Resolvent, spectrum_of
from redfield.solve.spectral_errors import with_error


@overload
def spectrum(
    equation: AnyEquation,
    a: Operator,
    b: Operator,
    frequencies: Numbers,
    state: State | str = "steady",
    *,
    method: str = "auto",
    tol: float = 1e-8,
    threads: int | None = None,
    progress: Progress = False,
    error: Literal[False] = False,
) -> ComplexArray: ...
@overload
def spectrum(
    equation: AnyEquation,
    a: Operator,
    b: Operator,
    frequencies: Numbers,
    state: State | str = "steady",
    *,
    method: str = "auto",
    tol: float = 1e-8,
    threads: int | None = None,
    progress: Progress = False,
    error: Literal[True],
) -> EstimatedSpectrum: ...
@checked
def spectrum(
    equation: AnyEquation,
    a: Operator,
    b: Operator,
    frequencies: Numbers,
    state: State | str = "steady",
    *,
    method: str = "auto",
    tol: float = 1e-8,
    threads: int | None = None,
    progress: Progress = False,
    error: bool = False,
) -> ComplexArray | EstimatedSpectrum:
    r"""Return the spectrum of fluctuations in the steady state, or of what a given state absorbs.

    .. math:: S(\omega) = \int_0^{\infty} d\tau\, \big[ e^{i\omega\tau} \langle a(\tau) b(0) \rangle
              + e^{-i\omega\tau} \langle a(0) b(\tau) \rangle \big]

    less what these tend to as τ → ∞, by the resolvent of 𝓛, without evolving in time. In the steady state it is
    ∫dτ e^{iωτ}(⟨a(τ)b(0)⟩ − ⟨a⟩⟨b⟩) over all τ. It is real where a = b†, and then of any state 2 Re ∫₀^∞: the
    absorption of a weak field, where b raises. Of `HEOM` with all that the baths remember, where equations of second
    order regress as if they forgot; its depth settles where the spectrum changes by at most its `tol` of the largest
    value.

    Parameters
    ----------
    equation : of one System, or of a PeriodicSystem of a few levels: of its periodic state, averaged over the times in
        a period at which b acts, by harmonics of 𝓛(t) between the Floquet modes until twice as many change it by `tol`.
    a, b : (N, N) operators.
    frequencies : (F,) energies ω, in any order.
    state : ρ(0), a ket or density matrix, which need not be stationary, of HEOM beside baths in equilibrium; "steady"
        the equation's own steady state, of which there must be one. From a given state there may be several, such as
        those of a molecule whose ground state no bath couples to the others.
    method : "iterative": GMRES preconditioned with the inverse of the secular part, from what the frequencies before
        tell; "direct" takes Schur's form of 𝓛 as an N²×N² matrix; "auto" does for N ≤ 10. HEOM is solved by the first
        alone, preconditioned with the inverse of Redfield's equation.
    tol : on the residual, relative.
    error : of a System of Hermitian couplings, estimate how far S is from that of baths that remember, and correct it:
        fourth order of the coupling, and the correlation of the steady state with the baths. At each frequency it takes
        10KJ products of matrices for K exponentials and J couplings, for N of a few tens. Right as the coupling falls:
        it warns where a second correction is .3 of the first, beyond which it may be off by a factor of two or more.

    Returns
    -------
    (F,) complex; in units of ab/energy. With an error EstimatedSpectrum: .values, .error (F,) and .corrected.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit.
    MultipleSteadyStates
        "steady" is not one state.
    ConvergenceError
        GMRES stagnates; the message says where.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> decay = rf.Lindblad(np.diag([0.0, 2.0]), [np.sqrt(0.3) * lower])
    >>> bool(np.allclose(spectrum(decay, lower, lower.T, [2.0, 2.15]), [2 / 0.15, 1 / 0.15]))
    True

    The line of a qubit, and what its bath's memory does to it:

    >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1.0, -1.0])
    >>> qubit = rf.System(0.5 * z + 0.5 * x, [z], rf.DrudeBath(0.04, cutoff=1.0, beta=1.0))
    >>> w = np.linspace(1.3, 1.5, 5)
    >>> found = rf.spectrum(rf.Redfield(qubit), x, x, w, error=True)
    >>> exact = rf.spectrum(rf.HEOM(qubit, tol=1e-3), x, x, w)
    >>> true, left = abs(found.values - exact).max(), abs(found.corrected - exact).max()
    >>> bool(abs(found.error.max() / true - 1) < 0.05), bool(left < 0.1 * true)
    (True, True)

    Fluorescence of a driven atom in the laboratory frame, from its periodic state:

    >>> h = [np.diag([0.0, 50.0]), (lower, lambda t: np.exp(50j * t)), (lower.T, lambda t: np.exp(-50j * t))]
    >>> atom = rf.Lindblad(h, [np.sqrt(0.3) * lower], period=2 * np.pi / 50)
    >>> bands = rf.spectrum(atom, lower.T, lower, [-52.0, -50.0, -48.0]).real     # emitted at −ω
    >>> (bands / bands[0]).round(1)
    array([1., 3., 1.])

    Absorption of two pigments from the ground state, which the baths leave alone:

    >>> h = np.array([[0.0, 0.0, 0.0], [0.0, 10.0, 0.2], [0.0, 0.2, 10.5]])
    >>> pair = rf.System(h, rf.SiteProjectors(3, [1, 2]), rf.DrudeBath(0.02, cutoff=1.0, beta=1.0))
    >>> up = np.array([[0, 0, 0], [1, 0, 0], [1, 0, 0]])
    >>> w = np.linspace(9.0, 11.5, 101)
    >>> lines = rf.spectrum(rf.Redfield(pair), up.T, up, w, state=[1, 0, 0]).real
    >>> bool(abs(w[lines.argmax()] - np.linalg.eigvalsh(h)[2]) < 0.05), bool(lines.min() > 0)
    (True, True)
    """
    observed, source, w = _arguments(equation, a, b, frequencies, cycles=True)
    options = SteadyOptions(method, tol, threads, progress, error)
    start = None if is_steady(state) else as_density_matrix("state", state, equation.system.dimension)
    if error and start is not None:
        raise ValueError("error = True is of the steady state; leave state out")
    if equation.system.problem == "periodic":
        options.refuse("periodic", "error")
        return _of_cycle(equation, observed, source, w, start, options)
    if isinstance(equation.solver, Remembering):
        options.refuse("problem whose baths remember", "error")
        return equation.solver.spectrum_of_fluctuations(observed, source, w, options, start)
    generator, rest = equation.generator, (method, tol, threads, progress)
    if start is None:
        rho = as_state(equation, "steady", threads)
        values = spectrum_of(Resolvent(generator, *rest), observed, source, rho, w)
        return with_error(equation.system, observed, source, w, values, options) if error else values
    late = Late(lambda rho0: equation.steady_state(rho0, threads=threads).state)
    return spectrum_of(Resolvent(generator, *rest, late.count), observed, source, start, w, late)


def _of_cycle(
    equation: AnyEquation,
    a: ComplexArray,
    b: ComplexArray,
    w: RealArray,
    start: ComplexArray | None,
    options: SteadyOptions,
) -> ComplexArray:
    """Return the spectrum of a periodic state, averaged over the times t of a period."""
    if start is not None:
        raise ValueError("a periodic system's spectrum is that of its periodic state; leave state out")
    as_choice("method", options.method, ("auto", "direct"))
    tol = as_positive("tol", options.tol)
    periodic = equation.steady_state(threads=options.threads)
    return periodic_spectrum.spectrum(equation.solver, a, b, w, periodic, tol)


@checked
def susceptibility(
    equation: AnyEquation,
    a: Operator,
    b: Operator,
    frequencies: Numbers,
    *,
    method: str = "auto",
    tol: float = 1e-8,
    threads: int | None = None,
    progress: Progress = False,
) -> ComplexArray:
    r"""Return the linear response, the change of ⟨a⟩ to a force f(t) that enters as H − f(t)b.

    .. math:: \chi(\omega) = i \int_0^\infty d\tau\, e^{i\omega\tau} \langle [a(\tau), b(0)] \rangle

    of the steady state, by the resolvent. At equilibrium Im χ of a = b† is absorption, (1 − e^{−βω})S(ω)/2 to the
    order of the coupling to the baths.

    Parameters
    ----------
    equation, a, b, frequencies, method, tol, threads, progress : as of `spectrum`.

    Returns
    -------
    (F,) complex.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([0.5, -0.5])
    >>> bath = rf.OhmicBath(strength=1e-4, cutoff=10.0, beta=1.0)
    >>> davies = rf.Davies(rf.System(z, [x], bath), lamb_shift=False)
    >>> static = susceptibility(davies, x, x, [0.0])[0]                     # 2 tanh(β/2) of a free spin
    >>> bool(abs(static - 2 * np.tanh(0.5)) < 1e-3)
    True
    """
    observed, force, w = _arguments(equation, a, b, frequencies)
    if isinstance(equation.solver, Remembering):
        options = SteadyOptions(method, tol, threads, progress)
        return equation.solver.susceptibility(observed, force, w, options)
    resolvent = Resolvent(equation.generator, method, tol, threads, progress)
    rho = as_state(equation, "steady", threads)
    return resolvent(observed, 1j * (force @ rho - rho @ force), -1j * w)


def _arguments(
    equation: AnyEquation,
    a: Operator,
    b: Operator,
    frequencies: npt.ArrayLike,
    cycles: bool = False,
) -> tuple[ComplexArray, ComplexArray, RealArray]:
    if not (
        isinstance(equation.solver, Remembering) or (cycles and equation.system.problem == "periodic")
    ):
        require_one(equation)
    n = equation.system.dimension
    w = as_numeric("frequencies", frequencies)
    if w.dtype != np.float64 or w.ndim != 1:
        raise ValueError(f"frequencies must be real, (F,), got {w.dtype} of shape {w.shape}")
    require_finite("frequencies", w)
    return as_square("a", a, n).astype(np.complex128), as_square("b", b, n).astype(np.complex128), w
