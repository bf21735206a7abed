"""Baths of many members, one Bath each."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks import RealArray, as_items, shown
from redfield._base.records import Record
from redfield.baths.adjustable import adjustable
from redfield.baths.derivatives import ROUNDING, BathDerivatives, Found, Numbers, Slopes
from redfield.baths.times_of_members import TimesOfMembers

Members = npt.NDArray[np.intp]
ALONE = frozenset(
    {
        "beta",
        "mu",
        "exchange",
        "reservoir",
        "power_spectrum",
        "lamb_shift",
        "lamb_shift_error",
        "one_sided",
    }
    | {
        "correlation",
        "correlation_noise",
        "kms_defect",
        "memory",
        "memory_time",
        "exponentials",
        "windowed",
    }
    | {"finite_at_zero", "breakpoints", "scale", "features", "fastest", "time_scale"}
)
"""Attributes that belong to one bath."""


def alike(labels: Members) -> list[Members]:
    """Return the places of each label."""
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)


class BathBatch(TimesOfMembers, Record):
    """One bath for each member of a SystemBatch.

    ``rf.OhmicBath.batch(strength=array, cutoff=10.0, beta=array)``, whose numbers are arrays, is one too; where baths
    have a closed form (Ohmic with an exponential cutoff, Drude, Lorentzian, flat) no member is looked at in Python.

    Parameters
    ----------
    baths : one Bath for each member; equal ones are evaluated together.

    Raises
    ------
    TypeError, ValueError
        There are none, or one is not a Bath.

    Examples
    --------
    >>> import redfield as rf
    >>> batch = BathBatch([rf.DrudeBath(0.1, 5.0, beta) for beta in (0.5, 1.0, 1.0)])
    >>> len(batch), batch[2].beta
    (3, 1.0)
    """

    def __init__(self, baths: Sequence[Any]) -> None:
        place: dict[Any, int] = {}
        of_member = []
        for i, bath in enumerate(as_items("baths", baths)):
            if isinstance(bath, BathBatch) or not hasattr(bath, "power_spectrum"):
                raise TypeError(f"baths[{i}] must be a Bath, got {shown(bath)}")
            of_member.append(place.setdefault(bath, len(place)))
        if not of_member:
            raise ValueError("baths is empty")
        self.distinct = tuple(place)
        self._of_member: Members = np.array(of_member, dtype=np.intp)

    def _parameters(self) -> dict[str, Any]:
        return {"baths": [self[i] for i in range(len(self))]}

    def _of_members(self, members: Sequence[Any]) -> Any:
        return BathBatch(members)

    def __len__(self) -> int:
        return len(self._of_member)

    def __getitem__(self, member: int) -> Any:
        if not -len(self) <= member < len(self):
            raise IndexError(f"member {member} of {len(self)} baths")
        return self.distinct[self._of_member[member]]

    def _require_members(self, w: RealArray, first: int) -> None:
        if np.ndim(w) != 2:
            raise ValueError(f"w must have one row for each member, got shape {np.shape(w)}")
        if not 0 <= first <= len(self) - len(w):
            raise ValueError(f"first must be from 0 to {len(self) - len(w)}, got {first}")

    def __getattr__(self, name: str) -> Any:
        """Refuse an attribute of one bath, which a batch of them has not."""
        if name in ALONE:
            raise AttributeError(
                f"{self!r} is {len(self)} baths, one for each member of a SystemBatch, and has no {name}; [k] is the "
                "bath of member k"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def groups(self, first: int, count: int) -> Iterator[tuple[Any, Members]]:
        """Each bath that some of the members have, and their places among them."""
        for members in alike(self._of_member[first : first + count]):
            yield self[first + int(members[0])], members

    def spectra(
        self, w: RealArray, first: int, lamb_shift: bool, threads: int
    ) -> tuple[RealArray, RealArray | None]:
        """γ and η of members first, first + 1, … at their frequencies w (b, M)."""
        self._require_members(w, first)
        gamma, eta = np.empty(w.shape), np.empty(w.shape) if lamb_shift else None
        for bath, members in self.groups(first, len(w)):
            gamma[members] = bath.power_spectrum(w[members])
            if eta is not None:
                eta[members] = bath.lamb_shift(w[members])
        return gamma, eta

    def derivatives(
        self, w: RealArray, lamb_shift: bool = True, first: int = 0, threads: int = 0
    ) -> BathDerivatives:
        """Return the derivatives of Γ, (b, M), of members first, first + 1, … at their frequencies w (b, M).

        What `Bath.derivatives` says of one bath holds for each; with respect to a number that the bath of a member has
        not the derivative is 0.
        """
        self._require_members(w, first)
        w = np.asarray(w, dtype=np.float64)
        known = self._slopes(w, first, lamb_shift, threads)

        @functools.cache
        def found() -> list[tuple[Members, BathDerivatives]]:
            return [
                (members, bath.derivatives(w[members], lamb_shift))
                for bath, members in self.groups(first, len(w))
            ]

        def gathered(name: str) -> Found:
            out = np.zeros(w.shape, dtype=np.complex128)
            error = 0.0
            for members, each in found():
                if name in each.numbers:
                    out[members] = each.numbers[name]
                    error = max(error, each.error_of(name))
            return out, error

        if known is None:
            frequency, numbers, error = np.empty(w.shape, dtype=np.complex128), {}, 0.0
            for members, each in found():
                frequency[members] = each.frequency
                error = max(error, each.frequency_error)
        else:
            frequency, numbers, error = *known, ROUNDING
        names = [name for name in self._numbers(first, len(w)) if name not in numbers]
        left = {name: functools.partial(gathered, name) for name in names}
        return BathDerivatives(frequency, Numbers(numbers, left), error)

    def _slopes(self, w: RealArray, first: int, lamb_shift: bool, threads: int) -> Slopes | None:
        """Return dΓ/dω and the ∂Γ/∂p that are known of all members at once, or None."""
        return None

    def _numbers(self, first: int, count: int) -> list[str]:
        """Return the names of the numbers that baths of the members have."""
        baths = dict.fromkeys(self[first + k] for k in range(count))
        return list(dict.fromkeys(name for bath in baths for name in adjustable(bath)))
