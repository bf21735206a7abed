"""Messages of baths: what is refused is named with its value."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf
from redfield import Fluctuator, analysis, average

from reference import random_hermitian, random_matrix

MATRIX = rf.BathMatrix(lambda w: np.exp(-np.abs(w))[:, None, None] * np.eye(2))


SIGMA_X, SIGMA_Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])


ADVICE = r"cutoff.*lamb_shift"


DIVERGENT = {
    "a step": lambda w: 0.2 * (w > 0.0),
    "a ramp": lambda w: 0.2 * w * (w > 0.0),
    "1/ln": lambda w: np.where(w > 0.0, 1.0 / (2.0 + np.log1p(np.abs(w))), 0.0),
    "ln": lambda w: np.where(w < 0.0, np.log1p(np.abs(w)), 0.0),
    "oscillating": lambda w: np.where(w > 0.0, 1.0 + np.cos(3.0 * w), 0.0),
    "unequal": lambda w: np.where(w > 0.0, 1.0, 0.9),
    "two ramps": lambda w: 0.1 * np.abs(w),
}


X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])


def test_what_a_bath_of_ones_own_raises_is_not_lost():
    class Broken(rf.Bath):
        def power_spectrum(self, w):
            if np.size(w) > 4:
                raise RuntimeError("no more than four frequencies")
            return np.full(np.shape(w), 0.1)

        def correlation(self, t):
            raise RuntimeError("no C here")

    system = rf.System(np.diag([0.0, 1.0]), [np.array([[0.0, 1.0], [1.0, 0.0]])], Broken())
    with pytest.raises(RuntimeError, match="no more than four"):
        rf.UniversalLindblad(system)
    with pytest.raises(RuntimeError, match="no C here"):
        rf.CoarseGrained(system, 2.0)


def test_a_bath_that_does_not_say_where_it_varies_is_refused():
    narrow = rf.LorentzianBath(0.2, 1e-3, 5.0)

    class Mute(rf.Bath):
        def power_spectrum(self, w):
            return narrow.power_spectrum(w)

    system = rf.System(np.diag([0.0, 1.0]), [np.array([[0.0, 1.0], [1.0, 0.0]])], Mute())
    with pytest.raises(ValueError, match=r"Mute.*breakpoints, scale"):
        rf.UniversalLindblad(system)


def test_what_has_no_value_is_an_error():
    with pytest.raises(ValueError, match=r"no value at 3, outside \[0, 2\]"):
        rf.TabulatedBath([0.0, 1.0, 2.0], [1.0, 1.0, 1.0]).power_spectrum(np.array([3.0]))
    negative = rf.ParticleBath(lambda w: -0.1 + 0.0 * w, 1.0, band=(-1.0, 1.0))
    with pytest.raises(ValueError, match=r"density_of_states\(.*\) = -0.1 is negative"):
        negative.density_of_states(0.3)
    sub_ohmic = rf.OhmicBath(0.1, 10.0, 1.0, exponent=0.5)
    sigma_x = np.array([[0.0, 0.5], [0.5, 0.0]])
    with pytest.raises(ValueError, match=r"power_spectrum\(0\) = inf is not finite"):
        rf.Redfield(rf.System(sigma_x, [np.diag([1.0, 0.3])], sub_ohmic))
    # γ(0) is never used: σz has no elements between equal energies of σx.
    steady = rf.Redfield(
        rf.System(sigma_x, [np.diag([1.0, -1.0])], sub_ohmic), lamb_shift=False
    ).steady_state()
    assert steady.state[0, 1].real == pytest.approx(-0.5 * np.tanh(0.5), abs=1e-10)


@pytest.mark.parametrize(
    "function",
    [
        lambda w: np.exp(-(w**2)) + 1j,
        lambda w: np.array(["a"] * np.size(w)).reshape(np.shape(w)),
        lambda w: None,
        lambda w: np.ma.masked_array(np.ones(np.shape(w)), np.ones(np.shape(w), dtype=bool)),
    ],
)
def test_functions_return_real_numbers(function):
    at = np.array([0.3, 1.0])
    for call in (
        rf.SpectrumBath(function).power_spectrum,
        rf.SpectralDensityBath(function, 1.0).power_spectrum,
        rf.ParticleBath(function, 1.0, band=(-3.0, 3.0)).density_of_states,
    ):
        with pytest.raises((TypeError, ValueError)):
            call(at)
    with pytest.raises(ValueError, match="not a number"):
        rf.SpectrumBath(lambda w: np.where(w == 0.5, np.nan, 1.0)).power_spectrum([0.2, 0.5])


def test_numbers_of_a_bath_matrix():
    def white(w):
        return np.broadcast_to(np.eye(2), (len(w), 2, 2))

    for wrong in (
        {"beta": "x"},
        {"beta": -1.0},
        {"scale": 0.0},
        {"scale": None},
        {"breakpoints": ["a"]},
        {"breakpoints": 3},
    ):
        with pytest.raises((TypeError, ValueError), match=next(iter(wrong))):
            rf.BathMatrix(white, **wrong)
    with pytest.raises(ValueError, match=r"got shape \(\)"):
        MATRIX.power_spectrum(1.0)


def test_no_method_returns_nan():
    class Broken(rf.Bath):
        def power_spectrum(self, w):
            return np.where(np.abs(w) == 0.25, np.nan, 1.0)

    assert Broken().power_spectrum([0.2, 1.0]).tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match=r"Broken.*power_spectrum\(-0.25\) = nan is not finite"):
        Broken().power_spectrum([0.2, -0.25])
    # A bath so narrow that its memory is beyond the range of numbers is refused by its number.
    with pytest.raises(ValueError, match=r"cutoff = 1e-290 is beyond"):
        rf.OhmicBath(0.1, 1e-290, 1.0, 2.0).exponentials(1.0)


@pytest.mark.parametrize("name", DIVERGENT)
def test_what_does_not_fall_off_is_refused(name):
    bath = rf.SpectrumBath(DIVERGENT[name])
    with pytest.raises(ValueError, match=ADVICE):
        bath.lamb_shift(np.array([-1.0, 0.5]))
    with pytest.raises(ValueError, match="correlation"):
        bath.correlation(1.0)
    system = rf.System(0.5 * SIGMA_Z, [SIGMA_X], bath)
    for kind in (rf.Redfield, rf.Davies, rf.UniversalLindblad):
        with pytest.raises(ValueError, match=ADVICE):
            kind(system).apply(np.eye(2) / 2)
        kind(system, lamb_shift=False).apply(np.eye(2) / 2)


def test_more_that_does_not_fall_off():
    with pytest.raises(ValueError, match=ADVICE):
        rf.SpectralDensityBath(lambda w: 0.2 + 0.0 * w, 1.0).lamb_shift([0.5])
    for beta in (0.3, np.inf):
        system = rf.System(0.5 * SIGMA_Z, [SIGMA_X], rf.OhmicBath(0.2, np.inf, beta))
        with pytest.raises(ValueError, match=ADVICE):
            rf.UniversalLindblad(system)
    with pytest.raises(ValueError, match="does not fall off"):
        rf.OhmicBath(0.1, 1.0, 1.0, 1.9, "drude").correlation(1.0)


@pytest.mark.parametrize("a", [1.0, 1.3, 2.0, 4.0])
@pytest.mark.parametrize("place", [0.0, -0.7])
def test_a_singularity_that_can_not_be_integrated_is_refused(a, place):
    """1/f noise without a lowest frequency, and its like."""
    bath = rf.SpectrumBath(
        lambda w: 0.1 * np.abs(w - place) ** -a * np.exp(-np.abs(w)), breakpoints=[0.0, place]
    )
    with pytest.raises(ValueError, match=rf"diverges as \|ω.*{ADVICE}"):
        bath.lamb_shift(2.0)
    with pytest.raises(ValueError, match=r"diverges as .*correlation"):
        bath.correlation(2.0)
    for kind in (rf.Redfield, rf.UniversalLindblad):
        with pytest.raises(ValueError, match=r"diverge|is known to"):
            kind(rf.System(0.5 * SIGMA_Z, [SIGMA_X], bath)).apply(np.eye(2) / 2)


def test_bad_input():
    w = np.linspace(0.0, 1.0, 5)
    with pytest.raises(ValueError, match=r"TabulatedBath: the power spectrum at ω = 0.5 is -1"):
        rf.TabulatedBath(w, [0.0, 1.0, -1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match=r"frequencies\[2\] = 0.25 does not"):
        rf.TabulatedBath([0.0, 0.5, 0.25], [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="complete_kms needs beta"):
        rf.TabulatedBath(w, w, complete_kms=True)
    with pytest.raises(ValueError, match=r"spectral_density\(.*\) = -.* is negative"):
        rf.SpectralDensityBath(lambda w: -w, beta=1.0).power_spectrum([1.0])
    with pytest.raises(ValueError, match="shape of w"):
        rf.SpectrumBath(lambda w: 1.0).power_spectrum([1.0, 2.0])
    with pytest.raises(ValueError, match="bosons must lie below"):
        rf.ParticleBath(lambda w: w, 1.0, 0.5, "boson", band=(0.0, 1.0))
    with pytest.raises(ValueError, match="Drude cutoff"):
        rf.OhmicBath(0.1, 1.0, 1.0, exponent=2.0, cutoff_function="drude")
    sub = rf.OhmicBath(0.1, 1.0, 1.0, exponent=0.5)
    with pytest.raises(ValueError, match=r"OhmicBath.*power_spectrum\(0\) = inf is not finite"):
        rf.Redfield(rf.System(np.eye(2), rf.SiteProjectors(2), sub), lamb_shift=False)


@pytest.mark.parametrize("width", [1e4, 1e7, 1e9])
def test_dots_with_wide_bands_are_coarse_grained_or_refused_at_once(width):
    """`diagnose` leaves the equation out with the reason of the refusal."""
    lead = rf.ParticleBath(1.0, 10.0, 0.2, band=(-width, width))
    out = np.array([[0.0, 0.3], [0.0, 0.0]])
    system = rf.System(np.diag([0.0, 0.3]), [out, out.T], [lead.removal, lead.injection])
    if width < 1e5:
        rf.CoarseGrained(system, 5.0)
    else:
        with pytest.raises(ValueError, match="narrower band or soft edges"):
            rf.CoarseGrained(system, 5.0)


def test_bad_input_is_told():
    still = rf.Lindblad(np.zeros((2, 2)), [np.zeros((2, 2))])
    with pytest.raises(ValueError, match="rate must be positive"):
        Fluctuator(Z, 0.1, 0.0)
    with pytest.raises(TypeError, match=r"fluctuators\[0\] must be a Fluctuator"):
        average(still, [Z], [1, 0], [0, 1], samples=2, seed=1)
    with pytest.raises(ValueError, match=r"fluctuators\[0\]\.operator"):
        average(still, [Fluctuator(np.eye(3), 0.1, 1.0)], [1, 0], [0, 1], samples=2, seed=1)
    with pytest.raises(TypeError, match=r"of a System or a DrivenSystem"):
        average(rf.Lindblad(np.array([Z, X]), [X]), [], [1, 0], [0, 1], samples=2, seed=1)
    with pytest.raises(ValueError, match="to add terms"):
        rf.DrivenSystem(lambda t: Z, [X], rf.FlatBath(1.0)).with_terms([(X, np.cos)])


def test_what_a_matrix_of_baths_refuses():
    h, couplings = random_hermitian(3, 1), [random_matrix(3, 2), random_matrix(3, 3)]
    system = rf.System(h, couplings, MATRIX)
    with pytest.raises(TypeError, match="PartialSecular does not apply to a BathMatrix"):
        rf.PartialSecular(system, 1.0)
    with pytest.raises(TypeError, match="CoarseGrained does not apply"):
        rf.CoarseGrained(system, 1.0)
    with pytest.raises(TypeError, match="no Lamb shift"):
        rf.UniversalLindblad(system)
    with pytest.raises(TypeError, match="Counting is of independent baths"):
        analysis.Counting(rf.Davies(system, False))
    with pytest.raises(TypeError, match=r"belongs to rf\.System alone"):
        rf.DrivenSystem(h, couplings, MATRIX)
    with pytest.raises(ValueError, match="is of 2 couplings, the system has 1"):
        rf.System(h, couplings[:1], MATRIX)
    with pytest.raises(ValueError, match="must return"):
        rf.BathMatrix(lambda w: np.ones((2, 2)))
    with pytest.raises(TypeError, match="must be a function"):
        rf.BathMatrix(np.eye(2))
    negative = rf.BathMatrix(lambda w: np.broadcast_to([[1.0, 2.0], [2.0, 1.0]], (len(w), 2, 2)))
    with pytest.raises(ValueError, match=r"negative eigenvalue -1"):
        rf.Redfield(rf.System(h, couplings, negative), False)
    skew = rf.BathMatrix(lambda w: np.broadcast_to([[1.0, 0.5], [0.4, 1.0]], (len(w), 2, 2)))
    with pytest.raises(ValueError, match="not Hermitian"):
        rf.Redfield(rf.System(h, couplings, skew), False)


def test_correlation_functions_without_an_end():
    for bath in (rf.OhmicBath(0.1, 3.0, 0.8, 1.0, "hard"), rf.OhmicBath(0.1, 3.0, 0.8, 0.5)):
        with pytest.raises(ValueError, match="decays too slowly"):
            rf.CorrelationBath(bath.correlation, bath.time_scale).one_sided([0.3])
    with pytest.raises(ValueError, match="without a cutoff"):
        rf.OhmicBath(0.04, np.inf, 5.0).lamb_shift(1.0)


def test_a_coupling_without_its_adjoint_is_told_of():
    with pytest.warns(rf.UnpairedCouplingWarning, match=r"couplings\[0\] is not Hermitian"):
        rf.System(
            np.diag([0.0, 1.0]), [np.array([[0.0, 1.0], [0.0, 0.0]])], rf.OhmicBath(0.04, 10.0, 1.0)
        )


def test_baths_of_arrays_and_of_infinite_shifts():
    batch = rf.OhmicBath.batch(np.array([0.1, 0.2]), 2.0, 1.0)
    for name in ("power_spectrum", "lamb_shift", "correlation", "memory_time", "exponentials", "beta"):
        with pytest.raises(AttributeError, match=rf"2 baths.*{name}.*\[k\]"):
            getattr(batch, name)
    with pytest.raises(TypeError, match=r"baths\[1\] must be a Bath"):
        rf.BathBatch([batch[0], batch])
    jumping = rf.SpectrumBath(lambda w: np.where(w > 0.0, np.exp(-np.abs(w)), 0.0))
    with pytest.raises(ValueError, match=r"lamb_shift\(0\) = -inf"):
        rf.Redfield(rf.System(0.5 * SIGMA_Z, [SIGMA_X + SIGMA_Z], jumping))
