"""The pane of the incoming mail that follows."""

import pytest

from tests.app.factories import make_editing, make_instance_session
from tests.app.person import async_test
from tests.app.widgets.fakes import show_widget
from tui.app.widgets.incoming_pane import IncomingPane
from tui.credentials.secret import Secret
from tui.settings.delivery.account import Account
from tui.terminal.visible import visible
from tui.workspace.editing import Editing

START = make_editing(server="mail.old.example", user="helpdesk@corp.example")


def read_rows(incoming: IncomingPane) -> dict[str, str]:
    """Return what is shown beside each label and its mark."""
    _, *lines = incoming.text.split("\n")
    return {line[1:11].strip(): f"{line[:1]}{' '.join(line[11:].split())}" for line in lines}


@async_test
async def test_each_setting_tells_where_it_comes_from() -> None:
    incoming = IncomingPane(START)
    async with show_widget(incoming, (80, 10)):
        assert read_rows(incoming) == {
            "server": " mail.old.example same as outgoing",
            "user": " helpdesk from user email",
            "password": " - same as outgoing",
            "port": " 110 default",
            "security": " None default",
        }


@pytest.mark.parametrize(
    ("now", "label", "words"),
    [
        (START.type("server", "m"), "server", "*m same as outgoing"),
        (START.type("server", "m").undo(), "server", " mail.old.example same as outgoing"),
        (START.type("user", "qa@corp.example"), "user", "*qa from user email"),
        (START.type("pop3_server", "pop.example"), "server", "*pop.example "),
        (START.type("pop3_server", "mail.old.example"), "server", " mail.old.example "),
        (START.type("pop3_port", "995"), "port", "*995 "),
        (START.type("server", "a b"), "server", "*- no valid outgoing server"),
        (START.type_secret("password", Secret("hunter2")), "password", "*new same as outgoing"),
    ],
    ids=range(8),
)
@async_test
async def test_a_setting_follows_and_bears_a_star_where_it_moved(
    now: Editing, label: str, words: str
) -> None:
    incoming = IncomingPane(START)
    async with show_widget(incoming, (80, 10)) as (_, pilot):
        incoming.show_editing(now)
        await pilot.pause()
        assert read_rows(incoming)[label].startswith(words)
        moved = {label for label, row in read_rows(incoming).items() if row.startswith("*")}
        assert moved == ({label} if words.startswith("*") else set())
        assert "hunter2" not in incoming.text


@async_test
async def test_each_setting_takes_one_line_with_its_origin_at_the_right() -> None:
    incoming = IncomingPane(START)
    async with show_widget(incoming, (38, 10)) as (app, _):
        lines = app.shown.split("\n")
        assert lines[0].startswith(" Derived POP3 settings ")
        assert lines[0].endswith(" read-only")
        assert len(lines) == 6
        origins = ("", "from user email", "same as outgoing", "default", "default")
        for line, origin in zip(lines[1:], origins, strict=True):
            assert (
                line.rstrip() == line[:27].rstrip() if not origin else line.endswith(f" {origin}")
            )
        assert lines[1].rstrip() == " server    mail.old.example"


@async_test
async def test_an_origin_that_does_not_fit_whole_gives_way_to_the_value() -> None:
    incoming = IncomingPane(START.type("server", "a-rather-long-name.corp.example"))
    async with show_widget(incoming, (60, 10)) as (_, pilot):
        for room, server, port in (
            (59, " a-rather-long-name.corp.example same as outgoing", " 110 default"),
            (58, " a-rather-long-name.corp.example", " 110 default"),
            (30, " a-rather-long-name…", " 110 default"),
            (21, " a-rather-…", " 110"),
        ):
            await pilot.resize_terminal(room, 10)
            await pilot.pause()
            assert read_rows(incoming)["server"] == f"*{server[1:]}"
            assert read_rows(incoming)["port"] == port


@async_test
async def test_a_hostile_value_is_only_text() -> None:
    incoming = IncomingPane(START.type("pop3_user", "[/]\x1b[2J\u202e[@click=app.quit]"))
    async with show_widget(incoming, (80, 10)) as (app, _):
        assert all(c.isprintable() or c == "\n" for c in app.shown)
        assert not incoming.can_focus


def make_readers(count: int) -> Editing:
    """Return an instance on which accounts read mail, the last one of them inactive."""
    accounts = tuple(
        Account(
            name=f"Mailbox {number}\x1b[2J",
            type="pop3",
            active=number < count,
            server="pop.corp.example",
            port="995",
            user=f"box{number}@corp.example",
        )
        for number in range(1, count + 1)
    )
    return Editing.from_session(make_instance_session(managed=True, accounts=accounts))


@pytest.mark.parametrize("width", [38, 60, 80])
@pytest.mark.parametrize("height", [3, 5, 12, 30])
@pytest.mark.parametrize("count", [0, 1, 2, 9])
@async_test
async def test_the_accounts_that_read_mail_fit_and_those_left_out_are_counted(
    width: int, height: int, count: int
) -> None:
    incoming = IncomingPane(make_readers(count))
    incoming.styles.height = height
    async with show_widget(incoming, (width, height + 1)):
        pass
    lines = incoming.text.split("\n")
    shown = sum("Mailbox" in line for line in lines)
    more = [line for line in lines if " more: ^P" in line]
    assert len(lines) <= height
    assert shown + (int(more[0].split()[1]) if more else 0) == count
    assert count or "No POP3 or IMAP account is visible." in incoming.text
    assert "\x1b" not in visible(incoming.text.replace("\n", ""))


@async_test
async def test_before_an_instance_is_read_nothing_is_said_of_it() -> None:
    incoming = IncomingPane(Editing.from_session(make_instance_session(is_read=False)))
    async with show_widget(incoming, (80, 6)):
        title, line = incoming.text.split("\n")
        assert title.startswith(" Derived POP3 settings ")
        assert line == " Not read yet."
