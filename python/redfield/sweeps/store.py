"""A Zarr store of independent samples, each written as soon as it is known."""

from __future__ import annotations

import functools
import os
import platform
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import redfield._core as _core
from redfield.sweeps.errors import StoreError
from redfield.sweeps.files import refusals_told
from redfield.validation import RealArray

try:
    import xarray as xr
    import zarr
    import zarr.codecs
except ImportError as error:
    raise ImportError(
        "storing samples needs xarray, zarr and filelock: pip install 'redfield[sweep]'"
    ) from error

FORMAT = "redfield-samples-2"


@dataclass(frozen=True)
class Field:
    """What a study stores of each sample: one value, or one at each of the store's times."""

    dtype: str = "f8"
    curve: bool = False

    @property
    def missing(self) -> float:
        """What stands in it until it is computed."""
        return float("nan") if self.dtype.startswith("f") else 0


def versions() -> dict[str, str]:
    """What made a store: redfield, its core, and the libraries its numbers pass through."""
    info = _core.build_info()
    return {
        "redfield": info["version"],
        "eigen": info["eigen"],
        "simd": info["simd"],
        "compiler": info["compiler"],
        "numpy": np.__version__,
        "zarr": zarr.__version__,
        "xarray": xr.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }


class SampleStore:
    """One directory: a group for each case, one chunk a sample, parameters and versions as attributes.

    Opening an existing store checks that its parameters are those asked for, so that a resumed run can
    not mix two studies. A sample counts only when its `complete` entry is set, which is written last;
    each write is a rename, so a killed process leaves whole samples.

    Raises
    ------
    ValueError
        The directory holds another study; the message lists every parameter that differs.
    """

    def __init__(
        self,
        path: Path,
        parameters: Mapping[str, Any],
        times: RealArray,
        fields: Mapping[str, Field],
    ) -> None:
        self.path = path
        self.times = times
        self.fields = {**fields, "checksum": Field("u4"), "complete": Field("i1")}
        if path.exists() and not (path / "zarr.json").exists() and any(path.iterdir()):
            raise ValueError(f"{path} is not empty and not a sample store; choose another output")
        try:
            with refusals_told(path, "open"):
                self._root = zarr.open_group(str(path), mode="a")
        except ValueError as error:
            raise StoreError(
                f"{path}/zarr.json is damaged ({error}); restore it, or choose another output"
            ) from error
        known = self._root.attrs.get("parameters")
        if known is None:
            with refusals_told(path, "write to"):
                self._root.attrs.update(
                    {"format": FORMAT, "parameters": dict(parameters), "versions": versions()}
                )
        else:
            _require_same(path, known, parameters)

    def case(self, name: str, samples: int, attributes: Mapping[str, Any]) -> CaseStore:
        """The group of one case, made or extended to hold `samples` samples."""
        with refusals_told(self.path, "write to"):
            group: Any = self._root.require_group(name)
            if (
                "time" not in group and "complete" in group
            ):  # lost: it is known, and belongs to every checksum
                group.create_array("time", data=self.times, dimension_names=["time"])
            if dict(group.attrs) != dict(attributes):
                group.attrs.update(dict(attributes))
            if "complete" not in group:
                self._create(group, samples)
            elif group["complete"].shape[0] < samples:
                for key in self.fields:
                    array = group[key]
                    array.resize((samples, *array.shape[1:]))
        return CaseStore(self.path, group)

    def _create(self, group: Any, samples: int) -> None:
        """Makes the arrays, `complete` last: a group without it was left by a killed process and is empty."""
        group.create_array("time", data=self.times, dimension_names=["time"], overwrite=True)
        for key, field in self.fields.items():
            size = (self.times.size,) * field.curve
            group.create_array(
                key,
                shape=(samples, *size),
                chunks=(1, *size),
                dtype=field.dtype,
                fill_value=field.missing,
                # A chunk that the disk has changed is refused, not read.
                compressors=zarr.codecs.ZstdCodec(checksum=True),
                dimension_names=["sample", *(["time"] * field.curve)],
                overwrite=True,
            )


