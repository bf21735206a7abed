"""Derivatives of closed forms: differences in many digits, and principal values in extended precision."""

import mpmath
import numpy as np
import pytest

import redfield as rf

LONG = np.longdouble
W = np.array([s * x for x in (1e-9, 1e-6, 1e-3, 0.1, 1.0, 3.0, 30.0, 1e3) for s in (1.0, -1.0)])


def gamma(j, w, beta):
    """J(ω)/(1 − e^{−βω}) in mpmath's numbers."""
    if not mpmath.isfinite(beta):
        return j(w) if w > 0 else mpmath.mpf(0)
    return j(w) / -mpmath.expm1(-beta * w)


def drude(w, strength, cutoff, beta):
    """Γ by the formula of DrudeBath's docstring."""
    turn = 2 * mpmath.pi
    half = gamma(lambda x: strength * x * cutoff**2 / (x**2 + cutoff**2), w, beta) / 2
    if mpmath.isfinite(beta):
        bracket = mpmath.pi / (beta * cutoff) + mpmath.re(mpmath.digamma(1 + 1j * beta * w / turn))
        bracket -= mpmath.digamma(1 + beta * cutoff / turn)
    else:
        bracket = mpmath.log(abs(w / cutoff))
    eta = strength * cutoff**2 / (w**2 + cutoff**2) * (-cutoff / 4 + w / turn * bracket)
    return half, eta


def lorentzian(w, strength, width, centre):
    x = (w - centre) / width
    return strength / (1 + x**2) / 2, strength * x / (1 + x**2) / 2


def underdamped(w, strength, frequency, damping, beta):
    """Γ by the formula of UnderdampedBath's docstring, from the residues of J at its poles."""
    root = mpmath.sqrt(mpmath.mpc(frequency**2 - damping**2 / 4))
    total, b = mpmath.mpc(0), -1j * beta * w / (2 * mpmath.pi)
    there = mpmath.digamma(1 + b)
    for sign in (1, -1):
        p, other = sign * root - 1j * damping / 2, -sign * root - 1j * damping / 2
        r = strength * damping * frequency**2 / (2 * (p**2 - other**2))
        total += r / 2 * (1 + mpmath.coth(beta * p / 2)) / (w - p)
        for side in (1, -1):
            a = side * 1j * beta * p / (2 * mpmath.pi)
            total += r * beta / (4 * mpmath.pi**2) * (mpmath.digamma(1 + a) - there) / (a - b)

    def j(x):
        return strength * damping * frequency**2 * x / ((frequency**2 - x**2) ** 2 + (damping * x) ** 2)

    return gamma(j, w, beta) / 2, mpmath.im(total)


