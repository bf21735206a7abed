"""
The compiled core of redfield.
"""
from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['ConvergenceError', 'CorrelationBath', 'CorrelationWeights', 'Davies', 'Diffusion', 'DrivenJumps', 'DrivenSystem', 'EigenstateJumps', 'EigensystemBatch', 'Expansion', 'FermionicHierarchy', 'FloquetContacts', 'FloquetDavies', 'FloquetModes', 'FloquetPartialSecular', 'FloquetRedfield', 'Generator', 'Harmonics', 'Hierarchy', 'Interrupted', 'Kind', 'LEAST_RTOL_OF_SINGLE', 'LambdaGenerator', 'LowRank', 'NumericBath', 'PANEL_POINTS', 'Pairwise', 'PiecewisePolynomial', 'QuantumJumps', 'Resolution', 'Settings', 'StopFlag', 'System', 'SystemBatch', 'TabulatedBath', 'TimeOperator', 'UnderdampedBath', 'bath_derivatives', 'bohr_frequencies', 'build_info', 'change_of', 'cores', 'correlation', 'degeneracy_tol', 'driven_methods', 'energy_rounding', 'equal_steps', 'evolution_gradient', 'evolution_gradient_batch', 'evolve', 'evolve_batch', 'evolve_controlled', 'evolve_driven', 'evolve_driven_by', 'evolve_driven_lindblad', 'evolve_ensemble', 'evolve_hierarchies', 'evolve_tangents', 'evolve_time_convolutionless', 'gmres', 'hermitian_defects', 'hierarchy_evolution_gradient', 'hierarchy_steady_gradient', 'lamb_shift', 'masked_change_of', 'methods', 'numerical_range', 'ohmic_exponent_derivative', 'poll', 'power_spectrum', 'principal_value_nodes', 'pull_back', 'resolvent', 'resolvent_trace', 'spectrum', 'steady_batch', 'steady_correction', 'steady_gradient', 'steady_gradient_batch', 'steady_hierarchies', 'steady_response', 'steady_state', 'stop_thread_with', 'tabulate', 'trace_norm_distance', 'universal_lamb_shift', 'windowed']
class Expansion:
    """
    A function as Legendre series on panels, zero outside.
    """
    order: typing.ClassVar[int] = 24
    @staticmethod
    def memory(correlation: typing.Any, time_scale: typing.SupportsFloat | typing.SupportsIndex, noise: typing.SupportsFloat | typing.SupportsIndex, fastest: typing.SupportsFloat | typing.SupportsIndex, window: typing.SupportsFloat | typing.SupportsIndex) -> Expansion:
        """
        C(t) on [0, window], or until it is negligible.
        """
    def __call__(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.complex128]:
        ...
    def __init__(self, f: typing.Any, edges: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], tol: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    def nodes(self, cuts: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] = ..., fastest: typing.SupportsFloat | typing.SupportsIndex = 0.0) -> tuple[numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.complex128]]:
        """
        Nodes, weights and values of an integral with a factor smooth between cuts.
        """
    @property
    def ends(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
class NumericBath:
    """
    η and C of a power spectrum by quadrature.
    """
    @staticmethod
    def thermal(spectral_density: typing.Any, beta: typing.SupportsFloat | typing.SupportsIndex, mu: typing.SupportsFloat | typing.SupportsIndex, rate_at_zero: typing.SupportsFloat | typing.SupportsIndex, cutoff: typing.SupportsFloat | typing.SupportsIndex, features: collections.abc.Sequence[tuple[typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex]], ends_low: bool, ends_high: bool) -> NumericBath:
        """
        Of bosons with a spectral density.
        """
    def __init__(self, power_spectrum: typing.Any, features: collections.abc.Sequence[tuple[typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex]], ends_low: bool, ends_high: bool) -> None:
        ...
    def correlation(self, t: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.complex128]:
        ...
    def lamb_shift(self, w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def lamb_shift_error(self) -> float:
        ...
    def power_spectrum(self, w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def windowed(self, w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], window: typing.SupportsFloat | typing.SupportsIndex) -> tuple[numpy.typing.NDArray[numpy.complex128], numpy.typing.NDArray[numpy.complex128]]:
        ...
class CorrelationBath:
    """
    Γ of a correlation function by quadrature.
    """
    def __init__(self, correlation: typing.Any, time_scale: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    def lamb_shift_error(self) -> float:
        ...
    def one_sided(self, w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.complex128]:
        ...
class TabulatedBath:
    """
    A table of γ, zero outside.
    """
    def __init__(self, frequencies: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], values: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], beta: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        """
        With beta completed by detailed balance.
        """
    def correlation(self, t: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.complex128]:
        ...
    def lamb_shift(self, w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def lamb_shift_error(self) -> float:
        ...
    def power_spectrum(self, w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def windowed(self, w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], window: typing.SupportsFloat | typing.SupportsIndex) -> tuple[numpy.typing.NDArray[numpy.complex128], numpy.typing.NDArray[numpy.complex128]]:
        ...
class UnderdampedBath:
    """
    A damped mode beside a thermal bath.
    """
    def __init__(self, strength: typing.SupportsFloat | typing.SupportsIndex, frequency: typing.SupportsFloat | typing.SupportsIndex, damping: typing.SupportsFloat | typing.SupportsIndex, beta: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    def correlation(self, t: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.complex128]:
        ...
    def derivatives(self, w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], lamb_shift: bool = True) -> numpy.typing.NDArray[numpy.complex128]:
        """
        dΓ/dω and ∂Γ/∂p of the four numbers, (5, 1, M).
        """
    def lamb_shift(self, w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
    def lamb_shift_error(self) -> float:
        ...
    def power_spectrum(self, w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        ...
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
    def with_baths(self, tables: collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.float64], typing.Any]], bath_of_coupling: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> System:
        ...
    @property
    def dimension(self) -> int:
        ...
class Generator:
    def adjoint(self, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> Generator:
        """
        𝓛† as a generator of transposed operators.
        """
    def apply(self, rho: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], threads: typing.SupportsInt | typing.SupportsIndex = 0) -> numpy.typing.NDArray[numpy.complex128]:
        ...
    def decay(self) -> typing.Any:
        ...
    def dissipate(self, rho: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], threads: typing.SupportsInt | typing.SupportsIndex = 0) -> numpy.typing.NDArray[numpy.complex128]:
        """
        𝓛ρ + i[H, ρ] without the rounding of i[H, ρ].
        """
    def liouvillian(self, eigenbasis: bool, threshold: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> tuple[typing.Any, ...]:
        ...
    @property
    def bounds(self) -> tuple[float, float]:
        ...
    @property
    def dimension(self) -> int:
        ...
    @property
    def in_eigenbasis(self) -> bool:
        ...
class LambdaGenerator(Generator):
    """
    Gρ + ρG† + Σ_j (Λ_jρB_j† + h.c.), applied by products.
    """
    @staticmethod
    def given_lambdas(system: System, lambdas: collections.abc.Sequence[typing.Any]) -> LambdaGenerator:
        """
        Redfield's equation with sparse Λ in the basis H was given in.
        """
    @staticmethod
    def lindblad(dimension: typing.SupportsInt | typing.SupportsIndex, hamiltonian: tuple[typing.Any, ...], jumps: collections.abc.Sequence[typing.Any]) -> LambdaGenerator:
        ...
    @staticmethod
    def sparse_form(dimension: typing.SupportsInt | typing.SupportsIndex, hamiltonian: tuple[typing.Any, ...], decay: tuple[typing.Any, ...], terms: collections.abc.Sequence[tuple[typing.Any, typing.Any]], factors: list[typing.Any]) -> LambdaGenerator:
        """
        Terms (Λ, B), and (site, support, left, right) of site projectors.
        """
class Davies(Generator):
    @property
    def coherence_rates(self) -> numpy.typing.NDArray[numpy.complex128]:
        ...
    @property
    def degenerate(self) -> bool:
        ...
    @property
    def merged_gap(self) -> float:
        ...
    @property
    def rates(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
class Pairwise(Generator):
    @property
    def non_zeros(self) -> int:
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
    def __init__(self, method: str, rtol: typing.SupportsFloat | typing.SupportsIndex, atol: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, dtype: str = 'float64') -> None:
        ...
class Kind:
    """
    A kind of equation: makes one of a system.
    """
    @staticmethod
    def bloch_redfield(sec_cutoff: typing.SupportsFloat | typing.SupportsIndex, jumps: typing.SupportsInt | typing.SupportsIndex, lamb_shift: bool, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> Kind:
        ...
    @staticmethod
    def coarse_grained(window: typing.SupportsFloat | typing.SupportsIndex, tables: collections.abc.Sequence[collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]]], lamb_shift: bool, threshold: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> Kind:
        """
        Γ_T and its derivative of each bath of each member.
        """
    @staticmethod
    def davies(lamb_shift: bool, degeneracy_tol: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> Kind:
        ...
    @staticmethod
    def davies_with_shift(degeneracy_tol: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, shift: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]) -> Kind:
        ...
    @staticmethod
    def given_lambdas(lambdas: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]) -> Kind:
        ...
    @staticmethod
    def named(name: str, lamb_shift: bool, numbers: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [], threshold: typing.SupportsFloat | typing.SupportsIndex = 0.0, max_bytes: typing.SupportsFloat | typing.SupportsIndex = ...) -> Kind:
        """
        A kind that numbers alone tell apart from others.
        """
    @staticmethod
    def partial_secular(cutoff: typing.SupportsFloat | typing.SupportsIndex, lamb_shift: bool, degeneracy_tol: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> Kind:
        ...
    @staticmethod
    def universal_lindblad(lamb_shifts: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]) -> Kind:
        """
        H_LS of each member in its eigenbasis, or none.
        """
    def make(self, system: System) -> Generator:
        ...
class EigensystemBatch:
    def __init__(self, hamiltonians: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def eigensystem(self, member: typing.SupportsInt | typing.SupportsIndex) -> tuple[numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.complex128]]:
        ...
    def frequencies(self, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> numpy.typing.NDArray[numpy.float64]:
        ...
class SystemBatch:
    @staticmethod
    def site_projectors(size: typing.SupportsInt | typing.SupportsIndex, eigensystems: EigensystemBatch, sites: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], tables: collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.float64], typing.Any]], bath_of_coupling: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> SystemBatch:
        ...
    def __init__(self, size: typing.SupportsInt | typing.SupportsIndex, eigensystems: EigensystemBatch, operators: list[typing.Any], tables: collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.float64], typing.Any]], bath_of_coupling: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> None:
        ...
