"""Formulas that docstrings have in Unicode become LaTeX on the site; words, units and code stay."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "docs"))
from docstrings import in_restructured_text
from formulas import with_formulas


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("the rate γ(ω) is", r"the rate $\gamma(\omega)$ is"),
        ("ρ̇ = −i[H, ρ] + 𝓛ρ.", r"$\dot{\rho} = -i[H,\ \rho] + \mathcal L\rho$."),
        ("in O(N³) time", "in $O(N^3)$ time"),
        ("γ = λω e^{−|ω|/ω_c}", r"$\gamma = \lambda\omega\,e^{-\lvert \omega\rvert/\omega_c}$"),
        ("at t = 4 (N = 27, β = 5)", r"at $t = 4$ ($N = 27$, $\beta = 5$)"),
        ("1/T₁ = |⟨0|A|1⟩|²γ", r"$1/T_1 = \lvert \langle 0|A|1\rangle \rvert^2\gamma$"),
        ("√(ω_kl² + w²), √γ(x)", r"$\sqrt{\omega_{kl}^2 + w^2}$, $\sqrt{\gamma(x)}$"),
        ("Σ_k c_k e^{−ν_k t} is", r"$\sum_k c_k\,e^{-\nu_k\,t}$ is"),
        ("‖ρ_D − ρ_R‖₁ or tr[l†r]", r"$\lVert \rho_D - \rho_R\rVert_1$ or $\mathrm{tr}[l^\dagger r]$"),
        ("A C(t) that", "A $C(t)$ that"),
        ("QuTiP's S(ω)", r"QuTiP's $S(\omega)$"),
        ("at 1e-6, D = 65 536", r"at 1e-6, $D = 65\,536$"),
    ],
)
def test_formulas_are_typeset(text, latex):
    assert with_formulas(text) == latex


@pytest.mark.parametrize(
    "text", ["35 cm⁻¹ in 2 µs, 10× faster", "SYK₂, 1.5 ± 0.3", "e_ops, a_ops and c_ops"]
)
def test_words_units_and_names_are_left_alone(text):
    assert with_formulas(text) == text


def test_code_doctests_directives_tables_and_headings_of_docstrings_are_left_alone():
    lines = [
        "``γ = 1`` and `ρ`",
        "",
        ".. math::",
        "",
        "    ρ = 1",
        "",
        ">>> γ",
        "1",
        "",
        "γ(ω)",
        "====",
        "",
        "== ==",
        "γ  ρ",
        "== ==",
    ]
    assert in_restructured_text(lines, indented=True) == lines
    assert in_restructured_text(["xs ρs, ρ-like"], indented=True) == [
        r"xs :math:`\rho s`, :math:`\rho`-like"
    ]
    assert in_restructured_text(["    γ = 1"], indented=False) == ["    γ = 1"]
