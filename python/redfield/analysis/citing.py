"""The call `redfield.cite`: BibTeX of what a run used."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from redfield import _core
from redfield._base.stores.origins import Described
from redfield.equations.base import Equation
from redfield.equations.registry import KINDS, PROBLEMS
from redfield.results.evolution import BaseResult

FILE = Path(__file__).with_name("bibliography.bib")
PACKAGE = ("redfield", "shiraishi2025")
"""The package, and the paper that it implements."""
LIBRARIES = ("eigen", "numpy", "scipy")
METHODS = {
    "dopri5": ("dormand1980",),
    "chebyshev": ("talezer1984",),
    "exponential": ("paterson1973",),
    "magnus": ("blanes2006",),
    "jumps": ("dalibard1992",),
    "diffusion": ("gisin1992",),
    "low rank": ("cao2025",),
    "iterative": ("saad1986",),
}
"""Sources of the methods that results name; closed forms and dense solutions need none."""
OWN: dict[str, dict[str, tuple[str, ...]]] = {
    "quadratic": {"magnus": ("blanes2000",)},
    "driven": {"jumps": ("dalibard1992", "yip2018")},
    "periodic": {"jumps": ("dalibard1992", "breuer1997")},
}
"""Sources of methods that a problem has of its own: of covariances, of jumps between moving eigenstates and modes."""


def cite(*used: object) -> str:
    """Return BibTeX of the package, and of the equations, methods and libraries that results are of.

    Parameters
    ----------
    used : results of evolutions, steady states and other records that know their equation, also loaded ones, or
        equations; none at all for the package alone.

    Returns
    -------
    Entries of a .bib file, each once, sources of the equations and methods before libraries.

    Raises
    ------
    TypeError
        Something is neither an equation nor a result that knows its equation.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> qubit = rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]], rf.OhmicBath(0.04, 10.0, beta=5.0))
    >>> result = rf.Davies(qubit).evolve([1.0, 0.0], [0.0, 1.0], method="dopri5")
    >>> [line for line in rf.cite(result).splitlines() if line.startswith("@")]
    ['@software{redfield,', '@article{shiraishi2025,', '@article{davies1974,', '@article{dormand1980,', '@misc{eigen,',
     '@article{numpy,', '@article{scipy,']
    """
    keys = [*PACKAGE, *(key for one in used for key in _keys(one)), *(LIBRARIES if used else ())]
    entries = bibliography()
    return "\n\n".join(entries[key] for key in dict.fromkeys(keys)) + "\n"


@functools.cache
def bibliography() -> dict[str, str]:
    """Return the BibTeX entries of all sources by their keys."""
    text = FILE.read_text(encoding="utf-8").replace("VERSION", str(_core.build_info()["version"]))
    entries = [entry.strip() for entry in re.split(r"\n(?=@)", text) if entry.strip()]
    return {re.sub(r"@\w+\{([^,]+),.*", r"\1", entry, flags=re.DOTALL): entry for entry in entries}


def _keys(used: Any) -> Iterator[str]:
    equation = used if isinstance(used, Equation) else getattr(used, "equation", None)
    if isinstance(equation, Described):
        kind, problem, aspects = _described(equation.text)
    elif isinstance(equation, Equation):
        kind, problem = type(equation), equation.system.problem
        aspects = _aspects(equation)
    else:
        raise TypeError(
            f"cite takes equations and results that know their equation, got a {type(used).__name__}"
        )
    sources = getattr(kind, "_sources", {})
    problem = "quadratic" if "quadratic" in problem else problem
    for aspect in ("", problem, *aspects):
        yield from sources.get(aspect, ())
    method = used.stats.get("method") if isinstance(used, BaseResult) else getattr(used, "method", None)
    if isinstance(method, str):
        own = {} if kind is KINDS["Lindblad"].equation else OWN.get(problem, {})  # whose jumps are given
        yield from own.get(method, METHODS.get(method, ()))


def _aspects(equation: Any) -> Iterable[str]:
    """Return what an equation is beside its kind and problem: with memory, with a terminator, of leads."""
    if equation.remembers:
        yield "memory"
    if getattr(equation, "terminator", False):
        yield "terminator"
    if any(getattr(bath, "exchange", 0) for bath in getattr(equation.system, "baths", ())):
        yield "exchange"


def _described(text: str) -> tuple[type | None, str, Iterable[str]]:
    """Return the class, the problem and the aspects of an equation of which a store has the description."""
    name = text.partition("(")[0]
    kind = KINDS[name].equation if name in KINDS else None
    system = re.search(r"system=(\w+)\(", text)
    known = {name: problem for problem, name in PROBLEMS.items()}
    aspects = {
        "history='memory'": "memory",
        "terminator=True": "terminator",
        "ParticleExchange(": "exchange",
    }
    problem = known.get(system.group(1), "") if system else ""
    return kind, problem, [aspect for words, aspect in aspects.items() if words in text]
