"""Units against numbers of CODATA, and the same problem in several units."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

PUBLISHED = [
    (1.0, "eV", "cm^-1", 8065.543937),
    (1.0, "cm^-1", "GHz", 29.9792458),
    (1.0, "meV", "THz", 0.2417989242),
    (1.0, "K", "GHz", 20.836619),
    (1.0, "K", "ueV", 86.17333),
    (1.0, "hartree", "eV", 27.211386),
    (1.0, "kcal/mol", "meV", 43.364104),
    (1.0, "GHz", "rad/ns", 2.0 * np.pi),
    (1.0, "J", "rad/s", 1.0 / 1.054571817e-34),
    (2.5, "ps", "fs", 2500.0),
]


@pytest.mark.parametrize(("value", "unit", "to", "known"), PUBLISHED)
def test_published_conversions(value, unit, to, known):
    assert rf.units.convert(value, unit, to) == pytest.approx(known, rel=5e-8)
    assert rf.units.convert(known, to, unit) == pytest.approx(value, rel=5e-8)
    assert rf.units.convert([[value]], unit, to).shape == (1, 1)


def test_every_unit_there_and_back_and_spellings():
    for table in (rf.units.ENERGIES, rf.units.TIMES):
        for a in table:
            for b in table:
                assert rf.units.convert(rf.units.convert(0.3, a, b), b, a) == pytest.approx(
                    0.3, rel=1e-14
                )
    for one, other in (
        ("cm-1", "cm^-1"),
        ("1/cm", "cm^-1"),
        ("µeV", "ueV"),
        ("μeV", "ueV"),
        ("1/ns", "rad/ns"),
    ):
        assert rf.units.convert(1.0, one, other) == 1.0
    assert rf.units.convert(1.0, "µs", "us") == 1.0


def test_beta_of_temperatures():
    assert rf.beta(300.0, "cm^-1") == pytest.approx(1.0 / 208.5105, rel=1e-6)
    assert rf.beta(0.0, "meV") == np.inf
    assert rf.beta(20.0, "rad/ns", scale="mK") == pytest.approx(rf.beta(0.02, "rad/ns"), rel=1e-14)
    assert np.array_equal(rf.beta([300.0, 0.0], "K"), [1.0 / 300.0, np.inf])
    with pytest.raises(ValueError, match=r"temperature must not be negative, got -1 K"):
        rf.beta([1.0, -1.0], "meV")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            lambda: rf.units.convert(1.0, "Ghz", "meV"),
            r"unit must be a unit of energy \(J, eV.*got 'Ghz'",
        ),
        (
            lambda: rf.units.convert(1.0, "fs", "meV"),
            "to must be a unit of time, got 'meV', one of energy",
        ),
        (
            lambda: rf.units.convert(1.0, "meV", "fs"),
            "to must be a unit of energy, got 'fs', one of time",
        ),
        (lambda: rf.units.Units("ps"), "unit must be a unit of energy, got 'ps', one of time"),
        (lambda: rf.units.Units("meV").time(1.0, "GHz"), "unit must be a unit of time, got 'GHz'"),
        (lambda: rf.beta(300.0, "fs"), "unit must be a unit of energy"),
    ],
)
def test_a_wrong_unit_is_refused_by_its_name(call, told):
    with pytest.raises(ValueError, match=told):
        call()


def test_a_time_is_what_a_phase_turns_in():
    # A level of 1 GHz turns once in a nanosecond, whatever the unit.
    for name in ("GHz", "rad/ns", "meV", "K", "cm^-1"):
        u = rf.units.Units(name)
        assert u.energy(1.0, "GHz") * u.time(1.0, "ns") == pytest.approx(2.0 * np.pi, rel=1e-12)
        assert u.to_time(u.time(0.7, "ps"), "fs") == pytest.approx(700.0, rel=1e-12)
        assert u.to_energy(u.energy(0.7, "K"), "mK") == pytest.approx(700.0, rel=1e-12)
        assert u.beta(2.0) * u.energy(2.0, "K") == pytest.approx(1.0, rel=1e-12)
    assert rf.units.Units("rad/ns").time(3.0, "ns") == pytest.approx(3.0, rel=1e-14)
    assert rf.units.Units("GHz").time(1.0, "ns") == pytest.approx(2.0 * np.pi, rel=1e-12)


def test_one_dimer_in_four_units():
    curves = []
    for name in ("cm^-1", "meV", "rad/ps", "K"):
        u = rf.units.Units(name)
        h = u.energy([[200.0, -90.0], [-90.0, 0.0]], "cm^-1")
        bath = rf.DrudeBath.from_reorganisation(
            u.energy(35.0, "cm^-1"), 1.0 / u.time(100.0, "fs"), u.energy(300.0, "K")
        )
        equation = rf.Redfield(rf.System(h, rf.SiteProjectors(2), bath))
        times = u.time(np.linspace(0.0, 1.0, 6), "ps")
        curves.append(
            equation.evolve([1.0, 0.0], times, [np.diag([1.0, 0.0])], rtol=1e-9, atol=1e-11).expect[0]
        )
    assert np.allclose(curves[1:], curves[0], rtol=0.0, atol=1e-8)
    assert curves[0][-1] < 0.4 < curves[0][0]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            lambda: rf.units.convert(1e308, "eV", "Hz"),
            r"value has 1e\+308, which is inf in the other unit",
        ),
        (
            lambda: rf.units.convert([1.0, 1e-300], "Hz", "J"),
            "value has 1e-300, which is 0 in the other unit",
        ),
        (lambda: rf.units.Units("rad/s").energy(1e300, "eV"), r"value has 1e\+300"),
        (lambda: rf.units.Units("eV").time([1.0, -1e305], "s"), r"value has -1e\+305, which is -inf"),
        (lambda: rf.beta(1e-320, "eV"), "temperature has .*e-32., which is inf"),
    ],
)
def test_numbers_beyond_double_precision_are_told(call, told):
    with pytest.raises(ValueError, match=told):
        call()
