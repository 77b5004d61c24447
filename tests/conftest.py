"""Settings for every test."""

import os
import signal

from hypothesis import settings

# Everywhere as in CI: the same examples each time, and no time limit for one of them.
settings.load_profile("ci")


def pytest_configure() -> None:
    """Let programs that tests start receive signals that pytest itself was started to ignore."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Return one more than there are processors: tests often wait for programs."""
    return (os.cpu_count() or 1) + 1
