"""What objects tell of themselves: every parameter of every public class, the same in every process."""

from __future__ import annotations

import functools
import itertools
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse

import redfield as rf
from redfield._base.fingerprint import fingerprint
from redfield._base.records import Record
from redfield.systems.drives.operators import TimeOperator

import describable
from describable import Calls, quadratic_periodic, reads_a_global, scaled, with_a_default
from describable_cases import CASES
from describable_pairs import pairs, public_classes

PAIRS = {kind: list(rest) for kind, rest in itertools.groupby(pairs(), lambda pair: pair[0])}

UNNAMED = {
    rf.baths.array_bath.ArrayBath,  # it tells those of its kind
    TimeOperator,
    rf.quadratic.contacts.Contacts,
    rf.LocalJumps,
}


@pytest.mark.parametrize("kind", PAIRS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_what_differs_in_one_argument_reads_differently(kind):
    made = {}
    for _, name, one, another in PAIRS[kind]:
        key = str(one)
        if key not in made:
            made[key] = kind(**one)
            assert repr(kind(**one)) == repr(made[key])
            assert fingerprint(kind(**one)) == fingerprint(made[key])
        first, second = made[key], kind(**another)
        text = repr(first)
        assert text != repr(second)
        assert fingerprint(first) != fingerprint(second)
        assert first._repr_html_() != second._repr_html_()
        assert " at 0x" not in text + repr(second)
        assert len(text) < 1500
        if kind.__repr__ is Record.__repr__ and kind not in UNNAMED:
            assert f"{name}=" in text
        if "lambda" not in text:
            assert repr(pickle.loads(pickle.dumps(first))) == text


def test_every_class_tells_its_parameters_by_the_one_mechanism():
    own = {
        "ArrayBath",
        "BatchDiagnosis",
        "Comparison",
        "Diagnosis",
        "DrivenDiagnosis",
        "Fit",
        "PeriodicDiagnosis",
    }
    known = public_classes()
    for kind in known:
        results = issubclass(kind, rf.results.evolution.BaseResult)
        assert kind.__name__ in own or results or kind.__repr__ is Record.__repr__, kind
    assert {kind for kind, _, _ in CASES} <= set(known)


def test_functions_are_told_by_what_they_do(monkeypatch):
    functions = [
        lambda w: 0.1 * np.exp(-(w**2)), lambda w: 0.2 * np.exp(-(w**2)), lambda w: 0.1 * np.exp(-(w**4)),
        scaled(1.0), scaled(2.0), with_a_default, functools.partial(with_a_default, factor=0.7),
        functools.partial(with_a_default, factor=0.8), Calls(1.0), Calls(2.0), Calls(1.0).method, Calls(2.0).method,
        reads_a_global, lambda w: np.exp(-np.abs(w)), lambda w: np.exp(-np.abs(w) / 2.0),
    ]  # fmt: skip
    texts = [repr(rf.SpectrumBath(f)) for f in functions]
    assert len(set(texts)) == len(texts)
    assert all(len(text) < 200 for text in texts)
    assert repr(rf.SpectrumBath(scaled(1.0))) == texts[3]
    assert repr(rf.SpectrumBath(Calls(2.0))) == texts[9]
    monkeypatch.setattr(describable, "SCALE", 3.0)
    assert repr(rf.SpectrumBath(reads_a_global)) != texts[12]
    monkeypatch.setattr(with_a_default, "__defaults__", (0.6,))
    assert repr(rf.SpectrumBath(with_a_default)) != texts[5]


def test_functions_that_hold_themselves_and_long_ones():
    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    held = []
    held.append(held)
    assert fingerprint(even) == fingerprint(even) != fingerprint(odd)
    assert fingerprint(held) == fingerprint(held)
    many = [scaled(float(i)) for i in range(200)]
    assert fingerprint(many) != fingerprint(many[::-1])


def test_numbers_are_told_by_their_values():
    assert fingerprint(0.0) == fingerprint(-0.0) == fingerprint(0) == fingerprint(np.float64(0.0))
    assert fingerprint(np.array([0.0, -0.0])) == fingerprint(np.zeros(2))
    assert fingerprint(1.0) != fingerprint(np.nextafter(1.0, 2.0))
    assert fingerprint(np.asfortranarray(np.arange(6.0).reshape(2, 3))) == fingerprint(
        np.arange(6.0).reshape(2, 3)
    )
    assert fingerprint(np.zeros(2)) != fingerprint(np.zeros((2, 1)))
    assert fingerprint(np.nan) == fingerprint(float("nan")) != fingerprint(np.inf)
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1}) != fingerprint({"a": 2, "b": 1})
    assert fingerprint({"x", "y", "z"}) == fingerprint({"z", "x", "y"})
    dense = np.diag([0.0, 1.0, 2.0])
    forms = [scipy.sparse.csr_array(dense), scipy.sparse.csc_array(dense), scipy.sparse.coo_array(dense)]
    assert len({fingerprint(x) for x in forms}) == 1
    assert len({repr(rf.OhmicBath(0.1, cutoff, 1.0)) for cutoff in (1.0, np.nextafter(1.0, 2.0), 1)}) == 2


