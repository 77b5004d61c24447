"""The signs of the screen: in UTF-8, or in ASCII on a terminal that has no others."""

import os
import sys
from functools import cache

_UTF_8 = {
    "x": "✗",
    "!": "▲",
    "-": "·",
    "+": "✓",
    "*": "●",
    ">": "▸",
    "( )": "○",
    "(*)": "◉",
    "->": "→",
    "_": "─",
    "|": "▏",
}


def sign(mark: str) -> str:
    """Return the sign for a mark in ASCII; the mark itself if there is no other."""
    return _UTF_8.get(mark, mark) if has_signs() else mark


@cache
def has_signs() -> bool:
    """Return whether the terminal shows more than ASCII.

    The font of Linux's own console lacks most of the signs.
    """
    stream = sys.__stderr__ or sys.stderr
    encoding = (stream.encoding or "").lower().replace("-", "")
    return encoding == "utf8" and os.environ.get("TERM") != "linux"
