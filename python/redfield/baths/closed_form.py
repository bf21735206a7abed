"""Spectra that the core has in closed form, of one bath or of many."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Points
from redfield.baths.base import Bath
from redfield.baths.derivatives import Slopes

N = TypeVar("N", np.float64, np.complex128)


class ClosedForm(Bath):
    """A bath of three numbers whose γ, η and C the C++ core computes (cpp/src/bath/)."""

    _core_name: ClassVar[str]
    """The name of its class in the core (cpp/include/redfield/bath/closed_forms.hpp)."""
    _numbers: ClassVar[tuple[str, str, str]]
    """The fields that the core's functions take."""

    def power_spectrum(self, w: Points) -> RealArray:
        return self._of_core(_core.power_spectrum, w)

    def lamb_shift(self, w: Points) -> RealArray:
        return self._of_core(_core.lamb_shift, w)

    def correlation(self, t: Points) -> ComplexArray:
        return self._of_core(_core.correlation, t)

    def _table(self, w: RealArray, lamb_shift: bool) -> tuple[RealArray, RealArray | None] | None:
        return self._of_core(_core.power_spectrum, w), (
            self._of_core(_core.lamb_shift, w) if lamb_shift else None
        )

    def _of_core(self, function: Callable[..., npt.NDArray[N]], at: npt.ArrayLike) -> npt.NDArray[N]:
        at = np.asarray(at, dtype=np.float64)
        values = function(self._core_name, *self._arrays, at.reshape(1, -1))
        return values.reshape(at.shape)

    @functools.cached_property
    def _arrays(self) -> list[RealArray]:
        """Its numbers as the core takes them; small systems are made in microseconds."""
        return [np.array([getattr(self, name)]) for name in self._numbers]

    def _slopes(self, w: RealArray, lamb_shift: bool) -> Slopes | None:
        first, second, third = self._arrays
        found = _core.bath_derivatives(
            self._core_name, first, second, third, w.reshape(1, -1), lamb_shift
        )
        return found[0, 0], dict(zip(self._numbers, found[1:, 0], strict=True))

    @classmethod
    def _slopes_of_many(
        cls, parameters: Mapping[str, Any], w: RealArray, lamb_shift: bool, threads: int
    ) -> Slopes | None:
        first, second, third = (parameters[name] for name in cls._numbers)
        found = _core.bath_derivatives(cls._core_name, first, second, third, w, lamb_shift, threads)
        return found[0], dict(zip(cls._numbers, found[1:], strict=True))

    @classmethod
    def spectra_of_many(
        cls, parameters: Mapping[str, Any], w: RealArray, lamb_shift: bool, threads: int
    ) -> tuple[RealArray, RealArray | None] | None:
        first, second, third = (parameters[name] for name in cls._numbers)
        gamma = _core.power_spectrum(cls._core_name, first, second, third, w, threads)
        if not lamb_shift:
            return gamma, None
        return gamma, _core.lamb_shift(cls._core_name, first, second, third, w, threads)
