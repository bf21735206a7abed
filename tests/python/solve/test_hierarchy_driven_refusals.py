"""Driven hierarchies: what they refuse, and how they are stopped."""

import numpy as np
import pytest

import redfield as rf

X, Y, Z = (np.array(m, dtype=complex) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]))
PLUS = np.full(2, 0.5**0.5)
LAMBDA, GAMMA = 0.3, 0.4
NOISE = rf.LorentzianBath(strength=2.0 * LAMBDA / GAMMA, width=GAMMA, centre=0.0)
"""Classical noise, C(t) = λe^{−γ|t|}."""


def test_what_it_refuses():
    drive = [0.5 * Z, (X, np.cos)]
    heom = rf.HEOM(rf.DrivenSystem(drive, [Z], NOISE), depth=2)
    for call in (heom.steady_state, heom.spectrum, lambda: rf.spectrum(heom, Z, Z, [0.0])):
        with pytest.raises(TypeError, match="System"):
            call()
    for option in ({"dtype": "float32", "rtol": 1e-4}, {"error": True}):
        with pytest.raises(TypeError, match=next(iter(option))):
            heom.evolve(PLUS, [0.0, 1.0], **option)
    with pytest.raises(ValueError, match="magnus"):
        heom.evolve(PLUS, [0.0, 1.0], method="magnus")
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    with pytest.raises(TypeError, match=r"couplings\[1\] is not Hermitian"):
        rf.HEOM(rf.DrivenSystem(drive, [Z, lower], NOISE))
    turning = rf.DrivenSystem(drive, [[X, (1j * X, np.sin)]], NOISE)
    with pytest.raises(TypeError, match=r"couplings\[0\] is not Hermitian at t = "):
        rf.HEOM(turning).evolve(PLUS, [0.0, 1.0])
    with pytest.raises(MemoryError, match=r"depth \d+ fits"):
        rf.HEOM(heom.system, depth=40, max_bytes=2e3).evolve(PLUS, [0.0, 1.0])
    with pytest.raises(TypeError, match="PeriodicSystem"):
        rf.HEOM(rf.PeriodicSystem(drive, 2 * np.pi, [Z], NOISE))


def test_no_time_passes_and_it_can_be_stopped():
    heom = rf.HEOM(rf.DrivenSystem([0.5 * Z, (X, np.cos)], [Z], NOISE), depth=2)
    assert np.abs(heom.evolve(PLUS, [1.0, 1.0]).states - 0.5).max() < 1e-15
    seen: list[float] = []
    stop = rf.StopFlag()

    def progress(done):
        seen.append(done)
        stop.set()

    with pytest.raises(rf.Interrupted):
        heom.evolve(PLUS, [0.0, 1e5], stop=stop, progress=progress)
    assert len(seen) >= 1
