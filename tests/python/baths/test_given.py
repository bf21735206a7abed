"""Functions and QuTiP's environments in the place of baths."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
import qutip

import redfield as rf

H, X = np.array([[0.5, 0.2], [0.2, -0.5]]), np.array([[0.0, 1.0], [1.0, 0.0]])
W = np.array([-4.0, -0.7, 0.3, 2.0])
T = np.array([0.2, 1.0, 3.0])
ENVIRONMENTS = [
    (qutip.DrudeLorentzEnvironment(1.3, 0.2, 3.0), rf.DrudeBath),
    (qutip.UnderDampedEnvironment(1.3, 0.2, 0.5, 1.7), rf.UnderdampedBath),
    (qutip.OhmicEnvironment(1.3, 0.2, 3.0, 1.0), rf.OhmicBath),
    (qutip.OhmicEnvironment(1.3, 0.2, 3.0, 3.0), rf.OhmicBath),
    (qutip.OhmicEnvironment(0.0, 0.2, 3.0, 1.0), rf.OhmicBath),
]


@pytest.mark.parametrize(("env", "kind"), ENVIRONMENTS)
def test_environments_have_qutips_spectrum_and_correlation_function(env, kind):
    bath = rf.System(H, [X], env).baths[0]
    assert type(bath) is kind
    assert bath.temperature == env.T
    assert np.allclose(bath.power_spectrum(W), env.power_spectrum(W), rtol=1e-9, atol=1e-12)
    if env.T > 0.0:
        assert np.allclose(bath.correlation(T), env.correlation_function(T), rtol=2e-3, atol=2e-3)


def test_other_environments():
    density = qutip.BosonicEnvironment.from_spectral_density(lambda w: 0.05 * w * np.exp(-w / 3), T=1.0)
    bath = rf.System(H, [X], density).baths[0]
    w = np.append(W, 0.0)
    assert np.allclose(bath.one_sided(w), rf.OhmicBath(0.1, 3.0, 1.0).one_sided(w), atol=1e-7)
    power = qutip.BosonicEnvironment.from_power_spectrum(lambda w: np.exp(-((w - 1.0) ** 2)), wMax=20.0)
    assert np.allclose(rf.System(H, [X], power).baths[0].power_spectrum(W), np.exp(-((W - 1.0) ** 2)))
    times = qutip.BosonicEnvironment.from_correlation_function(
        lambda t: 0.1 * np.exp(-np.abs(t) + 0j), tMax=30.0
    )
    assert np.allclose(
        rf.System(H, [X], times).baths[0].power_spectrum(W), 0.2 / (1.0 + W**2), atol=1e-10
    )
    with pytest.raises(TypeError, match=r"baths is a LorentzianEnvironment, .* rf\.ParticleBath"):
        rf.System(H, [X], qutip.LorentzianEnvironment(1.0, 0.3, 0.2, 2.0))


def number(w):
    """γ of one number, 0/0 at 0."""
    return 0.1 * w * math.exp(-abs(w) / 3.0) / (1.0 - math.exp(-w))


@pytest.mark.parametrize("s", [1e-12, 1.0, 1e9])
def test_functions_of_arrays_and_of_numbers_are_spectra(s):
    ohmic = rf.Redfield(rf.System(H, [X], rf.OhmicBath(0.1, 3.0, 1.0)))
    for function in (
        lambda w: s * number(w / s),
        lambda w: s * 0.1 * (w / s) * np.exp(-np.abs(w) / s / 3.0) / -np.expm1(-w / s),
    ):
        equation = rf.Redfield(rf.System(s * H, [X], function))
        assert np.allclose(equation.liouvillian().toarray() / s, ohmic.liouvillian().toarray(), atol=1e-8)


def test_what_is_given_twice_is_one_bath():
    system = rf.System(H, [X, H], [number, number])
    assert (system.bath_of_coupling, len(system.reservoirs)) == ((0, 0), 1)
    assert rf.System(H, [X, H], [number, ENVIRONMENTS[0][0]]).bath_of_coupling == (0, 1)
    assert pickle.loads(pickle.dumps(system)) == system
    assert system.with_baths(ENVIRONMENTS[0][0]).baths == (rf.DrudeBath(0.8 / 3.0, 3.0, 1 / 1.3),)


def test_driven_periodic_and_batches_take_them_too():
    env, drude = ENVIRONMENTS[0][0], rf.DrudeBath(0.8 / 3.0, 3.0, 1 / 1.3)
    assert rf.DrivenSystem([H, (X, np.cos)], [X], env).baths == (drude,)
    assert rf.PeriodicSystem([H, (X, np.cos)], 2.0 * np.pi, [X], env).baths == (drude,)
    assert rf.SystemBatch([H, 2.0 * H], [X], env).baths == (drude,)
    assert rf.SystemBatch([H, 2.0 * H], [X], [env, ENVIRONMENTS[2][0]])[1].baths[0] == rf.OhmicBath(
        0.4, 3.0, 1 / 1.3
    )
    scalar = rf.DrivenSystem([H, (X, np.cos)], [X], number).baths[0]
    assert scalar.power_spectrum(1.0) == pytest.approx(number(1.0))
    assert (scalar.scale, rf.SystemBatch([H, 3.0 * H], [X], number).baths[0].scale) == (1.0, 3.0)


@pytest.mark.parametrize(
    ("baths", "told"),
    [
        ("ohmic", r"baths must be a Bath, a function γ\(ω\) or an environment of QuTiP .*got 'ohmic'"),
        (rf.OhmicBath, "baths must be a Bath, a function"),
        ([rf.FlatBath(0.1), 3.0], r"baths\[1\] must be a Bath, a function"),
        (np.ones(3), r"a table of γ is rf.TabulatedBath"),
        (lambda t, w: w, r"baths must be a function of \(w\)"),
        (rf.OhmicBath.batch(0.1, 3.0, np.array([1.0, 2.0])), "one for each member of an rf.SystemBatch"),
        (
            rf.ParticleBath(0.1, 1.0, band=(-1.0, 1.0)),
            "baths is a ParticleBath, which exchanges particles",
        ),
    ],
)
def test_what_is_no_bath_is_refused(baths, told):
    with pytest.raises(TypeError, match=told):
        rf.System(H, [X, X], baths)


def test_a_function_that_is_wrong_is_told_where_it_is_used():
    with pytest.raises(ValueError, match="power_spectrum"):
        rf.Redfield(rf.System(H, [X], lambda w: w * np.nan), lamb_shift=False).steady_state()
    with pytest.raises(TypeError, match=r"power_spectrum\(.*\) must be a real number, got 'a'"):
        rf.Redfield(rf.System(H, [X], lambda w: "a"), lamb_shift=False).steady_state()
