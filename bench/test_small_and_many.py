"""Small calls, batches and sweeps: microseconds a member, with QuTiP and dynamiqs beside them."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import numpy as np
import pytest
import scipy.linalg

import redfield as rf

from harness import alternate

TIMES = np.linspace(0.0, 20.0, 41)


def random_hermitian(n, seed, size=None):
    rng = np.random.default_rng(seed)
    shape = (n, n) if size is None else (size, n, n)
    a = rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
    return a + a.conj().swapaxes(-1, -2)


def best(call, rounds=5):
    return alternate(call, lambda: None, rounds=rounds)[0]


@pytest.mark.parametrize("n", [2, 4, 8, 16, 32])
def test_small_calls(record, n):
    """System and Redfield with a Lamb shift, 41 outputs, the steady state; on one thread."""
    h = random_hermitian(n, 1) / np.sqrt(n)
    bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)

    def build():
        return rf.Redfield(rf.System(h, rf.SiteProjectors(n), bath))

    equation = build()
    start, op = np.eye(n)[0], [np.diag(np.arange(n))]
    exact = equation.evolve(start, TIMES, op, method="dopri5", rtol=1e-10, atol=1e-12).expect[0]
    assert np.abs(equation.evolve(start, TIMES, op).expect[0] - exact).max() < 1e-6 * n
    steady = equation.steady_state()
    assert np.abs(equation.apply(steady.state)).max() < 1e-9
    rounds = 200 if n < 16 else 20
    record(
        build_us=1e6 * best(build, rounds),
        evolve_us=1e6 * best(lambda: equation.evolve(start, TIMES, op, threads=1), rounds),
        steady_us=1e6 * best(lambda: equation.steady_state(threads=1), rounds),
    )
    required = {4: 40e-6, 32: 1.5e-3}
    if n in required:
        assert best(lambda: equation.steady_state(threads=1), rounds) <= required[n]


@pytest.mark.parametrize("spins", [2, 3, 4])
def test_ising_of_few_spins_against_qutip(record, spins):
    """The chain that QuantumToolbox.jl, QuTiP and dynamiqs publish, building included; at no larger an error."""
    import qutip

    z, x, lower = (
        np.diag([1.0, -1.0]),
        np.array([[0.0, 1.0], [1.0, 0.0]]),
        np.array([[0.0, 0.0], [1.0, 0.0]]),
    )

    def site(o, j):
        return np.kron(np.kron(np.eye(2**j), o), np.eye(2 ** (spins - 1 - j)))

    h = sum(50.0 * site(z, j) for j in range(spins))
    h = h + sum(25.0 * site(x, j) @ site(x, j + 1) for j in range(spins - 1))
    jumps, op = [site(lower, j) for j in range(spins)], site(z, spins - 1)
    up, times = np.eye(2**spins)[0], np.linspace(0.0, 10.0, 100)
    given = qutip.Qobj(h).to("csr"), [qutip.Qobj(j).to("csr") for j in jumps], qutip.Qobj(op).to("csr")

    def ours():
        return rf.Lindblad(h, jumps).evolve(up, times, op, threads=1).expect[0]

    def theirs():
        hamiltonian, c_ops, e_op = given
        return qutip.mesolve(
            hamiltonian, qutip.basis(2**spins, 0), times, c_ops=c_ops, e_ops=[e_op]
        ).expect[0]

    exact = rf.Lindblad(h, jumps).evolve(up, times, op, method="dopri5", rtol=1e-11, atol=1e-13).expect[0]
    errors = [float(np.abs(solve() - exact).max()) for solve in (ours, theirs)]
    assert errors[0] <= errors[1]
    mine, slow = alternate(ours, theirs, rounds=10)
    mine = min(mine, *alternate(ours, ours, rounds=20))  # as warm as the tens of milliseconds beside it
    record(
        ours_ms=1e3 * mine, qutip_ms=1e3 * slow, times_faster=slow / mine, required=30.0,
        our_error=errors[0], qutip_error=errors[1],
    )  # fmt: skip
    assert slow / mine >= 30.0


def test_import(record):
    """CPU seconds of a process that imports the package from bytecode, NumPy and Python included."""
    taken = {}
    for name in ("numpy", "redfield"):
        children = []
        for _ in range(7):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-c", f"import {name}"], check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            children.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        taken[name] = min(children)
    record(cpu_s=taken["redfield"], numpy_cpu_s=taken["numpy"], goal=0.2)
    assert taken["redfield"] <= 0.3


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7, 8, 12, 16, 32, 64])
def test_auto_takes_the_quickest_steady_state(record, n):
    h, a = random_hermitian(n, 1) / np.sqrt(n), random_hermitian(n, 2) / np.sqrt(n)
    equation = rf.Redfield(rf.System(h, [a], rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)))
    states = {m: equation.steady_state(method=m).state for m in ("auto", "iterative")}
    assert np.abs(states["auto"] - states["iterative"]).max() < 1e-8
    rounds = 100 if n < 16 else 5
    seconds = {
        method: best(lambda m=method: equation.steady_state(method=m, threads=1), rounds)
        for method in (("auto", "iterative", "direct") if n <= 32 else ("auto", "iterative"))
    }
    record(**{f"{method}_us": 1e6 * s for method, s in seconds.items()})
    assert seconds["auto"] <= 1.3 * min(seconds.values())


def parameters(size, n=4, real=False):
    """Hamiltonians, a coupling, strengths and temperatures."""
    rng = np.random.default_rng(3)
    h, a = random_hermitian(n, 4, size) / 2.0, random_hermitian(n, 5)
    some = h.real if real else h, [a.real if real else a]
    return *some, rng.uniform(0.01, 0.1, size), rng.uniform(0.3, 3.0, size)


def batch_of(hamiltonians, couplings, strength, beta):
    bath = rf.OhmicBath.batch(strength=strength, cutoff=10.0, beta=beta)
    return rf.SystemBatch(hamiltonians, couplings, bath)


def test_batches(record):
    """10⁴ members of four levels, Lamb shift on, building included."""
    size, op = 10_000, [np.diag(np.arange(4.0))]
    given = parameters(size)
    batch = batch_of(*given)
    steady = rf.Redfield(batch).steady_state()
    evolved = rf.Redfield(batch).evolve(np.eye(4)[0], TIMES, op)
    for i in range(0, size, 997):
        equation = rf.Redfield(batch[i])
        assert np.abs(steady.state[i] - equation.steady_state(method="iterative").state).max() < 1e-9
        exact = equation.evolve(np.eye(4)[0], TIMES, op, method="dopri5", rtol=1e-9, atol=1e-12)
        assert np.abs(evolved.expect[0][i] - exact.expect[0]).max() < 1e-6

    def steady_states(threads):
        return lambda: rf.Redfield(batch_of(*given)).steady_state(threads=threads)

    def evolutions(threads):
        return lambda: rf.Redfield(batch_of(*given)).evolve(np.eye(4)[0], TIMES, op, threads=threads)

    steady_1, steady_2 = alternate(steady_states(1), steady_states(2))
    evolve_1, evolve_2 = alternate(evolutions(1), evolutions(2))
    record(
        steady_us=1e6 * steady_1 / size, steady_required=15.0, steady_two_threads=steady_1 / steady_2,
        evolve_us=1e6 * evolve_1 / size, evolve_required=25.0, evolve_two_threads=evolve_1 / evolve_2,
        two_threads_required=1.9,
    )  # fmt: skip
    assert steady_1 / size <= 15e-6
    assert evolve_1 / size <= 25e-6
    assert steady_1 / steady_2 >= 1.9
    assert evolve_1 / evolve_2 >= 1.9


def spectrum_of(bath):
    """QuTiP takes a second argument for something of its own."""
    return lambda w: float(bath.power_spectrum(w))


def test_batch_against_qutip_in_a_loop(record):
    """The same physics: QuTiP has no Lamb shift, and is wrong for complex couplings."""
    import qutip

    size = 10
    batch, op = batch_of(*parameters(size, real=True)), np.diag(np.arange(4.0))
    a = qutip.Qobj(batch.couplings[0])

    def theirs():
        curves, states = [], []
        for i in range(size):
            bath = batch.baths[0][i]
            a_ops = [[a, spectrum_of(bath)]]
            h = qutip.Qobj(batch.hamiltonians[i])
            options = {"rtol": 1e-6, "atol": 1e-9}
            solved = qutip.brmesolve(
                h,
                qutip.fock_dm(4, 0),
                TIMES,
                a_ops,
                e_ops=[qutip.Qobj(op)],
                sec_cutoff=-1,
                options=options,
            )
            curves.append(solved.expect[0])
            tensor = qutip.bloch_redfield_tensor(h, a_ops, sec_cutoff=-1, fock_basis=True)
            states.append(qutip.steadystate(tensor).full())
        return np.array(curves), np.array(states)

    def ours():
        equation = rf.Redfield(batch, lamb_shift=False)
        return (
            equation.evolve(np.eye(4)[0], TIMES, [op], threads=1).expect[0],
            equation.steady_state(threads=1).state,
        )

    for mine, other in zip(ours(), theirs(), strict=True):
        assert np.abs(mine - other).max() < 1e-4
    fast, slow = alternate(ours, theirs, rounds=3)
    record(ours_us=1e6 * fast / size, qutip_us=1e6 * slow / size, times_faster=slow / fast)
    assert slow > fast


def test_lindblad_batch_against_dynamiqs(record):
    dynamiqs = pytest.importorskip("dynamiqs", reason="dynamiqs (JAX) is not installed")
    import jax.numpy as jnp

    dynamiqs.set_precision("double")
    size = 1000
    h, lower = random_hermitian(4, 6, size), np.diag(np.sqrt(np.arange(1.0, 4.0)), 1)
    rates = np.random.default_rng(7).uniform(0.05, 0.2, size)
    jumps, op = np.sqrt(rates)[:, None, None] * lower, np.diag(np.arange(4.0))

    def theirs():
        solved = dynamiqs.mesolve(
            jnp.asarray(h), [jnp.asarray(jumps.astype(complex))], dynamiqs.basis(4, 0), TIMES,
            exp_ops=[jnp.asarray(op.astype(complex))], method=dynamiqs.method.Tsit5(rtol=1e-6, atol=1e-9),
            save_states=False, cartesian_batching=False, progress_meter=False,
        )  # fmt: skip
        return np.asarray(solved.expects)[:, 0].real

    def ours():
        return rf.Lindblad(h, [jumps]).evolve(np.eye(4)[0], TIMES, op).expect[0]

    assert np.abs(ours() - theirs()).max() < 1e-4
    e, u = ours()[0], h[0]
    generator = -1j * (np.kron(u, np.eye(4)) - np.kron(np.eye(4), u.T)) + np.kron(jumps[0], jumps[0])
    loss = jumps[0].T @ jumps[0]
    generator -= 0.5 * (np.kron(loss, np.eye(4)) + np.kron(np.eye(4), loss.T))
    state = (scipy.linalg.expm(generator * 20.0) @ np.eye(16)[0]).reshape(4, 4)
    assert e[-1] == pytest.approx(np.trace(op @ state).real, abs=1e-6)
    fast, slow = alternate(ours, theirs, rounds=2)
    record(ours_us=1e6 * fast / size, dynamiqs_us=1e6 * slow / size, times_faster=slow / fast)
    assert slow > fast


def working(seed):
    h = random_hermitian(60, seed)
    bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    equation = rf.Redfield(rf.System(h / 8.0, rf.SiteProjectors(60), bath))
    return {
        "p": equation.evolve(np.eye(60)[0], [0.0, 20.0], [np.eye(60)[:, :1] @ np.eye(60)[:1]]).expect[0]
    }


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_two_workers(record, executor):
    axes = {"seed": np.arange(160)}

    def seconds(workers):
        data = rf.sweep(working, axes, executor=executor, workers=workers, points_a_task=1)
        assert data.attrs["failed"] == 0
        return json.loads(data.attrs["runs"])[0]["seconds"], data.p.values

    (one, a), (two, b) = seconds(1), seconds(2)
    assert np.array_equal(a, b)
    record(one_s=one, two_s=two, ratio=one / two, required=1.8)
    assert one / two >= 1.8
