"""Words about the sender, about relaying, and about the recipient, in this order."""

from tui.replies.cause import Cause
from tui.replies.fragments import ABSENT, OFF, REFUSED
from tui.replies.reply_rule import SENDER, ReplyRule

_ADDRESS = r"(?:mail.?box|user|recipient|address|account|alias|rcpt|inbox|local.part|destinataire)"

ADDRESS_RULES = (
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
        statement=(
            "Amazon SES only sends from verified addresses. In its sandbox it also only sends to "
            "verified ones."
        ),
        next="Verify the address or its domain in SES, in the region of this server.",
    ),
    ReplyRule(
        Cause.SENDER_REFUSED,
        ("relaying disallowed as", "(?:relaying issues)"),
        statement="The server only sends from addresses that belong to the user who logs in.",
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
                rf"|from header)\b(?! server).{{0,60}}(?:{REFUSED}|not (?:verified|valid|local)"
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
            rf"{_ADDRESS}.{{0,60}}{ABSENT}",
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
            rf"(?:account|mailbox|user|recipient|address|compte|destinataire).{{0,60}}{OFF}",
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
)
