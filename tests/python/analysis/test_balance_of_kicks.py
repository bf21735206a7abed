"""Work and heat across an instantaneous pulse, against integrals of the states themselves."""

import numpy as np
import pytest

import redfield as rf

Z, X = np.diag([0.5, -0.5]), np.array([[0.0, 1.0], [1.0, 0.0]])
PULSE = (np.eye(2) - 1j * X) / np.sqrt(2.0)
BATH = rf.LorentzianBath(0.1, width=1.0, centre=0.5)
AT = 1.0


@pytest.mark.parametrize(
    "make", [rf.Redfield, lambda s: rf.HEOM(s, depth=3, tol=1e-3)], ids=["redfield", "heom"]
)
def test_the_work_of_a_pulse_and_of_the_drive(make):
    """W = ∫tr(Ḣρ)dt + tr[H(VρV† − ρ)] of the pulse, and ΔU = W + Q."""

    def h(t):
        return Z + 0.2 * X * np.cos(t)

    system = rf.DrivenSystem([Z, (0.2 * X, np.cos)], [X], BATH, kicks=[(AT, PULSE)])
    equation, tight = make(system), {"rtol": 1e-8, "atol": 1e-10}
    # Simpson's rule on both sides of the pulse; the state before it is the one after, undone.
    before, after = np.linspace(0.0, AT, 41), np.linspace(AT, 2.0, 41)
    found = equation.evolve([1.0, 0.0], np.concatenate([before[:-1], after]), store_states=True, **tight)
    kicked = found.states[40]
    unkicked = PULSE.conj().T @ kicked @ PULSE
    halves = [np.concatenate([found.states[:40], [unkicked]]), found.states[40:]]
    weights = np.ones(41)
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    drive = sum(
        (
            weights
            * [np.trace(-0.2 * X * np.sin(t) @ rho).real for t, rho in zip(times, states, strict=True)]
        ).sum()
        * (times[1] - times[0])
        / 3.0
        for times, states in zip((before, after), halves, strict=True)
    )
    pulse = np.trace(h(AT) @ (kicked - unkicked)).real
    energy = [np.trace(h(t) @ rho).real for t, rho in ((0.0, found.states[0]), (2.0, found.states[-1]))]
    balance = rf.analysis.energy_balance(equation.evolve([1.0, 0.0], [0.0, AT, 2.0], store_states=True))
    assert abs(pulse) > 0.1
    assert balance.work[-1] == pytest.approx(drive + pulse, abs=1e-6)
    assert balance.heat[-1, 0] == pytest.approx(energy[1] - energy[0] - drive - pulse, abs=1e-6)


@pytest.mark.parametrize(
    "option", [{"stop_when": lambda t, rho: 1.0}, {"store_states": True}, {"e_ops": [Z]}, {"error": True}]
)
def test_options_that_are_none_of_a_balance(option):
    result = rf.Davies(rf.System(Z, [X], BATH)).evolve([1.0, 0.0], [0.0, 1.0])
    (name,) = option
    with pytest.raises(TypeError, match=f"{name} has no meaning for a balance"):
        rf.analysis.energy_balance(result, **option)
