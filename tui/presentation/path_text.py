"""Paths for people."""

import os


def short_path(path: str) -> str:
    """A path for a person, with `~` for the home directory."""
    home = os.path.expanduser("~/")
    return f"~/{path.removeprefix(home)}" if home != "/" and path.startswith(home) else path
