"""A bosonic bath from a spectral density J(ω)."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from redfield._base.checks import RealArray, as_not_negative
from redfield._base.checks.types import (
    Beta,
    Breakpoints,
    FunctionOfFrequency,
    Number,
    Points,
    PositiveNumber,
)
from redfield._base.records import record
from redfield.baths.checks import real_values
from redfield.baths.temperature import UNGIVEN
from redfield.baths.thermal import ThermalBath


@record
class SpectralDensityBath(ThermalBath):
    r"""A bosonic bath γ(ω) = J(ω)[1 + n(ω)] for ω > 0, J(|ω|) n(|ω|) for ω < 0.

    Parameters
    ----------
    function : J(ω ≥ 0) ≥ 0, a vectorised function, a rate. No factor π or 2π is added to it.
    beta : inverse temperature; inf for zero. Or ``temperature=`` by name, 1/β.
    mu : chemical potential ≤ 0.
    breakpoints : frequencies > 0 where J is not smooth, such as a hard cutoff.
    cutoff_scale : over which J varies, an energy.

    Raises
    ------
    ValueError, TypeError
        A parameter is out of its range; J is negative, not finite or of the wrong shape somewhere; its Lamb shift can
        not be known to 1e-8.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = SpectralDensityBath(lambda w: 0.04 * w * np.exp(-w / 10), beta=5.0)
    >>> same = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> w = np.linspace(-3, 3, 7)
    >>> bool(np.allclose(bath.one_sided(w), same.one_sided(w), atol=1e-9))
    True
    """

    function: FunctionOfFrequency
    beta: Beta = UNGIVEN
    mu: Number = 0.0
    breakpoints: Breakpoints = ()
    cutoff_scale: PositiveNumber = 1.0

    _hints: ClassVar[frozenset[str]] = frozenset(("cutoff_scale",))
    """Fields that γ and η do not depend on."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.mu > 0.0:
            raise ValueError(f"mu of bosons must not be above their lowest energy 0, got {self.mu}")
        for b in self.breakpoints:
            if -b not in self.breakpoints:  # those of a bath like this one are mirrored already
                as_not_negative("breakpoints", b)
        self.breakpoints = tuple(sorted({0.0, *self.breakpoints, *(-b for b in self.breakpoints)}))

    def spectral_density(self, w: Points) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        values = real_values(self, "spectral_density(w)", self.function(w), w)
        if (values < 0.0).any():
            where = np.unravel_index(int(np.argmin(values)), values.shape)
            raise ValueError(f"{self!r}: spectral_density({w[where]:g}) = {values[where]:g} is negative")
        return values

    def zero_frequency_rate(self) -> float:
        if math.isinf(self.beta) or self.mu < 0.0:
            return 0.0
        # J(ω)/(βω) for ω → 0, infinite where J falls more slowly than ω.
        small = 1e-9 * self.scale * np.array([1.0, 0.5])
        ratio = self.spectral_density(small) / (self.beta * small)
        return math.inf if ratio[1] > 1.01 * ratio[0] else float(ratio[0])
