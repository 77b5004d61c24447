"""What holds for every test."""

import signal


def pytest_configure() -> None:
    """Programs that tests start hear the signals that whoever started pytest may not hear."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
