"""What is the same in every call: seeds, progress, notebooks, and errors that name what is meant."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
import qutip
import rich.console

import redfield as rf
from redfield._base.progress import progress_callback
from redfield.qutip import bloch_redfield_tensor, brmesolve, correlation_2op_1t

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=2.0)
QUBIT = rf.System(0.5 * Z, [X], BATH)
DAVIES = rf.Davies(QUBIT)
SX, SZ = qutip.sigmax(), qutip.sigmaz()


def jumps(seed):
    return DAVIES.trajectories([1.0, 0.0], [0.0, 5.0], [Z], samples=8, seed=seed).expect[0][1]


def sampled(seed):
    return rf.sweep(lambda x, rng: {"y": rng.random()}, {"x": [1.0]}, seed=seed).y.item()


def telegraph(seed):
    noise = rf.Fluctuator(Z, 0.2, 1.0)
    start = np.ones(2) / np.sqrt(2.0)
    still = rf.Lindblad(0.0 * Z, [0.0 * Z])
    return rf.average(still, [noise], start, [0.0, 1.0], [X], samples=2, seed=seed).expect[0][1]


def switched(seed):
    return rf.Fluctuator(Z, 1.0, 3.0).course(0.0, 10.0, seed).jumps.sum()


@pytest.mark.parametrize("draw", [jumps, sampled, telegraph, switched])
def test_seeds_are_integers_sequences_or_generators(draw):
    sequence, generator = np.random.SeedSequence(5), np.random.default_rng(5)
    assert draw(3) == draw(np.int64(3)) != draw(4)
    assert draw(sequence) == draw(np.random.SeedSequence(5)) != draw(np.random.SeedSequence(6))
    first = draw(generator)
    assert first == draw(np.random.default_rng(5))
    assert first != draw(generator)  # it goes on
    for bad in (None, "3", 1.5, -1):
        with pytest.raises((TypeError, ValueError), match=r"\b(seed|rng)\b"):
            draw(bad)


def test_progress_is_lines_on_standard_error_where_no_one_watches(capsys):
    DAVIES.evolve([1.0, 0.0], [0.0, 1.0], method="dopri5", progress=True)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines()[0] == "evolving: 0%"
    assert told.err.splitlines()[-1] == "evolving: 100%"


def test_progress_in_a_notebook_is_a_bar_of_text_without_warnings(capsys, monkeypatch):
    monkeypatch.setattr(rich.console, "_is_jupyter", lambda: True)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)  # Rich's widget would warn that it is missing
    with progress_callback(True, "evolving") as report:
        report(0.5)
    told = capsys.readouterr()
    assert told.out == ""
    assert "━" in told.err
    assert "evolving: 100%" in told.err


def test_each_plot_of_a_notebook_is_shown(tmp_path):
    # As matplotlib's inline backend does: it turns "interactive" on when the first figure loads it.
    (tmp_path / "like_inline.py").write_text(
        "import matplotlib\n"
        "from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas\n"
        "matplotlib.interactive(True)\n"
    )
    script = (
        "import matplotlib\n"
        "from redfield.draw import pictured\n"
        "plot = pictured()(lambda self, axes: axes.plot([0, 1]))\n"
        "for _ in range(2):\n"
        "    axes = plot(None)\n"
        "    assert matplotlib.is_interactive()\n"
        "assert axes.lines[0].get_color() == '#0072B2'\n"
        "assert not matplotlib.rcParams['axes.grid']\n"
    )
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    told = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": path, "MPLBACKEND": "module://like_inline"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr


def test_notebooks_tell_the_size_couplings_baths_and_options():
    for shown in (QUBIT._repr_html_(), rf.Redfield(QUBIT, lamb_shift=False)._repr_html_()):
        for row in ("<th>N</th><td>2</td>", "<th>couplings</th><td>1: (", "OhmicBath(strength=0.04"):
            assert row in shown
    assert "<th>lamb_shift</th><td>False</td>" in rf.Redfield(QUBIT, lamb_shift=False)._repr_html_()
    batch = rf.Davies(rf.SystemBatch([Z, 2 * Z, 3 * Z], [X], BATH))._repr_html_()
    assert "<th>members</th><td>3</td>" in batch
    assert "<th>N</th><td>2</td>" in rf.Lindblad(Z, [X])._repr_html_()
    periodic = rf.PeriodicSystem([Z, (X, np.cos)], 2 * np.pi, [X], BATH, tol=1e-7)
    told = rf.Redfield(periodic)._repr_html_()
    assert "<th>tol</th><td>1e-07</td>" in told
    assert "<th>tol of the equation</th>" in told


def constant(w):
    return 0.1


PAIR = [(SX, constant)]
START = qutip.basis(2, 0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rf.DrivenSystem([Z, (X, lambda t, args: 1.0)], [X], BATH), r"\[1\]\[1\] .*qutip\.coefficient"),
        (lambda: rf.DrivenSystem([Z, [X, "sin(t)"]], [X], BATH), r"'sin\(t\)'.*redfield\.qutip"),
        (lambda: rf.DrivenSystem([Z, [X, np.ones(3)]], [X], BATH), r"Spline\(times, samples\)"),
        (lambda: rf.DrivenSystem(lambda t, args: Z, [X], BATH), r"hamiltonian must be a function of t alone"),
        (lambda: rf.Lindblad([Z, (X, "sin(t)")], [X]), r"'sin\(t\)'"),
        (lambda: rf.System([Z, (X, np.cos)], [X], BATH), "depends on time.*DrivenSystem"),
        (lambda: rf.System(qutip.liouvillian(SZ), [X], BATH), "superoperator"),
        (lambda: rf.Redfield(QUBIT).trajectories([1, 0], [0, 1]), "Davies, .* have no negative rates, and have traj"),
        (lambda: DAVIES.trajectories([1, 0], [0, 1], ntraj=10), r"'ntraj'; is 'samples' meant"),
        (lambda: DAVIES.evolve([1, 0], [0, 1], e_op=[Z]), r"'e_op'; is 'e_ops' meant"),
        (lambda: rf.System(H=Z, couplings=[X], baths=BATH), r"System\(\) .*'H'; is 'hamiltonian' meant"),
        (lambda: rf.trace_norm(Z, what=1), r"'what'; it has"),
        (lambda: brmesolve(SZ, START, [0, 1], [SX]), r"a_ops\[0\] is an operator without its spectrum"),
        (lambda: bloch_redfield_tensor(SZ, [SX, SZ]), r"a_ops\[0\] is an operator without its spectrum"),
        (lambda: brmesolve(SZ, START, [0, 1], PAIR, [SZ]), "sec_cutoff .*e_ops=… and c_ops=… by their names"),
        (lambda: brmesolve(SZ, START, [0, 1], PAIR, [SZ], []), "sec_cutoff .*QuTiP 4"),
        (lambda: correlation_2op_1t(SZ, None, [0, 1], PAIR, SX, SX), "c_ops must be operators, .* a_ops"),
        (lambda: brmesolve(SZ, START, [5.0, 7.0, 6.0], PAIR), r"tlist\[2\] = 6 follows 7"),
        (lambda: correlation_2op_1t(SZ, None, [5.0, 7.0, 6.0], [SX], SX, SX), r"taulist\[2\] = 6 follows 7"),
    ],
)  # fmt: skip
def test_errors_name_what_is_meant(call, words):
    with pytest.raises((TypeError, ValueError), match=f"(?s){words}"):
        call()


def test_one_pair_may_stand_alone_as_before():
    alone = bloch_redfield_tensor(SZ, [SX, constant])[0]
    assert isinstance(alone, qutip.Qobj)
    assert np.array_equal(alone.full(), bloch_redfield_tensor(SZ, PAIR)[0].full())
