"""Central differences over a scan of steps, and the numbers of a system that may change."""

import dataclasses

import numpy as np

STEPS = np.array([3e-3, 1e-3, 3e-4, 1e-4, 3e-5])


def hermitian(rng, n):
    a = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n))
    return 0.5 * (a + a.conj().T)


def clustered(rng, n):
    """Return H whose Bohr frequencies are near multiples of one, so that none is near a cutoff of .6 from another."""
    u = np.linalg.qr(rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n)))[0]
    return u @ np.diag(np.arange(n) + 0.05 * rng.uniform(size=n)) @ u.conj().T


def ring(n):
    return np.roll(np.eye(n), 1, axis=0) + np.roll(np.eye(n), -1, axis=0)


def spectrum_of(name, n):
    levels = 0.7 * np.arange(n)
    return {
        "ring": ring(n),
        "equal": np.eye(n),
        "two equal": np.diag(np.r_[0.0, levels[: n - 1]]),
        "near": np.diag(np.r_[0.0, 1e-9, levels[1 : n - 1]]),
    }[name]


def derivative(f, steps=STEPS):
    """Return f'(0) of the plateau of a step scan: of differences of fourth order the two nearest each other."""
    found = np.array([(8 * (f(s) - f(-s)) - (f(2 * s) - f(-2 * s))) / (12 * s) for s in steps])
    k = int(np.argmin([np.abs(d).max() for d in np.diff(found, axis=0)]))
    return 0.5 * (found[k] + found[k + 1])


def changes(rng, h, couplings, baths, gradient):
    """Yield (name, derivative that the gradient tells, s → H, couplings, baths) of H, all couplings, each number."""
    n = len(h)
    x = hermitian(rng, n)
    yield "H", np.trace(gradient.hamiltonian @ x).real, lambda s: (h + s * x, couplings, baths)
    moved = [hermitian(rng, n) + 0.3j * hermitian(rng, n) for _ in couplings]
    if all(np.allclose(a, np.conj(a).T) for a in couplings):
        moved = [0.5 * (c + c.conj().T) for c in moved]
    told = sum(np.sum((g.conj() * c).real) for g, c in zip(gradient.couplings, moved, strict=True))
    yield "A", told, lambda s: (h, [a + s * c for a, c in zip(couplings, moved, strict=True)], baths)
    for i, bath in enumerate(baths):
        for name, told in gradient.baths[i].items():
            value = getattr(bath, name)
            if not np.isfinite(told):
                continue

            def of(s, i=i, bath=bath, name=name, value=value):
                other = dataclasses.replace(bath, **{name: value * (1 + s)})
                return h, couplings, [other if k == i else b for k, b in enumerate(baths)]

            yield f"{name} of bath {i}", value * told, of


def all_together(rng, h, couplings, baths, gradient):
    """Return the derivative along one change of H, all couplings and each number at once, and s → all of them."""
    every = list(changes(rng, h, couplings, baths, gradient))

    def moved(s):
        (other, _, _), (_, operators, _), *numbers = (f(s) for _, _, f in every)
        fields = [{} for _ in baths]
        for _, _, each in numbers:
            for own, before, after in zip(fields, baths, each, strict=True):
                for x in dataclasses.fields(before):
                    if getattr(after, x.name) != getattr(before, x.name):
                        own[x.name] = getattr(after, x.name)
        return (
            other,
            operators,
            [dataclasses.replace(b, **own) for b, own in zip(baths, fields, strict=True)],
        )

    return sum(told for _, told, _ in every), moved
