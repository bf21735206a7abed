"""Leading axes, in which array libraries hand over many calls of a function at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Stack:
    """Arguments of B calls: arrays with the same number of leading axes, each of full length or 1.

    Parameters
    ----------
    arrays : the arguments.
    ranks : the number of axes that each has in one call.

    Attributes
    ----------
    shape : the lengths of the leading axes.
    size : B, their product.
    """

    def __init__(self, arrays: Sequence[Array], ranks: Sequence[int]) -> None:
        leads = [x.shape[: x.ndim - rank] for x, rank in zip(arrays, ranks, strict=True)]
        self.shape = np.broadcast_shapes(*leads)
        self.size = math.prod(self.shape)
        self._differs = [math.prod(lead) != 1 for lead in leads]
        self._arrays: list[Array] = []
        for x, lead in zip(arrays, leads, strict=True):
            tail = x.shape[len(lead) :]
            if math.prod(lead) == 1:
                self._arrays.append(x.reshape(tail))
            else:
                self._arrays.append(np.broadcast_to(x, self.shape + tail).reshape(self.size, *tail))

    def __len__(self) -> int:
        return self.size

    def differ(self, places: slice) -> bool:
        """Return whether any of some arguments differs between calls."""
        return any(self._differs[places])

    def stacked(self, place: int) -> Array:
        """Return an argument: (B, …) where it differs between calls, else one for all."""
        return self._arrays[place]

    def full(self, place: int) -> Array:
        """Return an argument of every call, (B, …)."""
        x = self._arrays[place]
        return x if self._differs[place] else np.broadcast_to(x, (self.size, *x.shape))

    def member(self, call: int) -> list[Array]:
        """Return the arguments of one call."""
        return [x[call] if differs else x for x, differs in zip(self._arrays, self._differs, strict=True)]

    def unstacked(self, answers: Array) -> Array:
        """Return answers (B, …) with the leading axes in place of the first."""
        return answers.reshape(self.shape + answers.shape[1:])