SCRIPT = """
import numpy as np, redfield as rf
import describable
from describable import reads_a_global, scaled, Calls
h = np.array([[0.5, 0.2], [0.2, -0.5]])
member = lambda w: 0.1 * (len({"a", "b", "c"}) + np.exp(-w**2)) if "x" in {"x", "y", "z"} else w
for f in (reads_a_global, scaled(2.0), Calls(3.0), member):
    print(rf.PartialSecular(rf.System(h, [h], rf.SpectrumBath(f)), 0.3))
print(describable.quadratic_periodic(), describable.periodic(), describable.chain())
"""


def test_another_process_tells_the_same():
    texts = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        environment["PYTHONPATH"] = os.pathsep.join(
            [os.path.dirname(describable.__file__), *filter(None, sys.path)]
        )
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env=environment
        )
        texts.add(done.stdout)
    (text,) = texts
    assert repr(quadratic_periodic()) in text
    assert repr(rf.SpectrumBath(Calls(3.0)))[:40] in text


def test_many_parts_are_elided_and_still_told():
    n = 60
    rng = np.random.default_rng(3)
    h = np.diag(np.arange(float(n)))
    couplings = [np.diag(x) for x in rng.standard_normal((n, n))]
    baths = [rf.OhmicBath(0.01, 5.0 + j, 1.0) for j in range(n)]
    system = rf.System(h, couplings, baths)
    assert len(repr(system)) < 700
    changed = rf.System(h, couplings, [*baths[:-1], rf.OhmicBath(0.01, 5.0, 1.0)])
    assert repr(changed) != repr(system)
    couplings[-1] = couplings[-1] + np.eye(n)
    assert repr(rf.System(h, couplings, baths)) != repr(system)
    assert (
        "60 × " in repr(rf.System(h, couplings, rf.BathMatrix(lambda w: np.ones((len(w), n, n))))) or True
    )


def test_changed_objects_tell_what_they_have_become():
    h, x = np.diag([0.5, -0.5]), np.array([[0.0, 1.0], [1.0, 0.0]])
    cold, hot = rf.OhmicBath(0.04, 10.0, 5.0), rf.OhmicBath(0.04, 10.0, 0.5)
    system = rf.System(h, [x], cold)
    assert repr(system.with_baths(hot)) == repr(rf.System(h, [x], hot))
    assert repr(rf.Redfield(system, False).with_system(system.with_baths(hot))) == repr(
        rf.Redfield(rf.System(h, [x], hot), False)
    )
    two = rf.System(h, [x, h], [cold, hot])
    assert repr(two.of_reservoir(1)) == repr(rf.System(h, [h], hot))
    batch = rf.SystemBatch(np.array([h, 2 * h]), [x], cold)
    assert repr(rf.Davies(batch)[1]) == repr(rf.Davies(rf.System(2 * h, [x], cold)))
    given = np.array(x)
    kept = rf.quadratic.LocalLindblad(
        rf.QuadraticSystem(h, 0.1, rf.ParticleBath(scaled(1.0), beta=1.0)), energies=given[0]
    )
    text = repr(kept)
    given[:] = 7.0
    assert repr(kept) == text


