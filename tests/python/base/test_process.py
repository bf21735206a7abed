"""Threads, forks, other processes and other processors."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

import redfield as rf
from redfield import _core

BATH = rf.OhmicBath(0.04, 10.0, 5.0)


def script(code, timeout=120, **environment):
    """The output of a process of its own."""
    import os

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_a_child_of_a_process_that_had_used_all_cores_works():
    code = """
import multiprocessing as mp, warnings
import numpy as np, redfield as rf
warnings.simplefilter("ignore")
system = rf.System(rf.models.dirac_syk2(128, seed=1), rf.SiteProjectors(128), rf.OhmicBath(0.04, 10.0, 5.0))
equation = rf.Redfield(system)
x = np.eye(128) / 128
before = equation.apply(x)
def child(queue):
    queue.put(float(abs(equation.apply(x) - before).max()))
    queue.put(float(abs(rf.Redfield(system).evolve(x, [0.0, 1.0]).final_state.trace() - 1.0)))
context = mp.get_context("fork")
queue = context.Queue()
process = context.Process(target=child, args=(queue,))
process.start()
print(max(queue.get(timeout=60), queue.get(timeout=60)) < 1e-12)
process.join(60)
print(process.exitcode, float(abs(equation.apply(x) - before).max()) < 1e-14)
"""
    assert script(code).split() == ["True", "0", "True"]


def final_state(equation):
    return equation.evolve(np.eye(8)[0], [0.0, 5.0]).final_state


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_equations_cross_process_borders(method):
    system = rf.System(rf.models.dirac_syk2(8, seed=1), rf.SiteProjectors(8), BATH)
    equations = [
        rf.Redfield(system),
        rf.Davies(system),
        rf.UniversalLindblad(system),
        rf.CoarseGrained(system, 3.0),
    ]
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of fork in a process with threads
        with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
            there = list(pool.map(final_state, equations))
    for equation, state in zip(equations, there, strict=True):
        assert np.abs(state - final_state(equation)).max() < 1e-14


@pytest.mark.parametrize("n", [4, 130])
def test_eight_threads_on_one_equation_get_the_serial_answer(n):
    system = rf.System(rf.models.dirac_syk2(n, seed=1), rf.SiteProjectors(n), BATH)
    for equation in (
        rf.Redfield(system),
        rf.Davies(system),
        rf.GeometricArithmetic(rf.System(rf.models.dirac_syk2(4, seed=1), rf.SiteProjectors(4), BATH)),
    ):
        size = equation.system.dimension
        rng = np.random.default_rng(0)
        states = [np.diag(p / p.sum()) for p in rng.uniform(size=(16, size))]
        serial = [(equation.apply(x), equation.evolve(x, [0.0, 0.5]).final_state) for x in states]
        with ThreadPoolExecutor(8) as pool:
            found = list(
                pool.map(lambda x, e=equation: (e.apply(x), e.evolve(x, [0.0, 0.5]).final_state), states)
            )
        for (a, b), (c, d) in zip(serial, found, strict=True):
            assert np.abs(a - c).max() < 1e-13
            assert np.abs(b - d).max() < 1e-12


def test_one_driven_equation_from_many_threads():
    bath = rf.ParticleBath(lambda w: np.exp(-(w**2) / 8), beta=1.0)
    sweep = rf.QuadraticSystem(
        lambda t: np.array([[t - 5.0, 0.1], [0.1, 5.0 - t]]) / 2, coupling=0.3, bath=bath
    )
    for equation in (rf.Davies(sweep), rf.Redfield(sweep, history="stationary")):
        times = [[0.0, 1.0 + 0.5 * k] for k in range(4)]
        serial = [equation.evolve([1.0, 0.0], t).final_covariance for t in times]
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda t, e=equation: e.evolve([1.0, 0.0], t).final_covariance, times))
        assert all(np.array_equal(a, b) for a, b in zip(serial, found, strict=True))


def test_one_bath_from_many_threads():
    w = np.linspace(-3.0, 3.0, 50)
    for _ in range(5):
        bath = rf.OhmicBath(0.1, 3.0, 2.0, exponent=0.5, cutoff_function="gaussian")
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(bath.lamb_shift, [w] * 16))
        assert all(np.array_equal(found[0], each) for each in found)


def test_teams_and_callers_share_the_cores():
    """Threads of the process at work, seen from outside, while eight callers ask for all cores."""
    code = """
import os, threading, time
import numpy as np, redfield as rf
system = rf.System(rf.models.dirac_syk2(220, scale=30.0, seed=1), rf.SiteProjectors(220), rf.OhmicBath(0.04, 10.0, 5.0))
equation = rf.Redfield(system, False)
from threadpoolctl import threadpool_limits
threadpool_limits(1, user_api="blas")
stop = rf.StopFlag()
def work():
    try:
        equation.evolve(np.eye(220)[0], [0.0, 1e4], method="chebyshev", stop=stop, threads=8)
    except rf.Interrupted:
        pass
threads = [threading.Thread(target=work) for _ in range(8)]
for t in threads: t.start()
time.sleep(0.5)
def running():
    count = 0
    for task in os.listdir("/proc/self/task"):
        try:
            state = open(f"/proc/self/task/{task}/stat").read().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        count += state == "R"
    return count
most = max(running() for _ in range(100))
stop.set()
for t in threads: t.join()
print(most)
"""
    if not sys.platform.startswith("linux"):
        pytest.skip("reads /proc")
    # Eight callers of which none opens a team, and the thread that counts.
    assert int(script(code)) <= max(8, _core.cores()) + 1


def test_the_cores_are_those_the_process_may_use():
    import os

    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("needs processor affinity")
    one = sorted(os.sched_getaffinity(0))[0]
    code = (
        f"import os; os.sched_setaffinity(0, {{{one}}})\nfrom redfield import _core; print(_core.cores())"
    )
    assert script(code) == "1"
    assert _core.cores() <= len(os.sched_getaffinity(0))


def levels():
    """The levels of this build: all of a wheel, one where it was built for this machine alone."""
    found = []
    for level in "234":
        try:
            script("import redfield", REDFIELD_CPU_LEVEL=level)
            found.append(level)
        except AssertionError:
            continue
    return found


def test_a_level_is_asked_for_by_name():
    with pytest.raises(AssertionError, match='REDFIELD_CPU_LEVEL must be 2, 3 or 4, got "9"'):
        script("import redfield", REDFIELD_CPU_LEVEL="9")


def test_every_level_of_this_build_gives_one_answer():
    code = """
import numpy as np, redfield as rf
system = rf.System(rf.models.dirac_syk2(24, seed=1), rf.SiteProjectors(24), rf.OhmicBath(0.04, 10.0, 5.0))
out = rf.Redfield(system).evolve(np.eye(24)[0], [0.0, 20.0]).final_state
print(repr(float(out[3, 5].real)), repr(float(out[0, 0].real)))
"""
    found = levels()
    assert found
    answers = [[float(x) for x in script(code, REDFIELD_CPU_LEVEL=level).split()] for level in found]
    for answer in answers:
        assert answer == pytest.approx(answers[0], abs=1e-9)


def test_a_pickle_of_the_core_is_not_needed():
    system = rf.System(rf.models.dirac_syk2(8, seed=1), rf.SiteProjectors(8), BATH)
    assert b"redfield._core" not in pickle.dumps(rf.Redfield(system))
