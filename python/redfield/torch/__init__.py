"""Steady states, evolutions and spectra as differentiable functions of PyTorch tensors.

    import redfield.torch as rt

Tensors are complex128 or float64, on the CPU. ``torch.func.vmap`` solves all calls together as an rf.SystemBatch. A
gradient costs about one more solution, however many tensors it is taken with respect to; second derivatives are
refused.

A gradient with respect to H is Hermitian: of the matrices whose product with dH gives df for every Hermitian dH it is
the only such one. Gradients of a real f with respect to complex tensors are ∂f/∂Re + i ∂f/∂Im, PyTorch's convention.
"""

from __future__ import annotations

try:
    import torch  # noqa: F401
except ImportError:
    raise ImportError("redfield.torch needs PyTorch: pip install 'redfield[torch]'") from None

from redfield.autodiff import BathArrays
from redfield.torch.functions import evolve, expect, spectrum, steady_state

__all__ = ["BathArrays", "evolve", "expect", "spectrum", "steady_state"]
