"""The site: `bash docs/build`."""

import logging
import os
import sys
import warnings
from functools import partial
from pathlib import Path

import matplotlib
from pygments.lexers.special import TextLexer
from sphinx.pycode import ModuleAnalyzer
from sphinx_gallery.scrapers import matplotlib_scraper
from sphinx_gallery.sorting import FileNameSortKey

import redfield

sys.path.insert(0, str(Path(__file__).parent))
from docstrings import (
    escape_bars,
    formulas_in_docstrings,
    formulas_in_examples,
    members_of,
    text_below_names,
)

matplotlib.use("agg")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

project = "redfield"
author = "The redfield developers"
copyright = author
version = release = redfield.__version__

extensions = [
    "myst_nb",  # Markdown by MyST, and the tutorials, notebooks that are run
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "sphinx_copybutton",
    "sphinx-mathjax-offline",
]
source_suffix = {".rst": "restructuredtext", ".md": "myst-nb", ".ipynb": "myst-nb"}
templates_path = ["_templates"]
exclude_patterns = [
    "_build",
    "gallery",
    "auto_examples/*.ipynb",
    "auto_examples/*.py",
    "auto_examples/sg_execution_times.rst",
    "sg_execution_times.rst",
]
nitpicky = False

html_theme = "furo"
html_title = f"redfield {version}"
html_static_path = ["_static"]
html_css_files = ["redfield.css"]
html_favicon = "_static/favicon.svg"
html_show_sourcelink = False
html_copy_source = False

myst_enable_extensions = ["dollarmath", "amsmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_excludepatterns = ["*.md"]
nb_execution_raise_on_error = True
nb_execution_timeout = 600  # a cell takes seconds; machines that build may be busy
nb_merge_streams = True

autosummary_generate = True
autosummary_context = {"members_of": members_of}
autosummary_imported_members = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": ["gallery"],
    "gallery_dirs": ["auto_examples"],
    "filename_pattern": r"/plot_",
    "within_subsection_order": FileNameSortKey,
    "image_scrapers": (partial(matplotlib_scraper, format="svg", transparent=True),),
    "abort_on_example_error": True,
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_signature": False,
    "min_reported_time": 0,
    "capture_repr": ("_repr_html_",),
    "doc_module": (),
}
warnings.filterwarnings("ignore", category=redfield.UnpairedCouplingWarning)
for chatty in ("distributed", "jax", "traitlets"):  # which a notebook's client has tell all that they do
    logging.getLogger(chatty).setLevel(logging.ERROR)
suppress_warnings = ["config.cache"]  # the gallery's settings and the templates' hold functions


def stub_of_the_core(app, modname):
    """Return the stub of the compiled extension as its source."""
    if modname != "redfield._core._native":
        return None  # Sphinx finds the source
    text = Path(redfield.__file__).with_name("_core").joinpath("_native.pyi").read_text(encoding="utf-8")
    return text, ModuleAnalyzer.for_string(text, modname).find_tags()


def setup(app):
    app.connect("viewcode-find-source", stub_of_the_core)
    app.connect("autodoc-process-docstring", text_below_names, priority=400)  # before numpydoc
    app.connect("autodoc-process-docstring", formulas_in_docstrings, priority=800)
    app.connect("autodoc-process-docstring", escape_bars, priority=900)
    app.connect("source-read", formulas_in_examples)
    app.add_lexer("mermaid", TextLexer)  # CONTRIBUTING.md's drawings, which forges draw, are text here
