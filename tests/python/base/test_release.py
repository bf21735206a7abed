"""What a release must agree on, and what the repository promises of itself."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

import redfield as rf

ROOT = Path(__file__).parents[3]


def test_one_version_everywhere():
    assert (
        f"set(REDFIELD_VERSION {rf.__version__})"
        in (ROOT / "cpp/cmake/RedfieldVersion.cmake").read_text()
    )
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == rf.__version__
    recipe = yaml.safe_load((ROOT / ".conda/recipe.yaml").read_text())
    assert recipe["context"]["version"] == rf.__version__
    assert f"## {rf.__version__}" in (ROOT / "CHANGELOG.md").read_text()
    minor = ".".join(rf.__version__.split(".")[:2])
    assert f"find_package(redfield {minor} REQUIRED)" in (ROOT / "docs/cpp.md").read_text()


def test_the_readme_tells_the_measured_figures_and_links_to_files_that_exist():
    done = subprocess.run(
        [sys.executable, ROOT / "bench/table.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    page = (ROOT / "README.md").read_text()
    places = re.findall(r"\]\((?!https?:)([^)#]+)", page)
    assert len(places) > 10
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_links_of_the_readme_lead_somewhere_where_the_index_shows_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    home = project["project"]["urls"]["Source"]
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["repository-code"] == home
    page = (ROOT / "README.md").read_text()
    for change in project["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]:
        page = re.sub(change["pattern"], change["replacement"], page)
    links = re.findall(r"\]\(([^)]*)\)", page)
    assert [link for link in links if not link.startswith("https://")] == []
    assert f"{home}/blob/main/CHANGELOG.md" in links
    (picture,) = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", page)
    assert picture == f"{home.replace('github.com', 'raw.githubusercontent.com')}/main/docs/fig1.png"


def test_actions_are_pinned_by_hash():
    used = [
        line.split("uses:")[1].strip()
        for path in (ROOT / ".github/workflows").glob("*.yml")
        for line in path.read_text().splitlines()
        if "uses:" in line
    ]
    assert used
    assert [x for x in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}  # v[\d.]+", x)] == []


def test_workflows_run_scripts_that_exist():
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        jobs = yaml.safe_load(path.read_text())["jobs"]
        assert jobs
        for script in re.findall(r"(?:bash|python3?) ((?:tests|docs|python)/[\w/.]+)", path.read_text()):
            assert (ROOT / script).exists(), (path.name, script)
        for session in re.findall(r"nox -s ([\w ]+?)(?: --| &&|$)", path.read_text(), re.MULTILINE):
            for name in session.split():
                assert f"def {name}(session" in (ROOT / "noxfile.py").read_text(), name


def test_what_conda_needs_is_what_pip_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = {re.split(r"[\[<>=]", x)[0] for e in ("plot", "sweep", "cli", "qutip") for x in extras[e]}
    environment = yaml.safe_load((ROOT / ".conda/environment.yml").read_text())["dependencies"]
    there = {re.split(r"[ <>=]", x)[0].removesuffix("-base") for x in environment}
    renamed = {"dask": "distributed"}
    assert {renamed.get(x, x) for x in wanted} <= there


def test_a_user_script_runs_as_it_is_typed():
    out = subprocess.run(
        [sys.executable, ROOT / "tests/typing/user_script.py"], check=True, capture_output=True, text=True
    )
    assert float(out.stdout) < 0.0


def test_the_module_tells_where_its_library_is():
    def told(*options):
        done = subprocess.run(
            [sys.executable, "-m", "redfield", *options], capture_output=True, text=True
        )
        return done.returncode, done.stdout, done.stderr

    code, out, _ = told("--cmake-dir", "--include-dir")
    assert code == 0
    cmake, include = map(Path, out.split())
    assert (cmake / "redfieldConfig.cmake").exists()
    assert (include / "redfield/redfield.hpp").exists()
    code, out, _ = told("--help")
    assert code == 0
    assert "reproduce" in out