class PiecewisePolynomial:
    """
    A function of one variable: Chebyshev series on pieces.
    """
    def __init__(self, breaks: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], series: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        ...
class Resolution:
    """
    How long steps may be.
    """
    def __init__(self, ends: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]) -> None:
        ...
    def longest(self, t: typing.SupportsFloat | typing.SupportsIndex) -> float:
        """
        The longest step from t on.
        """
    def narrowest(self) -> float:
        """
        The length of the shortest interval, or inf.
        """
    @property
    def grids(self) -> list[list[float]]:
        """
        The ends of the intervals.
        """
class TimeOperator:
    """
    An operator that depends on time.
    """
    @staticmethod
    def constant(x: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]) -> TimeOperator:
        ...
    @staticmethod
    def entries(n: typing.SupportsInt | typing.SupportsIndex, entries: PiecewisePolynomial) -> TimeOperator:
        ...
    @staticmethod
    def function(n: typing.SupportsInt | typing.SupportsIndex, function: typing.Any, shape: PiecewisePolynomial | None) -> TimeOperator:
        ...
    @staticmethod
    def terms(terms: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]], coefficients: PiecewisePolynomial) -> TimeOperator:
        ...
    def resolution(self, breaks: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], action: typing.SupportsFloat | typing.SupportsIndex) -> Resolution:
        """
        The intervals that steps follow, which may miss `action` of the integral of its norm.
        """
    @property
    def largest(self) -> float:
        """
        The largest norm at any time.
        """
