"""How the documentation is built: `make docs`, or `sphinx-build docs docs/_build/en`."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version as installed
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "Denpa"
author = "The Denpa authors"
copyright = author
version = release = installed("denpa")
language = "en"  # Japanese: -D language=ja

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "twins",  # pages written whole in both languages
    "chapters",  # the labs as chapters
    "reference",  # every public name, every command
    "docstrings",  # docstrings as they are written here
]
exclude_patterns = ["_build", "_ext", "locale", "*.py", "**.ja.md", "**.ipynb_checkpoints"]

# Chapters are executed once; the second language takes what the first has found.
nb_custom_formats = {".py": ["chapters.read", {}]}
nb_execution_mode = "cache"
nb_execution_in_temp = True  # a tutorial writes files
nb_execution_cache_path = str(HERE / "_build" / "executed")
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True
os.environ["DENPA_LAB_LANGUAGES"] = "en,ja"
os.environ["PYTHONWARNINGS"] = "ignore::DeprecationWarning"

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
myst_dmath_double_inline = True

# Translation: one catalogue a page, without line numbers, so that it changes with the text alone.
locale_dirs = ["locale"]
gettext_compact = False
gettext_location = False

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
default_role = "code"

html_theme = "pydata_sphinx_theme"
html_title = "Denpa 伝播"
# MathJax comes from a package and not from another machine. Only its files are taken: as an
# extension it would keep chapters from being read, and so executed, side by side.
_mathjax = find_spec("sphinx-mathjax-offline")
assert _mathjax is not None
assert _mathjax.submodule_search_locations
html_static_path = ["_static", str(Path(_mathjax.submodule_search_locations[0]) / "static")]
mathjax_path = "mathjax/tex-chtml.js"
html_css_files = ["denpa.css"]
html_theme_options = {
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "show_prev_next": True,
    "navbar_end": ["language", "theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}
html_show_sourcelink = False
templates_path = ["_templates"]
html_context = {"default_mode": "auto"}
