"""Least squares: the call `redfield.fit`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from redfield._base.checks import RealArray, as_count, as_seed, checked, warn
from redfield._base.checks.types import Count, IntegerSeed, Operand, Positive
from redfield._base.progress import Progress
from redfield._core import ConvergenceError
from redfield.fitting.data import Data
from redfield.fitting.model import Linearised, Model, as_bounds
from redfield.fitting.result import Fit
from redfield.fitting.search import Found
from redfield.fitting.starts import Searches, as_starts, drawn, message_of
from redfield.fitting.statistics import covariance_of

LEAST_TOL = 1e-15
"""The smallest tolerance that float64 has a use for."""
EVALUATIONS = 100
"""Evaluations a parameter of one search, at most, by default."""


@checked
def fit(
    model: Callable[..., object],
    data: Operand,
    start: object = None,
    sigma: object = None,
    bounds: object = None,
    *,
    starts: Count | None = None,
    seed: IntegerSeed = 0,
    tol: Positive = 1e-10,
    max_evaluations: Count | None = None,
    store: str | Path | None = None,
    executor: object = "serial",
    workers: Count | None = None,
    progress: Progress = False,
) -> Fit:
    r"""Fit the parameters of a model to data, by least squares with the Jacobian of `jacobian`.

    .. math:: \min_p\ \chi^2(p) = \sum_m \frac{|f_m(p) - d_m|^2}{\sigma_m^2}

    by SciPy's trust region (Branch, Coleman & Li, doi:10.1137/S1064827595289108), the parameters scaled by the
    Jacobian's columns; the derivatives are those of `jacobian`.

    Parameters
    ----------
    model : ``model(**numbers)`` or ``model(vector)``, which returns a prediction of `redfield.fitting` or a list of
        them, as of `jacobian`. A step to where it raises a ValueError is taken back.
    data : the measured numbers, of the prediction's shape; of a list of predictions a list of theirs.
    start : {name: value}, or a list of values, where the search begins; or a list of several such.
    sigma : standard deviation of the data, a number or of their shape; default unknown, equal for all and estimated
        from the residuals.
    bounds : {name: (low, high)}, None for no bound; or a list of one each.
    starts : how many searches; those beyond what `start` gives begin at random points between finite bounds, evenly in
        the logarithm where both are positive and a decade apart. The best end is the fit.
    seed : int, SeedSequence or Generator; start number k depends on it, the bounds and k alone.
    tol : a search ends where χ², the parameters or the scaled gradient change by less than this part.
    max_evaluations : of the model by one search, default 100 a parameter.
    store : a Zarr directory that keeps finished searches, from which the same call goes on (rf.sweep); more starts are
        added to it.
    executor, workers : of several searches, as of `sweep`; "serial" runs them one after another.
    progress : True for a bar, or a function of the fraction done.

    Returns
    -------
    Fit : .parameters, .errors, .covariance, .correlation, .chi2, .residuals, .plot(), ….

    Raises
    ------
    ValueError, TypeError
        An argument does not fit, or the model is none at the start; the message names it and its value.
    ConvergenceError
        All of several searches failed.

    Warns
    -----
    UserWarning
        The search did not converge, or the data do not determine a parameter.

    Examples
    --------
    A bath's strength and temperature from the relaxation of a qubit:

    >>> import numpy as np, redfield as rf
    >>> x, z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
    >>> times = np.linspace(0.0, 40.0, 41)
    >>> def model(strength, beta):
    ...     bath = rf.OhmicBath(strength=strength, cutoff=5.0, beta=beta)
    ...     return rf.fitting.Populations(rf.Redfield(rf.System(0.5 * z, [x], bath)), [1.0, 0.0], times)
    >>> noise = 0.01 * np.random.default_rng(1).normal(size=(41, 2))
    >>> found = rf.fit(model, model(0.08, 2.0).values() + noise, {"strength": 0.02, "beta": 0.5}, sigma=0.01)
    >>> found.success, bool(abs(found.parameters["beta"] - 2.0) < 4 * found.errors["beta"])
    (True, True)
    """
    given = as_starts(start, starts)
    first = given[0] if given else _middle(bounds)
    made = Model.of(model, first, bounds, "start")
    rows = np.array([made.as_values("start", each) for each in given]).reshape(-1, len(made.names))
    for row in rows:
        made.require_inside(row, "start")
    count = len(rows) if starts is None else as_count("starts", starts, max(len(rows), 1))
    searches = Searches(
        rows,
        count,
        as_seed("seed", seed),
        max(tol, LEAST_TOL),
        max_evaluations or EVALUATIONS * len(made.names),
    )
    begins = searches.starts(made)
    compared = Data.of(made.require_same(begins[0]), data, sigma)
    if compared.count < len(made.names):
        raise ValueError(
            f"data has {compared.count} numbers, too few for the {len(made.names)} parameters {list(made.names)}"
        )
    if store is None and executor == "serial":
        found = searches.run(made, compared, progress)
    else:
        found = searches.swept(made, compared, store, executor, workers, progress)
    return _result(made, compared, begins, found)


def _middle(bounds: object) -> object:
    """Return parameters that bounds name, between them, to know their names by."""
    if bounds is None:
        raise ValueError("bounds must be given for starts to be drawn, or a start")
    names = list(bounds) if isinstance(bounds, dict) else [f"x[{k}]" for k in range(len(bounds))]  # type: ignore[arg-type]
    vector = not isinstance(bounds, dict)
    low, high = as_bounds(bounds, names, vector)
    probe = Model(lambda: None, tuple(names), vector, low, high)
    inside = drawn(probe, 0, 0)
    return inside if vector else dict(zip(names, inside.tolist(), strict=True))


def _result(model: Model, data: Data, starts: RealArray, searches: list[Found | str]) -> Fit:
    """Return the best search as a Fit, with a Jacobian where it ended."""
    done = [each for each in searches if isinstance(each, Found)]
    messages = tuple(message_of(each) for each in searches)
    if not done:
        raise ConvergenceError(f"all of {len(searches)} searches failed; the first {messages[0]}")
    best = min(done, key=lambda each: each.chi2)
    at = model.linearised(best.parameters)
    covariance = _covariance(model, data, at, best)
    if best.status <= 0:
        warn(f"the fit did not converge: {message_of(best)}", UserWarning)
    nothing = np.full(len(model.names), np.nan)
    ends = np.array([each.parameters if isinstance(each, Found) else nothing for each in searches])
    return Fit(
        model.named(best.parameters),
        covariance,
        best.chi2,
        at.values,
        data.values,
        data.sigma,
        best.status > 0,
        message_of(best),
        _at_bounds(model, best.parameters),
        sum(each.evaluations for each in done),
        sum(each.jacobians for each in done) + 1,
        starts,
        ends,
        np.array([each.chi2 if isinstance(each, Found) else np.inf for each in searches]),
        messages,
        at.prediction,
    )


def _covariance(model: Model, data: Data, at: Linearised, best: Found) -> RealArray:
    """Return the covariance matrix; warns of parameters that it is infinite of."""
    count = len(model.names)
    matrix = data.jacobian(at, best.parameters)
    freedom = data.count - count
    variance = 1.0 if data.sigma is not None else best.chi2 / freedom if freedom else np.inf
    if not np.isfinite(variance):
        return np.diag(np.full(count, np.inf))
    covariance, loose = covariance_of(matrix, variance)
    if loose:
        names = ", ".join(model.names[p] for p in loose)
        warn(
            f"the data do not determine {names}: a change of them, together or alone, leaves the model's numbers as "
            "they are",
            UserWarning,
        )
    return covariance


def _at_bounds(model: Model, values: RealArray) -> tuple[str, ...]:
    """Return the names of the parameters at a bound, as near as the search comes to one."""
    near = 1e-6 * np.maximum(np.abs(values), np.minimum(model.high - model.low, 1.0))
    there = (values - model.low <= near) | (model.high - values <= near)
    return tuple(name for name, at in zip(model.names, there, strict=True) if at)
