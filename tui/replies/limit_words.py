"""Words of mail that is too much or too big, is malware, or comes from an unknown sender.

The first rule that matches counts: a full mailbox goes before a large message.
"""

from tui.replies.cause import Cause
from tui.replies.provider import Provider
from tui.replies.reply_rule import ReplyRule

LIMIT_RULES = (
    # What a mailbox or a message exceeds
    ReplyRule(
        Cause.SERVER_FAULT,
        ("insufficient system", "system storage", "out of (?:memory|disk)", "disk full"),
    ),
    ReplyRule(
        Cause.RATE_LIMITED,
        (
            (
                "(?:relay|sending|daily|hourly|recipient|monthly|outbound|send).{0,20} (?:quota"
                r"|limit)\b"
            ),
            "message quota",
            r"\w+s? .{0,20}per (?:hour|day|minute|second)\b",
        ),
    ),
    ReplyRule(
        Cause.MAILBOX_FULL,
        (
            (
                r"(?:mailbox|inbox|mail box|account|boite).{0,60}(?:\bfull\b|exceed|over ?quota"
                "|pleine|out of storage)"
            ),
            "over ?(?:the )?(?:allowed )?quota",
            "(?:disk|mail|mailbox|storage|user'?s?) quota",
            "quota (?:is )?(?:exceeded|full|reached)",
            r"exceed\w*.{0,20}(?:storage|quota)",
            "not enough (?:storage|space|room)",
            "out of storage",
            "insufficient (?:storage|disk|space)",
            "storage (?:limit|allocation)",
            "maildir (?:is )?full",
            "quota.{0,10} violat",
        ),
    ),
    ReplyRule(
        Cause.TOO_BIG,
        (
            r"(?:message|mail|attachment|data|content|header)\w*.{0,30}too (?:big|large|long)",
            r"(?:message|mail|attachment)\w* exceed\w*.{0,20}(?:size|maximum|limit|length)",
            "(?:message|mail|maximum|max).{0,12} size",
            "size limit",
            "line limit",
            "line (?:is )?too long",
            "too large",
        ),
    ),
    # Malware and spam, before words such as "blocked" and "listed"
    ReplyRule(
        Cause.VIRUS,
        ("virus", "malware", "infected", r"\btrojan", "ransomware", r"\bworm\b", "clamav"),
    ),
    ReplyRule(
        Cause.SPAM,
        (
            "(?:url|uri|link|domain in (?:the )?message)s?.{0,40}(?:black|block|deny).?list",
            "(?:black|block).?listed (?:url|uri|link)",
            r"\buribl",
            r"\bsurbl",
        ),
    ),
    # Greylisting, in words only: a bare 450 or 451 may be anything
    ReplyRule(Cause.GREYLISTED, ("gr[ae]y.{0,2}list", "postgrey"), codes="4xx"),
    ReplyRule(
        Cause.GREYLISTED,
        ("internal resources are temporarily unavailable",),
        codes="451",
        provider=Provider.MIMECAST,
    ),
)