class DrivenSystem:
    @staticmethod
    def site_projectors(hamiltonian: TimeOperator, sites: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], spectra: collections.abc.Sequence[tuple[PiecewisePolynomial, typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex]], bath_of_coupling: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> DrivenSystem:
        ...
    def __init__(self, hamiltonian: TimeOperator, couplings: collections.abc.Sequence[TimeOperator], spectra: collections.abc.Sequence[tuple[PiecewisePolynomial, typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex]], bath_of_coupling: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> None:
        ...
    @property
    def has_fixed_couplings(self) -> bool:
        """
        Whether no coupling changes.
        """
class CorrelationWeights:
    """
    Weights of a correlation function and the polynomials of a panel of time.
    """
    def __init__(self, local: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], fade: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], gather: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], lags: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]) -> None:
        ...
class FloquetModes:
    @staticmethod
    def of(hamiltonian: TimeOperator, panels: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], threads: typing.SupportsInt | typing.SupportsIndex) -> typing.Any:
        """
        None where a panel is too long for what happens in it.
        """
    def at(self, t: typing.SupportsFloat | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.complex128]:
        ...
    def frame(self, t: typing.SupportsFloat | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.complex128]:
        ...
    @property
    def energies(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def quasienergies(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
class Harmonics:
    @staticmethod
    def of(modes: FloquetModes, operators: collections.abc.Sequence[TimeOperator], tol: typing.SupportsFloat | typing.SupportsIndex, most: typing.SupportsInt | typing.SupportsIndex, enough: bool, max_bytes: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, fewest: typing.SupportsInt | typing.SupportsIndex) -> Harmonics:
        ...
    def series(self, j: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.complex128]:
        """
        (2 most + 1, N, N).
        """
    @property
    def left(self) -> float:
        ...
    @property
    def most(self) -> int:
        ...
class FloquetContacts:
    def __init__(self, couplings: Harmonics, spectra: collections.abc.Sequence[tuple[PiecewisePolynomial, typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex]], bath_of_coupling: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> None:
        ...
class FloquetDavies:
    def __init__(self, modes: FloquetModes, contacts: FloquetContacts, lamb_shift: bool, tol: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    def apply(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]) -> numpy.typing.NDArray[numpy.complex128]:
        ...
    def evolve(self, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    def steady_states(self) -> list[typing.Any]:
        ...
    @property
    def coherence_rates(self) -> numpy.typing.NDArray[numpy.complex128]:
        ...
    @property
    def counts(self) -> list[typing.Any]:
        ...
    @property
    def degenerate(self) -> bool:
        ...
    @property
    def energies_released(self) -> list[typing.Any]:
        ...
    @property
    def rates(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
class FloquetRedfield:
    def __init__(self, modes: FloquetModes, contacts: FloquetContacts, lamb_shift: bool) -> None:
        ...
    def evolve(self, max_step: typing.SupportsFloat | typing.SupportsIndex, breaks: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    def series(self, j: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.complex128]:
        """
        Γ∘A of a coupling, (2 most + 1, N, N).
        """
class FloquetPartialSecular:
    def __init__(self, modes: FloquetModes, contacts: FloquetContacts, lamb_shift: bool, cutoff: typing.SupportsFloat | typing.SupportsIndex, tol: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    def dissipate(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], t: typing.SupportsFloat | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.complex128]:
        ...
    def evolve(self, max_step: typing.SupportsFloat | typing.SupportsIndex, breaks: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    def losses(self, j: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.complex128]:
        """
        Σ A†Λ of a coupling, (4 most + 1, N, N), of the terms that stay.
        """
    @property
    def terms(self) -> float:
        ...
class QuantumJumps:
    def __init__(self, dimension: typing.SupportsInt | typing.SupportsIndex, drift: typing.Any, jumps: list[typing.Any]) -> None:
        ...
    def run(self, first: typing.SupportsInt | typing.SupportsIndex, count: typing.SupportsInt | typing.SupportsIndex, kets: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], e_ops: list[typing.Any], rtol: typing.SupportsFloat | typing.SupportsIndex, dtype: str, threads: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex, keep_kets: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    def survival(self, ket: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], least: typing.SupportsFloat | typing.SupportsIndex, stop: StopFlag | None = None) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def dimension(self) -> int:
        ...
class Diffusion:
    def __init__(self, dimension: typing.SupportsInt | typing.SupportsIndex, drift: typing.Any, jumps: list[typing.Any], step: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    def run(self, first: typing.SupportsInt | typing.SupportsIndex, count: typing.SupportsInt | typing.SupportsIndex, kets: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], e_ops: list[typing.Any], rtol: typing.SupportsFloat | typing.SupportsIndex, dtype: str, threads: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex, keep_kets: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    def survival(self, ket: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], least: typing.SupportsFloat | typing.SupportsIndex, stop: StopFlag | None = None) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def dimension(self) -> int:
        ...
class LowRank:
    def __init__(self, dimension: typing.SupportsInt | typing.SupportsIndex, drift: typing.Any, jumps: list[typing.Any]) -> None:
        ...
    def run(self, start: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], e_ops: list[typing.Any], rtol: typing.SupportsFloat | typing.SupportsIndex, max_rank: typing.SupportsInt | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, keep: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    @property
    def dimension(self) -> int:
        ...
class EigenstateJumps:
    def __init__(self, energies: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], rates: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], dephasing: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]) -> None:
        ...
    def run(self, first: typing.SupportsInt | typing.SupportsIndex, count: typing.SupportsInt | typing.SupportsIndex, kets: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], e_ops: list[typing.Any], rtol: typing.SupportsFloat | typing.SupportsIndex, dtype: str, threads: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex, keep_kets: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    def survival(self, ket: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], least: typing.SupportsFloat | typing.SupportsIndex, stop: StopFlag | None = None) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def dimension(self) -> int:
        ...
class DrivenJumps:
    @staticmethod
    def in_eigenbasis(system: DrivenSystem, secular: bool, drift: typing.Any, breaks: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], max_step: typing.SupportsFloat | typing.SupportsIndex, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], rtol: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, stop: StopFlag | None = None) -> DrivenJumps:
        """
        The drift at t is a Python function's, the jump operators follow the eigenbasis of H(t).
        """
    @staticmethod
    def lindblad(hamiltonian: TimeOperator, jumps: collections.abc.Sequence[TimeOperator], breaks: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], max_step: typing.SupportsFloat | typing.SupportsIndex, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], rtol: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, stop: StopFlag | None = None) -> DrivenJumps:
        ...
    @staticmethod
    def of_kind(system: DrivenSystem, secular: bool, kind: Kind, breaks: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], max_step: typing.SupportsFloat | typing.SupportsIndex, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], rtol: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, stop: StopFlag | None = None) -> DrivenJumps:
        """
        Both follow the eigenbasis of H(t), in the core alone.
        """
    def run(self, first: typing.SupportsInt | typing.SupportsIndex, count: typing.SupportsInt | typing.SupportsIndex, kets: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], probabilities: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], e_ops: list[typing.Any], rtol: typing.SupportsFloat | typing.SupportsIndex, dtype: str, threads: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex, keep_kets: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    def survival(self, ket: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], least: typing.SupportsFloat | typing.SupportsIndex, stop: StopFlag | None = None) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def dimension(self) -> int:
        ...
    @property
    def panels(self) -> int:
        ...
