"""The lines of replies, as a server sends them or a log has them."""

import re
from collections.abc import Iterable

_CONTINUED = re.compile(r"(?P<code>[45]\d\d)-")
_STATUS = re.compile(r"\d\d\d[ -]?(?:[45]\.\d{1,3}\.\d{1,3} )?")


def join_replies(lines: Iterable[str]) -> list[str]:
    """Return one text for each reply: `550-…` goes on in the next line with the same code.

    Lines without words are left out. RFC 5321, section 4.2.1.
    """
    replies: list[list[str]] = []
    code = ""
    for line in filter(None, map(str.strip, lines)):
        if code and line.startswith(code):
            replies[-1].append(_STATUS.sub("", line, count=1).strip())
        else:
            replies.append([line])
        found = _CONTINUED.match(line)
        code = found["code"] if found else ""
    return [" ".join(each) for each in replies]
