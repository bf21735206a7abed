"""Equations written out with NumPy sums and loops: nothing here uses the library's algorithms."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse

import redfield as rf

Array = np.ndarray[Any, Any]


class ShiftedBath(rf.Bath):
    """A thermal spectrum with a Lamb shift that is neither even nor odd."""

    def __init__(self, strength: float = 0.3, beta: float = 1.0) -> None:
        self.strength, self.beta = strength, beta

    def power_spectrum(self, w: Any) -> Array:
        w = np.asarray(w, dtype=float)
        safe = np.where(np.abs(w) < 1e-12, 1.0, w)
        thermal = np.where(np.abs(w) < 1e-12, 1.0 / self.beta, safe / -np.expm1(-self.beta * safe))
        return self.strength * thermal * np.exp(-np.abs(w) / 4.0)

    def lamb_shift(self, w: Any) -> Array:
        return self.strength * (0.2 * np.sin(np.asarray(w)) - 0.1)


def random_matrix(n: int, seed: int) -> Array:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, n)) + 1j * rng.standard_normal((n, n))


def random_hermitian(n: int, seed: int) -> Array:
    a = random_matrix(n, seed)
    return (a + a.conj().T) / 2.0


def random_state(n: int, seed: int) -> Array:
    a = random_matrix(n, seed)
    rho = a @ a.conj().T
    return rho / np.trace(rho)


def lindbladian(h: Array, jumps: list[Array]) -> Any:
    """𝓛 of Lindblad's equation on the rows of ρ one after the other, as a sparse matrix."""
    one = scipy.sparse.eye_array(len(h))
    out = -1j * (scipy.sparse.kron(h, one) - scipy.sparse.kron(one, h.T))
    for a in jumps:
        loss = a.conj().T @ a
        out = out + scipy.sparse.kron(a, a.conj())
        out = out - 0.5 * (scipy.sparse.kron(loss, one) + scipy.sparse.kron(one, loss.T))
    return out.tocsr()


def random_unitary(n: int, seed: int) -> Array:
    return scipy.linalg.qr(random_matrix(n, seed))[0]


def projectors(n: int) -> list[Array]:
    return [np.diag(np.eye(n)[j]).astype(complex) for j in range(n)]


def spectrum(bath: rf.Bath, w: float, lamb_shift: bool) -> complex:
    """Γ(ω) at one frequency."""
    eta = float(bath.lamb_shift(np.array([w]))[0]) if lamb_shift else 0.0
    return 0.5 * float(bath.power_spectrum(np.array([w]))[0]) + 1j * eta


def redfield_tensor(
    h: Array, couplings: list[Array], baths: list[rf.Bath], *, lamb_shift: bool, secular: bool = False
) -> Array:
    """𝓛 on row-stacked ρ in the given basis, from the four-index sums in the eigenbasis:

    R_abcd = Γ(ω_ca) A_ac A*_bd + Γ*(ω_db) A_ac A*_bd − δ_bd Σ_e A*_ea Γ(ω_ce) A_ec
             − δ_ac Σ_e A_eb Γ*(ω_de) A*_ed,   ω_xy = E_x − E_y.
    With `secular`, only pairs of equal Bohr frequencies stay.
    """
    e, u = np.linalg.eigh(h)
    n = len(e)
    tensor = np.zeros((n, n, n, n), dtype=complex)
    for a in range(n):
        for b in range(n):
            tensor[a, b, a, b] += -1j * (e[a] - e[b])
    for j, coupling in enumerate(couplings):
        bath = baths[0] if len(baths) == 1 else baths[j]
        x = u.conj().T @ coupling @ u
        g = np.array([[spectrum(bath, e[q] - e[p], lamb_shift) for q in range(n)] for p in range(n)])
        for a in range(n):
            for b in range(n):
                for c in range(n):
                    for d in range(n):
                        keep = not secular or abs((e[c] - e[a]) - (e[d] - e[b])) < 1e-9
                        if keep:
                            pump = x[a, c] * x[b, d].conj()
                            tensor[a, b, c, d] += (g[a, c] + g[b, d].conj()) * pump
                        for k in range(n):
                            if b == d and (not secular or abs(e[c] - e[a]) < 1e-9):
                                tensor[a, b, c, d] -= x[k, a].conj() * g[k, c] * x[k, c]
                            if a == c and (not secular or abs(e[d] - e[b]) < 1e-9):
                                tensor[a, b, c, d] -= x[k, b] * g[k, d].conj() * x[k, d].conj()
    return np.einsum("ia,jb,abcd,kc,ld->ijkl", u, u.conj(), tensor, u.conj(), u).reshape(n * n, n * n)


def apply(tensor: Array, rho: Array) -> Array:
    return (tensor @ np.asarray(rho).ravel()).reshape(rho.shape)


def evolve(tensor: Array, rho: Array, t: float) -> Array:
    return apply(scipy.linalg.expm(tensor * t), np.asarray(rho, dtype=complex))


def norm1(a: Array) -> float:
    return float(np.linalg.svd(a, compute_uv=False).sum())


def figure1_system(h: Array, beta: float = 5.0, j_int: float = 0.2) -> rf.System:
    bath = rf.OhmicBath(strength=j_int**2, cutoff=10.0, beta=beta)
    return rf.System(h, rf.SiteProjectors(len(h)), bath)


def first_site(n: int) -> Array:
    return np.eye(n)[0]
