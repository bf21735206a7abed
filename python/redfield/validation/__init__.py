"""Every check of what a user gives, and every message about it: one module for each kind of argument.

`arrays` has numbers in any shape, `states` and `scalars` what their names say, `choices` flags, names, lists, functions
and objects, `resources` memory and threads. `kinds` tells the kind of every public parameter, and `checked` applies it
at every call.
"""

from redfield.validation.arrays import (
    HERMITICITY_TOL,
    LARGEST,
    ComplexArray,
    RealArray,
    as_finite_array,
    as_hermitian,
    as_numeric,
    as_points,
    as_real_array,
    as_real_values,
    as_sparse,
    as_square,
    as_times,
    require_finite,
    require_hermitian_sparse,
)
from redfield.validation.checked import checked
from redfield.validation.choices import (
    as_choice,
    as_flag,
    as_function,
    as_items,
    as_kind,
    as_mapping,
    as_path,
    as_progress,
    as_text,
)
from redfield.validation.notices import warn
from redfield.validation.resources import as_max_bytes, as_threads, require_memory
from redfield.validation.scalars import (
    as_complex_number,
    as_count,
    as_finite,
    as_integer,
    as_interval,
    as_moment,
    as_not_negative,
    as_positive,
    as_random_source,
    as_real_number,
    as_seed,
    as_tolerances,
    shown,
)
from redfield.validation.states import (
    as_covariance,
    as_density_matrix,
    as_ket,
    as_state,
)

__all__ = [
    "HERMITICITY_TOL",
    "LARGEST",
    "ComplexArray",
    "RealArray",
    "as_choice",
    "as_complex_number",
    "as_count",
    "as_covariance",
    "as_density_matrix",
    "as_finite",
    "as_finite_array",
    "as_flag",
    "as_function",
    "as_hermitian",
    "as_integer",
    "as_interval",
    "as_items",
    "as_ket",
    "as_kind",
    "as_mapping",
    "as_max_bytes",
    "as_moment",
    "as_not_negative",
    "as_numeric",
    "as_path",
    "as_points",
    "as_positive",
    "as_progress",
    "as_random_source",
    "as_real_array",
    "as_real_number",
    "as_real_values",
    "as_seed",
    "as_sparse",
    "as_square",
    "as_state",
    "as_text",
    "as_threads",
    "as_times",
    "as_tolerances",
    "checked",
    "require_finite",
    "require_hermitian_sparse",
    "require_memory",
    "shown",
    "warn",
]
