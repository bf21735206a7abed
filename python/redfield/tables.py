"""Baths at the Bohr frequencies of a system."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield.baths import Bath
from redfield.validation import RealArray


def tabulate(
    bath: Bath, w: RealArray, lamb_shift: bool, unused: Any
) -> tuple[RealArray, RealArray | None]:
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = bath.power_spectrum(w)
    if unused is not None:
        raw = np.where(unused, 0.0, raw)
    gamma = _check_spectrum(bath, "power_spectrum", raw, w)
    if gamma.min() < 0.0:
        where = np.unravel_index(int(np.argmin(gamma)), gamma.shape)
        raise ValueError(f"{bath!r}: power_spectrum({w[where]:g}) = {gamma[where]:g} is negative")
    eta = _check_spectrum(bath, "lamb_shift", bath.lamb_shift(w), w) if lamb_shift else None
    return 0.5 * gamma, eta


def _check_spectrum(bath: Bath, name: str, values: Any, w: RealArray) -> RealArray:
    array = np.asarray(values)
    if array.shape != w.shape or array.dtype.kind not in "iuf":
        raise ValueError(
            f"{bath!r}: {name}(w) must return real numbers of the shape of w, {w.shape}; got "
            f"dtype {array.dtype} and shape {array.shape}"
        )
    if not np.isfinite(array).all():
        where = tuple(np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{bath!r}: {name}({w[where]:g}) = {array[where]} is not finite")
    return array.astype(np.float64, copy=False)