class Hierarchy:
    @staticmethod
    def bytes_of(system: System, exponentials: collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex]], depth: typing.SupportsInt | typing.SupportsIndex, negligible: typing.SupportsFloat | typing.SupportsIndex = 0.0, apart: bool = False) -> float:
        ...
    @staticmethod
    def count_exponentials(exponentials: collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex]]) -> int:
        ...
    @staticmethod
    def operators_of(system: System, exponentials: collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex]], depth: typing.SupportsInt | typing.SupportsIndex, negligible: typing.SupportsFloat | typing.SupportsIndex) -> float:
        ...
    def __init__(self, system: System, exponentials: collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex]], depth: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, negligible: typing.SupportsFloat | typing.SupportsIndex = 0.0, apart: bool = False) -> None:
        ...
    def apply(self, y: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], threads: typing.SupportsInt | typing.SupportsIndex = 0) -> numpy.typing.NDArray[numpy.float64]:
        """
        𝓛y of packed auxiliary operators (N, N · operators).
        """
    def evolve(self, start: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, keep_vector: bool = False, keep_forces: bool = False, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    def evolve_driven(self, hamiltonian: TimeOperator, couplings: collections.abc.Sequence[TimeOperator], breaks: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], max_step: typing.SupportsFloat | typing.SupportsIndex, start: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, keep_vector: bool = False, keep_forces: bool = False, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
        """
        With H(t) in the place of H, and A_j(t) of couplings kept apart where any are given.
        """
    def multiplied(self, y: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], before: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], after: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]) -> tuple[numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64]]:
        """
        X and Y of BρC = X + iY for every auxiliary operator ρ.
        """
    def resolvent_trace(self, a: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], first: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], second: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], z: collections.abc.Sequence[complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex], tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, progress: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    def spectrum(self, k: typing.SupportsInt | typing.SupportsIndex, tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> tuple[typing.Any, ...]:
        ...
    def steady_state(self, tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, progress: typing.Any = None, rho0: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    def uncorrelated(self, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]) -> numpy.typing.NDArray[numpy.float64]:
        """
        The vector of a state beside baths in equilibrium.
        """
    @property
    def bytes(self) -> float:
        ...
    @property
    def depth(self) -> int:
        ...
    @property
    def dimension(self) -> int:
        ...
    @property
    def exponentials(self) -> int:
        ...
    @property
    def in_eigenbasis(self) -> bool:
        ...
    @property
    def operators(self) -> int:
        ...
class FermionicHierarchy:
    @staticmethod
    def bytes_of(dimension: typing.SupportsInt | typing.SupportsIndex, leads: collections.abc.Sequence[tuple[typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex, typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex, complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex]], depth: typing.SupportsInt | typing.SupportsIndex) -> float:
        ...
    def __init__(self, system: System, leads: collections.abc.Sequence[tuple[typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex, typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex, complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex]], depth: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, parity: typing.Any = None) -> None:
        ...
    def apply(self, y: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], threads: typing.SupportsInt | typing.SupportsIndex = 0) -> numpy.typing.NDArray[numpy.float64]:
        """
        𝓛y of packed auxiliary operators (N, N · operators).
        """
    def evolve(self, start: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, keep_vector: bool = False, keep_forces: bool = False, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    def steady_state(self, tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, progress: typing.Any = None, rho0: typing.Any = None) -> tuple[typing.Any, ...]:
        ...
    def uncorrelated(self, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]) -> numpy.typing.NDArray[numpy.float64]:
        """
        The vector of a state beside baths in equilibrium.
        """
    @property
    def bytes(self) -> float:
        ...
    @property
    def depth(self) -> int:
        ...
    @property
    def dimension(self) -> int:
        ...
    @property
    def exponentials(self) -> int:
        ...
    @property
    def in_eigenbasis(self) -> bool:
        ...
    @property
    def operators(self) -> int:
        ...
    @property
    def parity(self) -> numpy.typing.NDArray[numpy.complex128]:
        """
        (−1)^N̂, (N, N), in the basis H was given in.
        """
