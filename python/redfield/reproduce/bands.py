"""Bands of particle reservoirs that several studies use."""

from __future__ import annotations

import numpy as np

from redfield.baths import ParticleBath


def gaussian_band(width: float, beta: float, mu: float) -> ParticleBath:
    """D(ω) = e^{−ω²/2w²}, C(t) ∝ e^{−w²t²/2}."""
    return ParticleBath(lambda w: np.exp(-((w / width) ** 2) / 2.0), beta, mu, scale=width)


def lorentzian_band(width: float, beta: float = 1.0) -> ParticleBath:
    """D(ω) = W²/(W² + ω²), C_D(s) ∝ e^{−Ws}."""
    return ParticleBath(lambda w: width**2 / (width**2 + w**2), beta, scale=width)
