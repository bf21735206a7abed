"""Messages of the whole package: bad input is named with its value, and what to do is said."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse

import redfield as rf
from redfield import analysis

from reference import ShiftedBath, random_hermitian, random_state

N = 4
H = random_hermitian(N, 1)
RHO = random_state(N, 2)
TIMES = [0.0, 1.0]
X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(0.04, 10.0, 5.0)
QUBIT = rf.System([[1.0, 0.5], [0.5, -1.0]], rf.SiteProjectors(2), BATH)


def make(h=H, couplings=None, baths=None):
    couplings = rf.SiteProjectors(len(h)) if couplings is None else couplings
    return rf.System(h, couplings, ShiftedBath() if baths is None else baths)


@pytest.fixture(scope="module")
def equation():
    return rf.Redfield(make())


def test_hamiltonian_must_be_square():
    with pytest.raises(ValueError, match=r"hamiltonian must be a square matrix, got shape \(3, 4\)"):
        make(np.zeros((3, 4)), rf.SiteProjectors(3))
    with pytest.raises(ValueError, match="square"):
        make([1.0, 2.0], rf.SiteProjectors(2))
    with pytest.raises(ValueError, match="rectangular"):
        make([[1.0, 2.0], [3.0]], rf.SiteProjectors(2))


def test_hamiltonian_must_be_hermitian_and_by_how_much_it_is_not():
    with pytest.raises(ValueError, match=r"not Hermitian: max\|hamiltonian - hamiltonian†\| = 0.25"):
        make([[0.0, 1.0], [1.25, 0.0]], rf.SiteProjectors(2))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_hamiltonian_must_be_finite(bad):
    h = np.eye(3)
    h[1, 2] = bad
    with pytest.raises(ValueError, match=r"hamiltonian\[1, 2\] is not finite"):
        make(h)


def test_empty_and_absurd_hamiltonians():
    with pytest.raises(ValueError, match="hamiltonian is empty"):
        make(np.zeros((0, 0)), rf.SiteProjectors(1))
    with pytest.raises(ValueError, match=r"1e\+150"):
        make(1e200 * np.eye(2))
    with pytest.raises(TypeError, match="numeric"):
        make(np.array([["a", "b"], ["c", "d"]]), rf.SiteProjectors(2))


@pytest.mark.parametrize(
    ("rho0", "message"),
    [
        (np.eye(3) / 3, r"rho0 has shape \(3, 3\), but the system has 4 levels"),
        (np.ones(3), "rho0 is a ket of 3 entries"),
        (np.zeros((2, 3)), "rho0 must be a square matrix"),
        (np.full((4, 4), np.nan), r"rho0\[0, 0\] is not finite"),
        (np.triu(np.ones((4, 4))) / 4, "rho0 is not Hermitian"),
    ],
)
def test_initial_states(equation, rho0, message):
    with pytest.raises(ValueError, match=message):
        equation.evolve(rho0, TIMES)


def test_a_trace_other_than_one_warns_and_works(equation):
    with pytest.warns(UserWarning, match="rho0 has trace 2, not 1"):
        result = equation.evolve(2 * RHO, TIMES)
    assert np.trace(result.final_state).real == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("tlist", "message"),
    [
        ([], "tlist must be a non-empty list"),
        ([0.0, 2.0, 1.0], r"tlist\[2\] = 1 follows 2"),
        ([0.0, np.nan], r"tlist\[1\] is not finite"),
        ([[0.0, 1.0]], "non-empty list"),
    ],
)
def test_times(equation, tlist, message):
    with pytest.raises(ValueError, match=message):
        equation.evolve(RHO, tlist)
    with pytest.raises(TypeError, match="tlist must be real"):
        equation.evolve(RHO, [0.0, 1j])


@pytest.mark.parametrize("beta", [0.0, -1.0])
def test_temperature_must_be_positive(beta):
    with pytest.raises(ValueError, match="beta must be positive"):
        rf.OhmicBath(strength=1.0, cutoff=1.0, beta=beta)


def test_bath_parameters():
    with pytest.raises(ValueError, match="strength must be finite and not negative, got -1"):
        rf.OhmicBath(strength=-1.0, cutoff=1.0, beta=1.0)
    with pytest.raises(ValueError, match="cutoff must be positive"):
        rf.OhmicBath(strength=1.0, cutoff=0.0, beta=1.0)
    with pytest.raises(TypeError, match="beta must be a real number, got '1'"):
        rf.OhmicBath(strength=1.0, cutoff=1.0, beta="1")


def test_couplings():
    with pytest.raises(
        ValueError, match=r"couplings\[1\] has shape \(3, 3\), but the system has 4 levels"
    ):
        make(couplings=[np.eye(4), np.eye(3)])
    with pytest.raises(ValueError, match=r"couplings\[0\] has shape \(3, 3\)"):
        make(couplings=[scipy.sparse.eye_array(3)])
    with pytest.raises(ValueError, match="couplings are for 3 levels, but the system has 4"):
        make(couplings=rf.SiteProjectors(3))
    with pytest.raises(ValueError, match=r"couplings\[0\]\[0, 0\] is not finite"):
        make(couplings=[np.full((4, 4), np.inf)])
    with pytest.raises(TypeError, match="couplings must be SiteProjectors or a list"):
        make(couplings=3)
    with pytest.raises(ValueError, match=r"sites\[0\] = 4 is outside"):
        rf.SiteProjectors(4, sites=[4])
    with pytest.raises(ValueError, match="at least 1, got 0"):
        rf.SiteProjectors(0)
    with pytest.raises(ValueError, match="as many weights"):
        rf.SiteProjectors(4, weights=[1.0])


def test_baths_and_couplings_must_match_in_number():
    with pytest.raises(ValueError, match="3 baths for 4 couplings"):
        make(baths=[ShiftedBath()] * 3)
    with pytest.raises(TypeError, match="baths must be a Bath"):
        make(baths="ohmic")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (lambda w: -np.ones(w.shape), "is negative"),
        (lambda w: np.full(w.shape, np.nan), "not finite"),
        (lambda w: 1.0, "shape of w"),
        (lambda w: 1j * np.ones(w.shape), "real numbers"),
    ],
)
def test_a_bad_spectrum_names_bath_and_frequency(values, message):
    class Bad(rf.Bath):
        def __repr__(self):
            return "Bad()"

        def power_spectrum(self, w):
            return values(w)

    with pytest.raises(ValueError, match=rf"Bad\(\): power_spectrum.*{message}"):
        rf.Redfield(make(baths=Bad()), lamb_shift=False)


def test_a_lamb_shift_that_is_not_there_says_what_to_do():
    class NoShift(rf.Bath):
        def power_spectrum(self, w):
            return np.ones(np.shape(w))

    with pytest.raises(NotImplementedError, match=r"NoShift does not define.*lamb_shift=False"):
        rf.Redfield(make(baths=NoShift()))
    rf.Redfield(make(baths=NoShift()), lamb_shift=False)
    with pytest.raises(NotImplementedError, match="correlation"):
        NoShift().correlation(1.0)
    with pytest.raises(ValueError, match="diverges without a cutoff"):
        rf.Redfield(make(baths=rf.OhmicBath(0.1, np.inf, 1.0)))


def test_settings(equation):
    with pytest.raises(ValueError, match="method must be one of 'auto'"):
        equation.evolve(RHO, TIMES, method="rk4")
    with pytest.raises(ValueError, match="rtol must be finite and not negative, got -1"):
        equation.evolve(RHO, TIMES, rtol=-1)
    with pytest.raises(ValueError, match="both be zero"):
        equation.evolve(RHO, TIMES, rtol=0, atol=0)
    with pytest.raises(ValueError, match="threads must be at least 1, got 0"):
        equation.evolve(RHO, TIMES, threads=0)
    with pytest.raises(ValueError, match="no closed-form"):
        equation.evolve(RHO, TIMES, method="exact")
    with pytest.raises(ValueError, match=r"e_ops\[0\] has shape \(3, 3\)"):
        equation.evolve(RHO, TIMES, e_ops=[np.eye(3)])
    with pytest.raises(ValueError, match=r"rho has shape \(2, 2\)"):
        equation.apply(np.eye(2))
    with pytest.raises(ValueError, match="equations is empty"):
        rf.evolve_ensemble([], RHO, TIMES)


def test_frequencies_taken_as_equal():
    system = rf.System(np.diag([0.0, 1.0, 2.0 + 5e-14]), [np.ones((3, 3))], BATH)
    with pytest.warns(UserWarning, match="taken as equal"):
        rf.Davies(system)


def test_states_that_nothing_joins_are_counted():
    h, a = random_hermitian(6, 5), 0.3 * random_hermitian(6, 6)
    system = rf.System(np.kron(np.eye(2), h), [np.kron(np.eye(2), a)], rf.OhmicBath(0.04, 10.0, 1.0))
    with pytest.raises(rf.MultipleSteadyStates, match="4 steady states"):
        rf.Redfield(system).steady_state()
    with pytest.raises(rf.MultipleSteadyStates, match="4 steady states"):
        analysis.Counting(rf.Davies(system)).cumulants()


def test_a_file_of_another_class(tmp_path):
    rf.Redfield(QUBIT).evolve([1.0, 0.0], TIMES).save(tmp_path / "one.zarr")
    with pytest.raises(ValueError, match=r"does not hold a CovarianceResult"):
        rf.quadratic.CovarianceResult.load(tmp_path / "one.zarr")


def test_members_of_an_ensemble_that_failed_are_named():
    good = rf.Redfield(QUBIT)
    bad = rf.Redfield(rf.System(1e140 * X, rf.SiteProjectors(2), rf.FlatBath(0.1)), False)
    with pytest.raises(rf.EnsembleError, match=r"1 of 3 members failed \(indices \[1\]\)"):
        rf.evolve_ensemble([good, bad, good], [1.0, 0.0], TIMES, method="chebyshev")


def test_a_driven_equation_with_memory_asks_since_when():
    bath = rf.ParticleBath(lambda w: np.exp(-(w**2) / 8), beta=1.0)
    sweep = rf.QuadraticSystem(
        lambda t: np.array([[t - 5.0, 0.1], [0.1, 5.0 - t]]) / 2, coupling=0.3, bath=bath
    )
    remembers = rf.Redfield(sweep, history="stationary")
    with pytest.raises(ValueError, match="tlist is needed"):
        remembers.at(3.0)
    with pytest.raises(TypeError, match=r"ask equation\.at\(t, tlist\)"):
        remembers.apply(np.eye(2) / 2, 3.0)


def test_matrices_of_level_statistics():
    h = rf.models.dirac_syk2(40, seed=0)
    with pytest.raises(ValueError, match=r"spectrum\[1\] is not Hermitian"):
        analysis.level_statistics([h, np.triu(rf.models.dirac_syk2(40, seed=1))])


def test_a_bath_of_arrays_alone_says_what_it_is():
    many = rf.OhmicBath.batch(np.array([0.1, 0.2, 0.4]), 5.0, 1.0)
    for call in (
        lambda: many.power_spectrum(1.0),
        lambda: many.correlation(0.3),
        lambda: many.memory_time,
    ):
        with pytest.raises(AttributeError, match=r"3 baths, one for each member"):
            call()


def test_arguments_of_a_class_written_outside():
    class Own(rf.Bath):
        def power_spectrum(self, w):
            return np.ones(np.shape(w))

    for call in (Own().power_spectrum, lambda w: Own().one_sided("x" if w is None else w)):
        with pytest.raises(TypeError, match="w must be"):
            call(None)


def test_a_cpu_below_every_level_is_told_so():
    code = """
import sys, types
levels = sys.modules["redfield._core._levels"] = types.ModuleType("levels")
levels.cpu, levels.built = 1, "234"
import redfield
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode != 0
    assert "ImportError: this build of redfield has no code for a CPU of level x86-64-v1" in done.stderr
    assert "the lowest that it was built for is x86-64-v2" in done.stderr
