"""Every public argument has a type, is checked as such at each call, and a bad one is refused by its name."""

from __future__ import annotations

import functools
import inspect
import pickle
import time
import warnings

import numpy as np
import pytest
import qutip
import scipy.sparse

import redfield as rf
from redfield._base.checks import checked
from redfield._base.checks.checked import check_of
from redfield._base.records import Record

import public_fuzz
import public_values
import public_walk
from public_values import BATH, MIXED, SYSTEM, X, Z
from public_walk import made

SLICE = 180
"""Calls of the fuzzer in this suite; `tests/fuzz/public_api.py` makes 10⁴."""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_every_public_parameter_has_a_check():
    without = []
    for target in public_walk.targets():
        owner = target.function if inspect.isclass(target.function) else None
        function = target.function if owner is None else owner.__init__
        without += [
            f"{target.name}({p.name})" for p in target.parameters if check_of(function, p, owner) is None
        ]
    assert not without, without


def test_every_public_function_and_method_checks_its_arguments():
    unchecked = [
        target.name
        for target in public_walk.targets()
        if not inspect.isclass(target.function) and not hasattr(target.function, "__checks_arguments__")
    ]
    assert not unchecked, unchecked
    unrecorded = {k for k in public_walk.classes() if not issubclass(k, Record)}
    assert unrecorded <= public_walk.MADE_BY_OTHERS | {rf.StopFlag}, unrecorded


def test_valid_arguments_of_everything_are_known():
    names = [target.name for target in public_walk.targets() if target.arguments() is not None]
    assert len(names) == len(set(names)) > 400


@functools.cache
def drawn():
    return list(public_fuzz.calls(seed=2027, count=SLICE))


@pytest.mark.parametrize("part", range(4))
def test_a_bad_argument_is_refused_by_its_name_or_answered(part):
    public_fuzz.excepted()  # the list of exceptions is known to be used
    faults = {
        str(call): fault
        for i, call in enumerate(drawn())
        if i % 4 == part and (fault := call.fault(np.inf))
    }
    assert not faults, faults


def test_exceptions_are_of_targets_that_exist():
    names = {target.name for target in public_walk.targets()}
    for pattern, parameter, reason in public_fuzz.EXCEPTIONS:
        assert reason.endswith(".")
        known = [n for n in names if public_fuzz.matches(n, pattern)]
        assert known, pattern
        assert parameter == "*" or any(
            p.name == parameter for t in public_walk.targets() if t.name in known for p in t.parameters
        ), (pattern, parameter)


MASKED = np.ma.array([0.25, 0.75], mask=[False, True])


@pytest.mark.parametrize(
    "call",
    [
        lambda: BATH.power_spectrum(MASKED),
        lambda: BATH.correlation(MASKED),
        lambda: rf.FlatBath(0.3).power_spectrum(MASKED),
        lambda: rf.Redfield(SYSTEM).evolve(np.ma.array(MIXED, mask=np.eye(2, dtype=bool)), [0.0, 1.0]),
        lambda: rf.Redfield(SYSTEM).evolve([1.0, 0.0], MASKED),
        lambda: rf.System(np.ma.array(Z, mask=Z > 0), [X], BATH),
        lambda: rf.OhmicBath.batch(MASKED, 5.0, 1.0),
        lambda: rf.trace_norm(np.ma.array(Z, mask=Z > 0)),
        lambda: rf.SiteProjectors(2, weights=MASKED),
        lambda: rf.trace_norm([MASKED, MASKED]),
    ],
)
def test_masked_entries_are_refused_and_unmasked_arrays_are_not(call):
    with pytest.raises(ValueError, match="masked"):
        call()
    assert BATH.power_spectrum(np.ma.array([0.25, 0.75])).shape == (2,)


