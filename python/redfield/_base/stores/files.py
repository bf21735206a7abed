"""Files and folders that are there whole or not at all, and what a file system refuses."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from redfield._base.errors import StoreError


@contextlib.contextmanager
def store_errors(path: Path, what: str, *, resumes: bool = True) -> Iterator[None]:
    """Raise an OSError as a StoreError that names the path and the remedy; a sweep `resumes`, a result does not."""
    try:
        yield
    except OSError as error:
        advice = {
            errno.ENOSPC: "; free some space",
            errno.EDQUOT: "; free some space",
            errno.EROFS: "; choose another output",
            errno.EACCES: "; choose another output",
        }.get(error.errno or 0, "")
        kept = "; finished samples are kept and the same command resumes" if resumes else ""
        raise StoreError(f"can not {what} {path}: {error.strerror or error}{advice}{kept}") from error


@contextlib.contextmanager
def new_folder(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a folder beside `path` that is moved there at the end unless something is in its way by then.

    With `overwrite` the folder that is there is moved out of the way first and then deleted.
    """
    folder, old = (path.with_name(f".{path.name}.{uuid.uuid4().hex}.{end}") for end in ("new", "old"))
    path.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir()
    try:
        yield folder
        if overwrite and path.exists():
            path.rename(old)
            try:
                folder.rename(path)
            except OSError:
                old.rename(path)
                raise
        with contextlib.suppress(OSError):
            folder.rename(path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if path.exists():  # else it is all there is
            shutil.rmtree(old, ignore_errors=True)


def write_files(path: Path, files: Mapping[str, bytes]) -> None:
    """Write the files that are not there already, each whole or not at all."""
    for name, content in files.items():
        target = path / name
        with contextlib.suppress(OSError):
            if target.read_bytes() == content:
                continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as partial:
            partial.write_bytes(content)


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a file beside the target that is moved to its place when all of it is written."""
    partial = target.with_name(f"{target.name}.{uuid.uuid4().hex}.partial")
    try:
        yield partial
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
