"""The palette: every command, theme and property, by what it concerns."""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widgets import OptionList

from tui.app.screens.dialog import WIDTH
from tui.app.screens.keys import ACTIONS, SEND_TEST, describe, format_keys
from tui.app.screens.pick_list import PickList, PickRow
from tui.app.widgets.lines import truncate
from tui.presentation.account_text import ACCOUNTS_ROW
from tui.presentation.profile_text import environment_row, keep_row
from tui.settings.catalog import Entry
from tui.settings.delivery.account import AccountChoice
from tui.storage.profile import Profile, is_built_in
from tui.terminal.layout import width
from tui.terminal.visible import visible
from tui.workspace.session import Session

_FRAME = 6
"""The columns of the panel beside its rows: border, padding and scrollbar."""

_EDITING = ("save", "fix", "undo", "redo", "reset", "clear", "compare", "reread", "quit")
_LOOKING = ("find", "explain", "view", "redraw", "back", "keys")
_INSTANCE_MAIL = (
    PickRow("do:app.probe('instance')", "What sends there, and why mail goes out or not", "^N"),
    PickRow("do:app.probe", "Test the mail servers from this machine"),
    PickRow(
        f"do:{SEND_TEST.action}",
        f"{SEND_TEST.description}, and see what becomes of it",
        format_keys(SEND_TEST),
    ),
    PickRow("do:app.failed_mail", "Failed mail: list, cause, release", "failed-mail"),
)
_REPLY = PickRow(
    "do:app.explain_reply", "Explain a mail server's reply: cause, next step", "explain-reply"
)
_IN_FORCE = PickRow("do:app.in_force", "What sends now: back to its settings")
_INSTANCE = (
    PickRow("do:app.own_server", "Own server: your own account instead of the active one"),
    PickRow("do:app.provider_server", "ServiceNow's server: back to its own account"),
    PickRow("do:app.accounts", ACCOUNTS_ROW),
)
_WELCOME = PickRow("do:app.welcome", "The sandbox: its mail server and its users")


class Palette(PickList):
    """A list of all commands, each with its key at the right; its answer is `KIND:WHAT`.

    The kind is `do` for an action, `theme` for colours, or `go` for a property.
    """

    def __init__(
        self, session: Session, themes: Iterable[str], entries: Iterable[Entry], *, welcome: bool
    ) -> None:
        groups = {
            "Save & edit": _actions(*_EDITING),
            "Mail": _mail_rows(session),
            "This instance": _instance_rows(session),
            "Profiles": _profile_rows(session.profile),
            "Look": [
                *((_WELCOME,) if welcome else ()),
                *_actions(*_LOOKING),
                *(PickRow(f"theme:{name}", f"Colours: {name}") for name in themes),
            ],
            "Go to a setting": [
                PickRow(f"go:{e.name}", e.declared.short, e.instance_name or e.name)
                for e in entries
            ],
        }
        rows = [
            each
            for title, members in groups.items()
            if members
            for each in (PickRow("", title, style="dim"), *members)
        ]
        super().__init__(session, "Commands", rows)

    def on_resize(self) -> None:
        """Lay the rows out for the new width."""
        rows = self.query_one("#rows", OptionList)
        by_id = {row.id: row for row in self.rows}
        for option in rows.options:
            if option.id:
                rows.replace_option_prompt(option.id, self.draw_row(by_id[option.id]))

    def draw_row(self, row: PickRow) -> Content:
        """Return the words of a row, and its key at the right; a heading stands further left."""
        room = min(self.size.width, WIDTH) - _FRAME
        indent, aside = "  " if row.id else "", visible(row.aside)
        words = truncate(f"{indent}{visible(row.words)}", room - width(aside) - 1)
        gap = " " * (room - width(words) - width(aside))
        return Content.assemble((words, row.style), (f"{gap}{aside}", "dim"))


def _actions(*names: str) -> list[PickRow]:
    known = {each.id: each for each in ACTIONS}
    return [
        PickRow(f"do:{each.action}", describe(each), format_keys(each))
        for each in (known[name] for name in names)
    ]


def _mail_rows(session: Session) -> Sequence[PickRow]:
    is_open = session.is_read and not session.facts.is_file
    return (*(_INSTANCE_MAIL if is_open else _actions("probe")), _REPLY)


def _instance_rows(session: Session) -> Sequence[PickRow]:
    """Return what can be done on an instance only, once it is read."""
    if session.facts.is_file or not session.is_read:
        return ()
    is_chosen = session.facts.choice is not AccountChoice.IN_FORCE
    return (*((_IN_FORCE,) if is_chosen else ()), *_INSTANCE)


def _profile_rows(profile: Profile) -> Sequence[PickRow]:
    name = profile.name
    return (
        *_actions("profiles"),
        PickRow("do:app.profiles('new')", "New profile"),
        PickRow("do:app.profiles('change')", f"Change profile {name}"),
        *(
            ()
            if is_built_in(name)
            else (PickRow("do:app.profiles('remove')", f"Remove profile {name}"),)
        ),
        PickRow("do:app.profiles('environment')", environment_row(profile)),
        PickRow("do:app.profiles('keep')", keep_row(profile)),
    )
