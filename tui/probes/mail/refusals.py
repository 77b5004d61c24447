"""What a refusal by an SMTP or POP3 server means for a stage of a probe."""

from tui.probes.mail.reply_parser import ServerReply
from tui.probes.stage import StageError, StageResult
from tui.replies.cause import MEANINGS, Cause
from tui.replies.explain import LOCKOUT, explain
from tui.replies.reply import ReplyStage

_MAY_WANT_LOGIN = (
    Cause.CLIENT_BLOCKED,
    Cause.POLICY,
    Cause.RELAY_DENIED,
    Cause.SENDER_REFUSED,
    Cause.UNKNOWN,
)
_AFTER_LOGIN = (ReplyStage.SENDER, ReplyStage.RECIPIENT)
_JUDGED = frozenset(cause.value for cause, meaning in MEANINGS.items() if meaning.may_lock)


def explain_refusal(
    stage: ReplyStage, reply: ServerReply, about: str, server: str, *, logged_in: bool = True
) -> StageError:
    """Explain a refusal.

    Args:
        about: what was refused where, up to the server's own words.
        server: its name; some providers use codes of their own.
        logged_in: there was a login before.
    """
    refusal = reply.to_refusal(stage)
    found = explain(refusal, server)
    meaning, hint = found.meaning, found.meaning.next
    if found.may_lock:
        hint += f" {LOCKOUT}"
    if stage in _AFTER_LOGIN and not logged_in and found.cause in _MAY_WANT_LOGIN:
        hint += " There was no login; the server may require one."
    passes_later = stage in _AFTER_LOGIN and meaning.helps_to_wait and refusal.is_temporary
    return StageError(
        found.cause.value,
        f"{about} {reply.quote}. {meaning.statement}",
        hint,
        StageResult.WARNED if passes_later else StageResult.FAILED,
    )


def may_lock(cause: str) -> bool:
    """Whether a server may have judged the login it refused, so that another may lock the account.

    Args:
        cause: the kind of the stage.
    """
    return cause in _JUDGED
