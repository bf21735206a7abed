"""Symbols of which formulas in Unicode are made, with the LaTeX of each."""

import re

LETTERS = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "ζ": r"\zeta", "η": r"\eta",
    "θ": r"\theta", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "ν": r"\nu", "ξ": r"\xi", "π": r"\pi",
    "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "φ": r"\varphi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega",
    "Γ": r"\Gamma", "Δ": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Π": r"\Pi", "Φ": r"\Phi", "Ψ": r"\Psi",
    "Ω": r"\Omega", "ħ": r"\hbar", "𝓛": r"\mathcal L", "𝒟": r"\mathcal D", "𝒱": r"\mathcal V", "𝒰": r"\mathcal U",
    "𝒢": r"\mathcal G", "𝟙": r"\mathbb 1", "∞": r"\infty", "ℓ": r"\ell", "ₖ": "_k",
}  # fmt: skip
PREFIXES = {"∫": r"\int ", "∮": r"\oint ", "Σ": r"\sum ", "∏": r"\prod ", "∂": r"\partial "}
OPERATORS = {
    "=": "=", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "∝": r"\propto", "≪": r"\ll", "≫": r"\gg",
    "≡": r"\equiv", "⪰": r"\succeq", "→": r"\to", "+": "+", "−": "-", "±": r"\pm", "∓": r"\mp", "·": r"\cdot",
    "×": r"\times", "/": "/", "∘": r"\circ", "⊗": r"\otimes", "∈": r"\in", "<": "<", ">": ">", "∪": r"\cup",
    "←": r"\leftarrow", "⊙": r"\odot",
}  # fmt: skip
FUNCTIONS = {
    "tr": r"\mathrm{tr}", "Re": r"\mathrm{Re}", "Im": r"\mathrm{Im}", "diag": r"\mathrm{diag}", "det": r"\det",
    "P∫": r"\mathrm P\!\!\int ", "ln": r"\ln", "log": r"\log", "exp": r"\exp", "max": r"\max", "min": r"\min",
    "sin": r"\sin", "cos": r"\cos", "sinc": r"\mathrm{sinc}", "coth": r"\coth", "tanh": r"\tanh", "sinh": r"\sinh",
    "cosh": r"\cosh", "asinh": r"\mathrm{asinh}", "arg": r"\arg", "sgn": r"\mathrm{sgn}",
}  # fmt: skip
PIECES = (("½", r"\tfrac12"), (r"·(?=[\])‖])", r"\cdot "), (r"h\.c\.", r"\text{h.c.}"), ("…", r"\dots"))
"""Patterns that stand for themselves."""
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ˣʸᶻᵀ†ᵏⁿᵗ", "0123456789-+xyzT†knt", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₖₙ", "0123456789+-kn", strict=True))
ACCENTS = {"\u0307": r"\dot", "\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar"}
BRACKETS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}
NAMED = ("max", "min", "tot", "LS", "exact", "eff", "rel", "SB", "GMRES")
"""Words that stand upright below a symbol."""
NUMBER = re.compile(r"\d+(?: \d{3})+(?!\d)|\d*\.?\d+(?:[eE][-−+]?\d+)?(?:\(\d+\))?")
TRIGGER = re.compile(
    "[" + "".join(set(LETTERS) - {"ₖ"}) + "".join(PREFIXES) + "√‖⟩" + "".join(SUPERSCRIPTS) + "".join(SUBSCRIPTS)
    + "".join(ACCENTS) + r"]|[A-Za-z] ?[=<>≤≥≠≈∝≪×∘⪰→]|[A-Za-z]_|\^|O\(|[A-Za-z]\([tsx]\)"
)  # fmt: skip


FOLLOWS = re.compile(
    r"P?∫|[Σ√‖⟨ρ]|d[τωtsxνz](?![a-z])|e\^|1/[A-Z]|[A-Z][²³⁴†]|[γλω](?:\(| e\^)|diag\("
    r"|(?:tr|Re|Im|ln|exp|max|min)(?:[\[(|]|\\\|| [ρ∫Σ⟨])|(?:log|ln) [A-Zt](?![a-z])"
    r"|[A-Za-z]\([-a-zωτνλβ, −+'₀]+\)|\|[a-z]⟩|[a-zA-Z]_[a-z]{1,2}(?![a-z])"
)
"""Signs that belong to the formula before them though a space stands between."""
ABOVE = r"[−-]?(?:\d+(?:\.\d+)?|½)"
"""Words that may follow ^ without a bracket."""
BELOW = (
    r"(?!ops?(?![a-z]))(?:max|min|exact|GMRES|tot|eff|rel)(?![a-z])|[a-z]{1,2}(?=e\^)"
    r"|(?!ops?(?![a-z]))[a-z]{1,3}(?![a-z])"
    r"|[A-Z]{1,2}(?![A-Za-z])|\d+"
)
"""Words that may follow _ without a bracket. The end of an argument's name, as in a_op or e_ops, is not one of them."""
UNIT = re.compile(r"[A-Za-zµ]{2}|×(?![A-Z0-9])| ?%")
"""What makes a number before it a measured one or a ratio."""
ANY_FUNCTION = re.compile("|".join(FUNCTIONS))
CONJUGATE = re.compile(r"\*(?=[ ∘)⟩\],.|A-Z(−+_" + "".join(set(LETTERS) - {"ₖ"}) + r"])(?!\*)")
"""A star that is a complex conjugate, not emphasis."""
ALONE = re.compile(r"[|‖)\]},.;:]|\s*$")
"""What follows a Σ that is a letter, not a sum."""
