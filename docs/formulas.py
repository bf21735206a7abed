"""Formulas in Unicode, as docstrings have them for ``help()``, as the LaTeX that the site shows.

A formula is found by its grammar: symbols with scripts, joined by operators, in balanced brackets. Words, units (cm⁻¹,
µs), ratios (10×) and code are left alone.
"""

from __future__ import annotations

import re
import unicodedata

from symbols import (
    ABOVE,
    ACCENTS,
    ALONE,
    ANY_FUNCTION,
    BELOW,
    BRACKETS,
    CONJUGATE,
    FOLLOWS,
    FUNCTIONS,
    LETTERS,
    NAMED,
    NUMBER,
    OPERATORS,
    PIECES,
    PREFIXES,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    TRIGGER,
    UNIT,
)


class NoFormulaError(Exception):
    """The text at this place is not a formula."""


class Formula:
    """Parser of the formula that begins at a place of a text: ``latex`` and ``end``."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.at, self.depth = text, start, 0
        self.bars = False  # within ⟨…⟩, where a bar is no absolute value
        self.latex = self.sum()
        self.latex = re.sub(r"\s+", " ", self.latex).strip()
        self.end = self.at

    def peek(self, n: int = 1) -> str:
        return self.text[self.at : self.at + n]

    def match(self, pattern: str) -> str | None:
        found = re.compile(pattern).match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0]

    def attempt(self, rule):
        """Return what a rule reads, or None and the old place where it does not apply."""
        start = self.at
        try:
            return rule()
        except NoFormulaError:
            self.at = start
            return None

    def sum(self) -> str:
        """Read terms joined by operators."""
        sign = self.match("[−±∓+]") or ""
        out = OPERATORS.get(sign, "") + self.term()
        while True:
            more = self.attempt(self.joined)
            if more is None:
                return out
            out += more

    def joined(self) -> str:
        if self.match(r" … (?=[\d.−])"):
            return r" \dots " + self.term()
        spaced = self.match(r"[ \n]+") or ""
        operator = self.match("[" + "".join(OPERATORS) + "]")
        if operator is None or (operator in "<>=+" and not spaced and self.peek() in " \n"):
            raise NoFormulaError
        if (operator == "/" and spaced and not self.depth) or (operator in "<>" and not spaced):
            raise NoFormulaError
        if bool(self.match(r"[ \n]+")) != bool(spaced) and operator not in "=→≤≥":
            raise NoFormulaError
        sign = self.match("[−±]") or ""
        space = " " if spaced or OPERATORS[operator].startswith("\\") else ""
        return f"{space}{OPERATORS[operator]}{space}{OPERATORS.get(sign, '')}{self.term()}"

    def term(self) -> str:
        """Read factors side by side."""
        out, loose = self.factor()
        while True:
            start = self.at
            gap = self.match(r"[ \n]+") or ""
            measure = re.match("d[a-zωτν]", self.text[start - 2 : start])
            article = not self.depth and out in ("a", "A", "I")
            joined = loose or self.depth or measure or FOLLOWS.match(self.text, self.at)
            more = None if gap and (article or not joined) else self.attempt(self.factor)
            if more is None:
                self.at = start
                return out
            latex, loose = more
            out += space_between(out, latex, bool(gap)) + latex

    def factor(self) -> tuple[str, bool]:
        """Read a symbol with its scripts; the flag tells that its argument may follow after a space."""
        if self.match("√"):
            under = self.attempt(lambda: self.bracket(keep=False))
            if under is None:
                under = self.factor()[0] + (self.bracket() if self.peek() == "(" else "")
            return rf"\sqrt{{{under}}}", False
        for sign, latex in PREFIXES.items():
            if self.match(sign):
                if sign == "Σ" and ALONE.match(self.text, self.at):
                    return r"\Sigma", False
                return latex.rstrip() + self.scripts().replace(r"\mathsf T", "T") + " ", True
        if re.compile("‖" if self.bars else r"‖|\\?\|").match(self.text, self.at):
            return self.norm(), False
        if self.peek() in BRACKETS and self.peek():
            return self.bracket() + self.scripts(), False
        for pattern, latex in PIECES:
            if self.match(pattern):
                return latex, False
        if number := self.match(NUMBER.pattern):
            if UNIT.match(self.text, self.at) and not ANY_FUNCTION.match(self.text, self.at):
                raise NoFormulaError
            mantissa = re.sub(r"^1[eE]([-−+]?\d+)$", r"10^{\1}", number)
            mantissa = re.sub(r"[eE]([-−+]?\d+)$", r"\\cdot10^{\1}", mantissa).replace("−", "-")
            return mantissa.replace(" ", r"\,") + self.scripts(), False
        return self.symbol()

    def symbol(self) -> tuple[str, bool]:
        for name in sorted(FUNCTIONS, key=len, reverse=True):
            if self.match(re.escape(name) + ("" if name == "P∫" else r"(?![A-Za-z])")):
                latex = FUNCTIONS[name]
                space = "" if latex.endswith("}") or self.peek() in ("(", "[") else " "
                return latex + self.scripts() + space, True
        char = self.peek()
        if char in LETTERS and char:
            self.at += 1
            latex = LETTERS[char]
        elif run := self.match("[A-Za-z]+"):
            if not (len(run) == 1 or re.fullmatch("d[tsxzywpfEH]|i[A-Zy]", run) or self.product(run)):
                raise NoFormulaError
            latex = run
        elif (parts := unicodedata.normalize("NFD", char)) and len(parts) == 2 and parts[1] in ACCENTS:
            self.at += 1
            latex = f"{ACCENTS[parts[1]]} {parts[0]}"
        else:
            raise NoFormulaError
        if self.peek() in ACCENTS and self.peek():
            latex = f"{ACCENTS[self.peek()]}{{{latex}}}"
            self.at += 1
        return latex + self.scripts(), False

    def product(self, run: str) -> bool:
        """Tell whether letters that were just read are a product, as in GX† or Λρ, not a word or a unit."""
        before, after = self.text[self.at - len(run) - 1 : self.at - len(run)], self.peek()
        if len(run) > 3 or (after in SUBSCRIPTS and len(run) > 2):
            return False
        if self.depth and re.fullmatch("i?[A-Z]{1,2}[ts]?", run):
            return True
        if run.isupper() and re.compile(r" [+=−] [A-Z]").match(self.text, self.at):
            return True
        if run.isupper():
            return bool(self.depth) or after in "†*_" or after in LETTERS or before in LETTERS
        return after not in "⁻²³" and (before in LETTERS or after in LETTERS) and len(run) <= 2

    def scripts(self) -> str:
        """Read what stands above, below and behind a symbol."""
        above, below, behind = "", "", ""
        while char := self.peek():
            if char in SUPERSCRIPTS:
                above += SUPERSCRIPTS[char]
                self.at += 1
            elif char in SUBSCRIPTS:
                below += SUBSCRIPTS[char]
                self.at += 1
            elif char == "'" and not re.compile(r"'[a-z]").match(self.text, self.at):
                behind += "'"
                self.at += 1
            elif char == "*" and CONJUGATE.match(self.text, self.at):
                above += "*"
                self.at += 1
            elif char in "^_":
                self.at += 1
                inner = self.raised(char)
                above, below = (above + inner, below) if char == "^" else (above, below + inner)
            else:
                break
        return behind + (self.script("_", below) + self.script("^", above))

    def raised(self, char: str) -> str:
        if self.peek() in "({" and self.peek():
            return self.bracket(keep=self.peek() == "(")
        if self.match("∞"):
            return r"\infty "
        word = self.match(ABOVE if char == "^" else BELOW)
        if word is None:
            if char == "^" and (word := self.match("[A-Za-z†]")):
                return word
            if self.peek() in LETTERS and self.peek():
                self.at += 1
                return LETTERS[self.text[self.at - 1]]
            raise NoFormulaError
        return rf"\mathrm{{{word}}}" if word in NAMED else word.replace("−", "-").replace("½", "1/2")

    @staticmethod
    def script(mark: str, inner: str) -> str:
        if mark == "^":
            inner = inner.replace("†", r"\dagger ").replace("T", r"\mathsf T")
        inner = inner.strip()
        short = len(inner) == 1 or re.fullmatch(r"\\[A-Za-z]+", inner)
        return "" if not inner else mark + (inner if short else f"{{{inner}}}")

    def bracket(self, keep: bool = True) -> str:
        opening = self.match(r"[(\[{⟨]")
        if opening is None:
            raise NoFormulaError
        inner = self.inside(bars=opening == "⟨" and self.peek() != "|")
        if opening == "⟨" and self.match(r"\\?\|"):
            return self.attempt(lambda: self.element(inner)) or rf"\langle {inner}|"
        if not self.match(re.escape(BRACKETS[opening])):
            raise NoFormulaError
        if not keep or opening == "{":
            return inner
        left, right = {"⟨": (r"\langle ", r"\rangle ")}.get(opening, (opening, BRACKETS[opening]))
        return f"{left}{inner}{right}" + (self.scripts() if opening == "⟨" else "")

    def element(self, left: str) -> str:
        """Read a matrix element from behind its first bar."""
        operator = self.inside(bars=True)
        if not self.match(r"\\?\|"):
            raise NoFormulaError
        right = self.inside()
        if not self.match("⟩"):
            raise NoFormulaError
        return rf"\langle {left}|{operator}|{right}\rangle "

    def inside(self, bars: bool = False) -> str:
        """Read formulas with commas between them, within brackets."""
        self.depth, outer, self.bars = self.depth + 1, self.bars, bars
        try:
            out = self.sum()
            while comma := self.match(r"[,;][ \n]*"):
                out += comma.strip() + (r"\ " if len(comma) > 1 else "") + self.sum()
            return out
        finally:
            self.depth, self.bars = self.depth - 1, outer

    def norm(self) -> str:
        double = self.match("‖")
        if not double:
            self.match(r"\\?\|")
        inner = self.inside()
        if not double and self.match("⟩"):
            return rf"|{inner}\rangle " + self.scripts()
        if not self.match("‖" if double else r"\\?\|"):
            raise NoFormulaError
        left, right = (r"\lVert ", r"\rVert") if double else (r"\lvert ", r"\rvert")
        return f"{left}{inner}{right}" + self.scripts()


def space_between(left: str, right: str, gap: bool) -> str:
    """Return what stands between the LaTeX of two factors."""
    if gap and not left.endswith(" "):
        return r"\,"
    return " " if re.search(r"\\[A-Za-z]+$", left) and right[:1].isalnum() else ""


def with_formulas(text: str, written: str = "${}$") -> str:
    """Return a paragraph with each formula as ``written`` says, its LaTeX in the place of the braces."""
    text = unicodedata.normalize("NFC", text)
    out, at = "", 0
    while at < len(text):
        formula = formula_at(text, at)
        out += text[at] if formula is None else written.format(formula.latex)
        at = at + 1 if formula is None else formula.end
    return out


def formula_at(text: str, at: int) -> Formula | None:
    """Return the formula that begins here, if one does and if it is more than a word or a number."""
    if at and (text[at - 1].isalnum() or text[at - 1] in "_`$:.'"):
        return None
    try:
        formula = Formula(text, at)
    except NoFormulaError:
        return None
    span, after = text[at : formula.end], text[formula.end : formula.end + 1]
    remark = (
        span[0] == "(" and span[-1] == ")" and span.count("(") == 1 and re.search("[,=<>≤≥≪≫≈∝≠]", span)
    )
    if remark or not TRIGGER.search(span) or (after and (after.isalnum() or after in "_`⟩‖µ")):
        return None
    return formula
