"""The same algorithm in pure NumPy: site projectors, eigenbasis, Chebyshev expansion of e^{𝓛t}.

Real V and real Γ (the Anderson model without Lamb shift) run on real planes stacked into one product
where that helps, which is the best NumPy can do with four products.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special

Array = np.ndarray[Any, Any]


class NumpyRedfield:
    """Redfield's equation on ρ = X + iY, held as one (2, N, N) array of real planes."""

    panel = 32
    """Expansion vectors combined into outputs by one product."""

    def __init__(self, h: Array, gamma: Any) -> None:
        self.energies, self.u = np.linalg.eigh(h)
        e, n = self.energies, len(self.energies)
        self.v = np.ascontiguousarray(self.u.T)
        self.vt = np.ascontiguousarray(self.u)
        self.gamma = 0.5 * gamma(e[None, :] - e[:, None])
        s = self.v @ (((self.v**2).T @ self.gamma) * self.v.T)
        self.minus_s = -s
        self.omega = e[:, None] - e[None, :]
        self.bandwidth = float(np.ptp(e))
        self.decay = float(np.linalg.norm(s + s.T, 2))
        self.x, self.y, self.w, self.f, self.sr = (np.empty((2, n, n)) for _ in range(5))
        self.applications = 0

    def apply(self, rho: Array, out: Array) -> None:
        """out = 𝓛ρ: four products on both planes."""
        self.applications += 1
        np.matmul(rho, self.v, out=self.x)
        self.x *= self.v
        np.matmul(self.gamma, self.x, out=self.y)
        self.y *= self.v
        np.matmul(self.y, self.vt, out=self.f)
        np.matmul(self.minus_s, rho, out=self.sr)
        self.f += self.sr
        np.multiply(self.omega, rho[1], out=out[0])
        np.multiply(self.omega, rho[0], out=out[1])
        np.negative(out[1], out=out[1])
        out += self.f
        out[0] += self.f[0].T
        out[1] -= self.f[1].T

    def evolve(self, ket: Array, times: Array, half_width: float = 1.02) -> Array:
        """(T, N, N) states: steps of 50, every output of a step from one expansion."""
        n = len(ket)
        rho0 = self.v @ np.outer(ket, ket) @ self.vt
        state = np.array([rho0, np.zeros((n, n))])
        outputs = np.empty((len(times), n, n), dtype=complex)
        outputs[0] = np.outer(ket, ket)
        done, now, step = 1, float(times[0]), 50.0
        d = half_width * self.bandwidth + 0.5 * self.decay
        while done < len(times):
            end = min(now + step, float(times[-1]))
            inside = times[(times > now) & (times <= end + 1e-12)]
            taus = np.append(inside - now, end - now)
            count = int(d * taus[-1] + 8 * (d * taus[-1]) ** (1 / 3) + 16)
            k = np.arange(count)
            coefficients = 2.0 * scipy.special.jv(k[:, None], d * taus[None, :])
            coefficients[0] *= 0.5
            sums = np.zeros((len(taus), 2 * n * n))
            panel = np.empty((self.panel, 2, n, n))
            before, current = np.zeros_like(state), state
            change = np.empty_like(state)
            filled = 0
            for i in range(count):
                panel[filled] = current
                filled += 1
                if filled == self.panel or i == count - 1:
                    first = i + 1 - filled
                    weights = coefficients[first : i + 1]
                    active = int(np.argmax(np.abs(weights).max(axis=0) > 1e-17))
                    flat = panel[:filled].reshape(filled, -1)
                    sums[active:] += weights[:, active:].T @ flat
                    filled = 0
                if i == count - 1:
                    break
                self.apply(current, change)
                change *= (1.0 if i == 0 else 2.0) / d
                if i:
                    change += before
                before, current, change = current, change, np.empty_like(state) if i == 0 else before
            sums = sums.reshape(-1, 2, n, n)
            for tau_sum in sums[:-1]:
                outputs[done] = self.u @ (tau_sum[0] + 1j * tau_sum[1]) @ self.v
                done += 1
            state = 0.5 * (sums[-1] + sums[-1].transpose(0, 2, 1) * np.array([1.0, -1.0])[:, None, None])
            now = end
        return outputs
