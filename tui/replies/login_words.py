"""Words of a rejected login. The first rule that matches counts."""

from tui.replies.cause import Cause, Owner
from tui.replies.fragments import ABSENT, OFF
from tui.replies.provider import Provider
from tui.replies.reply_rule import LOGIN, ReplyRule

_BAD = r"(?:invalid|incorrect|wrong|bad|unknown|unrecogni[sz]ed|mismatch|not accepted|rejected)"
_IN_USE = "The login was right, but another program is reading that mailbox."
_ONE_READER = "Try again in a few minutes. Only one program should read and delete mail there."

LOGIN_RULES = (
    # A mailbox that is read by another program
    ReplyRule(
        Cause.TEMPORARY,
        (),
        codes="IN-USE",
        statement=_IN_USE,
        next=_ONE_READER,
    ),
    ReplyRule(
        Cause.TEMPORARY,
        (
            (
                r"(?:maildrop|mailbox|mail drop|folder).{0,30}(?:in use|locked by|lock\b|busy"
                "|already open)"
            ),
        ),
        stages=LOGIN,
        statement=_IN_USE,
        next=_ONE_READER,
    ),
    # Logins
    ReplyRule(
        Cause.APP_PASSWORD,
        (
            r"\bapp(?:lication)?[ -](?:specific[ -])?password",
            "authori[sz]ation code",
            r"\bauth(?:entication)? code",
            "client authori[sz]ation",
            r"third[ -]party (?:client|app)\w* password",
            "device password",
            "password (?:for|made for|of) (?:the |this )?(?:external )?app",
        ),
    ),
    ReplyRule(
        Cause.LOCKED,
        (
            "log ?in (?:via|with|through|in|using) (?:your |a )?(?:web )?browser",
            "web ?log ?in required",
        ),
        statement="The provider requires the user to sign in with a browser first.",
        next="Sign in there once as this user, and confirm the access. Then try again.",
        owner=Owner.YOU,
    ),
    ReplyRule(
        Cause.POLICY,
        ("did not meet the criteria", "security defaults", "conditional access"),
        statement="A policy of the Microsoft 365 tenant blocks this login, such as security "
        "defaults or conditional access.",
        next="Ask the tenant's admin to allow authenticated SMTP for this mailbox, or use OAuth.",
    ),
    ReplyRule(
        Cause.OAUTH_REQUIRED,
        (
            "(?:requires?|only|must|please|needs?) .{0,40}(?:oauth|xoauth2|modern auth)",
            "(?:oauth2?|xoauth2|modern authentication) (?:is )?(?:required|only|needed)",
        ),
    ),
    ReplyRule(
        Cause.LOGIN_DISABLED,
        (
            "smtpclientauthentication is disabled",
            r"basic auth\w* .{0,30}(?:disabled|not supported|blocked)",
        ),
        statement="The provider has turned off logins with a password for this mailbox or tenant.",
        next="Exchange Online turns them off by default at the end of December 2026 and names a "
        "final date in the second half of 2027. Ask the tenant's admin, and plan for OAuth.",
    ),
    ReplyRule(
        Cause.LOGIN_DISABLED,
        (
            (
                r"\b(?:smtp|pop3?|imap4?)\b(?:/\w+)? (?:auth\w*|access|service|log ?in"
                "|protocol)?.{0,30}(?:disabled|not enabled|turned off|not open|not allowed for"
                "|not available for)"
            ),
            (
                "not (?:enabled|allowed|permitted|authori[sz]ed) (?:for|to use) (?:the )?(?:smtp"
                "|pop|imap)"
            ),
            "yet to enable (?:pop|imap|smtp)",
            "user has no permission",
            "access rights to this service",
            "account not subscribed",
            "less secure app",
            "password log ?ins? (?:are |is )?(?:disabled|off)",
            "log ?ins? (?:are |is )?(?:currently )?disabled",
        ),
        statement="Logins to this service are turned off for this user.",
        next="Turn SMTP or POP3 on in the account's settings, or ask the provider.",
    ),
    ReplyRule(
        Cause.TLS_REQUIRED,
        (
            r"\bstarttls\b.{0,30}(?:first|required|command|before)",
            r"(?:must|please|need to|have to) .{0,20}(?:starttls|\bstls\b|\btls\b|\bssl\b)",
            (
                r"\b(?:tls|ssl|encryption|encrypted \w+|secure connection|stls"
                r"|starttls)\b (?:session )?(?:is )?(?:required|needed|first|mandatory)"
            ),
            r"try connecting via (?:tls|ssl)",
            r"requires? (?:an? )?(?:tls|ssl|encrypt\w+|starttls|secure)",
            (
                "(?:plain|clear) ?text .{0,40}(?:disallow|not allowed|disabled|not permitted"
                "|non-secure|without)"
            ),
            "non-secure",
            "connection must be (?:secure|encrypted)",
            "(?:only|over) (?:an? )?(?:tls|ssl|secure) (?:connection|session)",
        ),
    ),
    ReplyRule(
        Cause.TOO_LONG,
        (
            (
                r"(?:exchange|response|auth\w*|command|input|password) (?:line "
                "|string )?(?:is )?too long"
            ),
        ),
    ),
    ReplyRule(
        Cause.MECHANISM,
        (
            (
                r"(?:mechanism|auth\w* (?:type|method|scheme)).{0,40}(?:support|availab|allow"
                "|unrecogni|too weak|invalid|unknown|disabled)"
            ),
            r"(?:unrecogni[sz]ed|unsupported|unknown|invalid) (?:auth\w*|sasl|mechanism)",
            (
                r"\bauth\b (?:command )?(?:is )?(?:used when not advertised|not (?:available"
                "|supported|enabled|recogni[sz]ed|implemented))"
            ),
            "authentication not enabled",
        ),
    ),
    ReplyRule(
        Cause.MECHANISM,
        ("password transition",),
        statement="The server requires one login with AUTH PLAIN before it accepts this mechanism.",
        next="Log in once with PLAIN over TLS, for example with the mail program of that provider.",
    ),
    ReplyRule(
        Cause.RATE_LIMITED,
        ("(?:maximum credits|credits) exceeded", "quota exceeded for .{0,30}sending"),
    ),
    ReplyRule(
        Cause.LOCKED,
        (
            (
                "too many (?:failed |bad |invalid |unsuccessful |incorrect )*(?:log ?ins?"
                r"|auth\w*|password|attempts|tries|failures)"
            ),
        ),
        statement="Too many logins failed, so the server rejects any more for now.",
        next="Wait, and correct the user and the password before the next attempt.",
    ),
    ReplyRule(
        Cause.LOCKED,
        (
            r"\block(?:ed)?(?: out)?\b",
            rf"(?:account|user|mailbox|log ?in|access).{{0,40}}{OFF}",
            rf"{OFF} (?:account|user)",
            "temporarily (?:blocked|disabled|suspended)",
            "password (?:has )?expired",
        ),
        stages=LOGIN,
    ),
    ReplyRule(
        Cause.SERVER_FAULT,
        (
            (
                "(?:authentication|auth|login).{0,40}(?:connection lost|server|backend|database"
                "|unavailable|internal).{0,20}(?:fail|lost|unavailable|error|down|server)"
            ),
        ),
        codes="4xx SYS/TEMP SYS/PERM",
        statement="The server couldn't check the login. That says nothing about the password.",
    ),
    ReplyRule(
        Cause.TEMPORARY,
        (r"(?:auth\w*|log ?in)\b.{0,40}(?:fail|error|unavailable|lost)",),
        codes="4xx SYS/TEMP",
        statement="The server can't check logins right now. That says nothing about the password.",
    ),
    ReplyRule(
        Cause.LOGIN_REQUIRED,
        (
            "authentication (?:is )?(?:required|needed|requise)",
            (
                r"(?:must|please|need to|have to) .{0,30}(?:authenticate|log ?in\b|log ?on\b"
                "|be authenticated|smtp auth)"
            ),
            "log ?in first",
            "not logged in",
            "(?:client|user|you).{0,20}not (?:been )?authenticated",
            "unauthenticated senders? not",
            "turn on smtp auth",
            r"smtp auth\w* (?:is )?required",
            "authentication turned on",
            "you (?:don't|do not) authenticate",
            "anonymous (?:client|user|access|log ?in)",
        ),
    ),
    ReplyRule(
        Cause.PASSWORD,
        ("authentication unsuccessful",),
        codes="5.7.3",
        provider=Provider.MICROSOFT,
        statement="The user or the password is wrong, or Exchange Online has turned off logins "
        "with a password for this mailbox.",
        next="Check both, and ask the tenant's admin whether authenticated SMTP is on for it.",
    ),
    ReplyRule(
        Cause.PASSWORD,
        (
            (
                r"(?:auth\w*|log ?in|log ?on"
                "|sign[ -]in)(?: attempt)?(?: has)?(?: been)? (?:is )?(?:fail|failure"
                "|unsuccessful|error|denied|rejected|invalid|incorrect)"
            ),
            r"authentifi\w+ (?:invalide|echou)",
            (
                rf"{_BAD} (?:\w+ ){{0,3}}(?:password|credential|log ?in|authentication data"
                "|user ?name/)"
            ),
            rf"(?:password|credentials?|user ?name)\b.{{0,40}}{_BAD}",
            "authorization grant is invalid",
            "credentials were incorrect",
        ),
    ),
    ReplyRule(
        Cause.PASSWORD,
        (
            rf"{_BAD} (?:user|account|mailbox|name)",
            rf"(?:user|account|mailbox).{{0,30}}{ABSENT}",
            "no such (?:user|account)",
            "access denied",
            "not authori[sz]ed",
            "permission denied",
            "fail",
        ),
        stages=LOGIN,
    ),
)