def bath_derivatives(bath: str, first: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], second: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], third: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], lamb_shift: bool = True, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> numpy.typing.NDArray[numpy.complex128]:
    """
    dΓ/dω and ∂Γ/∂p of the three numbers, (4, B, M).
    """
def bohr_frequencies(energies: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
    ...
def build_info() -> dict[str, typing.Any]:
    ...
def change_of(generator: Generator, hamiltonian: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], decay: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], terms: collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], sites: collections.abc.Sequence[tuple[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], typing.Annotated[numpy.typing.ArrayLike, numpy.float64], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]]) -> Generator:
    ...
def cores() -> int:
    ...
def correlation(bath: str, first: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], second: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], third: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], at: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], threads: typing.SupportsInt | typing.SupportsIndex = 0) -> numpy.typing.NDArray[numpy.complex128]:
    ...
def degeneracy_tol(energies: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> float:
    ...
def driven_methods() -> list[str]:
    """
    Names of the integrators of a generator that depends on time.
    """
def energy_rounding(energies: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> float:
    ...
def equal_steps(times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> list[tuple[int, float]]:
    """
    (count, length) of the longest runs of equal steps that reach ascending times within rounding.
    """
def evolution_gradient(generator: Generator, system: System, tables: tuple[collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex], rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], weights: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]], settings: Settings, stored_bytes: typing.SupportsFloat | typing.SupportsIndex, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def evolution_gradient_batch(systems: SystemBatch, kind: Kind, tables: tuple[collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex], rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], weights: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], settings: Settings, stored_bytes: typing.SupportsFloat | typing.SupportsIndex, arrays: dict[str, typing.Any], progress: typing.Any = None) -> list[typing.Any]:
    ...
