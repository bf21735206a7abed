"""Derivatives of an answer by all that its equation is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.progress import Progress
from redfield._base.records import Record, record


@dataclass(frozen=True)
class GradientOptions:
    """How a gradient is computed; `SteadyState.gradient` and `Result.gradient` say what each option means."""

    method: str = "auto"
    tol: float = 1e-10
    rtol: float = 1e-9
    threads: int | None = None
    progress: Progress = False


@record
class Direction(Record, answer=True):
    """A direction in which an equation and its start change, None being no change.

    Attributes
    ----------
    hamiltonian : (N, N) Hermitian dH.
    couplings : (K, N, N) dA_j, or (K,) of the weights of SiteProjectors.
    baths : {number: change} for each of the system's baths.
    rho0 : (N, N) Hermitian dρ₀.
    """

    hamiltonian: Any = None
    couplings: Any = None
    baths: Any = ()
    rho0: Any = None


class NumberGradients(Mapping[str, Any]):
    """{number: df/dp} of one bath, df/dp = Re Σ G*∂Γ/∂p, each summed when it is first asked for.

    Parameters
    ----------
    parts : G with respect to Γ and ∂Γ/∂p of each number: of one system (N, N) each; of a batch (b, M) each, of one part
        of its members after the other.
    beside : what of df/dp is not through Γ at the Bohr frequencies, by the names of numbers; default nothing.
    """

    def __init__(
        self,
        parts: Sequence[tuple[ComplexArray, Mapping[str, ComplexArray]]],
        beside: Mapping[str, Any] | None = None,
    ) -> None:
        self._parts = parts
        self._beside = {} if beside is None else beside
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            through = np.concatenate([self._sums(g, d[name]) for g, d in self._parts])
            self._known[name] = self._whole(through) + self._beside.get(name, 0.0)
        return self._known[name]

    def _sums(self, gradient: ComplexArray, derivative: ComplexArray) -> RealArray:
        """Return Re Σ G*∂Γ/∂p of each member; infinite where Γ changes without bound at a frequency that counts."""
        if np.isfinite(derivative).all():
            sums: RealArray = (gradient.conj() * derivative).real.reshape(len(gradient), -1).sum(axis=1)
            return sums
        total = np.zeros(len(gradient))
        for weight, each in ((gradient.real, derivative.real), (gradient.imag, derivative.imag)):
            weighed = np.multiply(weight, each, where=weight != 0.0, out=np.zeros(gradient.shape))
            each_of = weighed.reshape(len(gradient), -1)
            endless = np.isinf(each_of).any(axis=1)
            total[endless] = np.inf
            total[~endless] += each_of[~endless].sum(axis=1)
        return total

    def _whole(self, through: RealArray) -> Any:
        """Return df/dp through Γ at the Bohr frequencies, of the sums of all rows."""
        return through

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts[0][1])

    def __len__(self) -> int:
        return len(self._parts[0][1])

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


class OfOneSystem(NumberGradients):
    """The numbers of a bath of one system, a float each."""

    def _whole(self, through: RealArray) -> Any:
        return float(np.sum(through))


class FollowedNumbers(Mapping[str, float]):
    """{number: value} of a bath, each found when it is first asked for.

    Parameters
    ----------
    names : of the numbers.
    find : the value of a name.
    """

    def __init__(self, names: Sequence[str], find: Callable[[str], float]) -> None:
        self._names, self._find = tuple(names), find

    def __getitem__(self, name: str) -> float:
        if name not in self._names:
            raise KeyError(name)
        return self._find(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


class BathGradients(tuple[Any, ...]):
    """{number: df/dp} of each bath of a system, in the order of `System.baths`; of the only one by the name alone.

    Examples
    --------
    >>> baths = BathGradients([{"strength": 0.3}])
    >>> baths["strength"], baths[0]["strength"]
    (0.3, 0.3)
    """

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return tuple.__getitem__(self, key)
        if len(self) != 1:
            raise KeyError(f"{key!r} of which of the {len(self)} baths? Ask .baths[i][{key!r}]")
        return self[0][key]

    def items(self) -> Any:
        """Return the numbers of the only bath and their derivatives."""
        if len(self) != 1:
            raise TypeError(f"the items of which of the {len(self)} baths? Ask .baths[i].items()")
        return self[0].items()


@record
class Gradient(Record, answer=True):
    r"""The derivative of a real function f of an equation and its start.

    .. math:: df = \mathrm{tr}\, G\, dH + \mathrm{Re}\sum_{j,kl} (G_j)^*_{kl}\, d(A_j)_{kl}
              + \sum_p \frac{\partial f}{\partial p}\, dp + \mathrm{tr}\, Y d\rho_0

    A gradient with respect to a complex entry z = x + iy is ∂f/∂x + i∂f/∂y. Those with respect to H and ρ₀ are
    Hermitian, along changes that keep them so: a change of H_kl and of H_lk = H_kl* together is 2 Re(G_kl* dH_kl).

    Attributes
    ----------
    value : f.
    hamiltonian : (N, N) Hermitian, in the basis H was given in.
    couplings : (K, N, N) complex, one for each coupling A_j, or (K,) real, one for each weight of SiteProjectors. Of
        Lindblad the jump operators', also as `jumps`; of a QuadraticSystem (N,) real, by J_j.
    baths : {number: ∂f/∂p} for each of the system's baths, all couplings that share the object together; of a single
        bath ``baths["strength"]`` does.
    one_sided : (baths, N, N) complex, with respect to each bath's Γ at the Bohr frequencies ω_kl = E_l − E_k, of whose
        imaginary part the Lamb shift η is: df = Re Σ G* dΓ. A bath's own numbers follow from it, but for the Lamb
        shift of UniversalLindblad, which depends on γ everywhere. Of a QuadraticSystem
        (baths, 2, N), with respect to ½D + iΔ at the mode energies ω and Γ_22 at −ω.
    rho0 : (N, N) Hermitian, of an evolution; else None. Of a QuadraticSystem by G₀.
    times : (T,) ∂f/∂t_i of an evolution; else None.
    bath_errors : {number: error of ∂f/∂p} of a hierarchy, an estimate: what exponentials can not follow of ∂C/∂p
        changes f by, as far as Redfield's equation tells it, and what a tol of HEOM leaves open where C is fitted or
        the depth is climbed to, up to some tens of tol/p; else None. Laid out as `baths`.
    residual : of a steady state, the relative one of the adjoint equation.
    applications : of 𝓛 and 𝓛†.
    """

    value: float
    hamiltonian: ComplexArray
    couplings: Any
    baths: BathGradients
    one_sided: ComplexArray
    rho0: ComplexArray | None = None
    times: RealArray | None = None
    residual: float = np.nan
    applications: int = 0
    equation: Any = field(default=None, compare=False)
    bath_errors: BathGradients | None = None

    @property
    def jumps(self) -> ComplexArray:
        """The gradient with respect to jump operators, (K, N, N)."""
        jumps: ComplexArray = self.couplings
        return jumps
