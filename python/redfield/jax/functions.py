"""The functions of redfield.jax."""

from __future__ import annotations

from redfield.autodiff import functions
from redfield.autodiff.functions import function_of
from redfield.jax import differentiable as library

steady_state = function_of(
    library,
    functions.steady_state,
    """
    The sensitivity of a qubit's excitation to its splitting and to the bath's temperature, where
    p = 1/(1 + e^{βω}) and its derivatives are known:

    >>> import jax, jax.numpy as jnp, redfield as rf
    >>> jax.config.update("jax_enable_x64", True)
    >>> import redfield.jax as rj
    >>> x = jnp.array([[[0.0, 1.0], [1.0, 0.0]]])
    >>> def excited(omega, beta):
    ...     bath = rj.BathArrays(rf.OhmicBath, strength=0.01, cutoff=10.0, beta=beta)
    ...     rho = rj.steady_state(jnp.diag(jnp.array([0.0, 1.0])) * omega, x, bath, lamb_shift=False)
    ...     return rj.expect(jnp.diag(jnp.array([0.0, 1.0])), rho)
    >>> p, slopes = jax.jit(jax.value_and_grad(excited, argnums=(0, 1)))(1.0, 2.0)
    >>> [round(float(each), 6) for each in (p, *slopes)]
    [0.119203, -0.209987, -0.104994]
    """,
)

evolve = function_of(
    library,
    functions.evolve,
    """
    Pure dephasing at the rate 2γ(0) = 2λ/β, whose derivative with respect to λ is known:

    >>> import jax, jax.numpy as jnp, redfield as rf
    >>> jax.config.update("jax_enable_x64", True)
    >>> import redfield.jax as rj
    >>> z, x = jnp.diag(jnp.array([1.0, -1.0])), jnp.array([[0.0, 1.0], [1.0, 0.0]])
    >>> def coherence(strength):
    ...     bath = rj.BathArrays(rf.OhmicBath, strength=strength, cutoff=5.0, beta=2.0)
    ...     ket = jnp.array([1.0, 1.0]) / jnp.sqrt(2.0)
    ...     return rj.expect(x, rj.evolve(0.0 * z, z[None], bath, ket, jnp.array([0.0, 5.0]), rtol=1e-9))[-1]
    >>> value, slope = jax.value_and_grad(coherence)(0.1)
    >>> round(float(value), 6), round(float(slope), 5)
    (0.606531, -3.03265)
    """,
)

spectrum = function_of(
    library,
    functions.spectrum,
    """
    The peak of a qubit's line, 4γ(ω)/[γ(ω) + γ(−ω)]², falls as one over the bath's strength:

    >>> import jax, jax.numpy as jnp, redfield as rf
    >>> jax.config.update("jax_enable_x64", True)
    >>> import redfield.jax as rj
    >>> h, lower = jnp.diag(jnp.array([0.0, 1.0])), jnp.array([[0.0, 1.0], [0.0, 0.0]])
    >>> def peak(strength):
    ...     bath = rj.BathArrays(rf.OhmicBath, strength=strength, cutoff=10.0, beta=2.0)
    ...     line = rj.spectrum(
    ...         h, (lower + lower.T)[None], bath, lower, lower.T, [1.0], equation=rf.Davies, lamb_shift=False
    ...     )
    ...     return line[0].real
    >>> value, slope = jax.jit(jax.value_and_grad(peak))(0.01)
    >>> round(float(0.01 * slope / value), 6)
    -1.0
    """,
)

expect = function_of(
    library,
    functions.expect,
    """
    >>> import jax, jax.numpy as jnp
    >>> jax.config.update("jax_enable_x64", True)
    >>> import redfield.jax as rj
    >>> rj.expect(jnp.diag(jnp.array([1.0, -1.0])), jnp.stack([jnp.eye(2) / 2, jnp.diag(jnp.array([0.8, 0.2]))]))
    Array([0. , 0.6], dtype=float64)
    """,
)
