"""What least squares tell of parameters: covariance, and which of them the data determine."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import RealArray

DETERMINED = 1e-10
"""Combinations of parameters whose effect is below this part of the largest are not determined by the data, nor are
parameters that all of their own size changes the model's numbers by less than this part of theirs."""


def without_rounding(jacobian: RealArray, parameters: RealArray, numbers: RealArray) -> RealArray:
    """Return a Jacobian (M, P) with zeros in the columns that are rounding: of parameters without any effect."""
    effects = np.linalg.norm(jacobian, axis=0) * np.abs(parameters)
    nothing = (effects <= DETERMINED * np.linalg.norm(numbers)) & (parameters != 0.0)
    return np.where(nothing, 0.0, jacobian)


def covariance_of(jacobian: RealArray, variance: float) -> tuple[RealArray, tuple[int, ...]]:
    r"""Return s²(JᵀJ)⁻¹, (P, P), and the parameters that it is infinite of.

    Parameters
    ----------
    jacobian : (M, P), of the residuals over their standard deviations.
    variance : s², 1 where standard deviations are known.
    """
    count = jacobian.shape[1]
    scales = np.linalg.norm(jacobian, axis=0)
    scales[scales == 0.0] = 1.0
    _, singular, rows = np.linalg.svd(jacobian / scales, full_matrices=True)
    sizes = np.zeros(count)
    sizes[: len(singular)] = singular
    known = sizes > DETERMINED * max(float(sizes.max()), 1e-300)
    kept = rows[known] / sizes[known][:, None]
    covariance: RealArray = variance * (kept.T @ kept) / np.outer(scales, scales)
    part = (rows[~known] ** 2).sum(axis=0)
    loose = np.flatnonzero(part > DETERMINED)
    covariance[loose, :] = covariance[:, loose] = 0.0
    covariance[loose, loose] = np.inf
    return covariance, tuple(int(p) for p in loose)


def correlation_of(covariance: RealArray) -> RealArray:
    """Return the correlation matrix; zero beside the diagonal for a parameter that is not determined."""
    deviations = np.sqrt(np.diag(covariance))
    safe = np.where(np.isfinite(deviations) & (deviations > 0.0), deviations, 1.0)
    with np.errstate(invalid="ignore"):
        correlation = np.asarray(
            np.where(np.isfinite(covariance), covariance, 0.0) / np.outer(safe, safe)
        )
    np.fill_diagonal(correlation, 1.0)
    return correlation


def told(value: float, error: float) -> str:
    """Return a value with the digits that its standard error leaves, and the error.

    Examples
    --------
    >>> told(0.100342, 0.00123), told(120.0, 10.0), told(5.0, float("inf"))
    ('0.1003 ± 0.0012', '120 ± 10', '5 ± inf')
    """
    if not np.isfinite(error) or error <= 0.0:
        return f"{value:.6g} ± {error:.2g}"
    size = np.floor(np.log10(abs(value))) if value else np.floor(np.log10(error))
    digits = int(min(max(size - np.floor(np.log10(error)) + 2, 2), 10))
    return f"{value:#.{digits}g} ± {error:#.2g}".replace(". ", " ").rstrip(".")
