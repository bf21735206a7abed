"""Docstrings as the site shows them: which members a class has, and parameters whose text begins beside their name."""

from __future__ import annotations

import functools
import importlib
import inspect
import re

from formulas import with_formulas

INTERNAL = {
    "baths_of_tables", "breakpoints", "chunks", "contacts", "controlled", "core", "corners",
    "correlation_noise", "coupling_bath", "derivatives", "empty", "exchange", "fastest", "features",
    "finite_at_zero", "floquet", "floquet_basis", "flowing", "generator", "given_hamiltonian",
    "grid", "groups", "has_matrix", "held", "known_rates", "left", "memory", "modes_held",
    "of_sites", "operators", "problem", "remembers", "require_cover", "require_hermitian",
    "require_independent", "restricted", "solver", "sparse_hamiltonian", "spectra",
    "spectra_of_many", "support_ends", "tables", "thermal_scale", "time_scale", "turns",
    "with_eigensystem",
}  # fmt: skip
"""Members through which the parts of the package talk to each other."""
SECTIONS = ("Parameters", "Other Parameters", "Attributes")


def members_of(fullname: str) -> list[tuple[str, str]]:
    """Return kind ("method" or "property") and name of each documented public member, of base classes first."""
    module, _, name = fullname.rpartition(".")
    cls = getattr(importlib.import_module(module), name)
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if base is object or base.__module__ == "builtins":
            continue
        for member in vars(base):
            kind = _kind(
                inspect.getattr_static(cls, member)
            )  # a field may stand for a property of a base
            if (
                kind
                and not member.startswith("_")
                and member not in INTERNAL
                and inspect.getdoc(getattr(cls, member))
            ):
                found[member] = kind
    return [(kind, member) for member, kind in found.items()]


def _kind(value: object) -> str | None:
    if isinstance(value, (property, functools.cached_property)):
        return "property"
    return (
        "method" if inspect.isroutine(value) or isinstance(value, (classmethod, staticmethod)) else None
    )


def text_below_names(app, what, name, obj, options, lines):
    """Put what stands beside a parameter's name below it, where numpydoc looks for its text.

    Docstrings say ``name : text that goes on`` and indent the lines that follow, which numpydoc takes for a type and
    a text.
    """
    inside, out = False, []
    for i, line in enumerate(lines):
        following = lines[i + 1] if i + 1 < len(lines) else ""
        if set(following) == {"-"} and line.strip():
            inside = line.strip() in SECTIONS
        entry = re.match(r"([\w.*, ]+?) : (.*)", line) if inside else None
        if entry:
            out += [entry[1], f"    {entry[2]}"]
        else:
            out.append(line)
    lines[:] = out


def escape_bars(app, what, name, obj, options, lines):
    """|x| is an absolute value in this project's docstrings, not a substitution of reStructuredText."""
    block = None  # the indentation of a directive or doctest whose body is left alone
    for i, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if block is not None and line.strip() and indent <= block:
            block = None
        if line.lstrip().startswith((".. math::", ".. code")):
            block = indent
        elif line.lstrip().startswith((">>>", "...")):
            block = indent - 1
        elif not line.strip() and block is not None and block < indent:
            block = None
        if block is None and "|" in line:
            parts = re.split(r"(`[^`]*`)", line)
            lines[i] = "".join(p if p.startswith("`") else re.sub(r"\\?\|", r"\\|", p) for p in parts)


CODE = re.compile(r"(``.+?``|:[\w:]+:`[^`]*`|`[^`]*`_?|(?<!\w)\*[^*\s][^*]*\*)", re.S)


def in_restructured_text(lines: list[str], indented: bool) -> list[str]:
    """Return lines of reStructuredText with the formulas of their paragraphs as ``:math:`` roles.

    Directives, doctests, tables and headings stay as they are, and with ``indented=False`` all that is indented.
    """
    out: list[str] = []
    paragraph: list[str] = []
    block: int | None = None  # the indentation of a directive, whose content is deeper
    for line in [*lines, ""]:
        if line.strip():
            paragraph.append(line)
            continue
        if paragraph:
            indent = len(paragraph[0]) - len(paragraph[0].lstrip())
            inside = block is not None and indent > block
            if not inside:
                block = indent if paragraph[0].lstrip().startswith("..") else None
            if block is not None or (indent and not indented) or not is_text(paragraph):
                out += paragraph
            else:
                out += "".join(math_in("\n".join(paragraph))).split("\n")
        out.append(line)
        paragraph = []
    return out[:-1]


def is_text(paragraph: list[str]) -> bool:
    """Tell whether lines are text, not a doctest, a table or a heading."""
    return not any(re.match(r"\s*(>>>|\.\.\. |([=\-~^+|])\2+(\s|$)|\+-)", line) for line in paragraph)


def math_in(text: str):
    """Yield a paragraph's pieces, formulas as roles that stand apart from what is beside them."""
    for i, piece in enumerate(CODE.split(text)):
        if i % 2:
            yield piece
            continue
        piece = with_formulas(piece, "\x01{}\x02")
        piece = re.sub(r"(?<=[^\s'\"(\[{<\-/:])\x01", "\\\\ \x01", piece)
        piece = re.sub(r"\x02(?=[^\s'\")\]}>\-/\\:.,;!?])", "\x02\\\\ ", piece)
        yield piece.replace("\x01", ":math:`").replace("\x02", "`")


def formulas_in_docstrings(app, what, name, obj, options, lines):
    """Typeset the formulas that docstrings have in Unicode."""
    lines[:] = in_restructured_text(lines, indented=True)


def formulas_in_examples(app, docname, source):
    """Typeset the formulas in the texts between the code of an example."""
    if docname.startswith("auto_examples/"):
        source[0] = "\n".join(in_restructured_text(source[0].split("\n"), indented=False))
