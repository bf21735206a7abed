"""Ten thousand calls of the whole public API with anything in any place: right answers or clear errors."""

from __future__ import annotations

import functools
import inspect
import math
import warnings

import numpy as np
import pytest
import scipy.sparse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import redfield as rf
from redfield import analysis

BATH = rf.OhmicBath(0.04, 10.0, 5.0)
SYSTEM = rf.System([[1.0, 0.5], [0.5, -1.0]], rf.SiteProjectors(2), BATH)
EQUATION = rf.Redfield(SYSTEM)
DAVIES = rf.Davies(SYSTEM)
LEAD = rf.ParticleBath(0.1, 1.0, band=(-5.0, 5.0))
QUADRATIC = rf.QuadraticSystem(np.diag([0.0, 1.0]), 0.2, LEAD)
RESULT = EQUATION.evolve([1.0, 0.0], [0.0, 1.0])
DRIVE = [np.diag([0.5, -0.5]), (np.array([[0.0, 0.2], [0.2, 0.0]]), np.cos)]
DRIVEN = rf.DrivenSystem(DRIVE, rf.SiteProjectors(2), BATH)
FLOQUET = rf.PeriodicSystem(DRIVE, 2 * np.pi, rf.SiteProjectors(2), BATH)
LOWER = np.diag([1.0], 1)
PAIRED = [LOWER, LOWER.T]
SQUEEZED = rf.BathMatrix(lambda w: np.broadcast_to([[1.5, 0.3], [0.3, 0.5]], (len(w), 2, 2)))

CALLS = 10_000
CLEAR = (
    ValueError,
    TypeError,
    MemoryError,
    NotImplementedError,
    rf.ConvergenceError,
    FileNotFoundError,
    ImportError,
)
"""What a bad argument may raise; anything else is a defect."""

UNCHECKED = (
    "unpack", "subscriptable", "has no attribute", "unsupported operand", "object is not", "ambiguous", "broadcast",
    "matmul", "index out of", "positional argument", "incompatible function", "_core", "len() of",
    "not supported between",
)  # fmt: skip

NUMBERS = st.one_of(
    st.sampled_from(
        [math.nan, math.inf, -math.inf, 0.0, -0.0, -1.0, 1.0, 0.5, 2.0, 1e-300, 1e300, 1e18, 5e-324, 3]
    ),
    st.sampled_from(
        [True, None, 1 + 2j, "ω", b"x", np.float32(0.3), np.int64(2), np.array(0.7), "", [], {}]
    ),
)


@st.composite
def arrays(draw):
    """Small arrays of any shape, type, order, stride and content."""
    shape = draw(
        st.sampled_from(
            [(2, 2)] * 8 + [(2,), (), (0,), (0, 0), (1, 1), (3, 3), (2, 3), (2, 2, 2), (4, 4), (2, 1)]
        )
    )
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    a = rng.standard_normal(shape)
    if len(shape) == 2 and shape[0] == shape[1] and draw(st.booleans()):
        a = a + a.T
    kind = draw(
        st.sampled_from(["f8"] * 4 + ["c16", "c8", "f4", "i8", "u1", "?", "O", "U3", "f2", "M8[s]"])
    )
    if kind in ("c16", "c8"):
        a = a + 1j * rng.standard_normal(shape)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        a = a.astype("i8").astype(kind) if kind == "M8[s]" else a.astype(kind)
    bad = draw(st.sampled_from([None] * 6 + [math.nan, math.inf, 1e200, 1e-200]))
    a = np.asarray(a)
    if bad is not None and a.dtype.kind in "fc" and a.ndim and a.size:
        with np.errstate(all="ignore"):
            a.flat[0] = bad
    how = draw(
        st.sampled_from(
            ["plain", "fortran", "strided", "readonly", "reversed", "list", "sparse", "nested"]
        )
    )
    if how == "fortran":
        a = np.asfortranarray(a)
    elif how == "strided" and a.ndim:
        a = np.repeat(a, 2, axis=0)[::2]
    elif how == "readonly":
        a.flags.writeable = False
    elif how == "reversed" and a.ndim:
        a = a[::-1]
    elif how == "list":
        return a.tolist()
    elif how == "sparse" and a.ndim == 2 and a.dtype.kind in "fc" and a.dtype.itemsize >= 8 and a.size:
        return scipy.sparse.csr_array(a)
    elif how == "nested":
        return [a, a]
    return a


THINGS = st.sampled_from(
    [
        BATH,
        SYSTEM,
        EQUATION,
        DAVIES,
        LEAD,
        QUADRATIC,
        RESULT,
        rf.SiteProjectors(2),
        len,
        object(),
        "déjà vu",
    ]
)
ANYTHING = st.one_of(NUMBERS, arrays(), arrays(), THINGS, st.lists(NUMBERS, max_size=3))


