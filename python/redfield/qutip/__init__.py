"""QuTiP 5's `brmesolve` and `bloch_redfield_tensor`, and correlations and spectra of that equation, by redfield.

    from redfield.qutip import brmesolve, bloch_redfield_tensor, correlation_2op_1t, correlation_2op_2t, spectrum

What differs: couplings that are complex in the eigenbasis are right in every term; gaps are compared with a
tolerance, so that equal frequencies do not depend on rounding; `sec_cutoff=0` is Davies' equation; `lamb_shift` adds
the Lamb shift.
"""

from __future__ import annotations

try:
    import qutip  # noqa: F401
except ImportError:
    raise ImportError("redfield.qutip needs QuTiP 5: pip install 'redfield[qutip]'") from None

from redfield.qutip.correlation import (
    correlation_2op_1t,
    correlation_2op_2t,
    correlation_3op_1t,
    correlation_3op_2t,
    spectrum,
    spectrum_correlation_fft,
)
from redfield.qutip.crossterm import brcrossterm
from redfield.qutip.evolutions import bloch_redfield_tensor, brmesolve
from redfield.qutip.floquet import fmmesolve
from redfield.qutip.solvers import BRSolver, FMESolver, correlation_3op

__all__ = [
    "BRSolver",
    "FMESolver",
    "bloch_redfield_tensor",
    "brcrossterm",
    "brmesolve",
    "correlation_2op_1t",
    "correlation_2op_2t",
    "correlation_3op",
    "correlation_3op_1t",
    "correlation_3op_2t",
    "fmmesolve",
    "spectrum",
    "spectrum_correlation_fft",
]
