"""Derivatives of what a steady covariance tells."""

from __future__ import annotations

from typing import Any

from redfield._base.checks import ComplexArray, checked
from redfield._base.checks.types import Operator
from redfield._base.records import Record
from redfield._base.stores.origins import origin_of
from redfield.results.gradient import Gradient, GradientOptions


class SteadyGradients(Record, answer=True):
    """Mixin of steady covariances: gradients of expectation values and currents."""

    covariance: ComplexArray
    unique: bool
    equation: Any

    @checked
    def gradient(self, observable: Operator, *, tol: float = 1e-10) -> Gradient:
        r"""Return the derivative of tr(OG) by h, every J_j and every number of every bath.

        .. math:: M^\dagger Y + YM = O, \qquad df = 2\,\mathrm{Re\,tr}\big[Y(dX - dM\,G)\big]

        of Ġ = −(MG + GM†) + X + X†. The functions of h in M and X respond with the divided differences of the spectra,
        their slopes where levels meet. Davies' equation jumps where coupled levels meet, unless all
        J_j and baths are equal: there its gradient by h is along changes that leave equal levels equal. PartialSecular
        has one too.

        Parameters
        ----------
        observable : (N, N) Hermitian O.
        tol : the error of Y, relative to its norm.

        Returns
        -------
        Gradient : .hamiltonian (N, N), .couplings (N,) by J_j, .baths by the numbers of each bath, as
            `Bath.derivatives` knows them, and .one_sided (baths, 2, N) by its ½D + iΔ and Γ_22(−ω) at the mode
            energies.

        Raises
        ------
        ValueError
            O is not Hermitian; the steady state is not the only one; it is not known what it is of; a spectrum has no
            slope at a mode, or levels that are apart are taken for one.
        TypeError
            The kind of equation, or of problem, has no gradients.
        ConvergenceError
            The gradient is not finite, or a bath's derivatives are not known well enough.

        Examples
        --------
        Of one chemical potential, the particles of the whole chain change as those of the Gibbs state.

        >>> import numpy as np, redfield as rf
        >>> def system(mu):
        ...     bath = rf.ParticleBath(lambda w: 0.1 * np.exp(-w**2 / 18), beta=2.0, mu=mu)
        ...     return rf.QuadraticSystem(rf.models.chain(4), 0.4, bath)
        >>> gradient = rf.Davies(system(0.3)).steady_state().gradient(np.eye(4))
        >>> change = np.trace(system(0.301).gibbs_state() - system(0.299).gibbs_state()).real
        >>> bool(abs(gradient.baths["mu"] - change / 0.002) < 1e-6)
        True
        """
        options = GradientOptions(tol=tol)
        found: Gradient = self._solver.steady_gradient(self.covariance, observable, options)
        return found

    @checked
    def gradient_of_current(
        self, reservoir: int = 0, what: str = "heat", *, tol: float = 1e-10
    ) -> Gradient:
        r"""Return the derivative of a steady current tr(OĠ_b) from a bath, O = h, 1 or h − μ_b.

        .. math:: dI_b = -\mathrm{tr}\big[(M_b^\dagger O + OM_b)\, dG\big] + \mathrm{tr}(O\, d\dot G_b) +
                  \mathrm{tr}(dO\, \dot G_b), \qquad \dot G_b = X_b - M_b G + \text{h.c.}

        Parameters
        ----------
        reservoir : of the system's `reservoirs`.
        what : "energy", "particle" or "heat".
        tol : as of `gradient`, whose errors are those of this one.

        Examples
        --------
        A wire's conductance dI/dμ, between leads that differ in nothing:

        >>> import redfield as rf
        >>> left, right = (rf.ParticleBath(0.1, beta=2.0, mu=0.3, band=(-10.0, 10.0)) for _ in range(2))
        >>> system = rf.QuadraticSystem(rf.models.chain(3), [0.4, 0, 0.4], [left, left, right])
        >>> state = rf.Redfield(system).steady_state()
        >>> gradient = state.gradient_of_current(0, "particle")
        >>> bool(gradient.baths[0]["mu"] > 0), bool(abs(gradient.baths[0]["mu"] + gradient.baths[1]["mu"]) < 1e-9)
        (True, True)
        """
        options = GradientOptions(tol=tol)
        found: Gradient = self._solver.current_gradient(self.covariance, reservoir, what, options)
        return found

    @property
    def _solver(self) -> Any:
        if origin_of(self) is None:
            raise ValueError("the steady state does not know its equation: load(path, equation) tells it")
        if not self.unique:
            raise ValueError("the steady state is not the only one: what it is depends on rho0 too")
        return self.equation.solver
