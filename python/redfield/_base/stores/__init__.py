"""Folders that hold arrays: Zarr groups with a journal, read whole and checked or refused."""
