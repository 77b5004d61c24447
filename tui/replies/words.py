"""Causes by the words that mail servers share. The first rule that matches counts.

The words come before every code: servers give the same code for different causes, and say in words
which one it is. Sources: the texts of Postfix, Exim, Sendmail, qmail, Dovecot, Exchange and
hMailServer; the error lists of Amazon SES, Gmail, Mailgun, Microsoft 365, Mimecast, Postmark,
Proofpoint, QQ, SendGrid, Yahoo and Zoho.
"""

from tui.replies.cause import Cause, Owner
from tui.replies.provider import Provider
from tui.replies.reply import ReplyStage
from tui.replies.reply_rule import ReplyRule

LOGIN = (ReplyStage.LOGIN,)
SENDER = (ReplyStage.SENDER,)

_ABSENT = (
    "(?:unknown|not found|not known|(?:does|did) ?n[o']t exist|doesnt exist|not exist|non-?existent"
    "|invalid|illegal|not valid|not a valid|no longer valid|not listed|undeliverable"
    "|not recogni[sz]ed|could not be found|was not found|wrong)"
)
_BAD = r"(?:invalid|incorrect|wrong|bad|unknown|unrecogni[sz]ed|mismatch|not accepted|rejected)"
_OFF = (
    r"(?:disabled|deactivated|suspended|inactive|not activ|frozen|locked|discontinued|terminated"
    r"|expired|closed|on hold|blocked|bloque)"
)
_REFUSED = (
    r"(?:reject|refus|den(?:y|ied)|block|bann?ed|forbid|prohibit"
    r"|not (?:be )?(?:allowed|permitted|accept|authori[sz]ed|welcome))"
)
_ADDRESS = r"(?:mail.?box|user|recipient|address|account|alias|rcpt|inbox|local.part|destinataire)"
_PLACE = r"(?:\bip\b|\bips\b|client|\bhost\b|server|network|\bmta\b|connection)"
_TOO_MANY = (
    r"too (?:much|fast|often|frequent|quickly)"
    r"|too many (?!errors|\w+ commands|spam|hops|failed|received)|rate.?limit|throttl"
    r"|frequency limit|slow down|mail at a rate|unexpected volume"
    r"|excessive (?:rate|number|connections|mail)|unusual (?:sending|rate)"
)

_IN_USE = "The login was right, but another program is reading that mailbox."
_ONE_READER = "Try again in some minutes. Only one program should read and delete mail there."