@pytest.mark.parametrize(
    "w", [0.3 + 1j, [0.3, 0.2j], "0.3", None, np.nan, [0.1, np.inf], [True], b"1", ["1"], object()]
)
@pytest.mark.parametrize("name", ["power_spectrum", "lamb_shift", "one_sided", "correlation"])
def test_what_is_no_frequency_or_time_is_refused_by_every_bath(w, name):
    for bath in (
        BATH,
        rf.DrudeBath(0.3, 2.0, 1.5),
        rf.LorentzianBath(0.2, 1.0, 0.4),
        rf.OneOverFBath(0.1, 0.1, 3.0),
    ):
        with pytest.raises((TypeError, ValueError), match=r"\b[wt](\[\d\])? (must|is not)"):
            getattr(bath, name)(w)


@pytest.mark.parametrize("call", ["power_spectrum", "one_sided"])
def test_imaginary_parts_of_a_spectrum_are_refused(call):
    for bath in (
        rf.SpectrumBath(lambda w: 0.1 * np.exp(-(w**2)) * (1 + 0.5j)),
        rf.SpectralDensityBath(lambda w: w * np.exp(-w) * (1 - 1e-3j), 2.0),
    ):
        with pytest.raises(ValueError, match="real"):
            getattr(bath, call)(0.7)
    assert rf.SpectrumBath(lambda w: np.exp(-(w**2)) + 0j).power_spectrum(0.0) == 1.0


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("reservoir", lambda: rf.Davies(SYSTEM).of_reservoir(object())),
        ("beta", lambda: rf.BathMatrix(public_values.flat_matrix, beta="x")),
        ("mu", lambda: rf.diagnose(SYSTEM, mu="1")),
        ("periodic", lambda: rf.models.chain(5, periodic="no")),
        ("periodic", lambda: rf.models.lattice([3], [(1.0, 0, 0, [1])], periodic=["yes"])),
        ("progress", lambda: rf.Redfield(SYSTEM).evolve([1.0, 0.0], [0.0, 1.0], progress="yes")),
        ("progress", lambda: rf.Redfield(SYSTEM).steady_state(progress=1)),
        ("states", lambda: rf.Redfield(SYSTEM).solver.margins([[[np.nan, 0.0], [0.0, 1.0]]])),
        ("rho", lambda: rf.Redfield(SYSTEM).solver.entropy_rate([[np.nan, 0.0], [0.0, 1.0]], Z)),
        ("h", lambda: rf.quadratic.hopping_distance([[0.0, np.nan], [np.nan, 0.0]])),
        ("h", lambda: rf.quadratic.group_velocity([[0.0, np.inf], [np.inf, 0.0]])),
        ("jumps", lambda: rf.Lindblad(Z, jumps=[np.eye(3)])),
        ("jumps", lambda: rf.Lindblad([Z, (X, np.cos)], [np.eye(3)])),
        ("jumps", lambda: rf.Lindblad([Z, (X, np.cos)], [[[np.nan, 0], [0, 1]]], period=2 * np.pi)),
        (
            "seed",
            lambda: made(rf.Lindblad).trajectories([1, 0], [0.0, 1.0], seed=[3]),
        ),
        ("a", lambda: rf.analysis.steady_state_distance(BATH, rf.Redfield(SYSTEM))),
        ("system", lambda: rf.quadratic.QuasilocalFlow(SYSTEM, 1)),
        ("system", lambda: rf.quadratic.locality_profile(rf.Redfield(SYSTEM))),
        ("system", lambda: rf.quadratic.truncation_errors("h", 2)),
        ("e_ops", lambda: made(rf.Redfield).evolve([1, 0], [0.0, 1.0], qutip.Qobj(np.eye(3)))),
        ("hamiltonian", lambda: rf.models.tv_fermions(4, 2, interaction=np.inf)),
        ("anisotropy", lambda: rf.models.xxz(3, anisotropy=np.nan)),
    ],
)
def test_what_was_accepted_without_a_word_is_refused_by_name(name, call):
    with pytest.raises((TypeError, ValueError), match=rf"\b{name}\b" if name != "hamiltonian" else "."):
        call()


