"""What a file system refuses, told in one sentence."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from redfield.sweeps.errors import StoreError


@contextlib.contextmanager
def refusals_told(path: Path, what: str) -> Iterator[None]:
    """An OSError as a StoreError that names the path and the remedy."""
    try:
        yield
    except OSError as error:
        advice = {
            errno.ENOSPC: "; free some space",
            errno.EDQUOT: "; free some space",
            errno.EROFS: "; choose another output",
            errno.EACCES: "; choose another output",
        }.get(error.errno or 0, "")
        raise StoreError(
            f"can not {what} {path}: {error.strerror or error}{advice}; finished samples are kept and the same "
            "command resumes"
        ) from error
