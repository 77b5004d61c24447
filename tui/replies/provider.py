"""The mail providers whose replies mean something of their own."""

import re
from enum import StrEnum


class Provider(StrEnum):
    """A provider, known by its servers' names or by the marks in its replies."""

    MICROSOFT = "Microsoft 365"
    GOOGLE = "Google"
    YAHOO = "Yahoo"
    SES = "Amazon SES"
    SENDGRID = "SendGrid"
    MIMECAST = "Mimecast"
    QQ = "QQ"
    ZOHO = "Zoho"
    ORANGE = "Orange"


_MARKS = {
    Provider.MICROSOFT: r"\.outlook\.c|office365|office\.com|\.microsoft\.com|hotmail|\blive\.com",
    Provider.GOOGLE: r"\bgsmtp\b|google\.com|gmail|googlemail",
    Provider.YAHOO: r"\byahoo|yahoodns|verizonmedia|aol\.com",
    Provider.SES: r"amazonses|amazonaws\.com|\bses:",
    Provider.SENDGRID: r"sendgrid",
    Provider.MIMECAST: r"mimecast",
    Provider.QQ: r"\bqq\.com",
    Provider.ZOHO: r"\bzoho",
    Provider.ORANGE: r"\b(?:ofr|lpn)_?\d|\borange\.fr|wanadoo",
}


def find_providers(server: str, text: str) -> frozenset[Provider]:
    """Return the providers that a server's name or a reply's text, in small letters, points to."""
    both = f"{server.casefold()} {text}"
    return frozenset(each for each, marks in _MARKS.items() if re.search(marks, both))
