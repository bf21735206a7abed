r"""Steady states, evolutions and spectra as differentiable functions of JAX arrays.

    import jax  # noqa: F401
    jax.config.update("jax_enable_x64", True)
    import redfield.jax as rj

They work under ``jit``, ``grad``, ``jacrev`` and ``vmap``, whose calls are solved together as an rf.SystemBatch. A
gradient costs about one more solution, however many arrays it is taken with respect to. First derivatives in reverse
mode are there, others are refused.

A gradient with respect to H is Hermitian: of the matrices whose product with dH gives df for every Hermitian dH it is
the only such one. Gradients of a real f with respect to complex arrays are ∂f/∂Re − i ∂f/∂Im, JAX's convention.
"""

from __future__ import annotations

try:
    import jax  # noqa: F401
except ImportError:
    raise ImportError("redfield.jax needs JAX: pip install 'redfield[jax]'") from None

from redfield.autodiff import BathArrays
from redfield.jax.functions import evolve, expect, spectrum, steady_state
from redfield.jax.pytrees import register_baths

__all__ = ["BathArrays", "evolve", "expect", "spectrum", "steady_state"]

register_baths()
