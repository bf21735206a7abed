"""Level shifts of the bands that leads have, in closed form."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

SCALES = [1e-12, 1.0, 1e9]


def outside(w, edge):
    """√(ω² − edge²) with the sign of ω beyond the band, 0 inside."""
    return np.sign(w) * np.sqrt(np.maximum(w * w - edge * edge, 0.0))


@pytest.mark.parametrize("s", SCALES)
def test_a_chain_a_wire_and_graphene(s):
    w = s * np.array([-2.0, -1.3, 0.3, 1.99, 2.5, -7.0])
    chain = rf.ParticleBath(lambda w: np.sqrt(4 * s * s - w**2), beta=2.0 / s, band=(-2.0 * s, 2.0 * s))
    assert np.allclose(
        chain.level_shift(w) / s, 0.5 * (w - outside(w, 2.0 * s)) / s, rtol=0.0, atol=1e-10
    )
    w = s * np.array([-1.9, 0.3, 1.0, 2.5, -7.0])
    wire = rf.ParticleBath(
        lambda w: s * s / np.sqrt(4 * s * s - w**2), beta=2.0 / s, band=(-2.0 * s, 2.0 * s)
    )
    beyond = outside(w, 2.0 * s)
    expected = np.divide(0.5 * s, beyond, out=np.zeros(5), where=beyond != 0.0)
    assert np.allclose(wire.level_shift(w) / s, expected, rtol=0.0, atol=1e-9)
    graphene = rf.ParticleBath(np.abs, beta=2.0 / s, band=(-3.0 * s, 3.0 * s))
    w = s * np.array([-1.0, 1e-3, 0.5, 2.9])
    expected = w * np.log(w**2 / (9 * s * s - w**2)) / (2.0 * np.pi)
    assert np.allclose(graphene.level_shift(w) / s, expected / s, rtol=0.0, atol=1e-9)


def test_a_gap_inside_a_band():
    # D = |ω|/√(ω² − Δ²) beyond the gap without end has Δ(ω) = −ω/2√(Δ² − ω²) inside it; that of the ends is smooth.
    def density(w, gap):
        root = np.sqrt(np.maximum(w * w - gap * gap, 1e-300))
        return np.where(np.abs(w) > gap, np.abs(w) / root, 0.0) * np.exp(-((w / 60.0) ** 2))

    gap, w = 0.5, np.array([-0.3, 0.0, 0.2, 0.45])
    lead = rf.ParticleBath(lambda w: density(w, gap), beta=4.0, breakpoints=(-gap, gap))
    assert np.allclose(lead.level_shift(w), -0.5 * w / np.sqrt(gap**2 - w**2), rtol=0.0, atol=1e-2)
    normal = rf.ParticleBath(lambda w: np.exp(-((w / 60.0) ** 2)), beta=4.0)
    assert np.allclose(
        lead.level_shift(w) - normal.level_shift(w),
        -0.5 * w / np.sqrt(gap**2 - w**2),
        rtol=0.0,
        atol=1e-4,
    )


def test_a_chain_with_leads_at_its_ends():
    # Leads of the chain's own bands do not reflect: transmission 1 within |ω| < 2, Ṅ = ∫dω/2π [f_L − f_R].
    beta, mu = 5.0, 0.2
    left, right = (
        rf.ParticleBath(lambda w: np.sqrt(4.0 - w**2), beta=beta, mu=m, band=(-2.0, 2.0))
        for m in (mu, -mu)
    )
    chain = rf.QuadraticSystem(rf.models.chain(3), 1.0, {0: left, -1: right})
    flow = rf.quadratic.currents(rf.Exact(chain)).particle
    # ∫f dω = ω − ln(1 + e^{β(ω − μ)})/β.
    filled = [np.log1p(np.exp(-beta * (np.array([-2.0, 2.0]) - m))) / -beta for m in (mu, -mu)]
    expected = (np.ptp(filled[0]) - np.ptp(filled[1])) / (2.0 * np.pi)
    assert np.allclose(flow, [expected, -expected], rtol=1e-7)
