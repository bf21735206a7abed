"""The journal of a store: records in one SQLite file, written in transactions, each with a seal over its content."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from redfield._base.errors import StoreError

FOLDER = ".redfield"
"""Folder of a store that holds what is not Zarr's."""
APPLICATION = 0x52646664
"""SQLite's application_id of a journal: the file is this package's."""
BUSY_SECONDS = 60.0
"""How long a transaction waits for those of other processes."""

Key = tuple[str, str]

_TABLES = f"""
PRAGMA application_id = {APPLICATION};
CREATE TABLE record (
    kind TEXT, key TEXT, value BLOB NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE failure (
    place TEXT, point TEXT, value BLOB NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (place, point)
) WITHOUT ROWID;
CREATE TABLE driver (id TEXT PRIMARY KEY, host TEXT, pid INTEGER, born REAL, beats INTEGER);
CREATE TABLE claim (place TEXT PRIMARY KEY, driver TEXT NOT NULL);
"""


class DamagedError(StoreError):
    """A journal does not hold what was written to it."""


MARKER = (f"{FOLDER}/zarr.json", b'{"zarr_format":3,"node_type":"group","attributes":{}}')
"""A file that makes the folder a group without arrays, which readers of Zarr pass over."""


def journal_of(path: Path) -> Path:
    return path / FOLDER / "journal.sqlite"


def is_journaled(path: Path) -> bool:
    """Return whether this package made the folder: it has a journal, readable or not."""
    return journal_of(path).is_file()


def seal(kind: str, key: str, value: bytes) -> bytes:
    text = b"\0".join((kind.encode(), key.encode(), value))
    return hashlib.blake2b(text, digest_size=8).digest()


