"""What a person gives for an instance's URL, and the one form in which it is kept."""

import re

from tui.errors import Problem
from tui.settings.parse.error import ParseError
from tui.settings.parse.host import is_loopback, parse_host, parse_ip, to_a_label

EXAMPLE = "https://dev12345.service-now.com"

_URL = re.compile(
    r"((?P<scheme>[a-z][a-z0-9+.-]*):/{1,2})?(?P<authority>[^/?#\\]*)"
    r"(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_AUTHORITY = re.compile(r"(?P<host>\[[^\[\]]*:[^\[\]]*\]|[^\[\]:]*)(:(?P<port>.*))?", re.DOTALL)
_PORT = re.compile(r"[0-9]{1,5}")


def check_url(text: str) -> str:
    """The URL of an instance, in the one form in which it is kept.

    A name alone is completed: `dev12345` to `https://dev12345.service-now.com`, and one with
    dots or a port to `https://NAME`. International names become A-labels (IDNA 2008, UTS 46).

    Raises:
        Problem: it is none; the text is never repeated, since a password can stand in it.
            `instance.password`, `.user`, `.blanks`, `.scheme`, `.path`, `.port` or `.host`.
    """
    found = next(_URL.finditer(text))  # which always is: every part of it is optional
    authority = found["authority"]
    _check_no_user(authority, text)
    if not text.isprintable() or " " in text:
        raise _problem(
            "blanks", "There are blanks, or characters that do not show, in the URL.", "Remove them"
        )
    scheme = (found["scheme"] or "https").lower()
    if scheme != "https":
        why = ": the sign-in would travel in clear" if scheme == "http" else ""
        raise _problem(
            "scheme", f"An instance is reached over https only{why}.", "Begin it with https://"
        )
    _check_no_rest(found)
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None or (parts["port"] and parse_ip(authority)):
        raise _problem("host", "The host cannot be read.", "An IPv6 address stands in brackets")
    port = _port(parts["port"])
    host = _host(parts["host"])
    is_alone = not found["scheme"] and not port and "." not in host and not host.startswith("[")
    if is_alone and not is_loopback(host):
        host += ".service-now.com"
    return f"https://{host}{port}"


def _check_no_user(authority: str, text: str) -> None:
    user, at, _ = authority.rpartition("@")
    # A slash in a password ends what looks like the host, and then its port is no number.
    is_cut = "@" in text and re.search(r":(?![0-9]*$)", authority)
    if ":" in user or (not at and is_cut):
        raise Problem(
            "instance.password",
            "A password stands in the URL; it is not repeated here.",
            "Remove it, change it, and give only the host and the user's name.",
        )
    if at:
        raise Problem(
            "instance.user",
            "A user name stands in the URL, before the @.",
            f"Keep only the host, as in {EXAMPLE}; the user has a place of its own.",
        )


def _check_no_rest(found: re.Match[str]) -> None:
    rest = {
        "a path": found["path"] not in ("", "/"),
        "a query": found["query"] is not None,
        "a fragment": found["fragment"] is not None,
    }
    parts = " and ".join(part for part, is_there in rest.items() if is_there)
    if parts:
        raise _problem("path", f"After the host comes {parts}.", "Keep only the host")


def _port(text: str | None) -> str:
    if text is None:
        return ""
    if not _PORT.fullmatch(text) or not 1 <= int(text) <= 65535:
        raise _problem(
            "port", "The port is not a number from 1 to 65535.", "Correct it, or drop it"
        )
    return f":{int(text)}"


def _host(text: str) -> str:
    """A name in lower case and as it goes over the wire, or an address."""
    name = text.strip("[]")
    if not name:
        raise _problem("host", "There is no host in the URL.", "Give the host")
    ascii_name = name if name.isascii() else to_a_label(name) or name
    try:
        parse_host(ascii_name)
    except ParseError as malformed:
        raise _problem("host", malformed.message, "Give the host") from None
    address = parse_ip(ascii_name)
    if address is None:
        return ascii_name.lower().removesuffix(".")
    return f"[{address}]" if address.version == 6 else str(address)


def _problem(code: str, message: str, next_: str) -> Problem:
    return Problem(f"instance.{code}", message, f"{next_}, as in {EXAMPLE}.")
