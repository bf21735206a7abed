"""The exact arbiter against what is known exactly."""

import signal

import numpy as np
import pytest
import scipy

import redfield as rf

SX = np.array([[0.0, 1.0], [1.0, 0.0]])
SZ = np.diag([1.0, -1.0])


def test_pure_dephasing_is_exact():
    # ρ_01(t) = ρ_01 e^{−iωt} exp(−4 ∫₀ᵗ (t − s) Re C(s) ds) for A = σ_z.
    bath = rf.OhmicBath(strength=0.2, cutoff=2.0, beta=1.0)
    times = np.linspace(0.0, 4.0, 5)
    result = rf.qutip.heom(rf.System(0.5 * SZ, [SZ], bath), np.full(2, 0.5**0.5), times, e_ops={"x": SX})
    decay = [
        4.0
        * scipy.integrate.quad(lambda s, t=t: (t - s) * bath.correlation(s).real, 0.0, t, limit=200)[0]
        for t in times
    ]
    exact = 0.5 * np.exp(-np.array(decay))
    np.testing.assert_allclose(np.abs(result.states[:, 0, 1]), exact, atol=2e-4)
    np.testing.assert_allclose(result.expect["x"], 2.0 * result.states[:, 0, 1].real, atol=1e-12)
    np.testing.assert_allclose(np.diagonal(result.states, axis1=1, axis2=2), 0.5, atol=1e-8)
    assert result.stats["error"] <= 1e-4
    assert result.stats["fit_error"] <= 1e-2


def test_a_mode_at_zero_temperature_decays_as_the_one_excitation_problem():
    # H + σ_x ⊗ B of a Lorentzian far from −ω: the counter-rotating part is left out by A = σ_x on |1⟩ → |0⟩ alone
    # only approximately, so the coupling is taken weak and the exact amplitude to that order.
    width, strength = 0.5, 0.002
    bath = rf.LorentzianBath(strength=strength, width=width, centre=5.0)
    system = rf.System(np.diag([5.0, 0.0]), [SX], bath)
    times = np.linspace(0.0, 30.0, 7)
    found = rf.qutip.heom(system, [1.0, 0.0], times, tol=1e-7).states[:, 0, 0].real
    root = np.sqrt(complex(width**2 - 2.0 * strength * width))
    amplitude = np.exp(-0.5 * width * times) * (
        np.cosh(0.5 * root * times) + width / root * np.sinh(0.5 * root * times)
    )
    np.testing.assert_allclose(found, np.abs(amplitude) ** 2, atol=2e-5)


def test_compare_with_the_exact_solution():
    bath = rf.DrudeBath(strength=0.01, cutoff=3.0, beta=1.0)
    system = rf.System(np.diag([1.0, 0.0]), [SX], bath)
    found = rf.compare(system, [rf.Redfield, rf.Davies], [1.0, 0.0], np.linspace(0, 20, 11), exact="heom")
    assert found.exact.shape == (2, 11)
    assert (found.exact[:, 0] < 1e-12).all()
    assert found.exact.max() < 5e-3
    assert max(found.exact_error, found.fit_error) < 1e-4
    assert "exact" in found.to_xarray()
    assert "exact solution" in repr(found)
    assert found.plot().get_ylabel() == "trace distance from the exact solution"


def test_ctrl_c_within_a_step_of_qutip_is_answered_at_its_end(monkeypatch, request):
    from qutip.solver.heom import HEOMSolver

    taken, step = [], HEOMSolver.step

    def interrupted(self, t):
        if len(taken) == 2:
            signal.raise_signal(signal.SIGINT)  # as in the middle of the integrator's Fortran
        found = step(self, t)
        taken.append(t)
        return found

    monkeypatch.setattr(HEOMSolver, "step", interrupted)
    # A shell that runs the tests in the background has them ignore SIGINT.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    bath = rf.LorentzianBath(strength=0.2, width=1.0, centre=1.0)
    system = rf.System(np.diag([1.0, 0.0]), [np.array([[0.0, 1.0], [1.0, 0.0]])], bath)
    with pytest.raises(KeyboardInterrupt):
        rf.qutip.heom(system, [1.0, 0.0], [0.0, 5.0], depth=2)
    assert len(taken) == 3
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
