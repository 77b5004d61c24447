"""Making text from outside safe to show on one line of a terminal."""

from collections.abc import Iterator

_MARKS_IN_A_ROW = 4
_HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
# Default_Ignorable_Code_Points that their general category does not reveal.
_IGNORABLE = {
    *(0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164, 0xFFA0),
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
}


def visible(text: str, limit: int | None = None) -> str:
    r"""Return `text` with control and invisible characters written out.

    C0 and DEL become `^[`, `^J`, `^?`; C1, bidi controls, zero-width and other invisible
    characters become `\u{9b}`, and so do combining marks that stack up or follow no letter.
    Letters of any script, emoji and blanks stay.

    Args:
        text: anything, including lone surrogates.
        limit: in characters; a longer result is cut, never within an escape, and ends in
            ` … (N characters)`, N being the length of `text`.
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
    """Return `text` with `\ufffd` for each character that `visible` would write out.

    The number of characters, and so a cursor's position, stays the same.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(form if len(form) == 1 else "\ufffd" for form in _forms(text))


def _forms(text: str) -> Iterator[str]:
    import unicodedata

    marks = _MARKS_IN_A_ROW  # a mark at the start would combine with what precedes the text
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category[0] == "M" else 0
        if char.isascii():
            yield char if char.isprintable() else f"^{chr(ord(char) ^ 0x40)}"
        elif category in _HIDDEN or ord(char) in _IGNORABLE or marks > _MARKS_IN_A_ROW:
            yield f"\\u{{{ord(char):x}}}"
        else:
            yield char
