"""Where the program's own files lie (XDG and the like, through platformdirs)."""

import os
from pathlib import Path


def configuration() -> Path:
    """Settings and profiles."""
    import platformdirs

    return platformdirs.user_config_path("glidemail", appauthor=False)


def short(path: str) -> str:
    """A path for a person, with `~` for the home directory."""
    home = os.path.expanduser("~/")
    return f"~/{path.removeprefix(home)}" if home != "/" and path.startswith(home) else path


def state() -> Path:
    """What the program remembers: attestations."""
    import platformdirs

    return platformdirs.user_state_path("glidemail", appauthor=False)