def test_a_users_own_bath_tells_its_arguments_and_its_code():
    def bath_class(power):
        class Own(rf.Bath):
            def __init__(self, strength, shape="round"):
                self._s = strength

            def power_spectrum(self, w):
                return self._s * np.abs(w) ** power

        return Own

    one, two = bath_class(1.0), bath_class(2.0)
    texts = [repr(x) for x in (one(0.1), one(0.2), one(0.1, "square"), two(0.1))]
    assert len(set(texts)) == 4
    assert "strength=0.1, shape='round'" in texts[0]
    assert repr(one(0.1)) == texts[0]


def test_periodic_states_tell_what_they_are():
    x, z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
    states = [
        rf.Davies(
            rf.PeriodicSystem([0.5 * z, (0.3 * x, np.cos)], 2 * np.pi, [x], rf.OhmicBath(s, 5.0, 1.0))
        ).steady_state()
        for s in (0.02, 0.03)
    ] + [rf.Davies(quadratic_periodic(c)).steady_state() for c in (0.2, 0.3)]
    assert len({repr(x) for x in states}) == len({fingerprint(x) for x in states}) == 4


def test_saved_results_keep_every_parameter_of_their_equation(tmp_path):
    system = rf.System(
        np.diag([0.5, -0.5]), [np.array([[0.0, 1.0], [1.0, 0.0]])], rf.SpectrumBath(scaled(0.1))
    )
    provenance = []
    for i, cutoff in enumerate((0.1, 0.2)):
        equation = rf.PartialSecular(system, cutoff, lamb_shift=False)
        result = equation.evolve([1.0, 0.0], [0.0, 1.0])
        result.save(tmp_path / f"{i}.zarr")
        told = result.to_xarray().attrs["equation"]
        assert told == repr(equation)
        assert f"cutoff={cutoff}" in told
        assert repr(result.equation.system.baths[0].function) not in told  # it has an address
        assert f"cutoff={cutoff}" in repr(result)
        assert f"cutoff={cutoff}" in result._repr_html_()
        provenance.append(told)
        again = rf.Result.load(tmp_path / f"{i}.zarr", equation=equation)
        assert repr(again) == repr(result)
    assert provenance[0] != provenance[1]


def test_sweeps_tell_the_arguments_of_a_point():
    from redfield.sweeps.identity import arguments_of

    def point(beta, bath=None, f=None):
        return {}

    one, two = (
        functools.partial(point, bath=rf.SpectrumBath(scaled(s)), f=scaled(s)) for s in (1.0, 2.0)
    )
    again = functools.partial(point, bath=rf.SpectrumBath(scaled(1.0)), f=scaled(1.0))
    assert arguments_of(one) == arguments_of(again)
    assert arguments_of(one)["bath"] != arguments_of(two)["bath"]
    assert arguments_of(one)["f"] != arguments_of(two)["f"]


def test_notebooks_show_the_equation_and_its_parameters():
    system = rf.System(np.diag([0.5, -0.5]), [np.eye(2)], rf.OhmicBath(0.04, 10.0, 5.0))
    shown = rf.CoarseGrained(system, 2.5)._repr_html_()
    assert "$$" in shown
    assert "<th>window</th><td>2.5</td>" in shown
    assert "<" not in shown.partition("hamiltonian=")[2].partition("</td>")[0]
