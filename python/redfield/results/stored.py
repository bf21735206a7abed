"""Evolutions as Datasets, tables and stores."""

from __future__ import annotations

import datetime
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import RealArray, checked
from redfield._base.stores.origins import attached, attributes_of
from redfield._base.stores.saved import Saving, read_dataset, require_kind
from redfield.results.curves import curves_of, keys_of, labels_of, variables_of

SWEEPS = frozenset({"sample", "status"})
"""Names that a sweep over such results gives its own variables."""


class StoredEvolution(Saving):
    """Mixin of the results of evolutions: `to_xarray`, `to_pandas`, `save` and `load`, with the names of the e_ops."""

    times: RealArray
    expect: Any
    stats: Any

    kind: ClassVar[str] = "evolution"
    """The kind of result that `save` writes and `load` expects."""
    arrays: ClassVar[dict[str, tuple[str, ...]]]
    """The fields that are arrays over time or sites, and their dimensions; None where not kept."""
    leading: ClassVar[tuple[str, ...]] = ("time",)
    """The dimensions every expectation value has."""
    ragged: ClassVar[tuple[str, ...]] = ()
    """The dimensions whose lengths no argument determines: they differ from result to result of one call."""

    @classmethod
    def _kind_of_store(cls) -> str:
        return cls.kind

    @property
    def e_data(self) -> dict[Any, npt.NDArray[Any]]:
        """The expectation values by the keys of e_ops, or by their places in the list."""
        return dict(zip(keys_of(self.expect), curves_of(self.expect), strict=True))

    @classmethod
    def _variables(cls, keys: list[Any]) -> list[str]:
        """Return the names of the curves as variables, which are those of their keys where they can be."""
        taken = {"time", *cls.arrays, *SWEEPS, *(dim for dims in cls.arrays.values() for dim in dims)}
        return variables_of(keys, taken | {*cls.leading})

    def _named(self) -> dict[str, npt.NDArray[Any]]:
        return dict(zip(self._variables(keys_of(self.expect)), curves_of(self.expect), strict=True))

    def _labels(self) -> list[str]:
        return labels_of(keys_of(self.expect), isinstance(self.expect, Mapping))

    def to_xarray(self) -> Any:
        """Return an xarray.Dataset with one variable for each of the arrays and of the e_ops.

        A curve has the name of its operator in e_ops, or ``expect_0``, … in a list, and where the name can not be that
        of a variable: it is none, has a slash, or is taken (``states``, ``time``). Times are in units of 1/energy
        (ħ = 1), and attributes say what made it.
        """
        xr = _needed("xarray", "storing results needs xarray and zarr")
        data: dict[str, Any] = {}
        for name, dims in self.arrays.items():
            value = getattr(self, name)
            if value is not None:
                data[name] = (dims, value)
        coordinates: dict[str, Any] = {
            "time": ("time", self.times, {"units": "1/energy", "long_name": "t"})
        }
        if len(self.expect) and any("observable" in dims for dims, _ in data.values()):
            coordinates["observable"] = ("observable", np.array(self._labels(), dtype=np.str_))
        for (name, curve), label in zip(self._named().items(), self._labels(), strict=True):
            rest = tuple(f"{name}_dim_{k}" for k in range(len(self.leading), curve.ndim))
            data[name] = ((*self.leading, *rest), curve, {"long_name": label})
        return xr.Dataset(data, coords=coordinates, attrs=self._provenance())

    def to_pandas(self) -> Any:
        """Return a pandas.DataFrame over time with a column for each of the e_ops, or without them the populations.

        Columns have the names that `to_xarray` gives; where a result has errors of them, ``NAME_error`` too. Of a batch
        the index is (member, time); of a curve with more dimensions there is a column for each entry, ``NAME[0]``.

        Raises
        ------
        ImportError, ValueError
            pandas is not there; there are neither e_ops nor states.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> decay = rf.Lindblad(np.diag([0.0, 1.0]), [[[0.0, 1.0], [0.0, 0.0]]])
        >>> decay.evolve([0.0, 1.0], [0.0, 1.0], {"n": np.diag([0.0, 1.0])}).to_pandas().round(4)
                   n
        time
        0.0   1.0000
        1.0   0.3679
        """
        pandas = _needed("pandas", "to_pandas needs pandas")
        columns = self._named() or self._columns_of_populations()
        depth = len(self.leading)
        flat: dict[str, npt.NDArray[Any]] = {}
        for name, curve in columns.items():
            for rest in np.ndindex(curve.shape[depth:]):
                place = "".join(f"[{k}]" for k in rest)
                flat[f"{name}{place}"] = curve[(..., *rest)].ravel()
        errors = self._errors(len(columns)) if self._named() else []
        flat |= {f"{name}_error": error for name, error in zip(columns, errors, strict=False)}
        index = pandas.Index(self.times, name="time")
        if depth > 1:
            members = range(next(iter(columns.values())).shape[0])
            index = pandas.MultiIndex.from_product([members, self.times], names=self.leading)
        return pandas.DataFrame(flat, index=index)

    def _columns_of_populations(self) -> dict[str, npt.NDArray[Any]]:
        populations = self._populations()
        if populations is None or self.leading != ("time",):
            raise ValueError(
                f"the {self.kind} has no e_ops, and no populations over time alone, to tabulate"
            )
        return {f"population_{k}": p for k, p in enumerate(populations.T)}

    def _populations(self) -> RealArray | None:
        raise NotImplementedError

    def _errors(self, curves: int) -> list[RealArray]:
        """Return the errors of the curves, where they are known."""
        return []

    def _provenance(self) -> dict[str, Any]:
        keys = keys_of(self.expect)
        told = [k if isinstance(k, str | int) else repr(k) for k in keys]
        info = _core.build_info()
        return {
            "kind": self.kind,
            "expect_keys": json.dumps(told if isinstance(self.expect, Mapping) else None),
            "expect_variables": json.dumps(self._variables(keys)),
            "stats": json.dumps(dict(self.stats)),
            **attributes_of(getattr(self, "equation", None), "equation"),
            "redfield": info["version"],
            "core": f"Eigen {info['eigen']}, {info['simd']}, {info['compiler']}",
            "numpy": np.__version__,
            "python": platform.python_version(),
            "host": platform.node(),
            "saved": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        }

    @classmethod
    @checked
    def load(cls, path: str | Path, equation: object = None) -> Self:
        """Read a result that `save` wrote; `equation` is attached, since a store holds only its description.

        Raises
        ------
        FileNotFoundError, StoreError, ValueError
            There is nothing at `path`; it is damaged; it is not a result of this kind, or of another equation.
        """
        data = read_dataset(path)
        require_kind(cls, data, path)
        return cls._from_dataset(data, path, equation)

    @classmethod
    def _from_dataset(cls, data: Any, path: str | Path, origin: object = None) -> Self:
        keys = json.loads(data.attrs["expect_keys"])
        names = json.loads(data.attrs.get("expect_variables", "null"))
        if names is None:  # written by version 0.2
            names = [f"expect_{i}" for i in range(sum(str(v).startswith("expect_") for v in data))]
        curves = [data[name].values for name in names]
        made: dict[str, Any] = {
            name: data[name].values if name in data.variables else None for name in cls.arrays
        }
        origin = attached(path, data.attrs, "equation", origin)
        make: Any = cls
        found: Self = make(
            times=data["time"].values,
            expect=curves if keys is None else dict(zip(keys, curves, strict=True)),
            stats=json.loads(data.attrs["stats"]),
            **made,
            **({"equation": origin} if origin is not None else {}),
        )
        return found


def _needed(module: str, what: str) -> Any:
    """Return a module of the extra "sweep"."""
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError:
        raise ImportError(f"{what}: pip install 'redfield[sweep]'") from None
