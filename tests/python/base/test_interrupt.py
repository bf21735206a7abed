"""Ctrl-C ends any long call within a second."""

from __future__ import annotations

import signal
import sys
import time

import pytest

from processes import child

PREAMBLE = """
import sys, time
import numpy as np
import redfield as rf
def system(n, spread):
    h = rf.models.dirac_syk2(n, scale=spread, seed=1)
    return rf.System(h, rf.SiteProjectors(n), rf.OhmicBath(0.04, 10.0, 5.0))
def run(call):
    print("ready", flush=True)
    try:
        call()
    except KeyboardInterrupt:
        print("interrupted", time.time(), flush=True)
        sys.exit(0)
    print("finished", flush=True)
"""

CALLS = {
    "chebyshev": "eq = rf.Redfield(system(300, 50.0), False)\n"
    "run(lambda: eq.evolve(np.eye(300)[0], [0.0, 1e5], method='chebyshev'))",
    "dopri5": "eq = rf.Redfield(system(300, 50.0), False)\n"
    "run(lambda: eq.evolve(np.eye(300)[0], [0.0, 1e5], method='dopri5'))",
    "exponential": "eq = rf.Redfield(system(8, 1.0), False)\n"
    "run(lambda: eq.evolve(np.eye(8)[0], np.cumsum(np.linspace(0.1, 1, 10**6)), e_ops=[np.eye(8)],"
    " method='exponential'))",
    "davies": "eq = rf.Davies(system(400, 1.0), False)\n"
    "run(lambda: eq.evolve(np.eye(400)[0], np.cumsum(np.geomspace(1, 1e6, 4000)), e_ops=[np.eye(400)]))",
    "ensemble": "eqs = [rf.Redfield(system(100, 50.0), False)] * 8\n"
    "run(lambda: rf.evolve_ensemble(eqs, np.eye(100)[0], [0.0, 1e5], method='chebyshev'))",
    "partial secular": "s = system(150, 1.0)\nrun(lambda: rf.PartialSecular(s, 0.3, max_bytes=np.inf))",
    "liouvillian": "eq = rf.Redfield(system(90, 1.0), False)\n"
    "run(lambda: [eq.liouvillian(max_bytes=np.inf) for _ in range(9)])",
    "universal": "s = system(300, 1.0)\nrun(lambda: rf.UniversalLindblad(s))",
    "dense exponential": "eq = rf.Redfield(system(40, 1.0), False)\n"
    "run(lambda: eq.evolve(np.eye(40)[0], [0.0, 300.0], method='exponential'))",
    "average": "f = rf.Fluctuator(np.diag([1.0, -1.0]), 1.0, 30.0)\n"
    "eq = rf.Lindblad(np.diag([1.0, -1.0]), [np.eye(2)])\n"
    "run(lambda: rf.average(eq, [f], [1, 0], [0.0, 300.0], samples=10**5, seed=1))",
    "steady": "eq = rf.Redfield(system(40, 1.0), False)\nrun(lambda: [eq.steady_state() for _ in range(9999)])",
    "sparse LU": "a, b = rf.operators.bosons(2, 11)\n"
    "h = 0.3 * a.T @ b.T @ b + 0.4 * (a.T @ b + b.T @ a) + a + a.T\neq = rf.Lindblad(h + h.T, [a, b])\n"
    "run(lambda: [eq.steady_state(method='direct') for _ in range(99)])",
    "periodic state": "h = rf.models.dirac_syk2(6, seed=1)\n"
    "s = rf.PeriodicSystem([h, (0.3 * h[::-1, ::-1], np.cos)], 2 * np.pi, [h], rf.OhmicBath(0.04, 10.0, 5.0))\n"
    "run(lambda: [rf.Redfield(s).steady_state() for _ in range(9999)])",
    "distance": "s = system(300, 50.0)\n"
    "run(lambda: rf.analysis.solution_distance(rf.Davies(s, False), rf.Redfield(s, False),"
    " np.eye(300)[0], [0.0, 1e5]))",
}


@pytest.mark.parametrize("name", CALLS)
def test_ctrl_c_stops_within_a_second(name):
    with child([sys.executable, "-c", PREAMBLE + CALLS[name]], text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        sent = time.time()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        assert out.startswith("interrupted"), out
        assert float(out.split()[1]) - sent < 1.0
        assert process.returncode == 0
