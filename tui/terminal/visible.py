"""What makes text from outside safe to show on one line of a terminal."""

from collections.abc import Iterator

_MARKS_IN_A_ROW = 4
# Default_Ignorable_Code_Points that no general category gives away.
_IGNORABLE = frozenset(
    map(
        chr,
        (
            *(0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F),
            *(0x3164, 0xFFA0, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)),
        ),
    )
)


def visible(text: str, limit: int | None = None) -> str:
    r"""Returns `text` with everything that could move, hide or command in a visible form.

    C0 and DEL become `^[`, `^J`, `^?`; C1, bidi controls, zero-width and other characters that
    nobody can see become `\u{9b}`, and so do combining marks that stack up or have no letter to
    stand on. Letters of any script, emoji and blanks stay. Text that is visible already comes
    back as it is.

    Args:
        text: anything, lone surrogates included.
        limit: in characters of the result, at least 0; what is longer is cut between two forms
            and ends in ` … (N characters)`, N being the length of `text`.
    """
    plain = text.isascii() and text.isprintable()
    if plain and (limit is None or len(text) <= limit):
        return text
    forms = iter(text) if plain else _forms(text)
    if limit is None:
        return "".join(forms)
    shown: list[str] = []
    room = limit
    for form in forms:
        room -= len(form)
        if room < 0:
            return f"{''.join(shown)} … ({len(text)} characters)"
        shown.append(form)
    return "".join(shown)


def mask(text: str) -> str:
    """Returns `text` with `\ufffd` for each character that `visible` would write out.

    It has as many characters as `text`, so that a cursor in it stays where it is.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(form if len(form) == 1 else "\ufffd" for form in _forms(text))


def _forms(text: str) -> Iterator[str]:
    import unicodedata

    marks = _MARKS_IN_A_ROW  # one at the start would fall on whatever stands before the text
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category[0] == "M" else 0
        if char.isascii():
            yield char if char.isprintable() else f"^{chr(ord(char) ^ 0x40)}"
        elif (
            category[0] == "C"
            or category in ("Zl", "Zp")
            or char in _IGNORABLE
            or marks > _MARKS_IN_A_ROW
        ):
            yield f"\\u{{{ord(char):x}}}"
        else:
            yield char
