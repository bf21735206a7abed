"""Calls of the command line in this process, and a store for it to read."""

from __future__ import annotations

import numpy as np
from typer.testing import CliRunner

import redfield as rf
from redfield.cli.app import app


def call(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def store(path, **options):
    return rf.sweep(lambda x: {"y": x * np.ones(2)}, {"x": [1.0, 2.0]}, store=path, **options)
