"""Words about the message and about the server itself, and words that say little."""

from tui.replies.cause import Cause
from tui.replies.fragments import REFUSED
from tui.replies.reply_rule import ReplyRule

MESSAGE_RULES = (
    # The message
    ReplyRule(
        Cause.SPAM,
        (
            "spam",
            "unsolicited",
            r"\bube\b",
            r"\buce\b",
            r"\bbulk\b",
            r"\bjunk\b",
            "phish",
            "advertis",
            "similar to",
            "mass mail",
        ),
    ),
    ReplyRule(
        Cause.CONTENT,
        (
            "content",
            "header",
            "attachment",
            r"\bmime\b",
            "bare (?:lf|cr)",
            r"\bformat",
            "malformed",
            "file ?name",
            "(?<!auth )extension",
            r"\bhtml\b",
            "rfc ?(?:2822|5322|822|2821|5321)",
            "not compliant",
            "compliance",
            "duplicate",
            "8.?bit",
            "encoded",
            "character",
        ),
    ),
    # The server itself
    ReplyRule(
        Cause.TEMPORARY,
        (r"too many (?:errors|\w+ commands)",),
        statement="The server closed the connection after too many errors.",
        next="Check the replies before this one: they name the error.",
    ),
    ReplyRule(
        Cause.SERVER_FAULT,
        (
            "internal .{0,20}(?:error|fail|problem)",
            "local (?:problem|error|config)",
            "system (?:error|config|problem|fail)",
            "server (?:error|config|misconfig|problem|fail)",
            "misconfig",
            "configuration (?:error|problem)",
            "lookup (?:fail|error)",
            "write error",
            "queue file",
            "service .{0,20}(?:unavailable|not available|refuse|down)",
            "transaction failed",
            "resources",
            "i/o error",
            "loop",
            "too many hops",
            "hop count",
            "database",
            r"\bldap\b",
            "unable to (?:connect|contact|open|process)",
            "does not support tls",
            "could not (?:open|create|connect|process)",
            "cannot (?:open|create)",
            "mail system (?:config|full|error|problem|unavail|not)",
            "backend",
            "processing error",
            "error (?:in|while) process",
            "out of service",
            "not available due to",
        ),
    ),
    ReplyRule(
        Cause.TEMPORARY,
        (
            "try (?:again|later)",
            "later",
            "temporar",
            r"\bbusy\b",
            "retry",
            "shutting down",
            "maintenance",
            "closing",
            "timed? ?out",
            "unavailable",
        ),
        codes="4xx SYS/TEMP",
    ),
    ReplyRule(
        Cause.SYNTAX,
        (
            "bad sequence",
            "out of (?:order|sequence)",
            "need (?:rcpt|mail|helo|ehlo)",
            "(?:send|say|polite).{0,20}(?:helo|ehlo)",
            "(?:send|need|valid|without|before) .{0,10}(?:rcpt|mail from|mail command|data)",
            "syntax",
            (
                "(?:unrecogni[sz]ed|unknown|invalid|unimplemented|unsupported"
                "|bad) (?:smtp )?(?:command|parameter|argument|option)"
            ),
            (
                "command .{0,20}(?:unrecogni|not (?:recogni|implement|support|understood)"
                "|unknown|unexpected)"
            ),
            "not (?:recognized|implemented)",
        ),
    ),
)

WEAK_RULES = (
    ReplyRule(Cause.RECIPIENT_UNKNOWN, ("unavailable",), codes="550"),
    ReplyRule(
        Cause.POLICY,
        (
            "polic(?:y|ies)",
            "administrative(?:ly)?",
            r"\brules?\b",
            "violat",
            "restrict",
            "preferences",
            "protocol",
            rf"{REFUSED}",
        ),
    ),
)
"""Words that say less than an enhanced code."""