class Journal:
    """Records (kind, key) → bytes of a store that exists.

    Parameters
    ----------
    path : the store's folder.
    write : whether records may be put; else nothing on the disk is touched.
    """

    def __init__(self, path: Path, *, write: bool = False) -> None:
        self.path = path
        self._file = journal_of(path)
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        with contextlib.ExitStack() as opened, self._errors("open"):
            self._db = self._connected(self._file, write)
            opened.callback(self.close)
            try:
                self._db.execute("SELECT count(*) FROM driver").fetchone()
            except sqlite3.OperationalError:
                if write:
                    raise
                # What a process that was killed while it wrote left is rolled back in a copy.
                self._db.close()
                self._db = self._connected(self._copied(), True)
            self._require_own()
            opened.pop_all()  # it stays open

    @classmethod
    def create(cls, path: Path, records: Mapping[Key, bytes]) -> None:
        """Create a journal with these records in a folder that has none."""
        file = journal_of(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as db:
            db.executescript(f"BEGIN; {_TABLES} COMMIT;")
        with contextlib.closing(cls(path, write=True)) as journal, journal.transaction():
            journal.put(records)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all entries that are put within the block, or none of them."""
        with self._errors("write to"):
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self.undo()
                raise

    def undo(self) -> None:
        """End a transaction that is still open, as Ctrl-C leaves it where it strikes between two statements."""
        with contextlib.suppress(sqlite3.Error):
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read within the block from one state of the journal."""
        with self._errors("read"):
            self._db.execute("BEGIN")
            try:
                yield
            finally:
                with contextlib.suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")

    def put(self, records: Mapping[Key, bytes]) -> None:
        self._put("record", records)

    def put_failures(self, place: str, failures: Mapping[str, bytes]) -> None:
        """Replace the failures of a block."""
        self._db.execute("DELETE FROM failure WHERE place = ?", (place,))
        self._put("failure", {(place, point): value for point, value in failures.items()})

    def drop(self, kind: str, key: str) -> None:
        self._db.execute("DELETE FROM record WHERE kind = ? AND key = ?", (kind, key))

    def one(self, kind: str, key: str) -> bytes | None:
        """Return a record, None of one that is not there.

        Raises
        ------
        DamagedError
            It is not what was written.
        """
        values = [value for _, value in self._good("record", " WHERE kind = ? AND key = ?", (kind, key))]
        return values[0] if values else None

    def everything(self) -> tuple[dict[Key, bytes], list[Key]]:
        """All records that are what was written, and the keys of those that are not.

        Every row is looked at, since a damaged key is not found where it belongs.
        """
        good: dict[Key, bytes] = {}
        bad = []
        for kind, key, value, mark in self._rows("record", ""):
            if mark == seal(kind, key, value):
                good[kind, key] = value
            else:
                bad.append((kind, key))
        return good, bad

    def header(self, format: str, records: Mapping[Key, bytes], bad: list[Key]) -> dict[str, Any]:
        """Return the header: the record of the whole store.

        Raises
        ------
        DamagedError, StoreError
            Records are not what was written; the store is of another format.
        """
        if bad or ("store", "header") not in records:
            raise DamagedError(
                f"the journal of {self.path} is damaged at {(*bad, ('store', 'header'))[0]}"
            )
        header: dict[str, Any] = json.loads(records["store", "header"])
        if header.get("format") != format:
            raise StoreError(
                f"{self.path} holds {header.get('format')!r}, not {format!r}; choose another store"
            )
        return header

    def failures(self, place: str | None = None, limit: int = -1) -> list[bytes]:
        """Points that failed, of all blocks or of one.

        Raises
        ------
        DamagedError
            One is not what was written.
        """
        chosen, values = ("", ()) if place is None else (" WHERE place = ?", (place,))
        return [value for _, value in self._good("failure", f"{chosen} LIMIT {limit:d}", values)]

    @property
    def failed(self) -> int:
        """How many points failed."""
        return int(self._db.execute("SELECT count(*) FROM failure").fetchone()[0])

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """On the tables of drivers and claims, which carry no results."""
        return self._db.execute(statement, values).fetchall()

    def close(self) -> None:
        self._db.close()
        if self._copy is not None:
            self._copy.cleanup()

    def _put(self, table: str, rows: Mapping[Key, bytes]) -> None:
        self._db.executemany(
            f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?)",
            ((a, b, value, seal(a, b, value)) for (a, b), value in rows.items()),
        )

    def _good(self, table: str, chosen: str, values: tuple[str, ...]) -> Iterator[tuple[Key, bytes]]:
        for a, b, value, mark in self._rows(table, chosen, values):
            if mark != seal(a, b, value):
                raise DamagedError(f"the journal of {self.path} is damaged at {table} {a} {b}")
            yield (a, b), value

    def _rows(
        self, table: str, chosen: str, values: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, str, bytes, bytes]]:
        for a, b, value, mark in self._db.execute(f"SELECT * FROM {table}{chosen}", values):
            yield str(a), str(b), value if isinstance(value, bytes) else str(value).encode(), mark

    def _connected(self, file: Path, write: bool) -> sqlite3.Connection:
        address = f"file:{quote(os.fsencode(file))}?mode={'rw' if write else 'ro'}"
        db = sqlite3.connect(
            address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        db.text_factory = lambda text: text.decode(errors="replace")
        return db

    def _copied(self) -> Path:
        self._copy = tempfile.TemporaryDirectory(prefix="redfield-journal-")
        for name in (self._file.name, f"{self._file.name}-journal"):
            source = self._file.with_name(name)
            if source.exists():
                shutil.copy(source, self._copy.name)
        return Path(self._copy.name) / self._file.name

    def _require_own(self) -> None:
        if self._db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
            raise sqlite3.DatabaseError("another application made it")
        (state,) = self._db.execute("PRAGMA quick_check(1)").fetchone()
        if state != "ok":
            raise sqlite3.DatabaseError(state)

    @contextlib.contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        """Raise an error of SQLite as a StoreError."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StoreError(f"can not {what} the journal of {self.path}: {_in_words(error)}") from error
        except sqlite3.DatabaseError as error:
            raise DamagedError(
                f"the journal of {self.path} is damaged ({error}); restore {self._file} from a copy, or choose another "
                "store"
            ) from error


def _in_words(error: sqlite3.OperationalError) -> str:
    text = str(error)
    return {
        "database or disk is full": "No space left on device; free some space, and the same call resumes",
        "database is locked": f"another process holds it for {BUSY_SECONDS:g} s; wait for it",
        "attempt to write a readonly database": "it is read-only; choose another output",
        "unable to open database file": "it is not there or not readable",
    }.get(text, text)
