"""What is odd about a secret: seldom meant, and often why a login is rejected.

An oddity tells its kind only: not which characters it is about, nor how many, nor where inside.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_BYTE_ORDER_MARKS = ("\ufeff", "ï»¿")  # the second as Latin-1 shows its three bytes
# Default_Ignorable_Code_Points that are no format characters.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
_QUOTES = re.compile(r"""("|'|`).+\1|“.+”|‘.+’|„.+[“”]|«.+»|‹.+›""", re.DOTALL)
# Of what has to be escaped; any two hexadecimal digits would be found by chance.
_ESCAPES = re.compile(
    r"%(?:2[0-9A-F]|3[A-F]|40|5[B-E]|60|7[B-E]|C[23]%[89AB])|&(?:#x?[0-9A-F]+|amp|lt|gt|quot|apos);",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Oddity:
    """One kind of oddity.

    Attributes:
        code: stable, for programs.
        words: what the secret does or has, to follow "It" or "The password".
        is_usual: many right passwords are so, and few servers have a problem with it.
    """

    code: str
    words: str
    is_usual: bool = False


def find_oddities(secret: str) -> tuple[Oddity, ...]:
    """Return what is odd about a secret; nothing about most."""
    return tuple(oddity for oddity, applies in _TABLE.items() if secret and applies(secret))


def describe_oddities(
    secret: str, subject: str = "The password", *, with_usual: bool = False
) -> str:
    """Return a sentence for each oddity, or "" if there are none.

    Args:
        with_usual: for a login that was rejected, when even they may matter.
    """
    found = (each for each in find_oddities(secret) if with_usual or not each.is_usual)
    return " ".join(f"{subject} {each.words}." for each in found)


def _is_line_end(char: str) -> bool:
    return char in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def _is_blank(char: str) -> bool:
    return unicodedata.category(char) == "Zs"


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or bool(_IGNORABLE.match(char))


def _without_mark(secret: str) -> str:
    return secret.removeprefix(_BYTE_ORDER_MARKS[0]).removeprefix(_BYTE_ORDER_MARKS[1])


def _begins(test: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda secret: test(_without_mark(secret)[:1] or "x")


def _ends(test: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda secret: test(secret[-1])


def _has_invisible(secret: str) -> bool:
    return any(_is_invisible(char) for char in _without_mark(secret))


def _has_special_blank(secret: str) -> bool:
    return any(char != " " and _is_blank(char) for char in secret)


def _has_letters_beyond_ascii(secret: str) -> bool:
    return any(
        not (char.isascii() or char == "\ufffd" or _is_blank(char) or _is_invisible(char))
        for char in _without_mark(secret)
    )


def _is_misread(secret: str) -> bool:
    """Whether it is UTF-8 that was taken for Latin-1 or Windows-1252."""
    for encoding in ("latin-1", "cp1252"):
        try:
            if secret.encode(encoding).decode("utf-8") != secret:
                return True
        except UnicodeError:
            continue
    return False


_TABLE: Mapping[Oddity, Callable[[str], bool]] = {
    Oddity("byte-order-mark", "begins with a byte order mark"): lambda secret: secret.startswith(
        _BYTE_ORDER_MARKS
    ),
    Oddity("blanks", "begins with a blank"): _begins(_is_blank),
    Oddity("blanks", "ends with a blank"): _ends(_is_blank),
    Oddity("blanks", "begins with a tab"): _begins("\t".__eq__),
    Oddity("blanks", "ends with a tab"): _ends("\t".__eq__),
    Oddity("line-end", "begins with a line break"): _begins(_is_line_end),
    Oddity("line-end", "ends with a line break"): _ends(_is_line_end),
    Oddity("invisible", "has invisible characters"): _has_invisible,
    Oddity("special-blank", "has a no-break space or another special blank"): _has_special_blank,
    Oddity("replacement", "has a replacement character in place of lost text"): (
        lambda secret: "\ufffd" in secret
    ),
    Oddity("misread", "looks like UTF-8 that was read in another encoding"): _is_misread,
    Oddity("quotes", "is in quotes, which are sent as part of it"): (
        lambda secret: _QUOTES.fullmatch(secret) is not None
    ),
    Oddity("escapes", "looks as if it still has URL or HTML escapes, such as %40 or &amp;"): (
        lambda secret: _ESCAPES.search(secret) is not None
    ),
    Oddity(
        "not-ascii", "has characters beyond ASCII, which are sent as UTF-8", is_usual=True
    ): _has_letters_beyond_ascii,
}
"""The one table, for the rules, the command line, the screen and rejected logins."""
