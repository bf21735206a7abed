"""Points and comparisons that the tests of sweeps share."""

from __future__ import annotations

import numpy as np
import xarray as xr

AXES = {"beta": [0.5, 1.0, 2.0], "strength": np.linspace(0.01, 0.1, 5)}


def noisy(beta, strength, rng):
    return {"x": beta * strength + rng.standard_normal(), "curve": np.full(3, strength)}


def same(a, b):
    """Bit for bit, whatever is said of how they were made."""
    a, b = a.load().drop_attrs(), b.load().drop_attrs()
    return a.identical(b) and all(
        np.array_equal(a[k].values.view(np.uint8), b[k].values.view(np.uint8)) for k in a.data_vars
    )


def units(values, **attributes):
    return xr.DataArray(values, dims="b", attrs=attributes)


def named(name="x", value=None, **attributes):
    value = np.array([1.0, 2.0]) if value is None else value
    return {name: xr.DataArray(value, dims=[f"d{k}" for k in range(np.ndim(value))], attrs=attributes)}


def with_coordinate(name, values, **attributes):
    values = np.asarray(values)
    dims = ("d",)[: values.ndim]
    return xr.Dataset({"x": ("d", [1.0, 2.0])}, {name: (dims, values, attributes)})


def scaled(k):
    def point(b):
        return {"x": np.float64(k)}

    return point
