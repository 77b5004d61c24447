"""What a test needs from the machine it runs on."""

import os
import shutil

import pytest


def needs(program: str, package: str) -> str:
    """The path of `program`; skips where it is missing, and fails under CI.

    Args:
        program: the command's name.
        package: the Debian package that brings it.
    """
    path = shutil.which(program)
    if path is None:
        missing = f"{program} is missing: apt-get install {package}"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return path