def test_lists_sparse_matrices_and_qobj_are_states_of_margins_and_entropy_rates():
    equation = rf.Redfield(SYSTEM)
    want = equation.solver.margins(np.array([MIXED, 2 * MIXED]))
    for turn in (np.ndarray.tolist, scipy.sparse.csr_array, qutip.Qobj, np.asfortranarray):
        assert np.allclose(equation.solver.margins([turn(MIXED), turn(2 * MIXED)]), want)
        assert equation.solver.entropy_rate(turn(MIXED), turn(0.1 * Z)) == pytest.approx(
            -0.1 * np.log(7 / 3)
        )


def test_a_bath_of_arrays_alone_says_what_it_is():
    many = rf.OhmicBath.batch(np.array([0.1, 0.2, 0.4]), 5.0, 1.0)
    for call in (
        lambda: many.power_spectrum(1.0),
        lambda: many.correlation(0.3),
        lambda: many.memory_time,
    ):
        with pytest.raises(AttributeError, match="3 baths"):
            call()
    with pytest.raises(TypeError, match="baths"):
        rf.System(Z, [X], many)
    assert many[2].power_spectrum(1.0) == rf.OhmicBath(0.4, 5.0, 1.0).power_spectrum(1.0)


def test_other_forms_of_numbers_are_taken():
    equation, t = rf.Redfield(SYSTEM), np.array([0.0, 0.25, 1.5])
    want = equation.evolve([1.0, 0.0], t, [Z]).expect[0]
    for turn in (list, tuple, np.float32, np.ma.array, lambda a: a[::-1][::-1], lambda a: a + 0j):
        assert np.allclose(equation.evolve(turn(np.array([1.0, 0.0])), turn(t), [Z]).expect[0], want)
    assert (
        BATH.power_spectrum(np.array(0.5))
        == BATH.power_spectrum(np.float64(0.5))
        == BATH.power_spectrum(0.5)
    )
    assert rf.OhmicBath(np.array(0.1), np.int64(5), np.float32(1.0)) == rf.OhmicBath(0.1, 5.0, 1.0)
    assert rf.Redfield(SYSTEM, lamb_shift=np.bool_(False)).lamb_shift is False


def test_a_checked_function_is_documented_pickled_and_quick():
    assert str(inspect.signature(rf.trace_norm)) == "(a: 'Operator') -> 'Any'"
    assert rf.trace_norm.__doc__
    assert pickle.loads(pickle.dumps(rf.trace_norm)) is rf.trace_norm

    def plain(a: int, b: float, lamb_shift: bool = True) -> float:
        return a * b

    twice = checked(plain)
    assert twice(2, np.float32(0.5), lamb_shift=np.bool_(True)) == 1.0
    with pytest.raises(TypeError, match=r"\bc\b"):
        twice(1, 2.0, c=3)
    with pytest.raises(TypeError, match="positional"):
        twice(1, 2.0, True, 4)


def test_a_class_written_outside_keeps_its_own_arguments():
    class Own(rf.Bath):
        def __init__(self, beta):
            self.beta = beta

        def power_spectrum(self, w):
            return np.ones(np.shape(w))

        def scaled(self, factor, progress=None):
            return factor, progress

    assert Own("anything").scaled(None, "yes") == (None, "yes")
    # What a bath is asked for is checked of any bath.
    with pytest.raises(TypeError, match=r"\bw\b"):
        Own(1.0).power_spectrum(None)
    with pytest.raises(TypeError, match=r"\bw\b"):
        Own(1.0).one_sided("x")


def test_warnings_point_at_the_line_of_the_user():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        rf.Redfield(SYSTEM).evolve(2.0 * MIXED, [0.0, 1.0])
        made(rf.Redfield)
    assert [w.filename for w in told if "trace" in str(w.message)] == [__file__]


def test_the_fuzzer_tells_faults():
    target = public_walk.Target("redfield.broken", "redfield", lambda w: np.sqrt(np.asarray(w)))
    for value in ("-1", "object", "nan"):
        assert public_fuzz.Call(target, "w", value).fault()
    start = time.process_time()
    assert public_fuzz.Call(target, "w", "2").fault() == ""
    assert time.process_time() - start < public_fuzz.SECONDS
