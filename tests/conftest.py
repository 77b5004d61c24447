"""What holds for every test."""

import os
import signal


def pytest_configure() -> None:
    """Programs that tests start hear the signals that whoever started pytest may not hear."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a fifth of the time is spent waiting for programs."""
    return (os.cpu_count() or 1) + 1
