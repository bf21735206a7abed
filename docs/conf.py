"""The site: `bash docs/build`."""

import os
import re
import warnings
from functools import partial

import matplotlib
from sphinx_gallery.scrapers import matplotlib_scraper
from sphinx_gallery.sorting import FileNameSortKey

import redfield

matplotlib.use("agg")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

project = "redfield"
author = "The redfield developers"
copyright = author
version = release = redfield.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "sphinx_copybutton",
    "sphinx-mathjax-offline",
]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = [
    "_build",
    "gallery",
    "auto_examples/**/*.ipynb",
    "auto_examples/**/*.py",
    "auto_examples/sg_execution_times.rst",
    "sg_execution_times.rst",
]
nitpicky = False

html_theme = "furo"
html_title = f"redfield {version}"
html_static_path = ["_static"]
html_css_files = ["redfield.css"]
html_copy_source = False

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
# What the build needs from elsewhere: nothing. Links to other projects are spelled out.
intersphinx_mapping: dict[str, tuple[str, None]] = {}

sphinx_gallery_conf = {
    "examples_dirs": ["gallery"],
    "gallery_dirs": ["auto_examples"],
    "filename_pattern": r"/plot_",
    "within_subsection_order": FileNameSortKey,
    "image_scrapers": (partial(matplotlib_scraper, format="svg"),),
    "abort_on_example_error": True,
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_signature": False,
    "min_reported_time": 0,
    "capture_repr": ("_repr_html_",),
    "doc_module": (),
}
warnings.filterwarnings("ignore", category=redfield.UnpairedCouplingWarning)
suppress_warnings = ["config.cache"]  # the gallery's settings hold functions


def escape_bars(app, what, name, obj, options, lines):
    """|x| is an absolute value in this project's docstrings, not a substitution of reStructuredText."""
    block = None  # the indentation of a directive or doctest whose body is left alone
    for i, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if block is not None and line.strip() and indent <= block:
            block = None
        if line.lstrip().startswith((".. math::", ".. code")):
            block = indent
        elif line.lstrip().startswith((">>>", "...")):
            block = indent - 1
        elif not line.strip() and block is not None and block < indent:
            block = None
        if block is None and "|" in line:
            parts = re.split(r"(`[^`]*`)", line)
            lines[i] = "".join(p if p.startswith("`") else re.sub(r"\\?\|", r"\\|", p) for p in parts)


def setup(app):
    app.connect("autodoc-process-docstring", escape_bars, priority=900)
