"""The findings of `diagnose` about the equations of a PeriodicSystem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from redfield._base.records import record
from redfield.analysis.diagnosis import Diagnosis


@record
class PeriodicDiagnosis(Diagnosis):
    """The properties of each equation of a PeriodicSystem over a period, as a table.

    Attributes
    ----------
    values : a column of numbers, one an equation, for each of:

        - kossakowski : smallest eigenvalue of the Kossakowski matrix at any time, a rate; ≥ 0 is completely positive.
        - completely_positive : 1 where it is not below rounding of the largest, else 0.
        - gibbs : ‖𝒟(t)ρ_F(t)‖₁ over Davies' fastest decay rate, the largest in a period, of the Floquet–Gibbs state
          ρ_F = Φe^{−βε}Φ†/Z with `PeriodicSystem.energies` as ε; 0 is "it solves the equation" (Shirai, Mori &
          Miyashita, doi:10.1103/PhysRevE.91.030101).
        - steady_state : ‖ρ(t) − ρ_F(t)‖₁ of the periodic state, the largest; nan without a unique one.
        - steady_minimum : smallest eigenvalue of the periodic state at any time.
        - gap : −ln|μ|/T of the slowest mode of the map of a period, μ its largest eigenvalue but the 1 of what stays:
          the rate at which any start is forgotten; nan where its error is more than a thousandth.
        - distance : `generator_distance` from Redfield, over a period.
        - choi : smallest eigenvalue of the Choi matrix of the map of a period; as kossakowski, gap and distance nan
          beyond 8 levels.
        - first_law, entropy : `first_law_defect` and `entropy_production` of the periodic state.

    secular : rates over the distances of quasi-energies modulo Ω.
    names, reasons : as of a Diagnosis; its other attributes are empty.
    """

    columns: ClassVar[Mapping[str, str]] = {
        "kossakowski": "min Kossakowski",
        "gibbs": "Floquet–Gibbs residual",
        "steady_state": "periodic − Gibbs",
        "steady_minimum": "min periodic",
        "gap": "gap",
        "distance": "from Redfield",
    }

    def holds(self) -> dict[str, dict[str, bool | None]]:
        """Return which equation is completely_positive, thermalises and has steady_state_positive, over a period.

        None stands where a check does not apply; `reasons` says why.
        """
        found = {}
        for i, name in enumerate(self.names):
            positive = float(self.values["completely_positive"][i])
            found[name] = {
                "completely_positive": None if np.isnan(positive) else bool(positive),
                "thermalises": self._verdict("gibbs", i),
                "steady_state_positive": self._verdict("steady_minimum", i),
            }
        return found
