"""Texts that could harm a terminal, and a check that they did not."""

import re
import unicodedata

from tests.pty.terminal_emulator import TerminalEmulator

CLICK = "[@click=app.quit]x[/]"
TEXTS = {
    "title": "\x1b]0;PWNED\x07",
    "clipboard": "\x1b]52;c;UFdORUQ=\x1b\\",
    "link": "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "erase": "\x1b[2J\x1b[H\x1b[?1049l\x1b[6n",
    "string": "\x1bPq#0\x1b\\\x1b^x\x1b\\\x1b_y\x1b\\",
    "c1": "\x9b31mred\x9d0;PWNED\x9c\x90q\x9c\x85",
    "c0": "a\x07\x08\x0b\x0c\x0e\x7f\x01b",
    "lines": "one\r\ntwo\nthree\u2028four\u2029five",
    "bidi": "a\u202eb\u2066c\u200ed\u2069",
    "zero": "a\u200bb\ufeffc\u2060d\u00ade\u115ff",
    "markup": "[/] [bold]b[/bold] [red on blue]r [[x]] [$error]e \\[y",
    "click": CLICK,
    "astral": "𝕏 😀 👩\u200d👩\u200d👧 \U000e0041\U0010ffff",
    "stack": "e" + "\u0301" * 40 + "\u0489" * 8,
    "long": "ab\x1b" * 3400,
}
ALL = "".join(text for name, text in TEXTS.items() if name != "long")

# The sequences that the program itself sends: attributes, cursor positions, erasing, modes, two
# queries to the terminal, the mouse pointer's shape.
_OWN = re.compile(
    r"\x1b\[[0-9;]*m|\x1b\[[0-9;]*[HKJCDX]"
    r"|\x1b\[\?(?:7|25|1004|1049|2004|2026)[hl]"
    r"|\x1b\[>25u|\x1b\[<u|\x1b\[\?20(?:26|48)\$p"
    r"|\x1b\]22;default\x07"
)
_INVISIBLE = frozenset("\u115f\u1160\u3164\u034f\ufe0f\ufe0e")
_MARKS_IN_A_ROW = 4


def check_harmless(terminal: TerminalEmulator) -> None:
    """Check that only text and the program's own sequences reached the terminal."""
    text = _OWN.sub("", terminal.raw.decode())  # fails unless it is UTF-8
    commands = re.findall(r".{0,20}[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f].{0,20}", text)
    assert not commands, commands[:5]
    hidden = {char for char in text if _hides(char)} - {"\r", "\n"}
    assert not hidden, sorted(map(ascii, hidden))
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        assert marks <= _MARKS_IN_A_ROW


def toml_string(text: str) -> str:
    """Quote any text as a TOML string."""
    return (
        '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in text) + '"'
    )


def _hides(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp") or (
        char in _INVISIBLE
    )
