"""Doctests whose numbers are compared as numbers."""

from __future__ import annotations

import doctest
import re

# A decimal number, or an integer that is an imaginary part, with the sign that stands before it.
NUMBER = re.compile(r"(?:(?<![\w.])|[-+])(?:\d+\.\d*|\.\d+|\d+(?=e[-+]?\d|j))(?:e[-+]?\d+)?")


class NumberChecker(doctest.OutputChecker):
    """Output checker that accepts a number within one unit in the last place printed.

    Words must agree to the letter. Column widths, the sign of zero and the last digit, which NumPy derives from
    rounding errors that differ between processors, decide nothing. Integers are words.
    """

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if super().check_output(want, got, optionflags):
            return True
        words_want, words_got = ("".join(NUMBER.sub("#", text).split()) for text in (want, got))
        if words_want != words_got:
            return False
        numbers = NUMBER.findall(want)
        # An array is printed with as many decimals as its longest element needs; trailing zeros are dropped.
        decimals = max((len(n.partition("e")[0].partition(".")[2]) for n in numbers), default=0)
        for number, other in zip(numbers, NUMBER.findall(got), strict=True):
            unit = 10.0 ** (int(number.partition("e")[2] or 0) - decimals)
            # Two decimals that differ by one unit differ by it up to the rounding of their binary values.
            if not abs(float(number) - float(other)) <= unit * (1 + 1e-9):
                return False
        return True


def run_examples(tests: list[doctest.DocTest]) -> doctest.TestResults:
    """Runs the tests and returns how many examples failed and how many ran."""
    runner = doctest.DocTestRunner(
        NumberChecker(), optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    )
    for test in tests:
        runner.run(test)
    return runner.summarize()
