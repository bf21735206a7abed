"""Messages of models and operators: what is refused is named with its value."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf
from redfield.models import mixed_field_ising, tv_fermions, xxz

M = rf.models


MODELS = {
    "mixed_field_ising": (lambda **p: rf.models.mixed_field_ising(3, **p),
                          ("coupling", "transverse", "longitudinal", "disorder")),
    "xxz": (lambda **p: rf.models.xxz(4, **p), ("anisotropy", "coupling", "disorder", "second")),
    "heisenberg": (lambda **p: rf.models.heisenberg(4, **p), ("coupling", "disorder")),
    "tv_fermions": (lambda **p: rf.models.tv_fermions(4, 2, **p), ("hopping", "interaction", "disorder")),
    "bose_hubbard": (lambda **p: rf.models.bose_hubbard(3, 2, **p), ("hopping", "interaction", "disorder")),
    "anderson": (lambda **p: rf.models.anderson(3, **{"disorder": 1.0, **p}), ("disorder", "hopping")),
    "dirac_syk2": (lambda **p: rf.models.dirac_syk2(3, **p), ("scale",)),
    "chain": (lambda **p: rf.models.chain(3, **p), ("hopping",)),
    "ladder": (lambda **p: rf.models.ladder(3, **p), ("leg", "rung")),
    "ssh": (lambda **p: rf.models.ssh(3, **p), ("intra", "inter")),
    "aubry_andre": (lambda **p: rf.models.aubry_andre(3, **{"strength": 1.0, **p}),
                    ("strength", "hopping", "frequency", "phase")),
    "square": (lambda **p: rf.models.square(3, **p), ("hopping",)),
    "cubic": (lambda **p: rf.models.cubic(2, **p), ("hopping",)),
    "graphene": (lambda **p: rf.models.graphene(3, **p), ("hopping", "mass")),
    "haldane": (lambda **p: rf.models.haldane(3, **p), ("hopping", "second", "phase", "mass")),
}  # fmt: skip


def test_bad_input():
    for call, error, message in (
        (lambda: M.lattice([3], [(1.0, 0, 0, [0])]), ValueError, "from a site to itself"),
        (lambda: M.lattice([3], [(1.0, 0, 1, [1])]), ValueError, "does not fit"),
        (lambda: M.lattice([3], [], periodic=[True, False]), ValueError, "must name the same axes"),
        (lambda: M.lattice([3], [], onsite=[1.0, 2.0]), ValueError, "onsite must be 1 or 3 numbers"),
        (lambda: M.lattice([3], [], onsite=1j), TypeError, "onsite must be real"),
        (lambda: M.graphene(2), ValueError, "at least 3 cells a side"),
        (lambda: M.square((2, 3, 4)), ValueError, "length must be an integer or 2"),
        (lambda: M.chain(0), ValueError, "n must be at least 1"),
        (lambda: M.aubry_andre(4, "strong"), TypeError, "strength must be a real number"),
        (lambda: M.chain(3, onsite=[0.0, np.inf, 0.0]), ValueError, r"onsite\[1\] is not finite"),
    ):
        with pytest.raises(error, match=message):
            call()


def test_sectors_the_coupling_breaks():
    with pytest.raises(ValueError, match="change the magnetisation and break the sector"):
        xxz(4).local("plus")
    with pytest.raises(ValueError, match=r"one site breaks the sector \(Σσᶻ = 0, momentum 1\)"):
        xxz(6, periodic=True, momentum=1).local("z")
    with pytest.raises(ValueError, match="σᶻ is of spins, this is a model of fermions"):
        tv_fermions(4, 2).local("z")
    with pytest.raises(ValueError, match="magnetisation must be one of"):
        xxz(4, magnetisation=1)
    with pytest.raises(ValueError, match="on a ring without disorder only"):
        xxz(6, momentum=1)
    with pytest.raises(ValueError, match="momentum must be below 6"):
        xxz(6, periodic=True, momentum=6)
    with pytest.raises(ValueError, match="5 particles do not fit 4 sites"):
        tv_fermions(4, 5)
    with pytest.raises(ValueError, match="more than 2"):
        mixed_field_ising(24)


def test_bad_arguments():
    with pytest.raises(ValueError, match="dims must be 1, 2 or 3, got 4"):
        rf.models.anderson(2, 1.0, dims=4)
    with pytest.raises(ValueError, match="length must be at least 1, got 0"):
        rf.models.anderson(0, 1.0)
    with pytest.raises(ValueError, match="disorder"):
        rf.models.anderson(2, -1.0)
    with pytest.raises(TypeError, match=r"n must be an integer, got 2\.5"):
        rf.models.dirac_syk2(2.5)
    with pytest.raises(ValueError, match="hopping must be finite"):
        rf.models.anderson(2, 1.0, hopping=np.inf)


def test_local_operators_say_what_is_wrong():
    with pytest.raises(ValueError, match="different ones of the 2 sites"):
        rf.operators.local(np.eye(4), (0, 0), [2, 2])
    with pytest.raises(ValueError, match="different ones of the 2 sites"):
        rf.operators.local(np.eye(2), 2, [2, 2])
    with pytest.raises(ValueError, match="operator has 3 levels, but site 0"):
        rf.operators.local(np.eye(3), 0, [2, 2])


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1e200])
@pytest.mark.parametrize("name", MODELS)
def test_parameters_that_are_not_finite_are_refused_by_name(name, value):
    model, parameters = MODELS[name]
    for parameter in parameters:
        with pytest.raises(ValueError, match=parameter):
            model(**{parameter: value})


@pytest.mark.parametrize("value", [complex(0.0, np.inf), complex(np.nan, 1.0)])
def test_complex_hoppings_that_are_not_finite_are_refused(value):
    with pytest.raises(ValueError, match="hopping must be finite"):
        rf.models.chain(3, value)
    with pytest.raises(ValueError, match=r"hoppings\[1\]\[0\]"):
        rf.models.lattice([3], [(1.0, 0, 0, [1]), (value, 0, 0, [2])])
