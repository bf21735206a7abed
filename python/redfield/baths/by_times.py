"""Baths whose strength is chosen by what it does: the relaxation or dephasing time of a qubit."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from redfield._base.checks.types import Positive
from redfield.baths.base import Bath


class ByTimes(Bath):
    """Base of baths whose γ is proportional to one of their numbers."""

    _linear: ClassVar[str] = "strength"
    """The field that γ is proportional to."""

    def with_t1(self, t1: Positive, frequency: Positive, *, element: Positive = 1.0) -> Self:
        r"""Make the bath of this shape and temperature under which a qubit relaxes in T₁.

        .. math:: \frac{1}{T_1} = |\langle 0|A|1\rangle|^2\,[\gamma(\Omega) + \gamma(-\Omega)]

        Parameters
        ----------
        t1 : T₁, a time: that of the exponential decay of populations towards their steady values.
        frequency : Ω > 0, the splitting of the two levels, an energy (an angular frequency).
        element : |⟨0|A|1⟩| of the coupling A: 1 of σ_x, ½ of σ_x/2.

        Raises
        ------
        ValueError
            γ vanishes at ±Ω.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.OhmicBath(strength=1.0, cutoff=100.0, beta=0.5).with_t1(50.0, frequency=5.0)
        >>> qubit = rf.System(np.diag([2.5, -2.5]), [rf.operators.sigmax()], bath)
        >>> relaxation = rf.Davies(qubit).spectrum().eigenvalues.real
        >>> bool(np.isclose(relaxation, -1 / 50.0).any())
        True
        """
        rates = self.power_spectrum(np.array([frequency, -frequency]))
        return self._scaled(1.0 / (t1 * element**2), float(rates.sum()), f"±{frequency:g}")

    def with_tphi(self, tphi: Positive, *, difference: Positive = 2.0) -> Self:
        r"""Make the bath of this shape and temperature under which a qubit loses its phase in T_φ.

        .. math:: \frac{1}{T_\varphi} = \tfrac12\,\gamma(0)\,(A_{00} - A_{11})^2, \qquad
                  \frac{1}{T_2} = \frac{1}{2T_1} + \frac{1}{T_\varphi}

        Parameters
        ----------
        tphi : T_φ, a time: that of the exponential decay of the coherence without relaxation.
        difference : |A₀₀ − A₁₁| of the coupling A: 2 of σ_z, 1 of σ_z/2.

        Raises
        ------
        ValueError
            γ(0) vanishes, as at zero temperature and of super-Ohmic baths, or is infinite, as of sub-Ohmic ones: then
            the coherence does not decay as an exponential.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.FlatBath(1.0).with_tphi(20.0)
        >>> qubit = rf.Redfield(rf.System(np.diag([1.0, -1.0]), [rf.operators.sigmaz()], bath))
        >>> coherence = qubit.evolve(np.full((2, 2), 0.5), [0.0, 20.0]).final_state[0, 1]
        >>> bool(np.isclose(abs(coherence), 0.5 * np.exp(-1.0)))
        True
        """
        rate = float(self.power_spectrum(np.zeros(1))[0])
        return self._scaled(2.0 / (tphi * difference**2), rate, "0")

    def _scaled(self, wanted: float, rate: float, where: str) -> Self:
        fields: dict[str, Any] = dict(self._parameters())
        value = fields[self._linear]
        if not 0.0 < rate < np.inf:
            raise ValueError(
                f"{self!r}: γ({where}) = {rate:g}, so that no {self._linear} gives this time"
            )
        return type(self)(**{**fields, self._linear: value * (wanted / rate)})
