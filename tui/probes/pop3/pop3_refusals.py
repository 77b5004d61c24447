"""What a refusal by a POP3 server means, and what to do about it.

Codes as in RFC 2449 (section 8) and RFC 3206.
"""

import re

from tui.probes.fault import StageError
from tui.probes.pop3.pop3_reply import Pop3Reply
from tui.probes.stage import StageResult
from tui.terminal.visible import visible

_SHOWN = 160
_TLS_FIRST = re.compile(
    r"plain ?text|clear ?text|non-secure|starttls|\bstls\b|\b(tls|ssl) (is )?(first|required)",
    re.IGNORECASE,
)
_USE_TLS = "Set the POP3 security to starttls, or to ssl_tls with its port, mostly 995."


def quoted(answer: Pop3Reply) -> str:
    """What the server said, safe to show."""
    return visible(answer.raw[0].rstrip(". "), _SHOWN)


def login(answer: Pop3Reply, about: str, *, before_password: bool = False) -> StageError:
    """Why a login was refused.

    Args:
        about: whose login where, as the beginning of a sentence.
        before_password: it was refused before the password was sent.
    """
    said = f"{about}: {quoted(answer)}."
    match answer.code:
        case "IN-USE":
            return StageError(
                "in-use",
                f"{said} The password was right, but another program reads that mailbox now.",
                "Try again in some minutes; only one program should read and delete there.",
                StageResult.WARNED,
            )
        case "LOGIN-DELAY":
            return StageError(
                "login-delay",
                f"{said} It lets the user in only so often; the password was not judged.",
                "Try again in some minutes; something else reads that mailbox.",
            )
        case "SYS/TEMP":
            return StageError(
                "temporary",
                f"{said} This is for now; it says nothing of the password.",
                "Try again in some minutes; if it stays so, see the server's log.",
            )
        case "SYS/PERM":
            return StageError(
                "system",
                f"{said} Its own setup is broken; it says nothing of the password.",
                "Have the server put right.",
            )
    if _TLS_FIRST.search(answer.text):
        return StageError("needs-tls", f"{said} It wants TLS first.", _USE_TLS)
    if before_password:
        return StageError(
            "user-refused",
            f"{said} The user was refused before the password was sent.",
            "See the POP3 user: some servers want the whole address, not the part before the @.",
        )
    sure = answer.code == "AUTH"
    return StageError(
        "wrong" if sure else "refused",
        f"{said} {'User' if sure else 'Most likely user'} or password are wrong.",
        "Correct them before the next try: some servers want the whole address as the user, and "
        "some lock an account after a few.",
    )
