"""An equation as a matrix, an operator of SciPy's, and in the Heisenberg picture."""

from __future__ import annotations

import math

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, as_choice, as_max_bytes, as_not_negative, as_threads
from redfield.equations.adjoint import Adjoint
from redfield.equations.answers import Answers
from redfield.solve import matrices


class Representations(Answers):
    """Of an equation with a generator of the core."""

    def adjoint(self) -> Adjoint:
        """The Heisenberg picture: 𝓛†, whose `evolve` moves one operator for many states."""
        self.cheapest  # noqa: B018  (one system's)
        return Adjoint(self)

    def liouvillian(
        self,
        basis: str = "given",
        *,
        threshold: float | None = None,
        max_bytes: float | None = None,
        threads: int | None = None,
    ) -> scipy.sparse.csr_array:
        """𝓛 as an (N², N²) complex CSR matrix on column-stacked ρ: 𝓛 ρ.ravel(order="F").

        Parameters
        ----------
        basis : "given", the one H was given in, or "eigen", where secular equations are sparse. In the
            latter, element (a, b) of U†ρU stands at a + N b.
        threshold : entries of at most this modulus (an energy) are left out; the diagonal always stays.
            Default 1e-15 of the spectral radius.
        max_bytes : what the matrix may take; default the memory the machine has free.

        Raises
        ------
        MemoryError
            It would take more; the message says how much.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
        >>> equation = rf.Redfield(rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath))
        >>> matrix = equation.liouvillian()
        >>> rho = np.array([[0.7, 0.1j], [-0.1j, 0.3]])
        >>> change = (matrix @ rho.ravel(order="F")).reshape(2, 2, order="F")
        >>> bool(np.allclose(change, equation.apply(rho), atol=1e-14))
        True
        """
        eigenbasis = as_choice("basis", basis, ("given", "eigen")) == "eigen"
        if threshold is None:
            threshold = 1e-15 * math.hypot(*self.generator.bounds)
        return matrices.liouvillian(
            self.generator,
            eigenbasis,
            as_not_negative("threshold", threshold),
            as_max_bytes(max_bytes),
            as_threads(threads),
        )

    def as_linear_operator(self, *, threads: int | None = None) -> scipy.sparse.linalg.LinearOperator:
        """𝓛 as a scipy LinearOperator on column-stacked ρ in the basis H was given in, matrix-free.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), rf.OhmicBath(0.04, 10.0, 5.0))
        >>> operator = rf.Redfield(system).as_linear_operator()
        >>> operator.shape, operator.dtype
        ((4, 4), dtype('complex128'))
        """
        import scipy.sparse.linalg  # at its use, as everything of scipy: half of the time of an import

        n, count = self.system.dimension, as_threads(threads)

        def matvec(x: ComplexArray) -> ComplexArray:
            # Column-stacked ρ is the row-major ρᵀ.
            rho = np.asarray(x, dtype=np.complex128).reshape(n, n).T
            return self.cheapest.apply(rho, count).ravel(order="F")

        return scipy.sparse.linalg.LinearOperator((n * n, n * n), matvec=matvec, dtype=np.complex128)
