"""Relaxation and dephasing times of the baths of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from redfield._base.checks import RealArray, as_real_array, checked
from redfield._base.checks.types import Operand, Positive


class TimesOfMembers:
    """Mixin of batches of baths, each of which may be given its strength by what it does."""

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, member: int) -> Any:
        raise NotImplementedError

    def _of_members(self, members: Sequence[Any]) -> Self:
        """Return the batch of other members of the same kinds."""
        raise NotImplementedError

    @checked
    def with_t1(self, t1: Operand, frequency: Operand, *, element: Positive = 1.0) -> Self:
        r"""Make the baths of these shapes and temperatures under which a qubit relaxes in T₁.

        .. math:: \frac{1}{T_1} = |\langle 0|A|1\rangle|^2\,[\gamma(\Omega) + \gamma(-\Omega)]

        Parameters
        ----------
        t1, frequency : as of `OhmicBath.with_t1`, one number for all members or (B,).
        element : |⟨0|A|1⟩| of the coupling A.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> baths = rf.OhmicBath.batch(1.0, 100.0, beta=np.array([0.5, 2.0])).with_t1(50.0, frequency=5.0)
        >>> [round(1.0 / float(baths[k].power_spectrum([5.0, -5.0]).sum()), 9) for k in range(2)]
        [50.0, 50.0]
        """
        times, frequencies = self._each("t1", t1), self._each("frequency", frequency)
        return self._of_members(
            [self[k].with_t1(times[k], frequencies[k], element=element) for k in range(len(self))]
        )

    @checked
    def with_tphi(self, tphi: Operand, *, difference: Positive = 2.0) -> Self:
        r"""Make the baths of these shapes and temperatures under which a qubit loses its phase in T_φ.

        .. math:: \frac{1}{T_\varphi} = \tfrac12\,\gamma(0)\,(A_{00} - A_{11})^2

        Parameters
        ----------
        tphi : as of `OhmicBath.with_tphi`, one number for all members or (B,).
        difference : |A₀₀ − A₁₁| of the coupling A.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> baths = rf.FlatBath.batch(np.array([1.0, 3.0])).with_tphi(np.array([20.0, 40.0]))
        >>> baths[0].rate, baths[1].rate
        (0.025, 0.0125)
        """
        times = self._each("tphi", tphi)
        return self._of_members(
            [self[k].with_tphi(times[k], difference=difference) for k in range(len(self))]
        )

    def _each(self, name: str, value: Any) -> RealArray:
        """Return one number for each member."""
        numbers = as_real_array(name, value)
        if numbers.shape not in ((), (len(self),)):
            raise ValueError(f"{name} must be one number or ({len(self)},), got shape {numbers.shape}")
        return np.broadcast_to(numbers, (len(self),))
