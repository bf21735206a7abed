"""The C++ core alone: its own tests, and what it exports."""

from __future__ import annotations

import os
import re
import shutil
import sys

import pytest

from redfield import _core

from cmake_projects import BUILD, HIDE_INSTALLED, ROOT, WHEEL_EIGEN, configure, install, refused, run


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    return install(tmp_path_factory.mktemp("prefix"))


@pytest.mark.parametrize(
    "which",
    [
        pytest.param(
            "redfield_tests",
            marks=pytest.mark.skipif(
                os.environ.get("REDFIELD_TESTS_BUILT") == "none",
                reason="doctest is neither installed nor could it be fetched",
            ),
        ),
        "example_",
    ],
)
def test_cpp_unit_tests_and_examples(which):
    assert (BUILD / "CTestTestfile.cmake").exists(), "built by tests/run, which this test needs"
    out = run("ctest", "--test-dir", BUILD, "-R", which, "--output-on-failure", "--no-tests=error")
    assert "100% tests passed" in out


def test_the_exported_target_has_no_flags_of_this_machine(prefix):
    targets = prefix.glob("lib*/cmake/redfield/redfieldTargets*.cmake")
    exported = "\n".join(p.read_text() for p in targets)
    assert "redfield::redfield" in exported
    assert "EIGEN_MAX_ALIGN_BYTES=64" in exported
    for forbidden in ("-march", "-mtune", "-mavx", "-O3", "fopenmp", "Python"):
        assert forbidden not in exported
    headers = "\n".join(p.read_text() for p in (prefix / "include").rglob("*.hpp"))
    assert "Python.h" not in headers


@pytest.mark.skipif(
    shutil.which("nm") is None or sys.platform != "linux", reason="needs nm and version scripts"
)
def test_templates_of_std_and_eigen_are_not_exported(prefix):
    # Compiled for one level, they could stand in for another's.
    for binary in (prefix / "lib/libredfield.so", _core._native.__file__):
        names = run("nm", "-D", "--defined-only", "--format=posix", binary).split("\n")[:-1]
        assert names
        assert [n for n in names if not re.match("_ZNK?8redfield|_ZT[ISTV]N8redfield|PyInit_", n)] == []


def test_without_doctest_the_library_is_built_alone(tmp_path):
    configure(
        ROOT / "cpp", tmp_path, f"-DEigen3_DIR={WHEEL_EIGEN}", "-DCMAKE_DISABLE_FIND_PACKAGE_doctest=ON"
    )
    assert "REDFIELD_BUILD_TESTS:BOOL=OFF" in (tmp_path / "CMakeCache.txt").read_text()


def eigen_found(source_options, build):
    out = configure(ROOT / "cpp", build, *source_options)
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
    assert "redfield needs Eigen 3.4 or later" in refused(ROOT / "cpp", tmp_path, HIDE_INSTALLED)