def check(bath, formula, names, digits, at=W, tol=1e-9):
    """All derivatives of a bath against differences in so many digits, relative to the largest of each."""
    found, alone = bath.derivatives(at), bath.derivatives(at, lamb_shift=False)
    values = [getattr(bath, name) for name in names]
    for place, name in enumerate(["frequency of the system", *names]):
        if place and np.isinf(values[place - 1]):
            assert (found.numbers[name] == 0.0).all()
            continue
        expected = np.empty(len(at), dtype=complex)
        with mpmath.workdps(digits):
            for k, w in enumerate(at):
                point = [mpmath.mpf(x) for x in (w, *values)]
                step = (abs(point[place]) or 1) * mpmath.mpf(10) ** (-digits // 4)
                up, down = (
                    formula(*point[:place], point[place] + h, *point[place + 1 :]) for h in (step, -step)
                )
                expected[k] = complex(
                    *(float((x - y) / (2 * step)) for x, y in zip(up, down, strict=True))
                )
        got = found.numbers[name] if place else found.frequency
        rate = alone.numbers[name] if place else alone.frequency
        for mine, exact in ((got.real, expected.real), (got.imag, expected.imag)):
            assert np.abs(mine - exact).max() <= tol * np.abs(exact).max(), (bath, name)
        assert np.array_equal(rate, got.real)


# βω_c = 2πk is where a pole of J meets one of coth; ω = ω_c is among the frequencies.
@pytest.mark.parametrize("beta", [1e-3, 0.1, 2.0 * np.pi, 6.0 * np.pi, 100.0, 1e6, np.inf])
def test_drude(beta):
    check(rf.DrudeBath(0.3, 1.0, beta), drude, ("strength", "cutoff", "beta"), 60)


@pytest.mark.parametrize(("width", "centre"), [(1.0, 1.0), (1e-3, -3.0), (1e4, 0.0)])
def test_lorentzian(width, centre):
    check(rf.LorentzianBath(0.3, width, centre), lorentzian, ("strength", "width", "centre"), 40)


@pytest.mark.parametrize("beta", [1e-3, 2.0 * np.pi, 1e4])
@pytest.mark.parametrize("damping", [1e-3, 0.5, 2.0 + 1e-9, 2.2, 50.0])
def test_underdamped(damping, beta):
    names = ("strength", "frequency", "damping", "beta")
    at = np.array([1e-6, 0.1, 0.9995, 1.0, -1.0, -30.0])
    check(rf.UnderdampedBath(0.3, 1.0, damping, beta), underdamped, names, 70, at)


def test_modes_whose_poles_coincide_or_meet_those_of_coth():
    near = rf.UnderdampedBath(0.3, 1.0, 2.0 + 1e-9, 3.0).derivatives(W)
    at = rf.UnderdampedBath(0.3, 1.0, 2.0, 3.0).derivatives(W)
    for name in at.numbers:
        size = np.abs(at.numbers[name]).max()
        assert np.abs(at.numbers[name] - near.numbers[name]).max() < 1e-8 * size
    # Overdamped poles at −i/2 and −2i, and β such that the first is the first of coth.
    meeting = rf.UnderdampedBath(0.3, 1.0, 2.5, 4.0 * np.pi)
    beside = rf.UnderdampedBath(0.3, 1.0, 2.5, 4.0 * np.pi + 1e-10)
    for name, value in meeting.derivatives(W).numbers.items():
        assert np.abs(value - beside.derivatives(W).numbers[name]).max() < 1e-9 * np.abs(value).max()


def principal_value(g, w, top):
    """(1/2π) P∫ g(ν)/(ω − ν) dν of a g that is smooth but for ν = 0, by Gauss's rule on panels that double."""
    x, weight = (a.astype(LONG) for a in np.polynomial.legendre.leggauss(24))

    def integral(f, low, high):
        edges = np.concatenate(
            [[LONG(0)], LONG(low) * LONG(2) ** np.arange(int(np.log2(high / low)) + 2)]
        )
        edges[-1] = high
        half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
        return (half[:, None] * weight * f(middle[:, None] + half[:, None] * x)).sum()

    w = LONG(w)
    near, side = abs(w) / 2, np.sign(w)
    total = integral(lambda y: (g(w - y) - g(w + y)) / y, near * LONG(1e-12), near)
    total += integral(lambda y: g(side * y) / (w - side * y), near * LONG(1e-16), near)
    total += integral(lambda y: g(side * (y + 3 * near)) / (w - side * (y + 3 * near)), near, top)
    total += integral(lambda y: g(-side * y) / (w + side * y), near * LONG(1e-16), top)
    return total / (2 * LONG(np.pi))


def ohmic_rates(cutoff, beta):
    """∂γ/∂p of λ = 1 by name, functions of ω ≠ 0."""
    a = 1 / LONG(cutoff)

    def theta(w):
        x = beta * np.abs(w)
        up = np.abs(w) / -np.expm1(-x)
        return np.where(w > 0, up, up * np.exp(-x))

    def rise(w):
        x = beta * np.abs(w)
        series = LONG(1) / 2 - x / 6 + x**3 / 180 - x**5 / 5040 + x**7 / 151200
        gap = -np.expm1(-x)
        below = np.where(x < 0.03, series, np.exp(-x) * (x - gap) / gap**2)
        return np.where(w > 0, 1 - below, below)

    def fall(w):
        return np.exp(-a * np.abs(w))

    return {
        "strength": lambda w: fall(w) * theta(w),
        "exponent": lambda w: fall(w) * theta(w) * np.log(np.abs(w) * a),
        "w": lambda w: fall(w) * (rise(w) - a * np.sign(w) * theta(w)),
        "cutoff": lambda w: fall(w) * theta(w) * np.abs(w) * a**2,
        "beta": lambda w: (
            -fall(w) * (np.abs(w) * np.exp(-beta * np.abs(w) / 2) / np.expm1(-beta * np.abs(w))) ** 2
        ),
    }


@pytest.mark.parametrize("beta", [1e-3, 0.1, 2.0 * np.pi, 100.0, 1e6])
@pytest.mark.parametrize("cutoff", [1.0, 300.0])
def test_ohmic_is_the_transform_of_its_rate(beta, cutoff):
    found = rf.OhmicBath(1.0, cutoff, beta).derivatives(W)
    with np.errstate(under="ignore", over="ignore"):
        for name, rate in ohmic_rates(cutoff, LONG(beta)).items():
            got = found.frequency if name == "w" else found.numbers[name]
            gamma = rate(W.astype(LONG))
            eta = np.array([principal_value(rate, w, 1e3 * max(cutoff, 1.0)) for w in W])
            assert np.abs(2.0 * got.real - gamma).max() < 1e-12 * np.abs(gamma).max()
            assert np.abs(got.imag - eta).max() < 1e-11 * np.abs(eta).max()


def test_ohmic_at_zero_temperature():
    def formula(w, strength, cutoff, beta):
        z = w / cutoff
        g = z * mpmath.exp(-z) * mpmath.ei(z)
        half = strength * w * mpmath.exp(-z) / 2 if w > 0 else mpmath.mpf(0)
        return half, strength * cutoff * (g - 1) / (2 * mpmath.pi)

    for cutoff in (1.0, 1e-2):
        check(rf.OhmicBath(0.3, cutoff, np.inf), formula, ("strength", "cutoff", "beta"), 60)


def test_modes_at_zero_temperature_are_the_limit_of_cold_ones():
    for damping in (0.3, 2.0, 5.0):
        cold = rf.UnderdampedBath(0.3, 1.0, damping, np.inf).derivatives(W[8:])
        near = rf.UnderdampedBath(0.3, 1.0, damping, 1e9).derivatives(W[8:])
        for name in ("strength", "frequency", "damping"):
            size = np.abs(cold.numbers[name]).max()
            assert np.abs(cold.numbers[name] - near.numbers[name]).max() < 1e-10 * size


def test_where_the_rate_has_a_kink():
    # γ(0±)' = λ/2 ∓ λ/βω_c, and η ∝ ω ln|ω| with their difference.
    found = rf.OhmicBath(0.4, 2.0, 3.0).derivatives([0.0, 1e-12, -1e-12])
    assert np.allclose(found.frequency.real[0], 0.1)
    assert np.allclose(found.frequency.real[1:], [0.1 - 0.4 / 12.0, 0.1 + 0.4 / 12.0])
    assert found.frequency.imag[0] == np.inf
    slope = 0.4 / (2.0 * np.pi) * -2.0 / 6.0 * np.log(1e-12)
    assert np.allclose(found.frequency.imag[1:], slope, rtol=0.1)
    for bath in (
        rf.OhmicBath(0.4, 2.0, np.inf),
        rf.DrudeBath(0.4, 2.0, np.inf),
        rf.UnderdampedBath(0.4, 2.0, 1.0, np.inf),
    ):
        there = bath.derivatives(0.0)
        assert there.frequency.imag == -np.inf
        assert np.isclose(there.frequency.real, 0.5 * bath.derivatives(1e-9).frequency.real)
        assert not any(np.isnan(value) for value in there.numbers.values())
    assert rf.DrudeBath(0.0, 2.0, np.inf).derivatives(0.0).frequency == 0.0
    assert np.isfinite(rf.DrudeBath(0.4, 2.0, 3.0).derivatives(0.0).frequency)


@pytest.mark.parametrize("s", [1e-12, 1e-6, 1e6, 1e12])
def test_units(s):
    baths = [
        (rf.OhmicBath, (0.3, 2.0, 3.0), (0, 1, -1), 1),
        (rf.DrudeBath, (0.3, 2.0, 3.0), (0, 1, -1), 1),
        (rf.LorentzianBath, (0.3, 2.0, 1.0), (1, 1, 1), 1),
        (rf.UnderdampedBath, (0.3, 2.0, 1.0, 3.0), (1, 1, 1, -1), 1),
        (rf.FlatBath, (0.3,), (1,), 1),
    ]
    w = np.array([-2.0, -0.3, 0.7, 2.0])
    for kind, numbers, powers, rate in baths:
        one, other = kind(*numbers), kind(*(x * s**p for x, p in zip(numbers, powers, strict=True)))
        found, scaled = one.derivatives(w), other.derivatives(s * w)
        assert np.allclose(scaled.frequency, found.frequency, rtol=1e-9, atol=0.0)
        for name, power in zip(found.numbers, powers, strict=False):
            expected = found.numbers[name] * s ** (rate - power)
            assert np.abs(scaled.numbers[name] - expected).max() <= 1e-9 * np.abs(expected).max()
