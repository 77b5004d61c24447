"""Causes by codes, for replies whose words say nothing more. The first rule that matches counts.

Sources: RFC 5321 (4.2), RFC 3463, RFC 4954 (section 6), RFC 5248, RFC 6710, RFC 7372, RFC 7504 and
RFC 7505 for SMTP; RFC 2449 (section 8) and RFC 3206 for POP3; the lists of the providers.
"""

from tui.replies.cause import Cause, Owner
from tui.replies.provider import Provider
from tui.replies.reply import ReplyStage
from tui.replies.reply_rule import LOGIN, SENDER, ReplyRule

_MICROSOFT = Provider.MICROSOFT
_NOT_CHECKED = "The server can't check logins right now. That says nothing about the password."

_PROVIDER = (
    ReplyRule(
        Cause.POLICY,
        codes="5.7.139",
        statement="Exchange Online rejects this login, and doesn't say which of its rules applies.",
        next="Ask the tenant's admin to check this user's sign-in log.",
    ),
    ReplyRule(
        Cause.LOGIN_DISABLED,
        codes="5.7.30",
        provider=_MICROSOFT,
        statement="Exchange Online has turned off logins with a password.",
        next="Set the email account up with OAuth, or use another relay.",
    ),
    ReplyRule(Cause.LOGIN_REQUIRED, codes="5.7.57"),
    ReplyRule(Cause.SENDER_REFUSED, codes="5.7.60 5.2.252"),
    ReplyRule(
        Cause.POLICY,
        codes="5.7.68",
        statement=(
            "The Microsoft 365 tenant rejects mail from its own domain that is sent without a "
            "login (Reject Direct Send)."
        ),
        next="Log in at smtp.office365.com, or have the tenant's admin add a connector for the "
        "sending address.",
    ),
    ReplyRule(Cause.SENDER_AUTHENTICATION, codes="5.7.515 5.7.509 7.26 4.7.32"),
    ReplyRule(Cause.RELAY_DENIED, codes="5.7.64 5.7.367"),
    ReplyRule(
        Cause.CLIENT_BLOCKED,
        words=("access denied", "restricted"),
        codes="5.7.606 5.7.511 4.7.500 4.7.650",
    ),
    ReplyRule(
        Cause.RATE_LIMITED, codes="4.7.500 4.7.650 5.7.705 5.1.90 5.2.122 4.3.2 7.28 5.7.708"
    ),
    ReplyRule(Cause.RECIPIENT_UNKNOWN, codes="5.1.10 5.4.1", provider=_MICROSOFT),
    ReplyRule(Cause.APP_PASSWORD, codes="5.7.9", stages=LOGIN, provider=Provider.GOOGLE),
    ReplyRule(
        Cause.LOCKED,
        codes="5.7.14",
        stages=LOGIN,
        statement="The provider requires the user to sign in with a browser first.",
        next="Sign in there once as this user, and confirm the access. Then try again.",
        owner=Owner.YOU,
    ),
    ReplyRule(Cause.SENDER_AUTHENTICATION, codes="5.7.9", provider=Provider.YAHOO),
    ReplyRule(Cause.SENDER_AUTHENTICATION, (r"_401\b",), provider=Provider.ORANGE),
    ReplyRule(Cause.LOGIN_REQUIRED, (r"_402\b",), provider=Provider.ORANGE),
    ReplyRule(Cause.RECIPIENT_UNKNOWN, (r"_41[68]\b",), provider=Provider.ORANGE),
    ReplyRule(Cause.SPAM, (r"_506\b",), provider=Provider.ORANGE),
)

_POP3 = (
    ReplyRule(
        Cause.RATE_LIMITED,
        codes="LOGIN-DELAY",
        statement="The server limits how often this user can log in. The password wasn't checked.",
        next="Try again in a few minutes. Another program may be reading that mailbox.",
    ),
    ReplyRule(
        Cause.TEMPORARY,
        codes="SYS/TEMP",
        statement=_NOT_CHECKED,
    ),
    ReplyRule(
        Cause.SERVER_FAULT,
        codes="SYS/PERM",
        statement="The server is misconfigured. That says nothing about the password.",
    ),
    ReplyRule(Cause.PASSWORD, codes="AUTH"),
)

