"""The functions of redfield.torch."""

from __future__ import annotations

from redfield.autodiff import functions
from redfield.autodiff.functions import function_of
from redfield.torch import differentiable as library

steady_state = function_of(
    library,
    functions.steady_state,
    """
    The sensitivity of a qubit's excitation to the bath's temperature, where p = 1/(1 + e^{βω}) and its derivative are
    known:

    >>> import torch, redfield as rf
    >>> import redfield.torch as rt
    >>> h = torch.diag(torch.tensor([0.0, 1.0], dtype=torch.complex128))
    >>> x = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]], dtype=torch.complex128)
    >>> beta = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    >>> bath = rt.BathArrays(rf.OhmicBath, strength=0.01, cutoff=10.0, beta=beta)
    >>> excited = rt.expect(h, rt.steady_state(h, x, bath, lamb_shift=False))
    >>> excited.backward()
    >>> round(excited.item(), 6), round(beta.grad.item(), 6)
    (0.119203, -0.104994)
    """,
)

evolve = function_of(
    library,
    functions.evolve,
    """
    Pure dephasing at the rate 2γ(0) = 2λ/β, whose derivative with respect to λ is known:

    >>> import torch, redfield as rf
    >>> import redfield.torch as rt
    >>> z = torch.diag(torch.tensor([1.0, -1.0], dtype=torch.complex128))
    >>> x = torch.tensor([[0.0, 1.0], [1.0, 0.0]], dtype=torch.complex128)
    >>> strength = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
    >>> bath = rt.BathArrays(rf.OhmicBath, strength=strength, cutoff=5.0, beta=2.0)
    >>> ket = torch.ones(2, dtype=torch.complex128) / 2**0.5
    >>> value = rt.expect(x, rt.evolve(0.0 * z, z[None], bath, ket, [0.0, 5.0], rtol=1e-9))[-1]
    >>> value.backward()
    >>> round(value.item(), 6), round(strength.grad.item(), 5)
    (0.606531, -3.03265)
    """,
)

spectrum = function_of(
    library,
    functions.spectrum,
    """
    The peak of a qubit's line, 4γ(ω)/[γ(ω) + γ(−ω)]², falls as one over the bath's strength:

    >>> import torch, redfield as rf
    >>> import redfield.torch as rt
    >>> h = torch.diag(torch.tensor([0.0, 1.0], dtype=torch.complex128))
    >>> lower = torch.tensor([[0.0, 1.0], [0.0, 0.0]], dtype=torch.complex128)
    >>> strength = torch.tensor(0.01, dtype=torch.float64, requires_grad=True)
    >>> bath = rt.BathArrays(rf.OhmicBath, strength=strength, cutoff=10.0, beta=2.0)
    >>> options = {"equation": rf.Davies, "lamb_shift": False}
    >>> peak = rt.spectrum(h, (lower + lower.T)[None], bath, lower, lower.T, [1.0], **options)[0].real
    >>> peak.backward()
    >>> round((0.01 * strength.grad / peak).item(), 6)
    -1.0
    """,
)

expect = function_of(
    library,
    functions.expect,
    """
    >>> import torch
    >>> import redfield.torch as rt
    >>> states = torch.tensor([[[0.5, 0.0], [0.0, 0.5]], [[0.8, 0.0], [0.0, 0.2]]], dtype=torch.complex128)
    >>> rt.expect(torch.diag(torch.tensor([1.0, -1.0], dtype=torch.float64)), states)
    tensor([0.0000, 0.6000], dtype=torch.float64)
    """,
)