RULES = (
    # The sender's domain
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
        statement="The provider wants the user to sign in with a browser first.",
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
        next="Turn SMTP or POP3 on in the settings of the account, or ask the provider.",
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
        statement="The server wants one login with AUTH PLAIN before it accepts this mechanism.",
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
        statement="Too many logins failed, so the server refuses more for now.",
        next="Wait, and correct user and password before the next try.",
    ),
    ReplyRule(
        Cause.LOCKED,
        (
            r"\block(?:ed)?(?: out)?\b",
            rf"(?:account|user|mailbox|log ?in|access).{{0,40}}{_OFF}",
            rf"{_OFF} (?:account|user)",
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
        statement="The server couldn't check the login. It says nothing about the password.",
    ),
    ReplyRule(
        Cause.TEMPORARY,
        (r"(?:auth\w*|log ?in)\b.{0,40}(?:fail|error|unavailable|lost)",),
        codes="4xx SYS/TEMP",
        statement="The server can't check logins right now. It says nothing about the password.",
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
            rf"(?:user|account|mailbox).{{0,30}}{_ABSENT}",
            "no such (?:user|account)",
            "access denied",
            "not authori[sz]ed",
            "permission denied",
            "fail",
        ),
        stages=LOGIN,
    ),
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
    # How the sending server looks to the receiving one
    ReplyRule(
        Cause.REVERSE_DNS,
        (
            r"\bptr\b",
            "rtr:rd",
            "reverse.?(?:dns|lookup|host|name|resol|record)",
            r"\brdns\b",
            r"mismatch\w* client ip",
            (
                "(?:cannot|can't|can not|unable to|could not|not) (?:find"
                "|resolve) your (?:reverse )?(?:host|address|ip|domain|name)"
            ),
            "unverif(?:y|i)able sending",
            "unresolvable relay",
            "ip name lookup failed",
            "cannot find your (?:reverse )?hostname",
            "no (?:valid )?host ?name for (?:your )?ip",
        ),
    ),
    ReplyRule(
        Cause.HELO,
        (
            (
                r"\b(?:helo|ehlo)\b(?:/ehlo)?.{0,60}(?:reject|invalid|not (?:accept|allow|match"
                "|resolv|a )|does not|doesn't|refus|bad|must|should|malformed|argument|fqdn"
                "|need|syntax|fully|forged|fake|own)"
            ),
            r"(?:invalid|bad|forged|fake|wrong|syntactically invalid) \b(?:helo|ehlo)\b",
            "specified in helo",
        ),
    ),
    ReplyRule(Cause.HELO, ("^invalid domain name",), codes="501"),
    ReplyRule(
        Cause.SENDER_REFUSED,
        (
            (
                r"(?:sender|mailfrom|email address|from address)(?! ip)\b.{0,40}(?:black|block"
                "|deny).?list"
            ),
            "blocked sender",
            "sender is (?:spammer|blocked)",
        ),
    ),
    ReplyRule(Cause.RATE_LIMITED, (_TOO_MANY,)),
    ReplyRule(
        Cause.CLIENT_BLOCKED,
        (
            "(?<!may be )(?:black|block|deny).?list",
            r"\w*dnsbl",
            r"\b\w*rbl\b",
            r"#\w*rbl",
            "spamhaus",
            "spamcop",
            "barracuda",
            "sorbs",
            "cloudmark",
            "reputation",
            "blocked - see",
            "dynamic ip",
            "dynamic/",
            "residential",
            "open (?:proxy|relay)",
            r"\bbann?ed\b",
            rf"{_PLACE}.{{0,60}}(?:{_REFUSED}|listed|suspicious)",
            r"(?:blocked|banned|bad|your) (?:sender |sending )?ip\b",
            rf"access from .{{0,60}}{_REFUSED}",
            "not (?:currently )?accepting mail from your",
            "refused to talk",
            "talking to you",
            "ip .{0,30}(?:bloqu|abus)",
            "spams? from your",
            "adresse ip",
            "too many spam",
            "go away",
            "to connect",
            "your access to (?:submit|this)",
            r"blocked by (?:\S+\.\S+|ivm)",
            r"\(bl\)",
            r"\brtr:",
            "unsolicited (?:mail|email) originating",
        ),
    ),
    ReplyRule(
        Cause.RATE_LIMITED,
        (
            r"exceed\w*.{{0,50}}(?:rate|limit|quota|number of|maximum|per (?:hour|day|minute))",
            r"(?:rate|limit|threshold|allowance|number of \w+).{0,40}(?:exceeded|reached)",
            "sending (?:limit|quota|rate)",
            r"max(?:imum)?\w* .{0,30}(?:connections|recipients|messages|sending rate)",
            "user complaints",
            r"server busy.{0,60}from \[",
            "captcha",
        ),
    ),
    ReplyRule(
        Cause.GREYLISTED,
        (
            r"(?:try|retry|come back).{0,20} in \d+ (?:s|m)",
            "unknown .{0,20}triplet",
            "deferred.{0,20}new sender",
            "first (?:time|attempt).{0,40}(?:try|retry)",
        ),
        codes="4xx",
    ),
    ReplyRule(Cause.POLICY, ("for policy reasons", "due to (?:security |local |site )?polic")),
    # The sender
    ReplyRule(
        Cause.SENDER_DOMAIN,
        (
            (
                r"(?:sender|from|originat\w+|return.path|envelope)\b.{0,60}(?:domain|host|\bmx\b"
                "|dns|has).{0,60}(?:not (?:found|exist|resolv|valid|reach)|n[o']t exist|must"
                r"|no (?:a\b|aaaa|mx)|invalid|unknown|unresolv|resolve fail|null mx|empty)"
            ),
            "domain of (?:the )?sender",
            "sender domain.{0,40}(?:must|not|empty|does)",
            "from: domain",
            "unroutable sender",
            "(?:verify|verification) sender.{0,20}(?:domain|dns)",
        ),
    ),
    ReplyRule(
        Cause.SENDER_DOMAIN,
        (
            (
                "(?:domain|host).{0,40}(?:not found|n[o']t exist|not resolve|unresolv|no mx"
                "|invalid|unknown)"
            ),
        ),
        stages=SENDER,
    ),
    ReplyRule(
        Cause.RELAY_DENIED,
        ("email address is not verified",),
        statement="Amazon SES sends only from verified addresses; in its sandbox, only to verified "
        "ones too.",
        next="Verify the address or its domain in SES, in the region of this server.",
    ),
    ReplyRule(
        Cause.SENDER_REFUSED,
        ("relaying disallowed as", "(?:relaying issues)"),
        statement="The server sends only from addresses that belong to the user who logs in.",
    ),
    ReplyRule(
        Cause.SENDER_REFUSED,
        (
            "not owned by",
            "send ?as",
            "sendas",
            "on behalf of",
            "permissions? to send",
            "verified sender",
            "sender signature",
            (
                "(?:not|isn't|n't) (?:allowed|permitted|authori[sz]ed) to (?:send"
                r"|use)(?: \w+){0,3} (?:from|as|this|the)"
            ),
            (
                "(?:sender|mail from|return.path|envelope.from|from address"
                rf"|from header)\b(?! server).{{0,60}}(?:{_REFUSED}|not (?:verified|valid|local)"
                "|invalid|mismatch|must match|match|verify)"
            ),
            "(?:invalid|bad|illegal|null|empty) (?:envelope )?(?:sender|from|return)",
            "(?:sender|from) address",
            "outgoing mail suspension",
            "senderfilter",
            "emetteur",
            "non-member",
            "members.only",
            "not subscribed to this group",
        ),
    ),
    # Relaying
    ReplyRule(
        Cause.RELAY_DENIED,
        (
            r"\brelay",
            "rcpthosts",
            "not (?:a )?local (?:domain|host)",
            "non-local",
            "delivery is not allowed to this",
            "(?:do|does) ?n[o']t (?:host|handle|accept mail for|serve) ",
            "third.party",
            "tenantattribution",
        ),
    ),
    # The recipient
    ReplyRule(
        Cause.DOMAIN_UNKNOWN,
        (
            (
                "(?:domain|host)(?: or domain)?(?: name)? (?:is |was )?(?:unknown|not found"
                "|unreachable|not reachable)"
            ),
            "unknown (?:host|domain)",
            "no such (?:domain|host)",
            "no mx",
            "nxdomain",
            "null ?mx",
            "mx record",
        ),
    ),
    ReplyRule(
        Cause.RECIPIENT_MOVED,
        (
            "(?:has|have|was) moved",
            r"no longer (?:on|with|works?|employed|at)\b",
            "forwarding address",
            "new address",
            "user not local",
            "please try <",
            "(?:has|have) left the",
            "address (?:has )?changed",
            "mailbox moved",
        ),
    ),
    ReplyRule(Cause.RECIPIENT_MOVED, ("user", "local", "recipient", "address"), codes="551"),
    ReplyRule(
        Cause.RECIPIENT_UNKNOWN,
        (
            rf"{_ADDRESS}.{{0,60}}{_ABSENT}",
            (
                "(?:unknown|no such|invalid|non-?existent|illegal|bad|no matching|no valid"
                rf"|incorrect|undeliverable|unrout(?:e)?able|unresolvable) (?:or \w+ )?(?:local "
                rf"|virtual |e-?mail |envelope )?{_ADDRESS}"
            ),
            r"no such (?:person|name|e-?mail|id\b)",
            r"no (?:mail.?box|user|account|one)\b.{0,30}(?:here|name|found|by|at)",
            "not (?:a |our )?(?:valid |known |local )?(?:user|mailbox|customer|recipient)",
            "badrcptto",
            "recipient ?not ?found",
            "recipnotfound",
            "adresse .{0,40}invalide",
            "unknown local",
            "verification failed for",
            "directory",
            "[^ ]+@[^ ]+ rejected",
            "recipient verify",
            "callout",
            "cannot deliver mail for",
            "utilisateur inconnu",
            "mailbox name not allowed",
        ),
    ),
    ReplyRule(
        Cause.DOMAIN_UNKNOWN,
        (
            (
                r"(?:domain|host|\.[a-z]{2,}).{0,40}(?:not (?:found|reach|exist|valid)"
                "|n[o']t exist|must exist|unknown|invalid)"
            ),
            "name server.{0,40}(?:not found|no data)",
            "(?:domain|host) .{0,20}(?:does|do) not (?:accept|receive)",
        ),
    ),
    ReplyRule(
        Cause.MAILBOX_DISABLED,
        (
            rf"(?:account|mailbox|user|recipient|address|compte|destinataire).{{0,60}}{_OFF}",
            (
                "(?:disabled|inactive|suspended|deactivated|frozen"
                r"|locked) (?:\w+ )?(?:recipient|user|mailbox|account|address)"
            ),
            "suspend the service",
            "not accepting (?:any )?mail",
            "marked as inactive",
            "mailbox currently",
        ),
    ),
    ReplyRule(Cause.RECIPIENT_UNKNOWN, ("recipient address rejected: access denied",)),
    ReplyRule(
        Cause.RECIPIENT_UNKNOWN,
        (
            "mailbox (?:is )?(?:unavailable|not available)",
            "address rejected",
            "rejected (?:recipient|address)",
            "recipients? (?:was |were |is )?(?:rejected|refused|undeliverable)",
            r"user (?:rejected|reject)\b",
        ),
        codes="5xx",
    ),
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
            "extension",
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
        next="Look at the replies before this one: they name the error.",
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
            rf"{_REFUSED}",
        ),
    ),
)
"""Words that say less than an enhanced code."""
