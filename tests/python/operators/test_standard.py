"""Operators and kets as arrays against QuTiP's of the same names."""

from __future__ import annotations

import numpy as np
import pytest
import qutip

from redfield import operators

SAME = [
    *((name, ()) for name in ("sigmax", "sigmay", "sigmaz", "sigmap", "sigmam")),
    *((name, (n,)) for name in ("destroy", "create", "num", "qeye") for n in (2, 5)),
    ("basis", (3, 2)),
    ("basis", (3,)),
    ("projection", (4, 1, 3)),
]


@pytest.mark.parametrize(("name", "arguments"), SAME)
def test_they_are_qutips(name, arguments):
    own, theirs = getattr(operators, name)(*arguments), getattr(qutip, name)(*arguments).full()
    assert type(own) is np.ndarray
    assert np.array_equal(own, theirs[:, 0] if own.ndim == 1 else theirs)


def test_one_level():
    for make in (operators.destroy, operators.create, operators.num):
        assert np.array_equal(make(1), [[0.0]])
    assert np.array_equal(operators.basis(1), [1.0])


def test_products_and_density_matrices():
    a, b = operators.destroy(3), operators.sigmay()
    assert np.array_equal(
        operators.tensor(a, b, operators.qeye(2)),
        qutip.tensor(qutip.destroy(3), qutip.sigmay(), qutip.qeye(2)).full(),
    )
    assert np.array_equal(operators.tensor([a, b]), np.kron(a, b))
    assert np.array_equal(operators.tensor(qutip.sigmax(), b), np.kron([[0, 1], [1, 0]], b))
    psi = np.array([0.6, 0.8j])
    assert np.array_equal(operators.tensor(psi, operators.basis(2, 1)), [0, 0.6, 0, 0.8j])
    for ket in (psi, psi[:, None], qutip.Qobj(psi)):
        assert np.allclose(operators.ket2dm(ket), qutip.ket2dm(qutip.Qobj(psi)).full())
    column = operators.tensor(qutip.basis(2, 0), qutip.Qobj(psi))
    assert np.array_equal(column, qutip.tensor(qutip.basis(2, 0), qutip.Qobj(psi)).full())
    assert np.array_equal(operators.projection(3, 1), np.diag([0.0, 1.0, 0.0]))
    site = operators.local(b, 1, [3, 2]).toarray()
    assert np.array_equal(site, operators.tensor(operators.qeye(3), b))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: operators.basis(2, 2), "level must be below 2, got 2"),
        (lambda: operators.projection(2, 0, 2), "level must be below 2"),
        (lambda: operators.destroy(0), "n must be at least 1"),
        (
            lambda: operators.ket2dm(np.eye(2)),
            r"ket must be a ket, \(N,\) or \(N, 1\), got shape \(2, 2\)",
        ),
        (lambda: operators.tensor(), "factors must be operators"),
        (lambda: operators.tensor(np.eye(2), [1.0, 0.0]), "all of one kind"),
        (lambda: operators.tensor(np.ones((2, 3)), np.eye(2)), r"got shapes \[\(2, 3\), \(2, 2\)\]"),
        (lambda: operators.tensor([np.nan, 1.0], [1.0, 0.0]), r"factors\[0\]\[0\] is not finite: nan"),
        (lambda: operators.ket2dm([1.0, np.inf]), r"ket\[1\] is not finite: inf"),
    ],
)
def test_bad_input(call, told):
    with pytest.raises(ValueError, match=told):
        call()


def test_too_large_ones_are_refused_before_they_are_made():
    with pytest.raises(MemoryError, match="an operator of 10000000 levels"):
        operators.destroy(10**7)
    with pytest.raises(MemoryError, match="tensor product"):
        operators.tensor(*[np.eye(100)] * 6)
