"""Entropies and entanglement of Gaussian states, from the covariance matrix G_jk = ⟨a_k† a_j⟩."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_count,
    as_covariance,
    as_items,
    as_numeric,
    checked,
)
from redfield._base.checks.types import State

EMPTY = 1e-15
"""Occupations this close to 0, or to 1 for fermions, count as such in ln."""


@checked
def entropy(covariance: State, sites: Sequence[int] | None = None, statistics: str = "fermion") -> float:
    r"""Return the von Neumann entropy of some sites.

    .. math:: S = -\sum_k [n_k \ln n_k \pm (1 \mp n_k)\ln(1 \mp n_k)]

    n_k the eigenvalues of G restricted to the sites; upper sign fermions (I. Peschel, J. Phys. A 36, L205
    (2003)).

    Parameters
    ----------
    covariance : (N, N).
    sites : the subsystem, default all.
    statistics : "fermion" or "boson".

    Raises
    ------
    ValueError
        G is not the covariance of a state; a site is outside or named twice.

    Examples
    --------
    Two sites share one fermion: each alone is fully mixed.

    >>> import numpy as np
    >>> G = np.full((2, 2), 0.5)
    >>> abs(entropy(G)) < 1e-12, bool(np.isclose(entropy(G, [0]), np.log(2)))
    (True, True)
    """
    g, statistics = _state(covariance, statistics)
    where = _sites("sites", range(len(g)) if sites is None else sites, len(g))
    n = np.linalg.eigvalsh(g[np.ix_(where, where)])
    if statistics == "fermion":
        n = np.clip(n, 0.0, 1.0)
        return float((scipy.special.entr(n) + scipy.special.entr(1.0 - n)).sum())
    n = np.maximum(n, 0.0)
    return float((scipy.special.entr(n) - scipy.special.entr(1.0 + n)).sum())


@checked
def mutual_information(
    covariance: State, a: Sequence[int], b: Sequence[int], statistics: str = "fermion"
) -> float:
    """I = S_A + S_B − S_AB of two disjoint sets of sites.

    Examples
    --------
    >>> import numpy as np
    >>> bool(np.isclose(mutual_information(np.full((2, 2), 0.5), [0], [1]), 2.0 * np.log(2.0)))
    True
    """
    g, statistics = _state(covariance, statistics)
    first, second = _disjoint(a, b, len(g))
    parts = [entropy(g, s, statistics) for s in (first, second, [*first, *second])]
    return parts[0] + parts[1] - parts[2]


@checked
def negativity(covariance: State, a: Sequence[int], b: Sequence[int]) -> float:
    r"""Return the fermionic logarithmic negativity between two disjoint sets of sites.

    .. math:: \mathcal E = \ln\|\rho_{AB}^{R_A}\|_1
              = \sum_k \ln\left[\sqrt{\xi_k} + \sqrt{1-\xi_k}\right]
              + \tfrac12 \sum_k \ln[n_k^2 + (1 - n_k)^2]

    R_A the partial time reversal, n_k the eigenvalues of G on A ∪ B, ξ_k those of
    ½[1 − (1 + Γ₊Γ₋)⁻¹(Γ₊ + Γ₋)], Γ = 1 − 2G, Γ± = ((−Γ_AA, ±iΓ_AB), (±iΓ_BA, Γ_BB))
    (H. Shapourian and S. Ryu, J. Stat. Mech. (2019) 043106). Bosons with conserved particle number have none:
    their Gaussian states are mixtures of coherent ones.

    Examples
    --------
    >>> import numpy as np
    >>> bool(np.isclose(negativity(np.full((2, 2), 0.5), [0], [1]), np.log(2.0)))
    True
    """
    g, _ = _state(covariance, "fermion")
    first, second = _disjoint(a, b, len(g))
    where = [*first, *second]
    part = g[np.ix_(where, where)]
    n = np.clip(np.linalg.eigvalsh(part), 0.0, 1.0)
    gamma = np.eye(len(part)) - 2.0 * part
    k = len(first)

    def reversed_in_a(sign: float) -> ComplexArray:
        out = gamma.copy()
        out[:k, :k] *= -1.0
        out[:k, k:] *= 1j * sign
        out[k:, :k] *= 1j * sign
        return out

    plus, minus = reversed_in_a(1.0), reversed_in_a(-1.0)
    one = np.eye(len(part))
    # Pure states with unentangled modes make 1 + Γ₊Γ₋ singular, always together with Γ₊ + Γ₋.
    ratio = scipy.linalg.lstsq(one + plus @ minus, plus + minus)[0]
    xi = np.clip(np.linalg.eigvals(0.5 * (one - ratio)).real, 0.0, 1.0)
    return float(
        np.log(np.sqrt(xi) + np.sqrt(1.0 - xi)).sum() + 0.5 * np.log(n**2 + (1.0 - n) ** 2).sum()
    )


def entropy_rate(g: ComplexArray, rate: ComplexArray, statistics: str) -> float:
    """dS/dt = tr[Ġ ln((1 ∓ G)/G)]; inf where an empty or full mode changes."""
    n, u = np.linalg.eigh(g)
    weights: RealArray = np.einsum("jk,jl,lk->k", u.conj(), rate, u, optimize=True).real
    n = np.clip(n, 0.0, 1.0 if statistics == "fermion" else np.inf)
    upper = 1.0 - n if statistics == "fermion" else 1.0 + n
    edge = (n <= EMPTY) | (upper <= EMPTY)
    if np.abs(weights[edge]).max(initial=0.0) > EMPTY * np.abs(weights).max():
        return np.inf
    n, upper = np.where(edge, 0.5, n), np.where(edge, 0.5, upper)
    return float(weights @ np.log(upper / n))


def _state(covariance: State, statistics: str) -> tuple[ComplexArray, str]:
    statistics = as_choice("statistics", statistics, ("fermion", "boson"))
    dimension = len(np.atleast_1d(as_numeric("covariance", covariance)))
    return as_covariance("covariance", covariance, dimension, statistics), statistics


def _sites(name: str, sites: Sequence[int], dimension: int) -> list[int]:
    where = [as_count(name, s, least=0) for s in as_items(name, sites)]
    if not where or max(where) >= dimension or len(set(where)) != len(where):
        raise ValueError(f"{name} must be distinct sites below {dimension}, got {list(sites)}")
    return where


def _disjoint(a: Sequence[int], b: Sequence[int], dimension: int) -> tuple[list[int], list[int]]:
    first, second = _sites("a", a, dimension), _sites("b", b, dimension)
    if set(first) & set(second):
        raise ValueError(f"a and b share the sites {sorted(set(first) & set(second))}")
    return first, second
