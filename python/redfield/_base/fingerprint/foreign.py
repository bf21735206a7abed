"""Hashes of objects of other libraries."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from redfield._base.fingerprint.hashing import Walk, digest
from redfield._base.fingerprint.origin import PACKAGE


def content(walk: Walk, value: Any) -> bytes | None:
    """Return the hash of an object's own token or of the known content of its class, else None.

    None stands for objects whose content only pickle tells.
    """
    top = type(value).__module__.partition(".")[0]
    logging = sys.modules.get("logging")
    if logging is not None and isinstance(value, logging.Logger):
        return digest(b"logger")  # it decides no numbers
    if value is np.random.mtrand._rand:  # the generator of numpy.random, which no process shares
        return digest(b"numpy.random")
    if top == "xarray" and hasattr(value, "dims"):
        return _labelled(walk, value)
    if top == "qutip" and hasattr(value, "data_as") and hasattr(value, "dims"):
        return _operator(walk, value)
    own = getattr(type(value), "__dask_tokenize__", None)
    if own is not None and not str(getattr(own, "__module__", "")).startswith(f"{PACKAGE}."):
        return walk.of(_plainer(value.__dask_tokenize__()), ".__dask_tokenize__()")
    return _by_dask(walk, value)


def _labelled(walk: Walk, value: Any) -> bytes:
    """Return the hash of a DataArray, Dataset or Variable: names, dimensions, attributes, coordinates and values."""
    attributes = {repr(k): x for k, x in value.attrs.items()}
    held = [walk.named(attributes, ".attrs[{}]"), walk.of([str(d) for d in value.dims])]
    if hasattr(value, "data_vars"):
        held.append(walk.named({repr(k): v.variable for k, v in value.data_vars.items()}, "[{}]"))
    else:
        held += [walk.of(getattr(value, "name", None)), _values(walk, value)]
    if hasattr(value, "coords"):
        held.append(walk.named({repr(k): v.variable for k, v in value.coords.items()}, ".coords[{}]"))
    return digest(b"labelled", *held)


def _values(walk: Walk, value: Any) -> bytes:
    lazy: Any = getattr(value, "data", None)
    if hasattr(lazy, "__dask_graph__"):
        return walk.of(str(lazy.name))
    return walk.of(value.values, ".values")


def _operator(walk: Walk, value: Any) -> bytes:
    stored = value.data
    matrix = stored.as_scipy() if hasattr(stored, "as_scipy") else value.full()
    kind = walk.of([type(stored).__name__, value.dims, getattr(value, "superrep", None)])
    return digest(kind, walk.of(matrix, ".data"))


def untimed(parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Parameters of a result without the seconds that it took."""
    if parameters is None or not isinstance(parameters.get("stats"), Mapping):
        return parameters
    return {**parameters, "stats": {k: x for k, x in parameters["stats"].items() if k != "seconds"}}


def _by_dask(walk: Walk, value: object) -> bytes | None:
    """Return dask's token of an object whose class is registered with it, importing dask only where it is needed."""
    if type(value).__module__.partition(".")[0] not in ("pandas", "pyarrow", "h5py", "PIL", "numba"):
        return None
    try:
        import dask
        from dask.tokenize import normalize_token
    except ImportError:
        return None
    find: Any = normalize_token.dispatch
    found = find(type(value))
    if found is find(object):
        return None
    with dask.config.set({"tokenize.ensure-deterministic": True}):
        try:
            return walk.of(_plainer(found(value)))
        except RuntimeError as error:
            walk.refuse(value, str(error).partition("\n")[0])


def _plainer(normal: Any) -> Any:
    """Return a token of dask's without pickle buffers."""
    if type(normal).__name__ == "PickleBuffer" and "pickle" in sys.modules:
        return bytes(normal)
    if isinstance(normal, list | tuple):
        return [_plainer(x) for x in normal]
    return normal
