"""What is told of stores."""

from __future__ import annotations


class StoreError(RuntimeError):
    """A store can not be opened, read or written; the message names it. What is finished is kept."""
