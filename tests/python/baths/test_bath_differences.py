"""Derivatives that no class knows, by differences, against those of closed forms."""

import pickle

import numpy as np
import pytest
import scipy

import redfield as rf

W = np.array([-3.0, -1.3, -0.2, -1e-3, 1e-6, 1e-9, 0.1, 0.5, 2.0, 7.0])


class Own(rf.Bath):
    """A user's bath that says nothing of its derivatives."""

    def __init__(self, kind, first, second, third):
        self.kind, self.first, self.second, self.third = kind, float(first), float(second), float(third)

    @property
    def inner(self):
        return self.kind(self.first, self.second, self.third)

    def power_spectrum(self, w):
        return self.inner.power_spectrum(w)

    def lamb_shift(self, w):
        return self.inner.lamb_shift(w)

    @property
    def scale(self):
        return self.inner.scale

    @property
    def breakpoints(self):
        return self.inner.breakpoints


class Both(rf.Bath):
    """Two baths at once."""

    def __init__(self, parts, weight=1.0):
        self.parts, self.weight = tuple(parts), weight

    def power_spectrum(self, w):
        return self.weight * sum(part.power_spectrum(w) for part in self.parts)

    def lamb_shift(self, w):
        return self.weight * sum(part.lamb_shift(w) for part in self.parts)


class Silent(rf.Bath):
    """A bath that must not be asked for its Lamb shift."""

    def __init__(self, rate):
        self.rate = rate

    def power_spectrum(self, w):
        return self.rate * np.exp(-(np.asarray(w) ** 2))

    def lamb_shift(self, w):
        raise AssertionError("η was asked for")


def away(got, expected):
    """The largest distance in the largest value."""
    return np.abs(got - expected).max() / np.abs(expected).max()


