"""Where the program's own files lie (XDG and the like, through platformdirs)."""

from pathlib import Path

from tui.errors import Problem


def config_dir() -> Path:
    """Settings and profiles."""
    return _find_dir("user_config_path")


def state_dir() -> Path:
    """What the program remembers: attestations and drafts."""
    return _find_dir("user_state_path")


def _find_dir(kind: str) -> Path:
    import platformdirs

    try:
        place: Path = getattr(platformdirs, kind)("glidemail", appauthor=False)
    except RuntimeError:
        raise Problem(
            "places.no-home",
            "Nothing says where this user's home directory is.",
            "Set HOME, or XDG_CONFIG_HOME and XDG_STATE_HOME.",
        ) from None
    return place
