"""QuTiP's `brmesolve` and `bloch_redfield_tensor`."""

from __future__ import annotations

from typing import Any

import qutip
import scipy

from redfield._base.checks import checked
from redfield._base.checks.types import Numbers
from redfield.qutip.arguments import (
    CouplingPairs,
    QobjObservables,
    QobjState,
    SecularCutoff,
    as_qutip_times,
)
from redfield.qutip.model import model_of
from redfield.qutip.result import density_matrix, result_of
from redfield.qutip.solve import settings_of, solve
from redfield.solve.matrices import liouvillian


@checked
def bloch_redfield_tensor(
    H: object,
    a_ops: CouplingPairs,
    c_ops: object = None,
    sec_cutoff: SecularCutoff = 0.1,
    fock_basis: bool = False,
    sparse_eigensolver: bool = False,
    br_computation_method: str = "sparse",
    *,
    lamb_shift: bool = False,
) -> Any:
    """QuTiP's `bloch_redfield_tensor`: 𝓛 of Redfield's equation as a superoperator Qobj.

    Parameters
    ----------
    H, a_ops, c_ops, sec_cutoff, fock_basis : as in QuTiP. Terms with |ω − ω'| < sec_cutoff × (the smallest gap
        between levels) stay; −1 keeps all.
    sparse_eigensolver, br_computation_method : accepted and ignored.
    lamb_shift : add η, from a redfield bath's own or by integrating the spectrum.

    Returns
    -------
    R : in the basis of H if fock_basis, else (R in the eigenbasis, the eigenvectors as the columns of a Qobj).
        QobjEvo where H or an a_op is one.

    Raises
    ------
    ValueError, TypeError
        A spectrum is negative or not finite (the frequency is named), or not a spectrum.

    Examples
    --------
    The qubit of QuTiP's guide:

    >>> import numpy as np, qutip
    >>> H = 0.2 * 2 * np.pi / 2 * qutip.sigmax() + 2 * np.pi / 2 * qutip.sigmaz()
    >>> ohmic = lambda w: 0.5 if w == 0.0 else 0.25 * (w / (2 * np.pi)) * (w > 0.0)
    >>> R, kets = bloch_redfield_tensor(H, [[qutip.sigmax(), ohmic]])
    >>> R.full()[0, 3].round(8)
    np.complex128(0.24514517+0j)
    >>> R.full()[1, 1].round(7)
    np.complex128(-0.1610341-6.4076169j)
    """
    evolving = isinstance(H, qutip.QobjEvo) or any(
        isinstance(a, qutip.QobjEvo) for pair in a_ops for a in pair[:1]
    )
    model = model_of(H, a_ops, c_ops, None, None, sec_cutoff, lamb_shift)
    dims = model.hamiltonian.dims

    def tensor(t: float) -> Any:
        generator = model.generator(t)
        # A csr_matrix, which is what QuTiP knows.
        matrix = scipy.sparse.csr_matrix(liouvillian(generator, eigenbasis=not fock_basis))
        return qutip.Qobj(matrix, dims=[dims, dims], superrep="super", copy=False)

    def vectors(t: float) -> Any:
        return qutip.Qobj(model.frame(t).vectors, dims=dims)

    if evolving and not model.constant:
        parts = qutip.QobjEvo(lambda t: tensor(t)), qutip.QobjEvo(lambda t: vectors(t))
        return parts[0] if fock_basis else parts
    return tensor(0.0) if fock_basis else (tensor(0.0), vectors(0.0))


@checked
def brmesolve(
    H: object,
    psi0: QobjState,
    tlist: Numbers,
    a_ops: CouplingPairs | None = None,
    sec_cutoff: SecularCutoff = 0.1,
    *,
    c_ops: object = None,
    e_ops: QobjObservables | None = None,
    args: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    lamb_shift: bool = False,
) -> Any:
    """QuTiP's `brmesolve`, the Bloch-Redfield equation, by redfield's kernels and integrators.

    Parameters
    ----------
    H, psi0, tlist, a_ops, sec_cutoff, c_ops, e_ops, args : as in QuTiP; a spectrum may be a redfield Bath. A function
        has the frequency as its argument w, the time as t; the one argument of a constant a_op's spectrum may have any
        name.
    options : as in QuTiP. "method" names of QuTiP's integrators and "adams" stand for "auto"; redfield's own
        ("chebyshev", "dopri5", "exponential") may be given. "tensor_type", "nsteps" and other settings of
        QuTiP's integrators are accepted and have nothing to set here.
    lamb_shift : add η, from a redfield bath's own or by integrating the spectrum.

    Returns
    -------
    qutip.solver.Result

    Raises
    ------
    ValueError, TypeError
        A spectrum is negative, complex or not finite; the spectrum of a constant a_op depends on time; it is left open
        which argument of a spectrum is the frequency.

    Examples
    --------
    >>> import numpy as np, qutip
    >>> H = 0.5 * 2 * np.pi * qutip.sigmaz()
    >>> result = brmesolve(
    ...     H, (2 * qutip.basis(2, 0) + qutip.basis(2, 1)).unit(), np.linspace(0, 10, 3),
    ...     a_ops=[(qutip.sigmax(), lambda w: 0.25 * (w >= 0))], e_ops=[qutip.sigmaz()],
    ... )
    >>> result.expect[0].round(6)
    array([ 0.6     , -0.541592, -0.868664])
    """
    times = as_qutip_times("tlist", tlist)
    model = model_of(H, a_ops, c_ops, args, tlist, sec_cutoff, lamb_shift)
    state = density_matrix(psi0, model.hamiltonian.dims)
    settings = settings_of(options)
    result = result_of(
        "brmesolve",
        state,
        times,
        e_ops,
        settings,
        lambda matrices, store: solve(model, state.full(), times, settings, matrices, store=store),
    )
    result.stats.update(
        {
            "solver": "Bloch Redfield Equation Evolution",
            "num_a_ops": len(a_ops or []),
            "num_collapse": len(model.collapse),
        }
    )
    return result
