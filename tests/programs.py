"""The programs and files of the machine that tests need."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def require(program: str, package: str) -> str:
    """Return the path of a program; without it, skip the test, or fail it under CI.

    Args:
        program: the command's name.
        package: the Debian package that contains it.
    """
    path = shutil.which(program)
    if path is None:
        _miss(program, package)
    return path


def require_file(path: Path, package: str) -> Path:
    """Return the path of a file; without it, skip the test, or fail it under CI.

    Args:
        package: the Debian package that contains it.
    """
    if not path.exists():
        _miss(path.name, package)
    return path


def _miss(name: str, package: str) -> NoReturn:
    missing = f"{name} is missing: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
