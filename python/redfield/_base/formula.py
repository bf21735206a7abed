"""The formula that a class's docstring opens with, for notebooks."""

from __future__ import annotations

import textwrap


class Formula:
    """Shows in a notebook as the equation that is solved, which its docstring opens with."""

    def _repr_html_(self) -> str:
        """Return the equation over the table of the parameters, since a notebook prefers HTML to LaTeX."""
        from html import escape  # which few programs need

        table: str = super()._repr_html_()  # type: ignore[misc]
        return f"<div>{escape(formula_of(type(self)) or '')}</div>{table}"

    def _repr_latex_(self) -> str | None:
        return formula_of(type(self))


def formula_of(kind: type) -> str | None:
    """Return $$…$$ of the first `.. math::` in the docstring of a class or of its nearest base.

    None stands for docstrings without one, as with python -OO.
    """
    for each in kind.__mro__:
        lines = (each.__dict__.get("__doc__") or "").expandtabs().splitlines()
        for i, line in enumerate(lines):
            if line.strip().startswith(".. math::"):
                rest = lines[i + 1 :]
                end = next((k for k, x in enumerate(rest) if not x.strip()), len(rest))
                body = [
                    line.strip().removeprefix(".. math::"),
                    *textwrap.dedent("\n".join(rest[:end])).split("\n"),
                ]
                return f"$$ {' '.join(x.strip() for x in body).strip()} $$"
    return None
