"""A store as Zarr reads it: small files from the journal, chunks from the disk, each checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import xarray as xr
from zarr.abc.store import ByteRequest, OffsetByteRequest, RangeByteRequest, Store, SuffixByteRequest
from zarr.core.buffer import Buffer, BufferPrototype, default_buffer_prototype

from redfield._base.errors import StoreError
from redfield._base.stores.groups import as_text, is_whole, mark_of


@dataclass(frozen=True)
class Contents:
    """The contents of a store by its journal: small files, and the marks that each chunk may bear."""

    path: Path
    files: Mapping[str, bytes]
    chunks: Mapping[str, frozenset[str]]

    def chunk(self, key: str) -> bytes | None:
        """Return the bytes of a chunk, None of one that was never written.

        Raises
        ------
        StoreError
            They are not what was written.
        """
        if key not in self.chunks:
            return None
        try:
            content = (self.path / key).read_bytes()
        except FileNotFoundError:
            raise StoreError(f"{self.path} is damaged: its chunk {key} is deleted") from None
        except OSError as error:
            raise StoreError(f"can not read {self.path / key}: {error.strerror or error}") from error
        if mark_of(content) not in self.chunks[key] or not is_whole(content):
            raise StoreError(f"{self.path} is damaged: its chunk {key} is not what was written")
        return content

    def bytes_of(self, key: str) -> bytes | None:
        return self.files[key] if key in self.files else self.chunk(key)

    def dataset(self) -> xr.Dataset:
        """Return the contents as an xarray.Dataset that is read lazily."""
        data: xr.Dataset = xr.open_zarr(ContentsStore(self), consolidated=True, chunks=None)
        text = {
            k: (v.dims, as_text(v.values), v.attrs)
            for k, v in data.coords.items()
            if v.dtype.kind in "TO"
        }
        return data.assign_coords(text)


class ContentsStore(Store):
    """Zarr's reading of Contents."""

    supports_writes = supports_deletes = False
    supports_listing = True

    def __init__(self, contents: Contents) -> None:
        super().__init__(read_only=True)
        self.contents = contents

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ContentsStore) and other.contents == self.contents

    def __hash__(self) -> int:
        return hash(self.contents.path)

    def with_read_only(self, read_only: bool = True) -> ContentsStore:
        if not read_only:
            raise ValueError("what was read of a store is not written")
        return self

    async def get(
        self, key: str, prototype: BufferPrototype | None = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        content = self.contents.bytes_of(key)
        if content is None:
            return None
        part: Buffer = (prototype or default_buffer_prototype()).buffer.from_bytes(
            content[_slice(byte_range)]
        )
        return part

    async def get_partial_values(
        self, prototype: BufferPrototype, key_ranges: Iterable[tuple[str, ByteRequest | None]]
    ) -> list[Buffer | None]:
        return [await self.get(key, prototype, part) for key, part in key_ranges]

    async def exists(self, key: str) -> bool:
        return key in self.contents.files or key in self.contents.chunks

    async def set(self, key: str, value: Buffer) -> None:
        self._check_writable()

    async def delete(self, key: str) -> None:
        self._check_writable()

    async def list(self) -> AsyncIterator[str]:
        for key in (*self.contents.files, *self.contents.chunks):
            yield key

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        async for key in self.list():
            if key.startswith(prefix):
                yield key

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:
        start = f"{prefix.rstrip('/')}/" if prefix else ""
        names = {key[len(start) :].split("/")[0] async for key in self.list_prefix(start)}
        for name in sorted(names):
            yield name


def _slice(part: object) -> slice:
    if isinstance(part, RangeByteRequest):
        return slice(part.start, part.end)
    if isinstance(part, OffsetByteRequest):
        return slice(part.offset, None)
    if isinstance(part, SuffixByteRequest):
        return slice(-part.suffix, None)
    return slice(None)
