"""What baths are given: finite real numbers, functions of them, and places where these are not smooth."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest

import redfield as rf

LEAD = rf.ParticleBath(0.1, 2.0, 0.5, band=(-6.0, 8.0))
EMPTY = LEAD.empty
MATRIX = rf.BathMatrix(lambda w: np.exp(-np.abs(w))[:, None, None] * np.eye(2))


class Own(rf.Bath):
    def power_spectrum(self, w):
        return np.exp(-np.square(w))

    def correlation(self, t):
        return np.exp(-np.square(t)) + 0j


BATHS = [
    rf.OhmicBath(0.1, 2.0, 1.0),
    rf.OhmicBath(0.1, 2.0, 1.0, 0.5, "hard"),
    rf.DrudeBath(0.1, 2.0, 1.0),
    rf.UnderdampedBath(0.1, 1.0, 0.2, 1.0),
    rf.LorentzianBath(0.1, 2.0),
    rf.FlatBath(0.1),
    rf.OneOverFBath(1e-4, 1e-3, 1.0),
    rf.HybridOhmicBath(0.5, 0.05, 20.0, 1.0),
    rf.SpectrumBath(lambda w: np.exp(-(w**2))),
    rf.SpectralDensityBath(lambda w: w * np.exp(-w), 1.0),
    rf.TabulatedBath([0.0, 1.0, 2.0], [0.1, 0.2, 0.0], 1.0, True, "zero"),
    rf.CorrelationBath(lambda t: np.exp(-t)),
    LEAD,
    LEAD.removal,
    EMPTY,
    MATRIX,
    MATRIX.elements()[0],
    Own(),
]
WRONG = [
    "1",
    b"1",
    None,
    np.nan,
    np.inf,
    [1.0, np.nan],
    1.0 + 2.0j,
    np.array([1.0 + 1e-9j]),
    ["a"],
    [None],
    [[1.0], [2.0, 3.0]],
    object(),
    np.ma.masked_array([1.0, 2.0], [False, True]),
]


@pytest.mark.parametrize("bath", BATHS, ids=lambda b: type(b).__name__)
def test_methods_take_finite_real_numbers(bath):
    methods = ("power_spectrum", "lamb_shift", "one_sided", "correlation", "kms_defect", "occupation")
    for name in (*methods, "level_shift", "density_of_states"):
        method = getattr(bath, name, None)
        if method is None:
            continue
        (argument,) = inspect.signature(method).parameters
        for wrong in WRONG:
            with pytest.raises((TypeError, ValueError), match=rf"\b{argument}\b"):
                method(wrong)
            with pytest.raises((TypeError, ValueError), match=rf"\b{argument}\b"):
                method(**{argument: wrong})


def test_what_is_real_is_taken_as_it_is():
    bath = rf.SpectrumBath(lambda w: np.exp(-(w**2)))
    expected = np.exp(-1.0)
    for one in (1, 1.0, np.float32(1.0), 1.0 + 0.0j, [1], np.array([1]), [[1.0]], np.array(1.0)):
        found = bath.power_spectrum(one)
        assert np.shape(found) == np.shape(one)
        assert np.ravel(found)[0] == pytest.approx(expected)


def test_the_limit_of_a_spectrum_that_is_no_number_at_zero():
    for beta in (0.01, 3.0, 1e4):
        for scale in (1.0, 1.0 / beta):
            bath = rf.SpectrumBath(lambda w, b=beta: 0.2 * w / -np.expm1(-b * w), scale=scale)
            assert float(bath.power_spectrum(0.0)) == pytest.approx(0.2 / beta, rel=1e-8)
    for jumps in (
        lambda w: np.abs(w) / w,
        lambda w: np.sin(1.0 / w),
        lambda w: np.exp(1.0 / w) * 0.0 * w / w,
    ):
        with pytest.raises(ValueError, match=r"power_spectrum\(0\)"), np.errstate(over="ignore"):
            rf.SpectrumBath(lambda w, f=jumps: f(w) + 1.0).power_spectrum([0.0, 1.0])


def test_qutip_spectra_that_divide_by_zero():
    qutip = pytest.importorskip("qutip")
    from redfield.qutip import brmesolve

    def thermal(w):
        return 0.1 * w / (1.0 - math.exp(-w / 0.7))

    def defined(w):
        return 0.07 if w == 0.0 else thermal(w)

    h, x = 0.5 * qutip.sigmaz() + 0.2 * qutip.sigmax(), qutip.sigmax()
    rho = qutip.basis(2, 0)
    found, expected = (
        brmesolve(h, rho, [0.0, 3.0, 9.0], [[x, f]], e_ops=[qutip.sigmaz()]).expect[0]
        for f in (thermal, defined)
    )
    assert np.abs(found - expected).max() < 1e-8


def test_a_batch_of_baths_is_none_by_itself():
    batch = rf.OhmicBath.batch(np.array([0.1, 0.2]), 2.0, 1.0)
    for name in ("power_spectrum", "lamb_shift", "correlation", "memory_time", "exponentials", "beta"):
        with pytest.raises(AttributeError, match=name):
            getattr(batch, name)
    assert batch[1].power_spectrum(1.0) == rf.OhmicBath(0.2, 2.0, 1.0).power_spectrum(1.0)
    assert not hasattr(batch, "anything_else")
    with pytest.raises(TypeError, match="SystemBatch"):
        rf.System(np.diag([0.0, 1.0]), rf.SiteProjectors(2), batch)
    with pytest.raises(TypeError, match=r"baths\[1\]"):
        rf.BathBatch([batch[0], batch])


@pytest.mark.parametrize("damping", [0.3, 2.5, 40.0, 1e4, 3e9, 1e15, 1e80])
def test_the_lamb_shift_of_heavily_damped_modes(damping):
    """η of J = (λ/b)[aω/(a² + ω²) …]: two Drude baths of opposite sign, at a + b = Γ, ab = Ω², in closed form."""
    bath = rf.UnderdampedBath(0.2, 1.3, damping, 0.8)
    w = np.array([-4.0, -0.2, 0.0, 0.7, 30.0])
    found = bath.lamb_shift(w)
    assert np.isfinite(found).all()
    if damping > 2.6:
        fast = 0.5 * damping + math.sqrt(0.25 * damping**2 - 1.69)
        slow = 1.69 / fast
        # λΓΩ²ω/((ω² + a²)(ω² + b²)) = λΓΩ²/(a² − b²) [ω/(ω² + b²) − ω/(ω² + a²)]
        weight = 0.2 * damping / fast * 1.69 / fast / (1.0 - (slow / fast) ** 2)
        expected = rf.DrudeBath(1.0, slow, 0.8).lamb_shift(w) * (weight / slow**2)
        if damping < 1e70:  # later the fast one is nothing, and its square no number
            expected = expected - rf.DrudeBath(1.0, fast, 0.8).lamb_shift(w) * (weight / fast**2)
        assert np.abs(found - expected).max() <= 1e-9 * np.abs(expected).max()
    else:
        whole = bath.windowed(w, np.inf)[0]
        assert np.abs(found - whole.imag).max() < 1e-8


@pytest.mark.parametrize("beta", [0.5, 30.0, np.inf])
def test_leads_with_edges_that_are_powers(beta):
    w = np.array([-1.9999, -0.8, 0.3, 1.5])
    far = np.array([-7.0, 2.5])
    end = rf.ParticleBath(lambda x: 2.0 * np.sqrt(1.0 - x**2 / 4.0), beta, 0.1, band=(-2.0, 2.0))
    assert np.abs(end.level_shift(w) - 0.5 * w).max() < 1e-10
    assert np.abs(end.level_shift([-2.0, 2.0]) - [-1.0, 1.0]).max() < 1e-8
    outside = 0.5 * (far - np.sign(far) * np.sqrt(far**2 - 4.0))
    assert np.abs(end.level_shift(far) - outside).max() < 1e-10
    # Inside an infinite chain Re G = 0, outside 1/√(ω² − 4); D = −2 Im G.
    middle = rf.ParticleBath(lambda x: 2.0 / np.sqrt(4.0 - x**2), beta, 0.1, band=(-2.0, 2.0))
    assert np.abs(middle.level_shift(w[1:])).max() < 1e-9
    assert np.abs(middle.level_shift(far) - np.sign(far) / np.sqrt(far**2 - 4.0)).max() < 1e-9
    for bath in (end, middle):
        x = w[1:]
        whole = bath.removal.one_sided(x) + bath.injection.one_sided(-x).conj()
        assert np.abs(whole - 0.5 * bath.density_of_states(x) - 1j * bath.level_shift(x)).max() < 1e-8
    # C(t) of the end is J₁(2t)/t.
    assert complex(end.empty.correlation(3.0)) == pytest.approx(-0.27668385812756563 / 3.0, abs=1e-9)


@pytest.mark.parametrize("width", [7e2, 4e4, 5e7])
@pytest.mark.parametrize("beta", [0.7, 25.0])
def test_a_step_beside_another_corner_of_a_wide_band(width, beta):
    """μ near 0, where the band may have a corner of its own."""
    for mu in (0.3, -2.0):
        bath = rf.ParticleBath(1.0, beta, mu, band=(-width, 2.0 * width))
        x = np.array([-0.4, 0.9])
        whole = bath.removal.one_sided(x) + bath.injection.one_sided(-x).conj()
        shift = np.log((x + width) / (2.0 * width - x)) / (2.0 * np.pi)
        assert np.abs(whole.imag - shift).max() < 1e-9


def test_a_correlation_function_that_ends_in_its_rounding():
    for bath in (
        rf.OhmicBath(0.1, 3.0, 0.8, 1.0, "gaussian"),
        rf.UnderdampedBath(0.1, 1.0, 0.4, 1.0),
    ):
        given = rf.CorrelationBath(lambda t, b=bath: b.correlation(t), bath.time_scale)
        w = np.array([-1.0, 0.5, 1.0])
        error = np.abs(given.one_sided(w) - bath.one_sided(w)).max()
        assert error <= given.lamb_shift_error
        assert error < 1e-10
    for bath in (rf.OhmicBath(0.1, 3.0, 0.8, 1.0, "hard"), rf.OhmicBath(0.1, 3.0, 0.8, 0.5)):
        with pytest.raises(ValueError, match="correlation"):
            rf.CorrelationBath(bath.correlation, bath.time_scale).one_sided([0.3])


def test_extremes_of_every_closed_form():
    w = np.array([0.0, 1e-300, -1e-300, 1e-150, 1e150, -1e300, 1e300])
    for beta in (1e-12, 1.0, 1e12, np.inf):
        for cutoff in (1e-12, 1.0, 1e12):
            for bath in (
                rf.OhmicBath(0.1, cutoff, beta),
                rf.DrudeBath(0.1, cutoff, beta),
                rf.OneOverFBath(0.1, 1e-3 * cutoff, cutoff),
                rf.LorentzianBath(0.1, cutoff, 1.0),
            ):
                assert np.isfinite(bath.one_sided(w)).all(), bath
                assert (bath.power_spectrum(w) >= 0.0).all()
            for damping in (1e-6, 1e6):
                bath = rf.UnderdampedBath(0.1, cutoff, damping * cutoff, beta)
                assert np.isfinite(bath.power_spectrum(w)).all()
                if np.isfinite(beta):
                    assert np.isfinite(bath.lamb_shift(w)).all(), (bath, bath.lamb_shift(w))
