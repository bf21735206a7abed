"""The call `redfield.load`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from redfield._base.checks.checked import checked
from redfield._base.stores.saved import FORMAT, format_of, kinds_of_records, read_dataset


@checked
def load(path: str | Path, equation: object = None) -> Any:
    """Read what `save` or a sweep has written, whichever it is.

    Parameters
    ----------
    path : a Zarr folder or a netCDF file of `save`, or the store of a sweep.
    equation : the equation or system that a result belongs to, of which a store keeps the description alone. With it a
        result answers what needs it, such as gradients; without it ``.equation`` is that description.

    Returns
    -------
    Result, SteadyState or another record, equal to the one that was saved; of a sweep an xarray.Dataset, lazily.

    Raises
    ------
    FileNotFoundError, StoreError, ValueError
        There is nothing at `path`; it is damaged or was not written by this package; it belongs to another equation.

    Examples
    --------
    >>> import numpy as np, redfield as rf, pathlib, tempfile
    >>> decay = rf.Lindblad(np.diag([0.0, 1.0]), [[[0.0, 1.0], [0.0, 0.0]]])
    >>> result = decay.evolve([0.0, 1.0], [0.0, 1.0], {"n": np.diag([0.0, 1.0])})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result.save(pathlib.Path(folder) / "decay.zarr")
    ...     again = load(pathlib.Path(folder) / "decay.zarr")
    >>> again == result, str(again.equation).partition("(")[0]
    (True, 'Lindblad')
    """
    if format_of(path) not in (None, FORMAT):
        if equation is not None:
            raise ValueError(f"path {str(path)!r} holds a sweep, which belongs to no equation")
        from redfield.sweeps.stores import opened  # where xarray and zarr are

        return opened(path)
    data = read_dataset(path)
    kind = kinds_of_records().get(found := data.attrs.get("kind"))
    if kind is None:
        raise ValueError(f"path {str(path)!r} holds no record of redfield: its kind is {found!r}")
    return kind._from_dataset(data, path, equation)
