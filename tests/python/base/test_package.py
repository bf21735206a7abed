"""Foreign C++ projects: against an installed library, against the wheel, and with the library built inside them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from cmake_projects import BUILD, HIDE_INSTALLED, ROOT, WHEEL_EIGEN, configure, install, refused, run

CONSUMER = ROOT / "tests/package/consumer"


def place_of(option):
    """What this environment's own redfield, installed from a wheel, says of itself."""
    return run(sys.executable, "-m", "redfield", option).strip()


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    return install(tmp_path_factory.mktemp("prefix"))


def built(build, *options):
    configure(CONSUMER, build, "-DCMAKE_BUILD_TYPE=Release", *options)
    run("cmake", "--build", build)
    return run(build / "consumer")


def test_against_an_install(prefix, tmp_path):
    # It finds the Eigen that the library was built with, without being told.
    out = built(tmp_path, f"-DCMAKE_PREFIX_PATH={prefix}", HIDE_INSTALLED)
    assert "trace 1.0000" in out
    assert "version 0." in out


def test_against_the_wheel(tmp_path):
    out = built(tmp_path, f"-Dredfield_DIR={place_of('--cmake-dir')}", HIDE_INSTALLED)
    assert "trace 1.0000" in out


@pytest.mark.skipif(shutil.which("pkg-config") is None, reason="no pkg-config here")
@pytest.mark.parametrize("wheel", [False, True])
def test_by_pkg_config(prefix, wheel, tmp_path):
    where = place_of("--pkgconfig-dir") if wheel else next(prefix.glob("lib*/pkgconfig"))
    eigen = WHEEL_EIGEN.parents[1] / "pkgconfig"
    env = {**os.environ, "PKG_CONFIG_PATH": f"{where}:{eigen}"}
    flags = run("pkg-config", "--cflags", "--libs", "redfield", env=env).split()
    library = next(flag[2:] for flag in flags if flag.startswith("-L"))
    command = [
        os.environ.get("CXX", "c++"),
        "-std=c++17",
        "-O1",
        CONSUMER / "main.cpp",
        "-o",
        tmp_path / "program",
    ]
    run(*command, *flags, f"-Wl,-rpath,{library}")
    assert "trace 1.0000" in run(tmp_path / "program")


@pytest.mark.skipif(shutil.which("pkg-config") is None, reason="no pkg-config here")
@pytest.mark.parametrize("version", ["3.3.9", "9.0"])
def test_pkg_config_refuses_another_eigen(prefix, version, tmp_path):
    (tmp_path / "eigen3.pc").write_text(
        f"Name: eigen3\nDescription: another\nVersion: {version}\nCflags:\n"
    )
    env = {**os.environ, "PKG_CONFIG_PATH": f"{tmp_path}:{next(prefix.glob('lib*/pkgconfig'))}"}
    done = subprocess.run(["pkg-config", "--cflags", "redfield"], env=env, capture_output=True, text=True)
    assert done.returncode != 0
    assert version in done.stderr


@pytest.mark.skipif(
    shutil.which("ccache") is None and "REDFIELD_TEST_EMBEDDED" not in os.environ,
    reason="compiles the whole library again, which ccache remembers; REDFIELD_TEST_EMBEDDED=1 does it all the same",
)
def test_built_inside_by_add_subdirectory_and_by_fetchcontent():
    # Kept for the next time, and beside the tests' own build, whose objects these are to ccache.
    build = BUILD.with_name("embedded")
    env = {**os.environ, "CCACHE_BASEDIR": str(ROOT), "CCACHE_NOHASHDIR": "1"}
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    # By the name it was called there.
    compiler = re.search(r"CMAKE_CXX_COMPILER:\w+=(.+)", (BUILD / "CMakeCache.txt").read_text())[1]
    options = [
        f"-DCMAKE_CXX_COMPILER={compiler}",
        f"-DREDFIELD_SOURCE={ROOT / 'cpp'}", f"-DEigen3_DIR={WHEEL_EIGEN}", "-DCMAKE_BUILD_TYPE=Release", *launcher,
    ]  # fmt: skip
    source = ROOT / "tests/package/embedded"
    configure(source, build, "-DHOW=add_subdirectory", *options)
    run("cmake", "--build", build, env=env)
    assert "trace 1.0000" in run(build / "embedded")
    # The same objects, found again where FetchContent would build them.
    (build / "embedded").unlink()
    configure(source, build, "-DHOW=FetchContent", *options)
    run("cmake", "--build", build, env=env)
    assert "trace 1.0000" in run(build / "embedded")


def test_components_and_versions_are_checked(prefix, tmp_path):
    here = f"-DCMAKE_PREFIX_PATH={prefix}"
    configure(CONSUMER, tmp_path / "shared", here, HIDE_INSTALLED, "-DWANTED=0.2 COMPONENTS shared")
    for wanted in ("0.1", "0.9", "1.0"):
        told = refused(CONSUMER, tmp_path / wanted, here, HIDE_INSTALLED, f"-DWANTED={wanted}")
        assert "redfield" in told
        assert wanted in told
    told = refused(CONSUMER, tmp_path / "static", here, HIDE_INSTALLED, "-DWANTED=0.2 COMPONENTS static")
    assert "it has no component static" in told


def test_another_major_of_eigen_is_refused(prefix, tmp_path):
    other = tmp_path / "eigen"
    other.mkdir()
    (other / "Eigen3Config.cmake").write_text("set(Eigen3_FOUND TRUE)\n")
    (other / "Eigen3ConfigVersion.cmake").write_text(
        "set(PACKAGE_VERSION 9.0)\nif(PACKAGE_FIND_VERSION VERSION_LESS 9)\n"
        "set(PACKAGE_VERSION_COMPATIBLE FALSE)\nendif()\n"
    )
    config = next(prefix.glob("lib*/cmake/redfield/redfieldConfig.cmake"))
    text = config.read_text().replace(str(WHEEL_EIGEN), str(other))
    lonely = tmp_path / "prefix/lib/cmake/redfield"
    lonely.mkdir(parents=True)
    for each in config.parent.iterdir():
        (lonely / each.name).write_text(text if each == config else each.read_text())
    told = refused(
        CONSUMER, tmp_path / "build", f"-DCMAKE_PREFIX_PATH={tmp_path / 'prefix'}", f"-DEigen3_DIR={other}",
        HIDE_INSTALLED,
    )  # fmt: skip
    assert "needs an Eigen 3" in told