@pytest.mark.parametrize("s", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize(
    ("kind", "numbers", "powers"),
    [
        (rf.OhmicBath, (0.04, 10.0, 5.0), (0, 1, -1)),
        (rf.DrudeBath, (0.1, 3.0, 2.0), (0, 1, -1)),
        (rf.LorentzianBath, (0.2, 0.5, 1.0), (1, 1, 1)),
    ],
)
def test_own_bath(kind, numbers, powers, s):
    scaled = [x * s**p for x, p in zip(numbers, powers, strict=True)]
    exact = kind(*scaled).derivatives(s * W)
    found = Own(kind, *scaled).derivatives(s * W)
    assert list(found.numbers) == ["first", "second", "third"]
    assert away(found.frequency, exact.frequency) < 2e-8
    for mine, theirs in zip(found.numbers, exact.numbers, strict=False):
        assert away(found.numbers[mine], exact.numbers[theirs]) < 1e-8
    assert found.error < 1e-7


def test_where_levels_are_far_apart_differences_are_as_good_as_closed_forms():
    w = W[np.abs(W) > 1e-2]
    bath = rf.OhmicBath(0.04, 10.0, 5.0)
    found, exact = Own(rf.OhmicBath, 0.04, 10.0, 5.0).derivatives(w), bath.derivatives(w)
    assert away(found.frequency, exact.frequency) < 1e-11
    for numeric in (
        rf.SpectrumBath(bath.power_spectrum),
        rf.CorrelationBath(bath.correlation, time_scale=0.1),
        rf.SpectralDensityBath(lambda w: 0.04 * w * np.exp(-w / 10.0), beta=5.0),
    ):
        assert away(numeric.derivatives(w).frequency, exact.frequency) < 1e-9
    thermal = numeric.derivatives(w)
    assert list(thermal.numbers) == ["beta", "mu"]
    assert away(thermal.numbers["beta"], exact.numbers["beta"]) < 1e-9


def test_other_members_of_the_ohmic_family():
    drude, w = rf.DrudeBath(0.1, 3.0, 2.0).derivatives(W), W[np.abs(W) > 1e-2]
    same = rf.OhmicBath(0.1, 3.0, 2.0, cutoff_function="drude").derivatives(W)
    assert all(np.array_equal(same.numbers[name], drude.numbers[name]) for name in drude.numbers)
    # ∂γ/∂s = γ ln(|ω|/ω_c).
    for s in (0.5, 1.0, 2.5):
        bath = rf.OhmicBath(0.1, 3.0, 2.0, exponent=s)
        found = bath.derivatives(w)
        gamma = bath.power_spectrum(w)
        assert away(2.0 * found.numbers["exponent"].real, gamma * np.log(np.abs(w) / 3.0)) < 1e-9
        assert away(found.numbers["strength"], bath.one_sided(w) / 0.1) < 1e-9
        # λω_c f(ω/ω_c, βω_c): degree one in energies.
        euler = 3.0 * found.numbers["cutoff"] + w * found.frequency - 2.0 * found.numbers["beta"]
        assert away(euler, bath.one_sided(w)) < 1e-8


def test_spectrum_whose_transform_is_dawsons():
    # η = D(ω)/√π and D' = 1 − 2ωD.
    w = np.linspace(-3.0, 3.0, 13)
    found = rf.SpectrumBath(lambda w: np.exp(-(w**2))).derivatives(w)
    dawson = scipy.special.dawsn(w)
    exact = -w * np.exp(-(w**2)) + 1j * (1.0 - 2.0 * w * dawson) / np.sqrt(np.pi)
    assert away(found.frequency, exact) < 1e-9
    assert not dict(found.numbers)


def test_fermions_that_a_lead_shares():
    lead = rf.ParticleBath(0.1, beta=2.0, mu=0.5, band=(-10.0, 10.0))
    w = np.array([-2.0, 0.3, 0.5, 4.0])
    f = lead.occupation(w)
    slope = 0.1 * f * (1.0 - f)
    found = lead.removal.derivatives(w)
    assert list(found.numbers) == ["density", "beta", "mu"]
    assert np.allclose(2.0 * found.frequency.real, 2.0 * slope, atol=1e-11)
    assert np.allclose(2.0 * found.numbers["mu"].real, -2.0 * slope, atol=1e-11)
    assert np.allclose(2.0 * found.numbers["beta"].real, (w - 0.5) * slope, atol=1e-11)
    assert np.allclose(2.0 * found.numbers["density"].real, 1.0 - f, atol=1e-11)
    back = lead.injection.derivatives(-w)
    assert np.allclose(2.0 * back.frequency.real, 2.0 * slope, atol=1e-11)
    assert np.allclose(2.0 * back.numbers["mu"].real, 2.0 * slope, atol=1e-11)


def test_one_over_f_noise():
    found = rf.OneOverFBath(1e-4, 1e-3, 1e3).derivatives(W)
    x = np.abs(W)
    low = -2e-4 / (x**2 + 1e-6)
    assert away(2.0 * found.numbers["low"].real, low) < 1e-9
    eta = -1e-4 * W / (1e-3 * (W**2 + 1e-6))
    assert away(found.numbers["low"].imag, eta) < 1e-8


def test_ends_of_ranges_and_infinite_numbers():
    # Γ is linear in the strength: the side that is there tells it.
    nothing, exact = Own(rf.OhmicBath, 0.0, 10.0, 5.0).derivatives(W), rf.OhmicBath(1.0, 10.0, 5.0)
    assert away(nothing.numbers["first"], exact.one_sided(W)) < 1e-10
    assert (nothing.numbers["second"] == 0.0).all()
    cold = Own(rf.OhmicBath, 0.04, 10.0, np.inf).derivatives(W)
    assert (cold.numbers["third"] == 0.0).all()
    assert not any(
        name == "exponent" for name in rf.OhmicBath(0.04, np.inf, 5.0).derivatives(W, False).numbers
    )
    at_rest = Own(rf.LorentzianBath, 0.2, 0.5, 0.0).derivatives(W)
    exact = rf.LorentzianBath(0.2, 0.5).derivatives(W)
    assert away(at_rest.numbers["third"], exact.numbers["centre"]) < 1e-9
    tiny = Own(rf.LorentzianBath, 0.2, 0.5, 1e-13).derivatives(W)
    assert away(tiny.numbers["third"], exact.numbers["centre"]) < 1e-9


def test_kinks_have_the_mean_of_both_sides_and_infinite_shifts():
    found = Own(rf.OhmicBath, 0.4, 2.0, 3.0).derivatives([0.0, 1.0])
    exact = rf.OhmicBath(0.4, 2.0, 3.0).derivatives([0.0, 1.0])
    assert np.allclose(found.frequency.real, exact.frequency.real, atol=1e-10)
    assert found.frequency.imag[0] == np.inf
    assert np.isclose(found.frequency.imag[1], exact.frequency.imag[1], rtol=1e-9)
    hard = rf.OhmicBath(0.1, 3.0, 2.0, cutoff_function="hard").derivatives([1.0, 3.0], lamb_shift=False)
    # At the cutoff γ jumps: its slope is that of the inner side and 0.
    inner = rf.OhmicBath(0.1, np.inf, 2.0).derivatives([1.0, 3.0], lamb_shift=False).frequency
    assert np.allclose(hard.frequency, inner * [1.0, 0.5], atol=1e-10)
    sub = rf.OhmicBath(0.1, 3.0, 2.0, exponent=0.5).derivatives([0.0, 1.0])
    assert np.isinf(sub.numbers["strength"].real[0])
    assert np.isfinite(sub.numbers["strength"][1])
    assert rf.OhmicBath(0.1, 3.0, 2.0).derivatives(0.0).numbers["exponent"].real == -np.inf


def test_baths_inside_a_bath():
    both = Both([rf.DrudeBath(0.1, 3.0, 2.0), rf.LorentzianBath(0.2, 0.5, 1.0)])
    w = np.array([-1.0, 0.4, 2.0])
    found = both.derivatives(w)
    first, second = (part.derivatives(w) for part in both.parts)
    assert list(found.numbers) == [
        "weight",
        *(f"parts[0].{name}" for name in first.numbers),
        *(f"parts[1].{name}" for name in second.numbers),
    ]
    assert away(found.numbers["parts[0].cutoff"], first.numbers["cutoff"]) < 1e-9
    assert away(found.numbers["parts[1].centre"], second.numbers["centre"]) < 1e-9
    assert away(found.numbers["weight"], both.one_sided(w)) < 1e-9
    alone = Both([rf.DrudeBath(0.1, 3.0, 2.0)]).derivatives(w).numbers
    assert " ".join(alone) == "weight strength cutoff beta"


def test_without_a_lamb_shift_it_is_not_asked_for():
    w = np.array([[0.5, -0.5], [0.0, 2.0]])
    found = Silent(0.3).derivatives(w, lamb_shift=False)
    assert found.frequency.shape == (2, 2)
    assert np.allclose(found.frequency, -0.3 * w * np.exp(-(w**2)), atol=1e-11)
    assert (found.numbers["rate"].imag == 0.0).all()
    with pytest.raises(AssertionError, match="η was asked for"):
        Silent(0.3).derivatives(w)


def test_a_class_with_another_rate_does_not_inherit_derivatives():
    class Louder(rf.DrudeBath):
        def power_spectrum(self, w):
            return 2.0 * super().power_spectrum(w)

        def lamb_shift(self, w):
            return 2.0 * super().lamb_shift(w)

    found, exact = (kind(0.1, 3.0, 2.0).derivatives(W) for kind in (Louder, rf.DrudeBath))
    assert away(found.frequency, 2.0 * exact.frequency) < 1e-9
    assert away(found.numbers["cutoff"], 2.0 * exact.numbers["cutoff"]) < 1e-9


def test_one_coupling_of_a_matrix_of_baths():
    bath = rf.OhmicBath(0.3, 2.0, 3.0)
    matrix = rf.BathMatrix(lambda w: bath.power_spectrum(w)[:, None, None] * np.eye(2), scale=bath.scale)
    system = rf.System(np.diag([0.0, 1.0]), [np.eye(2), np.eye(2)], matrix)
    w = np.array([-0.5, 1.0])
    found = system.baths[0].derivatives(w)
    assert away(found.frequency, bath.derivatives(w).frequency) < 1e-9
    assert not list(found.numbers)


def test_a_scale_that_is_far_too_long_is_not_believed():
    w = 1e-12 * W[np.abs(W) > 1e-4]
    found = Both([rf.OhmicBath(0.04, 1e-11, 5e12)]).derivatives(w)
    assert Both([rf.OhmicBath(0.04, 1e-11, 5e12)]).scale == 1.0
    assert away(found.frequency, rf.OhmicBath(0.04, 1e-11, 5e12).derivatives(w).frequency) < 1e-7


def test_a_rough_function_is_told():
    class Rough(rf.Bath):
        def power_spectrum(self, w):
            return 1.0 + 1e-3 * np.sin(1e9 * np.asarray(w))

    with pytest.raises(rf.ConvergenceError, match=r"dΓ/dω at ω = 0\.7 is not known to 1e-07"):
        Rough().derivatives([0.7], lamb_shift=False)


def test_what_is_asked_for_is_computed_once_and_pickled():
    found = Own(rf.DrudeBath, 0.1, 3.0, 2.0).derivatives(W)
    assert found.numbers["second"] is found.numbers["second"]
    again = pickle.loads(pickle.dumps(found))
    assert np.array_equal(again.numbers["third"], found.numbers["third"])
    assert again.error == found.error
    assert repr(found) == "BathDerivatives(frequency of shape (10,), numbers first, second, third)"
    assert again.numbers.keys() == found.numbers.keys()
    assert rf.DrudeBath(0.1, 3.0, 2.0).derivatives(np.zeros((0,))).numbers["beta"].shape == (0,)
    assert Own(rf.DrudeBath, 0.1, 3.0, 2.0).derivatives(np.zeros((0, 2))).numbers["third"].shape == (0, 2)


def test_batches():
    w = np.array([[-1.0, 0.3], [0.5, 2.0], [0.5, 0.0], [1.0, 1.5]])
    kinds = [
        rf.OhmicBath.batch(np.array([0.1, 0.2, 0.3, 0.1]), 10.0, beta=np.array([1.0, 2.0, 3.0, np.inf])),
        rf.LorentzianBath.batch(0.1, np.array([0.5, 0.6, 0.7, 0.8])),
        rf.FlatBath.batch(np.array([0.1, 0.2, 0.3, 0.4])),
        rf.UnderdampedBath.batch(0.1, 1.0, np.array([0.5, 0.6, 2.0, 0.8]), 2.0),
        rf.OhmicBath.batch(0.1, 10.0, np.array([1.0, 2.0, 3.0, 4.0]), cutoff_function="gaussian"),
        rf.BathBatch([rf.DrudeBath(0.1, 5.0, b) for b in (0.5, 1.0, 1.0)] + [rf.FlatBath(0.2)]),
    ]
    for batch in kinds:
        for first, count in ((0, 4), (1, 2)):
            for shift in (True, False):
                found = batch.derivatives(w[first : first + count], shift, first)
                for k in range(count):
                    one = batch[first + k].derivatives(w[first + k], shift)
                    assert np.allclose(found.frequency[k], one.frequency, rtol=1e-12, atol=0.0)
                    for name, value in found.numbers.items():
                        expected = one.numbers[name] if name in one.numbers else np.zeros(2)
                        assert np.allclose(
                            value[k],
                            expected,
                            rtol=1e-10,
                            atol=1e-10 * np.abs(expected[np.isfinite(expected)]).max(initial=0.0),
                        )
                        assert value.shape == (count, 2)
                    assert set(one.numbers) <= set(found.numbers)
    some = rf.OhmicBath.batch(0.1, np.array([np.inf, 10.0]), 2.0).derivatives(w[:2], lamb_shift=False)
    assert (some.numbers["exponent"][0] == 0.0).all()
    assert (some.numbers["exponent"][1] != 0.0).all()
    with pytest.raises(ValueError, match="one row for each member"):
        batch.derivatives(w[0])
