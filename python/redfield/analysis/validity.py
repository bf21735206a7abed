"""The secular approximation's validity, and the chaos of spectra."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    RealArray,
    as_hermitian,
    as_numeric,
    as_positive,
    checked,
    require_finite,
)
from redfield._base.checks.types import Numbers
from redfield._base.records import Record, record
from redfield.equations.base import AnyEquation
from redfield.solve.periodic import DEGENERACY
from redfield.systems.periodic import PeriodicSystem

GOE, GUE, POISSON = 0.5307, 0.5996, 0.3863
"""⟨r⟩ of large random matrices and of independent levels (Y. Atas et al., PRL 110, 084101 (2013))."""


@record
class SecularParameter(Record, answer=True):
    """Rates over gaps: the secular approximation needs both ratios well below 1.

    Attributes
    ----------
    rate : the largest decay rate of a coherence (general) or of a mode (quadratic) under Davies' equation.
    smallest_gap, mean_gap : spacing of neighbouring levels (modes) that are not degenerate.
    worst : rate / smallest_gap.
    typical : rate / mean_gap.
    """

    rate: float
    smallest_gap: float
    mean_gap: float

    @property
    def worst(self) -> float:
        return self.rate / self.smallest_gap if self.smallest_gap > 0.0 else np.inf

    @property
    def typical(self) -> float:
        return self.rate / self.mean_gap if self.mean_gap > 0.0 else np.inf


@checked
def secular_parameter(equation: AnyEquation) -> SecularParameter:
    """Decay rates over level spacings of an equation's system, of a PeriodicSystem those of quasi-energies modulo Ω.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> small, large = (rf.System(rf.models.dirac_syk2(n, seed=1), rf.SiteProjectors(n), bath) for n in (4, 64))
    >>> secular_parameter(rf.Redfield(small)).typical < 0.1, secular_parameter(rf.Redfield(large)).typical > 0.5
    (True, True)
    """
    system: Any = equation.system
    if system.problem == "periodic":
        return _between_modes(system, equation.solver.decoherence_rate())
    energies, rate = system.energies, equation.solver.decoherence_rate()
    gaps = np.diff(energies)
    apart = gaps[gaps > _core.degeneracy_tol(energies)]
    if len(apart) == 0:
        return SecularParameter(rate, 0.0, 0.0)
    return SecularParameter(rate, float(apart.min()), float(np.ptp(energies) / len(apart)))


def _between_modes(system: PeriodicSystem, rate: float) -> SecularParameter:
    """Return the rate over the distances of quasi-energies modulo Ω, whose mean in a zone is Ω/N."""
    n, width = system.dimension, system.frequency
    difference = np.subtract.outer(system.energies, system.energies)[~np.eye(n, dtype=np.bool_)]
    gaps = np.abs(difference - width * np.rint(difference / width))
    apart = gaps[gaps > max(DEGENERACY * width, _core.degeneracy_tol(system.energies))]
    if len(apart) == 0:
        return SecularParameter(rate, 0.0, 0.0)
    return SecularParameter(rate, float(apart.min()), width / n)


@record
class LevelStatistics(Record, answer=True):
    """⟨r⟩, its standard error, and how many ratios it is the mean of."""

    r: float
    standard_error: float
    count: int


@checked
def level_statistics(spectrum: Numbers, part: float = 0.5) -> LevelStatistics:
    r"""Return the mean ratio of neighbouring level spacings.

    .. math:: \langle r\rangle = \left\langle \frac{\min(s_n, s_{n+1})}{\max(s_n, s_{n+1})} \right\rangle

    0.5307 for chaotic real Hamiltonians, 0.5996 for complex ones, 0.3863 for integrable or localised ones
    (V. Oganesyan and D. Huse, PRB 75, 155111 (2007)). All levels must be of one symmetry sector.

    Parameters
    ----------
    spectrum : (D,) levels, or a Hermitian matrix (array, Qobj, scipy.sparse), or a list, tuple or (S, D, D) array of
        such, whose ratios are pooled.
    part : of each spectrum, around its middle.

    Examples
    --------
    >>> import redfield as rf
    >>> found = level_statistics([rf.models.dirac_syk2(200, seed=s) for s in range(20)])
    >>> abs(found.r - 0.5996) < 4 * found.standard_error
    True
    """
    part = as_positive("part", part)
    if part > 1.0:
        raise ValueError(f"part must be at most 1, got {part}")
    spectra: Any = spectrum
    pooled: list[RealArray] = []
    listed = isinstance(spectra, list | tuple) and not all(np.isscalar(x) for x in spectra)
    several = listed or (isinstance(spectra, np.ndarray) and spectra.ndim == 3)
    if several and all(np.ndim(x) == 1 and len(x) == len(spectra) for x in spectra):
        several = np.shape(spectra) != np.shape(np.transpose(spectra)) or not _is_hermitian(spectra)
    for i, each in enumerate(spectra if several else [spectra]):
        name = f"spectrum[{i}]" if several else "spectrum"
        array = as_numeric(name, each)
        if array.ndim == 1:
            if array.dtype != np.float64:
                raise TypeError(f"{name} must be real levels, got {array.dtype}")
            require_finite(name, array)
            levels = np.sort(array)
        else:
            levels = np.linalg.eigvalsh(as_hermitian(name, array))
        cut = int(len(levels) * (1.0 - part) / 2.0)
        s = np.diff(levels[cut : len(levels) - cut])
        pooled.append(np.minimum(s[1:], s[:-1]) / np.maximum(np.maximum(s[1:], s[:-1]), 1e-300))
    r = np.concatenate(pooled) if pooled else np.zeros(0)
    if len(r) < 2:
        raise ValueError(f"spectrum has too few levels: {len(r)} ratios")
    return LevelStatistics(float(r.mean()), float(r.std(ddof=1) / np.sqrt(len(r))), len(r))


def _is_hermitian(rows: object) -> bool:
    """Return whether a list of rows is one Hermitian matrix rather than several spectra."""
    a = np.asarray(rows)
    return bool(np.allclose(a, a.conj().T, rtol=1e-12, atol=0.0))
