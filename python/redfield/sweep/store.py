"""A Zarr store of independent samples, each written as soon as it is known."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import redfield._core as _core
from redfield.validation import RealArray

try:
    import xarray as xr
    import zarr
except ImportError as error:
    raise ImportError("storing samples needs xarray and zarr: pip install 'redfield[sweep]'") from error

FORMAT = "redfield-samples-1"


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
        self.fields = {**fields, "complete": Field("i1")}
        if path.exists() and not (path / "zarr.json").exists() and any(path.iterdir()):
            raise ValueError(f"{path} is not empty and not a sample store; choose another output")
        self._root = zarr.open_group(str(path), mode="a")
        known = self._root.attrs.get("parameters")
        if known is None:
            self._root.attrs.update(
                {"format": FORMAT, "parameters": dict(parameters), "versions": versions()}
            )
        else:
            _require_same(path, known, parameters)

    def case(self, name: str, samples: int, attributes: Mapping[str, Any]) -> CaseStore:
        """The group of one case, made or extended to hold `samples` samples."""
        group: Any = self._root.require_group(name)
        group.attrs.update(dict(attributes))
        if "complete" not in group:
            self._create(group, samples)
        elif group["complete"].shape[0] < samples:
            for key in self.fields:
                array = group[key]
                array.resize((samples, *array.shape[1:]))
        return CaseStore(group)

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
                dimension_names=["sample", *(["time"] * field.curve)],
                overwrite=True,
            )


class CaseStore:
    """The samples of one case."""

    def __init__(self, group: Any) -> None:
        self._group = group

    def complete(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """(samples,) which samples are stored whole."""
        flags: np.ndarray[Any, np.dtype[np.bool_]] = self._group["complete"][:].astype(bool)
        return flags

    def write(self, sample: int, values: Mapping[str, Any]) -> None:
        for key, value in values.items():
            self._group[key][sample] = value
        self._group["complete"][sample] = 1


def open_samples(path: Path, name: str) -> xr.Dataset:
    """The complete samples of one case, read by xarray."""
    data: xr.Dataset = xr.open_zarr(str(path), group=name, consolidated=False, chunks=None).load()
    return data.isel(sample=np.flatnonzero(data["complete"].values))


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
