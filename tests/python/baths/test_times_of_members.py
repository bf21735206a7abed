"""Strengths chosen by relaxation and dephasing times: of batches, of other shapes, and of baths that have none."""

import numpy as np
import pytest

import redfield as rf

X, Z = rf.operators.sigmax(), rf.operators.sigmaz()
BETAS = np.array([0.5, 2.0, np.inf])


@pytest.mark.parametrize("times", [50.0, np.array([50.0, 20.0, 90.0])])
def test_members_relax_in_their_times(times):
    baths = rf.OhmicBath.batch(1.0, 100.0, beta=BETAS).with_t1(times, frequency=5.0, element=0.5)
    slow = rf.Davies(rf.SystemBatch(np.diag([2.5, -2.5]), [0.5 * X], baths)).evolve(
        [1.0, 0.0], [0.0, 7.0]
    )
    for k, t1 in enumerate(np.broadcast_to(times, 3)):
        end = 1.0 / (1.0 + np.exp(5.0 * BETAS[k]))
        expected = end + (1.0 - end) * np.exp(-7.0 / t1)
        assert slow.final_state[k, 0, 0].real == pytest.approx(expected, abs=1e-7)


def test_members_of_several_kinds():
    baths = rf.BathBatch([rf.FlatBath(1.0), rf.DrudeBath(1.0, 3.0, 0.5)]).with_tphi(
        np.array([20.0, 40.0])
    )
    for k, tphi in enumerate((20.0, 40.0)):
        assert 2.0 * float(baths[k].power_spectrum(0.0)) == pytest.approx(1.0 / tphi, rel=1e-12)
    with pytest.raises(ValueError, match=r"tphi must be one number or \(2,\), got shape \(3,\)"):
        baths.with_tphi(np.ones(3))


@pytest.mark.parametrize(
    ("exponent", "cutoff_function"), [(3.0, "exponential"), (0.5, "drude"), (1.0, "hard")]
)
def test_shapes_of_an_ohmic_bath(exponent, cutoff_function):
    bath = rf.OhmicBath.from_t1(10.0, 1.0, 3.0, 0.7, exponent=exponent, cutoff_function=cutoff_function)
    assert (bath.exponent, bath.cutoff_function) == (exponent, cutoff_function)
    assert float(bath.power_spectrum([1.0, -1.0]).sum()) == pytest.approx(0.1, rel=1e-12)


def test_baths_without_a_strength():
    bath = rf.SpectrumBath(lambda w: np.exp(-w * w))
    for call in (lambda: bath.with_t1(10.0, 1.0), lambda: bath.with_tphi(10.0)):
        with pytest.raises(
            TypeError, match=r"SpectrumBath\(.*has no strength that with_t(1|phi) could choose"
        ):
            call()


@pytest.mark.parametrize("temperature", [1e-310, 1e-200, 1e200])
def test_temperatures_that_overflow(temperature):
    with pytest.raises(ValueError, match=r"temperature = 1e.* is beyond 1e-150"):
        rf.OhmicBath(0.1, 3.0, temperature=temperature)


def test_a_negative_spectrum_is_no_rate():
    bath = rf.SpectrumBath(lambda w: np.where(w > 0, -0.1, 0.05) * np.exp(-w * w))
    with pytest.raises(ValueError, match=r"power_spectrum\(1\) = -0.0367879 is negative, and is no rate"):
        rf.System(0.5 * Z, [X], bath).transition_rates()


def test_rates_of_jumps_that_do_not_fit():
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    with pytest.raises(ValueError, match=r"jumps\[1\] acts on 3 levels, but jumps\[0\] on 2"):
        rf.Lindblad(Z, [lower, np.eye(3)], rates=np.eye(2))
    with pytest.raises(ValueError, match=r"rates must be \(1,\) or \(1, 1\), got \(0, 0\)"):
        rf.Lindblad(Z, [lower], rates=np.zeros((0, 0)))
    free = rf.Lindblad(X, [], rates=np.zeros((0, 0))).evolve([1.0, 0.0], [0.0, 0.4])
    assert free.final_state[1, 1].real == pytest.approx(np.sin(0.4) ** 2, abs=1e-7)


def test_a_periodic_system_conserves_what_its_terms_do():
    bath = rf.OhmicBath(0.1, 5.0, beta=1.0)
    spins = [np.kron(s, np.eye(2)) + np.kron(np.eye(2), s) for s in (Z, X)]
    pair = rf.PeriodicSystem([spins[0], (spins[1], np.cos)], 2 * np.pi, [spins[1]], bath)
    found = pair.conserved_quantities()
    assert found.shape == (2, 4, 4)
    singlet = np.array([0.0, 1.0, -1.0, 0.0]) / np.sqrt(2.0)
    along = np.einsum("kab,a,b->k", found, singlet, singlet).real
    assert np.linalg.norm(along) == pytest.approx(1.0, abs=1e-9)  # the projector on it is among them
    moving = rf.PeriodicSystem(lambda t: np.cos(t) * Z, 2 * np.pi, [X], bath)
    with pytest.raises(TypeError, match="is a function of time"):
        moving.conserved_quantities()
