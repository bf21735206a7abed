"""Redfield's equation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar

from redfield import _core
from redfield._base.checks import as_choice
from redfield._base.checks.types import Number, Positive
from redfield._base.records import record
from redfield.baths import Bath, ExponentialSum, FlatBath
from redfield.baths.matrix import Mixed
from redfield.equations.base import Equation
from redfield.equations.options import refuse
from redfield.equations.registry import PROBLEMS
from redfield.equations.sloped import Factors, Sloped
from redfield.systems.base import P, R


@record
class Redfield(Equation[R, P]):
    r"""Redfield's master equation, applied in O(N³) without forming its tensor.

    .. math:: \dot\rho = -i[H, \rho] + \sum_j \big( \Lambda_j\rho A_j^\dagger + A_j\rho\Lambda_j^\dagger
              - A_j^\dagger\Lambda_j\rho - \rho\Lambda_j^\dagger A_j \big),
              \quad (\Lambda_j)_{kl} = \Gamma_j(E_l - E_k)\,(A_j)_{kl}

    (arXiv:2507.10080, Eqs. 9, 18, 19; Redfield 1957.) Right for complex couplings too. With history "memory" it is the
    time-convolutionless equation of second order, whose coefficients rise from 0 at the start t₀ = tlist[0]:

    .. math:: \Lambda_j(t) = \int_0^{t-t_0} ds\, C_j(s)\, U(t, t-s) A_j(t-s) U^\dagger(t, t-s)

    (arXiv:2507.10080, before its Eq. 14), of a constant H too; "instantaneous" is its limit where H hardly changes
    within the baths' memory and the start is long ago. Of a PeriodicSystem the start is long ago and nothing else is
    assumed: with ε the quasi-energies and Φ the Floquet modes

    .. math:: \Phi^\dagger \Lambda_j \Phi = \sum_n e^{in\Omega t}\, \Gamma_j(\omega_n) \circ A_{j,n}, \quad
              (\omega_n)_{kl} = \varepsilon_l - \varepsilon_k - n\Omega

    (Kohler, Dittrich & Hänggi, doi:10.1103/PhysRevE.55.300). Of a QuadraticSystem it acts on the covariance G:

    .. math:: \dot G = -(MG + GM^\dagger) + Q, \quad M = ih + P[\tfrac12 D(h) + i\Delta(h)], \quad
              Q = \Gamma_{22}(-h)P + P\Gamma_{22}(-h)^\dagger, \quad P = \mathrm{diag}(J_j^2)

    (arXiv:2507.10080, Eq. 12, the Lamb shift with the sign the exact solution demands), which is Davies' equation where
    P ∝ 1 and all baths are identical.

    Parameters
    ----------
    system : System, SystemBatch, DrivenSystem, PeriodicSystem or QuadraticSystem.
    lamb_shift : whether the imaginary part η of Γ acts; False replaces Γ by γ/2. History "memory" needs True.
    history : "instantaneous" or "memory"; of a QuadraticSystem with a drive also "stationary": the memory integral over
        all the past, H taken as constant before tlist[0].
    correlation : how history "memory" is computed. "exponentials" replaces C by a sum of exponentials, whose cost does
        not grow with the duration; "quadrature" integrates C itself; "auto" takes exponentials where a sum is found.
    tol : the largest ∫|C − Σ|dt over ∫|C|dt of that sum Σ; `exponentials` has the one reached.

    Raises
    ------
    ValueError
        history="memory" without a Lamb shift; when it evolves, a bath that no sum of exponentials is found for.
    NotImplementedError
        lamb_shift is wanted of a bath that does not define it.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath)
    >>> redfield = rf.Redfield(system, lamb_shift=False)
    >>> redfield.evolve([1.0, 0.0], [0.0, 50.0]).final_state.real.round(6)
    array([[0.776835, 0.232181],
           [0.232181, 0.223165]])

    The initial slip of a start from a product state:

    >>> a, b = (
    ...     rf.Redfield(system, history=history).evolve([1, 0], [0.0, 5.0]).final_state
    ...     for history in ("instantaneous", "memory")
    ... )
    >>> bool(1e-4 < abs(a - b).max() < 1e-2)
    True
    """

    lamb_shift: bool = True
    history: str = field(default="instantaneous", kw_only=True)
    correlation: str = field(default="auto", kw_only=True)
    tol: Positive = field(default=1e-7, kw_only=True)

    _sources: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "": ("redfield1957",),
        "periodic": ("kohler1997",),
    }
    _form: ClassVar[str] = "couplings"

    def _complete(self) -> None:
        self.history = as_choice("history", self.history, ("instantaneous", "memory", "stationary"))
        if self.history == "stationary" and self.system.problem != "driven quadratic":
            raise ValueError(
                f"history='stationary' is known of a {PROBLEMS['driven quadratic']} alone, not of a "
                f"{PROBLEMS[self.system.problem]}: choose 'instantaneous' or 'memory'"
            )
        self.correlation = as_choice(
            "correlation", self.correlation, ("auto", "exponentials", "quadrature")
        )
        if self.history == "instantaneous":
            refuse(
                "Redfield without memory", correlation=(self.correlation, "auto"), tol=(self.tol, 1e-7)
            )
        if self.history != "instantaneous" and not self.lamb_shift:
            raise ValueError(
                f"lamb_shift=False with history={self.history!r}: its coefficients come with their shift"
            )
        super()._complete()

    @property
    def remembers(self) -> bool:
        """Whether the memory integral begins at the start of the evolution."""
        return self.history == "memory"

    def exponentials(self, duration: Number) -> dict[Bath, ExponentialSum]:
        """Return the sums of exponentials that stand for the baths' correlation functions over a duration.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.UnderdampedBath(strength=0.1, frequency=1.0, damping=0.1, beta=1.0)
        >>> system = rf.System(np.diag([0.5, -0.5]), rf.SiteProjectors(2), bath)
        >>> (c,) = Redfield(system, history="memory").exponentials(50.0).values()
        >>> len(c), c.relative_error < 1e-7
        (4, True)
        """
        system: Any = self.system
        baths = [b for b in dict.fromkeys(system.baths) if not isinstance(b, FlatBath)]
        return {bath: bath.exponentials(duration, self.tol) for bath in baths}

    def _kind(self, members: Iterable[Any]) -> _core.Kind:
        return _core.Kind.named("redfield", self.lamb_shift)

    def _factors(self, spectra: Sequence[Sloped]) -> Factors:
        return Factors(spectra)

    def _mixed(self, mixed: Mixed) -> _core.Generator:
        system: Any = self.system
        return _core.Kind.given_lambdas(list(mixed.lambdas(self.lamb_shift))).make(system.core(False))
