"""The programs of the machine that tests need."""

import os
import shutil

import pytest


def require(program: str, package: str) -> str:
    """Return the path of a program; without it, skip the test, or fail it under CI.

    Args:
        program: the command's name.
        package: the Debian package that contains it.
    """
    path = shutil.which(program)
    if path is None:
        missing = f"{program} is missing: apt-get install {package}"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return path
