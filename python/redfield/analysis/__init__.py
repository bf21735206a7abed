"""Answers about states and equations."""

from redfield.analysis import of_periodic as of_periodic  # and of periodic ones
from redfield.analysis import of_quadratic as of_quadratic  # registers the answers of quadratic equations
from redfield.analysis.balance import EnergyBalance, energy_balance, work
from redfield.analysis.batch_diagnosis import BatchDiagnosis
from redfield.analysis.compare import Comparison, compare
from redfield.analysis.counting import Counting, Cumulants
from redfield.analysis.detailed_balance import DetailedBalance, detailed_balance_defect
from redfield.analysis.diagnose import diagnose
from redfield.analysis.diagnosis import Diagnosis
from redfield.analysis.distances import (
    generator_distance,
    solution_distance,
    steady_state_distance,
    trace_distance,
    trace_norm,
)
from redfield.analysis.driven_diagnosis import DrivenDiagnosis
from redfield.analysis.kossakowski import Kossakowski, kossakowski
from redfield.analysis.locality import locality_profile
from redfield.analysis.mean_force import mean_force_state
from redfield.analysis.periodic_diagnosis import PeriodicDiagnosis
from redfield.analysis.positivity import PositivityViolation, choi_minimum, positivity_violation
from redfield.analysis.thermodynamics import (
    energy_currents,
    entropy_production,
    first_law_defect,
    gibbs_residual,
    heat_currents,
    particle_currents,
)
from redfield.analysis.timescales import Timescales, bath_timescales
from redfield.analysis.validity import (
    LevelStatistics,
    SecularParameter,
    level_statistics,
    secular_parameter,
)

__all__ = [
    "BatchDiagnosis",
    "Comparison",
    "Counting",
    "Cumulants",
    "DetailedBalance",
    "Diagnosis",
    "DrivenDiagnosis",
    "EnergyBalance",
    "Kossakowski",
    "LevelStatistics",
    "PeriodicDiagnosis",
    "PositivityViolation",
    "SecularParameter",
    "Timescales",
    "bath_timescales",
    "choi_minimum",
    "compare",
    "detailed_balance_defect",
    "diagnose",
    "energy_balance",
    "energy_currents",
    "entropy_production",
    "first_law_defect",
    "generator_distance",
    "gibbs_residual",
    "heat_currents",
    "kossakowski",
    "level_statistics",
    "locality_profile",
    "mean_force_state",
    "particle_currents",
    "positivity_violation",
    "secular_parameter",
    "solution_distance",
    "steady_state_distance",
    "trace_distance",
    "trace_norm",
    "work",
]
