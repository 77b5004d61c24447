"""Words about the server that connects: its DNS name, its greeting, its reputation, its rate."""

from tui.replies.cause import Cause
from tui.replies.fragments import REFUSED
from tui.replies.reply_rule import ReplyRule

_PLACE = r"(?:\bip\b|\bips\b|client|\bhost\b|server|network|\bmta\b|connection)"
_TOO_MANY = (
    r"too (?:much|fast|often|frequent|quickly)"
    r"|too many (?!errors|\w+ commands|spam|hops|failed|received)|rate.?limit|throttl"
    r"|frequency limit|slow down|mail at a rate|unexpected volume"
    r"|excessive (?:rate|number|connections|mail)|unusual (?:sending|rate)"
)

CLIENT_RULES = (
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
            rf"{_PLACE}.{{0,60}}(?:{REFUSED}|listed|suspicious)",
            r"(?:blocked|banned|bad|your) (?:sender |sending )?ip\b",
            rf"access from .{{0,60}}{REFUSED}",
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
)