def evolve(generator: Generator, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def evolve_batch(systems: SystemBatch, kind: Kind, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], first: typing.SupportsInt | typing.SupportsIndex, expectations: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], states: typing.Any, final_states: numpy.ndarray, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def evolve_controlled(system: DrivenSystem, kind: Kind, lambdas_with_shift: bool | None, control: PiecewisePolynomial | None, low: typing.SupportsFloat | typing.SupportsIndex, high: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, breaks: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], max_step: typing.SupportsFloat | typing.SupportsIndex, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    """
    The system is against the control u, or time, between low and high.
    
    `lambdas_with_shift` tells whether Redfield's equation has a Lamb shift; None of another kind.
    """
def evolve_driven(system: DrivenSystem, kind: Kind, breaks: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], max_step: typing.SupportsFloat | typing.SupportsIndex, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def evolve_driven_by(generator_at: typing.Any, changing: collections.abc.Sequence[TimeOperator], breaks: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], max_step: typing.SupportsFloat | typing.SupportsIndex, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    """
    The generator at t is a Python function's, and changes as the operators `changing` do.
    """
def evolve_driven_lindblad(hamiltonian: TimeOperator, jumps: collections.abc.Sequence[TimeOperator], breaks: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], max_step: typing.SupportsFloat | typing.SupportsIndex, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def evolve_ensemble(generators: collections.abc.Sequence[Generator], rho0: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, progress: typing.Any = None) -> list[typing.Any]:
    ...
