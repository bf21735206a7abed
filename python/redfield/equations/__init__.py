"""Master equations: one file a kind, one line each in the registry `KINDS`."""

from redfield.equations import kinds
from redfield.equations.base import Equation
from redfield.equations.kinds import *  # noqa: F403
from redfield.equations.local_jumps import LocalJumps, local_jumps
from redfield.equations.registry import KINDS as KINDS
from redfield.equations.registry import Kind as Kind

__all__ = ["Equation", "LocalJumps", "local_jumps"]
__all__ += kinds.__all__
