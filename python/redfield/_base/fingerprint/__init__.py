"""Hashes of what a value holds, the same in every process: short and lenient ones for texts, strict ones for stores."""

from redfield._base.fingerprint.origin import is_local, qualified
from redfield._base.fingerprint.parts import Part, parts_of
from redfield._base.fingerprint.walk import Walk, parameters_of

DIGITS = 10
"""Hexadecimal digits of a fingerprint in a text."""

__all__ = ["Part", "fingerprint", "is_local", "parameters_of", "parts_of", "qualified", "token"]


def fingerprint(value: object) -> str:
    """Return a short hash of the content of a value.

    Numbers and arrays are told by their entries, functions by their code, defaults and closures, a user's also by the
    global values they read, objects by their parameters. −0 and 0 are one, as are 1 and 1.0.

    Examples
    --------
    >>> import numpy as np
    >>> fingerprint(np.eye(2)) == fingerprint(np.eye(2)) != fingerprint(np.eye(3))
    True
    >>> fingerprint(lambda w: 0.1 * w) == fingerprint(lambda w: 0.2 * w)
    False
    """
    return "#" + Walk(strict=False).of(value).hex()[:DIGITS]


def token(value: object, name: str = "value") -> str:
    """Return a hash of everything that decides what a value is or does, by type and bit.

    1, 1.0 and True differ, and so do −0.0 and 0.0. A function is its code, closure, defaults,
    attributes and the global values that it reads, recursively; a user's class its methods, attributes and bases; a
    user's module its compiled source, and that of the modules it imports; what an installed package defines is its name
    and the version of the package. Comments and lines do not count.

    Raises
    ------
    TypeError
        Something in it has no hash that another process would find: an open file, a lock, a generator. The message says
        where it is, starting from `name`.

    Examples
    --------
    >>> token(1) == token(1.0), token(0.0) == token(-0.0), token({"a": [1]}) == token({"a": [1]})
    (False, False, True)
    """
    return Walk(strict=True, name=name).whole(value).hex()
