"""The tables of study files; models, baths and equations have the arguments of the functions they stand for."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, TypeAlias, Union

import numpy as np

from redfield import baths, equations, models
from redfield._base.checks.checked import type_of
from redfield._base.checks.types import Seed, plain_type

try:
    from pydantic import BaseModel, ConfigDict, Field, PositiveInt, create_model, model_validator
except ImportError as error:
    raise ImportError("study files need pydantic: pip install 'redfield[cli]'") from error

MODELS: Mapping[str, Callable[..., Any]] = {
    name: getattr(models, name) for name in models.__all__ if name not in ("ManyBody", "Seed", "lattice")
}
BATHS: Mapping[str, Callable[..., Any]] = {
    "ohmic": baths.OhmicBath,
    "drude": baths.DrudeBath,
    "underdamped": baths.UnderdampedBath,
    "lorentzian": baths.LorentzianBath,
    "flat": baths.FlatBath,
}
EQUATIONS: Mapping[str, Callable[..., Any]] = {
    re.sub(r"\B(?=[A-Z])", "_", kind.name).lower(): kind.equation
    for kind in equations.KINDS
    if kind.usual
}
"""The usual kinds of equation, "partial_secular" for PartialSecular."""
TYPES: Mapping[Any, Any] = {
    int: int,
    float: float,
    complex: float,
    bool: bool,
    str: str,
    int | None: int | None,
    float | None: float | None,
    plain_type(Seed): int | None,
}
"""Types of the arguments that TOML can give values for, by those of the functions; other arguments are left out."""


class Table(BaseModel):
    """A table of a file with the fields of a class and no others; a list in its place is the field `plain`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    plain: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: object) -> Any:
        return {cls.plain: given} if cls.plain and isinstance(given, list) else given