def repeating(hamiltonian, period, coupling, bath):
    return rf.QuadraticSystem(hamiltonian, coupling, bath, period=period)


TARGETS = {
    "System": (rf.System, ([[1.0, 0.5], [0.5, -1.0]], rf.SiteProjectors(2), BATH)),
    "SiteProjectors": (rf.SiteProjectors, (2, [0, 1], [1.0, 2.0])),
    "OhmicBath": (rf.OhmicBath, (0.1, 1.0, 1.0, 1.0, "exponential")),
    "DrudeBath": (rf.DrudeBath, (0.1, 1.0, 1.0)),
    "UnderdampedBath": (rf.UnderdampedBath, (0.1, 1.0, 0.2, 1.0)),
    "LorentzianBath": (rf.LorentzianBath, (0.1, 1.0, 0.0)),
    "FlatBath": (rf.FlatBath, (0.1,)),
    "TabulatedBath": (rf.TabulatedBath, ([0.0, 1.0], [1.0, 1.0], 1.0, True)),
    "ParticleBath": (rf.ParticleBath, (0.1, 1.0, 0.0, "fermion")),
    "SpectrumBath": (rf.SpectrumBath, (np.abs, (0.0,), 1.0, None, 1.0)),
    "SpectralDensityBath": (rf.SpectralDensityBath, (lambda w: w * np.exp(-w), 1.0)),
    "CorrelationBath": (rf.CorrelationBath, (lambda t: np.exp(-t) + 0j, 1.0, 1.0)),
    "particle_exchange": (rf.particle_exchange, ([np.diag([1.0], 1)], LEAD)),
    "Redfield": (rf.Redfield, (SYSTEM, True)),
    "Davies": (rf.Davies, (SYSTEM, True)),
    "PartialSecular": (rf.PartialSecular, (SYSTEM, 0.1, True)),
    "UniversalLindblad": (rf.UniversalLindblad, (SYSTEM, True)),
    "GeometricArithmetic": (rf.GeometricArithmetic, (SYSTEM, True)),
    "CoarseGrained": (rf.CoarseGrained, (SYSTEM, 1.0, True)),
    "Lindblad": (rf.Lindblad, (np.diag([0.0, 1.0]), [np.diag([1.0], 1)])),
    "QuasilocalRedfield": (rf.QuasilocalRedfield, (rf.System(np.diag([0.0, 1.0]), [np.diag([1.0, -1.0])], BATH), 1)),
    "evolve": (EQUATION.evolve, ([1.0, 0.0], [0.0, 1.0], None)),
    "davies evolve": (DAVIES.evolve, ([1.0, 0.0], [0.0, 1.0], None)),
    "apply": (EQUATION.apply, (np.eye(2),)),
    "dissipator": (EQUATION.dissipator, (np.eye(2),)),
    "liouvillian": (EQUATION.liouvillian, ("given",)),
    "spectrum": (EQUATION.spectrum, (2,)),
    "gibbs_state": (SYSTEM.gibbs_state, (1.0, 0.0)),
    "restricted": (SYSTEM.restricted, ([0],)),
    "evolve_ensemble": (rf.evolve_ensemble, ([EQUATION, EQUATION], [1.0, 0.0], [0.0, 1.0])),
    "trace_norm": (rf.trace_norm, (np.eye(2),)),
    "trace_distance": (rf.trace_distance, (np.eye(2), np.eye(2))),
    "compare": (rf.compare, (SYSTEM, [rf.Redfield, rf.Davies], [1.0, 0.0], [0.0, 1.0])),
    "solution_distance": (analysis.solution_distance, (EQUATION, DAVIES, [1.0, 0.0], [0.0, 1.0])),
    "gibbs_residual": (analysis.gibbs_residual, (EQUATION, 1.0, 0.0)),
    "detailed_balance_defect": (analysis.detailed_balance_defect, (EQUATION, 1.0, 0.0)),
    "choi_minimum": (analysis.choi_minimum, (EQUATION, 1.0)),
    "kossakowski": (analysis.kossakowski, (EQUATION, "auto")),
    "heat_currents": (analysis.heat_currents, (np.eye(2) / 2, DAVIES)),
    "entropy_production": (analysis.entropy_production, (np.eye(2) / 2, DAVIES)),
    "level_statistics": (analysis.level_statistics, (np.arange(9.0) ** 2, 0.5)),
    "Counting": (analysis.Counting, (DAVIES, "heat")),
    "positivity_violation": (analysis.positivity_violation, (RESULT,)),
    "QuadraticSystem": (rf.QuadraticSystem, (np.diag([0.0, 1.0]), 0.2, LEAD)),
    "quadratic Davies": (rf.Davies, (QUADRATIC, True)),
    "quadratic.PartialSecular": (rf.PartialSecular, (QUADRATIC, 0.1)),
    "quadratic.evolve": (rf.Redfield(QUADRATIC).evolve, ([1.0, 0.0], [0.0, 1.0])),
    "quadratic.gibbs_state": (QUADRATIC.gibbs_state, (1.0, 0.0)),
    "fermions": (rf.operators.fermions, (2,)),
    "bosons": (rf.operators.bosons, (1, 3)),
    "anderson": (rf.models.anderson, (2, 1.0)),
    "dirac_syk2": (rf.models.dirac_syk2, (3, 1.0)),
    "OneOverFBath": (rf.OneOverFBath, (0.1, 0.1, 10.0)),
    "HybridOhmicBath": (rf.HybridOhmicBath, (0.5, 0.1, 10.0, 1.0)),
    "BathMatrix": (rf.BathMatrix, (lambda w: np.ones((len(w), 1, 1)),)),
    "System of a BathMatrix": (rf.System, (np.diag([0.5, -0.5]), PAIRED, SQUEEZED)),
    "correlated": (rf.correlated, (rf.SiteProjectors(2), BATH, np.eye(2))),
    "adjoint apply": (EQUATION.adjoint().apply, (np.eye(2),)),
    "adjoint evolve": (EQUATION.adjoint().evolve, (np.eye(2), [0.0, 1.0], [[1.0, 0.0]])),
    "energy of baths": (analysis.energy_currents, (np.eye(2) / 2, EQUATION)),
    "Counting of Redfield": (analysis.Counting, (EQUATION, "energy")),
    "DrivenSystem": (rf.DrivenSystem, (DRIVE, rf.SiteProjectors(2), BATH)),
    "driven evolve": (rf.Redfield(DRIVEN).evolve, ([1.0, 0.0], [0.0, 1.0], None)),
    "driven at": (rf.Davies(DRIVEN).at, (0.3,)),
    "Fluctuator": (rf.Fluctuator, (LOWER + LOWER.T, 0.1, 1.0)),
    "PeriodicSystem": (rf.PeriodicSystem, (DRIVE, 2 * np.pi, rf.SiteProjectors(2), BATH)),
    "periodic Davies": (rf.Davies, (FLOQUET, True)),
    "floquet evolve": (rf.Davies(FLOQUET).evolve, ([1.0, 0.0], [0.0, 1.0], None)),
    "floquet Redfield evolve": (rf.Redfield(FLOQUET).evolve, ([1.0, 0.0], [0.0, 1.0], None)),
    "floquet apply": (rf.Redfield(FLOQUET).apply, (np.eye(2), 0.3)),
    "floquet modes": (FLOQUET.modes, (0.3,)),
    "Bogoliubov": (rf.quadratic.Bogoliubov, (np.eye(2), [[0.0, 0.1], [-0.1, 0.0]], 0.2, LEAD)),
    "periodic QuadraticSystem": (
        functools.partial(rf.QuadraticSystem, period=2 * np.pi),
        (DRIVE, 0.2, LEAD),
    ),
    "load": (rf.Result.load, ("nowhere",)),
}  # fmt: skip


