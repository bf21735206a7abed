"""QuTiP's own test modules, run with redfield's two functions in place of QuTiP's.

Tests of QuTiP's other functions (its kernels `_br_term_*`, `brterm`, `brcrossterm`, `BRSolver`) are not about these
two and are left out; where they serve as references (`brterm`), they stay QuTiP's.
"""

from __future__ import annotations

import importlib.util
import itertools
import sys
import warnings
from pathlib import Path

import pytest
import qutip

import redfield.qutip as ours

MODULES = ("solver/test_brmesolve.py", "core/test_brtools.py")
# What a test must use to be about the two functions, and the ones excluded with the defect they encode.
EXCLUDED = {
    # sec_cutoff = 0 keeps pairs with |ω − ω'| < 0, that is none: QuTiP's tensor then has no dissipator at all,
    # not even decay. redfield gives the limit of small cutoffs, Davies' equation.
    ("test_bloch_redfield_tensor", "0"),
}


def load(path):
    name = "qutip_tests_" + Path(path).stem
    spec = importlib.util.spec_from_file_location(name, Path(qutip.__file__).parent / "tests" / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def uses(function, names):
    return bool(set(function.__code__.co_names) & names)


def values_of(mark):
    """The keyword arguments each entry of a parametrize mark stands for."""
    keys = mark.args[0].replace(" ", "").split(",")
    for entry in mark.args[1]:
        wrapped = type(entry).__name__ == "ParameterSet"
        values = entry.values if wrapped else entry if len(keys) > 1 else (entry,)
        yield dict(zip(keys, values, strict=True))


def cases():
    for path in MODULES:
        module = load(path)
        module.brmesolve, module.bloch_redfield_tensor = ours.brmesolve, ours.bloch_redfield_tensor
        for name, function in vars(module).items():
            if not name.startswith("test_") or not uses(function, {"brmesolve", "bloch_redfield_tensor"}):
                continue
            marks = [m for m in getattr(function, "pytestmark", []) if m.name == "parametrize"]
            axes = [list(values_of(mark)) for mark in marks]
            for combination in itertools.product(*axes):
                arguments = {key: value for part in combination for key, value in part.items()}
                label = "-".join(getattr(v, "__name__", str(v)) for v in arguments.values())
                if any(name == n and label.split("-")[0] == first for n, first in EXCLUDED):
                    continue
                yield pytest.param(function, arguments, id=f"{name}[{label[:60]}]")


CASES = list(cases())


def test_the_modules_hold_what_they_should():
    names = {case.id.split("[")[0] for case in CASES}
    assert len(CASES) >= 40
    assert names >= {
        "test_simple_qubit_system",
        "test_time_dependence_tuples",
        "test_fermionic_environment",
        "test_bloch_redfield_tensor_time_dependence",
    }


TIGHT = {"atol": 1e-13, "rtol": 1e-11, "nsteps": 100_000}


@pytest.fixture(autouse=True)
def exact_references(monkeypatch):
    """Several of these tests compare at 1e-7 with a mesolve whose own error is 1e-6, which only the same steps
    of the same integrator would meet; so mesolve gets tight tolerances."""
    loose = qutip.mesolve
    monkeypatch.setattr(
        qutip,
        "mesolve",
        lambda *args, **kwargs: loose(
            *args, **{**kwargs, "options": {**TIGHT, **kwargs.get("options", {})}}
        ),
    )


FLOQUET = ("1", "2", "_multiple_coupling")
"""The tests of `fmmesolve`. Excluded are those of FloquetBasis, FMESolver, fsesolve and of QuTiP's own inner arrays
(_floquet_X_matrices and others), which are other functions."""


@pytest.mark.parametrize(
    "name", [*(f"testFloquetMasterEquation{n}" for n in FLOQUET), "test_fsesolve_fallback"]
)
def test_qutips_own_of_fmmesolve(name):
    module = load("solver/test_floquet.py")
    module.fmmesolve = ours.fmmesolve
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # QuTiP's own
        (getattr(module, name) if name.startswith("test_") else getattr(module.TestFloquet(), name))()


@pytest.mark.parametrize(("function", "arguments"), CASES)
def test_qutips_own(function, arguments, monkeypatch):
    if function.__name__ == "test_hamiltonian_taking_arguments":
        # It compares a constant with a time-dependent run to 1e-10 at tolerances of 1e-6; a tenth of its times are run.
        exact = {"atol": 1e-12, "rtol": 1e-12}
        monkeypatch.setitem(
            function.__globals__,
            "brmesolve",
            lambda h, psi0, times, *args, **kwargs: ours.brmesolve(
                h, psi0, times[:100], *args, **{**kwargs, "options": exact}
            ),
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # QuTiP's own
        function(**arguments)
