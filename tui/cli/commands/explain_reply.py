"""glidemail explain-reply: why a mail server rejected something, and what to do."""

import sys
from collections.abc import Sequence

from tui.cli.arguments import Arguments
from tui.cli.options import REPLY_STAGES
from tui.cli.output import say, write_json
from tui.errors import UsageError
from tui.presentation.reply_text import explanation_lines
from tui.replies.explain import explain_text
from tui.replies.reply import ReplyStage
from tui.replies.reply_lines import join_replies
from tui.settings.catalog import Settings
from tui.terminal.visible import visible

_MOST_BYTES = 2**20
_SHOWN = 4096


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Explain the reply among the arguments, or each one on standard input."""
    replies = _read_replies() if arguments.reply == ["-"] else [" ".join(arguments.reply)]
    stage = _find_stage(arguments.stage)
    found = [explain_text(each, server=arguments.server, stage=stage) for each in replies]
    if arguments.json:
        rows = [
            {
                "reply": visible(reply, _SHOWN),
                "cause": each.cause.value,
                "statement": each.meaning.statement,
                "owner": each.meaning.owner.value,
                "next": each.meaning.next,
                "temporary": each.meaning.helps_to_wait,
            }
            for reply, each in zip(replies, found, strict=True)
        ]
        write_json({"replies": rows})
        return 0
    for place, (reply, each) in enumerate(zip(replies, found, strict=True)):
        say(*([""] if place else []), *explanation_lines(reply, each))
    return 0


def _find_stage(name: str) -> ReplyStage | None:
    if not name:
        return None
    if name not in REPLY_STAGES:
        raise UsageError(
            "usage.stage",
            f"--stage must be one of {', '.join(REPLY_STAGES)}.",
            "See: glidemail explain-reply --help",
        )
    return ReplyStage(name)


def _read_replies() -> Sequence[str]:
    data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise UsageError(
            "usage.replies", "Standard input is larger than 1 MiB.", "Pass fewer replies at once."
        )
    replies = join_replies(data.decode("utf-8", "backslashreplace").splitlines())
    if not replies:
        raise UsageError(
            "usage.replies", "There is no reply on standard input.", "Pass one per line."
        )
    return replies
