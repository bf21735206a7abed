# The version of everything: pyproject.toml reads it here.
set(REDFIELD_VERSION 0.2.0)
