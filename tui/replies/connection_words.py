"""Words of the side that connects, when a mail server gave no reply at all.

Sources: the failure text of an email account's Test Connection (KB0856521), and the messages of
Jakarta Mail and the JDK, in whose words it continues.
"""

from tui.replies.cause import Cause
from tui.replies.reply import NO_CODE
from tui.replies.reply_rule import ReplyRule

CONNECTION_RULES = tuple(
    ReplyRule(cause, words, codes=NO_CODE)
    for cause, words in (
        (
            Cause.TLS_FAILED,
            (
                "pkix path",
                "sslhandshake",
                "could not convert socket to tls",
                "unrecognized ssl message",
                "unsupported or unrecognized ssl",
                "certificate (?:has )?(?:expired|unknown)",
                "starttls is required but",
                "no appropriate protocol",
            ),
        ),
        (Cause.SERVER_UNKNOWN, ("unknown ?host", "unknown smtp host", "name or service not known")),
        (Cause.CONNECTION_ENDED, (r"\[eof\]", "connection reset", "broken pipe", "eofexception")),
        (
            Cause.NO_CONNECTION,
            (
                "connection refused",
                "connect(?:ion)? timed out",
                "read timed out",
                "no route to host",
                "network is unreachable",
                "(?:cannot|couldn't|could not) connect to (?:smtp )?(?:server|host)",
            ),
        ),
    )
)