class CaseStore:
    """The samples of one case."""

    def __init__(self, path: Path, group: Any) -> None:
        self.path = path
        self._group = group

    def complete(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """(samples,) which samples are stored whole. A flag that can not be read counts as not set."""
        flags = self._group["complete"]
        try:
            return np.asarray(flags[:]).astype(np.bool_)
        except DAMAGED:
            readable = [self._reads("complete", i) for i in range(flags.shape[0])]
            return np.array([good and bool(flags[i]) for i, good in enumerate(readable)])

    def write(self, sample: int, values: Mapping[str, Any]) -> None:
        with refusals_told(self.path, f"write sample {sample} of {self._group.name.strip('/')} to"):
            for key, value in values.items():
                self._group[key][sample] = value
            self._group["checksum"][sample] = checksum(self._values(sample))
            self._group["complete"][sample] = 1

    def damaged(self) -> list[int]:
        """The samples that count as complete and are not what was written."""
        complete = np.flatnonzero(self.complete()).tolist()
        try:
            # All at once where all can be read.
            stored = self._group["checksum"][:]
            whole = {key: self._group[key][:] for key in self._measured()}
        except DAMAGED:
            return [i for i in complete if not self._is_whole(i)]
        parts = ({k: v if k == "time" else v[i] for k, v in whole.items()} for i in complete)
        return [
            i for i, values in zip(complete, parts, strict=True) if checksum(values) != int(stored[i])
        ]

    def _measured(self) -> list[str]:
        return [key for key in self._group if key not in ("checksum", "complete")]

    def _values(self, sample: int) -> dict[str, Any]:
        return {k: self._group[k][:] if k == "time" else self._group[k][sample] for k in self._measured()}

    def _is_whole(self, sample: int) -> bool:
        try:
            return checksum(self._values(sample)) == int(self._group["checksum"][sample])
        except DAMAGED:
            return False

    def withdraw(self, samples: Sequence[int]) -> None:
        """Unsets `complete`, so that the samples are computed again."""
        with refusals_told(self.path, "write to"):
            for sample in samples:
                self._group["complete"][sample] = 0

    def _reads(self, key: str, sample: int) -> bool:
        try:
            self._group[key][sample]
        except DAMAGED:
            return False
        return True


def writable_case(path: str, name: str) -> CaseStore:
    """For workers; opened once, as that takes longer than many a sample."""
    try:
        made = os.stat(os.path.join(path, name, "zarr.json"))
    except FileNotFoundError:
        raise StoreError(
            f"a worker does not find {path}/{name}: it must lie on a file system that all workers see"
        ) from None
    return _writable_case(path, name, made.st_ino, made.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _writable_case(path: str, name: str, inode: int, changed: int) -> CaseStore:
    return CaseStore(Path(path), zarr.open_group(path, mode="r+")[name])


def checksum(values: Mapping[str, Any]) -> int:
    """CRC32 of a sample, its times included, so that what is gone is not taken for its fill value."""
    total = 0
    for key in sorted(values):
        total = zlib.crc32(np.ascontiguousarray(values[key]).tobytes(), zlib.crc32(key.encode(), total))
    return total


DAMAGED = (RuntimeError, ValueError)
"""What a codec raises of bytes it did not write."""


def open_samples(path: Path, name: str) -> xr.Dataset:
    """The complete samples of one case, read by xarray.

    Raises
    ------
    StoreError
        A sample is not what was written: it no longer counts as complete, so that the next run computes it again.
    """
    case = CaseStore(path, zarr.open_group(str(path), mode="r")[name])
    damaged = case.damaged()
    if damaged:
        CaseStore(path, zarr.open_group(str(path), mode="r+")[name]).withdraw(damaged)
        told = ", ".join(map(str, damaged[:10])) + (" …" if len(damaged) > 10 else "")
        one = len(damaged) == 1
        raise StoreError(
            f"{path}/{name}: {'sample' if one else 'samples'} {told} {'is' if one else 'are'} damaged; all other "
            "samples are kept, and the same command computes these again"
        )
    data: xr.Dataset = xr.open_zarr(str(path), group=name, consolidated=False, chunks=None)
    return data.drop_vars("checksum").isel(sample=np.flatnonzero(case.complete())).load()


def _require_same(path: Path, known: Any, asked: Mapping[str, Any]) -> None:
    differing = [
        f"{key}: stored {known.get(key)!r}, asked {asked.get(key)!r}"
        for key in sorted({*known, *asked})
        if known.get(key) != asked.get(key)
    ]
    if differing:
        raise ValueError(
            f"{path} holds a study with other parameters ({'; '.join(differing)}); "
            "choose another output or remove it"
        )
