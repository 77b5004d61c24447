"""The cause of a reply, and what to do about it."""

from dataclasses import dataclass, replace

from tui.replies import codes, message_words, words
from tui.replies.cause import Cause, Meaning, Owner
from tui.replies.provider import find_providers
from tui.replies.reply import Reply, ReplyStage, parse_reply
from tui.replies.reply_rule import ReplyRule

_RULES = (
    ReplyRule(
        Cause.UNKNOWN,
        codes="2xx 3xx",
        statement="The server accepts this. Nothing was rejected.",
        next="Look for the reply to a later command.",
        owner=Owner.YOU,
    ),
    *words.RULES,
    *codes.RULES,
    *message_words.WEAK_RULES,
    *codes.BARE_RULES,
    ReplyRule(Cause.UNKNOWN),
)
"""Words, then provider and code together, then enhanced codes, then bare codes."""

LOCKOUT = "Another login before that may lock the account."


@dataclass(frozen=True, slots=True)
class ReplyExplanation:
    """Why a server rejected something.

    Attributes:
        may_lock: a login was rejected, and another one may lock the account.
    """

    cause: Cause
    meaning: Meaning
    may_lock: bool


def explain(reply: Reply, server: str = "") -> ReplyExplanation:
    """Explain a reply.

    Args:
        server: the name of the server, if it is known; some providers use codes of their own.
    """
    folded = replace(reply, text=reply.text.casefold())
    providers = find_providers(server, folded.text)
    rule = next(each for each in _RULES if each.matches(folded, providers))
    may_lock = rule.meaning.may_lock and reply.stage is ReplyStage.LOGIN
    return ReplyExplanation(rule.cause, rule.meaning, may_lock)


def explain_text(
    text: str, *, server: str = "", stage: ReplyStage | None = None
) -> ReplyExplanation:
    """Explain a reply as a log has it."""
    return explain(parse_reply(text, stage), server)
