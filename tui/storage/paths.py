"""The folders of the program's own files (XDG and its equivalents, through platformdirs)."""

from pathlib import Path

from tui.errors import Problem


def config_dir() -> Path:
    """Return the folder of settings and profiles."""
    return _find_dir("user_config_path")


def state_dir() -> Path:
    """Return the folder of what the program remembers, such as attestations and drafts."""
    return _find_dir("user_state_path")


def _find_dir(kind: str) -> Path:
    import platformdirs

    try:
        place: Path = getattr(platformdirs, kind)("glidemail", appauthor=False)
    except RuntimeError:
        raise Problem(
            "places.no-home",
            "This user's home directory isn't known.",
            "Set HOME, or XDG_CONFIG_HOME and XDG_STATE_HOME.",
        ) from None
    return place
