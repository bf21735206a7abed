"""The C++ core alone: its own tests, and a foreign program against the installed library."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WHEEL_EIGEN = Path(sysconfig.get_paths()["purelib"]) / "cmeel.prefix/share/eigen3/cmake"

BUILD = ROOT / "build/tests"
"""Where `tests/run` builds."""

HIDE_INSTALLED = "-DCMAKE_IGNORE_PATH=" + ";".join(
    f"{prefix}/{place}"
    for prefix in ("/usr", "/usr/local", "/opt/homebrew")
    for place in ("share/eigen3/cmake", "lib/cmake/eigen3", "share/cmake/eigen3")
)


def run(*command: str | Path) -> str:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def configure(source: Path, build: Path, *options: str) -> str:
    return run(shutil.which("cmake") or "cmake", "-S", source, "-B", build, "-G", "Ninja", *options)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The library that `tests/run` has built from the extension's own objects, against the Eigen wheel, installed."""
    assert (BUILD / "cpp/tests/redfield_tests").exists(), "built by tests/run, which these tests need"
    prefix = tmp_path_factory.mktemp("prefix")
    run("cmake", "--install", BUILD, "--component", "cpp", "--prefix", prefix)
    return prefix


def test_cpp_unit_tests(installed):
    out = run("ctest", "--test-dir", BUILD, "--output-on-failure", "--no-tests=error")
    assert "100% tests passed" in out


def test_a_foreign_program_builds_and_runs(installed, tmp_path):
    # It finds the Eigen that the library was built with, without being told.
    configure(
        ROOT / "tests/package/consumer", tmp_path, f"-DCMAKE_PREFIX_PATH={installed}",
        HIDE_INSTALLED, "-DCMAKE_BUILD_TYPE=Release",
    )  # fmt: skip
    run("cmake", "--build", tmp_path)
    assert "trace 1.0000" in run(tmp_path / "consumer")


def test_another_major_of_eigen_is_refused(installed, tmp_path):
    other = tmp_path / "eigen"
    other.mkdir()
    (other / "Eigen3Config.cmake").write_text("set(Eigen3_FOUND TRUE)\n")
    (other / "Eigen3ConfigVersion.cmake").write_text(
        "set(PACKAGE_VERSION 9.0)\nif(PACKAGE_FIND_VERSION VERSION_LESS 9)\n"
        "set(PACKAGE_VERSION_COMPATIBLE FALSE)\nendif()\n"
    )
    config = next(installed.glob("lib*/cmake/redfield/redfieldConfig.cmake"))
    text = config.read_text().replace(str(WHEEL_EIGEN), str(other))
    lonely = tmp_path / "prefix/lib/cmake/redfield"
    lonely.mkdir(parents=True)
    for each in config.parent.iterdir():
        (lonely / each.name).write_text(text if each == config else each.read_text())
    command = [
        "cmake", "-S", str(ROOT / "tests/package/consumer"), "-B", str(tmp_path / "build"), "-G", "Ninja",
        f"-DCMAKE_PREFIX_PATH={tmp_path / 'prefix'}", f"-DEigen3_DIR={other}", HIDE_INSTALLED,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0
    assert "needs an Eigen 3" in " ".join(done.stderr.split())


def test_the_exported_target_has_no_flags_of_this_machine(installed):
    prefix = installed
    targets = prefix.glob("lib*/cmake/redfield/redfieldTargets*.cmake")
    exported = "\n".join(p.read_text() for p in targets)
    assert "redfield::redfield" in exported
    assert "EIGEN_MAX_ALIGN_BYTES=64" in exported
    for forbidden in ("-march", "-mtune", "-mavx", "-O3", "fopenmp", "Python"):
        assert forbidden not in exported
    headers = "\n".join(p.read_text() for p in (prefix / "include").rglob("*.hpp"))
    assert "Python.h" not in headers


def eigen_found(source_options: list[str], build: Path) -> str:
    out = configure(ROOT / "cpp", build, "-DREDFIELD_BUILD_TESTS=OFF", *source_options)
    return next(line for line in out.splitlines() if "redfield: Eigen" in line)


def test_an_installed_eigen_is_preferred_and_the_wheel_is_the_fallback(tmp_path):
    site_packages = WHEEL_EIGEN.parents[3]
    # An Eigen installed in a prefix, as a system or conda has it.
    prefix = tmp_path / "prefix"
    prefix.symlink_to(site_packages / "cmeel.prefix")
    both = f"-DCMAKE_PREFIX_PATH={prefix};{site_packages}"
    assert f"from {prefix}" in eigen_found([both], tmp_path / "installed")
    # Nothing installed: only the wheel, where pip puts it.
    wheel = [f"-DCMAKE_PREFIX_PATH={site_packages}", HIDE_INSTALLED]
    assert "cmeel.prefix" in eigen_found(wheel, tmp_path / "wheel")


def test_without_eigen_the_message_says_how_to_get_it(tmp_path):
    command = ["cmake", "-S", str(ROOT / "cpp"), "-B", str(tmp_path), "-G", "Ninja", HIDE_INSTALLED]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0
    assert "redfield needs Eigen 3.4 or later" in " ".join(done.stderr.split())