def evolve_hierarchies(systems: SystemBatch, members: tuple[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], collections.abc.Sequence[collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex]]], bool, typing.SupportsInt | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex], rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def evolve_tangents(generator: Generator, changes: collections.abc.Sequence[Generator], rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], starts: list[typing.Any], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def evolve_time_convolutionless(hamiltonian: TimeOperator, couplings: collections.abc.Sequence[TimeOperator], bath_of_coupling: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], panels: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], length_of_panel: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], weights: collections.abc.Sequence[collections.abc.Sequence[CorrelationWeights]], breaks: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], longest_step: typing.SupportsFloat | typing.SupportsIndex, max_step: typing.SupportsFloat | typing.SupportsIndex, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, e_ops: list[typing.Any], store_states: bool, stop: StopFlag | None = None, progress: typing.Any = None) -> typing.Any:
    """
    None where a panel is too long for the change of the operators in it.
    """
def gmres(map: typing.Any, preconditioner: typing.Any, right: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], rtol: typing.SupportsFloat | typing.SupportsIndex, restart: typing.SupportsInt | typing.SupportsIndex, cycles: typing.SupportsInt | typing.SupportsIndex) -> tuple[typing.Any, ...]:
    ...
def hermitian_defects(stack: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]) -> tuple[typing.Any, ...]:
    """
    The largest |entry| of each matrix of a stack (B, N, N), and the largest of X - X^dagger, by their real and imaginary parts; inf where one is not finite.
    """
def hierarchy_evolution_gradient(hierarchy: Hierarchy, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], weights: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]], settings: Settings, stored_bytes: typing.SupportsFloat | typing.SupportsIndex, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def hierarchy_steady_gradient(hierarchy: Hierarchy, vector: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], observable: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def lamb_shift(bath: str, first: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], second: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], third: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], at: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], threads: typing.SupportsInt | typing.SupportsIndex = 0) -> numpy.typing.NDArray[numpy.float64]:
    ...
def masked_change_of(generator: Generator, hamiltonian: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], turn: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], couplings: collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], cutoff: typing.SupportsFloat | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> Generator:
    ...
def methods() -> list[str]:
    """
    Names of the integrators of a constant generator.
    """
def numerical_range(dimension: typing.SupportsInt | typing.SupportsIndex, operator: typing.Any) -> tuple[float, float, float, float]:
    ...
def ohmic_exponent_derivative(strength: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], cutoff: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], beta: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], lamb_shift: bool = True, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> numpy.typing.NDArray[numpy.complex128]:
    """
    ∂Γ/∂s at s = 1, (B, M).
    """
def poll() -> None:
    """
    Raises Interrupted where this thread is to stop: for loops of Python.
    """
