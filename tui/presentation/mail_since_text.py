"""What happened to mail after a change, in words: what was seen, and no more."""

from collections.abc import Iterator

from tui.presentation.target_text import CHOICE_HINTS
from tui.settings.delivery.judge import MOST_OF_A_REPLY
from tui.settings.delivery.mail_effect import find_delay
from tui.settings.delivery.mail_since import MailSince
from tui.terminal.layout import wrap
from tui.terminal.visible import visible

FAILS_TITLE = "Mail fails"
RECIPIENT_FAILED = "An email failed because of its recipient. ^P shows why mail doesn't go out."


def mail_words(found: MailSince, seconds: float) -> str:
    """Return what happened to mail since the change, in sentences."""
    if found.failures:
        return " ".join(_failing(found))
    if found.sent:
        return " ".join(_accepted(found))
    if delay := find_delay(found.status):
        return delay.message
    return (
        f"No email was sent or failed within {seconds:g} s. It isn't known yet whether mail goes "
        "out."
    )


def _accepted(found: MailSince) -> Iterator[str]:
    sender = found.status.sender if found.is_sender_known else None
    server = sender.server if sender else "the instance's mail server"
    yield f"An email was accepted by {server} at {found.sent} UTC."
    if not found.is_sender_known:
        yield "Someone else may have changed which account sends, or it couldn't be read again."
    elif found.status.recipients:
        yield f"All email goes to the test address {', '.join(found.status.recipients)}."


def _failing(found: MailSince) -> Iterator[str]:
    count, newest = len(found.failures), found.failures[0]
    after = f" after one was accepted at {found.sent} UTC" if found.sent else ""
    yield f"{count} email{'' if count == 1 else 's'} failed since the change{after}."
    if newest.reply:
        words = f"“{visible(newest.reply, MOST_OF_A_REPLY)}”"
        yield f"The newest at {newest.when} UTC: {words}."
    else:
        yield f"The newest at {newest.when} UTC; the instance recorded no reply."
    if explained := found.explanation:
        yield explained.meaning.statement
    if found.is_about_recipients:
        yield "The cause is the messages or their recipients: other mail may go out."


def next_words(found: MailSince) -> str:
    """Return what to do, or ""."""
    if explained := found.explanation:
        return explained.meaning.next
    if found.is_shown:
        return ""
    delay = None if found.sent else find_delay(found.status)
    return delay.next if delay else f"{CHOICE_HINTS.send_test} shows it."


def mail_lines(found: MailSince, seconds: float, way_back: str, room: int = 0) -> Iterator[str]:
    """Return what happened to mail since the change, what to do, and the way back.

    Args:
        way_back: what goes back to the account before, in a sentence, or "".
    """
    mark = "+" if found.is_shown else "x" if found.failures else "!"
    yield from wrap(mail_words(found, seconds), "   ", f" {mark} ", room)
    if words := next_words(found):
        yield from wrap(words, "       ", "   ->  ", room)
    if way_back:
        yield from wrap(way_back, "       ", "   ->  ", room)
