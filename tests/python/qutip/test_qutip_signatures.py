"""The drop-in's functions and solvers take QuTiP's arguments, by position and by name, and answer in its shapes."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

qutip = pytest.importorskip("qutip", reason="QuTiP is not installed")

import redfield.qutip as ours  # noqa: E402

SX, SZ, UP = qutip.sigmax(), qutip.sigmaz(), qutip.basis(2, 0)
H = 0.5 * SZ + 0.2 * SX
DECAY = [np.sqrt(0.1) * qutip.sigmam()]
PERIOD = 2.0 * np.pi
MORE = {"lamb_shift", "a_ops", "sec_cutoff"}
"""What the drop-in takes beside QuTiP's arguments, by name alone."""


def cold(w):
    return 0.1 * (np.asarray(w) > 0)


def parameters(function):
    return list(inspect.signature(function).parameters.values())


def pairs():
    for name in ours.__all__:
        yield pytest.param(getattr(ours, name), getattr(qutip, name), id=name)
    for solver in ("BRSolver", "FMESolver"):
        for method in ("run", "start", "step"):
            mine, theirs = (getattr(getattr(home, solver), method) for home in (ours, qutip))
            yield pytest.param(mine, theirs, id=f"{solver}.{method}")


@pytest.mark.parametrize(("mine", "theirs"), [*pairs()])
def test_signatures_are_qutips(mine, theirs):
    mine, theirs = parameters(mine), parameters(theirs)
    placed = [p.name for p in theirs if p.kind == p.POSITIONAL_OR_KEYWORD]
    assert [p.name for p in mine if p.kind == p.POSITIONAL_OR_KEYWORD] == placed
    assert {p.name for p in mine} - MORE == {p.name for p in theirs} - MORE
    usual = {p.name: p.default for p in theirs}
    for p in mine:
        if p.name in usual and p.name != "c_ops":
            assert p.default == usual[p.name], p.name


@pytest.mark.parametrize("name", ["correlation_2op_2t", "correlation_3op_2t"])
@pytest.mark.parametrize("tlist", [None, [0.0, 0.5, 1.5]])
@pytest.mark.parametrize("cut", [None, 1.7])
def test_calls_by_position_answer_as_qutips(name, tlist, cut):
    operators = [SX, SZ, SX][: 2 + ("3op" in name)]
    arguments = H, UP, tlist, np.linspace(0.0, 2.0, 5), DECAY, *operators, "me"
    theirs = getattr(qutip, name)(*arguments, max_t_plus_tau=cut)
    found = getattr(ours, name)(*arguments, max_t_plus_tau=cut, map="serial")
    assert found.shape == theirs.shape
    np.testing.assert_allclose(found, theirs, atol=2e-5)


def test_spectra_by_position_are_qutips():
    w = np.array([-0.5, 0.3, 1.1])
    a = qutip.sigmam()
    for solver in ("es", "pi", "solve"):
        theirs = qutip.spectrum(H, w, DECAY, a.dag(), a, solver)
        np.testing.assert_allclose(ours.spectrum(H, w, DECAY, a.dag(), a, solver), theirs, rtol=1e-6)


def test_names_that_qutip_has_not_are_refused():
    with pytest.raises(ValueError, match="solver must be one of 'me', 'es', got 'mc'"):
        ours.correlation_2op_1t(H, UP, [0.0, 1.0], DECAY, SX, SX, "mc")
    with pytest.raises(ValueError, match="solver must be one of 'es', 'pi', 'solve', got 'fft'"):
        ours.spectrum(H, [0.0], DECAY, SX, SX, "fft")
    with pytest.raises(ValueError, match=r"map must be one of .*, got 'threads'"):
        ours.correlation_2op_2t(H, UP, None, [0.0, 1.0], DECAY, SX, SX, map="threads")


def test_a_run_is_where_steps_go_on():
    solver = ours.BRSolver(H, [(SX, cold)])
    whole = solver.run(UP, [0.0, 1.0, 2.5]).states
    result = solver.run(UP, [0.0, 1.0], e_ops=[SZ])
    assert result.final_state is None
    np.testing.assert_allclose(solver.step(2.5, copy=False).full(), whole[-1].full(), atol=1e-7)


@pytest.fixture(scope="module")
def driven():
    return qutip.FloquetBasis(qutip.QobjEvo([H, [0.3 * SX, np.cos]]), PERIOD)


def test_floquet_states_go_in_and_out(driven):
    """U(t) takes the modes at 0 to those at t, so that a mode's coordinates turn by its quasi-energy alone."""
    options = {"store_floquet_states": True, "progress_bar": ""}
    solver = ours.FMESolver(driven, [(SX, cold)], kmax=3, nT=50, options=options)
    state = qutip.Qobj([[0.7, 0.2j], [-0.2j, 0.3]])
    result = solver.run(state, [0.4, 1.0, 3.0], floquet=True, e_ops={"z": SZ})
    start = driven.from_floquet_basis(state, 0.4)
    np.testing.assert_allclose(result.e_data["z"][0], qutip.expect(SZ, start), atol=1e-5)
    np.testing.assert_allclose(result.floquet_states[0].full(), state.full(), atol=1e-5)
    solver.start(state, 0.4, floquet=True)
    stepped = solver.step(3.0, floquet=True).full()
    np.testing.assert_allclose(stepped, result.floquet_states[-1].full(), atol=1e-5)
    lab = solver.run(start, [0.4, 3.0]).states[-1]
    np.testing.assert_allclose(solver.floquet_basis[0](0.2).full(), driven.U.solver.rhs(0.2).full() * 1j)
    np.testing.assert_allclose(driven.to_floquet_basis(lab, 3.0).full(), stepped, atol=1e-5)


def test_fmmesolve_of_a_basis_answers_with_qutips_result(driven):
    tlist = np.linspace(0.0, 2.0, 3)
    ours_of = ours.fmmesolve(driven, UP, tlist, [SX], [cold], e_ops=[SZ])
    with_h = ours.fmmesolve(
        ours_of.floquet_basis.U.solver.rhs * 1j, UP, tlist, [SX], [cold], PERIOD, e_ops=[SZ]
    )
    np.testing.assert_allclose(ours_of.expect[0], with_h.expect[0], atol=1e-8)
    assert isinstance(ours_of, qutip.solver.floquet.FloquetResult)
    assert ours_of.floquet_states is None
    assert ours_of.stats["solver"] == "Floquet-Markov master equation"
    assert ours_of.stats["num_collapse"] == 1
    assert isinstance(ours_of.floquet_basis, qutip.FloquetBasis)
