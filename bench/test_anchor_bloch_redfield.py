"""Bloch–Redfield models whose time and memory people write about, by the same program with another import.

https://github.com/qutip/qutip/issues/2530 tells of 30 s in QuTiP 4.7 that became 15 minutes in 5.0, /845 of a node of
500 GB that is full at 111 levels. Their programs are not in the threads: the model is one oscillator, as of /336."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROGRAM = """
import json, sys, time
import numpy as np, qutip
sys.path.insert(0, {bench!r})
from harness import peak_kilobytes
from {module} import brmesolve
levels, calls = {levels}, {calls}
a = qutip.destroy(levels)
h = a.dag() * a + 0.01 * a.dag() ** 2 * a ** 2
environment = qutip.OhmicEnvironment(T=0.5, alpha=0.01, wc=10.0, s=1.0)
psi, times = qutip.basis(levels, levels // 2), np.linspace(0.0, 20.0, 41)
seconds = []
for _ in range(calls):
    began = time.perf_counter()
    a_ops = [(a + a.dag(), environment)]
    answer = brmesolve(h, psi, times, a_ops=a_ops, e_ops=[a.dag() * a], sec_cutoff={cutoff}).expect[0]
    seconds.append(time.perf_counter() - began)
print(json.dumps([min(seconds), peak_kilobytes() * 1024 / 1e9, np.real(answer).tolist()]))
"""


def run(module, levels, cutoff, calls=1):
    program = PROGRAM.format(
        bench=str(Path(__file__).parent), module=module, levels=levels, cutoff=cutoff, calls=calls
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True)
    seconds, gigabytes, answer = json.loads(done.stdout.splitlines()[-1])
    return seconds, gigabytes, np.array(answer)


@pytest.mark.parametrize(
    ("levels", "cutoff", "required"),
    [(20, -1, 5.0), (40, -1, 20.0), (40, 0.1, 20.0)],
    ids=["20", "40", "40 with a cutoff"],
)
def test_bloch_redfield_oscillator(record, levels, cutoff, required):
    """Both imports, with QuTiP's default cutoff and without one."""
    mine, gigabytes, ours = run("redfield.qutip", levels, cutoff, calls=3)
    other, theirs_gigabytes, theirs = run("qutip", levels, cutoff)
    difference = float(np.abs(ours - theirs).max() / np.abs(theirs).max())
    record(seconds=mine, peer_seconds=other, times_faster=other / mine, required=required,
           gigabytes=gigabytes, peer_gigabytes=theirs_gigabytes, difference=difference)  # fmt: skip
    assert difference < 1e-4
    assert other / mine >= required


def test_bloch_redfield_of_111_levels(record):
    """Seconds and less than a gigabyte; QuTiP's time and memory at 30 and 50 levels tell what 111 would take it."""
    mine, gigabytes, _ = run("redfield.qutip", 111, -1, calls=2)
    small, big = (run("qutip", n, -1) for n in (30, 50))
    for n, other in ((30, small), (50, big)):
        ours = run("redfield.qutip", n, -1)[2]
        assert np.abs(ours - other[2]).max() < 1e-4 * np.abs(ours).max()
    time_power, memory_power = (np.log(big[i] / small[i]) / np.log(50 / 30) for i in (0, 1))
    # The memory of interpreter and libraries does not grow.
    alone = run("qutip", 4, -1)[1]
    grown = (big[1] - alone) * (111 / 50) ** 4
    record(seconds=mine, required_seconds=5.0, peak_gigabytes=gigabytes, required_gigabytes=1.0,
           peer_seconds_extrapolated=big[0] * (111 / 50) ** time_power, peer_gigabytes_extrapolated=alone + grown,
           peer_seconds_50=big[0], peer_gigabytes_50=big[1], power=float(time_power),
           power_of_memory=float(memory_power))  # fmt: skip
    assert mine <= 5.0
    assert gigabytes <= 1.0