def finite(answer):
    """No answer has NaN in it, but where its documentation says so."""
    if isinstance(answer, rf.Result):
        return np.isfinite(answer.final_state).all()
    if isinstance(answer, np.ndarray) and answer.dtype.kind in "fc":
        return not np.isnan(answer).any()
    return True


@pytest.mark.parametrize("name", TARGETS)
@settings(
    max_examples=math.ceil(CALLS / len(TARGETS)),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_anything_gives_a_right_answer_or_a_clear_error(name, data):
    target, good = TARGETS[name]
    arguments = list(good)
    changed = data.draw(st.integers(0, len(arguments) - 1), label="which")
    arguments[changed] = data.draw(ANYTHING, label="value")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            answer = target(*arguments)
        except CLEAR as error:
            text = str(error)
            # Not what falls out of Python or NumPy where nobody has checked.
            assert text
            for fallen in UNCHECKED:
                assert fallen not in text, text
            return
    # A state with NaN in it has no entropy production by its documentation.
    assert finite(answer) or name in ("entropy_production",), answer


def test_the_whole_api_is_called():
    public = {
        n
        for n in rf.__all__
        if inspect.isclass(getattr(rf, n)) and issubclass(getattr(rf, n), rf.Bath | rf.System)
    }
    called = {getattr(t, "__name__", "") for t, _ in TARGETS.values()}
    named = {"CorrelationBath", "SpectralDensityBath", "Bath", *called}
    assert public <= named, public - named
