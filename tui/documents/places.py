"""Where the program's own files lie (XDG and the like, through platformdirs)."""

from pathlib import Path


def configuration() -> Path:
    """Settings and profiles."""
    import platformdirs

    return platformdirs.user_config_path("glidemail", appauthor=False)


def state() -> Path:
    """What the program remembers: attestations."""
    import platformdirs

    return platformdirs.user_state_path("glidemail", appauthor=False)
