"""The result of a fit."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import RealArray
from redfield._base.checks.types import Axes
from redfield._base.description import as_table
from redfield._base.fingerprint import fingerprint
from redfield._base.records import Record, record
from redfield.draw import NEUTRAL, pictured
from redfield.fitting.changes import Numeric
from redfield.fitting.predictions import Prediction
from redfield.fitting.statistics import correlation_of, told


@record
class Fit(Record, answer=True):
    r"""The parameters of a model for which its numbers are nearest to data.

    .. math:: \chi^2 = \sum_m \frac{|f_m(p) - d_m|^2}{\sigma_m^2}, \qquad
              \mathrm{cov} = s^2 \Big(\sum_m \frac{\partial_p f_m\,\partial_q f_m}{\sigma_m^2}\Big)^{-1}

    with s² = 1 where standard deviations were given, else σ = 1 and s² = χ²/degrees of freedom.

    Attributes
    ----------
    parameters : the best values, by name.
    covariance : (P, P), in the order of `parameters`; infinite on the diagonal of what the data do not determine.
        Bounds do not count in it.
    chi2 : χ².
    values, data : S, the model's numbers at the best parameters, and what they were compared with.
    sigma : S, standard deviations, or None.
    success, message : whether and how the best search ended; `success` says that χ² is at a minimum, not that the
        model is right.
    at_bounds : the names of the parameters that stand at one of their bounds.
    evaluations, jacobians : of the model, over all searches.
    starts, ends : (S, P), where each search began and ended; NaN where one failed.
    chi2s : (S,), where each search ended; infinite where one failed.
    messages : how each search ended.
    prediction : what the model returned at the best parameters.
    """

    parameters: dict[str, float]
    covariance: RealArray
    chi2: float
    values: Numeric
    data: Numeric
    sigma: RealArray | None
    success: bool
    message: str
    at_bounds: tuple[str, ...]
    evaluations: int
    jacobians: int
    starts: RealArray
    ends: RealArray
    chi2s: RealArray
    messages: tuple[str, ...]
    prediction: Prediction

    @property
    def errors(self) -> dict[str, float]:
        """The standard error of each parameter."""
        return dict(zip(self.parameters, np.sqrt(np.diag(self.covariance)).tolist(), strict=False))

    @property
    def correlation(self) -> RealArray:
        """(P, P), the covariance over the standard errors."""
        return correlation_of(self.covariance)

    @property
    def residuals(self) -> Numeric:
        """S, data − values."""
        found: Numeric = self.data - self.values
        return found

    @property
    def degrees_of_freedom(self) -> int:
        """The number of real data less that of the parameters."""
        count = self.data.size * (2 if np.iscomplexobj(self.data) else 1)
        return int(count - len(self.parameters))

    def _told(self) -> dict[str, str]:
        errors = self.errors
        return {name: told(value, errors.get(name, np.inf)) for name, value in self.parameters.items()}

    def _quality(self) -> dict[str, str]:
        searches = f" (best of {len(self.chi2s)} starts)" if len(self.chi2s) > 1 else ""
        quality = f"{self.chi2:.4g} for {self.degrees_of_freedom} degrees of freedom"
        if self.sigma is None:
            quality = f"{self.chi2:.4g}, sigma = 1, {self.degrees_of_freedom} degrees of freedom"
        told = f"{self.message}{searches}, {self.evaluations} evaluations"
        rows = {"χ²": quality, "search": told}
        if not self.success:
            rows["search"] = f"NOT converged: {rows['search']}"
        if self.at_bounds:
            rows["at bounds"] = ", ".join(self.at_bounds)
        return {**rows, "content": fingerprint(self)}

    def __repr__(self) -> str:
        numbers = ", ".join(f"{name} = {text}" for name, text in self._told().items())
        rest = "; ".join(f"{name}: {text}" for name, text in self._quality().items())
        return f"Fit({numbers}; {rest})"

    def _repr_html_(self) -> str:
        return as_table("Fit", {**self._told(), **self._quality()})

    @pictured()
    def plot(self, axes: Axes) -> None:
        """Draw the residuals, in units of sigma where it was given, over time, frequency or number.

        They are drawn on `ax` or in a new figure; returns the matplotlib Axes.
        """
        label, x, curves = self._drawn(
            self.residuals if self.sigma is None else self.residuals / self.sigma
        )
        if self.sigma is not None:
            axes.axhspan(-1.0, 1.0, color=NEUTRAL, alpha=0.3, linewidth=0.0, label="±σ")
        axes.axhline(0.0, color="0.4", linewidth=0.8)
        for name, curve in curves:
            axes.plot(x, curve, ".", markersize=4, label=name)
        axes.set(
            xlabel=label,
            ylabel="data − model" + ("" if self.sigma is None else "  (σ)"),
            title=self._title(),
        )
        if len(curves) > 1 or self.sigma is not None:
            axes.legend(ncols=2)

    @pictured()
    def plot_data(self, axes: Axes) -> None:
        """Draw the data as points and the model as lines, over time, frequency or number.

        They are drawn on `ax` or in a new figure; returns the matplotlib Axes.
        """
        label, x, data = self._drawn(self.data)
        _, _, curves = self._drawn(self.values)
        _, _, widths = self._drawn(np.zeros(self.data.shape) if self.sigma is None else self.sigma)
        for k, ((name, points), (_, curve)) in enumerate(zip(data, curves, strict=True)):
            width = widths[min(k, len(widths) - 1)][1]
            (line,) = axes.plot(x, curve, label=name)
            axes.errorbar(x, points, width, fmt=".", markersize=4, linewidth=0.6, color=line.get_color())
        axes.set(xlabel=label, ylabel=type(self.prediction).__name__.lower(), title=self._title())
        if len(curves) > 1:
            axes.legend()

    def _title(self) -> str:
        return ", ".join(f"{name} = {text}" for name, text in self._told().items())

    def _drawn(self, numbers: Numeric) -> tuple[str, RealArray, list[tuple[str, RealArray]]]:
        """Return the label and values of the abscissa, and named curves of real numbers over it."""
        found = self.prediction._curves(np.asarray(numbers))
        label, x = self.prediction._abscissa() or ("number of the datum", np.arange(float(len(found[0]))))
        curves = []
        for k, curve in enumerate(found):
            name = self.prediction.curve.format(k) if len(found) > 1 else ""
            if np.iscomplexobj(curve):
                curves += [(f"Re {name}".strip(), curve.real), (f"Im {name}".strip(), curve.imag)]
            else:
                curves.append((name or "data", curve))
        return label, x, curves
