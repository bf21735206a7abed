"""JAX and PyTorch are imported by nothing else, and their absence is told with the extra that brings them."""

import subprocess
import sys

import pytest


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(("name", "library"), [("jax", "JAX"), ("torch", "PyTorch")])
def test_a_missing_library_is_told_with_its_extra(name, library):
    done = run(f"import sys; sys.modules[{name!r}] = None\nimport redfield.{name}")
    assert f"ImportError: redfield.{name} needs {library}: pip install 'redfield[{name}]'" in done.stderr


def test_neither_is_imported_with_the_package():
    done = run(
        "import sys, redfield, redfield.autodiff\nprint([x for x in ('jax', 'torch') if x in sys.modules])"
    )
    assert done.stdout == "[]\n", done.stderr