_ENHANCED = (
    ReplyRule(Cause.RECIPIENT_UNKNOWN, codes="1.1 5.1.0 1.4"),
    ReplyRule(Cause.DOMAIN_UNKNOWN, codes="1.2 1.10 5.4.4"),
    ReplyRule(Cause.SYNTAX, codes="1.3"),
    ReplyRule(Cause.RECIPIENT_MOVED, codes="1.6"),
    ReplyRule(Cause.SENDER_REFUSED, codes="1.7"),
    ReplyRule(Cause.SENDER_DOMAIN, codes="1.8 7.27"),
    ReplyRule(Cause.LOCKED, codes="7.13 2.1", stages=LOGIN),
    ReplyRule(Cause.MAILBOX_DISABLED, codes="2.1 7.13"),
    ReplyRule(Cause.MAILBOX_FULL, codes="2.2"),
    ReplyRule(Cause.TOO_BIG, codes="2.3 3.4 7.16"),
    ReplyRule(Cause.RATE_LIMITED, codes="5.3"),
    ReplyRule(
        Cause.TEMPORARY,
        codes="454",
        stages=LOGIN,
        statement=_NOT_CHECKED,
    ),
    ReplyRule(Cause.TEMPORARY, codes="4.3.2 4.4.0 4.4.1 4.4.2 4.4.5 4.4.7 4.2.0"),
    ReplyRule(Cause.SERVER_FAULT, codes="3.0 3.1 3.2 3.3 3.5 4.0 4.1 4.2 4.3 4.5 4.6"),
    ReplyRule(Cause.TOO_LONG, codes="5.6"),
    ReplyRule(Cause.MECHANISM, codes="500 502 503 504", stages=LOGIN),
    ReplyRule(Cause.SYNTAX, codes="5.1 5.2 5.4"),
    ReplyRule(Cause.CONTENT, codes="6.0 6.1 6.2 6.3 6.5 6.6 6.7 6.9"),
    ReplyRule(Cause.MECHANISM, codes="7.4 5.7.9 4.7.12"),
    ReplyRule(Cause.PASSWORD, codes="7.8"),
    ReplyRule(Cause.PASSWORD, codes="5.7.3", stages=LOGIN),
    ReplyRule(Cause.LOGIN_REQUIRED, codes="5.7.3"),
    ReplyRule(Cause.TLS_REQUIRED, codes="7.10 7.11"),
    ReplyRule(Cause.SENDER_AUTHENTICATION, codes="7.20 7.21 7.22 7.23 7.24 7.29"),
    ReplyRule(Cause.REVERSE_DNS, codes="7.25"),
    ReplyRule(Cause.POLICY, codes="7.1 7.2"),
)

RULES = (*_PROVIDER, *_POP3, *_ENHANCED)

BARE_RULES = (
    ReplyRule(Cause.MECHANISM, codes="432 534"),
    ReplyRule(
        Cause.TEMPORARY,
        codes="4xx",
        stages=LOGIN,
        statement=_NOT_CHECKED,
    ),
    ReplyRule(Cause.TEMPORARY, codes="4xx"),
    ReplyRule(Cause.TLS_REQUIRED, codes="523 524 538"),
    ReplyRule(Cause.LOGIN_REQUIRED, codes="530"),
    ReplyRule(Cause.PASSWORD, codes="535"),
    ReplyRule(Cause.TOO_BIG, codes="552", stages=(ReplyStage.DATA, ReplyStage.SENDER)),
    ReplyRule(Cause.MAILBOX_FULL, codes="522 552"),
    ReplyRule(Cause.RECIPIENT_MOVED, codes="551"),
    ReplyRule(Cause.DOMAIN_UNKNOWN, codes="521 556"),
    ReplyRule(Cause.SENDER_REFUSED, codes="501 553", stages=SENDER),
    ReplyRule(Cause.SYNTAX, codes="500 501 502 503 504 555"),
    ReplyRule(
        Cause.CLIENT_BLOCKED,
        stages=(ReplyStage.CONNECTION,),
        statement="The server rejects connections from here and doesn't say why.",
        next="Ask the server's admin whether this machine's address is allowed to connect.",
    ),
)
