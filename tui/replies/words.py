"""Causes by the words that mail servers share. The first rule that matches counts.

The words come before every code: servers give the same code for different causes, and say in words
which one it is. Sources: the texts of Postfix, Exim, Sendmail, qmail, Dovecot, Exchange and
hMailServer; the error lists of Amazon SES, Gmail, Mailgun, Microsoft 365, Mimecast, Postmark,
Proofpoint, QQ, SendGrid, Yahoo and Zoho.
"""

from tui.replies.address_words import ADDRESS_RULES
from tui.replies.cause import Cause
from tui.replies.client_words import CLIENT_RULES
from tui.replies.connection_words import CONNECTION_RULES
from tui.replies.limit_words import LIMIT_RULES
from tui.replies.login_words import LOGIN_RULES
from tui.replies.message_words import MESSAGE_RULES
from tui.replies.reply_rule import ReplyRule

_SENDER_AUTHENTICATION = (
    ReplyRule(
        Cause.SENDER_AUTHENTICATION,
        (
            r"\b(?:spf|dkim|dmarc|domainkeys|domainkey)\b",
            "sender policy framework",
            "multiple authentication checks",
            "sender is unauthenticated",
            "required authentication level",
            "email authentication",
            "unauthenticated (?:email|mail|message)",
        ),
    ),
)

RULES = (
    *CONNECTION_RULES,
    *_SENDER_AUTHENTICATION,
    *LOGIN_RULES,
    *LIMIT_RULES,
    *CLIENT_RULES,
    *ADDRESS_RULES,
    *MESSAGE_RULES,
)
