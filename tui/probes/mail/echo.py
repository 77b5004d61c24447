"""Finding a credential in what a server says, however the server has encoded it."""

import binascii
import html
import re
from collections.abc import Collection, Iterator

from tui.credentials.secret import Secret

_LIMIT = 8192
"""In characters: a longer text counts as if it repeated a secret."""
_DEPTH = 2
"""Encodings in each other that are undone."""
_CHUNK = 8
"""In bytes: a part of a long secret that is twice as long has a whole chunk of it."""
_CHUNKED = 256
"""In bytes: so much of a secret's beginning is cut into chunks."""
_CHARSETS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")

_ESCAPE = re.compile(rb"(?:%|=|\\x|\\u00)([0-9A-Fa-f]{2})|\\([0-3][0-7]{2})|=\s+")
# In "3030x" the zero is a digit; in "0x300x30" it is none.
_BEYOND_HEX = (
    re.compile(rb"(?<![0-9A-F])0x|[^0-9A-F]", re.IGNORECASE),
    re.compile(rb"0x|[^0-9A-F]", re.IGNORECASE),
)
_BEYOND_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def repeats(text: str, secrets: Collection[Secret]) -> bool:
    """Return whether a text repeats a secret, of any length, or the beginning of a long one.

    It is found in capitals or not, backwards, in UTF-8, UTF-16 or Latin-1; in hex with any
    separators; in base64 of both alphabets, wherever it begins, with padding and line ends or
    without; with the escapes of URLs, quoted-printable, HTML and programming languages; and in
    two of these at once.
    """
    if len(text) > _LIMIT:
        return bool(secrets)
    needles = {needle for secret in secrets for needle in _needles(secret.reveal())}
    return bool(needles) and any(
        needle in view
        for view in _views(text.encode("utf-8", "surrogatepass"), _DEPTH)
        for needle in needles
    )


def _needles(secret: str) -> Iterator[bytes]:
    """Yield the bytes that give a secret away, folded."""
    for form in {secret, secret.strip(), secret[::-1]} - {""}:
        for charset in _CHARSETS:
            encoded = form.encode(charset, "ignore")
            if encoded.decode(charset) == form:
                yield encoded.lower()
                yield _fold(encoded)
    whole = secret.encode("utf-8", "ignore").lower()
    if len(whole) >= 2 * _CHUNK:
        for start in range(0, min(len(whole), _CHUNKED) - _CHUNK + 1, _CHUNK):
            yield whole[start : start + _CHUNK]


def _views(data: bytes, depth: int) -> Iterator[bytes]:
    """Yield what a text says, and what it says once encodings are undone, folded."""
    yield _fold(data)
    if depth:
        for decoded in _decode(data):
            yield from _views(decoded, depth - 1)


def _fold(data: bytes) -> bytes:
    """Return a text in small letters; in what is not UTF-8 throughout, only those of ASCII."""
    try:
        return data.decode("utf-8").casefold().encode()
    except UnicodeDecodeError:
        return data.lower()


def _decode(data: bytes) -> Iterator[bytes]:
    """Undo each encoding, as if all of the text were in it."""
    yield _ESCAPE.sub(_unescape, data)
    yield _ESCAPE.sub(_unescape, data.replace(b"+", b" "))  # as in a query of a URL
    yield html.unescape(data.decode("utf-8", "replace")).encode("utf-8", "replace")
    for digits in {beyond.sub(b"", data) for beyond in _BEYOND_HEX}:
        for start in range(2):
            yield binascii.unhexlify(digits[start : len(digits) - (len(digits) - start) % 2])
    letters = _BEYOND_BASE64.sub(b"", data.translate(_URL_SAFE))
    for start in range(4):
        # Two letters more, or the last one or two bytes would be lost without a padding.
        part = letters[start:] + b"AA"
        yield binascii.a2b_base64(part[: len(part) - len(part) % 4])


def _unescape(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return bytes([int(found[1], 16)])
    return bytes([int(found[2], 8)]) if found[2] else b""
