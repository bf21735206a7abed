"""What a pair kernel is made of at the Bohr frequencies, with the slopes that gradients need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from redfield._base.checks import ComplexArray, RealArray


@dataclass(frozen=True, eq=False)
class Sloped:
    """A function of one bath's Γ at the Bohr frequencies, (N, N) complex, and its slope in ω.

    Attributes
    ----------
    factor : d of the function by Re Γ where it is one of γ alone; else None, of Γ itself.
    """

    value: ComplexArray
    slope: ComplexArray
    factor: RealArray | None = None

    def of_one_sided(self, gradient: ComplexArray) -> ComplexArray:
        """Return the gradient with respect to Γ, of one with respect to this function."""
        return gradient if self.factor is None else (self.factor * gradient.real).astype(np.complex128)

    def of_change(self, change: ComplexArray) -> ComplexArray:
        """Return the change of this function by one of Γ."""
        return change if self.factor is None else (self.factor * change.real).astype(np.complex128)

    def scaled(self, by: float) -> Sloped:
        """Return a multiple."""
        factor = None if self.factor is None else by * self.factor
        return Sloped(by * self.value, by * self.slope, factor)

    def root(self) -> Sloped:
        """Return √γ of Γ, with no slope where γ = 0."""
        gamma = 2.0 * self.value.real
        root = np.sqrt(gamma)
        inverse = np.divide(1.0, root, out=np.zeros_like(root), where=root > 0.0)
        slope = (inverse * self.slope.real).astype(np.complex128)
        return Sloped(root.astype(np.complex128), slope, inverse)


@dataclass(frozen=True, eq=False)
class Factors:
    """The functions of each bath that Λ_j = f∘A_j, B_j = g∘A_j and S_j = s∘A_j are made with.

    They are as KernelTables of the core has them: right is empty where g = 1, shift where there is no such Lamb shift,
    and Bohr frequencies more than cutoff + tolerance apart do not couple, a negative tolerance being the system's
    `degeneracy_tol`.
    """

    left: Sequence[Sloped]
    right: Sequence[Sloped] = field(default=())
    shift: Sequence[Sloped] = field(default=())
    cutoff: float = np.inf
    tolerance: float = -1.0

    @classmethod
    def of_jumps(cls, spectra: Sequence[Sloped], lamb_shift: bool) -> Factors:
        """Return those of jump operators √γ∘A, with Redfield's Lamb shift or none."""
        roots = [one.root() for one in spectra]
        return cls([root.scaled(0.5) for root in roots], roots, list(spectra) if lamb_shift else ())

    def of_one_sided(self, gradients: Sequence[Sequence[ComplexArray]]) -> ComplexArray:
        """Return the gradient with respect to each Γ, (baths, N, N), of those with respect to left, right and shift."""
        total = np.zeros((len(self.left), *self.left[0].value.shape), dtype=np.complex128)
        for functions, each in zip((self.left, self.right, self.shift), gradients, strict=True):
            for b, function in enumerate(functions):
                total[b] += function.of_one_sided(each[b])
        return total
