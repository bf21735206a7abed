"""redfield.qutip: known numbers, forms of input, differences."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest
import qutip
import scipy

import redfield as rf
from redfield.qutip import FMESolver, bloch_redfield_tensor, brcrossterm, brmesolve, fmmesolve

from reference import random_hermitian

DELTA, EPSILON, GAMMA = 0.2 * 2 * np.pi, 2 * np.pi, 0.5
QUBIT = -DELTA / 2 * qutip.sigmax() - EPSILON / 2 * qutip.sigmaz()


def guide_spectrum(w):
    if w == 0.0:
        return GAMMA
    return GAMMA / 2 * (w / (2 * np.pi)) * (w > 0.0)


def test_the_guides_qubit():
    tensor, kets = bloch_redfield_tensor(QUBIT, [[qutip.sigmax(), guide_spectrum]])
    assert tensor.full()[0, 3] == pytest.approx(0.24514517, abs=5e-9)
    assert tensor.full()[1, 1] == pytest.approx(-0.16103412 - 6.4076169j, abs=5e-8)
    assert tensor.superrep == "super"
    diagonal = kets.dag() * QUBIT * kets
    assert np.abs(diagonal.full() - np.diag(QUBIT.eigenenergies())).max() < 1e-12


@pytest.mark.parametrize("sec_cutoff", [-1, 0.1, 1.5])
def test_tensor_equals_qutips_for_real_couplings(sec_cutoff):
    h = qutip.Qobj(random_hermitian(4, 1).real)
    a_ops = [(qutip.Qobj(random_hermitian(4, s).real), lambda w: 0.1 / (1 + np.exp(-w))) for s in (2, 3)]
    ours = bloch_redfield_tensor(h, a_ops, [0.1 * qutip.destroy(4)], sec_cutoff, fock_basis=True)
    theirs = qutip.bloch_redfield_tensor(h, a_ops, [0.1 * qutip.destroy(4)], sec_cutoff, fock_basis=True)
    assert np.abs((ours - theirs).full()).max() < 1e-12
    assert ours.dims == theirs.dims


def test_states_and_expectations_agree_with_qutip():
    psi0 = qutip.rand_ket(2, seed=3)
    times = np.linspace(0.0, 5.0, 21)
    a_ops = [[qutip.sigmax(), guide_spectrum]]
    tight = {"atol": 1e-12, "rtol": 1e-10}
    for e_ops in (
        None,
        [qutip.sigmaz(), qutip.sigmap()],
        {"z": qutip.sigmaz(), "f": lambda t, s: t + s.tr()},
    ):
        ours = brmesolve(QUBIT, psi0, times, a_ops, e_ops=e_ops)
        theirs = qutip.brmesolve(QUBIT, psi0, times, a_ops, e_ops=e_ops, options=tight)
        assert len(ours.states) == len(theirs.states)
        for x, y in zip(ours.states, theirs.states, strict=True):
            assert x.dims == y.dims
            assert np.abs((x - y).full()).max() < 1e-7
        assert list(ours.e_data) == list(theirs.e_data)
        for x, y in zip(ours.expect, theirs.expect, strict=True):
            assert np.asarray(x).dtype == np.asarray(y).dtype
            assert np.abs(np.asarray(x) - np.asarray(y)).max() < 1e-7
        assert ours.times == pytest.approx(theirs.times)
        assert ours.solver == theirs.solver


def test_options():
    kept = brmesolve(QUBIT, qutip.basis(2, 0), [0.0, 1.0], e_ops=[qutip.sigmaz()],
                     options={"store_states": True, "store_final_state": True, "normalize_output": True})  # fmt: skip
    assert len(kept.states) == 2
    assert kept.final_state.dims == [[2], [2]]


def test_complex_couplings_are_covariant_where_qutip_is_asked_too():
    h, a = random_hermitian(4, 5), random_hermitian(4, 6)
    bath = rf.OhmicBath(0.1, 3.0, 1.0)
    tensor = bloch_redfield_tensor(qutip.Qobj(h), [(qutip.Qobj(a), bath)], sec_cutoff=-1, fock_basis=True)
    expected = rf.Redfield(rf.System(h, [a], bath), lamb_shift=False).liouvillian().toarray()
    assert np.abs(tensor.full() - expected).max() < 1e-12
    shifted = bloch_redfield_tensor(
        qutip.Qobj(h), [(qutip.Qobj(a), bath)], sec_cutoff=-1, fock_basis=True, lamb_shift=True
    )
    expected = rf.Redfield(rf.System(h, [a], bath)).liouvillian().toarray()
    assert np.abs(shifted.full() - expected).max() < 1e-12


def test_driven_hamiltonian_and_non_hermitian_start():
    a = qutip.destroy(5)
    h = qutip.QobjEvo([a.dag() * a, [a + a.dag(), lambda t: 0.3 * np.cos(t)]])
    a_ops = [(a + a.dag(), lambda w: 0.2 * (w >= 0))]
    times = np.linspace(1.0, 4.0, 7)
    tight = {"atol": 1e-11, "rtol": 1e-9}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = brmesolve(h, qutip.basis(5, 2), times, a_ops, e_ops=[a], options=tight).expect[0]
        theirs = qutip.brmesolve(h, qutip.basis(5, 2), times, a_ops, e_ops=[a], options=tight).expect[0]
    assert np.abs(ours - theirs).max() < 1e-6
    start = qutip.basis(2, 0) * qutip.basis(2, 1).dag()
    ours = brmesolve(QUBIT, start, [0.0, 2.0], [[qutip.sigmax(), guide_spectrum]]).states[-1]
    theirs = qutip.brmesolve(QUBIT, start, [0.0, 2.0], [[qutip.sigmax(), guide_spectrum]], options=tight)
    assert np.abs((ours - theirs.states[-1]).full()).max() < 1e-7


@pytest.mark.parametrize("sec_cutoff", [-1, 0.1, 0.0])
@pytest.mark.parametrize("lamb_shift", [False, True])
def test_driven_models_are_solved_alike_by_tables_and_by_generators(monkeypatch, sec_cutoff, lamb_shift):
    rng = np.random.default_rng(4)
    h0, h1, a, c = (qutip.Qobj(x + x.T) for x in rng.standard_normal((4, 3, 3)))
    bath = rf.OhmicBath(strength=0.05, cutoff=5.0, beta=1.0)
    h = qutip.QobjEvo([h0, [h1, lambda t: np.cos(1.3 * t)]])
    moving = qutip.QobjEvo([[a, lambda t: 1.0 + 0.3 * np.sin(t)]])
    jump = qutip.QobjEvo([[0.2 * c, lambda t: np.exp(-t)]])

    def solved():
        return brmesolve(
            h,
            qutip.basis(3, 0),
            np.linspace(0.5, 4.0, 5),
            [[a, bath], [moving, rf.OhmicBath(strength=0.02, cutoff=3.0, beta=2.0)]],
            sec_cutoff,
            c_ops=[jump],
            options={"rtol": 1e-9, "atol": 1e-11},
            lamb_shift=lamb_shift,
        )

    by_tables = solved()
    # The package has a function of the same name as its module.
    monkeypatch.setattr(sys.modules["redfield.qutip.solve"], "_of_tables", lambda *_: None)
    for x, y in zip(by_tables.states, solved().states, strict=True):
        assert np.abs((x - y).full()).max() < 1e-7


@pytest.mark.parametrize("sec_cutoff", [-1, 0.5, 2.0])
def test_cross_terms_are_qutips_and_add_up(sec_cutoff):
    rng = np.random.default_rng(8)
    h, a, b = (qutip.Qobj(x + x.T) for x in rng.standard_normal((3, 3, 3)))

    def spectrum(w):
        return np.exp(w / 2) / (1 + w * w)

    for fock_basis in (True, False):
        ours = brcrossterm(h, a, b, spectrum, sec_cutoff, fock_basis)
        theirs = qutip.core.blochredfield.brcrossterm(h, a, b, spectrum, sec_cutoff, fock_basis)
        if fock_basis:
            assert np.abs((ours - theirs).full()).max() < 1e-12
        else:
            # Eigenvectors have phases of their own.
            sign = np.sign((ours[1].dag() * theirs[1]).full().real.diagonal())
            turn = np.kron(np.diag(sign), np.diag(sign))
            assert np.abs(turn @ ours[0].full() @ turn - theirs[0].full()).max() < 1e-12
    # Complex ones too: the tensor of A + B.
    c = qutip.Qobj(random_hermitian(3, 5))
    whole = bloch_redfield_tensor(h, [[a + c, spectrum]], sec_cutoff=-1, fock_basis=True)
    free = bloch_redfield_tensor(h, [], sec_cutoff=-1, fock_basis=True)
    parts = sum(brcrossterm(h, x, y, spectrum, -1, True).full() for x in (a, c) for y in (a, c))
    assert np.abs(whole.full() - free.full() - parts).max() < 1e-12


@pytest.mark.parametrize("w_th", [0.0, 0.7])
def test_fmmesolve_has_qutips_populations(w_th):
    rng = np.random.default_rng(2)
    h0, h1, a = (qutip.Qobj((x + x.T) / 2) for x in rng.standard_normal((3, 4, 4)))
    drive = 1.7
    h = qutip.QobjEvo([h0, [0.3 * h1, lambda t: np.cos(drive * t)]])
    period = 2 * np.pi / drive
    # Long after coherences, of which QuTiP lacks a part, have died out.
    tlist = np.array([0.0, 300 * period, 300.4 * period])

    def spectrum(w):
        return 0.02 * np.abs(w) * np.exp(-np.abs(w) / 5) * (w > 0)

    arguments = (h, qutip.basis(4, 0), tlist, [a], [spectrum], period, w_th)
    ours = fmmesolve(*arguments, e_ops=[h0])
    theirs = qutip.fmmesolve(*arguments, e_ops=[h0], options={"rtol": 1e-9, "atol": 1e-11})
    assert ours.expect[0] == pytest.approx(theirs.expect[0], abs=1e-3)
    states = fmmesolve(*arguments, options={"store_final_state": True})
    assert qutip.expect(h0, states.final_state) == pytest.approx(ours.expect[0][-1])
    bath = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=1.0)
    closed = fmmesolve(h, qutip.basis(4, 0), [0.0, 2.0], [a], bath, period)
    davies = rf.Davies(rf.PeriodicSystem(h, period, [a.full()], bath), False)
    expected = davies.evolve(np.eye(4)[0], [0.0, 2.0]).final_state
    assert np.abs(closed.states[-1].full() - expected).max() < 1e-12
    for basis in ((h, period), qutip.FloquetBasis(h, period)):
        solver = FMESolver(basis, [(a, bath)])
        ran = solver.run(qutip.basis(4, 0), [0.0, 1.0, 2.0])
        solver.start(qutip.basis(4, 0), 0.0)
        stepped = [solver.step(t).full() for t in (1.0, 2.0)]
        assert np.abs(stepped[0] - ran.states[1].full()).max() < 1e-9
        assert np.abs(stepped[1] - expected).max() < 1e-9
    with pytest.raises(TypeError, match="floquet_basis must be"):
        FMESolver(h, [(a, bath)])


def test_fmmesolve_on_the_guides_example():
    """A driven qubit with an Ohmic spectrum at zero temperature: QuTiP's solution is ours without the terms
    Σ_n γ(−nΩ)A_n,kk A*_n,ll of its coherence, which it leaves out."""
    delta, eps0, amplitude, drive = (x * 2 * np.pi for x in (0.2, 1.0, 0.5, 1.0))
    period = 2 * np.pi / drive
    h0 = -eps0 / 2.0 * qutip.sigmaz() - delta / 2.0 * qutip.sigmax()
    h = qutip.QobjEvo([h0, [amplitude / 2.0 * qutip.sigmax(), lambda t: np.sin(drive * t)]])
    tlist, start = np.linspace(0.0, 20 * period, 101), qutip.rand_ket(2, seed=3)

    def gamma(w):
        return 0.5 * 0.1 * np.abs(w) * (w > 0)

    arguments = (h, start, tlist, [qutip.sigmax()], [lambda w: gamma(w) / (2 * np.pi)], period)
    tight = {"progress_bar": "", "rtol": 1e-9, "atol": 1e-11}
    theirs = qutip.fmmesolve(*arguments, e_ops=[qutip.num(2)], options=tight).expect[0]
    ours = fmmesolve(*arguments, e_ops=[qutip.num(2)]).expect[0]

    bath = rf.SpectrumBath(gamma)
    system = rf.PeriodicSystem(h, period, [qutip.sigmax()], bath)
    davies = rf.Davies(system, lamb_shift=False)
    n = np.arange(-system.harmonics, system.harmonics + 1)
    diagonal = np.einsum("nkk->nk", system.of_coupling(0))
    left_out = np.einsum("n,nk,nl->kl", gamma(-n * drive), diagonal, diagonal.conj())
    vectors = [system.core[0].frame(t) for t in tlist]
    rho = vectors[0].conj().T @ qutip.ket2dm(start).full() @ vectors[0]

    def curve(kappa):
        values = []
        for t, v in zip(tlist, vectors, strict=True):
            moved = np.exp(kappa * t) * rho
            np.fill_diagonal(moved, scipy.linalg.expm(davies.rates * t) @ rho.diagonal())
            values.append((v @ moved @ v.conj().T)[1, 1].real)
        return np.array(values)

    assert np.abs(curve(davies.coherence_rates) - ours).max() < 1e-9
    assert np.abs(curve(davies.coherence_rates - left_out) - theirs).max() < 1e-4
    assert 1e-3 < np.abs(ours - theirs).max() < 0.1