def power_spectrum(bath: str, first: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], second: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], third: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], at: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], threads: typing.SupportsInt | typing.SupportsIndex = 0) -> numpy.typing.NDArray[numpy.float64]:
    ...
def principal_value_nodes(power_spectrum: typing.Any, features: collections.abc.Sequence[tuple[typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex]], frequencies: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], parts: typing.SupportsInt | typing.SupportsIndex) -> tuple[numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64]]:
    """
    (x, weight) of a rule of the universal Lindblad equation's principal values among frequencies.
    """
def pull_back(system: System, tables: tuple[collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex], states: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], operators: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> tuple[typing.Any, ...]:
    ...
def resolvent(generator: Generator, y: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], z: collections.abc.Sequence[complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex], adjoint: bool, tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex = 0, max_bytes: typing.SupportsFloat | typing.SupportsIndex = 1e+300, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def resolvent_trace(generator: Generator, a: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], y: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], z: collections.abc.Sequence[complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex], tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex = 0, max_bytes: typing.SupportsFloat | typing.SupportsIndex = 1e+300, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def spectrum(generator: Generator, k: typing.SupportsInt | typing.SupportsIndex, method: str, tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> tuple[typing.Any, ...]:
    ...
def steady_batch(systems: SystemBatch, kind: Kind, method: str, tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, first: typing.SupportsInt | typing.SupportsIndex, states: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], residuals: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], applications: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], direct: typing.Annotated[numpy.typing.ArrayLike, numpy.bool], unique: typing.Annotated[numpy.typing.ArrayLike, numpy.bool], errors: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], rho0: typing.Any, progress: typing.Any = None) -> list[typing.Any]:
    ...
def steady_correction(system: System, exponentials: collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex]], states: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]], threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.complex128]:
    ...
def steady_gradient(generator: Generator, system: System, tables: tuple[collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex], rho: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], observable: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], method: str, tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def steady_gradient_batch(systems: SystemBatch, kind: Kind, tables: tuple[collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128]]], typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex], states: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], observables: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], method: str, tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, arrays: dict[str, typing.Any], progress: typing.Any = None) -> list[typing.Any]:
    ...
def steady_hierarchies(systems: SystemBatch, members: tuple[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], collections.abc.Sequence[collections.abc.Sequence[tuple[typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], complex | typing.SupportsComplex | typing.SupportsFloat | typing.SupportsIndex]]], bool, typing.SupportsInt | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex], tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, rho0: typing.Any = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def steady_response(generator: Generator, right: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.complex128]:
    ...
def steady_state(generator: Generator, method: str, tol: typing.SupportsFloat | typing.SupportsIndex, threads: typing.SupportsInt | typing.SupportsIndex, max_bytes: typing.SupportsFloat | typing.SupportsIndex, progress: typing.Any = None, rho0: typing.Any = None) -> typing.Any:
    ...
def stop_thread_with(flag: StopFlag) -> None:
    """
    Ends every later computation of this thread, until it is called with None; keep the flag alive.
    """
def tabulate(system: DrivenSystem, kind: Kind, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
    ...
def trace_norm_distance(a: Generator, b: Generator, rho0: typing.Annotated[numpy.typing.ArrayLike, numpy.complex128], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], settings: Settings, stop: StopFlag | None = None, progress: typing.Any = None) -> tuple[typing.Any, ...]:
    ...
def universal_lamb_shift(system: System, spectra: collections.abc.Sequence[tuple[typing.Any, collections.abc.Sequence[tuple[typing.SupportsFloat | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex]]]]) -> numpy.typing.NDArray[numpy.complex128]:
    """
    H_LS of the universal Lindblad equation in the eigenbasis, of γ and its features of each bath.
    """
def windowed(correlation: typing.Any, time_scale: typing.SupportsFloat | typing.SupportsIndex, noise: typing.SupportsFloat | typing.SupportsIndex, w: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], window: typing.SupportsFloat | typing.SupportsIndex) -> tuple[numpy.typing.NDArray[numpy.complex128], numpy.typing.NDArray[numpy.complex128]]:
    """
    Γ_T and its derivative of a function C(t).
    """
LEAST_RTOL_OF_SINGLE: float = 0.0001
PANEL_POINTS: int = 17
