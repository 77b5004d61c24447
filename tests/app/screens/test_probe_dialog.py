"""The dialog of a probe, and the one before a rejected login is repeated."""

import asyncio
import threading

import pytest

from tests.app.factories import open_default
from tests.app.flows.factories import REFUSED, SECRETS, run_probe, type_password, write_settings
from tests.app.person import async_test, run_configurator, settle
from tests.cli.house import House, read_tree
from tests.probes.mail_server import HOST, USER, Act, Script, Talk, pop3_script, serve, stay_silent
from tui.app.screens.probe_dialog import ProbeDialog, RepeatLoginDialog

pytestmark = pytest.mark.usefixtures("within_reach")


def greet_later(before: bytes, go_on: threading.Event) -> Act:
    """Return an act that greets once it is told to."""

    async def act(talk: Talk) -> None:
        while not go_on.is_set():
            if talk.reader.at_eof():
                raise EOFError
            await asyncio.sleep(0.005)
        await talk.say(before)

    return act


@async_test
async def test_stages_fill_in_while_a_server_hangs_and_escape_closes_the_connection(
    here: House,
) -> None:
    go_on = threading.Event()
    with serve(Script(greeting=greet_later(b"220 late\r\n", go_on))) as smtp:
        write_settings(here, smtp)
        before = read_tree(here.config)
        async with run_configurator(open_default(here)) as person:
            await person.press("f12")
            await person.dialog(ProbeDialog)
            await person.until(lambda: " + connect" in person.shown)
            assert " + resolve" in person.shown
            assert "greeting" not in person.told
            assert ". Under way. Escape stops it." in person.shown
            assert not smtp.gone.is_set()
            draft = person.app.editing.draft
            await person.press("escape")
            await person.main_again()
            assert person.said == "The probe was stopped."
            await asyncio.to_thread(smtp.gone.wait, 5)
            assert smtp.gone.is_set()
            assert person.app.editing.draft == draft
            assert read_tree(here.config) == before
            go_on.set()
            await run_probe(person)
            assert "greets with 220 late" in person.told


@async_test
async def test_a_refused_login_is_repeated_only_with_a_typed_yes(here: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script()) as read:
        write_settings(here, smtp, read)
        async with run_configurator(open_default(here)) as person:
            await type_password(person, REFUSED)
            await run_probe(person)
            assert "The user or the password is wrong" in person.told
            assert "it was not tried again" in person.told
            assert (smtp.logins, read.logins) == (1, 0)
            await person.press("escape")
            # Escape probes nothing.
            await person.press("f12")
            await person.dialog(RepeatLoginDialog)
            assert f"{HOST} refused {USER} with this very password" in person.told
            await person.press("escape")
            await person.main_again()
            assert person.said == "Nothing was probed."
            assert smtp.connections == 1
            # Nor does anything but the whole word.
            await person.press("f12")
            await person.dialog(RepeatLoginDialog)
            await person.press("y", "enter")
            assert person.said == "Not tried: that is not yes."
            await person.answer("without")
            await person.dialog(ProbeDialog)
            await person.until(lambda: "Under way" not in person.told)
            assert "none was tried" in person.told
            assert (smtp.logins, read.logins) == (1, 0)
            await person.press("escape", "f12")
            await person.dialog(RepeatLoginDialog)
            await person.press("y", "e", "s", "enter")
            await person.dialog(ProbeDialog)
            await person.until(lambda: "Under way" not in person.told)
            assert (smtp.logins, read.logins) == (2, 0)
            await person.press("escape")
            # Another password is another matter.
            await type_password(person)
            await run_probe(person)
            assert (smtp.logins, read.logins) == (3, 1)


@pytest.mark.parametrize(("size", "no_color"), [((80, 24), "1"), ((60, 20), ""), ((40, 10), "1")])
@async_test
async def test_it_can_be_read_on_any_terminal_and_without_colours(
    here: House, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], no_color: str
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    with serve(Script(greeting=b"220 \x1b[31mx [b]\r\n")) as smtp:
        write_settings(here, smtp)
        async with run_configurator(open_default(here), size) as person:
            await type_password(person, REFUSED)
            await run_probe(person)
            columns = size[0]
            assert all(len(line) <= columns for line in person.shown.splitlines())
            assert "[ Close ]" in person.shown
            person.app.screen.query_one("#body").scroll_end(animate=False)
            await settle(person.app)
            seen = ""
            while seen.splitlines()[-size[1] :] != person.shown.splitlines():
                seen += f"{person.shown}\n"
                for _ in range(3):
                    person.app.screen.query_one("#body").scroll_relative(y=-1, animate=False)
                await settle(person.app)
            for words in (" + resolve", " ! greeting", " x login", " - sender", "Failed: "):
                assert words in seen, (words, seen)
            assert "^[[31mx [b]" in " ".join(seen.replace("│", " ").split())
            assert not [form for form in SECRETS if form in seen]


@async_test
async def test_what_is_under_way_stays_in_sight(here: House) -> None:
    with serve(Script()) as smtp, serve(pop3_script(greeting=stay_silent)) as read:
        write_settings(here, smtp, read)
        async with run_configurator(open_default(here)) as person:
            await person.press("f12")
            await person.dialog(ProbeDialog)
            await person.until(lambda: read.connections == 1 and "POP3:" in person.told)
            await person.until(lambda: "Under way" in person.shown)
            await person.press("pageup", "pageup", "pageup")
            assert " + resolve" in person.shown
