"""The result of an evolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any, ClassVar

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Axes
from redfield._base.description import as_table, text_of
from redfield._base.fingerprint import fingerprint
from redfield._base.qobj import as_qobj
from redfield._base.records import Record, record
from redfield._base.stores.origins import dims_of_origin
from redfield.draw import BAND, draw_curves, legend_above, pictured
from redfield.results.curves import named
from redfield.results.differentiable import GradientsOfEvolution
from redfield.results.directional import DirectionalOfEvolution
from redfield.results.stats import Expectations, Stats
from redfield.results.stored import StoredEvolution


@record
class BaseResult(StoredEvolution, Record, answer=True):
    """Base of the results of evolutions: times, expectation values, statistics, storage and pictures."""

    times: RealArray
    expect: Expectations
    stats: Stats

    axis: ClassVar[str] = "tr(O ρ)"
    _level: ClassVar[str] = "level"
    """The name of what has a population."""
    _band: ClassVar[str] = BAND
    """The label of the bands around curves."""
    optional: ClassVar[tuple[str, ...]] = ()
    """The arrays that most equations have not, which are told of where they are there alone."""

    def __post_init__(self) -> None:
        self.expect = named(self.expect)

    def _states(self) -> ComplexArray:
        """Return the density matrices that `to_qutip` returns."""
        raise TypeError(f"a {self.kind} has no density matrices")

    def to_qutip(self, dims: Sequence[Any] | None = None) -> Any:
        """Return the states as Qobj, one a time; of an evolution that kept none, the last alone.

        Parameters
        ----------
        dims : dimensions of the factors of a tensor product, such as [2, 2], or a Qobj's [[2, 2], [2, 2]]; default
            those of the system, which a Qobj that was its H tells, or the whole space.

        Raises
        ------
        ImportError, TypeError, ValueError
            QuTiP is not there; there are no density matrices; dims do not multiply to the dimension.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> system = rf.System(np.diag([1.0, 0.0, 0.0, 1.0]), rf.SiteProjectors(4), rf.FlatBath(0.1))
        >>> states = rf.Redfield(system).evolve(np.ones(4) / 2, [0.0, 1.0]).to_qutip(dims=[2, 2])
        >>> states[1].ptrace(0).tr()
        1.0
        """
        return as_qobj(self._states(), dims, dims_of_origin(getattr(self, "equation", None)))

    @pictured()
    def plot(self, axes: Axes) -> None:
        """Draw expectation values over time, or without e_ops the populations.

        They are drawn on `ax` or in a new figure, with their estimated errors as bands where ``error=True`` was asked;
        returns the matplotlib Axes. Curves that coincide are dashed differently.
        """
        self._draw(axes)

    def _draw(self, axes: Axes) -> None:
        curves, labels, ylabel = list(self._named().values()), self._labels(), self.axis
        if not curves:
            populations = self._populations()
            if populations is None:
                raise ValueError("the result has neither expectation values nor states to plot")
            curves, ylabel = list(populations.T), "population"
            labels = [f"{self._level} {k}" for k in range(len(curves))]
        lines = draw_curves(axes, self.times, curves, labels)
        for k, (band, line) in enumerate(zip(self._bands(len(curves)), lines, strict=False)):
            middle = np.real(line.get_ydata())
            axes.fill_between(
                self.times, middle - band, middle + band, color=line.get_color(), alpha=0.2, lw=0,
                label=None if k else self._band,
            )  # fmt: skip
        axes.set(xlabel="t  (1/energy)", ylabel=ylabel)
        legend_above(axes)

    def _bands(self, curves: int) -> list[RealArray]:
        """Return the half widths of the bands that curves are drawn with."""
        return self._errors(curves)

    def _summary(self) -> dict[str, str]:
        kept = {
            name: "not kept" if getattr(self, name) is None else str(getattr(self, name).shape)
            for name in self.arrays
            if name not in self.optional or getattr(self, name) is not None
        }
        return {
            "times": f"{len(self.times)} in [{self.times[0]:g}, {self.times[-1]:g}]",
            **kept,
            "expect": ", ".join(self._labels()) or "none",
            "method": self._told_of_method(),
        }

    def _told_of_method(self) -> str:
        stats = self.stats
        return f"{stats['method']}, {stats['applications']} applications, {stats['seconds']:.3g} s"

    def _whole_summary(self) -> dict[str, str]:
        made = {"equation": text_of(self._parameters()["equation"])} if hasattr(self, "equation") else {}
        return {**self._summary(), **made, "content": fingerprint(self)}

    def __repr__(self) -> str:
        inside = "; ".join(f"{name}: {text}" for name, text in self._whole_summary().items())
        return f"{self.kind}({inside})"

    def _repr_html_(self) -> str:
        return as_table(self.kind, self._whole_summary())


@record
class Result(GradientsOfEvolution, DirectionalOfEvolution, BaseResult):
    """ρ(t) and expectation values. Its arrays are read-only; two results are equal where all they hold is.

    Attributes
    ----------
    times : (T,) the tlist.
    expect : tr(O ρ(t)) for each of e_ops, (T,) each: float64 where O is Hermitian, else complex128.
        A list, or a dict where e_ops was one, whose curves have places too: expect[0] is the first.
    e_data : the same as a dict, by the keys of e_ops or the places in the list.
    stats : method, frame (the basis it was solved in), dtype (of the arithmetic), applications (of the
        generator), steps, rejected, seconds, blocks (of a state that was solved by blocks, their levels).
    states : (T, N, N) complex128, complex64 of dtype "float32", in the basis H was given in, or None if they were not
        stored.
    final_state : (N, N) of the same type, ρ at the last time.
    equation : what was solved.
    forces : (T, J, N, N) complex128, of HEOM S_j(t) = Σ_k s_k ρ_{e_k} of the exponentials k of the bath of coupling j,
        Hermitian where A_j is, with which ρ̇ = −i[H, ρ] − iΣ_j[A_j†, S_j]; else, or where states were not stored, None.
    error : (T,) of ``error=True``, ‖ρ(t) − ρ_exact(t)‖₁ as estimated by the hierarchy of depth 2; else None.
    start : (N, N) ρ at the first time; None where it was not Hermitian.
    observable_error : (E, T) then, |tr(O (ρ(t) − ρ_exact(t)))| of each of e_ops.
    """

    states: ComplexArray | None
    final_state: ComplexArray
    equation: Any = field(default=None, compare=False)
    forces: ComplexArray | None = None
    error: RealArray | None = None
    observable_error: RealArray | None = None
    start: ComplexArray | None = None

    kind: ClassVar[str] = "Result"
    arrays: ClassVar[dict[str, tuple[str, ...]]] = {
        "states": ("time", "row", "column"),
        "final_state": ("row", "column"),
        "forces": ("time", "coupling", "row", "column"),
        "error": ("time",),
        "observable_error": ("observable", "time"),
        "start": ("row", "column"),
    }
    optional: ClassVar[tuple[str, ...]] = ("forces", "error", "observable_error", "start")

    def _errors(self, curves: int) -> list[RealArray]:
        if self.error is None:
            return []
        if self.observable_error is not None:
            return list(self.observable_error)
        # The parts of a traceless Hermitian operator are at most half of its trace norm.
        return [0.5 * self.error] * curves

    def _populations(self) -> RealArray | None:
        return None if self.states is None else np.einsum("tkk->tk", self.states).real

    def _states(self) -> ComplexArray:
        return self.final_state[None] if self.states is None else self.states
