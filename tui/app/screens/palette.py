"""The rows of the palette: every action, theme and property."""

from collections.abc import Iterable

from tui.app.screens.keys import SEND_TEST, bindings_of, describe, format_keys
from tui.app.screens.pick_list import PickRow
from tui.presentation.account_text import ACCOUNTS_ROW
from tui.settings.catalog import Entry
from tui.settings.delivery.account import AccountChoice
from tui.workspace.session import Session

_ON_INSTANCES = (
    PickRow("do:app.probe('instance')", "What sends there, and why mail goes out or not", "^N"),
    PickRow("do:app.failed_mail", "Failed mail: list, cause, release", "failed-mail"),
    PickRow(
        "do:app.own_server", "Own server: your own account instead of the active one", "instance"
    ),
    PickRow("do:app.provider_server", "ServiceNow's server: back to its own account", "instance"),
    PickRow("do:app.accounts", ACCOUNTS_ROW, "instance"),
)
_WITHOUT_KEY = (
    PickRow(
        "do:app.explain_reply", "Explain a mail server's reply: cause, next step", "explain-reply"
    ),
)
_IN_FORCE = PickRow("do:app.in_force", "What sends now: back to its settings", "instance")

WELCOME_ROWS = (PickRow("do:app.welcome", "The sandbox: its mail server and its users", "sandbox"),)
"""What can be done in a sandbox only."""


def instance_rows(session: Session) -> tuple[PickRow, ...]:
    """Return what can be done on an instance only, once it is read."""
    if session.facts.is_file or not session.is_read:
        return ()
    why, failed, *choices = _ON_INSTANCES
    chosen = session.facts.choice is not AccountChoice.IN_FORCE
    words = f"{SEND_TEST.description}, and see what becomes of it"
    test = PickRow(f"do:{SEND_TEST.action}", words, format_keys(SEND_TEST))
    return (why, test, failed, *((_IN_FORCE,) if chosen else ()), *choices)


def palette_rows(owner: type, themes: Iterable[str], entries: Iterable[Entry]) -> list[PickRow]:
    """Return a row for each action of a screen (`do:`), theme (`theme:`) and property (`go:`)."""
    return [
        *(
            PickRow(f"do:{each.action}", describe(each), format_keys(each))
            for each in bindings_of(owner)
            if each.tooltip and each.id != "palette"
        ),
        *_WITHOUT_KEY,
        *(PickRow(f"theme:{name}", f"Colours: {name}", "theme") for name in themes),
        *(PickRow(f"go:{e.name}", e.declared.short, e.instance_name or e.name) for e in entries),
    ]