class Warm(Table):
    """A table with the fields `beta` and `temperature`, of which one is given."""

    @model_validator(mode="after")
    def _one_temperature(self) -> Self:
        given = [name for name in ("beta", "temperature") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("give one of beta and temperature")
        return self


def _table_of(kind: str, function: Callable[..., Any], skip: tuple[str, ...] = ()) -> type[Table]:
    """Return the table of a function's arguments, with its name as `kind`."""
    fields: dict[str, Any] = {"kind": (Literal[kind], ...)}
    called: Any = function.__init__ if inspect.isclass(function) else function
    owner = function if inspect.isclass(function) else None
    for name, parameter in inspect.signature(called).parameters.items():
        plain = plain_type(type_of(called, parameter, owner))
        if name in skip or plain not in TYPES:
            continue
        default = parameter.default
        if plain == plain_type(Seed):
            default = None  # each sample's own
        elif default is parameter.empty:
            default = ...
        fields[name] = (TYPES[plain], default)
    base = Warm if "temperature" in fields else Table
    return create_model(kind, __base__=base, **fields)


def _one_of(functions: Mapping[str, Callable[..., Any]], skip: tuple[str, ...] = (), *more: Any) -> Any:
    tables = [_table_of(kind, function, skip) for kind, function in functions.items()]
    return Annotated[Union[(*tables, *more)], Field(discriminator="kind")]


class Matrix(Table):
    """Rows of numbers, real and, where there are any, imaginary parts."""

    plain: ClassVar[str] = "real"
    real: list[list[float]]
    imag: list[list[float]] | None = None

    def array(self) -> Any:
        real = np.array(self.real, dtype=np.float64)
        return real if self.imag is None else real + 1j * np.array(self.imag, dtype=np.float64)


class MatrixModel(Table):
    """A Hamiltonian written out."""

    kind: Literal["matrix"]
    hamiltonian: Matrix


class Sites(Table):
    """A projector on each site, or on some."""

    kind: Literal["sites"] = "sites"
    sites: list[int] | None = None
    weights: list[float] | None = None


class Operators(Table):
    """Operators written out."""

    kind: Literal["operators"]
    operators: list[Matrix] = Field(min_length=1)


class Values(Table):
    """A list, or a number of values between two, evenly or in equal ratios."""

    plain: ClassVar[str] = "values"
    values: list[float | int | str] | None = Field(default=None, min_length=1)
    linspace: tuple[float, float, PositiveInt] | None = None
    geomspace: tuple[float, float, PositiveInt] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(x is not None for x in (self.values, self.linspace, self.geomspace)) != 1:
            raise ValueError("give one of values, linspace = [first, last, number] and geomspace")
        return self

    def array(self) -> Any:
        if self.values is not None:
            return np.array(self.values)
        first, last, number = self.linspace or self.geomspace or (0.0, 0.0, 1)
        return (np.linspace if self.linspace is not None else np.geomspace)(first, last, number)


class Axis(Values):
    """A parameter of the grid, and the entries of the file it sets, such as "baths[0].beta"."""

    sets: list[str] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _single(cls, given: object) -> Any:
        if isinstance(given, dict) and isinstance(given.get("sets"), str):
            return {**given, "sets": [given["sets"]]}
        return given


class Initial(Table):
    """A site or level of the basis H is given in, an eigenstate, or a density matrix; default site 0."""

    site: int | None = None
    eigenstate: int | None = None
    state: Matrix | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(x is not None for x in (self.site, self.eigenstate, self.state)) > 1:
            raise ValueError("give one of site, eigenstate and state")
        return self


class Observables(Table):
    """The observables that are kept of each equation."""

    populations: bool = False
    energy: bool = False
    distance: bool = False
    """‖ρ − ρ'‖₁ to the first equation."""
    steady_populations: bool = False
    gap: bool = False
    operators: dict[str, Matrix] = {}


class Tolerances(Table):
    """The method and tolerances of every evolution."""

    method: str = "auto"
    rtol: float = Field(default=1e-6, ge=0.0)
    atol: float = Field(default=1e-9, ge=0.0)


Couplings = Annotated[Sites | Operators, Field(discriminator="kind")]
if TYPE_CHECKING:
    Model: TypeAlias = Any  # made of signatures, which only run
    Bath: TypeAlias = Any
    Equation: TypeAlias = Any
else:
    Model = _one_of(MODELS, (), MatrixModel)
    Bath = _one_of(BATHS)
    Equation = _one_of(EQUATIONS, ("system", "max_bytes"))


class Common(Table):
    """The entries that every study has."""

    title: str = ""
    samples: PositiveInt | None = None
    seed: int = Field(default=0, ge=0)
    points_a_task: PositiveInt | None = None


class FunctionStudy(Common):
    """A function of Python on a grid of its arguments."""

    point: str = Field(pattern=r"^[\w.]+:[\w.]+$")
    arguments: dict[str, Any] = {}
    grid: dict[str, Values] = {}


class ModelStudy(Common):
    """A model, its baths and equations on a grid of what they say."""

    model: Model
    couplings: Couplings = Sites()
    baths: list[Bath] = Field(min_length=1)
    equations: list[Equation] = Field(min_length=1)
    grid: dict[str, Axis] = {}
    initial: Initial = Initial()
    times: Values | None = None
    observables: Observables
    tolerances: Tolerances = Tolerances()

    @model_validator(mode="before")
    @classmethod
    def _named_equations(cls, given: object) -> Any:
        if not isinstance(given, dict) or not isinstance(given.get("equations"), list):
            return given
        tables = [{"kind": e} if isinstance(e, str) else e for e in given["equations"]]
        return {**given, "equations": tables}

    @model_validator(mode="after")
    def _fits(self) -> Self:
        o = self.observables
        evolves = o.populations or o.energy or o.distance or o.operators
        if not (evolves or o.steady_populations or o.gap):
            raise ValueError("observables asks for nothing")
        if evolves and self.times is None:
            raise ValueError("times is needed for what observables asks")
        if o.distance and len(self.equations) < 2:
            raise ValueError("observables.distance needs two equations")
        return self
