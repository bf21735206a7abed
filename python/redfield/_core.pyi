"""
The compiled core of redfield.
"""
from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['ConvergenceError', 'Davies', 'Generator', 'Interrupted', 'Redfield', 'Settings', 'StopFlag', 'System', 'build_info', 'evolve', 'evolve_ensemble', 'trace_norm_distance']
class ConvergenceError(RuntimeError):
    """
    A method can not reach its tolerance; the message says what to change.
    """
class Interrupted(RuntimeError):
    """
    A StopFlag ended the computation.
    """
class System:
    @staticmethod
    def operators(energies: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], eigenvectors: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], operators: list[typing.Any], tables: collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.float64], typing.Any]], bath_of_coupling: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> System:
        ...
    @staticmethod
    def site_projectors(energies: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], eigenvectors: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], sites: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], tables: collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.float64], typing.Any]], bath_of_coupling: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> System:
        ...
    @property
    def dimension(self) -> int:
        ...
class Generator:
    def apply(self, rho: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], threads: typing.SupportsInt | typing.SupportsIndex = 0) -> numpy.typing.NDArray[numpy.complex128]:
        ...
    @property
    def bounds(self) -> tuple[float, float]:
        ...
    @property
    def dimension(self) -> int:
        ...
class Redfield(Generator):
    def __init__(self, system: System, lamb_shift: bool) -> None:
        ...
class Davies(Generator):
    def __init__(self, system: System, lamb_shift: bool, degeneracy_tol: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def rates(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
class StopFlag:
    """
    A flag that another thread sets to end a computation, which raises Interrupted.
    """
    def __init__(self) -> None:
        ...
    def is_set(self) -> bool:
        ...
    def set(self) -> None:
        ...
class Settings:
    def __init__(self, method: str, rtol: typing.SupportsFloat | typing.SupportsIndex, atol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
def build_info() -> dict[str, typing.Any]:
    ...
def evolve(generator: Generator, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]], store_states: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def evolve_ensemble(generators: collections.abc.Sequence[Generator], rho0: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]], store_states: bool, progress: typing.Any = None) -> list[typing.Any]:
    ...
def trace_norm_distance(a: Generator, b: Generator, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
