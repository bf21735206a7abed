"""The types of public arguments, each with the check that every call applies to it."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks.arrays import as_points
from redfield._base.checks.choices import as_axes
from redfield._base.checks.operands import as_observables, as_operand, as_operands
from redfield._base.checks.scalars import as_scale

Operand = Annotated[object, as_operand]
"""An array, an operator, or a list of them."""
Operator = Annotated[object, as_operand]
"""An operator, (N, N)."""
State = Annotated[object, as_operand]
"""A density matrix (N, N) or ket (N,), or of quadratic systems a covariance; or several."""
Operators = Annotated[object, as_operands]
"""A list of operators, or one."""
EOps = Annotated[object, as_observables]
"""An operator, or a list or dict of them."""
Numbers = Annotated[object, as_operand]
"""Numbers (T,), such as times or frequencies."""
Points = Annotated[npt.ArrayLike, as_points]
"""Real numbers of any shape, finite: times or frequencies at which a function is asked."""
Axes = Annotated[Any, as_axes]
"""Axes of matplotlib."""
Number = Annotated[float, as_scale]
"""A field of a bath that `Bath.batch` takes an array (B,) for, one number for each member."""
Seed = int | np.random.SeedSequence | np.random.Generator
"""The source of random numbers."""
